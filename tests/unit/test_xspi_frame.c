/* SPDX-License-Identifier: MIT */
/*
 * What a frame looks like on the pins. Facts: CCR, TCR, DCR1.MTYP, CR.MSEL and CR.CSSEL of the XSPI
 * [CMSIS header of cmsis-device-n6]; bit order on 1, 2, 4, 8 lines [FMF S25FL064L model]; order of
 * the edges in DTR [JESD216, MX66UW data as probed by stm32-mw-extmem-mgr].
 */
#include "test_xspi_rig.h"

#define SLOT(r, n) ((r)->slots[(r)->frames[(r)->frame_count - 1].first + (n)])

static void write_out(struct rig *r, uint32_t ccr, uint32_t tcr, const uint8_t *data, unsigned size)
{
    put(r, XSPI_CCR, ccr);
    put(r, XSPI_TCR, tcr);
    put(r, XSPI_DLR, size - 1);
    for (unsigned i = 0; i < size; i++) {
        put_byte(r, data[i]);
    }
    pass(r, 200);
    assert_true(flag(r, XSPI_SR_TCF));
}

static void read_in(struct rig *r, uint32_t ccr, uint32_t tcr, uint8_t *data, unsigned size)
{
    put(r, XSPI_CR, fmode(1) | (get(r, XSPI_CR) & (XSPI_CR_MSEL | XSPI_CR_CSSEL)));
    put(r, XSPI_CCR, ccr);
    put(r, XSPI_TCR, tcr);
    put(r, XSPI_DLR, size - 1);
    if ((ccr & XSPI_CCR_ADMODE) != 0) {
        put(r, XSPI_AR, get(r, XSPI_AR));
    } else {
        put(r, XSPI_IR, get(r, XSPI_IR));
    }
    for (unsigned i = 0; i < size; i++) {
        data[i] = get_byte(r);
    }
}

/* ISIZE, ADSIZE, ABSIZE + 1 bytes, most significant first; each phase on its own lines. */
static void phases_by_size(void **state)
{
    static const struct {
        uint32_t ccr;
        unsigned size;
        uint8_t bytes[12];
    } cases[] = {
        {CCR_I1, 1, {0x9F}},
        {CCR_I1 | 1U << XSPI_CCR_ISIZE_Pos, 2, {0x60, 0x9F}},
        {CCR_I1 | CCR_A1_24, 4, {0x9F, 0x56, 0x78, 0x9A}},
        {CCR_I1 | CCR_A1_32, 5, {0x9F, 0x01, 0x56, 0x78, 0x9A}},
        {CCR_I1 | 0x0100, 2, {0x9F, 0x9A}},
        {CCR_I1 | 0x1100, 3, {0x9F, 0x78, 0x9A}},
        {CCR_I1 | CCR_A1_24 | 0x00010000, 5, {0x9F, 0x56, 0x78, 0x9A, 0xD4}},
        {CCR_I1 | CCR_A1_24 | 0x00310000, 8, {0x9F, 0x56, 0x78, 0x9A, 0xA1, 0xB2, 0xC3, 0xD4}},
        {CCR_A1_24, 3, {0x56, 0x78, 0x9A}},
    };
    struct rig *r = *state;
    uint8_t bytes[12];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        put(r, XSPI_CCR, 0);
        put(r, XSPI_IR, 0x1234609F);
        put(r, XSPI_ABR, 0xA1B2C3D4);
        put(r, XSPI_CCR, cases[i].ccr);
        put(r, (cases[i].ccr & XSPI_CCR_ADMODE) != 0 ? XSPI_AR : XSPI_IR,
            (cases[i].ccr & XSPI_CCR_ADMODE) != 0 ? 0x0156789A : 0x1234609F);
        pass(r, 100);
        assert_int_equal(r->frame_count, i + 1);
        assert_int_equal(r->frames[i].count, cases[i].size * 8);
        sent(r, 0, 1, 0, bytes, cases[i].size);
        assert_memory_equal(bytes, cases[i].bytes, cases[i].size);
    }
}

/* On one line: out on IO0, in on IO1; IO2 held low and IO3 high [memory: reference manuals of the
 * family]; the rest released. */
