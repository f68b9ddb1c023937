/* SPDX-License-Identifier: MIT */
/*
 * The System Control Block and its neighbours (Armv7-M and Armv8-M ARM, System Control Space).
 * Registers with an effect are spelled out; the others only store and are a table.
 */
#include "sim/cpu/core.h"

#include <stdio.h>
#include <string.h>

enum {
    ICSR_RETTOBASE = 1u << 11,
    ICSR_ISRPENDING = 1u << 22,
    ICSR_PENDSTCLR = 1u << 25,
    ICSR_PENDSTSET = 1u << 26,
    ICSR_PENDSVCLR = 1u << 27,
    ICSR_PENDSVSET = 1u << 28,
    ICSR_PENDNMICLR = 1u << 30,

    AIRCR_VECTCLRACTIVE = 1u << 1,
    AIRCR_SYSRESETREQ = 1u << 2,
    AIRCR_SYSRESETREQS = 1u << 3,
    AIRCR_PRIGROUP = 7u << 8,
    AIRCR_BFHFNMINS = 1u << 13,
    AIRCR_PRIS = 1u << 14
};
#define ICSR_PENDNMISET   (1u << 31)
#define AIRCR_VECTKEY     0x05FAu
#define AIRCR_VECTKEYSTAT 0xFA050000u

/* Where each exception has its bits in SHCSR; 0 = none. SECURE, HARDFAULT and NMI: Armv8-M only. */
static const struct {
    uint8_t exception;
    uint32_t active, pended;
    bool v8m, active_writable;
} shcsr_bits[] = {
    {EXC_MEMMANAGE, 1u << 0, 1u << 13, false, true},
    {EXC_BUSFAULT, 1u << 1, 1u << 14, false, true},
    {EXC_HARDFAULT, 1u << 2, 1u << 21, true, false},
    {EXC_USAGEFAULT, 1u << 3, 1u << 12, false, true},
    {EXC_SECUREFAULT, 1u << 4, 1u << 20, true, true},
    {EXC_NMI, 1u << 5, 0, true, false},
    {EXC_SVCALL, 1u << 7, 1u << 15, false, true},
    {EXC_DEBUGMON, 1u << 8, 0, false, true},
    {EXC_PENDSV, 1u << 10, 0, false, true},
    {EXC_SYSTICK, 1u << 11, 0, false, true},
};

/* Registers that store and no more: offset, value after reset, writable bits. */
static const struct {
    uint16_t offset;
    uint32_t reset, writable;
} plain_registers[] = {
    {0x008, 0, UINT32_MAX},       /* ACTLR */
    {0x00C, 0, UINT32_MAX},       /* CPPWR */
    {0xD3C, 0, UINT32_MAX},       /* AFSR */
    {0xD40, 0x30, 0},             /* ID_PFR0 */
    {0xD44, 0x200, 0},            /* ID_PFR1 */
    {0xD48, 0x100000, 0},         /* ID_DFR0 */
    {0xD50, 0x100030, 0},         /* ID_MMFR0 */
    {0xD8C, 0, 0xCFFu},           /* NSACR */
    {0xDD0, 0, 0x3u},             /* SAU_CTRL */
    {0xDD4, 0x8, 0},              /* SAU_TYPE: 8 regions */
    {0xDD8, 0, 0x7u},             /* SAU_RNR */
    {0xDE4, 0, 0},                /* SFSR: see security.c */
    {0xDE8, 0, UINT32_MAX},       /* SFAR */
    {0xE04, 0, 0xFu},             /* DAUTHCTRL */
    {0xE08, 0x10000, 0x3u},       /* DSCSR: CDS, the core is Secure */
    {0xF34, 0xC0000004u, ~0xFFu}, /* FPCCR */
    {0xF38, 0, ~7u},              /* FPCAR */
    {0xF3C, 0, 0x07C00000u},      /* FPDSCR */
    {0xF40, 0x10110021u, 0},      /* MVFR0 */
    {0xF44, 0x11000011u, 0},      /* MVFR1 */
    {0xF48, 0x40, 0},             /* MVFR2 */
    {0xFB8, 0xFF, 0},             /* DAUTHSTATUS */
};

/* r1p1 for the M55 (CMSIS header cmsis-device-n6); revisions of the others are usual ones. */
static uint32_t cpuid(const struct cpu *cpu)
{
    switch (cpu->config.model) {
    case CPU_M3: return 0x412FC231u;
    case CPU_M4: return 0x410FC241u;
    case CPU_M7: return 0x411FC270u;
    case CPU_M33: return 0x410FD214u;
    case CPU_M55: return 0x411FD221u;
    }
    return 0;
}

