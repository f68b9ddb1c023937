/* SPDX-License-Identifier: MIT */
/* Asynchronous exceptions: NVIC, SysTick, PendSV, NMI, nesting, return checks, sleep. */
#include "test_cpu_rig.h"

#define CFSR     0xE000ED28u
#define ICSR     0xE000ED04u
#define CCR      0xE000ED14u
#define SHCSR    0xE000ED24u
#define SYST_CSR 0xE000E010u
#define SYST_RVR 0xE000E014u
#define SYST_CVR 0xE000E018u

enum {
    NMI = 2,
    HARDFAULT = 3,
    USAGEFAULT = 6,
    SVCALL = 11,
    PENDSV = 14,
    SYSTICK = 15,
    IRQ0 = 16
};

static uint32_t handler(unsigned exception)
{
    return RIG_HANDLER + 0x40 * exception;
}

static void assert_in_handler(struct rig *rig, unsigned exception)
{
    assert_int_equal(REG(rig, PC), handler(exception));
    assert_int_equal(REG(rig, XPSR) & 0x1FF, exception);
}

/* Goes on behind the BKPT on which the core stands. */
static enum cpu_stop go_on(struct rig *rig)
{
    cpu_set(rig->cpu, CPU_PC, REG(rig, PC) + 2);
    return rig_run(rig);
}

/* PRIMASK holds a pending PendSV back until CPSIE; the frame's return address is behind it. */
static void masked_until_cpsie(void **state)
{
    (void)state;
    for (int model = CPU_M3; model <= CPU_M55; model++) {
        struct rig rig;
        rig_open(&rig, (enum cpu_model)model, false);
        RIG_CODE_AT(&rig, RIG_CODE, 0x6001, 0xBF00, 0xBF00, 0xB662, 0xBE01); /* ..., cpsie i */
        cpu_set(rig.cpu, CPU_R0, ICSR);
        cpu_set(rig.cpu, CPU_R1, 1u << 28);
        cpu_set(rig.cpu, CPU_PRIMASK, 1);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        assert_in_handler(&rig, PENDSV);
        assert_int_equal(rig_get32(&rig, REG(&rig, SP) + 24), RIG_CODE + 8);
        assert_int_equal(rig_get32(&rig, ICSR) & (1u << 28), 0);
        rig_close(&rig);
    }
}

/* BASEPRI masks its own priority and lower ones; 0x40 passes 0x80, 0x80 does not. */
static void basepri(void **state)
{
    (void)state;
    static const struct {
        uint32_t basepri, priority;
        bool taken;
    } cases[] = {{0x80, 0x40, true}, {0x80, 0x80, false}, {0x80, 0xC0, false}, {0, 0xF0, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rig rig;
        rig_open(&rig, CPU_M33, false);
        RIG_CODE_AT(&rig, RIG_CODE, 0xBF00, 0xBE01);
        rig_put32(&rig, 0xE000E400u, cases[i].priority); /* NVIC_IPR0 */
        rig_put32(&rig, 0xE000E100u, 1);                 /* NVIC_ISER0 */
        cpu_set(rig.cpu, CPU_BASEPRI, cases[i].basepri);
        cpu_pend_interrupt(rig.cpu, 0);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        assert_int_equal(REG(&rig, PC), cases[i].taken ? handler(IRQ0) : RIG_CODE + 2);
        assert_int_equal(rig_get32(&rig, 0xE000E300u), cases[i].taken ? 1 : 0); /* IABR0 */
        rig_close(&rig);
    }
}

/* An interrupt that is not enabled pends and no more; C_MASKINTS holds back an enabled one. */
static void not_taken(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    RIG_CODE_AT(&rig, RIG_CODE, 0xBF00, 0xBE01);
    cpu_pend_interrupt(rig.cpu, 5);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, PC), RIG_CODE + 2);
    assert_int_equal(rig_get32(&rig, 0xE000E200u), 1u << 5); /* ISPR0 */
    cpu_mask_interrupts(rig.cpu, true);
    rig_put32(&rig, 0xE000E100u, 1u << 5);
    cpu_set(rig.cpu, CPU_PC, RIG_CODE);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, PC), RIG_CODE + 2);
    cpu_mask_interrupts(rig.cpu, false);
    cpu_set(rig.cpu, CPU_PC, RIG_CODE);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_in_handler(&rig, IRQ0 + 5);
    rig_close(&rig);
}

