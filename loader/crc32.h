/* SPDX-License-Identifier: MIT */
#ifndef LOADER_CRC32_H
#define LOADER_CRC32_H

#include <stdint.h>

/* CRC-32 as in abi/board_block.h. */
uint32_t crc32(const uint8_t *bytes, uint32_t size);

#endif
