/* SPDX-License-Identifier: MIT */
/*
 * Registers, start conditions, locked fields, abort, clocks. Facts: register map of STM32N6 [SVD];
 * start conditions and flags of the OCTOSPI/XSPI family [memory: reference manuals], as
 * stm32n6xx-hal-driver relies on them.
 */
#include "test_xspi_rig.h"

/* All registers reset to 0 and keep exactly the bits that exist. */
static void registers_keep_their_bits(void **state)
{
    static const struct {
        uint32_t offset, mask;
    } cases[] = {
        {XSPI_CR, 0xF7DF3F4C}, /* without EN; ABORT reads 0 */
        {XSPI_DCR1, 0x073F3F03},
        {XSPI_DCR2, 0x000700FF},
        {XSPI_DCR3, 0x001F00FF},
        {XSPI_DCR4, 0xFFFFFFFF},
        {XSPI_DLR, 0xFFFFFFFF},
        {XSPI_PSMKR, 0xFFFFFFFF},
        {XSPI_PSMAR, 0xFFFFFFFF},
        {XSPI_PIR, 0xFFFF},
        {XSPI_CCR, 0x2F3F3F3F},
        {XSPI_TCR, 0x5000001F},
        {XSPI_IR, 0xFFFFFFFF},
        {XSPI_ABR, 0xFFFFFFFF},
        {XSPI_LPTR, 0xFFFF},
        {XSPI_WPCCR, 0x2F3F3F3F},
        {XSPI_WPTCR, 0x5000001F},
        {XSPI_WPIR, 0xFFFFFFFF},
        {XSPI_WPABR, 0xFFFFFFFF},
        {XSPI_WCCR, 0x2F3F3F3F},
        {XSPI_WTCR, 0x1F},
        {XSPI_WIR, 0xFFFFFFFF},
        {XSPI_WABR, 0xFFFFFFFF},
        {XSPI_HLCR, 0x00FFFF03},
        {XSPI_CALFCR, 0x001F007F},
        {XSPI_CALMR, 0x001F007F},
        {XSPI_CALSOR, 0x001F007F},
        {XSPI_CALSIR, 0x001F007F},
        {XSPI_SR, 0},
        {XSPI_FCR, 0},
    };
    struct rig *r = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        xspi_reset(r->xspi);
        assert_int_equal(get(r, cases[i].offset), 0);
        put(r, cases[i].offset, cases[i].offset == XSPI_CR ? ~XSPI_CR_EN : 0xFFFFFFFF);
        r->clock.now_ps += PS_PER_MS;
        assert_int_equal(get(r, cases[i].offset), cases[i].mask);
    }
    xspi_reset(r->xspi);
    put(r, XSPI_AR, 0xFFFFFFFF);
    assert_int_equal(get(r, XSPI_AR), 0xFFFFFFFF);
}

static void registers_take_bytes_and_halfwords(void **state)
{
    struct rig *r = *state;
    uint32_t value;

    put(r, XSPI_PSMKR, 0x11223344);
    assert_int_equal(xspi_write(r->xspi, XSPI_PSMKR + 1, 1, 0xAA), XSPI_OK);
    assert_int_equal(xspi_write(r->xspi, XSPI_PSMKR + 2, 2, 0xBBCC), XSPI_OK);
    assert_int_equal(get(r, XSPI_PSMKR), 0xBBCCAA44);
    assert_int_equal(xspi_read(r->xspi, XSPI_PSMKR + 2, 2, &value), XSPI_OK);
    assert_int_equal(value, 0xBBCC);
    assert_int_equal(xspi_read(r->xspi, XSPI_PSMKR + 1, 2, &value), XSPI_FAULT);
    assert_int_equal(xspi_read(r->xspi, 0x400, 4, &value), XSPI_FAULT);
    assert_int_equal(get(r, 0x3F0), 0);
}

