/* SPDX-License-Identifier: MIT */
/* What is kept is read before it is erased. One bit that arrives wrong must not end up in the flash. */
#include "sim/scenario.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define AT   UINT32_C(0x11234)
#define SIZE UINT32_C(0x2345)

static struct {
    struct scenario_rig rig;
    struct image image;
    struct lifecycle lifecycle;
    struct program_report report;
    uint8_t *before;
    /* The target: of the probe's reads of more than a few words, from number `flipped` on, so many get one
     * bit wrong, each another. */
    struct target_ops ops;
    struct target target;
    unsigned reads, flipped, flips;
} test;

static bool flip_read(void *context, uint32_t address, void *bytes, size_t size,
                      struct error *error)
{
    const bool good = test.rig.target.ops->read_memory(context, address, bytes, size, error);
    if (good && size >= 0x1000 && ++test.reads >= test.flipped && test.flipped != 0 &&
        test.reads - test.flipped < test.flips) {
        ((uint8_t *)bytes)[0x44 + test.reads] ^= 0x20;
    }
    return good;
}

static void open_board(bool digests, unsigned flipped, unsigned flips)
{
    static uint8_t bytes[SIZE];
    memset(&test, 0, sizeof test);
    scenario_open(&test.rig, &(struct scenario){.content = CONTENT_USED});
    test.before = malloc(test.rig.board.part.size);
    assert_non_null(test.before);
    memcpy(test.before, test.rig.cells, test.rig.board.part.size);
    memset(bytes, 0x5A, sizeof bytes);
    image_init(&test.image);
    assert_true(image_add_bytes(&test.image, "image", bytes, SIZE, IMAGE_BIN, true,
                                test.rig.board.window + AT, &test.rig.error));
    test.lifecycle = *lifecycle_find("native");
    test.lifecycle.digests = digests;
    test.ops = *test.rig.target.ops;
    test.ops.read_memory = flip_read;
    test.target = (struct target){test.rig.target.context, &test.ops};
    test.flipped = flipped;
    test.flips = flips;
}

static void close_board(void)
{
    free(test.before);
    image_release(&test.image);
    scenario_close(&test.rig);
}

static bool program(void)
{
    const struct session_events events = {0};
    const struct program_keeping keeping = {.neighbours = true};
    struct scenario_rig *rig = &test.rig;
    struct plan plan;
    scenario_assert_good(rig, session_open(&rig->session, &test.target, &rig->board,
                                           &test.lifecycle, &rig->loader, &events, &rig->error));
    scenario_assert_good(rig, plan_make(&plan, &test.image, &rig->board, &rig->loader,
                                        &test.lifecycle, link_find("jlink"), &rig->error));
    const bool good =
        program_run(&rig->session, &test.image, &plan, &keeping, &test.report, &rig->error);
    plan_release(&plan);
    return good;
}

/* With the host's digests and without. The first reading of either unit, one after the other. */
static void a_bit_that_arrives_wrong_once_is_read_again(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        open_board(i % 2 != 0, 1 + i / 2, 1);
        scenario_assert_good(&test.rig, program());
        assert_true(test.reads > test.flipped);
        scenario_assert_cells(&test.rig, &test.image, test.before);
        close_board();
    }
}

static void what_differs_with_every_reading_stays_as_it_is(void **state)
{
    (void)state;
    for (int digests = 0; digests < 2; digests++) {
        open_board(digests != 0, 1, UINT_MAX);
        assert_false(program());
        assert_int_equal(test.rig.error.code, ERROR_UNSTEADY);
        assert_memory_equal(test.rig.cells, test.before, test.rig.board.part.size);
        assert_int_equal(test.report.erased_bytes, 0);
        close_board();
    }
}

static void what_arrives_right_is_kept(void **state)
{
    (void)state;
    for (int digests = 0; digests < 2; digests++) {
        open_board(digests != 0, 0, 0);
        scenario_assert_good(&test.rig, program());
        scenario_assert_cells(&test.rig, &test.image, test.before);
        close_board();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bit_that_arrives_wrong_once_is_read_again),
        cmocka_unit_test(what_differs_with_every_reading_stays_as_it_is),
        cmocka_unit_test(what_arrives_right_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
