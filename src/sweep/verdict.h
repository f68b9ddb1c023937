/* SPDX-License-Identifier: MIT */
/* What is seen of a disturbed call, and what it means. */
#ifndef EXTLOAD_SWEEP_VERDICT_H
#define EXTLOAD_SWEEP_VERDICT_H

#include "sweep/sweep.h"

/* Looks at what core and chip are made to do, from here on to the judgement. */
struct verdict {
    const struct sweep_rig *rig;
    const struct sweep_call *call;
    bool cell_seen, ram_seen;
    uint32_t cell, ram; /* the first that lie outside */
};

void verdict_watch(struct verdict *verdict, const struct sweep_rig *rig,
                   const struct sweep_call *call);
/* The call is over; `returned`: it came back. Heals the fault, and starts over as a host would. Fills
 * outcome, reason and detail. */
void verdict_judge(struct verdict *verdict, bool returned, const struct error *error,
                   struct sweep_injection *injection);

#endif