/* The table of start conditions: configuration, what is written, whether CS# falls. */
static void only_the_right_write_starts(void **state)
{
    static const struct {
        unsigned mode;
        uint32_t ccr;
        uint32_t written;
        bool starts;
    } cases[] = {
        /* no address, no data: IR */
        {0, CCR_I1, XSPI_IR, true},
        {0, CCR_I1, XSPI_AR, false},
        {0, CCR_I1, XSPI_DR, false},
        {1, CCR_I1, XSPI_IR, true},
        /* address, no data: AR */
        {0, CCR_I1 | CCR_A1_24, XSPI_IR, false},
        {0, CCR_I1 | CCR_A1_24, XSPI_AR, true},
        /* indirect read */
        {1, CCR_I1 | CCR_D1, XSPI_IR, true},
        {1, CCR_I1 | CCR_D1, XSPI_AR, false},
        {1, CCR_I1 | CCR_A1_24 | CCR_D1, XSPI_IR, false},
        {1, CCR_I1 | CCR_A1_24 | CCR_D1, XSPI_AR, true},
        {1, CCR_A1_24 | CCR_D1, XSPI_AR, true},
        {1, CCR_I1 | CCR_D1, XSPI_DR, false},
        /* indirect write with data: DR */
        {0, CCR_I1 | CCR_D1, XSPI_IR, false},
        {0, CCR_I1 | CCR_A1_24 | CCR_D1, XSPI_AR, false},
        {0, CCR_I1 | CCR_D1, XSPI_DR, true},
        {0, CCR_I1 | CCR_A1_24 | CCR_D1, XSPI_DR, true},
        /* automatic polling */
        {2, CCR_I1 | CCR_D1, XSPI_IR, true},
        {2, CCR_I1 | CCR_D1, XSPI_AR, false},
        {2, CCR_I1 | CCR_A1_24 | CCR_D1, XSPI_IR, false},
        {2, CCR_I1 | CCR_A1_24 | CCR_D1, XSPI_AR, true},
        /* memory-mapped: only the window */
        {3, CCR_I1 | CCR_A1_24 | CCR_D1, XSPI_AR, false},
        {3, CCR_I1 | CCR_D1, XSPI_IR, false},
        {3, CCR_I1 | CCR_D1, XSPI_DR, false},
        /* never */
        {1, CCR_I1 | CCR_D1, XSPI_TCR, false},
        {1, CCR_I1 | CCR_D1, XSPI_DLR, false},
        {1, CCR_I1 | CCR_D1, XSPI_ABR, false},
        {1, CCR_I1 | CCR_D1, XSPI_WCCR, false},
        {1, CCR_I1 | CCR_D1, XSPI_WIR, false},
        {0, 0, XSPI_IR, false},
    };
    struct rig *r = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned frames = r->frame_count;

        put(r, XSPI_CR, fmode(cases[i].mode));
        put(r, XSPI_CCR, cases[i].ccr);
        assert_int_equal(r->frame_count, frames); /* CCR never starts */
        put(r, cases[i].written, 0);
        if ((r->frame_count != frames) != cases[i].starts) {
            fail_msg("case %zu", i);
        }
        assert_int_equal(flag(r, XSPI_SR_BUSY), cases[i].starts);
        put(r, XSPI_CR, fmode(cases[i].mode) | XSPI_CR_ABORT);
        put(r, XSPI_FCR, 0x1B);
        pass(r, 1); /* CSHT */
    }
}

static void nothing_starts_while_disabled(void **state)
{
    struct rig *r = *state;

    put(r, XSPI_CR, 0);
    put(r, XSPI_CCR, CCR_I1);
    put(r, XSPI_IR, 0x66);
    put(r, XSPI_CCR, CCR_I1 | CCR_D1);
    put(r, XSPI_DR, 0);
    pass(r, 100);
    assert_int_equal(r->frame_count, 0);
    assert_int_equal(get(r, XSPI_SR), 0);
}

/* HAL writes IR and AR with FMODE=0 (inert), then FMODE=1 and the same AR again: that starts. */
static void rewriting_the_same_address_starts(void **state)
{
    struct rig *r = *state;

    put(r, XSPI_CCR, CCR_I1 | CCR_A1_24 | CCR_D1);
    put(r, XSPI_IR, 0x03);
    put(r, XSPI_AR, 0x100);
    assert_int_equal(r->frame_count, 0);
    put(r, XSPI_CR, fmode(1));
    assert_int_equal(r->frame_count, 0);
    put(r, XSPI_AR, get(r, XSPI_AR));
    assert_int_equal(r->frame_count, 1);
    pass(r, 40);
    get_byte(r);
    pass(r, 1); /* CSHT */
    put(r, XSPI_AR, 0x100);
    assert_int_equal(r->frame_count, 2);
}

/* A command without data sets TCF and ends BUSY when CS# rises. */
static void a_command_sets_tcf(void **state)
{
    struct rig *r = *state;

    put(r, XSPI_CCR, CCR_I1);
    put(r, XSPI_IR, 0x06);
    assert_int_equal(xspi_next_event(r->xspi), r->clock.now_ps + 8 * PERIOD);
    pass_ps(r, 8 * PERIOD - 1);
    assert_true(flag(r, XSPI_SR_BUSY));
    assert_false(flag(r, XSPI_SR_TCF));
    pass_ps(r, 1);
    assert_false(flag(r, XSPI_SR_BUSY));
    assert_true(flag(r, XSPI_SR_TCF));
    assert_int_equal(xspi_next_event(r->xspi), PS_NEVER);
    put(r, XSPI_CCR, CCR_I1);
    assert_true(flag(r, XSPI_SR_TCF)); /* sticky */
    put(r, XSPI_FCR, XSPI_SR_TCF);
    assert_false(flag(r, XSPI_SR_TCF));
}

