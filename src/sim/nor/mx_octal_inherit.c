/* SPDX-License-Identifier: MIT */
/*
 * States in which an earlier owner may have left an octal chip. Names that S25FL-L has too mean the
 * same there. Where a place in the array matters, it is the start.
 */
#include "sim/nor/chip.h"

#include <string.h>

enum inherited {
    INHERIT_OCTAL_STR,
    INHERIT_OCTAL_DTR,
    INHERIT_OCTAL_DTR_OTHER_LATENCY,
    INHERIT_OCTAL_STR_ERASE,
    INHERIT_OCTAL_DTR_ERASE,
    INHERIT_OCTAL_DTR_PROGRAM,
    INHERIT_OCTAL_DTR_SUSPENDED,
    INHERIT_OCTAL_DTR_WRITE_ENABLED,
    INHERIT_OCTAL_DTR_POWER_DOWN,
    INHERIT_DEEP_POWER_DOWN,
    INHERIT_4_BYTE,
    INHERIT_WRITE_ENABLED,
    INHERIT_ERASE_IN_PROGRESS,
    INHERIT_PROGRAM_IN_PROGRESS,
    INHERIT_ERASE_SUSPENDED,
    INHERIT_PROGRAM_SUSPENDED,
    INHERIT_PROTECTED,
    INHERIT_ERROR_LATCHED,
    INHERIT_OTHER_LATENCY,
    INHERIT_NV_WRITE_IN_PROGRESS,
    INHERIT_RESET_ARMED,
    INHERIT_COUNT
};

enum {
    SOPI = 1,
    DOPI = 2,
    SIX_CLOCKS = 7, /* dummy code */
    ALL_BP = 0x3C
};

const char *const mx_octal_inheritable[] = {
    [INHERIT_OCTAL_STR] = "octal-str",
    [INHERIT_OCTAL_DTR] = "octal-dtr",
    [INHERIT_OCTAL_DTR_OTHER_LATENCY] = "octal-dtr-other-latency",
    [INHERIT_OCTAL_STR_ERASE] = "octal-str-erase-in-progress",
    [INHERIT_OCTAL_DTR_ERASE] = "octal-dtr-erase-in-progress",
    [INHERIT_OCTAL_DTR_PROGRAM] = "octal-dtr-program-in-progress",
    [INHERIT_OCTAL_DTR_SUSPENDED] = "octal-dtr-erase-suspended",
    [INHERIT_OCTAL_DTR_WRITE_ENABLED] = "octal-dtr-write-enabled",
    [INHERIT_OCTAL_DTR_POWER_DOWN] = "octal-dtr-deep-power-down",
    [INHERIT_DEEP_POWER_DOWN] = "deep-power-down",
    [INHERIT_4_BYTE] = "4-byte",
    [INHERIT_WRITE_ENABLED] = "write-enabled",
    [INHERIT_ERASE_IN_PROGRESS] = "erase-in-progress",
    [INHERIT_PROGRAM_IN_PROGRESS] = "program-in-progress",
    [INHERIT_ERASE_SUSPENDED] = "erase-suspended",
    [INHERIT_PROGRAM_SUSPENDED] = "program-suspended",
    [INHERIT_PROTECTED] = "protected",
    [INHERIT_ERROR_LATCHED] = "error-latched",
    [INHERIT_OTHER_LATENCY] = "other-latency",
    [INHERIT_NV_WRITE_IN_PROGRESS] = "nv-write-in-progress",
    [INHERIT_RESET_ARMED] = "reset-armed",
    [INHERIT_COUNT] = NULL,
};

/* The write ends with every block protected. */
static void start_register_write(struct nor *nor, uint64_t now_ps)
{
    struct nor_nv nv = nor->nv;
    nv.registers.sr1 |= ALL_BP;
    nor->wel = true;
    nor->operation.volatiles = nor->now;
    nor->operation.volatiles.sr1 |= ALL_BP;
    nor_write_nv(nor, now_ps, NOR_OPERATION_REGISTERS, &nv, nor_time_draw(nor, NOR_TIME_REGISTER));
}

/* What the states whose names begin with "octal" have in common with the others. */
static void inherit_octal(struct nor *nor, uint64_t now_ps, enum inherited state)
{
    bool str = state == INHERIT_OCTAL_STR || state == INHERIT_OCTAL_STR_ERASE;
    nor->now.octal[NOR_OCTAL_MODE] = str ? SOPI : DOPI;
    switch (state) {
    case INHERIT_OCTAL_DTR_OTHER_LATENCY: nor->now.octal[NOR_OCTAL_DUMMY] = SIX_CLOCKS; break;
    case INHERIT_OCTAL_STR_ERASE:
    case INHERIT_OCTAL_DTR_ERASE: nor_inherit_erase(nor, now_ps); break;
    case INHERIT_OCTAL_DTR_PROGRAM: nor_inherit_program(nor, now_ps); break;
    case INHERIT_OCTAL_DTR_SUSPENDED:
        nor_inherit_erase(nor, now_ps);
        nor_inherit_suspension(nor);
        break;
    case INHERIT_OCTAL_DTR_WRITE_ENABLED: nor->wel = true; break;
    case INHERIT_OCTAL_DTR_POWER_DOWN: nor->deep_power_down = true; break;
    default: break;
    }
}

void mx_octal_inherit(struct nor *nor, uint64_t now_ps, unsigned index)
{
    enum inherited state = (enum inherited)index;
    switch (state) {
    case INHERIT_DEEP_POWER_DOWN: nor->deep_power_down = true; break;
    case INHERIT_4_BYTE: nor->now.cr2 |= CR2_ADS; break;
    case INHERIT_WRITE_ENABLED: nor->wel = true; break;
    case INHERIT_ERASE_IN_PROGRESS: nor_inherit_erase(nor, now_ps); break;
    case INHERIT_PROGRAM_IN_PROGRESS: nor_inherit_program(nor, now_ps); break;
    case INHERIT_ERASE_SUSPENDED:
        nor_inherit_erase(nor, now_ps);
        nor_inherit_suspension(nor);
        break;
    case INHERIT_PROGRAM_SUSPENDED:
        nor_inherit_program(nor, now_ps);
        nor_inherit_suspension(nor);
        break;
    case INHERIT_PROTECTED:
        nor->nv.registers.sr1 |= ALL_BP;
        nor->now.sr1 |= ALL_BP;
        break;
    case INHERIT_ERROR_LATCHED: nor->sr2 |= SR2_P_ERR; break;
    case INHERIT_OTHER_LATENCY: nor->now.octal[NOR_OCTAL_DUMMY] = SIX_CLOCKS; break;
    case INHERIT_NV_WRITE_IN_PROGRESS: start_register_write(nor, now_ps); break;
    case INHERIT_RESET_ARMED: nor->rst_armed = true; break;
    default: inherit_octal(nor, now_ps, state); break;
    }
}