static void one_line_frame_holds_io2_and_io3(void **state)
{
    static const uint8_t reply[] = {0xA5, 0x3C};
    struct rig *r = *state;
    uint8_t data[2];

    answer(r, 16, 1, reply, 2);
    put(r, XSPI_IR, 0xFF);
    read_in(r, CCR_I1 | CCR_D1, 8, data, 2);
    assert_memory_equal(data, reply, 2);
    assert_int_equal(r->frames[r->frame_count - 1].count, 8 + 8 + 16);
    for (unsigned i = 0; i < 32; i++) {
        assert_int_equal(SLOT(r, i).out.driven, i < 8 ? 0x0D : 0x0C);
        assert_int_equal(SLOT(r, i).out.level, i < 8 ? 0x09 : 0x08);
        assert_int_equal(SLOT(r, i).edge, NOR_EDGE_PERIOD);
        assert_int_equal(SLOT(r, i).at, r->frames[r->frame_count - 1].select + i * PERIOD);
    }
}

/* Two lines: IO1 bit 7, IO0 bit 6. Four: IO3..IO0 bits 7..4 first. Eight: IO7..IO0. */
static void data_on_more_lines(void **state)
{
    static const struct {
        unsigned lanes, code;
        uint8_t dummy_driven;
    } cases[] = {{2, 2, 0x0C}, {4, 3, 0}, {8, 4, 0}};
    static const uint8_t data[] = {0x12, 0xB7, 0x5E};
    struct rig *r = *state;
    uint8_t bytes[3];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t ccr = CCR_I1 | cases[i].code << XSPI_CCR_DMODE_Pos;

        put(r, XSPI_CR, XSPI_CR_EN);
        put(r, XSPI_FCR, XSPI_SR_TCF);
        write_out(r, ccr, 0, data, 3);
        sent(r, 8, cases[i].lanes, 0, bytes, 3);
        assert_memory_equal(bytes, data, 3);
        assert_int_equal(r->frames[r->frame_count - 1].count, 8 + 24 / cases[i].lanes);

        answer(r, 8 + 10, cases[i].lanes, data, 3);
        read_in(r, ccr, 10, bytes, 3);
        assert_memory_equal(bytes, data, 3);
        for (unsigned slot = 8; slot < 18 + 24 / cases[i].lanes; slot++) {
            assert_int_equal(SLOT(r, slot).out.driven, cases[i].dummy_driven);
        }
    }
}

/* Latency mismatch: a chip that answers one clock later than sampled comes back shifted by a
 * nibble. */
static void a_latency_mismatch_shifts(void **state)
{
    static const uint8_t reply[] = {0x12, 0x34, 0x56};
    struct rig *r = *state;
    uint8_t data[3];

    answer(r, 8 + 8, 4, reply, 3);
    read_in(r, CCR_I1 | CCR_D4, 7, data, 3);
    assert_int_equal(data[0], 0x01);
    assert_int_equal(data[1], 0x23);
    assert_int_equal(data[2], 0x45);
}

/* Every number of dummy clocks that DCYC can hold. */
static void dummy_clocks_count(void **state)
{
    struct rig *r = *state;
    uint8_t data[1];

    for (unsigned dummies = 0; dummies < 32; dummies++) {
        static const uint8_t reply = 0x5A;

        answer(r, 8 + 24 + dummies, 4, &reply, 1);
        put(r, XSPI_IR, 0x6B);
        read_in(r, CCR_I1 | CCR_A1_24 | CCR_D4, dummies, data, 1);
        assert_int_equal(data[0], 0x5A);
        assert_int_equal(r->frames[dummies].count, 8 + 24 + dummies + 2);
    }
}

