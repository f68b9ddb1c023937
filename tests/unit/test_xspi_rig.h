/* SPDX-License-Identifier: MIT */
/*
 * A controller on pins that log every clock and answer given bytes from a given slot on.
 */
#ifndef EXTLOAD_TESTS_UNIT_TEST_XSPI_RIG_H
#define EXTLOAD_TESTS_UNIT_TEST_XSPI_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/bus/registers.h"
#include "sim/bus/xspi.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_MAX  8192
#define FRAMES_MAX 256
#define PERIOD     UINT64_C(31250) /* 32 MHz: 64 MHz / (PRESCALER + 1 = 2) */
#define NEVER_BUSY 0

struct slot {
    uint64_t at;
    enum nor_edge edge;
    struct nor_lines out;
};

struct logged_frame {
    uint64_t select, deselect, period;
    unsigned chip_select, first, count;
};

struct rig {
    struct sim_clock clock;
    struct xspi *xspi;
    struct slot slots[SLOTS_MAX];
    unsigned slot_count;
    struct logged_frame frames[FRAMES_MAX];
    unsigned frame_count;
    bool low;
    uint64_t last_ps;
    /* The answer: bytes repeated from slot `from` on. */
    uint8_t reply[64];
    unsigned reply_size, from, lanes, line;
    /* If not NEVER_BUSY: the answer is a status whose bit 0 is 1 until then. */
    uint64_t busy_until;
    bool hide_event; /* announces an event at once, always: nothing may be skipped */
};

static inline void rig_select(void *context, unsigned chip_select, uint64_t now, uint64_t period)
{
    struct rig *r = context;

    assert_false(r->low);
    assert_true(now >= r->last_ps);
    assert_true(r->frame_count < FRAMES_MAX);
    r->low = true;
    r->last_ps = now;
    r->frames[r->frame_count++] = (struct logged_frame){
        .select = now, .period = period, .chip_select = chip_select, .first = r->slot_count};
}

static inline uint8_t rig_answer(const struct rig *r, unsigned slot, uint64_t now)
{
    unsigned bit = (slot - r->from) * r->lanes;
    uint8_t byte = r->reply[bit / 8 % r->reply_size];

    if (r->busy_until != NEVER_BUSY) {
        byte = now < r->busy_until ? 1 : 0;
    }
    return (uint8_t)(byte >> (8 - r->lanes - bit % 8)) & (uint8_t)((1U << r->lanes) - 1);
}

static inline uint8_t rig_clock(void *context, uint64_t now, enum nor_edge edge,
                                struct nor_lines out)
{
    struct rig *r = context;
    struct logged_frame *frame = &r->frames[r->frame_count - 1];
    unsigned slot = frame->count++;

    assert_true(r->low);
    assert_true(now >= r->last_ps);
    assert_true(r->slot_count < SLOTS_MAX);
    r->last_ps = now;
    r->slots[r->slot_count++] = (struct slot){now, edge, out};
    if (r->reply_size == 0 || slot < r->from) {
        return 0;
    }
    return (uint8_t)(rig_answer(r, slot, now) << (r->line + (r->lanes == 1 ? 1 : 0)));
}

static inline void rig_deselect(void *context, uint64_t now)
{
    struct rig *r = context;

    assert_true(r->low);
    assert_true(now >= r->last_ps);
    r->low = false;
    r->last_ps = now;
    r->frames[r->frame_count - 1].deselect = now;
}

static inline uint64_t rig_next_event(void *context, uint64_t now)
{
    struct rig *r = context;

    if (r->hide_event) {
        return now + 1;
    }
    return r->busy_until > now ? r->busy_until : PS_NEVER;
}

static inline uint32_t get(struct rig *r, uint32_t offset)
{
    uint32_t value;

    assert_int_equal(xspi_read(r->xspi, offset, 4, &value), XSPI_OK);
    return value;
}

static inline void put(struct rig *r, uint32_t offset, uint32_t value)
{
    assert_int_equal(xspi_write(r->xspi, offset, 4, value), XSPI_OK);
}

static inline uint8_t get_byte(struct rig *r)
{
    uint32_t value;

    assert_int_equal(xspi_read(r->xspi, XSPI_DR, 1, &value), XSPI_OK);
    return (uint8_t)value;
}

