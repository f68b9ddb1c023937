/* SPDX-License-Identifier: MIT */
/* Macronix' MX25L and MX25R: configuration and security register, bank, WPSEL, low power. */
#include "unit/test_nor_part_bench.h"

enum {
    P_FAIL = 0x20,
    E_FAIL = 0x40,
    WPSEL = 0x80
};

static void write_bytes(struct bench *b, uint8_t status, uint8_t configuration)
{
    write_register(b, 0x01, (const uint8_t[]){status, configuration}, 2);
}

/* The byte at `address` by this read, which has no mode byte but for EBh and ECh. */
static uint8_t read_byte(struct bench *b, uint8_t opcode, uint32_t address, unsigned bytes,
                         unsigned dummy)
{
    bool io4 = (opcode & 0xF8) == 0xE8, io2 = (opcode & 0xF8) == 0xB8;
    bool out4 = (opcode & 0xF8) == 0x68, out2 = (opcode & 0xF8) == 0x38;
    struct read_row row = {.opcode = opcode,
                           .address_bytes = bytes,
                           .address_lanes = io4   ? 4
                                            : io2 ? 2
                                                  : 1,
                           .data_lanes = io4 || out4   ? 4
                                         : io2 || out2 ? 2
                                                       : 1,
                           .mode = io4};
    uint8_t byte;
    array_read(b, &row, address, dummy, 0, &byte, 1);
    return byte;
}

/* Bits 7 and 6 of the configuration register choose the clocks after the address, the mode bits of
 * EBh among them; they are volatile, and a status write of one byte leaves them alone. */
static void dummy_codes(void **state)
{
    (void)state;
    static const uint8_t opcodes[5] = {0x0B, 0x3B, 0x6B, 0xBB, 0xEB};
    static const uint8_t clocks[4][5] = {
        {8, 8, 8, 4, 4}, {6, 6, 6, 6, 2}, {8, 8, 8, 8, 6}, {10, 10, 10, 10, 8}};
    static const char *const names[] = {"MX25L12833F", "MX25L25645G"};
    for (unsigned p = 0; p < 2; p++) {
        struct bench b = bench_part(names[p], NOR_TIMING_TYPICAL);
        b.array[0x100] = 0x5A;
        for (unsigned code = 0; code < 4; code++) {
            write_bytes(&b, 0x40, (uint8_t)(code << 6 | 0x07));
            assert_int_equal(read_register(&b, 0x15), code << 6 | 0x07);
            write_register_byte(&b, 0x01, 0x40);
            assert_int_equal(read_register(&b, 0x15), code << 6 | 0x07);
            for (unsigned i = 0; i < 5; i++) {
                assert_int_equal(read_byte(&b, opcodes[i], 0x100, 3, clocks[code][i]), 0x5A);
            }
        }
        reset_chip(&b);
        assert_int_equal(read_register(&b, 0x15), 0x07);
        bench_close(&b);
    }
}

/* Quad reads with 6 clocks after the address are good for 84 MHz, with 10 for 133; 03h for 50. */
static void clock_limits(void **state)
{
    (void)state;
    struct bench b = bench_part("MX25L12833F", NOR_TIMING_TYPICAL);
    uint8_t data[64];
    struct read_row row = {0xEB, 3, 4, 4, true, true};
    memset(b.array, 0x5A, 64);
    write_register_byte(&b, 0x01, 0x40);
    for (unsigned fast = 0; fast < 2; fast++) {
        b.period = 10000; /* 100 MHz */
        array_read(&b, &row, 0, fast == 0 ? 4 : 8, 0, data, 64);
        assert_int_equal(memcmp(data, b.array, 64) == 0, fast == 1);
        b.period = 12000;
        array_read(&b, &row, 0, fast == 0 ? 4 : 8, 0, data, 64);
        assert_memory_equal(data, b.array, 64);
        b.period = fast == 0 ? 20000 : 19000;
        read_frame(&b, 0x03, 0, 3, 0, data, 64);
        assert_int_equal(memcmp(data, b.array, 64) == 0, fast == 0);
        b.period = 40000;
        write_bytes(&b, 0x40, 0xC7);
    }
    bench_close(&b);
}

