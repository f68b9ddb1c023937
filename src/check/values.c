/* SPDX-License-Identifier: MIT */
#include "check/values.h"

static const struct value unknown = {VALUE_UNKNOWN, 0};

bool code_half(const struct code_bytes *code, uint32_t address, uint16_t *half)
{
    uint32_t at = address - code->address;
    if (at >= code->size || code->size - at < 2) {
        return false;
    }
    *half = (uint16_t)(code->bytes[at] | code->bytes[at + 1] << 8);
    return true;
}

bool code_word(const struct code_bytes *code, uint32_t address, uint32_t *word)
{
    uint16_t low, high;
    if (!code_half(code, address, &low) || !code_half(code, address + 2, &high)) {
        return false;
    }
    *word = (uint32_t)high << 16 | low;
    return true;
}

struct values values_at_entry(void)
{
    struct values values = {.compared = THUMB_NONE};
    values.reg[THUMB_SP].kind = VALUE_STACK;
    return values;
}

struct value values_get(const struct values *values, unsigned reg)
{
    return reg < VALUES_REGISTERS ? values->reg[reg] : unknown;
}

static struct value constant(uint32_t word)
{
    return (struct value){VALUE_CONSTANT, word};
}

static struct value add(struct value value, uint32_t word)
{
    switch (value.kind) {
    case VALUE_CONSTANT:
    case VALUE_IMAGE:
    case VALUE_STACK: value.word += word; return value;
    default: return unknown;
    }
}

static struct value add_values(struct value a, struct value b, bool subtract)
{
    if (b.kind == VALUE_CONSTANT) {
        return add(a, subtract ? 0u - b.word : b.word);
    }
    if (a.kind == VALUE_CONSTANT && !subtract) {
        return add(b, a.word);
    }
    return unknown;
}

/* ADD Rd, PC: how position-independent code comes to an address. PC reads as two halfwords on. */
static struct value add_pc(struct value value, uint32_t address)
{
    return value.kind == VALUE_CONSTANT ? (struct value){VALUE_IMAGE, value.word + address + 4}
                                        : unknown;
}

static struct value or_values(struct value a, struct value b)
{
    bool known_a = a.kind == VALUE_CONSTANT || a.kind == VALUE_BITS;
    bool known_b = b.kind == VALUE_CONSTANT || b.kind == VALUE_BITS;
    struct value result = {VALUE_BITS, (known_a ? a.word : 0) | (known_b ? b.word : 0)};
    if (a.kind == VALUE_CONSTANT && b.kind == VALUE_CONSTANT) {
        result.kind = VALUE_CONSTANT;
    }
    return result.word == 0 && result.kind == VALUE_BITS ? unknown : result;
}

static struct value and_immediate(struct value value, uint32_t word)
{
    if (value.kind == VALUE_STACK && ~word < 0x1000u) { /* aligned: deeper by that at most */
        value.word -= ~word;
        return value;
    }
    if (value.kind == VALUE_CONSTANT || value.kind == VALUE_BITS) {
        value.word &= word;
        return value;
    }
    return unknown;
}

static struct value result(const struct values *values, const struct thumb_insn *insn,
                           const struct code_bytes *code)
{
    struct value rn = values_get(values, insn->rn), rm = values_get(values, insn->rm);
    uint32_t word;
    switch (insn->class) {
    case THUMB_MOVE_IMMEDIATE: return constant(insn->value);
    case THUMB_MOVE_TOP:
        rn = values_get(values, insn->rd);
        return rn.kind == VALUE_CONSTANT ? constant((rn.word & 0xFFFFu) | insn->value << 16)
                                         : unknown;
    case THUMB_MOVE: return rm;
    case THUMB_SHIFT_LEFT:
        return insn->value == 0            ? rm
               : rm.kind == VALUE_CONSTANT ? constant(rm.word << insn->value)
                                           : unknown;
    case THUMB_ADD_IMMEDIATE: return add(rn, insn->value);
    case THUMB_ADD:
        return insn->rm == THUMB_PC ? add_pc(rn, insn->address) : add_values(rn, rm, false);
    case THUMB_SUBTRACT: return add_values(rn, rm, true);
    case THUMB_AND_IMMEDIATE: return and_immediate(rn, insn->value);
    case THUMB_OR_IMMEDIATE: return or_values(rn, constant(insn->value));
    case THUMB_OR: return or_values(rn, rm);
    case THUMB_LOAD_LITERAL:
        return insn->size == 4 && code_word(code, insn->target, &word) ? constant(word) : unknown;
    default: return unknown;
    }
}

