/* SPDX-License-Identifier: MIT */
/* Protection of the S25FL064L: errors, BP, individual locks, pointer, password, lock-down. */
#include "unit/test_nor_bench.h"

/* Program into a protected sector: P_ERR, WIP and WEL stay, nothing changes, until 30h. */
static void program_error(void **state)
{
    (void)state;
    struct bench b = bench_open();
    write_volatile(&b, (const uint8_t[]){0x1C}, 1);
    program_byte(&b, 0);
    wait_us(&b, 5000000);
    assert_int_equal(read_register(&b, 0x05), 0x1F);
    assert_int_equal(read_register(&b, 0x07), 0x20);
    assert_int_equal(nor_next_event(b.nor, b.now), PS_NEVER);
    op(&b, 0x04); /* busy: ignored */
    assert_int_equal(read_register(&b, 0x05), 0x1F);
    op(&b, 0x30);
    assert_int_equal(read_register(&b, 0x05), 0x1C);
    assert_int_equal(read_register(&b, 0x07), 0x00);
    assert_int_equal(b.array[0], 0xFF);
    program_byte(&b, 0);
    soft_reset(&b); /* the other way out */
    assert_int_equal(read_register(&b, 0x05), 0x00);
    assert_int_equal(read_register(&b, 0x07), 0x00);
    bench_close(&b);
}

/* Erase of a protected sector, and chip erase with any sector protected: E_ERR. */
static void erase_error(void **state)
{
    (void)state;
    static const uint8_t erases[] = {0x20, 0x52, 0xD8, 0x60, 0xC7};
    struct bench b = bench_open();
    memset(b.array, 0x3C, CHIP_SIZE);
    write_volatile(&b, (const uint8_t[]){0x64}, 1); /* SEC, bottom, BP 1: 4 KiB */
    for (size_t i = 0; i < sizeof(erases); i++) {
        op(&b, 0x06);
        op_address(&b, erases[i], 0, i < 3 ? 3 : 0);
        wait_us(&b, 100000);
        assert_int_equal(read_register(&b, 0x05), 0x67);
        assert_int_equal(read_register(&b, 0x07), 0x40);
        op(&b, 0x30);
        assert_int_equal(read_register(&b, 0x05), 0x64);
    }
    assert_int_equal(b.array[0], 0x3C);
    assert_int_equal(b.array[CHIP_SIZE - 1], 0x3C);
    bench_close(&b);
}

/* 30h during an operation does nothing. */
static void clear_status_while_busy(void **state)
{
    (void)state;
    struct bench b = bench_open();
    op(&b, 0x06);
    op_address(&b, 0x20, 0, 3);
    op(&b, 0x30);
    assert_int_equal(read_register(&b, 0x05), 0x03);
    bench_close(&b);
}

/* Sizes that BP protects: SEC = 0 and SEC = 1. */
static const uint32_t block_sizes[2][8] = {
    {0, 128 << 10, 256 << 10, 512 << 10, 1 << 20, 2 << 20, 4 << 20, 8 << 20},
    {0, 4 << 10, 8 << 10, 16 << 10, 32 << 10, 32 << 10, 32 << 10, 8 << 20},
};

/* All 64 combinations of BP, SEC, TBPROT, CMP, at both sides of the boundary and at both ends. */
static void block_protection(void **state)
{
    (void)state;
    struct bench b = bench_open();
    for (unsigned i = 0; i < 64; i++) {
        unsigned bp = i & 7, sec = i >> 3 & 1, bottom = i >> 4 & 1, cmp = i >> 5;
        uint32_t size = block_sizes[sec][bp];
        uint32_t edge = bottom ? size : CHIP_SIZE - size;
        uint32_t at[4] = {0, CHIP_SIZE - 1, edge % CHIP_SIZE, (edge - 1) % CHIP_SIZE};
        uint8_t sr1 = (uint8_t)(sec << 6 | bottom << 5 | bp << 2);
        write_volatile(&b, (uint8_t[]){sr1, (uint8_t)(cmp << 6)}, 2);
        assert_int_equal(read_register(&b, 0x05), sr1);
        for (unsigned k = 0; k < 4; k++) {
            bool inside = bottom ? at[k] < size : at[k] >= CHIP_SIZE - size;
            assert_int_equal(can_program(&b, at[k]), inside == (cmp == 1));
        }
    }
    bench_close(&b);
}

/* WPS = 1: locks of 4 KiB in the first and last 64 KiB, of 64 KiB elsewhere; all locked at
 * power-on; 36h/39h (E1h/E2h) one, 7Eh/98h all, 3Dh/E0h read; none needs WREN. */
