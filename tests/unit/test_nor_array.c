/* SPDX-License-Identifier: MIT */
/* Program and erase on the S25FL064L: effect, times, what is heard meanwhile. */
#include "unit/test_nor_bench.h"

/* Programming takes bits from 1 to 0 only; all FF changes nothing and costs the time. */
static void program_ands(void **state)
{
    (void)state;
    struct bench b = bench_open();
    program(&b, 0x1000, (const uint8_t[]){0xF0, 0xCC}, 2);
    assert_int_equal(busy_ps(&b), 90 * PS_PER_US);
    program(&b, 0x1000, (const uint8_t[]){0x3C, 0xFF}, 2);
    assert_int_equal(busy_ps(&b), 90 * PS_PER_US);
    assert_memory_equal(b.array + 0x1000, "\x30\xCC\xFF", 3);
    bench_close(&b);
}

/* The address wraps inside the page; of more than 256 bytes the last 256 stay, not ANDed with the
 * earlier ones. */
static void program_wraps_in_the_page(void **state)
{
    (void)state;
    struct bench b = bench_open();
    program(&b, 0x10FE, (const uint8_t[]){1, 2, 3}, 3);
    busy_ps(&b);
    assert_memory_equal(b.array + 0x10FE, "\x01\x02\xFF", 3);
    assert_int_equal(b.array[0x1000], 3);
    uint8_t data[260];
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = i < 4 ? 0x00 : (uint8_t)i;
    }
    program(&b, 0x2000, data, sizeof(data));
    assert_int_equal(busy_ps(&b), 448 * PS_PER_US);
    assert_memory_equal(b.array + 0x2000, "\x00\x01\x02\x03\x04\x05", 6);
    assert_int_equal(b.array[0x20FF], 0xFF);
    assert_int_equal(nor_stats(b.nor)->pages_programmed, 2);
    assert_int_equal(nor_stats(b.nor)->bytes_programmed, 259);
    bench_close(&b);
}

/* CS# rising inside a byte discards the whole program; WEL stays. */
static void partial_last_byte(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits <= 16; bits++) {
        struct bench b = bench_open();
        op(&b, 0x06);
        cs_low(&b);
        put_op(&b, 0x02);
        put_bits(&b, 1, 0, 24);
        put_bits(&b, 1, 0, bits);
        cs_high(&b);
        bool taken = bits == 8 || bits == 16;
        assert_int_equal(is_busy(&b), taken);
        assert_true(state_of(&b).write_enabled);
        wait_us(&b, 1000);
        assert_int_equal(b.array[0], taken ? 0x00 : 0xFF);
        bench_close(&b);
    }
}

/* Without WEL program and erase are ignored: no busy, no error. */
static void needs_write_enable(void **state)
{
    (void)state;
    struct bench b = bench_open();
    static const uint8_t erases[] = {0x20, 0x52, 0xD8};
    b.array[0] = 0x55;
    write_frame(&b, 0x02, 0, 3, (const uint8_t[]){0}, 1);
    assert_false(is_busy(&b));
    for (size_t i = 0; i < sizeof(erases); i++) {
        op_address(&b, erases[i], 0, 3);
        assert_false(is_busy(&b));
    }
    op(&b, 0x60);
    op(&b, 0xC7);
    assert_false(is_busy(&b));
    assert_int_equal(state_of(&b).status2, 0);
    assert_int_equal(nor_stats(b.nor)->rejected, 6);
    assert_int_equal(b.array[0], 0x55);
    bench_close(&b);
}

