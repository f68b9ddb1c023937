/* SPDX-License-Identifier: MIT */
/*
 * Figures as text for people, and as CSV for plots and documents.
 */
#ifndef EXTLOAD_BENCH_TABLE_H
#define EXTLOAD_BENCH_TABLE_H

#include "measure.h"

#include <stdio.h>

/* One line per cell, grouped where board, host, link and size stay the same. */
void table_print(FILE *to, const struct cell *cells, const struct figures *figures, unsigned count,
                 const struct board *boards);

/* A head, then one row for each cell; seconds with six digits, and one row of `floor` behind those of
 * one case that have one. The last column is "[memory]" where the part's times were not looked up. */
void table_write_csv(FILE *to, const struct cell *cells, const struct figures *figures,
                     unsigned count, const struct board *boards);

#endif
