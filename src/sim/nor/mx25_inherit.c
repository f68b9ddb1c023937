/* SPDX-License-Identifier: MIT */
/*
 * States in which an earlier owner may have left a chip of Macronix (MX25L, MX25R) or ISSI. Names
 * that S25FL-L has too mean the same there. Where a place in the array matters, it is the start.
 */
#include "sim/nor/mx25.h"

enum inherited {
    INHERIT_QPI,
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
    INHERIT_QUAD_ENABLED,
    INHERIT_COUNT
};

const char *const mx25_inheritable[] = {
    [INHERIT_QPI] = "qpi",
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
    [INHERIT_QUAD_ENABLED] = "quad-enabled",
    [INHERIT_COUNT] = NULL,
};

const uint32_t mx25_inheritable_if[INHERIT_COUNT] = {
    [INHERIT_QPI] = NOR_IF_QPI,        [INHERIT_QPI_CONTINUOUS] = NOR_IF_QPI,
    [INHERIT_4_BYTE] = NOR_IF_4B_MODE, [INHERIT_BANK] = NOR_IF_EAR,
    [INHERIT_LOCKED] = NOR_IF_WPSEL,
};

static void enable_quad(struct nor *nor)
{
    nor->nv.registers.sr1 |= MX25_SR_QE;
    nor->now.sr1 |= MX25_SR_QE;
}

static void read_on(struct nor *nor)
{
    enable_quad(nor);
    nor->continuous = nor->by_opcode[0][0xEB];
}

/* The write ends with every block protected. */
static void start_register_write(struct nor *nor, uint64_t now_ps)
{
    struct nor_nv nv = nor->nv;
    nv.registers.sr1 |= MX25_SR_BP;
    nor->wel = true;
    nor->operation.volatiles = nor->now;
    nor->operation.volatiles.sr1 |= MX25_SR_BP;
    nor_write_nv(nor, now_ps, NOR_OPERATION_REGISTERS, &nv, nor_time_draw(nor, NOR_TIME_REGISTER));
}

static void inherit_protection(struct nor *nor, enum inherited state)
{
    if (state == INHERIT_LOCKED) {
        nor->nv.registers.cr2 |= CR2_WPS;
        nor->now.cr2 |= CR2_WPS;
        nor_lock_all(nor, true);
    } else {
        nor->nv.registers.sr1 |= MX25_SR_BP;
        nor->now.sr1 |= MX25_SR_BP;
    }
}

/* Ten clocks and 8 bytes. */
static void inherit_read_parameters(struct nor *nor, enum inherited state)
{
    const struct mx25_traits *traits = mx25_traits(nor);
    if (state == INHERIT_WRAP) {
        nor->now.read_parameters = traits->issi ? IS25_WRAP_ON : 0;
    } else if (traits->issi) {
        nor->now.read_parameters = 10 << IS25_DUMMY_Pos;
    } else {
        nor->now.cr1 |= traits->code_mask;
    }
}

void mx25_inherit(struct nor *nor, uint64_t now_ps, unsigned index)
{
    enum inherited state = (enum inherited)index;
    switch (state) {
    case INHERIT_QPI: nor->now.cr2 |= CR2_QPI; break;
    case INHERIT_QPI_CONTINUOUS:
        nor->now.cr2 |= CR2_QPI;
        read_on(nor);
        break;
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
    case INHERIT_LOCKED: inherit_protection(nor, state); break;
    case INHERIT_ERROR_LATCHED:
        nor->sr2 |= SR2_P_ERR | (mx25_traits(nor)->issi ? IS25_PROT_ERR : 0);
        break;
    case INHERIT_OTHER_LATENCY:
    case INHERIT_WRAP: inherit_read_parameters(nor, state); break;
    case INHERIT_NV_WRITE_IN_PROGRESS: start_register_write(nor, now_ps); break;
    case INHERIT_RESET_ARMED: nor->rst_armed = true; break;
    case INHERIT_QUAD_ENABLED: enable_quad(nor); break;
    case INHERIT_COUNT: break;
    }
}
