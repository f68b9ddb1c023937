/* SPDX-License-Identifier: MIT */
/* An independent watchdog that somebody started does not reset the chip in a call. */
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define IWDG_KR   UINT32_C(0x56004800)
#define IWDG_SR   UINT32_C(0x5600480C)
#define IWDG_WINR UINT32_C(0x56004810)

static void open_initialised(struct scenario_rig *rig, enum nor_timing timing)
{
    const struct scenario scenario = {
        .host = "cubeprogrammer-jlink", .timing = timing, .content = CONTENT_USED, .seed = 6};
    scenario_open(rig, &scenario);
    scenario_assert_good(rig, session_begin(&rig->session, OPERATION_WRITE, &rig->error));
}

static void put(struct scenario_rig *rig, uint32_t address, uint32_t value)
{
    assert_true(cpu_debug_write(sim_cpu(rig->sim), address, &value, sizeof value));
}

static uint32_t get(struct scenario_rig *rig, uint32_t address)
{
    uint32_t value = 0;
    assert_true(cpu_debug_read(sim_cpu(rig->sim), address, &value, sizeof value));
    return value;
}

/* As its fuse starts it: 512 ms of LSI at 32 kHz, and a block erase at its maximum takes longer. */
static void a_watchdog_that_runs_is_fed(void **state)
{
    (void)state;
    struct scenario_rig rig;
    uint32_t results[2];
    open_initialised(&rig, NOR_TIMING_MAXIMUM);
    const uint32_t arguments[4] = {rig.board.window, rig.board.window + 0x3FFFF};
    put(&rig, IWDG_KR, 0xCCCC);
    scenario_assert_good(&rig, session_call(&rig.session, LOADER_SECTOR_ERASE, arguments, 20000,
                                            results, &rig.error));
    assert_int_equal(results[0], 1);
    scenario_close(&rig);
}

/* A window resets the chip when it is fed too early: nearly always closed, and closed for the first
 * 16 ms; as it was left, and while its registers are still being taken over. */
static void a_watchdog_with_a_window_is_fed(void **state)
{
    (void)state;
    static const uint32_t windows[] = {0x40, 0xF7F};
    for (unsigned n = 0; n < 4; n++) {
        struct scenario_rig rig;
        uint32_t results[2];
        open_initialised(&rig, NOR_TIMING_MAXIMUM);
        const uint32_t arguments[4] = {rig.board.window, rig.board.window + 0x3FFFF};
        put(&rig, IWDG_KR, 0xCCCC);
        put(&rig, IWDG_KR, 0x5555);
        put(&rig, IWDG_WINR, windows[n & 1]);
        if (n >= 2) {
            sim_clock(rig.sim)->now_ps += PS_PER_MS;
            assert_int_equal(get(&rig, IWDG_SR) & 4, 0);
        }
        scenario_assert_good(&rig, session_call(&rig.session, LOADER_SECTOR_ERASE, arguments, 20000,
                                                results, &rig.error));
        assert_int_equal(results[0], 1);
        assert_int_equal(get(&rig, IWDG_WINR), 0xFFF); /* left open: guard.h */
        scenario_close(&rig);
    }
}

/* One that never ran is not started, and its registers, of which none arrives, do not hold up a
 * call. */
static void a_watchdog_that_never_ran_is_left(void **state)
{
    (void)state;
    struct scenario_rig rig;
    uint32_t results[2];
    open_initialised(&rig, NOR_TIMING_TYPICAL);
    const uint32_t arguments[4] = {rig.board.window, rig.board.window};
    put(&rig, IWDG_KR, 0x5555);
    put(&rig, IWDG_WINR, 0x40);
    scenario_assert_good(&rig, session_call(&rig.session, LOADER_SECTOR_ERASE, arguments, 20000,
                                            results, &rig.error));
    assert_int_equal(results[0], 1);
    assert_int_equal(get(&rig, IWDG_SR) & 0x100, 0);
    scenario_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_watchdog_that_runs_is_fed),
        cmocka_unit_test(a_watchdog_with_a_window_is_fed),
        cmocka_unit_test(a_watchdog_that_never_ran_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
