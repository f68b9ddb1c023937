/* SPDX-License-Identifier: MIT */
/* The image runs at any 4-aligned address, on every core that shares the Armv7-M baseline. */
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ADDRESSES 10
#define SEED      UINT64_C(20260101)

static const char *const cores[] = {"cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33"};

static void run_at(const char *core, uint32_t base, uint64_t seed)
{
    struct scenario_rig rig;
    struct image image;
    const struct scenario scenario = {.core = core,
                                      .base = base,
                                      .host = "cubeprogrammer",
                                      .content = CONTENT_USED,
                                      .seed = seed};
    scenario_open(&rig, &scenario);
    assert_int_equal(rig.session.layout.image, base + 4);
    scenario_make_image(&image, &rig.board, 0x10000, 0x10000, seed);
    uint8_t neighbour = rig.cells[0xFFFF];
    scenario_assert_good(&rig, scenario_program(&rig, &image));
    assert_memory_equal(rig.cells + 0x10000, image.segments[0].bytes, image.segments[0].size);
    assert_int_equal(rig.cells[0xFFFF], neighbour);
    scenario_assert_boots(&rig);
    image_release(&image);
    scenario_close(&rig);
}

static void ten_addresses_on_four_cores(void **state)
{
    (void)state;
    uint64_t random = SEED;
    bool covered[32] = {false};
    unsigned run = 0;
    print_message("seed %llu\n", (unsigned long long)SEED);
    for (size_t core = 0; core < sizeof cores / sizeof cores[0]; core++) {
        for (unsigned i = 0; i < ADDRESSES; i++, run++) {
            /* random in the lower half of the tool's RAM; base + 4 steps through all residues of
             * 128 */
            uint32_t image = UINT32_C(0x34180480) + ((uint32_t)scenario_random(&random) & 0xFF80u);
            image += run % 32 * 4;
            covered[image % 128 / 4] = true;
            run_at(cores[core], image - 4, SEED + run);
        }
    }
    for (unsigned i = 0; i < 32; i++) {
        assert_true(covered[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ten_addresses_on_four_cores)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
