/* SPDX-License-Identifier: MIT */
/*
 * Priorities, entry, escalation and lockup, after the exception model of the Armv7-M and Armv8-M
 * ARM. On Armv8-M the core is in one security state throughout: see security.c.
 */
#include "sim/cpu/core.h"

#include <limits.h>
#include <stdio.h>

enum {
    PRIORITY_BITS = 0xF0,
    PRIORITY_NONE = 256,
    XPSR_FLAGS = 0xF80F0000u
};

const char *exception_name(int exception, char buffer[16])
{
    static const char *const names[] = {
        "Thread",       "Reset",       "NMI",    "HardFault", "MemManage", "BusFault",
        "UsageFault",   "SecureFault", "?",      "?",         "?",         "SVCall",
        "DebugMonitor", "?",           "PendSV", "SysTick"};
    if (exception < EXC_EXTERNAL) {
        snprintf(buffer, 16, "%s", names[exception]);
    } else {
        snprintf(buffer, 16, "IRQ %d", exception - EXC_EXTERNAL);
    }
    return buffer;
}

int priority_of(const struct cpu *cpu, int exception)
{
    switch (exception) {
    case EXC_NMI: return -2;
    case EXC_HARDFAULT: return -1;
    default: return cpu->priority[exception];
    }
}

/* Without the bits that AIRCR.PRIGROUP makes a sub-priority. */
static int group_of(const struct cpu *cpu, int priority)
{
    unsigned split = (cpu->aircr >> 8) & 7u;
    return priority < 0 ? priority : priority & ~(int)((2u << split) - 1u) & 0xFF;
}

/* The priority of the active exceptions alone, without the mask registers. */
static int priority_raw(const struct cpu *cpu)
{
    int lowest = PRIORITY_NONE;
    for (int i = EXC_NMI; cpu->active_count != 0 && i < EXC_COUNT; i++) {
        if (cpu->active[i] != 0) {
            int group = group_of(cpu, priority_of(cpu, i));
            lowest = group < lowest ? group : lowest;
        }
    }
    return lowest;
}

int priority_running(struct cpu *cpu)
{
    int running = priority_raw(cpu);
    int basepri = (int)(special_get(cpu, UC_ARM_REG_BASEPRI) & PRIORITY_BITS);
    if (basepri != 0 && group_of(cpu, basepri) < running) {
        running = group_of(cpu, basepri);
    }
    if ((special_get(cpu, UC_ARM_REG_PRIMASK) & 1u) != 0 && running > 0) {
        running = 0;
    }
    if ((special_get(cpu, UC_ARM_REG_FAULTMASK) & 1u) != 0 && running > -1) {
        running = -1;
    }
    return running;
}

bool exception_enabled(const struct cpu *cpu, int exception)
{
    switch (exception) {
    case EXC_MEMMANAGE: return (cpu->shcsr_enables & (1u << 16)) != 0;
    case EXC_BUSFAULT: return (cpu->shcsr_enables & (1u << 17)) != 0;
    case EXC_USAGEFAULT: return (cpu->shcsr_enables & (1u << 18)) != 0;
    case EXC_SECUREFAULT: return (cpu->shcsr_enables & (1u << 19)) != 0;
    default: return exception < EXC_EXTERNAL || cpu->enabled[exception] != 0;
    }
}

void exception_pend(struct cpu *cpu, int exception, bool pend)
{
    if ((cpu->pending[exception] != 0) == pend) {
        return;
    }
    cpu->pending[exception] = pend;
    cpu->pending_count += pend ? 1u : UINT_MAX;
    if (pend && (cpu->scr & (1u << 4)) != 0) { /* SEVONPEND */
        cpu->event_register = true;
    }
    exception_review(cpu);
}

void exception_activate(struct cpu *cpu, int exception, bool active)
{
    if ((cpu->active[exception] != 0) != active) {
        cpu->active[exception] = active;
        cpu->active_count += active ? 1u : UINT_MAX;
    }
}

static bool held_by_debugger(const struct cpu *cpu, int exception)
{
    return cpu->mask_interrupts && exception >= EXC_PENDSV;
}

int exception_best(struct cpu *cpu)
{
    int best = 0;
    for (int i = EXC_NMI; cpu->pending_count != 0 && i < EXC_COUNT; i++) {
        if (cpu->pending[i] == 0 || !exception_enabled(cpu, i) || held_by_debugger(cpu, i)) {
            continue;
        }
        if (best == 0 || priority_of(cpu, i) < priority_of(cpu, best)) {
            best = i;
        }
    }
    return best;
}

