/* SPDX-License-Identifier: MIT */
/* One thing broken at a time on the way to the flash chip. */
#include "unit/soc_board.h"

/* Everything on the way to the chip, broken one at a time after a whole bring-up. */
enum breakage {
    NOTHING,
    REGISTER,
    WIRE
};

struct broken {
    enum breakage kind;
    const char *signal; /* of a wire */
    uint32_t address, mask, value;
};

static void break_it(struct board *board, const struct broken *row)
{
    if (row->kind == REGISTER) {
        modify(board, row->address, row->mask, row->value);
    } else if (row->kind == WIRE) {
        assert_true(soc_cut_wire(board->soc, row->signal));
    }
}

#define MODER_PIN(port, pin)                                                                       \
    {                                                                                              \
        REGISTER, NULL, port, 3U << (2 * (pin)), 0                                                 \
    }
#define ANALOG_PIN(port, pin)                                                                      \
    {                                                                                              \
        REGISTER, NULL, port, 0, 3U << (2 * (pin))                                                 \
    }
#define AFR_PIN(port, pin)                                                                         \
    {                                                                                              \
        REGISTER, NULL, (port) + 0x20, 0xFU << (4 * (pin)), 8U << (4 * (pin))                      \
    }

static const struct broken breaks_port_2[] = {
    {REGISTER, NULL, PWR + 0x3C, 1 << 9, 0}, /* VDDIO3SV */
    MODER_PIN(GPION, 1),
    MODER_PIN(GPION, 2),
    MODER_PIN(GPION, 3),
    MODER_PIN(GPION, 6),
    ANALOG_PIN(GPION, 1),
    ANALOG_PIN(GPION, 2),
    ANALOG_PIN(GPION, 3),
    ANALOG_PIN(GPION, 6),
    AFR_PIN(GPION, 1),
    AFR_PIN(GPION, 2),
    AFR_PIN(GPION, 3),
    AFR_PIN(GPION, 6),
    {REGISTER, NULL, RCC + 0x260, 1 << 12, 0},   /* XSPI2's clock */
    {REGISTER, NULL, RCC + 0x220, 0, 1 << 12},   /* XSPI2 held in reset */
    {REGISTER, NULL, RCC + 0x21C, 0, 1 << 13},   /* GPION reset */
    {REGISTER, NULL, RCC + 0x248, 1 << 6, 0},    /* PEREN: kernel clock stops */
    {REGISTER, NULL, RCC + 0x158, 0, 3 << 4},    /* ic4_ck, not enabled */
    {REGISTER, NULL, RCC + 0x15C, 0, 2},         /* PERSEL = HSE */
    {REGISTER, NULL, XSPIM, 0, 2},               /* swapped ports */
    {REGISTER, NULL, XSPIM, 0, 1},               /* both on port 1 */
    {REGISTER, NULL, XSPIM, 0, 1 << 4 | 1 << 6}, /* chip select forced to NCS2 */
    {REGISTER, NULL, XSPI2 + CR, 0, 1 << 24},    /* CSSEL = NCS2 */
    {REGISTER, NULL, GPION, 3 << 14, 1 << 14},   /* PN7 low: RESET# */
    {REGISTER, NULL, GPION, 3 << 14, 2 << 14},   /* PN7 as NCLK, with AFR below */
    {WIRE, "CLK", 0, 0, 0},
    {WIRE, "NCS", 0, 0, 0},
    {WIRE, "IO0", 0, 0, 0},
    {WIRE, "IO1", 0, 0, 0},
};

/* As enable(), but a controller whose kernel clock stands still may stay BUSY. */
static uint32_t id_when_broken(const struct broken *row)
{
    struct board board;
    make(&board, &on_port_2, XSPI2);
    bring_up_port_2(&board);
    modify(&board, GPION + 0x20, 0, 9U << 28); /* PN7's AF: harmless while it is analog */
    break_it(&board, row);
    wr(&board, XSPI2 + DCR1, 1 << 8 | 31 << 16);
    wr(&board, XSPI2 + DCR2, 1);
    wait_sr(&board, 1 << 5, 0);
    modify(&board, XSPI2 + CR, 0, 1);
    const uint32_t id = read_id(&board);
    destroy(&board);
    return id;
}

