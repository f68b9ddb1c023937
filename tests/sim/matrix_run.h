/* SPDX-License-Identifier: MIT */
/*
 * One cell of the state matrix: a function called from an inherited state, and the promise checked.
 *
 * The promise: the call (a) returns to the host's breakpoint within its deadline; (b) reports
 * success only if the flash holds what was asked; (c) changes no cell outside the request and no
 * RAM outside image, caller's buffer and record; (d) leaves a board on which the next Init succeeds
 * and the boot ROM reads the flash. And what guard.h says of the core's registers holds.
 */
#ifndef EXTLOAD_TESTS_SIM_MATRIX_RUN_H
#define EXTLOAD_TESTS_SIM_MATRIX_RUN_H

#include "sim/matrix_states.h"

#define MATRIX_STATES 8
#define MATRIX_SAVED  21

struct matrix_case {
    enum loader_function function;
    const struct matrix_state *states[MATRIX_STATES];
    unsigned count;
    bool warm;        /* an Init came before, without hardware reset in between */
    bool no_download; /* the Init that follows runs without a fresh download */
};

/* What is kept of the RAM that the core writes. */
struct matrix_watch {
    uint32_t image, image_end, buffer, buffer_end, record, record_end, stack, stack_top;
    uint32_t outside, outside_count; /* the first address outside, and how many */
    uint32_t lowest;                 /* of the writes to the own stack */
    uint64_t writes;
};

struct matrix {
    struct scenario_rig rig;
    struct target wrapped;
    struct target_ops ops;
    struct lifecycle lifecycle; /* the host's, with a shorter patience */
    const struct matrix_case *armed;
    struct matrix_watch watch;
    uint64_t started_ps;
    uint32_t saved[MATRIX_SAVED];
    uint8_t *before;    /* the cells before the call */
    uint8_t first_byte; /* of the last Write's data, as the host wrote it */
    uint32_t cpu_hz;
    const char *host;
    /* Set before matrix_open(); 0: the board's, the MCU's, accesses without clock are ignored, the
     * debugger sees what the D-cache holds. */
    const char *core;
    uint32_t base;
    enum soc_unclocked unclocked;
    bool debug_incoherent;
    bool used_up; /* non-volatile state of the chip was changed: open anew */
    unsigned cells, succeeded, refused, broken;
    uint32_t deepest;
    uint64_t longest_ps[LOADER_FUNCTION_COUNT];
};

/* Interrupts not masked by the host, and masked. */
extern const char *const matrix_hosts[2];

void matrix_open(struct matrix *matrix, const char *host, uint32_t cpu_hz);
void matrix_close(struct matrix *matrix);
/* Runs the cell, prints and counts what the promise does not hold for. */
void matrix_run(struct matrix *matrix, const struct matrix_case *cell);
/* Arguments of a call that the truth is known of; fills the buffer where the call reads it. */
void matrix_prepare(struct matrix *matrix, enum loader_function function, uint32_t arguments[4]);
/* Calls a function with the states of `cell`; false if it did not come back. */
bool matrix_call(struct matrix *matrix, const struct matrix_case *cell, const uint32_t arguments[4],
                 uint32_t results[2]);
bool matrix_is_success(enum loader_function function, const uint32_t results[2]);
bool matrix_is_true(struct matrix *matrix, enum loader_function function,
                    const uint32_t arguments[4], const uint32_t results[2]);
/* NRST and the boot ROM's reading. */
bool matrix_boots(struct matrix *matrix);
/* Prints the counts, closes, and fails the test if a promise was broken. */
void matrix_finish(struct matrix *matrix, const char *what);
/* The state may be together with those of the cell. */
bool matrix_agrees(const struct matrix_case *cell, const struct matrix_state *state);
/* A test, to be the last: looks at what the ones before it used of the stack. */
void matrix_stack_has_room_for_a_fault(void **state);

#endif
