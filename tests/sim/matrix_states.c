/* SPDX-License-Identifier: MIT */
#include "sim/matrix_states.h"

#include "pack/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* System Control Space: Armv7-M and Armv8-M ARM */
#define SYST_CSR   0xE000E010u
#define SYST_RVR   0xE000E014u
#define SYST_CVR   0xE000E018u
#define NVIC_ISER0 0xE000E100u
#define NVIC_ISPR0 0xE000E200u
#define ICSR       0xE000ED04u
#define VTOR       0xE000ED08u
#define AIRCR      0xE000ED0Cu
#define SCR        0xE000ED10u
#define CCR        0xE000ED14u
#define SHCSR      0xE000ED24u
#define CFSR       0xE000ED28u
#define CPACR      0xE000ED88u
#define MPU_CTRL   0xE000ED94u
#define MPU_RNR    0xE000ED98u
#define MPU_RBAR   0xE000ED9Cu
#define MPU_RLAR   0xE000EDA0u
#define DEMCR      0xE000EDFCu
#define FPCCR      0xE000EF34u

/* STM32N6 [SVD][HDR] */
#define IWDG_KR       0x56004800u
#define IWDG_PR       0x56004804u
#define IWDG_WINR     0x56004810u
#define RCC_HSICFGR   0x56028048u
#define RCC_CCIPR7    0x5602815Cu
#define RCC_AHB5RSTSR 0x56028A20u
#define RCC_MISCENCR  0x56029248u
#define RCC_AHB4ENCR  0x5602925Cu
#define RCC_AHB5ENCR  0x56029260u
#define RCC_APB4ENCR2 0x56029278u
#define XSPIM_CR      0x5802B400u
#define XSPI_CR       0x5802A000u
#define XSPI_DCR1     0x5802A008u
#define XSPI_DCR2     0x5802A00Cu
#define XSPI_DLR      0x5802A040u
#define XSPI_CCR      0x5802A100u
#define XSPI_IR       0x5802A110u

/* RAM that neither the tool nor the loader uses: AXISRAM1 */
#define SCRATCH      0x34064000u
#define SCRATCH_CODE (SCRATCH + 0x200u)
#define SCRATCH_STOP (SCRATCH + 0x210u)
#define SCRATCH_SP   (SCRATCH + 0x1000u)
#define NOWHERE      0x35000004u /* no memory there */
#define INTERRUPT    5u

#define R(reg, value)                                                                              \
    {                                                                                              \
        POKE_REGISTER, CPU_##reg, value                                                            \
    }
#define W(addr, value)                                                                             \
    {                                                                                              \
        POKE_WORD, addr, value                                                                     \
    }
#define SET(addr, set)                                                                             \
    {                                                                                              \
        POKE_OR, addr, set                                                                         \
    }

#define D_CACHE(lines)                                                                             \
    SET(CCR, 1u << 16),                                                                            \
    {                                                                                              \
        POKE_LINES, lines, 0                                                                       \
    }

/* PMSAv8: one region over the RAM of the tool; RBAR.AP = 10 is read-only for privileged code. */
#define REGION(attributes, control)                                                                \
    W(MPU_RNR, 0), W(MPU_RBAR, 0x34000000u | (attributes)), W(MPU_RLAR, 0x343FFFE1u),              \
        W(MPU_CTRL, control)

