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

static void each_limit_is_about_cells_of_every_run(void **state)
{
    (void)state;
    unsigned count = 0;
    struct cell *cells = cells_make(cell_rows, cell_row_count, false, &count);
    for (unsigned i = 0; i < limit_count; i++) {
        unsigned normal = 0, half = 0;
        for (unsigned j = 0; j < count; j++) {
            if (limit_is_about(&limits[i], &cells[j])) {
                normal += cells[j].at[BY_CPU] == CPU_ROM;
                half += cells[j].at[BY_CPU] == CPU_HALF;
            }
        }
        if (normal == 0 || half == 0) {
            fail_msg("%s: %u cells, %u with half the clock", limits[i].text, normal, half);
        }
    }
    free(cells);
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
        cmocka_unit_test(each_limit_is_about_cells_of_every_run),
        cmocka_unit_test(no_tool_but_ours_takes_its_own_buffer),
        cmocka_unit_test(one_byte_is_changed_and_needs_an_erase),
        cmocka_unit_test(unchanged_and_new_are_what_they_say),
        cmocka_unit_test(of_a_sparse_image_one_page_in_sixteen_holds_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
