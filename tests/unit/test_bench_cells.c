/* SPDX-License-Identifier: MIT */
/* What `make bench` measures, and that each of its limits is held against something on every run. */
#include "bench/contents.h"
#include "bench/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FLASH 0x200000u
#define PAGE  256u

static void cells_are_sorted_and_each_is_there_once(void **state)
{
    (void)state;
    for (int all = 0; all < 2; all++) {
        unsigned count = 0;
        struct cell *cells = cells_make(cell_rows, cell_row_count, all != 0, &count);
        assert_non_null(cells);
        assert_true(count > 50);
        for (unsigned i = 1; i < count; i++) {
            assert_true(memcmp(cells[i - 1].at, cells[i].at, sizeof cells[i].at) < 0);
        }
        free(cells);
    }
}

/* A cell of every run stays one when rows for all of them name it again. */
static void all_cells_hold_those_of_every_run(void **state)
{
    (void)state;
    unsigned few = 0, many = 0, found = 0;
    struct cell *always = cells_make(cell_rows, cell_row_count, false, &few);
    struct cell *all = cells_make(cell_rows, cell_row_count, true, &many);
    assert_true(few < many);
    for (unsigned i = 0; i < many; i++) {
        found += all[i].always;
    }
    assert_int_equal(found, few);
    free(always);
    free(all);
}

/* What is asked of a limit: it holds in each of these cells, and each is measured on every run. */
struct asked {
    const char *limit; /* its text */
    struct cell_row cells;
};

#define B(value)     (UINT16_C(1) << (value))
#define BOTH_BOARDS  (B(BOARD_QUAD) | B(BOARD_OCTAL))
#define BOTH_TIMES   (B(TIMES_TYPICAL) | B(TIMES_MAXIMUM))
#define TYPICAL      B(TIMES_TYPICAL)
#define BOTH_CLOCKS  (B(CPU_HALF) | B(CPU_ROM))
#define BUFFERS      (B(BUFFER_4K) | B(BUFFER_16K) | B(BUFFER_64K))
#define NATIVE_JLINK B(HOST_NATIVE), B(BUFFER_OWN), B(LINK_JLINK)
#define CUBE_JLINK   B(HOST_CUBE_JLINK), BUFFERS, B(LINK_JLINK)
#define FULL         B(SIZE_FULL)
#define MIB          B(SIZE_1M)
#define OURS         B(LOADER_OURS)

static const struct asked asked[] = {
    {"used, whole quad flash, native over J-Link",
     {true, {B(BOARD_QUAD), NATIVE_JLINK, FULL, B(STATE_USED), BOTH_TIMES, BOTH_CLOCKS, OURS}}},
    {"used, whole quad flash, cubeprogrammer-jlink",
     {true, {B(BOARD_QUAD), CUBE_JLINK, FULL, B(STATE_USED), BOTH_TIMES, BOTH_CLOCKS, OURS}}},
    {"unchanged, whole flash, native over J-Link",
     {true, {BOTH_BOARDS, NATIVE_JLINK, FULL, B(STATE_UNCHANGED), TYPICAL, BOTH_CLOCKS, OURS}}},
    {"one byte changed, whole flash, native over J-Link",
     {true, {BOTH_BOARDS, NATIVE_JLINK, FULL, B(STATE_CHANGED), TYPICAL, BOTH_CLOCKS, OURS}}},
    {"octal, native over J-Link, stage program",
     {true,
      {B(BOARD_OCTAL), NATIVE_JLINK, MIB, B(STATE_BLANK) | B(STATE_NEW) | B(STATE_RANDOM), TYPICAL,
       BOTH_CLOCKS, OURS}}},
    {"native over J-Link, CPU at 64 and 32 MHz",
     {true, {B(BOARD_QUAD), NATIVE_JLINK, FULL, B(STATE_USED), BOTH_TIMES, BOTH_CLOCKS, OURS}}},
    {"native over J-Link, CPU at 64 and 32 MHz",
     {true, {BOTH_BOARDS, NATIVE_JLINK, MIB, B(STATE_NEW), TYPICAL, BOTH_CLOCKS, OURS}}},
    {"native over J-Link, CPU at 64 and 32 MHz",
     {true,
      {BOTH_BOARDS, NATIVE_JLINK, FULL, B(STATE_CHANGED) | B(STATE_UNCHANGED), TYPICAL, BOTH_CLOCKS,
       OURS}}},
};

static unsigned product_of(const struct cell_row *row)
{
    unsigned product = 1;
    for (int i = 0; i < DIMENSIONS; i++) {
        product *= (unsigned)__builtin_popcount(row->values[i]);
    }
    return product;
}

