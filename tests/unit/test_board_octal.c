/* SPDX-License-Identifier: MIT */
/*
 * The boards with octal flashes: pins, registers, board block. Pins and register values as ST's pin
 * data and its shipped loaders have them; opcodes of ST's component drivers.
 */
#include "board/crc32.h"
#include "pack/pack.h"

#include "unit/test_board_script.h"

#include <stdlib.h>

static const char *const boards[] = {"data/boards/stm32n6570-dk.yaml",
                                     "data/boards/nucleo-n657x0-q.yaml"};

#define TEXT(pins, lanes)                                                                          \
    "name: t\nmcu: STM32N657X0\nflash:\n  part: MX25UM51245G\n  controller: XSPI2\n" pins          \
    "  lanes: " lanes "\n  clock: 50MHz\n  supply: 1.8V\n"
#define PINS                                                                                       \
    "  pins: {CLK: PN6, NCS: PN1, IO0: PN2, IO1: PN3, IO2: PN4, IO3: PN5, IO4: PN8, IO5: PN9, "    \
    "IO6: PN10, IO7: PN11}\n"

/* PN0-6 and PN8-11 at AF9, very high speed. PN7 leads to RESET# on such boards: untouched. */
static void brings_up_eight_lines(void **state)
{
    (void)state;
    static const struct wanted wanted[] = {
        {0x56023400, 0xFFAAEAAA}, /* GPION_MODER */
        {0x56023408, 0x00FF3FFF}, /* GPION_OSPEEDR */
        {0x56023420, 0x09999999}, /* GPION_AFRL */
        {0x56023424, 0x00009999}, /* GPION_AFRH */
        {0x5602340C, 0x00000000}, /* GPION_PUPDR */
        {0x5602483C, 0x00000200}, /* PWR_SVMCR3: VDDIO3SV; VRSEL as found */
        {0x56028158, 0x00000010}, /* RCC_CCIPR6: XSPI2SEL = per_ck */
    };
    for (unsigned i = 0; i < 2; i++) {
        static struct board board;
        check_registers(boards[i], wanted, sizeof wanted / sizeof wanted[0]);
        load(&board, boards[i]);
        assert_int_equal(board.pin_count, 11);
        for (unsigned j = 0; j < board.pin_count; j++) {
            assert_string_not_equal(board.pins[j].pad, "PN7");
        }
        assert_string_equal(board.pins[10].signal, "DQS");
        assert_string_equal(board.pins[10].pad, "PN0");
    }
}

/* 192 s instead of 524, but 2048 s until a chip that stays busy is told of; of the other one 600 s. */
static void the_larger_chip_is_erased_in_blocks(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        static struct board board;
        load(&board, boards[i]);
        assert_int_equal(board.block.flash.flags & FLASH_CHIP_ERASE_PAYS,
                         i == 0 ? 0 : FLASH_CHIP_ERASE_PAYS);
    }
}

static const struct octal_block *octal_of(const struct board *board)
{
    const struct board_block *block = &board->block;
    assert_true((block->flash.flags & FLASH_OCTAL) != 0);
    assert_int_equal(block->size, offsetof(struct board_block, script) + 4 * block->script_words +
                                      sizeof(struct octal_block));
    assert_int_equal(block->crc, crc32_of((const uint8_t *)block + 12, block->size - 12u));
    return (const void *)&block->script[block->script_words];
}

/* 8D-8D-8D: EE11h with 20 dummy clocks, 12EDh, 21DEh, DC23h; 06h 72h @0 = 02h; status with 4
 * address bytes and 5 dummy clocks. */
