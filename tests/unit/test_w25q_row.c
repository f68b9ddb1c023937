/* SPDX-License-Identifier: MIT */
/*
 * A chip of the W25Q family that is put together by its caller, as from an SFDP table: quad-enable
 * bit by all codes of the table, other opcodes, sizes and waits. And what holds for every model.
 */
#include "sim/nor/part.h"
#include "unit/test_w25q_bench.h"

enum {
    ROW_SIZE = 1 << 20
};

static struct nor_part row_of(enum nor_quad_enable quad_enable)
{
    struct nor_part part = nor_part_w25q64jv;
    part.name = "by its SFDP";
    part.size = ROW_SIZE;
    part.quad_enable = (uint8_t)quad_enable;
    part.cr1_default = 0;
    part.features = NOR_IF_SR2_READ | NOR_IF_SR2_WRITE | NOR_IF_SR2_3EH | NOR_TAKES_SR2;
    return part;
}

static struct bench open_row(const struct nor_part *part)
{
    struct nor_config config = {.row = part, .timing = NOR_TIMING_TYPICAL, .seed = 1};
    return bench_of(config, part->size, POWER_UP_MS * PS_PER_MS);
}

static bool reads_quad(struct bench *b)
{
    static const struct read_row quad_out = {0x6B, 3, 1, 4, false, true};
    uint8_t got;
    b->array[0] = 0x42;
    array_read(b, &quad_out, 0, 8, 0, &got, 1);
    return got == 0x42;
}

/* Each code: which write sets the bit, which read shows it where. 0 and 7 need none. */
static void quad_enable_codes(void **state)
{
    (void)state;
    static const struct {
        uint8_t data[2];
        unsigned count;
        uint8_t write, read, mask;
    } rows[8] = {
        [1] = {{0x00, 0x02}, 2, 0x01, 0x35, 0x02}, [2] = {{0x40}, 1, 0x01, 0x05, 0x40},
        [3] = {{0x80}, 1, 0x3E, 0x3F, 0x80},       [4] = {{0x00, 0x02}, 2, 0x01, 0x35, 0x02},
        [5] = {{0x00, 0x02}, 2, 0x01, 0x35, 0x02}, [6] = {{0x02}, 1, 0x31, 0x35, 0x02},
    };
    for (unsigned code = 0; code < 8; code++) {
        struct nor_part part = row_of((enum nor_quad_enable)code);
        struct bench b = open_row(&part);
        bool none = code == 0 || code == 7;
        assert_int_equal(reads_quad(&b), none);
        if (!none) {
            op(&b, 0x06);
            write_frame(&b, rows[code].write, 0, 0, rows[code].data, rows[code].count);
            wait_idle(&b);
            assert_int_equal(read_register(&b, rows[code].read), rows[code].mask);
            assert_true(reads_quad(&b));
            write_volatile(&b, (const uint8_t[]){0x00}, 1);
            assert_int_equal(reads_quad(&b), code > 2);
        }
        bench_close(&b);
    }
}

/* On a part with the bit in SR1 it is not a protection bit; a second byte that the part does not
 * take voids the write. */
static void other_registers(void **state)
{
    (void)state;
    struct nor_part part = row_of(NOR_QE_SR1_BIT6);
    part.protection = NOR_PROTECTION_BP4;
    part.features = 0;
    struct bench b = open_row(&part);
    write_volatile(&b, (const uint8_t[]){0x44}, 1);
    assert_false(programs(&b, ROW_SIZE - 1));
    assert_true(programs(&b, 0)); /* from the top */
    write_volatile(&b, (const uint8_t[]){0x40, 0x00}, 2);
    assert_int_equal(read_register(&b, 0x05), 0x44);
    assert_int_equal(read_register(&b, 0x35), 0xFF); /* no such command */
    assert_int_equal(read_register(&b, 0x15), 0xFF);
    bench_close(&b);
}

