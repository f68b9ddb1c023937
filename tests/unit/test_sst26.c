/* SPDX-License-Identifier: MIT */
/* Microchip's SST26VF064B: locks at power-up, erase sizes by address, IOC, QPI. */
#include "unit/test_nor_part_bench.h"

enum {
    SIZE = 8 * MIB,
    BPR_SIZE = 18,
    WPLD = 0x10
};

static const uint8_t id[3] = {0xBF, 0x26, 0x43};

static struct bench open_chip(void)
{
    return bench_part("SST26VF064B", NOR_TIMING_TYPICAL);
}

static void unlock(struct bench *b)
{
    op(b, 0x06);
    op(b, 0x98);
}

static void enable_quad(struct bench *b)
{
    write_register(b, 0x01, (const uint8_t[]){0x00, 0x0A}, 2);
}

/* A read of a register: in QPI it has a dummy byte. */
static uint8_t look_at(struct bench *b, uint8_t opcode)
{
    uint8_t value;
    read_frame(b, opcode, 0, 0, b->op_lanes == 4 ? 2 : 0, &value, 1);
    return value;
}

static void identity(void **state)
{
    (void)state;
    struct bench b = open_chip();
    assert_int_equal(nor_part_size("SST26VF064B"), SIZE);
    assert_true(has_id(&b, 0x9F, id, 3));
    bench_close(&b);
}

/* All blocks are locked after power-up: a program or erase is dropped, and so is WEL. 06h, 98h opens
 * all; 98h alone does not. A soft reset leaves that as it is. */
static void locked_at_power_up(void **state)
{
    (void)state;
    static const uint32_t places[] = {0,        0x2000,         0x8000,  0x10000,
                                      SIZE / 2, SIZE - 0x10000, SIZE - 1};
    struct bench b = open_chip();
    memset(b.array + SIZE / 2, 0xFF, 1);
    for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        assert_false(takes_program(&b, 0x02, places[i], 3));
        assert_int_equal(look_at(&b, 0x05), 0);
    }
    op(&b, 0x06);
    op_address(&b, 0x20, 0, 3);
    assert_int_equal(look_at(&b, 0x05), 0);
    op(&b, 0x06);
    op(&b, 0xC7);
    assert_int_equal(look_at(&b, 0x05), 0);
    op(&b, 0x98);
    assert_false(takes_program(&b, 0x02, 0, 3));
    unlock(&b);
    assert_int_equal(look_at(&b, 0x05), 0);
    for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        assert_true(takes_program(&b, 0x02, places[i], 3));
    }
    reset_chip(&b);
    assert_true(takes_program(&b, 0x02, 1, 3));
    power_cycle(&b);
    assert_false(takes_program(&b, 0x02, 1, 3));
    bench_close(&b);
}

static void read_locks(struct bench *b, uint8_t *bpr)
{
    read_frame(b, 0x72, 0, 0, b->op_lanes == 4 ? 2 : 0, bpr, BPR_SIZE);
}

/* 72h reads the block protection register, highest bits first; 42h after 06h writes it, all of it;
 * 8Dh closes it until power-off, and shows in the status register. */
