/* SPDX-License-Identifier: MIT */
/*
 * When nothing answers: what is likely behind it, by what is known of the board and of how it was
 * reached. What cannot be is not listed; the simulated board, say, is wired as its file says.
 *
 * The order follows how often users report each: other pins than the loader's are the commonest, then
 * the supply of the flash and its RESET# (thread 888543 of ST's community and others) [comm]. That an
 * STM32N6 lets a debugger in with BOOT1 high: ST's article 763648 and thread 817416 [comm]. Its core is
 * behind access port 1: OpenOCD's stm32n6x.cfg; that port is locked from a reset until the boot ROM
 * opens it: probe-rs [comm]. Probes that lose an N6 at a high SWD clock: thread 817410 [comm].
 */
#ifndef EXTLOAD_HOST_SILENCE_H
#define EXTLOAD_HOST_SILENCE_H

#include "abi/record.h"
#include "board/board.h"

/* What is known of the board that does not answer. */
struct silence {
    const struct board *board;
    bool simulated; /* no probe, no copper */
    bool readable;  /* the debugger reads memory that is neither all 00 nor all FF */
};

/* The flash is silent, by the reason in the record: causes for every bit 1 or every bit 0, none for
 * other reasons. */
void silence_of_flash(const struct silence *silence, uint32_t reason, struct likely *likely);
/* No record: the loader has not run, as far as one can see, or could write none. */
void silence_of_loader(const struct silence *silence, struct likely *likely);
/* The same after we have downloaded it ourselves, read it back and started the core. */
void silence_of_start(const struct silence *silence, struct likely *likely);

#endif
