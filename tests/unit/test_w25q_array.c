/* SPDX-License-Identifier: MIT */
/* The array of the W25Q family: identity, reads, programs, erases, suspension, 4-byte addresses. */
#include "unit/test_w25q_bench.h"

static void identity(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        uint8_t got[4];
        assert_true(answers(&b, sheet));
        read_frame(&b, 0xAB, 0, 3, 0, got, 1);
        assert_int_equal(got[0], sheet->device);
        read_frame(&b, 0x90, 0, 3, 0, got, 2);
        assert_int_equal(got[0], sheet->id[0]);
        assert_int_equal(got[1], sheet->device);
        read_frame(&b, 0x90, 1, 3, 0, got, 2);
        assert_int_equal(got[0], sheet->device);
        bench_close(&b);
    }
}

/* 3 address bytes and 8 dummy clocks in every address mode; density as the size. */
static void sfdp(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        uint8_t got[8];
        op(&b, 0xB7);
        read_frame(&b, 0x5A, 0, 3, 8, got, 8);
        assert_memory_equal(got, "SFDP", 4);
        assert_int_equal(got[6], sheet->four ? 1 : 0);
        read_frame(&b, 0x5A, 0x84, 3, 8, got, 4);
        assert_int_equal(word_of(got), sheet->size * UINT64_C(8) - 1);
        read_frame(&b, 0x5A, 0x9C, 3, 8, got, 6); /* erase types */
        assert_memory_equal(got, ((uint8_t[]){0x0C, 0x20, 0x0F, 0x52, 0x10, 0xD8}), 6);
        read_frame(&b, 0x5A, 0xC0, 3, 8, got, 8);
        assert_int_equal(got[4], sheet->four ? 0x21 : 0xFF);
        bench_close(&b);
    }
}

/* Clocks between address and data, mode bits apart. */
static const struct {
    struct read_row row;
    uint8_t four_opcode;
    unsigned dummy;
} reads[] = {
    {{0x03, 3, 1, 1, false, false}, 0x13, 0}, {{0x0B, 3, 1, 1, false, true}, 0x0C, 8},
    {{0x3B, 3, 1, 2, false, true}, 0x3C, 8},  {{0xBB, 3, 2, 2, true, true}, 0xBC, 0},
    {{0x6B, 3, 1, 4, false, true}, 0x6C, 8},  {{0xEB, 3, 4, 4, true, true}, 0xEC, 4},
};

enum {
    READS = sizeof(reads) / sizeof(reads[0])
};

static void array_reads(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        quad_on(&b);
        fill_pattern(&b, 0x2345, 16);
        fill_pattern(&b, (16u << 20) % sheet->size, 2);
        for (unsigned i = 0; i < READS; i++) {
            uint8_t got[16];
            array_read(&b, &reads[i].row, 0x2345, reads[i].dummy, 0xFF, got, 16);
            assert_memory_equal(got, b.array + 0x2345, 16);
            uint32_t end = sheet->size < 16u << 20 ? sheet->size : 16u << 20;
            array_read(&b, &reads[i].row, end - 2, reads[i].dummy, 0xFF, got, 4);
            assert_memory_equal(got + 2, b.array + end % sheet->size, 2);
        }
        bench_close(&b);
    }
}

/* Without the quad-enable bit the quad opcodes are not heard. */
static void quad_gate(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        memset(b.array, 0x00, 64);
        for (unsigned on = 0; on < 2; on++) {
            write_byte(&b, 0x50, 0x31, on ? 0x02 : 0x00);
            for (unsigned i = 4; i < READS; i++) {
                uint8_t got;
                array_read(&b, &reads[i].row, 0, reads[i].dummy, 0xFF, &got, 1);
                assert_int_equal(got, on ? 0x00 : 0xFF);
            }
            op(&b, 0x06);
            cs_low(&b);
            put_op(&b, 0x32);
            put_bits(&b, 1, 0x10000, 24);
            put_bits(&b, 4, 0xA9, 8); /* IO3 stays high: no HOLD# */
            cs_high(&b);
            assert_int_equal(is_busy(&b), on);
            op(&b, 0x04);
        }
        wait_idle(&b);
        assert_int_equal(b.array[0x10000], 0xA9);
        bench_close(&b);
    }
}

/* IO3 low holds the chip while QE = 0: what is clocked then does not count. */
static void hold_pin(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        for (unsigned quad = 0; quad < 2; quad++) {
            write_byte(&b, 0x50, 0x31, quad ? 0x02 : 0x00);
            b.idle_high = 0x04;
            assert_int_equal(answers(&b, sheet), quad);
            cs_low(&b);
            b.idle_high = 0x0C;
            put_bits(&b, 1, 0x9, 4);
            b.idle_high = 0x04;
            put_bits(&b, 1, 0x5, 4);
            b.idle_high = 0x0C;
            put_bits(&b, 1, 0xF, 4);
            uint8_t id = get_byte(&b, 1);
            cs_high(&b);
            assert_int_equal(id == sheet->id[0], !quad);
        }
        bench_close(&b);
    }
}

