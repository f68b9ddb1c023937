/* SPDX-License-Identifier: MIT */
/*
 * A board with the flash on port 1 or port 2, brought up by register writes, and transactions of
 * the XSPI controller by hand. Every access takes 100 ns of the virtual clock.
 *
 * Addresses and bits: CMSIS header of cmsis-device-n6 and ST SVD STM32N655; start conditions of the
 * controller: as ST's HAL uses it; the chip: FMF S25FL064L model.
 */
#ifndef EXTLOAD_TESTS_UNIT_SOC_BOARD_H
#define EXTLOAD_TESTS_UNIT_SOC_BOARD_H

#include "sim/soc/soc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RCC   0x56028000U
#define PWR   0x56024800U
#define GPIOB 0x56020400U
#define GPION 0x56023400U
#define GPIOO 0x56023800U
#define GPIOP 0x56023C00U
#define XSPI1 0x58025000U
#define XSPI2 0x5802A000U
#define XSPIM 0x5802B400U
#define CELLS (8U << 20)
#define ID    0x176001U /* RDID: 01 60 17 */

enum {
    CR = 0x00,
    DCR1 = 0x08,
    DCR2 = 0x0C,
    SR = 0x20,
    FCR = 0x24,
    DLR = 0x40,
    AR = 0x48,
    DR = 0x50,
    PSMKR = 0x80,
    PSMAR = 0x88,
    PIR = 0x90,
    CCR = 0x100,
    TCR = 0x108,
    IR = 0x110
};

struct board {
    struct sim_clock clock;
    struct nor *chip;
    struct soc *soc;
    uint8_t *cells;
    uint32_t base; /* of the controller */
};

static const struct soc_config on_port_2 = {
    .mcu = "STM32N655X0",
    .wires = {{"PN6", "CLK", false},
              {"PN1", "NCS", false},
              {"PN2", "IO0", false},
              {"PN3", "IO1", false},
              {"PN4", "IO2", false},
              {"PN5", "IO3", false},
              {"PN7", "RESET", false}},
    .wire_count = 7,
};

static const struct soc_config on_port_1 = {
    .mcu = "STM32N657X0",
    .wires = {{"PO4", "CLK", false},
              {"PO0", "NCS", false},
              {"PP0", "IO0", false},
              {"PP1", "IO1", false},
              {"PP2", "IO2", false},
              {"PP3", "IO3", false},
              {"PB3", "POWER", false}},
    .wire_count = 7,
    .power_switched = true,
};

static inline void make(struct board *board, const struct soc_config *config, uint32_t base)
{
    struct error error = {0};
    memset(board, 0, sizeof *board);
    board->base = base;
    board->cells = malloc(CELLS);
    assert_non_null(board->cells);
    memset(board->cells, 0xFF, CELLS);
    const struct nor_config nor = {
        .part = "S25FL064L", .timing = NOR_TIMING_TYPICAL, .array = board->cells};
    board->chip = nor_create(&nor, &error);
    assert_non_null(board->chip);
    board->soc = soc_create(config, &board->clock, board->chip, &error);
    assert_non_null(board->soc);
    board->clock.now_ps += PS_PER_MS; /* tPU 300 us */
}

static inline void destroy(struct board *board)
{
    soc_destroy(board->soc);
    nor_destroy(board->chip);
    free(board->cells);
}

static inline uint32_t rd(struct board *board, uint32_t address)
{
    uint32_t value;
    board->clock.now_ps += 100 * PS_PER_NS;
    assert_int_equal(soc_read(board->soc, address, 4, &value), SOC_OK);
    return value;
}

static inline void wr(struct board *board, uint32_t address, uint32_t value)
{
    board->clock.now_ps += 100 * PS_PER_NS;
    assert_int_equal(soc_write(board->soc, address, 4, value), SOC_OK);
}

static inline void modify(struct board *board, uint32_t address, uint32_t mask, uint32_t value)
{
    wr(board, address, (rd(board, address) & ~mask) | value);
}

static inline bool wait_sr(struct board *board, uint32_t mask, uint32_t value)
{
    for (unsigned i = 0; i < 10000; i++) {
        if ((rd(board, board->base + SR) & mask) == value) {
            return true;
        }
    }
    return false;
}

/* ENR bits before reset pulse before supply before kernel clock before pads. */
static inline void bring_up_port_2(struct board *board)
{
    wr(board, 0x56028A5C, 1 << 18 | 1 << 13); /* PWR, GPION */
    wr(board, 0x56028A78, 3);                 /* SYSCFG, BSEC */
    wr(board, 0x56028A48, 1 << 3 | 1 << 6);   /* XSPIPHYCOMP, PER */
    rd(board, 0x5602825C);
    wr(board, 0x56028A60, 1 << 12 | 1 << 13); /* XSPI2, XSPIM */
    rd(board, 0x56028260);
    wr(board, 0x56028A20, 1 << 12 | 1 << 13);
    wr(board, 0x56029220, 1 << 12 | 1 << 13);
    modify(board, 0x5602483C, 0, 1 << 9);      /* VDDIO3SV */
    modify(board, 0x56028158, 3 << 4, 1 << 4); /* XSPI2SEL = per_ck = HSI 64 MHz */
    wr(board, 0x5802B400, 0);
    modify(board, GPION + 0x20, 0x0FFFFFF0, 0x09999990);
    modify(board, GPION + 0x08, 0x00003FFC, 0x00003FFC);
    modify(board, GPION + 0x00, 0x00003FFC, 0x00002AA8);
    assert_int_equal(rd(board, GPION + 0x00), 0xFFFFEAAB);
}

