/* SPDX-License-Identifier: MIT */
/*
 * Where the core is to halt: breakpoints (Z0 and Z1, which are the same to a simulator: memory is
 * not changed) and write watchpoints on RAM (Z2).
 */
#ifndef EXTLOAD_SERVE_STOPS_H
#define EXTLOAD_SERVE_STOPS_H

#include "sim/sim.h"

#define STOPS_BREAKPOINTS 64 /* as many as the core has */
#define STOPS_WATCHES     8

struct stops {
    struct sim *sim;
    struct {
        uint32_t address;
        uint8_t kinds; /* bit 0: Z0, bit 1: Z1 */
    } breakpoints[STOPS_BREAKPOINTS];
    unsigned breakpoint_count;
    struct {
        uint32_t address, size;
    } watches[STOPS_WATCHES];
    unsigned watch_count;
    bool watch_hit;
    uint32_t watch_address; /* of the write that hit */
};

void stops_init(struct stops *stops, struct sim *sim);
/* Kind 0 or 1. False: no room. Setting one twice and removing one that is not there is no error. */
bool stops_set_breakpoint(struct stops *stops, unsigned kind, uint32_t address, bool set);
/* False: no room, or not RAM of one piece. */
bool stops_set_watch(struct stops *stops, uint32_t address, uint32_t size, bool set);
void stops_clear(struct stops *stops);

#endif
