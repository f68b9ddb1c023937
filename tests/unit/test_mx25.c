/* SPDX-License-Identifier: MIT */
/* Macronix' MX25L and MX25R and ISSI's IS25LP: their rows, reads, quad programs, QPI. */
#include "unit/test_mx25_bench.h"

static void identity(void **state)
{
    (void)state;
    FOR_EACH_PART(p)
    {
        struct bench b = open_part(p);
        assert_int_equal(nor_part_size(p->name), p->mib * MIB);
        assert_true(has_id(&b, 0x9F, p->id, 3));
        bench_close(&b);
    }
}

static void check_times(const struct part *p, enum nor_timing timing, uint32_t page_us,
                        const uint32_t *erase_ms, uint32_t chip_s)
{
    static const uint8_t opcodes[3] = {0x20, 0x52, 0xD8};
    static const uint8_t page[256] = {1, 2, 3};
    struct bench b = bench_part(p->name, timing);
    op(&b, 0x06);
    write_frame(&b, 0x02, 0x400, 3, page, 256);
    assert_int_equal(busy_ps(&b) / PS_PER_US, page_us);
    assert_memory_equal(b.array + 0x400, page, 256);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(erase_time(&b, opcodes[i], 0x456, 3) / PS_PER_MS, erase_ms[i]);
        assert_int_equal(b.array[0x402], 0xFF);
        assert_int_equal(read_register(&b, 0x05), 0);
    }
    for (unsigned i = 0; i < 2; i++) {
        op(&b, 0x06);
        op(&b, i == 0 ? 0x60 : 0xC7);
        assert_int_equal(busy_ps(&b) / PS_PER_SECOND, chip_s);
    }
    assert_int_equal(b.array[p->mib * MIB / 2], 0xFF);
    bench_close(&b);
}

static void times(void **state)
{
    (void)state;
    FOR_EACH_PART(p)
    {
        check_times(p, NOR_TIMING_TYPICAL, p->page_us, p->erase_ms, p->chip_s);
        check_times(p, NOR_TIMING_MAXIMUM, p->max_page_us, p->max_erase_ms, p->max_chip_s);
    }
}

/* The basic tables of public dumps: of the part itself or of the one that the row names. */
static void sfdp(void **state)
{
    (void)state;
    static const uint32_t words[PARTS][16] = {
        /* 9 words: MX25L25635F without QPI and 4-byte addresses */
        {0xFFF120E5, 0x07FFFFFF, 0x6B08EB44, 0xBB043B08, 0xFFFFFFEE, 0xFF00FFFF, 0xFF00FFFF,
         0x520F200C, 0xFF00D810},
        /* MX25U25645G */
        {0xFFFB20E5, 0x0FFFFFFF, 0x6B08EB44, 0xBB043B08, 0xFFFFFFFE, 0xFF00FFFF, 0xEB44FFFF,
         0x520F200C, 0xFF00D810, 0x00B54987, 0xD204D282, 0x38670344, 0xB030B030, 0x5CD5BDF7,
         0xFF299E4A, 0x85F950F0},
        {0xFFF120E5, 0x03FFFFFF, 0x6B08EB44, 0xBB043B08, 0xFFFFFFEE, 0xFF00FFFF, 0xFF00FFFF,
         0x520F200C, 0xFF00D810, 0x00F57223, 0xCC04ED82, 0x44688344, 0xB030B030, 0x5CD5C4F7,
         0xFF29BE00, 0xFFFFD0F0},
        /* SK25LP128 */
        {0xFFF920E5, 0x07FFFFFF, 0x6B08EB44, 0xBB803B08, 0xFFFFFFFE, 0xFF00FFFF, 0xEB44FFFF,
         0x520F200C, 0xFF00D810, 0x00C94A23, 0xC711D882, 0x4668CDCC, 0x757A757A, 0x5CD5A2F7,
         0xFF2C424A, 0x80C030F0},
        /* IS25WP256 */
        {0xFFF920E5, 0x0FFFFFFF, 0x6B08EB44, 0xBB803B08, 0xFFFFFFFE, 0xFF00FFFF, 0xEB44FFFF,
         0x520F200C, 0xFF00D810, 0x00C94A23, 0xCE11D882, 0x4668CDCC, 0x757A757A, 0x5CD5AEF7,
         0xFF2C424A, 0xA9FA30F0},
    };
    for (unsigned i = 0; i < PARTS; i++) {
        struct bench b = open_part(&parts[i]);
        uint32_t at = sfdp_table(&b, 0x00);
        unsigned count = i == 0 ? 9 : 16;
        assert_int_equal(sfdp_word(&b, 8) >> 24, count);
        for (unsigned w = 0; w < count; w++) {
            assert_int_equal(sfdp_word(&b, at + 4 * w), words[i][w]);
        }
        assert_int_equal(sfdp_word(&b, at + 4), parts[i].mib * MIB * UINT64_C(8) - 1);
        at = sfdp_table(&b, 0x84);
        assert_true((at != 0) == (i == 1));
        if (at != 0) {
            assert_int_equal(sfdp_word(&b, at), 0xFFFF8F7F);
            assert_int_equal(sfdp_word(&b, at + 4), 0xFFDC5C21);
        }
        bench_close(&b);
    }
}

