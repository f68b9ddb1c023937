/* SPDX-License-Identifier: MIT */
/*
 * The hand on the pins of test_nor_bench.h, on any modelled part.
 */
#ifndef EXTLOAD_TESTS_UNIT_TEST_NOR_PART_BENCH_H
#define EXTLOAD_TESTS_UNIT_TEST_NOR_PART_BENCH_H

#include "unit/test_nor_bench.h"

enum {
    MIB = 1 << 20,
    WIP = 0x01,
    WEL = 0x02
};

/* Powered up, at 25 MHz. The first and the last MiB of the array and the one at 16 MiB are erased; the rest is
 * 0 and takes no memory until it is used. */
static inline struct bench bench_part(const char *part, enum nor_timing timing)
{
    struct bench b = {.period = 40000, .op_lanes = 1, .idle_high = 0x0C};
    size_t size = nor_part_size(part);
    assert_true(size != 0);
    b.array = calloc(1, size);
    assert_non_null(b.array);
    memset(b.array, 0xFF, MIB);
    memset(b.array + size - MIB, 0xFF, MIB);
    if (size > 16 * MIB) {
        memset(b.array + 16 * MIB, 0xFF, MIB);
    }
    struct nor_config config = {.part = part, .timing = timing, .seed = 3, .array = b.array};
    struct error error = {0};
    b.nor = nor_create(&config, &error);
    assert_non_null(b.nor);
    nor_set_power(b.nor, 0, true);
    b.now = 10 * PS_PER_MS;
    return b;
}

static inline void power_cycle(struct bench *b)
{
    nor_set_power(b->nor, b->now, false);
    b->now += PS_PER_MS;
    nor_set_power(b->nor, b->now, true);
    b->now += 10 * PS_PER_MS;
    b->op_lanes = 1;
}

/* 66h, 99h; and back to one line. */
static inline void reset_chip(struct bench *b)
{
    op(b, 0x66);
    op(b, 0x99);
    wait_us(b, 200);
    b->op_lanes = 1;
}

static inline bool has_id(struct bench *b, uint8_t opcode, const uint8_t *want, size_t count)
{
    uint8_t id[8];
    read_frame(b, opcode, 0, 0, 0, id, count);
    return memcmp(id, want, count) == 0;
}

static inline uint32_t sfdp_word(struct bench *b, uint32_t address)
{
    uint8_t bytes[4];
    read_frame(b, 0x5A, address, 3, 8, bytes, 4);
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

/* Where the table FFxxh lies, by the parameter headers; 0 if there is none. */
static inline uint32_t sfdp_table(struct bench *b, uint8_t id)
{
    assert_int_equal(sfdp_word(b, 0), 0x50444653);
    uint32_t tables = (sfdp_word(b, 4) >> 16 & 0xFF) + 1;
    for (uint32_t at = 8; at < 8 + 8 * tables; at += 8) {
        if ((sfdp_word(b, at) & 0xFF) == id) {
            return sfdp_word(b, at + 4) & 0xFFFFFF;
        }
    }
    return 0;
}

/* 06h, the opcode with its address on as many lanes, and what becomes of it. */
static inline uint64_t erase_time(struct bench *b, uint8_t opcode, uint32_t address, unsigned bytes)
{
    op(b, 0x06);
    op_address(b, opcode, address, bytes);
    return busy_ps(b);
}

/* A byte is programmed there, or the chip does not even begin. */
static inline bool takes_program(struct bench *b, uint8_t opcode, uint32_t address, unsigned bytes)
{
    static const uint8_t zero = 0;
    op(b, 0x06);
    write_frame(b, opcode, address, bytes, &zero, 1);
    if (!is_busy(b)) {
        return false;
    }
    wait_idle(b);
    return true;
}

/* Writes a register by 06h and this opcode; the end is waited for. */
static inline void write_register(struct bench *b, uint8_t opcode, const uint8_t *data,
                                  size_t count)
{
    op(b, 0x06);
    write_frame(b, opcode, 0, 0, data, count);
    if (is_busy(b)) {
        wait_idle(b);
    }
}

static inline void write_register_byte(struct bench *b, uint8_t opcode, uint8_t value)
{
    write_register(b, opcode, &value, 1);
}

/* Goes on with a continuous read: an address without an opcode. */
static inline void read_on(struct bench *b, unsigned lanes, uint32_t address,
                           unsigned address_bytes, uint8_t mode, unsigned dummy, uint8_t *data,
                           size_t count)
{
    cs_low(b);
    put_bits(b, lanes, address, 8 * address_bytes);
    put_bits(b, lanes, mode, 8);
    idle_clocks(b, dummy);
    get_bytes(b, lanes, data, count);
    cs_high(b);
}

/* Every state of the part can be brought about and `answers` to a power cycle. */
static inline void check_inheritable(const char *part, const char *const *want,
                                     bool (*answers)(struct bench *b))
{
    unsigned count = 0;
    for (; want[count] != NULL; count++) {
        struct bench b = bench_part(part, NOR_TIMING_TYPICAL);
        const char *name = nor_inheritable(part, count);
        assert_non_null(name);
        assert_string_equal(name, want[count]);
        assert_true(nor_inherit(b.nor, b.now, name));
        power_cycle(&b);
        assert_true(answers(&b));
        bench_close(&b);
    }
    assert_null(nor_inheritable(part, count));
}

#endif