const struct matrix_state matrix_states[] = {
    {"as the ROM left it", LAYER_CORE, GROUP_NONE, {{POKE_END, 0, 0}}, NULL},
    {"PRIMASK", LAYER_CORE, GROUP_NONE, {R(PRIMASK, 1)}, NULL},
    {"FAULTMASK", LAYER_CORE, GROUP_NONE, {R(FAULTMASK, 1)}, NULL},
    {"BASEPRI", LAYER_CORE, GROUP_NONE, {R(BASEPRI, 0x20)}, NULL},
    {"SPSEL, PSP as set", LAYER_CORE, GROUP_STACK, {R(CONTROL, 2)}, NULL},
    {"SPSEL, PSP nowhere", LAYER_CORE, GROUP_STACK, {R(CONTROL, 2), R(PSP, NOWHERE)}, NULL},
    {"FPCA", LAYER_CORE, GROUP_STACK, {R(CONTROL, 4)}, NULL},
    {"MSPLIM above SP", LAYER_CORE, GROUP_NONE, {R(MSPLIM, 0xFFFFFFF8u)}, NULL},
    {"PSPLIM above SP", LAYER_CORE, GROUP_NONE, {R(PSPLIM, 0xFFFFFFF8u)}, NULL},
    {"SP a multiple of 4", LAYER_CORE, GROUP_STACK, {{POKE_SP, 0, UINT32_MAX - 3}}, NULL},
    {"SP nowhere", LAYER_CORE, GROUP_STACK, {R(SP, NOWHERE)}, NULL},
    {"SP 0", LAYER_CORE, GROUP_STACK, {R(SP, 0)}, NULL},
    {"VTOR nowhere", LAYER_CORE, GROUP_NONE, {W(VTOR, NOWHERE & ~0x7Fu)}, NULL},
    {"interrupt pending",
     LAYER_CORE,
     GROUP_NONE,
     {{POKE_MASKED, 0, 0}, W(NVIC_ISER0, 1u << 7), W(NVIC_ISPR0, 1u << 7)},
     NULL},
    {"PendSV pending", LAYER_CORE, GROUP_NONE, {{POKE_MASKED, 0, 0}, W(ICSR, 1u << 28)}, NULL},
    {"SysTick armed",
     LAYER_CORE,
     GROUP_SYSTICK,
     {W(SYST_RVR, 0xFFFF), W(SYST_CVR, 0), W(SYST_CSR, 7)},
     NULL},
    {"SysTick pending",
     LAYER_CORE,
     GROUP_SYSTICK,
     {{POKE_MASKED, 0, 0}, W(SYST_RVR, 0x100), W(SYST_CVR, 0), W(SYST_CSR, 7), W(ICSR, 1u << 26)},
     NULL},
    {"MPU, RAM read-only", LAYER_CORE, GROUP_MPU, {REGION(4, 5)}, NULL},
    {"MPU, RAM read-only, HFNMIENA", LAYER_CORE, GROUP_MPU, {REGION(4, 7)}, NULL},
    {"MPU without background", LAYER_CORE, GROUP_MPU, {REGION(4, 1)}, NULL},
    {"UNALIGN_TRP", LAYER_CORE, GROUP_NONE, {SET(CCR, 1u << 3)}, NULL},
    {"DIV_0_TRP", LAYER_CORE, GROUP_NONE, {SET(CCR, 1u << 4)}, NULL},
    {"BFHFNMIGN", LAYER_CORE, GROUP_NONE, {SET(CCR, 1u << 8)}, NULL},
    {"STKOFHFNMIGN", LAYER_CORE, GROUP_NONE, {SET(CCR, 1u << 10)}, NULL},
    {"vector catch", LAYER_CORE, GROUP_NONE, {SET(DEMCR, 0x7F0)}, NULL},
    {"TRCENA", LAYER_CORE, GROUP_NONE, {SET(DEMCR, 1u << 24)}, NULL},
    {"fault enables", LAYER_CORE, GROUP_NONE, {SET(SHCSR, 0x70000u)}, NULL},
    {"BFHFNMINS", LAYER_CORE, GROUP_NONE, {W(AIRCR, 0x05FA2000u)}, NULL},
    {"SLEEPONEXIT", LAYER_CORE, GROUP_NONE, {W(SCR, 0x16)}, NULL},
    {"D-cache", LAYER_CORE, GROUP_NONE, {SET(CCR, 1u << 16)}, NULL},
    {"I-cache", LAYER_CORE, GROUP_NONE, {SET(CCR, 1u << 17)}, NULL},
    {"D-cache, lines of the buffer", LAYER_CORE, GROUP_NONE, {D_CACHE(LINES_OF_BUFFER)}, NULL},
    {"D-cache, lines of the image", LAYER_CORE, GROUP_LINES, {D_CACHE(LINES_OF_IMAGE)}, NULL},
    {"D-cache, lines of the window", LAYER_CORE, GROUP_NONE, {D_CACHE(LINES_OF_WINDOW)}, NULL},
    {"D-cache, dirty lines around", LAYER_CORE, GROUP_NONE, {D_CACHE(LINES_BESIDE)}, NULL},
    {"I-cache, lines of the body",
     LAYER_CORE,
     GROUP_NONE,
     {SET(CCR, 1u << 17), {POKE_LINES, LINES_OF_BODY, 0}},
     NULL},
    {"D-cache holds the body, I-cache",
     LAYER_CORE,
     GROUP_LINES,
     {SET(CCR, 3u << 16), {POKE_LINES, LINES_HOLD_BODY, 0}},
     NULL},
    {"CPACR, FPCCR", LAYER_CORE, GROUP_NONE, {W(CPACR, 0xF00000u), W(FPCCR, 0xC0000001u)}, NULL},
    {"HardFault handler",
     LAYER_CORE,
     GROUP_MODE,
     {{POKE_HARDFAULT, 0, 0}, {POKE_IPSR, 3, 0}},
     NULL},
    {"HardFault active in Thread mode", LAYER_CORE, GROUP_MODE, {{POKE_HARDFAULT, 0, 0}}, NULL},
    {"SVC handler", LAYER_CORE, GROUP_MODE, {SET(SHCSR, 1u << 7), {POKE_IPSR, 11, 0}}, NULL},
    {"SVC handler, nPRIV",
     LAYER_CORE,
     GROUP_MODE,
     {SET(SHCSR, 1u << 7), {POKE_IPSR, 11, 0}, R(CONTROL, 1)},
     NULL},
    {"SysTick handler", LAYER_CORE, GROUP_MODE, {SET(SHCSR, 1u << 11), {POKE_IPSR, 15, 0}}, NULL},
    {"HardFault nested on PendSV",
     LAYER_CORE,
     GROUP_MODE,
     {SET(SHCSR, 1u << 10), {POKE_HARDFAULT, 0, 0}, {POKE_IPSR, 3, 0}},
     NULL},
    {"every active bit of SHCSR", LAYER_CORE, GROUP_MODE, {SET(SHCSR, 0xD9B)}, NULL},
    {"interrupt handler",
     LAYER_CORE,
     GROUP_MODE,
     {{POKE_INTERRUPT, 0, 0}, {POKE_IPSR, 21, 0}},
     NULL},
    {"interrupt active in Thread mode", LAYER_CORE, GROUP_MODE, {{POKE_INTERRUPT, 0, 0}}, NULL},
    {"interrupt and HardFault active",
     LAYER_CORE,
     GROUP_MODE,
     {{POKE_INTERRUPT, 0, 0}, {POKE_HARDFAULT, 0, 0}},
     NULL},
    {"after a lockup", LAYER_CORE, GROUP_MODE, {{POKE_LOCKUP, 0, 0}}, NULL},
    {"NMI handler", LAYER_CORE, GROUP_MODE, {{POKE_NMI, 0, 0}, {POKE_IPSR, 2, 0}}, NULL},

    {"watchdog", LAYER_CORE, GROUP_WATCHDOG, {W(IWDG_KR, 0xCCCC)}, NULL},
    /* 512 ms: may be fed in the last 8 only */
    {"watchdog, short window",
     LAYER_CORE,
     GROUP_WATCHDOG,
     {W(IWDG_KR, 0x5555), W(IWDG_WINR, 0x40), W(IWDG_KR, 0xCCCC)},
     NULL},
    /* 1 s: not in the first 32 ms */
    {"watchdog, long window",
     LAYER_CORE,
     GROUP_WATCHDOG,
     {W(IWDG_KR, 0x5555), W(IWDG_PR, 1), W(IWDG_WINR, 0xF7F), W(IWDG_KR, 0xCCCC)},
     NULL},

    {"HSI divided", LAYER_BOARD, GROUP_NONE, {W(RCC_HSICFGR, 2u << 7)}, NULL},
    {"PERSEL changed", LAYER_BOARD, GROUP_NONE, {W(RCC_CCIPR7, 2)}, NULL},
    {"PEREN off", LAYER_BOARD, GROUP_NONE, {W(RCC_MISCENCR, 1u << 6)}, NULL},
    {"SYSCFG clock off", LAYER_BOARD, GROUP_NONE, {W(RCC_APB4ENCR2, 1)}, NULL},
    {"GPION and PWR clocks off",
     LAYER_BOARD,
     GROUP_NONE,
     {W(RCC_AHB4ENCR, 1u << 13 | 1u << 18)},
     NULL},
    {"XSPI clock off", LAYER_BOARD, GROUP_CONTROLLER, {W(RCC_AHB5ENCR, 1u << 12)}, NULL},
    {"XSPIM clock off", LAYER_BOARD, GROUP_NONE, {W(RCC_AHB5ENCR, 1u << 13)}, NULL},
    {"XSPI in reset", LAYER_BOARD, GROUP_CONTROLLER, {W(RCC_AHB5RSTSR, 1u << 12)}, NULL},
    {"XSPI busy", LAYER_BOARD, GROUP_CONTROLLER, {{POKE_STUCK, 0, 0}}, NULL},
    {"XSPI disabled", LAYER_BOARD, GROUP_CONTROLLER, {W(XSPI_CR, 0)}, NULL},
    {"XSPI of another owner",
     LAYER_BOARD,
     GROUP_CONTROLLER,
     {W(XSPI_CR, 0), W(XSPI_DCR1, 0x01160100u), W(XSPI_DCR2, 0x70001u), W(XSPI_CR, 0xC1000F01u)},
     NULL},
    {"XSPIM swapped", LAYER_BOARD, GROUP_CONTROLLER, {W(XSPI_CR, 0), W(XSPIM_CR, 2)}, NULL},

    {"chip: qpi", LAYER_CHIP, GROUP_CHIP, {{POKE_END, 0, 0}}, "qpi"},
    {"chip: continuous read", LAYER_CHIP, GROUP_CHIP, {{POKE_END, 0, 0}}, "continuous-read"},
    {"chip: deep power-down", LAYER_CHIP, GROUP_CHIP, {{POKE_END, 0, 0}}, "deep-power-down"},
    {"chip: 4-byte", LAYER_CHIP, GROUP_CHIP, {{POKE_END, 0, 0}}, "4-byte"},
    {"chip: write enabled", LAYER_CHIP, GROUP_CHIP, {{POKE_END, 0, 0}}, "write-enabled"},
    {"chip: erasing", LAYER_CHIP, GROUP_CHIP, {{POKE_END, 0, 0}}, "erase-in-progress"},
    {"chip: programming", LAYER_CHIP, GROUP_CHIP, {{POKE_END, 0, 0}}, "program-in-progress"},
    {"chip: erase suspended", LAYER_CHIP, GROUP_CHIP, {{POKE_END, 0, 0}}, "erase-suspended"},
    {"chip: program suspended", LAYER_CHIP, GROUP_CHIP, {{POKE_END, 0, 0}}, "program-suspended"},
    {"chip: protected", LAYER_CHIP, GROUP_CHIP, {{POKE_END, 0, 0}}, "protected"},
    {"chip: error latched", LAYER_CHIP, GROUP_CHIP, {{POKE_END, 0, 0}}, "error-latched"},
    {"chip: other latency", LAYER_CHIP, GROUP_CHIP, {{POKE_END, 0, 0}}, "other-latency"},
    {"chip: wrap", LAYER_CHIP, GROUP_CHIP, {{POKE_END, 0, 0}}, "wrap"},
    {"chip: writing a register",
     LAYER_CHIP,
     GROUP_CHIP,
     {{POKE_END, 0, 0}},
     "nv-write-in-progress"},
    {"chip: reset armed", LAYER_CHIP, GROUP_CHIP, {{POKE_END, 0, 0}}, "reset-armed"},
};
const unsigned matrix_state_count = sizeof matrix_states / sizeof matrix_states[0];

