/* SPDX-License-Identifier: MIT */
/*
 * The boards with octal flashes as they are simulated: pads, strobe and chip together, by the
 * bring-up of the board file and register writes; and what the boot ROM sees.
 */
#include "board/board.h"
#include "sim/bus/registers.h"
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define XSPI2 0x5802A000u
#define DOPI  UINT32_C(0x0C003C1C) /* 8D-8D-8D, 16-bit opcode, 32-bit address */

static const char *const boards[] = {"data/boards/stm32n6570-dk.yaml",
                                     "data/boards/nucleo-n657x0-q.yaml"};

static struct board board;

static struct target open_board(const char *path)
{
    struct error error = {0};
    struct target target;
    const struct sim_target_options options = {.link = link_find("jlink"),
                                               .timing = NOR_TIMING_TYPICAL};
    assert_true(board_load(&board, path, &error));
    assert_true(sim_target_open(&target, &board, &options, &error));
    sim_clock(sim_target_sim(&target))->now_ps += 3 * PS_PER_MS;
    return target;
}

static void close_board(struct target *target)
{
    target->ops->close(target->context);
}

static void put(struct sim *sim, uint32_t address, uint32_t value)
{
    sim_clock(sim)->now_ps += 100 * PS_PER_NS;
    assert_int_equal(soc_write(sim_soc(sim), address, 4, value), SOC_OK);
}

static uint32_t get(struct sim *sim, uint32_t address)
{
    uint32_t value;
    sim_clock(sim)->now_ps += 100 * PS_PER_NS;
    assert_int_equal(soc_read(sim_soc(sim), address, 4, &value), SOC_OK);
    return value;
}

/* The script of the board file, then the controller as a driver sets it. */
static void bring_up(struct sim *sim)
{
    for (unsigned i = 0; i < board.op_count; i++) {
        const struct board_op *op = &board.ops[i];
        if (op->code == BOARD_OP_WRITE) {
            put(sim, op->address, op->value);
        } else if (op->code == BOARD_OP_MODIFY) {
            put(sim, op->address, (get(sim, op->address) & ~op->mask) | op->value);
        } else {
            sim_clock(sim)->now_ps += PS_PER_MS;
        }
    }
    put(sim, XSPI2 + XSPI_DCR1,
        (uint32_t)board.block.controller.memory_type << XSPI_DCR1_MTYP_Pos |
            31u << XSPI_DCR1_DEVSIZE_Pos | 5u << XSPI_DCR1_CSHT_Pos);
    put(sim, XSPI2 + XSPI_DCR2, board.block.controller.prescaler_fast);
    sim_clock(sim)->now_ps += PS_PER_MS;
    put(sim, XSPI2 + XSPI_CR, XSPI_CR_EN);
}

static void enter_dopi(struct sim *sim)
{
    static const uint8_t bytes[5] = {0, 0, 0, 0, 2};
    put(sim, XSPI2 + XSPI_CCR, 1);
    put(sim, XSPI2 + XSPI_IR, 0x06);
    sim_clock(sim)->now_ps += PS_PER_MS;
    put(sim, XSPI2 + XSPI_DLR, 4);
    put(sim, XSPI2 + XSPI_CCR, 0x01000001);
    put(sim, XSPI2 + XSPI_IR, 0x72);
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(soc_write(sim_soc(sim), XSPI2 + XSPI_DR, 1, bytes[i]), SOC_OK);
    }
    sim_clock(sim)->now_ps += PS_PER_MS;
}

static uint32_t read_word(struct sim *sim, uint32_t ccr, uint32_t address)
{
    put(sim, XSPI2 + XSPI_CR, XSPI_CR_EN | 1u << XSPI_CR_FMODE_Pos);
    put(sim, XSPI2 + XSPI_DLR, 3);
    put(sim, XSPI2 + XSPI_TCR, 20);
    put(sim, XSPI2 + XSPI_CCR, ccr);
    put(sim, XSPI2 + XSPI_IR, 0xEE11);
    put(sim, XSPI2 + XSPI_AR, address);
    sim_clock(sim)->now_ps += PS_PER_MS;
    uint32_t value = get(sim, XSPI2 + XSPI_DR);
    put(sim, XSPI2 + XSPI_FCR, XSPI_SR_TCF);
    put(sim, XSPI2 + XSPI_CR, XSPI_CR_EN);
    return value;
}

/* Every line and the strobe lead to the chip; without the strobe a read by it brings nothing, without
 * one of the lines nothing is heard. */
