/* SPDX-License-Identifier: MIT */
/*
 * What is known of the core registers in front of an instruction: constants, places on the stack,
 * bits that are set. Followed through moves, additions, literals, sums with PC; calls keep R4 to R11 and SP
 * (AAPCS) and lose the rest.
 */
#ifndef EXTLOAD_CHECK_VALUES_H
#define EXTLOAD_CHECK_VALUES_H

#include "check/thumb.h"

#define VALUES_REGISTERS 15u /* PC is none of them */

enum value_kind {
    VALUE_UNKNOWN,
    VALUE_CONSTANT, /* word */
    VALUE_STACK,    /* the function's SP at entry + word */
    VALUE_BITS,     /* at least the bits of word are set */
    VALUE_IMAGE     /* reckoned from PC: word where it was linked, wherever it was moved */
};

struct value {
    enum value_kind kind;
    uint32_t word;
};

struct values {
    struct value reg[VALUES_REGISTERS];
    uint8_t it_left;  /* how many of the next instructions an IT covers */
    uint8_t compared; /* the register that the last CMP took; THUMB_NONE if another came after */
    uint32_t compared_to;
};

/* Bytes of the loader by their linked address. */
struct code_bytes {
    const uint8_t *bytes;
    uint32_t address, size;
};

/* Little-endian word or halfword; false if it leaves the file's bytes. */
bool code_word(const struct code_bytes *code, uint32_t address, uint32_t *word);
bool code_half(const struct code_bytes *code, uint32_t address, uint16_t *half);

/* At a function's entry: SP is its own base, everything else unknown. */
struct values values_at_entry(void);
/* Steps over the instruction. */
void values_step(struct values *values, const struct thumb_insn *insn,
                 const struct code_bytes *code);
/* Keeps what both say; of two stack pointers the deeper. True if *into changed. */
bool values_join(struct values *into, const struct values *other);
struct value values_get(const struct values *values, unsigned reg);
/* The address that a load or store takes, or VALUE_UNKNOWN. */
struct value values_address(const struct values *values, const struct thumb_insn *insn);

#endif
