/* SPDX-License-Identifier: MIT */
/* Exception entry, escalation, masks and lockup: the Armv7-M and Armv8-M ARM's exception model. */
#include "test_cpu_rig.h"

#define CFSR  0xE000ED28u
#define HFSR  0xE000ED2Cu
#define SHCSR 0xE000ED24u
#define BFAR  0xE000ED38u
#define CCR   0xE000ED14u
#define ICSR  0xE000ED04u

enum {
    HARDFAULT = 3,
    MEMMANAGE,
    BUSFAULT,
    USAGEFAULT,
    SVCALL = 11,
    PENDSV = 14,
    SYSTICK
};

static void assert_in_handler(struct rig *rig, unsigned exception)
{
    assert_int_equal(REG(rig, PC), RIG_HANDLER + 0x40 * exception);
    assert_int_equal(REG(rig, XPSR) & 0x1FF, exception);
}

static uint32_t frame(struct rig *rig, unsigned word)
{
    return rig_get32(rig, REG(rig, SP) + 4 * word);
}

/* Eight words; EXC_RETURN tells Thread on MSP; a disabled UsageFault escalates. */
static void undefined_instruction(void **state)
{
    (void)state;
    for (int model = CPU_M3; model <= CPU_M55; model++) {
        struct rig rig;
        rig_open(&rig, (enum cpu_model)model, false);
        RIG_CODE_AT(&rig, RIG_CODE, 0xBF00, 0xDE00); /* nop; udf */
        cpu_set(rig.cpu, CPU_R0, 10);
        cpu_set(rig.cpu, CPU_R3, 13);
        cpu_set(rig.cpu, CPU_R12, 22);
        cpu_set(rig.cpu, CPU_LR, 24);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        assert_in_handler(&rig, HARDFAULT);
        assert_int_equal(REG(&rig, SP), RIG_STACK - 32);
        assert_int_equal(REG(&rig, LR), 0xFFFFFFF9u);
        assert_int_equal(frame(&rig, 0), 10);
        assert_int_equal(frame(&rig, 3), 13);
        assert_int_equal(frame(&rig, 4), 22);
        assert_int_equal(frame(&rig, 5), 24);
        assert_int_equal(frame(&rig, 6), RIG_CODE + 2);
        assert_int_equal(frame(&rig, 7), 0x01000000);
        assert_int_equal(rig_get32(&rig, CFSR), 0x00010000); /* UNDEFINSTR */
        assert_int_equal(rig_get32(&rig, HFSR), 0x40000000); /* FORCED */
        /* Armv8.1-M clears R0-R3 and R12, older ones leave them. */
        assert_int_equal(REG(&rig, R0), model == CPU_M55 ? 0 : 10);
        rig_put32(&rig, CFSR, 0xFFFFFFFF);
        assert_int_equal(rig_get32(&rig, CFSR), 0);
        rig_close(&rig);
    }
}

