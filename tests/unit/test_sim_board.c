/* SPDX-License-Identifier: MIT */
/*
 * The assembled board: core, SoC and flash on one clock, NRST, and what the boot ROM would see.
 * Memory map: CMSIS header of cmsis-device-n6; the chip: FMF S25FL064L model.
 */
#include "sim/sim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CELLS (8U << 20)
#define CODE  0x34180404U

static uint8_t *cells;

static struct sim_config plain_config(void)
{
    const struct sim_config config = {
        .cpu = {.model = CPU_M55,
                .cost = {.cpu_hz = 64000000,
                         .fetch_uncached_x100 = 100,
                         .fetch_cached_x100 = 100,
                         .ram_access_x100 = 100,
                         .register_access_x100 = 1000,
                         .window_access_x100 = 1000}},
        .soc = {.mcu = "STM32N655X0",
                .wires = {{"PN6", "CLK", false},
                          {"PN1", "NCS", false},
                          {"PN2", "IO0", false},
                          {"PN3", "IO1", false},
                          {"PN4", "IO2", false},
                          {"PN5", "IO3", false}},
                .wire_count = 6,
                .seed = 7},
        .nor = {.part = "S25FL064L", .timing = NOR_TIMING_TYPICAL, .array = cells},
    };
    return config;
}

static struct sim *make(const struct sim_config *config)
{
    struct error error = {0};
    struct sim *sim = sim_create(config, &error);
    if (sim == NULL) {
        fail_msg("%s", error.detail);
    }
    return sim;
}

