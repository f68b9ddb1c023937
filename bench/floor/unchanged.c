/* SPDX-License-Identifier: MIT */
#include "unchanged.h"

#include <stddef.h>

#define WORD                4.0 /* bytes */
#define DIGEST_INSTRUCTIONS 4.0 /* of a word */

static double rate(double cycles_x100_per_word, uint32_t cpu_hz)
{
    return WORD * cpu_hz * 100.0 / cycles_x100_per_word;
}

void floor_rates_of(struct floor_rates *rates, const struct floor_flash *flash,
                    const struct board_cost *cost, uint32_t cpu_hz)
{
    const uint32_t hz = cpu_hz != 0 ? cpu_hz : cost->cpu_hz;
    const double instruction = cost->fetch_cached_x100;
    rates->bus = 1e9 / flash->read_ns_per_byte;
    rates->window = rate(instruction + cost->window_access_x100, hz);
    rates->digest = rate(DIGEST_INSTRUCTIONS * instruction + cost->register_access_x100, hz);
}

uint64_t floor_unchanged_ns(const struct floor_rates *rates, uint64_t bytes,
                            enum floor_bound *bound)
{
    double least = rates->bus;
    enum floor_bound by = FLOOR_BUS;
    if (rates->window < least) {
        least = rates->window;
        by = FLOOR_WINDOW;
    }
    if (rates->digest < least) {
        least = rates->digest;
        by = FLOOR_DIGEST;
    }
    if (bound != NULL) {
        *bound = by;
    }
    return (uint64_t)((double)bytes * 1e9 / least + 0.5);
}
