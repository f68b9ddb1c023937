/* SPDX-License-Identifier: MIT */
/*
 * Parts of the W25Q family, one row each.
 *
 * Identity, sizes, opcodes: as U-Boot, OpenOCD, flashrom and ufprog have them. Times of W25Q512JV
 * and AT25QL128A: their SFDP, as public dumps give it; a maximum is its multiplier times the
 * typical value [SFDP]. Times of the others: [memory], but for a byte's, which are those of a
 * relative's SFDP [INF]. Register write, power-up, reset, deep power-down, CS# high, and the times
 * of suspend where no table has them: [memory]. That a real chip can be read before it can be
 * written after power-up is not modelled: it hears nothing before.
 *
 * SFDP: the tables of W25Q512JV and AT25QL128A are those of the dumps; where they lie, and the
 * headers, are [INF]. W25Q64JV and W25Q128JV have the W25Q64JW-M's without QPI and double rate,
 * GD25Q64 and GD25Q128 the GD25WQ32E's, both with their own density [INF].
 *
 * W25Q512JV: QPI by its SFDP; public tables of parts do not list it. GD25Q64, GD25Q128: revisions
 * differ; here 31h and a second byte of 01h both reach status register 2, and a single byte clears
 * it, so that what works on every revision works here too [INF]; 31h and QPI as an OpenOCD driver
 * (dwcssi) uses them [comm].
 */
#include "sim/clock.h"
#include "sim/nor/part.h"

enum {
    AT_TABLES = 0x80,
    COMMON = NOR_HAS_HOLD | NOR_KEEPS_CONTINUOUS | NOR_TAKES_SR2 | NOR_IF_SR3 | NOR_IF_SR2_READ |
             NOR_IF_SR2_WRITE,
    LARGE = NOR_IF_4B_MODE | NOR_IF_4B_OPCODES | NOR_IF_EAR
};

#define RANGE(typical, maximum, unit)                                                              \
    {                                                                                              \
        (typical) * PS_PER_##unit, (maximum)*PS_PER_##unit                                         \
    }
#define SAME(value, unit) RANGE(value, value, unit)

/* Header of revision 1.6; the basic table (16 words) at 80h. */
static const uint8_t headers[] = {
    0x53, 0x46, 0x44, 0x50, 6, 1, 0, 0xFF, 0x00, 6, 1, 16, AT_TABLES, 0, 0, 0xFF,
};
/* And the 4-byte address table (2 words) behind it. */
static const uint8_t headers_4b[] = {
    0x53,      0x46, 0x44, 0x50, 6,    1, 1, 0xFF, 0x00,           6, 1, 16,
    AT_TABLES, 0,    0,    0xFF, 0x84, 0, 1, 2,    AT_TABLES + 64, 0, 0, 0xFF,
};

static const uint8_t w25q512jv_tables[] = {
    0xE5, 0x20, 0xFB, 0xFF, 0xFF, 0xFF, 0xFF, 0x1F, 0x44, 0xEB, 0x08, 0x6B, 0x08, 0x3B, 0x42,
    0xBB, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0xFF, 0xFF, 0x40, 0xEB, 0x0C, 0x20,
    0x0F, 0x52, 0x10, 0xD8, 0x00, 0x00, 0x36, 0x02, 0xA6, 0x00, 0x82, 0xEA, 0x14, 0xE2, 0xE9,
    0x63, 0x76, 0x33, 0x7A, 0x75, 0x7A, 0x75, 0xF7, 0xA2, 0xD5, 0x5C, 0x19, 0xF7, 0x4D, 0xFF,
    0xE9, 0x70, 0xF9, 0xA5, 0xFF, 0x0A, 0xF0, 0xFF, 0x21, 0xFF, 0xDC, 0xFF,
};
static const uint8_t at25ql128a_tables[] = {
    0xE5, 0x20, 0xF1, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x44, 0xEB, 0x08, 0x6B, 0x08, 0x3B, 0x80, 0xBB,
    0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0xFF, 0xFF, 0xFF, 0x42, 0xEB, 0x0C, 0x20, 0x0F, 0x52,
    0x10, 0xD8, 0x00, 0xFF, 0x33, 0x62, 0xD5, 0x00, 0x84, 0x29, 0x01, 0xCE, 0xEC, 0xA1, 0x07, 0x3D,
    0x7A, 0x75, 0x7A, 0x75, 0xF7, 0xA2, 0xD5, 0x5C, 0x19, 0xF6, 0x1C, 0xFF, 0xE8, 0x10, 0xC0, 0x80,
};

