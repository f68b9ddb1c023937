/* SPDX-License-Identifier: MIT */
/* The 32-bit instructions but loads, stores and coprocessors. */
#include "check/thumb.h"

#include "check/thumb_bits.h"

static void sets(struct thumb_insn *insn, enum thumb_class class, unsigned rd)
{
    insn->class = class;
    insn->rd = (uint8_t)rd;
    insn->writes |= (uint16_t)(1u << rd);
}

/* ThumbExpandImm without its carry. */
static uint32_t expand_immediate(unsigned imm12)
{
    uint32_t byte = imm12 & 0xFFu;
    switch (imm12 >> 8) {
    case 0: return byte;
    case 1: return byte << 16 | byte;
    case 2: return byte << 24 | byte << 8;
    case 3: return byte << 24 | byte << 16 | byte << 8 | byte;
    default: break;
    }
    unsigned turns = imm12 >> 7; /* 8 to 31 */
    byte = (imm12 & 0x7Fu) | 0x80u;
    return byte >> turns | byte << (32 - turns);
}

static unsigned immediate12(uint16_t first, uint16_t second)
{
    return bits(first, 10, 10) << 11 | bits(second, 14, 12) << 8 | bits(second, 7, 0);
}

/* Operations of data processing, bits 8:5 of the first halfword. */
enum {
    OP_AND = 0,
    OP_BIC = 1,
    OP_ORR = 2,
    OP_ORN = 3,
    OP_EOR = 4,
    OP_PKH = 6,
    OP_ADD = 8,
    OP_ADC = 10,
    OP_SBC = 11,
    OP_SUB = 13,
    OP_RSB = 14
};

static bool is_operation(unsigned operation)
{
    return operation <= OP_EOR || operation == OP_ADD || operation == OP_ADC ||
           operation == OP_SBC || operation == OP_SUB || operation == OP_RSB;
}

/* With rd = PC these four only set flags: TST, TEQ, CMN, CMP. */
static bool only_compares(unsigned operation, bool flags, unsigned rd)
{
    return flags && rd == THUMB_PC &&
           (operation == OP_AND || operation == OP_EOR || operation == OP_ADD ||
            operation == OP_SUB);
}

static void decode_modified_immediate(struct thumb_insn *insn, uint16_t first, uint16_t second)
{
    unsigned operation = bits(first, 8, 5), rn = bits(first, 3, 0), rd = bits(second, 11, 8);
    uint32_t value = expand_immediate(immediate12(first, second));
    if (!is_operation(operation)) {
        return;
    }
    insn->rn = (uint8_t)rn;
    insn->value = value;
    if (only_compares(operation, bits(first, 4, 4) != 0, rd)) {
        insn->class = operation == OP_SUB ? THUMB_COMPARE_IMMEDIATE : THUMB_OTHER;
        return;
    }
    sets(insn, THUMB_OTHER, rd);
    switch (operation) {
    case OP_AND: insn->class = THUMB_AND_IMMEDIATE; break;
    case OP_BIC:
        insn->class = THUMB_AND_IMMEDIATE;
        insn->value = ~value;
        break;
    case OP_ORR: insn->class = rn == THUMB_PC ? THUMB_MOVE_IMMEDIATE : THUMB_OR_IMMEDIATE; break;
    case OP_ORN:
        insn->class = rn == THUMB_PC ? THUMB_MOVE_IMMEDIATE : THUMB_OR_IMMEDIATE;
        insn->value = ~value;
        break;
    case OP_ADD: insn->class = THUMB_ADD_IMMEDIATE; break;
    case OP_SUB:
        insn->class = THUMB_ADD_IMMEDIATE;
        insn->value = 0u - value;
        break;
    default: break;
    }
}

static void decode_plain_immediate(struct thumb_insn *insn, uint16_t first, uint16_t second)
{
    unsigned rn = bits(first, 3, 0), rd = bits(second, 11, 8);
    uint32_t value = immediate12(first, second);
    uint32_t base = (insn->address + 4) & ~UINT32_C(3);
    insn->rn = (uint8_t)rn;
    switch (bits(first, 8, 4)) {
    case 0x00: /* ADDW, ADR */
    case 0x0A: /* SUBW, ADR */
        value = bits(first, 7, 7) != 0 ? 0u - value : value;
        sets(insn, rn == THUMB_PC ? THUMB_MOVE_IMMEDIATE : THUMB_ADD_IMMEDIATE, rd);
        insn->value = rn == THUMB_PC ? base + value : value;
        break;
    case 0x04:
    case 0x0C:
        sets(insn, bits(first, 7, 7) != 0 ? THUMB_MOVE_TOP : THUMB_MOVE_IMMEDIATE, rd);
        insn->value = rn << 12 | value;
        break;
    case 0x10: /* SSAT */
    case 0x12:
    case 0x14: /* SBFX */
    case 0x16: /* BFI, BFC */
    case 0x18: /* USAT */
    case 0x1A:
    case 0x1C: /* UBFX */ sets(insn, THUMB_OTHER, rd); break;
    default: break;
    }
}