static void put_word(struct scenario_rig *rig, uint32_t address, uint32_t value)
{
    assert_true(cpu_debug_write(sim_cpu(rig->sim), address, &value, sizeof value));
}

static uint32_t get_word(struct scenario_rig *rig, uint32_t address)
{
    uint32_t value = 0;
    assert_true(cpu_debug_read(sim_cpu(rig->sim), address, &value, sizeof value));
    return value;
}

/* Lets the core take an exception whose handler is a BKPT: then it is active and stays so. The
 * registers come back as they were, IPSR as the host's writing of xPSR makes it. */
static void take_exception(struct scenario_rig *rig, enum matrix_action action)
{
    struct cpu *cpu = sim_cpu(rig->sim);
    static const uint16_t code[] = {0xDE00, 0xE7FE, 0xE7FE}; /* UDF, B . */
    static const uint16_t stop = 0xBE00;
    uint32_t saved[CPU_REGISTER_COUNT], vtor = get_word(rig, VTOR);
    for (unsigned i = 0; i < CPU_REGISTER_COUNT; i++) {
        saved[i] = cpu_get(cpu, (enum cpu_register)i);
    }
    for (unsigned i = 0; i < 64; i++) {
        put_word(rig, SCRATCH + 4 * i, (action == POKE_LOCKUP ? SCRATCH_CODE : SCRATCH_STOP) | 1u);
    }
    assert_true(cpu_debug_write(cpu, SCRATCH_CODE, code, sizeof code));
    assert_true(cpu_debug_write(cpu, SCRATCH_STOP, &stop, sizeof stop));
    put_word(rig, VTOR, SCRATCH);
    cpu_set(cpu, CPU_MSPLIM, 0);
    cpu_set(cpu, CPU_CONTROL, 0);
    cpu_set(cpu, CPU_PRIMASK, 0);
    cpu_set(cpu, CPU_FAULTMASK, 0);
    cpu_set(cpu, CPU_BASEPRI, 0);
    cpu_set(cpu, CPU_MSP, SCRATCH_SP);
    bool faults = action == POKE_HARDFAULT || action == POKE_LOCKUP;
    cpu_set(cpu, CPU_PC, faults ? SCRATCH_CODE : SCRATCH_CODE + 2);
    if (action == POKE_INTERRUPT) {
        put_word(rig, NVIC_ISER0, 1u << INTERRUPT);
        cpu_mask_interrupts(cpu, false);
        cpu_pend_interrupt(cpu, INTERRUPT);
    } else if (action == POKE_NMI) {
        put_word(rig, ICSR, UINT32_C(1) << 31);
    }
    assert_int_equal(cpu_run(cpu, sim_clock(rig->sim)->now_ps + PS_PER_MS),
                     action == POKE_LOCKUP ? CPU_STOP_LOCKUP : CPU_STOP_BKPT);
    cpu_set(cpu, CPU_XPSR, saved[CPU_XPSR]);
    for (unsigned i = CPU_R0; i < CPU_REGISTER_COUNT; i++) {
        if (i != CPU_SP && i != CPU_XPSR) {
            cpu_set(cpu, (enum cpu_register)i, saved[i]);
        }
    }
    cpu_mask_interrupts(cpu, rig->session.lifecycle->mask_interrupts);
    put_word(rig, VTOR, vtor);
}

