/* SPDX-License-Identifier: MIT */
/* Which events a sweep disturbs: every one outside a loop; of a loop four iterations. */
#include "sweep/classes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ROOM 4000

static struct sweep_event events[ROOM];
static uint32_t count;

static void add(enum sim_moment kind, uint32_t where, bool write)
{
    assert_true(count < ROOM);
    events[count++] =
        (struct sweep_event){.where = where, .kind = (uint8_t)kind, .is_write = write};
}

static void add_read(uint32_t where)
{
    add(SIM_MOMENT_REGISTER, where, false);
}

static unsigned classify(void)
{
    return sweep_classify(events, count);
}

static uint32_t left_out(void)
{
    uint32_t result = 0;
    for (uint32_t i = 0; i < count; i++) {
        result += events[i].left_out;
    }
    return result;
}

static int begin(void **state)
{
    (void)state;
    memset(events, 0, sizeof events);
    count = 0;
    return 0;
}

static void what_never_repeats_is_all_taken(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 300; i++) {
        add_read(0x1000 + 4 * (i * i % 293)); /* no period */
    }
    assert_int_equal(classify(), 0);
    assert_int_equal(left_out(), 0);
}

static void of_a_poll_the_first_second_middle_and_last_are_taken(void **state)
{
    (void)state;
    add(SIM_MOMENT_REGISTER, 0x10, true);
    for (unsigned i = 0; i < 101; i++) {
        add_read(0x20);
    }
    add(SIM_MOMENT_REGISTER, 0x10, true);
    assert_int_equal(classify(), 1);
    assert_int_equal(left_out(), 97);
    assert_false(events[0].left_out || events[1].left_out || events[2].left_out);
    assert_true(events[3].left_out);
    assert_false(events[1 + 50].left_out || events[101].left_out || events[102].left_out);
}

static void four_times_are_no_loop(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        add_read(0x20);
    }
    add_read(0x24);
    assert_int_equal(classify(), 0);
    assert_int_equal(left_out(), 0);
}

/* A status read and eight of data, a hundred times: the inner loop is part of the outer one. */
static void the_longest_loop_counts(void **state)
{
    (void)state;
    for (unsigned burst = 0; burst < 100; burst++) {
        add_read(0x20);
        for (unsigned i = 0; i < 8; i++) {
            add_read(0x50);
        }
    }
    assert_int_equal(classify(), 1);
    assert_int_equal(left_out(), 96 * 9);
}

static void a_write_and_a_read_of_one_register_differ(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 20; i++) {
        add(SIM_MOMENT_REGISTER, 0x50, i == 10);
    }
    assert_int_equal(classify(), 2);
    assert_false(events[9].left_out || events[10].left_out || events[11].left_out);
}

static void blocks_go_with_their_iteration_and_frames_do_not(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 60; i++) {
        add_read(0x20);
        if (i % 6 == 5) {
            add(SIM_MOMENT_BLOCK, 0x8000 + i, false);
        }
        if (i == 20) {
            add(SIM_MOMENT_FRAME, 0x9F, false);
        }
    }
    assert_int_equal(classify(), 1);
    for (uint32_t i = 0; i < count; i++) {
        if (events[i].kind == SIM_MOMENT_FRAME) {
            assert_false(events[i].left_out);
        }
    }
    assert_true(left_out() > 56); /* 56 reads, and blocks */
}

static void status_frames_without_a_write_between_are_a_class(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 10; i++) {
        add(SIM_MOMENT_FRAME, 0x05, false);
    }
    add(SIM_MOMENT_REGISTER, 0x10, true);
    for (unsigned i = 0; i < 3; i++) {
        add(SIM_MOMENT_FRAME, 0x05, false);
    }
    assert_int_equal(classify(), 1);
    assert_int_equal(left_out(), 6);
    assert_false(events[11].left_out || events[12].left_out || events[13].left_out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_never_repeats_is_all_taken, begin),
        cmocka_unit_test_setup(of_a_poll_the_first_second_middle_and_last_are_taken, begin),
        cmocka_unit_test_setup(four_times_are_no_loop, begin),
        cmocka_unit_test_setup(the_longest_loop_counts, begin),
        cmocka_unit_test_setup(a_write_and_a_read_of_one_register_differ, begin),
        cmocka_unit_test_setup(blocks_go_with_their_iteration_and_frames_do_not, begin),
        cmocka_unit_test_setup(status_frames_without_a_write_between_are_a_class, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
