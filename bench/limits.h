/* SPDX-License-Identifier: MIT */
/*
 * What must hold, as data: which cells a limit is about, and what it is.
 */
#ifndef EXTLOAD_BENCH_LIMITS_H
#define EXTLOAD_BENCH_LIMITS_H

#include "cell.h"
#include "measure.h"

struct limit {
    const char *text;            /* "used, full, native: at most 1.05 times the floor" */
    uint16_t values[DIMENSIONS]; /* bits of the cells that it is about; 0: all values */
    double (*value)(const struct figures *figures); /* must not exceed `most` */
    double most;
    const char *unit;
};

extern const struct limit limits[];
extern const unsigned limit_count;

bool limit_is_about(const struct limit *limit, const struct cell *cell);

#endif
