/* SPDX-License-Identifier: MIT */
/* What an earlier owner may have left in the flash: Init copes with each state, says what it found,
 * and an image then goes in. And what is none of these: each is refused in time, with its reason.
 */
#include "sim/fault.h"
#include "sim/scenario.h"

#include "host/explain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct inherited {
    const char *state;
    uint32_t found;   /* FOUND_* of which Init must report one; 0 = none */
    uint64_t most_ms; /* Init returns within */
};

/* Which states show how: S25FL064L model [FMF]. A busy chip answers RDSR alone; in another protocol
 * or in deep power-down it answers nothing on one line. */
static const struct inherited states[] = {
    {"qpi", 0, 1000},
    {"continuous-read", 0, 1000},
    {"deep-power-down", 0, 1000},
    {"4-byte", 0, 1000},
    {"write-enabled", FOUND_SR1_WEL, 1000},
    {"erase-in-progress", FOUND_SR1_WIP, 3000},
    {"program-in-progress", 0, 1000}, /* over before the image is downloaded */
    {"erase-suspended", FOUND_SR2_SUSPENDED, 1000},
    {"program-suspended", FOUND_SR2_SUSPENDED, 1000},
    {"protected", 0x1C, 1000},
    {"error-latched", FOUND_SR2_ERRORS, 1000},
    {"other-latency", 0, 1000},
    {"wrap", 0, 1000},
    {"nv-write-in-progress", FOUND_SR1_WIP, 3000},
    {"reset-armed", 0, 1000},
};

static void each_inherited_state_is_recovered(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        for (unsigned timing = 0; timing < 2; timing++) {
            struct scenario_rig rig;
            struct image image;
            const struct scenario scenario = {.host = "cubeprogrammer",
                                              .timing = timing == 0 ? NOR_TIMING_TYPICAL
                                                                    : NOR_TIMING_MAXIMUM};
            scenario_open(&rig, &scenario);
            struct sim_clock *clock = sim_clock(rig.sim);
            assert_true(nor_inherit(sim_nor(rig.sim), clock->now_ps, states[i].state));
            uint64_t start = clock->now_ps;
            bool good = session_begin(&rig.session, OPERATION_ERASE, &rig.error);
            uint64_t ms = (clock->now_ps - start) / (PS_PER_SECOND / 1000);
            session_read_record(&rig.session);
            print_message("%-22s Init %s in %llu ms, found 0x%02x %s\n", states[i].state,
                          good ? "1" : "0", (unsigned long long)ms, rig.session.record.found,
                          rig.error.detail);
            assert_true(ms <= states[i].most_ms);
            scenario_assert_good(&rig, good);
            assert_true(states[i].found == 0 || (rig.session.record.found & states[i].found) != 0);
            scenario_make_image(&image, &rig.board, 0x123, 0x2345, i);
            scenario_assert_good(&rig, scenario_program(&rig, &image));
            scenario_assert_boots(&rig);
            image_release(&image);
            scenario_close(&rig);
        }
    }
}

/* An erase that was under way when Init came has ended, not been torn. */
static void an_erase_under_way_is_let_finish(void **state)
{
    (void)state;
    struct scenario_rig rig;
    const struct scenario scenario = {.content = CONTENT_USED, .seed = 4};
    scenario_open(&rig, &scenario);
    assert_true(nor_inherit(sim_nor(rig.sim), sim_clock(rig.sim)->now_ps, "erase-in-progress"));
    scenario_assert_good(&rig, session_begin(&rig.session, OPERATION_ERASE, &rig.error));
    uint32_t blank = 0;
    struct nor_state now;
    nor_get_state(sim_nor(rig.sim), sim_clock(rig.sim)->now_ps, &now);
    for (uint32_t i = 0; i < rig.board.part.size; i += 4096) {
        uint32_t k = 0;
        while (k < 4096 && rig.cells[i + k] == 0xFF) {
            k++;
        }
        blank += k == 4096;
    }
    print_message("%u blank sectors\n", blank);
    assert_true(blank > 0);
    scenario_close(&rig);
}