void scs_reset(struct cpu *cpu)
{
    bool v8m = model_is_v8m(cpu);
    memset(cpu->plain, 0, sizeof cpu->plain);
    memset(cpu->plain_ns, 0, sizeof cpu->plain_ns);
    for (size_t i = 0; i < sizeof plain_registers / sizeof plain_registers[0]; i++) {
        cpu->plain[plain_registers[i].offset / 4] = plain_registers[i].reset;
    }
    cpu->vtor = v8m ? 0x18000000u : 0; /* ST SVD: SYSCFG INITSVTORCR */
    cpu->aircr = 0;
    cpu->scr = 0;
    cpu->ccr = CCR_STKALIGN | (v8m ? CCR_NONBASETHRDENA : 0);
    cpu->shcsr_enables = cpu->cfsr = cpu->hfsr = cpu->dfsr = 0;
    cpu->mmfar = cpu->bfar = 0;
    cpu->demcr &= ~(uint32_t)DEMCR_TRCENA; /* the vector catch bits outlive a system reset */
    cpu->cpacr = cpu->csselr = 0;
    cpu->mpu = (struct mpu){0};
    memset(cpu->mpu.allowed, 0xFF, sizeof cpu->mpu.allowed);
}

static uint32_t read_icsr(struct cpu *cpu)
{
    uint32_t value = reg_get(cpu, UC_ARM_REG_XPSR) & XPSR_IPSR;
    value |= cpu->active_count <= 1 ? ICSR_RETTOBASE : 0;
    value |= (uint32_t)exception_best(cpu) << 12;
    value |= cpu->pending[EXC_NMI] != 0 ? ICSR_PENDNMISET : 0;
    value |= cpu->pending[EXC_PENDSV] != 0 ? ICSR_PENDSVSET : 0;
    value |= cpu->pending[EXC_SYSTICK] != 0 ? ICSR_PENDSTSET : 0;
    for (int i = EXC_EXTERNAL; cpu->pending_count != 0 && i < EXC_COUNT; i++) {
        if (cpu->pending[i] != 0) {
            return value | ICSR_ISRPENDING;
        }
    }
    return value;
}

static void write_icsr(struct cpu *cpu, uint32_t value)
{
    if ((value & ICSR_PENDNMISET) != 0) {
        exception_pend(cpu, EXC_NMI, true);
    } else if ((value & ICSR_PENDNMICLR) != 0 && model_is_v8m(cpu)) {
        exception_pend(cpu, EXC_NMI, false);
    }
    if ((value & (ICSR_PENDSVSET | ICSR_PENDSVCLR)) != 0) {
        exception_pend(cpu, EXC_PENDSV, (value & ICSR_PENDSVSET) != 0);
    }
    if ((value & (ICSR_PENDSTSET | ICSR_PENDSTCLR)) != 0) {
        exception_pend(cpu, EXC_SYSTICK, (value & ICSR_PENDSTSET) != 0);
    }
}

/* VECTCLRACTIVE: for a debugger of a halted core; forces Thread mode with nothing active. */
static void clear_active(struct cpu *cpu)
{
    memset(cpu->active, 0, sizeof cpu->active);
    cpu->active_count = 0;
    reg_set(cpu, UC_ARM_REG_IPSR, 0);
}

static void write_aircr(struct cpu *cpu, uint32_t value, bool debug)
{
    if (value >> 16 != AIRCR_VECTKEY) {
        return;
    }
    uint32_t writable = AIRCR_PRIGROUP;
    if (model_is_v8m(cpu)) {
        writable |= AIRCR_BFHFNMINS | AIRCR_PRIS | AIRCR_SYSRESETREQS;
    }
    if (cpu->non_secure && !debug) {
        writable = AIRCR_PRIGROUP;
    }
    cpu->aircr = (value & writable) | (cpu->aircr & ~writable);
    if ((value & AIRCR_VECTCLRACTIVE) != 0 && debug && cpu->halted) {
        clear_active(cpu);
    }
    if ((value & AIRCR_SYSRESETREQ) != 0 && !debug) {
        if (cpu->probe != NULL) {
            cpu->probe->reset(cpu->probe->context);
        }
        snprintf(
            cpu->text, sizeof cpu->text,
            "the core asked for a system reset (AIRCR.SYSRESETREQ), which is the board's to do");
        stop_slice(cpu, EVENT_UNSUPPORTED);
    }
}

static uint32_t read_shcsr(const struct cpu *cpu)
{
    uint32_t value = cpu->shcsr_enables;
    for (size_t i = 0; i < sizeof shcsr_bits / sizeof shcsr_bits[0]; i++) {
        if (shcsr_bits[i].v8m && !model_is_v8m(cpu)) {
            continue;
        }
        value |= cpu->active[shcsr_bits[i].exception] != 0 ? shcsr_bits[i].active : 0;
        value |= cpu->pending[shcsr_bits[i].exception] != 0 ? shcsr_bits[i].pended : 0;
    }
    return value;
}

