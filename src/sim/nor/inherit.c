/* SPDX-License-Identifier: MIT */
/* Operations that an earlier owner of the chip has begun, the same for every family. */
#include "sim/nor/chip.h"

#include <string.h>

void nor_inherit_erase(struct nor *nor, uint64_t now_ps)
{
    struct nor_time_range time = nor->part->times[NOR_TIME_ERASE_64K];
    uint32_t length = 65536;
    for (unsigned i = 0; i < NOR_ERASE_TYPES && nor->part->erases[i].size != 0; i++) {
        length = nor->part->erases[i].size;
        time = nor->part->erases[i].time;
    }
    nor->wel = true;
    nor_operation_start(nor, now_ps, NOR_OPERATION_ERASE, 0, length,
                        nor_time_draw_from(nor, &time));
}

void nor_inherit_program(struct nor *nor, uint64_t now_ps)
{
    nor->wel = true;
    memset(nor->page, 0, sizeof(nor->page));
    nor_operation_start(nor, now_ps, NOR_OPERATION_PROGRAM, 0, nor->part->page,
                        nor_time_program(nor, nor->part->page));
}

void nor_inherit_suspension(struct nor *nor)
{
    nor->operation.remaining_ps = nor->operation.duration_ps / 2;
    nor->suspended = nor->operation;
    nor->operation.kind = NOR_IDLE;
    nor->wel = false;
}

void nor_inherit_operation(struct nor *nor, uint64_t now_ps, bool erase, bool suspended)
{
    if (erase) {
        nor_inherit_erase(nor, now_ps);
    } else {
        nor_inherit_program(nor, now_ps);
    }
    if (suspended) {
        nor_inherit_suspension(nor);
    }
}
