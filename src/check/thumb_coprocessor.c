/* SPDX-License-Identifier: MIT */
/* What lies in the coprocessor space: FPU, MVE, coprocessors 0 to 7. */
#include "check/thumb.h"

#include "check/thumb_bits.h"

#define ANY_REGISTER 0x5FFFu /* all but SP and PC */

static uint16_t core_register(unsigned reg)
{
    return (uint16_t)(1u << reg & ANY_REGISTER);
}

static void is(struct thumb_insn *insn, enum thumb_needs needs, uint16_t writes)
{
    insn->class = THUMB_OTHER;
    insn->needs = needs;
    insn->writes = writes;
}

/* Vector loads and stores of consecutive elements, with their base register's step. */
static void decode_vector_memory(struct thumb_insn *insn, uint16_t first, uint16_t second)
{
    is(insn, THUMB_MVE, ANY_REGISTER);
    if (bits(second, 12, 9) == 0xF && bits(first, 5, 5) != 0) {
        int32_t step = (int32_t)(bits(second, 6, 0) << bits(second, 8, 7));
        insn->rn = (uint8_t)bits(first, 3, 0);
        insn->base_step = bits(first, 7, 7) != 0 ? step : -step;
    }
}

/* VLDR, VSTR, VLDM, VSTM, VPUSH, VPOP, and VMOV of two core registers. */
static void decode_fpu_memory(struct thumb_insn *insn, uint16_t first, uint16_t second)
{
    bool before = bits(first, 8, 8) != 0, up = bits(first, 7, 7) != 0,
         writeback = bits(first, 5, 5) != 0, load = bits(first, 4, 4) != 0;
    unsigned rn = bits(first, 3, 0);
    if (!before && !up) {
        if ((first & 0xFFE0u) == 0xEC40u) {
            uint16_t two = core_register(bits(second, 15, 12)) | core_register(rn);
            is(insn, THUMB_FPU, load ? two : 0);
        } else if ((first & 0xFFE0u) == 0xEC20u) {
            is(insn, THUMB_ARMV8M, 0); /* VLSTM, VLLDM */
        }
        return;
    }
    if (!before && !writeback && load && rn == THUMB_PC) {
        is(insn, THUMB_ARMV81M, 0); /* VSCCLRM */
        return;
    }
    is(insn, THUMB_FPU, 0);
    if (writeback) {
        int32_t step = (int32_t)(4 * bits(second, 7, 0));
        insn->rn = (uint8_t)rn;
        insn->base_step = up ? step : -step;
    }
}

/* A core register to or from the FPU: EE/FE with bit 4 of the second halfword. */
static void decode_fpu_transfer(struct thumb_insn *insn, uint16_t first, uint16_t second)
{
    bool load = bits(first, 4, 4) != 0, special = bits(first, 7, 5) == 7;
    uint16_t writes = load ? core_register(bits(second, 15, 12)) : 0;
    enum thumb_needs needs = THUMB_FPU;
    if (bits(second, 11, 8) == 0xA && special) { /* VMRS, VMSR */
        unsigned number = bits(first, 3, 0);
        needs = number == 12 || number == 13                  ? THUMB_MVE /* VPR, P0 */
                : number == 2 || number == 14 || number == 15 ? THUMB_ARMV81M
                                                              : THUMB_FPU;
    } else if (bits(second, 11, 8) == 0xB) {
        bool word = bits(first, 6, 6) == 0 && bits(second, 6, 5) == 0;
        bool duplicate_or_unsigned = bits(first, 7, 7) != 0;
        needs = duplicate_or_unsigned || !word ? THUMB_MVE : THUMB_FPU;
    }
    is(insn, needs, writes);
}

void thumb_decode_coprocessor(struct thumb_insn *insn, uint16_t first, uint16_t second)
{
    unsigned number = bits(second, 11, 8);
    bool data_space = bits(first, 9, 8) == 3;
    bool transfers_memory = bits(first, 9, 9) == 0;
    if (data_space) {
        is(insn, THUMB_MVE, ANY_REGISTER);
    } else if (number == 15 && transfers_memory && bits(second, 12, 7) == 0x1F) {
        is(insn, THUMB_ARMV81M, 0); /* VLDR and VSTR of system registers */
    } else if (number == 8 || number >= 14) {
        if (transfers_memory) {
            decode_vector_memory(insn, first, second);
        } else {
            is(insn, THUMB_MVE, ANY_REGISTER);
        }
    } else if (number >= 9 && number <= 11) {
        if (bits(first, 12, 12) != 0 && transfers_memory) {
            return;
        }
        if (transfers_memory) {
            decode_fpu_memory(insn, first, second);
        } else if (bits(second, 4, 4) != 0) {
            decode_fpu_transfer(insn, first, second);
        } else {
            is(insn, THUMB_FPU, 0);
        }
    } else if (number < 8) {
        is(insn, THUMB_COPROCESSOR, ANY_REGISTER);
    }
}
