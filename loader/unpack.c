/* SPDX-License-Identifier: MIT */
#include "unpack.h"

#include "time/time.h"

#define LENGTH_GOES_ON 15u /* of a nibble of the token: bytes follow that are added */
#define SHORTEST_MATCH 4u

struct cursor {
    const uint8_t *at;
    uint32_t left;
};

/* A byte of the block; past its end, one that ends what is being read. */
__attribute__((noinline)) static uint32_t next(struct cursor *cursor)
{
    if (cursor->left == 0) {
        return 0;
    }
    cursor->left--;
    return *cursor->at++;
}

static uint32_t length(struct cursor *cursor, uint32_t nibble)
{
    uint32_t sum = nibble, byte;
    if (nibble == LENGTH_GOES_ON) {
        do {
            byte = next(cursor);
            sum += byte;
        } while (byte == 0xFF);
    }
    return sum;
}

__attribute__((noinline)) bool unpack(const uint8_t *block, uint32_t block_size, uint8_t *bytes,
                                      uint32_t size)
{
    struct cursor cursor = {block, block_size};
    uint32_t done = 0;
    for (;;) {
        const uint32_t token = next(&cursor);
        uint32_t count = length(&cursor, token >> 4);
        time_feed();
        if (count > cursor.left || count > size - done) {
            return false;
        }
        for (cursor.left -= count; count > 0; count--) {
            bytes[done++] = *cursor.at++;
        }
        if (cursor.left == 0) { /* the last sequence has literals only */
            return done == size;
        }
        uint32_t distance = next(&cursor);
        distance |= next(&cursor) << 8;
        count = length(&cursor, token & LENGTH_GOES_ON) + SHORTEST_MATCH;
        if (distance == 0 || distance > done || count > size - done) {
            return false;
        }
        for (; count > 0; count--, done++) {
            bytes[done] = bytes[done - distance];
        }
    }
}
