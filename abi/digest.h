/* SPDX-License-Identifier: MIT */
/*
 * What a range of the flash holds, in 64 bits, so that only these cross the debug link.
 *
 * Digest's R0 is the address of a list in RAM, R1 the number of its entries. Each names a range, and is
 * replaced by that range's digest. Little endian.
 *
 * The state is two words, `a` = DIGEST_A and `b` = DIGEST_B. Each word w taken in changes them:
 *
 *     product = (a ^ w) * DIGEST_FACTOR      64 bits
 *     a = b + (product >> 32)                32 bits
 *     b = product                            its lower 32 bits
 *
 * Taken in are, in this order: the range's offset from the start of the flash, its size, its words, and
 * DIGEST_LAST zeros. Offset and size are bytes. Each step can be undone, as the factor is odd: ranges that
 * differ in one word always have different digests, others the same one by chance only, one in 2^64. It is
 * no signature: whoever wants to can make two ranges with one digest.
 */
#ifndef EXTLOAD_ABI_DIGEST_H
#define EXTLOAD_ABI_DIGEST_H

#include <stdint.h>

#define DIGEST_A      UINT32_C(0x9E3779B9) /* the golden ratio's first bits */
#define DIGEST_B      UINT32_C(0x7F4A7C15) /* and the next */
#define DIGEST_FACTOR UINT32_C(0xB7E15163) /* of e, made odd */
#define DIGEST_LAST   4
#define DIGEST_STEP   16

/* An entry as the host writes it. */
struct digest_range {
    uint32_t
        address; /* in the window, or an offset from the start of the flash; a multiple of DIGEST_STEP */
    uint32_t size; /* bytes, a multiple of DIGEST_STEP, not 0 */
};

/* And as it is when Digest has returned. */
struct digest {
    uint32_t a, b;
};

_Static_assert(sizeof(struct digest_range) == sizeof(struct digest), "one takes the other's place");

#endif
