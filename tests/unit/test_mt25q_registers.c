/* SPDX-License-Identifier: MIT */
/* Micron's MT25QL512ABB: modes, protection, registers, inherited states. */
#include "unit/test_mt25q_bench.h"

/* B7h and E9h want 06h. The extended address register (C5h after 06h, C8h) has two bits. */
static void address_modes(void **state)
{
    (void)state;
    struct bench b = open_chip();
    uint8_t byte;
    b.array[0x10] = 0x11;
    b.array[0x3000010] = 0x33;
    op(&b, 0xB7);
    assert_int_equal(flags(&b), FLAG_READY);
    op(&b, 0x06);
    op(&b, 0xB7);
    assert_int_equal(flags(&b), FLAG_READY | FLAG_4_BYTE);
    assert_int_equal(read_register(&b, 0x05), 0);
    read_frame(&b, 0x03, 0x3000010, 4, 0, &byte, 1);
    assert_int_equal(byte, 0x33);
    op(&b, 0xE9);
    assert_int_equal(flags(&b), FLAG_READY | FLAG_4_BYTE);
    op(&b, 0x06);
    op(&b, 0xE9);
    assert_int_equal(flags(&b), FLAG_READY);
    write_register_byte(&b, 0xC5, 0xFF);
    assert_int_equal(read_register(&b, 0xC8), 3);
    read_frame(&b, 0x03, 0x10, 3, 0, &byte, 1);
    assert_int_equal(byte, 0x33);
    assert_true(takes_program(&b, 0x02, 0xFFFF00, 3));
    assert_int_equal(b.array[SIZE - 0x100], 0);
    reset_chip(&b);
    assert_int_equal(read_register(&b, 0xC8), 0);
    bench_close(&b);
}

/* EVCR bit 7 = 0, or 35h: four lines; bit 6 = 0: two. The ID is AFh there; F5h ends QPI. */
static void protocols(void **state)
{
    (void)state;
    for (unsigned pass = 0; pass < 3; pass++) {
        struct bench b = open_chip();
        uint8_t data[4];
        if (pass == 0) {
            op(&b, 0x35);
        } else {
            write_register_byte(&b, 0x61, pass == 1 ? 0x7F : 0xBF);
        }
        b.op_lanes = pass == 2 ? 2 : 4;
        assert_true(has_id(&b, 0xAF, id, 3));
        assert_false(has_id(&b, 0x9F, id, 3));
        assert_int_equal(read_register(&b, 0x65), pass == 2 ? 0xBF : 0x7F);
        assert_int_equal(state_of(&b).qpi, pass != 2);
        assert_int_equal(sfdp_word(&b, 0), 0x50444653);
        assert_int_equal(flags(&b), FLAG_READY);
        assert_true(takes_program(&b, 0x12, SIZE - 1, 4));
        fast_read(&b, 0x0C, 4, b.op_lanes, b.op_lanes, SIZE - 1, pass == 2 ? 8 : 10, 1, data, 1);
        assert_int_equal(data[0], 0);
        erase_time(&b, 0xDC, SIZE - 1, 4);
        assert_int_equal(b.array[SIZE - 1], 0xFF);
        if (pass == 0) {
            op(&b, 0xF5);
            b.op_lanes = 1;
        } else {
            reset_chip(&b);
        }
        assert_true(has_id(&b, 0x9F, id, 6));
        bench_close(&b);
    }
}

/* What is refused shows in the flag status register until 50h; WIP never rises, WEL stays. BP3 is
 * bit 6: 2^(n-1) sectors of 64 KiB at the top, or with bit 5 at the bottom. */
