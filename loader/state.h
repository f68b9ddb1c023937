/* SPDX-License-Identifier: MIT */
/*
 * All that the image remembers, in one struct that R9 points to from the guard on. A static object
 * costs position-independent code eight bytes at each use; a field costs nothing.
 *
 * Fresh with each download, kept between calls where the host does not download again.
 */
#ifndef LOADER_STATE_H
#define LOADER_STATE_H

#include "abi/board_block.h"
#include "abi/record.h"

#include <stdbool.h>

struct loader_state {
    const struct board_block *board;
    struct {
        bool from_systick;
        bool calibrated;
        uint32_t last;
        uint32_t hz;
        uint32_t fastest_hz;
        uint32_t total;
        uint32_t feed_at;
    } time;
    struct {
        volatile struct xspi_registers *registers;
        uint32_t cr; /* CR without FMODE */
    } bus;
    struct record *record;
    uint8_t protocol;  /* of every frame to the chip: 0 = SPI, else LANES_* */
    bool unproved;     /* this call's caller digests what is erased */
    bool unidentified; /* the chip was reset and its ID has not been seen since */
    bool initialised;  /* Init has succeeded since the download */
};

register struct loader_state *state __asm__("r9");

#endif
