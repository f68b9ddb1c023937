/* SPDX-License-Identifier: MIT */
/* Status registers of the W25Q family: where a write goes, for how long, and what keeps it off. */
#include "unit/test_w25q_bench.h"

static void as_the_factory_left_it(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        assert_int_equal(read_register(&b, 0x05), 0x00);
        assert_int_equal(read_register(&b, 0x35), sheet->sr2);
        assert_int_equal(read_register(&b, 0x15), 0x60);
        bench_close(&b);
    }
}

/* One byte of 01h: SR2 stays on Winbond's, and is cleared on those whose SFDP says QER 001. Two
 * reach both, three none. */
static void length_of_01h(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        write_volatile(&b, (const uint8_t[]){0x04, 0x42}, 2);
        assert_int_equal(read_register(&b, 0x05), 0x04);
        assert_int_equal(read_register(&b, 0x35), 0x42);
        write_volatile(&b, (const uint8_t[]){0x08, 0x00, 0x00}, 3);
        assert_int_equal(read_register(&b, 0x05), 0x04);
        write_volatile(&b, (const uint8_t[]){0x08}, 1);
        assert_int_equal(read_register(&b, 0x05), 0x08);
        assert_int_equal(read_register(&b, 0x35), sheet->short_clears ? 0x00 : 0x42);
        bench_close(&b);
    }
}

/* 50h: at once, WEL stays 0, gone after a reset. 06h: WIP for the register time, and it stays. */
static void volatile_or_for_good(void **state)
{
    (void)state;
    static const uint8_t writes[3] = {0x01, 0x31, 0x11}, reads[3] = {0x05, 0x35, 0x15};
    static const uint8_t values[3] = {0x14, 0x42, 0x20};
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        for (unsigned i = 0; i < 3; i++) {
            uint8_t before = read_register(&b, reads[i]);
            write_byte(&b, 0x50, writes[i], values[i]);
            assert_false(is_busy(&b));
            assert_int_equal(read_register(&b, reads[i]), values[i]);
            write_byte(&b, 0x04, writes[i], 0xFF); /* 50h was used up */
            assert_int_equal(read_register(&b, reads[i]), values[i]);
            soft_reset(&b);
            assert_int_equal(read_register(&b, reads[i]), before);
        }
        for (unsigned i = 0; i < 3; i++) {
            write_byte(&b, 0x06, writes[i], values[i]);
            assert_true(busy_ps(&b) >= 5 * PS_PER_MS);
            assert_false(state_of(&b).write_enabled);
            nor_set_power(b.nor, b.now, false);
            nor_set_power(b.nor, b.now, true);
            wait_us(&b, POWER_UP_MS * 1000);
            assert_int_equal(read_register(&b, reads[i]), values[i]);
        }
        bench_close(&b);
    }
}

/* LB1..LB3 and SRP1 are set once and for all. */
static void once_only_bits(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        write_byte(&b, 0x50, 0x31, 0x38);
        assert_int_equal(read_register(&b, 0x35), 0x00); /* not by a volatile write */
        write_byte(&b, 0x06, 0x31, 0x0A);
        wait_idle(&b);
        write_byte(&b, 0x06, 0x31, 0x12);
        wait_idle(&b);
        assert_int_equal(read_register(&b, 0x35), 0x1A);
        bench_close(&b);
    }
}

/* SRP0 with WP# low refuses 01h, 31h and 11h; with the quad-enable bit WP# is a data line. The
 * bench, as many controllers, drives IO2 in 1-line frames. */
static void write_protect_pin(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        write_volatile(&b, (const uint8_t[]){0x80, 0x00}, 2);
        b.idle_high = 0x08;
        write_byte(&b, 0x50, 0x01, 0x00);
        write_byte(&b, 0x50, 0x31, 0x02);
        write_byte(&b, 0x50, 0x11, 0x00);
        assert_int_equal(read_register(&b, 0x05), 0x80);
        assert_int_equal(read_register(&b, 0x35), 0x00);
        assert_int_equal(read_register(&b, 0x15), 0x60);
        b.idle_high = 0x0C;
        write_byte(&b, 0x50, 0x31, 0x02);
        b.idle_high = 0x08;
        write_volatile(&b, (const uint8_t[]){0x00, 0x02}, 2);
        assert_int_equal(read_register(&b, 0x05), 0x00);
        bench_close(&b);
    }
}

