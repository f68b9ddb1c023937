/* SPDX-License-Identifier: MIT */
/*
 * The one virtual clock and the cost model that drives it.
 *
 * CPU, buses, flash and debug link all advance the same counter of picoseconds, so every duration
 * is a reproducible figure. 2^64 ps are 213 days.
 */
#ifndef EXTLOAD_SIM_CLOCK_H
#define EXTLOAD_SIM_CLOCK_H

#include <stdint.h>

#define PS_PER_SECOND UINT64_C(1000000000000)
#define PS_PER_MS     UINT64_C(1000000000)
#define PS_PER_US     UINT64_C(1000000)
#define PS_PER_NS     UINT64_C(1000)
#define PS_NEVER      UINT64_MAX

struct sim_clock {
    uint64_t now_ps;
};

/* What an instruction and an access cost, in CPU cycles; the MCU's data file carries it with its
 * trust. */
struct cost_model {
    uint32_t cpu_hz;               /* as found at entry */
    uint32_t fetch_uncached_x100;  /* cycles per instruction, hundredths, I-cache off */
    uint32_t fetch_cached_x100;    /* cycles per instruction, hundredths, I-cache on */
    uint32_t ram_access_x100;      /* added per load or store of RAM */
    uint32_t register_access_x100; /* added per peripheral register access */
    uint32_t window_access_x100;   /* added per uncached window read, beside the bus time */
};

#endif
