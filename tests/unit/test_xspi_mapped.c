/* SPDX-License-Identifier: MIT */
/*
 * Memory-mapped mode. Facts: BUSY goes 1 at the first access and stays 1 while the prefetch keeps
 * NCS low, until timeout, abort or EN=0 [memory: reference manuals of the family]; the last 32
 * bytes of the device cannot be read [ES0620 as quoted in Zephyr discussion 109834].
 */
#include "test_xspi_rig.h"

#define HEADER 40 /* 03h, 24-bit address, 8 dummies: clocks before data */

static void map(struct rig *r, uint32_t cr)
{
    uint8_t bytes[64];

    for (unsigned i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(0x40 + i);
    }
    answer(r, HEADER, 1, bytes, sizeof bytes);
    put(r, XSPI_CCR, CCR_I1 | CCR_A1_24 | CCR_D1);
    put(r, XSPI_TCR, 8);
    put(r, XSPI_IR, 0x0B);
    put(r, XSPI_LPTR, 100);
    put(r, XSPI_CR, fmode(3) | cr);
}

static uint32_t look(struct rig *r, uint32_t offset, unsigned size)
{
    uint32_t value;

    assert_int_equal(xspi_window_read(r->xspi, offset, size, &value), XSPI_OK);
    return value;
}

static void first_access_starts_and_busy_stays(void **state)
{
    static const uint8_t header[] = {0x0B, 0x01, 0x02, 0x03};
    struct rig *r = *state;
    uint64_t start = r->clock.now_ps;
    uint8_t bytes[4];

    map(r, 0);
    assert_int_equal(get(r, XSPI_SR), 0);
    assert_int_equal(r->frame_count, 0);
    assert_int_equal(look(r, 0x010203, 4), 0x43424140);
    assert_int_equal(r->clock.now_ps, start + (HEADER + 32) * PERIOD);
    sent(r, 0, 1, 0, bytes, 4);
    assert_memory_equal(bytes, header, 4);
    assert_int_equal(get(r, XSPI_SR), XSPI_SR_BUSY);
    assert_int_equal(xspi_next_event(r->xspi), PS_NEVER);
    pass(r, 100000);
    assert_int_equal(get(r, XSPI_SR), XSPI_SR_BUSY);
    assert_true(r->low);
    assert_int_equal(r->frames[0].count, HEADER + 32 + 64 * 8); /* prefetched until full */
}

/* Reads that follow on are served by the prefetch; any other starts a new frame. */
static void sequential_reads_share_a_frame(void **state)
{
    struct rig *r = *state;
    uint64_t before;

    map(r, 0);
    look(r, 0, 4);
    before = r->clock.now_ps;
    assert_int_equal(look(r, 4, 4), 0x47464544);
    assert_int_equal(r->clock.now_ps, before + 32 * PERIOD); /* as fast as the bus */
    pass(r, 1000);
    before = r->clock.now_ps;
    assert_int_equal(look(r, 8, 1), 0x48);
    assert_int_equal(look(r, 9, 2), 0x4A49);
    assert_int_equal(r->clock.now_ps, before); /* out of the FIFO */
    assert_int_equal(r->frame_count, 1);
    assert_int_equal(look(r, 9, 2), 0x4140);
    assert_int_equal(r->frame_count, 2);
    assert_int_equal(r->clock.now_ps, before + (1 + HEADER + 16) * PERIOD);
    look(r, 0x1000, 1);
    assert_int_equal(r->frame_count, 3);
}

static void the_window_needs_mapped_mode(void **state)
{
    struct rig *r = *state;
    uint32_t value;

    map(r, 0);
    assert_true(xspi_is_mapped(r->xspi));
    put(r, XSPI_CR, fmode(1));
    assert_false(xspi_is_mapped(r->xspi));
    assert_int_equal(xspi_window_read(r->xspi, 0, 4, &value), XSPI_FAULT);
    assert_int_equal(xspi_window_write(r->xspi, 0, 4, 0), XSPI_FAULT);
    put(r, XSPI_CR, XSPI_CR_FMODE);
    assert_int_equal(xspi_window_read(r->xspi, 0, 4, &value), XSPI_FAULT);
    put(r, XSPI_CCR, CCR_I1);
    put(r, XSPI_CR, fmode(3));
    assert_int_equal(xspi_window_read(r->xspi, 0, 4, &value), XSPI_FAULT);
}

