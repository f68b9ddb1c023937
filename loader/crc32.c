/* SPDX-License-Identifier: MIT */
#include "crc32.h"

#define CRC_POLYNOMIAL UINT32_C(0xEDB88320) /* IEEE 802.3, reflected */

uint32_t crc32(const uint8_t *bytes, uint32_t size)
{
    uint32_t crc = UINT32_MAX;
    while (size-- > 0) {
        crc ^= *bytes++;
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (CRC_POLYNOMIAL & (0u - (crc & 1u)));
        }
    }
    return ~crc;
}
