/* SPDX-License-Identifier: MIT */
/*
 * A hand on the pins of a modelled Macronix octal chip: 1-line, 8-line and 8-line double rate
 * frames, clock by clock. Lines that nobody drives read 0.
 */
#ifndef EXTLOAD_TESTS_UNIT_TEST_MX_OCTAL_BENCH_H
#define EXTLOAD_TESTS_UNIT_TEST_MX_OCTAL_BENCH_H

#include "sim/clock.h"
#include "sim/nor/nor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    BLANK = 1 << 20, /* bytes at the start and at the end of the array that are erased */
    SR_WIP = 0x01,
    SR_WEL = 0x02,
    P_FAIL = 0x20, /* of the security register */
    E_FAIL = 0x40
};

enum width {
    W1,
    W8S,
    W8D
};

struct octal {
    struct nor *nor;
    uint8_t *array;
    size_t size;
    uint64_t now;
    uint64_t period;
    enum width width;
    bool falling; /* W8D: the next edge */
    uint8_t driven;
};

/* The array's middle is 0 (and takes no memory until it is used). */
static inline struct octal octal_make(const char *part, enum nor_timing timing, bool powered)
{
    struct octal o = {.period = 20000, .size = nor_part_size(part)};
    assert_true(o.size != 0);
    o.array = calloc(1, o.size);
    assert_non_null(o.array);
    memset(o.array, 0xFF, BLANK);
    memset(o.array + o.size - BLANK, 0xFF, BLANK);
    struct nor_config config = {.part = part, .timing = timing, .seed = 7, .array = o.array};
    struct error error = {0};
    o.nor = nor_create(&config, &error);
    assert_non_null(o.nor);
    if (powered) {
        nor_set_power(o.nor, 0, true);
        o.now = 3 * PS_PER_MS;
    }
    return o;
}

static inline struct octal octal_open(void)
{
    return octal_make("MX66UW1G45G", NOR_TIMING_TYPICAL, true);
}

static inline void octal_close(struct octal *o)
{
    nor_destroy(o->nor);
    free(o->array);
}

static inline struct nor_state look(struct octal *o)
{
    struct nor_state state;
    nor_get_state(o->nor, o->now, &state);
    return state;
}

static inline void pass_us(struct octal *o, uint64_t us)
{
    o->now += us * PS_PER_US;
    look(o);
}

static inline void low(struct octal *o)
{
    o->now += 100 * PS_PER_NS;
    o->falling = false;
    nor_select(o->nor, o->now, o->period);
}

static inline void high(struct octal *o)
{
    nor_deselect(o->nor, o->now);
}

static inline uint8_t slot(struct octal *o, struct nor_lines in)
{
    enum nor_edge edge = o->width != W8D ? NOR_EDGE_PERIOD
                         : o->falling    ? NOR_EDGE_FALLING
                                         : NOR_EDGE_RISING;
    struct nor_lines out = nor_clock(o->nor, o->now, edge, in);
    o->now += o->width == W8D ? o->period / 2 : o->period;
    o->falling = !o->falling;
    o->driven = out.driven;
    return out.level & out.driven;
}

static inline void send(struct octal *o, uint8_t value)
{
    if (o->width != W1) {
        slot(o, (struct nor_lines){value, 0xFF});
        return;
    }
    for (unsigned bit = 8; bit-- > 0;) {
        unsigned level = ((unsigned)value >> bit & 1u) | 0x08;
        slot(o, (struct nor_lines){(uint8_t)level, 0x0D});
    }
}

static inline uint8_t receive(struct octal *o)
{
    unsigned value = 0;
    if (o->width != W1) {
        return slot(o, (struct nor_lines){0, 0});
    }
    for (unsigned bit = 0; bit < 8; bit++) {
        unsigned level = slot(o, (struct nor_lines){0x08, 0x0C});
        value = value << 1 | (level >> 1 & 1u);
    }
    return (uint8_t)value;
}

static inline void idle(struct octal *o, unsigned clocks)
{
    for (unsigned i = 0; i < clocks * (o->width == W8D ? 2 : 1); i++) {
        slot(o, (struct nor_lines){o->width == W1 ? 0x08 : 0, o->width == W1 ? 0x0C : 0});
    }
}

static inline void send_opcode(struct octal *o, uint8_t opcode)
{
    send(o, opcode);
    if (o->width != W1) {
        send(o, (uint8_t)~opcode);
    }
}

static inline void send_address(struct octal *o, uint32_t address, unsigned bytes)
{
    for (unsigned i = bytes; i-- > 0;) {
        send(o, (uint8_t)(address >> (8 * i)));
    }
}

/* A frame of an opcode and nothing else. */
static inline void command(struct octal *o, uint8_t opcode)
{
    low(o);
    send_opcode(o, opcode);
    high(o);
}

static inline void out_frame(struct octal *o, uint8_t opcode, unsigned address_bytes,
                             uint32_t address, const uint8_t *data, size_t count)
{
    low(o);
    send_opcode(o, opcode);
    send_address(o, address, address_bytes);
    for (size_t i = 0; i < count; i++) {
        send(o, data[i]);
    }
    high(o);
}

static inline void in_frame(struct octal *o, uint8_t opcode, unsigned address_bytes,
                            uint32_t address, unsigned dummy, uint8_t *data, size_t count)
{
    low(o);
    send_opcode(o, opcode);
    send_address(o, address, address_bytes);
    idle(o, dummy);
    for (size_t i = 0; i < count; i++) {
        data[i] = receive(o);
    }
    high(o);
}

/* In the octal protocols: address 0 and 5 dummy clocks. */
static inline uint8_t status_by(struct octal *o, uint8_t opcode)
{
    uint8_t value[2];
    bool wide = o->width != W1;
    in_frame(o, opcode, wide ? 4 : 0, 0, wide ? 5 : 0, value, wide ? 2 : 1);
    return value[0];
}

static inline uint8_t sr(struct octal *o)
{
    return status_by(o, 0x05);
}

static inline uint8_t scur(struct octal *o)
{
    return status_by(o, 0x2B);
}

static inline void write_cr2(struct octal *o, uint32_t address, uint8_t value)
{
    command(o, 0x06);
    out_frame(o, 0x72, 4, address, (const uint8_t[]){value, value}, o->width == W8D ? 2 : 1);
}

static inline uint8_t read_cr2(struct octal *o, uint32_t address)
{
    uint8_t value[2];
    in_frame(o, 0x71, 4, address, o->width == W1 ? 0 : 5, value, o->width == W8D ? 2 : 1);
    return value[0];
}

static inline void enter(struct octal *o, enum width width)
{
    write_cr2(o, 0, width == W8D ? 2 : 1);
    o->width = width;
}

static inline uint64_t busy_for(struct octal *o)
{
    assert_true(look(o).busy);
    uint64_t start = o->now;
    o->now = nor_next_event(o->nor, o->now);
    assert_false(look(o).busy);
    return o->now - start;
}

static inline void soft_reset(struct octal *o)
{
    command(o, 0x66);
    command(o, 0x99);
}

/* The chip answers in the width of the bench. */
static inline bool answers(struct octal *o)
{
    uint8_t id[6];
    bool wide = o->width != W1;
    in_frame(o, 0x9F, wide ? 4 : 0, 0, o->width == W8D ? 5 : wide ? 4 : 0, id, 6);
    return id[0] == 0xC2;
}

#endif