/* WEL: set by 06h, cleared at the end of an operation and by 04h, kept by a rejected command. */
static void write_enable_life(void **state)
{
    (void)state;
    struct bench b = bench_open();
    op(&b, 0x06);
    assert_int_equal(read_register(&b, 0x05), 0x02);
    op(&b, 0xFF); /* unknown */
    op_address(&b, 0x20, 0, 2);
    assert_int_equal(read_register(&b, 0x05), 0x02);
    op(&b, 0x04);
    assert_int_equal(read_register(&b, 0x05), 0x00);
    erase(&b, 0x20, 0);
    assert_int_equal(read_register(&b, 0x05), 0x03);
    wait_us(&b, 64000);
    assert_int_equal(read_register(&b, 0x05), 0x00);
    erase(&b, 0x20, 0);
    op(&b, 0x04); /* while busy: ignored */
    assert_int_equal(read_register(&b, 0x05), 0x03);
    wait_us(&b, 64000);
    op(&b, 0x06);
    op(&b, 0x66);
    op(&b, 0x99);
    wait_us(&b, 100);
    assert_int_equal(read_register(&b, 0x05), 0x00);
    bench_close(&b);
}

struct erase_row {
    uint8_t opcode;
    unsigned address_bytes;
    uint32_t unit;
    uint64_t typical_ps, maximum_ps;
};

/* Typical times of the SFDP tables, maximum times of the FMF model; 53h is the 4-byte form of 52h.
 */
static const struct erase_row erases[] = {
    {0x20, 3, 4096, 64 * PS_PER_MS, 320 * PS_PER_MS},
    {0x21, 4, 4096, 64 * PS_PER_MS, 320 * PS_PER_MS},
    {0x52, 3, 32768, 304 * PS_PER_MS, 600 * PS_PER_MS},
    {0x53, 4, 32768, 304 * PS_PER_MS, 600 * PS_PER_MS},
    {0xD8, 3, 65536, 512 * PS_PER_MS, 1150 * PS_PER_MS},
    {0xDC, 4, 65536, 512 * PS_PER_MS, 1150 * PS_PER_MS},
    {0x60, 0, CHIP_SIZE, 56 * PS_PER_SECOND, 150 * PS_PER_SECOND},
    {0xC7, 0, CHIP_SIZE, 56 * PS_PER_SECOND, 150 * PS_PER_SECOND},
};

/* Erase sets its whole unit to FF whatever the low address bits, and nothing beside it. */
static void erase_units_and_times(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2 * sizeof(erases) / sizeof(erases[0]); i++) {
        const struct erase_row *row = &erases[i / 2];
        bool maximum = i % 2 == 1;
        struct bench b = bench_make(maximum ? NOR_TIMING_MAXIMUM : NOR_TIMING_TYPICAL, 1, true);
        memset(b.array, 0x5A, CHIP_SIZE);
        op(&b, 0x06);
        op_address(&b, row->opcode, 0x345678, row->address_bytes);
        assert_int_equal(busy_ps(&b), maximum ? row->maximum_ps : row->typical_ps);
        uint32_t first = row->address_bytes == 0 ? 0 : 0x345678 & ~(row->unit - 1);
        for (uint32_t at = 0; at < CHIP_SIZE; at++) {
            bool inside = at >= first && at - first < row->unit;
            if (b.array[at] != (inside ? 0xFF : 0x5A)) {
                fail_msg("opcode %02X, address %06X", row->opcode, at);
            }
        }
        const struct nor_stats *stats = nor_stats(b.nor);
        uint64_t counted = row->unit == 4096    ? stats->erases_4k
                           : row->unit == 32768 ? stats->erases_32k
                           : row->unit == 65536 ? stats->erases_64k
                                                : stats->erases_chip;
        assert_int_equal(counted, 1);
        bench_close(&b);
    }
}