static void program_and_wrap(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        b.array[0x1101] = 0x0F;
        program(&b, 0x11FF, (const uint8_t[]){0x12, 0x34, 0xF5}, 3);
        wait_idle(&b);
        assert_int_equal(b.array[0x11FF], 0x12);
        assert_int_equal(b.array[0x1100], 0x34);
        assert_int_equal(b.array[0x1101], 0x05); /* bits only go to 0 */
        assert_int_equal(b.array[0x1200], 0xFF);
        op(&b, 0x06);
        cs_low(&b); /* half a byte at the end: nothing */
        put_op(&b, 0x02);
        put_bits(&b, 1, 0x2000, 24);
        put_bits(&b, 1, 0x00F, 12);
        cs_high(&b);
        assert_false(is_busy(&b));
        assert_true(state_of(&b).write_enabled);
        bench_close(&b);
    }
}

static void erases(void **state)
{
    (void)state;
    static const uint8_t opcodes[] = {0x20, 0x52, 0xD8};
    static const uint32_t sizes[] = {4096, 32768, 65536};
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        uint32_t times[] = {sheet->erase_4k_ms, sheet->erase_32k_ms, sheet->erase_64k_ms};
        memset(b.array, 0, sheet->size);
        for (unsigned i = 0; i < 3; i++) {
            uint32_t unit = sizes[i], at = (2 + i) * 0x20000;
            erase(&b, opcodes[i], at + unit - 1);
            assert_int_equal(busy_ps(&b), times[i] * PS_PER_MS);
            assert_int_equal(b.array[at - 1], 0);
            assert_int_equal(b.array[at], 0xFF);
            assert_int_equal(b.array[at + unit - 1], 0xFF);
            assert_int_equal(b.array[at + unit], 0);
        }
        op_address(&b, 0x20, 0, 3); /* no WREN */
        assert_false(is_busy(&b));
        op(&b, 0x06);
        op(&b, 0xC7);
        assert_int_equal(busy_ps(&b), sheet->erase_chip_s * PS_PER_SECOND);
        assert_int_equal(b.array[0], 0xFF);
        assert_int_equal(b.array[sheet->size - 1], 0xFF);
        uint8_t page[256] = {0};
        program(&b, 0, page, 256);
        assert_int_equal(busy_ps(&b), sheet->page_us * PS_PER_US);
        bench_close(&b);
    }
}

/* While busy: 05h, 35h, 15h, 75h and 66h 99h; no ID, no read of the array, no other program. */
static void busy(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        uint8_t got;
        b.array[0x20000] = 0;
        erase(&b, 0xD8, 0);
        assert_int_equal(read_register(&b, 0x05) & 0x03, 0x03);
        assert_int_equal(read_register(&b, 0x35), sheet->sr2);
        assert_int_equal(read_register(&b, 0x15), 0x60);
        assert_false(answers(&b, sheet));
        read_frame(&b, 0x03, 0x20000, 3, 0, &got, 1);
        assert_int_equal(got, 0xFF);
        program_zero(&b, 0x30000);
        wait_idle(&b);
        assert_int_equal(b.array[0x30000], 0xFF);
        erase(&b, 0xD8, 0);
        op(&b, 0x66);
        op(&b, 0x99);
        wait_us(&b, 12000);
        assert_false(is_busy(&b));
        assert_true(answers(&b, sheet));
        bench_close(&b);
    }
}

/* 75h: WIP falls after tSUS and SR2 bit 7 is set; other blocks can be read and programmed, not
 * erased; 7Ah goes on. A chip erase is not suspended. */
static void suspend(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        memset(b.array, 0x00, 0x10000);
        erase(&b, 0xD8, 0);
        wait_us(&b, 1000);
        op(&b, 0x75);
        assert_true(is_busy(&b));
        wait_us(&b, 50);
        assert_false(is_busy(&b));
        assert_int_equal(read_register(&b, 0x35) & 0x80, 0x80);
        assert_true(programs(&b, 0x20000));
        assert_false(programs(&b, 0x100)); /* in the suspended block */
        erase(&b, 0x20, 0x30000);
        assert_false(is_busy(&b));
        write_byte(&b, 0x06, 0x01, 0x1C);
        assert_false(is_busy(&b));
        op(&b, 0x7A);
        assert_true(is_busy(&b));
        assert_int_equal(read_register(&b, 0x35) & 0x80, 0);
        op(&b, 0x75); /* too soon after 7Ah */
        wait_us(&b, 50);
        assert_true(is_busy(&b));
        wait_idle(&b);
        assert_int_equal(b.array[0x100], 0xFF);
        op(&b, 0x06);
        op(&b, 0x60);
        wait_us(&b, 1000);
        op(&b, 0x75);
        wait_us(&b, 50);
        assert_true(is_busy(&b));
        bench_close(&b);
    }
}