bool exception_can_preempt(struct cpu *cpu)
{
    int best = exception_best(cpu);
    return best != 0 && group_of(cpu, priority_of(cpu, best)) < priority_running(cpu);
}

void exception_review(struct cpu *cpu)
{
    bool waiting = false, attention = false;
    if (cpu->pending_count != 0 && exception_best(cpu) != 0) {
        attention = exception_can_preempt(cpu);
        waiting = !attention;
    }
    if (attention != cpu->attention || waiting != cpu->irq_waiting) {
        cpu->attention = attention;
        cpu->irq_waiting = waiting;
        time_rearm(cpu);
    }
}

void lockup(struct cpu *cpu, const char *why)
{
    char names[2][16];
    int ipsr = (int)(reg_get(cpu, UC_ARM_REG_XPSR) & XPSR_IPSR);
    const char *masked = "FAULTMASK was set";
    if (cpu->active[EXC_NMI] != 0) {
        masked = "NMI was active";
    } else if (cpu->active[EXC_HARDFAULT] != 0) {
        masked = "HardFault was active";
    }
    snprintf(cpu->text, sizeof cpu->text,
             "lockup: %s at 0x%08X while %s (IPSR %s, CFSR 0x%08X, HFSR 0x%08X)", why,
             reg_get(cpu, UC_ARM_REG_PC), masked,
             ipsr < EXC_COUNT ? exception_name(ipsr, names[0]) : "?", cpu->cfsr, cpu->hfsr);
    cpu->locked_up = true;
    /* Where the core appears to be while locked up (Armv7-M ARM, lockup). It is execute-never, so
     * resuming without a cure locks up again. */
    reg_set(cpu, UC_ARM_REG_XPSR, reg_get(cpu, UC_ARM_REG_XPSR) & ~(uint32_t)XPSR_IT);
    pc_set(cpu, 0xEFFFFFFEu);
}

static void note(struct cpu *cpu, const struct fault *fault)
{
    probe_fault(cpu, fault);
    cpu->cfsr |= fault->cfsr;
    if ((fault->cfsr & CFSR_MMARVALID) != 0) {
        cpu->mmfar = fault->address;
    }
    if ((fault->cfsr & CFSR_BFARVALID) != 0) {
        cpu->bfar = fault->address;
    }
}

/* The exception that a synchronous one becomes: itself, HardFault, or 0 after a lockup. */
static int escalate(struct cpu *cpu, int exception)
{
    int running = priority_running(cpu);
    bool takes =
        exception_enabled(cpu, exception) && group_of(cpu, priority_of(cpu, exception)) < running;
    if (takes) {
        return exception;
    }
    if (running <= -1) {
        char name[16];
        lockup(cpu, exception_name(exception, name));
        return 0;
    }
    cpu->hfsr |= HFSR_FORCED;
    return EXC_HARDFAULT;
}

static bool vector_caught(const struct cpu *cpu, int exception, uint32_t cfsr)
{
    uint32_t catch = 0;
    switch (exception) {
    case EXC_HARDFAULT: catch = 1u << 10; break; /* VC_HARDERR */
    case EXC_MEMMANAGE: catch = 1u << 4; break;  /* VC_MMERR */
    case EXC_BUSFAULT: catch = 1u << 8; break;   /* VC_BUSERR */
    case EXC_SECUREFAULT: catch = 1u << 11; break;
    case EXC_USAGEFAULT:
        catch |= (cfsr & CFSR_NOCP) != 0 ? 1u << 5 : 0;                         /* VC_NOCPERR */
        catch |= (cfsr & (CFSR_UNALIGNED | CFSR_DIVBYZERO)) != 0 ? 1u << 6 : 0; /* VC_CHKERR */
        catch |= (cfsr & (CFSR_UNDEFINSTR | CFSR_INVSTATE | CFSR_INVPC | CFSR_STKOF)) != 0
                     ? 1u << 7
                     : 0; /* VC_STATERR */
        break;
    default: break;
    }
    return (cpu->demcr & catch) != 0;
}

/* The vector of `*exception`; a failed fetch makes it a HardFault, or a lockup. */
static bool fetch_vector(struct cpu *cpu, int *exception, uint32_t *vector)
{
    for (;;) {
        if (word_read(cpu, cpu->vtor + 4u * (uint32_t)*exception, vector)) {
            return true;
        }
        if (cpu->event == EVENT_UNSUPPORTED) {
            return false;
        }
        const struct fault fault = {EXC_HARDFAULT, 0, cpu->vtor + 4u * (uint32_t)*exception};
        cpu->hfsr |= HFSR_VECTTBL;
        probe_fault(cpu, &fault);
        if (priority_of(cpu, *exception) <= -1 || priority_running(cpu) <= -1) {
            lockup(cpu, "vector fetch");
            return false;
        }
        *exception = EXC_HARDFAULT;
    }
}

