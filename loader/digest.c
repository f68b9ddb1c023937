/* SPDX-License-Identifier: MIT */
#include "digest.h"

#include "digest_word.h"
#include "nor/nor.h"
#include "place.h"
#include "record/flight.h"

/* Where speed does not count. */
__attribute__((noinline)) static void take(struct digest *digest, uint32_t word)
{
    digest_take(digest, word, DIGEST_FACTOR);
}

static bool digest_one(struct digest_range *range)
{
    const uint32_t size = range->size;
    struct digest digest = {DIGEST_A, DIGEST_B};
    uint32_t offset;
    if (!place_of(range->address, size, &offset)) {
        return false;
    }
    if ((offset | size) % DIGEST_STEP != 0 || size == 0) {
        return flight_fail(REASON_RANGE, range->address, size, DIGEST_STEP);
    }
    take(&digest, offset);
    take(&digest, size);
    if (!nor_digest(offset, size, &digest)) {
        return false;
    }
    for (unsigned i = 0; i < DIGEST_LAST; i++) {
        take(&digest, 0);
    }
    range->address = digest.a;
    range->size = digest.b;
    return true;
}

bool digest_run(struct digest_range *ranges, uint32_t count)
{
    if (!nor_watch()) {
        return false;
    }
    for (; count > 0; ranges++, count--) {
        if (!digest_one(ranges)) {
            return false;
        }
    }
    return nor_watched(0);
}
