/* SPDX-License-Identifier: MIT */
/* Operations of the S25FL064L suspended, reset or cut off. */
#include "unit/test_nor_bench.h"

/* 75h: WIP 0 and ES 1 after tSL 40 us; 7Ah goes on with what was left. */
static void erase_suspend_and_resume(void **state)
{
    (void)state;
    struct bench b = bench_open();
    uint8_t data[32], blank[32];
    memset(b.array, 0, 0x20000);
    b.array[0x10000] = 0x77;
    memset(blank, 0, sizeof(blank));
    erase(&b, 0x20, 0x1000);
    wait_us(&b, 10000);
    uint64_t asked = b.now + NS_100 + 8 * b.period;
    op(&b, 0x75);
    assert_int_equal(nor_next_event(b.nor, b.now), asked + 40 * PS_PER_US);
    assert_int_equal(read_register(&b, 0x05) & 0x01, 0x01);
    wait_us(&b, 40);
    assert_int_equal(read_register(&b, 0x05) & 0x01, 0x00);
    assert_int_equal(read_register(&b, 0x07), 0x02);
    assert_int_equal(read_register(&b, 0x35), 0x80);
    assert_true(state_of(&b).suspended);
    read_frame(&b, 0x0B, 0x10000, 3, 8, data, 1);
    assert_int_equal(data[0], 0x77);
    read_frame(&b, 0x0B, 0x1000, 3, 8, data, sizeof(data)); /* undefined */
    assert_memory_not_equal(data, blank, sizeof(data));
    erase(&b, 0x20, 0x2000); /* no second erase */
    assert_false(is_busy(&b));
    wait_us(&b, 500);
    op(&b, 0x7A);
    assert_int_equal(read_register(&b, 0x07), 0x00);
    uint64_t left = busy_ps(&b);
    assert_in_range(left, 53900 * PS_PER_US, 54000 * PS_PER_US);
    assert_int_equal(b.array[0x1000], 0xFF);
    assert_int_equal(b.array[0x2000], 0x00);
    bench_close(&b);
}

/* In erase suspend a program elsewhere works and cannot be suspended itself; into the suspended
 * sector it is P_ERR with WIP stuck until 30h. */
static void program_in_erase_suspend(void **state)
{
    (void)state;
    struct bench b = bench_open();
    erase(&b, 0x20, 0x1000);
    op(&b, 0x75);
    wait_us(&b, 40);
    program(&b, 0x3000, (const uint8_t[]){0x42}, 1);
    op(&b, 0x75);
    wait_us(&b, 50);
    assert_int_equal(read_register(&b, 0x07), 0x02);
    wait_us(&b, 50);
    assert_false(is_busy(&b));
    assert_int_equal(b.array[0x3000], 0x42);
    program(&b, 0x1080, (const uint8_t[]){0x42}, 1);
    wait_us(&b, 10000);
    assert_int_equal(read_register(&b, 0x05), 0x03);
    assert_int_equal(read_register(&b, 0x07), 0x22);
    op(&b, 0x30);
    assert_int_equal(read_register(&b, 0x05), 0x00);
    assert_int_equal(read_register(&b, 0x07), 0x02);
    op(&b, 0x7A);
    busy_ps(&b);
    assert_int_equal(b.array[0x1080], 0xFF);
    bench_close(&b);
}

/* A suspend is ignored within tRNS 100 us of a resume, while nothing runs, and for a chip erase. */
static void suspend_limits(void **state)
{
    (void)state;
    struct bench b = bench_open();
    op(&b, 0x75);
    op(&b, 0x7A);
    assert_false(is_busy(&b));
    erase(&b, 0xD8, 0);
    op(&b, 0x75);
    wait_us(&b, 41);
    op(&b, 0x7A);
    wait_us(&b, 50);
    op(&b, 0x75);
    wait_us(&b, 45);
    assert_true(is_busy(&b));
    wait_us(&b, 10);
    op(&b, 0x75);
    wait_us(&b, 41);
    assert_true(state_of(&b).suspended);
    op(&b, 0x66);
    op(&b, 0x99);
    wait_us(&b, 100);
    op(&b, 0x06);
    op(&b, 0xC7);
    op(&b, 0x75);
    wait_us(&b, 100);
    assert_true(is_busy(&b));
    assert_false(state_of(&b).suspended);
    bench_close(&b);
}