/* MVE's shifts of 64 and 32 bits take the place of ORRS and MOVS with SP or PC as an operand. */
static bool decode_long_shift(struct thumb_insn *insn, uint16_t first, uint16_t second)
{
    unsigned last = bits(second, 3, 0);
    if (last != 0xF && last != 0xD) {
        return false;
    }
    insn->class = THUMB_OTHER;
    insn->needs = THUMB_MVE;
    insn->writes = (uint16_t)(3u << bits(first, 3, 1) * 2 | 1u << (bits(second, 11, 9) * 2 + 1) |
                              1u << bits(first, 3, 0));
    insn->writes &= 0x5FFFu;
    return true;
}

static void decode_shifted_register(struct thumb_insn *insn, uint16_t first, uint16_t second)
{
    unsigned operation = bits(first, 8, 5), rn = bits(first, 3, 0), rd = bits(second, 11, 8);
    unsigned amount = bits(second, 14, 12) << 2 | bits(second, 7, 6), type = bits(second, 5, 4);
    bool flags = bits(first, 4, 4) != 0;
    if (operation == OP_ORR && flags) {
        if (bits(second, 15, 14) == 2) {
            sets(insn, THUMB_OTHER, rd); /* CSEL, CSINC, CSINV, CSNEG */
            insn->needs = THUMB_ARMV81M;
            return;
        }
        if (decode_long_shift(insn, first, second)) {
            return;
        }
    }
    if ((!is_operation(operation) && operation != OP_PKH) || bits(second, 15, 15) != 0) {
        return;
    }
    insn->rn = (uint8_t)rn;
    insn->rm = (uint8_t)bits(second, 3, 0);
    if (only_compares(operation, flags, rd)) {
        insn->class = THUMB_OTHER;
        return;
    }
    sets(insn, THUMB_OTHER, rd);
    if (operation == OP_ORR && rn == THUMB_PC && type == 0) {
        insn->class = amount == 0 ? THUMB_MOVE : THUMB_SHIFT_LEFT;
        insn->value = amount;
    } else if (amount == 0 && type == 0 && rn != THUMB_PC) {
        insn->class = operation == OP_ORR   ? THUMB_OR
                      : operation == OP_ADD ? THUMB_ADD
                      : operation == OP_SUB ? THUMB_SUBTRACT
                                            : THUMB_OTHER;
    }
}

static void decode_hint(struct thumb_insn *insn, uint16_t second)
{
    unsigned hint = bits(second, 7, 0);
    insn->class = THUMB_OTHER;
    if (hint == 2 || hint == 3) {
        insn->class = THUMB_WAIT;
        insn->value = hint == 2;
    }
}

static void decode_special(struct thumb_insn *insn, uint16_t first, uint16_t second)
{
    unsigned number = bits(second, 7, 0);
    insn->value = number;
    if ((first & 0xFFE0u) == 0xF3E0u) {
        sets(insn, THUMB_READ_SPECIAL, bits(second, 11, 8));
    } else {
        insn->class = THUMB_WRITE_SPECIAL;
        insn->rn = (uint8_t)bits(first, 3, 0);
    }
    if ((number & 0x7Fu) == 10 || (number & 0x7Fu) == 11 || number >= 0x88) {
        insn->needs = THUMB_ARMV8M; /* MSPLIM, PSPLIM, banks of the Non-secure state */
    }
    if ((number >= 32 && number < 40) || number >= 160) {
        insn->needs = THUMB_ARMV81M; /* PAC keys */
    }
}

static void decode_control(struct thumb_insn *insn, uint16_t first, uint16_t second)
{
    if ((first & 0xFFF0u) == 0xF3A0u && bits(second, 10, 8) == 0) {
        decode_hint(insn, second);
    } else if ((first & 0xFFF0u) == 0xF3B0u) {
        unsigned operation = bits(second, 7, 4); /* CLREX, DSB, DMB, ISB */
        insn->class =
            operation == 2 || (operation >= 4 && operation <= 6) ? THUMB_OTHER : THUMB_UNDEFINED;
    } else if ((first & 0xFFF0u) == 0xF380u || (first & 0xFFE0u) == 0xF3E0u) {
        decode_special(insn, first, second);
    } else if ((first & 0xFFF0u) == 0xF7F0u && bits(second, 14, 12) == 2) {
        insn->class = THUMB_PERMANENTLY_UNDEFINED;
        insn->value = bits(first, 3, 0) << 12 | bits(second, 11, 0);
    }
}

