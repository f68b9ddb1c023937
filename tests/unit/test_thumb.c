/* SPDX-License-Identifier: MIT */
/* What the instruction table says of operands: the registers, steps and values that the rules read.
 * Encodings as the assembler makes them. */
#include "check/thumb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define AT 0x34180404u

static struct thumb_insn decode(uint16_t first, uint16_t second)
{
    return thumb_decode(AT, first, second);
}

static void stack_steps(void **state)
{
    (void)state;
    static const struct {
        uint16_t first, second;
        int32_t step;
    } steps[] = {
        {0xB510, 0, -8},       /* push {r4, lr} */
        {0xBD10, 0, 8},        /* pop {r4, pc} */
        {0xE92D, 0x4FF0, -36}, /* push.w {r4-r11, lr} */
        {0xE8BD, 0x8FF0, 36},  /* pop.w {r4-r11, pc} */
        {0xF84D, 0x4D04, -4},  /* str.w r4, [sp, #-4]! */
        {0xF85D, 0x4B04, 4},   /* ldr.w r4, [sp], #4 */
        {0xE96D, 0x4502, -8},  /* strd r4, r5, [sp, #-8]! */
        {0xED2D, 0x8B10, -64}, /* vpush {d8-d15} */
        {0xECBD, 0x8A04, 16},  /* vpop {s16-s19} */
        {0xED2D, 0x1F04, -16}, /* vstrw.32 q0, [sp, #-16]! */
    };
    for (unsigned i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct thumb_insn insn = decode(steps[i].first, steps[i].second);
        assert_int_equal(insn.rn, THUMB_SP);
        assert_int_equal(insn.base_step, steps[i].step);
    }
    struct thumb_insn insn = decode(0xB084, 0); /* sub sp, #16 */
    assert_int_equal(insn.class, THUMB_ADD_IMMEDIATE);
    assert_int_equal(insn.rd, THUMB_SP);
    assert_int_equal((int32_t)insn.value, -16);
    insn = decode(0xF5AD, 0x6D80); /* sub.w sp, sp, #1024 */
    assert_int_equal(insn.rn, THUMB_SP);
    assert_int_equal((int32_t)insn.value, -1024);
}

static void constants(void **state)
{
    (void)state;
    struct thumb_insn insn = decode(0xF24E, 0x0310); /* movw r3, #0xE010 */
    assert_int_equal(insn.class, THUMB_MOVE_IMMEDIATE);
    assert_int_equal(insn.value, 0xE010);
    insn = decode(0xF2CE, 0x0300); /* movt r3, #0xE000 */
    assert_int_equal(insn.class, THUMB_MOVE_TOP);
    assert_int_equal(insn.rd, 3);
    assert_int_equal(insn.value, 0xE000);
    insn = decode(0xF04F, 0x23E0); /* mov.w r3, #0xE000E000 */
    assert_int_equal(insn.value, 0xE000E000);
    insn = decode(0xF06F, 0x0300); /* mvn r3, #0 */
    assert_int_equal(insn.value, 0xFFFFFFFF);
    insn = decode(0xF44F, 0x7380); /* mov.w r3, #256 */
    assert_int_equal(insn.value, 256);
    insn = decode(0xF023, 0x0304); /* bic r3, r3, #4 */
    assert_int_equal(insn.class, THUMB_AND_IMMEDIATE);
    assert_int_equal(insn.value, 0xFFFFFFFB);
    insn = decode(0x4B02, 0); /* ldr r3, [pc, #8] */
    assert_int_equal(insn.class, THUMB_LOAD_LITERAL);
    assert_int_equal(insn.target, AT + 4 + 8);
    insn = decode(0xF8DF, 0xC008); /* ldr.w r12, [pc, #8] */
    assert_int_equal(insn.rd, 12);
    assert_int_equal(insn.target, AT + 4 + 8);
    insn = decode(0xA302, 0); /* adr r3, pc + 8 */
    assert_int_equal(insn.value, AT + 4 + 8);
}

static void accesses(void **state)
{
    (void)state;
    struct thumb_insn insn = decode(0x611A, 0); /* str r2, [r3, #16] */
    assert_int_equal(insn.class, THUMB_STORE);
    assert_int_equal(insn.rd, 2);
    assert_int_equal(insn.rn, 3);
    assert_int_equal(insn.value, 16);
    assert_int_equal(insn.size, 4);
    insn = decode(0xF8C3, 0x2D88); /* str.w r2, [r3, #0xD88] */
    assert_int_equal(insn.value, 0xD88);
    insn = decode(0xF842, 0x3021); /* str.w r3, [r2, r1, lsl #2] */
    assert_int_equal(insn.rm, 1);
    assert_int_equal(insn.shift, 2);
    insn = decode(0xE9C3, 0x1204); /* strd r1, r2, [r3, #16] */
    assert_int_equal(insn.class, THUMB_STORE_PAIR);
    assert_int_equal(insn.rd, 1);
    assert_int_equal(insn.rm, 2);
    insn = decode(0xFBA1, 0x2303); /* umull r2, r3, r1, r3 */
    assert_int_equal(insn.writes, 1u << 2 | 1u << 3);
    insn = decode(0xFBB1, 0xF2F3); /* udiv r2, r1, r3 */
    assert_int_equal(insn.writes, 1u << 2);
    insn = decode(0xEA52, 0x0303); /* orrs r3, r2, r3 */
    assert_int_equal(insn.class, THUMB_OR);
}

static void states(void **state)
{
    (void)state;
    struct thumb_insn insn = decode(0xB672, 0); /* cpsid i */
    assert_int_equal(insn.class, THUMB_CHANGE_STATE);
    assert_int_equal(insn.value, 1);
    assert_int_equal(insn.list, 2);
    insn = decode(0xB661, 0); /* cpsie f */
    assert_int_equal(insn.value, 0);
    assert_int_equal(insn.list, 1);
    insn = decode(0xF380, 0x8810); /* msr primask, r0 */
    assert_int_equal(insn.class, THUMB_WRITE_SPECIAL);
    assert_int_equal(insn.value, THUMB_PRIMASK);
    assert_int_equal(insn.rn, 0);
    insn = decode(0xBF04, 0); /* itt eq */
    assert_int_equal(insn.class, THUMB_IT);
    assert_int_equal(insn.value, 2);
    insn = decode(0xE8DF, 0xF013); /* tbh [pc, r3, lsl #1] */
    assert_int_equal(insn.class, THUMB_TABLE_BRANCH);
    assert_int_equal(insn.value, 2);
    assert_int_equal(insn.rm, 3);
    insn = decode(0xF040, 0xE001); /* dls lr, r0 */
    assert_int_equal(insn.needs, THUMB_ARMV81M);
    assert_int_equal(insn.writes, 1u << THUMB_LR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stack_steps),
        cmocka_unit_test(constants),
        cmocka_unit_test(accesses),
        cmocka_unit_test(states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