/* The W25Q64JW-M's; changed: double rate (word 1), density, 4-4-4 (words 5, 7, low half of 15). */
#define W25Q_TABLES(density)                                                                       \
    0xE5, 0x20, 0xF1, 0xFF, 0xFF, 0xFF, 0xFF, density, 0x44, 0xEB, 0x08, 0x6B, 0x08, 0x3B, 0x42,   \
        0xBB, 0xEE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0xFF, 0xFF, 0x00, 0xFF, 0x0C, 0x20,  \
        0x0F, 0x52, 0x10, 0xD8, 0x00, 0x00, 0x36, 0x02, 0xA6, 0x00, 0x82, 0xEA, 0x14, 0xC4, 0xE9,  \
        0x63, 0x76, 0x33, 0x7A, 0x75, 0x7A, 0x75, 0xF7, 0xBD, 0xD5, 0x5C, 0x00, 0xF6, 0x5D, 0xFF,  \
        0xE9, 0x30, 0xF8, 0x80
static const uint8_t w25q64jv_tables[] = {W25Q_TABLES(0x03)};
static const uint8_t w25q128jv_tables[] = {W25Q_TABLES(0x07)};

#define GD25_TABLES(density)                                                                       \
    0xE5, 0x20, 0xF1, 0xFF, 0xFF, 0xFF, 0xFF, density, 0x44, 0xEB, 0x08, 0x6B, 0x08, 0x3B, 0x42,   \
        0xBB, 0xEE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0xFF, 0xFF, 0xFF, 0x00, 0xFF, 0x0C, 0x20,  \
        0x0F, 0x52, 0x10, 0xD8, 0x00, 0xFF, 0x63, 0x92, 0xFD, 0xFE, 0x83, 0x2F, 0x26, 0x46, 0xEC,  \
        0x82, 0x18, 0x44, 0x7A, 0x75, 0x7A, 0x75, 0x04, 0xBD, 0xD5, 0x5C, 0x00, 0x06, 0x64, 0x00,  \
        0x08, 0x10, 0x00, 0x00
static const uint8_t gd25q64_tables[] = {GD25_TABLES(0x03)};
static const uint8_t gd25q128_tables[] = {GD25_TABLES(0x07)};

#define SFDP(head, tables)                                                                         \
    {                                                                                              \
        {0, sizeof(head), head},                                                                   \
        {                                                                                          \
            AT_TABLES, sizeof(tables), tables                                                      \
        }                                                                                          \
    }

/* 1-2-2: four mode bits and four that do not count, or eight mode bits; the clocks are the same. */
#define READS                                                                                      \
    {                                                                                              \
        {0x03, 0, 1, 1, 0, 0}, {0x0B, 0, 1, 1, 0, 8}, {0x3B, 0, 1, 2, 0, 8},                       \
            {0xBB, 0, 2, 2, 4, 0}, {0x6B, 0, 1, 4, 0, 8},                                          \
        {                                                                                          \
            0xEB, 0, 4, 4, 2, 4                                                                    \
        }                                                                                          \
    }
#define READS_4B                                                                                   \
    {                                                                                              \
        {0x03, 0x13, 1, 1, 0, 0}, {0x0B, 0x0C, 1, 1, 0, 8}, {0x3B, 0x3C, 1, 2, 0, 8},              \
            {0xBB, 0xBC, 2, 2, 2, 2}, {0x6B, 0x6C, 1, 4, 0, 8},                                    \
        {                                                                                          \
            0xEB, 0xEC, 4, 4, 2, 4                                                                 \
        }                                                                                          \
    }

#define W25Q_INTERFACE                                                                             \
    [NOR_TIME_REGISTER] = RANGE(10, 15, MS), [NOR_TIME_POWER_UP] = SAME(5, MS),                    \
    [NOR_TIME_RESET] = SAME(30, US), [NOR_TIME_SUSPEND] = SAME(20, US),                            \
    [NOR_TIME_RESUME_TO_SUSPEND] = SAME(128, US), [NOR_TIME_DPD_ENTER] = SAME(3, US),              \
    [NOR_TIME_DPD_EXIT] = SAME(3, US), [NOR_TIME_CS_HIGH] = SAME(50, NS)
