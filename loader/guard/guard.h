/* SPDX-License-Identifier: MIT */
/*
 * The way in and out of every exported function. guard.S takes the core from whatever state it is
 * found in to privileged Thread mode on our own stack with our own fault vectors, calls
 * guard_body(), and puts the core back.
 *
 *   found state                    inside a call               on return
 *   R4-R11, SP, MSP, PSP, CONTROL  own                         restored
 *   MSPLIM, PSPLIM (v8-M)          own stack's bottom, 0       restored
 *   (v7-M)                         read-only below the stack   restored with the MPU
 *   CONTROL.nPRIV (Handler mode)   0                           left 0: the next call would be refused
 *   PRIMASK                        1                           left 1: a pending interrupt would else
 *                                                              run before the BKPT
 *   FAULTMASK                      0                           restored
 *   BASEPRI                        as found                    restored
 *   VTOR, CCR                      own, without traps          restored
 *   AIRCR.BFHFNMINS (v8-M)         0                           restored
 *   SysTick CTRL                   stopped                     restored
 *   SCR                            0: no SLEEPONEXIT           restored
 *   CFSR, HFSR                     cleared                     stay cleared
 *   MPU                            windows Device, XN          restored
 *   DEMCR                          TRCENA, no vector catch     restored
 *   D-cache                        cleaned, emptied, off       as found, empty
 *   I-cache                        emptied, on                 as found
 *   active exceptions              retired                     stay retired
 *   IWDG that runs                 fed                         runs
 *   IWDG WINR                      FFFh: no window             left open, see time.c
 *
 * Unprivileged Thread mode is refused at once: R0 as of a call that failed, nothing else touched. Sources:
 * Armv7-M and Armv8-M Architecture Reference Manuals; tried on emulators only, never on silicon.
 */
#ifndef LOADER_GUARD_GUARD_H
#define LOADER_GUARD_GUARD_H

#include "abi/record.h"

#include <stdbool.h>
#include <stddef.h>

#define GUARD_NON_SECURE   UINT32_C(1) /* the core runs in Non-secure state */
#define GUARD_VTOR_REFUSED UINT32_C(2) /* VTOR read back something else */

/* What the guard saved; guard.S knows the offsets. */
struct guard_state {
    uint32_t r[12];    /* 0x00 the arguments first */
    uint32_t lr;       /* 0x30 */
    uint32_t parked;   /* 0x34 LR as called, with PRIMASK in bit 0 */
    uint32_t function; /* 0x38 FUNCTION_* */
    uint32_t status;   /* 0x3C marks a call that runs, or that a debugger abandoned */
    uint32_t msp, psp; /* 0x40 as the host set them for this call */
    uint32_t flags;    /* 0x48 GUARD_* */
    uint32_t is_v8m;   /* 0x4C */
    uint32_t probing;  /* 0x50 a fault now means that guard_probe() found no RAM */
    uint32_t faulted;  /* 0x54 a fault has ended this call */
    /* Kept from the first call when a debugger abandoned one. */
    struct record_entry entry;  /* 0x58 */
    uint32_t aircr, demcr, scr; /* 0x98 */
    uint32_t mpu_regions;       /* 0xA4 bit n: region n was on */
    uint32_t mpu_rnr, mpu_mair0;
    uint32_t mpu_region[4][2]; /* RBAR and RLAR, of v7-M RASR, off; of regions 0 to 3 */
    struct record_fault fault; /* 0xD0 */
};

_Static_assert(offsetof(struct guard_state, fault) == 0xD0, "as in guard.S");
_Static_assert(sizeof(struct guard_state) == 0x10C, "as in guard.S");

/* Writes `value` to a word of RAM and reads it back; false on a bus fault or another value. */
bool guard_probe(uint32_t address, uint32_t value);

/* Called by guard.S on the own stack. R0 in bits 31:0, R1 in bits 63:32 of the result. */
uint64_t guard_body(uint32_t function, const struct guard_state *guard);
/* Called instead of returning from guard_body() after a fault, and `again` after one that came while this
 * was at work: nothing but R0 is given then. */
uint32_t guard_fault_body(const struct guard_state *guard, uint32_t again);

#endif
