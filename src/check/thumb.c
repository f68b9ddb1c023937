/* SPDX-License-Identifier: MIT */
/* The 16-bit instructions. */
#include "check/thumb.h"

#include "check/thumb_bits.h"

/* What is told of an instruction, and from which bits. */
enum form {
    F_SHIFT_LEFT, /* rd 2:0, rm 5:3, imm 10:6 */
    F_WRITES_LOW, /* rd 2:0 */
    F_THREE,      /* rd 2:0, rn 5:3, rm 8:6 */
    F_IMM3,       /* rd 2:0, rn 5:3, imm 8:6 */
    F_IMM8,       /* rd 10:8 */
    F_IMM8_TWICE, /* rd = rn */
    F_TWO,        /* rd = rn 2:0, rm 5:3 */
    F_HIGH,       /* rd = rn 7 2:0, rm 6:3 */
    F_REGISTER,   /* rm 6:3 */
    F_LITERAL,
    F_MEM_REG,
    F_MEM_IMM5,
    F_MEM_SP,
    F_ADR,
    F_SP_IMM8,
    F_SP_IMM7,
    F_COMPARE_ZERO,
    F_PUSH,
    F_POP,
    F_MULTIPLE,
    F_CPS,
    F_HINT,
    F_VALUE8,
    F_BRANCH_IF,
    F_BRANCH,
    F_PLAIN
};

struct row {
    uint16_t mask, match;
    uint8_t class, form, size, negative;
};

