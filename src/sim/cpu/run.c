/* SPDX-License-Identifier: MIT */
/* Running: slices of emulation, and what is done between them. */
#include "sim/cpu/core.h"

#include <stdio.h>

/* The emulator's interrupt numbers; tests/unit/test_cpu_unicorn.c holds them against it. */
enum {
    INTR_SVC = 2,
    INTR_PREFETCH_ABORT = 3,
    INTR_BKPT = 7,
    INTR_EXC_RETURN = 8,
    INTR_NOCP = 17,
    INTR_INVSTATE = 18,
    INTR_STKOF = 19,
    INTR_UNALIGNED = 22
};

static uint32_t last_address(const struct cpu *cpu)
{
    return cpu->ring[(cpu->ring_next - 1) % RING];
}

static uint32_t it_of(uint32_t xpsr)
{
    return ((xpsr >> 25) & 3u) | ((xpsr >> 8) & 0xFCu);
}

static uint32_t with_it(uint32_t xpsr, uint32_t it)
{
    return (xpsr & ~(uint32_t)XPSR_IT) | (it & 3u) << 25 | (it & 0xFCu) << 8;
}

/* The emulator knows ITSTATE only at the start of a translation block. */
static void sync_it(struct cpu *cpu)
{
    if (cpu->rewind) {
        cpu->rewind = false;
        uc_context_restore(cpu->uc, cpu->rewind_context);
        pc_set(cpu, cpu->rewind_pc);
        reg_set(cpu, UC_ARM_REG_XPSR, with_it(reg_get(cpu, UC_ARM_REG_XPSR), cpu->rewind_it));
        return;
    }
    uint32_t xpsr = reg_get(cpu, UC_ARM_REG_XPSR);
    uint32_t it = it_state(cpu, reg_get(cpu, UC_ARM_REG_PC));
    if (it != it_of(xpsr)) {
        reg_set(cpu, UC_ARM_REG_XPSR, with_it(xpsr, it));
    }
}

/* WFI ends a run silently, WFE and YIELD look invalid to the emulator: PC is past them. */
static void classify_end(struct cpu *cpu, uc_err err)
{
    bool executed = cpu->t.stats.instructions > cpu->slice_start;
    bool for_event;
    if (executed && is_wait(cpu, last_address(cpu), &for_event) &&
        reg_get(cpu, UC_ARM_REG_PC) != last_address(cpu)) {
        cpu->event = EVENT_WAIT;
        return;
    }
    if (cpu->event == EVENT_NONE) {
        snprintf(cpu->text, sizeof cpu->text, "not modelled: the emulator stopped at 0x%08X: %s",
                 reg_get(cpu, UC_ARM_REG_PC), uc_strerror(err));
        cpu->event = EVENT_UNSUPPORTED;
    }
}

enum event run_slice(struct cpu *cpu)
{
    uint32_t xpsr = reg_get(cpu, UC_ARM_REG_XPSR);
    cpu->event = EVENT_NONE;
    cpu->slice_start = cpu->t.stats.instructions;
    cpu->slice_it = it_of(xpsr);
    cpu->slice_pc = reg_get(cpu, UC_ARM_REG_PC);
    cpu->rewind = false;
    cpu->split_at = UINT64_MAX;
    cpu->code_page = NO_PAGE;
    if ((xpsr & XPSR_T) == 0) {
        cpu->fault = (struct fault){EXC_USAGEFAULT, CFSR_INVSTATE, 0};
        cpu->event = EVENT_FAULT;
        return EVENT_FAULT;
    }
    /* An odd `until` is never reached. */
    uc_err err = uc_emu_start(cpu->uc, reg_get(cpu, UC_ARM_REG_PC) | 1u, 1, 0, 0);
    if (cpu->cache != NULL) {
        lines_repay(cpu);
    }
    if (cpu->event == EVENT_NONE || cpu->event == EVENT_INVALID) {
        classify_end(cpu, err);
    }
    sync_it(cpu);
    return cpu->event;
}

static void raise_usage(struct cpu *cpu, uint32_t cfsr)
{
    struct fault fault = {EXC_USAGEFAULT, cfsr, 0};
    exception_raise(cpu, &fault);
}

