/* SPDX-License-Identifier: MIT */
/*
 * The XSPI and an MX66UW1G45G on its eight lines, and transactions in the order in which ST's HAL
 * (stm32n6xx-hal-driver) writes the registers.
 */
#ifndef EXTLOAD_TESTS_UNIT_TEST_XSPI_OCTAL_RIG_H
#define EXTLOAD_TESTS_UNIT_TEST_XSPI_OCTAL_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/bus/registers.h"
#include "sim/bus/xspi.h"

#include <stdlib.h>
#include <string.h>

#define SIZE     (128u << 20)
#define BLANK    (1u << 20)
#define SPI      UINT32_C(0x00000001) /* CCR: one line */
#define SPI_24   UINT32_C(0x00002100) /* address */
#define SPI_32   UINT32_C(0x00003100)
#define SPI_DATA UINT32_C(0x01000000)
#define DOPI     UINT32_C(0x0000001C) /* eight lines, both edges, 16-bit opcode */
#define DOPI_32  UINT32_C(0x00003C00)
#define DOPI_IN  UINT32_C(0x0C000000)
#define STROBE   UINT32_C(0x20000000)
#define SOPI     UINT32_C(0x00000014)
#define SOPI_32  UINT32_C(0x00003400)
#define SOPI_IN  UINT32_C(0x04000000)
#define DOPI_ALL (DOPI | DOPI_32 | DOPI_IN)
#define MTYP_MX  (UINT32_C(1) << XSPI_DCR1_MTYP_Pos)
#define HOLD     UINT32_C(0x10000000) /* TCR.DHQC */
#define WIP      1u
#define WEL      2u

struct rig {
    struct sim_clock clock;
    struct nor *nor;
    struct xspi *xspi;
    uint8_t *cells;
    bool no_strobe;
};

static inline void pin_select(void *context, unsigned chip_select, uint64_t now, uint64_t period)
{
    struct rig *r = context;
    assert_int_equal(chip_select, 0);
    nor_select(r->nor, now, period);
}

/* Lines that nobody drives read 0. */
static inline uint8_t pin_clock(void *context, uint64_t now, enum nor_edge edge,
                                struct nor_lines out)
{
    struct rig *r = context;
    struct nor_lines in = nor_clock(r->nor, now, edge, out);
    assert_int_equal(in.driven & out.driven & ~0x0C, 0); /* nobody drives against anybody */
    return (uint8_t)((in.level & in.driven) | (out.level & out.driven & ~in.driven));
}

static inline void pin_deselect(void *context, uint64_t now)
{
    struct rig *r = context;
    nor_deselect(r->nor, now);
}

static inline uint64_t pin_event(void *context, uint64_t now)
{
    struct rig *r = context;
    return nor_next_event(r->nor, now);
}

static inline bool pin_strobe(void *context)
{
    struct rig *r = context;
    return !r->no_strobe && nor_strobes(r->nor);
}

static inline void put(struct rig *r, uint32_t offset, uint32_t value)
{
    r->clock.now_ps += 100 * PS_PER_NS;
    assert_int_equal(xspi_write(r->xspi, offset, 4, value), XSPI_OK);
}

static inline uint32_t get(struct rig *r, uint32_t offset)
{
    uint32_t value;
    r->clock.now_ps += 100 * PS_PER_NS;
    assert_int_equal(xspi_read(r->xspi, offset, 4, &value), XSPI_OK);
    return value;
}

static inline void until(struct rig *r, uint32_t mask, uint32_t value)
{
    for (unsigned i = 0; (get(r, XSPI_SR) & mask) != value; i++) {
        assert_true(i < 1000000);
    }
}

static inline void set_type(struct rig *r, uint32_t type)
{
    put(r, XSPI_CR, 0);
    put(r, XSPI_DCR1, type | 31u << XSPI_DCR1_DEVSIZE_Pos | 1u << XSPI_DCR1_CSHT_Pos);
    put(r, XSPI_CR, XSPI_CR_EN | 3u << XSPI_CR_FTHRES_Pos);
}

/* 50 MHz with prescaler 1, 100 MHz with 0. */
static inline int setup(void **state)
{
    struct rig *r = calloc(1, sizeof *r);
    struct error error = {0};
    const struct xspi_pins pins = {r, pin_select, pin_clock, pin_deselect, pin_event, pin_strobe};
    r->cells = calloc(1, SIZE);
    memset(r->cells, 0xFF, BLANK);
    struct nor_config config = {
        .part = "MX66UW1G45G", .timing = NOR_TIMING_TYPICAL, .seed = 3, .array = r->cells};
    r->nor = nor_create(&config, &error);
    nor_set_power(r->nor, 0, true);
    r->xspi = xspi_create("XSPI2", &pins, &r->clock);
    xspi_set_kernel_clock(r->xspi, 100000000);
    put(r, XSPI_DCR2, 1);
    r->clock.now_ps = 3 * PS_PER_MS;
    set_type(r, MTYP_MX);
    *state = r;
    return 0;
}

