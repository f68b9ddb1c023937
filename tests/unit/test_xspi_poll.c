/* SPDX-License-Identifier: MIT */
/*
 * Automatic status polling. Facts: PSMKR, PSMAR, PIR, APMS, PMM of the XSPI [CMSIS header; memory:
 * reference manuals of the family], used by stm32n6xx-hal-driver for WIP and WEL.
 */
#include "test_xspi_rig.h"

#define PIR        16
#define POLL_FRAME (16 * PERIOD)
#define POLL_CYCLE ((16 + PIR) * PERIOD)

static void start_poll(struct rig *r, uint32_t mask, uint32_t match, uint32_t cr)
{
    put(r, XSPI_CR, fmode(2) | cr);
    put(r, XSPI_PSMKR, mask);
    put(r, XSPI_PSMAR, match);
    put(r, XSPI_PIR, PIR);
    put(r, XSPI_CCR, CCR_I1 | CCR_D1);
    put(r, XSPI_DLR, 0);
    put(r, XSPI_IR, 0x05);
}

/* PMM = 0: (status & PSMKR) == (PSMAR & PSMKR); PMM = 1: one unmasked bit is enough. */
static void match_modes(void **state)
{
    static const struct {
        uint32_t pmm;
        uint8_t status, mask, match;
        bool matches;
    } cases[] = {
        {0, 0x02, 0x02, 0x02, true},
        {0, 0x00, 0x02, 0x02, false},
        {0, 0xFC, 0x01, 0x00, true},
        {0, 0xFC, 0x01, 0xF0, true},
        {0, 0x01, 0x03, 0x03, false},
        {0, 0x03, 0x03, 0x03, true},
        {0, 0xA5, 0x00, 0xFF, true},
        {XSPI_CR_PMM, 0x01, 0x03, 0x03, true},
        {XSPI_CR_PMM, 0x00, 0x03, 0x03, false},
        {XSPI_CR_PMM, 0xFC, 0x03, 0x03, false},
        {XSPI_CR_PMM, 0x02, 0x03, 0x01, false},
        {XSPI_CR_PMM, 0x00, 0x03, 0x01, true},
    };
    struct rig *r = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        answer(r, 8, 1, &cases[i].status, 1);
        start_poll(r, cases[i].mask, cases[i].match, XSPI_CR_APMS | cases[i].pmm);
        pass(r, 17);
        if (flag(r, XSPI_SR_SMF) != cases[i].matches) {
            fail_msg("case %zu", i);
        }
        assert_int_equal(flag(r, XSPI_SR_BUSY), !cases[i].matches);
        put(r, XSPI_CR, fmode(2) | XSPI_CR_ABORT);
        put(r, XSPI_FCR, 0x1B);
        pass(r, 2);
    }
}

/* DLR + 1 status bytes, the first in the low byte; DR holds the last status, FLEVEL reads 0, FTF is
 * set by each status read and cleared by reading DR. */
static void status_of_several_bytes(void **state)
{
    static const uint8_t reply[] = {0x11, 0x22, 0x33, 0x44};
    struct rig *r = *state;

    answer(r, 8, 1, reply, 4);
    put(r, XSPI_CR, fmode(2) | XSPI_CR_APMS);
    put(r, XSPI_PSMKR, 0xFFFFFFFF);
    put(r, XSPI_PSMAR, 0x44332211);
    put(r, XSPI_DLR, 3);
    put(r, XSPI_CCR, CCR_I1 | CCR_D1);
    put(r, XSPI_IR, 0x05);
    pass(r, 39);
    assert_int_equal(get(r, XSPI_SR), XSPI_SR_BUSY);
    pass(r, 1);
    assert_int_equal(get(r, XSPI_SR), XSPI_SR_SMF | XSPI_SR_FTF);
    assert_int_equal(get_byte(r), 0x11);
    assert_int_equal(get(r, XSPI_DR), 0x44332211);
    assert_int_equal(get(r, XSPI_SR), XSPI_SR_SMF);
}

/* Frames repeat with PIR clocks between them, to the first that starts after the chip is ready. */
static void frames_repeat_every_pir_clocks(void **state)
{
    struct rig *r = *state;
    uint64_t start = r->clock.now_ps;

    r->hide_event = true;
    answer(r, 8, 1, "", 1);
    r->busy_until = start + 3 * POLL_CYCLE - PERIOD;
    start_poll(r, 1, 0, XSPI_CR_APMS);
    pass(r, 400);
    assert_int_equal(r->frame_count, 4);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(r->frames[i].select, start + i * POLL_CYCLE);
        assert_int_equal(r->frames[i].deselect, start + i * POLL_CYCLE + POLL_FRAME);
    }
    assert_false(flag(r, XSPI_SR_TCF)); /* TCF belongs to indirect mode and abort */
    assert_int_equal(xspi_stats(r->xspi)->polls, 4);
}

