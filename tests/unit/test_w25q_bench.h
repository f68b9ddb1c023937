/* SPDX-License-Identifier: MIT */
/* A hand on the pins of the W25Q family's chips: what the sheets say of each part. */
#ifndef EXTLOAD_TESTS_UNIT_TEST_W25Q_BENCH_H
#define EXTLOAD_TESTS_UNIT_TEST_W25Q_BENCH_H

#include "unit/test_nor_bench.h"

struct sheet {
    const char *part;
    uint8_t id[3];
    uint8_t device; /* what ABh answers */
    uint32_t size;
    unsigned qpi_clocks; /* before the data of a read in QPI, as the factory left it; 0: no QPI */
    bool four;           /* 4-byte mode, its opcodes, extended address register */
    bool bp4;            /* TB, BP3..BP0 instead of SEC, TB, BP2..BP0 */
    bool short_clears;   /* 01h with one byte clears status register 2 */
    uint8_t sr2;         /* as the factory left it */
    uint32_t page_us, erase_4k_ms, erase_32k_ms, erase_64k_ms, erase_chip_s;
};

static const struct sheet sheets[] = {
    {"W25Q64JV", {0xEF, 0x40, 0x17}, 0x16, 8u << 20, 0, 0, 0, 0, 0x02, 400, 45, 120, 150, 20},
    {"W25Q128JV", {0xEF, 0x40, 0x18}, 0x17, 16u << 20, 0, 0, 0, 0, 0x02, 700, 45, 120, 150, 40},
    {"W25Q512JV", {0xEF, 0x40, 0x20}, 0x19, 64u << 20, 2, 1, 1, 0, 0x02, 704, 64, 128, 160, 192},
    {"GD25Q64", {0xC8, 0x40, 0x17}, 0x16, 8u << 20, 4, 0, 0, 1, 0x00, 500, 50, 150, 250, 25},
    {"GD25Q128", {0xC8, 0x40, 0x18}, 0x17, 16u << 20, 4, 0, 0, 1, 0x00, 500, 50, 150, 250, 60},
    {"AT25QL128A", {0x1F, 0x42, 0x18}, 0x17, 16u << 20, 4, 0, 0, 1, 0x00, 640, 64, 208, 352, 60},
};

enum {
    SHEETS = sizeof(sheets) / sizeof(sheets[0]),
    POWER_UP_MS = 5
};

#define FOR_EACH_SHEET(sheet)                                                                      \
    for (const struct sheet *sheet = sheets; sheet < sheets + SHEETS; sheet++)

static inline const struct sheet *sheet_of(const char *part)
{
    FOR_EACH_SHEET(sheet)
    {
        if (strcmp(sheet->part, part) == 0) {
            return sheet;
        }
    }
    fail();
    return NULL;
}

static inline struct bench open_sheet(const struct sheet *sheet)
{
    struct nor_config config = {.part = sheet->part, .timing = NOR_TIMING_TYPICAL, .seed = 1};
    assert_int_equal(nor_part_size(sheet->part), sheet->size);
    return bench_of(config, sheet->size, POWER_UP_MS * PS_PER_MS);
}

static inline void write_byte(struct bench *b, uint8_t enable, uint8_t opcode, uint8_t value)
{
    op(b, enable);
    write_frame(b, opcode, 0, 0, &value, 1);
}

/* The quad-enable bit, for now. */
static inline void quad_on(struct bench *b)
{
    write_byte(b, 0x50, 0x31, 0x02);
}

static inline void enter_quad(struct bench *b)
{
    quad_on(b);
    op(b, 0x38);
    b->op_lanes = 4;
}

static inline void leave_quad(struct bench *b)
{
    op(b, 0xFF);
    b->op_lanes = 1;
}

/* Programs 00h at any address, in the address mode that the chip is in. */
static inline void program_zero(struct bench *b, uint32_t address)
{
    op(b, 0x06);
    write_frame(b, 0x02, address, state_of(b).address_bytes, (const uint8_t[]){0}, 1);
}

/* Whether the chip did so; a refusal leaves no busy time and no WEL. */
static inline bool programs(struct bench *b, uint32_t address)
{
    program_zero(b, address);
    if (!is_busy(b)) {
        assert_false(state_of(b).write_enabled);
        return false;
    }
    wait_idle(b);
    return true;
}

static inline bool answers(struct bench *b, const struct sheet *sheet)
{
    uint8_t id[3];
    read_frame(b, 0x9F, 0, 0, 0, id, 3);
    return memcmp(id, sheet->id, 3) == 0;
}

#endif
