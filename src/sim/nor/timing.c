/* SPDX-License-Identifier: MIT */
#include "sim/nor/chip.h"

/* splitmix64: one 64-bit state, every seed good. */
uint64_t nor_random(struct nor *nor)
{
    nor->random += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = nor->random;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint64_t nor_time_fixed(const struct nor *nor, enum nor_time time)
{
    return nor->part->times[time].maximum_ps;
}

static uint64_t between(struct nor *nor, const struct nor_time_range *range)
{
    uint64_t width = range->maximum_ps - range->typical_ps;
    return range->typical_ps + nor_random(nor) % (width + 1);
}

uint64_t nor_time_draw(struct nor *nor, enum nor_time time)
{
    return nor_time_draw_from(nor, &nor->part->times[time]);
}

uint64_t nor_time_draw_from(struct nor *nor, const struct nor_time_range *range)
{
    switch (nor->timing) {
    case NOR_TIMING_TYPICAL: return range->typical_ps;
    case NOR_TIMING_MAXIMUM: return range->maximum_ps;
    case NOR_TIMING_RANDOM: return between(nor, range);
    case NOR_TIMING_FAST: return PS_PER_US;
    }
    return range->maximum_ps;
}

/* The FMF model has no upper bound on the byte times; a chip does not take longer for a part of a
 * page than for the whole [INF]. */
uint64_t nor_time_program(struct nor *nor, uint32_t count)
{
    uint64_t page = nor_time_draw(nor, NOR_TIME_PAGE);
    if (count >= nor->part->page || nor->timing == NOR_TIMING_FAST) {
        return page;
    }
    uint64_t bytes = nor_time_draw(nor, NOR_TIME_BYTE_FIRST) +
                     (uint64_t)(count - 1) * nor_time_draw(nor, NOR_TIME_BYTE_NEXT);
    return bytes < page ? bytes : page;
}