/* CS# is high for CSHT + 1 clocks at least, even if PIR is less. */
static void csht_bounds_the_gap(void **state)
{
    struct rig *r = *state;

    answer(r, 8, 1, "\1", 1);
    put(r, XSPI_DCR1, 25U << XSPI_DCR1_DEVSIZE_Pos | 19U << XSPI_DCR1_CSHT_Pos);
    start_poll(r, 1, 0, XSPI_CR_APMS);
    pass(r, 60);
    assert_int_equal(r->frames[1].select - r->frames[0].deselect, 20 * PERIOD);
    pass(r, 36 * 1000 - 60 + 3); /* skipped ones too */
    put(r, XSPI_CR, fmode(2) | XSPI_CR_ABORT);
    assert_int_equal(r->frames[r->frame_count - 1].select, r->frames[0].select + 36000 * PERIOD);
    assert_int_equal(xspi_stats(r->xspi)->polls, 1000);
}

/* Finds SMF by jumping from event to event; returns when it was set. */
static uint64_t run_to_match(struct rig *r, unsigned *jumps)
{
    uint64_t next = xspi_next_event(r->xspi);

    for (*jumps = 0; next != PS_NEVER; (*jumps)++) {
        r->clock.now_ps = next;
        if (flag(r, XSPI_SR_SMF)) {
            return next;
        }
        next = xspi_next_event(r->xspi);
        assert_true(next > r->clock.now_ps);
    }
    fail();
    return 0;
}

/* Skipped frames give the same match at the same time, whatever the phase of the chip's event. */
static void skipping_equals_executing(void **state)
{
    struct rig *r = *state;
    uint64_t duration[2], polls[2];
    unsigned jumps[2];

    answer(r, 8, 1, "", 1);
    for (unsigned phase = 0; phase < 70; phase++) {
        for (unsigned hide = 0; hide < 2; hide++) {
            uint64_t start, before;

            pass(r, 100);
            start = r->clock.now_ps;
            before = xspi_stats(r->xspi)->polls;
            r->frame_count = 0;
            r->slot_count = 0;
            r->hide_event = hide != 0;
            r->busy_until = start + 60 * POLL_CYCLE + phase * PERIOD / 2;
            start_poll(r, 1, 0, XSPI_CR_APMS);
            duration[hide] = run_to_match(r, &jumps[hide]) - start;
            polls[hide] = xspi_stats(r->xspi)->polls - before;
            put(r, XSPI_FCR, XSPI_SR_SMF);
        }
        assert_int_equal(duration[0], duration[1]);
        assert_int_equal(polls[0], polls[1]);
        assert_true(jumps[0] < 6);
        assert_true(jumps[1] >= 60);
    }
    assert_true(xspi_stats(r->xspi)->polls_skipped > 70 * 50);
}

/* The same if nobody asks for events and the time passes in one go, or in odd steps. */
static void skipping_does_not_depend_on_who_looks(void **state)
{
    struct rig *r = *state;
    uint64_t steps[] = {40000 * PERIOD, POLL_CYCLE + 7, 777777};

    answer(r, 8, 1, "", 1);
    for (unsigned i = 0; i < 3; i++) {
        uint64_t start = r->clock.now_ps;
        uint64_t before = xspi_stats(r->xspi)->polls;

        r->frame_count = 0;
        r->slot_count = 0;
        r->busy_until = start + 1000 * POLL_CYCLE + 15 * PERIOD + 1; /* after bit 0 */
        start_poll(r, 1, 0, XSPI_CR_APMS);
        while (r->clock.now_ps < start + 40000 * PERIOD) {
            pass_ps(r, steps[i]);
        }
        assert_int_equal(r->frames[r->frame_count - 1].select, start + 1001 * POLL_CYCLE);
        assert_int_equal(xspi_stats(r->xspi)->polls - before, 1002);
        assert_true(flag(r, XSPI_SR_SMF));
        put(r, XSPI_FCR, XSPI_SR_SMF);
    }
}

