/* SPDX-License-Identifier: MIT */
/* The rules about the machine code of a flash algorithm alone. */
#include "check/code.h"

enum {
    R9 = 9
};

/* A function that has not given R9 a value itself uses it as the base of the data. */
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

static void check_r9(struct code_check *check, unsigned function, const struct thumb_insn *insn)
{
    const bool writes = (insn->writes >> R9 & 1u) != 0;
    if (check->r9_in == function || (!takes_r9(insn) && !writes)) {
        return;
    }
    check->r9_in = function;
    if (takes_r9(insn)) {
        check_add(check->findings, FINDING_FLM_STATIC_BASE, 0, "",
                  "%s takes R9 as it finds it, at 0x%08x", code_function_name(check, function),
                  insn->address);
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
    check_r9(check, function, insn);
    check_own_code(check, function, insn, before);
}
