/* SPDX-License-Identifier: MIT */
/* From registers to the flash chip and back, by hand. */
#include "unit/soc_board.h"

static void identifies_on_port_2(void **state)
{
    (void)state;
    struct board board;
    make(&board, &on_port_2, XSPI2);
    bring_up_port_2(&board);
    enable(&board);
    assert_int_equal(read_id(&board), ID);
    assert_int_equal(soc_stats(board.soc)->unclocked_accesses, 0);
    assert_int_equal(soc_stats(board.soc)->unmodelled_accesses, 0);
    assert_int_equal(soc_stats(board.soc)->frames_unreached, 0);
    destroy(&board);
}

static void identifies_on_port_1_behind_a_power_switch(void **state)
{
    (void)state;
    struct board board;
    make(&board, &on_port_1, XSPI1);
    bring_up_port_1(&board);
    enable(&board);
    assert_int_equal(read_id(&board), ID);
    destroy(&board);
}

/* XSPIM.MODE = 1 swaps the ports: XSPI1 reaches the chip on port 2. */
static void identifies_through_swapped_ports(void **state)
{
    (void)state;
    struct board board;
    make(&board, &on_port_2, XSPI1);
    bring_up_port_2(&board);
    wr(&board, RCC + 0xA60, 1 << 5);
    modify(&board, RCC + 0x158, 3, 1);
    wr(&board, XSPIM, 2);
    enable(&board);
    assert_int_equal(read_id(&board), ID);
    destroy(&board);
}

static void works_by_the_non_secure_alias(void **state)
{
    (void)state;
    struct board board;
    make(&board, &on_port_2, XSPI2 & ~0x10000000U);
    bring_up_port_2(&board);
    enable(&board);
    assert_int_equal(read_id(&board), ID);
    destroy(&board);
}

static void programs_reads_and_erases(void **state)
{
    (void)state;
    static const uint8_t text[] = "spins and wires";
    uint8_t back[sizeof text];
    struct board board;
    make(&board, &on_port_2, XSPI2);
    bring_up_port_2(&board);
    enable(&board);
    assert_int_equal(read_status(&board), 0);
    command(&board, 0x06, OP, 0);
    assert_int_equal(read_status(&board), 0x02); /* WEL */
    program(&board, 0x012340, text, sizeof text);
    assert_int_equal(read_status(&board) & 1, 1); /* WIP */
    board.clock.now_ps += 2 * PS_PER_MS;          /* tPP at most 1350 us */
    assert_int_equal(read_status(&board), 0);
    assert_memory_equal(board.cells + 0x012340, text, sizeof text);
    read_bytes(&board, 0x03, OP | ADDRESS | DATA, 0, 0x012340, back, sizeof back);
    assert_memory_equal(back, text, sizeof text);
    command(&board, 0x06, OP, 0);
    command(&board, 0x20, OP | ADDRESS, 0x012000);
    assert_int_equal(read_status(&board) & 1, 1);
    board.clock.now_ps += 400 * PS_PER_MS; /* tSE at most 320 ms */
    assert_int_equal(read_status(&board), 0);
    read_bytes(&board, 0x03, OP | ADDRESS | DATA, 0, 0x012340, back, sizeof back);
    assert_int_equal(back[0], 0xFF);
    destroy(&board);
}

/* 50h, 01h SR1 CR1 sets QUAD (CR1 bit 1) volatile; 6Bh is 1-1-4 with 8 dummy clocks. */
static void reads_on_four_lines(void **state)
{
    (void)state;
    uint8_t back[16];
    struct board board;
    make(&board, &on_port_2, XSPI2);
    for (unsigned i = 0; i < sizeof back; i++) {
        board.cells[0x700 + i] = (uint8_t)(0x1D * i + 3);
    }
    bring_up_port_2(&board);
    enable(&board);
    command(&board, 0x50, OP, 0);
    modify(&board, XSPI2 + CR, 3U << 28, 0);
    wr(&board, XSPI2 + DLR, 1);
    wr(&board, XSPI2 + CCR, OP | DATA);
    wr(&board, XSPI2 + IR, 0x01);
    assert_int_equal(soc_write(board.soc, XSPI2 + DR, 2, 0x0200), SOC_OK);
    assert_true(wait_sr(&board, 1 << 1, 1 << 1));
    wr(&board, XSPI2 + FCR, 1 << 1);
    read_bytes(&board, 0x6B, OP | ADDRESS | DATA_4, 8, 0x700, back, sizeof back);
    assert_memory_equal(back, board.cells + 0x700, sizeof back);
    /* A cut data line costs its bits and nothing else: it reads as undriven, 0. */
    assert_true(soc_cut_wire(board.soc, "IO2"));
    read_bytes(&board, 0x6B, OP | ADDRESS | DATA_4, 8, 0x700, back, sizeof back);
    for (unsigned i = 0; i < sizeof back; i++) {
        assert_int_equal(back[i], board.cells[0x700 + i] & 0xBB);
    }
    assert_int_equal(read_id(&board), ID);
    destroy(&board);
}

