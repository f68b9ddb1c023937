/* SPDX-License-Identifier: MIT */
/* Bytes handed over while the loader programs: the same flash as call by call, sooner; and what becomes
 * of a host or a chip that fails on the way. */
#include "abi/mailbox.h"
#include "host/stream.h"
#include "sim/fault.h"
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BOARD_DK "data/boards/stm32n6570-dk.yaml"
#define SIZE     UINT32_C(0x50123)

/* A target that does all but reach memory while the core runs. */
static void tie_hands(struct scenario_rig *rig, struct target_ops *ops)
{
    *ops = *rig->target.ops;
    ops->reaches_running = NULL;
    rig->target.ops = ops;
}

struct outcome {
    uint64_t ns;
    unsigned calls;
    uint32_t function; /* of the last call, by the record */
};

static struct outcome write_image(const char *board, const char *link, bool tied, uint8_t *cells)
{
    struct scenario_rig rig;
    struct target_ops ops;
    struct image image;
    uint64_t written = 0;
    struct lifecycle lifecycle = *lifecycle_find("native");
    lifecycle.link = link;
    scenario_open(&rig, &(struct scenario){.board = board, .lifecycle = &lifecycle});
    if (tied) {
        tie_hands(&rig, &ops);
    }
    scenario_make_image(&image, &rig.board, 0x1F0F3, SIZE, 5);
    scenario_assert_good(&rig, session_begin(&rig.session, OPERATION_WRITE, &rig.error));
    assert_int_equal(stream_can(&rig.session, &image), !tied);
    const uint64_t start = rig.target.ops->now_ns(rig.target.context);
    scenario_assert_good(&rig, operation_write(&rig.session, &image, &written, &rig.error));
    assert_int_equal(written, image_size(&image));
    scenario_assert_cells(&rig, &image, NULL);
    memcpy(cells, rig.cells, 0x80000);
    session_read_record(&rig.session);
    const struct outcome outcome = {rig.target.ops->now_ns(rig.target.context) - start,
                                    rig.session.stats.calls, rig.session.record.function};
    image_release(&image);
    scenario_assert_boots(&rig);
    scenario_close(&rig);
    return outcome;
}

static void the_flash_is_the_same_and_sooner(void **state)
{
    static const char *const boards[] = {BOARD_P2, BOARD_DK};
    static const char *const links[] = {"jlink", "stlink-v3"};
    static uint8_t streamed[0x80000], called[0x80000];
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        const struct outcome stream = write_image(boards[i / 2], links[i % 2], false, streamed);
        const struct outcome calls = write_image(boards[i / 2], links[i % 2], true, called);
        print_message("%s over %s: %llu us streamed, %llu us by calls\n", boards[i / 2],
                      links[i % 2], (unsigned long long)stream.ns / 1000,
                      (unsigned long long)calls.ns / 1000);
        assert_memory_equal(streamed, called, sizeof streamed);
        assert_int_equal(stream.function, FUNCTION_STREAM);
        assert_int_equal(stream.calls, 2); /* Init and the one */
        assert_true(stream.ns < calls.ns * 85 / 100);
    }
}

/* --- the loader alone --- */

static void fill_slot(struct scenario_rig *rig, unsigned index, struct mailbox_slot slot)
{
    scenario_assert_good(rig, rig->target.ops->write_memory(rig->target.context,
                                                            rig->session.layout.buffer +
                                                                index * (uint32_t)sizeof slot,
                                                            &slot, sizeof slot, &rig->error));
}

static void open_with_mailbox(struct scenario_rig *rig, const uint8_t *bytes, uint32_t size)
{
    static const struct mailbox empty;
    scenario_open(rig, &(struct scenario){.host = "native"});
    scenario_assert_good(rig, session_begin(&rig->session, OPERATION_WRITE, &rig->error));
    scenario_assert_good(rig, rig->target.ops->write_memory(rig->target.context,
                                                            rig->session.layout.buffer, &empty,
                                                            sizeof empty, &rig->error));
    scenario_assert_good(rig, rig->target.ops->write_memory(rig->target.context,
                                                            rig->session.layout.buffer + 0x1000,
                                                            bytes, size, &rig->error));
}

static bool call_stream(struct scenario_rig *rig)
{
    const uint32_t arguments[4] = {rig->session.layout.buffer, 0, 0, 0};
    const bool good =
        session_call_checked(&rig->session, LOADER_STREAM, arguments, 20000, &rig->error);
    session_read_record(&rig->session);
    return good;
}

static void slots_are_taken_in_turn(void **state)
{
    static const uint8_t bytes[] = "handed over";
    struct scenario_rig rig;
    struct mailbox_slot slots[MAILBOX_SLOTS];
    (void)state;
    open_with_mailbox(&rig, bytes, sizeof bytes);
    const uint32_t buffer = rig.session.layout.buffer + 0x1000;
    /* by an offset, as some hosts name places, and nothing after it */
    fill_slot(&rig, 0, (struct mailbox_slot){0x4321, sizeof bytes, buffer, .full = 1});
    fill_slot(&rig, 1, (struct mailbox_slot){.full = 1});
    scenario_assert_good(&rig, call_stream(&rig));
    assert_memory_equal(rig.cells + 0x4321, bytes, sizeof bytes);
    scenario_assert_good(&rig,
                         rig.target.ops->read_memory(rig.target.context, rig.session.layout.buffer,
                                                     slots, sizeof slots, &rig.error));
    assert_int_equal(slots[0].full, 0); /* given back */
    assert_int_equal(slots[1].full, 1);
    scenario_assert_boots(&rig);
    scenario_close(&rig);
}

