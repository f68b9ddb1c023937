/* SPDX-License-Identifier: MIT */
/*
 * Status registers 1 to 3 of W25Q and its kin. They are kept in the places of S25FL-L's SR1, CR1
 * and CR2, whose bits lie the same [memory]. The quad-enable bit is always kept as CR1_QUAD; where
 * it is seen is a matter of the part [SFDP: word 15 of the basic table].
 */
#include "sim/nor/chip.h"

enum {
    SR1_WRITABLE = 0xFC,
    SR1_QE = 0x40,              /* NOR_QE_SR1_BIT6 */
    SR2_QE_BIT7 = 0x80,         /* NOR_QE_SR2_BIT7 */
    SR2_ONCE = 0x38 | CR1_SRP1, /* LB3..LB1 */
    SR3_WRITABLE = CR2_IO3R | CR2_OI | CR2_WPS
};

static bool quad_in_sr2(const struct nor_part *part)
{
    switch (part->quad_enable) {
    case NOR_QE_NONE:
    case NOR_QE_RESERVED:
    case NOR_QE_SR1_BIT6: return false;
    default: return true;
    }
}

uint8_t w25q_status1(const struct nor *nor)
{
    bool shows = nor->part->quad_enable == NOR_QE_SR1_BIT6 && (nor->now.cr1 & CR1_QUAD) != 0;
    return (uint8_t)(nor_status1(nor) | (shows ? SR1_QE : 0));
}

uint8_t w25q_status2(const struct nor *nor)
{
    uint8_t value = nor_config1(nor);
    bool quad = (value & CR1_QUAD) != 0;
    if (!quad_in_sr2(nor->part)) {
        return (uint8_t)(value & ~CR1_QUAD);
    }
    if (nor->part->quad_enable == NOR_QE_SR2_BIT7) {
        return (uint8_t)((value & ~(CR1_QUAD | CR1_SUS)) | (quad ? SR2_QE_BIT7 : 0));
    }
    return value;
}

uint8_t w25q_status3(const struct nor *nor)
{
    return (uint8_t)(nor->now.cr2 & ~CR2_QPI);
}

static void put_quad(struct nor_registers *to, bool set)
{
    to->cr1 = (uint8_t)(set ? to->cr1 | CR1_QUAD : to->cr1 & ~CR1_QUAD);
}

static void put_sr1(const struct nor_part *part, struct nor_registers *to, uint8_t value)
{
    to->sr1 = value & SR1_WRITABLE;
    if (part->quad_enable == NOR_QE_SR1_BIT6) {
        to->sr1 = (uint8_t)(to->sr1 & ~SR1_QE);
        put_quad(to, (value & SR1_QE) != 0);
    }
}

/* LB and SRP1 are once-only; a volatile write does not reach LB [memory]. */
static void put_sr2(const struct nor_part *part, struct nor_registers *to, uint8_t value,
                    bool nonvolatile)
{
    uint8_t kept = to->cr1 & (SR2_ONCE | CR1_QUAD);
    uint8_t once = nonvolatile ? value & SR2_ONCE : value & CR1_SRP1;
    to->cr1 = (uint8_t)((value & CR1_CMP) | kept | once);
    if (part->quad_enable == NOR_QE_SR2_BIT7) {
        put_quad(to, (value & SR2_QE_BIT7) != 0);
    } else if (quad_in_sr2(part)) {
        put_quad(to, (value & CR1_QUAD) != 0);
    }
}

/* ADS and QPI are states of the chip; ADP has no volatile bit of its own. */
static void put_sr3(const struct nor_part *part, struct nor_registers *to, uint8_t value,
                    bool nonvolatile)
{
    bool power_up = nonvolatile && (part->features & NOR_IF_4B_MODE) != 0;
    uint8_t writable = (uint8_t)(SR3_WRITABLE | (power_up ? CR2_ADP : 0));
    to->cr2 = (uint8_t)((value & writable) | (to->cr2 & ~writable));
}

static void put(const struct nor *nor, struct nor_registers *to, bool nonvolatile)
{
    const struct nor_part *part = nor->part;
    const struct nor_frame *frame = &nor->frame;
    switch (frame->command->action) {
    case NOR_WRITE_SR2: put_sr2(part, to, frame->first[0], nonvolatile); return;
    case NOR_WRITE_SR3: put_sr3(part, to, frame->first[0], nonvolatile); return;
    default: break;
    }
    put_sr1(part, to, frame->first[0]);
    if (frame->data_count == 2) {
        put_sr2(part, to, frame->first[1], nonvolatile);
    } else if (part->quad_enable == NOR_QE_SR2_BIT1_SHORT_CLEARS) {
        put_sr2(part, to, 0, nonvolatile);
    }
}

/* 06h before it: for good, and it takes its time. 50h: volatile and at once. */
void w25q_write_register(struct nor *nor, uint64_t now_ps)
{
    bool two = nor->frame.command->action == NOR_WRITE_REGISTERS &&
               (nor->part->features & NOR_TAKES_SR2) != 0;
    if (nor->frame.data_count > (two ? 2u : 1u) || nor_registers_are_locked(nor)) {
        nor_frame_reject(nor);
        return;
    }
    if (nor->wrenv) {
        nor->wrenv = false;
        put(nor, &nor->now, false);
        return;
    }
    struct nor_nv nv = nor->nv;
    put(nor, &nv.registers, true);
    nor->operation.volatiles = nor->now;
    put(nor, &nor->operation.volatiles, true);
    nor_write_nv(nor, now_ps, NOR_OPERATION_REGISTERS, &nv, nor_time_draw(nor, NOR_TIME_REGISTER));
}

void w25q_start_register_write(struct nor *nor, uint64_t now_ps)
{
    struct nor_nv nv = nor->nv;
    put_quad(&nv.registers, true);
    nor->wel = true;
    nor->operation.volatiles = nor->now;
    put_quad(&nor->operation.volatiles, true);
    nor_write_nv(nor, now_ps, NOR_OPERATION_REGISTERS, &nv, nor_time_draw(nor, NOR_TIME_REGISTER));
}
