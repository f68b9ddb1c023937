/* SPDX-License-Identifier: MIT */
/* Faults that set in while the board runs, and that end: each does what it says, and no more. */
#include "unit/soc_board.h"

#define AT    UINT32_C(0x012300)
#define BLOCK UINT32_C(0x10000)

static struct board board;

static int begin(void **state)
{
    (void)state;
    make(&board, &on_port_2, XSPI2);
    bring_up_port_2(&board);
    enable(&board);
    assert_int_equal(read_id(&board), ID);
    return 0;
}

static int end(void **state)
{
    (void)state;
    destroy(&board);
    return 0;
}

static unsigned ones(uint32_t value)
{
    return (unsigned)__builtin_popcount(value);
}

static void stuck_lines_give_one_level(void **state)
{
    (void)state;
    soc_spoil_lines(board.soc, SOC_LINES_HIGH, 1);
    assert_int_equal(read_id(&board), 0xFFFFFF);
    soc_spoil_lines(board.soc, SOC_LINES_LOW, 1);
    assert_int_equal(read_id(&board), 0);
    soc_spoil_lines(board.soc, SOC_LINES_GOOD, 1);
    assert_int_equal(read_id(&board), ID);
}

static void one_flip_is_one_bit_of_one_read(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        soc_spoil_lines(board.soc, SOC_LINES_FLIP_ONCE, seed);
        assert_int_equal(ones(read_id(&board) ^ ID), 1);
        assert_int_equal(read_id(&board), ID);
    }
}

static void flips_go_on(void **state)
{
    (void)state;
    soc_spoil_lines(board.soc, SOC_LINES_FLIP_ALWAYS, 7);
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(ones(read_id(&board) ^ ID), 3);
    }
    soc_spoil_lines(board.soc, SOC_LINES_GOOD, 0);
    assert_int_equal(read_id(&board), ID);
}

/* What stands still when its clock stops goes on when it comes back. */
static void a_stopped_clock_keeps_the_controller_busy(void **state)
{
    (void)state;
    soc_stop_kernel_clocks(board.soc, true);
    command(&board, 0x06, OP, 0);
    assert_int_equal(rd(&board, XSPI2 + SR) & 0x22, 0x20); /* BUSY, no TCF */
    soc_stop_kernel_clocks(board.soc, false);
    board.clock.now_ps += PS_PER_MS;
    assert_int_equal(rd(&board, XSPI2 + SR) & 0x22, 0x02);
    wr(&board, XSPI2 + FCR, 2);
    assert_int_equal(read_status(&board), 0x02);
}

static void a_stuck_flag_is_released(void **state)
{
    (void)state;
    soc_stick_status(board.soc, 1 << 5, 1 << 5);
    assert_int_equal(rd(&board, XSPI2 + SR) & 0x20, 0x20);
    soc_stick_status(board.soc, 1 << 1, 0);
    command(&board, 0x06, OP, 0);
    assert_int_equal(rd(&board, XSPI2 + SR) & 0x02, 0);
    soc_release_stuck(board.soc);
    assert_int_equal(rd(&board, XSPI2 + SR) & 0x20, 0);
    command(&board, 0x06, OP, 0);
    assert_int_equal(read_status(&board), 0x02);
}

static void a_chip_without_power_is_silent(void **state)
{
    (void)state;
    soc_lose_power(board.soc, true);
    assert_int_equal(read_id(&board), 0); /* lines that nobody drives */
    modify(&board, GPION + 0x20, 0, 0);   /* the way is looked at anew */
    assert_int_equal(read_id(&board), 0);
    soc_lose_power(board.soc, false);
    board.clock.now_ps += PS_PER_MS; /* tPU 300 us */
    assert_int_equal(read_id(&board), ID);
}

static void a_dip_takes_the_state_and_tears_the_operation(void **state)
{
    (void)state;
    memset(board.cells, 0x00, BLOCK);
    command(&board, 0x06, OP, 0);
    command(&board, 0xD8, OP | ADDRESS, 0);
    board.clock.now_ps += 300 * PS_PER_MS; /* of 512 ms */
    assert_int_equal(read_status(&board), 0x03);
    soc_dip_power(board.soc);
    assert_int_equal(read_id(&board), 0); /* tPU */
    board.clock.now_ps += PS_PER_MS;
    assert_int_equal(read_status(&board), 0);
    assert_int_equal(read_id(&board), ID);
    unsigned zeros = 0, blank = 0;
    for (uint32_t i = 0; i < BLOCK; i++) {
        zeros += board.cells[i] == 0x00;
        blank += board.cells[i] == 0xFF;
    }
    assert_true(zeros < BLOCK && blank < BLOCK);
    command(&board, 0x06, OP, 0);
    soc_dip_power(board.soc);
    board.clock.now_ps += PS_PER_MS;
    assert_int_equal(read_status(&board), 0); /* WEL */
}

struct heard {
    unsigned count;
    uint8_t opcode;
};

static void hear(void *context, uint8_t opcode)
{
    struct heard *heard = context;
    heard->count++;
    heard->opcode = opcode;
    if (opcode == 0x06) {
        soc_dip_power(board.soc);
    }
}