/* The first row that matches counts. Sizes in bytes. */
static const struct row rows[] = {
    {0xF800, 0x0000, THUMB_SHIFT_LEFT, F_SHIFT_LEFT, 0, 0},
    {0xF000, 0x0000, THUMB_OTHER, F_WRITES_LOW, 0, 0}, /* LSR */
    {0xF800, 0x1000, THUMB_OTHER, F_WRITES_LOW, 0, 0}, /* ASR */
    {0xFE00, 0x1800, THUMB_ADD, F_THREE, 0, 0},
    {0xFE00, 0x1A00, THUMB_SUBTRACT, F_THREE, 0, 0},
    {0xFE00, 0x1C00, THUMB_ADD_IMMEDIATE, F_IMM3, 0, 0},
    {0xFE00, 0x1E00, THUMB_ADD_IMMEDIATE, F_IMM3, 0, 1},
    {0xF800, 0x2000, THUMB_MOVE_IMMEDIATE, F_IMM8, 0, 0},
    {0xF800, 0x2800, THUMB_COMPARE_IMMEDIATE, F_IMM8_TWICE, 0, 0},
    {0xF800, 0x3000, THUMB_ADD_IMMEDIATE, F_IMM8_TWICE, 0, 0},
    {0xF800, 0x3800, THUMB_ADD_IMMEDIATE, F_IMM8_TWICE, 0, 1},
    {0xFFC0, 0x4200, THUMB_OTHER, F_PLAIN, 0, 0}, /* TST */
    {0xFF80, 0x4280, THUMB_OTHER, F_PLAIN, 0, 0}, /* CMP, CMN */
    {0xFFC0, 0x4300, THUMB_OR, F_TWO, 0, 0},
    {0xFC00, 0x4000, THUMB_OTHER, F_WRITES_LOW, 0, 0},
    {0xFF00, 0x4400, THUMB_ADD, F_HIGH, 0, 0},
    {0xFF00, 0x4500, THUMB_OTHER, F_PLAIN, 0, 0}, /* CMP */
    {0xFF00, 0x4600, THUMB_MOVE, F_HIGH, 0, 0},
    {0xFF80, 0x4700, THUMB_BRANCH_REGISTER, F_REGISTER, 0, 0},
    {0xFF80, 0x4780, THUMB_CALL_REGISTER, F_REGISTER, 0, 0},
    {0xF800, 0x4800, THUMB_LOAD_LITERAL, F_LITERAL, 4, 0},
    {0xFE00, 0x5000, THUMB_STORE, F_MEM_REG, 4, 0},
    {0xFE00, 0x5200, THUMB_STORE, F_MEM_REG, 2, 0},
    {0xFE00, 0x5400, THUMB_STORE, F_MEM_REG, 1, 0},
    {0xFE00, 0x5600, THUMB_LOAD, F_MEM_REG, 1, 0},
    {0xFE00, 0x5800, THUMB_LOAD, F_MEM_REG, 4, 0},
    {0xFE00, 0x5A00, THUMB_LOAD, F_MEM_REG, 2, 0},
    {0xFE00, 0x5C00, THUMB_LOAD, F_MEM_REG, 1, 0},
    {0xFE00, 0x5E00, THUMB_LOAD, F_MEM_REG, 2, 0},
    {0xF800, 0x6000, THUMB_STORE, F_MEM_IMM5, 4, 0},
    {0xF800, 0x6800, THUMB_LOAD, F_MEM_IMM5, 4, 0},
    {0xF800, 0x7000, THUMB_STORE, F_MEM_IMM5, 1, 0},
    {0xF800, 0x7800, THUMB_LOAD, F_MEM_IMM5, 1, 0},
    {0xF800, 0x8000, THUMB_STORE, F_MEM_IMM5, 2, 0},
    {0xF800, 0x8800, THUMB_LOAD, F_MEM_IMM5, 2, 0},
    {0xF800, 0x9000, THUMB_STORE, F_MEM_SP, 4, 0},
    {0xF800, 0x9800, THUMB_LOAD, F_MEM_SP, 4, 0},
    {0xF800, 0xA000, THUMB_MOVE_IMMEDIATE, F_ADR, 0, 0},
    {0xF800, 0xA800, THUMB_ADD_IMMEDIATE, F_SP_IMM8, 0, 0},
    {0xFF80, 0xB000, THUMB_ADD_IMMEDIATE, F_SP_IMM7, 0, 0},
    {0xFF80, 0xB080, THUMB_ADD_IMMEDIATE, F_SP_IMM7, 0, 1},
    {0xF500, 0xB100, THUMB_BRANCH_IF, F_COMPARE_ZERO, 0, 0},
    {0xFF00, 0xB200, THUMB_OTHER, F_WRITES_LOW, 0, 0}, /* SXTH to UXTB */
    {0xFE00, 0xB400, THUMB_STORE_MULTIPLE, F_PUSH, 4, 0},
    {0xFE00, 0xBC00, THUMB_LOAD_MULTIPLE, F_POP, 4, 0},
    {0xFFE8, 0xB660, THUMB_CHANGE_STATE, F_CPS, 0, 0},
    {0xFFC0, 0xBA80, THUMB_UNDEFINED, F_PLAIN, 0, 0},
    {0xFF00, 0xBA00, THUMB_OTHER, F_WRITES_LOW, 0, 0}, /* REV, REV16, REVSH */
    {0xFF00, 0xBE00, THUMB_BREAKPOINT, F_VALUE8, 0, 0},
    {0xFF00, 0xBF00, THUMB_OTHER, F_HINT, 0, 0},
    {0xF800, 0xC000, THUMB_STORE_MULTIPLE, F_MULTIPLE, 4, 0},
    {0xF800, 0xC800, THUMB_LOAD_MULTIPLE, F_MULTIPLE, 4, 0},
    {0xFF00, 0xDE00, THUMB_PERMANENTLY_UNDEFINED, F_VALUE8, 0, 0},
    {0xFF00, 0xDF00, THUMB_SUPERVISOR_CALL, F_VALUE8, 0, 0},
    {0xF000, 0xD000, THUMB_BRANCH_IF, F_BRANCH_IF, 0, 0},
    {0xF800, 0xE000, THUMB_BRANCH, F_BRANCH, 0, 0},
};

unsigned thumb_length(uint16_t first)
{
    return first >= 0xE800u ? 4 : 2;
}

