/* SPDX-License-Identifier: MIT */
/*
 * States in which an earlier owner may have left an SST26VF. Names that S25FL-L has too mean the same
 * there; every block is locked unless the state says otherwise. Where a place in the array matters,
 * it is the start.
 */
#include "sim/nor/sst26.h"

#include <string.h>

enum inherited {
    INHERIT_QPI,
    INHERIT_QPI_CONTINUOUS,
    INHERIT_CONTINUOUS_READ,
    INHERIT_WRITE_ENABLED,
    INHERIT_ERASE_IN_PROGRESS,
    INHERIT_PROGRAM_IN_PROGRESS,
    INHERIT_ERASE_SUSPENDED,
    INHERIT_PROGRAM_SUSPENDED,
    INHERIT_UNLOCKED,
    INHERIT_QUAD_ENABLED,
    INHERIT_WRAP,
    INHERIT_NV_WRITE_IN_PROGRESS,
    INHERIT_RESET_ARMED,
    INHERIT_COUNT
};

const char *const sst26_inheritable[] = {
    [INHERIT_QPI] = "qpi",
    [INHERIT_QPI_CONTINUOUS] = "qpi-continuous-read",
    [INHERIT_CONTINUOUS_READ] = "continuous-read",
    [INHERIT_WRITE_ENABLED] = "write-enabled",
    [INHERIT_ERASE_IN_PROGRESS] = "erase-in-progress",
    [INHERIT_PROGRAM_IN_PROGRESS] = "program-in-progress",
    [INHERIT_ERASE_SUSPENDED] = "erase-suspended",
    [INHERIT_PROGRAM_SUSPENDED] = "program-suspended",
    [INHERIT_UNLOCKED] = "unlocked",
    [INHERIT_QUAD_ENABLED] = "quad-enabled",
    [INHERIT_WRAP] = "wrap",
    [INHERIT_NV_WRITE_IN_PROGRESS] = "nv-write-in-progress",
    [INHERIT_RESET_ARMED] = "reset-armed",
    [INHERIT_COUNT] = NULL,
};

/* The configuration register is written as it was. */
static void start_register_write(struct nor *nor, uint64_t now_ps)
{
    nor->wel = true;
    nor->operation.volatiles = nor->now;
    nor_write_nv(nor, now_ps, NOR_OPERATION_REGISTERS, &nor->nv,
                 nor_time_draw(nor, NOR_TIME_REGISTER));
}

/* Whoever began it had unlocked the chip. */
static void inherit_operation(struct nor *nor, uint64_t now_ps, enum inherited state)
{
    bool suspended = state == INHERIT_ERASE_SUSPENDED || state == INHERIT_PROGRAM_SUSPENDED;
    memset(nor->bpr, 0, sizeof(nor->bpr));
    if (state == INHERIT_PROGRAM_IN_PROGRESS || state == INHERIT_PROGRAM_SUSPENDED) {
        nor_inherit_program(nor, now_ps);
    } else {
        nor->wel = true;
        nor_operation_start(nor, now_ps, NOR_OPERATION_ERASE, 0, 8192,
                            nor_time_draw(nor, NOR_TIME_ERASE_64K));
    }
    if (suspended) {
        nor_inherit_suspension(nor);
    }
}

static void inherit_read(struct nor *nor, enum inherited state)
{
    bool qpi = state == INHERIT_QPI_CONTINUOUS;
    nor->now.cr1 |= SST26_CR_IOC;
    nor->now.cr2 = (uint8_t)(nor->now.cr2 | (qpi ? CR2_QPI : 0));
    nor->continuous = nor->by_opcode[0][qpi ? 0x0B : 0xEB];
}

void sst26_inherit(struct nor *nor, uint64_t now_ps, unsigned index)
{
    enum inherited state = (enum inherited)index;
    switch (state) {
    case INHERIT_QPI: nor->now.cr2 |= CR2_QPI; break;
    case INHERIT_QPI_CONTINUOUS:
    case INHERIT_CONTINUOUS_READ: inherit_read(nor, state); break;
    case INHERIT_WRITE_ENABLED: nor->wel = true; break;
    case INHERIT_ERASE_IN_PROGRESS:
    case INHERIT_PROGRAM_IN_PROGRESS:
    case INHERIT_ERASE_SUSPENDED:
    case INHERIT_PROGRAM_SUSPENDED: inherit_operation(nor, now_ps, state); break;
    case INHERIT_UNLOCKED: memset(nor->bpr, 0, sizeof(nor->bpr)); break;
    case INHERIT_QUAD_ENABLED: nor->now.cr1 |= SST26_CR_IOC; break;
    case INHERIT_WRAP: nor->now.read_parameters = 3; break;
    case INHERIT_NV_WRITE_IN_PROGRESS: start_register_write(nor, now_ps); break;
    case INHERIT_RESET_ARMED: nor->rst_armed = true; break;
    case INHERIT_COUNT: break;
    }
}
