/* SPDX-License-Identifier: MIT */
/*
 * The flight record printed: what the loader did last, why it failed, how it found the core.
 */
#ifndef EXTLOAD_HOST_RECORD_TEXT_H
#define EXTLOAD_HOST_RECORD_TEXT_H

#include "abi/record.h"
#include "board/board.h"

#include <stdbool.h>
#include <stdio.h>

enum record_detail {
    RECORD_BRIEF, /* flash, state found, core, last call and its reason */
    RECORD_FULL   /* and arguments, the core's registers, the fault frame, events */
};

/* Prints a sound record that lies at `address`, a line per fact. `board` gives pins and wires their
 * names; NULL if it is not known. `simulated`: it is of the simulated board, where some causes cannot
 * be. */
void record_text_print(FILE *out, const struct record *record, const struct board *board,
                       uint32_t address, enum record_detail detail, bool simulated);

/* The events of the last call that are still there, oldest first; *whole is false if earlier ones were
 * overwritten. Returns their number. The first one, "entered", comes before the time base: its cycles
 * mean nothing. */
unsigned record_text_events(const struct record *record, struct record_event events[RECORD_EVENTS],
                            bool *whole);

/* Names of the set bits of CFSR (0xE000ED28) and HFSR (0xE000ED2C), as the Armv8-M ARM names them:
 * "PRECISERR BFARVALID"; "-" if none. */
void record_text_cfsr(uint32_t cfsr, char *buffer, size_t size);
void record_text_hfsr(uint32_t hfsr, char *buffer, size_t size);
/* "HardFault", "SysTick", "IRQ 5"; "Thread mode" for 0. The buffer holds the names with a number.
 */
const char *record_text_exception(uint32_t ipsr, char buffer[16]);

#endif