static bool has_cell(const struct cell *cells, unsigned count, const struct cell *wanted)
{
    for (unsigned i = 0; i < count; i++) {
        if (memcmp(cells[i].at, wanted->at, sizeof wanted->at) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether `limit` is about each cell that is asked for, and each is there. */
static void assert_holds(const struct limit *limit, const struct cell_row *row,
                         const struct cell *cells, unsigned count)
{
    unsigned wanted_count = 0;
    struct cell *wanted = cells_make(row, 1, false, &wanted_count);
    assert_int_equal(wanted_count, product_of(row));
    for (unsigned i = 0; i < wanted_count; i++) {
        if (!has_cell(cells, count, &wanted[i]) || !limit_is_about(limit, &wanted[i])) {
            for (int j = 0; j < DIMENSIONS; j++) {
                print_error("%s ", cell_value(&wanted[i], (enum dimension)j));
            }
            fail_msg("not measured, or not held: %s", limit->text);
        }
    }
    free(wanted);
}

static void each_limit_holds_in_all_cells_that_are_asked_for(void **state)
{
    (void)state;
    unsigned count = 0;
    struct cell *cells = cells_make(cell_rows, cell_row_count, false, &count);
    for (unsigned i = 0; i < limit_count; i++) {
        unsigned rows = 0;
        for (size_t j = 0; j < sizeof asked / sizeof asked[0]; j++) {
            if (strcmp(asked[j].limit, limits[i].text) == 0) {
                assert_holds(&limits[i], &asked[j].cells, cells, count);
                rows++;
            }
        }
        if (rows == 0) {
            fail_msg("nothing is asked of: %s", limits[i].text);
        }
    }
    free(cells);
}

/* Every row is about a limit, so that none is lost when a text changes. */
static void what_is_asked_is_asked_of_a_limit(void **state)
{
    (void)state;
    for (size_t j = 0; j < sizeof asked / sizeof asked[0]; j++) {
        unsigned found = 0;
        for (unsigned i = 0; i < limit_count; i++) {
            found += strcmp(asked[j].limit, limits[i].text) == 0;
        }
        if (found == 0) {
            fail_msg("no limit: %s", asked[j].limit);
        }
    }
}

static void no_tool_but_ours_takes_its_own_buffer(void **state)
{
    (void)state;
    unsigned count = 0;
    struct cell *cells = cells_make(cell_rows, cell_row_count, true, &count);
    for (unsigned i = 0; i < count; i++) {
        const unsigned host = cells[i].at[BY_HOST];
        const bool cube = host == HOST_CUBE_JLINK || host == HOST_CUBE_STLINK;
        assert_int_equal(cell_buffer(&cells[i]) != 0, cube);
        assert_false(host == HOST_JLINK_OFL && cells[i].at[BY_LOADER] == LOADER_PLAIN);
    }
    free(cells);
}

static struct contents contents_of(uint8_t state)
{
    struct contents contents;
    const struct cell cell = {.at = {[BY_STATE] = state, [BY_SIZE] = SIZE_1M}};
    assert_true(contents_make(&contents, &cell, FLASH));
    return contents;
}

static void one_byte_is_changed_and_needs_an_erase(void **state)
{
    (void)state;
    struct contents contents = contents_of(STATE_CHANGED);
    unsigned differ = 0;
    for (uint32_t i = 0; i < FLASH; i++) {
        if (contents.before[i] != contents.after[i]) {
            differ++;
            assert_true(i < contents.image_size);
            assert_true((contents.before[i] & contents.after[i]) != contents.after[i]);
        }
    }
    assert_int_equal(differ, 1);
    contents_release(&contents);
}

static void unchanged_and_new_are_what_they_say(void **state)
{
    (void)state;
    struct contents contents = contents_of(STATE_UNCHANGED);
    assert_memory_equal(contents.before, contents.after, FLASH);
    contents_release(&contents);
    contents = contents_of(STATE_NEW);
    for (uint32_t i = 0; i < FLASH; i++) {
        assert_int_equal(contents.before[i], 0xFF);
    }
    contents_release(&contents);
}

static void of_a_sparse_image_one_page_in_sixteen_holds_something(void **state)
{
    (void)state;
    struct contents contents = contents_of(STATE_SPARSE);
    unsigned filled = 0;
    for (uint32_t at = 0; at < contents.image_size; at += PAGE) {
        bool is_blank = true;
        for (uint32_t i = 0; i < PAGE; i++) {
            is_blank = is_blank && contents.after[at + i] == 0xFF;
        }
        filled += !is_blank;
    }
    assert_int_equal(filled, contents.image_size / PAGE / 16);
    contents_release(&contents);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_sorted_and_each_is_there_once),
        cmocka_unit_test(all_cells_hold_those_of_every_run),
        cmocka_unit_test(each_limit_holds_in_all_cells_that_are_asked_for),
        cmocka_unit_test(what_is_asked_is_asked_of_a_limit),
        cmocka_unit_test(no_tool_but_ours_takes_its_own_buffer),
        cmocka_unit_test(one_byte_is_changed_and_needs_an_erase),
        cmocka_unit_test(unchanged_and_new_are_what_they_say),
        cmocka_unit_test(of_a_sparse_image_one_page_in_sixteen_holds_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