/* A chip that never gets ready: no event, ever. */
static void polling_a_dead_chip_is_not_an_event(void **state)
{
    struct rig *r = *state;

    answer(r, 8, 1, "\xFF", 1);
    start_poll(r, 1, 0, XSPI_CR_APMS);
    pass_ps(r, PS_PER_SECOND);
    assert_int_equal(xspi_next_event(r->xspi), PS_NEVER);
    assert_true(r->frame_count < 5);
    assert_true(flag(r, XSPI_SR_BUSY));
    get(r, XSPI_DR); /* FTF falls, and rises with the next status */
    assert_false(flag(r, XSPI_SR_FTF));
    assert_true(xspi_next_event(r->xspi) - r->clock.now_ps <= POLL_CYCLE);
    r->clock.now_ps = xspi_next_event(r->xspi);
    assert_true(flag(r, XSPI_SR_FTF));
}

/* After the board has changed the pins, polls look again. */
static void pins_that_change_end_the_skipping(void **state)
{
    struct rig *r = *state;

    answer(r, 8, 1, "\xFF", 1);
    start_poll(r, 1, 0, XSPI_CR_APMS);
    pass_ps(r, PS_PER_MS);
    xspi_pins_change(r->xspi);
    r->reply[0] = 0;
    r->clock.now_ps = xspi_next_event(r->xspi) + POLL_CYCLE;
    assert_true(flag(r, XSPI_SR_SMF));
    assert_false(flag(r, XSPI_SR_BUSY));
}

/* APMS = 0: polling goes on after a match, and sets SMF again once cleared. */
static void without_apms_polling_goes_on(void **state)
{
    struct rig *r = *state;

    answer(r, 8, 1, "", 1);
    start_poll(r, 1, 0, 0);
    pass(r, 1000);
    for (unsigned i = 0; i < 3; i++) {
        assert_true(flag(r, XSPI_SR_SMF));
        assert_true(flag(r, XSPI_SR_BUSY));
        assert_int_equal(xspi_next_event(r->xspi), PS_NEVER);
        put(r, XSPI_FCR, XSPI_SR_SMF);
        assert_false(flag(r, XSPI_SR_SMF));
        assert_true(xspi_next_event(r->xspi) != PS_NEVER);
        r->clock.now_ps = xspi_next_event(r->xspi);
    }
    put(r, XSPI_CR, fmode(2) | XSPI_CR_ABORT);
    assert_true(flag(r, XSPI_SR_TCF));
    assert_false(flag(r, XSPI_SR_BUSY));
    pass(r, 1000);
    assert_false(r->low);
}

static void disabling_ends_polling(void **state)
{
    struct rig *r = *state;
    unsigned frames;

    answer(r, 8, 1, "\1", 1);
    start_poll(r, 1, 0, XSPI_CR_APMS);
    pass(r, 10);
    put(r, XSPI_CR, 0);
    frames = r->frame_count;
    pass(r, 1000);
    assert_int_equal(get(r, XSPI_SR), 0);
    assert_int_equal(r->frame_count, frames);
}

/* A poll that need not be shown may be cut: then the pins see as much of it as has passed. */
static void abort_cuts_a_poll_short(void **state)
{
    struct rig *r = *state;
    uint64_t start = r->clock.now_ps;
    const struct logged_frame *last;

    answer(r, 8, 1, "\xFF", 1);
    start_poll(r, 1, 0, XSPI_CR_APMS);
    for (unsigned i = 0; i < 1000; i++) {
        pass(r, 8); /* looked at often, not shown more often */
    }
    assert_int_equal(r->frame_count, 2);
    r->clock.now_ps = start + 300 * POLL_CYCLE + 5 * PERIOD;
    put(r, XSPI_CR, fmode(2) | XSPI_CR_ABORT);
    last = &r->frames[r->frame_count - 1];
    assert_int_equal(last->select, start + 300 * POLL_CYCLE);
    assert_int_equal(last->count, 5);
    assert_int_equal(last->deselect, r->clock.now_ps);
    assert_int_equal(get(r, XSPI_SR) & XSPI_SR_TCF, XSPI_SR_TCF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(match_modes),
        RIG_TEST(status_of_several_bytes),
        RIG_TEST(frames_repeat_every_pir_clocks),
        RIG_TEST(csht_bounds_the_gap),
        RIG_TEST(skipping_equals_executing),
        RIG_TEST(skipping_does_not_depend_on_who_looks),
        RIG_TEST(polling_a_dead_chip_is_not_an_event),
        RIG_TEST(pins_that_change_end_the_skipping),
        RIG_TEST(without_apms_polling_goes_on),
        RIG_TEST(disabling_ends_polling),
        RIG_TEST(abort_cuts_a_poll_short),
    };

    return cmocka_run_group_tests_name("xspi polling", tests, NULL, NULL);
}