/* A read of 16 MiB at the slowest clock that nobody fetches. */
static void start_long_read(struct scenario_rig *rig)
{
    put_word(rig, XSPI_CR, 0);
    put_word(rig, XSPI_DCR1, 0x001F0500u);
    put_word(rig, XSPI_DCR2, 255);
    put_word(rig, XSPI_CR, 0x10000001u);
    put_word(rig, XSPI_DLR, 0x00FFFFFFu);
    put_word(rig, XSPI_CCR, 0x01000001u);
    put_word(rig, XSPI_IR, 0x05);
}

void matrix_put_lines(struct scenario_rig *rig, enum cpu_cache cache, uint32_t from, uint32_t to,
                      bool dirty)
{
    struct cpu *cpu = sim_cpu(rig->sim);
    uint8_t old[CPU_CACHE_LINE], bytes[CPU_CACHE_LINE];
    bool window = from >= rig->board.window && from < rig->board.window + rig->board.part.size;
    memset(old, (int)(MATRIX_OLD & 0xFFu), sizeof old);
    for (uint32_t at = from & ~(CPU_CACHE_LINE - 1); at < to; at += CPU_CACHE_LINE) {
        bool seen = rig->debug_coherent && cache == CPU_DCACHE && !dirty && !window;
        if (seen) {
            assert_true(cpu_debug_read(cpu, at, bytes, sizeof bytes));
        }
        /* A core without caches has no such state. */
        cpu_cache_put(cpu, cache, at, seen ? bytes : old, dirty);
    }
}

