/* SPDX-License-Identifier: MIT */
/*
 * Indirect mode: FIFO, flags, DR, limits. Facts: flags of the OCTOSPI/XSPI family [memory:
 * reference manuals], as stm32n6xx-hal-driver relies on them; FIFO of 64 bytes [CMSIS header].
 */
#include "test_xspi_rig.h"

/* A four-byte RDID takes 8 + 32 clocks. */
static void read_identification_takes_forty_clocks(void **state)
{
    struct rig *r = *state;
    uint64_t start = r->clock.now_ps;

    start_read(r, 4);
    pass(r, 100);
    assert_int_equal(r->frames[0].select, start);
    assert_int_equal(r->frames[0].period, PERIOD);
    assert_int_equal(r->frames[0].count, 40);
    assert_int_equal(r->frames[0].deselect, start + 40 * PERIOD);
    assert_int_equal(get(r, XSPI_DR), 0x80176001);
    assert_false(flag(r, XSPI_SR_BUSY));
}

/* FLEVEL counts up a byte at a time, and next_event says when. */
static void next_event_is_every_change_of_flevel(void **state)
{
    struct rig *r = *state;
    uint64_t start = r->clock.now_ps;

    start_read(r, 3);
    for (unsigned i = 1; i <= 3; i++) {
        uint64_t next = xspi_next_event(r->xspi);

        assert_int_equal(next, start + (8 + 8 * i) * PERIOD);
        r->clock.now_ps = next - 1;
        assert_int_equal(level(r), i - 1);
        r->clock.now_ps = next;
        assert_int_equal(level(r), i);
    }
    assert_true(flag(r, XSPI_SR_TCF));
}

/* BUSY stays 1 while unread bytes remain, and AR and IR writes are ignored meanwhile. */
static void busy_until_the_fifo_is_empty(void **state)
{
    struct rig *r = *state;

    start_read(r, 2);
    pass(r, 24);
    assert_true(flag(r, XSPI_SR_TCF));
    assert_true(flag(r, XSPI_SR_BUSY));
    assert_false(r->low);
    put(r, XSPI_AR, 0x1234);
    put(r, XSPI_IR, 0x05);
    assert_int_equal(get(r, XSPI_AR), 0);
    assert_int_equal(r->frame_count, 1);
    assert_int_equal(get_byte(r), 0x01);
    assert_true(flag(r, XSPI_SR_BUSY));
    assert_int_equal(get_byte(r), 0x60);
    assert_false(flag(r, XSPI_SR_BUSY));
}

/* FTF: FLEVEL >= FTHRES + 1, or data left after the read completed. */
static void ftf_of_a_read(void **state)
{
    struct rig *r = *state;

    put(r, XSPI_CR, XSPI_CR_EN | 3U << XSPI_CR_FTHRES_Pos);
    start_read(r, 6);
    pass(r, 8 + 31);
    assert_int_equal(level(r), 3);
    assert_false(flag(r, XSPI_SR_FTF));
    pass(r, 1);
    assert_true(flag(r, XSPI_SR_FTF));
    get(r, XSPI_DR);
    assert_false(flag(r, XSPI_SR_FTF));
    pass(r, 16);
    assert_int_equal(level(r), 2);
    assert_true(flag(r, XSPI_SR_FTF)); /* the last two, below the threshold */
    get_byte(r);
    assert_true(flag(r, XSPI_SR_FTF));
    get_byte(r);
    assert_false(flag(r, XSPI_SR_FTF));
}

/* FTF must be 1 before the first DR write, with the FIFO empty; then free bytes >= FTHRES + 1. */
static void ftf_of_a_write(void **state)
{
    struct rig *r = *state;

    put(r, XSPI_CR, XSPI_CR_EN | 3U << XSPI_CR_FTHRES_Pos);
    put(r, XSPI_CCR, CCR_I1 | CCR_A1_24 | CCR_D1);
    put(r, XSPI_DLR, 255);
    assert_true(flag(r, XSPI_SR_FTF));
    for (unsigned i = 0; i < 60; i += 4) {
        put(r, XSPI_DR, i);
    }
    assert_true(flag(r, XSPI_SR_FTF));
    put_byte(r, 0);
    assert_int_equal(level(r), 61);
    assert_false(flag(r, XSPI_SR_FTF));
    pass(r, 32);
    assert_int_equal(level(r), 60); /* the first byte is in the shift register */
    assert_true(flag(r, XSPI_SR_FTF));
}