static void write_shcsr(struct cpu *cpu, uint32_t value)
{
    cpu->shcsr_enables = value & (model_is_v8m(cpu) ? 0xF0000u : 0x70000u);
    for (size_t i = 0; i < sizeof shcsr_bits / sizeof shcsr_bits[0]; i++) {
        if (shcsr_bits[i].v8m && !model_is_v8m(cpu)) {
            continue;
        }
        int exception = shcsr_bits[i].exception;
        if (shcsr_bits[i].active_writable) {
            exception_activate(cpu, exception, (value & shcsr_bits[i].active) != 0);
        }
        if (shcsr_bits[i].pended != 0) {
            exception_pend(cpu, exception, (value & shcsr_bits[i].pended) != 0);
        }
    }
}

static void write_ccr(struct cpu *cpu, uint32_t value)
{
    uint32_t writable = 0x11Au | CCR_STKALIGN | CCR_NONBASETHRDENA;
    uint32_t fixed = 0;
    if (model_is_v8m(cpu)) {
        writable |= CCR_STKOFHFNMIGN;
        fixed = CCR_STKALIGN | CCR_NONBASETHRDENA; /* RES1 */
    }
    if (model_has_cache(cpu)) {
        writable |= 0x70000u; /* DC, IC, BP */
    }
    if (cpu->config.model == CPU_M55) {
        writable |= 0x180000u; /* LOB, TRD */
    }
    cpu->ccr = (value & writable) | fixed;
    lines_follow(cpu);
    time_new_frequency(cpu);
}

bool scs_read(struct cpu *cpu, uint32_t offset, uint32_t *value)
{
    switch (offset) {
    case 0xD00: *value = cpuid(cpu); break;
    case 0xD04: *value = read_icsr(cpu); break;
    case 0xD08: *value = cpu->vtor; break;
    case 0xD0C: *value = AIRCR_VECTKEYSTAT | cpu->aircr; break;
    case 0xD10: *value = cpu->scr; break;
    case 0xD14: *value = cpu->ccr; break;
    case 0xD18:
    case 0xD1C:
    case 0xD20: memcpy(value, &cpu->priority[4 + (offset - 0xD18)], 4); break;
    case 0xD24: *value = read_shcsr(cpu); break;
    case 0xD28: *value = cpu->cfsr; break;
    case 0xD2C: *value = cpu->hfsr; break;
    case 0xD30: *value = cpu->dfsr; break;
    case 0xD34: *value = cpu->mmfar; break;
    case 0xD38: *value = cpu->bfar; break;
    case 0xD88: *value = cpu->cpacr; break;
    default:
        if ((!model_is_v8m(cpu) || (cpu->non_secure && !cpu->halted)) &&
            ((offset >= 0xDD0 && offset <= 0xDE8) || offset == 0xE08)) {
            *value = 0; /* no Security Extension, or hidden from Non-secure code */
            return true;
        }
        *value = cpu->plain[offset / 4];
        break;
    }
    return true;
}

static void write_plain(struct cpu *cpu, uint32_t offset, uint32_t value)
{
    uint32_t *sau = &cpu->plain[0xDDC / 4]; /* SAU_RBAR, SAU_RLAR of region SAU_RNR */
    if (model_is_v8m(cpu) && (offset == 0xDDC || offset == 0xDE0)) {
        sau[(offset - 0xDDC) / 4] = value;
        return;
    }
    for (size_t i = 0; i < sizeof plain_registers / sizeof plain_registers[0]; i++) {
        if (plain_registers[i].offset == offset) {
            uint32_t writable = plain_registers[i].writable;
            uint32_t *word = &cpu->plain[offset / 4];
            *word = (*word & ~writable) | (value & writable);
        }
    }
}

bool scs_write(struct cpu *cpu, uint32_t offset, bool debug, uint32_t value)
{
    switch (offset) {
    case 0xD04: write_icsr(cpu, value); break;
    case 0xD08: cpu->vtor = value & ~(cpu->vtor_alignment - 1); break;
    case 0xD0C: write_aircr(cpu, value, debug); break;
    case 0xD10: cpu->scr = value & 0x1Eu; break;
    case 0xD14: write_ccr(cpu, value); break;
    case 0xD24: write_shcsr(cpu, value); break;
    case 0xD28: cpu->cfsr &= ~value; break;
    case 0xD2C: cpu->hfsr &= ~value; break;
    case 0xD30: cpu->dfsr &= ~value; break;
    case 0xD34: cpu->mmfar = value; break;
    case 0xD38: cpu->bfar = value; break;
    case 0xD88: cpu->cpacr = model_has_fpu(cpu) ? value & 0x00F00000u : 0; break;
    default: write_plain(cpu, offset, value); break;
    }
    return true;
}
