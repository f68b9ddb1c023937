/* SPDX-License-Identifier: MIT */
/* Micron's MT25QL512ABB: array, protocols, addresses, errors. */
#include "unit/test_nor_part_bench.h"

enum {
    FLAG_READY = 0x80,
    FLAG_E_SUSPENDED = 0x40,
    FLAG_E_ERR = 0x20,
    FLAG_P_ERR = 0x10,
    FLAG_P_SUSPENDED = 0x04,
    FLAG_PROT = 0x02,
    FLAG_4_BYTE = 0x01,
    SIZE = 64 * MIB
};

static const uint8_t id[6] = {0x20, 0xBA, 0x20, 0x10, 0x44, 0x00};

static struct bench open_chip(void)
{
    return bench_part("MT25QL512ABB", NOR_TIMING_TYPICAL);
}

static uint8_t flags(struct bench *b)
{
    return read_register(b, 0x70);
}

static void write_vcr(struct bench *b, uint8_t value)
{
    write_register_byte(b, 0x81, value);
}

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

/* Reads `count` bytes by this opcode; the confirmation clock, the first after the address, carries
 * `confirm` on IO0 and the highest level elsewhere. */
static void fast_read(struct bench *b, uint8_t opcode, unsigned address_bytes,
                      unsigned address_lanes, unsigned data_lanes, uint32_t address,
                      unsigned clocks, unsigned confirm, uint8_t *data, size_t count)
{
    cs_low(b);
    put_op(b, opcode);
    put_bits(b, address_lanes, address, 8 * address_bytes);
    tick(b, NOR_EDGE_PERIOD, lines_of(b, address_lanes, 0x0E | confirm));
    idle_clocks(b, clocks - 1);
    get_bytes(b, data_lanes, data, count);
    cs_high(b);
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
        assert_int_equal(data[size > 64 ? 65 : size - 3], size > 64 ? 68 : 0);
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
        cmocka_unit_test(identity),
        cmocka_unit_test(times),
        cmocka_unit_test(sfdp),
        cmocka_unit_test(latency),
        cmocka_unit_test(clock_limits),
        cmocka_unit_test(wrap),
        cmocka_unit_test(continuous_read),
        cmocka_unit_test(programs),
        cmocka_unit_test(four_byte_opcodes),
        cmocka_unit_test(address_modes),
        cmocka_unit_test(protocols),
        cmocka_unit_test(protection),
        cmocka_unit_test(sector_locks),
        cmocka_unit_test(suspend),
        cmocka_unit_test(nonvolatile_configuration),
        cmocka_unit_test(register_writes),
        cmocka_unit_test(reset),
        cmocka_unit_test(inheritable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
