/* SPDX-License-Identifier: MIT */
/*
 * Micron's MT25Q, one row a part.
 *
 * Identity: part tables of U-Boot, OpenOCD, flashrom and ufprog; the three bytes behind it: U-Boot.
 * Times of page, erases and chip: [memory]; byte times, suspend, wake-up and the SFDP tables: those
 * of the MT25QU256, with this part's density [INF]; register write, power-up: [memory]; reset: [INF].
 * Where the tables lie is made up [INF].
 */
#include "sim/clock.h"
#include "sim/nor/mt25q.h"
#include "sim/nor/sfdp_words.h"

enum {
    AT_BASIC = 0x18
};

static const uint8_t mt25ql512abb_sfdp[] = {
    HEADER(6, 2, 0xFF),
    TABLE(0x00, 6, 16, AT_BASIC),
    TABLE(0x84, 0, 2, AT_BASIC + 64),
    WORD(0xFFFB20E5),
    WORD(0x1FFFFFFF),
    WORD(0x6B27EB29),
    WORD(0xBB273B27),
    WORD(0xFFFFFFFF),
    WORD(0xBB27FFFF),
    WORD(0xEB29FFFF),
    WORD(0xD810200C),
    WORD(0x0000520F),
    WORD(0x00994A24),
    WORD(0xD4038E8B),
    WORD(0x382701AC),
    WORD(0x757A757A),
    WORD(0x5CD5BDFB),
    WORD(0xFF820F4A),
    WORD(0x363DBD81),
    WORD(0xFFFFE7FF),
    WORD(0xFFFFDC21),
};

const struct nor_part nor_part_mt25ql512abb = {
    .name = "MT25QL512ABB",
    .id = {0x20, 0xBA, 0x20},
    .more_id = {0x10, 0x44, 0x00},
    .size = 64u << 20,
    .page = 256,
    .clock_hz = 133000000,
    .sfdp = {{0, sizeof(mt25ql512abb_sfdp), mt25ql512abb_sfdp}},
    .times =
        {
            [NOR_TIME_PAGE] = {120 * PS_PER_US, 1800 * PS_PER_US},
            [NOR_TIME_BYTE_FIRST] = {15 * PS_PER_US, 360 * PS_PER_US},
            [NOR_TIME_BYTE_NEXT] = {1 * PS_PER_US, 24 * PS_PER_US},
            [NOR_TIME_ERASE_4K] = {50 * PS_PER_MS, 400 * PS_PER_MS},
            [NOR_TIME_ERASE_32K] = {100 * PS_PER_MS, 1000 * PS_PER_MS},
            [NOR_TIME_ERASE_64K] = {150 * PS_PER_MS, 1000 * PS_PER_MS},
            [NOR_TIME_ERASE_CHIP] = {153 * PS_PER_SECOND, 460 * PS_PER_SECOND},
            [NOR_TIME_REGISTER] = {200 * PS_PER_MS, 1000 * PS_PER_MS},
            [NOR_TIME_POWER_UP] = {300 * PS_PER_US, 300 * PS_PER_US},
            [NOR_TIME_RESET] = {40 * PS_PER_US, 40 * PS_PER_US},
            [NOR_TIME_RESET_BUSY] = {1 * PS_PER_MS, 1 * PS_PER_MS},
            [NOR_TIME_SUSPEND] = {25 * PS_PER_US, 25 * PS_PER_US},
            [NOR_TIME_RESUME_TO_SUSPEND] = {192 * PS_PER_US, 192 * PS_PER_US},
            [NOR_TIME_DPD_ENTER] = {3 * PS_PER_US, 3 * PS_PER_US},
            [NOR_TIME_DPD_EXIT] = {30 * PS_PER_US, 30 * PS_PER_US},
            [NOR_TIME_CS_HIGH] = {50 * PS_PER_NS, 50 * PS_PER_NS},
        },
    .family = &nor_family_mt25q,
    .features = NOR_KEEPS_CONTINUOUS,
};
