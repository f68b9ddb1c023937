/* SPDX-License-Identifier: MIT */
/*
 * Inherited states as data: what a core, a board or a chip may be like when a host calls a function
 * of the loader.
 *
 * A state is a handful of pokes, done after the host has set the registers of the call and before
 * it lets the core run. States of the same group exclude each other.
 */
#ifndef EXTLOAD_TESTS_SIM_MATRIX_STATES_H
#define EXTLOAD_TESTS_SIM_MATRIX_STATES_H

#include "sim/scenario.h"

#define MATRIX_POKES  5
#define MATRIX_PARK   0x00700000u /* cells of the requests; inherited operations use the start */
#define MATRIX_BUFFER 0x1235u     /* bytes of the buffer that a request may use */

enum matrix_layer {
    LAYER_CORE,  /* every function must succeed */
    LAYER_BOARD, /* clocks, resets and the controller: Init must succeed, others may refuse */
    LAYER_CHIP   /* the flash: the same */
};

enum matrix_group {
    GROUP_NONE,
    GROUP_STACK,
    GROUP_MODE, /* which exceptions are active, and in which mode the core is */
    GROUP_MPU,
    GROUP_SYSTICK,
    GROUP_WATCHDOG,
    GROUP_LINES, /* of the D-cache over the image */
    GROUP_CHIP,
    GROUP_CONTROLLER
};

enum matrix_action {
    POKE_END,
    POKE_REGISTER,   /* a: enum cpu_register, b: value */
    POKE_SP,         /* SP and the bank that it shows, b added */
    POKE_WORD,       /* a: address, b: value; anything that a debugger can write */
    POKE_OR,         /* a: address, b: bits */
    POKE_HARDFAULT,  /* a fault has been taken and its handler never returned */
    POKE_INTERRUPT,  /* the same with an external interrupt */
    POKE_NMI,        /* and with an NMI */
    POKE_IPSR,       /* a: exception number in which the host leaves the core */
    POKE_MASKED,     /* PRIMASK = 1, or the host masks interrupts */
    POKE_LOCKUP,     /* a fault in the handler of a fault has locked the core up */
    POKE_NON_SECURE, /* the core is in Non-secure state */
    POKE_LINES,      /* a: enum matrix_lines, which the caches hold */
    POKE_STUCK       /* the controller is in the middle of a long read */
};

/* Lines from before the host's download. What a coherent host wrote since is in them too, so over buffer
 * and image they are stale only where it is not. */
enum matrix_lines {
    LINES_OF_BUFFER,
    LINES_OF_IMAGE,
    LINES_OF_WINDOW, /* stale whatever the host is: cells change behind them */
    LINES_BESIDE,    /* dirty, next to image and buffer and over the record */
    LINES_OF_BODY,   /* of the I-cache, behind the guard's code */
    LINES_HOLD_BODY, /* dirty: what the host wrote there is in the D-cache only */
    /* Beyond the promise: */
    LINES_OF_GUARD,     /* of the I-cache */
    LINES_UNDER_BUFFER, /* dirty */
    LINES_UNDER_IMAGE   /* dirty */
};
#define MATRIX_OLD UINT32_C(0xDEDEDEDE) /* what they hold; as code, two times UDF */

struct matrix_poke {
    enum matrix_action action;
    uint32_t a, b;
};

struct matrix_state {
    const char *name;
    enum matrix_layer layer;
    enum matrix_group group;
    struct matrix_poke pokes[MATRIX_POKES];
    const char *chip; /* a state of nor_inherit() */
};

extern const struct matrix_state matrix_states[];
extern const unsigned matrix_state_count;

/* Does what the states say to a halted core whose registers are set for a call. */
void matrix_apply(struct scenario_rig *rig, const struct matrix_state *const *states,
                  unsigned count);
/* Puts lines of MATRIX_OLD over [from, to) into a cache: of the D-cache what a coherent debugger would
 * have left there, unless they are dirty. */
void matrix_put_lines(struct scenario_rig *rig, enum cpu_cache cache, uint32_t from, uint32_t to,
                      bool dirty);

#endif