static int setup(void **state)
{
    (void)state;
    cells = malloc(CELLS);
    if (cells == NULL) {
        return -1;
    }
    for (uint32_t i = 0; i < CELLS; i++) {
        cells[i] = (uint8_t)(i * 37 + (i >> 8));
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(cells);
    return 0;
}

static void both_aliases_are_one_ram(void **state)
{
    (void)state;
    const struct sim_config config = plain_config();
    struct sim *sim = make(&config);
    uint32_t value = 0x12345678, back = 0;
    assert_true(cpu_debug_write(sim_cpu(sim), 0x34180400, &value, 4));
    assert_true(cpu_debug_read(sim_cpu(sim), 0x24180400, &back, 4));
    assert_int_equal(back, value);
    assert_true(cpu_debug_write(sim_cpu(sim), 0x28000000, &value, 4)); /* AHBSRAM1 */
    assert_true(cpu_debug_read(sim_cpu(sim), 0x38000000, &back, 4));
    assert_int_equal(back, value);
    assert_true(cpu_debug_read(sim_cpu(sim), 0x54001000, &back, 4)); /* DBGMCU.IDCODE */
    assert_int_equal(back, 0x6486);
    assert_false(cpu_debug_read(sim_cpu(sim), 0x60000000, &back, 4));
    sim_destroy(sim);
}

/* The core sets AHB5ENR by its set alias and reads it back; time passes on the one clock. */
static void the_core_reaches_registers(void **state)
{
    (void)state;
    static const uint16_t code[] = {
        0x6001, /* str r1, [r0] */
        0x6813, /* ldr r3, [r2] */
        0xBE00, /* bkpt 0 */
    };
    const struct sim_config config = plain_config();
    struct sim *sim = make(&config);
    struct cpu *cpu = sim_cpu(sim);
    assert_true(cpu_debug_write(cpu, CODE, code, sizeof code));
    cpu_set(cpu, CPU_R0, 0x56028A60);
    cpu_set(cpu, CPU_R1, 1U << 12);
    cpu_set(cpu, CPU_R2, 0x56028260);
    cpu_set(cpu, CPU_SP, 0x341A0000);
    cpu_set(cpu, CPU_XPSR, 0x01000000);
    cpu_set(cpu, CPU_PC, CODE);
    const uint64_t start = sim_clock(sim)->now_ps;
    assert_int_equal(cpu_run(cpu, start + PS_PER_MS), CPU_STOP_BKPT);
    assert_int_equal(cpu_get(cpu, CPU_R3), 1U << 12);
    assert_true(sim_clock(sim)->now_ps > start);
    assert_true(sim_clock(sim)->now_ps < start + 10 * PS_PER_US);
    assert_int_equal(soc_stats(sim_soc(sim))->register_writes, 1);
    sim_reset(sim);
    uint32_t enable;
    assert_true(cpu_debug_read(cpu, 0x56028260, &enable, 4));
    assert_int_equal(enable, 0);
    sim_destroy(sim);
}

static void boots_from_a_fresh_chip(void **state)
{
    (void)state;
    const struct sim_config config = plain_config();
    struct sim *sim = make(&config);
    char why[160] = "";
    assert_true(sim_boot(sim, 0, why, sizeof why));
    assert_true(sim_boot(sim, 0x123456, why, sizeof why));
    assert_true(sim_boot(sim, CELLS - 3, why, sizeof why));
    assert_string_equal(why, "");
    assert_false(sim_boot(sim, CELLS, why, sizeof why));
    assert_non_null(strstr(why, "outside"));
    sim_destroy(sim);
}

/* NRST does not reach the chip: what a loader leaves there, the boot ROM meets. */
static void states_that_keep_the_rom_out(void **state)
{
    (void)state;
    static const char *const states[] = {"qpi", "deep-power-down", "continuous-read", "4-byte"};
    for (unsigned i = 0; i < sizeof states / sizeof states[0]; i++) {
        const struct sim_config config = plain_config();
        struct sim *sim = make(&config);
        char why[160] = "";
        assert_true(nor_inherit(sim_nor(sim), sim_clock(sim)->now_ps, states[i]));
        sim_clock(sim)->now_ps += PS_PER_MS;
        assert_false(sim_boot(sim, 0, why, sizeof why));
        assert_non_null(strstr(why, "boot ROM reads by"));
        sim_destroy(sim);
    }
}

/* NRST releases the pad that drives the switch; the check itself feeds the chip, and only while it
 * lasts. */
static void a_switched_chip_is_fed_for_the_boot_check_only(void **state)
{
    (void)state;
    struct sim_config config = plain_config();
    strcpy(config.soc.wires[6].pad, "PB3");
    strcpy(config.soc.wires[6].signal, "POWER");
    config.soc.wire_count = 7;
    config.soc.power_switched = true;
    struct sim *sim = make(&config);
    char why[160] = "";
    assert_true(sim_boot(sim, 0, why, sizeof why));
    struct nor_state chip;
    nor_get_state(sim_nor(sim), sim_clock(sim)->now_ps, &chip);
    assert_false(chip.powered);
    sim_destroy(sim);
}

static void an_empty_footprint(void **state)
{
    (void)state;
    struct sim_config config = plain_config();
    config.nor.part = NULL;
    struct sim *sim = make(&config);
    char why[160] = "";
    assert_null(sim_nor(sim));
    assert_false(sim_boot(sim, 0, why, sizeof why));
    assert_non_null(strstr(why, "no flash"));
    sim_destroy(sim);
}

static void errors_come_through(void **state)
{
    (void)state;
    struct error error = {0};
    struct sim_config config = plain_config();
    config.nor.part = "AT25XYZ";
    assert_null(sim_create(&config, &error));
    assert_int_equal(error.code, ERROR_UNKNOWN_PART);
    error = (struct error){0};
    config = plain_config();
    config.soc.mcu = "STM32H750";
    assert_null(sim_create(&config, &error));
    assert_int_equal(error.code, ERROR_UNKNOWN_MCU);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_aliases_are_one_ram),
        cmocka_unit_test(the_core_reaches_registers),
        cmocka_unit_test(boots_from_a_fresh_chip),
        cmocka_unit_test(states_that_keep_the_rom_out),
        cmocka_unit_test(a_switched_chip_is_fed_for_the_boot_check_only),
        cmocka_unit_test(an_empty_footprint),
        cmocka_unit_test(errors_come_through),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