/* Program suspend: PS, the page undefined, no further program. */
static void program_suspend(void **state)
{
    (void)state;
    struct bench b = bench_open();
    uint8_t data[256] = {0}, got[16];
    program(&b, 0x1000, data, 256);
    wait_us(&b, 100);
    op(&b, 0x75);
    wait_us(&b, 40);
    assert_int_equal(read_register(&b, 0x07), 0x01);
    read_frame(&b, 0x03, 0x1000, 3, 0, got, sizeof(got));
    assert_memory_not_equal(got, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8);
    program(&b, 0x2000, data, 1);
    assert_false(is_busy(&b));
    op(&b, 0x7A);
    assert_in_range(busy_ps(&b), 345 * PS_PER_US, 348 * PS_PER_US);
    assert_memory_equal(b.array + 0x1000, data, 256);
    bench_close(&b);
}

/* Reads the same bytes several times; true if they differ. */
static bool flickers(struct bench *b, uint32_t address, size_t count)
{
    uint8_t first[4096], again[4096];
    read_frame(b, 0x0B, address, 3, 8, first, count);
    for (unsigned i = 0; i < 4; i++) {
        read_frame(b, 0x0B, address, 3, 8, again, count);
        if (memcmp(first, again, count) != 0) {
            return true;
        }
    }
    return false;
}

/* Reset in a program: every bit is old or new, some read either way; a full erase heals. */
static void reset_tears_a_program(void **state)
{
    (void)state;
    struct bench b = bench_open();
    uint8_t data[256];
    memset(data, 0x0F, sizeof(data));
    program(&b, 0x1000, data, sizeof(data));
    wait_us(&b, 100);
    op(&b, 0x66);
    op(&b, 0x99);
    op(&b, 0x06); /* within tRPH: not heard */
    wait_us(&b, 100);
    assert_int_equal(read_register(&b, 0x05), 0x00);
    unsigned old = 0, new = 0;
    for (size_t i = 0; i < 256; i++) {
        assert_int_equal(b.array[0x1000 + i] & 0x0F, 0x0F);
        old += (b.array[0x1000 + i] & 0xF0) != 0;
        new += (b.array[0x1000 + i] & 0xF0) != 0xF0;
    }
    assert_true(old > 0 && new > 0);
    assert_true(flickers(&b, 0x1000, 256));
    assert_int_equal(b.array[0x0FFF], 0xFF);
    assert_int_equal(b.array[0x1100], 0xFF);
    erase(&b, 0x20, 0x1000);
    busy_ps(&b);
    assert_false(flickers(&b, 0x1000, 256));
    bench_close(&b);
}

/* Reset in an erase: noise in the sector only; near its end it looks blank but is not sound, and at
 * the very end no read tells: only time does. */
static void reset_tears_an_erase(void **state)
{
    (void)state;
    static const uint64_t at_us[] = {1000, 32000, 52000, 63000};
    for (size_t i = 0; i < 4; i++) {
        struct bench b = bench_open();
        memset(b.array, 0x3C, CHIP_SIZE);
        erase(&b, 0x20, 0x1000);
        wait_us(&b, at_us[i]);
        op(&b, 0x66);
        op(&b, 0x99);
        wait_us(&b, 100);
        unsigned changed = 0, blank = 0;
        for (size_t k = 0; k < 4096; k++) {
            changed += b.array[0x1000 + k] != 0x3C;
            blank += b.array[0x1000 + k] == 0xFF;
        }
        assert_true(changed > 2048);
        assert_int_equal(blank == 4096, i >= 2);
        assert_int_equal(flickers(&b, 0x1000, 4096), i < 3);
        assert_in_range(nor_torn_cells(b.nor, 0x1000, 4096), 1, 4095);
        assert_int_equal(nor_torn_cells(b.nor, 0, CHIP_SIZE), nor_torn_cells(b.nor, 0x1000, 4096));
        nor_age(b.nor);
        assert_true(flickers(&b, 0x1000, 4096));
        assert_int_equal(b.array[0x0FFF], 0x3C);
        assert_int_equal(b.array[0x2000], 0x3C);
        erase(&b, 0x20, 0x1000);
        busy_ps(&b);
        assert_int_equal(nor_torn_cells(b.nor, 0, CHIP_SIZE), 0);
        nor_age(b.nor);
        assert_false(flickers(&b, 0x1000, 4096));
        bench_close(&b);
    }
}