static inline void put_byte(struct rig *r, uint8_t value)
{
    assert_int_equal(xspi_write(r->xspi, XSPI_DR, 1, value), XSPI_OK);
}

static inline bool flag(struct rig *r, uint32_t mask)
{
    return (get(r, XSPI_SR) & mask) != 0;
}

static inline unsigned level(struct rig *r)
{
    return (get(r, XSPI_SR) >> XSPI_SR_FLEVEL_Pos) & 0x7F;
}

static inline void pass_ps(struct rig *r, uint64_t ps)
{
    r->clock.now_ps += ps;
    xspi_next_event(r->xspi);
}

static inline void pass(struct rig *r, unsigned clocks)
{
    pass_ps(r, clocks * PERIOD);
}

static inline uint32_t fmode(unsigned mode)
{
    return XSPI_CR_EN | (uint32_t)mode << XSPI_CR_FMODE_Pos;
}

/* The answer comes on `lanes` lines from slot `from` on. */
static inline void answer(struct rig *r, unsigned from, unsigned lanes, const void *bytes,
                          unsigned size)
{
    r->from = from;
    r->lanes = lanes;
    r->reply_size = size;
    memcpy(r->reply, bytes, size);
}

/* What the controller drove in `size` bytes from `slot` of the last frame on. */
static inline void sent(const struct rig *r, unsigned slot, unsigned lanes, unsigned line,
                        uint8_t *bytes, unsigned size)
{
    const struct logged_frame *frame = &r->frames[r->frame_count - 1];
    uint8_t mask = (uint8_t)(((1U << lanes) - 1) << line);

    memset(bytes, 0, size);
    assert_true(frame->count >= slot + size * 8 / lanes);
    for (unsigned i = 0; i < size * 8 / lanes; i++) {
        const struct nor_lines out = r->slots[frame->first + slot + i].out;

        assert_int_equal(out.driven & mask, mask);
        bytes[i * lanes / 8] =
            (uint8_t)(bytes[i * lanes / 8] << lanes | (out.level & mask) >> line);
    }
}

static inline int rig_setup(void **state)
{
    struct rig *r = calloc(1, sizeof *r);
    const struct xspi_pins pins = {.context = r,
                                   .select = rig_select,
                                   .clock = rig_clock,
                                   .deselect = rig_deselect,
                                   .next_event = rig_next_event};

    r->xspi = xspi_create("XSPI2", &pins, &r->clock);
    xspi_set_kernel_clock(r->xspi, 64000000);
    put(r, XSPI_DCR1, 25U << XSPI_DCR1_DEVSIZE_Pos);
    put(r, XSPI_DCR2, 1);
    r->clock.now_ps = PS_PER_MS;
    put(r, XSPI_CR, XSPI_CR_EN);
    *state = r;
    return 0;
}

static inline int rig_teardown(void **state)
{
    struct rig *r = *state;

    xspi_destroy(r->xspi);
    free(r);
    return 0;
}

#define RIG_TEST(function) cmocka_unit_test_setup_teardown(function, rig_setup, rig_teardown)

#define CCR_I1             UINT32_C(0x00000001) /* IMODE 1 line */
#define CCR_A1_24          UINT32_C(0x00002100) /* ADMODE 1 line, 24 bit */
#define CCR_A1_32          UINT32_C(0x00003100)
#define CCR_D1             UINT32_C(0x01000000) /* DMODE 1 line */
#define CCR_D4             UINT32_C(0x03000000)
#define CCR_8D             (UINT32_C(0x0C003C1C)) /* 8D-8D-8D, 16-bit instruction, 32-bit address */

/* An indirect read of `count` bytes by 9Fh; the chip answers 01 60 17 80 05 06 07 08. */
static inline void start_read(struct rig *r, unsigned count)
{
    static const uint8_t id[] = {0x01, 0x60, 0x17, 0x80, 5, 6, 7, 8};

    answer(r, 8, 1, id, sizeof id);
    put(r, XSPI_CR, fmode(1) | (get(r, XSPI_CR) & XSPI_CR_FTHRES));
    put(r, XSPI_CCR, CCR_I1 | CCR_D1);
    put(r, XSPI_DLR, count - 1);
    put(r, XSPI_IR, 0x9F);
}

#endif
