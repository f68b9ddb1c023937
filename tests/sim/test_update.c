/* SPDX-License-Identifier: MIT */
/* Only what differs is changed: what is left alone, what is erased, in what time, and what becomes of
 * digests that lie. */
#include "bench/floor/unchanged.h"
#include "host/change.h"
#include "sim/fault.h"
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BOARD_DK "data/boards/stm32n6570-dk.yaml"
#define UNIT     UINT32_C(0x1000)
#define BLOCK    UINT32_C(0x10000)
#define MS       UINT64_C(1000000)

static struct {
    struct scenario_rig rig;
    struct image image;
    struct program_keeping keeping;
    struct program_report report;
    uint8_t *bytes;
    uint64_t ns;
    unsigned calls;
} test;

static void open_board(const char *board, uint32_t offset, uint32_t size)
{
    uint64_t seed = 99;
    memset(&test, 0, sizeof test);
    scenario_open(&test.rig, &(struct scenario){.board = board, .content = CONTENT_USED});
    test.keeping.neighbours = true;
    test.bytes = malloc(size);
    assert_non_null(test.bytes);
    for (uint32_t i = 0; i < size; i++) {
        test.bytes[i] = (uint8_t)scenario_random(&seed);
    }
    image_init(&test.image);
    assert_true(image_add_bytes(&test.image, "image", test.bytes, size, IMAGE_BIN, true,
                                test.rig.board.window + offset, &test.rig.error));
}

static void close_board(void)
{
    free(test.bytes);
    image_release(&test.image);
    scenario_close(&test.rig);
}

/* As a tool that was just started. */
static bool program_on(struct target *target)
{
    const struct session_events events = {0};
    struct scenario_rig *rig = &test.rig;
    struct plan plan;
    const struct lifecycle *lifecycle = lifecycle_find("native");
    scenario_assert_good(rig, session_open(&rig->session, target, &rig->board, lifecycle,
                                           &rig->loader, &events, &rig->error));
    scenario_assert_good(rig, plan_make(&plan, &test.image, &rig->board, &rig->loader, lifecycle,
                                        link_find(lifecycle->link), &rig->error));
    const uint64_t start = target->ops->now_ns(target->context);
    const bool good =
        program_run(&rig->session, &test.image, &plan, &test.keeping, &test.report, &rig->error);
    test.ns = target->ops->now_ns(target->context) - start;
    test.calls = rig->session.stats.calls;
    plan_release(&plan);
    return good;
}

static void program(void)
{
    scenario_assert_good(&test.rig, program_on(&test.rig.target));
}

/* The cells hold the image as they shall, as if it had been programmed long ago. */
static void preset(uint32_t offset)
{
    memcpy(test.rig.cells + offset, test.image.segments[0].bytes, test.image.segments[0].size);
}

static void what_is_the_same_is_left_alone(void **state)
{
    (void)state;
    open_board(NULL, 0x20000, 0x30000);
    preset(0x20000);
    program();
    assert_int_equal(test.report.same_bytes, 0x30000);
    assert_int_equal(test.report.erased_bytes, 0);
    assert_int_equal(test.report.written_bytes, 0);
    assert_int_equal(test.report.verified_bytes, 0x30000);
    assert_int_equal(test.report.compared_bytes, 0x30000 + 3 * 256); /* heads before */
    assert_int_equal(test.report.proof_bytes, 0);
    assert_true(test.report.by_digest);
    close_board();
}

/* Found by its unit, wherever it is in it; and no other cell changes. */
static void one_byte_costs_one_unit(void **state)
{
    static const uint32_t places[] = {0, 0x100, 0x12345, 0x2FFFF};
    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        open_board(NULL, 0x20000, 0x30000);
        preset(0x20000);
        test.rig.cells[0x20000 + places[i]] ^= 0x40;
        program();
        assert_int_equal(test.report.erased_bytes, UNIT);
        assert_int_equal(test.report.written_bytes, UNIT);
        assert_int_equal(test.report.same_bytes, 0x30000 - UNIT);
        assert_memory_equal(test.rig.cells + 0x20000, test.bytes, 0x30000);
        scenario_assert_boots(&test.rig);
        close_board();
    }
}

