/* SPDX-License-Identifier: MIT */
/* Addresses of the image in its own code: what makes it run at one place only. */
#ifndef EXTLOAD_CHECK_ABSOLUTE_H
#define EXTLOAD_CHECK_ABSOLUTE_H

#include "elf/elf32.h"

#include <stdbool.h>

struct absolute_word {
    uint32_t instruction; /* its address as linked */
    uint32_t literal;     /* where the value is stored; 0 for a pair of moves */
    uint32_t value;       /* the address that it loads */
    unsigned reg;         /* into which register */
};

/* True if the instruction `at` bytes into the segment loads a literal, or moves both halves of a
 * word. */
bool absolute_load_at(const struct elf_segment *code, uint32_t at, struct absolute_word *load);

/* Counts loads of literals (LDR Rt, [PC, #n]) and pairs of MOVW and MOVT whose value lies in the
 * segment; *first is the first of them. Data that looks like such a load counts too, if its
 * value fits; a table of pointers that no code names does not. */
unsigned absolute_words(const struct elf_segment *code, struct absolute_word *first);

#endif