static const struct fault_case {
    const char *what;
    uint16_t code[6];
    uint32_t r0, r1;
    uint32_t shcsr, ccr_set, primask, basepri;
    unsigned exception;
    uint32_t cfsr, hfsr;
} fault_cases[] = {
    {"UDF, UsageFault enabled", {0xDE00}, 0, 0, 1u << 18, 0, 0, 0, USAGEFAULT, 0x10000, 0},
    {"UDF, enabled but PRIMASK", {0xDE00}, 0, 0, 1u << 18, 0, 1, 0, HARDFAULT, 0x10000, 1u << 30},
    {"UDF, enabled but BASEPRI masks 0x20 and below: 0 is above it",
     {0xDE00},
     0,
     0,
     1u << 18,
     0,
     0,
     0x20,
     USAGEFAULT,
     0x10000,
     0},
    {"load", {0x6801}, 0x5802A000, 0, 0, 0, 0, 0, HARDFAULT, 0x8200, 1u << 30},
    {"load, BusFault enabled", {0x6801}, 0x5802A000, 0, 1u << 17, 0, 0, 0, BUSFAULT, 0x8200, 0},
    {"store", {0x6001}, 0x5802A000, 0, 0, 0, 0, 0, HARDFAULT, 0x8200, 1u << 30},
    {"store with BASEPRI", {0x6001}, 0x5802A000, 0, 0, 0, 0, 0x20, HARDFAULT, 0x8200, 1u << 30},
    {"bx to an even address", {0x4700}, 0x20001008, 0, 0, 0, 0, 0, HARDFAULT, 0x20000, 1u << 30},
    {"EXC_RETURN in Thread mode", {0x4700}, 0xFFFFFFF9, 0, 0, 0, 0, 0, HARDFAULT, 0x1, 1u << 30},
    {"bx into Device memory", {0x4700}, 0x58000001, 0, 0, 0, 0, 0, HARDFAULT, 0x1, 1u << 30},
    {"bx to where nothing is", {0x4700}, 0x10000001, 0, 0, 0, 0, 0, HARDFAULT, 0x100, 1u << 30},
    {"unaligned ldr, UNALIGN_TRP",
     {0x6801},
     RIG_DATA + 2,
     0,
     0,
     8,
     0,
     0,
     HARDFAULT,
     0x1000000,
     1u << 30},
    {"unaligned ldrd faults always",
     {0xE9D0, 0x1200},
     RIG_DATA + 2,
     0,
     0,
     0,
     0,
     0,
     HARDFAULT,
     0x1000000,
     1u << 30},
    {"unaligned ldr of a peripheral",
     {0x6801},
     RIG_STATUS + 2,
     0,
     0,
     0,
     0,
     0,
     HARDFAULT,
     0x1000000,
     1u << 30},
    {"udiv r2, r1, r0 by 0, DIV_0_TRP",
     {0xFBB1, 0xF2F0},
     0,
     7,
     0,
     16,
     0,
     0,
     HARDFAULT,
     0x2000000,
     1u << 30},
    {"svc with PRIMASK escalates", {0xDF00}, 0, 0, 0, 0, 1, 0, HARDFAULT, 0, 1u << 30},
    {"vmov.f32 s0, #1 without CPACR",
     {0xEEB7, 0x0A00},
     0,
     0,
     0,
     0,
     0,
     0,
     HARDFAULT,
     0x80000,
     1u << 30},
};

static void faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fault_cases / sizeof fault_cases[0]; i++) {
        const struct fault_case *c = &fault_cases[i];
        for (int model = CPU_M3; model <= CPU_M33; model++) {
            struct rig rig;
            rig_open(&rig, (enum cpu_model)model, false);
            rig_code(&rig, RIG_CODE, c->code, sizeof c->code);
            cpu_set(rig.cpu, CPU_R0, c->r0);
            cpu_set(rig.cpu, CPU_R1, c->r1);
            cpu_set(rig.cpu, CPU_PRIMASK, c->primask);
            cpu_set(rig.cpu, CPU_BASEPRI, c->basepri);
            rig_put32(&rig, SHCSR, c->shcsr);
            rig_put32(&rig, CCR, rig_get32(&rig, CCR) | c->ccr_set);
            assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
            if (REG(&rig, PC) != RIG_HANDLER + 0x40 * c->exception ||
                rig_get32(&rig, CFSR) != c->cfsr) {
                fail_msg("%s, model %d: PC 0x%X CFSR 0x%X", c->what, model, REG(&rig, PC),
                         rig_get32(&rig, CFSR));
            }
            assert_in_handler(&rig, c->exception);
            assert_int_equal(rig_get32(&rig, HFSR), c->hfsr);
            if ((c->cfsr & 0x8000) != 0) {
                assert_int_equal(rig_get32(&rig, BFAR), 0x5802A000);
                assert_int_equal(frame(&rig, 6), RIG_CODE);
            }
            assert_int_equal(REG(&rig, R1), c->r1);
            rig_close(&rig);
        }
    }
}