/* Bytes around the image are kept, in units of 4 KiB, and those units are programmed as a whole. */
static void neighbours_are_kept(void **state)
{
    (void)state;
    open_board(NULL, 0x11234, 0x2345);
    uint8_t *before = malloc(test.rig.board.part.size);
    assert_non_null(before);
    memcpy(before, test.rig.cells, test.rig.board.part.size);
    program();
    scenario_assert_cells(&test.rig, &test.image, before);
    assert_int_equal(test.report.kept_bytes, 0x3000 - 0x2345);
    assert_int_equal(test.report.erased_bytes, 0x3000);
    program(); /* now it is there */
    assert_int_equal(test.report.same_bytes, 0x3000);
    scenario_assert_cells(&test.rig, &test.image, before);
    free(before);
    close_board();
}

static void neighbours_that_nobody_wants_are_erased(void **state)
{
    (void)state;
    open_board(NULL, 0x11234, 0x100);
    test.keeping.neighbours = false;
    uint8_t *before = malloc(test.rig.board.part.size);
    assert_non_null(before);
    memcpy(before, test.rig.cells, test.rig.board.part.size);
    memset(before + 0x11000, 0xFF, UNIT);
    program();
    scenario_assert_cells(&test.rig, &test.image, before);
    free(before);
    close_board();
}

/* What reads blank is erased, unless the caller answers for it; and what shall be blank, where blank cells
 * were found that should not be. */
static void blank_units_are_erased(void **state)
{
    (void)state;
    for (int skip = 0; skip <= 1; skip++) {
        open_board(NULL, 0, 2 * BLOCK);
        memset(test.image.segments[0].bytes + BLOCK, 0xFF, BLOCK); /* shall be blank */
        memset(test.rig.cells, 0xFF, 2 * BLOCK);
        test.keeping.skip_blank = skip != 0;
        program();
        assert_int_equal(test.report.erased_bytes, skip ? 0 : 2 * BLOCK);
        assert_int_equal(test.report.written_bytes, BLOCK);
        assert_int_equal(test.report.same_bytes, skip ? BLOCK : 0);
        assert_memory_equal(test.rig.cells, test.image.segments[0].bytes, 2 * BLOCK);
        close_board();
    }
}

/* A session was cut off after its third unit: the next are blank, and the third may be torn. */
static void what_was_written_last_is_written_again(void **state)
{
    (void)state;
    open_board(NULL, 0, BLOCK);
    preset(0);
    memset(test.rig.cells + 3 * UNIT, 0xFF, BLOCK - 3 * UNIT);
    program();
    assert_int_equal(test.report.same_bytes % UNIT, 0);
    assert_true(test.report.same_bytes <= 2 * UNIT);
    assert_memory_equal(test.rig.cells, test.bytes, BLOCK);
    close_board();
}

static void what_shall_be_blank_and_is_may_stay(void **state)
{
    (void)state;
    open_board(NULL, 0, 2 * BLOCK);
    memset(test.image.segments[0].bytes + BLOCK, 0xFF, BLOCK);
    preset(0);
    program();
    assert_int_equal(test.report.same_bytes, 2 * BLOCK);
    test.rig.cells[5] ^= 1; /* in another block */
    program();
    assert_int_equal(test.report.same_bytes, 2 * BLOCK - UNIT);
    test.rig.cells[BLOCK + 5] ^= 1; /* and in that one: its other units are not believed */
    program();
    assert_int_equal(test.report.same_bytes, BLOCK);
    close_board();
}

static void the_user_can_have_all_written(void **state)
{
    (void)state;
    open_board(NULL, 0x20000, BLOCK);
    preset(0x20000);
    test.keeping.rewrite = true;
    program();
    assert_int_equal(test.report.erased_bytes, BLOCK);
    assert_int_equal(test.report.written_bytes, BLOCK);
    assert_int_equal(test.report.same_bytes, 0);
    assert_int_equal(test.report.compared_bytes, 0);
    assert_int_equal(test.report.proof_bytes, BLOCK);
    close_board();
}