static void block_protection_register(void **state)
{
    (void)state;
    static const struct {
        uint32_t address, size;
        unsigned bit;
    } blocks[] = {
        {0x00000, 0x2000, 128},        {0x06000, 0x2000, 134},       {0x08000, 0x8000, 126},
        {0x10000, 0x10000, 0},         {0x20000, 0x10000, 1},        {SIZE - 0x20000, 0x10000, 125},
        {SIZE - 0x10000, 0x8000, 127}, {SIZE - 0x8000, 0x2000, 136}, {SIZE - 0x2000, 0x2000, 142},
    };
    struct bench b = open_chip();
    uint8_t bpr[BPR_SIZE], want[BPR_SIZE];
    memset(want, 0xFF, BPR_SIZE);
    want[0] = want[1] = 0x55;
    read_locks(&b, bpr);
    assert_memory_equal(bpr, want, BPR_SIZE);
    for (unsigned i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        memset(want, 0, BPR_SIZE);
        want[(143 - blocks[i].bit) / 8] = (uint8_t)(1u << blocks[i].bit % 8);
        write_register(&b, 0x42, want, BPR_SIZE);
        read_locks(&b, bpr);
        assert_memory_equal(bpr, want, BPR_SIZE);
        uint32_t last = blocks[i].address + blocks[i].size - 1;
        assert_false(takes_program(&b, 0x02, blocks[i].address, 3));
        assert_false(takes_program(&b, 0x02, last, 3));
        assert_true(blocks[i].address == 0 || takes_program(&b, 0x02, blocks[i].address - 1, 3));
        assert_true(last + 1 == SIZE || takes_program(&b, 0x02, last + 1, 3));
    }
    write_register(&b, 0x42, want, BPR_SIZE - 1);
    memset(want, 0, BPR_SIZE);
    write_frame(&b, 0x42, 0, 0, want, BPR_SIZE); /* no WEL */
    read_locks(&b, bpr);
    assert_memory_not_equal(bpr, want, BPR_SIZE);
    op(&b, 0x06);
    op(&b, 0x8D);
    assert_int_equal(look_at(&b, 0x05), WPLD);
    unlock(&b);
    write_register(&b, 0x42, want, BPR_SIZE);
    assert_false(takes_program(&b, 0x02, SIZE - 1, 3));
    power_cycle(&b);
    unlock(&b);
    assert_true(takes_program(&b, 0x02, SIZE - 1, 3));
    bench_close(&b);
}

/* D8h: 8 KiB, 32 KiB or 64 KiB, as the map in SFDP says; 20h: 4 KiB; C7h: all; no 52h, no 60h. */
static void erases(void **state)
{
    (void)state;
    static const struct {
        uint8_t opcode;
        uint32_t address, base, size;
    } rows[] = {
        {0x20, 0x0FFF, 0x0000, 0x1000},
        {0xD8, 0x1FFF, 0x0000, 0x2000},
        {0xD8, 0x6000, 0x6000, 0x2000},
        {0xD8, 0xABCD, 0x8000, 0x8000},
        {0xD8, 0x1FFFF, 0x10000, 0x10000},
        {0xD8, SIZE - 0x10001, SIZE - 0x20000, 0x10000},
        {0xD8, SIZE - 0x8001, SIZE - 0x10000, 0x8000},
        {0xD8, SIZE - 0x8000, SIZE - 0x8000, 0x2000},
        {0xD8, SIZE - 1, SIZE - 0x2000, 0x2000},
    };
    struct bench b = open_chip();
    unlock(&b);
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        memset(b.array, 0, SIZE);
        uint64_t ms = erase_time(&b, rows[i].opcode, rows[i].address, 3) / PS_PER_MS;
        assert_int_equal(ms, 19);
        assert_true(rows[i].base == 0 || b.array[rows[i].base - 1] == 0);
        for (uint32_t at = 0; at < rows[i].size; at++) {
            assert_int_equal(b.array[rows[i].base + at], 0xFF);
        }
        assert_true(rows[i].base + rows[i].size == SIZE ||
                    b.array[rows[i].base + rows[i].size] == 0);
    }
    assert_int_equal(nor_stats(b.nor)->erases_8k, 4);
    op(&b, 0x06);
    op(&b, 0x60);
    op_address(&b, 0x52, 0, 3);
    assert_int_equal(look_at(&b, 0x05), WEL);
    op(&b, 0xC7);
    assert_int_equal(busy_ps(&b) / PS_PER_MS, 32);
    assert_int_equal(b.array[SIZE / 2], 0xFF);
    bench_close(&b);
}

static void times(void **state)
{
    (void)state;
    static const uint8_t page[256] = {1};
    struct bench b = bench_part("SST26VF064B", NOR_TIMING_MAXIMUM);
    unlock(&b);
    op(&b, 0x06);
    write_frame(&b, 0x02, 0, 3, page, 256);
    assert_int_equal(look_at(&b, 0x05), 0x80 | WEL | WIP); /* bit 7 is busy too */
    assert_int_equal(busy_ps(&b) / PS_PER_US, 2047);
    assert_int_equal(erase_time(&b, 0x20, 0, 3) / PS_PER_MS, 38);
    assert_int_equal(erase_time(&b, 0xD8, 0, 3) / PS_PER_MS, 38);
    op(&b, 0x06);
    op(&b, 0xC7);
    assert_int_equal(busy_ps(&b) / PS_PER_MS, 64);
    bench_close(&b);
}

