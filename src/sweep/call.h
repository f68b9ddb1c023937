/* SPDX-License-Identifier: MIT */
/*
 * The calls that a sweep disturbs: one per function of a loader, on data that are known, so that
 * the cells tell whether a success is true.
 */
#ifndef EXTLOAD_SWEEP_CALL_H
#define EXTLOAD_SWEEP_CALL_H

#include "host/session.h"
#include "sim/sim.h"

enum sweep_op {
    SWEEP_INIT,
    SWEEP_ERASE,  /* 64 KiB */
    SWEEP_WRITE,  /* 4 KiB at an odd address */
    SWEEP_VERIFY, /* 4 KiB at an odd address, equal */
    SWEEP_READ,   /* the same range */
    SWEEP_OPS
};

/* What is driven; all borrowed. */
struct sweep_rig {
    struct session *session;
    struct sim *sim;
    uint8_t *cells;
    uint32_t flash_size;
};

struct sweep_call {
    enum sweep_op op;
    enum loader_function function;
    uint32_t arguments[4];
    uint32_t results[2];
    uint32_t timeout_ms;
    uint32_t start, end; /* offsets in the flash of what the call may change; end is behind */
};

/* "init"; NULL past the end. */
const char *sweep_op_name(enum sweep_op op);
/* The loader has the function that the operation needs. */
bool sweep_call_exists(const struct sweep_rig *rig, enum sweep_op op);
/* The part of the flash that calls use holds old data. */
void sweep_call_fill(const struct sweep_rig *rig);
/* Cells and buffer as the operation wants to find them; Init must have succeeded before all but
 * Init. */
bool sweep_call_prepare(const struct sweep_rig *rig, enum sweep_op op, struct sweep_call *call,
                        struct error *error);
/* Download and Init, as of a host that starts. */
bool sweep_call_begin(const struct sweep_rig *rig, struct error *error);
/* False if it did not come back; *error says how. Init: with its download. */
bool sweep_call_run(const struct sweep_rig *rig, struct sweep_call *call, struct error *error);
/* By the results. */
bool sweep_call_succeeded(const struct sweep_call *call);
/* The cells, and what was read, are as success says, and will be so tomorrow: none is torn. */
bool sweep_call_is_true(const struct sweep_rig *rig, const struct sweep_call *call);
/* After a call that failed: the same again, from Init on, the cells erased first where a write needs
 * it. True if it succeeds and is true. */
bool sweep_call_repeat(const struct sweep_rig *rig, enum sweep_op op, struct error *error);

#endif