static void set_handler_state(struct cpu *cpu, int exception, uint32_t vector, uint32_t exc_return)
{
    uint32_t xpsr = reg_get(cpu, UC_ARM_REG_XPSR);
    reg_set(cpu, UC_ARM_REG_XPSR, xpsr & ~(uint32_t)XPSR_IT);
    control_set(cpu, reg_get(cpu, UC_ARM_REG_CONTROL) & CONTROL_NPRIV);
    if (cpu->config.model == CPU_M55) {
        /* Armv8.1-M clears the caller-saved registers on entry (observed on an emulated M55). */
        for (int i = 0; i < 4; i++) {
            reg_set(cpu, UC_ARM_REG_R0 + i, 0);
        }
        reg_set(cpu, UC_ARM_REG_R12, 0);
    }
    reg_set(cpu, UC_ARM_REG_LR, exc_return);
    reg_set(cpu, UC_ARM_REG_PC, vector | 1u);
    reg_set(cpu, UC_ARM_REG_XPSR,
            (xpsr & XPSR_FLAGS) | ((vector & 1u) != 0 ? XPSR_T : 0) | (uint32_t)exception);
}

/* The frame is on the stack: off to the handler. */
static void take(struct cpu *cpu, int exception, uint32_t exc_return, uint32_t cfsr)
{
    uint32_t vector;
    if (!fetch_vector(cpu, &exception, &vector)) {
        return;
    }
    probe_interrupt(cpu, exception, vector);
    set_handler_state(cpu, exception, vector, exc_return);
    exception_activate(cpu, exception, true);
    exception_pend(cpu, exception, false);
    cpu->event_register = true;
    cpu->t.stats.exceptions++;
    if (vector_caught(cpu, exception, cfsr)) {
        char name[16];
        snprintf(cpu->text, sizeof cpu->text,
                 "vector catch: %s (CFSR 0x%08X, HFSR 0x%08X, BFAR 0x%08X)",
                 exception_name(exception, name), cpu->cfsr, cpu->hfsr, cpu->bfar);
        cpu->catch_pending = true;
    }
    exception_review(cpu);
}

/* Stacking failed: of the exception and the one derived from it the more urgent goes first. */
static int late_arrival(struct cpu *cpu, int exception, const struct fault *fault)
{
    note(cpu, fault);
    int derived = escalate(cpu, fault->exception);
    if (derived == 0) {
        return 0;
    }
    int first = priority_of(cpu, derived) < priority_of(cpu, exception) ? derived : exception;
    int second = first == derived ? exception : derived;
    if (second != first) {
        exception_pend(cpu, second, true);
    }
    return first;
}

static void enter(struct cpu *cpu, int exception, uint32_t cfsr)
{
    if (security_leaves(cpu, exception)) {
        return;
    }
    uint32_t exc_return;
    struct fault fault;
    if (!frame_push(cpu, &exc_return, &fault)) {
        if (cpu->event == EVENT_UNSUPPORTED) {
            return;
        }
        if ((cpu->demcr & (1u << 9)) != 0) { /* VC_INTERR */
            cpu->catch_pending = true;
            snprintf(cpu->text, sizeof cpu->text, "vector catch: fault during exception entry");
        }
        exception = late_arrival(cpu, exception, &fault);
        if (exception == 0) {
            return;
        }
    }
    take(cpu, exception, exc_return, cfsr);
}

void exception_take_pending(struct cpu *cpu)
{
    if (cpu->pending_count != 0 && exception_can_preempt(cpu)) {
        enter(cpu, exception_best(cpu), 0);
    }
}

void exception_raise(struct cpu *cpu, const struct fault *fault)
{
    note(cpu, fault);
    int exception = escalate(cpu, fault->exception);
    if (exception != 0) {
        enter(cpu, exception, fault->cfsr);
    }
}

/* A fault on the way out: the frame is still there, so nothing is stacked again. */
void exception_chain(struct cpu *cpu, const struct fault *fault, uint32_t exc_return)
{
    note(cpu, fault);
    int exception = escalate(cpu, fault->exception);
    if (exception != 0 && !security_leaves(cpu, exception)) {
        take(cpu, exception, exc_return, fault->cfsr);
    }
}

bool exception_clears_faultmask(const struct cpu *cpu, int returning)
{
    return model_is_v8m(cpu) ? priority_raw(cpu) >= 0 : returning != EXC_NMI;
}
