/* SPDX-License-Identifier: MIT */
/* Shared inside sfdp/: a table as words, of which absent ones read 0. */
#ifndef EXTLOAD_SFDP_WORDS_H
#define EXTLOAD_SFDP_WORDS_H

#include "sfdp/sfdp.h"

#define SFDP_WORD_SIZE 4u

struct sfdp_words {
    const uint8_t *bytes;
    unsigned count;
};

static inline uint32_t sfdp_little32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

/* Word n, from 1. */
static inline uint32_t sfdp_word(const struct sfdp_words *words, unsigned n)
{
    return n <= words->count ? sfdp_little32(words->bytes + (size_t)(n - 1) * SFDP_WORD_SIZE) : 0;
}

/* Bits high:low. */
static inline uint32_t sfdp_bits(uint32_t word, unsigned high, unsigned low)
{
    return word >> low & (UINT32_MAX >> (31 - (high - low)));
}

static inline bool sfdp_is_opcode(uint32_t byte)
{
    return byte != 0x00 && byte != 0xFF;
}

static inline void sfdp_needs(struct sfdp *sfdp, enum sfdp_rule rule)
{
    sfdp->rules |= UINT32_C(1) << rule;
}

/* basic.c */
void sfdp_decode_basic(struct sfdp *sfdp, const struct sfdp_words *words);
/* address4.c: after the basic table; fills basic.erases[].opcode4, too. */
void sfdp_decode_address4(struct sfdp *sfdp, const struct sfdp_words *words);
/* sector_map.c */
void sfdp_decode_sector_map(struct sfdp *sfdp, const struct sfdp_words *words);
/* octal.c */
void sfdp_decode_xspi(struct sfdp_xspi *xspi, const struct sfdp_words *words);
void sfdp_decode_registers(struct sfdp_registers *registers, const struct sfdp_words *words);
void sfdp_decode_octal_sequence(struct sfdp_octal_sequence *sequence,
                                const struct sfdp_words *words);

#endif
