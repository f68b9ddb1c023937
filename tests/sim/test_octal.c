/* SPDX-License-Identifier: MIT */
/* Our loader on the octal boards: octal inside a call, SPI on return, whatever the chip was left in. */
#include "sim/scenario.h"

#include "pack/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOWHERE     UINT32_C(0x35000004) /* no memory there */
#define FAULT_FRAME 32u                  /* an exception's, on top of the deepest call */

static const char *const boards[] = {"data/boards/stm32n6570-dk.yaml",
                                     "data/boards/nucleo-n657x0-q.yaml",
                                     "tests/fixtures/octal-without-strobe.yaml"};
#define BOARDS (sizeof boards / sizeof boards[0])

static const char *const hosts[] = {"native", "cubeprogrammer-jlink", "cubeprogrammer-stlink"};
#define HOSTS (sizeof hosts / sizeof hosts[0])

struct shape {
    uint32_t offset, size;
};

/* Odd starts and ends, single bytes, page bounds, above 16 MiB, the end of the smaller flash. */
static const struct shape shapes[] = {
    {0, 0x3000},      {1, 0x2345},         {0x100FF, 1},   {0x100FE, 1},      {0x200FF, 2},
    {0x300FE, 0x103}, {0x1FFFFFE, 0x1001}, {0x3FFFFFF, 1}, {0x3FFFFE0, 0x20}, {0xFFFF, 0x10003},
};

static void every_board_host_and_shape(void **state)
{
    (void)state;
    unsigned runs = 0;
    for (size_t board = 0; board < BOARDS; board++) {
        for (size_t host = 0; host < HOSTS; host++) {
            for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
                struct scenario_rig rig;
                struct image image;
                const struct scenario scenario = {.board = boards[board], .host = hosts[host]};
                scenario_open(&rig, &scenario);
                scenario_make_image(&image, &rig.board, shapes[i].offset, shapes[i].size, i + 1);
                scenario_assert_good(&rig, scenario_program(&rig, &image));
                scenario_assert_cells(&rig, &image, NULL);
                scenario_assert_boots(&rig);
                image_release(&image);
                scenario_close(&rig);
                runs++;
            }
        }
    }
    print_message("%u images programmed\n", runs);
}

static void watch_stack(void *context, uint32_t address, unsigned size, uint32_t value)
{
    (void)size, (void)value;
    uint32_t *lowest = context;
    if (address >= lowest[1] && address < lowest[0]) {
        lowest[0] = address;
    }
}

/* Blocks 0 and 1, in which an earlier owner may have torn cells, are programmed anew. */
static void from_every_inherited_state(void **state)
{
    (void)state;
    unsigned runs = 0;
    for (size_t board = 0; board < BOARDS; board++) {
        struct scenario_rig rig;
        struct image image;
        const struct scenario scenario = {.board = boards[board], .host = "cubeprogrammer-jlink"};
        scenario_open(&rig, &scenario);
        scenario_make_image(&image, &rig.board, 0x0001, 0x10235, 9);
        const struct loader_image *own = pack_loader_image();
        uint32_t bottom = rig.session.layout.image + own->stack;
        uint32_t lowest[] = {bottom + own->stack_size, bottom};
        cpu_watch_writes(sim_cpu(rig.sim), watch_stack, lowest);
        const char *name;
        for (unsigned i = 0; (name = nor_inheritable(rig.board.part.name, i)) != NULL; i++) {
            uint64_t now = sim_clock(rig.sim)->now_ps;
            memset(rig.cells, 0xFF, rig.board.part.size);
            print_message("%s: %s\n", rig.board.name, name);
            assert_true(nor_inherit(sim_nor(rig.sim), now, name));
            scenario_assert_good(&rig, session_begin(&rig.session, OPERATION_ERASE, &rig.error));
            print_message("    Init after %u ms\n",
                          (unsigned)((sim_clock(rig.sim)->now_ps - now) / PS_PER_MS));
            scenario_assert_good(&rig, scenario_program(&rig, &image));
            scenario_assert_cells(&rig, &image, NULL);
            scenario_assert_boots(&rig);
            runs++;
        }
        uint32_t used = bottom + own->stack_size - lowest[0];
        print_message("stack: %u bytes, %u used at most\n", own->stack_size, used);
        assert_true(used + FAULT_FRAME + 32 <= own->stack_size);
        image_release(&image);
        scenario_close(&rig);
    }
    print_message("%u states\n", runs);
    assert_true(runs >= 3 * 20);
}