/* FMODE cannot be left while BUSY; abort first, which flushes, raises NCS and sets TCF. */
static void abort_leaves_mapped_mode(void **state)
{
    struct rig *r = *state;

    map(r, 0);
    look(r, 0, 4);
    put(r, XSPI_CR, fmode(0));
    assert_true(xspi_is_mapped(r->xspi));
    put(r, XSPI_AR, 0x1234);
    assert_int_equal(get(r, XSPI_AR), 0);
    put(r, XSPI_CR, fmode(3) | XSPI_CR_ABORT);
    assert_false(r->low);
    assert_int_equal(get(r, XSPI_SR), XSPI_SR_TCF);
    put(r, XSPI_AR, 0x1234); /* still FMODE=3 */
    assert_int_equal(get(r, XSPI_AR), 0);
    put(r, XSPI_CR, fmode(0));
    put(r, XSPI_AR, 0x1234);
    assert_int_equal(get(r, XSPI_AR), 0x1234);
    map(r, 0);
    assert_int_equal(look(r, 4, 1), 0x40);
    put(r, XSPI_CR, 0);
    assert_false(r->low);
    assert_false(flag(r, XSPI_SR_BUSY));
}

/* TCEN: LPTR clocks after the prefetch has filled the FIFO, NCS rises, TOF is set, BUSY falls. */
static void timeout_releases_the_chip(void **state)
{
    struct rig *r = *state;
    uint64_t full;

    map(r, XSPI_CR_TCEN);
    look(r, 0, 4);
    full = r->frames[0].select + (HEADER + 32 + 64 * 8) * PERIOD;
    while (xspi_next_event(r->xspi) <= full) {
        r->clock.now_ps = xspi_next_event(r->xspi);
    }
    assert_int_equal(xspi_next_event(r->xspi), full + 100 * PERIOD);
    r->clock.now_ps = full + 100 * PERIOD - 1;
    assert_int_equal(get(r, XSPI_SR), XSPI_SR_BUSY);
    r->clock.now_ps = full + 100 * PERIOD + 5;
    assert_int_equal(get(r, XSPI_SR), XSPI_SR_TOF);
    assert_int_equal(r->frames[0].deselect, full + 100 * PERIOD);
    assert_int_equal(xspi_next_event(r->xspi), PS_NEVER);
    pass(r, 1);
    assert_int_equal(look(r, 4, 1), 0x40);
    pass(r, 5000); /* full and timed out within one look */
    assert_int_equal(r->frames[1].deselect - r->frames[1].select,
                     (HEADER + 8 + 64 * 8 + 100) * PERIOD);
}

/* NOPREF: the frame ends with the access. */
static void without_prefetch_a_frame_each(void **state)
{
    struct rig *r = *state;

    map(r, XSPI_CR_NOPREF);
    assert_int_equal(look(r, 0, 4), 0x43424140);
    assert_int_equal(get(r, XSPI_SR), 0);
    assert_int_equal(r->frames[0].count, HEADER + 32);
    assert_int_equal(look(r, 4, 2), 0x4140);
    assert_int_equal(r->frame_count, 2);
    assert_false(r->low);
}

/* The last 32 bytes of 2^(DEVSIZE+1) cannot be read; with DEVSIZE one larger they can. */
static void last_32_bytes_are_out_of_reach(void **state)
{
    struct rig *r = *state;
    uint32_t value;

    put(r, XSPI_DCR1, 22U << XSPI_DCR1_DEVSIZE_Pos);
    map(r, 0);
    look(r, 0x7FFFDC, 4);
    assert_int_equal(xspi_window_read(r->xspi, 0x7FFFE0, 1, &value), XSPI_FAULT);
    assert_int_equal(xspi_window_read(r->xspi, 0x7FFFDE, 4, &value), XSPI_FAULT);
    assert_int_equal(xspi_window_read(r->xspi, 0x7FFFFC, 4, &value), XSPI_FAULT);
    assert_int_equal(xspi_window_read(r->xspi, 0x800000, 4, &value), XSPI_FAULT);
    look(r, 0x7FFFDF, 1);
    pass(r, 10000); /* the prefetch ends with the device; BUSY stays */
    assert_false(r->low);
    assert_int_equal(get(r, XSPI_SR), XSPI_SR_BUSY);
    put(r, XSPI_CR, fmode(3) | XSPI_CR_ABORT);
    put(r, XSPI_DCR1, 23U << XSPI_DCR1_DEVSIZE_Pos);
    look(r, 0x7FFFFC, 4);
}

