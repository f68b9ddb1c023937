/* SPDX-License-Identifier: MIT */
/*
 * What a host drives: memory, registers, run control, and a clock. One implementation per kind of
 * target; the lifecycles in host/ speak only this.
 */
#ifndef EXTLOAD_TARGET_TARGET_H
#define EXTLOAD_TARGET_TARGET_H

#include "report/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Register names as a debugger uses them; the numbers are ours. */
enum target_register {
    TARGET_R0 = 0, /* R0..R12 are 0..12 */
    TARGET_SP = 13,
    TARGET_LR,
    TARGET_PC,
    TARGET_XPSR,
    TARGET_MSP,
    TARGET_PSP,
    TARGET_MSPLIM,
    TARGET_PSPLIM,
    TARGET_PRIMASK,
    TARGET_FAULTMASK,
    TARGET_BASEPRI,
    TARGET_CONTROL,
    TARGET_REGISTER_COUNT
};

enum target_stop {
    TARGET_HALTED,  /* on a breakpoint */
    TARGET_RUNNING, /* the wait's time ran out */
    TARGET_LOCKUP,
    TARGET_LOST /* no contact, or a state from which the core cannot be halted */
};

#define TARGET_NAME_SIM "sim" /* the simulated board */
#define TARGET_NAME_GDB "gdb" /* a board behind a GDB server */

struct target {
    void *context;
    const struct target_ops *ops;
};

/* All return false and set *error when the target could not be reached or refused. */
struct target_ops {
    const char *name; /* TARGET_NAME_SIM, or that of something real */
    bool reads_back;  /* a write can fail unseen: what is to run is read back first */
    /* Whether there is this register to write and read; NULL: there are all. R0..R12, SP, LR, PC and
     * xPSR always are. */
    bool (*has_register)(void *context, enum target_register reg);
    /* Whether memory can be read and written while the core runs; NULL: it cannot. */
    bool (*reaches_running)(void *context);
    bool (*read_memory)(void *context, uint32_t address, void *bytes, size_t size,
                        struct error *error);
    bool (*write_memory)(void *context, uint32_t address, const void *bytes, size_t size,
                         struct error *error);
    bool (*read_register)(void *context, enum target_register reg, uint32_t *value,
                          struct error *error);
    bool (*write_register)(void *context, enum target_register reg, uint32_t value,
                           struct error *error);
    bool (*halt)(void *context, struct error *error);
    /* Resets the board and halts the core as its boot ROM leaves it; NULL where that cannot be done.
     */
    bool (*reset)(void *context, struct error *error);
    /* Where the next run is to end, on a BKPT; for a core that does not halt there by itself. NULL: it
     * does. */
    bool (*returns_to)(void *context, uint32_t address, struct error *error);
    /* `mask_interrupts`: C_MASKINTS while running. */
    bool (*resume)(void *context, bool mask_interrupts, struct error *error);
    /* Waits until the core stops, at most timeout_us of the target's time. */
    bool (*wait)(void *context, uint64_t timeout_us, enum target_stop *stop, struct error *error);
    /* Time since the target was opened, ns: virtual on the simulator, real on hardware. */
    uint64_t (*now_ns)(void *context);
    /* Instructions that a simulator has executed so far, skipped polls not counted, exceptions as
     * what they cost; 0 if it shall skip none. NULL on hardware, where nobody counts them. */
    uint64_t (*executed)(void *context);
    /* Why the core stopped, in words, for reports. */
    const char *(*stop_text)(void *context);
    void (*close)(void *context);
};

#endif
