/* SPDX-License-Identifier: MIT */
/* ISSI's IS25LP: what Macronix' parts do not have. */
#include "unit/test_nor_part_bench.h"

static const char *const names[] = {"IS25LP128", "IS25LP256"};

static uint8_t read_byte(struct bench *b, uint8_t opcode, uint32_t address, unsigned bytes,
                         unsigned dummy)
{
    uint8_t byte;
    read_frame(b, opcode, address, bytes, dummy, &byte, 1);
    return byte;
}

/* D7h is 20h. */
static void sector_erase(void **state)
{
    (void)state;
    for (unsigned p = 0; p < 2; p++) {
        struct bench b = bench_part(names[p], NOR_TIMING_TYPICAL);
        b.array[0x1000] = 0;
        b.array[0x2000] = 0;
        assert_int_equal(erase_time(&b, 0xD7, 0x1234, 3) / PS_PER_MS, p == 0 ? 70 : 48);
        assert_int_equal(b.array[0x1000], 0xFF);
        assert_int_equal(b.array[0x2000], 0);
        bench_close(&b);
    }
}

/* C0h, with one byte: bits 6:3 are the clocks after the address of every fast read, 0 is each one's
 * own; bit 2 switches bursts on, bits 1:0 are their length. Volatile; 65h after 06h writes it for
 * good; 61h reads it. */
static void read_parameters(void **state)
{
    (void)state;
    for (unsigned p = 0; p < 2; p++) {
        struct bench b = bench_part(names[p], NOR_TIMING_TYPICAL);
        struct read_row quad = {0xEB, 3, 4, 4, true, true}, dual = {0xBB, 3, 2, 2, true, true};
        uint8_t data[12];
        fill_pattern(&b, 0, 16);
        write_register_byte(&b, 0x01, 0x40);
        write_frame(&b, 0xC0, 0, 0, (const uint8_t[]){10 << 3}, 1);
        assert_int_equal(read_register(&b, 0x61), 10 << 3);
        array_read(&b, &quad, 0, 8, 0, data, 4);
        assert_memory_equal(data, b.array, 4);
        array_read(&b, &dual, 0, 6, 0, data, 4);
        assert_memory_equal(data, b.array, 4);
        assert_int_equal(read_byte(&b, 0x0B, 0, 3, 10), b.array[0]);
        assert_int_not_equal(read_byte(&b, 0x0B, 0, 3, 8), b.array[0]);
        write_frame(&b, 0xC0, 0, 0, (const uint8_t[]){0x04}, 1);
        array_read(&b, &quad, 2, 4, 0, data, 12);
        assert_int_equal(data[5], b.array[7]);
        assert_int_equal(data[6], b.array[0]);
        reset_chip(&b);
        assert_int_equal(read_register(&b, 0x61), 0);
        assert_int_equal(read_byte(&b, 0x0B, 0, 3, 8), b.array[0]);
        write_register_byte(&b, 0x65, 10 << 3);
        reset_chip(&b);
        power_cycle(&b);
        assert_int_equal(read_register(&b, 0x61), 10 << 3);
        assert_int_equal(read_byte(&b, 0x0B, 0, 3, 10), b.array[0]);
        bench_close(&b);
    }
}

/* 81h: bit 1 protected, bit 2 program, bit 3 erase; until 82h or a reset, whatever succeeds. */
static void error_register(void **state)
{
    (void)state;
    for (unsigned p = 0; p < 2; p++) {
        struct bench b = bench_part(names[p], NOR_TIMING_TYPICAL);
        assert_int_equal(read_register(&b, 0x81), 0xE0);
        write_register_byte(&b, 0x01, 0x3C);
        takes_program(&b, 0x02, 0, 3);
        assert_int_equal(read_register(&b, 0x81), 0xE6);
        op(&b, 0x06);
        op_address(&b, 0x20, 0, 3);
        assert_int_equal(read_register(&b, 0x81), 0xEE);
        write_register_byte(&b, 0x01, 0);
        assert_true(takes_program(&b, 0x02, 0, 3));
        assert_int_equal(read_register(&b, 0x81), 0xEE);
        op(&b, 0x82);
        assert_int_equal(read_register(&b, 0x81), 0xE0);
        bench_close(&b);
    }
}

/* The function register's bit 1 turns the protection to the bottom, for good. There is no
 * configuration register: 01h with two bytes is void, 15h is not heard. */
static void function_register(void **state)
{
    (void)state;
    for (unsigned p = 0; p < 2; p++) {
        struct bench b = bench_part(names[p], NOR_TIMING_TYPICAL);
        write_register(&b, 0x01, (const uint8_t[]){0x3C, 0x00}, 2);
        assert_int_equal(read_register(&b, 0x05), WEL);
        assert_int_equal(read_register(&b, 0x15), 0xFF);
        write_register_byte(&b, 0x01, 0x04);
        assert_true(takes_program(&b, 0x02, 0, 3));
        write_register_byte(&b, 0x42, 0x02);
        assert_int_equal(read_register(&b, 0x48), 0x02);
        assert_false(takes_program(&b, 0x02, 0, 3));
        write_register_byte(&b, 0x42, 0x00);
        power_cycle(&b);
        assert_int_equal(read_register(&b, 0x48), 0x02);
        bench_close(&b);
    }
}

