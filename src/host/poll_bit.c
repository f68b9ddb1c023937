/* SPDX-License-Identifier: MIT */
/* Encodings: Armv7-M and Armv8-M ARM, Thumb instruction set. */
#include "host/poll_bit.h"

#include <stdbool.h>

enum {
    LOOK_AHEAD = 6, /* instructions behind the load */
    NO_REGISTER = 16
};

struct instruction {
    uint32_t first, second; /* halfwords */
    size_t size;
};

static bool fetch(const uint8_t *code, size_t size, size_t at, struct instruction *instruction)
{
    if (at + 2 > size) {
        return false;
    }
    instruction->first = (uint32_t)(code[at] | code[at + 1] << 8);
    instruction->second = 0;
    instruction->size = instruction->first >> 11 >= 0x1D ? 4 : 2;
    if (instruction->size == 4) {
        if (at + 4 > size) {
            return false;
        }
        instruction->second = (uint32_t)(code[at + 2] | code[at + 3] << 8);
    }
    return true;
}

/* The register that a load fills. */
static unsigned loaded(const struct instruction *i)
{
    const uint32_t top = i->first & 0xF800u;
    if (i->size == 2) {
        const bool immediate = top == 0x6800u || top == 0x7800u || top == 0x8800u;
        const bool indexed = (i->first & 0xF000u) == 0x5000u && (i->first & 0x0E00u) >= 0x0600u;
        return immediate || indexed ? i->first & 7u : NO_REGISTER;
    }
    switch (i->first & 0xFFF0u) {
    case 0xF8D0u:
    case 0xF890u:
    case 0xF8B0u:
    case 0xF850u:
    case 0xF810u:
    case 0xF830u: return i->second >> 12;
    default: return NO_REGISTER;
    }
}

/* ThumbExpandImm */
static uint32_t expand(const struct instruction *i)
{
    const uint32_t code =
        (i->first >> 10 & 1u) << 11 | (i->second >> 12 & 7u) << 8 | (i->second & 0xFFu);
    const uint32_t byte = code & 0xFFu;
    switch (code >> 8) {
    case 0: return byte;
    case 1: return byte << 16 | byte;
    case 2: return byte << 24 | byte << 8;
    case 3: return byte * 0x01010101u;
    default: break;
    }
    const uint32_t value = 0x80u | (code & 0x7Fu), rotate = code >> 7;
    return value >> rotate | value << (32 - rotate);
}

static uint32_t value_of(const uint32_t registers[13], unsigned reg)
{
    return reg < 13 ? registers[reg] : 0;
}

/* LSL #n before BMI or BPL looks at one bit, before BEQ or BNE at all below; LSR #n before BCS or BCC at
 * the bit that falls out. */
static uint32_t shifted(const struct instruction *i, const struct instruction *next)
{
    const uint32_t amount = i->first >> 6 & 31u;
    const uint32_t condition = (next->first & 0xF000u) == 0xD000u ? next->first >> 8 & 15u : 15u;
    if (amount == 0) {
        return 0;
    }
    if ((i->first & 0xF800u) == 0x0800u) {
        return condition == 2 || condition == 3 ? 1u << (amount - 1) : 0;
    }
    return condition <= 1 ? (1u << (32 - amount)) - 1u : 1u << (31 - amount);
}

static uint32_t mask_16(const struct instruction *i, const struct instruction *next, unsigned reg,
                        const uint32_t registers[13])
{
    const unsigned low = i->first & 7u, high = i->first >> 3 & 7u;
    switch (i->first & 0xFFC0u) {
    case 0x4200u: /* TST */
    case 0x4000u: /* AND */
        if (low == reg || high == reg) {
            return value_of(registers, low == reg ? high : low);
        }
        return 0;
    default: break;
    }
    return (i->first & 0xF000u) == 0 && high == reg ? shifted(i, next) : 0;
}

static uint32_t mask_32(const struct instruction *i, unsigned reg, const uint32_t registers[13])
{
    const unsigned left = i->first & 15u, right = i->second & 15u;
    if ((i->first & 0xFBE0u) == 0xF000u && (i->second & 0x8000u) == 0 && left == reg) {
        return expand(i); /* TST, AND */
    }
    if ((i->first & 0xFFE0u) == 0xEA00u && (left == reg || right == reg)) {
        return value_of(registers, left == reg ? right : left);
    }
    if ((i->first & 0xFFE0u) == 0xEA20u && right == reg && (i->second >> 8 & 15u) != left) {
        return value_of(registers, left); /* BIC: mask and not register */
    }
    if ((i->first & 0xFFF0u) == 0xF3C0u && left == reg) { /* UBFX */
        const uint32_t low = (i->second >> 12 & 7u) << 2 | (i->second >> 6 & 3u);
        const uint32_t width = (i->second & 31u) + 1;
        return (width == 32 ? UINT32_MAX : (1u << width) - 1u) << low;
    }
    return 0;
}

uint32_t poll_bit_mask(const uint8_t *code, size_t size, const uint32_t registers[13])
{
    struct instruction now, next;
    if (!fetch(code, size, 0, &now)) {
        return 0;
    }
    const unsigned reg = loaded(&now);
    size_t at = now.size;
    for (int i = 0; reg < NO_REGISTER && i < LOOK_AHEAD && fetch(code, size, at, &now); i++) {
        at += now.size;
        if (!fetch(code, size, at, &next)) {
            next = (struct instruction){0};
        }
        const uint32_t mask =
            now.size == 2 ? mask_16(&now, &next, reg, registers) : mask_32(&now, reg, registers);
        if (mask != 0) {
            return mask;
        }
    }
    return 0;
}