/* A fault of the chip may set in as the frame begins: here it does not hear it. */
static void frames_are_told_before_the_chip_hears_them(void **state)
{
    (void)state;
    struct heard heard = {0, 0};
    soc_watch_frames(board.soc, hear, &heard);
    assert_int_equal(read_id(&board), ID);
    assert_int_equal(heard.count, 1);
    assert_int_equal(heard.opcode, 0x9F);
    command(&board, 0x06, OP, 0);
    soc_watch_frames(board.soc, NULL, NULL);
    board.clock.now_ps += PS_PER_MS;
    assert_int_equal(heard.opcode, 0x06);
    assert_int_equal(read_status(&board), 0);
    command(&board, 0x06, OP, 0);
    assert_int_equal(read_status(&board), 0x02);
}

static void program_page(uint8_t value)
{
    uint8_t bytes[256];
    memset(bytes, value, sizeof bytes);
    program(&board, AT, bytes, sizeof bytes);
    board.clock.now_ps += 2 * PS_PER_MS;
}

static void erase_block(void)
{
    command(&board, 0x06, OP, 0);
    command(&board, 0xD8, OP | ADDRESS, AT);
    board.clock.now_ps += PS_PER_SECOND;
}

static unsigned count_in_page(uint8_t value)
{
    unsigned count = 0;
    for (uint32_t i = 0; i < 256; i++) {
        count += board.cells[AT + i] == value;
    }
    return count;
}

static void a_program_that_does_nothing_looks_done(void **state)
{
    (void)state;
    soc_fail_chip(board.soc, NOR_FAILURE_NOTHING);
    program_page(0x00);
    assert_int_equal(read_status(&board), 0);
    assert_int_equal(count_in_page(0xFF), 256);
    program_page(0x00);
    assert_int_equal(read_status(&board), 0);
    assert_int_equal(count_in_page(0x00), 256);
    soc_fail_chip(board.soc, NOR_FAILURE_NOTHING);
    erase_block();
    assert_int_equal(read_status(&board), 0);
    assert_int_equal(count_in_page(0x00), 256);
}

static void what_is_done_partly_is_neither_old_nor_new(void **state)
{
    (void)state;
    soc_fail_chip(board.soc, NOR_FAILURE_PARTLY);
    program_page(0x00);
    assert_int_equal(read_status(&board), 0);
    assert_in_range(count_in_page(0x00), 1, 255);
    memset(board.cells, 0, 2 * BLOCK);
    soc_fail_chip(board.soc, NOR_FAILURE_PARTLY);
    erase_block();
    assert_int_equal(read_status(&board), 0);
    assert_int_equal(board.cells[BLOCK], 0xFF);
    assert_int_equal(board.cells[2 * BLOCK - 1], 0x00);
}

static void a_stray_bit_is_one_bit(void **state)
{
    (void)state;
    uint32_t where;
    soc_fail_chip(board.soc, NOR_FAILURE_ASTRAY);
    assert_false(nor_strayed(board.chip, &where));
    program_page(0xF7);
    assert_int_equal(read_status(&board), 0);
    assert_true(nor_strayed(board.chip, &where));
    assert_in_range(where, AT, AT + 255);
    assert_int_equal(count_in_page(0xF7), 255);
    assert_int_equal(ones((uint32_t)board.cells[where] ^ 0xF7), 1);
    soc_fail_chip(board.soc, NOR_FAILURE_ASTRAY);
    erase_block();
    assert_int_equal(read_status(&board), 0);
    assert_true(nor_strayed(board.chip, &where));
    assert_in_range(where, BLOCK, 2 * BLOCK - 1);
    assert_int_equal(ones((uint32_t)board.cells[where] ^ 0xFF), 1);
}

static void what_never_ends_ends_by_a_reset(void **state)
{
    (void)state;
    soc_fail_chip(board.soc, NOR_FAILURE_NEVER_ENDS);
    erase_block();
    board.clock.now_ps += 1000 * PS_PER_SECOND;
    assert_int_equal(read_status(&board), 0x03);
    command(&board, 0x66, OP, 0);
    command(&board, 0x99, OP, 0);
    board.clock.now_ps += PS_PER_MS;
    assert_int_equal(read_status(&board), 0);
    erase_block();
    assert_int_equal(read_status(&board), 0);
}

/* Refused as this family refuses: the error flag, and WIP stays until 30h. */
static void protection_that_comes_refuses_all_until_it_goes(void **state)
{
    (void)state;
    soc_fail_chip(board.soc, NOR_FAILURE_PROTECTED);
    for (unsigned i = 0; i < 2; i++) {
        program_page(0x00);
        assert_int_equal(read_status(&board), 0x03);
        command(&board, 0x30, OP, 0);
    }
    assert_int_equal(count_in_page(0xFF), 256);
    soc_fail_chip(board.soc, NOR_FAILURE_NONE);
    program_page(0x00);
    assert_int_equal(read_status(&board), 0);
    assert_int_equal(count_in_page(0x00), 256);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(stuck_lines_give_one_level),
        TEST(one_flip_is_one_bit_of_one_read),
        TEST(flips_go_on),
        TEST(a_stopped_clock_keeps_the_controller_busy),
        TEST(a_stuck_flag_is_released),
        TEST(a_chip_without_power_is_silent),
        TEST(a_dip_takes_the_state_and_tears_the_operation),
        TEST(frames_are_told_before_the_chip_hears_them),
        TEST(a_program_that_does_nothing_looks_done),
        TEST(what_is_done_partly_is_neither_old_nor_new),
        TEST(a_stray_bit_is_one_bit),
        TEST(what_never_ends_ends_by_a_reset),
        TEST(protection_that_comes_refuses_all_until_it_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