static void decode_loop(struct thumb_insn *insn, uint16_t first, uint16_t second)
{
    insn->needs = THUMB_ARMV81M;
    insn->class = THUMB_OTHER;
    if (bits(first, 10, 7) != 0) {
        return; /* BF and its kin: a hint where to branch, the branch itself follows */
    }
    uint32_t offset = bits(second, 10, 1) << 2 | bits(second, 11, 11) << 1;
    bool branches = bits(second, 13, 13) == 0;
    bool ends = bits(first, 3, 0) == THUMB_PC;
    bool vector = bits(first, 6, 6) == 0 && (!ends || bits(first, 4, 4) != 0);
    insn->needs = vector || (ends && !branches) ? THUMB_MVE : THUMB_ARMV81M;
    if (!(ends && (first == 0xF02F || !branches))) {
        insn->writes = 1u << THUMB_LR;
    }
    if (branches) {
        insn->class = first == 0xF02F ? THUMB_BRANCH : THUMB_BRANCH_IF;
        insn->target = insn->address + 4 + (ends ? 0u - offset : offset);
    }
}

static void decode_branch(struct thumb_insn *insn, uint16_t first, uint16_t second)
{
    uint32_t sign = bits(first, 10, 10), j1 = bits(second, 13, 13), j2 = bits(second, 11, 11);
    uint32_t low = bits(second, 10, 0) << 1;
    if (bits(second, 12, 12) == 0 && bits(second, 14, 14) == 0) {
        if (bits(first, 9, 7) == 7) {
            decode_control(insn, first, second);
            return;
        }
        insn->class = THUMB_BRANCH_IF;
        insn->target =
            (sign != 0 ? 0xFFF00000u : 0u) | j2 << 19 | j1 << 18 | bits(first, 5, 0) << 12 | low;
    } else if (bits(second, 12, 12) == 0) {
        if (bits(second, 0, 0) != 0) {
            decode_loop(insn, first, second);
        } else if (bits(first, 10, 7) != 0 && bits(second, 14, 13) == 3) {
            insn->class = THUMB_OTHER;
            insn->needs = THUMB_ARMV81M;
        }
        return;
    } else {
        insn->class = bits(second, 14, 14) != 0 ? THUMB_CALL : THUMB_BRANCH;
        insn->target = (sign != 0 ? 0xFF000000u : 0u) | (j1 ^ sign ^ 1u) << 23 |
                       (j2 ^ sign ^ 1u) << 22 | bits(first, 9, 0) << 12 | low;
    }
    insn->target += insn->address + 4;
}

/* FA00 to FBFF: shifts by register, extends, parallel arithmetic, multiplications. */
static void decode_register_form(struct thumb_insn *insn, uint16_t first, uint16_t second)
{
    unsigned rd = bits(second, 11, 8), top = bits(second, 15, 12);
    if (bits(first, 8, 8) == 0) {
        if (top == 0xF) {
            sets(insn, THUMB_OTHER, rd);
        }
        return;
    }
    if (bits(first, 7, 7) == 0) {
        if (bits(first, 6, 4) == 5 && rd == THUMB_PC && bits(second, 7, 5) == 0) {
            insn->needs = THUMB_ARMV81M; /* AUTG, BXAUT */
            insn->class = bits(second, 4, 4) != 0 ? THUMB_BRANCH_REGISTER : THUMB_OTHER;
            insn->rm = insn->class == THUMB_OTHER ? THUMB_NONE : (uint8_t)bits(first, 3, 0);
            return;
        }
        sets(insn, THUMB_OTHER, rd);
        if (bits(first, 6, 4) == 6 && top == 0xF) {
            insn->needs = THUMB_ARMV81M; /* PACG */
        }
        return;
    }
    sets(insn, THUMB_OTHER, rd);
    if (bits(first, 4, 4) == 0 || bits(first, 6, 4) == 5) { /* long: RdHi and RdLo */
        sets(insn, THUMB_OTHER, top);
    }
}

void thumb_decode_wide(struct thumb_insn *insn, uint16_t first, uint16_t second)
{
    if ((first & 0xEC00u) == 0xEC00u) {
        thumb_decode_coprocessor(insn, first, second);
    } else if ((first & 0xFE00u) == 0xEA00u) {
        decode_shifted_register(insn, first, second);
    } else if ((first & 0xF800u) == 0xF000u) {
        if (bits(second, 15, 15) != 0) {
            decode_branch(insn, first, second);
        } else if (bits(first, 9, 9) != 0) {
            decode_plain_immediate(insn, first, second);
        } else {
            decode_modified_immediate(insn, first, second);
        }
    } else if ((first & 0xFE00u) == 0xFA00u) {
        decode_register_form(insn, first, second);
    } else {
        thumb_decode_memory(insn, first, second);
    }
}
