/* SPDX-License-Identifier: MIT */
#include "sim/pairs.h"

#include <string.h>

#define UNSET 0xFF

static bool holds(const struct pairs *pairs, unsigned a, unsigned x, unsigned b, unsigned y)
{
    for (unsigned i = 0; i < pairs->rows; i++) {
        if (pairs->row[i][a] == x && pairs->row[i][b] == y) {
            return true;
        }
    }
    return false;
}

unsigned pairs_count(const struct pairs *pairs)
{
    unsigned count = 0;
    for (unsigned a = 0; a < pairs->factors; a++) {
        for (unsigned b = a + 1; b < pairs->factors; b++) {
            count += pairs->levels[a] * pairs->levels[b];
        }
    }
    return count;
}

/* Calls for every pair in no row; the first one goes to *first. */
static unsigned missing(const struct pairs *pairs, unsigned first[4])
{
    unsigned count = 0;
    for (unsigned a = 0; a < pairs->factors; a++) {
        for (unsigned b = a + 1; b < pairs->factors; b++) {
            for (unsigned at = 0; at < pairs->levels[a] * pairs->levels[b]; at++) {
                unsigned x = at / pairs->levels[b], y = at % pairs->levels[b];
                if (!holds(pairs, a, x, b, y) && count++ == 0) {
                    const unsigned pair[4] = {a, x, b, y};
                    memcpy(first, pair, sizeof pair);
                }
            }
        }
    }
    return count;
}

unsigned pairs_missing(const struct pairs *pairs)
{
    unsigned first[4];
    return missing(pairs, first);
}

/* New pairs that `choice` of `factor` makes with what the row has already. */
static unsigned gain(const struct pairs *pairs, const unsigned char *row, unsigned factor,
                     unsigned choice)
{
    unsigned count = 0;
    for (unsigned other = 0; other < pairs->factors; other++) {
        if (other != factor && row[other] != UNSET) {
            count += !holds(pairs, other, row[other], factor, choice);
        }
    }
    return count;
}

static void fill_row(const struct pairs *pairs, unsigned char *row)
{
    for (unsigned factor = 0; factor < pairs->factors; factor++) {
        unsigned best = 0, most = 0;
        if (row[factor] != UNSET) {
            continue;
        }
        for (unsigned k = 0; k < pairs->levels[factor]; k++) {
            unsigned choice = (k + pairs->rows) % pairs->levels[factor];
            unsigned gained = gain(pairs, row, factor, choice);
            if (k == 0 || gained > most) {
                best = choice;
                most = gained;
            }
        }
        row[factor] = (unsigned char)best;
    }
}

bool pairs_make(struct pairs *pairs)
{
    unsigned pair[4] = {0};
    pairs->rows = 0;
    if (pairs->factors < 2) { /* no pairs: every choice once */
        for (unsigned i = 0; pairs->factors == 1 && i < pairs->levels[0]; i++) {
            pairs->row[pairs->rows++][0] = (unsigned char)i;
        }
        return true;
    }
    while (missing(pairs, pair) > 0) {
        unsigned char row[PAIRS_FACTORS];
        if (pairs->rows == PAIRS_ROWS) {
            return false;
        }
        memset(row, UNSET, sizeof row);
        row[pair[0]] = (unsigned char)pair[1];
        row[pair[2]] = (unsigned char)pair[3];
        fill_row(pairs, row);
        memcpy(pairs->row[pairs->rows++], row, sizeof row);
    }
    return true;
}
