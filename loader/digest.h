/* SPDX-License-Identifier: MIT */
/* The flash's content in 64 bits, as abi/digest.h has it. */
#ifndef LOADER_DIGEST_H
#define LOADER_DIGEST_H

#include "abi/digest.h"

#include <stdbool.h>

__attribute__((always_inline)) static inline void digest_take(struct digest *digest, uint32_t word,
                                                              uint32_t factor)
{
    const uint64_t product = (uint64_t)(digest->a ^ word) * factor;
    digest->a = digest->b + (uint32_t)(product >> 32);
    digest->b = (uint32_t)product;
}

/* Puts the digest of each range in its place. False, with the reason, if one lies outside the flash or
 * is not made of words, or if the flash does not answer. */
bool digest_run(struct digest_range *ranges, uint32_t count);

#endif