static void one_thing_broken_on_port_2(void **state)
{
    (void)state;
    const struct broken whole = {NOTHING, NULL, 0, 0, 0};
    assert_int_equal(id_when_broken(&whole), ID);
    for (unsigned i = 0; i < sizeof breaks_port_2 / sizeof breaks_port_2[0]; i++) {
        if (id_when_broken(&breaks_port_2[i]) == ID) {
            fail_msg("row %u does not break the way", i);
        }
    }
}

static const struct broken harmless_on_port_2[] = {
    {NOTHING, NULL, 0, 0, 0},
    {REGISTER, NULL, RCC + 0x25C, 1 << 13, 0}, /* a gated port keeps its configuration */
    {REGISTER, NULL, RCC + 0x260, 1 << 13, 0}, /* XSPIM's clock matters only for writing it */
    {REGISTER, NULL, PWR + 0x3C, 1 << 8, 0},   /* VDDIO2SV: other port */
    MODER_PIN(GPION, 4),
    MODER_PIN(GPION, 5),                /* IO2, IO3: not used by 1-1-1 */
    {REGISTER, NULL, XSPIM, 0, 1 << 5}, /* override not enabled */
    {WIRE, "IO2", 0, 0, 0},
    {WIRE, "IO3", 0, 0, 0},
};

static void harmless_changes_on_port_2(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof harmless_on_port_2 / sizeof harmless_on_port_2[0]; i++) {
        struct board board;
        make(&board, &on_port_2, XSPI2);
        bring_up_port_2(&board);
        break_it(&board, &harmless_on_port_2[i]);
        enable(&board);
        assert_int_equal(read_id(&board), ID);
        destroy(&board);
    }
}

static const struct broken breaks_port_1[] = {
    {REGISTER, NULL, PWR + 0x3C, 1 << 8, 0}, /* VDDIO2SV */
    {REGISTER, NULL, GPIOB + 0x14, 8, 0},    /* power switch low */
    {REGISTER, NULL, GPIOB, 3 << 6, 0},      /* power switch not driven */
    MODER_PIN(GPIOO, 0),
    MODER_PIN(GPIOO, 4),
    MODER_PIN(GPIOP, 0),
    MODER_PIN(GPIOP, 1),
    AFR_PIN(GPIOO, 0),
    AFR_PIN(GPIOO, 4),
    AFR_PIN(GPIOP, 0),
    AFR_PIN(GPIOP, 1),
    {WIRE, "POWER", 0, 0, 0},
    {WIRE, "CLK", 0, 0, 0},
};

static void one_thing_broken_on_port_1(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof breaks_port_1 / sizeof breaks_port_1[0]; i++) {
        struct board board;
        make(&board, &on_port_1, XSPI1);
        bring_up_port_1(&board);
        break_it(&board, &breaks_port_1[i]);
        enable(&board);
        if (read_id(&board) == ID) {
            fail_msg("row %u does not break the way", i);
        }
        destroy(&board);
    }
}

static void says_why_the_chip_was_not_reached(void **state)
{
    (void)state;
    struct board board;
    make(&board, &on_port_2, XSPI2);
    bring_up_port_2(&board);
    soc_cut_wire(board.soc, "CLK");
    assert_false(soc_cut_wire(board.soc, "DQS"));
    enable(&board);
    read_id(&board);
    assert_string_equal(soc_stats(board.soc)->unreached_because, "CLK");
    assert_int_equal(soc_stats(board.soc)->frames_unreached, 1);
    destroy(&board);
}

/* A line that nobody drives reads as the board's pull says. */
static void undriven_level(void **state)
{
    (void)state;
    struct soc_config config = on_port_2;
    for (unsigned i = 0; i < 2; i++) {
        struct board board;
        config.undriven = i == 0 ? 0x00 : 0xFF;
        make(&board, &config, XSPI2);
        bring_up_port_2(&board);
        soc_cut_wire(board.soc, "NCS");
        enable(&board);
        assert_int_equal(read_id(&board), i == 0 ? 0x000000 : 0xFFFFFF);
        destroy(&board);
    }
}

