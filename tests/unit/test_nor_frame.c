/* SPDX-License-Identifier: MIT */
/* Frames of the S25FL064L: lengths, addresses, protocols, CS#, power-up. */
#include "unit/test_nor_bench.h"

/* RDID 01 60 17; RES 60 17 after 24 dummy clocks; AFh on 4 lanes in QPI or with QUAD = 1; RUID 8
 * bytes after 32 dummy clocks. */
static void identity(void **state)
{
    (void)state;
    struct bench b = bench_open();
    uint8_t id[3], uid[16];
    assert_id(&b);
    read_frame(&b, 0xAB, 0, 0, 24, id, 2);
    assert_memory_equal(id, ((uint8_t[]){0x60, 0x17}), 2);
    read_frame(&b, 0x4B, 0, 0, 32, uid, sizeof(uid));
    assert_memory_equal(uid, uid + 8, 8);
    cs_low(&b);
    put_op(&b, 0xAF);
    get_bytes(&b, 4, id, 3);
    cs_high(&b);
    assert_int_equal(id[0], 0xFF); /* QUAD = 0: not decoded */
    set_quad(&b);
    cs_low(&b);
    put_op(&b, 0xAF);
    get_bytes(&b, 4, id, 3);
    cs_high(&b);
    assert_memory_equal(id, ((uint8_t[]){0x01, 0x60, 0x17}), 3);
    enter_qpi(&b);
    assert_id(&b);
    read_frame(&b, 0xAF, 0, 0, 0, id, 3);
    assert_memory_equal(id, ((uint8_t[]){0x01, 0x60, 0x17}), 3);
    bench_close(&b);
}

/* An op-only command is taken with exactly 8 bits; erase with exactly 24 (or 32) address bits. */
static void exact_frame_length(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits <= 17; bits++) {
        struct bench b = bench_open();
        cs_low(&b);
        put_bits(&b, 1, 0x0600u << 1 >> (17 - bits), bits);
        cs_high(&b);
        assert_int_equal(state_of(&b).write_enabled, bits == 8);
        bench_close(&b);
    }
    for (unsigned bits = 0; bits <= 40; bits++) {
        struct bench b = bench_open();
        op(&b, 0x06);
        cs_low(&b);
        put_op(&b, 0x20);
        for (unsigned i = 0; i < bits; i++) {
            put_bits(&b, 1, 0, 1);
        }
        cs_high(&b);
        assert_int_equal(is_busy(&b), bits == 24);
        assert_true(state_of(&b).write_enabled);
        bench_close(&b);
    }
}

/* B7h/E9h change the address length without WREN; the dedicated opcodes always take 4 bytes; a
 * wrong length reads from a shifted address. */
static void address_length(void **state)
{
    (void)state;
    struct bench b = bench_open();
    uint8_t data[4];
    fill_pattern(&b, 0x001234, 16);
    fill_pattern(&b, 0x123456, 16);
    op(&b, 0xB7);
    assert_int_equal(state_of(&b).address_bytes, 4);
    read_frame(&b, 0x03, 0x00123456, 4, 0, data, 4);
    assert_memory_equal(data, b.array + 0x123456, 4);
    read_frame(&b, 0x03, 0x001234, 3, 0, data, 4); /* the first data byte is still address */
    assert_int_equal(data[0], 0xFF);
    assert_memory_not_equal(data, b.array + 0x001234, 4);
    read_frame(&b, 0x13, 0x00123456, 4, 0, data, 4);
    assert_memory_equal(data, b.array + 0x123456, 4);
    op(&b, 0xE9);
    assert_int_equal(state_of(&b).address_bytes, 3);
    read_frame(&b, 0x13, 0x00123456, 4, 0, data, 4);
    assert_memory_equal(data, b.array + 0x123456, 4);
    read_frame(&b, 0x03, 0x923456, 3, 0, data, 4); /* beyond the size: modulo */
    assert_memory_equal(data, b.array + 0x123456, 4);
    bench_close(&b);
}

