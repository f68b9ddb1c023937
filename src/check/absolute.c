/* SPDX-License-Identifier: MIT */
#include "check/absolute.h"

#include <stdbool.h>

/* Encodings: Armv7-M and Armv8-M ARM, LDR (literal) T1 and T2, MOV (immediate) T3, MOVT T1 [ARM]. */

static uint32_t half(const struct elf_segment *code, uint32_t at)
{
    return at + 2 <= code->file_size ? (uint32_t)(code->bytes[at] | code->bytes[at + 1] << 8) : 0;
}

/* Offset of the literal that the instruction at `at` loads. */
static bool literal_at(const struct elf_segment *code, uint32_t at, uint32_t *literal)
{
    const uint32_t first = half(code, at);
    const uint32_t pc = ((code->vaddr + at + 4) & ~3u) - code->vaddr;
    if ((first & 0xF800) == 0x4800) {
        *literal = pc + (first & 0xFF) * 4;
    } else if (first == 0xF8DF) {
        *literal = pc + (half(code, at + 2) & 0xFFF);
    } else if (first == 0xF85F) {
        *literal = pc - (half(code, at + 2) & 0xFFF);
    } else {
        return false;
    }
    return *literal + 4 > *literal && *literal + 4 <= code->file_size;
}

static bool is_move(const struct elf_segment *code, uint32_t at, uint32_t opcode)
{
    return (half(code, at) & 0xFBF0) == opcode && (half(code, at + 2) & 0x8000) == 0;
}

static uint32_t move_immediate(const struct elf_segment *code, uint32_t at)
{
    const uint32_t first = half(code, at), second = half(code, at + 2);
    return (first & 0xF) << 12 | (first >> 10 & 1) << 11 | (second >> 12 & 7) << 8 |
           (second & 0xFF);
}

static uint32_t move_register(const struct elf_segment *code, uint32_t at)
{
    return half(code, at + 2) >> 8 & 0xF;
}

/* MOVW and MOVT of one register, at most a few instructions apart. */
static bool pair_at(const struct elf_segment *code, uint32_t at, uint32_t *value)
{
    if (!is_move(code, at, 0xF240)) {
        return false;
    }
    for (uint32_t next = at + 4; next < at + 20; next += 2) {
        if (is_move(code, next, 0xF2C0) && move_register(code, next) == move_register(code, at)) {
            *value = move_immediate(code, next) << 16 | move_immediate(code, at);
            return true;
        }
    }
    return false;
}

bool absolute_load_at(const struct elf_segment *code, uint32_t at, struct absolute_word *load)
{
    uint32_t literal = 0;
    load->instruction = code->vaddr + at;
    load->literal = 0;
    if (literal_at(code, at, &literal)) {
        load->literal = code->vaddr + literal;
        load->value = half(code, literal) | half(code, literal + 2) << 16;
        load->reg = (half(code, at) & 0xF800) == 0x4800 ? half(code, at) >> 8 & 7
                                                        : half(code, at + 2) >> 12 & 0xF;
        return true;
    }
    load->reg = move_register(code, at);
    return pair_at(code, at, &load->value);
}

unsigned absolute_words(const struct elf_segment *code, struct absolute_word *first)
{
    unsigned count = 0;
    for (uint32_t at = 0; at + 2 <= code->file_size; at += 2) {
        struct absolute_word load;
        if (!absolute_load_at(code, at, &load) || load.value - code->vaddr >= code->memory_size) {
            continue;
        }
        if (count++ == 0) {
            *first = load;
        }
    }
    return count;
}
