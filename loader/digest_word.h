/* SPDX-License-Identifier: MIT */
/* One word more in a digest: abi/digest.h. */
#ifndef LOADER_DIGEST_WORD_H
#define LOADER_DIGEST_WORD_H

#include "abi/digest.h"

__attribute__((always_inline)) static inline void digest_take(struct digest *digest, uint32_t word,
                                                              uint32_t factor)
{
    const uint64_t product = (uint64_t)(digest->a ^ word) * factor;
    digest->a = digest->b + (uint32_t)(product >> 32);
    digest->b = (uint32_t)product;
}

#endif
