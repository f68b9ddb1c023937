/* SPDX-License-Identifier: MIT */
/*
 * Microchip's SST26VF. In struct nor_registers cr1 is the configuration register; cr2 holds QPI.
 */
#ifndef EXTLOAD_SIM_NOR_SST26_H
#define EXTLOAD_SIM_NOR_SST26_H

#include "sim/nor/chip.h"

enum {
    SST26_CR_WPEN = 0x80,
    SST26_CR_BPNV = 0x08, /* no lock was made non-volatile */
    SST26_CR_IOC = 0x02,
    SST26_WRAP_LENGTH = 3 /* C0h: 8, 16, 32, 64 bytes */
};

/* sst26_commands.c */
extern const struct nor_command sst26_commands[];

/* sst26_inherit.c */
extern const char *const sst26_inheritable[];
void sst26_inherit(struct nor *nor, uint64_t now_ps, unsigned index);

#endif