/* tPP 448/1350 us; a part of a page min(tPP, first + (n-1) * next), bytes 80/10 and 90/30 us. */
static void program_times(void **state)
{
    (void)state;
    static const struct {
        size_t count;
        uint64_t typical_us, maximum_us;
    } rows[] = {{1, 80, 90},     {2, 90, 120},     {37, 440, 1170},
                {38, 448, 1200}, {255, 448, 1350}, {256, 448, 1350}};
    for (unsigned i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t data[256] = {0};
        bool maximum = i % 2 == 1;
        struct bench b = bench_make(maximum ? NOR_TIMING_MAXIMUM : NOR_TIMING_TYPICAL, 1, true);
        program(&b, 0, data, rows[i / 2].count);
        uint64_t us = maximum ? rows[i / 2].maximum_us : rows[i / 2].typical_us;
        assert_int_equal(busy_ps(&b), us * PS_PER_US);
        bench_close(&b);
    }
    struct bench b = bench_open();
    op(&b, 0x06);
    write_frame(&b, 0x12, 0x00001000, 4, (const uint8_t[]){0x42}, 1);
    assert_int_equal(busy_ps(&b), 80 * PS_PER_US);
    assert_int_equal(b.array[0x1000], 0x42);
    bench_close(&b);
}

/* Random times lie between typical and maximum, differ, and follow from the seed alone. */
static void random_times(void **state)
{
    (void)state;
    uint64_t times[2][8];
    for (unsigned run = 0; run < 2; run++) {
        struct bench b = bench_make(NOR_TIMING_RANDOM, 77, true);
        for (unsigned i = 0; i < 8; i++) {
            erase(&b, 0x20, 0);
            times[run][i] = busy_ps(&b);
            assert_in_range(times[run][i], 64 * PS_PER_MS, 320 * PS_PER_MS);
        }
        assert_int_not_equal(times[run][0], times[run][1]);
        bench_close(&b);
    }
    assert_memory_equal(times[0], times[1], sizeof(times[0]));
}

/* Fast: one microsecond, but one status read shows WIP however late it comes. */
static void fast_shows_wip_once(void **state)
{
    (void)state;
    struct bench b = bench_make(NOR_TIMING_FAST, 1, true);
    program(&b, 0, (const uint8_t[]){0x42}, 1);
    wait_us(&b, 1000000);
    assert_int_equal(b.array[0], 0x42);
    uint8_t data[1] = {0};
    op(&b, 0x06); /* a driver that never polls is not heard */
    write_frame(&b, 0x02, 1, 3, data, 1);
    wait_us(&b, 10);
    assert_int_equal(b.array[1], 0xFF);
    assert_int_equal(read_register(&b, 0x05), 0x03);
    assert_int_equal(read_register(&b, 0x05), 0x00);
    program(&b, 1, data, 1);
    assert_int_equal(read_register(&b, 0x05), 0x03); /* within the microsecond */
    assert_int_equal(read_any(&b, 0x800000), 0x00);
    bench_close(&b);
}

/* During an operation only 05, 07, 35, 15, 33, 65, 75, 30, 66 are decoded. */
static void busy_white_list(void **state)
{
    (void)state;
    static const uint8_t deaf[] = {0x9F, 0xAF, 0x4B, 0x48, 0x3D, 0xE0,
                                   0xA7, 0x2B, 0xE7, 0x41, 0x5A};
    static const uint8_t deaf_ops[] = {0x06, 0x50, 0x04, 0xB9, 0x38, 0xB7, 0x7A, 0x60, 0x98, 0x7E};
    static const uint8_t heard[] = {0x05, 0x07, 0x35, 0x15, 0x33};
    struct bench b = bench_open();
    uint8_t data;
    erase(&b, 0xD8, 0);
    for (size_t i = 0; i < sizeof(deaf); i++) {
        uint64_t rejected = nor_stats(b.nor)->rejected;
        read_frame(&b, deaf[i], 0, 3, 8, &data, 1);
        assert_int_equal(b.driven, 0);
        assert_int_equal(nor_stats(b.nor)->rejected, rejected + 1);
    }
    for (size_t i = 0; i < sizeof(deaf_ops); i++) {
        uint64_t rejected = nor_stats(b.nor)->rejected;
        op(&b, deaf_ops[i]);
        assert_int_equal(nor_stats(b.nor)->rejected, rejected + 1);
    }
    for (size_t i = 0; i < sizeof(heard); i++) {
        read_frame(&b, heard[i], 0, 0, 0, &data, 1);
        assert_int_equal(b.driven, 0x02);
    }
    assert_int_equal(read_any(&b, 0x800000), 0x03);
    assert_true(is_busy(&b));
    assert_int_equal(state_of(&b).address_bytes, 3);
    assert_false(state_of(&b).qpi);
    wait_us(&b, 512000);
    assert_false(is_busy(&b));
    assert_false(state_of(&b).deep_power_down);
    assert_false(state_of(&b).write_enabled);
    bench_close(&b);
}

