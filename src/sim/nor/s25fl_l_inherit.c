/* SPDX-License-Identifier: MIT */
/*
 * States in which an earlier owner of the chip (firmware, a boot ROM, a killed debug session) may
 * have left it. Where a place in the array matters, it is the start: the block an updater would be
 * working on.
 */
#include "sim/nor/chip.h"

#include <string.h>

enum inherited {
    INHERIT_QPI,
    INHERIT_CONTINUOUS_READ,
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
    INHERIT_WRAP,
    INHERIT_NV_WRITE_IN_PROGRESS,
    INHERIT_RESET_ARMED,
    INHERIT_WPS_LOCKED,
    INHERIT_COUNT
};

const char *const s25fl_l_inheritable[] = {
    [INHERIT_QPI] = "qpi",
    [INHERIT_CONTINUOUS_READ] = "continuous-read",
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
    [INHERIT_WRAP] = "wrap",
    [INHERIT_NV_WRITE_IN_PROGRESS] = "nv-write-in-progress",
    [INHERIT_RESET_ARMED] = "reset-armed",
    [INHERIT_WPS_LOCKED] = "wps-locked",
    [INHERIT_COUNT] = NULL,
};

static void start_register_write(struct nor *nor, uint64_t now_ps)
{
    struct nor_nv nv = nor->nv;
    nv.registers.cr1 |= CR1_QUAD;
    nor->wel = true;
    nor->operation.volatiles = nor->now;
    nor->operation.volatiles.cr1 |= CR1_QUAD;
    nor_write_nv(nor, now_ps, NOR_OPERATION_REGISTERS, &nv, nor_time_draw(nor, NOR_TIME_REGISTER));
}

static void inherit_protection(struct nor *nor, enum inherited state)
{
    if (state == INHERIT_PROTECTED) {
        nor->nv.registers.sr1 |= nor_protection_bits(nor->part);
        nor->now.sr1 |= nor_protection_bits(nor->part);
    } else {
        nor->nv.registers.cr2 |= CR2_WPS;
        nor->now.cr2 |= CR2_WPS;
        nor_lock_all(nor, true);
    }
}

void s25fl_l_inherit(struct nor *nor, uint64_t now_ps, unsigned index)
{
    enum inherited state = (enum inherited)index;
    switch (state) {
    case INHERIT_QPI: nor->now.cr2 |= CR2_QPI; break;
    case INHERIT_CONTINUOUS_READ:
        nor->now.cr1 |= CR1_QUAD;
        nor->continuous = nor->by_opcode[0][0xEB];
        break;
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
    case INHERIT_ERROR_LATCHED:
        nor->wel = true;
        nor_operation_fail(nor, SR2_P_ERR);
        break;
    case INHERIT_OTHER_LATENCY: nor->now.cr3 = (uint8_t)((nor->now.cr3 & ~CR3_RL) | 5); break;
    case INHERIT_WRAP: nor->now.cr3 &= (uint8_t) ~(CR3_WL | CR3_WE); break;
    case INHERIT_NV_WRITE_IN_PROGRESS: start_register_write(nor, now_ps); break;
    case INHERIT_RESET_ARMED: nor->rst_armed = true; break;
    case INHERIT_PROTECTED:
    case INHERIT_WPS_LOCKED: inherit_protection(nor, state); break;
    case INHERIT_COUNT: break;
    }
}
