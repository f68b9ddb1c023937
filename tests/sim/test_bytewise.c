/* SPDX-License-Identifier: MIT */
/*
 * The loader that `make bench` measures as "plain" (tests/fixtures/bytewise) does its work under every host
 * that it is measured under: a slow one, not a broken one.
 */
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define AT     0x101F3u
#define SIZE   0x2345u /* odd start, odd end */
#define SECTOR 0x10000u

static const char *const hosts[] = {"native", "cubeprogrammer-jlink", "cubeprogrammer-stlink"};

static void programs(const char *board, const char *fixture, const char *host)
{
    char path[512];
    struct scenario_rig rig;
    struct image image;
    snprintf(path, sizeof path, "%s/%s.stldr", EXTLOAD_FIXTURES, fixture);
    const struct scenario scenario = {
        .board = board, .host = host, .loader = path, .content = CONTENT_USED, .seed = 5};
    scenario_open(&rig, &scenario);
    scenario_make_image(&image, &rig.board, AT, SIZE, 11);
    uint8_t *expected = malloc(rig.board.part.size);
    assert_non_null(expected);
    memcpy(expected, rig.cells, rig.board.part.size);
    if (rig.session.lifecycle->neighbour_rule == NEIGHBOURS_LOST) {
        memset(expected + SECTOR, 0xFF, SECTOR);
    }
    scenario_assert_good(&rig, scenario_program(&rig, &image));
    scenario_assert_cells(&rig, &image, expected);
    scenario_assert_boots(&rig);
    scenario_close(&rig);
    free(expected);
    image_release(&image);
}

static void programs_under_each_host(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        programs(BOARD_P2, "bytewise_s25fl064l", hosts[i]);
        programs("data/boards/stm32n6570-dk.yaml", "bytewise_mx66uw1g45g", hosts[i]);
    }
}

/* What makes it plain: instructions of one Write of 64 KiB, by the byte, those that ask a busy chip for
 * its status included. */
static void spends_what_such_loaders_spend(void **state)
{
    (void)state;
    struct scenario_rig rig;
    struct image image;
    uint64_t written = 0;
    const struct scenario scenario = {.host = "native",
                                      .loader = EXTLOAD_FIXTURES "/bytewise_s25fl064l.stldr"};
    scenario_open(&rig, &scenario);
    scenario_make_image(&image, &rig.board, 0, SECTOR, 3);
    const struct cpu_stats *stats = cpu_stats(sim_cpu(rig.sim));
    const uint64_t before = stats->instructions - stats->jumped_instructions;
    scenario_assert_good(&rig, operation_write(&rig.session, &image, &written, &rig.error));
    const uint64_t spent = stats->instructions - stats->jumped_instructions - before;
    assert_in_range(spent / SECTOR, 50, 62);
    scenario_close(&rig);
    image_release(&image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_under_each_host),
        cmocka_unit_test(spends_what_such_loaders_spend),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
