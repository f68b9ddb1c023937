/* SPDX-License-Identifier: MIT */
/*
 * Writes the flight record (abi/record.h) while a call runs.
 */
#ifndef LOADER_RECORD_FLIGHT_H
#define LOADER_RECORD_FLIGHT_H

#include "abi/record.h"
#include "guard/guard.h"

#include <stdbool.h>

/* Takes the record at `address` if that RAM answers, else the one inside the image. */
void flight_open(uint32_t address);
void flight_enter(uint32_t function, const struct guard_state *guard);
/* A step begins; also an event. */
void flight_phase(enum record_phase phase, uint32_t detail);
/* Sets the reason of this call unless it has one. Returns false, for `return flight_fail(...)`. */
bool flight_fail(enum record_reason reason, uint32_t detail0, uint32_t detail1, uint32_t detail2);
/* The status registers as found, see FOUND_* in abi/record.h. */
void flight_found(uint32_t status);
void flight_id(uint32_t jedec_id);
/* SR1 | SR2 << 8 | CR1 << 16 */
void flight_status(uint32_t status);
/* Copies the frame of a fault that ended the call, and makes it the reason. */
void flight_fault(const struct record_fault *fault);
void flight_leave(uint32_t result);

#endif
