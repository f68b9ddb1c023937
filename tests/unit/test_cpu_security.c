/* SPDX-License-Identifier: MIT */
/* A core in Non-secure state: what the Armv8-M ARM says of TT, EXC_RETURN, BFHFNMINS and SecureFault. */
#include "test_cpu_rig.h"

#define AIRCR     0xE000ED0Cu
#define SFSR      0xE000EDE4u
#define SFAR      0xE000EDE8u
#define DSCSR     0xE000EE08u
#define BFHFNMINS (1u << 13)
#define HARDFAULT 3u
#define SVCALL    11u

static void open_non_secure(struct rig *rig, bool faults_stay)
{
    rig_open(rig, CPU_M33, false);
    rig_put32(rig, AIRCR, 0x05FA0000u | (faults_stay ? BFHFNMINS : 0));
    cpu_set_non_secure(rig->cpu, true);
}

/* S is bit 22, R 18, RW 19. In Non-secure state all that tells of security reads 0. */
static void test_target(void **state)
{
    (void)state;
    for (unsigned non_secure = 0; non_secure < 2; non_secure++) {
        struct rig rig;
        rig_open(&rig, CPU_M33, false);
        cpu_set_non_secure(rig.cpu, non_secure != 0);
        RIG_CODE_AT(&rig, RIG_CODE, 0xE841, 0xF000, 0xE84E, 0xF340,
                    0xBE00); /* tt r0, r1; ttt r3, lr */
        cpu_set(rig.cpu, CPU_R1, RIG_CODE);
        cpu_set(rig.cpu, CPU_LR, RIG_CODE);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        assert_int_equal(REG(&rig, PC), RIG_CODE + 8);
        assert_int_equal(REG(&rig, R0) & (1u << 22), non_secure != 0 ? 0 : 1u << 22);
        if (non_secure != 0) {
            assert_int_equal(REG(&rig, R0), 3u << 18);
            assert_int_equal(REG(&rig, R3), 3u << 18);
        }
        assert_int_equal(rig_get32(&rig, DSCSR) & (1u << 16), non_secure != 0 ? 0 : 1u << 16);
        rig_close(&rig);
    }
}

/* In an IT block the condition decides; TTA is undefined here. */
static void test_target_in_other_forms(void **state)
{
    (void)state;
    struct rig rig;
    open_non_secure(&rig, true);
    RIG_CODE_AT(&rig, RIG_CODE, 0x2100, 0x2900, /* movs r1, #0; cmp r1, #0 */
                0xBF14, 0xE841, 0xF000,         /* ite ne: ttne r0, r1 */
                0xE841, 0xF200, 0xBE00);        /* tteq r2, r1 */
    cpu_set(rig.cpu, CPU_R0, 0x77);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, R0), 0x77);
    assert_int_equal(REG(&rig, R2), 3u << 18);
    RIG_CODE_AT(&rig, RIG_CODE, 0xE841, 0xF080, 0xBE00);
    cpu_set(rig.cpu, CPU_PC, RIG_CODE);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, XPSR) & 0x1FF, HARDFAULT);
    rig_close(&rig);
}

/* EXC_RETURN: S, bit 6, and ES, bit 0, are 0. */
static void exceptions_return_to_non_secure(void **state)
{
    (void)state;
    struct rig rig;
    open_non_secure(&rig, false);
    RIG_CODE_AT(&rig, RIG_CODE, 0xDF00, 0xBE01);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, XPSR) & 0x1FF, SVCALL);
    assert_int_equal(REG(&rig, LR), 0xFFFFFFB8u);
    RIG_CODE_AT(&rig, RIG_HANDLER + 0x40 * SVCALL, 0x4770); /* bx lr */
    cpu_set(rig.cpu, CPU_PC, RIG_HANDLER + 0x40 * SVCALL);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, PC), RIG_CODE + 2);
    assert_int_equal(REG(&rig, XPSR) & 0x1FF, 0);
    rig_close(&rig);

    open_non_secure(&rig, true); /* the Secure value is no return of ours: INVPC */
    RIG_CODE_AT(&rig, RIG_CODE, 0xDF00, 0xBE01);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    RIG_CODE_AT(&rig, RIG_HANDLER + 0x40 * SVCALL, 0x4770);
    cpu_set(rig.cpu, CPU_LR, 0xFFFFFFF9u);
    cpu_set(rig.cpu, CPU_PC, RIG_HANDLER + 0x40 * SVCALL);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, XPSR) & 0x1FF, HARDFAULT);
    assert_int_not_equal(rig_get32(&rig, 0xE000ED28u) & (1u << 18), 0);
    rig_close(&rig);
}