/* Clocks after the address of a new chip [SFDP]: 8, of BBh 4, of EBh 2 and 4. ISSI's BBh has mode
 * bits in its 4. */
static void check_reads(struct bench *b, const struct part *p)
{
    static const struct read_row rows[] = {
        {0x03, 3, 1, 1, false, false}, {0x0B, 3, 1, 1, false, true}, {0x3B, 3, 1, 2, false, true},
        {0x6B, 3, 1, 4, false, true},  {0xBB, 3, 2, 2, false, true}, {0xEB, 3, 4, 4, true, true},
    };
    static const unsigned dummies[] = {0, 8, 8, 8, 4, 4};
    uint8_t data[8];
    fill_pattern(b, 0x1234, 8);
    for (unsigned i = 0; i < 6; i++) {
        struct read_row row = rows[i];
        unsigned dummy = dummies[i];
        if (row.opcode == 0xBB && p->issi) {
            row.mode = true;
            dummy = 0;
        }
        array_read(b, &row, 0x1234, dummy, 0x00, data, 8);
        assert_memory_equal(data, b->array + 0x1234, 8);
        if (row.latency) {
            array_read(b, &row, 0x1234, dummy + 1, 0x00, data, 8);
            assert_memory_not_equal(data, b->array + 0x1234, 8);
        }
    }
}

static void reads(void **state)
{
    (void)state;
    FOR_EACH_PART(p)
    {
        struct bench b = open_part(p);
        enable_quad(&b);
        check_reads(&b, p);
        bench_close(&b);
    }
}

/* QE is bit 6 of the status register, non-volatile, written by 01h with one byte after 06h. Without
 * it 6Bh, EBh and the quad programs are not heard. */
static void quad_enable(void **state)
{
    (void)state;
    FOR_EACH_PART(p)
    {
        struct bench b = open_part(p);
        struct read_row quad = {0x6B, 3, 1, 4, false, true};
        uint8_t data[4];
        memset(b.array, 0x5A, 4);
        write_frame(&b, 0x01, 0, 0, (const uint8_t[]){0x40}, 1); /* no WEL */
        assert_false(is_busy(&b));
        array_read(&b, &quad, 0, 8, 0, data, 4);
        assert_int_equal(b.driven, 0);
        op(&b, 0x06);
        write_frame(&b, 0x01, 0, 0, (const uint8_t[]){0x40}, 1);
        assert_int_equal(read_register(&b, 0x05), WIP | WEL);
        busy_ps(&b);
        assert_int_equal(read_register(&b, 0x05), 0x40);
        array_read(&b, &quad, 0, 8, 0, data, 4);
        assert_memory_equal(data, b.array, 4);
        power_cycle(&b);
        assert_int_equal(read_register(&b, 0x05), 0x40);
        write_register_byte(&b, 0x01, 0x00);
        assert_int_equal(read_register(&b, 0x05), 0);
        bench_close(&b);
    }
}

