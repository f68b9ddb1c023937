/* SPDX-License-Identifier: MIT */
/*
 * Macronix' octal parts, one row each.
 *
 * MX66UW1G45G: typical and maximum times of program, sector and block erase, suspend and wake-up
 * are those of its basic SFDP table (DW10 to DW14), as a public dump gives it [SFDP]. Of its chip
 * erase the table gives the typical time; the maximum is 8 s a MiB, which covers what other parts
 * state [INF]. MX25UM51245G: times of the family [memory]. Both: register write 40 ms, reset during
 * an erase 100 ms [BSP: ST's component drivers]; power-up, reset otherwise [memory]; CS# high 10 ns:
 * ST's loader leaves two clocks of 150 MHz [INF].
 *
 * SFDP of the MX66UW1G45G: the basic and the 4-byte address table are those of the dump. Where they
 * lie, the header, and the tables xSPI profile (FF05), register map (FF87) and octal sequence
 * (FF0A) are made up from what the commands do: no dump of them was found [INF]. The MX25UM51245G
 * gets the same with its density [INF].
 */
#include "sim/clock.h"
#include "sim/nor/part.h"
#include "sim/nor/sfdp_words.h"

enum {
    AT_BASIC = 0x30,
    BASIC_WORDS = 20,
    AT_ADDRESS = AT_BASIC + 4 * BASIC_WORDS,
    ADDRESS_WORDS = 2,
    AT_MAP = AT_ADDRESS + 4 * ADDRESS_WORDS,
    MAP_WORDS = 28,
    AT_PROFILE = AT_MAP + 4 * MAP_WORDS,
    PROFILE_WORDS = 5,
    AT_SEQUENCE = AT_PROFILE + 4 * PROFILE_WORDS,
    SEQUENCE_WORDS = 8
};

/* Header: signature, revision 1.7, five tables, access protocol FDh (8D, 20 dummy clocks). */
#define HEADERS                                                                                    \
    HEADER(7, 5, 0xFD), TABLE(0x00, 7, BASIC_WORDS, AT_BASIC),                                     \
        TABLE(0x84, 0, ADDRESS_WORDS, AT_ADDRESS), TABLE(0x87, 1, MAP_WORDS, AT_MAP),              \
        TABLE(0x05, 0, PROFILE_WORDS, AT_PROFILE), TABLE(0x0A, 0, SEQUENCE_WORDS, AT_SEQUENCE)

/* DW18: the opcode's inverse follows it, pairs are swapped on both edges. DW20: 200 MHz. */
#define BASIC(density)                                                                             \
    WORD(0xFF8A20E5), WORD(density), WORD(0xFF00FF00), WORD(0xFF00FF00), WORD(0xFFFFFFEE),         \
        WORD(0xFF00FFFF), WORD(0xFF00FFFF), WORD(0xD810200C), WORD(0xFF00FF00), WORD(0x0001798B),  \
        WORD(0xE200128F), WORD(0x466704CC), WORD(0xB030B030), WORD(0x5CD5BDF4), WORD(0xFF000000),  \
        WORD(0x20001010), WORD(0x00000000), WORD(0xA37C0000), WORD(0x00000048), WORD(0x88880000)

#define ADDRESSES WORD(0x00000F43), WORD(0xFFFFDC21)

/* WIP, WEL: 05h. Program and erase error: 2Bh. Dummy code: CR2 at 300h, octal STR and DTR: at 0. */
#define MAP                                                                                        \
    WORD(0), WORD(0), WORD(0), WORD(0), WORD(0x80000500), WORD(0x81000500), WORD(0x85002B00),      \
        WORD(0x86002B00), WORD(0x98037172), WORD(0), WORD(0), WORD(0), WORD(0), WORD(0), WORD(0),  \
        WORD(0), WORD(0), WORD(0), WORD(0), WORD(0x98007172), WORD(0), WORD(0x99007172), WORD(0),  \
        WORD(0), WORD(0), WORD(0), WORD(0), WORD(0)

/* Read EEh; status with 4 address bytes and 8 dummy clocks; clocks at 200, 166, 133, 100 MHz. */
#define PROFILE                                                                                    \
    WORD(0x3000EE00), WORD(0), WORD(0), WORD(20 << 7), WORD(UINT32_C(16) << 27 | 12 << 17 | 10 << 7)

