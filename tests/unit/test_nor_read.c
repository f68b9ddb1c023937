/* SPDX-License-Identifier: MIT */
/* Array reads of the S25FL064L: lanes, latency, clock limits, DDR, continuous, wrap; SFDP. */
#include "unit/test_nor_bench.h"

/* FMF S25FL064L command table, SDR reads. */
static const struct read_row reads[] = {
    {0x03, 3, 1, 1, false, false}, {0x13, 4, 1, 1, false, false}, {0x0B, 3, 1, 1, false, true},
    {0x0C, 4, 1, 1, false, true},  {0x3B, 3, 1, 2, false, true},  {0x3C, 4, 1, 2, false, true},
    {0xBB, 3, 2, 2, true, true},   {0xBC, 4, 2, 2, true, true},   {0x6B, 3, 1, 4, false, true},
    {0x6C, 4, 1, 4, false, true},  {0xEB, 3, 4, 4, true, true},   {0xEC, 4, 4, 4, true, true},
};

/* Every SDR read returns the array from its address, at the default latency 8. */
static void every_read_returns_the_array(void **state)
{
    (void)state;
    struct bench b = bench_open();
    fill_pattern(&b, 0x123456, 600);
    set_quad(&b);
    for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
        uint8_t data[600];
        array_read(&b, &reads[i], 0x123456, reads[i].latency ? 8 : 0, 0, data, sizeof(data));
        assert_memory_equal(data, b.array + 0x123456, sizeof(data));
        assert_int_equal(b.driven, reads[i].data_lanes == 1   ? 0x02
                                   : reads[i].data_lanes == 2 ? 0x03
                                                              : 0x0F);
    }
    bench_close(&b);
}

/* Latency sweep: the chip's data begins LC clocks after the address (0 means 8); a controller that
 * waits d clocks sees it shifted by (d - LC) clocks, lines undriven before. */
static void latency_mismatch_shifts_the_data(void **state)
{
    (void)state;
    static const struct read_row rows[] = {{0x0B, 3, 1, 1, false, true},
                                           {0x3B, 3, 1, 2, false, true},
                                           {0x6B, 3, 1, 4, false, true},
                                           {0xEB, 3, 4, 4, true, true}};
    struct bench b = bench_open();
    fill_pattern(&b, 0, 64);
    set_quad(&b);
    b.period = 100000; /* 10 MHz: enough for every latency code */
    for (uint8_t code = 0; code < 16; code++) {
        set_latency(&b, code);
        unsigned chip = code == 0 ? 8 : code;
        for (unsigned waited = 0; waited < 18 * sizeof(rows) / sizeof(rows[0]); waited++) {
            const struct read_row *row = &rows[waited / 18];
            unsigned dummy = waited % 18;
            uint8_t data[16];
            array_read(&b, row, 0, dummy, 0, data, sizeof(data));
            for (unsigned bit = 0; bit < 8 * sizeof(data); bit++) {
                long at = (long)bit + ((long)dummy - (long)chip) * (long)row->data_lanes;
                int want = at < 0 ? 1 : b.array[at / 8] >> (7 - at % 8) & 1;
                assert_int_equal(data[bit / 8] >> (7 - bit % 8) & 1, want);
            }
        }
    }
    bench_close(&b);
}

static void read_ddr(struct bench *b, uint8_t opcode, unsigned address_bytes, bool with_opcode,
                     uint8_t mode, uint8_t *data, size_t count, uint8_t *preamble)
{
    cs_low(b);
    if (with_opcode) {
        put_op(b, opcode);
    }
    put_bits_ddr(b, 4, 0x1000, 8 * address_bytes);
    put_bits_ddr(b, 4, mode, 8);
    *preamble = 0;
    for (unsigned half = 0; half < 16; half++) { /* 8 dummy clocks */
        enum nor_edge edge = half % 2 == 0 ? NOR_EDGE_RISING : NOR_EDGE_FALLING;
        uint8_t level = tick(b, edge, (struct nor_lines){0, 0});
        if (half >= 8) {
            *preamble = (uint8_t)(*preamble << 1 | (level & 1));
        }
    }
    for (size_t i = 0; i < count; i++) {
        unsigned high = tick(b, NOR_EDGE_RISING, (struct nor_lines){0, 0}) & 0x0F;
        unsigned low = tick(b, NOR_EDGE_FALLING, (struct nor_lines){0, 0}) & 0x0F;
        data[i] = (uint8_t)(high << 4 | low);
    }
    cs_high(b);
}