static void sfdp(void **state)
{
    (void)state;
    static const uint32_t basic[16] = {0xFFF120FD, 0x03FFFFFF, 0x6B08EB44, 0xBB803B08,
                                       0xFFFFFFFE, 0xFF00FFFF, 0x0B44FFFF, 0xD80D200C,
                                       0xD810D80F, 0x24489120, 0x811D6F80, 0x38770FED,
                                       0xB030B030, 0xFFFFFFF7, 0xFF5CC229, 0x80C030F0};
    static const uint32_t map[6] = {0xFF0400FF, 0x00007FF3, 0x00007FF5,
                                    0x007DFFF9, 0x00007FF5, 0x00007FF3};
    struct bench b = open_chip();
    uint32_t at = sfdp_table(&b, 0x00);
    for (unsigned i = 0; i < 16; i++) {
        assert_int_equal(sfdp_word(&b, at + 4 * i), basic[i]);
    }
    at = sfdp_table(&b, 0x81);
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(sfdp_word(&b, at + 4 * i), map[i]);
    }
    bench_close(&b);
}

/* IOC, bit 1 of what 35h reads, by 01h with two bytes: at once, volatile. With one byte nothing
 * happens. Quad reads and 32h need it. */
static void quad_enable(void **state)
{
    (void)state;
    struct bench b = open_chip();
    struct read_row quad = {0x6B, 3, 1, 4, false, true};
    uint8_t data[4];
    memset(b.array, 0x5A, 4);
    assert_int_equal(look_at(&b, 0x35), 0x08);
    array_read(&b, &quad, 0, 8, 0, data, 4);
    assert_int_equal(b.driven, 0);
    write_register_byte(&b, 0x01, 0x02);
    assert_int_equal(look_at(&b, 0x35), 0x08);
    op(&b, 0x06);
    write_frame(&b, 0x01, 0, 0, (const uint8_t[]){0xFF, 0x02}, 2);
    assert_int_equal(look_at(&b, 0x35), 0x0A);
    assert_int_equal(look_at(&b, 0x05), 0);
    write_register_byte(&b, 0x01, 0x00);
    assert_int_equal(look_at(&b, 0x35), 0x0A);
    array_read(&b, &quad, 0, 8, 0, data, 4);
    assert_memory_equal(data, b.array, 4);
    unlock(&b);
    op(&b, 0x06);
    cs_low(&b);
    put_op(&b, 0x32);
    put_bits(&b, 1, 0x100, 24);
    put_bits(&b, 4, 0x12, 8);
    cs_high(&b);
    wait_idle(&b);
    assert_int_equal(b.array[0x100], 0x12);
    reset_chip(&b);
    assert_int_equal(look_at(&b, 0x35), 0x08);
    bench_close(&b);
}

/* WPEN, bit 7, is non-volatile: with WP# (IO2) low and IOC 0, 01h is not heard any more. */
static void hardware_protection(void **state)
{
    (void)state;
    struct bench b = open_chip();
    write_register(&b, 0x01, (const uint8_t[]){0, 0x80}, 2);
    power_cycle(&b);
    assert_int_equal(look_at(&b, 0x35), 0x88);
    b.idle_high = 0x08;
    write_register(&b, 0x01, (const uint8_t[]){0, 0x00}, 2);
    assert_int_equal(look_at(&b, 0x35), 0x88);
    b.idle_high = 0x0C;
    write_register(&b, 0x01, (const uint8_t[]){0, 0x00}, 2);
    assert_int_equal(look_at(&b, 0x35), 0x08);
    bench_close(&b);
}