/* A more urgent interrupt nests and returns into the other handler (EXC_RETURN ..F1). */
static void nesting(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M4, false);
    RIG_CODE_AT(&rig, RIG_CODE, 0xBF00, 0xBE01);
    RIG_CODE_AT(&rig, handler(IRQ0), 0xBE02, 0x4770);
    RIG_CODE_AT(&rig, handler(IRQ0 + 1), 0xBE02, 0x4770);
    rig_put32(&rig, 0xE000E400u, 0x00004080u); /* IRQ 0: 0x80, IRQ 1: 0x40 */
    rig_put32(&rig, 0xE000E100u, 3);
    cpu_pend_interrupt(rig.cpu, 0);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_in_handler(&rig, IRQ0);
    cpu_pend_interrupt(rig.cpu, 1);
    cpu_set(rig.cpu, CPU_PC, handler(IRQ0) + 2);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_in_handler(&rig, IRQ0 + 1);
    assert_int_equal(REG(&rig, LR), 0xFFFFFFF1u);
    assert_int_equal(rig_get32(&rig, ICSR) & (1u << 11), 0); /* RETTOBASE */
    assert_int_equal(go_on(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, PC), RIG_CODE + 2);
    assert_int_equal(REG(&rig, SP), RIG_STACK);
    assert_int_equal(rig_get32(&rig, 0xE000E300u), 0);
    rig_close(&rig);
}

/* NMI preempts HardFault; RETTOBASE is 0 there, 1 when NMI alone is active. */
static void nmi(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    RIG_CODE_AT(&rig, RIG_CODE, 0xDE00);
    RIG_CODE_AT(&rig, handler(HARDFAULT), 0x6001, 0xBF00, 0xBE03);
    RIG_CODE_AT(&rig, handler(NMI), 0xBE02, 0x4770);
    cpu_set(rig.cpu, CPU_R0, ICSR);
    cpu_set(rig.cpu, CPU_R1, 1u << 31);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_in_handler(&rig, NMI);
    assert_int_equal(rig_get32(&rig, ICSR) & (1u << 11), 0);
    assert_int_equal(rig_get32(&rig, SHCSR) & 0x24, 0x24); /* HARDFAULTACT, NMIACT */
    assert_int_equal(go_on(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, PC), handler(HARDFAULT) + 4);
    rig_close(&rig);
}

/* HardFault nested on PendSV may return to Thread only with NONBASETHRDENA on Armv7-M; Armv8-M
 * always may. */
static void return_to_thread_while_nested(void **state)
{
    (void)state;
    static const struct {
        enum cpu_model model;
        bool allowed, works;
    } cases[] = {{CPU_M3, false, false}, {CPU_M7, true, true}, {CPU_M33, false, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rig rig;
        rig_open(&rig, cases[i].model, false);
        RIG_CODE_AT(&rig, RIG_CODE, 0xBF00, 0xBE01);
        RIG_CODE_AT(&rig, handler(PENDSV), 0xDE00);
        RIG_CODE_AT(&rig, handler(HARDFAULT), 0xBE02, 0x4770);
        if (cases[i].allowed) {
            rig_put32(&rig, CCR, rig_get32(&rig, CCR) | 1);
        }
        rig_put32(&rig, ICSR, 1u << 28);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        assert_in_handler(&rig, HARDFAULT);
        rig_put32(&rig, REG(&rig, SP) + 24, RIG_CODE + 2);
        rig_put32(&rig, REG(&rig, SP) + 28, 0x01000000);
        cpu_set(rig.cpu, CPU_LR, 0xFFFFFFF9u);
        assert_int_equal(go_on(&rig), CPU_STOP_BKPT);
        if (cases[i].works) {
            assert_int_equal(REG(&rig, PC), RIG_CODE + 2);
            assert_int_equal(rig_get32(&rig, SHCSR) & (1u << 10), 1u << 10); /* PENDSVACT stays */
            rig_put32(&rig, SHCSR, 0);
            assert_int_equal(rig_get32(&rig, SHCSR), 0);
        } else {
            assert_in_handler(&rig, HARDFAULT); /* INVPC, escalated */
            assert_int_equal(rig_get32(&rig, CFSR) & (1u << 18), 1u << 18);
        }
        rig_close(&rig);
    }
}

/* EXC_RETURN while the exception in IPSR is not active, or with a value that does not exist: INVPC.
 */
static void invalid_returns(void **state)
{
    (void)state;
    static const uint32_t values[] = {0xFFFFFFF9u, 0xFFFFFFB8u, 0xFFFFFFE1u, 0xFFFFFFF0u};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct rig rig;
        rig_open(&rig, CPU_M3, false);
        RIG_CODE_AT(&rig, RIG_CODE, 0xDF00);
        RIG_CODE_AT(&rig, handler(SVCALL), 0xBE02, 0x4770);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        if (i == 0) {
            rig_put32(&rig, SHCSR, 0); /* SVCALLACT cleared */
        }
        cpu_set(rig.cpu, CPU_LR, values[i]);
        assert_int_equal(go_on(&rig), CPU_STOP_BKPT);
        assert_in_handler(&rig, HARDFAULT);
        assert_int_equal(rig_get32(&rig, CFSR), 1u << 18);
        assert_int_equal(REG(&rig, LR), values[i] | 1u);
        rig_close(&rig);
    }
}

/* The frame's IPSR must fit the mode that EXC_RETURN names. */
static void frame_does_not_fit(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    RIG_CODE_AT(&rig, RIG_CODE, 0xDF00);
    RIG_CODE_AT(&rig, handler(SVCALL), 0xBE02, 0x4770);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    rig_put32(&rig, REG(&rig, SP) + 28, 0x0100000Bu);
    assert_int_equal(go_on(&rig), CPU_STOP_BKPT);
    assert_in_handler(&rig, HARDFAULT);
    assert_int_equal(rig_get32(&rig, CFSR), 1u << 18);
    rig_close(&rig);
}

