/* SPDX-License-Identifier: MIT */
/* The rules about the machine code of a flash algorithm alone. */
#include "check/code.h"

enum {
    R9 = 9
};

/* R9 as the base of what is accessed. */
static bool takes_r9(const struct thumb_insn *insn)
{
    switch (insn->class) {
    case THUMB_LOAD:
    case THUMB_STORE:
    case THUMB_ADD: return insn->rn == R9 || insn->rm == R9;
    case THUMB_ADD_IMMEDIATE:
    case THUMB_STORE_PAIR: return insn->rn == R9;
    default: return false;
    }
}

static void note_r9(struct code_check *check, unsigned function, const struct thumb_insn *insn)
{
    const bool writes = (insn->writes >> R9 & 1u) != 0;
    if (takes_r9(insn) && check->r9_taken_in == GRAPH_NONE) {
        check->r9_taken_in = function;
        check->r9_taken_at = insn->address;
    }
    check->sets_r9 = check->sets_r9 || (writes && insn->class != THUMB_LOAD_MULTIPLE);
}

/* Compilers that keep data relative to R9 give it no value. */
void code_check_static_base(struct code_check *check)
{
    if (check->r9_taken_in != GRAPH_NONE && !check->sets_r9) {
        code_add(check, FINDING_FLM_STATIC_BASE, check->r9_taken_in,
                 "%s takes R9 at 0x%08x, and nothing sets it",
                 code_function_name(check, check->r9_taken_in), check->r9_taken_at);
    }
}

static void check_own_code(struct code_check *check, unsigned function,
                           const struct thumb_insn *insn, const struct values *before)
{
    const struct value address = values_address(before, insn);
    const bool stores = insn->class == THUMB_STORE || insn->class == THUMB_STORE_PAIR;
    const bool known = address.kind == VALUE_CONSTANT || address.kind == VALUE_IMAGE;
    if (stores && known && address.word - check->file->code->vaddr < check->file->code->file_size) {
        code_add(check, FINDING_FLM_CODE_WRITTEN, function,
                 "%s writes to 0x%08x in PrgCode, at 0x%08x", code_function_name(check, function),
                 address.word, insn->address);
    }
}

void code_check_algorithm(struct code_check *check, unsigned function,
                          const struct thumb_insn *insn, const struct values *before)
{
    note_r9(check, function, insn);
    check_own_code(check, function, insn, before);
}
