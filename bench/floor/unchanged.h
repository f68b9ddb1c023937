/* SPDX-License-Identifier: MIT */
/*
 * How long it takes at least to find out that a flash holds what it shall, when only digests cross the
 * debug link. Calculated from data/ alone: the board's bus and the MCU's cost model, which is an estimate
 * [INF].
 */
#ifndef EXTLOAD_BENCH_FLOOR_UNCHANGED_H
#define EXTLOAD_BENCH_FLOOR_UNCHANGED_H

#include "floor.h"

/* Bytes a second at which the bytes can be had and digested. */
struct floor_rates {
    double bus;    /* data phase of the board's read command */
    double window; /* loads of a word through the mapped window */
    double digest; /* per word one register access and four cached instructions: the load, and one
                      exclusive or, multiplication and addition (abi/digest.h) */
};

/* What bounds it. */
enum floor_bound {
    FLOOR_BUS,
    FLOOR_WINDOW,
    FLOOR_DIGEST
};

/* `cpu_hz`: the CPU's clock, 0 for the cost model's. */
void floor_rates_of(struct floor_rates *rates, const struct floor_flash *flash,
                    const struct board_cost *cost, uint32_t cpu_hz);

/* bytes / min(bus, window, digest), nanoseconds; *bound is which of them it is, NULL if nobody asks. */
uint64_t floor_unchanged_ns(const struct floor_rates *rates, uint64_t bytes,
                            enum floor_bound *bound);

#endif