/* A debugger zeroes IPSR but HardFault stays active: the next fault locks up. */
static void stale_hardfault(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    RIG_CODE_AT(&rig, RIG_CODE, 0xDE00);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    cpu_set(rig.cpu, CPU_XPSR, 0x01000000u);
    rig_put32(&rig, SHCSR, 0);
    assert_int_equal(rig_get32(&rig, SHCSR), 4); /* HARDFAULTACT is not writable */
    cpu_set(rig.cpu, CPU_PC, RIG_CODE);
    assert_int_equal(rig_run(&rig), CPU_STOP_LOCKUP);
    rig_put32(&rig, 0xE000ED0Cu, 0x05FA0002u); /* AIRCR.VECTCLRACTIVE from a debugger */
    assert_int_equal(rig_get32(&rig, SHCSR), 0);
    rig_close(&rig);
}

/* SysTick: LOAD+1 ticks a period, COUNTFLAG clears on read, writing VAL clears both. */
static void systick_counts(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    rig_put32(&rig, SYST_RVR, 999);
    rig_put32(&rig, SYST_CVR, 77);
    assert_int_equal(rig_get32(&rig, SYST_CVR), 0);
    rig_put32(&rig, SYST_CSR, 5);
    RIG_CODE_AT(&rig, RIG_CODE, 0x3801, 0xD1FD, 0x680A, 0x680B, 0xBE01); /* subs r0; bne; ldr x2 */
    cpu_set(rig.cpu, CPU_R0, 100);
    cpu_set(rig.cpu, CPU_R1, SYST_CSR);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT); /* 203 instructions, 2 cycles each */
    assert_int_equal(REG(&rig, R2), 5);
    uint32_t value = rig_get32(&rig, SYST_CVR);
    assert_in_range(value, 1000 - 410, 1000 - 400);
    cpu_set(rig.cpu, CPU_R0, 1000); /* 4000 cycles: four wraps */
    cpu_set(rig.cpu, CPU_PC, RIG_CODE);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, R2), 0x10005);
    assert_int_equal(REG(&rig, R3), 5);
    rig_put32(&rig, SYST_CSR, 1); /* the other clock source: one eighth */
    value = rig_get32(&rig, SYST_CVR);
    cpu_set(rig.cpu, CPU_R0, 100);
    cpu_set(rig.cpu, CPU_PC, RIG_CODE);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_in_range(value - rig_get32(&rig, SYST_CVR), 49, 53);
    rig_close(&rig);
}

/* TICKINT: the exception comes within one instruction of the counter reaching zero. */
static void systick_interrupts(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    RIG_CODE_AT(&rig, RIG_CODE, 0xE7FE);
    rig_put32(&rig, SYST_RVR, 63999);
    rig_put32(&rig, SYST_CVR, 0);
    rig_put32(&rig, SYST_CSR, 7);
    uint64_t start = rig.clock.now_ps;
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_in_handler(&rig, SYSTICK);
    assert_in_range(rig.clock.now_ps - start, PS_PER_MS, PS_PER_MS + PS_PER_US);
    rig_close(&rig);
}

/* WFI: time goes on to SysTick; with nothing that could wake the core it stops. PRIMASK does not
 * keep WFI asleep, it only keeps the handler from running. */
static void sleeping(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    RIG_CODE_AT(&rig, RIG_CODE, 0xBF30, 0xBE01);
    assert_int_equal(rig_run(&rig), CPU_STOP_SLEEP);
    rig_put32(&rig, SYST_RVR, 63999);
    rig_put32(&rig, SYST_CVR, 0);
    rig_put32(&rig, SYST_CSR, 7);
    cpu_set(rig.cpu, CPU_PRIMASK, 1);
    cpu_set(rig.cpu, CPU_PC, RIG_CODE);
    uint64_t start = rig.clock.now_ps;
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, PC), RIG_CODE + 2);
    assert_in_range(rig.clock.now_ps - start, PS_PER_MS, PS_PER_MS + PS_PER_US);
    RIG_CODE_AT(&rig, RIG_CODE, 0xBF40, 0xBF20, 0xBE01); /* sev; wfe */
    cpu_set(rig.cpu, CPU_PC, RIG_CODE);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, PC), RIG_CODE + 4);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masked_until_cpsie),
        cmocka_unit_test(basepri),
        cmocka_unit_test(not_taken),
        cmocka_unit_test(nesting),
        cmocka_unit_test(nmi),
        cmocka_unit_test(return_to_thread_while_nested),
        cmocka_unit_test(invalid_returns),
        cmocka_unit_test(frame_does_not_fit),
        cmocka_unit_test(stale_hardfault),
        cmocka_unit_test(systick_counts),
        cmocka_unit_test(systick_interrupts),
        cmocka_unit_test(sleeping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
