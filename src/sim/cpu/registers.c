/* SPDX-License-Identifier: MIT */
/*
 * Registers of the emulator and the tricks they need.
 *
 * libunicorn 2.0.1 checks privilege even for its host (a special register reads 0 and ignores
 * writes while the core is unprivileged), and has no name for MSPLIM and PSPLIM. IPSR can always be
 * written, so a moment in Handler mode gives the privilege, and a one-instruction program reads or
 * writes a limit.
 */
#include "sim/cpu/core.h"

#include <string.h>

uint32_t reg_get(struct cpu *cpu, int id)
{
    uint32_t value = 0;
    uc_reg_read(cpu->uc, id, &value);
    return value;
}

void reg_set(struct cpu *cpu, int id, uint32_t value)
{
    uc_reg_write(cpu->uc, id, &value);
}

static uint32_t enter_handler(struct cpu *cpu)
{
    uint32_t xpsr = reg_get(cpu, UC_ARM_REG_XPSR);
    if ((xpsr & XPSR_IPSR) == 0) {
        reg_set(cpu, UC_ARM_REG_IPSR, EXC_HARDFAULT);
    }
    return xpsr;
}

static void leave_handler(struct cpu *cpu, uint32_t xpsr)
{
    if ((xpsr & XPSR_IPSR) == 0) {
        reg_set(cpu, UC_ARM_REG_IPSR, 0);
    }
}

uint32_t special_get(struct cpu *cpu, int id)
{
    uint32_t xpsr = enter_handler(cpu);
    uint32_t value = reg_get(cpu, id);
    leave_handler(cpu, xpsr);
    return value;
}

void special_set(struct cpu *cpu, int id, uint32_t value)
{
    uint32_t xpsr = enter_handler(cpu);
    reg_set(cpu, id, value);
    leave_handler(cpu, xpsr);
}

/* Armv7-M ignores SPSEL in Handler mode and everything when unprivileged: nPRIV is cleared first,
 * SPSEL and FPCA are written from Thread mode, nPRIV comes last. */
void control_set(struct cpu *cpu, uint32_t value)
{
    uint32_t ipsr = reg_get(cpu, UC_ARM_REG_XPSR) & XPSR_IPSR;
    uint32_t before = reg_get(cpu, UC_ARM_REG_CONTROL);
    reg_set(cpu, UC_ARM_REG_IPSR, EXC_HARDFAULT);
    reg_set(cpu, UC_ARM_REG_CONTROL, before & ~(uint32_t)CONTROL_NPRIV);
    reg_set(cpu, UC_ARM_REG_IPSR, 0);
    reg_set(cpu, UC_ARM_REG_CONTROL, value & ~(uint32_t)CONTROL_NPRIV);
    reg_set(cpu, UC_ARM_REG_IPSR, EXC_HARDFAULT);
    reg_set(cpu, UC_ARM_REG_CONTROL, value);
    reg_set(cpu, UC_ARM_REG_IPSR, ipsr);
}

static uint32_t run_snippet(struct cpu *cpu, uint32_t instruction, uint32_t r0)
{
    uint32_t saved_r0 = reg_get(cpu, UC_ARM_REG_R0);
    uint32_t pc = reg_get(cpu, UC_ARM_REG_PC);
    uint32_t xpsr = reg_get(cpu, UC_ARM_REG_XPSR);

    uint16_t code[2] = {(uint16_t)(instruction >> 16), (uint16_t)instruction};
    memcpy(cpu->scratch, code, sizeof code);
    uc_ctl_remove_cache(cpu->uc, (uint64_t)SCRATCH, (uint64_t)SCRATCH + RAM_GRANULE);
    reg_set(cpu, UC_ARM_REG_R0, r0);
    reg_set(cpu, UC_ARM_REG_XPSR, XPSR_T | EXC_HARDFAULT);
    cpu->in_snippet = true;
    uc_emu_start(cpu->uc, SCRATCH | 1u, SCRATCH + sizeof code, 0, 0);
    cpu->in_snippet = false;

    uint32_t result = reg_get(cpu, UC_ARM_REG_R0);
    reg_set(cpu, UC_ARM_REG_R0, saved_r0);
    reg_set(cpu, UC_ARM_REG_PC, pc | 1u);
    reg_set(cpu, UC_ARM_REG_XPSR, xpsr);
    return result;
}

uint32_t limit_get(struct cpu *cpu, bool process)
{
    /* MRS R0, MSPLIM or PSPLIM */
    return run_snippet(cpu, process ? 0xF3EF800Bu : 0xF3EF800Au, 0);
}

void limit_set(struct cpu *cpu, bool process, uint32_t value)
{
    /* MSR MSPLIM or PSPLIM, R0 */
    run_snippet(cpu, process ? 0xF380880Bu : 0xF380880Au, value);
}

/* Writing PC sets T in the emulator; the architecture keeps them apart. */
void pc_set(struct cpu *cpu, uint32_t pc)
{
    uint32_t xpsr = reg_get(cpu, UC_ARM_REG_XPSR);
    reg_set(cpu, UC_ARM_REG_PC, pc | 1u);
    reg_set(cpu, UC_ARM_REG_XPSR, xpsr);
}

bool is_handler(struct cpu *cpu)
{
    return (reg_get(cpu, UC_ARM_REG_XPSR) & XPSR_IPSR) != 0;
}

bool is_privileged(struct cpu *cpu)
{
    return (reg_get(cpu, UC_ARM_REG_CONTROL) & CONTROL_NPRIV) == 0 || is_handler(cpu);
}