/* A precise BusFault leaves registers as before the instruction, the base of a write-back too. */
static void precise_leaves_registers(void **state)
{
    (void)state;
    static const uint16_t code[][2] = {
        {0xF850, 0x1B04}, /* ldr r1, [r0], #4 */
        {0xE8B0, 0x0006}, /* ldmia r0!, {r1, r2} */
        {0xE8F0, 0x1202}, /* ldrd r1, r2, [r0], #8 */
        {0xE8A0, 0x0006}, /* stmia r0!, {r1, r2} */
    };
    for (size_t i = 0; i < sizeof code / sizeof code[0]; i++) {
        struct rig rig;
        rig_open(&rig, CPU_M33, false);
        rig_code(&rig, RIG_CODE, code[i], sizeof code[i]);
        cpu_set(rig.cpu, CPU_R0, RIG_BROKEN);
        cpu_set(rig.cpu, CPU_R1, 0x11);
        cpu_set(rig.cpu, CPU_R2, 0x22);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        assert_in_handler(&rig, HARDFAULT);
        assert_int_equal(REG(&rig, R0), RIG_BROKEN);
        assert_int_equal(REG(&rig, R1), 0x11);
        assert_int_equal(REG(&rig, R2), 0x22);
        rig_close(&rig);
    }
}

/* At priority -1 and below a fault is a lockup; PC then shows 0xEFFFFFFE. */
static void lockups(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    RIG_CODE_AT(&rig, RIG_CODE, 0x6801);
    cpu_set(rig.cpu, CPU_R0, RIG_BROKEN);
    cpu_set(rig.cpu, CPU_FAULTMASK, 1);
    assert_int_equal(rig_run(&rig), CPU_STOP_LOCKUP);
    assert_int_equal(REG(&rig, PC), 0xEFFFFFFEu);
    assert_non_null(strstr(cpu_stop_text(rig.cpu), "BusFault at 0x20001000 while FAULTMASK"));
    assert_int_not_equal(rig_get32(&rig, 0xE000EDF0u) & (1u << 19), 0); /* DHCSR.S_LOCKUP */
    assert_int_equal(rig_run(&rig), CPU_STOP_LOCKUP);                   /* no cure by resuming */
    cpu_set(rig.cpu, CPU_FAULTMASK, 0);
    cpu_set(rig.cpu, CPU_PC, RIG_CODE);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_in_handler(&rig, HARDFAULT);
    RIG_CODE_AT(&rig, RIG_HANDLER + 0xC0, 0xDE00); /* a fault in HardFault */
    assert_int_equal(rig_run(&rig), CPU_STOP_LOCKUP);
    rig_close(&rig);
}

/* A vector table that cannot be read: HardFault with VECTTBL, whose vector cannot be read either.
 */
static void vector_garbage(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    rig_put32(&rig, 0xE000ED08u, 0x58020000u);
    RIG_CODE_AT(&rig, RIG_CODE, 0xDF00);
    assert_int_equal(rig_run(&rig), CPU_STOP_LOCKUP);
    assert_int_equal(rig_get32(&rig, HFSR), 1u << 1);
    rig_close(&rig);
}

/* CCR.BFHFNMIGN: with FAULTMASK set a data bus fault is ignored. */
static void ignored_bus_fault(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M7, false);
    RIG_CODE_AT(&rig, RIG_CODE, 0x6801, 0xBE00);
    cpu_set(rig.cpu, CPU_R0, RIG_BROKEN);
    cpu_set(rig.cpu, CPU_FAULTMASK, 1);
    rig_put32(&rig, CCR, rig_get32(&rig, CCR) | 0x100);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, PC), RIG_CODE + 2);
    rig_close(&rig);
}

/* A push below MSPLIM: STKOF, nothing written, SP unchanged by the instruction; then stacking must
 * not fail as well, so the limit lies 64 bytes below. */
static void stack_limit(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    RIG_CODE_AT(&rig, RIG_CODE, 0xB5FF, 0xB5FF); /* push {r0-r7, lr} twice: 72 bytes */
    cpu_set(rig.cpu, CPU_MSPLIM, RIG_STACK - 70 - 2 + 4);
    assert_int_equal(REG(&rig, MSPLIM), (RIG_STACK - 72 + 4) & ~7u);
    cpu_set(rig.cpu, CPU_MSPLIM, RIG_STACK - 64);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_in_handler(&rig, HARDFAULT);
    assert_int_equal(rig_get32(&rig, CFSR), 1u << 20);
    /* No room for the frame either: SP is set to the limit and nothing is stacked. */
    assert_int_equal(REG(&rig, SP), RIG_STACK - 64);
    assert_int_equal(rig_get32(&rig, RIG_STACK - 68), 0);
    rig_close(&rig);
}