static void no_chip_is_reported_within_a_second(void **state)
{
    (void)state;
    static const uint32_t cpu_hz[] = {0, 64000000, 400000000};
    for (size_t i = 0; i < sizeof cpu_hz / sizeof cpu_hz[0]; i++) {
        struct scenario_rig rig;
        const struct scenario scenario = {.host = "cubeprogrammer", .cpu_hz = cpu_hz[i]};
        scenario_open(&rig, &scenario);
        nor_set_power(sim_nor(rig.sim), sim_clock(rig.sim)->now_ps, false);
        uint64_t start = sim_clock(rig.sim)->now_ps;
        assert_false(session_begin(&rig.session, OPERATION_ERASE, &rig.error));
        uint64_t ms = (sim_clock(rig.sim)->now_ps - start) / (PS_PER_SECOND / 1000);
        print_message("no chip: %llu ms, %s\n", (unsigned long long)ms, rig.error.detail);
        assert_true(ms < 1000);
        scenario_close(&rig);
    }
}

/* A write into a locked block: error bits, WIP stuck [FMF]. Refused long before the maximum of an
 * erase has passed, and the next call finds a usable chip. */
static void a_locked_block_is_an_error_in_time(void **state)
{
    (void)state;
    struct scenario_rig rig;
    const struct scenario scenario = {.content = CONTENT_USED};
    scenario_open(&rig, &scenario);
    scenario_assert_good(&rig, session_begin(&rig.session, OPERATION_ERASE, &rig.error));
    if (!nor_inherit(sim_nor(rig.sim), sim_clock(rig.sim)->now_ps, "wps-locked")) {
        skip();
    }
    const uint32_t arguments[4] = {rig.board.window, rig.board.window};
    uint64_t start = sim_clock(rig.sim)->now_ps;
    assert_false(
        session_call_checked(&rig.session, LOADER_SECTOR_ERASE, arguments, 5000, &rig.error));
    uint64_t ms = (sim_clock(rig.sim)->now_ps - start) / (PS_PER_SECOND / 1000);
    session_read_record(&rig.session);
    print_message("locked: %llu ms, %s\n", (unsigned long long)ms, rig.error.detail);
    assert_int_equal(rig.session.record.reason, REASON_ERASE_ERROR);
    assert_true(ms < 200);
    struct nor_state after;
    nor_get_state(sim_nor(rig.sim), sim_clock(rig.sim)->now_ps, &after);
    assert_false(after.busy);
    assert_false(after.write_enabled);
    scenario_close(&rig);
}

/* MX66UW1G45G: it refuses a page with an error bit, and is ready; nobody but that bit says why. */
static void a_page_that_is_refused_is_told_by_its_error_bit(void **state)
{
    (void)state;
    struct scenario_rig rig;
    scenario_open(&rig, &(struct scenario){.board = "data/boards/stm32n6570-dk.yaml"});
    scenario_assert_good(&rig, session_begin(&rig.session, OPERATION_WRITE, &rig.error));
    sim_fault_set_in(rig.sim, SIM_FAULT_PROTECTED, 1);
    const uint32_t arguments[4] = {rig.board.window, 256, rig.session.layout.buffer};
    uint8_t page[256] = {0};
    scenario_assert_good(&rig, rig.target.ops->write_memory(rig.target.context, arguments[2], page,
                                                            sizeof page, &rig.error));
    assert_false(session_call_checked(&rig.session, LOADER_WRITE, arguments, 5000, &rig.error));
    session_read_record(&rig.session);
    assert_int_equal(rig.session.record.reason, REASON_PROGRAM_ERROR);
    scenario_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_inherited_state_is_recovered),
        cmocka_unit_test(an_erase_under_way_is_let_finish),
        cmocka_unit_test(no_chip_is_reported_within_a_second),
        cmocka_unit_test(a_locked_block_is_an_error_in_time),
        cmocka_unit_test(a_page_that_is_refused_is_told_by_its_error_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
