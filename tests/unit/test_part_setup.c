/* SPDX-License-Identifier: MIT */
/*
 * From the facts of a part to the steps of the board block: every way of JESD216 to enable quad, with
 * and without volatile writes, and what else has to be undone.
 */
#include "board/part_setup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define D FLASH_STEP_DATA
#define V FLASH_STEP_VOLATILE
#define J FLASH_STEP_JOIN
#define S FLASH_STEP_SECOND

struct wanted {
    const char *what;
    struct part_setup setup;
    unsigned lanes;
    uint32_t clock_hz;
    struct flash_step steps[BOARD_BLOCK_FLASH_STEPS];
    uint8_t read_config;
};

static const struct wanted all[] = {
    {"no bit", {.quad_enable = 0, .protect_mask = 0x5C}, 4, 1, {{0x01, 0x05, 0x5C, 0, D, 0}}, 0},
    {"always two bytes, or the bit is lost",
     {.quad_enable = 1,
      .protect_mask = 0x1C,
      .protect_mask_sr2 = 0x40,
      .once_mask_sr2 = 0x39,
      .volatile_status = true},
     4,
     1,
     {{0x01, 0x05, 0x1C, 0, D | V | J, 0}, {0x01, 0x35, 0x40, 0x02, D | V, 0x39}},
     0x35},
    {"two bytes on two lines too",
     {.quad_enable = 1, .protect_mask = 0x1C, .volatile_status = true},
     2,
     1,
     {{0x01, 0x05, 0x1C, 0, D | V | J, 0}, {0x01, 0x35, 0, 0, D | V, 0}},
     0x35},
    {"a bit of SR1, for good",
     {.quad_enable = 2, .protect_mask = 0x3C},
     4,
     1,
     {{0x01, 0x05, 0x3C, 0x40, D, 0}},
     0},
    {"not set where two lines are wired",
     {.quad_enable = 2, .protect_mask = 0x3C},
     2,
     1,
     {{0x01, 0x05, 0x3C, 0, D, 0}},
     0},
    {"3Eh and 3Fh",
     {.quad_enable = 3, .protect_mask = 0x1C},
     4,
     1,
     {{0x01, 0x05, 0x1C, 0, D, 0}, {0x3E, 0x3F, 0, 0x80, D, 0}},
     0x3F},
    {"nothing reads SR2: 02h is all of it",
     {.quad_enable = 4, .protect_mask = 0x1C, .volatile_status = true},
     4,
     1,
     {{0x01, 0x05, 0x1C, 0, D | V | J, 0}, {0x01, 0, 0, 0x02, D | V, 0}},
     0},
    {"nothing reads SR2: left alone on one line",
     {.quad_enable = 4, .protect_mask = 0x1C, .volatile_status = true},
     1,
     1,
     {{0x01, 0x05, 0x1C, 0, D | V, 0}},
     0},
    {"35h and two bytes of 01h",
     {.quad_enable = 5},
     4,
     1,
     {{0x01, 0x05, 0, 0, D | J, 0}, {0x01, 0x35, 0, 0x02, D, 0}},
     0x35},
    {"35h and 31h",
     {.quad_enable = 6,
      .protect_mask = 0x7C,
      .protect_mask_sr2 = 0x40,
      .once_mask_sr2 = 0x3D,
      .volatile_status = true},
     4,
     1,
     {{0x01, 0x05, 0x7C, 0, D | V, 0}, {0x31, 0x35, 0x40, 0x02, D | V, 0x3D}},
     0x35},
    {"address mode first, then the extended address",
     {.quad_enable = 0, .exit_4byte = 0xE9, .extended_address = true},
     4,
     1,
     {{0xE9, 0, 0, 0, 0, 0}, {0xC5, 0, 0, 0, D, 0}, {0x01, 0x05, 0, 0, D, 0}},
     0},
    {"98h always",
     {.quad_enable = 0, .global_unlock = GLOBAL_UNLOCK_ALWAYS},
     4,
     1,
     {{0x01, 0x05, 0, 0, D, 0}, {0x98, 0, 0, 0, 0, 0}},
     0},
    {"98h if WPS is set",
     {.quad_enable = 0, .global_unlock = GLOBAL_UNLOCK_IF_15_B2},
     4,
     1,
     {{0x01, 0x05, 0, 0, D, 0}, {0x98, 0x15, 0x04, 0, 0, 0}},
     0},
    {"98h if WPSEL is set",
     {.quad_enable = 0, .global_unlock = GLOBAL_UNLOCK_IF_2B_B7},
     4,
     1,
     {{0x01, 0x05, 0, 0, D, 0}, {0x98, 0x2B, 0x80, 0, 0, 0}},
     0},
    {"low power at 33 MHz",
     {.quad_enable = 2, .protect_mask = 0x3C, .low_power_hz = 33000000},
     4,
     33000000,
     {{0x01, 0x05, 0x3C, 0x40, D, 0}},
     0},
    {"full speed above",
     {.quad_enable = 2, .protect_mask = 0x3C, .low_power_hz = 33000000},
     4,
     33000001,
     {{0x01, 0x05, 0x3C, 0x40, D | J, 0},
      {0x01, 0x15, 0, 0, D | J, 0},
      {0x01, 0x15, 0, 0x02, D | S, 0}},
     0},
};

