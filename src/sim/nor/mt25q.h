/* SPDX-License-Identifier: MIT */
/*
 * Micron's MT25Q. In struct nor_registers cr1 is the volatile configuration register, cr3 the
 * enhanced one; cr2 holds the address mode.
 */
#ifndef EXTLOAD_SIM_NOR_MT25Q_H
#define EXTLOAD_SIM_NOR_MT25Q_H

#include "sim/nor/chip.h"

enum {
    MT25Q_SR_SRWD = 0x80,
    MT25Q_SR_BP3 = 0x40,
    MT25Q_SR_BOTTOM = 0x20,
    MT25Q_SR_BP = 0x1C,
    MT25Q_VCR_DUMMY_Pos = 4,
    MT25Q_VCR_NO_XIP = 0x08,
    MT25Q_VCR_WRAP = 0x03,
    MT25Q_EVCR_NO_QUAD = 0x80,
    MT25Q_EVCR_NO_DUAL = 0x40,
    MT25Q_PROT_ERR = 0x04 /* of struct nor.sr2: what was refused was protected */
};

/* mt25q_commands.c */
extern const struct nor_command mt25q_commands[];

/* mt25q_inherit.c */
extern const char *const mt25q_inheritable[];
void mt25q_inherit(struct nor *nor, uint64_t now_ps, unsigned index);

#endif
