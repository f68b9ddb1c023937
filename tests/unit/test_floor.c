/* SPDX-License-Identifier: MIT */
/* The floor, against sums that were worked by hand from the part's table. */
#include "bench/floor/unchanged.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BOARD "data/boards/stm32n655-s25fl064l.yaml"
#define OCTAL "data/boards/stm32n6570-dk.yaml"
#define SIZE  UINT32_C(0x800000)
#define MS    UINT64_C(1000000)
#define US    UINT64_C(1000)

/* S25FL064L on four lines at 32 MHz: WREN 8 + 32h 8 + address 24 + 256 bytes / 4 lines 512 = 552
 * clocks of 31.25 ns = 17.25 us beside 448 us [SFDP]. */
#define PAGE (448 * US + 17250)
#define READ UINT64_C(524288000) /* 8 MiB at 62.5 ns a byte, ns */

struct contents {
    struct floor_flash flash;
    struct board_cost cost;
    uint8_t *before, *after;
    struct floor_time time;
};

static int from_data(void **state)
{
    (void)state;
    board_set_data_directory("data");
    return 0;
}

static int set_up(void **state)
{
    static struct board board;
    struct error error = {.code = ERROR_NONE};
    struct contents *contents = calloc(1, sizeof *contents);
    from_data(state);
    if (contents == NULL || !board_load(&board, BOARD, &error)) {
        return -1;
    }
    floor_flash_of(&contents->flash, &board, false);
    contents->cost = board.cost;
    contents->before = malloc(SIZE);
    contents->after = malloc(SIZE);
    memset(contents->before, 0xFF, SIZE);
    memset(contents->after, 0xFF, SIZE);
    *state = contents;
    return 0;
}

static int tear_down(void **state)
{
    struct contents *contents = *state;
    free(contents->before);
    free(contents->after);
    free(contents);
    return 0;
}

static void native(struct contents *contents, uint32_t start, uint32_t size)
{
    const struct floor_job job = {contents->before, contents->after, size, start};
    floor_native(&contents->time, &contents->flash, &job, link_find("jlink"));
}

static void takes_the_table(void **state)
{
    const struct contents *contents = *state;
    const struct floor_flash *flash = &contents->flash;
    assert_int_equal(flash->page_ns, PAGE);
    assert_int_equal(flash->chip_erase_ns, 56000 * MS);
    assert_int_equal(flash->erase[0].size, 4096);
    assert_int_equal(flash->erase[0].ns, 64 * MS);
    assert_int_equal(flash->erase[2].size, 65536);
    assert_int_equal(flash->erase[2].ns, 512 * MS);
    assert_int_equal(flash->erase[3].size, 0);
}

/* The longest times [FMF][HDR]; the bus takes what it takes. */
static void takes_the_longest_times_of_the_table(void **state)
{
    (void)state;
    static struct board board;
    struct error error = {.code = ERROR_NONE};
    struct floor_flash flash;
    assert_true(board_load(&board, BOARD, &error));
    floor_flash_of(&flash, &board, true);
    assert_int_equal(flash.page_ns, 1350 * US + 17250);
    assert_int_equal(flash.chip_erase_ns, 150000 * MS);
    assert_int_equal(flash.erase[0].ns, 320 * MS);
    assert_int_equal(flash.erase[1].size, 32768);
    assert_int_equal(flash.erase[1].ns, 600 * MS);
    assert_int_equal(flash.erase[2].ns, 1150 * MS);
    assert_int_equal((int)(flash.read_ns_per_byte * 10), 625);
}

/* MX66UW1G45G on eight lines at 32 MHz, both edges. WREN 06F9h: 16 bits / 8 lines / 2 = 1 clock; 12EDh 1,
 * address of 32 bits 2, 256 bytes 128: 132 clocks of 31.25 ns = 4.125 us, beside 152 us or 4864 [SFDP]. */