static inline int teardown(void **state)
{
    struct rig *r = *state;
    xspi_destroy(r->xspi);
    nor_destroy(r->nor);
    free(r->cells);
    free(r);
    return 0;
}

static inline void mode(struct rig *r, enum xspi_fmode fmode)
{
    uint32_t cr = get(r, XSPI_CR) & ~XSPI_CR_FMODE;
    put(r, XSPI_CR, cr | (uint32_t)fmode << XSPI_CR_FMODE_Pos);
}

/* HAL_XSPI_Command: CCR as bare DQSE first, never a start. */
static inline void configure(struct rig *r, uint32_t ccr, uint32_t ir, uint32_t address,
                             unsigned dummy, unsigned size)
{
    until(r, XSPI_SR_BUSY, 0);
    mode(r, XSPI_INDIRECT_WRITE);
    put(r, XSPI_CCR, ccr & STROBE);
    put(r, XSPI_TCR, HOLD | dummy);
    if (size != 0) {
        put(r, XSPI_DLR, size - 1);
    }
    put(r, XSPI_CCR, ccr);
    put(r, XSPI_IR, ir);
    if ((ccr & XSPI_CCR_ADMODE) != 0) {
        put(r, XSPI_AR, address);
    }
}

static inline void command_at(struct rig *r, uint32_t ccr, uint32_t ir, uint32_t address)
{
    configure(r, ccr, ir, address, 0, 0);
    until(r, XSPI_SR_BUSY, 0);
    put(r, XSPI_FCR, XSPI_SR_TCF);
}

static inline void command(struct rig *r, uint32_t ccr, uint32_t ir)
{
    command_at(r, ccr, ir, 0);
}

static inline void restart(struct rig *r)
{
    uint32_t trigger = (get(r, XSPI_CCR) & XSPI_CCR_ADMODE) != 0 ? XSPI_AR : XSPI_IR;
    put(r, trigger, get(r, trigger));
}

static inline void receive(struct rig *r, uint32_t ccr, uint32_t ir, uint32_t address,
                           unsigned dummy, void *bytes, unsigned size)
{
    uint8_t *to = bytes;
    configure(r, ccr, ir, address, dummy, size);
    mode(r, XSPI_INDIRECT_READ);
    restart(r);
    for (unsigned i = 0; i < size; i++) {
        uint32_t value;
        while ((get(r, XSPI_SR) & (XSPI_SR_FTF | XSPI_SR_TCF)) == 0) {
        }
        assert_int_equal(xspi_read(r->xspi, XSPI_DR, 1, &value), XSPI_OK);
        to[i] = (uint8_t)value;
    }
    until(r, XSPI_SR_TCF, XSPI_SR_TCF);
    put(r, XSPI_FCR, XSPI_SR_TCF);
}

static inline void transmit(struct rig *r, uint32_t ccr, uint32_t ir, uint32_t address,
                            const void *bytes, unsigned size)
{
    const uint8_t *from = bytes;
    configure(r, ccr, ir, address, 0, size);
    for (unsigned i = 0; i < size; i++) {
        until(r, XSPI_SR_FTF, XSPI_SR_FTF);
        assert_int_equal(xspi_write(r->xspi, XSPI_DR, 1, from[i]), XSPI_OK);
    }
    until(r, XSPI_SR_TCF, XSPI_SR_TCF);
    put(r, XSPI_FCR, XSPI_SR_TCF);
}

/* HAL_XSPI_AutoPolling. */
static inline void poll(struct rig *r, uint32_t ccr, uint32_t ir, unsigned dummy, uint32_t mask,
                        uint32_t match)
{
    configure(r, ccr, ir, 0, dummy, 1);
    put(r, XSPI_PSMAR, match);
    put(r, XSPI_PSMKR, mask);
    put(r, XSPI_PIR, 0x10);
    put(r, XSPI_CR, get(r, XSPI_CR) | XSPI_CR_APMS);
    mode(r, XSPI_AUTO_POLLING);
    restart(r);
    for (unsigned i = 0; (get(r, XSPI_SR) & XSPI_SR_SMF) == 0; i++) {
        assert_true(i < 10000);
        uint64_t next = xspi_next_event(r->xspi);
        if (next != PS_NEVER && next > r->clock.now_ps) {
            r->clock.now_ps = next;
        }
    }
    put(r, XSPI_FCR, XSPI_SR_SMF);
}

static inline void poll_spi(struct rig *r, uint32_t mask, uint32_t match)
{
    poll(r, SPI | SPI_DATA, 0x05, 0, mask, match);
}

static inline void poll_dopi(struct rig *r, uint32_t mask, uint32_t match)
{
    poll(r, DOPI_ALL | STROBE, 0x05FA, 8, mask, match);
}

static inline struct nor_state look(struct rig *r)
{
    struct nor_state state;
    nor_get_state(r->nor, r->clock.now_ps, &state);
    return state;
}

#endif
