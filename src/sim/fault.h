/* SPDX-License-Identifier: MIT */
/*
 * Faults that come while a loader runs: of the chip, of its lines and supply, of the SoC, of the
 * core's surroundings. Each sets in at moments (sim.h) of one kind, or of any.
 */
#ifndef EXTLOAD_SIM_FAULT_H
#define EXTLOAD_SIM_FAULT_H

#include "sim/sim.h"

enum sim_fault {
    SIM_FAULT_FLIP_ONCE,     /* one bit of what the chip sends */
    SIM_FAULT_FLIP_ALWAYS,   /* one bit in every eight clocks, from now on */
    SIM_FAULT_LINES_HIGH,    /* reads give FF from now on */
    SIM_FAULT_LINES_LOW,     /* reads give 00 from now on */
    SIM_FAULT_WIP_STUCK,     /* the next operation, or the running one, ends by a reset only */
    SIM_FAULT_WRITE_NOTHING, /* the next program or erase ends, and nothing is changed */
    SIM_FAULT_WRITE_PARTLY,  /* not all of it is */
    SIM_FAULT_WRITE_ASTRAY,  /* another bit of page or sector is changed, too */
    SIM_FAULT_PROTECTED,     /* from now on every program and erase is refused */
    SIM_FAULT_POWER_DIP,     /* the chip starts anew */
    SIM_FAULT_POWER_LOST,    /* the chip is off from now on */
    SIM_FAULT_BUS_ERROR,     /* this access */
    SIM_FAULT_FLAG_NEVER,    /* TCF, FTF or SMF of the controllers stays 0 from now on */
    SIM_FAULT_BUSY_STUCK,    /* BUSY of the controllers stays 1 */
    SIM_FAULT_CLOCK_STOPPED, /* no kernel clock from now on */
    SIM_FAULT_INTERRUPT,     /* one is enabled and pending */
    SIM_FAULT_HALT,          /* the host halts the core and starts over */
    SIM_FAULT_COUNT
};

/* "flip-once"; NULL past the end. */
const char *sim_fault_name(enum sim_fault fault);
const char *sim_fault_words(enum sim_fault fault);
/* It can set in at such a moment. */
bool sim_fault_fits(enum sim_fault fault, enum sim_moment moment);

/* To be called from within a moment that fits. `seed` chooses bits and cells. */
void sim_fault_set_in(struct sim *sim, enum sim_fault fault, uint64_t seed);
/* Ends whatever goes on: lines, supply, clocks and flags are good, the chip does as it is told. What the
 * chip or the core has become through it stays. */
void sim_fault_heal(struct sim *sim);

#endif
