/* SPDX-License-Identifier: MIT */
/*
 * States in which an earlier owner may have left a chip of the W25Q family. Names that S25FL-L has
 * too mean the same there. Where a place in the array matters, it is the start.
 */
#include "sim/nor/chip.h"

enum inherited {
    INHERIT_QPI,
    INHERIT_QPI_OTHER_LATENCY,
    INHERIT_QPI_CONTINUOUS_READ,
    INHERIT_QPI_ERASE_IN_PROGRESS,
    INHERIT_QPI_DEEP_POWER_DOWN,
    INHERIT_CONTINUOUS_READ,
    INHERIT_DUAL_CONTINUOUS_READ,
    INHERIT_DEEP_POWER_DOWN,
    INHERIT_4_BYTE,
    INHERIT_4_BYTE_CONTINUOUS_READ,
    INHERIT_EXTENDED_ADDRESS,
    INHERIT_WRITE_ENABLED,
    INHERIT_ERASE_IN_PROGRESS,
    INHERIT_PROGRAM_IN_PROGRESS,
    INHERIT_ERASE_SUSPENDED,
    INHERIT_PROGRAM_SUSPENDED,
    INHERIT_PROTECTED,
    INHERIT_PROTECTED_VOLATILE,
    INHERIT_COMPLEMENT_PROTECTED,
    INHERIT_WPS_LOCKED,
    INHERIT_QUAD_DISABLED,
    INHERIT_WRAP,
    INHERIT_NV_WRITE_IN_PROGRESS,
    INHERIT_RESET_ARMED,
    INHERIT_COUNT
};

enum {
    EIGHT_CLOCKS = 0x30 /* read parameters */
};

const char *const w25q_inheritable[] = {
    [INHERIT_QPI] = "qpi",
    [INHERIT_QPI_OTHER_LATENCY] = "qpi-other-latency",
    [INHERIT_QPI_CONTINUOUS_READ] = "qpi-continuous-read",
    [INHERIT_QPI_ERASE_IN_PROGRESS] = "qpi-erase-in-progress",
    [INHERIT_QPI_DEEP_POWER_DOWN] = "qpi-deep-power-down",
    [INHERIT_CONTINUOUS_READ] = "continuous-read",
    [INHERIT_DUAL_CONTINUOUS_READ] = "dual-continuous-read",
    [INHERIT_DEEP_POWER_DOWN] = "deep-power-down",
    [INHERIT_4_BYTE] = "4-byte",
    [INHERIT_4_BYTE_CONTINUOUS_READ] = "4-byte-continuous-read",
    [INHERIT_EXTENDED_ADDRESS] = "extended-address",
    [INHERIT_WRITE_ENABLED] = "write-enabled",
    [INHERIT_ERASE_IN_PROGRESS] = "erase-in-progress",
    [INHERIT_PROGRAM_IN_PROGRESS] = "program-in-progress",
    [INHERIT_ERASE_SUSPENDED] = "erase-suspended",
    [INHERIT_PROGRAM_SUSPENDED] = "program-suspended",
    [INHERIT_PROTECTED] = "protected",
    [INHERIT_PROTECTED_VOLATILE] = "protected-volatile",
    [INHERIT_COMPLEMENT_PROTECTED] = "complement-protected",
    [INHERIT_WPS_LOCKED] = "wps-locked",
    [INHERIT_QUAD_DISABLED] = "quad-disabled",
    [INHERIT_WRAP] = "wrap",
    [INHERIT_NV_WRITE_IN_PROGRESS] = "nv-write-in-progress",
    [INHERIT_RESET_ARMED] = "reset-armed",
    [INHERIT_COUNT] = NULL,
};

