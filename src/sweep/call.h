/* SPDX-License-Identifier: MIT */
/*
 * The operations that a sweep disturbs, on data that are known, so that the cells tell whether a success
 * is true: a call of each function of a loader, and of our own loader what our own host makes of several
 * calls.
 */
#ifndef EXTLOAD_SWEEP_CALL_H
#define EXTLOAD_SWEEP_CALL_H

#include "abi/digest.h"
#include "host/session.h"
#include "sim/sim.h"

enum sweep_op {
    SWEEP_INIT,
    SWEEP_ERASE,     /* 64 KiB */
    SWEEP_WRITE,     /* 4 KiB at an odd address */
    SWEEP_VERIFY,    /* 4 KiB at an odd address, equal */
    SWEEP_READ,      /* the same range */
    SWEEP_DIGEST,    /* by our own host, from here on: three ranges */
    SWEEP_OWN_ERASE, /* 64 KiB, and a digest of it */
    SWEEP_STREAM,    /* such an erase, two buffers, one of them packed, and a digest */
    SWEEP_PROGRAM,   /* an image over three blocks: all that the host makes of it */
    SWEEP_OPS
};

/* What is driven; all borrowed. */
struct sweep_rig {
    struct session *session;
    struct sim *sim;
    uint8_t *cells;
    uint32_t flash_size;
};

/* A call of a function. The next one is made if it succeeds. */
struct sweep_step {
    enum loader_function function;
    uint32_t arguments[4];
    uint32_t timeout_ms;
};

struct sweep_ram {
    uint32_t address, size;
};

#define SWEEP_STEPS  3
#define SWEEP_RAMS   3
#define SWEEP_RANGES 3

struct sweep_call {
    enum sweep_op op;
    struct sweep_step steps[SWEEP_STEPS]; /* none: Init, or the host knows */
    unsigned step_count;
    uint32_t result;     /* R0 of the last step that was made */
    bool succeeded;      /* as the host sees it */
    bool again;          /* after a failure */
    uint32_t start, end; /* offsets in the flash of what the call may change; end is behind */
    /* What of the host's RAM the loader may write beside its stack. */
    struct sweep_ram ram[SWEEP_RAMS];
    struct digest wanted[SWEEP_RANGES]; /* of a Digest, which is the last step */
    unsigned wanted_count;
    uint32_t mailbox, list; /* where they lie in RAM */
};

/* "init"; NULL past the end. */
const char *sweep_op_name(enum sweep_op op);
/* The loader has the functions that the operation needs, and the host does such a thing. */
bool sweep_call_exists(const struct sweep_rig *rig, enum sweep_op op);
/* The part of the flash that operations use holds old data, as this one wants to find them. */
void sweep_call_fill(const struct sweep_rig *rig, enum sweep_op op);
/* Arguments and buffer; Init must have succeeded before all but Init. */
bool sweep_call_prepare(const struct sweep_rig *rig, enum sweep_op op, struct sweep_call *call,
                        struct error *error);
/* The function is called by the operation. */
bool sweep_call_uses(const struct sweep_call *call, enum loader_function function);
/* As a host that starts: what it knew of the loader in RAM is forgotten. */
void sweep_call_forget(const struct sweep_rig *rig);
/* sweep_call_forget(), download and Init. */
bool sweep_call_begin(const struct sweep_rig *rig, struct error *error);
/* False if a function did not come back; *error says how. Init: with its download. */
bool sweep_call_run(const struct sweep_rig *rig, struct sweep_call *call, struct error *error);
/* The cells, and what was read, are as success says, and will be so tomorrow: none is torn. */
bool sweep_call_is_true(const struct sweep_rig *rig, const struct sweep_call *call);
/* After a call that failed: the same again, from Init on, the cells erased first where a write needs
 * it. True if it succeeds and is true. */
bool sweep_call_repeat(const struct sweep_rig *rig, enum sweep_op op, struct error *error);

#endif
