/* SPDX-License-Identifier: MIT */
/*
 * Faults by enumeration: every moment of a call is numbered, and the call is repeated with a fault
 * at that moment. A repetition is a process of its own, forked off when the undisturbed call has
 * come to the moment, so it starts there and not from Init.
 *
 * What is judged is the promise: the call comes back within the host's time; it reports success
 * only if it is true; nothing outside the request is programmed, erased or, of RAM, written; once the
 * fault is over the next Init succeeds, a call that failed succeeds, and the boot ROM reads the
 * flash.
 */
#ifndef EXTLOAD_SWEEP_SWEEP_H
#define EXTLOAD_SWEEP_SWEEP_H

#include "sim/bus/xspi.h"
#include "sim/fault.h"
#include "sweep/call.h"

#include <stdio.h>

enum sweep_outcome {
    SWEEP_SUCCEEDED,  /* and it was so */
    SWEEP_REPORTED,   /* the call reported that it failed */
    SWEEP_STOPPED,    /* by the host; all was well after it had started over */
    SWEEP_UNKNOWABLE, /* Read gave what arrived, which was not what the flash sent */
    /* broken promises from here on */
    SWEEP_NO_RETURN,
    SWEEP_FALSE_SUCCESS,
    SWEEP_STRAY_CELLS,
    SWEEP_STRAY_RAM,
    SWEEP_NO_INIT,   /* the next Init failed */
    SWEEP_NO_REPEAT, /* the call, made again, failed */
    SWEEP_NO_BOOT,
    SWEEP_DIED, /* the simulator did; a fault of ours */
    SWEEP_OUTCOMES
};

struct sweep_injection {
    uint8_t op;      /* enum sweep_op */
    uint8_t fault;   /* enum sim_fault */
    uint8_t outcome; /* enum sweep_outcome */
    bool ended;
    uint32_t event;
    uint32_t reason; /* of the flight record, if the call failed and left one */
    char detail[96]; /* of a broken promise */
};

/* What happened in one injection, repeated alone. Times since the entry of the first call. */
struct sweep_replay {
    bool set_in; /* the moment came, and what follows up to `access` is known */
    enum sim_fault fault;
    enum sim_moment moment;
    uint64_t at_ps;
    uint32_t pc;              /* of the core then */
    struct xspi_seen frame;   /* of SIM_MOMENT_FRAME; end_ps is 0 if it was not over in the end */
    struct sim_access access; /* of SIM_MOMENT_REGISTER */
    uint32_t calls, frames, accesses; /* those before the moment included */
    /* of the last call */
    enum loader_function function;
    uint32_t arguments[4];
    bool returned;
    uint32_t result;
    enum target_stop stop;
    uint32_t stop_pc;
    uint64_t end_ps;
    bool has_record;
    struct record record; /* as that call left it */
};

struct sweep_options {
    uint32_t ops;    /* a bit per enum sweep_op; 0 = all */
    uint32_t faults; /* a bit per enum sim_fault; 0 = all */
    int64_t at;      /* this event only; -1 = all */
    uint64_t seed;   /* of what a fault hits, and of the sample */
    uint32_t sample; /* about as many injections; 0 = all */
    unsigned jobs;   /* processes at once, at least 1 */
    /* Called for each injection that is over, in no order; NULL = nobody. */
    void (*each)(void *context, const struct sweep_injection *injection);
    void *context;
    const volatile sig_atomic_t *cancel;
    /* For one operation, one fault and one event: its account; NULL = none. The injection is then one that
     * can be, or USAGE. */
    struct sweep_replay *replay;
    FILE *trace;          /* with `replay`: gets the lines of its trace; NULL = none */
    bool trace_registers; /* register accesses, too */
};

struct sweep_totals {
    uint32_t events[SWEEP_OPS], classes[SWEEP_OPS];
    uint32_t possible[SWEEP_OPS], chosen[SWEEP_OPS]; /* injections; fewer are chosen by a sample */
    uint32_t count[SIM_FAULT_COUNT][SWEEP_OUTCOMES];
    uint32_t injections, broken;
};

/* "no return"; NULL past the end. */
const char *sweep_outcome_name(enum sweep_outcome outcome);
bool sweep_is_broken(enum sweep_outcome outcome);

/* "EBh 1-4-4 at 0x035000, 6 dummy clocks, reads 4: 01 02 03 04", without the data if it has only begun. */
void sweep_frame_text(const struct xspi_seen *seen, char *buffer, size_t size);
/* "XSPI2.SR -> 0x00000002"; a write has "<-". */
void sweep_access_text(const struct sweep_rig *rig, const struct sim_access *access, char *buffer,
                       size_t size);
/* "locked up": how a call ended that did not return. */
const char *sweep_stop_name(enum target_stop stop);

/* An operation that fails without any fault is an error. Operations that the loader has no function
 * for, or the host no use, are left out; USAGE if `ops` names one. */
bool sweep_run(const struct sweep_rig *rig, const struct sweep_options *options,
               struct sweep_totals *totals, struct error *error);

#endif