/* SP in the void: stacking fails (STKERR), the HardFault is entered all the same. */
static void wild_stack(void **state)
{
    (void)state;
    for (int model = CPU_M3; model <= CPU_M55; model++) {
        struct rig rig;
        rig_open(&rig, (enum cpu_model)model, false);
        RIG_CODE_AT(&rig, RIG_CODE, 0xDE00);
        cpu_set(rig.cpu, CPU_MSP, RIG_BROKEN);
        cpu_set(rig.cpu, CPU_PRIMASK, 1);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        assert_in_handler(&rig, HARDFAULT);
        assert_int_equal(rig_get32(&rig, CFSR), 0x00011000);
        rig_close(&rig);
    }
}

/* A derived BusFault that is enabled and more urgent than the SVC goes first, the SVC pends. */
static void derived_first(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    RIG_CODE_AT(&rig, RIG_CODE, 0xDF00);
    cpu_set(rig.cpu, CPU_MSP, RIG_BROKEN);
    rig_put32(&rig, SHCSR, 1u << 17);
    rig_put32(&rig, 0xE000ED1Cu, 0x80000000u); /* SHPR2: SVCall 0x80 */
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_in_handler(&rig, BUSFAULT);
    assert_int_not_equal(rig_get32(&rig, SHCSR) & (1u << 15), 0); /* SVCALLPENDED */
    rig_close(&rig);
}

/* The return address of SVC is the next instruction; the frame is 8-byte aligned and xPSR bit 9
 * tells that 4 bytes were skipped. */
static void svc_and_alignment(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M4, false);
    RIG_CODE_AT(&rig, RIG_CODE, 0xDF01, 0xBE01);
    RIG_CODE_AT(&rig, RIG_HANDLER + 0x40 * SVCALL, 0x4770); /* bx lr */
    cpu_set(rig.cpu, CPU_MSP, RIG_STACK - 4);
    cpu_set_breakpoint(rig.cpu, RIG_HANDLER + 0x40 * SVCALL, true);
    assert_int_equal(rig_run(&rig), CPU_STOP_BREAKPOINT);
    assert_int_equal(REG(&rig, SP), RIG_STACK - 40);
    assert_int_equal(frame(&rig, 6), RIG_CODE + 2);
    assert_int_equal(frame(&rig, 7) & (1u << 9), 1u << 9);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, PC), RIG_CODE + 2);
    assert_int_equal(REG(&rig, SP), RIG_STACK - 4);
    assert_int_equal(REG(&rig, XPSR) & 0x1FF, 0);
    rig_close(&rig);
}

/* Thread on PSP: the frame goes there, the handler runs on MSP, EXC_RETURN is ..FD. */
static void process_stack(void **state)
{
    (void)state;
    for (int model = CPU_M3; model <= CPU_M55; model++) {
        struct rig rig;
        rig_open(&rig, (enum cpu_model)model, false);
        RIG_CODE_AT(&rig, RIG_CODE, 0xDF01, 0xBE01);
        RIG_CODE_AT(&rig, RIG_HANDLER + 0x40 * SVCALL, 0xBE02, 0x4770);
        cpu_set(rig.cpu, CPU_CONTROL, 3); /* and unprivileged */
        uint32_t psp = REG(&rig, PSP);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        assert_in_handler(&rig, SVCALL);
        assert_int_equal(REG(&rig, LR), 0xFFFFFFFDu);
        assert_int_equal(REG(&rig, SP), RIG_STACK);
        assert_int_equal(REG(&rig, PSP), psp - 32);
        assert_int_equal(REG(&rig, CONTROL), 1);
        cpu_set(rig.cpu, CPU_PC, REG(&rig, PC) + 2);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        assert_int_equal(REG(&rig, PC), RIG_CODE + 2);
        assert_int_equal(REG(&rig, CONTROL), 3);
        assert_int_equal(REG(&rig, SP), psp);
        rig_close(&rig);
    }
}

