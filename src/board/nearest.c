/* SPDX-License-Identifier: MIT */
#include "board/nearest.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

#define NAME_MAX_COMPARED 63
#define STEP              2u /* cost of one wrong letter; 1 for a letter in the wrong case */

static unsigned letter_cost(char a, char b)
{
    if (a == b) {
        return 0;
    }
    return tolower((unsigned char)a) == tolower((unsigned char)b) ? 1 : STEP;
}

static size_t bounded_length(const char *text)
{
    size_t length = strlen(text);
    return length < NAME_MAX_COMPARED ? length : NAME_MAX_COMPARED;
}

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Levenshtein distance over the first 63 letters; `bound` if it is that much or more. */
static unsigned edit_distance(const char *a, const char *b, unsigned bound)
{
    size_t length_a = bounded_length(a);
    size_t length_b = bounded_length(b);
    size_t apart = length_a > length_b ? length_a - length_b : length_b - length_a;
    if (apart * STEP >= bound) {
        return bound;
    }
    unsigned row[NAME_MAX_COMPARED + 1];
    for (size_t j = 0; j <= length_b; j++) {
        row[j] = (unsigned)j * STEP;
    }
    for (size_t i = 1; i <= length_a; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i * STEP;
        unsigned least = row[0];
        for (size_t j = 1; j <= length_b; j++) {
            unsigned above = row[j];
            unsigned replaced = diagonal + letter_cost(a[i - 1], b[j - 1]);
            row[j] = smaller(replaced, smaller(above, row[j - 1]) + STEP);
            least = smaller(least, row[j]);
            diagonal = above;
        }
        if (least >= bound) {
            return bound;
        }
    }
    return smaller(row[length_b], bound);
}

void nearest_offer(struct nearest *nearest, const char *candidate)
{
    unsigned bound = nearest->name == NULL ? UINT_MAX : nearest->distance;
    unsigned distance = edit_distance(nearest->wanted, candidate, bound);
    if (nearest->name == NULL || distance < nearest->distance) {
        nearest->name = candidate;
        nearest->distance = distance;
    }
}

bool nearest_is_close(const struct nearest *nearest)
{
    if (nearest->name == NULL) {
        return false;
    }
    return nearest->distance <= STEP * (1u + (unsigned)strlen(nearest->name) / 3u);
}
