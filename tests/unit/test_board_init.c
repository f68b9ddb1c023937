/* SPDX-License-Identifier: MIT */
/*
 * A board file's `init:` script: from lines to ops, and from ops to the words of the board block.
 */
#include "unit/test_board_script.h"

#define BOARD_P2 "data/boards/stm32n655-s25fl064l.yaml"
#define BOARD_P1 "data/boards/stm32n657-xspi1-power-switch.yaml"

/* Each kind of script line becomes the op that it says. */
static void compiles_scripts(void **state)
{
    (void)state;
    static struct board board;
    load_text(&board,
              HEAD "  lanes: 4\n  clock: 50MHz\n  supply: 3.3V\ninit:\n"
                   "  - gpio PC7 low\n"
                   "  - delay 40ms\n"
                   "  - write GPIOB.BSRR = 0x80000\n"
                   "  - write RCC.AHB4ENSR = GPIOCENS|GPIODENS\n"
                   "  - set RCC.AHB4ENR.GPIOEEN\n"
                   "  - clear RCC.AHB4ENR.GPIOFEN\n"
                   "  - modify GPIOB.PUPDR & 0xC0 = 0x40\n"
                   "  - modify RCC.HSICFGR.HSITRIM = 3\n"
                   "  - wait 0x56020410&0x8==0 within 1.5ms\n"
                   "  - expect RCC.SR.HSIRDY == 1\n"
                   "record: image\nsector_size: 4K\npage_size: 256\nrun_from: 0x34000400\n");
    static const struct board_op wanted[] = {
        {BOARD_OP_MODIFY, 0, 0, 0x56020814, 0x80, 0},        /* GPIOC_ODR */
        {BOARD_OP_MODIFY, 0, 0, 0x56020804, 0x80, 0},        /* GPIOC_OTYPER */
        {BOARD_OP_MODIFY, 0, 0, 0x56020800, 0xC000, 0x4000}, /* GPIOC_MODER */
        {BOARD_OP_DELAY, 0, 40000, 0, 0, 0},
        {BOARD_OP_WRITE, 0, 0, 0x56020418, 0, 0x80000},
        {BOARD_OP_WRITE, 0, 0, 0x56028A5C, 0, 0xC},
        {BOARD_OP_MODIFY, 0, 0, 0x5602825C, 0x10, 0x10},
        {BOARD_OP_MODIFY, 0, 0, 0x5602825C, 0x20, 0},
        {BOARD_OP_MODIFY, 0, 0, 0x5602040C, 0xC0, 0x40},
        {BOARD_OP_MODIFY, 0, 0, 0x56028048, 0x7F0000, 0x30000},
        {BOARD_OP_WAIT, 0, 1500, 0x56020410, 8, 0},
        {BOARD_OP_EXPECT, 0, 0, 0x56028004, 8, 8},
    };
    int first = op_position(&board, 0x56020814, BOARD_OP_MODIFY);
    assert_true(first > 0);
    for (unsigned i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const struct board_op *op = &board.ops[(unsigned)first + i];
        assert_int_equal(op->code, wanted[i].code);
        assert_int_equal(op->time_us, wanted[i].time_us);
        assert_int_equal(op->address, wanted[i].address);
        assert_int_equal(op->mask, wanted[i].mask);
        assert_int_equal(op->value, wanted[i].value);
    }
    assert_string_equal(board.wires[board.ops[first].wire].name, "init: gpio PC7 low");
    assert_string_equal(board.wires[board.ops[first].wire].hint, "line 11 of the board file");
    /* PC6-12 hang on VDDIO4, whose valid bit is SVMCR1 bit 8. */
    int supply = op_position(&board, 0x56024834, BOARD_OP_MODIFY);
    assert_in_range(supply, 0, first);
    assert_int_equal(board.ops[supply].value, 0x100);
    assert_int_equal(board.block.record_address, 0);
    assert_int_equal(board.block.sector_size, 4096);
    assert_int_equal(board.page_size, 256);
    assert_int_equal(board.loader_base, 0x34000400);
    assert_int_equal(board.loader_size, 0x3FC00);
}

/* One op of the packed script, read by the rules of abi/board_block.h. */
struct packed {
    uint32_t code, address, mask, value, limit, delay, word;
};

static bool next_packed(const struct board_block *block, uint32_t *at, struct packed *op)
{
    *op = (struct packed){.word = *at};
    if (*at >= block->script_words) {
        return false;
    }
    uint32_t head = block->script[(*at)++];
    if ((head & 7) == 7) {
        op->limit = head >> 3;
        op->word = *at;
        head = block->script[(*at)++];
    }
    op->code = head & 3;
    if (op->code == 3) {
        op->delay = head >> 3;
        return true;
    }
    op->address = head & ~3u;
    op->mask = op->code == 0 ? UINT32_MAX : block->script[(*at)++];
    op->value = block->script[(*at)++];
    return true;
}

/* Every op stands in the packed words, in order; the ops that share words are told apart by what
 * their register reads. */
static void packs_every_op(void **state)
{
    (void)state;
    static struct board board;
    static const char *const paths[] = {BOARD_P2, BOARD_P1};
    static const uint32_t codes[] = {0, 1, 2, 2, 3};
    for (size_t p = 0; p < sizeof paths / sizeof paths[0]; p++) {
        load(&board, paths[p]);
        struct packed packed = {0};
        uint32_t at = 0, covered = UINT32_MAX;
        for (unsigned i = 0; i < board.op_count; i++) {
            const struct board_op *op = &board.ops[i];
            if (covered == packed.mask || packed.code == 3 || packed.code == 0) {
                assert_true(next_packed(&board.block, &at, &packed));
                covered = 0;
            }
            assert_int_equal(packed.code, codes[op->code]);
            assert_int_equal(packed.delay + packed.limit, op->time_us);
            if (op->code == BOARD_OP_DELAY) {
                continue;
            }
            assert_int_equal(packed.address, op->address);
            uint32_t mask = op->code == BOARD_OP_WRITE ? UINT32_MAX : op->mask;
            assert_int_equal(covered & mask, 0);
            assert_int_equal(mask & ~packed.mask, 0);
            assert_int_equal(packed.value & mask, op->value);
            covered |= mask;
            if (op->mask != 0) {
                uint32_t read = packed.value ^ (op->mask & (0u - op->mask));
                assert_ptr_equal(board_op_at(&board, packed.word, read), op);
            }
        }
        assert_int_equal(at, board.block.script_words);
        assert_null(board_op_at(&board, at, 0));
    }
}

static int set_up(void **state)
{
    (void)state;
    board_set_data_directory("data");
    return 0;
}
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compiles_scripts),
        cmocka_unit_test(packs_every_op),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
