/* SPDX-License-Identifier: MIT */
/* From instructions to picoseconds, without losing a fraction. */
#include "sim/cpu/core.h"

__extension__ typedef unsigned __int128 uint128;

/* One hundredth of a cycle at 1 Hz, in ps. */
#define PS_PER_UNIT UINT64_C(10000000000)
/* Cost between two looks around, so that a delta always fits 64-bit arithmetic. */
#define CHUNK UINT64_C(100000000)

uint64_t cycles_now(const struct cpu *cpu)
{
    return cpu->t.cost / 100;
}

/* Brings the clock up to date with the cost. */
void time_flush(struct cpu *cpu)
{
    uint64_t delta = cpu->t.cost - cpu->t.flushed;
    if (delta == 0) {
        return;
    }
    if (delta < UINT64_C(1000000000)) {
        uint64_t sum = delta * PS_PER_UNIT + cpu->t.remainder;
        cpu->clock->now_ps += sum / cpu->hz;
        cpu->t.remainder = sum % cpu->hz;
    } else {
        uint128 sum = (uint128)delta * PS_PER_UNIT + cpu->t.remainder;
        cpu->clock->now_ps += (uint64_t)(sum / cpu->hz);
        cpu->t.remainder = (uint64_t)(sum % cpu->hz);
    }
    cpu->t.flushed = cpu->t.cost;
}

/* The bus moved the clock on: the core was held for that long, and its counters went on. */
void time_absorb(struct cpu *cpu, uint64_t before_ps)
{
    uint64_t ps = cpu->clock->now_ps - before_ps;
    if (ps == 0) {
        return;
    }
    uint128 sum = (uint128)ps * cpu->hz + cpu->t.ps_remainder;
    uint64_t cost = (uint64_t)(sum / PS_PER_UNIT);
    cpu->t.ps_remainder = (uint64_t)(sum % PS_PER_UNIT);
    cpu->t.cost += cost;
    cpu->t.flushed += cost;
    time_rearm(cpu);
}

/* The cost at which the clock first shows `ps` or more. Needs a flushed clock. */
uint64_t cost_until(const struct cpu *cpu, uint64_t ps)
{
    if (ps == PS_NEVER) {
        return UINT64_MAX;
    }
    if (ps <= cpu->clock->now_ps) {
        return cpu->t.cost;
    }
    uint128 need = (uint128)(ps - cpu->clock->now_ps) * cpu->hz - cpu->t.remainder;
    uint128 cost = (need + PS_PER_UNIT - 1) / PS_PER_UNIT + cpu->t.cost;
    return cost > UINT64_MAX ? UINT64_MAX : (uint64_t)cost;
}

/* Sets when the slow path is next wanted. */
void time_rearm(struct cpu *cpu)
{
    time_flush(cpu);
    bool trace =
        cpu->step || cpu->irq_waiting || (cpu->ccr & CCR_DIV_0_TRP) != 0 || jump_wants_trace(cpu);
    if (trace != cpu->trace) {
        cpu->trace = trace;
        cpu->code_page = NO_PAGE;
    }
    if (cpu->attention || cpu->halt_soon) {
        cpu->limit = 0;
        return;
    }
    uint64_t limit = cost_until(cpu, cpu->until_ps);
    if (limit > cpu->t.cost + CHUNK) {
        limit = cpu->t.cost + CHUNK;
    }
    if ((cpu->systick_ctrl & 3u) == 3u) { /* ENABLE and TICKINT */
        uint64_t tick = systick_next(cpu);
        limit = tick < limit ? tick : limit;
    }
    if (cpu->external_enabled != 0) {
        uint64_t event = cost_until(cpu, cpu->bus.next_event(cpu->bus.context));
        if (event > cpu->t.cost && event < limit) {
            limit = event;
        }
    }
    cpu->limit = limit;
}

void time_new_frequency(struct cpu *cpu)
{
    time_flush(cpu);
    uint32_t hz = cpu->config.hz_override;
    if (hz == 0) {
        hz = cpu->bus.cpu_hz(cpu->bus.context);
    }
    if (hz == 0) {
        hz = cpu->config.cost.cpu_hz != 0 ? cpu->config.cost.cpu_hz : 1000000u;
    }
    if (hz != cpu->hz) {
        cpu->hz = hz;
        cpu->t.remainder = 0;
        cpu->t.ps_remainder = 0;
    }
    bool cached = (cpu->ccr & CCR_IC) != 0;
    cpu->fetch_cost =
        cached ? cpu->config.cost.fetch_cached_x100 : cpu->config.cost.fetch_uncached_x100;
    if (cpu->fetch_cost == 0) {
        cpu->fetch_cost = 1; /* time must pass, or nothing would ever end */
    }
}

void time_skip(struct cpu *cpu, uint64_t count, uint64_t each)
{
    cpu->t.cost += count * each;
    time_flush(cpu);
}