/* ED/EE: opcode 1-line SDR (4-line in QPI), then address, mode, data on both edges of 4 lines;
 * continuous when mode[7:4] is the inverse of mode[3:0]. */
static void ddr_quad_read(void **state)
{
    (void)state;
    struct bench b = bench_open();
    uint8_t data[32], preamble;
    fill_pattern(&b, 0x1000, sizeof(data));
    b.period = 20000;
    set_quad(&b);
    read_ddr(&b, 0xED, 3, true, 0x00, data, sizeof(data), &preamble);
    assert_memory_equal(data, b.array + 0x1000, sizeof(data));
    assert_int_equal(preamble, 0xFF); /* undriven */
    read_ddr(&b, 0xEE, 4, true, 0x5A, data, sizeof(data), &preamble);
    assert_memory_equal(data, b.array + 0x1000, sizeof(data));
    assert_true(state_of(&b).continuous_read);
    read_ddr(&b, 0xEE, 4, false, 0xFF, data, sizeof(data), &preamble);
    assert_memory_equal(data, b.array + 0x1000, sizeof(data));
    assert_false(state_of(&b).continuous_read);
    enter_qpi(&b);
    read_ddr(&b, 0xED, 3, true, 0x00, data, sizeof(data), &preamble);
    assert_memory_equal(data, b.array + 0x1000, sizeof(data));
    bench_close(&b);
}

/* The data learning pattern: 4Ah sets it, 41h reads it after 8 dummy clocks, a DDR read drives it
 * before its data. */
static void data_learning_pattern(void **state)
{
    (void)state;
    struct bench b = bench_open();
    uint8_t data[4], preamble, value;
    set_quad(&b);
    op(&b, 0x06);
    write_frame(&b, 0x4A, 0, 0, (const uint8_t[]){0x34}, 1);
    read_frame(&b, 0x41, 0, 0, 8, &value, 1);
    assert_int_equal(value, 0x34);
    read_ddr(&b, 0xED, 3, true, 0, data, sizeof(data), &preamble);
    assert_int_equal(preamble, 0x34);
    op(&b, 0x06);
    write_frame(&b, 0x43, 0, 0, (const uint8_t[]){0x56}, 1);
    assert_true(is_busy(&b));
    wait_us(&b, 220000);
    assert_int_equal(read_any(&b, 0x000005), 0x56);
    bench_close(&b);
}

/* The words of the FMF model's SFDP space. */
static const uint8_t sfdp_header[24] = {0x53, 0x46, 0x44, 0x50, 0x06, 0x01, 0x01, 0xFF,
                                        0x00, 0x06, 0x01, 0x10, 0x00, 0x03, 0x00, 0xFF,
                                        0x84, 0x00, 0x01, 0x02, 0x40, 0x03, 0x00, 0xFF};
static void sfdp_expected(uint8_t *bytes)
{
    static const uint32_t words[18] = {0xFFFB20E5, 0x03FFFFFF, 0x6B08EB48, 0xBB883B08, 0xFFFFFFFE,
                                       0xFFFFFFFF, 0xEB48FFFF, 0x520F200C, 0xFF00D810, 0xFF0D9231,
                                       0xCD4E6681, 0x441883CC, 0x757A757A, 0x5CD5A2F7, 0xFF5DF622,
                                       0xA1F850E8, 0xFFF38EFB, 0xFFDC5221};
    memset(bytes, 0xFF, 0x600);
    memcpy(bytes, sfdp_header, sizeof(sfdp_header));
    for (size_t i = 0; i < 18; i++) {
        for (size_t k = 0; k < 4; k++) {
            bytes[0x300 + 4 * i + k] = (uint8_t)(words[i] >> (8 * k));
        }
    }
}

/* 5Ah reads the whole space; it obeys the address mode and the latency code. */
static void sfdp(void **state)
{
    (void)state;
    struct bench b = bench_open();
    uint8_t want[0x600], got[0x600];
    sfdp_expected(want);
    read_frame(&b, 0x5A, 0, 3, 8, got, sizeof(got));
    assert_memory_equal(got, want, sizeof(want));
    set_latency(&b, 5);
    read_frame(&b, 0x5A, 0, 3, 8, got, 4);
    assert_memory_not_equal(got, want, 4);
    read_frame(&b, 0x5A, 0, 3, 5, got, 4);
    assert_memory_equal(got, want, 4);
    op(&b, 0xB7);
    read_frame(&b, 0x5A, 0, 3, 5, got, 4);
    assert_memory_not_equal(got, want, 4);
    read_frame(&b, 0x5A, 0, 4, 5, got, 4);
    assert_memory_equal(got, want, 4);
    enter_qpi(&b);
    read_frame(&b, 0x5A, 0x301, 4, 5, got, 4); /* not 4-aligned */
    assert_memory_equal(got, want + 0x301, 4);
    bench_close(&b);
}