static void protection(void **state)
{
    (void)state;
    struct bench b = open_chip();
    write_register_byte(&b, 0x01, 0x04);
    assert_int_equal(read_register(&b, 0x05), 0x04);
    assert_false(takes_program(&b, 0x12, SIZE - 65536, 4));
    assert_int_equal(read_register(&b, 0x05), 0x04 | WEL);
    assert_int_equal(flags(&b), FLAG_READY | FLAG_P_ERR | FLAG_PROT);
    op_address(&b, 0xDC, SIZE - 65536, 4);
    assert_int_equal(flags(&b), FLAG_READY | FLAG_P_ERR | FLAG_E_ERR | FLAG_PROT);
    assert_true(takes_program(&b, 0x12, SIZE - 65536 - 256, 4));
    assert_int_equal(flags(&b), FLAG_READY | FLAG_P_ERR | FLAG_E_ERR | FLAG_PROT);
    op(&b, 0x50);
    assert_int_equal(flags(&b), FLAG_READY);
    op(&b, 0x06);
    op(&b, 0xC7);
    assert_int_equal(flags(&b), FLAG_READY | FLAG_E_ERR | FLAG_PROT);
    op(&b, 0x50);
    write_register_byte(&b, 0x01, 0x60); /* n = 8, from the bottom: 8 MiB */
    assert_false(takes_program(&b, 0x12, 0, 4));
    assert_true(takes_program(&b, 0x12, 16 * MIB, 4));
    write_register_byte(&b, 0x01, 0x7C);
    assert_false(takes_program(&b, 0x12, SIZE - 1, 4));
    power_cycle(&b);
    assert_int_equal(read_register(&b, 0x05), 0x7C);
    write_register_byte(&b, 0x01, 0x00);
    assert_true(takes_program(&b, 0x12, SIZE - 1, 4));
    bench_close(&b);
}

/* E5h after 06h locks or opens the 64 KiB round an address until a reset; E8h reads it. E1h and E0h
 * always take four bytes. */
static void sector_locks(void **state)
{
    (void)state;
    struct bench b = open_chip();
    for (unsigned pass = 0; pass < 2; pass++) {
        unsigned bytes = pass == 0 ? 3 : 4;
        uint32_t address = pass == 0 ? 0x1FFFF : SIZE - 1;
        uint8_t read = pass == 0 ? 0xE8 : 0xE0, write = pass == 0 ? 0xE5 : 0xE1, byte;
        op(&b, 0x06);
        write_frame(&b, write, address, bytes, (const uint8_t[]){1}, 1);
        assert_int_equal(read_register(&b, 0x05), 0);
        read_frame(&b, read, address - 0xFFFF, bytes, 0, &byte, 1);
        assert_int_equal(byte, 1);
        assert_false(takes_program(&b, 0x12, address - 0xFFFF, 4));
        assert_int_equal(flags(&b), FLAG_READY | FLAG_P_ERR | FLAG_PROT);
        op(&b, 0x50);
        assert_true(takes_program(&b, 0x12, address - 0x10000, 4));
        write_frame(&b, write, address, bytes, (const uint8_t[]){0}, 1); /* no WEL */
        assert_false(takes_program(&b, 0x12, address, 4));
        write_frame(&b, write, address, bytes, (const uint8_t[]){0}, 1); /* it stayed set */
        assert_true(takes_program(&b, 0x12, address, 4));
        op(&b, 0x50);
        op(&b, 0x06);
        write_frame(&b, write, address, bytes, (const uint8_t[]){1}, 1);
        reset_chip(&b);
        assert_true(takes_program(&b, 0x12, address, 4));
    }
    bench_close(&b);
}

/* The flag status register says when the chip is ready, and what is suspended. */
static void suspend(void **state)
{
    (void)state;
    struct bench b = open_chip();
    op(&b, 0x06);
    op_address(&b, 0xD8, 0, 3);
    assert_int_equal(flags(&b), 0);
    assert_int_equal(read_register(&b, 0x05), WIP | WEL);
    op(&b, 0x75);
    wait_us(&b, 25);
    assert_int_equal(flags(&b), FLAG_READY | FLAG_E_SUSPENDED);
    assert_true(takes_program(&b, 0x02, 0x20000, 3));
    op(&b, 0x7A);
    wait_idle(&b);
    op(&b, 0x06);
    write_frame(&b, 0x02, 0, 3, (const uint8_t[256]){0}, 256);
    op(&b, 0x75);
    wait_us(&b, 25);
    assert_int_equal(flags(&b), FLAG_READY | FLAG_P_SUSPENDED);
    op(&b, 0x7A);
    wait_idle(&b);
    assert_int_equal(flags(&b), FLAG_READY);
    bench_close(&b);
}

/* In fast timing too, one read of the flag status sees the chip busy. */
static void fast_timing(void **state)
{
    (void)state;
    struct bench b = bench_part("MT25QL512ABB", NOR_TIMING_FAST);
    op(&b, 0x06);
    op_address(&b, 0x20, 0, 3);
    wait_us(&b, 1000);
    assert_int_equal(flags(&b), 0);
    assert_int_equal(flags(&b), FLAG_READY);
    assert_int_equal(read_register(&b, 0x05), 0);
    bench_close(&b);
}

