/* SPDX-License-Identifier: MIT */
/* The loader with one fault on purpose: an image for each mutant of tests/mutants/list that
 * tests/sim/kinds.def names. cmake/kinds.cmake makes them. */
#ifndef EXTLOAD_TESTS_SIM_MUTANTS_H
#define EXTLOAD_TESTS_SIM_MUTANTS_H

#include "pack/pack.h"

struct mutant {
    const char *name;
    const struct loader_image *(*image)(void);
};

/* A NULL name ends them. */
extern const struct mutant mutants[];

#endif
