/* SPDX-License-Identifier: MIT */
/* The main job on every board under every host: an image goes in, the cells hold it, the board
 * boots. */
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct shape {
    uint32_t offset, size;
};

/* Odd starts, odd ends, one byte, a page bound, the last bytes of the flash. */
static const struct shape shapes[] = {
    {0, 0x5000}, {0x1F3, 0x2345}, {0x10000, 1}, {0x200FF, 2}, {0x7FFFE0, 0x20}, {0xFFFF, 0x10003},
};

static void run_one(const char *board, const char *host, enum scenario_content content,
                    const struct shape *shape)
{
    struct scenario_rig rig;
    struct image image;
    const struct scenario scenario = {
        .board = board, .host = host, .content = content, .seed = 1 + shape->offset};
    scenario_open(&rig, &scenario);
    uint8_t *before = malloc(rig.board.part.size);
    assert_non_null(before);
    memcpy(before, rig.cells, rig.board.part.size);
    scenario_make_image(&image, &rig.board, shape->offset, shape->size, shape->size);
    scenario_assert_good(&rig, scenario_program(&rig, &image));
    if (rig.session.lifecycle->neighbour_rule != NEIGHBOURS_KEPT) {
        uint32_t start = shape->offset & ~(rig.board.sector_size - 1);
        uint32_t end = (shape->offset + shape->size + rig.board.sector_size - 1) &
                       ~(rig.board.sector_size - 1);
        memset(before + start, 0xFF, end - start);
    }
    scenario_assert_cells(&rig, &image, before);
    scenario_assert_boots(&rig);
    image_release(&image);
    free(before);
    scenario_close(&rig);
}

static void every_board_host_and_shape(void **state)
{
    (void)state;
    unsigned runs = 0;
    for (unsigned board = 0; board < scenario_board_count; board++) {
        for (unsigned host = 0; lifecycle_for(FORMAT_STLDR, host) != NULL; host++) {
            for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
                run_one(scenario_boards[board], lifecycle_for(FORMAT_STLDR, host)->name,
                        CONTENT_BLANK, &shapes[i]);
                run_one(scenario_boards[board], lifecycle_for(FORMAT_STLDR, host)->name,
                        CONTENT_USED, &shapes[i]);
                runs += 2;
            }
        }
    }
    print_message("%u images programmed\n", runs);
}

static void erase_all_leaves_ff(void **state)
{
    (void)state;
    for (unsigned host = 0; lifecycle_for(FORMAT_STLDR, host) != NULL; host++) {
        struct scenario_rig rig;
        const struct scenario scenario = {.host = lifecycle_for(FORMAT_STLDR, host)->name,
                                          .content = CONTENT_USED};
        scenario_open(&rig, &scenario);
        scenario_assert_good(&rig, operation_erase_all(&rig.session, &rig.error));
        for (uint32_t i = 0; i < rig.board.part.size; i++) {
            assert_int_equal(rig.cells[i], 0xFF);
        }
        scenario_assert_boots(&rig);
        scenario_close(&rig);
    }
}

static void a_lying_flash_is_not_reported_as_equal(void **state)
{
    (void)state;
    struct scenario_rig rig;
    struct image image;
    const struct scenario scenario = {.seed = 9};
    scenario_open(&rig, &scenario);
    scenario_make_image(&image, &rig.board, 0x400, 0x1000, 3);
    scenario_assert_good(&rig, scenario_program(&rig, &image));
    rig.cells[0x777] ^= 0x10;
    assert_false(operation_verify(&rig.session, &image, &rig.error));
    assert_int_equal(rig.error.code, ERROR_VERIFY_MISMATCH);
    assert_non_null(strstr(rig.error.detail, "1 bytes differ, the first at 0x70000777"));
    image_release(&image);
    scenario_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_board_host_and_shape),
        cmocka_unit_test(erase_all_leaves_ff),
        cmocka_unit_test(a_lying_flash_is_not_reported_as_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