/* The last call was an erase that failed: what reads right need not be right. */
static void a_record_that_warns_forbids_to_leave_anything(void **state)
{
    (void)state;
    open_board(NULL, 0x20000, BLOCK);
    preset(0x20000);
    program();
    assert_int_equal(test.report.same_bytes, BLOCK);
    struct scenario_rig *rig = &test.rig;
    const uint32_t arguments[4] = {rig->board.window + 0x30000, rig->board.window + 0x30FFF, 0, 0};
    sim_fault_set_in(rig->sim, SIM_FAULT_PROTECTED, 1);
    assert_false(session_call_checked(&rig->session, LOADER_OWN_SECTOR_ERASE, arguments, 10000,
                                      &rig->error));
    sim_fault_heal(rig->sim);
    rig->error = (struct error){0};
    program();
    assert_int_equal(test.report.erased_bytes, BLOCK);
    assert_int_equal(test.report.same_bytes, 0);
    program(); /* and it warns no more */
    assert_int_equal(test.report.same_bytes, BLOCK);
    close_board();
}

/* Before the first byte is compared, and nothing of it is an erase. */
static void an_init_that_fails_is_told_as_such(void **state)
{
    (void)state;
    open_board(NULL, 0x20000, BLOCK);
    sim_fault_set_in(test.rig.sim, SIM_FAULT_LINES_HIGH, 1);
    assert_false(program_on(&test.rig.target));
    assert_int_equal(test.rig.error.code, ERROR_INIT_FAILED);
    assert_string_equal(test.report.stage, "compare");
    assert_int_equal(test.report.erased_bytes, 0);
    close_board();
}

static void gaps_cost_nothing(void **state)
{
    (void)state;
    open_board(NULL, 0, 16 * BLOCK);
    uint8_t *bytes = test.image.segments[0].bytes;
    for (uint32_t at = 0; at < 16 * BLOCK; at++) { /* one page of each unit */
        bytes[at] = at % UNIT < 0x100 ? bytes[at] : 0xFF;
    }
    program();
    assert_memory_equal(test.rig.cells, bytes, 16 * BLOCK);
    assert_int_equal(test.report.written_bytes, 16 * BLOCK / UNIT * 0x100);
    print_message("256 pages, one of each unit: %llu us, of which %llu are the chip's\n",
                  (unsigned long long)test.report.program_ns / 1000, 256ull * 465);
    assert_true(test.report.program_ns < 500 * MS); /* with the gaps it would be a second */
    close_board();
}

/* --- proof --- */

static void all_bytes_are_compared_if_that_is_asked(void **state)
{
    (void)state;
    open_board(NULL, 0x20000, BLOCK);
    test.keeping.verify_full = true;
    program();
    assert_false(test.report.by_digest);
    assert_int_equal(test.report.verified_bytes, BLOCK);
    assert_true(test.report.verify_ns > BLOCK * 1000); /* over a link of 1 MB/s */
    close_board();
}

/* Between the last program and the proof something else changes the flash: a target that cheats. */
static struct {
    struct target_ops ops;
    struct target target;
    unsigned digests; /* calls of Digest so far */
    unsigned from;    /* the first that is tampered with */
    enum {
        CELLS,   /* a cell changes before the call */
        ANSWERS, /* what comes back is another value */
        ECHO     /* nothing is computed: the list stays as it was */
    } way;
    uint32_t cell;
    uint32_t entry;
    bool in_digest;
} cheat;

static bool cheat_resume(void *context, bool mask, struct error *error)
{
    const struct target_ops *ops = test.rig.target.ops;
    uint32_t pc = 0;
    assert_true(ops->read_register(context, TARGET_PC, &pc, error));
    cheat.in_digest = (pc & ~1u) == cheat.entry;
    cheat.digests += cheat.in_digest;
    if (cheat.in_digest && cheat.digests >= cheat.from && cheat.way == CELLS) {
        test.rig.cells[cheat.cell] ^= 0x08;
        cheat.from = UINT32_MAX;
    }
    return ops->resume(context, mask, error);
}