/* TB, bit 3, is once only and turns the protection to the bottom. A status write of too many bytes
 * is void. */
static void top_or_bottom(void **state)
{
    (void)state;
    static const char *const names[] = {"MX25L12833F", "MX25L25645G", "MX25R6435F"};
    for (unsigned p = 0; p < 3; p++) {
        struct bench b = bench_part(names[p], NOR_TIMING_TYPICAL);
        write_register(&b, 0x01, (const uint8_t[4]){0x3C}, p == 2 ? 4 : 3);
        assert_int_equal(read_register(&b, 0x05), WEL);
        write_bytes(&b, 0x04, 0x08);
        assert_false(takes_program(&b, 0x02, 0, 3));
        assert_true(takes_program(&b, 0x02, 0x10000, 3));
        write_bytes(&b, 0x04, 0x00);
        assert_int_equal(read_register(&b, 0x15) & 0x08, 0x08);
        power_cycle(&b);
        assert_int_equal(read_register(&b, 0x15) & 0x08, 0x08);
        assert_false(takes_program(&b, 0x02, 0, 3));
        bench_close(&b);
    }
}

/* The security register says what was refused, until the next of its kind is taken up. */
static void fail_flags(void **state)
{
    (void)state;
    static const char *const names[] = {"MX25L12833F", "MX25L25645G", "MX25R6435F"};
    for (unsigned p = 0; p < 3; p++) {
        struct bench b = bench_part(names[p], NOR_TIMING_TYPICAL);
        write_register_byte(&b, 0x01, 0x3C);
        assert_int_equal(read_register(&b, 0x2B), 0);
        takes_program(&b, 0x02, 0, 3);
        assert_int_equal(read_register(&b, 0x2B), P_FAIL);
        op(&b, 0x30); /* resume, and nothing else */
        assert_int_equal(read_register(&b, 0x2B), P_FAIL);
        op(&b, 0x06);
        op_address(&b, 0x20, 0, 3);
        assert_int_equal(read_register(&b, 0x2B), P_FAIL | E_FAIL);
        write_register_byte(&b, 0x01, 0x00);
        assert_true(takes_program(&b, 0x02, 0, 3));
        assert_int_equal(read_register(&b, 0x2B), E_FAIL);
        reset_chip(&b);
        assert_int_equal(read_register(&b, 0x2B), 0);
        bench_close(&b);
    }
}

/* 68h: individual block locks for good, all locked at each power-up; 98h and 7Eh, after 06h, open
 * and close all, and do nothing before 68h. */
static void wpsel(void **state)
{
    (void)state;
    static const char *const names[] = {"MX25L12833F", "MX25L25645G"};
    for (unsigned p = 0; p < 2; p++) {
        struct bench b = bench_part(names[p], NOR_TIMING_TYPICAL);
        op(&b, 0x06);
        op(&b, 0x7E);
        assert_true(takes_program(&b, 0x02, 0, 3));
        op(&b, 0x06);
        op(&b, 0x98);
        op(&b, 0x06);
        op(&b, 0x68);
        wait_idle(&b);
        assert_int_equal(read_register(&b, 0x2B), WPSEL);
        assert_false(takes_program(&b, 0x02, 0, 3));
        assert_int_equal(read_register(&b, 0x2B), WPSEL | P_FAIL);
        op(&b, 0x98); /* no WEL */
        assert_false(takes_program(&b, 0x02, 0, 3));
        op(&b, 0x06);
        op(&b, 0x98);
        assert_int_equal(read_register(&b, 0x05), 0);
        assert_true(takes_program(&b, 0x02, 0, 3));
        op(&b, 0x06);
        op(&b, 0x7E);
        assert_false(takes_program(&b, 0x02, 0, 3));
        op(&b, 0x06);
        op(&b, 0x98);
        power_cycle(&b);
        assert_int_equal(read_register(&b, 0x2B), WPSEL);
        assert_false(takes_program(&b, 0x02, 0, 3));
        bench_close(&b);
    }
    struct bench b = bench_part("MX25R6435F", NOR_TIMING_TYPICAL);
    op(&b, 0x06);
    op(&b, 0x68);
    assert_false(is_busy(&b));
    bench_close(&b);
}

