/* SPDX-License-Identifier: MIT */
/*
 * Which moments of a call are disturbed: all, but of the iterations of one loop that polls a register
 * or moves data the first, the second, the middle one and the last: what lies between differs in
 * nothing but time and data.
 */
#ifndef EXTLOAD_SWEEP_CLASSES_H
#define EXTLOAD_SWEEP_CLASSES_H

#include "sim/sim.h"

struct sweep_event {
    uint32_t where; /* as sim_moments tells it */
    uint8_t kind;   /* enum sim_moment */
    bool is_write;
    bool left_out; /* set by sweep_classify() */
};

/* Marks what is left out. Returns the number of classes. */
unsigned sweep_classify(struct sweep_event *events, uint32_t count);

#endif
