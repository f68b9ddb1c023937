/* SPDX-License-Identifier: MIT */
/*
 * States in which an earlier owner may have left a chip of Micron's. Names that S25FL-L has too mean
 * the same there. Where a place in the array matters, it is the start.
 */
#include "sim/nor/mt25q.h"

enum inherited {
    INHERIT_QPI,
    INHERIT_DUAL,
    INHERIT_QPI_CONTINUOUS,
    INHERIT_CONTINUOUS_READ,
    INHERIT_DEEP_POWER_DOWN,
    INHERIT_4_BYTE,
    INHERIT_BANK,
    INHERIT_WRITE_ENABLED,
    INHERIT_ERASE_IN_PROGRESS,
    INHERIT_PROGRAM_IN_PROGRESS,
    INHERIT_ERASE_SUSPENDED,
    INHERIT_PROGRAM_SUSPENDED,
    INHERIT_PROTECTED,
    INHERIT_LOCKED,
    INHERIT_ERROR_LATCHED,
    INHERIT_OTHER_LATENCY,
    INHERIT_WRAP,
    INHERIT_NV_WRITE_IN_PROGRESS,
    INHERIT_RESET_ARMED,
    INHERIT_COUNT
};

enum {
    ALL_BP = MT25Q_SR_BP3 | MT25Q_SR_BP,
    OTHER_CODE = 5 << MT25Q_VCR_DUMMY_Pos
};

const char *const mt25q_inheritable[] = {
    [INHERIT_QPI] = "qpi",
    [INHERIT_DUAL] = "dual-protocol",
    [INHERIT_QPI_CONTINUOUS] = "qpi-continuous-read",
    [INHERIT_CONTINUOUS_READ] = "continuous-read",
    [INHERIT_DEEP_POWER_DOWN] = "deep-power-down",
    [INHERIT_4_BYTE] = "4-byte",
    [INHERIT_BANK] = "bank",
    [INHERIT_WRITE_ENABLED] = "write-enabled",
    [INHERIT_ERASE_IN_PROGRESS] = "erase-in-progress",
    [INHERIT_PROGRAM_IN_PROGRESS] = "program-in-progress",
    [INHERIT_ERASE_SUSPENDED] = "erase-suspended",
    [INHERIT_PROGRAM_SUSPENDED] = "program-suspended",
    [INHERIT_PROTECTED] = "protected",
    [INHERIT_LOCKED] = "locked",
    [INHERIT_ERROR_LATCHED] = "error-latched",
    [INHERIT_OTHER_LATENCY] = "other-latency",
    [INHERIT_WRAP] = "wrap",
    [INHERIT_NV_WRITE_IN_PROGRESS] = "nv-write-in-progress",
    [INHERIT_RESET_ARMED] = "reset-armed",
    [INHERIT_COUNT] = NULL,
};

static void read_on(struct nor *nor)
{
    nor->now.cr1 &= (uint8_t)~MT25Q_VCR_NO_XIP;
    nor->continuous = nor->by_opcode[0][0xEB];
}

/* The write ends with every sector protected. */
static void start_register_write(struct nor *nor, uint64_t now_ps)
{
    struct nor_nv nv = nor->nv;
    nv.registers.sr1 |= ALL_BP;
    nor->wel = true;
    nor->operation.volatiles = nor->now;
    nor->operation.volatiles.sr1 |= ALL_BP;
    nor_write_nv(nor, now_ps, NOR_OPERATION_REGISTERS, &nv, nor_time_draw(nor, NOR_TIME_REGISTER));
}

static void inherit_protocol(struct nor *nor, enum inherited state)
{
    uint8_t bit = state == INHERIT_DUAL ? MT25Q_EVCR_NO_DUAL : MT25Q_EVCR_NO_QUAD;
    nor->now.cr3 &= (uint8_t)~bit;
    if (state == INHERIT_QPI_CONTINUOUS) {
        read_on(nor);
    }
}

void mt25q_inherit(struct nor *nor, uint64_t now_ps, unsigned index)
{
    enum inherited state = (enum inherited)index;
    switch (state) {
    case INHERIT_QPI:
    case INHERIT_DUAL:
    case INHERIT_QPI_CONTINUOUS: inherit_protocol(nor, state); break;
    case INHERIT_CONTINUOUS_READ: read_on(nor); break;
    case INHERIT_DEEP_POWER_DOWN: nor->deep_power_down = true; break;
    case INHERIT_4_BYTE: nor->now.cr2 |= CR2_ADS; break;
    case INHERIT_BANK: nor->now.ear = 1; break;
    case INHERIT_WRITE_ENABLED: nor->wel = true; break;
    case INHERIT_ERASE_IN_PROGRESS: nor_inherit_operation(nor, now_ps, true, false); break;
    case INHERIT_PROGRAM_IN_PROGRESS: nor_inherit_operation(nor, now_ps, false, false); break;
    case INHERIT_ERASE_SUSPENDED: nor_inherit_operation(nor, now_ps, true, true); break;
    case INHERIT_PROGRAM_SUSPENDED: nor_inherit_operation(nor, now_ps, false, true); break;
    case INHERIT_PROTECTED:
        nor->nv.registers.sr1 |= ALL_BP;
        nor->now.sr1 |= ALL_BP;
        break;
    case INHERIT_LOCKED: nor_lock_all(nor, true); break;
    case INHERIT_ERROR_LATCHED:
        nor->wel = true;
        nor->sr2 |= SR2_P_ERR | MT25Q_PROT_ERR;
        break;
    case INHERIT_OTHER_LATENCY: nor->now.cr1 = (uint8_t)((nor->now.cr1 & 0x0F) | OTHER_CODE); break;
    case INHERIT_WRAP: nor->now.cr1 &= (uint8_t)~MT25Q_VCR_WRAP; break;
    case INHERIT_NV_WRITE_IN_PROGRESS: start_register_write(nor, now_ps); break;
    case INHERIT_RESET_ARMED: nor->rst_armed = true; break;
    case INHERIT_COUNT: break;
    }
}