static void fills_the_octal_block(void **state)
{
    (void)state;
    static const struct {
        uint8_t id[3];
        uint32_t size, page_us, small_ms, large_ms, chip_ms;
    } parts[] = {{{0xC2, 0x81, 0x3B}, 128u << 20, 4864, 600, 6144, 1024000},
                 {{0xC2, 0x80, 0x3A}, 64u << 20, 750, 400, 2000, 300000}};
    static const struct octal_block wanted = {.extension = OPCODE_EXTENSION_INVERSE,
                                              .flags = OCTAL_DTR | OCTAL_SWAPS_PAIRS,
                                              .register_address_bytes = 4,
                                              .register_dummy_clocks = 5,
                                              .enter_opcode = 0x72,
                                              .enter_address_bytes = 4,
                                              .enter_value = 0x02};
    static const struct flash_step steps[BOARD_BLOCK_FLASH_STEPS] = {
        {0x01, 0x05, 0x3C, 0, FLASH_STEP_DATA, 0}}; /* BP3:0, for good */
    static const struct flash_status status = {0x2B, 0x40, 0x20, 0x08, 0x04};
    static const struct flash_command read = {0xEE, 8, 8, 8, 0, 0, 20, FLASH_COMMAND_DTR};
    static const struct flash_command program = {0x12, 8, 8, 8, 0, 0, 0, FLASH_COMMAND_DTR};
    static const struct flash_command slow = {0x13, 1, 1, 1, 0, 0, 0, 0};
    for (unsigned i = 0; i < 2; i++) {
        static struct board board;
        load(&board, boards[i]);
        const struct flash_block *flash = &board.block.flash;
        assert_memory_equal(octal_of(&board), &wanted, sizeof wanted);
        assert_memory_equal(&flash->read_fast, &read, sizeof read);
        assert_memory_equal(&flash->program, &program, sizeof program);
        assert_memory_equal(&flash->read_slow, &slow, sizeof slow);
        assert_memory_equal(flash->id, parts[i].id, 3);
        assert_int_equal(flash->size, parts[i].size);
        assert_int_equal(flash->lanes, 8);
        assert_int_equal(flash->address_bytes, 4);
        assert_memory_equal(flash->steps, steps, sizeof steps);
        assert_memory_equal(&flash->status, &status, sizeof status);
        assert_int_equal(flash->flags & FLASH_OCTAL, FLASH_OCTAL);
        assert_int_equal(flash->read_id_quad, 0);
        assert_int_equal(flash->read_config, 0);
        assert_int_equal(flash->reset_busy_us, 100000);
        assert_int_equal(flash->erase[0].opcode, 0x21);
        assert_int_equal(flash->erase[0].max_ms, parts[i].small_ms);
        assert_int_equal(flash->erase[1].opcode, 0xDC);
        assert_int_equal(flash->erase[1].size_log2, 16);
        assert_int_equal(flash->erase[1].max_ms, parts[i].large_ms);
        assert_int_equal(flash->erase[2].size_log2, 0);
        assert_int_equal(flash->page_program_us, parts[i].page_us);
        assert_int_equal(flash->chip_erase_ms, parts[i].chip_ms);
        assert_int_equal(flash->register_write_ms, 40);
        assert_int_equal(flash->wake_us, 30);
        assert_int_equal(flash->reset_us, 40);
        assert_int_equal(flash->power_up_us, 3000);
        assert_int_equal(board.block.controller.memory_type, 1); /* MTYP: Macronix, D1 before D0 */
        assert_int_equal(board.flash_hz, 32000000);
        assert_true(board.part.times_from_memory);
    }
}

/* Without a strobe eight lines work at single rate: ECh, entered by 01h, 4 dummy clocks. */
static void single_rate_without_strobe(void **state)
{
    (void)state;
    static struct board board;
    static const struct flash_command read = {0xEC, 8, 8, 8, 0, 0, 20, 0};
    static const struct flash_command program = {0x12, 8, 8, 8, 0, 0, 0, 0};
    load_text(&board, TEXT(PINS, "8"));
    const struct octal_block *octal = octal_of(&board);
    assert_int_equal(octal->flags, OCTAL_SWAPS_PAIRS);
    assert_int_equal(octal->enter_value, 0x01);
    assert_int_equal(octal->register_dummy_clocks, 4);
    assert_memory_equal(&board.block.flash.read_fast, &read, sizeof read);
    assert_memory_equal(&board.block.flash.program, &program, sizeof program);
}

/* One line: 4-byte opcodes, and nothing of the octal protocols in the block. */
static void one_line(void **state)
{
    (void)state;
    static struct board board;
    static const struct flash_command read = {0x0C, 1, 1, 1, 0, 0, 8, 0};
    load_text(&board, TEXT("  port: P2\n", "1"));
    assert_int_equal(board.block.flash.flags & FLASH_OCTAL, 0);
    assert_memory_equal(&board.block.flash.read_fast, &read, sizeof read);
    assert_int_equal(board.block.flash.program.opcode, 0x12);
    assert_int_equal(board.block.size,
                     offsetof(struct board_block, script) + 4 * board.block.script_words);
    assert_int_equal(board.pin_count, 4);
}

/* The 1.8 V range of VDDIO3 is selected (SVMCR3 bit 26) only if the board file asks for it: on a
 * 3.3 V rail it damages the chip. */
static void voltage_range_on_request(void **state)
{
    (void)state;
    static struct board board;
    struct registers registers = {.count = 0};
    load_text(&board, TEXT("  port: P2\n", "8") "init:\n  - set PWR.SVMCR3.VDDIO3VRSEL\n");
    assert_int_equal(run_script(&board, &registers, 0), board.op_count);
    assert_int_equal(*cell_at(&registers, 0x5602483C), 0x04000200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(brings_up_eight_lines),
        cmocka_unit_test(the_larger_chip_is_erased_in_blocks),
        cmocka_unit_test(fills_the_octal_block),
        cmocka_unit_test(single_rate_without_strobe),
        cmocka_unit_test(one_line),
        cmocka_unit_test(voltage_range_on_request),
    };
    board_set_data_directory("data");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