static uint32_t next_line(uint32_t address)
{
    return (address + CPU_CACHE_LINE - 1) & ~(CPU_CACHE_LINE - 1);
}

static uint32_t guard_size(void)
{
    const struct loader_image *image = pack_loader_image();
    for (unsigned i = 0; i < image->part_count; i++) {
        if (strcmp(image->parts[i].name, "guard") == 0) {
            return image->parts[i].bytes;
        }
    }
    fail_msg("the image has no part \"guard\"");
    return 0;
}

/* As a coherent debugger leaves it that writes into lines of write-back memory: they have the bytes, the
 * memory behind has old ones. */
static void keep_in_lines(struct scenario_rig *rig, uint32_t from, uint32_t to)
{
    struct cpu *cpu = sim_cpu(rig->sim);
    uint32_t ccr = get_word(rig, CCR);
    uint8_t old[CPU_CACHE_LINE], bytes[CPU_CACHE_LINE];
    memset(old, (int)(MATRIX_OLD & 0xFFu), sizeof old);
    put_word(rig, CCR, ccr & ~(1u << 16)); /* the debugger passes a disabled cache by */
    for (uint32_t at = from; at < to; at += CPU_CACHE_LINE) {
        assert_true(cpu_debug_read(cpu, at, bytes, sizeof bytes));
        if (cpu_cache_put(cpu, CPU_DCACHE, at, bytes, true)) {
            assert_true(cpu_debug_write(cpu, at, old, sizeof old));
        }
    }
    put_word(rig, CCR, ccr);
}