/* With BFHFNMINS 0 they belong to the Secure state, of which nothing is there. */
static void faults_leave_unless_they_may_stay(void **state)
{
    (void)state;
    for (unsigned stay = 0; stay < 2; stay++) {
        struct rig rig;
        open_non_secure(&rig, stay != 0);
        /* str r1, [r0]: the bit cannot be written from here; udf */
        RIG_CODE_AT(&rig, RIG_CODE, 0x6001, 0xDE00);
        cpu_set(rig.cpu, CPU_R0, AIRCR);
        cpu_set(rig.cpu, CPU_R1, 0x05FA0000u | (stay == 0 ? BFHFNMINS : 0));
        if (stay != 0) {
            assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
            assert_int_equal(REG(&rig, XPSR) & 0x1FF, HARDFAULT);
            assert_int_equal(REG(&rig, LR), 0xFFFFFFB8u);
        } else {
            assert_int_equal(rig_run(&rig), CPU_STOP_UNSUPPORTED);
            assert_non_null(strstr(cpu_stop_text(rig.cpu), "goes to the Secure vectors"));
        }
        rig_close(&rig);
    }
}

static void assert_secure_fault(struct rig *rig, uint32_t address)
{
    assert_int_equal(rig_run(rig), CPU_STOP_UNSUPPORTED);
    assert_non_null(strstr(cpu_stop_text(rig->cpu), "SecureFault"));
    assert_int_equal(rig_get32(rig, SFSR), 0x48); /* AUVIOL, SFARVALID */
    assert_int_equal(rig_get32(rig, SFAR), address);
    rig_close(rig);
}

static void secure_addresses_are_out_of_reach(void **state)
{
    (void)state;
    static const uint32_t secure[] = {RIG_ALIAS + 0x20000u, RIG_STORE};
    struct rig rig;
    for (size_t i = 0; i < sizeof secure / sizeof secure[0]; i++) {
        open_non_secure(&rig, true);
        RIG_CODE_AT(&rig, RIG_CODE, 0x6801, 0xBE00); /* ldr r1, [r0] */
        cpu_set(rig.cpu, CPU_R0, secure[i]);
        assert_secure_fault(&rig, secure[i]);
    }
    open_non_secure(&rig, true);
    RIG_CODE_AT(&rig, RIG_CODE, 0xBE00);
    cpu_set(rig.cpu, CPU_PC, RIG_ALIAS + 0x1000u);
    assert_secure_fault(&rig, RIG_ALIAS + 0x1000u);
    open_non_secure(&rig, true);
    RIG_CODE_AT(&rig, RIG_CODE, 0xDF00);
    cpu_set(rig.cpu, CPU_MSP, RIG_ALIAS + 0x10000u); /* stacking counts as well */
    assert_secure_fault(&rig, RIG_ALIAS + 0x10000u - 32);
    /* The Non-secure addresses of the same bytes, and what has no alias, are in reach. */
    open_non_secure(&rig, true);
    RIG_CODE_AT(&rig, RIG_CODE, 0x6801, 0x681A, 0xBE00); /* ldr r1, [r0]; ldr r2, [r3] */
    cpu_set(rig.cpu, CPU_R0, RIG_DATA);
    cpu_set(rig.cpu, CPU_R3, RIG_WINDOW);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    cpu_reset(rig.cpu); /* Secure again */
    cpu_set(rig.cpu, CPU_R0, RIG_STORE);
    cpu_set(rig.cpu, CPU_R3, RIG_WINDOW);
    cpu_set(rig.cpu, CPU_PC, RIG_CODE);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_target),
        cmocka_unit_test(test_target_in_other_forms),
        cmocka_unit_test(exceptions_return_to_non_secure),
        cmocka_unit_test(faults_leave_unless_they_may_stay),
        cmocka_unit_test(secure_addresses_are_out_of_reach),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