/* True: the core halts, *stop says why. */
static bool on_intr(struct cpu *cpu, enum cpu_stop *stop)
{
    struct fault fault = {EXC_SVCALL, 0, 0};
    switch (cpu->intr) {
    case INTR_SVC: exception_raise(cpu, &fault); return false;
    case INTR_PREFETCH_ABORT:
        fault = memory_is_execute_never(reg_get(cpu, UC_ARM_REG_PC))
                    ? (struct fault){EXC_MEMMANAGE, CFSR_IACCVIOL, 0}
                    : (struct fault){EXC_BUSFAULT, CFSR_IBUSERR, 0};
        exception_raise(cpu, &fault);
        return false;
    case INTR_BKPT:
        snprintf(cpu->text, sizeof cpu->text, "BKPT at 0x%08X", reg_get(cpu, UC_ARM_REG_PC));
        *stop = CPU_STOP_BKPT;
        return true;
    case INTR_EXC_RETURN: /* of bit 0, ES, the emulator does not tell */
        exception_return(cpu, reg_get(cpu, UC_ARM_REG_PC) | (cpu->non_secure ? 0 : 1u));
        return false;
    case INTR_NOCP: raise_usage(cpu, CFSR_NOCP); return false;
    case INTR_INVSTATE: raise_usage(cpu, CFSR_INVSTATE); return false;
    case INTR_STKOF: raise_usage(cpu, CFSR_STKOF); return false;
    case INTR_UNALIGNED: raise_usage(cpu, CFSR_UNALIGNED); return false;
    default: break;
    }
    snprintf(cpu->text, sizeof cpu->text, "not modelled: emulator exception %u at 0x%08X",
             cpu->intr, reg_get(cpu, UC_ARM_REG_PC));
    *stop = CPU_STOP_UNSUPPORTED;
    return true;
}

static bool on_invalid(struct cpu *cpu, enum cpu_stop *stop)
{
    uint32_t pc = reg_get(cpu, UC_ARM_REG_PC);
    if ((reg_get(cpu, UC_ARM_REG_XPSR) & XPSR_T) == 0) {
        raise_usage(cpu, CFSR_INVSTATE);
        return false;
    }
    if (security_test_target(cpu, pc)) {
        return false;
    }
    switch (insn81_execute(cpu, pc)) {
    case INSN81_DONE: return false;
    case INSN81_REFUSED: *stop = CPU_STOP_UNSUPPORTED; return true;
    case INSN81_NOT: break;
    }
    raise_usage(cpu, CFSR_UNDEFINSTR);
    return false;
}

/* True if something pending ends a WFI: PRIMASK does not count for that. */
static bool wakes(struct cpu *cpu)
{
    if (cpu->pending_count == 0 || exception_best(cpu) == 0) {
        return false;
    }
    if (exception_can_preempt(cpu)) {
        return true;
    }
    uint32_t primask = special_get(cpu, UC_ARM_REG_PRIMASK);
    special_set(cpu, UC_ARM_REG_PRIMASK, 0);
    bool would = exception_can_preempt(cpu);
    special_set(cpu, UC_ARM_REG_PRIMASK, primask);
    return would;
}

static uint64_t next_wake(struct cpu *cpu)
{
    uint64_t at = UINT64_MAX;
    if ((cpu->systick_ctrl & 3u) == 3u && !cpu->mask_interrupts) {
        at = systick_next(cpu);
    }
    if (cpu->external_enabled != 0 && !cpu->mask_interrupts) {
        uint64_t event = cost_until(cpu, cpu->bus.next_event(cpu->bus.context));
        at = event < at ? event : at;
    }
    return at;
}

/* Asleep: time goes on to what wakes the core. True: the core stops, *stop says why. */
static bool sleep_on(struct cpu *cpu, enum cpu_stop *stop)
{
    while (cpu->sleeping) {
        systick_sync(cpu);
        if (wakes(cpu) || (cpu->waits_for_event && cpu->event_register)) {
            cpu->sleeping = false;
            if (cpu->waits_for_event) {
                cpu->event_register = false;
            }
            break;
        }
        uint64_t wake = next_wake(cpu);
        uint64_t until = cost_until(cpu, cpu->until_ps);
        if (wake <= cpu->t.cost || wake == UINT64_MAX) {
            snprintf(cpu->text, sizeof cpu->text, "asleep at 0x%08X with nothing to wake it",
                     reg_get(cpu, UC_ARM_REG_PC));
            *stop = CPU_STOP_SLEEP;
            return true;
        }
        cpu->t.cost = wake < until ? wake : until;
        time_flush(cpu);
        if (cpu->clock->now_ps >= cpu->until_ps) {
            *stop = CPU_STOP_TIME;
            return true;
        }
    }
    return false;
}

/* SEV passes unseen through the emulator; the pairs "SEV, WFE" that code is made of are found by
 * looking back. */
static bool sent_event(struct cpu *cpu)
{
    for (unsigned k = 2; k <= RING; k++) {
        uint16_t hw;
        if (code_halfword(cpu, cpu->ring[(cpu->ring_next - k) % RING], &hw) && hw == 0xBF40u) {
            return true;
        }
    }
    return false;
}

static void fall_asleep(struct cpu *cpu)
{
    bool for_event = false;
    is_wait(cpu, last_address(cpu), &for_event);
    if (for_event && sent_event(cpu)) {
        cpu->event_register = true;
    }
    cpu->sleeping = true;
    cpu->waits_for_event = for_event;
}

