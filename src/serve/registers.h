/* SPDX-License-Identifier: MIT */
/*
 * The registers as GDB numbers them: org.gnu.gdb.arm.m-profile and org.gnu.gdb.arm.m-system of the
 * GDB manual, "ARM Features". All have 32 bits; xpsr keeps its traditional number 25.
 */
#ifndef EXTLOAD_SERVE_REGISTERS_H
#define EXTLOAD_SERVE_REGISTERS_H

#include "sim/cpu/cpu.h"

#define REGISTERS_COUNT 25u

/* target.xml, made once. */
const char *registers_description(void);
/* The register with a number; false if there is none. */
bool registers_find(uint32_t number, enum cpu_register *reg);
/* The n-th of a g or G packet, n < REGISTERS_COUNT: ascending by number. */
enum cpu_register registers_at(unsigned index);

#endif
