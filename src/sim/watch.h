/* SPDX-License-Identifier: MIT */
/*
 * The instruments: they see what core, SoC and flash do while a loader runs, and keep what a loader
 * should not do. They judge nothing; what a host gave and asked comes with each call.
 *
 * They cost speed, so a board has none until watch_create(). To know RAM that was never written they
 * must be there from power-up on.
 */
#ifndef EXTLOAD_SIM_WATCH_H
#define EXTLOAD_SIM_WATCH_H

#include "sim/sim.h"

#define WATCH_EVENTS_MAX  64
#define WATCH_STACK_WORDS 128

struct watch_range {
    uint32_t start, end; /* `end` is the first byte behind; empty if equal */
};

/* What a call may do. */
struct watch_call {
    struct watch_range image;          /* its code and data */
    struct watch_range stack;          /* the host's, from its bottom to the initial SP */
    struct watch_range buffer;         /* the host's */
    struct watch_range record;         /* RAM that the loader declares as its own */
    struct watch_range erase, program; /* offsets in the flash that the host asked for */
};

enum watch_kind {
    WATCH_WRITE_OUTSIDE,   /* of RAM: image, stack, buffer and record apart */
    WATCH_EXECUTE_OUTSIDE, /* of the image, before any fault or interrupt */
    WATCH_READ_UNWRITTEN,  /* RAM that nobody wrote since power-up */
    WATCH_STACK_OVERFLOW,  /* the host's stack went below its bottom */
    WATCH_UNCLOCKED,       /* `what`: peripheral */
    WATCH_IN_RESET,        /* the same */
    WATCH_UNSUPPLIED,      /* `what`: pad; else `address`: register */
    WATCH_UNREACHED,       /* `what`: why a frame did not get to the chip */
    WATCH_WEDGED,          /* `what`: controller */
    WATCH_TOO_FAST,        /* value: Hz, limit, opcode; between calls too */
    WATCH_ERASE,           /* outside the request: offsets low to high */
    WATCH_PROGRAM,         /* outside the request */
    WATCH_NONVOLATILE,     /* value[2]: opcode */
    WATCH_INTERRUPT,       /* value: exception, vector */
    WATCH_RESET            /* the core asked for a system reset */
};

/* Equal events are one: of one kind and `what`, and where that tells causes apart, of one instruction.
 * The first gives `pc` and `address`. */
struct watch_event {
    enum watch_kind kind;
    uint32_t key;
    uint32_t pc, address;
    uint32_t low, high; /* lowest and highest byte concerned */
    uint64_t count;
    uint32_t value[3];
    char what[64];
};

/* The first fault of a call, as the core was. */
struct watch_fault {
    bool seen;
    int exception;
    uint32_t cfsr, address; /* of MMFAR or BFAR if cfsr says that it is valid */
    uint32_t pc, lr, sp, xpsr;
    uint32_t words[WATCH_STACK_WORDS]; /* the stack from sp up */
    unsigned word_count;
};

struct watch_stack {
    uint32_t host; /* bytes used below the initial SP */
    uint32_t own;  /* bytes used of another stack; 0 if none was */
};

/* What the core has been reading again and again, as far as its last instructions tell. */
struct watch_poll {
    bool found, is_ram;
    uint32_t pc, address, value; /* the load, what it read, the last value */
};

struct watch;

/* Attaches to a board that was just powered up; detach before the board goes. NULL: no memory. */
struct watch *watch_create(struct sim *sim);
void watch_destroy(struct watch *watch);

/* A call begins: what was kept of the one before is forgotten. */
void watch_begin(struct watch *watch, const struct watch_call *call);
void watch_end(struct watch *watch);
/* Forgets the events, as after they were read; fault, stack and poll stay. */
void watch_forget(struct watch *watch);

/* Copies what RAM holds, with no side effect; fewer bytes where RAM ends, 0 where there is none. */
size_t watch_peek(struct watch *watch, uint32_t address, void *bytes, size_t size);

unsigned watch_event_count(const struct watch *watch);
const struct watch_event *watch_event(const struct watch *watch, unsigned index);
const struct watch_fault *watch_fault(const struct watch *watch);
struct watch_stack watch_stack(const struct watch *watch);
void watch_poll(const struct watch *watch, struct watch_poll *poll);
/* Lowest and highest address among the last instructions: the loop, if the core hangs in one. */
struct watch_range watch_loop(const struct watch *watch);

#endif