static void dr_moves_one_two_or_four_bytes(void **state)
{
    struct rig *r = *state;
    uint32_t value;

    start_read(r, 7);
    pass(r, 8 + 56);
    assert_int_equal(xspi_read(r->xspi, XSPI_DR, 2, &value), XSPI_OK);
    assert_int_equal(value, 0x6001);
    assert_int_equal(level(r), 5);
    assert_int_equal(xspi_read(r->xspi, XSPI_DR, 1, &value), XSPI_OK);
    assert_int_equal(value, 0x17);
    assert_int_equal(level(r), 4);
    assert_int_equal(xspi_read(r->xspi, XSPI_DR, 4, &value), XSPI_OK);
    assert_int_equal(value, 0x07060580);
    assert_int_equal(level(r), 0);
}

/* A DR read that the bus can serve takes the time it needs; one it cannot never returns. */
static void dr_read_waits_or_stalls(void **state)
{
    struct rig *r = *state;
    uint64_t start = r->clock.now_ps;
    uint32_t value;

    start_read(r, 4);
    assert_int_equal(get(r, XSPI_DR), 0x80176001);
    assert_int_equal(r->clock.now_ps, start + 40 * PERIOD);
    assert_int_equal(xspi_read(r->xspi, XSPI_DR, 4, &value), XSPI_OK); /* idle: nothing to wait */
    assert_int_equal(r->clock.now_ps, start + 40 * PERIOD);

    xspi_reset(r->xspi);
    xspi_set_kernel_clock(r->xspi, 0);
    start_read(r, 4);
    assert_int_equal(xspi_read(r->xspi, XSPI_DR, 1, &value), XSPI_STALL);
}

/* SCK pauses with CS# low when the FIFO is full; nothing is lost. */
static void read_pauses_at_64_bytes(void **state)
{
    struct rig *r = *state;
    static const uint8_t expected[] = {0x01, 0x60, 0x17, 0x80, 5, 6, 7, 8};

    start_read(r, 100);
    pass(r, 8 + 64 * 8);
    assert_int_equal(level(r), 64);
    assert_int_equal(xspi_next_event(r->xspi), PS_NEVER);
    pass(r, 5000);
    assert_true(r->low);
    assert_int_equal(r->frames[0].count, 8 + 64 * 8);
    for (unsigned i = 0; i < 100; i++) {
        assert_int_equal(get_byte(r), expected[i % 8]);
    }
    assert_false(r->low);
    assert_int_equal(r->frames[0].count, 8 + 100 * 8);
    assert_false(flag(r, XSPI_SR_BUSY));
}

/* A write pauses on an empty FIFO, and a DR write to a full one waits for room. */
static void write_pauses_and_waits(void **state)
{
    struct rig *r = *state;
    uint8_t bytes[100];
    uint64_t before;

    put(r, XSPI_CCR, CCR_I1 | CCR_D1);
    put(r, XSPI_DLR, 99);
    put(r, XSPI_IR, 0x02);
    put_byte(r, 0);
    pass(r, 500);
    assert_true(r->low);
    assert_int_equal(r->frames[0].count, 16);
    assert_int_equal(xspi_next_event(r->xspi), PS_NEVER);
    assert_false(flag(r, XSPI_SR_TCF));
    for (unsigned i = 1; i <= 65; i++) {
        put_byte(r, (uint8_t)i);
    }
    assert_int_equal(level(r), 64);
    before = r->clock.now_ps;
    put_byte(r, 66);
    assert_int_equal(r->clock.now_ps, before + 8 * PERIOD);
    for (unsigned i = 67; i < 100; i++) {
        put_byte(r, (uint8_t)i);
    }
    pass(r, 1000);
    assert_true(flag(r, XSPI_SR_TCF));
    assert_false(flag(r, XSPI_SR_BUSY));
    sent(r, 8, 1, 0, bytes, 100);
    for (unsigned i = 0; i < 100; i++) {
        assert_int_equal(bytes[i], i);
    }
}