/* Unprivileged code: the private peripheral bus faults, CPSID and MSR are ignored. */
static void unprivileged(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    RIG_CODE_AT(&rig, RIG_CODE, 0xB672, 0x6801); /* cpsid i; ldr r1, [r0] */
    cpu_set(rig.cpu, CPU_R0, 0xE000ED00u);
    cpu_set(rig.cpu, CPU_CONTROL, 1);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_in_handler(&rig, HARDFAULT);
    assert_int_equal(rig_get32(&rig, CFSR), 0x8200);
    assert_int_equal(REG(&rig, PRIMASK), 0);
    rig_close(&rig);
}

/* A fault in the middle of an IT block: ITSTATE is stacked, and restored on return. */
static void inside_it_block(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    /* cmp r0, r0; itee eq; ldreq r1, [r0]; movne r2, #1; movne r3, #1; bkpt */
    RIG_CODE_AT(&rig, RIG_CODE, 0x4280, 0xBF0E, 0x6801, 0x2201, 0x2301, 0xBE01);
    cpu_set(rig.cpu, CPU_R0, RIG_BROKEN);
    cpu_set(rig.cpu, CPU_R2, 0);
    cpu_set(rig.cpu, CPU_R3, 0);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_in_handler(&rig, HARDFAULT);
    assert_int_equal(frame(&rig, 6), RIG_CODE + 4);
    uint32_t xpsr = frame(&rig, 7);
    assert_int_equal(((xpsr >> 25) & 3) | ((xpsr >> 8) & 0xFC), 0x0E);
    assert_int_equal(REG(&rig, XPSR) & 0x0600FC00u, 0); /* the handler itself is outside */
    rig_put32(&rig, REG(&rig, SP), RIG_DATA);
    RIG_CODE_AT(&rig, RIG_HANDLER + 0xC0, 0x4770);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, PC), RIG_CODE + 10);
    assert_int_equal(REG(&rig, R2), 0); /* both were skipped */
    assert_int_equal(REG(&rig, R3), 0);
    rig_close(&rig);
}

static void single_steps_inside_it_block(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M4, false);
    RIG_CODE_AT(&rig, RIG_CODE, 0x4280, 0xBF0E, 0x2101, 0x2201, 0x2301, 0xBE01);
    cpu_set(rig.cpu, CPU_R2, 0);
    cpu_set(rig.cpu, CPU_R3, 0);
    /* Instructions that the block skips are passed over. */
    static const uint32_t stops[] = {2, 4, 10};
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
        assert_int_equal(cpu_step(rig.cpu), CPU_STOP_TIME);
        assert_int_equal(REG(&rig, PC), RIG_CODE + stops[i]);
    }
    assert_int_equal(REG(&rig, R1), 1);
    assert_int_equal(REG(&rig, R2), 0);
    assert_int_equal(REG(&rig, R3), 0);
    rig_close(&rig);
}

/* Every stop inside a block keeps what was done and redoes nothing: ITTT EQ, all executed. */
static void stops_inside_it_block(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    /* cmp r0, r0; ittt eq; addeq r1, #1; addeq r1, #1; streq r1, [r2]; bkpt */
    RIG_CODE_AT(&rig, RIG_CODE, 0x4280, 0xBF02, 0x3101, 0x3101, 0x6011, 0xBE01);
    cpu_set(rig.cpu, CPU_R1, 0);
    cpu_set(rig.cpu, CPU_R2, RIG_DATA);
    for (uint32_t i = 1; i <= 5; i++) {
        assert_int_equal(cpu_step(rig.cpu), CPU_STOP_TIME);
        assert_int_equal(REG(&rig, PC), RIG_CODE + 2 * i);
        assert_int_equal(REG(&rig, R1), i <= 2 ? 0 : i == 3 ? 1 : 2);
        assert_int_equal(rig_get32(&rig, RIG_DATA), i == 5 ? 2 : 0);
    }
    cpu_set(rig.cpu, CPU_PC, RIG_CODE);
    assert_true(cpu_set_breakpoint(rig.cpu, RIG_CODE + 6, true));
    assert_int_equal(rig_run(&rig), CPU_STOP_BREAKPOINT);
    assert_int_equal(REG(&rig, PC), RIG_CODE + 6);
    assert_int_equal(REG(&rig, R1), 3);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, R1), 4);
    rig_close(&rig);
}