/* Highest MHz at latency 1..8 of the FMF table, one row per kind of read; faster is wrong data. */
static void latency_too_small_for_the_clock(void **state)
{
    (void)state;
    static const struct {
        struct read_row read;
        uint8_t mhz[8];
    } rows[] = {
        {{0x0B, 3, 1, 1, false, true}, {50, 65, 75, 85, 95, 108, 108, 108}},
        {{0x3B, 3, 1, 2, false, true}, {50, 65, 75, 85, 95, 105, 108, 108}},
        {{0xBB, 3, 2, 2, true, true}, {75, 85, 95, 108, 108, 108, 108, 108}},
        {{0x6B, 3, 1, 4, false, true}, {35, 45, 55, 65, 75, 85, 95, 108}},
        {{0xEB, 3, 4, 4, true, true}, {35, 45, 55, 65, 75, 85, 95, 108}},
    };
    struct bench b = bench_open();
    uint8_t data[64];
    fill_pattern(&b, 0, sizeof(data));
    set_quad(&b);
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        for (uint8_t code = 1; code <= 8; code++) {
            b.period = NS_100;
            set_latency(&b, code);
            uint64_t limit = rows[row].mhz[code - 1];
            b.period = 1000000 / limit;
            array_read(&b, &rows[row].read, 0, code, 0, data, sizeof(data));
            assert_memory_equal(data, b.array, sizeof(data));
            b.period = 1000000 / (limit + 2);
            array_read(&b, &rows[row].read, 0, code, 0, data, sizeof(data));
            assert_memory_not_equal(data, b.array, sizeof(data));
        }
    }
    bench_close(&b);
}

/* READ 03h at most 50 MHz, DDR at most 54 MHz, RDAR in QPI 85 MHz at latency 8. */
static void clock_limits(void **state)
{
    (void)state;
    struct bench b = bench_open();
    uint8_t data[64], preamble;
    fill_pattern(&b, 0, sizeof(data));
    fill_pattern(&b, 0x1000, sizeof(data));
    set_quad(&b);
    b.period = 20000;
    read_frame(&b, 0x03, 0, 3, 0, data, sizeof(data));
    assert_memory_equal(data, b.array, sizeof(data));
    b.period = 19000;
    read_frame(&b, 0x03, 0, 3, 0, data, sizeof(data));
    assert_memory_not_equal(data, b.array, sizeof(data));
    b.period = 18520;
    read_ddr(&b, 0xED, 3, true, 0, data, sizeof(data), &preamble);
    assert_memory_equal(data, b.array + 0x1000, sizeof(data));
    b.period = 17000;
    read_ddr(&b, 0xED, 3, true, 0, data, sizeof(data), &preamble);
    assert_memory_not_equal(data, b.array + 0x1000, sizeof(data));
    enter_qpi(&b);
    uint8_t want[64];
    memset(want, 0x78, sizeof(want));
    b.period = 11765;
    read_frame(&b, 0x65, 0x800004, 3, 8, data, sizeof(data));
    assert_memory_equal(data, want, sizeof(want));
    b.period = 11000;
    read_frame(&b, 0x65, 0x800004, 3, 8, data, sizeof(data));
    assert_memory_not_equal(data, want, sizeof(want));
    bench_close(&b);
}

/* Mode Axh keeps the next frame without an opcode; any other mode byte ends that. */
static void continuous_read(void **state)
{
    (void)state;
    static const struct read_row rows[] = {{0xBB, 3, 2, 2, true, true},
                                           {0xEB, 3, 4, 4, true, true}};
    struct bench b = bench_open();
    uint8_t data[8];
    fill_pattern(&b, 0x4000, 64);
    set_quad(&b);
    for (size_t i = 0; i < 2; i++) {
        array_read(&b, &rows[i], 0x4000, 8, 0xA5, data, 8);
        for (unsigned again = 0; again < 2; again++) {
            assert_true(state_of(&b).continuous_read);
            cs_low(&b);
            put_bits(&b, rows[i].address_lanes, 0x4010, 24);
            put_bits(&b, rows[i].address_lanes, again == 0 ? 0xA0 : 0x00, 8);
            idle_clocks(&b, 8);
            get_bytes(&b, rows[i].data_lanes, data, 8);
            cs_high(&b);
            assert_memory_equal(data, b.array + 0x4010, 8);
        }
        assert_false(state_of(&b).continuous_read);
        assert_id(&b);
    }
    bench_close(&b);
}