/* SRP1 alone locks until power-off; with SRP0 for good. */
static void lock_down(void **state)
{
    (void)state;
    for (unsigned srp0 = 0; srp0 < 2; srp0++) {
        const struct sheet *sheet = sheet_of("W25Q64JV");
        struct bench b = open_sheet(sheet);
        write_nonvolatile(&b, (uint8_t[]){(uint8_t)(srp0 << 7), 0x03}, 2);
        write_volatile(&b, (const uint8_t[]){0x1C, 0x02}, 2);
        assert_int_equal(read_register(&b, 0x05), srp0 << 7);
        soft_reset(&b);
        assert_int_equal(read_register(&b, 0x35), 0x03);
        nor_set_power(b.nor, b.now, false);
        nor_set_power(b.nor, b.now, true);
        wait_us(&b, POWER_UP_MS * 1000);
        assert_int_equal(read_register(&b, 0x35), srp0 ? 0x03 : 0x02);
        bench_close(&b);
    }
}

/* A register write that is under way hears no reset; one that loses power leaves old, new or
 * factory. */
static void write_cut_short(void **state)
{
    (void)state;
    struct bench b = open_sheet(sheet_of("W25Q128JV"));
    write_byte(&b, 0x06, 0x01, 0x1C);
    op(&b, 0x66);
    op(&b, 0x99);
    assert_true(is_busy(&b));
    wait_idle(&b);
    assert_int_equal(read_register(&b, 0x05), 0x1C);
    write_byte(&b, 0x06, 0x01, 0x04);
    nor_set_power(b.nor, b.now, false);
    nor_set_power(b.nor, b.now, true);
    wait_us(&b, POWER_UP_MS * 1000);
    uint8_t sr1 = read_register(&b, 0x05);
    assert_true(sr1 == 0x1C || sr1 == 0x04 || sr1 == 0x00);
    bench_close(&b);
}

/* 06h, 04h; neither is heard while busy; a write without either enable changes nothing. */
static void write_enable(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        write_frame(&b, 0x01, 0, 0, (const uint8_t[]){0x1C}, 1);
        assert_int_equal(read_register(&b, 0x05), 0x00);
        op(&b, 0x06);
        assert_int_equal(read_register(&b, 0x05), 0x02);
        op(&b, 0x04);
        assert_int_equal(read_register(&b, 0x05), 0x00);
        erase(&b, 0x20, 0);
        op(&b, 0x04);
        assert_int_equal(read_register(&b, 0x05), 0x03);
        wait_idle(&b);
        assert_int_equal(read_register(&b, 0x05), 0x00);
        bench_close(&b);
    }
}

/* C5h with WREN, C8h; of 64 MiB two bits count. Parts of 16 MiB have neither. */
static void extended_address(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        write_frame(&b, 0xC5, 0, 0, (const uint8_t[]){1}, 1);
        assert_int_equal(read_register(&b, 0xC8), sheet->four ? 0x00 : 0xFF);
        write_byte(&b, 0x06, 0xC5, 0xFF);
        assert_int_equal(read_register(&b, 0xC8), sheet->four ? 0x03 : 0xFF);
        soft_reset(&b);
        assert_int_equal(read_register(&b, 0xC8), sheet->four ? 0x00 : 0xFF);
        bench_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_the_factory_left_it), cmocka_unit_test(length_of_01h),
        cmocka_unit_test(volatile_or_for_good),   cmocka_unit_test(once_only_bits),
        cmocka_unit_test(write_protect_pin),      cmocka_unit_test(lock_down),
        cmocka_unit_test(write_cut_short),        cmocka_unit_test(write_enable),
        cmocka_unit_test(extended_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
