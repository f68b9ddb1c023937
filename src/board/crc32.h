/* SPDX-License-Identifier: MIT */
#ifndef EXTLOAD_BOARD_CRC32_H
#define EXTLOAD_BOARD_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32 of IEEE 802.3: polynomial 0x04C11DB7 reflected, start and final XOR all ones. The nine
 * bytes "123456789" give 0xCBF43926. */
uint32_t crc32_of(const uint8_t *bytes, size_t size);

#endif
