/* SPDX-License-Identifier: MIT */
/*
 * Numbers with units as people write them: 50MHz, 1ms, 64K, 3.3V, 0x34180400.
 */
#ifndef EXTLOAD_BOARD_QUANTITY_H
#define EXTLOAD_BOARD_QUANTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum quantity_kind {
    QUANTITY_NUMBER,    /* 12, 0x1F */
    QUANTITY_SIZE,      /* 4096, 0x1000, 64K, 8M: bytes; K = 1024 */
    QUANTITY_FREQUENCY, /* 50MHz: Hz; the unit is required */
    QUANTITY_TIME,      /* 5ms: microseconds; the unit is required */
    QUANTITY_VOLTAGE,   /* 3.3V: millivolts; the unit is required */
    QUANTITY_CYCLES     /* 4.25: hundredths */
};

/* True if all of `text` is one quantity that is a whole number of the kind's base unit. A blank
 * between number and unit is allowed. */
bool quantity_parse(enum quantity_kind kind, const char *text, uint64_t *value);

/* How the kind is written, for messages: "a frequency such as 50MHz". */
const char *quantity_form(enum quantity_kind kind);

/* "32 MHz", "9.143 MHz", "250 kHz". */
void quantity_print_frequency(uint64_t hz, char *buffer, size_t size);

#endif