static void eight_lines_and_strobe(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct target target = open_board(boards[i]);
        struct sim *sim = sim_target_sim(&target);
        const uint32_t wanted = 0xA55A3CC3, last = board.part.size - 4;
        memcpy(sim_target_cells(&target) + last, &wanted, 4);
        bring_up(sim);
        enter_dopi(sim);
        assert_int_equal(read_word(sim, DOPI | XSPI_CCR_DQSE, last), wanted);
        assert_true(soc_cut_wire(sim_soc(sim), "DQS"));
        assert_int_equal(read_word(sim, DOPI | XSPI_CCR_DQSE, last), 0);
        assert_int_equal(read_word(sim, DOPI, last), wanted);
        assert_true(soc_cut_wire(sim_soc(sim), "IO6"));
        assert_int_equal(read_word(sim, DOPI, last), 0); /* the opcode does not arrive */
        close_board(&target);
    }
}

/* The ROM reads by 03h and 13h on one line: a chip left in an octal protocol does not boot. States
 * in which a power cut would tear cells are left out. */
static void octal_boot_lost(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        const char *name = NULL;
        for (unsigned k = 0; (name = nor_inheritable("MX25UM51245G", k)) != NULL; k++) {
            if (strncmp(name, "octal", 5) != 0 || strstr(name, "in-progress") != NULL ||
                strstr(name, "suspended") != NULL) {
                continue;
            }
            struct target target = open_board(boards[i]);
            struct sim *sim = sim_target_sim(&target);
            char why[160] = "";
            assert_true(sim_boot(sim, 0, why, sizeof why));
            assert_true(nor_inherit(sim_nor(sim), sim_clock(sim)->now_ps, name));
            assert_false(sim_boot(sim, 0, why, sizeof why));
            assert_non_null(strstr(why, "boot ROM reads by"));
            nor_set_power(sim_nor(sim), sim_clock(sim)->now_ps, false);
            nor_set_power(sim_nor(sim), sim_clock(sim)->now_ps, true);
            sim_clock(sim)->now_ps += 3 * PS_PER_MS;
            if (!sim_boot(sim, 0, why, sizeof why)) {
                fail_msg("%s: %s", name, why);
            }
            close_board(&target);
        }
    }
}

/* PN7 is NCLK of the port and leads to RESET# on the Nucleo: a driver that configures it as such
 * holds the flash in reset, the board file's own bring-up does not. */
static void nclk_resets_the_nucleo(void **state)
{
    (void)state;
    struct target target = open_board(boards[1]);
    struct sim *sim = sim_target_sim(&target);
    const uint32_t gpion = 0x56023400, wanted = 0x12345678;
    memcpy(sim_target_cells(&target), &wanted, 4);
    bring_up(sim);
    enter_dopi(sim);
    assert_int_equal(read_word(sim, DOPI, 0), wanted);
    put(sim, gpion + 0x20, get(sim, gpion + 0x20) | UINT32_C(9) << 28); /* AFRL */
    put(sim, gpion, (get(sim, gpion) & ~(UINT32_C(3) << 14)) | UINT32_C(2) << 14);
    assert_int_equal(read_word(sim, DOPI, 0), 0);
    close_board(&target);
}

/* A copy of a board file with one line instead of eight. */
static void write_one_line_board(const char *from, const char *to)
{
    char text[4096];
    FILE *file = fopen(from, "rb");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = '\0';
    char *lanes = strstr(text, "lanes: 8");
    assert_non_null(lanes);
    lanes[7] = '1';
    file = fopen(to, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* On one line, by 4-byte opcodes, our own loader programs beyond 16 MiB. */
static void one_line_is_driven(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        char path[64];
        struct scenario_rig rig;
        struct image image;
        snprintf(path, sizeof path, "/tmp/extload-test-octal.%d.yaml", (int)getpid());
        write_one_line_board(boards[i], path);
        const struct scenario scenario = {.board = path, .host = "cubeprogrammer", .seed = i};
        scenario_open(&rig, &scenario);
        remove(path);
        scenario_make_image(&image, &rig.board, 0x2012345, 0x3210, 5);
        scenario_assert_good(&rig, scenario_program(&rig, &image));
        scenario_assert_cells(&rig, &image, NULL);
        scenario_assert_boots(&rig);
        image_release(&image);
        scenario_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eight_lines_and_strobe),
        cmocka_unit_test(octal_boot_lost),
        cmocka_unit_test(nclk_resets_the_nucleo),
        cmocka_unit_test(one_line_is_driven),
    };
    board_set_data_directory("data");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
