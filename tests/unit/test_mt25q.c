/* SPDX-License-Identifier: MIT */
/* Micron's MT25QL512ABB: its row, reads, programs, four-byte opcodes. */
#include "unit/test_mt25q_bench.h"

static void identity(void **state)
{
    (void)state;
    struct bench b = open_chip();
    assert_int_equal(nor_part_size("MT25QL512ABB"), SIZE);
    assert_true(has_id(&b, 0x9F, id, 6));
    assert_true(has_id(&b, 0x9E, id, 6));
    bench_close(&b);
}

static void times(void **state)
{
    (void)state;
    static const uint8_t opcodes[3] = {0x20, 0x52, 0xD8};
    static const uint32_t ms[2][3] = {{50, 100, 150}, {400, 1000, 1000}};
    static const uint8_t page[256] = {1, 2, 3};
    for (unsigned max = 0; max < 2; max++) {
        struct bench b =
            bench_part("MT25QL512ABB", max == 0 ? NOR_TIMING_TYPICAL : NOR_TIMING_MAXIMUM);
        op(&b, 0x06);
        write_frame(&b, 0x02, 0x400, 3, page, 256);
        assert_int_equal(busy_ps(&b) / PS_PER_US, max == 0 ? 120 : 1800);
        for (unsigned i = 0; i < 3; i++) {
            assert_int_equal(erase_time(&b, opcodes[i], 0x456, 3) / PS_PER_MS, ms[max][i]);
            assert_int_equal(b.array[0x402], 0xFF);
        }
        for (unsigned i = 0; i < 2; i++) {
            op(&b, 0x06);
            op(&b, i == 0 ? 0x60 : 0xC7);
            assert_int_equal(busy_ps(&b) / PS_PER_SECOND, max == 0 ? 153 : 460);
        }
        assert_int_equal(b.array[SIZE / 2], 0xFF);
        bench_close(&b);
    }
}

/* The MT25QU256's tables with this density. */
static void sfdp(void **state)
{
    (void)state;
    static const uint32_t words[16] = {0xFFFB20E5, 0x1FFFFFFF, 0x6B27EB29, 0xBB273B27,
                                       0xFFFFFFFF, 0xBB27FFFF, 0xEB29FFFF, 0xD810200C,
                                       0x0000520F, 0x00994A24, 0xD4038E8B, 0x382701AC,
                                       0x757A757A, 0x5CD5BDFB, 0xFF820F4A, 0x363DBD81};
    struct bench b = open_chip();
    uint32_t at = sfdp_table(&b, 0x00);
    for (unsigned i = 0; i < 16; i++) {
        assert_int_equal(sfdp_word(&b, at + 4 * i), words[i]);
    }
    at = sfdp_table(&b, 0x84);
    assert_int_equal(sfdp_word(&b, at), 0xFFFFE7FF);
    assert_int_equal(sfdp_word(&b, at + 4), 0xFFFFDC21);
    bench_close(&b);
}

static const struct {
    uint8_t opcode, opcode_4b, address_lanes, data_lanes, clocks;
} reads[] = {
    {0x0B, 0x0C, 1, 1, 8}, {0x3B, 0x3C, 1, 2, 8},  {0xBB, 0xBC, 2, 2, 8},
    {0x6B, 0x6C, 1, 4, 8}, {0xEB, 0xEC, 4, 4, 10},
};

/* No quad-enable bit. A new chip: 8 clocks after the address, 10 if that came on four lines; VCR's
 * upper half is another number for all of them. */
static void latency(void **state)
{
    (void)state;
    struct bench b = open_chip();
    uint8_t data[4];
    fill_pattern(&b, 0x40, 4);
    for (unsigned pass = 0; pass < 2; pass++) {
        assert_int_equal(read_register(&b, 0x85), pass == 0 ? 0xFB : 0x6B);
        for (unsigned i = 0; i < 5; i++) {
            unsigned clocks = pass == 0 ? reads[i].clocks : 6;
            fast_read(&b, reads[i].opcode, 3, reads[i].address_lanes, reads[i].data_lanes, 0x40,
                      clocks, 1, data, 4);
            assert_memory_equal(data, b.array + 0x40, 4);
            fast_read(&b, reads[i].opcode_4b, 4, reads[i].address_lanes, reads[i].data_lanes, 0x40,
                      clocks, 1, data, 4);
            assert_memory_equal(data, b.array + 0x40, 4);
            fast_read(&b, reads[i].opcode, 3, reads[i].address_lanes, reads[i].data_lanes, 0x40,
                      clocks + 1, 1, data, 4);
            assert_memory_not_equal(data, b.array + 0x40, 4);
        }
        write_vcr(&b, 0x6B);
    }
    reset_chip(&b);
    assert_int_equal(read_register(&b, 0x85), 0xFB);
    bench_close(&b);
}

/* Ten clocks on four lines are good for 125 MHz, six for 86. */
static void clock_limits(void **state)
{
    (void)state;
    struct bench b = open_chip();
    uint8_t data[64];
    memset(b.array, 0x5A, 64);
    for (unsigned pass = 0; pass < 2; pass++) {
        b.period = 10000;
        fast_read(&b, 0xEB, 3, 4, 4, 0, pass == 0 ? 10 : 6, 1, data, 64);
        assert_int_equal(memcmp(data, b.array, 64) == 0, pass == 0);
        b.period = 40000;
        write_vcr(&b, 0x6B);
    }
    bench_close(&b);
}