static inline void bring_up_port_1(struct board *board)
{
    wr(board, 0x56028A5C, 1 << 18 | 1 << 14 | 1 << 15 | 1 << 1); /* PWR, GPIOO, GPIOP, GPIOB */
    wr(board, 0x56028A48, 1 << 6);
    wr(board, 0x56028A60, 1 << 5 | 1 << 13); /* XSPI1, XSPIM */
    modify(board, 0x5602483C, 0, 1 << 8);    /* VDDIO2SV */
    modify(board, 0x56028158, 3, 1);
    wr(board, GPIOO + 0x20, 0x00090009);
    wr(board, GPIOO + 0x00, 0xFFFFFEFE);
    wr(board, GPIOP + 0x20, 0x00009999);
    wr(board, GPIOP + 0x00, 0xFFFFFFAA);
    wr(board, GPIOB + 0x18, 1 << 3); /* power switch */
    wr(board, GPIOB + 0x00, 0xFFFFFF7F);
    board->clock.now_ps += PS_PER_MS;
}

static inline void enable(struct board *board)
{
    wr(board, board->base + DCR1, 1 << 8 | 31 << 16);
    wr(board, board->base + DCR2, 1); /* 32 MHz */
    assert_true(wait_sr(board, 1 << 5, 0));
    wr(board, board->base + CR, 1);
}

/* CCR fields: IMODE 2:0, ADMODE 10:8, ADSIZE 13:12, DMODE 26:24. */
#define OP      1U
#define ADDRESS (1U << 8 | 2U << 12)
#define DATA    (1U << 24)
#define DATA_4  (3U << 24)

static inline void command(struct board *board, uint8_t opcode, uint32_t ccr, uint32_t address)
{
    modify(board, board->base + CR, 3U << 28, 0);
    wr(board, board->base + TCR, 0);
    wr(board, board->base + CCR, ccr);
    wr(board, board->base + IR, opcode);
    if ((ccr & 7U << 8) != 0) {
        wr(board, board->base + AR, address);
    }
    wait_sr(board, 1 << 1, 1 << 1);
    wr(board, board->base + FCR, 1 << 1);
}

static inline void read_bytes(struct board *board, uint8_t opcode, uint32_t ccr, uint32_t dummy,
                              uint32_t address, uint8_t *bytes, uint32_t size)
{
    modify(board, board->base + CR, 3U << 28, 1U << 28);
    wr(board, board->base + DLR, size - 1);
    wr(board, board->base + TCR, dummy);
    wr(board, board->base + CCR, ccr);
    wr(board, board->base + IR, opcode);
    if ((ccr & 7U << 8) != 0) {
        wr(board, board->base + AR, address);
    }
    memset(bytes, 0xEE, size);
    for (uint32_t i = 0; i < size && wait_sr(board, 1 << 2, 1 << 2); i++) {
        uint32_t byte;
        assert_int_equal(soc_read(board->soc, board->base + DR, 1, &byte), SOC_OK);
        bytes[i] = (uint8_t)byte;
    }
    wr(board, board->base + FCR, 1 << 1);
}

static inline uint32_t read_id(struct board *board)
{
    uint8_t id[3];
    read_bytes(board, 0x9F, OP | DATA, 0, 0, id, 3);
    return id[0] | (uint32_t)id[1] << 8 | (uint32_t)id[2] << 16;
}

static inline uint8_t read_status(struct board *board)
{
    uint8_t status;
    read_bytes(board, 0x05, OP | DATA, 0, 0, &status, 1);
    return status;
}

static inline void program(struct board *board, uint32_t address, const uint8_t *bytes,
                           uint32_t size)
{
    command(board, 0x06, OP, 0);
    modify(board, board->base + CR, 3U << 28, 0);
    wr(board, board->base + DLR, size - 1);
    wr(board, board->base + TCR, 0);
    wr(board, board->base + CCR, OP | ADDRESS | DATA);
    wr(board, board->base + IR, 0x02);
    wr(board, board->base + AR, address);
    for (uint32_t i = 0; i < size; i++) {
        assert_true(wait_sr(board, 1 << 2, 1 << 2));
        assert_int_equal(soc_write(board->soc, board->base + DR, 1, bytes[i]), SOC_OK);
    }
    assert_true(wait_sr(board, 1 << 1, 1 << 1));
    wr(board, board->base + FCR, 1 << 1);
}

#endif
