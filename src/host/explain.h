/* SPDX-License-Identifier: MIT */
/*
 * The flight record in words.
 */
#ifndef EXTLOAD_HOST_EXPLAIN_H
#define EXTLOAD_HOST_EXPLAIN_H

#include "abi/record.h"
#include "board/board.h"

struct explanation {
    char what[320]; /* what the loader saw */
    char hint[256]; /* what to check; empty if nothing particular */
};

/* Magic, version, size and checksum hold. */
bool explain_record_is_sound(const struct record *record);
/* The checksum word of a record: the complement of the sum of all words after it. */
uint32_t explain_record_checksum(const struct record *record);
/* The reason of the last call, with the board's names for what failed. */
void explain_record(const struct record *record, const struct board *board,
                    struct explanation *explanation);
/* What Init found the chip doing, as a list: "WEL set, a latched error". */
void explain_found(uint32_t found, char *buffer, size_t size);
const char *explain_reason_name(uint32_t reason);
const char *explain_phase_name(uint32_t phase);
const char *explain_function_name(uint32_t function);

#endif