static bool cheat_read(void *context, uint32_t address, void *bytes, size_t size,
                       struct error *error)
{
    const bool good = test.rig.target.ops->read_memory(context, address, bytes, size, error);
    if (good && cheat.in_digest && cheat.digests >= cheat.from && cheat.way == ANSWERS &&
        address == test.rig.session.layout.buffer) {
        ((uint8_t *)bytes)[0] ^= 1;
    }
    return good;
}

static void open_cheat(unsigned from, int way, uint32_t cell)
{
    memset(&cheat, 0, sizeof cheat);
    cheat.ops = *test.rig.target.ops;
    cheat.ops.resume = cheat_resume;
    cheat.ops.read_memory = cheat_read;
    cheat.target = (struct target){test.rig.target.context, &cheat.ops};
    cheat.from = from;
    cheat.way = way;
    cheat.cell = cell;
    cheat.entry = test.rig.loader.entry[LOADER_DIGEST] + test.rig.session.layout.entry_shift;
}

/* Heads, (no unit is the same), erased heads, proof. */
static unsigned count_digests(void)
{
    open_cheat(UINT32_MAX, CELLS, 0);
    scenario_assert_good(&test.rig, program_on(&cheat.target));
    return cheat.digests;
}

static void a_cell_that_changed_is_found_and_named(void **state)
{
    (void)state;
    open_board(NULL, 0x20000, 3 * BLOCK);
    const unsigned last = count_digests();
    close_board();
    open_board(NULL, 0x20000, 3 * BLOCK);
    open_cheat(last, CELLS, 0x20000 + 0x12345);
    assert_false(program_on(&cheat.target));
    assert_int_equal(test.rig.error.code, ERROR_VERIFY_MISMATCH);
    assert_non_null(strstr(test.rig.error.detail, "1 bytes differ, the first at 0x70032345"));
    assert_string_equal(test.report.stage, "verify");
    assert_int_equal(test.report.verified_bytes, 0);
    close_board();
}

/* Its bytes read right, but that is no proof. */
static void a_digest_that_lies_is_no_success(void **state)
{
    (void)state;
    open_board(NULL, 0x20000, BLOCK);
    const unsigned last = count_digests();
    close_board();
    open_board(NULL, 0x20000, BLOCK);
    open_cheat(last, ANSWERS, 0);
    assert_false(program_on(&cheat.target));
    assert_int_equal(test.rig.error.code, ERROR_VERIFY_MISMATCH);
    assert_non_null(strstr(test.rig.error.detail, "its bytes read right after that"));
    assert_non_null(strstr(test.rig.error.hint, "--verify full"));
    close_board();
}

static void what_was_not_erased_is_told_before_the_program(void **state)
{
    (void)state;
    open_board(NULL, 0x20000, BLOCK);
    const unsigned last = count_digests();
    close_board();
    open_board(NULL, 0x20000, BLOCK);
    open_cheat(last - 1, CELLS, 0x20010);
    assert_false(program_on(&cheat.target));
    assert_int_equal(test.rig.error.code, ERROR_VERIFY_MISMATCH);
    assert_non_null(strstr(test.rig.error.detail, "0x70020000 was erased"));
    assert_string_equal(test.report.stage, "erase");
    assert_int_equal(test.report.written_bytes, 0);
    close_board();
}

/* --- how long it takes --- */

static void assert_within(const char *board, const char *what, uint64_t most)
{
    print_message("%s, %s: %llu us of %llu\n", board, what, (unsigned long long)test.ns / 1000,
                  (unsigned long long)most / 1000);
    assert_true(test.ns <= most);
}

/* 1.25 times what bus and CPU need by the cost model, 50 ms, and 2 ms a call; for one byte a unit's erase,
 * its pages and 50 ms more. */