/* FMODE, DMM, CSSEL, APMS, PMM, TCEN change only with BUSY = 0; FTHRES at any time. */
static void fields_are_locked_while_busy(void **state)
{
    static const uint32_t locked =
        XSPI_CR_FMODE | XSPI_CR_DMM | XSPI_CR_CSSEL | XSPI_CR_APMS | XSPI_CR_PMM | XSPI_CR_TCEN;
    struct rig *r = *state;

    put(r, XSPI_CCR, CCR_I1);
    put(r, XSPI_IR, 0x06);
    put(r, XSPI_CR, XSPI_CR_EN | XSPI_CR_FTHRES | locked);
    assert_int_equal(get(r, XSPI_CR), XSPI_CR_EN | XSPI_CR_FTHRES);
    put(r, XSPI_CCR, 0);
    assert_int_equal(get(r, XSPI_CCR), CCR_I1);
    pass(r, 8);
    put(r, XSPI_CR, XSPI_CR_EN | locked);
    assert_int_equal(get(r, XSPI_CR), XSPI_CR_EN | locked);
}

/* Abort of an idle controller gives no TCF [betaflight PR 15246]. */
static void abort_when_idle_does_nothing(void **state)
{
    struct rig *r = *state;

    put(r, XSPI_CR, XSPI_CR_EN | XSPI_CR_ABORT);
    assert_int_equal(get(r, XSPI_CR), XSPI_CR_EN);
    pass(r, 100);
    assert_false(flag(r, XSPI_SR_TCF));
}

/* Abort while busy: FIFO flushed, CS# high, TCF set, BUSY 0, the bit reads 0. */
static void abort_when_busy(void **state)
{
    struct rig *r = *state;

    start_read(r, 8);
    pass(r, 8 + 19);
    assert_int_equal(level(r), 2);
    put(r, XSPI_CR, fmode(1) | XSPI_CR_ABORT);
    assert_int_equal(get(r, XSPI_CR), fmode(1));
    assert_false(r->low);
    assert_int_equal(r->frames[0].count, 27); /* cut between two bytes' bits */
    assert_int_equal(get(r, XSPI_SR), XSPI_SR_TCF);
    put(r, XSPI_FCR, XSPI_SR_TCF);
    start_read(r, 1);
    pass(r, 100);
    assert_true(flag(r, XSPI_SR_BUSY)); /* unread byte */
    put(r, XSPI_CR, fmode(1) | XSPI_CR_ABORT);
    assert_int_equal(get(r, XSPI_SR), XSPI_SR_TCF);
}

static void disabling_ends_without_tcf(void **state)
{
    struct rig *r = *state;

    start_read(r, 8);
    pass(r, 20);
    put(r, XSPI_CR, 0);
    assert_false(r->low);
    assert_int_equal(get(r, XSPI_SR), 0);
}

/* BUSY is 1 for a while after a DCR2.PRESCALER write; DCR3 may be written meanwhile, as HAL does.
 * An abort then sets TCF. */
static void prescaler_write_calibrates(void **state)
{
    struct rig *r = *state;
    uint64_t end;

    put(r, XSPI_DCR2, 3);
    assert_true(flag(r, XSPI_SR_BUSY));
    put(r, XSPI_DCR3, 0x00010002);
    assert_int_equal(get(r, XSPI_DCR3), 0x00010002);
    put(r, XSPI_CCR, CCR_I1);
    assert_int_equal(get(r, XSPI_CCR), 0);
    end = xspi_next_event(r->xspi);
    r->clock.now_ps = end - 1;
    assert_true(flag(r, XSPI_SR_BUSY));
    r->clock.now_ps = end;
    assert_false(flag(r, XSPI_SR_BUSY));
    put(r, XSPI_CCR, CCR_I1);
    put(r, XSPI_IR, 0x06);
    assert_int_equal(r->frames[0].period, 2 * PERIOD);

    pass(r, 100);
    put(r, XSPI_FCR, XSPI_SR_TCF);
    put(r, XSPI_DCR2, 1);
    put(r, XSPI_CR, XSPI_CR_EN | XSPI_CR_ABORT);
    assert_true(flag(r, XSPI_SR_TCF));
    assert_false(flag(r, XSPI_SR_BUSY));
    assert_int_equal(xspi_write(r->xspi, XSPI_DCR2 + 2, 1, 0), XSPI_OK); /* WRAPSIZE only */
    assert_false(flag(r, XSPI_SR_BUSY));
}

