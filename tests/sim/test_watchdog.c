/* SPDX-License-Identifier: MIT */
/* An independent watchdog that somebody started does not reset the chip in a call. */
#include "abi/mailbox.h"
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IWDG_KR   UINT32_C(0x56004800)
#define IWDG_SR   UINT32_C(0x5600480C)
#define IWDG_WINR UINT32_C(0x56004810)
#define IWDG_PR   UINT32_C(0x56004804)
#define IWDG_RLR  UINT32_C(0x56004808)
#define SLOT      0xF000u

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

/* 60 KiB at a time, of which nothing is waited for: FF that is not programmed, and one long run that is
 * unpacked. Both calls take longer than the watchdog lets them; it counts LSI / 4, 8 kHz. */
static void bytes_without_a_wait_feed_it_too(void **state)
{
    (void)state;
    static const uint32_t watchdog_ms[] = {20, 30};
    static uint8_t blank[SLOT];
    static const uint8_t last[] = {0x50, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    static uint8_t run[4 + (SLOT - 1 - 5 - 19) / 255 + 1 + sizeof last] = {0x1F, 0xFF, 1, 0};
    memset(blank, 0xFF, sizeof blank);
    memset(run + 4, 255, (SLOT - 1 - 5 - 19) / 255);
    run[4 + (SLOT - 1 - 5 - 19) / 255] = (SLOT - 1 - 5 - 19) % 255;
    memcpy(run + sizeof run - sizeof last, last, sizeof last);
    for (unsigned packed = 0; packed < 2; packed++) {
        struct scenario_rig rig;
        uint32_t results[2];
        open_initialised(&rig, NOR_TIMING_TYPICAL);
        memset(rig.cells, 0xFF, SLOT);
        const uint32_t buffer = rig.session.layout.buffer, bytes = buffer + 0x100;
        const struct mailbox mailbox = {
            {{rig.board.window, SLOT, bytes, bytes + SLOT, packed ? sizeof run : 0, 1},
             {.full = 1}}};
        const uint32_t write[4] = {rig.board.window, SLOT, bytes}, stream[4] = {buffer};
        assert_true(cpu_debug_write(sim_cpu(rig.sim), bytes, blank, sizeof blank));
        if (packed) {
            assert_true(cpu_debug_write(sim_cpu(rig.sim), buffer, &mailbox, sizeof mailbox));
            assert_true(cpu_debug_write(sim_cpu(rig.sim), bytes + SLOT, run, sizeof run));
        }
        put(&rig, IWDG_KR, 0xCCCC);
        put(&rig, IWDG_KR, 0x5555);
        put(&rig, IWDG_PR, 0);
        put(&rig, IWDG_RLR, watchdog_ms[packed] * 8 - 1);
        while ((get(&rig, IWDG_SR) & 3) != 0) {
            sim_clock(rig.sim)->now_ps += PS_PER_MS;
        }
        put(&rig, IWDG_KR, 0xAAAA);
        const uint64_t start = rig.target.ops->now_ns(rig.target.context);
        scenario_assert_good(&rig,
                             session_call(&rig.session, packed ? LOADER_STREAM : LOADER_WRITE,
                                          packed ? stream : write, 20000, results, &rig.error));
        assert_int_equal(results[0], packed ? 0 : 1);
        assert_true(rig.target.ops->now_ns(rig.target.context) - start >
                    watchdog_ms[packed] * UINT64_C(1000000));
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
        cmocka_unit_test(bytes_without_a_wait_feed_it_too),
        cmocka_unit_test(a_watchdog_that_never_ran_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