static void set_registers(struct thumb_insn *insn, unsigned rd, unsigned rn, unsigned rm)
{
    insn->rd = (uint8_t)rd;
    insn->rn = (uint8_t)rn;
    insn->rm = (uint8_t)rm;
}

static uint32_t pc_aligned(const struct thumb_insn *insn)
{
    return (insn->address + 4) & ~UINT32_C(3);
}

static void decode_hint(struct thumb_insn *insn, uint16_t first)
{
    unsigned mask = bits(first, 3, 0), operation = bits(first, 7, 4);
    if (mask != 0) {
        insn->class = THUMB_IT;
        insn->value = (mask & 1u) != 0 ? 4 : (mask & 2u) != 0 ? 3 : (mask & 4u) != 0 ? 2 : 1;
    } else if (operation == 2 || operation == 3) {
        insn->class = THUMB_WAIT;
        insn->value = operation == 2;
    }
}

static void decode_multiple(struct thumb_insn *insn, unsigned form, uint16_t first)
{
    insn->list = (uint16_t)bits(first, 7, 0);
    if (form == F_PUSH || form == F_POP) {
        insn->rn = THUMB_SP;
        insn->list |= (uint16_t)(bits(first, 8, 8) << (form == F_PUSH ? THUMB_LR : THUMB_PC));
    } else {
        insn->rn = (uint8_t)bits(first, 10, 8);
    }
    int32_t step = (int32_t)(4 * count_bits(insn->list));
    insn->base_step = form == F_PUSH ? -step : step;
    insn->value = form == F_PUSH ? (uint32_t)-step : 0;
    if (insn->class == THUMB_LOAD_MULTIPLE) {
        insn->writes = insn->list;
        if (((uint32_t)insn->list >> insn->rn & 1u) != 0) {
            insn->base_step = 0;
        }
    }
}

static void decode_memory(struct thumb_insn *insn, const struct row *row, uint16_t first)
{
    insn->size = row->size;
    switch (row->form) {
    case F_MEM_REG:
        set_registers(insn, bits(first, 2, 0), bits(first, 5, 3), bits(first, 8, 6));
        break;
    case F_MEM_IMM5:
        set_registers(insn, bits(first, 2, 0), bits(first, 5, 3), THUMB_NONE);
        insn->value = bits(first, 10, 6) * row->size;
        break;
    case F_MEM_SP:
        set_registers(insn, bits(first, 10, 8), THUMB_SP, THUMB_NONE);
        insn->value = 4 * bits(first, 7, 0);
        break;
    default:
        insn->rd = (uint8_t)bits(first, 10, 8);
        insn->target = pc_aligned(insn) + 4 * bits(first, 7, 0);
        break;
    }
    if (insn->class != THUMB_STORE) {
        insn->writes = (uint16_t)(1u << insn->rd);
    }
}

static uint32_t sign_extend(uint32_t value, unsigned width)
{
    uint32_t sign = UINT32_C(1) << (width - 1);
    return (value ^ sign) - sign;
}

static void decode_jump(struct thumb_insn *insn, unsigned form, uint16_t first)
{
    uint32_t offset = 0;
    switch (form) {
    case F_COMPARE_ZERO:
        insn->rn = (uint8_t)bits(first, 2, 0);
        offset = bits(first, 9, 9) << 6 | bits(first, 7, 3) << 1;
        break;
    case F_BRANCH_IF: offset = sign_extend(bits(first, 7, 0), 8) << 1; break;
    case F_BRANCH: offset = sign_extend(bits(first, 10, 0), 11) << 1; break;
    default:
        insn->rm = (uint8_t)bits(first, 6, 3);
        insn->needs = bits(first, 2, 2) != 0 ? THUMB_ARMV8M : THUMB_ARMV7M; /* BXNS, BLXNS */
        break;
    }
    insn->target = insn->address + 4 + offset;
}

