/* SPDX-License-Identifier: MIT */
/*
 * A hand on the pins of a modelled NOR chip: frames are written clock by clock, knowing nothing of
 * the model's inside.
 */
#ifndef EXTLOAD_TESTS_UNIT_TEST_NOR_BENCH_H
#define EXTLOAD_TESTS_UNIT_TEST_NOR_BENCH_H

#include "sim/clock.h"
#include "sim/nor/nor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    CHIP_SIZE = 8 << 20,
    NS_100 = 100000
};

struct bench {
    struct nor *nor;
    uint8_t *array;
    uint64_t now;
    uint64_t period;
    unsigned op_lanes; /* 4 after 38h */
    uint8_t idle_high; /* IO2, IO3 as driven in one- and two-line phases */
    uint8_t driven;    /* lines that the chip drove during the last clock */
};

/* A chip as `config` says. */
static inline struct bench bench_with(const struct nor_config *config, uint64_t power_up_ps)
{
    struct bench b = {.period = 20000, .op_lanes = 1, .idle_high = 0x0C, .array = config->array};
    struct error error = {0};
    b.nor = nor_create(config, &error);
    assert_non_null(b.nor);
    if (power_up_ps != 0) {
        nor_set_power(b.nor, 0, true);
        b.now = power_up_ps;
    }
    return b;
}

/* A blank one of `size` bytes. */
static inline struct bench bench_of(struct nor_config config, size_t size, uint64_t power_up_ps)
{
    assert_int_not_equal(size, 0);
    config.array = malloc(size);
    assert_non_null(config.array);
    memset(config.array, 0xFF, size);
    return bench_with(&config, power_up_ps);
}

static inline struct bench bench_make(enum nor_timing timing, uint64_t seed, bool powered)
{
    struct nor_config config = {.part = "S25FL064L", .timing = timing, .seed = seed};
    return bench_of(config, CHIP_SIZE, powered ? 300 * PS_PER_US : 0);
}

static inline struct bench bench_open(void)
{
    return bench_make(NOR_TIMING_TYPICAL, 1, true);
}

static inline void bench_close(struct bench *b)
{
    nor_destroy(b->nor);
    free(b->array);
}

static inline struct nor_state state_of(struct bench *b)
{
    struct nor_state state;
    nor_get_state(b->nor, b->now, &state);
    return state;
}

/* The cells are up to date afterwards. */
static inline void wait_us(struct bench *b, uint64_t us)
{
    b->now += us * PS_PER_US;
    state_of(b);
}

static inline void cs_low(struct bench *b)
{
    b->now += NS_100;
    nor_select(b->nor, b->now, b->period);
}

static inline void cs_high(struct bench *b)
{
    nor_deselect(b->nor, b->now);
}

static inline uint8_t tick(struct bench *b, enum nor_edge edge, struct nor_lines in)
{
    struct nor_lines out = nor_clock(b->nor, b->now, edge, in);
    b->now += edge == NOR_EDGE_PERIOD ? b->period : b->period / 2;
    b->driven = out.driven;
    /* undriven lines are pulled up on this bench */
    return (uint8_t)((out.level & out.driven) | (uint8_t)~out.driven);
}

static inline struct nor_lines lines_of(const struct bench *b, unsigned lanes, unsigned value)
{
    unsigned mask = (1u << lanes) - 1;
    uint8_t idle = lanes == 4 ? 0 : b->idle_high;
    uint8_t driven = (uint8_t)(lanes == 4 ? mask : mask | 0x0C);
    return (struct nor_lines){(uint8_t)((value & mask) | idle), driven};
}

static inline void put_bits(struct bench *b, unsigned lanes, uint32_t value, unsigned bits)
{
    for (unsigned left = bits; left != 0;) {
        left -= lanes;
        tick(b, NOR_EDGE_PERIOD, lines_of(b, lanes, value >> left));
    }
}

/* On both edges of each clock. */
static inline void put_bits_ddr(struct bench *b, unsigned lanes, uint32_t value, unsigned bits)
{
    enum nor_edge edge = NOR_EDGE_RISING;
    for (unsigned left = bits; left != 0;) {
        left -= lanes;
        tick(b, edge, lines_of(b, lanes, value >> left));
        edge = edge == NOR_EDGE_RISING ? NOR_EDGE_FALLING : NOR_EDGE_RISING;
    }
}

static inline void idle_clocks(struct bench *b, unsigned clocks)
{
    while (clocks-- != 0) {
        tick(b, NOR_EDGE_PERIOD, (struct nor_lines){0, 0});
    }
}

static inline uint8_t get_byte(struct bench *b, unsigned lanes)
{
    unsigned value = 0;
    struct nor_lines in = {lanes == 4 ? 0 : b->idle_high, lanes == 4 ? 0 : 0x0C};
    for (unsigned got = 0; got < 8; got += lanes) {
        uint8_t level = tick(b, NOR_EDGE_PERIOD, in);
        unsigned sample = lanes == 1 ? level >> 1 & 1u : level & ((1u << lanes) - 1);
        value = value << lanes | sample;
    }
    return (uint8_t)value;
}

static inline void get_bytes(struct bench *b, unsigned lanes, uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bytes[i] = get_byte(b, lanes);
    }
}

static inline void put_op(struct bench *b, uint8_t opcode)
{
    put_bits(b, b->op_lanes, opcode, 8);
}

/* A frame of an opcode and nothing else. */
static inline void op(struct bench *b, uint8_t opcode)
{
    cs_low(b);
    put_op(b, opcode);
    cs_high(b);
}

