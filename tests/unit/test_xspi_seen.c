/* SPDX-License-Identifier: MIT */
/*
 * Frames as a watcher is told of them, held against what was on the pins: parts, data, skipped polls, a
 * frame that is cut off.
 */
#include "test_xspi_rig.h"

struct seen {
    unsigned begun, ended;
    struct xspi_seen begin, end; /* the last */
};

static struct seen seen;

static void watch(void *context, const struct xspi_seen *frame, bool ended)
{
    struct seen *told = context;
    if (ended) {
        told->ended++;
        told->end = *frame;
    } else {
        told->begun++;
        told->begin = *frame;
    }
}

static struct rig *watched(void **state)
{
    struct rig *r = *state;
    seen = (struct seen){0};
    xspi_watch_frames(r->xspi, watch, &seen);
    return r;
}

static void a_read_is_told_twice(void **state)
{
    struct rig *r = watched(state);
    static const uint8_t id[] = {0x01, 0x60, 0x17};
    start_read(r, 3);
    pass(r, 1);
    assert_int_equal(seen.begun, 1);
    assert_int_equal(seen.ended, 0);
    assert_int_equal(seen.begin.instruction.value, 0x9F);
    assert_int_equal(seen.begin.instruction.lanes, 1);
    assert_int_equal(seen.begin.instruction.size, 1);
    assert_int_equal(seen.begin.address.lanes, 0);
    assert_int_equal(seen.begin.begin_ps, r->frames[0].select);
    assert_int_equal(seen.begin.end_ps, 0);
    pass(r, 100);
    assert_int_equal(seen.ended, 1);
    assert_true(seen.end.reads && seen.end.whole && !seen.end.mapped);
    assert_int_equal(seen.end.end_ps, r->frames[0].deselect);
    assert_int_equal(seen.end.data_bytes, 3);
    assert_memory_equal(seen.end.data_first, id, sizeof id);
}

static void a_long_write_shows_its_first_bytes(void **state)
{
    struct rig *r = watched(state);
    put(r, XSPI_CR, fmode(0));
    put(r, XSPI_CCR, CCR_I1 | CCR_A1_24 | CCR_D4);
    put(r, XSPI_TCR, 3);
    put(r, XSPI_DLR, 19);
    put(r, XSPI_IR, 0x32);
    put(r, XSPI_AR, 0x123456);
    for (uint8_t i = 0; i < 20; i++) {
        put_byte(r, (uint8_t)(0xA0 + i));
    }
    pass(r, 200);
    assert_int_equal(seen.ended, 1);
    assert_false(seen.end.reads);
    assert_true(seen.end.whole);
    assert_int_equal(seen.end.address.value, 0x123456);
    assert_int_equal(seen.end.address.size, 3);
    assert_int_equal(seen.end.data.lanes, 4);
    assert_int_equal(seen.end.dummies, 3);
    assert_int_equal(seen.end.data_bytes, 20);
    for (unsigned i = 0; i < XSPI_SEEN_BYTES; i++) {
        assert_int_equal(seen.end.data_first[i], 0xA0 + i);
    }
}

/* Octal on both edges: two bytes of instruction, none of a data phase. */
static void both_edges_are_told(void **state)
{
    struct rig *r = watched(state);
    put(r, XSPI_CR, fmode(0));
    put(r, XSPI_CCR, CCR_8D & 0xFFu);
    put(r, XSPI_IR, 0x06F9);
    pass(r, 50);
    assert_int_equal(seen.ended, 1);
    assert_int_equal(seen.end.instruction.value, 0x06F9);
    assert_int_equal(seen.end.instruction.lanes, 8);
    assert_int_equal(seen.end.instruction.size, 2);
    assert_true(seen.end.instruction.dtr);
    assert_int_equal(seen.end.data.lanes, 0);
    assert_int_equal(seen.end.data_bytes, 0);
}

/* Every poll is a frame that is told, or one of those that the next one counts. */
static void polls_are_told_or_counted(void **state)
{
    struct rig *r = watched(state);
    const uint64_t cycle = (16 + 16) * PERIOD;
    answer(r, 8, 1, "", 1);
    r->busy_until = r->clock.now_ps + 500 * cycle + 1;
    put(r, XSPI_CR, fmode(2) | XSPI_CR_APMS);
    put(r, XSPI_PSMKR, 1);
    put(r, XSPI_PSMAR, 0);
    put(r, XSPI_PIR, 16);
    put(r, XSPI_CCR, CCR_I1 | CCR_D1);
    put(r, XSPI_DLR, 0);
    put(r, XSPI_IR, 0x05);
    uint64_t skipped = 0;
    unsigned last = 0;
    for (unsigned i = 0; i < 600; i++) {
        pass_ps(r, cycle);
        if (seen.ended > last) {
            last = seen.ended;
            skipped += seen.end.polls_skipped;
        }
    }
    assert_true(flag(r, XSPI_SR_SMF));
    assert_true(skipped > 400);
    assert_int_equal(seen.ended + skipped, xspi_stats(r->xspi)->polls);
}

static void a_frame_that_is_cut_off_says_so(void **state)
{
    struct rig *r = watched(state);
    start_read(r, 40);
    pass(r, 8 + 8 * 5 + 3);
    put(r, XSPI_CR, fmode(1) | XSPI_CR_ABORT);
    assert_int_equal(seen.ended, 1);
    assert_false(seen.end.whole);
    assert_int_equal(seen.end.data_bytes, 5);
}

static void nobody_is_told_any_more(void **state)
{
    struct rig *r = watched(state);
    start_read(r, 3);
    pass(r, 1);
    xspi_watch_frames(r->xspi, NULL, NULL);
    pass(r, 100);
    assert_int_equal(seen.begun, 1);
    assert_int_equal(seen.ended, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(a_read_is_told_twice),
        RIG_TEST(a_long_write_shows_its_first_bytes),
        RIG_TEST(both_edges_are_told),
        RIG_TEST(polls_are_told_or_counted),
        RIG_TEST(a_frame_that_is_cut_off_says_so),
        RIG_TEST(nobody_is_told_any_more),
    };
    return cmocka_run_group_tests_name("xspi frames seen", tests, NULL, NULL);
}
