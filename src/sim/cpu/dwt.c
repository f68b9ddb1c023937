/* SPDX-License-Identifier: MIT */
/* The cycle counter of the Data Watchpoint and Trace unit (Armv7-M ARM, DWT). */
#include "sim/cpu/core.h"

enum {
    DWT_CTRL = 0x000,
    DWT_CYCCNT = 0x004,
    DWT_LAR = 0xFB0,
    DWT_LSR = 0xFB4,
    CTRL_CYCCNTENA = 1u << 0,
    CTRL_NUMCOMP_4 = 4u << 28, /* read-only */
    CTRL_WRITABLE = 0x03FF1FFFu
};
#define LAR_KEY 0xC5ACCE55u

static bool counts(const struct cpu *cpu)
{
    return (cpu->demcr & DEMCR_TRCENA) != 0 && (cpu->dwt.ctrl & CTRL_CYCCNTENA) != 0;
}

static uint32_t current(const struct cpu *cpu)
{
    if (!counts(cpu)) {
        return cpu->dwt.cyccnt;
    }
    return cpu->dwt.cyccnt + (uint32_t)(cycles_now(cpu) - cpu->dwt.since);
}

/* To be called before anything that starts or stops the counter. */
void dwt_sync(struct cpu *cpu)
{
    cpu->dwt.cyccnt = current(cpu);
    cpu->dwt.since = cycles_now(cpu);
}

uint32_t dwt_read(struct cpu *cpu, uint32_t offset)
{
    switch (offset) {
    case DWT_CTRL: return cpu->dwt.ctrl | CTRL_NUMCOMP_4;
    case DWT_CYCCNT: return current(cpu);
    case DWT_LSR: /* SLI, SLK: only the M7 has the software lock [memory] */
        return cpu->config.model == CPU_M7 ? (cpu->dwt.unlocked ? 1u : 3u) : 0;
    default: return 0;
    }
}

void dwt_write(struct cpu *cpu, uint32_t offset, uint32_t value, bool debug)
{
    if (offset == DWT_LAR) {
        cpu->dwt.unlocked = value == LAR_KEY;
        return;
    }
    bool locked = cpu->config.model == CPU_M7 && !cpu->dwt.unlocked && !debug;
    if ((cpu->demcr & DEMCR_TRCENA) == 0 || locked) {
        return; /* without TRCENA the unit is off: harsher than some silicon [INF] */
    }
    dwt_sync(cpu);
    if (offset == DWT_CTRL) {
        cpu->dwt.ctrl = value & CTRL_WRITABLE;
    } else if (offset == DWT_CYCCNT) {
        cpu->dwt.cyccnt = value;
    }
}

void dwt_reset(struct cpu *cpu)
{
    cpu->dwt = (struct dwt){0};
}