struct value values_address(const struct values *values, const struct thumb_insn *insn)
{
    struct value base = values_get(values, insn->rn);
    if (insn->rm != THUMB_NONE && insn->class != THUMB_STORE_PAIR) {
        struct value index = values_get(values, insn->rm);
        return index.kind == VALUE_CONSTANT ? add(base, index.word << insn->shift) : unknown;
    }
    return add(base, insn->value);
}

static void forget(struct values *values, uint32_t registers)
{
    for (unsigned i = 0; i < VALUES_REGISTERS; i++) {
        if ((registers >> i & 1u) != 0) {
            values->reg[i] = unknown;
        }
    }
}

static void remember_compare(struct values *values, const struct thumb_insn *insn)
{
    if (insn->class == THUMB_COMPARE_IMMEDIATE) {
        values->compared = insn->rn;
        values->compared_to = insn->value;
    } else if (values->compared < VALUES_REGISTERS &&
               (insn->writes >> values->compared & 1u) != 0) {
        values->compared = THUMB_NONE;
    }
}

static void execute(struct values *values, const struct thumb_insn *insn,
                    const struct code_bytes *code)
{
    if (insn->class == THUMB_CALL || insn->class == THUMB_CALL_REGISTER) {
        forget(values, 0x500Fu); /* R0 to R3, R12, LR */
        return;
    }
    if (insn->class == THUMB_WRITE_SPECIAL &&
        (insn->value == THUMB_MSP || insn->value == THUMB_PSP || insn->value == THUMB_CONTROL)) {
        values->reg[THUMB_SP] = unknown;
    }
    struct value made = insn->rd < VALUES_REGISTERS ? result(values, insn, code) : unknown;
    uint32_t known = insn->rd < VALUES_REGISTERS ? insn->writes & 1u << insn->rd : 0;
    if (insn->base_step != 0 && insn->rn < VALUES_REGISTERS) {
        values->reg[insn->rn] = add(values->reg[insn->rn], (uint32_t)insn->base_step);
    }
    forget(values, insn->writes & ~known);
    if (known != 0) {
        values->reg[insn->rd] = made;
    }
}

void values_step(struct values *values, const struct thumb_insn *insn,
                 const struct code_bytes *code)
{
    remember_compare(values, insn);
    if (insn->class == THUMB_IT) {
        values->it_left = (uint8_t)insn->value;
        return;
    }
    if (values->it_left == 0) {
        execute(values, insn, code);
        return;
    }
    struct values before = *values;
    execute(values, insn, code);
    values_join(values, &before);
    values->it_left--;
}

/* SP is always the deeper of two; a pointer into the stack may be either. */
static bool join_value(struct value *into, struct value other, bool is_sp)
{
    if (into->kind == VALUE_UNKNOWN || (into->kind == other.kind && into->word == other.word)) {
        return false;
    }
    if (is_sp && into->kind == VALUE_STACK && other.kind == VALUE_STACK) {
        bool deeper = (int32_t)other.word < (int32_t)into->word;
        into->word = deeper ? other.word : into->word;
        return deeper;
    }
    *into = unknown;
    return true;
}

bool values_join(struct values *into, const struct values *other)
{
    bool changed = false;
    for (unsigned i = 0; i < VALUES_REGISTERS; i++) {
        changed = join_value(&into->reg[i], other->reg[i], i == THUMB_SP) || changed;
    }
    if (into->compared != THUMB_NONE &&
        (into->compared != other->compared || into->compared_to != other->compared_to)) {
        into->compared = THUMB_NONE;
        changed = true;
    }
    if (other->it_left > into->it_left) {
        into->it_left = other->it_left;
        changed = true;
    }
    return changed;
}
