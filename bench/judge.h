/* SPDX-License-Identifier: MIT */
/*
 * The limits of limits.h held against what was measured.
 */
#ifndef EXTLOAD_BENCH_JUDGE_H
#define EXTLOAD_BENCH_JUDGE_H

#include "measure.h"

#include <stdio.h>

/* Each limit with its worst value, then the cells that are over it. False if there is one. */
bool judge_print(FILE *to, const struct cell *cells, const struct figures *figures, unsigned count);

/* The same without the cells, a line each, fields between bars. */
void judge_write_csv(FILE *to, const struct cell *cells, const struct figures *figures,
                     unsigned count);

#endif