#define W25Q_BYTES                                                                                 \
    [NOR_TIME_BYTE_FIRST] = RANGE(32, 192, US), [NOR_TIME_BYTE_NEXT] = RANGE(3, 18, US)
#define W25Q_ERASES                                                                                \
    {                                                                                              \
        {0x20, 0, 4096, RANGE(45, 400, MS)}, {0x52, 0, 32768, RANGE(120, 1600, MS)},               \
        {                                                                                          \
            0xD8, 0, 65536, RANGE(150, 2000, MS)                                                   \
        }                                                                                          \
    }

const struct nor_part nor_part_w25q64jv = {
    .name = "W25Q64JV",
    .id = {0xEF, 0x40, 0x17},
    .release_id = {0x16},
    .size = 8u << 20,
    .page = 256,
    .clock_hz = 133000000,
    .cr1_default = 0x02, /* quad enabled: -IQ */
    .cr2_default = 0x60,
    .cr3_default = 0x10,
    .sfdp = SFDP(headers, w25q64jv_tables),
    .times = {[NOR_TIME_PAGE] = RANGE(400, 3000, US),
              W25Q_BYTES,
              [NOR_TIME_ERASE_CHIP] = RANGE(20, 100, SECOND),
              W25Q_INTERFACE},
    .family = &nor_family_w25q,
    .features = COMMON,
    .quad_enable = NOR_QE_SR2_BIT1,
    .erases = W25Q_ERASES,
    .reads = READS,
};

const struct nor_part nor_part_w25q128jv = {
    .name = "W25Q128JV",
    .id = {0xEF, 0x40, 0x18},
    .release_id = {0x17},
    .size = 16u << 20,
    .page = 256,
    .clock_hz = 133000000,
    .cr1_default = 0x02,
    .cr2_default = 0x60,
    .cr3_default = 0x10,
    .sfdp = SFDP(headers, w25q128jv_tables),
    .times = {[NOR_TIME_PAGE] = RANGE(700, 3000, US),
              W25Q_BYTES,
              [NOR_TIME_ERASE_CHIP] = RANGE(40, 200, SECOND),
              W25Q_INTERFACE},
    .family = &nor_family_w25q,
    .features = COMMON,
    .quad_enable = NOR_QE_SR2_BIT1,
    .erases = W25Q_ERASES,
    .reads = READS,
};

/* SR1: TB and BP3..BP0 [memory]. There is no 4-byte opcode for 32 KiB [SFDP]. */
const struct nor_part nor_part_w25q512jv = {
    .name = "W25Q512JV",
    .id = {0xEF, 0x40, 0x20},
    .release_id = {0x19},
    .size = 64u << 20,
    .page = 256,
    .clock_hz = 133000000,
    .cr1_default = 0x02,
    .cr2_default = 0x60,
    .cr3_default = 0x10,
    .sfdp = SFDP(headers_4b, w25q512jv_tables),
    .times = {[NOR_TIME_PAGE] = RANGE(704, 4224, US),
              W25Q_BYTES,
              [NOR_TIME_ERASE_CHIP] = RANGE(192, 1152, SECOND),
              W25Q_INTERFACE},
    .family = &nor_family_w25q,
    .features = COMMON | LARGE | NOR_IF_QPI,
    .quad_enable = NOR_QE_SR2_BIT1,
    .protection = NOR_PROTECTION_BP4,
    .qpi_dummy = 2,
    .erases = {{0x20, 0x21, 4096, RANGE(64, 896, MS)},
               {0x52, 0, 32768, RANGE(128, 1792, MS)},
               {0xD8, 0xDC, 65536, RANGE(160, 2240, MS)}},
    .reads = READS_4B,
};

#define GD25_TIMES                                                                                 \
    [NOR_TIME_PAGE] = RANGE(500, 2400, US), [NOR_TIME_BYTE_FIRST] = RANGE(72, 576, US),            \
    [NOR_TIME_BYTE_NEXT] = RANGE(5, 40, US), [NOR_TIME_REGISTER] = RANGE(5, 30, MS),               \
    [NOR_TIME_POWER_UP] = SAME(5, MS), [NOR_TIME_RESET] = SAME(30, US),                            \
    [NOR_TIME_RESET_BUSY] = SAME(12, MS), [NOR_TIME_SUSPEND] = SAME(40, US),                       \
    [NOR_TIME_RESUME_TO_SUSPEND] = SAME(128, US), [NOR_TIME_DPD_ENTER] = SAME(20, US),             \
    [NOR_TIME_DPD_EXIT] = SAME(30, US), [NOR_TIME_CS_HIGH] = SAME(50, NS)