static void put_lines(struct scenario_rig *rig, enum matrix_lines which)
{
    const struct layout *layout = &rig->session.layout;
    uint32_t end = layout->image + layout->size, record = rig->board.record_address;
    uint32_t behind = next_line(layout->buffer + MATRIX_BUFFER);
    /* The guard is the last of the code, with up to 8 bytes between its parts. */
    uint32_t stack = layout->image + pack_loader_image()->stack;
    uint32_t guard = stack - guard_size() - 8;
    switch (which) {
    case LINES_OF_BUFFER:
        matrix_put_lines(rig, CPU_DCACHE, layout->buffer, layout->buffer + MATRIX_BUFFER, false);
        break;
    case LINES_OF_IMAGE: matrix_put_lines(rig, CPU_DCACHE, layout->image, end, false); break;
    case LINES_OF_WINDOW:
        matrix_put_lines(rig, CPU_DCACHE, rig->board.window + MATRIX_PARK,
                         rig->board.window + MATRIX_PARK + 0x6400u, false);
        break;
    case LINES_BESIDE:
        matrix_put_lines(rig, CPU_DCACHE, layout->base - 0x100, layout->base - 1, true);
        matrix_put_lines(rig, CPU_DCACHE, next_line(end), next_line(end) + 0x100, true);
        matrix_put_lines(rig, CPU_DCACHE, behind, behind + 0x100, true);
        matrix_put_lines(rig, CPU_DCACHE, record, record + sizeof(struct record), true);
        break;
    case LINES_OF_BODY:
        matrix_put_lines(rig, CPU_ICACHE, layout->image, guard & ~(CPU_CACHE_LINE - 1), false);
        break;
    case LINES_HOLD_BODY:
        keep_in_lines(rig, next_line(layout->image), guard & ~(CPU_CACHE_LINE - 1));
        keep_in_lines(rig, next_line(stack), end & ~(CPU_CACHE_LINE - 1));
        break;
    case LINES_OF_GUARD: matrix_put_lines(rig, CPU_ICACHE, guard, stack, false); break;
    case LINES_UNDER_BUFFER:
        matrix_put_lines(rig, CPU_DCACHE, layout->buffer, layout->buffer + MATRIX_BUFFER, true);
        break;
    case LINES_UNDER_IMAGE: matrix_put_lines(rig, CPU_DCACHE, layout->image, end, true); break;
    }
}