/* A kernel clock change under EN = 1 wedges until reset. */
static void clock_change_while_enabled_wedges(void **state)
{
    struct rig *r = *state;
    uint32_t value;

    xspi_set_kernel_clock(r->xspi, 64000000);
    assert_false(flag(r, XSPI_SR_BUSY));
    xspi_set_kernel_clock(r->xspi, 75000000);
    assert_true(flag(r, XSPI_SR_BUSY));
    put(r, XSPI_CR, XSPI_CR_EN | XSPI_CR_ABORT);
    put(r, XSPI_CR, 0);
    pass(r, 100000);
    assert_int_equal(get(r, XSPI_SR) & (XSPI_SR_BUSY | XSPI_SR_TCF), XSPI_SR_BUSY);
    assert_int_equal(xspi_next_event(r->xspi), PS_NEVER);
    xspi_reset(r->xspi);
    assert_int_equal(get(r, XSPI_SR), 0);
    put(r, XSPI_CCR, CCR_I1 | CCR_A1_24 | CCR_D1);
    put(r, XSPI_CR, fmode(3));
    xspi_set_kernel_clock(r->xspi, 64000000);
    assert_int_equal(xspi_window_read(r->xspi, 0, 1, &value), XSPI_FAULT); /* DEVSIZE = 0 */
    xspi_reset(r->xspi);
    put(r, XSPI_DCR1, 25U << XSPI_DCR1_DEVSIZE_Pos);
    put(r, XSPI_CCR, CCR_I1 | CCR_A1_24 | CCR_D1);
    put(r, XSPI_CR, fmode(3));
    xspi_set_kernel_clock(r->xspi, 75000000);
    assert_int_equal(xspi_window_read(r->xspi, 0, 1, &value), XSPI_STALL);
}

/* Without kernel clock registers answer and transfers never end, abort or not. */
static void no_kernel_clock(void **state)
{
    struct rig *r = *state;

    put(r, XSPI_CR, 0);
    xspi_set_kernel_clock(r->xspi, 0);
    put(r, XSPI_CR, XSPI_CR_EN);
    put(r, XSPI_CCR, CCR_I1);
    assert_int_equal(get(r, XSPI_CCR), CCR_I1);
    put(r, XSPI_IR, 0x06);
    pass_ps(r, PS_PER_SECOND);
    put(r, XSPI_CR, XSPI_CR_EN | XSPI_CR_ABORT);
    assert_int_equal(get(r, XSPI_SR) & (XSPI_SR_BUSY | XSPI_SR_TCF), XSPI_SR_BUSY);
    assert_int_equal(r->frame_count, 0);
    put(r, XSPI_CR, 0);
    assert_true(flag(r, XSPI_SR_BUSY));
    xspi_set_kernel_clock(r->xspi, 64000000); /* EN = 0 is carried out at last */
    assert_int_equal(get(r, XSPI_SR), 0);
    xspi_set_kernel_clock(r->xspi, 0);
    put(r, XSPI_DCR2, 1);
    pass_ps(r, PS_PER_SECOND);
    assert_true(flag(r, XSPI_SR_BUSY));
    xspi_set_kernel_clock(r->xspi, 64000000);
    pass(r, 1000);
    assert_false(flag(r, XSPI_SR_BUSY));
}

static void reset_releases_the_chip(void **state)
{
    struct rig *r = *state;

    start_read(r, 100);
    pass(r, 20);
    assert_true(r->low);
    xspi_reset(r->xspi);
    assert_false(r->low);
    assert_false(xspi_is_enabled(r->xspi));
    assert_int_equal(get(r, XSPI_CR), 0);
    assert_int_equal(get(r, XSPI_CCR), 0);
    assert_int_equal(get(r, XSPI_SR), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(registers_keep_their_bits),
        RIG_TEST(registers_take_bytes_and_halfwords),
        RIG_TEST(only_the_right_write_starts),
        RIG_TEST(nothing_starts_while_disabled),
        RIG_TEST(rewriting_the_same_address_starts),
        RIG_TEST(a_command_sets_tcf),
        RIG_TEST(fields_are_locked_while_busy),
        RIG_TEST(abort_when_idle_does_nothing),
        RIG_TEST(abort_when_busy),
        RIG_TEST(disabling_ends_without_tcf),
        RIG_TEST(prescaler_write_calibrates),
        RIG_TEST(clock_change_while_enabled_wedges),
        RIG_TEST(no_kernel_clock),
        RIG_TEST(reset_releases_the_chip),
    };

    return cmocka_run_group_tests_name("xspi", tests, NULL, NULL);
}
