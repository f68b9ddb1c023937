/* SPDX-License-Identifier: MIT */
/*
 * The loader's operations over board block, bring-up, bus and flash.
 * Addresses are absolute in the mapped window, or offsets from the start of the flash.
 */
#ifndef LOADER_LOADER_H
#define LOADER_LOADER_H

#include "abi/board_block.h"

#include <stdbool.h>
#include <stdint.h>

#define BOARD_BLOCK_RESERVE 1024

/* Stamped by the host tool. */
extern union board_reserve {
    struct board_block block;
    uint8_t reserve[BOARD_BLOCK_RESERVE];
} board_block;

/*
 * Runs one of the exported functions with its arguments as called; R0 of the result in bits 31:0,
 * R1 in 63:32.
 *
 * - Init: 1 or 0
 * - Write(address, size, bytes): 1 when the flash holds the bytes, else 0
 * - SectorErase(start, end): 1 or 0; `end` lies in the last sector, both are rounded down
 * - MassErase: 1 or 0
 * - Read(address, size, bytes): 1 or 0
 * - Verify(address, bytes, words, misalignment): 0 or the address of the first difference; R1 =
 *   sum of the bytes. Bits 3:0 of the misalignment concern the start, 19:16 the size, and the sum only,
 *   as in ST's loader middleware [seen]
 * - CheckSum(address, size, initial): `initial` plus the sum of the bytes
 * - our own, which prove nothing: 0, or FFFFFFFF when they failed (abi/function.h)
 */
uint64_t loader_run(uint32_t function, const uint32_t arguments[4]);

#endif
