/* SPDX-License-Identifier: MIT */
/*
 * Names and sentences for the numbers of a flight record (abi/record.h), for the program and for the scripts
 * that it writes for other tools. What needs a board's names is in host/explain.h.
 */
#ifndef EXTLOAD_REPORT_RECORD_WORDS_H
#define EXTLOAD_REPORT_RECORD_WORDS_H

#include <stdint.h>

struct reason_words {
    const char *name; /* "READ_BACK" */
    const char
        *format; /* printf() format for the three detail words, in their order; "" if the sentence
                           needs the board */
    const char *hint; /* what to try; "" if nothing particular */
};

/* NULL if the number means nothing. */
const struct reason_words *record_words_reason(uint32_t reason);
/* The same, where the details choose between two sentences. */
const struct reason_words *record_words_of(uint32_t reason, const uint32_t detail[3]);
const char *record_words_phase(uint32_t phase);
const char *record_words_function(uint32_t function);

#endif