static void poke(struct scenario_rig *rig, const struct matrix_poke *what)
{
    struct cpu *cpu = sim_cpu(rig->sim);
    switch (what->action) {
    case POKE_REGISTER: cpu_set(cpu, (enum cpu_register)what->a, what->b); break;
    case POKE_SP: cpu_set(cpu, CPU_SP, cpu_get(cpu, CPU_SP) + what->b); break;
    case POKE_WORD: put_word(rig, what->a, what->b); break;
    case POKE_OR: put_word(rig, what->a, get_word(rig, what->a) | what->b); break;
    case POKE_IPSR: cpu_set(cpu, CPU_XPSR, 0x01000000u | what->a); break;
    case POKE_MASKED:
        if (!rig->session.lifecycle->mask_interrupts) {
            cpu_set(cpu, CPU_PRIMASK, 1);
        }
        break;
    case POKE_LINES: put_lines(rig, (enum matrix_lines)what->a); break;
    case POKE_STUCK: start_long_read(rig); break;
    case POKE_NON_SECURE: cpu_set_non_secure(cpu, true); break;
    default: break;
    }
}

/* Exceptions first, for they need a core that can take them; the mode last, for a debugger's view of
 * SP and CONTROL depends on it. */
void matrix_apply(struct scenario_rig *rig, const struct matrix_state *const *states,
                  unsigned count)
{
    for (unsigned pass = 0; pass < 3; pass++) {
        for (unsigned i = 0; i < count; i++) {
            for (unsigned k = 0; k < MATRIX_POKES; k++) {
                const struct matrix_poke *what = &states[i]->pokes[k];
                bool takes = what->action == POKE_HARDFAULT || what->action == POKE_INTERRUPT ||
                             what->action == POKE_NMI || what->action == POKE_LOCKUP;
                unsigned when = takes ? 0 : what->action == POKE_IPSR ? 2 : 1;
                if (when == pass && takes) {
                    take_exception(rig, what->action);
                } else if (when == pass) {
                    poke(rig, what);
                }
            }
            if (pass == 1 && states[i]->chip != NULL) {
                assert_true(
                    nor_inherit(sim_nor(rig->sim), sim_clock(rig->sim)->now_ps, states[i]->chip));
            }
        }
    }
}
