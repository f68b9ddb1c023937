/* SPDX-License-Identifier: MIT */
/*
 * The parts of S25FL-L, one row each.
 *
 * S25FL064L: typical times are those of its SFDP tables, except the register write time [memory].
 * Maximum times, identity, default registers and interface times are those of the FMF S25FL064L
 * model (Free Model Foundry, s25fl064l.v).
 *
 * S25FL128L, S25FL256L: identity as U-Boot, OpenOCD, flashrom and ufprog have it; clock limits from
 * ufprog; times of program, erase and register write [memory]; interface times as those of the
 * S25FL064L [INF]. No dump of their SFDP was found: they have the S25FL064L's, with their density
 * and chip erase time [INF].
 */
#include "sim/clock.h"
#include "sim/nor/chip.h"

/* Highest clock in MHz by latency code 1..15 [FMF; ufprog agrees]. */
static const uint8_t clocks_064l[NOR_SPEED_COUNT][NOR_LATENCIES] = {
    [NOR_SPEED_1_1_1] = {50, 65, 75, 85, 95, 108, 108, 108, 108, 108, 108, 108, 108, 108, 108},
    [NOR_SPEED_1_1_2] = {50, 65, 75, 85, 95, 105, 108, 108, 108, 108, 108, 108, 108, 108, 108},
    [NOR_SPEED_1_2_2] = {75, 85, 95, 108, 108, 108, 108, 108, 108, 108, 108, 108, 108, 108, 108},
    [NOR_SPEED_QUAD] = {35, 45, 55, 65, 75, 85, 95, 108, 108, 108, 108, 108, 108, 108, 108},
    [NOR_SPEED_QUAD_DDR] = {20, 25, 35, 45, 54, 54, 54, 54, 54, 54, 54, 54, 54, 54, 54},
    [NOR_SPEED_QPI_REGISTER] = {15, 25, 35, 45, 55, 65, 75, 85, 95, 108, 108, 108, 108, 108, 108},
};

/* The same of the larger parts: what they reach beyond 108 MHz is from ufprog; up to there as the
 * S25FL064L, and on both edges and of registers in QPI too [INF]. */
static const uint8_t clocks_256l[NOR_SPEED_COUNT][NOR_LATENCIES] = {
    [NOR_SPEED_1_1_1] = {50, 65, 75, 85, 95, 108, 108, 108, 133, 133, 133, 133, 133, 133, 133},
    [NOR_SPEED_1_1_2] = {50, 65, 75, 85, 95, 105, 108, 108, 133, 133, 133, 133, 133, 133, 133},
    [NOR_SPEED_1_2_2] = {75, 85, 95, 108, 108, 108, 133, 133, 133, 133, 133, 133, 133, 133, 133},
    [NOR_SPEED_QUAD] = {35, 45, 55, 65, 75, 85, 95, 108, 115, 115, 120, 120, 133, 133, 133},
    [NOR_SPEED_QUAD_DDR] = {20, 25, 35, 45, 54, 54, 54, 54, 54, 54, 54, 54, 54, 54, 54},
    [NOR_SPEED_QPI_REGISTER] = {15, 25, 35, 45, 55, 65, 75, 85, 95, 108, 108, 108, 108, 108, 108},
};

/* Header and parameter headers at 000h; basic table (16 words) at 300h; 4-byte address instruction
 * table (2 words) at 340h [FMF]. Wrong in the chip's own tables: erase type 2 of the second says
 * 52h where the chip has 53h; its bit 2 denies 3Ch. */
static const uint8_t s25fl064l_headers[] = {
    0x53, 0x46, 0x44, 0x50, 0x06, 0x01, 0x01, 0xFF, 0x00, 0x06, 0x01, 0x10,
    0x00, 0x03, 0x00, 0xFF, 0x84, 0x00, 0x01, 0x02, 0x40, 0x03, 0x00, 0xFF,
};
#define TABLES(density, chip_erase)                                                                \
    0xE5, 0x20, 0xFB, 0xFF, 0xFF, 0xFF, 0xFF, density, 0x48, 0xEB, 0x08, 0x6B, 0x08, 0x3B, 0x88,   \
        0xBB, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x48, 0xEB, 0x0C, 0x20,  \
        0x0F, 0x52, 0x10, 0xD8, 0x00, 0xFF, 0x31, 0x92, 0x0D, 0xFF, 0x81, 0x66, 0x4E, chip_erase,  \
        0xCC, 0x83, 0x18, 0x44, 0x7A, 0x75, 0x7A, 0x75, 0xF7, 0xA2, 0xD5, 0x5C, 0x22, 0xF6, 0x5D,  \
        0xFF, 0xE8, 0x50, 0xF8, 0xA1, 0xFB, 0x8E, 0xF3, 0xFF, 0x21, 0x52, 0xDC, 0xFF

static const uint8_t s25fl064l_tables[] = {TABLES(0x03, 0xCD)};
static const uint8_t s25fl128l_tables[] = {TABLES(0x07, 0xD1)}; /* 72 s */
static const uint8_t s25fl256l_tables[] = {TABLES(0x0F, 0xE2)}; /* 192 s */

