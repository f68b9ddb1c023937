/* SPDX-License-Identifier: MIT */
/* Addresses of the image in its own code: what makes it run at one place only. */
#ifndef EXTLOAD_CHECK_ABSOLUTE_H
#define EXTLOAD_CHECK_ABSOLUTE_H

#include "elf/elf32.h"

struct absolute_word {
    uint32_t instruction; /* its address as linked */
    uint32_t value;       /* the address that it loads */
};

/* Counts loads of literals (LDR Rt, [PC, #n]) and pairs of MOVW and MOVT whose value lies in the
 * segment; *first is the first of them. Data that looks like such a load counts too, if its
 * value fits; a table of pointers that no code names does not. */
unsigned absolute_words(const struct elf_segment *code, struct absolute_word *first);

#endif