/* Beyond 16 MiB: opcodes with 4 bytes, 4-byte mode by B7h without WREN, the extended address
 * register, which E9h leaves as it is. */
static void four_bytes(void **state)
{
    (void)state;
    const struct sheet *sheet = sheet_of("W25Q512JV");
    struct bench b = open_sheet(sheet);
    static const uint32_t places[] = {0x00FFFFF0, 0x01000000, 0x01000100, 0x03FFFFF0};
    uint8_t got[8];
    for (unsigned k = 0; k < 4; k++) {
        uint32_t at = places[k];
        uint8_t data[8] = {(uint8_t)k, 0x5A, 0xA5, 0x42, 1, 2, 3, 4};
        op(&b, 0x06);
        write_frame(&b, 0x12, at, 4, data, 8);
        wait_idle(&b);
        assert_memory_equal(b.array + at, data, 8);
        for (unsigned i = 0; i < READS; i++) {
            struct read_row row = reads[i].row;
            row.opcode = reads[i].four_opcode;
            row.address_bytes = 4;
            array_read(&b, &row, at, reads[i].dummy, 0xFF, got, 8);
            assert_memory_equal(got, data, 8);
        }
        op(&b, 0xB7);
        assert_int_equal(state_of(&b).address_bytes, 4);
        read_frame(&b, 0x03, at, 4, 0, got, 8);
        assert_memory_equal(got, data, 8);
        op(&b, 0xE9);
        write_byte(&b, 0x06, 0xC5, (uint8_t)(at >> 24));
        read_frame(&b, 0x03, at & 0xFFFFFF, 3, 0, got, 8);
        assert_memory_equal(got, data, 8);
        op(&b, 0xB7);
        op(&b, 0xE9);
        assert_int_equal(read_register(&b, 0xC8), at >> 24);
        op(&b, 0x06);
        op_address(&b, 0x21, at, 4);
        wait_idle(&b);
        assert_int_equal(b.array[at], 0xFF);
    }
    op(&b, 0x06);
    op_address(&b, 0xDC, 0x03FF1234, 4);
    assert_int_equal(busy_ps(&b), sheet->erase_64k_ms * PS_PER_MS);
    quad_on(&b);
    op(&b, 0x06);
    cs_low(&b);
    put_op(&b, 0x34);
    put_bits(&b, 1, 0x02000000, 32);
    put_bits(&b, 4, 0x96, 8);
    cs_high(&b);
    wait_idle(&b);
    assert_int_equal(b.array[0x02000000], 0x96);
    op(&b, 0x06);
    op_address(&b, 0x5C, 0, 4); /* there is no 32 KiB opcode with 4 bytes */
    assert_false(is_busy(&b));
    bench_close(&b);
}

/* Parts of up to 16 MiB have none of it. */
static void three_bytes(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        if (sheet->four) {
            continue;
        }
        struct bench b = open_sheet(sheet);
        uint8_t got;
        b.array[0] = 0;
        op(&b, 0xB7);
        assert_int_equal(state_of(&b).address_bytes, 3);
        read_frame(&b, 0x13, 0, 4, 0, &got, 1);
        assert_int_equal(got, 0xFF);
        op(&b, 0x06);
        write_frame(&b, 0x12, 0, 4, (const uint8_t[]){0}, 1);
        op_address(&b, 0x21, 0, 4);
        op_address(&b, 0xDC, 0, 4);
        assert_false(is_busy(&b));
        bench_close(&b);
    }
}

/* 03h above 50 MHz, and any read above the part's clock, is not to be trusted. */
static void clock_limits(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        uint8_t got[64];
        fill_pattern(&b, 0, 64);
        static const struct {
            unsigned read, mhz;
            bool good;
        } rows[] = {{0, 50, true}, {0, 66, false}, {1, 100, true}, {1, 166, false}};
        for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            b.period = PS_PER_SECOND / (rows[i].mhz * UINT64_C(1000000));
            array_read(&b, &reads[rows[i].read].row, 0, reads[rows[i].read].dummy, 0, got, 64);
            assert_int_equal(memcmp(got, b.array, 64) == 0, rows[i].good);
        }
        bench_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity),    cmocka_unit_test(sfdp),
        cmocka_unit_test(array_reads), cmocka_unit_test(quad_gate),
        cmocka_unit_test(hold_pin),    cmocka_unit_test(program_and_wrap),
        cmocka_unit_test(erases),      cmocka_unit_test(busy),
        cmocka_unit_test(suspend),     cmocka_unit_test(four_bytes),
        cmocka_unit_test(three_bytes), cmocka_unit_test(clock_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
