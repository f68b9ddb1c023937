/* SPDX-License-Identifier: MIT */
/* Macronix' MX25L and MX25R and ISSI's IS25LP: what is stated of each. */
#ifndef EXTLOAD_TESTS_UNIT_TEST_MX25_BENCH_H
#define EXTLOAD_TESTS_UNIT_TEST_MX25_BENCH_H

#include "unit/test_nor_part_bench.h"

struct part {
    const char *name;
    uint8_t id[3];
    bool issi, qpi, four_byte;
    uint32_t mib;
    uint32_t page_us, erase_ms[3], chip_s;             /* typical */
    uint32_t max_page_us, max_erase_ms[3], max_chip_s; /* maximum */
};

static const struct part parts[] = {
    {"MX25L12833F",
     {0xC2, 0x20, 0x18},
     false,
     false,
     false,
     16,
     250,
     {30, 180, 380},
     55,
     750,
     {400, 1000, 2000},
     180},
    {"MX25L25645G",
     {0xC2, 0x20, 0x19},
     false,
     true,
     true,
     32,
     250,
     {30, 180, 380},
     110,
     750,
     {400, 1000, 2000},
     180},
    {"MX25R6435F",
     {0xC2, 0x28, 0x17},
     false,
     false,
     false,
     8,
     896,
     {48, 240, 480},
     52,
     5376,
     {384, 3000, 3840},
     312},
    {"IS25LP128",
     {0x9D, 0x60, 0x18},
     true,
     true,
     false,
     16,
     200,
     {70, 100, 150},
     30,
     800,
     {300, 500, 1000},
     90},
    {"IS25LP256",
     {0x9D, 0x60, 0x19},
     true,
     true,
     true,
     32,
     200,
     {48, 160, 304},
     60,
     1200,
     {384, 1280, 2432},
     360},
};

enum {
    PARTS = sizeof(parts) / sizeof(parts[0])
};

#define FOR_EACH_PART(p) for (const struct part *p = parts; p < parts + PARTS; p++)

static inline struct bench open_part(const struct part *part)
{
    return bench_part(part->name, NOR_TIMING_TYPICAL);
}

static inline void enable_quad(struct bench *b)
{
    write_register_byte(b, 0x01, 0x40);
}

static inline uint8_t error_register(struct bench *b, const struct part *p)
{
    return read_register(b, p->issi ? 0x81 : 0x2B);
}

#endif