static void an_octal_page_goes_by_both_edges_and_opcodes_of_two_bytes(void **state)
{
    (void)state;
    static struct board board;
    struct error error = {.code = ERROR_NONE};
    struct floor_flash flash;
    assert_true(board_load(&board, OCTAL, &error));
    floor_flash_of(&flash, &board, false);
    assert_int_equal(flash.page_ns, 152 * US + 4125);
    assert_int_equal(flash.erase[1].size, 65536);
    assert_int_equal(flash.erase[1].ns, 256 * MS);
    assert_int_equal(flash.erase[2].size, 0);
    floor_flash_of(&flash, &board, true);
    assert_int_equal(flash.page_ns, 4864 * US + 4125);
    assert_int_equal(flash.erase[0].ns, 600 * MS);
}

/* 32768 pages, no erase; the link's 8.39 s are hidden behind them. */
static void a_blank_flash_is_programmed_only(void **state)
{
    struct contents *contents = *state;
    memset(contents->after, 0x5A, SIZE);
    native(contents, 0, SIZE);
    assert_int_equal(contents->time.erase_ns, 0);
    assert_int_equal(contents->time.program_ns, 32768 * PAGE);
    assert_int_equal(contents->time.read_ns, READ);
    assert_int_equal(contents->time.total_ns, 32768 * PAGE + READ);
}

/* 128 blocks of 512 ms are 65.5 s: the chip erase of 56 s is less. */
static void a_used_flash_is_erased_as_a_whole(void **state)
{
    struct contents *contents = *state;
    memset(contents->before, 0xA5, SIZE);
    memset(contents->after, 0x5A, SIZE);
    native(contents, 0, SIZE);
    assert_int_equal(contents->time.erase_ns, 56000 * MS);
    assert_int_equal(contents->time.total_ns, 56000 * MS + 32768 * PAGE + READ);
}

/* One MiB: 16 blocks at 512 ms are less than 256 sectors at 64, and than the chip with what would
 * have to be put back. */
static void blocks_are_erased_where_they_are_cheapest(void **state)
{
    struct contents *contents = *state;
    memset(contents->before, 0xA5, SIZE);
    memcpy(contents->after, contents->before, SIZE);
    memset(contents->after + 0x100000, 0x5A, 0x100000);
    native(contents, 0x100000, 0x100000);
    assert_int_equal(contents->time.erase_ns, 16 * 512 * MS);
    assert_int_equal(contents->time.program_ns, 4096 * PAGE);
}

/* The 4 KiB around it, and its 16 pages. */
static void one_byte_costs_one_sector(void **state)
{
    struct contents *contents = *state;
    memset(contents->before, 0x00, SIZE);
    memset(contents->after, 0x00, SIZE);
    contents->after[0x123456] = 0x80;
    native(contents, 0, SIZE);
    assert_int_equal(contents->time.erase_ns, 64 * MS);
    assert_int_equal(contents->time.program_ns, 16 * PAGE);
    assert_int_equal(contents->time.link_ns, 8388608 * US);
    assert_int_equal(contents->time.total_ns, 8388608 * US); /* the link takes longest */
}

/* Bits that only fall need no erase, and a page that is equal no program. */
static void falling_bits_are_programmed_over(void **state)
{
    struct contents *contents = *state;
    memset(contents->before, 0xF0, SIZE);
    memcpy(contents->after, contents->before, SIZE);
    contents->after[0x2000] = 0x10;
    native(contents, 0, SIZE);
    assert_int_equal(contents->time.erase_ns, 0);
    assert_int_equal(contents->time.program_ns, PAGE);
}

/* Nothing differs: one read, or the link. */
static void an_unchanged_flash_is_read(void **state)
{
    struct contents *contents = *state;
    memset(contents->before, 0x3C, SIZE);
    memcpy(contents->after, contents->before, SIZE);
    native(contents, 0, SIZE);
    assert_int_equal(contents->time.erase_ns + contents->time.program_ns, 0);
    assert_int_equal(contents->time.read_ns, READ);
}

