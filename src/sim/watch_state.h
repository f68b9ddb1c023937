/* SPDX-License-Identifier: MIT */
/* The inside of the instruments. */
#ifndef EXTLOAD_SIM_WATCH_STATE_H
#define EXTLOAD_SIM_WATCH_STATE_H

#include "sim/watch.h"

#define WATCHED_RAMS  16
#define WATCHED_STEPS 256 /* instructions: longer loops than this are not recognised */
#define WATCHED_READS 128

struct watched_ram {
    const struct soc_ram *ram;
    uint8_t *written; /* a bit per byte */
};

struct watched_read {
    uint32_t pc, address, value;
    uint64_t at; /* step */
    bool is_ram;
};

struct watch {
    struct sim *sim;
    struct cpu *cpu;
    struct cpu_probe probe;
    struct watched_ram rams[WATCHED_RAMS];
    unsigned ram_count, ram_last;

    struct watch_call call;
    bool in_call, interrupted;
    bool switched; /* SP was given the address of another stack */
    bool literal;  /* the instruction under way loads from its literal pool */
    uint32_t pc;   /* of the instruction under way */
    uint32_t stack_low, own_low, own_high;
    uint32_t pcs[WATCHED_STEPS];
    uint64_t steps;
    struct watched_read reads[WATCHED_READS];
    uint64_t read_count;
    struct watch_fault fault;
    struct watch_event events[WATCH_EVENTS_MAX];
    struct watch_event spare; /* takes what no longer fits */
    unsigned event_count;
};

#endif