static inline void op_address(struct bench *b, uint8_t opcode, uint32_t address, unsigned bytes)
{
    cs_low(b);
    put_op(b, opcode);
    put_bits(b, b->op_lanes, address, 8 * bytes);
    cs_high(b);
}

/* Opcode, address of `address_bytes` bytes (0: none), data on as many lanes as the opcode. */
static inline void write_frame(struct bench *b, uint8_t opcode, uint32_t address,
                               unsigned address_bytes, const uint8_t *data, size_t count)
{
    cs_low(b);
    put_op(b, opcode);
    put_bits(b, b->op_lanes, address, 8 * address_bytes);
    for (size_t i = 0; i < count; i++) {
        put_bits(b, b->op_lanes, data[i], 8);
    }
    cs_high(b);
}

static inline void read_frame(struct bench *b, uint8_t opcode, uint32_t address,
                              unsigned address_bytes, unsigned dummy, uint8_t *data, size_t count)
{
    cs_low(b);
    put_op(b, opcode);
    put_bits(b, b->op_lanes, address, 8 * address_bytes);
    idle_clocks(b, dummy);
    get_bytes(b, b->op_lanes, data, count);
    cs_high(b);
}

/* A little-endian word of an SFDP table. */
static inline uint32_t word_of(const uint8_t bytes[4])
{
    uint32_t word = 0;
    for (unsigned i = 4; i-- != 0;) {
        word = word << 8 | bytes[i];
    }
    return word;
}

static inline uint8_t read_register(struct bench *b, uint8_t opcode)
{
    uint8_t value;
    read_frame(b, opcode, 0, 0, 0, &value, 1);
    return value;
}

static inline uint8_t read_any(struct bench *b, uint32_t address)
{
    uint8_t value;
    read_frame(b, 0x65, address, 3, 8, &value, 1);
    return value;
}

/* 50h, 01h: volatile. */
static inline void write_volatile(struct bench *b, const uint8_t *data, size_t count)
{
    op(b, 0x50);
    write_frame(b, 0x01, 0, 0, data, count);
}

static inline void write_any(struct bench *b, uint32_t address, uint8_t value)
{
    op(b, 0x06);
    write_frame(b, 0x71, address, 3, &value, 1);
}

static inline void set_quad(struct bench *b)
{
    write_volatile(b, (const uint8_t[]){0x00, 0x02}, 2);
}

static inline void set_latency(struct bench *b, uint8_t code)
{
    write_any(b, 0x800004, (uint8_t)(0x70 | code));
}

static inline void enter_qpi(struct bench *b)
{
    op(b, 0x38);
    wait_us(b, 2);
    b->op_lanes = 4;
}

static inline bool is_busy(struct bench *b)
{
    return state_of(b).busy;
}

static inline void assert_id(struct bench *b)
{
    uint8_t id[3];
    read_frame(b, 0x9F, 0, 0, 0, id, 3);
    assert_memory_equal(id, ((uint8_t[]){0x01, 0x60, 0x17}), 3);
}

static inline void fill_pattern(struct bench *b, uint32_t address, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        b->array[address + i] = (uint8_t)(0x35 + 0x4D * i + (i >> 8));
    }
}

struct read_row {
    uint8_t opcode;
    unsigned address_bytes, address_lanes, data_lanes;
    bool mode, latency;
};

static inline void array_read(struct bench *b, const struct read_row *row, uint32_t address,
                              unsigned dummy, uint8_t mode, uint8_t *data, size_t count)
{
    cs_low(b);
    put_op(b, row->opcode);
    put_bits(b, row->address_lanes, address, 8 * row->address_bytes);
    if (row->mode) {
        put_bits(b, row->address_lanes, mode, 8);
    }
    idle_clocks(b, dummy);
    get_bytes(b, row->data_lanes, data, count);
    cs_high(b);
}

static inline void program(struct bench *b, uint32_t address, const uint8_t *data, size_t count)
{
    op(b, 0x06);
    write_frame(b, 0x02, address, 3, data, count);
}

static inline void erase(struct bench *b, uint8_t opcode, uint32_t address)
{
    op(b, 0x06);
    op_address(b, opcode, address, 3);
}

/* Time from now until WIP is 0. */
static inline uint64_t busy_ps(struct bench *b)
{
    assert_true(is_busy(b));
    uint64_t start = b->now;
    b->now = nor_next_event(b->nor, b->now);
    assert_false(is_busy(b));
    return b->now - start;
}

static inline void wait_idle(struct bench *b)
{
    assert_true(is_busy(b));
    b->now = nor_next_event(b->nor, b->now);
    assert_false(is_busy(b));
}

static inline void write_nonvolatile(struct bench *b, const uint8_t *data, size_t count)
{
    op(b, 0x06);
    write_frame(b, 0x01, 0, 0, data, count);
    wait_idle(b);
}

static inline void soft_reset(struct bench *b)
{
    op(b, 0x66);
    op(b, 0x99);
    wait_us(b, 100);
}

static inline void program_byte(struct bench *b, uint32_t address)
{
    op(b, 0x06);
    write_frame(b, 0x02, address, 3, (const uint8_t[]){0}, 1);
}

/* Tries to program one byte; true if the chip did. Leaves no error behind. */
static inline bool can_program(struct bench *b, uint32_t address)
{
    program_byte(b, address);
    bool failed = (state_of(b).status2 & 0x20) != 0;
    assert_true(is_busy(b));
    if (failed) {
        op(b, 0x30);
    } else {
        wait_us(b, 100);
    }
    assert_false(is_busy(b));
    return !failed;
}

#endif