/* 38h: Macronix with the address on four lines; ISSI on one, and 32h does the same. */
static void quad_program(void **state)
{
    (void)state;
    static const uint8_t data[4] = {0x12, 0x34, 0x56, 0x78};
    FOR_EACH_PART(p)
    {
        struct bench b = open_part(p);
        for (unsigned pass = 0; pass < 4; pass++) {
            uint8_t opcode = pass % 2 == 0 ? 0x38 : 0x32;
            op(&b, 0x06);
            cs_low(&b);
            put_op(&b, opcode);
            put_bits(&b, p->issi ? 1 : 4, 0x100 * pass, 24);
            for (unsigned i = 0; i < 4; i++) {
                put_bits(&b, 4, data[i], 8);
            }
            cs_high(&b);
            bool works = pass >= 2 && (p->issi || opcode == 0x38);
            assert_int_equal(is_busy(&b), works);
            if (works) {
                wait_idle(&b);
                assert_memory_equal(b.array + 0x100 * pass, data, 4);
            }
            if (pass == 1) {
                enable_quad(&b);
            }
        }
        bench_close(&b);
    }
}

/* EBh: a mode byte whose halves are inverse (A5h; ISSI: Axh) lets the next frame begin with its
 * address. A frame that ends before the mode byte leaves that as it is; FFh ends it. */
static void continuous_read(void **state)
{
    (void)state;
    FOR_EACH_PART(p)
    {
        struct bench b = open_part(p);
        struct read_row row = {0xEB, 3, 4, 4, true, true};
        uint8_t data[4], stays = p->issi ? 0xA0 : 0x5A, ends = p->issi ? 0x5A : 0xA0;
        fill_pattern(&b, 0x100, 16);
        enable_quad(&b);
        array_read(&b, &row, 0x100, 4, ends, data, 4);
        assert_true(has_id(&b, 0x9F, p->id, 3));
        array_read(&b, &row, 0x100, 4, stays, data, 4);
        assert_true(state_of(&b).continuous_read);
        read_on(&b, 4, 0x104, 3, stays, 4, data, 4);
        assert_memory_equal(data, b.array + 0x104, 4);
        cs_low(&b);
        put_bits(&b, 4, 0xFFFF, 16);
        cs_high(&b);
        read_on(&b, 4, 0x108, 3, stays, 4, data, 4);
        assert_memory_equal(data, b.array + 0x108, 4);
        assert_false(has_id(&b, 0x9F, p->id, 3));
        cs_low(&b);
        put_bits(&b, 4, 0xFFFFFFFF, 32);
        cs_high(&b);
        assert_true(has_id(&b, 0x9F, p->id, 3));
        bench_close(&b);
    }
}

/* 35h in, F5h out; the ID is AFh there. A part without QPI does not hear 35h. */
static void qpi(void **state)
{
    (void)state;
    FOR_EACH_PART(p)
    {
        struct bench b = open_part(p);
        op(&b, 0x35);
        assert_int_equal(state_of(&b).qpi, p->qpi);
        if (p->qpi) {
            uint8_t data[4];
            struct read_row row = {0xEB, 3, 4, 4, true, true};
            assert_false(has_id(&b, 0x9F, p->id, 3));
            b.op_lanes = 4;
            assert_true(has_id(&b, 0xAF, p->id, 3));
            assert_int_equal(read_register(&b, 0x05), 0);
            assert_true(takes_program(&b, 0x02, 0x100, 3));
            array_read(&b, &row, 0x100, 4, 0, data, 4);
            assert_memory_equal(data, b.array + 0x100, 4);
            assert_int_equal(sfdp_word(&b, 0), 0x50444653);
            erase_time(&b, 0x20, 0, 3);
            assert_int_equal(b.array[0x100], 0xFF);
            op(&b, 0xF5);
            b.op_lanes = 1;
            assert_true(has_id(&b, 0x9F, p->id, 3));
            op(&b, 0x35);
            b.op_lanes = 4;
            reset_chip(&b);
        }
        assert_true(has_id(&b, 0x9F, p->id, 3));
        bench_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity),
        cmocka_unit_test(times),
        cmocka_unit_test(sfdp),
        cmocka_unit_test(reads),
        cmocka_unit_test(quad_enable),
        cmocka_unit_test(quad_program),
        cmocka_unit_test(continuous_read),
        cmocka_unit_test(qpi),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