/* C0h: bursts of 8 to 64 bytes in EBh; off at power-up, by 10h and by a reset. */
static void wrap(void **state)
{
    (void)state;
    static const char *const names[] = {"MX25L12833F", "MX25L25645G", "MX25R6435F"};
    for (unsigned p = 0; p < 3; p++) {
        struct bench b = bench_part(names[p], NOR_TIMING_TYPICAL);
        write_register_byte(&b, 0x01, 0x40);
        for (uint32_t i = 0; i < 128; i++) {
            b.array[i] = (uint8_t)i;
        }
        struct read_row row = {0xEB, 3, 4, 4, true, true};
        uint8_t data[66];
        for (uint8_t code = 0; code < 4; code++) {
            uint32_t size = 8u << code;
            write_frame(&b, 0xC0, 0, 0, &code, 1);
            array_read(&b, &row, 3, 4, 0, data, 66);
            assert_int_equal(data[size - 4], size - 1);
            assert_int_equal(data[size - 3], 0);
            assert_int_equal(data[size], 3);
            assert_int_equal(read_byte(&b, 0x0B, size, 3, 8), size);
        }
        if (p == 0) {
            write_frame(&b, 0xC0, 0, 0, (const uint8_t[]){0x10}, 1);
        } else {
            reset_chip(&b);
        }
        array_read(&b, &row, 3, 4, 0, data, 66);
        assert_int_equal(data[65], 68);
        bench_close(&b);
    }
}

/* Above 16 MiB: opcodes that always take 4 address bytes. */
static void four_byte_opcodes(void **state)
{
    (void)state;
    static const struct {
        uint8_t opcode, dummy;
    } reads[] = {{0x13, 0}, {0x0C, 8}, {0x3C, 8}, {0x6C, 8}, {0xBC, 4}, {0xEC, 4}};
    static const struct {
        uint8_t opcode;
        uint16_t ms;
    } erases[] = {{0x21, 30}, {0x5C, 180}, {0xDC, 380}};
    struct bench b = bench_part("MX25L25645G", NOR_TIMING_TYPICAL);
    uint32_t address = 0x1000123;
    write_register_byte(&b, 0x01, 0x40);
    for (unsigned i = 0; i < 3; i++) {
        b.array[0x123] = 0x77;
        op(&b, 0x06);
        cs_low(&b);
        put_op(&b, i == 0 ? 0x12 : 0x3E);
        put_bits(&b, i == 0 ? 1 : 4, address, 32);
        put_bits(&b, i == 0 ? 1 : 4, 0x5A, 8);
        cs_high(&b);
        wait_idle(&b);
        assert_int_equal(b.array[address], 0x5A);
        for (unsigned r = 0; r < 6; r++) {
            assert_int_equal(read_byte(&b, reads[r].opcode, address, 4, reads[r].dummy), 0x5A);
        }
        assert_int_equal(erase_time(&b, erases[i].opcode, address, 4) / PS_PER_MS, erases[i].ms);
        assert_int_equal(b.array[address], 0xFF);
        assert_int_equal(b.array[0x123], 0x77);
    }
    bench_close(&b);
}

/* B7h and E9h need no 06h; the configuration register's bit 5 shows the mode. SFDP keeps its three
 * bytes. The extended address register (C5h after 06h, C8h) stands for what three bytes lack. */
