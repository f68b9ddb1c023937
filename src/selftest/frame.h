/* SPDX-License-Identifier: MIT */
/*
 * One frame on one data line, made by the debugger itself: it writes the controller's registers while
 * the core is halted, so that a chip can be asked what no function of a loader asks. Needs a board
 * that Init brought up; the controller is left as it was found, the window mapped.
 *
 * Registers and what starts a transfer: RM0486 by way of ST's SVD and HAL [SVD][HDR][HAL].
 */
#ifndef EXTLOAD_SELFTEST_FRAME_H
#define EXTLOAD_SELFTEST_FRAME_H

#include "board/board.h"
#include "target/target.h"

#define FRAME_DATA_MAX 64 /* bytes: the FIFO holds them, so nothing has to be read in time */

struct frame {
    uint8_t opcode;
    bool has_address; /* 24 bits */
    uint32_t address;
    uint8_t dummy_clocks;
    uint32_t size; /* bytes to read, 1..FRAME_DATA_MAX */
};

/* True if the board's controller is one that is known here. */
bool frame_can(const struct board *board);

/* TARGET if the controller cannot be reached or does not end the transfer. */
bool frame_read(struct target *target, const struct board *board, const struct frame *frame,
                uint8_t *bytes, struct error *error);

#endif