const uint32_t w25q_inheritable_if[INHERIT_COUNT] = {
    [INHERIT_QPI] = NOR_IF_QPI,
    [INHERIT_QPI_OTHER_LATENCY] = NOR_IF_QPI,
    [INHERIT_QPI_CONTINUOUS_READ] = NOR_IF_QPI | NOR_KEEPS_CONTINUOUS,
    [INHERIT_QPI_ERASE_IN_PROGRESS] = NOR_IF_QPI,
    [INHERIT_QPI_DEEP_POWER_DOWN] = NOR_IF_QPI,
    [INHERIT_CONTINUOUS_READ] = NOR_KEEPS_CONTINUOUS,
    [INHERIT_DUAL_CONTINUOUS_READ] = NOR_KEEPS_CONTINUOUS,
    [INHERIT_4_BYTE] = NOR_IF_4B_MODE,
    [INHERIT_4_BYTE_CONTINUOUS_READ] = NOR_KEEPS_CONTINUOUS | NOR_IF_4B_OPCODES,
    [INHERIT_EXTENDED_ADDRESS] = NOR_IF_EAR,
    [INHERIT_COMPLEMENT_PROTECTED] = NOR_IF_SR3,
    [INHERIT_WPS_LOCKED] = NOR_IF_SR3,
};

/* What is not volatile is in both copies of its register. */
static void inherit_protection(struct nor *nor, enum inherited state)
{
    uint8_t bits = nor_protection_bits(nor->part);
    struct nor_registers *copies[2] = {&nor->now, &nor->nv.registers};
    for (unsigned i = 0; i < 2; i++) {
        switch (state) {
        case INHERIT_PROTECTED: copies[i]->sr1 |= bits; break;
        case INHERIT_PROTECTED_VOLATILE: copies[i]->sr1 |= i == 0 ? bits : 0; break;
        case INHERIT_COMPLEMENT_PROTECTED: copies[i]->cr1 |= CR1_CMP; break;
        case INHERIT_WPS_LOCKED: copies[i]->cr2 |= CR2_WPS; break;
        default: copies[i]->cr1 &= (uint8_t)~CR1_QUAD; break;
        }
    }
    nor_lock_all(nor, true);
}

static void inherit_read(struct nor *nor, uint8_t opcode)
{
    nor->now.cr1 |= CR1_QUAD;
    nor->continuous = nor->by_opcode[0][opcode];
}

static void inherit_operation(struct nor *nor, uint64_t now_ps, enum inherited state)
{
    switch (state) {
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
    case INHERIT_NV_WRITE_IN_PROGRESS: w25q_start_register_write(nor, now_ps); break;
    default: inherit_protection(nor, state); break;
    }
}

static void inherit_qpi(struct nor *nor, uint64_t now_ps, enum inherited state)
{
    nor->now.cr1 |= CR1_QUAD;
    nor->now.cr2 |= CR2_QPI;
    switch (state) {
    case INHERIT_QPI_OTHER_LATENCY: nor->now.read_parameters = EIGHT_CLOCKS; break;
    case INHERIT_QPI_CONTINUOUS_READ: inherit_read(nor, 0xEB); break;
    case INHERIT_QPI_ERASE_IN_PROGRESS: nor_inherit_erase(nor, now_ps); break;
    case INHERIT_QPI_DEEP_POWER_DOWN: nor->deep_power_down = true; break;
    default: break;
    }
}

void w25q_inherit(struct nor *nor, uint64_t now_ps, unsigned index)
{
    enum inherited state = (enum inherited)index;
    switch (state) {
    case INHERIT_QPI:
    case INHERIT_QPI_OTHER_LATENCY:
    case INHERIT_QPI_CONTINUOUS_READ:
    case INHERIT_QPI_ERASE_IN_PROGRESS:
    case INHERIT_QPI_DEEP_POWER_DOWN: inherit_qpi(nor, now_ps, state); break;
    case INHERIT_CONTINUOUS_READ: inherit_read(nor, 0xEB); break;
    case INHERIT_DUAL_CONTINUOUS_READ: inherit_read(nor, 0xBB); break;
    case INHERIT_4_BYTE_CONTINUOUS_READ: inherit_read(nor, 0xEC); break;
    case INHERIT_DEEP_POWER_DOWN: nor->deep_power_down = true; break;
    case INHERIT_4_BYTE: nor->now.cr2 |= CR2_ADS; break;
    case INHERIT_EXTENDED_ADDRESS: nor->now.ear = 1; break;
    case INHERIT_WRITE_ENABLED: nor->wel = true; break;
    case INHERIT_WRAP: nor->now.cr3 &= (uint8_t) ~(CR3_WL | CR3_WE); break;
    case INHERIT_RESET_ARMED: nor->rst_armed = true; break;
    default: inherit_operation(nor, now_ps, state); break;
    }
}