static void every_method_has_its_sequence(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct flash_block block;
        memset(&block, 0xA5, sizeof block);
        assert_true(part_setup_fill(&all[i].setup, all[i].lanes, all[i].clock_hz, &block));
        if (memcmp(block.steps, all[i].steps, sizeof block.steps) != 0 ||
            block.read_config != all[i].read_config) {
            fail_msg("%s: first step %02Xh %02Xh, config by %02Xh", all[i].what,
                     block.steps[0].opcode, block.steps[0].read, block.read_config);
        }
    }
}

static void more_steps_than_fit(void **state)
{
    (void)state;
    struct flash_block block;
    const struct part_setup setup = {.quad_enable = 2,
                                     .low_power_hz = 1,
                                     .exit_4byte = 0xE9,
                                     .extended_address = true,
                                     .global_unlock = GLOBAL_UNLOCK_ALWAYS};
    struct part_setup one_more = setup;
    assert_true(part_setup_fill(&setup, 4, 2, &block));
    assert_int_equal(block.steps[BOARD_BLOCK_FLASH_STEPS - 1].opcode, 0x98);
    one_more.quad_enable = QUAD_ENABLE_SR2B1_READ_35_WRITE_31;
    assert_false(part_setup_fill(&one_more, 4, 2, &block));
}

/* Erase error, program error, erase suspended, program suspended. */
static void errors_and_suspensions_by_vendor(void **state)
{
    (void)state;
    static const struct {
        struct part_setup setup;
        struct flash_status status;
    } rows[] = {
        {{.error_scheme = ERROR_SCHEME_NONE}, {0}},
        {{.error_scheme = ERROR_SCHEME_SR2_07_B6B5}, {0x07, 0x40, 0x20, 0x02, 0x01}},
        {{.error_scheme = ERROR_SCHEME_SCUR_2B_B6B5}, {0x2B, 0x40, 0x20, 0x08, 0x04}},
        {{.error_scheme = ERROR_SCHEME_FSR_70_B5B4}, {0x70, 0x20, 0x10, 0x40, 0x04}},
        {{.suspend_status = SUSPEND_STATUS_SR2_35_B7}, {0x35, 0, 0, 0x80, 0}},
        {{.suspend_status = SUSPEND_STATUS_SR2_35_B7B2}, {0x35, 0, 0, 0x80, 0x04}},
        {{.suspend_status = SUSPEND_STATUS_SR1_05_B2B3}, {0x05, 0, 0, 0x04, 0x08}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct flash_block block;
        assert_true(part_setup_fill(&rows[i].setup, 1, 1, &block));
        assert_memory_equal(&block.status, &rows[i].status, sizeof block.status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_method_has_its_sequence),
        cmocka_unit_test(more_steps_than_fit),
        cmocka_unit_test(errors_and_suspensions_by_vendor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
