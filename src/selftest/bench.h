/* SPDX-License-Identifier: MIT */
/*
 * What the steps of a self-test share: the board, a loader stamped for it, the session.
 */
#ifndef EXTLOAD_SELFTEST_BENCH_H
#define EXTLOAD_SELFTEST_BENCH_H

#include "selftest/selftest.h"

struct bench {
    const struct selftest_plan *plan;
    struct selftest *result;
    struct board board;
    struct loader_file loader;
    struct session session;
    bool open;
};

/* Stamps a loader for `board` and opens a session with it; nothing on the target is touched yet. */
bool bench_open(struct bench *bench, const struct board *board, struct error *error);
void bench_close(struct bench *bench);

/* Parks, downloads and calls Init. False with the loader's reason in *error. */
bool bench_init(struct bench *bench, struct error *error);

/* Adds a step. */
void bench_step(struct bench *bench, const char *name, enum selftest_verdict verdict,
                const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Adds a bad step with what the error says and clears the error, unless the test cannot go on. */
bool bench_bad(struct bench *bench, const char *name, struct error *error);

/* Duration of the last call by the loader's own count; 0 if its record is not there. */
uint64_t bench_call_us(struct bench *bench);

/* Reads, by Read of the loader. */
bool bench_read(struct bench *bench, uint32_t address, uint8_t *bytes, uint32_t size,
                struct error *error);

/* How the core is before the first call; halts it. */
bool core_found(struct bench *bench, struct error *error);
/* The steps that write nothing. Leaves the bench open on the board as its file says. */
bool reading_run(struct bench *bench, struct error *error);
/* The steps of the scratch range. */
bool scratch_run(struct bench *bench, struct error *error);

/* Each read command of the part over `size` bytes against `expected`. */
bool reading_modes(struct bench *bench, uint32_t address, const uint8_t *expected, uint32_t size,
                   struct error *error);

#endif