/* The pull-up on NCS ends the frame when its pad lets go: the chip starts to program the one byte
 * it has got of two. */
static void lost_chip_select_ends_the_frame(void **state)
{
    (void)state;
    struct board board;
    struct nor_state chip;
    make(&board, &on_port_2, XSPI2);
    bring_up_port_2(&board);
    enable(&board);
    command(&board, 0x06, OP, 0);
    modify(&board, XSPI2 + CR, 3U << 28, 0);
    wr(&board, XSPI2 + DLR, 1);
    wr(&board, XSPI2 + CCR, OP | ADDRESS | DATA);
    wr(&board, XSPI2 + IR, 0x02);
    wr(&board, XSPI2 + AR, 0x100);
    assert_int_equal(soc_write(board.soc, XSPI2 + DR, 1, 0x5A), SOC_OK);
    board.clock.now_ps += 10 * PS_PER_US;
    rd(&board, XSPI2 + SR);
    nor_get_state(board.chip, board.clock.now_ps, &chip);
    assert_false(chip.busy);
    modify(&board, GPION, 3 << 2, 0);
    nor_get_state(board.chip, board.clock.now_ps, &chip);
    assert_true(chip.busy);
    destroy(&board);
}

/* A frame that is over when a pad changes has met the pad as it was. */
static void what_is_past_met_the_old_pins(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct board board;
        uint32_t id;
        make(&board, &on_port_2, XSPI2);
        bring_up_port_2(&board);
        enable(&board);
        modify(&board, XSPI2 + CR, 3U << 28, 1U << 28);
        wr(&board, XSPI2 + DLR, 3);
        wr(&board, XSPI2 + CCR, OP | DATA);
        wr(&board, XSPI2 + IR, 0x9F);
        board.clock.now_ps += 10 * PS_PER_US; /* 40 clocks at 32 MHz take 1.25 us */
        if (i == 0) {
            assert_int_equal(soc_write(board.soc, GPION, 4, 0xFFFFFFFF), SOC_OK);
        } else {
            assert_true(soc_cut_wire(board.soc, "IO1"));
        }
        assert_int_equal(soc_read(board.soc, XSPI2 + DR, 4, &id), SOC_OK);
        assert_int_equal(id & 0xFFFFFF, ID);
        destroy(&board);
    }
}

static void rom_reads_by_wires_alone(void **state)
{
    (void)state;
    static const char *const needed[] = {"CLK", "NCS", "IO0", "IO1"};
    uint8_t seen[8];
    struct board board;
    make(&board, &on_port_2, XSPI2);
    memcpy(board.cells, "STM2 hdr", 8);
    memcpy(board.cells + 0x123456, "elsewher", 8);
    soc_rom_read(board.soc, 0x03, 0, seen, sizeof seen);
    assert_memory_equal(seen, "STM2 hdr", 8);
    soc_rom_read(board.soc, 0x13, 0x123456, seen, sizeof seen);
    assert_memory_equal(seen, "elsewher", 8);
    assert_int_equal(rd(&board, RCC + 0x260), 0); /* registers as after reset */
    assert_true(soc_cut_wire(board.soc, "IO3"));
    soc_rom_read(board.soc, 0x03, 0, seen, sizeof seen);
    assert_memory_equal(seen, "STM2 hdr", 8);
    destroy(&board);
    for (unsigned i = 0; i < 4; i++) {
        make(&board, &on_port_2, XSPI2);
        memcpy(board.cells, "STM2 hdr", 8);
        soc_cut_wire(board.soc, needed[i]);
        soc_rom_read(board.soc, 0x03, 0, seen, sizeof seen);
        assert_memory_not_equal(seen, "STM2 hdr", 8);
        destroy(&board);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_thing_broken_on_port_2),
        cmocka_unit_test(harmless_changes_on_port_2),
        cmocka_unit_test(one_thing_broken_on_port_1),
        cmocka_unit_test(says_why_the_chip_was_not_reached),
        cmocka_unit_test(undriven_level),
        cmocka_unit_test(lost_chip_select_ends_the_frame),
        cmocka_unit_test(what_is_past_met_the_old_pins),
        cmocka_unit_test(rom_reads_by_wires_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