/* Reset at the edges of a program: all reads as before, or as wanted, and does not stay so. The same
 * program once more makes what is 0 sound, not what is 1. */
static void a_reset_may_not_show(void **state)
{
    (void)state;
    static const uint64_t at_us[] = {20, 430};
    for (size_t i = 0; i < 2; i++) {
        struct bench b = bench_open();
        uint8_t data[256];
        memset(data, 0x0F, sizeof(data));
        program(&b, 0x1000, data, sizeof(data));
        wait_us(&b, at_us[i]);
        op(&b, 0x66);
        op(&b, 0x99);
        wait_us(&b, 100);
        for (size_t k = 0; k < 256; k++) {
            assert_int_equal(b.array[0x1000 + k], i == 0 ? 0xFF : 0x0F);
        }
        assert_false(flickers(&b, 0x1000, 256));
        assert_true(nor_torn_cells(b.nor, 0x1000, 256) > 0);
        program(&b, 0x1000, data + 1, sizeof(data) - 1);
        busy_ps(&b);
        assert_int_equal(nor_torn_cells(b.nor, 0x1000, 255), 0);
        nor_age(b.nor);
        assert_false(flickers(&b, 0x1000, 255));
        bench_close(&b);
    }
}

/* RESET# does what 66h 99h do; while it is low nothing is heard. */
static void reset_pin(void **state)
{
    (void)state;
    struct bench b = bench_open();
    enter_qpi(&b);
    nor_set_reset_pin(b.nor, b.now, false);
    b.op_lanes = 1;
    wait_us(&b, 200);
    op(&b, 0x06);
    assert_false(state_of(&b).write_enabled);
    nor_set_reset_pin(b.nor, b.now, true);
    assert_id(&b);
    assert_false(state_of(&b).qpi);
    bench_close(&b);
}

/* CR2[7] = 1 makes IO3 RESET# while QUAD = 0. */
static void io3_as_reset(void **state)
{
    (void)state;
    struct bench b = bench_open();
    write_any(&b, 0x800003, 0xE0);
    op(&b, 0x06);
    assert_true(state_of(&b).write_enabled);
    b.idle_high = 0x04;
    read_register(&b, 0x05);
    b.idle_high = 0x0C;
    assert_false(state_of(&b).write_enabled);
    assert_int_equal(state_of(&b).config2, 0x60);
    wait_us(&b, 100);
    assert_id(&b);
    b.idle_high = 0x04; /* CR2[7] = 0: IO3 low means nothing */
    assert_id(&b);
    bench_close(&b);
}

/* Power cut: volatile state is lost, what ran is torn. */
static void power_cut(void **state)
{
    (void)state;
    struct bench b = bench_open();
    memset(b.array, 0x3C, CHIP_SIZE);
    set_latency(&b, 5);
    op(&b, 0xB7);
    op(&b, 0x06);
    op_address(&b, 0xD8, 0x30000, 4);
    wait_us(&b, 256000);
    nor_set_power(b.nor, b.now, false);
    assert_false(is_busy(&b));
    nor_set_power(b.nor, b.now, true);
    wait_us(&b, 300);
    assert_int_equal(state_of(&b).config3, 0x78);
    assert_int_equal(state_of(&b).address_bytes, 3);
    assert_memory_not_equal(b.array + 0x30000, b.array, 4096);
    assert_int_equal(b.array[0x2FFFF], 0x3C);
    assert_int_equal(b.array[0x40000], 0x3C);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(erase_suspend_and_resume),
        cmocka_unit_test(program_in_erase_suspend),
        cmocka_unit_test(suspend_limits),
        cmocka_unit_test(program_suspend),
        cmocka_unit_test(reset_tears_a_program),
        cmocka_unit_test(reset_tears_an_erase),
        cmocka_unit_test(a_reset_may_not_show),
        cmocka_unit_test(reset_pin),
        cmocka_unit_test(io3_as_reset),
        cmocka_unit_test(power_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