/* The next DR write after a finished write is a new frame. */
static void dr_write_after_the_count_starts_again(void **state)
{
    struct rig *r = *state;

    put(r, XSPI_CCR, CCR_I1 | CCR_D1);
    put(r, XSPI_DR, 0x44332211); /* DLR = 0: one byte goes out, three are dropped */
    pass(r, 16);
    assert_false(flag(r, XSPI_SR_BUSY));
    assert_int_equal(level(r), 0);
    assert_int_equal(r->frames[0].count, 16);
    put_byte(r, 0x55);
    assert_int_equal(r->frame_count, 1); /* CS# is high for CSHT + 1 clocks */
    pass(r, 17);
    assert_int_equal(r->frame_count, 2);
    assert_int_equal(r->frames[1].select, r->frames[0].deselect + PERIOD);
}

/* DCR1.CSHT + 1 clocks of CS# high. */
static void chip_select_stays_high_for_csht(void **state)
{
    struct rig *r = *state;

    put(r, XSPI_DCR1, 25U << XSPI_DCR1_DEVSIZE_Pos | 6U << XSPI_DCR1_CSHT_Pos);
    put(r, XSPI_CCR, CCR_I1);
    put(r, XSPI_IR, 0x66);
    pass(r, 8);
    put(r, XSPI_IR, 0x99);
    pass(r, 20);
    assert_int_equal(r->frames[1].select - r->frames[0].deselect, 7 * PERIOD);
}

/* TEF: AR or AR + DLR beyond 2^(DEVSIZE+1); no bus activity. */
static void access_beyond_devsize_sets_tef(void **state)
{
    static const struct {
        uint32_t address, dlr;
        bool tef;
    } cases[] = {
        {0x7FFFFF, 0, false}, {0x800000, 0, true},           {0x7FFFFE, 1, false},
        {0x7FFFFE, 2, true},  {0x7FFFFE, 0xFFFFFFFF, false}, {0xFFFFFFFF, 0, true},
    };
    struct rig *r = *state;

    put(r, XSPI_DCR1, 22U << XSPI_DCR1_DEVSIZE_Pos);
    for (unsigned mode = 0; mode <= 2; mode++) {
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            unsigned frames = r->frame_count;

            put(r, XSPI_CR, fmode(mode));
            put(r, XSPI_CCR, CCR_I1 | CCR_A1_32 | CCR_D1);
            put(r, XSPI_DLR, mode == 2 ? cases[i].dlr & 3 : cases[i].dlr);
            put(r, XSPI_AR, cases[i].address);
            put(r, XSPI_DR, 0);
            if (mode == 2 && cases[i].dlr == 0xFFFFFFFF) {
                put(r, XSPI_CR, fmode(mode) | XSPI_CR_ABORT);
                put(r, XSPI_FCR, 0x1B);
                continue;
            }
            pass(r, 2);
            assert_int_equal(flag(r, XSPI_SR_TEF), cases[i].tef);
            assert_int_equal(r->frame_count != frames, !cases[i].tef);
            put(r, XSPI_CR, fmode(mode) | XSPI_CR_ABORT);
            put(r, XSPI_FCR, 0x1B);
            assert_int_equal(get(r, XSPI_SR) & 0x1B, 0);
        }
    }
}

/* DLR = FFFFFFFF runs to the end of the device. */
static void undefined_length_ends_with_the_device(void **state)
{
    struct rig *r = *state;

    put(r, XSPI_CR, fmode(1));
    put(r, XSPI_DCR1, 22U << XSPI_DCR1_DEVSIZE_Pos);
    put(r, XSPI_CCR, CCR_I1 | CCR_A1_24 | CCR_D1);
    put(r, XSPI_DLR, 0xFFFFFFFF);
    put(r, XSPI_AR, 0x7FFFFA);
    pass(r, 1000);
    assert_int_equal(level(r), 6);
    assert_true(flag(r, XSPI_SR_TCF));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(read_identification_takes_forty_clocks),
        RIG_TEST(next_event_is_every_change_of_flevel),
        RIG_TEST(busy_until_the_fifo_is_empty),
        RIG_TEST(ftf_of_a_read),
        RIG_TEST(ftf_of_a_write),
        RIG_TEST(dr_moves_one_two_or_four_bytes),
        RIG_TEST(dr_read_waits_or_stalls),
        RIG_TEST(read_pauses_at_64_bytes),
        RIG_TEST(write_pauses_and_waits),
        RIG_TEST(dr_write_after_the_count_starts_again),
        RIG_TEST(chip_select_stays_high_for_csht),
        RIG_TEST(access_beyond_devsize_sets_tef),
        RIG_TEST(undefined_length_ends_with_the_device),
    };

    return cmocka_run_group_tests_name("xspi indirect", tests, NULL, NULL);
}