/* B7h, and out by 29h, not E9h; no 06h. The bank register's bit 7 is the same; bit 0 is address bit
 * 24. 18h after 06h is what power-up and reset begin with. */
static void address_modes(void **state)
{
    (void)state;
    struct bench b = bench_part("IS25LP256", NOR_TIMING_TYPICAL);
    b.array[0x10] = 0x11;
    b.array[0x1000010] = 0x22;
    op(&b, 0xB7);
    assert_int_equal(read_register(&b, 0x16), 0x80);
    assert_int_equal(read_byte(&b, 0x03, 0x1000010, 4, 0), 0x22);
    op(&b, 0xE9);
    assert_int_equal(state_of(&b).address_bytes, 4);
    op(&b, 0x29);
    assert_int_equal(state_of(&b).address_bytes, 3);
    write_frame(&b, 0x17, 0, 0, (const uint8_t[]){0x80}, 1);
    assert_int_equal(state_of(&b).address_bytes, 4);
    write_frame(&b, 0x17, 0, 0, (const uint8_t[]){0x01}, 1);
    assert_int_equal(read_register(&b, 0xC8), 0x01);
    assert_int_equal(read_byte(&b, 0x03, 0x10, 3, 0), 0x22);
    reset_chip(&b);
    assert_int_equal(read_byte(&b, 0x03, 0x10, 3, 0), 0x11);
    write_register_byte(&b, 0x18, 0x80);
    assert_int_equal(state_of(&b).address_bytes, 3);
    reset_chip(&b);
    assert_int_equal(state_of(&b).address_bytes, 4);
    op(&b, 0x29);
    power_cycle(&b);
    assert_int_equal(state_of(&b).address_bytes, 4);
    bench_close(&b);
}

static void four_byte_opcodes(void **state)
{
    (void)state;
    static const uint8_t erases[] = {0x21, 0x5C, 0xDC}, programs[] = {0x12, 0x34, 0x3E};
    static const uint16_t ms[] = {48, 160, 304};
    struct bench b = bench_part("IS25LP256", NOR_TIMING_TYPICAL);
    struct read_row quad = {0xEC, 4, 4, 4, true, true}, dual = {0xBC, 4, 2, 2, true, false},
                    out4 = {0x6C, 4, 1, 4, false, true}, out2 = {0x3C, 4, 1, 2, false, true};
    uint32_t address = 0x1FFFF21;
    write_register_byte(&b, 0x01, 0x40);
    for (unsigned i = 0; i < 3; i++) {
        uint8_t data[4];
        op(&b, 0x06);
        cs_low(&b);
        put_op(&b, programs[i]);
        put_bits(&b, 1, address, 32);
        put_bits(&b, i == 0 ? 1 : 4, 0x5A, 8);
        cs_high(&b);
        wait_idle(&b);
        assert_int_equal(read_byte(&b, 0x13, address, 4, 0), 0x5A);
        assert_int_equal(read_byte(&b, 0x0C, address, 4, 8), 0x5A);
        array_read(&b, &quad, address, 4, 0, &data[0], 1);
        array_read(&b, &dual, address, 0, 0, &data[1], 1);
        array_read(&b, &out4, address, 8, 0, &data[2], 1);
        array_read(&b, &out2, address, 8, 0, &data[3], 1);
        assert_memory_equal(data, "ZZZZ", 4);
        assert_int_equal(erase_time(&b, erases[i], address, 4) / PS_PER_MS, ms[i]);
        assert_int_equal(b.array[address], 0xFF);
    }
    bench_close(&b);
}

/* The smaller part has none of it. */
static void three_bytes_only(void **state)
{
    (void)state;
    struct bench b = bench_part("IS25LP128", NOR_TIMING_TYPICAL);
    b.array[0] = 0x5A;
    op(&b, 0xB7);
    assert_int_equal(state_of(&b).address_bytes, 3);
    assert_int_equal(read_byte(&b, 0x13, 0, 4, 0), 0xFF);
    assert_int_equal(read_register(&b, 0x16), 0xFF);
    bench_close(&b);
}

/* BBh has mode bits as well. */
static void dual_continuous_read(void **state)
{
    (void)state;
    struct bench b = bench_part("IS25LP128", NOR_TIMING_TYPICAL);
    struct read_row dual = {0xBB, 3, 2, 2, true, false};
    uint8_t data[4];
    fill_pattern(&b, 0, 8);
    array_read(&b, &dual, 0, 0, 0xAF, data, 4);
    assert_true(state_of(&b).continuous_read);
    read_on(&b, 2, 4, 3, 0x00, 0, data, 4);
    assert_memory_equal(data, b.array + 4, 4);
    assert_false(state_of(&b).continuous_read);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sector_erase),     cmocka_unit_test(read_parameters),
        cmocka_unit_test(error_register),   cmocka_unit_test(function_register),
        cmocka_unit_test(address_modes),    cmocka_unit_test(four_byte_opcodes),
        cmocka_unit_test(three_bytes_only), cmocka_unit_test(dual_continuous_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
