/* SPDX-License-Identifier: MIT */
/* The account of one injection that is repeated, and its trace: a line for each call, each frame on the bus
 * and, if asked for, each register access, from the entry of the first call on. */
#ifndef EXTLOAD_SWEEP_TRACE_H
#define EXTLOAD_SWEEP_TRACE_H

#include "sweep/sweep.h"

struct trace {
    const struct sweep_rig *rig;
    struct sweep_replay *replay; /* NULL: nothing is traced. Shared with the child */
    FILE *out;                   /* NULL: the account alone */
    bool registers;
    bool started; /* entry_ps is known */
    uint64_t entry_ps;
    uint64_t jumped_reads; /* as the core's counter was at the last line */
    struct xspi_seen begun;
    bool in_frame;                  /* a frame has begun and not ended */
    bool marks_frame, marks_access; /* the next one is the one at which the fault sets in */
};

/* A call begins; from here on core and bus are looked at. */
void trace_call(struct trace *trace, enum loader_function function, const uint32_t arguments[4]);
/* The call is over. */
void trace_return(struct trace *trace, enum target_stop stop, bool returned, uint32_t result);
/* The fault is about to set in, at a moment as sim_moments tells it. */
void trace_fault(struct trace *trace, const struct sweep_injection *injection,
                 enum sim_moment moment, uint32_t where, bool write);
/* What is left of the call: its record. Costs no virtual time. Before anybody calls the loader again. */
void trace_finish(struct trace *trace);
/* This process traces no more. */
void trace_drop(struct trace *trace);

#endif