/* 6B/EB/32/77 are not decoded while QUAD = 0. */
static void quad_commands_need_quad(void **state)
{
    (void)state;
    static const struct read_row quad[] = {{0x6B, 3, 1, 4, false, true},
                                           {0xEB, 3, 4, 4, true, true}};
    struct bench b = bench_open();
    uint8_t data[4];
    memset(b.array, 0x11, 16);
    for (size_t i = 0; i < 2; i++) {
        array_read(&b, &quad[i], 0, 8, 0, data, 4);
        assert_memory_equal(data, "\xFF\xFF\xFF\xFF", 4);
        assert_int_equal(b.driven, 0);
    }
    op(&b, 0x06);
    cs_low(&b);
    put_op(&b, 0x32);
    put_bits(&b, 1, 0, 24);
    put_bits(&b, 4, 0x55, 8);
    cs_high(&b);
    assert_false(is_busy(&b));
    set_quad(&b);
    op(&b, 0x06);
    cs_low(&b);
    put_op(&b, 0x32);
    put_bits(&b, 1, 0x100, 24);
    put_bits(&b, 4, 0x5566, 16);
    cs_high(&b);
    wait_us(&b, 500);
    assert_false(is_busy(&b));
    assert_memory_equal(b.array + 0x100, "\x55\x66\xFF", 3);
    op(&b, 0x06);
    cs_low(&b);
    put_op(&b, 0x34);
    put_bits(&b, 1, 0x102, 32);
    put_bits(&b, 4, 0x77, 8);
    cs_high(&b);
    wait_us(&b, 500);
    assert_memory_equal(b.array + 0x100, "\x55\x66\x77", 3);
    bench_close(&b);
}

/* QPI: all phases on 4 lines, high nibble first; 03h, 0Bh, 32h are not decoded, 02h is; F5h leaves;
 * 07h answers on SO alone. */
static void qpi_protocol(void **state)
{
    (void)state;
    struct bench b = bench_open();
    uint8_t data[8];
    fill_pattern(&b, 0x2000, 8);
    enter_qpi(&b);
    assert_true(state_of(&b).qpi);
    static const struct read_row eb = {0xEB, 3, 4, 4, true, true};
    static const struct read_row ec = {0xEC, 4, 4, 4, true, true};
    array_read(&b, &eb, 0x2000, 8, 0, data, 8); /* needs no QUAD here */
    assert_memory_equal(data, b.array + 0x2000, 8);
    array_read(&b, &ec, 0x2000, 8, 0, data, 8);
    assert_memory_equal(data, b.array + 0x2000, 8);
    read_frame(&b, 0x03, 0x2000, 3, 0, data, 4);
    assert_int_equal(b.driven, 0);
    op(&b, 0x06);
    write_frame(&b, 0x32, 0x3000, 3, (const uint8_t[]){0}, 1);
    assert_false(is_busy(&b));
    write_frame(&b, 0x02, 0x3000, 3, (const uint8_t[]){0xA5}, 1);
    assert_int_equal(read_register(&b, 0x05), 0x03);
    wait_us(&b, 100);
    assert_int_equal(b.array[0x3000], 0xA5);
    read_frame(&b, 0x07, 0, 0, 0, data, 1);
    assert_int_equal(b.driven, 0x02);
    assert_int_equal(read_any(&b, 0x800001), 0x00);
    op(&b, 0xF5);
    b.op_lanes = 1;
    wait_us(&b, 1);
    assert_false(state_of(&b).qpi);
    assert_id(&b);
    bench_close(&b);
}

/* A 1-line frame sent to a chip in QPI is read as nibbles, not ignored: 9Fh with IO3 = IO2 = 1 and
 * IO1 = 0 begins with the opcode DCh, 1001.. on IO0. */
