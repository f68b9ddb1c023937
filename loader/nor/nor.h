/* SPDX-License-Identifier: MIT */
/*
 * The flash driver: recover, identify, configure, erase, program, read. Speaks only nor_op.
 *
 * Offsets are from the start of the flash and have been checked against its size. False means that
 * the record holds the reason.
 */
#ifndef LOADER_NOR_NOR_H
#define LOADER_NOR_NOR_H

#include "abi/board_block.h"
#include "bus/bus.h"

#include <stdbool.h>
#include <stdint.h>

/* Brings the chip from any state to SPI, idle, unlocked, quad enabled; compares its ID with the
 * board block; proves the two read modes against each other. */
bool nor_init(const struct board_block *block);
/* Before a call touches the array: into the octal protocol, if the part has one. */
bool nor_enter(void);
/* The state that is left on every return: 1-1-1, window mapped. */
bool nor_leave(void);
/* Page after page, nothing read back. */
bool nor_program(uint32_t offset, uint32_t size, const uint8_t *bytes);
/* The same, and the chip holds the bytes. */
bool nor_write(uint32_t offset, uint32_t size, const uint8_t *bytes);
/* Both bounds on multiples of the smallest erase type; all of the flash by the chip erase, if that
 * pays. All of it is read and is FF, unless state->unproved. */
bool nor_erase(uint32_t offset, uint32_t size);
bool nor_erase_chip(void);
/* *found: 1 if a bit of the range is 0, else 0. */
bool nor_look_for_zeros(uint32_t offset, uint32_t size, uint32_t *found);
/* One read in the fast mode, into the sink. */
bool nor_read(uint32_t offset, uint32_t size, enum bus_sink sink, const uint8_t *bytes,
              struct bus_result *result);
/* The words of a range, in the fast mode; both bounds on multiples of DIGEST_STEP, size not 0. */
bool nor_digest(uint32_t offset, uint32_t size, struct digest *digest);
/* Around reads of what the loader compares with nothing: WEL, which is lost with the chip's state, must
 * last from before to after. */
bool nor_watch(void);
bool nor_watched(uint32_t offset);
/* nor_read() so watched. */
bool nor_fetch(uint32_t offset, uint32_t size, enum bus_sink sink, const uint8_t *bytes,
               struct bus_result *result);

#endif