static void what_is_unchanged_takes_a_digest(void **state)
{
    static const char *const boards[] = {BOARD_P2, BOARD_DK};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const uint32_t size = 128 * BLOCK; /* the whole S25FL064L */
        struct floor_flash flash;
        struct floor_rates rates;
        open_board(boards[i], 0, size);
        floor_flash_of(&flash, &test.rig.board, false);
        floor_rates_of(&rates, &flash, &test.rig.board.cost, 0);
        const uint64_t once = floor_unchanged_ns(&rates, size, NULL) / 4 * 5 + 50 * MS;
        preset(0);
        program();
        assert_int_equal(test.report.same_bytes, size);
        assert_within(boards[i], "unchanged", once + 2 * MS * test.calls);
        test.rig.cells[0x123456] ^= 1;
        program();
        assert_int_equal(test.report.erased_bytes, UNIT);
        const uint64_t change =
            flash.erase[0].ns + UNIT / flash.page_size * flash.page_ns + 50 * MS;
        assert_within(boards[i], "one byte changed", once + 2 * MS * test.calls + change);
        close_board();
    }
}

/* Noise into a new octal flash: the link, 1 MB/s, is the wall. */
static void the_link_is_used_to_nine_tenths(void **state)
{
    (void)state;
    const uint32_t size = 32 * BLOCK;
    open_board(BOARD_DK, 0, size);
    memset(test.rig.cells, 0xFF, size);
    test.keeping.skip_blank = true;
    program();
    assert_int_equal(test.report.erased_bytes, 0);
    assert_int_equal(test.report.written_bytes, size);
    const double link_ns = size * 1000.0;
    print_message("octal, new: %.1f %% of what the link carries\n",
                  100 * link_ns / (double)test.report.program_ns);
    assert_true((double)test.report.program_ns * 0.9 <= link_ns);
    close_board();
}

/* Words that come again and again, over the slowest link: packed, and the same in the end. */
static void a_slow_link_carries_packed_bytes(void **state)
{
    (void)state;
    const uint32_t size = 4 * BLOCK;
    open_board(NULL, 0x1000, size);
    scenario_close(&test.rig);
    struct lifecycle lifecycle = *lifecycle_find("native");
    lifecycle.link = "slow-swd";
    scenario_open(&test.rig, &(struct scenario){.lifecycle = &lifecycle});
    uint8_t *bytes = test.image.segments[0].bytes;
    for (uint32_t i = 0; i < size; i++) {
        bytes[i] = i % 64 < 8 ? bytes[i] : (uint8_t)(i % 48);
    }
    program();
    assert_memory_equal(test.rig.cells + 0x1000, bytes, size);
    print_message("256 KiB over 90 kB/s in %llu us\n",
                  (unsigned long long)test.report.program_ns / 1000);
    assert_true(test.report.program_ns < size * UINT64_C(1000000) / 90 / 2);
    close_board();
}

static int set_up(void **state)
{
    (void)state;
    board_set_data_directory("data");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_the_same_is_left_alone),
        cmocka_unit_test(one_byte_costs_one_unit),
        cmocka_unit_test(neighbours_are_kept),
        cmocka_unit_test(neighbours_that_nobody_wants_are_erased),
        cmocka_unit_test(blank_units_are_erased),
        cmocka_unit_test(what_was_written_last_is_written_again),
        cmocka_unit_test(what_shall_be_blank_and_is_may_stay),
        cmocka_unit_test(the_user_can_have_all_written),
        cmocka_unit_test(a_record_that_warns_forbids_to_leave_anything),
        cmocka_unit_test(an_init_that_fails_is_told_as_such),
        cmocka_unit_test(gaps_cost_nothing),
        cmocka_unit_test(all_bytes_are_compared_if_that_is_asked),
        cmocka_unit_test(a_cell_that_changed_is_found_and_named),
        cmocka_unit_test(a_digest_that_lies_is_no_success),
        cmocka_unit_test(what_was_not_erased_is_told_before_the_program),
        cmocka_unit_test(what_is_unchanged_takes_a_digest),
        cmocka_unit_test(the_link_is_used_to_nine_tenths),
        cmocka_unit_test(a_slow_link_carries_packed_bytes),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
