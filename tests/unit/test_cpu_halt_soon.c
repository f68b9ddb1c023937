/* SPDX-License-Identifier: MIT */
/* cpu_halt_soon(): a write hook halts the core after the instruction that wrote. */
#include "test_cpu_rig.h"

#define CODE(rig, ...) RIG_CODE_AT(rig, RIG_CODE, __VA_ARGS__)

struct watch {
    struct cpu *cpu;
    uint32_t address;
    unsigned hits;
};

static void see(void *context, uint32_t address, unsigned size, uint32_t value)
{
    (void)value;
    struct watch *watch = context;
    if (watch->address - address < size) {
        watch->hits++;
        cpu_halt_soon(watch->cpu);
    }
}

static void open_watched(struct rig *rig, struct watch *watch, uint32_t address, bool no_jump)
{
    rig_open(rig, CPU_M33, no_jump);
    *watch = (struct watch){rig->cpu, address, 0};
    cpu_watch_writes(rig->cpu, see, watch);
    cpu_set(rig->cpu, CPU_R0, 0x55);
    cpu_set(rig->cpu, CPU_R1, RIG_DATA);
    cpu_set(rig->cpu, CPU_R2, 0);
}

static void halts_after_the_store(void **state)
{
    (void)state;
    struct rig rig;
    struct watch watch;
    open_watched(&rig, &watch, RIG_DATA, false);
    CODE(&rig, 0x6008 /* STR r0, [r1] */, 0x2201 /* MOVS r2, #1 */, 0xBE00 /* BKPT */);
    assert_int_equal(rig_run(&rig), CPU_STOP_BREAKPOINT);
    assert_int_equal(REG(&rig, PC), RIG_CODE + 2);
    assert_int_equal(REG(&rig, R2), 0);
    assert_int_equal(rig_get32(&rig, RIG_DATA), 0x55);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, R2), 1);
    assert_int_equal(watch.hits, 1);
    rig_close(&rig);
}

/* A later run does not halt for what an earlier one, or a single step, had asked for. */
static void a_step_uses_it_up(void **state)
{
    (void)state;
    struct rig rig;
    struct watch watch;
    open_watched(&rig, &watch, RIG_DATA, false);
    CODE(&rig, 0x6008 /* STR r0, [r1] */, 0x2201 /* MOVS r2, #1 */, 0xBE00 /* BKPT */);
    cpu_step(rig.cpu);
    assert_int_equal(watch.hits, 1);
    assert_int_equal(REG(&rig, PC), RIG_CODE + 2);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    rig_close(&rig);
}

/* The emulator cannot be stopped inside an IT block; the core can. */
static void halts_inside_an_it_block(void **state)
{
    (void)state;
    struct rig rig;
    struct watch watch;
    open_watched(&rig, &watch, RIG_DATA, false);
    CODE(&rig, 0x4280 /* CMP r0, r0 */, 0xBF04 /* ITT EQ */, 0x6008 /* STREQ r0, [r1] */,
         0x2201 /* MOVEQ r2, #1 */, 0xBE00 /* BKPT */);
    assert_int_equal(rig_run(&rig), CPU_STOP_BREAKPOINT);
    assert_int_equal(REG(&rig, PC), RIG_CODE + 6);
    assert_int_equal(REG(&rig, R2), 0);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, R2), 1);
    rig_close(&rig);
}

static void a_push_is_carried_out_whole(void **state)
{
    (void)state;
    struct rig rig;
    struct watch watch;
    open_watched(&rig, &watch, RIG_STACK - 12, false);
    CODE(&rig, 0xB40F /* PUSH {r0-r3} */, 0xBE00 /* BKPT */);
    cpu_set(rig.cpu, CPU_R3, 0x33);
    assert_int_equal(rig_run(&rig), CPU_STOP_BREAKPOINT);
    assert_int_equal(REG(&rig, PC), RIG_CODE + 2);
    assert_int_equal(REG(&rig, SP), RIG_STACK - 16);
    assert_int_equal(rig_get32(&rig, RIG_STACK - 4), 0x33);
    rig_close(&rig);
}

/* The frame of an exception is written by the core too: it halts before the handler. */
static void halts_after_stacking(void **state)
{
    (void)state;
    struct rig rig;
    struct watch watch;
    open_watched(&rig, &watch, RIG_STACK - 32, false);
    CODE(&rig, 0xDF00 /* SVC 0 */, 0xBE00 /* BKPT */);
    assert_int_equal(rig_run(&rig), CPU_STOP_BREAKPOINT);
    assert_int_equal(REG(&rig, PC), RIG_HANDLER + 0x40 * 11);
    assert_int_equal(rig_get32(&rig, RIG_STACK - 32), 0x55);
    rig_close(&rig);
}

/* A loop that polls and stores: the first store halts, with the jump rule and without. */
static void halts_in_a_poll_loop(void **state)
{
    (void)state;
    for (int no_jump = 0; no_jump < 2; no_jump++) {
        struct rig rig;
        struct watch watch;
        open_watched(&rig, &watch, RIG_DATA, no_jump != 0);
        rig.ready_ps = 100 * PS_PER_US;
        cpu_set(rig.cpu, CPU_R4, RIG_STATUS);
        CODE(&rig, 0x6823 /* LDR r3, [r4] */, 0x600B /* STR r3, [r1] */, 0x2B00 /* CMP r3, #0 */,
             0xD0FB /* BEQ -6 */, 0xBE00 /* BKPT */);
        for (unsigned i = 1; i <= 3; i++) {
            assert_int_equal(rig_run(&rig), CPU_STOP_BREAKPOINT);
            assert_int_equal(REG(&rig, PC), RIG_CODE + 4);
            assert_int_equal(watch.hits, i);
        }
        cpu_watch_writes(rig.cpu, NULL, NULL);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        assert_int_equal(REG(&rig, R3), 1);
        rig_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halts_after_the_store),    cmocka_unit_test(a_step_uses_it_up),
        cmocka_unit_test(halts_inside_an_it_block), cmocka_unit_test(a_push_is_carried_out_whole),
        cmocka_unit_test(halts_after_stacking),     cmocka_unit_test(halts_in_a_poll_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
