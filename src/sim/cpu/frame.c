/* SPDX-License-Identifier: MIT */
/*
 * Exception frames: R0-R3, R12, LR, return address, xPSR; 18 words more with floating-point state
 * (Armv7-M and Armv8-M ARM, exception entry and return). Floating-point state is written at once,
 * never lazily.
 */
#include "sim/cpu/core.h"

enum {
    BASIC_WORDS = 8,
    EXTENDED_WORDS = 26,
    FRAME_PADDED = 1u << 9, /* in the stacked xPSR: SP was not a multiple of 8 */
    EXC_RETURN_THREAD = 1u << 3,
    EXC_RETURN_SPSEL = 1u << 2,
    EXC_RETURN_BASIC = 1u << 4,
    EXC_RETURN_SECURE = 1u << 6 | 1u << 0 /* S and ES */
};

static const int core_ids[BASIC_WORDS] = {UC_ARM_REG_R0, UC_ARM_REG_R1,  UC_ARM_REG_R2,
                                          UC_ARM_REG_R3, UC_ARM_REG_R12, UC_ARM_REG_LR,
                                          UC_ARM_REG_PC, UC_ARM_REG_XPSR};

static bool keeps_eight(const struct cpu *cpu)
{
    return model_is_v8m(cpu) || (cpu->ccr & CCR_STKALIGN) != 0;
}

static bool stack_words(struct cpu *cpu, uint32_t sp, const uint32_t *words, unsigned count,
                        struct fault *fault)
{
    bool privileged = is_privileged(cpu);
    for (unsigned i = 0; i < count; i++) {
        if (!mpu_allows(cpu, sp + 4 * i, 4, MPU_WRITE, privileged)) {
            *fault = (struct fault){EXC_MEMMANAGE, CFSR_MSTKERR, 0};
            return false;
        }
        if (!word_write(cpu, sp + 4 * i, words[i])) {
            *fault = (struct fault){EXC_BUSFAULT, CFSR_STKERR, 0};
            return false;
        }
    }
    return true;
}

static bool below_limit(struct cpu *cpu, uint32_t frame, bool process, uint32_t *limit)
{
    if (!model_is_v8m(cpu)) {
        return false;
    }
    if ((cpu->ccr & CCR_STKOFHFNMIGN) != 0 && priority_running(cpu) < 0) {
        return false;
    }
    *limit = limit_get(cpu, process) & ~7u;
    return frame < *limit;
}

bool frame_push(struct cpu *cpu, uint32_t *exc_return, struct fault *fault)
{
    uint32_t control = reg_get(cpu, UC_ARM_REG_CONTROL);
    bool handler = is_handler(cpu);
    bool process = !handler && (control & CONTROL_SPSEL) != 0;
    bool extended = model_has_fpu(cpu) && (control & CONTROL_FPCA) != 0;
    unsigned count = extended ? EXTENDED_WORDS : BASIC_WORDS;
    uint32_t sp = reg_get(cpu, UC_ARM_REG_SP);
    uint32_t frame = sp - 4 * count;

    uint32_t words[EXTENDED_WORDS] = {0};
    for (unsigned i = 0; i < BASIC_WORDS; i++) {
        words[i] = reg_get(cpu, core_ids[i]);
    }
    words[7] &= ~(uint32_t)FRAME_PADDED;
    if (keeps_eight(cpu) && (frame & 4u) != 0) {
        frame -= 4;
        words[7] |= FRAME_PADDED;
    }
    for (int i = 0; extended && i < 16; i++) {
        words[BASIC_WORDS + i] = reg_get(cpu, UC_ARM_REG_S0 + i);
    }
    words[BASIC_WORDS + 16] = extended ? reg_get(cpu, UC_ARM_REG_FPSCR) : 0;

    *exc_return = 0xFFFFFFE1u | (extended ? 0 : (uint32_t)EXC_RETURN_BASIC) |
                  (handler ? 0 : (uint32_t)EXC_RETURN_THREAD) |
                  (process ? (uint32_t)EXC_RETURN_SPSEL : 0);
    *exc_return &= cpu->non_secure ? ~(uint32_t)EXC_RETURN_SECURE : UINT32_MAX;
    uint32_t limit;
    if (below_limit(cpu, frame, process, &limit)) {
        reg_set(cpu, UC_ARM_REG_SP, limit);
        *fault = (struct fault){EXC_USAGEFAULT, CFSR_STKOF, 0};
        return false;
    }
    reg_set(cpu, UC_ARM_REG_SP, frame);
    return stack_words(cpu, frame, words, count, fault);
}

static bool unstack_words(struct cpu *cpu, uint32_t sp, uint32_t *words, unsigned count,
                          bool privileged, struct fault *fault)
{
    for (unsigned i = 0; i < count; i++) {
        if (!mpu_allows(cpu, sp + 4 * i, 4, MPU_READ, privileged)) {
            *fault = (struct fault){EXC_MEMMANAGE, CFSR_MUNSTKERR, 0};
            return false;
        }
        if (!word_read(cpu, sp + 4 * i, &words[i])) {
            *fault = (struct fault){EXC_BUSFAULT, CFSR_UNSTKERR, 0};
            return false;
        }
    }
    return true;
}

static void restore(struct cpu *cpu, const uint32_t *words, bool extended)
{
    for (unsigned i = 0; i < 6; i++) {
        reg_set(cpu, core_ids[i], words[i]);
    }
    for (int i = 0; extended && i < 16; i++) {
        reg_set(cpu, UC_ARM_REG_S0 + i, words[BASIC_WORDS + i]);
    }
    if (extended) {
        reg_set(cpu, UC_ARM_REG_FPSCR, words[BASIC_WORDS + 16]);
    }
    reg_set(cpu, UC_ARM_REG_XPSR, words[7] & ~(uint32_t)FRAME_PADDED);
    pc_set(cpu, words[6]);
}

/* Called in Handler mode; changes nothing unless the whole frame is sound. */
bool frame_pop(struct cpu *cpu, uint32_t exc_return, struct fault *fault)
{
    bool thread = (exc_return & EXC_RETURN_THREAD) != 0;
    bool process = thread && (exc_return & EXC_RETURN_SPSEL) != 0;
    bool extended = (exc_return & EXC_RETURN_BASIC) == 0;
    unsigned count = extended ? EXTENDED_WORDS : BASIC_WORDS;
    int bank = process ? UC_ARM_REG_PSP : UC_ARM_REG_MSP;
    uint32_t frame = special_get(cpu, bank);
    uint32_t control = reg_get(cpu, UC_ARM_REG_CONTROL);

    uint32_t words[EXTENDED_WORDS];
    bool privileged = !thread || (control & CONTROL_NPRIV) == 0;
    if (!unstack_words(cpu, frame, words, count, privileged, fault)) {
        return false;
    }
    if (((words[7] & XPSR_IPSR) == 0) != thread) {
        *fault = (struct fault){EXC_USAGEFAULT, CFSR_INVPC, 0};
        return false;
    }
    uint32_t sp = frame + 4 * count;
    if (keeps_eight(cpu) && (words[7] & FRAME_PADDED) != 0) {
        sp |= 4u;
    }
    special_set(cpu, bank, sp);
    control_set(cpu, (control & CONTROL_NPRIV) | (process ? (uint32_t)CONTROL_SPSEL : 0) |
                         (extended ? (uint32_t)CONTROL_FPCA : 0));
    restore(cpu, words, extended);
    return true;
}