/* 06h; 72h with address 0 and 02h. Length, then the bytes from the highest down. */
#define SEQUENCE                                                                                   \
    WORD(0x01060000), WORD(0), WORD(0x06720000), WORD(0x00000200), WORD(0), WORD(0), WORD(0),      \
        WORD(0)

static const uint8_t mx66uw1g45g_sfdp[] = {HEADERS, BASIC(0x3FFFFFFF), ADDRESSES,
                                           MAP,     PROFILE,           SEQUENCE};
static const uint8_t mx25um51245g_sfdp[] = {HEADERS, BASIC(0x1FFFFFFF), ADDRESSES,
                                            MAP,     PROFILE,           SEQUENCE};

_Static_assert(sizeof(mx66uw1g45g_sfdp) == AT_SEQUENCE + 4 * SEQUENCE_WORDS,
               "the tables lie where the headers say");

/* What both parts share. */
#define INTERFACE_TIMES                                                                            \
    [NOR_TIME_REGISTER] = {10 * PS_PER_MS, 40 * PS_PER_MS},                                        \
    [NOR_TIME_POWER_UP] = {3 * PS_PER_MS, 3 * PS_PER_MS},                                          \
    [NOR_TIME_RESET] = {40 * PS_PER_US, 40 * PS_PER_US},                                           \
    [NOR_TIME_RESET_BUSY] = {100 * PS_PER_MS, 100 * PS_PER_MS},                                    \
    [NOR_TIME_SUSPEND] = {56 * PS_PER_US, 56 * PS_PER_US},                                         \
    [NOR_TIME_RESUME_TO_SUSPEND] = {448 * PS_PER_US, 448 * PS_PER_US},                             \
    [NOR_TIME_DPD_ENTER] = {10 * PS_PER_US, 10 * PS_PER_US},                                       \
    [NOR_TIME_DPD_EXIT] = {30 * PS_PER_US, 30 * PS_PER_US},                                        \
    [NOR_TIME_CS_HIGH] = {10 * PS_PER_NS, 10 * PS_PER_NS}

const struct nor_part nor_part_mx66uw1g45g = {
    .name = "MX66UW1G45G",
    .id = {0xC2, 0x81, 0x3B},
    .size = 128u << 20,
    .page = 256,
    .clock_hz = 200000000,
    .swaps_pairs = true,
    .cr1_default = 0x07,
    .sfdp = {{0, sizeof(mx66uw1g45g_sfdp), mx66uw1g45g_sfdp}},
    .times =
        {
            [NOR_TIME_PAGE] = {152 * PS_PER_US, 4864 * PS_PER_US},
            [NOR_TIME_BYTE_FIRST] = {1 * PS_PER_US, 32 * PS_PER_US},
            [NOR_TIME_BYTE_NEXT] = {1 * PS_PER_US, 32 * PS_PER_US},
            [NOR_TIME_ERASE_4K] = {25 * PS_PER_MS, 600 * PS_PER_MS},
            [NOR_TIME_ERASE_64K] = {256 * PS_PER_MS, 6144 * PS_PER_MS},
            [NOR_TIME_ERASE_CHIP] = {192 * PS_PER_SECOND, 1024 * PS_PER_SECOND},
            INTERFACE_TIMES,
        },
    .family = &nor_family_mx_octal,
};

const struct nor_part nor_part_mx25um51245g = {
    .name = "MX25UM51245G",
    .id = {0xC2, 0x80, 0x3A},
    .size = 64u << 20,
    .page = 256,
    .clock_hz = 200000000,
    .swaps_pairs = true,
    .cr1_default = 0x07,
    .sfdp = {{0, sizeof(mx25um51245g_sfdp), mx25um51245g_sfdp}},
    .times =
        {
            [NOR_TIME_PAGE] = {150 * PS_PER_US, 750 * PS_PER_US},
            [NOR_TIME_BYTE_FIRST] = {1 * PS_PER_US, 32 * PS_PER_US},
            [NOR_TIME_BYTE_NEXT] = {1 * PS_PER_US, 32 * PS_PER_US},
            [NOR_TIME_ERASE_4K] = {25 * PS_PER_MS, 400 * PS_PER_MS},
            [NOR_TIME_ERASE_64K] = {220 * PS_PER_MS, 2000 * PS_PER_MS},
            [NOR_TIME_ERASE_CHIP] = {150 * PS_PER_SECOND, 300 * PS_PER_SECOND},
            INTERFACE_TIMES,
        },
    .family = &nor_family_mx_octal,
};