/* DTR: two edges a clock, each of half a period; 1S-4D-4D as EDh. */
static void dtr_phases_take_half_the_clocks(void **state)
{
    static const uint8_t reply[] = {0x9A, 0xBC};
    static const uint8_t address[] = {0x12, 0x34, 0x56};
    struct rig *r = *state;
    const struct logged_frame *frame = &r->frames[0];
    uint8_t data[2], bytes[3];

    put(r, XSPI_AR, 0x123456);
    answer(r, 8 + 6 + 2 + 2 * 7, 4, reply, 2);
    put(r, XSPI_ABR, 0xA5);
    read_in(r, 0x0B0B2B01, 7, data, 2); /* I1 SDR, A4 24 DTR, AB4 8 DTR, D4 DTR */
    assert_memory_equal(data, reply, 2);
    assert_int_equal(frame->count, 8 + 6 + 2 + 14 + 4);
    assert_int_equal(frame->deselect - frame->select, (8 + 3 + 1 + 7 + 2) * PERIOD);
    sent(r, 8, 4, 0, bytes, 3);
    assert_memory_equal(bytes, address, 3);
    for (unsigned i = 0; i < 8; i++) {
        assert_int_equal(SLOT(r, i).edge, NOR_EDGE_PERIOD);
    }
    for (unsigned i = 8; i < frame->count; i++) {
        assert_int_equal(SLOT(r, i).edge, i % 2 == 0 ? NOR_EDGE_RISING : NOR_EDGE_FALLING);
        assert_int_equal(SLOT(r, i).at, frame->select + 8 * PERIOD + (i - 8) * PERIOD / 2);
    }
}

/* 8D-8D-8D: first byte on the rising edge; the order of data pairs is MTYP's: 0 D0/D1, 1 D1/D0. */
static void octal_dtr_pairs_follow_mtyp(void **state)
{
    static const struct {
        unsigned mtyp;
        uint8_t wire[4];
    } cases[] = {
        {0, {0x11, 0x22, 0x33, 0x44}},
        {1, {0x22, 0x11, 0x44, 0x33}},
        {2, {0x11, 0x22, 0x33, 0x44}},
        {3, {0x22, 0x11, 0x44, 0x33}},
    };
    static const uint8_t data[] = {0x11, 0x22, 0x33, 0x44};
    static const uint8_t header[] = {0x12, 0xED, 0x00, 0x01, 0x02, 0x04};
    struct rig *r = *state;
    uint8_t bytes[6];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        put(r, XSPI_CR, XSPI_CR_EN);
        put(r, XSPI_DCR1, 25U << XSPI_DCR1_DEVSIZE_Pos | cases[i].mtyp << XSPI_DCR1_MTYP_Pos);
        put(r, XSPI_CCR, CCR_8D);
        put(r, XSPI_IR, 0x12ED);
        put(r, XSPI_FCR, XSPI_SR_TCF);
        put(r, XSPI_AR, 0x010204);
        write_out(r, CCR_8D, 0, data, 4);
        assert_int_equal(r->frames[r->frame_count - 1].count, 10);
        sent(r, 0, 8, 0, bytes, 6);
        assert_memory_equal(bytes, header, 6);
        sent(r, 6, 8, 0, bytes, 4);
        assert_memory_equal(bytes, cases[i].wire, 4);

        answer(r, 6 + 2 * 8, 8, cases[i].wire, 4);
        read_in(r, CCR_8D, 8, bytes, 4);
        assert_memory_equal(bytes, data, 4);
    }
}

/* A status read of one byte (DLR = 0) in 8D still takes whole clocks and yields one byte. */
static void octal_dtr_single_byte(void **state)
{
    static const uint8_t reply[] = {0x03, 0x03};
    struct rig *r = *state;
    uint8_t data[1];

    for (unsigned mtyp = 0; mtyp < 2; mtyp++) {
        put(r, XSPI_DCR1, 25U << XSPI_DCR1_DEVSIZE_Pos | mtyp << XSPI_DCR1_MTYP_Pos);
        put(r, XSPI_IR, 0x05FA);
        answer(r, 6 + 8, 8, reply, 2);
        read_in(r, CCR_8D, 4, data, 1);
        assert_int_equal(data[0], 3);
        assert_int_equal(r->frames[mtyp].count, 6 + 8 + 2);
        assert_false(flag(r, XSPI_SR_BUSY));
    }
}