static void decode_immediate(struct thumb_insn *insn, unsigned form, uint16_t first)
{
    unsigned wide = bits(first, 10, 8), low = bits(first, 2, 0), middle = bits(first, 5, 3);
    insn->value = bits(first, 7, 0);
    switch (form) {
    case F_SHIFT_LEFT:
        set_registers(insn, low, THUMB_NONE, middle);
        insn->value = bits(first, 10, 6);
        break;
    case F_IMM3:
        set_registers(insn, low, middle, THUMB_NONE);
        insn->value = bits(first, 8, 6);
        break;
    case F_IMM8: set_registers(insn, wide, THUMB_NONE, THUMB_NONE); break;
    case F_IMM8_TWICE: set_registers(insn, wide, wide, THUMB_NONE); break;
    case F_ADR:
        set_registers(insn, wide, THUMB_NONE, THUMB_NONE);
        insn->value = pc_aligned(insn) + 4 * insn->value;
        break;
    case F_SP_IMM8:
        set_registers(insn, wide, THUMB_SP, THUMB_NONE);
        insn->value *= 4;
        break;
    default: /* F_SP_IMM7 */
        set_registers(insn, THUMB_SP, THUMB_SP, THUMB_NONE);
        insn->value = 4 * bits(first, 6, 0);
        break;
    }
    if (insn->class != THUMB_COMPARE_IMMEDIATE) {
        insn->writes = (uint16_t)(1u << insn->rd);
    }
}

static void decode_registers(struct thumb_insn *insn, unsigned form, uint16_t first)
{
    unsigned low = bits(first, 2, 0);
    switch (form) {
    case F_THREE: set_registers(insn, low, bits(first, 5, 3), bits(first, 8, 6)); break;
    case F_TWO: set_registers(insn, low, low, bits(first, 5, 3)); break;
    case F_HIGH:
        low |= bits(first, 7, 7) << 3;
        set_registers(insn, low, low, bits(first, 6, 3));
        break;
    default: insn->rd = (uint8_t)low; break;
    }
    insn->writes = (uint16_t)(1u << insn->rd);
    if (insn->rd == THUMB_PC) {
        insn->rm = insn->class == THUMB_MOVE ? insn->rm : THUMB_NONE;
        insn->class = THUMB_BRANCH_REGISTER;
    }
}

static void decode_row(struct thumb_insn *insn, const struct row *row, uint16_t first)
{
    insn->class = row->class;
    switch (row->form) {
    case F_WRITES_LOW:
    case F_THREE:
    case F_TWO:
    case F_HIGH: decode_registers(insn, row->form, first); break;
    case F_REGISTER:
    case F_COMPARE_ZERO:
    case F_BRANCH_IF:
    case F_BRANCH: decode_jump(insn, row->form, first); break;
    case F_LITERAL:
    case F_MEM_REG:
    case F_MEM_IMM5:
    case F_MEM_SP: decode_memory(insn, row, first); break;
    case F_PUSH:
    case F_POP:
    case F_MULTIPLE: decode_multiple(insn, row->form, first); break;
    case F_CPS:
        insn->value = bits(first, 4, 4);
        insn->list = (uint16_t)bits(first, 1, 0);
        break;
    case F_HINT: decode_hint(insn, first); break;
    case F_VALUE8: insn->value = bits(first, 7, 0); break;
    case F_PLAIN: break;
    default: decode_immediate(insn, row->form, first); break;
    }
    if (row->negative != 0) {
        insn->value = 0u - insn->value;
    }
}

void thumb_decode_narrow(struct thumb_insn *insn, uint16_t first)
{
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if ((first & rows[i].mask) == rows[i].match) {
            decode_row(insn, &rows[i], first);
            return;
        }
    }
}

struct thumb_insn thumb_decode(uint32_t address, uint16_t first, uint16_t second)
{
    struct thumb_insn insn = {.address = address, .length = (uint8_t)thumb_length(first)};
    set_registers(&insn, THUMB_NONE, THUMB_NONE, THUMB_NONE);
    if (insn.length == 2) {
        thumb_decode_narrow(&insn, first);
    } else {
        thumb_decode_wide(&insn, first, second);
    }
    return insn;
}