#define GD25_ERASES                                                                                \
    {                                                                                              \
        {0x20, 0, 4096, RANGE(50, 400, MS)}, {0x52, 0, 32768, RANGE(150, 800, MS)},                \
        {                                                                                          \
            0xD8, 0, 65536, RANGE(250, 1200, MS)                                                   \
        }                                                                                          \
    }

const struct nor_part nor_part_gd25q64 = {
    .name = "GD25Q64",
    .id = {0xC8, 0x40, 0x17},
    .release_id = {0x16},
    .size = 8u << 20,
    .page = 256,
    .clock_hz = 120000000, /* [memory] */
    .cr2_default = 0x60,
    .cr3_default = 0x10,
    .sfdp = SFDP(headers, gd25q64_tables),
    .times = {GD25_TIMES, [NOR_TIME_ERASE_CHIP] = RANGE(25, 60, SECOND)},
    .family = &nor_family_w25q,
    .features = COMMON | NOR_IF_QPI,
    .quad_enable = NOR_QE_SR2_BIT1_SHORT_CLEARS,
    .qpi_dummy = 4,
    .erases = GD25_ERASES,
    .reads = READS,
};

const struct nor_part nor_part_gd25q128 = {
    .name = "GD25Q128",
    .id = {0xC8, 0x40, 0x18},
    .release_id = {0x17},
    .size = 16u << 20,
    .page = 256,
    .clock_hz = 104000000, /* [memory] */
    .cr2_default = 0x60,
    .cr3_default = 0x10,
    .sfdp = SFDP(headers, gd25q128_tables),
    .times = {GD25_TIMES, [NOR_TIME_ERASE_CHIP] = RANGE(60, 120, SECOND)},
    .family = &nor_family_w25q,
    .features = COMMON | NOR_IF_QPI,
    .quad_enable = NOR_QE_SR2_BIT1_SHORT_CLEARS,
    .qpi_dummy = 4,
    .erases = GD25_ERASES,
    .reads = READS,
};

/* A single byte of 01h clears status register 2 [SFDP]. */
const struct nor_part nor_part_at25ql128a = {
    .name = "AT25QL128A",
    .id = {0x1F, 0x42, 0x18},
    .release_id = {0x17},
    .size = 16u << 20,
    .page = 256,
    .clock_hz = 133000000,
    .cr2_default = 0x60,
    .cr3_default = 0x10,
    .sfdp = SFDP(headers, at25ql128a_tables),
    .times = {[NOR_TIME_PAGE] = RANGE(640, 6400, US),
              [NOR_TIME_BYTE_FIRST] = RANGE(5, 50, US),
              [NOR_TIME_BYTE_NEXT] = RANGE(1, 10, US),
              [NOR_TIME_ERASE_CHIP] = RANGE(60, 600, SECOND),
              [NOR_TIME_REGISTER] = RANGE(5, 30, MS),
              [NOR_TIME_POWER_UP] = SAME(5, MS),
              [NOR_TIME_RESET] = SAME(30, US),
              [NOR_TIME_SUSPEND] = SAME(30, US),
              [NOR_TIME_RESUME_TO_SUSPEND] = SAME(64, US),
              [NOR_TIME_DPD_ENTER] = SAME(3, US),
              [NOR_TIME_DPD_EXIT] = SAME(3, US),
              [NOR_TIME_CS_HIGH] = SAME(50, NS)},
    .family = &nor_family_w25q,
    .features = COMMON | NOR_IF_QPI,
    .quad_enable = NOR_QE_SR2_BIT1_SHORT_CLEARS,
    .qpi_dummy = 4,
    .erases = {{0x20, 0, 4096, RANGE(64, 512, MS)},
               {0x52, 0, 32768, RANGE(208, 1664, MS)},
               {0xD8, 0, 65536, RANGE(352, 2816, MS)}},
    .reads = READS,
};
