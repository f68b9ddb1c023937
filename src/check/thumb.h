/* SPDX-License-Identifier: MIT */
/*
 * Thumb instructions of Armv7-M, Armv8-M Mainline and Armv8.1-M with FPU and MVE: length, class,
 * and of the registers what a static look at a loader needs.
 *
 * Encodings: Armv7-M and Armv8-M Architecture Reference Manuals [ARM]. Operands are decoded where
 * a rule reads them; of the others only the registers that they write.
 */
#ifndef EXTLOAD_CHECK_THUMB_H
#define EXTLOAD_CHECK_THUMB_H

#include <stdbool.h>
#include <stdint.h>

#define THUMB_SP   13u
#define THUMB_LR   14u
#define THUMB_PC   15u
#define THUMB_NONE 16u /* no register */

enum thumb_class {
    THUMB_UNDEFINED,            /* no instruction that we know: UNDEFINED, or of another profile */
    THUMB_OTHER,                /* only `writes` is told */
    THUMB_MOVE_IMMEDIATE,       /* rd = value; ADR too */
    THUMB_MOVE_TOP,             /* rd[31:16] = value */
    THUMB_MOVE,                 /* rd = rm */
    THUMB_SHIFT_LEFT,           /* rd = rm << value */
    THUMB_ADD_IMMEDIATE,        /* rd = rn + value; SUB has a negative value */
    THUMB_ADD,                  /* rd = rn + rm */
    THUMB_SUBTRACT,             /* rd = rn - rm */
    THUMB_AND_IMMEDIATE,        /* rd = rn & value; BIC has the complement */
    THUMB_OR_IMMEDIATE,         /* rd = rn | value */
    THUMB_OR,                   /* rd = rn | rm */
    THUMB_COMPARE_IMMEDIATE,    /* rn against value */
    THUMB_LOAD,                 /* rd = [rn + value], or [rn + rm << shift] if rm is a register */
    THUMB_LOAD_LITERAL,         /* rd = [target] */
    THUMB_STORE,                /* [rn + value] = rd; the same */
    THUMB_STORE_PAIR,           /* [rn + value] = rd, rm */
    THUMB_LOAD_MULTIPLE,        /* the registers of `list` from rn */
    THUMB_STORE_MULTIPLE,       /* to rn; value = offset of the lowest from rn */
    THUMB_BRANCH,               /* to target */
    THUMB_BRANCH_IF,            /* to target, or on: B<c>, CBZ, CBNZ, WLS, LE */
    THUMB_CALL,                 /* BL target */
    THUMB_CALL_REGISTER,        /* BLX rm */
    THUMB_BRANCH_REGISTER,      /* BX rm, and whatever else writes PC from a register; rm or none */
    THUMB_TABLE_BRANCH,         /* TBB, TBH (value 1 or 2 bytes) [rn, rm] */
    THUMB_IT,                   /* value = how many instructions it covers */
    THUMB_CHANGE_STATE,         /* CPSIE (value 0) or CPSID (1); list: 1 = F, 2 = I */
    THUMB_WRITE_SPECIAL,        /* MSR value, rn */
    THUMB_READ_SPECIAL,         /* MRS rd, value */
    THUMB_WAIT,                 /* WFI (value 0), WFE (1) */
    THUMB_SUPERVISOR_CALL,      /* SVC value */
    THUMB_BREAKPOINT,           /* BKPT value */
    THUMB_PERMANENTLY_UNDEFINED /* UDF value */
};

/* What a core must have beyond Armv7-M. */
enum thumb_needs {
    THUMB_ARMV7M,
    THUMB_ARMV8M,      /* stack limits, TT, SG, load-acquire */
    THUMB_ARMV81M,     /* low-overhead loops, conditional select, CLRM, PACBTI */
    THUMB_COPROCESSOR, /* coprocessors 0 to 7 */
    THUMB_FPU,
    THUMB_MVE,
    THUMB_NEEDS_COUNT
};

/* Special registers of MSR and MRS, SYSm. */
enum {
    THUMB_MSP = 8,
    THUMB_PSP = 9,
    THUMB_PRIMASK = 16,
    THUMB_BASEPRI = 17,
    THUMB_BASEPRI_MAX = 18,
    THUMB_FAULTMASK = 19,
    THUMB_CONTROL = 20
};

struct thumb_insn {
    uint32_t address;
    uint32_t target;   /* of a branch, of a literal */
    uint32_t value;    /* by class; offsets are two's complement */
    int32_t base_step; /* by how much a load or store changes rn */
    enum thumb_class class;
    enum thumb_needs needs;
    uint16_t writes; /* core registers whose value is another one behind it; bit 15: jumps */
    uint16_t list;
    uint8_t length; /* 2 or 4 bytes */
    uint8_t size;   /* bytes of a load or store */
    uint8_t rd, rn, rm, shift;
};

/* Length of the instruction that begins with this halfword. */
unsigned thumb_length(uint16_t first);
/* `second` counts only if the length is 4. */
struct thumb_insn thumb_decode(uint32_t address, uint16_t first, uint16_t second);

/* Parts of thumb_decode(): address and length are set, the class is THUMB_UNDEFINED, registers are
 * THUMB_NONE. */
void thumb_decode_narrow(struct thumb_insn *insn, uint16_t first);
void thumb_decode_wide(struct thumb_insn *insn, uint16_t first, uint16_t second);
void thumb_decode_memory(struct thumb_insn *insn, uint16_t first, uint16_t second);
void thumb_decode_coprocessor(struct thumb_insn *insn, uint16_t first, uint16_t second);

#endif
