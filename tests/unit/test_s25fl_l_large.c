/* SPDX-License-Identifier: MIT */
/* What S25FL128L and S25FL256L have other than the S25FL064L. */
#include "unit/test_nor_bench.h"

static const struct large {
    const char *part;
    uint8_t id[3];
    uint32_t size;
    uint32_t erase_seconds; /* of the whole chip, typical */
    bool bp4;               /* SR1: TBPROT in bit 6, BP3..BP0 in bits 5:2 */
} parts[] = {
    {"S25FL128L", {0x01, 0x60, 0x18}, 16u << 20, 70, false},
    {"S25FL256L", {0x01, 0x60, 0x19}, 32u << 20, 140, true},
};

static struct bench open_large(const struct large *large)
{
    struct nor_config config = {.part = large->part, .timing = NOR_TIMING_TYPICAL, .seed = 1};
    assert_int_equal(nor_part_size(large->part), large->size);
    return bench_of(config, large->size, 300 * PS_PER_US);
}

#define FOR_EACH_PART(large)                                                                       \
    for (const struct large *large = parts; large < parts + sizeof(parts) / sizeof(parts[0]);      \
         large++)

static void identity(void **state)
{
    (void)state;
    FOR_EACH_PART(large)
    {
        struct bench b = open_large(large);
        uint8_t id[3], sfdp[8];
        read_frame(&b, 0x9F, 0, 0, 0, id, 3);
        assert_memory_equal(id, large->id, 3);
        read_frame(&b, 0x5A, 0, 3, 8, sfdp, 4);
        assert_memory_equal(sfdp, "SFDP", 4);
        read_frame(&b, 0x5A, 0x304, 3, 8, sfdp, 4); /* density: bits - 1 */
        assert_int_equal(word_of(sfdp), large->size * UINT64_C(8) - 1);
        bench_close(&b);
    }
}

/* The last page is reached by 4-byte opcodes, and by 3-byte ones after B7h. */
static void four_byte_addresses(void **state)
{
    (void)state;
    FOR_EACH_PART(large)
    {
        struct bench b = open_large(large);
        uint32_t last = large->size - 1;
        uint8_t got;
        op(&b, 0x06);
        write_frame(&b, 0x12, last, 4, (const uint8_t[]){0x5A}, 1);
        wait_idle(&b);
        assert_int_equal(b.array[last], 0x5A);
        assert_int_equal(b.array[last & 0x7FFFFF], last == (last & 0x7FFFFF) ? 0x5A : 0xFF);
        read_frame(&b, 0x13, last, 4, 0, &got, 1);
        assert_int_equal(got, 0x5A);
        op(&b, 0xB7);
        read_frame(&b, 0x03, last, 4, 0, &got, 1);
        assert_int_equal(got, 0x5A);
        op(&b, 0xE9);
        op(&b, 0x06);
        op_address(&b, 0x21, last, 4);
        wait_idle(&b);
        assert_int_equal(b.array[last], 0xFF);
        bench_close(&b);
    }
}

static uint32_t protected_size(const struct large *large, unsigned bp)
{
    if (!large->bp4) {
        return bp == 0 ? 0 : large->size >> (7 - bp);
    }
    uint64_t size = bp == 0 ? 0 : UINT64_C(0x10000) << (bp - 1);
    return size > large->size ? large->size : (uint32_t)size;
}

/* Every BP code from top and bottom, at both sides of its boundary. */
static void block_protection(void **state)
{
    (void)state;
    FOR_EACH_PART(large)
    {
        struct bench b = open_large(large);
        op(&b, 0xB7);
        for (unsigned i = 0; i < 32; i++) {
            unsigned bottom = i >> 4, bp = large->bp4 ? i & 15 : i & 7;
            uint8_t sr1 = (uint8_t)(bp << 2 | bottom << (large->bp4 ? 6 : 5));
            uint32_t size = protected_size(large, bp);
            uint32_t edge = bottom ? size : large->size - size;
            uint32_t at[2] = {edge % large->size, (edge - 1) % large->size};
            write_volatile(&b, &sr1, 1);
            assert_int_equal(read_register(&b, 0x05), sr1);
            for (unsigned k = 0; k < 2; k++) {
                bool inside = bottom ? at[k] < size : at[k] >= large->size - size;
                op(&b, 0x06);
                write_frame(&b, 0x02, at[k], 4, (const uint8_t[]){0}, 1);
                assert_int_equal((state_of(&b).status2 & 0x20) != 0, inside);
                op(&b, 0x30);
                wait_us(&b, 100);
            }
        }
        bench_close(&b);
    }
}

/* 133 MHz takes latency code 9 on one line, 7 on two with the address, 13 on four; with the
 * factory's 8 a quad read ends at 108 MHz. */
static void latency_limits(void **state)
{
    (void)state;
    static const struct {
        struct read_row read;
        uint8_t enough;
    } rows[] = {
        {{0x0B, 3, 1, 1, false, true}, 9}, {{0x3B, 3, 1, 2, false, true}, 9},
        {{0xBB, 3, 2, 2, true, true}, 7},  {{0x6B, 3, 1, 4, false, true}, 13},
        {{0xEB, 3, 4, 4, true, true}, 13},
    };
    FOR_EACH_PART(large)
    {
        struct bench b = open_large(large);
        set_quad(&b);
        fill_pattern(&b, 0x1000, 64);
        for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            for (unsigned good = 0; good < 2; good++) {
                uint8_t code = (uint8_t)(rows[i].enough - 1 + good), got[64];
                b.period = 20000;
                set_latency(&b, code);
                b.period = PS_PER_SECOND / 133000000;
                array_read(&b, &rows[i].read, 0x1000, code, 0, got, sizeof(got));
                assert_int_equal(memcmp(got, b.array + 0x1000, sizeof(got)) == 0, good);
            }
        }
        bench_close(&b);
    }
}

static void times(void **state)
{
    (void)state;
    FOR_EACH_PART(large)
    {
        struct bench b = open_large(large);
        erase(&b, 0x20, 0);
        assert_int_equal(busy_ps(&b), 50 * PS_PER_MS);
        erase(&b, 0x52, 0);
        assert_int_equal(busy_ps(&b), 190 * PS_PER_MS);
        erase(&b, 0xD8, 0);
        assert_int_equal(busy_ps(&b), 270 * PS_PER_MS);
        op(&b, 0x06);
        op(&b, 0xC7);
        assert_int_equal(busy_ps(&b), large->erase_seconds * PS_PER_SECOND);
        bench_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity),
        cmocka_unit_test(four_byte_addresses),
        cmocka_unit_test(block_protection),
        cmocka_unit_test(latency_limits),
        cmocka_unit_test(times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