static void address_modes(void **state)
{
    (void)state;
    struct bench b = bench_part("MX25L25645G", NOR_TIMING_TYPICAL);
    b.array[0x10] = 0x11;
    b.array[0x1000010] = 0x22;
    op(&b, 0xB7);
    assert_int_equal(state_of(&b).address_bytes, 4);
    assert_int_equal(read_register(&b, 0x15), 0x27);
    assert_int_equal(read_byte(&b, 0x03, 0x1000010, 4, 0), 0x22);
    assert_int_equal(sfdp_word(&b, 0), 0x50444653);
    op(&b, 0xE9);
    assert_int_equal(read_register(&b, 0x15), 0x07);
    assert_int_equal(read_byte(&b, 0x03, 0x10, 3, 0), 0x11);
    write_frame(&b, 0xC5, 0, 0, (const uint8_t[]){1}, 1);
    assert_int_equal(read_register(&b, 0xC8), 0);
    write_register_byte(&b, 0xC5, 1);
    assert_int_equal(read_register(&b, 0x05), 0);
    assert_int_equal(read_register(&b, 0xC8), 1);
    assert_int_equal(read_byte(&b, 0x03, 0x10, 3, 0), 0x22);
    assert_true(takes_program(&b, 0x02, 0x20, 3));
    assert_int_equal(b.array[0x1000020], 0);
    erase_time(&b, 0x20, 0, 3);
    assert_int_equal(b.array[0x1000020], 0xFF);
    assert_int_equal(b.array[0x10], 0x11);
    assert_int_equal(read_byte(&b, 0x13, 0x10, 4, 0), 0x11);
    op(&b, 0xB7);
    assert_int_equal(read_byte(&b, 0x03, 0x10, 4, 0), 0x11);
    reset_chip(&b);
    assert_int_equal(read_register(&b, 0xC8), 0);
    assert_int_equal(read_byte(&b, 0x03, 0x10, 3, 0), 0x11);
    bench_close(&b);
}

/* Three bytes only: neither mode, register nor opcodes. */
static void small_parts(void **state)
{
    (void)state;
    static const char *const names[] = {"MX25L12833F", "MX25R6435F"};
    for (unsigned p = 0; p < 2; p++) {
        struct bench b = bench_part(names[p], NOR_TIMING_TYPICAL);
        op(&b, 0xB7);
        assert_int_equal(state_of(&b).address_bytes, 3);
        b.array[0] = 0x5A;
        assert_int_equal(read_byte(&b, 0x13, 0, 4, 0), 0xFF);
        write_register_byte(&b, 0xC5, 1);
        assert_int_equal(read_byte(&b, 0x03, 0, 3, 0), 0x5A);
        bench_close(&b);
    }
}

/* MX25R: 33 MHz until bit 1 of the third byte of 01h is set, and again after a reset; then 80. 15h
 * reads both configuration registers in turn. One dummy bit: 2READ 4 or 8 clocks, 4READ 6 or 10. */
static void low_power(void **state)
{
    (void)state;
    struct bench b = bench_part("MX25R6435F", NOR_TIMING_TYPICAL);
    uint8_t data[64], both[2];
    memset(b.array, 0x5A, 64);
    for (unsigned pass = 0; pass < 3; pass++) {
        b.period = 30400; /* below 33 MHz */
        read_frame(&b, 0x0B, 0, 3, 8, data, 64);
        assert_memory_equal(data, b.array, 64);
        b.period = 20000;
        read_frame(&b, 0x0B, 0, 3, 8, data, 64);
        assert_int_equal(memcmp(data, b.array, 64) == 0, pass == 1);
        b.period = 40000;
        if (pass == 0) {
            write_register(&b, 0x01, (const uint8_t[]){0x40, 0x40, 0x02}, 3);
            read_frame(&b, 0x15, 0, 0, 0, both, 2);
            assert_memory_equal(both, ((const uint8_t[]){0x40, 0x02}), 2);
            assert_int_equal(read_byte(&b, 0xBB, 0, 3, 8), 0x5A);
            assert_int_equal(read_byte(&b, 0xEB, 0, 3, 8), 0x5A);
            write_bytes(&b, 0x40, 0x00); /* leaves the third byte alone */
            assert_int_equal(read_byte(&b, 0xEB, 0, 3, 4), 0x5A);
        } else {
            reset_chip(&b);
        }
    }
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dummy_codes),
        cmocka_unit_test(clock_limits),
        cmocka_unit_test(top_or_bottom),
        cmocka_unit_test(fail_flags),
        cmocka_unit_test(wpsel),
        cmocka_unit_test(wrap),
        cmocka_unit_test(four_byte_opcodes),
        cmocka_unit_test(address_modes),
        cmocka_unit_test(small_parts),
        cmocka_unit_test(low_power),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
