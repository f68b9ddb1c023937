/* SPDX-License-Identifier: MIT */
/* WIP stays set in the erase of a whole chip: it is the loader that tells, and no host gives up before. */
#include "host/change.h"
#include "sim/fault.h"
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define MS       UINT64_C(1000000)

#define BOARD_DK "data/boards/stm32n6570-dk.yaml"

/* As `program` does where the cheapest cover is the chip. */
static bool erase_by_cover(struct session *session, struct error *error)
{
    const struct board *board = session->board;
    const struct plan plan = {0};
    const struct wanted wanted = {.base = board->window};
    struct cover_range all = {0, board->part.size};
    struct change change = {.session = session,
                            .plan = &plan,
                            .wanted = &wanted,
                            .cover = {.ranges = &all, .count = 1, .whole = true}};
    uint64_t erased = 0;
    return change_erase(&change, &erased, error);
}

static bool erase_all_sectors(struct session *session, struct error *error)
{
    return operation_erase(session, session->board->window, session->board->part.size, error);
}

/* Milliseconds until the loader has told. */
static uint64_t told_after(const char *host, const char *board,
                           bool (*erase)(struct session *, struct error *))
{
    struct scenario_rig rig;
    scenario_open(&rig, &(struct scenario){.board = board, .host = host, .content = CONTENT_USED});
    scenario_assert_good(&rig, session_begin(&rig.session, OPERATION_ERASE, &rig.error));
    sim_fault_set_in(rig.sim, SIM_FAULT_WIP_STUCK, 1);
    const uint64_t start = rig.target.ops->now_ns(rig.target.context);
    assert_false(erase(&rig.session, &rig.error));
    const uint64_t took = rig.target.ops->now_ns(rig.target.context) - start;
    print_message("%s, %llu s: %s\n", board, (unsigned long long)(took / MS / 1000),
                  rig.error.detail);
    assert_int_equal(rig.error.code, ERROR_CALL_FAILED);
    assert_int_equal(rig.session.record.reason, REASON_ERASE_TIMEOUT);
    assert_true(took / MS <= board_chip_erase_deadline_ms(&rig.board.part));
    scenario_close(&rig);
    return took / MS;
}

static void our_own_host_waits_for_the_part(void **state)
{
    (void)state;
    static struct board board;
    struct error error = {0};
    assert_true(board_load(&board, BOARD_P2, &error));
    assert_true(told_after("native", BOARD_P2, erase_by_cover) >= 2 * board.part.chip_erase_max_ms);
}

/* Who names the whole flash in a SectorErase waits 1000 s; the chip erase of this one may be waited for 2048 s,
 * so it is erased in blocks. */
static void no_tool_gives_a_sector_erase_up(void **state)
{
    (void)state;
    static const char host[] = "cubeprogrammer-jlink";
    assert_true(told_after(host, BOARD_DK, erase_all_sectors) <
                lifecycle_find(host)->erase_timeout_ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_own_host_waits_for_the_part),
        cmocka_unit_test(no_tool_gives_a_sector_erase_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