/* CS# rising during address, mode or dummy ends continuous read; so do all ones for 8 clocks. */
static void continuous_read_exits(void **state)
{
    (void)state;
    static const struct read_row eb = {0xEB, 3, 4, 4, true, true};
    for (unsigned clocks = 0; clocks <= 16; clocks++) {
        struct bench b = bench_open();
        uint8_t data[1];
        set_quad(&b);
        array_read(&b, &eb, 0, 8, 0xA0, data, 1);
        assert_true(state_of(&b).continuous_read);
        cs_low(&b);
        for (unsigned i = 0; i < clocks; i++) {
            put_bits(&b, 4, 0x0F, 4);
        }
        cs_high(&b);
        assert_false(state_of(&b).continuous_read);
        assert_id(&b);
        bench_close(&b);
    }
}

/* CS# rising within the dummy clocks ends it even after mode Axh. */
static void continuous_read_needs_data(void **state)
{
    (void)state;
    for (unsigned dummy = 0; dummy <= 9; dummy++) {
        struct bench b = bench_open();
        set_quad(&b);
        cs_low(&b);
        put_op(&b, 0xEB);
        put_bits(&b, 4, 0, 24);
        put_bits(&b, 4, 0xA0, 8);
        idle_clocks(&b, dummy);
        cs_high(&b);
        assert_int_equal(state_of(&b).continuous_read, dummy >= 8);
        bench_close(&b);
    }
}

/* CR3[4] = 0: quad I/O reads wrap inside 8, 16, 32 or 64 bytes; 77h sets CR3[6:4] from IO2..IO0 at
 * its seventh data clock and takes exactly 8. */
static void wrap_reads(void **state)
{
    (void)state;
    static const struct read_row eb = {0xEB, 3, 4, 4, true, true};
    struct bench b = bench_open();
    fill_pattern(&b, 0, 512);
    set_quad(&b);
    for (unsigned code = 0; code < 4; code++) {
        uint8_t data[160];
        uint32_t length = 8u << code;
        cs_low(&b);
        put_op(&b, 0x77);
        put_bits(&b, 4, 0xFFFFFF0F | code << 5, 32);
        cs_high(&b);
        assert_int_equal(state_of(&b).config3, code << 5 | 0x08);
        array_read(&b, &eb, 0x105, 8, 0, data, sizeof(data));
        for (uint32_t i = 0; i < sizeof(data); i++) {
            uint32_t base = 0x105 & ~(length - 1);
            assert_int_equal(data[i], b.array[base + (0x105 - base + i) % length]);
        }
    }
    cs_low(&b);
    put_op(&b, 0x77);
    put_bits(&b, 4, 0xFFFFFF1F, 32);
    put_bits(&b, 4, 0xF, 4); /* a ninth clock */
    cs_high(&b);
    assert_int_equal(state_of(&b).config3, 0x68);
    bench_close(&b);
}

/* A read goes on at address 0 after the last byte. */
static void read_past_the_end(void **state)
{
    (void)state;
    struct bench b = bench_open();
    uint8_t data[4];
    b.array[CHIP_SIZE - 1] = 0x12;
    b.array[0] = 0x34;
    read_frame(&b, 0x0B, CHIP_SIZE - 1, 3, 8, data, 2);
    assert_memory_equal(data, "\x12\x34", 2);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_read_returns_the_array),
        cmocka_unit_test(latency_mismatch_shifts_the_data),
        cmocka_unit_test(ddr_quad_read),
        cmocka_unit_test(data_learning_pattern),
        cmocka_unit_test(sfdp),
        cmocka_unit_test(latency_too_small_for_the_clock),
        cmocka_unit_test(clock_limits),
        cmocka_unit_test(continuous_read),
        cmocka_unit_test(continuous_read_exits),
        cmocka_unit_test(continuous_read_needs_data),
        cmocka_unit_test(wrap_reads),
        cmocka_unit_test(read_past_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
