/* SPDX-License-Identifier: MIT */
/* Armv8.1-M scalar instructions on the M55 (Armv8-M ARM); encodings from GNU as. */
#include "test_cpu_rig.h"

/* dls lr, r3; adds r0, #1; le lr, -4: the body runs r3 times. */
static void loop_runs_its_count(void **state)
{
    (void)state;
    static const uint32_t counts[] = {1, 2, 7, 3000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct rig rig;
        rig_open(&rig, CPU_M55, false);
        RIG_CODE_AT(&rig, RIG_CODE, 0xF043, 0xE001, 0x3001, 0xF00F, 0xC803, 0xBE00);
        cpu_set(rig.cpu, CPU_R0, 0);
        cpu_set(rig.cpu, CPU_R3, counts[i]);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        assert_int_equal(REG(&rig, R0), counts[i]);
        assert_int_equal(REG(&rig, PC), RIG_CODE + 10);
        assert_int_equal(cpu_stats(rig.cpu)->instructions, 2 + 2 * counts[i]);
        rig_close(&rig);
    }
}

/* wls lr, r3, +12: a count of 0 skips the loop and leaves LR. */
static void while_loop(void **state)
{
    (void)state;
    for (uint32_t count = 0; count < 2; count++) {
        struct rig rig;
        rig_open(&rig, CPU_M55, false);
        RIG_CODE_AT(&rig, RIG_CODE, 0xF043, 0xC007, 0xBE01, 0xBF00, 0xBF00, 0xBF00, 0xBF00, 0xBF00,
                    0xBE02);
        cpu_set(rig.cpu, CPU_R3, count);
        cpu_set(rig.cpu, CPU_LR, 77);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        assert_int_equal(REG(&rig, PC), count == 0 ? RIG_CODE + 16 : RIG_CODE + 4);
        assert_int_equal(REG(&rig, LR), count == 0 ? 77 : 1);
        rig_close(&rig);
    }
}

/* Rd = Rn if the condition holds, else Rm, Rm + 1, ~Rm or -Rm; register 15 reads as zero. */
static void conditional_selects(void **state)
{
    (void)state;
    static const struct {
        uint16_t first, second;
        bool equal;
        uint32_t result;
    } cases[] = {
        {0xEA52, 0x8103, true, 20},    {0xEA52, 0x8103, false, 30},
        {0xEA52, 0x9113, false, 20},   {0xEA52, 0x9113, true, 31},
        {0xEA52, 0xA103, false, ~30u}, {0xEA52, 0xB103, false, 0u - 30u},
        {0xEA5F, 0x911F, true, 1},     {0xEA5F, 0x911F, false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rig rig;
        rig_open(&rig, CPU_M55, false);
        RIG_CODE_AT(&rig, RIG_CODE, 0x2800, cases[i].first, cases[i].second, 0xBE00);
        cpu_set(rig.cpu, CPU_R0, cases[i].equal ? 0 : 1); /* cmp r0, #0 */
        cpu_set(rig.cpu, CPU_R2, 20);
        cpu_set(rig.cpu, CPU_R3, 30);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        assert_int_equal(REG(&rig, R1), cases[i].result);
        rig_close(&rig);
    }
}

static void clear_list(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M55, false);
    RIG_CODE_AT(&rig, RIG_CODE, 0xE89F, 0xD00F, 0xBE00); /* clrm {r0-r3, r12, lr, apsr} */
    cpu_set(rig.cpu, CPU_XPSR, 0xF1000000u);
    cpu_set(rig.cpu, CPU_R4, 4);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, R0) | REG(&rig, R3) | REG(&rig, R12) | REG(&rig, LR), 0);
    assert_int_equal(REG(&rig, R4), 4);
    assert_int_equal(REG(&rig, XPSR), 0x01000000);
    assert_int_equal(REG(&rig, SP), RIG_STACK);
    rig_close(&rig);
}

/* Vector and tail-predicated instructions are refused by name once CPACR lets them through; without
 * it they are NOCP faults. On an M33 all of this is undefined. */
static void refused(void **state)
{
    (void)state;
    static const struct {
        uint16_t code[2];
        const char *name;
    } cases[] = {
        {{0xEF22, 0x0844}, "MVE"},            /* vadd.i32 q0, q1, q2 */
        {{0xED90, 0x1F00}, "MVE"},            /* vldrw.32 q0, [r0] */
        {{0xEA50, 0x01CF}, "MVE"},            /* lsll r0, r1, #3 */
        {{0xEE30, 0x0981}, "half-precision"}, /* vadd.f16 s0, s1, s2 */
        {{0xF01F, 0xC80B}, "LETP"},           /* letp lr, label */
        {{0xF013, 0xE001}, "DLSTP"},          /* dlstp.16 lr, r3 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rig rig;
        rig_open(&rig, CPU_M55, false);
        rig_code(&rig, RIG_CODE, cases[i].code, sizeof cases[i].code);
        rig_put32(&rig, 0xE000ED88u, 0x00F00000u);
        assert_int_equal(rig_run(&rig), CPU_STOP_UNSUPPORTED);
        assert_non_null(strstr(cpu_stop_text(rig.cpu), cases[i].name));
        assert_int_equal(REG(&rig, PC), RIG_CODE);
        rig_close(&rig);
    }
}

static void undefined_elsewhere(void **state)
{
    (void)state;
    static const uint16_t code[][2] = {{0xF043, 0xE001}, {0xEA52, 0x8103}, {0xE89F, 0x500F}};
    for (size_t i = 0; i < sizeof code / sizeof code[0]; i++) {
        struct rig rig;
        rig_open(&rig, CPU_M33, false);
        rig_code(&rig, RIG_CODE, code[i], sizeof code[i]);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        assert_int_equal(rig_get32(&rig, 0xE000ED28u), 0x10000);
        rig_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loop_runs_its_count),
        cmocka_unit_test(while_loop),
        cmocka_unit_test(conditional_selects),
        cmocka_unit_test(clear_list),
        cmocka_unit_test(refused),
        cmocka_unit_test(undefined_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