/* Lines crossed on the board: IO0 and IO1 swapped, as the copper says. */
static void crossed_wires_are_crossed(void **state)
{
    (void)state;
    struct soc_config crossed = on_port_2;
    strcpy(crossed.wires[4].signal, "IO3");
    strcpy(crossed.wires[5].signal, "IO2");
    struct board board;
    make(&board, &crossed, XSPI2);
    bring_up_port_2(&board);
    enable(&board);
    assert_int_equal(read_id(&board), ID); /* 1-1-1 does not care */
    strcpy(crossed.wires[2].signal, "IO1");
    strcpy(crossed.wires[3].signal, "IO0");
    destroy(&board);
    make(&board, &crossed, XSPI2);
    bring_up_port_2(&board);
    enable(&board);
    assert_int_not_equal(read_id(&board), ID);
    destroy(&board);
}

static void polls_by_itself(void **state)
{
    (void)state;
    static const uint8_t zero = 0;
    struct board board;
    make(&board, &on_port_2, XSPI2);
    bring_up_port_2(&board);
    enable(&board);
    program(&board, 0, &zero, 1);
    wr(&board, XSPI2 + PSMAR, 0);
    wr(&board, XSPI2 + PSMKR, 1);
    wr(&board, XSPI2 + PIR, 0x10);
    wr(&board, XSPI2 + DLR, 0);
    wr(&board, XSPI2 + CCR, OP | DATA);
    modify(&board, XSPI2 + CR, 3U << 28, 2U << 28 | 1U << 22); /* auto-poll, APMS */
    const uint64_t start = board.clock.now_ps;
    wr(&board, XSPI2 + IR, 0x05);
    assert_int_equal(rd(&board, XSPI2 + SR) & 1 << 3, 0);
    uint64_t event;
    while ((event = soc_next_event(board.soc)) != PS_NEVER &&
           (rd(&board, XSPI2 + SR) & 1 << 3) == 0) {
        board.clock.now_ps = event > board.clock.now_ps ? event : board.clock.now_ps;
    }
    assert_int_equal(rd(&board, XSPI2 + SR) & 1 << 3, 1 << 3); /* SMF */
    assert_true(board.clock.now_ps - start > 50 * PS_PER_US);
    assert_true(board.clock.now_ps - start < 1350 * PS_PER_US);
    destroy(&board);
}

static void mapped_window(void **state)
{
    (void)state;
    struct board board;
    make(&board, &on_port_2, XSPI2);
    memcpy(board.cells + 0x1000, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
    bring_up_port_2(&board);
    enable(&board);
    wr(&board, XSPI2 + CCR, OP | ADDRESS | DATA);
    wr(&board, XSPI2 + IR, 0x03);
    modify(&board, XSPI2 + CR, 0, 3U << 28);
    assert_int_equal(rd(&board, 0x70001000), 0x04030201);
    assert_int_equal(rd(&board, 0x70001004), 0x08070605);
    assert_int_equal(soc_stats(board.soc)->window_reads, 2);
    destroy(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identifies_on_port_2),
        cmocka_unit_test(identifies_on_port_1_behind_a_power_switch),
        cmocka_unit_test(identifies_through_swapped_ports),
        cmocka_unit_test(works_by_the_non_secure_alias),
        cmocka_unit_test(programs_reads_and_erases),
        cmocka_unit_test(reads_on_four_lines),
        cmocka_unit_test(crossed_wires_are_crossed),
        cmocka_unit_test(polls_by_itself),
        cmocka_unit_test(mapped_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