static void individual_locks(void **state)
{
    (void)state;
    static const struct {
        uint32_t address, first, end;
    } rows[] = {{0x001234, 0x001000, 0x002000},
                {0x00F000, 0x00F000, 0x010000},
                {0x012345, 0x010000, 0x020000},
                {0x7EFFFF, 0x7E0000, 0x7F0000},
                {0x7F0000, 0x7F0000, 0x7F1000}};
    struct bench b = bench_open();
    assert_true(can_program(&b, 0)); /* WPS = 0: locks do not count */
    write_any(&b, 0x800003, 0x64);
    assert_false(can_program(&b, 0));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t lock;
        op_address(&b, i % 2 ? 0x39 : 0xE2, rows[i].address, i % 2 ? 3 : 4);
        read_frame(&b, 0x3D, rows[i].address, 3, 0, &lock, 1);
        assert_int_equal(lock, 0xFF);
        assert_true(can_program(&b, rows[i].first));
        assert_true(can_program(&b, rows[i].end - 1));
        assert_int_equal(can_program(&b, (rows[i].end) % CHIP_SIZE), false);
        op_address(&b, i % 2 ? 0x36 : 0xE1, rows[i].address, i % 2 ? 3 : 4);
        read_frame(&b, 0xE0, rows[i].address, 4, 0, &lock, 1);
        assert_int_equal(lock, 0x00);
        assert_false(can_program(&b, rows[i].first));
    }
    op(&b, 0x98);
    assert_true(can_program(&b, 0));
    assert_true(can_program(&b, CHIP_SIZE - 1));
    op(&b, 0x7E);
    assert_false(can_program(&b, 0));
    assert_false(can_program(&b, CHIP_SIZE / 2));
    bench_close(&b);
}

/* Pointer region: bit 10 = 0 enables; bit 9 = 1 protects below sector n, 0 above it; bit 11 all. It
 * holds beside BP and beside the individual locks; NVLOCK = 0 keeps it as it is. */
static void pointer_region(void **state)
{
    (void)state;
    struct bench b = bench_open();
    op(&b, 0x06);
    op_address(&b, 0xFB, 0x080200, 3);
    wait_idle(&b);
    assert_false(can_program(&b, 0x07F000));
    assert_true(can_program(&b, 0x080000));
    assert_int_equal(read_any(&b, 0x000039), 0x02);
    assert_int_equal(read_any(&b, 0x00003A), 0x08);
    op(&b, 0x06);
    op_address(&b, 0xE3, 0x00080000, 4);
    wait_idle(&b);
    assert_true(can_program(&b, 0x080000));
    assert_false(can_program(&b, 0x081000));
    op(&b, 0x06);
    op_address(&b, 0xFB, 0x080800, 3);
    wait_idle(&b);
    assert_false(can_program(&b, 0x000000));
    write_any(&b, 0x800003, 0x64);
    op(&b, 0x98);
    assert_false(can_program(&b, 0x000000));
    op(&b, 0x06);
    op(&b, 0xA6);
    op(&b, 0x06);
    op_address(&b, 0xFB, 0x000400, 3);
    assert_false(is_busy(&b));
    assert_false(can_program(&b, 0x000000));
    bench_close(&b);
}

/* PR: NVLOCK is 1 at power-on, A6h clears it, which locks security regions 2 and 3; a hard reset
 * sets it again. */
static void protection_register(void **state)
{
    (void)state;
    struct bench b = bench_open();
    uint8_t pr;
    read_frame(&b, 0xA7, 0, 0, 8, &pr, 1);
    assert_int_equal(pr, 0x01);
    op(&b, 0xA6); /* needs WEL */
    assert_int_equal(read_any(&b, 0x800040), 0x01);
    op(&b, 0x06);
    op(&b, 0xA6);
    assert_int_equal(read_any(&b, 0x800040), 0x00);
    for (uint32_t region = 0; region < 4; region++) {
        op(&b, 0x06);
        write_frame(&b, 0x42, region << 8, 3, (const uint8_t[]){0}, 1);
        assert_int_equal(state_of(&b).status2, region < 2 ? 0x00 : 0x20);
        soft_reset(&b);
    }
    nor_set_reset_pin(b.nor, b.now, false);
    nor_set_reset_pin(b.nor, b.now, true);
    wait_us(&b, 100);
    assert_int_equal(read_any(&b, 0x800040), 0x01);
    bench_close(&b);
}

/* Password: E8h programs, E7h reads until IRP[2] = 0 hides it; then NVLOCK starts at 0 and EAh with
 * the right password sets it, with a wrong one is P_ERR. IRP[2:0] != 111 closes both for good. */
