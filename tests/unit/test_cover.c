/* SPDX-License-Identifier: MIT */
/* The cheapest cover, by cases that were worked by hand. */
#include "host/cover.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define K         UINT32_C(1024)
#define MS        UINT64_C(1000000)
#define MOST      (512 * K)
#define UNITS_MAX 2048

/* As the S25FL064L: 8 MiB, 64 ms for 4 KiB, 304 for 32, 512 for 64, 56 s for all. */
static const struct cover_chip usual = {
    .size = 8192 * K,
    .erase = {{4 * K, 0, UINT32_MAX, 64 * MS},
              {32 * K, 0, UINT32_MAX, 304 * MS},
              {64 * K, 0, UINT32_MAX, 512 * MS}},
    .chip_erase_ns = 56000 * MS,
};

static struct {
    struct cover_unit units[UNITS_MAX];
    unsigned count;
    struct cover cover;
    struct error error;
} work;

/* Units from `offset` on; 8 ms to program each. */
static void add(uint32_t offset, unsigned count, bool erase)
{
    for (unsigned i = 0; i < count; i++) {
        work.units[work.count++] =
            (struct cover_unit){.offset = offset + i * 4 * K, .erase = erase, .program_ns = 8 * MS};
    }
}

static int begin(void **state)
{
    (void)state;
    memset(&work, 0, sizeof work);
    return 0;
}

static int end(void **state)
{
    (void)state;
    cover_release(&work.cover);
    return 0;
}

static void make(const struct cover_chip *chip)
{
    assert_true(cover_make(&work.cover, chip, work.units, work.count, MOST, &work.error));
}

static void expect(unsigned index, uint32_t offset, uint32_t size)
{
    assert_true(index < work.cover.count);
    assert_int_equal(work.cover.ranges[index].offset, offset);
    assert_int_equal(work.cover.ranges[index].size, size);
}

static void nothing_costs_nothing(void **state)
{
    (void)state;
    add(0, 16, false);
    make(&usual);
    assert_int_equal(work.cover.count, 0);
    assert_int_equal(work.cover.erase_ns + work.cover.program_ns, 0);
    assert_false(work.units[0].erased);
}

/* 64 ms; the block around it would be 512. */
static void one_unit_goes_by_its_own_opcode(void **state)
{
    (void)state;
    add(0, 32, false);
    work.units[17].erase = true;
    make(&usual);
    assert_int_equal(work.cover.count, 1);
    expect(0, 17 * 4 * K, 4 * K);
    assert_int_equal(work.cover.erase_ns, 64 * MS);
    assert_int_equal(work.cover.program_ns, 8 * MS);
    assert_true(work.units[17].erased && !work.units[16].erased && !work.units[18].erased);
}

/* 7 * (64 + 8) = 504; 32 KiB: 304 + 8 * 8 = 368. */
static void a_larger_unit_swallows_what_is_known(void **state)
{
    (void)state;
    add(64 * K, 16, false);
    for (unsigned i = 0; i < 7; i++) {
        work.units[i].erase = true;
    }
    make(&usual);
    assert_int_equal(work.cover.count, 1);
    expect(0, 64 * K, 32 * K);
    assert_int_equal(work.cover.erase_ns, 304 * MS);
    assert_int_equal(work.cover.program_ns, 64 * MS);
    assert_true(work.units[7].erased && !work.units[8].erased);
}

/* 5 * (64 + 8) = 360 < 368; but 304 if nothing of it is to be programmed, against 320. */
static void programs_are_part_of_the_price(void **state)
{
    (void)state;
    add(0, 8, false);
    for (unsigned i = 0; i < 5; i++) {
        work.units[i].erase = true;
    }
    make(&usual);
    expect(0, 0, 20 * K);
    cover_release(&work.cover);
    for (unsigned i = 0; i < 8; i++) {
        work.units[i].program_ns = 0;
    }
    make(&usual);
    expect(0, 0, 32 * K);
}

/* The eighth unit is not among those that are known. */
static void a_stranger_is_not_swallowed(void **state)
{
    (void)state;
    add(0, 7, true);
    make(&usual);
    assert_int_equal(work.cover.count, 1);
    expect(0, 0, 28 * K);
    assert_int_equal(work.cover.erase_ns, 7 * 64 * MS);
}

/* 16 * 64 = 1024, 2 * 304 = 608, 512. Blocks side by side are one call, up to what a call may take. */
static void whole_blocks_are_joined(void **state)
{
    (void)state;
    add(0, 16 * 9, true);
    make(&usual);
    assert_int_equal(work.cover.count, 2);
    expect(0, 0, MOST);
    expect(1, MOST, 64 * K);
    assert_int_equal(work.cover.erase_ns, 9 * 512 * MS);
}

/* A unit of 1 MiB is a call of its own where a call may take half of that. */
static void a_unit_above_what_a_call_may_take_goes_alone(void **state)
{
    static const struct cover_chip chip = {
        .size = 8192 * K,
        .erase = {{64 * K, 0, UINT32_MAX, 512 * MS}, {1024 * K, 0, UINT32_MAX, 600 * MS}},
        .chip_erase_ns = UINT64_MAX,
    };
    (void)state;
    for (uint32_t i = 0; i < 33; i++) {
        work.units[work.count++] = (struct cover_unit){.offset = i * 64 * K, .erase = true};
    }
    make(&chip);
    assert_int_equal(work.cover.count, 3);
    expect(0, 0, 1024 * K);
    expect(1, 1024 * K, 1024 * K);
    expect(2, 2048 * K, 64 * K);
}

