/* SPDX-License-Identifier: MIT */
/*
 * One cell, measured: a loader programs the simulated board under a host. And its floor.
 */
#ifndef EXTLOAD_BENCH_MEASURE_H
#define EXTLOAD_BENCH_MEASURE_H

#include "bench/floor/unchanged.h"
#include "cell.h"
#include "contents.h"

/* Figures of one cell; times are the board's, nanoseconds. Plain data: it crosses a pipe. */
struct figures {
    uint64_t erase_ns, program_ns, verify_ns;
    uint64_t total_ns;               /* from the host's first access on */
    uint64_t accesses, instructions; /* those that a jump over a wait left out are not counted */
    uint32_t calls, image_size;
    struct floor_time floor;               /* total_ns 0: there is no formula for this host */
    uint64_t unchanged_ns;                 /* the bound of floor/unchanged.h */
    uint64_t unit_erase_ns, unit_pages_ns; /* of the smallest unit, all its pages */
    uint64_t page_ns, link_bytes_per_second;
    uint32_t page_size;
    double cpu_s; /* of this machine, for who waits for it */
};

/* `plain_folder` holds the loaders bytewise_PART.stldr. VERIFY_MISMATCH if the flash holds something else
 * afterwards. */
bool measure(struct figures *figures, const struct cell *cell, const struct board *board,
             const char *plain_folder, struct error *error);

#endif