static void reads(void **state)
{
    (void)state;
    static const struct read_row rows[] = {
        {0x03, 3, 1, 1, false, false}, {0x0B, 3, 1, 1, false, true}, {0x3B, 3, 1, 2, false, true},
        {0xBB, 3, 2, 2, true, true},   {0x6B, 3, 1, 4, false, true}, {0xEB, 3, 4, 4, true, true},
    };
    static const unsigned dummies[] = {0, 8, 8, 0, 8, 4};
    struct bench b = open_chip();
    uint8_t data[8];
    fill_pattern(&b, 0x1234, 8);
    enable_quad(&b);
    for (unsigned i = 0; i < 6; i++) {
        array_read(&b, &rows[i], 0x1234, dummies[i], 0, data, 8);
        assert_memory_equal(data, b.array + 0x1234, 8);
        array_read(&b, &rows[i], 0x1234, dummies[i] + 1, 0, data, 8);
        assert_memory_not_equal(data, b.array + 0x1234, 8);
    }
    bench_close(&b);
}

/* 03h is good for 40 MHz, dual reads for 80, all others for 104. */
static void clock_limits(void **state)
{
    (void)state;
    static const struct {
        struct read_row row;
        unsigned dummy;
        uint64_t good_ps, bad_ps;
    } rows[] = {
        {{0x03, 3, 1, 1, false, false}, 0, 25000, 20000},
        {{0x3B, 3, 1, 2, false, true}, 8, 12500, 10000},
        {{0xEB, 3, 4, 4, true, true}, 4, 10000, 9000},
    };
    struct bench b = open_chip();
    uint8_t data[64];
    memset(b.array, 0x5A, 64);
    enable_quad(&b);
    for (unsigned i = 0; i < 3; i++) {
        b.period = rows[i].good_ps;
        array_read(&b, &rows[i].row, 0, rows[i].dummy, 0, data, 64);
        assert_memory_equal(data, b.array, 64);
        b.period = rows[i].bad_ps;
        array_read(&b, &rows[i].row, 0, rows[i].dummy, 0, data, 64);
        assert_memory_not_equal(data, b.array, 64);
    }
    bench_close(&b);
}

/* C0h is the length of what ECh reads, 8 bytes at power-up. */
static void burst(void **state)
{
    (void)state;
    struct bench b = open_chip();
    struct read_row row = {0xEC, 3, 4, 4, true, true};
    uint8_t data[66];
    for (uint32_t i = 0; i < 128; i++) {
        b.array[i] = (uint8_t)i;
    }
    enable_quad(&b);
    for (uint8_t code = 0; code < 4; code++) {
        uint32_t size = 8u << code;
        if (code != 0) {
            write_frame(&b, 0xC0, 0, 0, &code, 1);
        }
        array_read(&b, &row, 3, 4, 0, data, 66);
        assert_int_equal(data[size - 4], size - 1);
        assert_int_equal(data[size - 3], 0);
    }
    bench_close(&b);
}

/* 38h in, FFh out or a reset. There 0Bh reads, with mode bits; a register read has a dummy byte. */
static void qpi(void **state)
{
    (void)state;
    struct bench b = open_chip();
    struct read_row row = {0x0B, 3, 4, 4, true, true};
    uint8_t data[4], bpr[BPR_SIZE], answer[3];
    for (unsigned pass = 0; pass < 2; pass++) {
        op(&b, 0x38);
        b.op_lanes = 4;
        assert_true(state_of(&b).qpi);
        read_frame(&b, 0xAF, 0, 0, 2, answer, 3);
        assert_memory_equal(answer, id, 3);
        assert_false(has_id(&b, 0x9F, id, 3));
        assert_int_equal(look_at(&b, 0x35), 0x08);
        unlock(&b);
        read_locks(&b, bpr);
        assert_int_equal(bpr[5], 0);
        assert_true(takes_program(&b, 0x02, 0x100, 3));
        array_read(&b, &row, 0xFF, 4, 0, data, 2);
        assert_memory_equal(data, b.array + 0xFF, 2);
        erase_time(&b, 0xD8, 0x100, 3);
        array_read(&b, &row, 0xFF, 4, 0xA0, data, 2);
        assert_true(state_of(&b).continuous_read);
        read_on(&b, 4, 0x100, 3, 0, 4, data, 2);
        assert_memory_equal(data, b.array + 0x100, 2);
        if (pass == 0) {
            op(&b, 0xFF);
            b.op_lanes = 1;
        } else {
            reset_chip(&b);
        }
        assert_true(has_id(&b, 0x9F, id, 3));
    }
    bench_close(&b);
}

