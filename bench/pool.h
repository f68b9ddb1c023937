/* SPDX-License-Identifier: MIT */
/*
 * Cells measured side by side, a process for each. What comes out does not depend on their order.
 */
#ifndef EXTLOAD_BENCH_POOL_H
#define EXTLOAD_BENCH_POOL_H

#include "measure.h"

struct pool_job {
    const struct cell *cells;
    unsigned count;
    struct figures *figures;    /* one for each cell */
    const struct board *boards; /* by the cell's BY_BOARD */
    const char *plain_folder;
    unsigned processes; /* at a time */
};

/* Says on stderr what has been measured. False with *error if one of them failed. */
bool pool_run(const struct pool_job *job, struct error *error);

#endif
