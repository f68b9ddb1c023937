/* SPDX-License-Identifier: MIT */
/*
 * Time that is skipped is time that passes: an erase takes as long as the chip's table says, however fast
 * the CPU looks whether it is over.
 */
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SECTOR   0x10000u
#define ERASE_NS UINT64_C(512000000) /* of an S25FL064L, typical */
#define MORE_NS  UINT64_C(60000000)  /* Init, and what the link takes */

static void an_erase_takes_its_time(void **state)
{
    (void)state;
    static const uint32_t clocks[] = {32000000, 64000000, 128000000, 200000000, 400000000};
    for (size_t i = 0; i < sizeof clocks / sizeof clocks[0]; i++) {
        struct scenario_rig rig;
        const struct scenario scenario = {.content = CONTENT_USED, .seed = 4, .cpu_hz = clocks[i]};
        scenario_open(&rig, &scenario);
        const uint64_t start_ps = sim_clock(rig.sim)->now_ps;
        scenario_assert_good(&rig,
                             operation_erase(&rig.session, rig.board.window, SECTOR, &rig.error));
        const uint64_t ns = (sim_clock(rig.sim)->now_ps - start_ps) / 1000;
        assert_in_range(ns, ERASE_NS, ERASE_NS + MORE_NS);
        scenario_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_erase_takes_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