/* Octal DTR carries pairs: an odd address begins one byte earlier. */
static void odd_address_in_octal_dtr(void **state)
{
    static const uint8_t reply[] = {0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17};
    struct rig *r = *state;
    uint8_t bytes[4];

    map(r, 0);
    put(r, XSPI_CCR, CCR_8D);
    answer(r, 6 + 16, 8, reply, sizeof reply);
    assert_int_equal(look(r, 0x101, 2), 0x1211);
    sent(r, 2, 8, 0, bytes, 4);
    assert_int_equal(bytes[3], 0);
    assert_int_equal(look(r, 0x103, 4), 0x16151413);
    assert_int_equal(r->frame_count, 1);
}

/* Writes go out by WCCR and WIR; those that follow on share the frame, a read ends it. */
static void writes_use_the_write_configuration(void **state)
{
    static const uint8_t expected[] = {0x12, 0x00, 0x00, 0x10, 0x00, 0x11,
                                       0x22, 0x33, 0x44, 0x55, 0x66};
    struct rig *r = *state;
    uint8_t bytes[11];

    map(r, 0);
    assert_int_equal(xspi_window_write(r->xspi, 0, 4, 0), XSPI_FAULT); /* WCCR.DMODE = 0 */
    put(r, XSPI_WCCR, CCR_I1 | CCR_A1_32 | CCR_D1);
    put(r, XSPI_WIR, 0x12);
    assert_int_equal(xspi_window_write(r->xspi, 0x1000, 4, 0x44332211), XSPI_OK);
    assert_int_equal(xspi_window_write(r->xspi, 0x1004, 2, 0x6655), XSPI_OK);
    assert_int_equal(look(r, 0x1000, 1), 0x40); /* waits for the posted bytes */
    assert_int_equal(r->frame_count, 2);
    assert_int_equal(r->frames[0].count, 88);
    r->frame_count = 1;
    sent(r, 0, 1, 0, bytes, 11);
    r->frame_count = 2;
    assert_memory_equal(bytes, expected, 11);
    for (unsigned i = 0; i < 30; i++) {
        assert_int_equal(xspi_window_write(r->xspi, 0x2000 + 4 * i, 4, i), XSPI_OK);
    }
    assert_int_equal(r->frame_count, 3);
    assert_true(flag(r, XSPI_SR_BUSY));
    pass(r, 10000);
    assert_int_equal(r->frames[2].count, 40 + 30 * 32);
    assert_true(r->low);
}

/* A wedged or unclocked controller never answers the window. */
static void without_a_clock_the_window_stalls(void **state)
{
    struct rig *r = *state;
    uint32_t value;

    map(r, 0);
    look(r, 0, 4);
    xspi_set_kernel_clock(r->xspi, 0);
    assert_int_equal(xspi_window_read(r->xspi, 0, 4, &value), XSPI_STALL);
    put(r, XSPI_WCCR, CCR_I1 | CCR_D1);
    assert_int_equal(xspi_window_write(r->xspi, 0, 4, 0), XSPI_FAULT); /* WCCR was locked */
    xspi_reset(r->xspi);
    assert_false(r->low);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(first_access_starts_and_busy_stays), RIG_TEST(sequential_reads_share_a_frame),
        RIG_TEST(the_window_needs_mapped_mode),       RIG_TEST(abort_leaves_mapped_mode),
        RIG_TEST(timeout_releases_the_chip),          RIG_TEST(without_prefetch_a_frame_each),
        RIG_TEST(last_32_bytes_are_out_of_reach),     RIG_TEST(odd_address_in_octal_dtr),
        RIG_TEST(writes_use_the_write_configuration), RIG_TEST(without_a_clock_the_window_stalls),
    };

    return cmocka_run_group_tests_name("xspi memory-mapped", tests, NULL, NULL);
}