/* At 64 MHz. Bus: 32 MHz, two clocks a byte, 16 MB/s. Window: a load at 1.2 cycles and 16 for the access,
 * 17.2 a word. Digest: four instructions and 12 for the access, 16.8 a word. So the window is the slowest:
 * 8 MiB are 2097152 words of 17.2 / 64 us. */
static void the_window_bounds_an_unchanged_quad_flash(void **state)
{
    const struct contents *contents = *state;
    struct floor_rates rates;
    enum floor_bound bound;
    floor_rates_of(&rates, &contents->flash, &contents->cost, 0);
    assert_int_equal((int)(rates.bus + 0.5), 16000000);
    assert_int_equal((int)(rates.window + 0.5), 14883721);
    assert_int_equal((int)(rates.digest + 0.5), 15238095);
    assert_int_equal(floor_unchanged_ns(&rates, SIZE, &bound), 563609600);
    assert_int_equal(bound, FLOOR_WINDOW);
}

/* At 400 MHz a word takes the CPU 43 ns at most, and the bus 250: 8 MiB at 62.5 ns a byte. */
static void the_bus_bounds_it_with_a_fast_cpu(void **state)
{
    const struct contents *contents = *state;
    struct floor_rates rates;
    enum floor_bound bound;
    floor_rates_of(&rates, &contents->flash, &contents->cost, 400000000);
    assert_int_equal(floor_unchanged_ns(&rates, SIZE, &bound), READ);
    assert_int_equal(bound, FLOOR_BUS);
}

/* 8 lines, both edges, 32 MHz: 64 MB/s are more than a CPU at 32 MHz takes: 128 MiB are 33554432 words of
 * 17.2 / 32 us. */
static void the_window_bounds_an_unchanged_octal_flash(void **state)
{
    (void)state;
    static struct board board;
    struct error error = {.code = ERROR_NONE};
    struct floor_flash flash;
    struct floor_rates rates;
    enum floor_bound bound;
    assert_true(board_load(&board, OCTAL, &error));
    floor_flash_of(&flash, &board, false);
    floor_rates_of(&rates, &flash, &board.cost, 32000000);
    assert_int_equal((int)(rates.bus + 0.5), 64000000);
    assert_int_equal(floor_unchanged_ns(&rates, 128u << 20, &bound), UINT64_C(18035507200));
    assert_int_equal(bound, FLOOR_WINDOW);
}

/* 64 KiB over a J-Link by a tool with buffers of 4 KiB: 16 writes, 16 reads and one erase, each 22 *
 * 50 us + 500 us + 1 ms; three times parking and Init. */
static void a_tool_costs_what_its_sequence_costs(void **state)
{
    struct contents *contents = *state;
    const uint64_t call = (22 * 50 + 500 + 1000) * US;
    const uint64_t begin = (500 + 2 * 500 + 3 * 50 + 512) * US + call;
    memset(contents->after, 0x5A, 0x10000);
    const struct floor_job job = {contents->before, contents->after, 0x10000, 0};
    floor_lifecycle(&contents->time, &contents->flash, &job, link_find("jlink"),
                    lifecycle_find("cubeprogrammer-jlink"), 0x10000, 0x1000);
    assert_int_equal(contents->time.erase_ns, 512 * MS); /* blank or not */
    assert_int_equal(contents->time.program_ns, 256 * PAGE);
    assert_int_equal(contents->time.link_ns, 2 * (65536 + 16 * 500) * US);
    assert_int_equal(contents->time.calls_ns, 33 * call + 3 * begin);
    assert_int_equal(contents->time.total_ns, 512 * MS + 256 * PAGE + READ / 128 +
                                                  contents->time.link_ns + contents->time.calls_ns);
}

/* A call of a flash algorithm over a J-Link: 12 * 50 us, resume, look. A step: a halt, the word that is
 * returned to, Init and UnInit. */
#define ALGORITHM_CALL ((12 * 50 + 500 + 1000) * US)
#define ALGORITHM_STEP ((500 + 500) * US + 2 * ALGORITHM_CALL)

