/* SPDX-License-Identifier: MIT */
/*
 * SFDP spaces as initialisers: little-endian words, header, parameter headers.
 */
#ifndef EXTLOAD_SIM_NOR_SFDP_WORDS_H
#define EXTLOAD_SIM_NOR_SFDP_WORDS_H

#include <stdint.h>

#define WORD(w)                                                                                    \
    (uint8_t)((w)&0xFF), (uint8_t)((w) >> 8 & 0xFF), (uint8_t)((w) >> 16 & 0xFF),                  \
        (uint8_t)((uint32_t)(w) >> 24)

/* Revision 1.`minor`, `tables` parameter headers; `access`: FFh where nothing is said. */
#define HEADER(minor, tables, access) 0x53, 0x46, 0x44, 0x50, (minor), 1, (tables)-1, (access)

/* Table FFxxh of revision 1.`minor`, `words` words long, at `at`. */
#define TABLE(id, minor, words, at) (id), (minor), 1, (words), (at)&0xFF, (at) >> 8, 0, 0xFF

#endif
