/* SPDX-License-Identifier: MIT */
/* Micron's MT25QL512ABB: its flags, and a new chip. */
#ifndef EXTLOAD_TESTS_UNIT_TEST_MT25Q_BENCH_H
#define EXTLOAD_TESTS_UNIT_TEST_MT25Q_BENCH_H

#include "unit/test_nor_part_bench.h"

enum {
    FLAG_READY = 0x80,
    FLAG_E_SUSPENDED = 0x40,
    FLAG_E_ERR = 0x20,
    FLAG_P_ERR = 0x10,
    FLAG_P_SUSPENDED = 0x04,
    FLAG_PROT = 0x02,
    FLAG_4_BYTE = 0x01,
    SIZE = 64 * MIB
};

static const uint8_t id[6] = {0x20, 0xBA, 0x20, 0x10, 0x44, 0x00};

static inline struct bench open_chip(void)
{
    return bench_part("MT25QL512ABB", NOR_TIMING_TYPICAL);
}

static inline uint8_t flags(struct bench *b)
{
    return read_register(b, 0x70);
}

static inline void write_vcr(struct bench *b, uint8_t value)
{
    write_register_byte(b, 0x81, value);
}

/* Reads `count` bytes by this opcode; the confirmation clock, the first after the address, carries
 * `confirm` on IO0 and the highest level elsewhere. */
static inline void fast_read(struct bench *b, uint8_t opcode, unsigned address_bytes,
                             unsigned address_lanes, unsigned data_lanes, uint32_t address,
                             unsigned clocks, unsigned confirm, uint8_t *data, size_t count)
{
    cs_low(b);
    put_op(b, opcode);
    put_bits(b, address_lanes, address, 8 * address_bytes);
    tick(b, NOR_EDGE_PERIOD, lines_of(b, address_lanes, 0x0E | confirm));
    idle_clocks(b, clocks - 1);
    get_bytes(b, data_lanes, data, count);
    cs_high(b);
}

#endif