static void what_is_not_in_the_flash_is_refused(void **state)
{
    static const struct {
        uint32_t address, size;
    } cases[] = {{0x70800000, 1}, {0x707FFFFF, 2}, {0x70000000, 0x800001},
                 {0x800000, 1},   {0x60000000, 4}, {0x70000000, UINT32_MAX}};
    static const uint8_t bytes[16];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scenario_rig rig;
        struct image nothing;
        open_with_mailbox(&rig, bytes, sizeof bytes);
        const uint32_t buffer = rig.session.layout.buffer + 0x1000;
        fill_slot(&rig, 0,
                  (struct mailbox_slot){cases[i].address, cases[i].size, buffer, .full = 1});
        assert_false(call_stream(&rig));
        assert_int_equal(rig.session.record.reason, REASON_RANGE);
        image_init(&nothing);
        scenario_assert_cells(&rig, &nothing, NULL);
        scenario_close(&rig);
    }
}

/* Nobody fills the second slot: the core comes back by itself, and the first one is in the flash. */
static void a_host_that_went_away_is_not_waited_for(void **state)
{
    static const uint8_t bytes[] = "the last words";
    struct scenario_rig rig;
    (void)state;
    open_with_mailbox(&rig, bytes, sizeof bytes);
    const uint64_t start = rig.target.ops->now_ns(rig.target.context);
    fill_slot(
        &rig, 0,
        (struct mailbox_slot){0x1000, sizeof bytes, rig.session.layout.buffer + 0x1000, .full = 1});
    assert_false(call_stream(&rig));
    assert_int_equal(rig.session.record.reason, REASON_STREAM_IDLE);
    assert_int_equal(rig.session.record.detail[0], 1);
    const uint64_t took = rig.target.ops->now_ns(rig.target.context) - start;
    assert_in_range(took / 1000, MAILBOX_IDLE_US, MAILBOX_IDLE_US * 5 / 4);
    assert_memory_equal(rig.cells + 0x1000, bytes, sizeof bytes);
    scenario_assert_boots(&rig);
    scenario_close(&rig);
}

/* --- what fails on the way --- */

struct mishap {
    struct scenario_rig *rig;
    enum sim_fault fault;
    unsigned frames; /* until it happens */
};

static void moment(void *context, enum sim_moment kind, uint32_t where, bool write)
{
    struct mishap *mishap = context;
    (void)where;
    (void)write;
    if (kind == SIM_MOMENT_FRAME && mishap->frames > 0 && --mishap->frames == 0) {
        sim_fault_set_in(mishap->rig->sim, mishap->fault, 1);
    }
}

/* What is reported as written is in the flash, and the reason is the loader's own. */
static void a_failure_on_the_way_is_told_with_what_was_written(void **state)
{
    static const enum sim_fault faults[] = {SIM_FAULT_PROTECTED, SIM_FAULT_WIP_STUCK};
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct scenario_rig rig;
        struct image image;
        uint64_t written = 0;
        scenario_open(&rig, &(struct scenario){.host = "native"});
        struct mishap mishap = {&rig, faults[i], 2000};
        const struct sim_moments moments = {&mishap, moment};
        scenario_make_image(&image, &rig.board, 0x10000, SIZE, 9);
        sim_watch_moments(rig.sim, &moments);
        assert_false(operation_write(&rig.session, &image, &written, &rig.error));
        sim_watch_moments(rig.sim, NULL);
        assert_int_equal(mishap.frames, 0);
        assert_int_equal(rig.error.code, ERROR_CALL_FAILED);
        assert_non_null(strstr(rig.error.detail, "extload_Stream"));
        assert_in_range(written, 1, image_size(&image) - 1);
        assert_memory_equal(rig.cells + 0x10000, image.segments[0].bytes, (size_t)written);
        image_release(&image);
        scenario_close(&rig);
    }
}

static volatile sig_atomic_t pressed;

static void press_in_time(void *context, const char *what, uint64_t done, uint64_t total,
                          uint64_t now_ns)
{
    (void)context;
    (void)what;
    (void)now_ns;
    pressed = done > total / 3;
}

/* Ctrl-C: no more is handed over, and the call ends by itself. */
static void a_user_who_stops_gets_a_core_that_came_back(void **state)
{
    struct scenario_rig rig;
    struct image image;
    uint64_t written = 0;
    (void)state;
    scenario_open(&rig, &(struct scenario){.host = "native"});
    pressed = 0;
    rig.session.events = (struct session_events){.progress = press_in_time, .cancel = &pressed};
    scenario_make_image(&image, &rig.board, 0x10000, SIZE, 9);
    assert_false(operation_write(&rig.session, &image, &written, &rig.error));
    assert_int_equal(rig.error.code, ERROR_INTERRUPTED);
    assert_in_range(written, image_size(&image) / 3, image_size(&image) - 1);
    session_read_record(&rig.session);
    assert_int_equal(rig.session.record.phase, PHASE_RETURNED);
    assert_int_equal(rig.session.record.result, 0);
    assert_memory_equal(rig.cells + 0x10000, image.segments[0].bytes, (size_t)written);
    scenario_assert_boots(&rig);
    image_release(&image);
    scenario_close(&rig);
}

static int set_up(void **state)
{
    (void)state;
    board_set_data_directory("data");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_flash_is_the_same_and_sooner),
        cmocka_unit_test(slots_are_taken_in_turn),
        cmocka_unit_test(what_is_not_in_the_flash_is_refused),
        cmocka_unit_test(a_host_that_went_away_is_not_waited_for),
        cmocka_unit_test(a_failure_on_the_way_is_told_with_what_was_written),
        cmocka_unit_test(a_user_who_stops_gets_a_core_that_came_back),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