/* An array read while busy is garbage, not the old content. */
static void busy_read_is_garbage(void **state)
{
    (void)state;
    struct bench b = bench_open();
    uint8_t data[64], zero[64] = {0}, blank[64];
    memset(blank, 0xFF, sizeof(blank));
    memset(b.array, 0, 64);
    erase(&b, 0x20, 0x10000);
    read_frame(&b, 0x03, 0, 3, 0, data, sizeof(data));
    assert_int_equal(b.driven, 0x02);
    assert_memory_not_equal(data, zero, sizeof(data));
    assert_memory_not_equal(data, blank, sizeof(data));
    bench_close(&b);
}

/* The status register repeats while CS# is low and each byte is live. */
static void status_loops_live(void **state)
{
    (void)state;
    struct bench b = bench_open();
    program(&b, 0, (const uint8_t[]){0}, 1);
    cs_low(&b);
    put_op(&b, 0x05);
    assert_int_equal(get_byte(&b, 1), 0x03);
    assert_int_equal(get_byte(&b, 1), 0x03);
    b.now += 80 * PS_PER_US;
    assert_int_equal(get_byte(&b, 1), 0x00);
    cs_high(&b);
    bench_close(&b);
}

/* Security regions: 42h programs, 44h erases, 48h reads with the latency of the array; LB bits lock
 * one region each for good. */
static void security_regions(void **state)
{
    (void)state;
    struct bench b = bench_open();
    uint8_t data[2];
    op(&b, 0x06);
    write_frame(&b, 0x42, 0x1FF, 3, (const uint8_t[]){0x12, 0x34}, 2);
    busy_ps(&b);
    read_frame(&b, 0x48, 0x1FF, 3, 8, data, 1);
    assert_int_equal(data[0], 0x12);
    read_frame(&b, 0x48, 0x100, 3, 8, data, 1); /* wrapped in its region */
    assert_int_equal(data[0], 0x34);
    assert_int_equal(b.array[0x1FF], 0xFF);
    erase(&b, 0x44, 0x100);
    busy_ps(&b);
    read_frame(&b, 0x48, 0x1FF, 3, 8, data, 1);
    assert_int_equal(data[0], 0xFF);
    write_any(&b, 0x000002, 0x08); /* LB1 */
    busy_ps(&b);
    op(&b, 0x06);
    write_frame(&b, 0x42, 0x100, 3, data, 1);
    wait_us(&b, 2000);
    assert_int_equal(read_register(&b, 0x07), 0x20);
    op(&b, 0x30);
    erase(&b, 0x44, 0x100);
    assert_int_equal(read_register(&b, 0x07), 0x40);
    op(&b, 0x30);
    write_any(&b, 0x000002, 0x00);
    busy_ps(&b);
    assert_int_equal(read_any(&b, 0x000002), 0x08); /* once only */
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(program_ands),         cmocka_unit_test(program_wraps_in_the_page),
        cmocka_unit_test(partial_last_byte),    cmocka_unit_test(needs_write_enable),
        cmocka_unit_test(write_enable_life),    cmocka_unit_test(erase_units_and_times),
        cmocka_unit_test(program_times),        cmocka_unit_test(random_times),
        cmocka_unit_test(fast_shows_wip_once),  cmocka_unit_test(busy_white_list),
        cmocka_unit_test(busy_read_is_garbage), cmocka_unit_test(status_loops_live),
        cmocka_unit_test(security_regions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
