/* SPDX-License-Identifier: MIT */
/*
 * The debug side of the simulated board: one TAP, a debug port, and the two access ports of an STM32N6. Port 0
 * shows DBGMCU, port 1 core and memory; port 1 is locked after a reset until the boot ROM opens it [comm].
 */
#ifndef EXTLOAD_DAP_CHIP_H
#define EXTLOAD_DAP_CHIP_H

#include "board/board.h"
#include "dap/core_port.h"
#include "dap/debug_port.h"
#include "dap/mem_ap.h"
#include "dap/tap.h"

/* How long port 1 stays locked, in clocks of JTAG: time stands still for the board meanwhile. Half a
 * millisecond at 8 MHz; a real one may take up to 500 ms [comm]. [choice] */
#define CHIP_LOCK_CLOCKS  4000u

#define CHIP_SYSTEM_WORDS 64u /* of DBGMCU, from its base */

struct chip {
    struct sim *sim;
    struct board_debug facts;
    struct tap tap;
    struct debug_port port;
    struct mem_ap system, core;
    struct core_port core_port;
    uint32_t system_words[CHIP_SYSTEM_WORDS];
    uint64_t opens_at; /* in clocks of the TAP */
    bool in_reset;     /* NRST is held */
};

/* `board` and `sim` must outlive the chip, which stays where it is. */
void chip_init(struct chip *chip, const struct board *board, struct sim *sim);
void chip_wires(struct chip *chip, bool tck, bool tms, bool tdi);
/* The levels of NRST and TRST, true: asserted. */
void chip_resets(struct chip *chip, bool nrst, bool trst);

#endif
