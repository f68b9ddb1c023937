/* SPDX-License-Identifier: MIT */
/* Fields of an instruction word, for the decoder only. */
#ifndef EXTLOAD_CHECK_THUMB_BITS_H
#define EXTLOAD_CHECK_THUMB_BITS_H

#include <stdint.h>

/* word[high:low]; fewer than 32 bits. */
static inline unsigned bits(uint32_t word, unsigned high, unsigned low)
{
    return word >> low & ((1u << (high - low + 1)) - 1u);
}

static inline unsigned count_bits(unsigned list)
{
    unsigned count = 0;
    for (; list != 0; list &= list - 1) {
        count++;
    }
    return count;
}

#endif
