/* SPDX-License-Identifier: MIT */
/*
 * Command table of Microchip's SST26VF064B. Sources: part tables of U-Boot, ufprog and flashrom; its
 * SFDP table [SFDP]: in QPI the read is 0Bh, with mode bits it does not have on one line; FFh ends
 * QPI; B0h and 30h suspend and resume; no deep power-down, no 60h, no 52h. 0Ch, ECh, C0h, 72h, 8Dh,
 * AFh, the dummy byte of register reads in QPI, what is heard while busy: [memory].
 */
#include "sim/nor/sst26.h"

enum {
    ANY = NOR_SPI | NOR_QPI,
    BUSY = NOR_WHILE_BUSY,
    WEL = NOR_NEEDS_WEL,
    ARRAY = NOR_ARRAY_READ,
    QUAD = NOR_NEEDS_QUAD,
    QPI_MODE = NOR_ARRAY_READ | NOR_MODE_IN_QPI,
    DUAL_IO = NOR_ARRAY_READ | NOR_MODE_BYTE,
    QUAD_IO = NOR_ARRAY_READ | NOR_MODE_BYTE | NOR_NEEDS_QUAD
};

#define NO_ADDRESS NOR_ADDRESS_NONE, 1
#define ADDRESS(n) NOR_ADDRESS_THREE, n
#define NO_DATA    NOR_DUMMY_NONE, NOR_NO_DATA, 1, NOR_SPEED_ANY
#define IN(n)      NOR_DUMMY_NONE, NOR_DATA_IN, n, NOR_SPEED_ANY
#define OUT(d, n)  NOR_DUMMY_##d, NOR_DATA_OUT, n
#define BYTES(d)   NOR_DUMMY_##d, NOR_DATA_OUT, 1, NOR_SPEED_ANY

const struct nor_command sst26_commands[] = {
    /* array reads */
    {0x03, NOR_SPI, NOR_READ_ARRAY, ADDRESS(1), OUT(NONE, 1), NOR_SPEED_SLOW_READ, ARRAY},
    {0x0B, ANY, NOR_READ_ARRAY, ADDRESS(1), OUT(LATENCY, 1), NOR_SPEED_1_1_1, QPI_MODE},
    {0x3B, NOR_SPI, NOR_READ_ARRAY, ADDRESS(1), OUT(8, 2), NOR_SPEED_1_1_2, ARRAY},
    {0xBB, NOR_SPI, NOR_READ_ARRAY, ADDRESS(2), OUT(NONE, 2), NOR_SPEED_1_2_2, DUAL_IO},
    {0x6B, NOR_SPI, NOR_READ_ARRAY, ADDRESS(1), OUT(8, 4), NOR_SPEED_QUAD, ARRAY | QUAD},
    {0xEB, NOR_SPI, NOR_READ_ARRAY, ADDRESS(4), OUT(4, 4), NOR_SPEED_QUAD, QUAD_IO},
    {0xEC, NOR_SPI, NOR_READ_ARRAY, ADDRESS(4), OUT(4, 4), NOR_SPEED_QUAD, QUAD_IO | NOR_WRAPS},
    {0x0C, NOR_QPI, NOR_READ_ARRAY, ADDRESS(4), OUT(4, 4), NOR_SPEED_QUAD, QUAD_IO | NOR_WRAPS},

    /* identity */
    {0x9F, NOR_SPI, NOR_READ_ID, NO_ADDRESS, BYTES(NONE), 0},
    {0xAF, NOR_QPI, NOR_READ_ID, NO_ADDRESS, BYTES(LATENCY), 0},
    {0x5A, NOR_SPI, NOR_READ_SFDP, ADDRESS(1), BYTES(8), 0},

    /* program and erase */
    {0x02, ANY, NOR_PROGRAM, ADDRESS(1), IN(1), WEL},
    {0x32, NOR_SPI, NOR_PROGRAM, ADDRESS(1), IN(4), WEL | QUAD},
    {0x20, ANY, NOR_ERASE_4K, ADDRESS(1), NO_DATA, WEL},
    {0xD8, ANY, NOR_ERASE_TYPE, ADDRESS(1), NO_DATA, WEL},
    {0xC7, ANY, NOR_ERASE_CHIP, NO_ADDRESS, NO_DATA, WEL},
    {0xB0, ANY, NOR_SUSPEND, NO_ADDRESS, NO_DATA, BUSY},
    {0x30, ANY, NOR_RESUME, NO_ADDRESS, NO_DATA, 0},

    /* registers */
    {0x05, ANY, NOR_READ_SR1, NO_ADDRESS, BYTES(LATENCY), BUSY},
    {0x35, ANY, NOR_READ_CR1, NO_ADDRESS, BYTES(LATENCY), BUSY},
    {0x01, ANY, NOR_WRITE_REGISTERS, NO_ADDRESS, IN(1), WEL},
    {0x06, ANY, NOR_WRITE_ENABLE, NO_ADDRESS, NO_DATA, 0},
    {0x04, ANY, NOR_WRITE_DISABLE, NO_ADDRESS, NO_DATA, 0},
    {0xC0, ANY, NOR_SET_BURST, NO_ADDRESS, IN(1), 0},

    /* block protection register */
    {0x72, ANY, NOR_READ_BPR, NO_ADDRESS, BYTES(LATENCY), 0},
    {0x42, ANY, NOR_WRITE_BPR, NO_ADDRESS, IN(1), WEL},
    {0x8D, ANY, NOR_LOCK_BPR, NO_ADDRESS, NO_DATA, WEL},
    {0x98, ANY, NOR_GLOBAL_UNLOCK, NO_ADDRESS, NO_DATA, WEL},

    /* modes */
    {0x66, ANY, NOR_RESET_ENABLE, NO_ADDRESS, NO_DATA, BUSY},
    {0x99, ANY, NOR_RESET, NO_ADDRESS, NO_DATA, BUSY},
    {0x38, NOR_SPI, NOR_QPI_ENTER, NO_ADDRESS, NO_DATA, 0},
    {0xFF, ANY, NOR_QPI_EXIT, NO_ADDRESS, NO_DATA, 0},
    {.protocols = 0},
};