static void password_mode(void **state)
{
    (void)state;
    static const uint8_t password[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct bench b = bench_open();
    uint8_t data[8];
    op(&b, 0x06);
    write_frame(&b, 0xE8, 0, 0, password, 8);
    wait_idle(&b);
    read_frame(&b, 0xE7, 0, 0, 8, data, 8);
    assert_memory_equal(data, password, 8);
    assert_int_equal(read_any(&b, 0x000027), 8);
    op(&b, 0x06);
    write_frame(&b, 0x2F, 0, 0, (const uint8_t[]){0xFB, 0xFF}, 2);
    wait_idle(&b);
    read_frame(&b, 0x2B, 0, 0, 8, data, 2);
    assert_memory_equal(data, ((uint8_t[]){0xFB, 0xFF}), 2);
    read_frame(&b, 0xE7, 0, 0, 8, data, 8);
    assert_memory_not_equal(data, password, 8);
    op(&b, 0x06);
    write_frame(&b, 0x2F, 0, 0, (const uint8_t[]){0xEB, 0xFF}, 2);
    assert_int_equal(read_register(&b, 0x05), 0x03);
    assert_int_equal(read_register(&b, 0x07), 0x20);
    op(&b, 0x30);
    nor_set_power(b.nor, b.now, false);
    nor_set_power(b.nor, b.now, true);
    wait_us(&b, 300);
    assert_int_equal(read_any(&b, 0x800040), 0x00);
    write_frame(&b, 0xEA, 0, 0, (const uint8_t[]){1, 2, 3, 4, 5, 6, 7, 9}, 8);
    wait_us(&b, 100);
    assert_int_equal(read_register(&b, 0x07), 0x20);
    op(&b, 0x30);
    write_frame(&b, 0xEA, 0, 0, password, 8);
    wait_idle(&b);
    assert_int_equal(read_any(&b, 0x800040), 0x01);
    bench_close(&b);
}

/* SRP0 with WP# (IO2) low while QUAD = 0: 01h, 71h, B7h, E9h, 38h are refused. */
static void write_protect_pin(void **state)
{
    (void)state;
    struct bench b = bench_open();
    write_nonvolatile(&b, (const uint8_t[]){0x80}, 1);
    b.idle_high = 0x08;
    op(&b, 0x06);
    write_frame(&b, 0x01, 0, 0, (const uint8_t[]){0x00}, 1);
    assert_false(is_busy(&b));
    assert_true(state_of(&b).write_enabled);
    write_volatile(&b, (const uint8_t[]){0x00, 0x02}, 2);
    write_any(&b, 0x800004, 0x75);
    op(&b, 0xB7);
    op(&b, 0x38);
    struct nor_state now = state_of(&b);
    assert_int_equal(now.status1 & 0x80, 0x80);
    assert_int_equal(now.config1, 0x00);
    assert_int_equal(now.config3, 0x78);
    assert_int_equal(now.address_bytes, 3);
    assert_false(now.qpi);
    op(&b, 0x04);
    b.idle_high = 0x0C; /* WP# high */
    write_volatile(&b, (const uint8_t[]){0x80, 0x02}, 2);
    b.idle_high = 0x08; /* QUAD = 1: IO2 is no WP# */
    write_volatile(&b, (const uint8_t[]){0x00, 0x02}, 2);
    assert_int_equal(state_of(&b).status1, 0x00);
    bench_close(&b);
}

/* SRP1 locks the registers until a hard reset or power-on; a soft reset does not end it. */
static void lock_down(void **state)
{
    (void)state;
    struct bench b = bench_open();
    write_any(&b, 0x800002, 0x01);
    write_volatile(&b, (const uint8_t[]){0x1C}, 1);
    assert_int_equal(state_of(&b).status1, 0x00);
    soft_reset(&b);
    assert_int_equal(read_register(&b, 0x35), 0x01);
    nor_set_reset_pin(b.nor, b.now, false);
    nor_set_reset_pin(b.nor, b.now, true);
    wait_us(&b, 100);
    assert_int_equal(read_register(&b, 0x35), 0x00);
    write_volatile(&b, (const uint8_t[]){0x1C}, 1);
    assert_int_equal(state_of(&b).status1, 0x1C);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(program_error),           cmocka_unit_test(erase_error),
        cmocka_unit_test(clear_status_while_busy), cmocka_unit_test(block_protection),
        cmocka_unit_test(individual_locks),        cmocka_unit_test(pointer_region),
        cmocka_unit_test(protection_register),     cmocka_unit_test(password_mode),
        cmocka_unit_test(write_protect_pin),       cmocka_unit_test(lock_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
