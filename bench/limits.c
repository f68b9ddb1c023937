/* SPDX-License-Identifier: MIT */
#include "limits.h"

#define B(value)      (UINT16_C(1) << (value))
#define OURS          [BY_LOADER] = B(LOADER_OURS)
#define NATIVE_JLINK  [BY_HOST] = B(HOST_NATIVE), [BY_LINK] = B(LINK_JLINK), OURS
#define NO_SMALL_SIZE [BY_SIZE] = B(SIZE_1M) | B(SIZE_FULL)
/* At 400 MHz polls that the simulator executes while it waits are more than the work. */
#define NOT_FAST     [BY_CPU] = B(CPU_HALF) | B(CPU_ROM)
#define ALLOWANCE_NS 50e6 /* for what is done once */
#define CALL_NS      2e6  /* and for each call */

static double times_floor(const struct figures *figures)
{
    return (double)figures->total_ns / (double)figures->floor.total_ns;
}

/* Of the time that an unchanged flash may take. */
static double times_bound(const struct figures *figures)
{
    const double allowed =
        1.25 * (double)figures->unchanged_ns + ALLOWANCE_NS + CALL_NS * figures->calls;
    return (double)figures->total_ns / allowed;
}

static double times_bound_and_unit(const struct figures *figures)
{
    const double allowed = 1.25 * (double)figures->unchanged_ns + 2 * ALLOWANCE_NS +
                           CALL_NS * figures->calls + (double)figures->unit_erase_ns +
                           (double)figures->unit_pages_ns;
    return (double)figures->total_ns / allowed;
}

/* Of the slower of link and page programs, for the stage that programs. */
static double slower_than_rate(const struct figures *figures)
{
    const double link = (double)figures->link_bytes_per_second;
    const double pages = figures->page_size * 1e9 / (double)figures->page_ns;
    const double least_ns = figures->image_size * 1e9 / (link < pages ? link : pages);
    return (double)figures->program_ns / least_ns;
}

static double accesses_per_byte(const struct figures *figures)
{
    return (double)figures->accesses / figures->image_size;
}

static double instructions_per_byte(const struct figures *figures)
{
    return (double)figures->instructions / figures->image_size;
}

const struct limit limits[] = {
    {.text = "used, whole quad flash, native over J-Link",
     .values = {[BY_BOARD] = B(BOARD_QUAD),
                [BY_SIZE] = B(SIZE_FULL),
                [BY_STATE] = B(STATE_USED) | B(STATE_RANDOM),
                NATIVE_JLINK},
     .value = times_floor,
     .most = 1.05,
     .unit = "times its floor"},
    {.text = "used, whole quad flash, cubeprogrammer-jlink",
     .values = {[BY_BOARD] = B(BOARD_QUAD),
                [BY_SIZE] = B(SIZE_FULL),
                [BY_STATE] = B(STATE_USED) | B(STATE_RANDOM),
                [BY_HOST] = B(HOST_CUBE_JLINK),
                [BY_LINK] = B(LINK_JLINK),
                OURS},
     .value = times_floor,
     .most = 1.15,
     .unit = "times its floor"},
    {.text = "unchanged, whole flash, native over J-Link",
     .values = {[BY_SIZE] = B(SIZE_FULL), [BY_STATE] = B(STATE_UNCHANGED), NATIVE_JLINK},
     .value = times_bound,
     .most = 1,
     .unit = "times 1.25 bounds, 50 ms and 2 ms a call"},
    {.text = "one byte changed, whole flash, native over J-Link",
     .values = {[BY_SIZE] = B(SIZE_FULL), [BY_STATE] = B(STATE_CHANGED), NATIVE_JLINK},
     .value = times_bound_and_unit,
     .most = 1,
     .unit = "times that, a unit's erase, its pages and 50 ms"},
    {.text = "octal, native over J-Link, stage program",
     .values = {[BY_BOARD] = B(BOARD_OCTAL),
                NO_SMALL_SIZE,
                [BY_STATE] = B(STATE_BLANK) | B(STATE_NEW) | B(STATE_RANDOM),
                [BY_TIMES] = B(TIMES_TYPICAL),
                NATIVE_JLINK},
     .value = slower_than_rate,
     .most = 1 / 0.9,
     .unit = "times the slower of link and pages"},
    {.text = "native over J-Link, CPU at 64 and 32 MHz",
     .values = {NO_SMALL_SIZE, NOT_FAST, NATIVE_JLINK},
     .value = accesses_per_byte,
     .most = 2,
     .unit = "register accesses a byte"},
    {.text = "native over J-Link, CPU at 64 and 32 MHz",
     .values = {NO_SMALL_SIZE, NOT_FAST, NATIVE_JLINK},
     .value = instructions_per_byte,
     .most = 12,
     .unit = "instructions a byte"},
};

const unsigned limit_count = sizeof limits / sizeof limits[0];

bool limit_is_about(const struct limit *limit, const struct cell *cell)
{
    for (int i = 0; i < DIMENSIONS; i++) {
        if (limit->values[i] != 0 && (limit->values[i] >> cell->at[i] & 1) == 0) {
            return false;
        }
    }
    return true;
}