/* EBh with Axh; a frame too short for its mode bits does not end it. */
static void continuous_read(void **state)
{
    (void)state;
    struct bench b = open_chip();
    struct read_row row = {0xEB, 3, 4, 4, true, true};
    uint8_t data[4];
    fill_pattern(&b, 0, 8);
    enable_quad(&b);
    array_read(&b, &row, 0, 4, 0x5A, data, 4);
    assert_false(state_of(&b).continuous_read);
    array_read(&b, &row, 0, 4, 0xAF, data, 4);
    cs_low(&b);
    put_bits(&b, 4, 0xFFFF, 16);
    cs_high(&b);
    read_on(&b, 4, 4, 3, 0xA5, 4, data, 4);
    assert_memory_equal(data, b.array + 4, 4);
    cs_low(&b);
    put_bits(&b, 4, 0xFFFFFFFF, 32);
    cs_high(&b);
    assert_true(has_id(&b, 0x9F, id, 3));
    bench_close(&b);
}

/* B0h and 30h; bits 2 and 3 say what is suspended. */
static void suspend(void **state)
{
    (void)state;
    struct bench b = open_chip();
    unlock(&b);
    op(&b, 0x06);
    op_address(&b, 0xD8, 0x10000, 3);
    wait_us(&b, 1000);
    op(&b, 0xB0);
    wait_us(&b, 25);
    assert_int_equal(look_at(&b, 0x05) & ~WEL, 0x04);
    assert_true(takes_program(&b, 0x02, 0, 3));
    op(&b, 0x30);
    wait_idle(&b);
    op(&b, 0x06);
    write_frame(&b, 0x02, 0, 3, (const uint8_t[256]){0}, 256);
    op(&b, 0xB0);
    wait_us(&b, 25);
    assert_int_equal(look_at(&b, 0x05) & ~WEL, 0x08);
    op(&b, 0x30);
    wait_idle(&b);
    assert_int_equal(look_at(&b, 0x05), 0);
    bench_close(&b);
}

/* No deep power-down. A reset cuts an erase off; the chip is back after 500 us. */
static void reset(void **state)
{
    (void)state;
    struct bench b = open_chip();
    op(&b, 0xB9);
    wait_us(&b, 10);
    assert_true(has_id(&b, 0x9F, id, 3));
    unlock(&b);
    op(&b, 0x06);
    op_address(&b, 0xD8, 0, 3);
    assert_false(has_id(&b, 0x9F, id, 3));
    reset_chip(&b);
    wait_us(&b, 200);
    assert_false(has_id(&b, 0x9F, id, 3));
    wait_us(&b, 200);
    assert_int_equal(look_at(&b, 0x05), 0);
    bench_close(&b);
}

static bool answers(struct bench *b)
{
    return has_id(b, 0x9F, id, 3);
}

static void inheritable(void **state)
{
    (void)state;
    static const char *const names[] = {
        "qpi",
        "qpi-continuous-read",
        "continuous-read",
        "write-enabled",
        "erase-in-progress",
        "program-in-progress",
        "erase-suspended",
        "program-suspended",
        "unlocked",
        "quad-enabled",
        "wrap",
        "nv-write-in-progress",
        "reset-armed",
        NULL,
    };
    check_inheritable("SST26VF064B", names, answers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity),
        cmocka_unit_test(locked_at_power_up),
        cmocka_unit_test(block_protection_register),
        cmocka_unit_test(erases),
        cmocka_unit_test(times),
        cmocka_unit_test(sfdp),
        cmocka_unit_test(quad_enable),
        cmocka_unit_test(hardware_protection),
        cmocka_unit_test(reads),
        cmocka_unit_test(clock_limits),
        cmocka_unit_test(burst),
        cmocka_unit_test(qpi),
        cmocka_unit_test(continuous_read),
        cmocka_unit_test(suspend),
        cmocka_unit_test(reset),
        cmocka_unit_test(inheritable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