static bool in_octal(struct scenario_rig *rig)
{
    struct nor_state now;
    nor_get_state(sim_nor(rig->sim), sim_clock(rig->sim)->now_ps, &now);
    return now.octal;
}

/* Call after call without a reset; a buffer that leads nowhere in between. The chip is in SPI after each,
 * or the ROM could not read it. */
static void each_return_leaves_spi(void **state)
{
    (void)state;
    for (size_t board = 0; board < BOARDS; board++) {
        struct scenario_rig rig;
        const struct scenario scenario = {
            .board = boards[board], .host = "cubeprogrammer-jlink", .seed = 3};
        scenario_open(&rig, &scenario);
        scenario_assert_good(&rig, session_begin(&rig.session, OPERATION_WRITE, &rig.error));
        const uint32_t window = rig.board.window, buffer = rig.session.layout.buffer;
        const struct {
            enum loader_function function;
            uint32_t arguments[4], result;
        } calls[] = {
            {LOADER_SECTOR_ERASE, {window, window}, 1},
            {LOADER_WRITE, {window, 64, buffer}, 1},
            {LOADER_WRITE, {window, 64, NOWHERE}, 0},
            {LOADER_READ, {window + 1, 3, buffer}, 1},
            {LOADER_READ, {window, 64, NOWHERE}, 0},
            {LOADER_VERIFY, {window, buffer, 4}, 0},
            {LOADER_WRITE, {window + rig.board.part.size, 1, buffer}, 0},
        };
        memset(rig.cells, 0xFF, rig.board.part.size);
        for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
            uint32_t results[2];
            uint8_t bytes[64];
            memcpy(bytes, rig.cells, sizeof bytes);
            if (calls[i].function == LOADER_VERIFY) {
                assert_true(cpu_debug_write(sim_cpu(rig.sim), buffer, bytes, sizeof bytes));
            }
            scenario_assert_good(&rig,
                                 session_call(&rig.session, calls[i].function, calls[i].arguments,
                                              10000, results, &rig.error));
            assert_int_equal(results[0], calls[i].result);
            assert_false(in_octal(&rig));
        }
        scenario_assert_boots(&rig);
        scenario_close(&rig);
    }
}

/* A debugger stops the core inside a call, where the chip is in octal DTR, and calls something else. */
static void an_abandoned_call_is_no_obstacle(void **state)
{
    (void)state;
    struct scenario_rig rig;
    uint8_t bytes[256];
    uint32_t results[2];
    unsigned octal = 0;
    const struct scenario scenario = {.board = boards[0], .host = "cubeprogrammer-jlink"};
    scenario_open(&rig, &scenario);
    struct cpu *cpu = sim_cpu(rig.sim);
    for (unsigned us = 20; us < 2000; us += 45) {
        memset(rig.cells, 0xFF, 0x20000);
        scenario_assert_good(&rig, session_begin(&rig.session, OPERATION_READ, &rig.error));
        const uint32_t arguments[4] = {rig.board.window, 0x1000, rig.session.layout.buffer, 0};
        cpu_set(cpu, CPU_R0, arguments[0]);
        cpu_set(cpu, CPU_R1, arguments[1]);
        cpu_set(cpu, CPU_R2, arguments[2]);
        cpu_set(cpu, CPU_LR, rig.session.layout.base | 1u);
        cpu_set(cpu, CPU_XPSR, 0x01000000u);
        cpu_set(cpu, CPU_PC,
                rig.session.layout.image + rig.loader.entry[LOADER_READ] -
                    rig.loader.image_address);
        if (cpu_run(cpu, sim_clock(rig.sim)->now_ps + us * PS_PER_US) == CPU_STOP_BKPT) {
            break;
        }
        octal += in_octal(&rig);
        memset(bytes, (int)us & 0x7F, sizeof bytes);
        assert_true(cpu_debug_write(cpu, rig.session.layout.buffer, bytes, sizeof bytes));
        const uint32_t write[4] = {rig.board.window + 1, 255, rig.session.layout.buffer, 0};
        scenario_assert_good(
            &rig, session_call(&rig.session, LOADER_WRITE, write, 1000, results, &rig.error));
        assert_int_equal(results[0], 1);
        assert_memory_equal(rig.cells + 1, bytes, 255);
        scenario_assert_boots(&rig);
    }
    print_message("%u calls abandoned in octal\n", octal);
    assert_true(octal > 10);
    scenario_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_board_host_and_shape),
        cmocka_unit_test(from_every_inherited_state),
        cmocka_unit_test(each_return_leaves_spi),
        cmocka_unit_test(an_abandoned_call_is_no_obstacle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