static bool handle(struct cpu *cpu, enum event event, enum cpu_stop *stop)
{
    switch (event) {
    case EVENT_NONE:
    case EVENT_LIMIT:
    case EVENT_TRIAL_END: return false;
    case EVENT_STEP: *stop = CPU_STOP_TIME; return true;
    case EVENT_BREAKPOINT:
        snprintf(cpu->text, sizeof cpu->text, "breakpoint at 0x%08X", reg_get(cpu, UC_ARM_REG_PC));
        *stop = CPU_STOP_BREAKPOINT;
        return true;
    case EVENT_FAULT: exception_raise(cpu, &cpu->fault); return false;
    case EVENT_INTR: return on_intr(cpu, stop);
    case EVENT_INVALID: return on_invalid(cpu, stop);
    case EVENT_WAIT: fall_asleep(cpu); return false;
    case EVENT_STALL:
        snprintf(cpu->text, sizeof cpu->text,
                 "bus stall: the access to 0x%08X by the instruction at 0x%08X never completes",
                 cpu->fault.address, reg_get(cpu, UC_ARM_REG_PC));
        *stop = CPU_STOP_STALL;
        return true;
    case EVENT_UNSUPPORTED: *stop = CPU_STOP_UNSUPPORTED; return true;
    }
    return false;
}

/* What may stop the core between two slices. */
static bool between(struct cpu *cpu, enum cpu_stop *stop)
{
    time_flush(cpu);
    systick_sync(cpu);
    exception_review(cpu);
    if (!cpu->locked_up && !cpu->sleeping && cpu->event != EVENT_UNSUPPORTED) {
        exception_take_pending(cpu);
    }
    if (cpu->event == EVENT_UNSUPPORTED) {
        *stop = CPU_STOP_UNSUPPORTED;
        return true;
    }
    if (cpu->locked_up) {
        *stop = CPU_STOP_LOCKUP;
        return true;
    }
    if (cpu->catch_pending) {
        cpu->catch_pending = false;
        *stop = CPU_STOP_CATCH;
        return true;
    }
    if (cpu->halt_soon) {
        snprintf(cpu->text, sizeof cpu->text, "watched write before 0x%08X",
                 reg_get(cpu, UC_ARM_REG_PC));
        *stop = CPU_STOP_BREAKPOINT;
        return true;
    }
    time_flush(cpu);
    if (cpu->clock->now_ps >= cpu->until_ps) {
        *stop = CPU_STOP_TIME;
        return true;
    }
    if (cpu->sleep_on_exit) {
        cpu->sleep_on_exit = false;
        cpu->sleeping = true;
        cpu->waits_for_event = false;
    }
    return cpu->sleeping && sleep_on(cpu, stop);
}

static enum cpu_stop run(struct cpu *cpu)
{
    enum cpu_stop stop = CPU_STOP_TIME;
    enum event event = EVENT_NONE;
    while (!between(cpu, &stop)) {
        if (cpu->attention) {
            continue; /* woken, or an exception came with the last one: taken before any code */
        }
        if (!cpu->step && (event == EVENT_LIMIT || jump_is_armed_at_head(cpu))) {
            jump_try(cpu);
        }
        time_rearm(cpu);
        event = run_slice(cpu);
        if (handle(cpu, event, &stop)) {
            break;
        }
        if (cpu->step) {
            between(cpu, &stop);
            break;
        }
    }
    return stop;
}

static enum cpu_stop start(struct cpu *cpu, uint64_t until_ps, bool step)
{
    if (!ram_map_rest(cpu, NULL)) {
        snprintf(cpu->text, sizeof cpu->text, "the emulator cannot map the address space");
        return CPU_STOP_UNSUPPORTED;
    }
    cpu->until_ps = until_ps;
    cpu->step = step;
    cpu->halted = false;
    cpu->halt_soon = false;
    cpu->locked_up = false;
    cpu->skip_break = true;
    cpu->event = EVENT_NONE;
    cpu->code_page = NO_PAGE;
    cpu->text[0] = '\0';
    time_new_frequency(cpu);
    lines_follow(cpu);
    if (cpu->coverage != NULL) {
        coverage_restart(cpu);
    }
    enum cpu_stop stop = run(cpu);
    time_flush(cpu);
    cpu->halted = true;
    lines_follow(cpu);
    cpu->step = false;
    return stop;
}

enum cpu_stop cpu_run(struct cpu *cpu, uint64_t until_ps)
{
    return start(cpu, until_ps, false);
}

enum cpu_stop cpu_step(struct cpu *cpu)
{
    return start(cpu, PS_NEVER, true);
}

const char *cpu_stop_text(const struct cpu *cpu)
{
    return cpu->text;
}