/* VCR's lowest bits: 16, 32, 64 bytes, none. */
static void wrap(void **state)
{
    (void)state;
    struct bench b = open_chip();
    uint8_t data[66];
    for (uint32_t i = 0; i < 128; i++) {
        b.array[i] = (uint8_t)i;
    }
    for (unsigned code = 0; code < 4; code++) {
        uint32_t size = 16u << code;
        write_vcr(&b, (uint8_t)(0xF8 | code));
        read_frame(&b, 0x0B, 3, 3, 8, data, 66);
        assert_int_equal(data[size > 64 ? 65 : size - 4], size > 64 ? 68 : size - 1);
        assert_int_equal(data[size > 64 ? 0 : size - 3], size > 64 ? 3 : 0);
    }
    bench_close(&b);
}

/* VCR bit 3 = 0 and IO0 low in the first clock after the address: the next frame begins with its
 * address; IO0 high ends it, and a frame too short for it does not. A new chip ignores the bit. */
static void continuous_read(void **state)
{
    (void)state;
    struct bench b = open_chip();
    uint8_t data[4];
    fill_pattern(&b, 0x40, 16);
    fast_read(&b, 0xEB, 3, 4, 4, 0x40, 10, 0, data, 4);
    assert_true(has_id(&b, 0x9F, id, 3));
    cs_low(&b); /* neither if it ends before its data */
    put_op(&b, 0xEB);
    put_bits(&b, 4, 0, 28);
    cs_high(&b);
    assert_true(has_id(&b, 0x9F, id, 3));
    for (unsigned i = 0; i < 5; i++) {
        unsigned lanes = reads[i].address_lanes;
        write_vcr(&b, 0xF3);
        fast_read(&b, reads[i].opcode, 3, lanes, reads[i].data_lanes, 0x40, reads[i].clocks, 0,
                  data, 4);
        assert_true(state_of(&b).continuous_read);
        cs_low(&b);
        put_bits(&b, lanes, 0xFFFFFF, 20);
        cs_high(&b);
        assert_true(state_of(&b).continuous_read);
        cs_low(&b);
        put_bits(&b, lanes, 0x44, 24);
        tick(&b, NOR_EDGE_PERIOD, lines_of(&b, lanes, 0x0E));
        idle_clocks(&b, reads[i].clocks - 1u);
        get_bytes(&b, reads[i].data_lanes, data, 4);
        cs_high(&b);
        assert_memory_equal(data, b.array + 0x44, 4);
        assert_true(state_of(&b).continuous_read);
        cs_low(&b);
        put_bits(&b, lanes, 0xFFFFFF, 24);
        tick(&b, NOR_EDGE_PERIOD, lines_of(&b, lanes, 0x0F));
        cs_high(&b);
        assert_true(has_id(&b, 0x9F, id, 3));
    }
    bench_close(&b);
}

/* Programs and how many lines they use; the address is in the last 16 MiB. */
static void programs(void **state)
{
    (void)state;
    static const struct {
        uint8_t opcode, bytes, address_lanes, data_lanes;
    } rows[] = {
        {0x02, 3, 1, 1}, {0xA2, 3, 1, 2}, {0xD2, 3, 2, 2}, {0x32, 3, 1, 4},
        {0x38, 3, 4, 4}, {0x12, 4, 1, 1}, {0x34, 4, 1, 4}, {0x3E, 4, 4, 4},
    };
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bench b = open_chip();
        uint32_t address = rows[i].bytes == 4 ? SIZE - 0x8000 : 0x123;
        for (unsigned wel = 0; wel < 2; wel++) {
            if (wel == 1) {
                op(&b, 0x06);
            }
            cs_low(&b);
            put_op(&b, rows[i].opcode);
            put_bits(&b, rows[i].address_lanes, address, 8u * rows[i].bytes);
            put_bits(&b, rows[i].data_lanes, 0x5A, 8);
            cs_high(&b);
            assert_int_equal(is_busy(&b), wel);
        }
        wait_idle(&b);
        assert_int_equal(b.array[address], 0x5A);
        assert_int_equal(read_register(&b, 0x05), 0);
        bench_close(&b);
    }
}

static void four_byte_opcodes(void **state)
{
    (void)state;
    static const uint8_t erases[] = {0x21, 0x5C, 0xDC};
    static const uint32_t ms[] = {50, 100, 150};
    struct bench b = open_chip();
    uint32_t address = SIZE - 0x1234;
    for (unsigned i = 0; i < 3; i++) {
        uint8_t byte;
        assert_true(takes_program(&b, 0x12, address, 4));
        read_frame(&b, 0x13, address, 4, 0, &byte, 1);
        assert_int_equal(byte, 0);
        assert_int_equal(erase_time(&b, erases[i], address, 4) / PS_PER_MS, ms[i]);
        assert_int_equal(b.array[address], 0xFF);
    }
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity),
        cmocka_unit_test(times),
        cmocka_unit_test(sfdp),
        cmocka_unit_test(latency),
        cmocka_unit_test(clock_limits),
        cmocka_unit_test(wrap),
        cmocka_unit_test(continuous_read),
        cmocka_unit_test(programs),
        cmocka_unit_test(four_byte_opcodes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
