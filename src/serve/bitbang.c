/* SPDX-License-Identifier: MIT */
#include "serve/bitbang.h"

enum {
    BIT_TDI = 1,
    BIT_TMS = 2,
    BIT_TCK = 4,
    BIT_SRST = 1,
    BIT_TRST = 2
};

enum bitbang_end bitbang_feed(struct chip *chip, const uint8_t *bytes, size_t size, size_t *used,
                              char *answers, size_t *answer_count)
{
    size_t count = 0;
    enum bitbang_end end = BITBANG_MORE;
    for (*used = 0; *used < size && end == BITBANG_MORE; (*used)++) {
        const unsigned byte = bytes[*used];
        if (byte >= '0' && byte <= '7') {
            const unsigned wires = byte - '0';
            chip_wires(chip, (wires & BIT_TCK) != 0, (wires & BIT_TMS) != 0,
                       (wires & BIT_TDI) != 0);
        } else if (byte == 'R') {
            answers[count++] = chip->tap.tdo ? '1' : '0';
        } else if (byte >= 'r' && byte <= 'u') {
            const unsigned resets = byte - 'r';
            chip_resets(chip, (resets & BIT_SRST) != 0, (resets & BIT_TRST) != 0);
        } else if (byte == 'Q') {
            end = BITBANG_QUIT;
        } else if (byte != 'B' && byte != 'b') { /* a lamp */
            end = BITBANG_UNKNOWN;
            break;
        }
    }
    *answer_count = count;
    return end;
}