static void other_erases_and_reads(void **state)
{
    (void)state;
    static const struct nor_erase_type erases[NOR_ERASE_TYPES] = {
        {0xD7, 0, 4096, {1 * PS_PER_MS, 2 * PS_PER_MS}},
        {0xD8, 0xDC, 131072, {3 * PS_PER_MS, 4 * PS_PER_MS}}};
    static const struct nor_read_type reads[NOR_READ_TYPES] = {
        {0x03, 0x13, 1, 1, 0, 0}, {0xEB, 0xEC, 4, 4, 1, 9}, {0x6B, 0, 1, 4, 0, 0}};
    struct nor_part part = row_of(NOR_QE_NONE);
    memcpy(part.erases, erases, sizeof(erases));
    memcpy(part.reads, reads, sizeof(reads));
    struct bench b = open_row(&part);
    memset(b.array, 0, ROW_SIZE);
    erase(&b, 0xD7, 0x3FFF);
    assert_int_equal(busy_ps(&b), 1 * PS_PER_MS);
    assert_int_equal(b.array[0x3000], 0xFF);
    assert_int_equal(b.array[0x4000], 0x00);
    op(&b, 0x06);
    op_address(&b, 0xDC, 0x3FFFF, 4);
    assert_int_equal(busy_ps(&b), 3 * PS_PER_MS);
    assert_int_equal(b.array[0x20000], 0xFF);
    assert_int_equal(b.array[0x3FFFF], 0xFF);
    assert_int_equal(b.array[0x1FFFF], 0x00);
    erase(&b, 0x20, 0x40000);
    assert_false(is_busy(&b));
    fill_pattern(&b, 0x20000, 4);
    struct read_row quad_io = {0xEB, 3, 4, 4, false, true};
    uint8_t got[4];
    array_read(&b, &quad_io, 0x20000, 10, 0, got, 4);
    assert_memory_equal(got, b.array + 0x20000, 4);
    assert_true(nor_inherit(b.nor, b.now, "erase-in-progress"));
    wait_idle(&b);
    assert_int_equal(b.array[0x1FFFF], 0xFF);
    assert_false(nor_inherit(b.nor, b.now, "qpi"));
    bench_close(&b);
}

/* Sizes are powers of two, times are in order, names and IDs are there, erase types grow. */
static void every_model(void **state)
{
    (void)state;
    unsigned count = 0;
    for (const struct nor_part *part; (part = nor_part_at(count)) != NULL; count++) {
        assert_ptr_equal(nor_part_find(part->name), part);
        assert_int_equal(part->size & (part->size - 1), 0);
        assert_int_equal(part->page & (part->page - 1), 0);
        assert_true(part->page >= 256 && part->size > part->page && part->clock_hz >= 50000000);
        assert_true(part->id[0] != 0x00 && part->id[0] != 0xFF);
        for (unsigned i = 0; i < NOR_TIME_COUNT; i++) {
            assert_true(part->times[i].typical_ps <= part->times[i].maximum_ps);
        }
        assert_true(part->times[NOR_TIME_PAGE].typical_ps > 0);
        assert_true(part->times[NOR_TIME_BYTE_FIRST].typical_ps > 0);
        assert_true(part->times[NOR_TIME_REGISTER].typical_ps > 0);
        /* 32 ms: SST26 */
        assert_true(part->times[NOR_TIME_ERASE_CHIP].typical_ps >= 32 * PS_PER_MS);
        assert_true(part->times[NOR_TIME_CS_HIGH].maximum_ps > 0);
        const struct nor_erase_type *types = part->erases;
        for (unsigned i = 0; i < NOR_ERASE_TYPES && types[i].size != 0; i++) {
            assert_int_equal(types[i].size & (types[i].size - 1), 0);
            assert_true(i == 0 || types[i].size > types[i - 1].size);
            assert_true(types[i].time.typical_ps > (i == 0 ? 0 : types[i - 1].time.typical_ps));
            assert_true(types[i].time.typical_ps <= types[i].time.maximum_ps);
        }
        assert_string_equal(nor_part_name(count), part->name);
        assert_non_null(nor_inheritable(part->name, 0));
    }
    assert_true(count >= 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quad_enable_codes),
        cmocka_unit_test(other_registers),
        cmocka_unit_test(other_erases_and_reads),
        cmocka_unit_test(every_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