/* 192 KiB into one sector that is blank, one that is used and one that holds them already. Three are
 * fetched, two asked, one erased; 8 buffers of 16 KiB are sent and programmed, and sent and compared. */
static void a_tool_that_looks_leaves_alone_what_holds_the_image(void **state)
{
    struct contents *contents = *state;
    memset(contents->before, 0xFF, SIZE);
    memset(contents->before + 0x10000, 0x00, 0x10000);
    memset(contents->before + 0x20000, 0x5A, 0x10000);
    memcpy(contents->after, contents->before, SIZE);
    memset(contents->after, 0x5A, 0x30000);
    const struct floor_job job = {contents->before, contents->after, 0x30000, 0};
    floor_algorithm(&contents->time, &contents->flash, &job, link_find("jlink"), 0x10000, 0x4000);
    assert_int_equal(contents->time.erase_ns, 512 * MS);
    assert_int_equal(contents->time.program_ns, 512 * PAGE);
    assert_int_equal(contents->time.read_ns, READ / 128 * 3);
    assert_int_equal(contents->time.link_ns,
                     (3 * 500 + 3 * 65536 + 2 * (8 * 500 + 2 * 65536)) * US);
    assert_int_equal(contents->time.calls_ns, 4 * ALGORITHM_STEP + (2 + 1 + 16) * ALGORITHM_CALL);
    assert_int_equal(contents->time.total_ns, 512 * MS + 512 * PAGE + READ / 128 * 3 +
                                                  contents->time.link_ns + contents->time.calls_ns);
}

static void a_tool_that_looks_does_no_more_if_nothing_differs(void **state)
{
    struct contents *contents = *state;
    memset(contents->before, 0x3C, SIZE);
    memcpy(contents->after, contents->before, SIZE);
    const struct floor_job job = {contents->before, contents->after, 0x10000, 0};
    floor_algorithm(&contents->time, &contents->flash, &job, link_find("jlink"), 0x10000, 0x4000);
    assert_int_equal(contents->time.total_ns, (500 + 65536) * US + ALGORITHM_STEP);
}

/* One byte of an image: its page, and those around it that are not FF. */
static void a_tool_that_looks_writes_back_what_it_erased(void **state)
{
    struct contents *contents = *state;
    memset(contents->before, 0xFF, SIZE);
    memset(contents->before + 0x8000, 0x00, 3 * 256);
    memcpy(contents->after, contents->before, SIZE);
    contents->after[0x9000] = 0x80;
    const struct floor_job job = {contents->before, contents->after, 1, 0x9000};
    floor_algorithm(&contents->time, &contents->flash, &job, link_find("jlink"), 0x10000, 0x4000);
    assert_int_equal(contents->time.erase_ns, 512 * MS);
    assert_int_equal(contents->time.program_ns, 4 * PAGE);
    assert_int_equal(contents->time.link_ns, (500 + 65536 + 2 * (500 + 1024)) * US);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(takes_the_table, set_up, tear_down),
        cmocka_unit_test_setup(takes_the_longest_times_of_the_table, from_data),
        cmocka_unit_test_setup(an_octal_page_goes_by_both_edges_and_opcodes_of_two_bytes,
                               from_data),
        cmocka_unit_test_setup_teardown(a_blank_flash_is_programmed_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_used_flash_is_erased_as_a_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(blocks_are_erased_where_they_are_cheapest, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(one_byte_costs_one_sector, set_up, tear_down),
        cmocka_unit_test_setup_teardown(falling_bits_are_programmed_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_unchanged_flash_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_window_bounds_an_unchanged_quad_flash, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_bus_bounds_it_with_a_fast_cpu, set_up, tear_down),
        cmocka_unit_test_setup(the_window_bounds_an_unchanged_octal_flash, from_data),
        cmocka_unit_test_setup_teardown(a_tool_costs_what_its_sequence_costs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_tool_that_looks_leaves_alone_what_holds_the_image, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_tool_that_looks_does_no_more_if_nothing_differs, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_tool_that_looks_writes_back_what_it_erased, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
