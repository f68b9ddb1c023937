/* SPDX-License-Identifier: MIT */
/*
 * The valid name that comes nearest to a mistyped one.
 */
#ifndef EXTLOAD_BOARD_NEAREST_H
#define EXTLOAD_BOARD_NEAREST_H

#include <stdbool.h>

struct nearest {
    const char *wanted;
    const char *name; /* best candidate so far, not owned; NULL = none */
    unsigned distance;
};

/* Offers a candidate. Letters that differ only in case count half. */
void nearest_offer(struct nearest *nearest, const char *candidate);

/* True if the best candidate is near enough to be what was meant. */
bool nearest_is_close(const struct nearest *nearest);

#endif
