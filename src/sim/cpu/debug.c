/* SPDX-License-Identifier: MIT */
/* The debug registers of the System Control Space (Armv7-M and Armv8-M ARM, C1). A debugger is
 * always attached. */
#include "sim/cpu/core.h"

enum {
    DHCSR = 0xDF0,
    DCRSR = 0xDF4,
    DCRDR = 0xDF8,
    DEMCR = 0xDFC,

    DHCSR_C_DEBUGEN = 1u << 0,
    DHCSR_C_HALT = 1u << 1,
    DHCSR_C_MASKINTS = 1u << 3,
    DHCSR_S_REGRDY = 1u << 16,
    DHCSR_S_HALT = 1u << 17,
    DHCSR_S_LOCKUP = 1u << 19,
    DHCSR_S_SDE = 1u << 20, /* Secure debug enabled */
    DCRSR_WRITE = 1u << 16,
    DEMCR_WRITABLE = 0x010F0FF1u
};
#define DBGKEY 0xA05Fu

/* DCRSR.REGSEL 20: CONTROL, FAULTMASK, BASEPRI, PRIMASK from the top byte down. */
static uint32_t special_word(struct cpu *cpu)
{
    return cpu_get(cpu, CPU_CONTROL) << 24 | cpu_get(cpu, CPU_FAULTMASK) << 16 |
           cpu_get(cpu, CPU_BASEPRI) << 8 | cpu_get(cpu, CPU_PRIMASK);
}

static void set_special_word(struct cpu *cpu, uint32_t value)
{
    cpu_set(cpu, CPU_CONTROL, value >> 24);
    cpu_set(cpu, CPU_FAULTMASK, (value >> 16) & 0xFFu);
    cpu_set(cpu, CPU_BASEPRI, (value >> 8) & 0xFFu);
    cpu_set(cpu, CPU_PRIMASK, value & 0xFFu);
}

static enum cpu_register selected(uint32_t regsel)
{
    if (regsel <= 15) {
        return (enum cpu_register)(CPU_R0 + (int)regsel);
    }
    switch (regsel) {
    case 16: return CPU_XPSR;
    case 17:
    case 26: return CPU_MSP;
    case 18:
    case 27: return CPU_PSP;
    case 28: return CPU_MSPLIM;
    case 29: return CPU_PSPLIM;
    default: return CPU_REGISTER_COUNT;
    }
}

static void transfer(struct cpu *cpu, uint32_t dcrsr)
{
    uint32_t regsel = dcrsr & 0x7Fu;
    bool write = (dcrsr & DCRSR_WRITE) != 0;
    if (regsel == 20 || regsel == 34) {
        if (write) {
            set_special_word(cpu, cpu->dcrdr);
        } else {
            cpu->dcrdr = special_word(cpu);
        }
        return;
    }
    enum cpu_register reg = selected(regsel);
    if (reg == CPU_REGISTER_COUNT) {
        cpu->dcrdr = write ? cpu->dcrdr : 0;
    } else if (write) {
        cpu_set(cpu, reg, cpu->dcrdr);
    } else {
        cpu->dcrdr = cpu_get(cpu, reg);
    }
}

bool debug_read(struct cpu *cpu, uint32_t offset, uint32_t *value)
{
    switch (offset) {
    case DHCSR:
        *value = DHCSR_C_DEBUGEN | DHCSR_S_REGRDY;
        *value |= cpu->halted ? DHCSR_S_HALT | DHCSR_C_HALT : 0;
        *value |= cpu->locked_up ? DHCSR_S_LOCKUP : 0;
        *value |= cpu->mask_interrupts ? DHCSR_C_MASKINTS : 0;
        *value |= model_is_v8m(cpu) ? DHCSR_S_SDE : 0;
        return true;
    case DCRSR: *value = 0; return true;
    case DCRDR: *value = cpu->dcrdr; return true;
    case DEMCR: *value = cpu->demcr; return true;
    default: return false;
    }
}

bool debug_write(struct cpu *cpu, uint32_t offset, bool debug, uint32_t value)
{
    switch (offset) {
    case DHCSR:
        if (debug && value >> 16 == DBGKEY) {
            cpu->mask_interrupts = (value & DHCSR_C_MASKINTS) != 0;
        }
        return true; /* run control is the caller's: cpu_run() and cpu_step() */
    case DCRSR:
        if (debug && cpu->halted) {
            transfer(cpu, value);
        }
        return true;
    case DCRDR: cpu->dcrdr = value; return true;
    case DEMCR:
        dwt_sync(cpu);
        cpu->demcr = value & DEMCR_WRITABLE;
        return true;
    default: return false;
    }
}