/* CR.MSEL: group of four lines; octal 0 = IO7:0, 2 = IO15:8 (beyond these pins). CSSEL: NCS2. */
static void msel_and_cssel_choose_the_pins(void **state)
{
    static const uint8_t reply[] = {0x96};
    struct rig *r = *state;
    uint8_t data[1];

    put(r, XSPI_CR, XSPI_CR_EN | 1U << XSPI_CR_MSEL_Pos | XSPI_CR_CSSEL);
    answer(r, 8, 4, reply, 1);
    r->line = 4;
    put(r, XSPI_IR, 0xF0);
    read_in(r, CCR_I1 | CCR_D4, 0, data, 1);
    assert_int_equal(data[0], 0x96);
    assert_int_equal(r->frames[0].chip_select, 1);
    assert_int_equal(SLOT(r, 0).out.driven, 0xD0);
    assert_int_equal(SLOT(r, 0).out.level, 0x90);
    assert_int_equal(SLOT(r, 8).out.driven, 0);

    put(r, XSPI_CR, XSPI_CR_EN | 2U << XSPI_CR_MSEL_Pos);
    answer(r, 0, 8, (const uint8_t[]){0xFF}, 1);
    read_in(r, CCR_I1 | CCR_D4, 0, data, 1);
    assert_int_equal(data[0], 0);
    assert_int_equal(SLOT(r, 0).out.driven, 0);
    assert_int_equal(r->frames[1].chip_select, 0);

    r->line = 0;
    read_in(r, 4U << XSPI_CCR_DMODE_Pos, 0, data, 1); /* octal on IO15:8 */
    assert_int_equal(data[0], 0);
    put(r, XSPI_CR, XSPI_CR_EN | 1U << XSPI_CR_MSEL_Pos);
    read_in(r, 4U << XSPI_CCR_DMODE_Pos, 0, data, 1); /* octal knows no group 1 */
    assert_int_equal(data[0], 0xFF);
}

/* Period = (PRESCALER + 1) / kernel clock. */
static void prescaler_divides(void **state)
{
    static const struct {
        uint32_t hz;
        unsigned prescaler;
        uint64_t period;
    } cases[] = {{64000000, 0, 15625},
                 {64000000, 1, 31250},
                 {75000000, 0, 13333},
                 {300000000, 5, 20000},
                 {64000000, 255, 4000000}};
    struct rig *r = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        put(r, XSPI_CR, 0);
        xspi_set_kernel_clock(r->xspi, cases[i].hz);
        put(r, XSPI_DCR2, cases[i].prescaler);
        pass(r, 1000);
        put(r, XSPI_CR, XSPI_CR_EN);
        put(r, XSPI_CCR, CCR_I1);
        put(r, XSPI_IR, 0x06);
        pass_ps(r, 9 * cases[i].period);
        assert_int_equal(r->frames[i].period, cases[i].period);
        assert_int_equal(r->frames[i].deselect - r->frames[i].select, 8 * cases[i].period);
    }
}

/* What is not modelled is refused loudly, not sent wrongly. */
static void beyond_the_model_is_refused(void **state)
{
    struct rig *r = *state;

    put(r, XSPI_CR, fmode(1));
    put(r, XSPI_CCR, CCR_I1 | 5U << XSPI_CCR_DMODE_Pos);
    put(r, XSPI_IR, 0x03);
    assert_true(flag(r, XSPI_SR_TEF));
    put(r, XSPI_FCR, XSPI_SR_TEF);
    put(r, XSPI_CR, fmode(1) | XSPI_CR_DMM);
    put(r, XSPI_CCR, CCR_I1 | CCR_D1);
    put(r, XSPI_IR, 0x03);
    assert_true(flag(r, XSPI_SR_TEF));
    put(r, XSPI_CR, fmode(1));
    put(r, XSPI_DCR1, 4U << XSPI_DCR1_MTYP_Pos);
    put(r, XSPI_IR, 0x03);
    assert_int_equal(xspi_stats(r->xspi)->refused, 3);
    assert_int_equal(r->frame_count, 0);
    assert_false(flag(r, XSPI_SR_BUSY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(phases_by_size),
        RIG_TEST(one_line_frame_holds_io2_and_io3),
        RIG_TEST(data_on_more_lines),
        RIG_TEST(a_latency_mismatch_shifts),
        RIG_TEST(dummy_clocks_count),
        RIG_TEST(dtr_phases_take_half_the_clocks),
        RIG_TEST(octal_dtr_pairs_follow_mtyp),
        RIG_TEST(octal_dtr_single_byte),
        RIG_TEST(msel_and_cssel_choose_the_pins),
        RIG_TEST(prescaler_divides),
        RIG_TEST(beyond_the_model_is_refused),
    };

    return cmocka_run_group_tests_name("xspi frames", tests, NULL, NULL);
}