/* CPACR bits 23:20 let floating point run; the M3 has none whatever is written. */
static void floating_point(void **state)
{
    (void)state;
    for (int model = CPU_M3; model <= CPU_M55; model++) {
        struct rig rig;
        rig_open(&rig, (enum cpu_model)model, false);
        RIG_CODE_AT(&rig, RIG_CODE, 0xEEB7, 0x0A00, 0xEE10, 0x1A10, 0xDF00, 0xBE01);
        rig_put32(&rig, 0xE000ED88u, 0x00F00000u);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        if (model == CPU_M3) {
            assert_in_handler(&rig, HARDFAULT);
            assert_int_equal(rig_get32(&rig, CFSR), 1u << 19);
        } else {
            assert_in_handler(&rig, SVCALL);
            /* FPCA made it an extended frame: 26 words, S0 after the basic eight. */
            assert_int_equal(REG(&rig, LR), 0xFFFFFFE9u);
            assert_int_equal(REG(&rig, SP), RIG_STACK - 104);
            assert_int_equal(frame(&rig, 1), 0x3F800000u);
            assert_int_equal(frame(&rig, 8), 0x3F800000u);
            RIG_CODE_AT(&rig, REG(&rig, PC), 0x4770);
            assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
            assert_int_equal(REG(&rig, SP), RIG_STACK);
            assert_int_equal(REG(&rig, CONTROL), 4);
        }
        rig_close(&rig);
    }
}

/* DEMCR.VC_HARDERR halts at the handler's first instruction. */
static void vector_catch(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    RIG_CODE_AT(&rig, RIG_CODE, 0xDE00);
    rig_put32(&rig, 0xE000EDFCu, 1u << 10);
    assert_int_equal(rig_run(&rig), CPU_STOP_CATCH);
    assert_in_handler(&rig, HARDFAULT);
    rig_close(&rig);
}

/* What is not modelled stops with words: a reset request, a fault bound for Non-secure state. */
static void refusals(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    RIG_CODE_AT(&rig, RIG_CODE, 0x6001, 0xDE00);
    cpu_set(rig.cpu, CPU_R0, 0xE000ED0Cu);
    cpu_set(rig.cpu, CPU_R1, 0x05FA0004u);
    assert_int_equal(rig_run(&rig), CPU_STOP_UNSUPPORTED);
    assert_non_null(strstr(cpu_stop_text(rig.cpu), "SYSRESETREQ"));
    cpu_set(rig.cpu, CPU_PC, RIG_CODE);
    cpu_set(rig.cpu, CPU_R1, 0x05FA2000u);
    assert_int_equal(rig_run(&rig), CPU_STOP_UNSUPPORTED);
    assert_non_null(strstr(cpu_stop_text(rig.cpu), "BFHFNMINS"));
    rig_close(&rig);
}

/* An access that never completes stops the core where it is. */
static void stall(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    RIG_CODE_AT(&rig, RIG_CODE, 0xBF00, 0x6801);
    cpu_set(rig.cpu, CPU_R0, RIG_STUCK);
    assert_int_equal(rig_run(&rig), CPU_STOP_STALL);
    assert_int_equal(REG(&rig, PC), RIG_CODE + 2);
    assert_non_null(strstr(cpu_stop_text(rig.cpu), "0x5802B000"));
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(undefined_instruction),
        cmocka_unit_test(faults),
        cmocka_unit_test(precise_leaves_registers),
        cmocka_unit_test(lockups),
        cmocka_unit_test(vector_garbage),
        cmocka_unit_test(ignored_bus_fault),
        cmocka_unit_test(stack_limit),
        cmocka_unit_test(wild_stack),
        cmocka_unit_test(derived_first),
        cmocka_unit_test(svc_and_alignment),
        cmocka_unit_test(process_stack),
        cmocka_unit_test(unprivileged),
        cmocka_unit_test(inside_it_block),
        cmocka_unit_test(single_steps_inside_it_block),
        cmocka_unit_test(stops_inside_it_block),
        cmocka_unit_test(floating_point),
        cmocka_unit_test(vector_catch),
        cmocka_unit_test(refusals),
        cmocka_unit_test(stall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
