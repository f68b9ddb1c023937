/* SPDX-License-Identifier: MIT */
/*
 * Rows of choices such that every pair of choices is in one of them: a covering array of strength
 * two, made greedily, the same on every run.
 */
#ifndef EXTLOAD_TESTS_SIM_PAIRS_H
#define EXTLOAD_TESTS_SIM_PAIRS_H

#include <stdbool.h>

#define PAIRS_FACTORS 32
#define PAIRS_ROWS    256

struct pairs {
    unsigned factors;
    unsigned levels[PAIRS_FACTORS]; /* how many choices each factor has */
    unsigned rows;
    unsigned char row[PAIRS_ROWS][PAIRS_FACTORS];
};

/* `factors` and `levels` are set; makes the rows. False if they are too many. */
bool pairs_make(struct pairs *pairs);
/* Pairs that exist, and pairs that are in no row. */
unsigned pairs_count(const struct pairs *pairs);
unsigned pairs_missing(const struct pairs *pairs);

#endif