/* B1h, two bytes, the lower first: what the chip begins with after a reset. */
static void nonvolatile_configuration(void **state)
{
    (void)state;
    static const struct {
        uint8_t low, high, vcr, evcr;
        unsigned lanes;
        bool four, continuous;
    } rows[] = {
        {0xFE, 0xFF, 0xFB, 0xFF, 1, true, false},  {0xF7, 0xFF, 0xFB, 0x7F, 4, false, false},
        {0xFB, 0xFF, 0xFB, 0xBF, 2, false, false}, {0xFF, 0x6F, 0x6B, 0xFF, 1, false, false},
        {0xFF, 0xF9, 0xF3, 0xFF, 1, false, true},
    };
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bench b = open_chip();
        uint8_t value[2];
        read_frame(&b, 0xB5, 0, 0, 0, value, 2);
        assert_memory_equal(value, ((const uint8_t[]){0xFF, 0xFF}), 2);
        write_register(&b, 0xB1, (const uint8_t[]){rows[i].low, rows[i].high}, 2);
        assert_int_equal(read_register(&b, 0x85), 0xFB);
        power_cycle(&b);
        assert_int_equal(state_of(&b).continuous_read, rows[i].continuous);
        assert_int_equal(state_of(&b).address_bytes, rows[i].four ? 4 : 3);
        if (!rows[i].continuous) {
            b.op_lanes = rows[i].lanes;
            assert_int_equal(read_register(&b, 0x85), rows[i].vcr);
            assert_int_equal(read_register(&b, 0x65), rows[i].evcr);
            read_frame(&b, 0xB5, 0, 0, 0, value, 2);
            assert_int_equal(value[0], rows[i].low);
            assert_int_equal(value[1], rows[i].high);
        }
        bench_close(&b);
    }
}

/* Register writes want 06h and their exact length. */
static void register_writes(void **state)
{
    (void)state;
    struct bench b = open_chip();
    write_frame(&b, 0x81, 0, 0, (const uint8_t[]){0x6B}, 1);
    assert_int_equal(read_register(&b, 0x85), 0xFB);
    write_register(&b, 0x81, (const uint8_t[]){0x6B, 0}, 2);
    assert_int_equal(read_register(&b, 0x85), 0xFB);
    write_register(&b, 0x01, (const uint8_t[]){0x7C, 0x02}, 2);
    write_register(&b, 0xB1, (const uint8_t[]){0}, 1);
    assert_int_equal(read_register(&b, 0x05), WEL);
    write_register_byte(&b, 0x81, 0x6B);
    assert_int_equal(read_register(&b, 0x05), 0);
    bench_close(&b);
}

static void reset(void **state)
{
    (void)state;
    struct bench b = open_chip();
    op(&b, 0xB9);
    wait_us(&b, 5);
    reset_chip(&b);
    assert_false(has_id(&b, 0x9F, id, 3));
    op(&b, 0xAB);
    wait_us(&b, 31);
    assert_true(has_id(&b, 0x9F, id, 3));
    op(&b, 0x06);
    op_address(&b, 0xD8, 0, 3);
    assert_false(has_id(&b, 0x9F, id, 3));
    reset_chip(&b);
    wait_us(&b, 700);
    assert_false(has_id(&b, 0x9F, id, 3));
    wait_us(&b, 300);
    assert_int_equal(read_register(&b, 0x05), 0);
    bench_close(&b);
}

static bool answers(struct bench *b)
{
    return has_id(b, 0x9F, id, 6);
}

static void inheritable(void **state)
{
    (void)state;
    static const char *const names[] = {
        "qpi",
        "dual-protocol",
        "qpi-continuous-read",
        "continuous-read",
        "deep-power-down",
        "4-byte",
        "bank",
        "write-enabled",
        "erase-in-progress",
        "program-in-progress",
        "erase-suspended",
        "program-suspended",
        "protected",
        "locked",
        "error-latched",
        "other-latency",
        "wrap",
        "nv-write-in-progress",
        "reset-armed",
        NULL,
    };
    check_inheritable("MT25QL512ABB", names, answers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_modes),   cmocka_unit_test(protocols),
        cmocka_unit_test(protection),      cmocka_unit_test(sector_locks),
        cmocka_unit_test(suspend),         cmocka_unit_test(nonvolatile_configuration),
        cmocka_unit_test(register_writes), cmocka_unit_test(reset),
        cmocka_unit_test(inheritable),     cmocka_unit_test(fast_timing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
