/* SPDX-License-Identifier: MIT */
/*
 * A board tested by the person who has it: what the chip is, how it is wired, whether every way to
 * read it gives the same bytes and, with a scratch range, whether it erases, programs and recovers as
 * its part's table says. Works on anything that host/ can drive; knows nothing of a simulator.
 */
#ifndef EXTLOAD_SELFTEST_SELFTEST_H
#define EXTLOAD_SELFTEST_SELFTEST_H

#include "host/kept.h"
#include "host/session.h"
#include "sfdp/dump.h"

#define SELFTEST_STEPS_MAX 48
#define SELFTEST_TIMES_MAX 4

enum selftest_verdict {
    SELFTEST_GOOD,
    SELFTEST_BAD,
    SELFTEST_TOLD,   /* a fact, nothing to judge it by */
    SELFTEST_SKIPPED /* says why */
};

struct selftest_step {
    const char *name;
    enum selftest_verdict verdict;
    char text[256];
};

/* One kind of call, as the board's own cycle counter saw it, against the part's table. */
struct selftest_time {
    const char *what; /* "erase", "program" */
    uint32_t bytes;   /* of one call */
    unsigned calls;
    uint64_t least_us, most_us, sum_us;
    uint64_t typical_us, maximum_us; /* of one call, by the table */
};

struct selftest {
    struct selftest_step steps[SELFTEST_STEPS_MAX];
    unsigned count, bad;
    struct record first; /* of the first Init: how it found the chip */
    bool has_first;
    struct sfdp_dump sfdp; /* as the chip gave it; size 0 if it was not read */
    struct selftest_time times[SELFTEST_TIMES_MAX];
    unsigned time_count;
    char kept_path[KEPT_PATH_SIZE]; /* what the scratch range held, if it could not be put back */
};

struct selftest_plan {
    const char *board; /* file or name, as board_load() takes it */
    struct target *target;
    const struct lifecycle *lifecycle;
    struct session_events events;
    uint32_t scratch_address,
        scratch_size;        /* whole sectors of the flash; size 0: nothing is written */
    const char *keep_folder; /* for what the scratch range holds */
    uint32_t seed;           /* of the bytes that are written */
};

/* Runs every step. What is wrong with the board is a step; false only if the test could not go on:
 * the target is lost, memory ran out, the user asked to stop. *result is valid whatever comes. */
bool selftest_run(struct selftest *result, const struct selftest_plan *plan, struct error *error);

const char *selftest_verdict_name(enum selftest_verdict verdict);

#endif
