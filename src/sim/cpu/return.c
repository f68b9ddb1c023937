/* SPDX-License-Identifier: MIT */
/* Exception return and its integrity checks (Armv7-M and Armv8-M ARM, exception return behaviour).
 */
#include "sim/cpu/core.h"

enum {
    EXC_RETURN_SECURE = 1u << 6 | 1u << 0, /* S and ES */
    EXC_RETURN_BASIC = 1u << 4,
    EXC_RETURN_THREAD = 1u << 3,
    SCR_SLEEPONEXIT = 1u << 1
};

/* Handler, Thread on MSP, Thread on PSP. A Secure Armv8-M core has the same three values; S and ES
 * are 0 in those of a Non-secure one. */
static bool is_known(const struct cpu *cpu, uint32_t exc_return)
{
    if ((exc_return & EXC_RETURN_BASIC) == 0 && !model_has_fpu(cpu)) {
        return false;
    }
    switch ((exc_return ^ (cpu->non_secure ? EXC_RETURN_SECURE : 0)) | EXC_RETURN_BASIC) {
    case 0xFFFFFFF1u:
    case 0xFFFFFFF9u:
    case 0xFFFFFFFDu: return true;
    default: return false;
    }
}

static bool is_legal(const struct cpu *cpu, uint32_t exc_return)
{
    if (!is_known(cpu, exc_return)) {
        return false;
    }
    bool nested = cpu->active_count > 1;
    bool thread = (exc_return & EXC_RETURN_THREAD) != 0;
    return !(thread && nested && (cpu->ccr & CCR_NONBASETHRDENA) == 0);
}

void exception_return(struct cpu *cpu, uint32_t exc_return)
{
    int returning = (int)(reg_get(cpu, UC_ARM_REG_XPSR) & XPSR_IPSR);
    struct fault fault = {EXC_MEMMANAGE, CFSR_IACCVIOL, 0};
    if (returning == 0) {
        exception_raise(cpu, &fault); /* in Thread mode it is a branch to execute-never memory */
        return;
    }
    fault = (struct fault){EXC_USAGEFAULT, CFSR_INVPC, 0};
    if (returning >= EXC_COUNT || cpu->active[returning] == 0) {
        exception_chain(cpu, &fault, exc_return);
        return;
    }
    bool legal = is_legal(cpu, exc_return);
    if (legal && exception_clears_faultmask(cpu, returning)) {
        special_set(cpu, UC_ARM_REG_FAULTMASK, 0);
    }
    exception_activate(cpu, returning, false);
    if (!legal || !frame_pop(cpu, exc_return, &fault)) {
        exception_chain(cpu, &fault, exc_return);
        return;
    }
    cpu->event_register = true;
    exception_review(cpu);
    bool thread = (exc_return & EXC_RETURN_THREAD) != 0;
    if (thread && cpu->active_count == 0 && (cpu->scr & SCR_SLEEPONEXIT) != 0) {
        cpu->sleep_on_exit = true;
    }
}