/* A block and a unit behind it: the loader, asked for both at once, takes them so. */
static void what_the_loader_takes_so_is_one_call(void **state)
{
    (void)state;
    add(0, 17, true);
    make(&usual);
    assert_int_equal(work.cover.count, 1);
    expect(0, 0, 68 * K);
    assert_int_equal(work.cover.erase_ns, (512 + 64) * MS);
}

/* Where two halves are cheaper than the whole, one call for both would take the whole. */
static void halves_that_are_cheaper_go_one_by_one(void **state)
{
    struct cover_chip chip = usual;
    (void)state;
    chip.erase[1].ns = 180 * MS;
    chip.erase[2].ns = 380 * MS;
    add(64 * K, 16, true);
    make(&chip);
    assert_int_equal(work.cover.count, 2);
    expect(0, 64 * K, 32 * K);
    expect(1, 96 * K, 32 * K);
    assert_int_equal(work.cover.erase_ns, 360 * MS);
}

/* 128 * 512 ms = 65.5 s against 56 s. At 110 blocks, 56.3 s, the pages of the other 18 tip the scale:
 * 288 * 8 ms = 2.3 s. */
static void the_chip_erase_is_taken_where_it_is_cheaper(void **state)
{
    (void)state;
    add(0, 2048, true);
    make(&usual);
    assert_true(work.cover.whole);
    assert_int_equal(work.cover.count, 1);
    expect(0, 0, 8192 * K);
    assert_int_equal(work.cover.erase_ns, 56000 * MS);
    assert_true(work.units[0].erased && work.units[2047].erased);
    cover_release(&work.cover);
    for (unsigned i = 110 * 16; i < 2048; i++) {
        work.units[i].erase = false;
    }
    make(&usual);
    assert_false(work.cover.whole);
    assert_int_equal(work.cover.erase_ns, 110 * 512 * MS);
}

static void the_chip_erase_spares_no_stranger(void **state)
{
    struct cover_chip chip = usual;
    (void)state;
    add(0, 2047, true);
    make(&chip);
    assert_false(work.cover.whole);
    cover_release(&work.cover);
    add(2047 * 4 * K, 1, false);
    make(&chip);
    assert_true(work.cover.whole);
    cover_release(&work.cover);
    chip.chip_erase_ns = UINT64_MAX; /* no call for it */
    make(&chip);
    assert_false(work.cover.whole);
}

/* As the SST26VF064B: by the address an opcode erases 8, 32 or 64 KiB, all in 19 ms. */
static void units_lie_where_the_chip_has_them(void **state)
{
    static const struct cover_chip chip = {
        .size = 8192 * K,
        .erase = {{4 * K, 0, UINT32_MAX, 19 * MS},
                  {8 * K, 0, 32 * K, 19 * MS},
                  {32 * K, 32 * K, 64 * K, 19 * MS},
                  {64 * K, 64 * K, UINT32_MAX, 19 * MS}},
        .chip_erase_ns = UINT64_MAX,
    };
    (void)state;
    add(0, 32, true);
    add(8192 * K - 64 * K, 16, true);
    make(&chip);
    assert_int_equal(work.cover.erase_ns, (4 + 1 + 1 + 1 + 4) * 19 * MS);
    assert_int_equal(work.cover.count, 2);
    expect(0, 0, 128 * K);
    expect(1, 8192 * K - 64 * K, 64 * K);
}

/* What need not be erased has its own price. */
static void what_is_blank_is_programmed_as_it_is(void **state)
{
    (void)state;
    add(0, 16, false);
    for (unsigned i = 0; i < 16; i++) {
        work.units[i].unerased_ns = 8 * MS;
    }
    make(&usual);
    assert_int_equal(work.cover.count, 0);
    assert_int_equal(work.cover.program_ns, 16 * 8 * MS);
}

static void the_table_is_the_boards(void **state)
{
    static struct board board;
    struct cover_chip chip;
    (void)state;
    board_set_data_directory("data");
    assert_true(board_load(&board, "data/boards/stm32n655-s25fl064l.yaml", &work.error));
    cover_chip_of(&chip, &board, true);
    assert_memory_equal(&chip, &usual, sizeof chip);
    assert_int_equal(cover_largest(&chip), 64 * K);
    cover_chip_of(&chip, &board, false);
    assert_true(chip.chip_erase_ns == UINT64_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_costs_nothing),
        TEST(one_unit_goes_by_its_own_opcode),
        TEST(a_larger_unit_swallows_what_is_known),
        TEST(programs_are_part_of_the_price),
        TEST(a_stranger_is_not_swallowed),
        TEST(whole_blocks_are_joined),
        TEST(a_unit_above_what_a_call_may_take_goes_alone),
        TEST(what_the_loader_takes_so_is_one_call),
        TEST(halves_that_are_cheaper_go_one_by_one),
        TEST(the_chip_erase_is_taken_where_it_is_cheaper),
        TEST(the_chip_erase_spares_no_stranger),
        TEST(units_lie_where_the_chip_has_them),
        TEST(what_is_blank_is_programmed_as_it_is),
        TEST(the_table_is_the_boards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