static void one_line_frame_in_qpi_is_nibbles(void **state)
{
    (void)state;
    struct bench b = bench_open();
    enter_qpi(&b);
    b.op_lanes = 1;
    op(&b, 0x9F);
    assert_int_equal(state_of(&b).last_opcode, 0xDC);
    b.idle_high = 0x08; /* IO2 low: {10xb} */
    op(&b, 0x9F);
    assert_int_equal(state_of(&b).last_opcode, 0x98);
    bench_close(&b);
}

/* CS# must stay high 50 ns between frames; a frame that comes earlier is not heard. */
static void cs_high_time(void **state)
{
    (void)state;
    struct bench b = bench_open();
    op(&b, 0x04);
    b.now += 49000;
    nor_select(b.nor, b.now, b.period);
    put_op(&b, 0x06);
    cs_high(&b);
    assert_false(state_of(&b).write_enabled);
    b.now += 50000;
    nor_select(b.nor, b.now, b.period);
    put_op(&b, 0x06);
    cs_high(&b);
    assert_true(state_of(&b).write_enabled);
    bench_close(&b);
}

/* tPU 300 us: nothing is decoded before, nor in a frame during which power came. */
static void power_up_time(void **state)
{
    (void)state;
    struct bench b = bench_make(NOR_TIMING_TYPICAL, 1, false);
    op(&b, 0x06);
    assert_false(state_of(&b).powered);
    cs_low(&b);
    nor_set_power(b.nor, b.now, true);
    wait_us(&b, 400);
    put_op(&b, 0x06);
    cs_high(&b);
    assert_false(state_of(&b).write_enabled);
    op(&b, 0x06);
    assert_true(state_of(&b).write_enabled);
    nor_set_power(b.nor, b.now, false);
    uint64_t start = b.now;
    nor_set_power(b.nor, b.now, true);
    assert_int_equal(nor_next_event(b.nor, b.now), start + 300 * PS_PER_US);
    b.now = start + 298 * PS_PER_US;
    op(&b, 0x06);
    assert_false(state_of(&b).write_enabled);
    b.now = start + 300 * PS_PER_US;
    op(&b, 0x06);
    assert_true(state_of(&b).write_enabled);
    bench_close(&b);
}

/* A clock may come as two edges in an SDR frame too. */
static void sdr_frame_by_edges(void **state)
{
    (void)state;
    struct bench b = bench_open();
    cs_low(&b);
    for (unsigned i = 8; i-- != 0;) {
        struct nor_lines in = lines_of(&b, 1, 0x9Fu >> i);
        tick(&b, NOR_EDGE_RISING, in);
        tick(&b, NOR_EDGE_FALLING, in);
    }
    unsigned value = 0;
    for (unsigned i = 0; i < 24; i++) {
        unsigned rising = tick(&b, NOR_EDGE_RISING, lines_of(&b, 1, 0));
        unsigned falling = tick(&b, NOR_EDGE_FALLING, lines_of(&b, 1, 0));
        assert_int_equal(rising, falling);
        value = value << 1 | (rising >> 1 & 1);
    }
    cs_high(&b);
    assert_int_equal(value, 0x016017);
    bench_close(&b);
}

static void parts_by_name(void **state)
{
    (void)state;
    assert_int_equal(nor_part_size("S25FL064L"), 8 << 20);
    assert_int_equal(nor_part_size("no such part"), 0);
    assert_string_equal(nor_part_name(0), "S25FL064L");
    assert_null(nor_part_name(1000));
    struct nor_config config = {.part = "no such part"};
    struct error error = {0};
    assert_null(nor_create(&config, &error));
    assert_int_equal(error.code, ERROR_UNKNOWN_PART);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity),           cmocka_unit_test(exact_frame_length),
        cmocka_unit_test(address_length),     cmocka_unit_test(quad_commands_need_quad),
        cmocka_unit_test(qpi_protocol),       cmocka_unit_test(one_line_frame_in_qpi_is_nibbles),
        cmocka_unit_test(cs_high_time),       cmocka_unit_test(power_up_time),
        cmocka_unit_test(sdr_frame_by_edges), cmocka_unit_test(parts_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