/* Of the larger parts; the chip erase time is in the row. */
#define LARGE_TIMES                                                                                \
    [NOR_TIME_PAGE] = {300 * PS_PER_US, 1200 * PS_PER_US},                                         \
    [NOR_TIME_BYTE_FIRST] = {80 * PS_PER_US, 90 * PS_PER_US},                                      \
    [NOR_TIME_BYTE_NEXT] = {10 * PS_PER_US, 30 * PS_PER_US},                                       \
    [NOR_TIME_ERASE_4K] = {50 * PS_PER_MS, 250 * PS_PER_MS},                                       \
    [NOR_TIME_ERASE_32K] = {190 * PS_PER_MS, 363 * PS_PER_MS},                                     \
    [NOR_TIME_ERASE_64K] = {270 * PS_PER_MS, 725 * PS_PER_MS},                                     \
    [NOR_TIME_REGISTER] = {145 * PS_PER_MS, 750 * PS_PER_MS}, INTERFACE_TIMES

#define INTERFACE_TIMES                                                                            \
    [NOR_TIME_PASSWORD] = {100 * PS_PER_US, 100 * PS_PER_US},                                      \
    [NOR_TIME_POWER_UP] = {300 * PS_PER_US, 300 * PS_PER_US},                                      \
    [NOR_TIME_RESET] = {100 * PS_PER_US, 100 * PS_PER_US},                                         \
    [NOR_TIME_SUSPEND] = {40 * PS_PER_US, 40 * PS_PER_US},                                         \
    [NOR_TIME_RESUME_TO_SUSPEND] = {100 * PS_PER_US, 100 * PS_PER_US},                             \
    [NOR_TIME_DPD_ENTER] = {3 * PS_PER_US, 3 * PS_PER_US},                                         \
    [NOR_TIME_DPD_EXIT] = {5 * PS_PER_US, 5 * PS_PER_US},                                          \
    [NOR_TIME_QPI_ENTER] = {1500 * PS_PER_NS, 1500 * PS_PER_NS},                                   \
    [NOR_TIME_QPI_EXIT] = {1000 * PS_PER_NS, 1000 * PS_PER_NS},                                    \
    [NOR_TIME_CS_HIGH] = {50 * PS_PER_NS, 50 * PS_PER_NS}

const struct nor_part nor_part_s25fl064l = {
    .name = "S25FL064L",
    .id = {0x01, 0x60, 0x17},
    .release_id = {0x60, 0x17},
    .size = 8u << 20,
    .page = 256,
    .clock_hz = 108000000,
    .cr2_default = 0x60,
    .cr3_default = 0x78,
    .sfdp = {{0x000, sizeof(s25fl064l_headers), s25fl064l_headers},
             {0x300, sizeof(s25fl064l_tables), s25fl064l_tables}},
    .times =
        {
            [NOR_TIME_PAGE] = {448 * PS_PER_US, 1350 * PS_PER_US},
            [NOR_TIME_BYTE_FIRST] = {80 * PS_PER_US, 90 * PS_PER_US},
            [NOR_TIME_BYTE_NEXT] = {10 * PS_PER_US, 30 * PS_PER_US},
            [NOR_TIME_ERASE_4K] = {64 * PS_PER_MS, 320 * PS_PER_MS},
            [NOR_TIME_ERASE_32K] = {304 * PS_PER_MS, 600 * PS_PER_MS},
            [NOR_TIME_ERASE_64K] = {512 * PS_PER_MS, 1150 * PS_PER_MS},
            [NOR_TIME_ERASE_CHIP] = {56 * PS_PER_SECOND, 150 * PS_PER_SECOND},
            [NOR_TIME_REGISTER] = {220 * PS_PER_MS, 1200 * PS_PER_MS},
            INTERFACE_TIMES,
        },
    .family = &nor_family_s25fl_l,
    .clocks = clocks_064l,
};

const struct nor_part nor_part_s25fl128l = {
    .name = "S25FL128L",
    .id = {0x01, 0x60, 0x18},
    .release_id = {0x60, 0x18},
    .size = 16u << 20,
    .page = 256,
    .clock_hz = 133000000,
    .cr2_default = 0x60,
    .cr3_default = 0x78,
    .sfdp = {{0x000, sizeof(s25fl064l_headers), s25fl064l_headers},
             {0x300, sizeof(s25fl128l_tables), s25fl128l_tables}},
    .times = {LARGE_TIMES, [NOR_TIME_ERASE_CHIP] = {70 * PS_PER_SECOND, 180 * PS_PER_SECOND}},
    .family = &nor_family_s25fl_l,
    .clocks = clocks_256l,
};

/* SR1: TBPROT and BP3..BP0. */
const struct nor_part nor_part_s25fl256l = {
    .name = "S25FL256L",
    .id = {0x01, 0x60, 0x19},
    .release_id = {0x60, 0x19},
    .size = 32u << 20,
    .page = 256,
    .clock_hz = 133000000,
    .cr2_default = 0x60,
    .cr3_default = 0x78,
    .sfdp = {{0x000, sizeof(s25fl064l_headers), s25fl064l_headers},
             {0x300, sizeof(s25fl256l_tables), s25fl256l_tables}},
    .times = {LARGE_TIMES, [NOR_TIME_ERASE_CHIP] = {140 * PS_PER_SECOND, 360 * PS_PER_SECOND}},
    .family = &nor_family_s25fl_l,
    .protection = NOR_PROTECTION_BP4,
    .clocks = clocks_256l,
};
