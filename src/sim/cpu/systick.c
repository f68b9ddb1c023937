/* SPDX-License-Identifier: MIT */
/* SysTick (Armv7-M ARM, system timer): computed from the cycles that passed, nothing ticks. */
#include "sim/cpu/core.h"

enum {
    CSR_ENABLE = 1u << 0,
    CSR_TICKINT = 1u << 1,
    CSR_CLKSOURCE = 1u << 2,
    CSR_COUNTFLAG = 1u << 16,
    COUNTER_MASK = 0xFFFFFFu,
    EXTERNAL_DIVIDER = 8 /* the reference clock as a fraction of the CPU's [INF] */
};

static unsigned cost_per_tick(const struct cpu *cpu)
{
    return (cpu->systick_ctrl & CSR_CLKSOURCE) != 0 ? 100 : 100 * EXTERNAL_DIVIDER;
}

static uint64_t ticks_now(const struct cpu *cpu)
{
    return cpu->t.cost / cost_per_tick(cpu);
}

/* Ticks from `value` until the counter first reaches zero by counting. */
static uint64_t ticks_to_zero(const struct cpu *cpu, uint32_t value)
{
    return value != 0 ? value : (uint64_t)cpu->systick_load + 1;
}

void systick_sync(struct cpu *cpu)
{
    uint64_t now = ticks_now(cpu);
    uint64_t passed = now - cpu->t.systick_since;
    cpu->t.systick_since = now;
    if ((cpu->systick_ctrl & CSR_ENABLE) == 0 || passed == 0) {
        return;
    }
    if (cpu->t.systick_value == 0 && cpu->systick_load == 0) {
        return; /* a reload of 0 stops the counter at the next wrap */
    }
    uint64_t to_zero = ticks_to_zero(cpu, cpu->t.systick_value);
    if (passed < to_zero) {
        cpu->t.systick_value = (uint32_t)(to_zero - passed);
        return;
    }
    uint64_t period = (uint64_t)cpu->systick_load + 1;
    uint64_t rest = (passed - to_zero) % period;
    cpu->t.systick_value = rest == 0 ? 0 : (uint32_t)(period - rest);
    cpu->t.systick_countflag = true;
    if ((cpu->systick_ctrl & CSR_TICKINT) != 0 && cpu->pending[EXC_SYSTICK] == 0) {
        exception_pend(cpu, EXC_SYSTICK, true);
    }
}

uint64_t systick_next(const struct cpu *cpu)
{
    if ((cpu->systick_ctrl & CSR_ENABLE) == 0 ||
        (cpu->t.systick_value == 0 && cpu->systick_load == 0)) {
        return UINT64_MAX;
    }
    uint64_t at = cpu->t.systick_since + ticks_to_zero(cpu, cpu->t.systick_value);
    return at * cost_per_tick(cpu);
}

bool systick_read(struct cpu *cpu, uint32_t offset, bool debug, uint32_t *value)
{
    systick_sync(cpu);
    switch (offset) {
    case 0x010: /* SYST_CSR */
        *value = cpu->systick_ctrl | (cpu->t.systick_countflag ? CSR_COUNTFLAG : 0);
        if (!debug) {
            cpu->t.systick_countflag = false;
        }
        return true;
    case 0x014: *value = cpu->systick_load; return true;
    case 0x018: *value = cpu->t.systick_value; return true;
    case 0x01C: *value = 0; return true; /* SYST_CALIB: reference clock, no calibration [INF] */
    default: return false;
    }
}

bool systick_write(struct cpu *cpu, uint32_t offset, uint32_t value)
{
    systick_sync(cpu);
    switch (offset) {
    case 0x010:
        cpu->systick_ctrl = value & (CSR_ENABLE | CSR_TICKINT | CSR_CLKSOURCE);
        cpu->t.systick_since = ticks_now(cpu); /* the tick may have another length now */
        return true;
    case 0x014: cpu->systick_load = value & COUNTER_MASK; return true;
    case 0x018: /* any write clears counter and COUNTFLAG, without an interrupt */
        cpu->t.systick_value = 0;
        cpu->t.systick_countflag = false;
        return true;
    case 0x01C: return true;
    default: return false;
    }
}

void systick_reset(struct cpu *cpu)
{
    cpu->systick_ctrl = 0;
    cpu->systick_load = 0;
    cpu->t.systick_value = 0;
    cpu->t.systick_countflag = false;
    cpu->t.systick_since = 0;
}
