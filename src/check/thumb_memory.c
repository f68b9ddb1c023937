/* SPDX-License-Identifier: MIT */
/* The 32-bit loads and stores of core registers, table branches, and what shares their space. */
#include "check/thumb.h"

#include "check/thumb_bits.h"

static uint16_t one(unsigned reg)
{
    return (uint16_t)(1u << reg);
}

static void decode_multiple(struct thumb_insn *insn, uint16_t first, uint16_t second)
{
    bool load = bits(first, 4, 4) != 0, before = bits(first, 8, 8) != 0;
    if (first == 0xE89F) {
        insn->class = THUMB_OTHER; /* CLRM; bit 15 stands for APSR */
        insn->needs = THUMB_ARMV81M;
        insn->writes = second & 0x7FFFu;
        return;
    }
    if (bits(first, 8, 7) == 0 || bits(first, 8, 7) == 3) {
        return;
    }
    insn->class = load ? THUMB_LOAD_MULTIPLE : THUMB_STORE_MULTIPLE;
    insn->rn = (uint8_t)bits(first, 3, 0);
    insn->list = second;
    insn->size = 4;
    int32_t step = (int32_t)(4 * count_bits(second));
    insn->value = before ? (uint32_t)-step : 0;
    insn->base_step = bits(first, 5, 5) == 0 ? 0 : before ? -step : step;
    insn->writes = load ? second : 0;
}

static void decode_exclusive(struct thumb_insn *insn, uint16_t first, uint16_t second)
{
    unsigned rt = bits(second, 15, 12), rd = bits(second, 11, 8), kind = bits(second, 7, 4);
    bool load = bits(first, 4, 4) != 0;
    insn->class = THUMB_OTHER;
    if (bits(first, 7, 7) == 0) {
        bool test_target = !load && rt == 15;
        insn->needs = test_target ? THUMB_ARMV8M : THUMB_ARMV7M;
        insn->writes = one(load ? rt : rd);
        return;
    }
    if (load && kind <= 1) {
        insn->class = THUMB_TABLE_BRANCH;
        insn->rn = (uint8_t)bits(first, 3, 0);
        insn->rm = (uint8_t)bits(second, 3, 0);
        insn->value = kind + 1;
        return;
    }
    if (kind < 4 || kind == 6 || kind == 7 || kind == 11 || kind == 15) {
        insn->class = THUMB_UNDEFINED; /* LDREXD and the like are not of this profile */
        return;
    }
    insn->needs = kind >= 8 ? THUMB_ARMV8M : THUMB_ARMV7M;
    bool exclusive = kind < 8 || kind >= 12;
    insn->writes = load ? one(rt) : exclusive ? one(bits(second, 3, 0)) : 0;
    if (!load && !exclusive) { /* STL: a store like another */
        insn->class = THUMB_STORE;
        insn->rd = (uint8_t)rt;
        insn->rn = (uint8_t)bits(first, 3, 0);
        insn->size = (uint8_t)(1u << (kind - 8));
    }
}

static void decode_pair(struct thumb_insn *insn, uint16_t first, uint16_t second)
{
    bool load = bits(first, 4, 4) != 0;
    uint32_t offset = 4 * bits(second, 7, 0);
    offset = bits(first, 7, 7) != 0 ? offset : 0u - offset;
    insn->rn = (uint8_t)bits(first, 3, 0);
    insn->value = bits(first, 8, 8) != 0 ? offset : 0;
    insn->base_step = bits(first, 5, 5) != 0 ? (int32_t)offset : 0;
    insn->size = 4;
    insn->class = load ? THUMB_OTHER : THUMB_STORE_PAIR;
    if (load) {
        insn->writes = (uint16_t)(one(bits(second, 15, 12)) | one(bits(second, 11, 8)));
    } else {
        insn->rd = (uint8_t)bits(second, 15, 12);
        insn->rm = (uint8_t)bits(second, 11, 8);
    }
}

static void decode_dual_or_exclusive(struct thumb_insn *insn, uint16_t first, uint16_t second)
{
    if (first == 0xE97F && second == 0xE97F) {
        insn->class = THUMB_OTHER; /* SG */
        insn->needs = THUMB_ARMV8M;
    } else if (bits(first, 8, 8) != 0 || bits(first, 5, 5) != 0) {
        decode_pair(insn, first, second);
    } else {
        decode_exclusive(insn, first, second);
    }
}

/* Offset forms of single loads and stores: imm12, imm8 with P, U and W, or a register. */
static bool decode_offset(struct thumb_insn *insn, uint16_t first, uint16_t second)
{
    if (bits(first, 7, 7) != 0) {
        insn->value = bits(second, 11, 0);
        return true;
    }
    if (bits(second, 11, 11) == 0) {
        insn->rm = (uint8_t)bits(second, 3, 0);
        insn->shift = (uint8_t)bits(second, 5, 4);
        return bits(second, 10, 6) == 0;
    }
    uint32_t offset = bits(second, 7, 0);
    offset = bits(second, 9, 9) != 0 ? offset : 0u - offset;
    insn->value = bits(second, 10, 10) != 0 ? offset : 0;
    insn->base_step = bits(second, 8, 8) != 0 ? (int32_t)offset : 0;
    return bits(second, 10, 10) != 0 || bits(second, 8, 8) != 0;
}

static void decode_single(struct thumb_insn *insn, uint16_t first, uint16_t second)
{
    unsigned rn = bits(first, 3, 0), rt = bits(second, 15, 12), size = bits(first, 6, 5);
    bool load = bits(first, 4, 4) != 0, sign = bits(first, 8, 8) != 0;
    if (size == 3 || (sign && (!load || size == 2))) {
        return;
    }
    insn->size = (uint8_t)(1u << size);
    if (load && rt == THUMB_PC && size < 2) {
        insn->class = THUMB_OTHER; /* PLD, PLI and hints beside them */
        return;
    }
    if (rn == THUMB_PC) {
        if (load) {
            uint32_t offset = bits(second, 11, 0);
            insn->class = THUMB_LOAD_LITERAL;
            insn->target = ((insn->address + 4) & ~UINT32_C(3)) +
                           (bits(first, 7, 7) != 0 ? offset : 0u - offset);
            insn->rd = (uint8_t)rt;
            insn->writes = one(rt);
        }
        return;
    }
    if (!decode_offset(insn, first, second)) {
        insn->base_step = 0;
        return;
    }
    insn->class = load ? THUMB_LOAD : THUMB_STORE;
    insn->rn = (uint8_t)rn;
    insn->rd = (uint8_t)rt;
    insn->writes = load ? one(rt) : 0;
}

void thumb_decode_memory(struct thumb_insn *insn, uint16_t first, uint16_t second)
{
    if ((first & 0xFE00u) == 0xF800u) {
        decode_single(insn, first, second);
    } else if (bits(first, 6, 6) != 0) {
        decode_dual_or_exclusive(insn, first, second);
    } else {
        decode_multiple(insn, first, second);
    }
}
