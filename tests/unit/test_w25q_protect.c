/* SPDX-License-Identifier: MIT */
/* What the W25Q family protects: BP with SEC, TB and CMP, individual locks, security registers. */
#include "unit/test_w25q_bench.h"

/* Bytes that the register protects before CMP. */
static uint32_t protected_bytes(const struct sheet *sheet, unsigned bp, bool sec)
{
    static const uint32_t sectors[8] = {0,        4 << 10,  8 << 10, 16 << 10,
                                        32 << 10, 32 << 10, 32 << 10};
    if (sheet->bp4) {
        uint64_t size = bp == 0 ? 0 : UINT64_C(0x10000) << (bp - 1);
        return size > sheet->size ? sheet->size : (uint32_t)size;
    }
    if (bp == 7) {
        return sheet->size;
    }
    return sec ? sectors[bp] : bp == 0 ? 0 : sheet->size >> (7 - bp);
}

/* Every combination, at both ends of the array and at both sides of the boundary. */
static void block_protection(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        op(&b, 0xB7);
        for (unsigned i = 0; i < 64; i++) {
            uint8_t bits = (uint8_t)((i & 31) << 2), cmp = (uint8_t)(i >> 5 << 6);
            bool sec = !sheet->bp4 && (bits & 0x40) != 0;
            bool bottom = (bits & (sheet->bp4 ? 0x40 : 0x20)) != 0;
            unsigned bp = bits >> 2 & (sheet->bp4 ? 15 : 7);
            uint32_t size = protected_bytes(sheet, bp, sec);
            uint32_t edge = bottom ? size : sheet->size - size;
            uint32_t at[4] = {0, sheet->size - 1, edge % sheet->size, (edge - 1) % sheet->size};
            write_volatile(&b, (uint8_t[]){bits, (uint8_t)(cmp | 0x02)}, 2);
            assert_int_equal(read_register(&b, 0x05), bits);
            for (unsigned k = 0; k < 4; k++) {
                bool inside = bottom ? at[k] < size : at[k] >= sheet->size - size;
                assert_int_equal(programs(&b, at[k]), inside == (cmp != 0));
            }
        }
        bench_close(&b);
    }
}

/* A protected erase is dropped and so is WEL; a chip erase is, if anything at all is protected. */
static void refused_erase(void **state)
{
    (void)state;
    static const uint8_t opcodes[] = {0x20, 0x52, 0xD8, 0x60, 0xC7};
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        memset(b.array, 0x3C, sheet->size);
        /* SEC, TB, BP 1: the first 4 KiB; TB, BP 1: the first 64 KiB */
        write_volatile(&b, (uint8_t[]){sheet->bp4 ? 0x44 : 0x64, 0x02}, 2);
        for (unsigned i = 0; i < sizeof(opcodes); i++) {
            op(&b, 0x06);
            op_address(&b, opcodes[i], 0, i < 3 ? 3 : 0);
            assert_false(is_busy(&b));
            assert_false(state_of(&b).write_enabled);
            assert_int_equal(read_register(&b, 0x35), 0x02); /* no error flag */
        }
        assert_int_equal(b.array[0], 0x3C);
        assert_int_equal(b.array[sheet->size - 1], 0x3C);
        erase(&b, 0xD8, 0x10000);
        wait_idle(&b);
        assert_int_equal(b.array[0x10000], 0xFF);
        bench_close(&b);
    }
}

static uint8_t lock_of(struct bench *b, uint32_t address)
{
    uint8_t value;
    read_frame(b, 0x3D, address, 3, 0, &value, 1);
    return value & 1;
}

/* SR3 bit 2 = 1: each lock counts, BP does not; 36h, 39h, 7Eh, 98h need WREN; 4 KiB in the first
 * and last 64 KiB, 64 KiB elsewhere; after a reset all are locked. */
static void individual_locks(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        assert_true(programs(&b, 0)); /* bit 2 = 0 */
        write_byte(&b, 0x50, 0x11, 0x64);
        assert_false(programs(&b, 0));
        op(&b, 0x98);
        assert_false(programs(&b, 0));
        op(&b, 0x06);
        op(&b, 0x98);
        assert_true(programs(&b, 0));
        assert_int_equal(lock_of(&b, 0x1000), 0);
        op(&b, 0x06);
        op_address(&b, 0x36, 0x001234, 3);
        op(&b, 0x06);
        op_address(&b, 0x36, 0x034567, 3);
        assert_int_equal(lock_of(&b, 0x001000), 1);
        assert_false(programs(&b, 0x001FFF));
        assert_true(programs(&b, 0x002000));
        assert_false(programs(&b, 0x030000));
        assert_false(programs(&b, 0x03FFFF));
        assert_true(programs(&b, 0x040000));
        op(&b, 0x06);
        op_address(&b, 0x39, 0x034567, 3);
        assert_true(programs(&b, 0x03FFFF));
        write_byte(&b, 0x50, 0x01, 0x1C);
        assert_true(programs(&b, 0x050000));
        op(&b, 0x06);
        op(&b, 0x7E);
        assert_false(programs(&b, 0x050000));
        op(&b, 0x06);
        op(&b, 0x98);
        soft_reset(&b);
        write_byte(&b, 0x50, 0x11, 0x64);
        assert_false(programs(&b, 0x050000));
        bench_close(&b);
    }
}

/* 001000h, 002000h, 003000h; LB1..LB3 close one each. */
static void security_registers(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        write_byte(&b, 0x06, 0x31, 0x12); /* LB2 */
        wait_idle(&b);
        for (uint32_t number = 0; number < 5; number++) {
            bool open = number == 1 || number == 3;
            uint32_t at = number << 12 | 5;
            uint8_t got[2];
            op(&b, 0x06);
            write_frame(&b, 0x42, at, 3, (const uint8_t[]){(uint8_t)(0x10 + number)}, 1);
            assert_int_equal(is_busy(&b), open);
            wait_us(&b, 10000);
            read_frame(&b, 0x48, at, 3, 8, got, 2);
            assert_int_equal(got[0], open ? 0x10 + number : 0xFF);
            assert_int_equal(got[1], 0xFF);
            op(&b, 0x06);
            op_address(&b, 0x44, at, 3);
            assert_int_equal(is_busy(&b), open);
            wait_us(&b, 1000000);
            read_frame(&b, 0x48, at, 3, 8, got, 1);
            assert_int_equal(got[0], 0xFF);
        }
        bench_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(block_protection),
        cmocka_unit_test(refused_erase),
        cmocka_unit_test(individual_locks),
        cmocka_unit_test(security_registers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
