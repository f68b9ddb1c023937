/* SPDX-License-Identifier: MIT */
/*
 * Status and configuration registers of S25FL-L: volatile and non-volatile copies, which bits of
 * each can be written, once-only bits. Source: FMF S25FL064L model; what a frame cut short leaves
 * is policy.
 */
#include "sim/nor/chip.h"

#include <string.h>

enum {
    SR1_WRITABLE = SR1_SRP0 | SR1_SEC | SR1_TBPROT | SR1_BP,
    CR1_WRITABLE = CR1_CMP | CR1_QUAD,
    CR1_ONCE = CR1_LB | CR1_SRP1,
    CR2_SHARED = CR2_IO3R | CR2_OI | CR2_QPI | CR2_WPS,
    CR3_WRITABLE = CR3_WL | CR3_WE | CR3_RL,
    VOLATILE_BASE = 0x800000
};

enum register_index {
    REGISTER_SR1 = 0,
    REGISTER_SR2 = 1,
    REGISTER_CR1 = 2,
    REGISTER_CR2 = 3,
    REGISTER_CR3 = 4,
    REGISTER_DLR = 5,
    REGISTER_PASSWORD = 0x20,
    REGISTER_IRP = 0x30,
    REGISTER_PRPR = 0x39,
    REGISTER_PR = 0x40
};

uint8_t nor_status1(const struct nor *nor)
{
    bool wel = nor->wel || nor->linger;
    return (uint8_t)(nor->now.sr1 | (wel ? SR1_WEL : 0) | (nor_is_busy(nor) ? SR1_WIP : 0));
}

uint8_t nor_status1_show(struct nor *nor)
{
    uint8_t value = nor_status1(nor);
    nor->shown = true;
    nor->linger = false;
    return value;
}

uint8_t nor_status2(const struct nor *nor)
{
    return nor->sr2 | nor_suspend_bits(nor);
}

uint8_t nor_config1(const struct nor *nor)
{
    return nor->now.cr1 | (nor_suspend_bits(nor) != 0 ? CR1_SUS : 0);
}

/* 0 means 8. */
unsigned nor_latency(const struct nor *nor, const struct nor_command *command)
{
    (void)command;
    unsigned code = nor->now.cr3 & CR3_RL;
    return code == 0 ? 8 : code;
}

bool nor_in_qpi(const struct nor *nor)
{
    return (nor->now.cr2 & CR2_QPI) != 0;
}

static bool read_nonvolatile(const struct nor *nor, uint32_t address, uint8_t *value)
{
    const struct nor_nv *nv = &nor->nv;
    switch (address) {
    case REGISTER_SR1: *value = nv->registers.sr1; return true;
    case REGISTER_CR1: *value = nv->registers.cr1; return true;
    case REGISTER_CR2: *value = nv->registers.cr2; return true;
    case REGISTER_CR3: *value = nv->registers.cr3; return true;
    case REGISTER_DLR: *value = nv->registers.dlr; return true;
    default: break;
    }
    if (address >= REGISTER_PASSWORD && address < REGISTER_PASSWORD + 8) {
        bool hidden = (nv->irp & IRP_PWDMLB) == 0;
        *value = hidden ? 0xFF : nv->password[address - REGISTER_PASSWORD];
        return true;
    }
    if (address == REGISTER_IRP || address == REGISTER_IRP + 1) {
        *value = (uint8_t)(nv->irp >> (8 * (address - REGISTER_IRP)));
        return true;
    }
    if (address >= REGISTER_PRPR && address < REGISTER_PRPR + 3) {
        *value = (uint8_t)(nv->prpr >> (8 * (address - REGISTER_PRPR + 1)));
        return true;
    }
    return false;
}

bool nor_register_read(struct nor *nor, uint32_t address, uint8_t *value)
{
    if (address < VOLATILE_BASE) {
        return read_nonvolatile(nor, address, value);
    }
    switch (address - VOLATILE_BASE) {
    case REGISTER_SR1: *value = nor_status1_show(nor); return true;
    case REGISTER_SR2: *value = nor_status2(nor); return true;
    case REGISTER_CR1: *value = nor_config1(nor); return true;
    case REGISTER_CR2: *value = nor->now.cr2; return true;
    case REGISTER_CR3: *value = nor->now.cr3; return true;
    case REGISTER_DLR: *value = nor->now.dlr; return true;
    case REGISTER_PR: *value = nor->pr; return true;
    default: return false;
    }
}

void nor_registers_factory(struct nor *nor)
{
    memset(&nor->nv, 0, sizeof(nor->nv));
    nor->nv.registers.sr1 = nor->part->sr1_default;
    nor->nv.registers.cr1 = nor->part->cr1_default;
    nor->nv.registers.cr2 = nor->part->cr2_default;
    nor->nv.registers.cr3 = nor->part->cr3_default;
    memset(nor->nv.password, 0xFF, sizeof(nor->nv.password));
    nor->nv.irp = 0xFFFF;
    nor->nv.nvcr = 0xFFFF;
    nor->nv.prpr = 0xFFFFFFFF;
}

void nor_registers_restore(struct nor *nor, bool hard)
{
    uint8_t srp1 = nor->now.cr1 & CR1_SRP1;
    nor->now = nor->nv.registers;
    if (!hard) {
        nor->now.cr1 = (uint8_t)((nor->now.cr1 & ~CR1_SRP1) | srp1);
    }
    if ((nor->now.cr2 & CR2_ADP) != 0) {
        nor->now.cr2 |= CR2_ADS;
    }
    if (hard) { /* in password mode the lock is closed until PASSU */
        nor->pr = (nor->nv.irp & IRP_PWDMLB) != 0 ? PR_NVLOCK : 0;
    }
    nor->sr2 = 0;
    nor->wel = false;
    nor->wrenv = false;
    nor->stuck = false;
    nor->linger = false;
    nor_lock_all(nor, (nor->nv.irp & IRP_IBLLBB) != 0);
}

static void write_nonvolatile_byte(struct nor_registers *to, unsigned index, uint8_t value)
{
    switch (index) {
    case REGISTER_SR1: to->sr1 = value & SR1_WRITABLE; break;
    case REGISTER_CR1:
        to->cr1 = (uint8_t)((value & CR1_WRITABLE) | ((value | to->cr1) & CR1_ONCE));
        break;
    case REGISTER_CR2: to->cr2 = value & (CR2_SHARED | CR2_ADP); break;
    case REGISTER_CR3: to->cr3 = value & CR3_WRITABLE; break;
    default: to->dlr = value; break;
    }
}

/* LB and ADP of the volatile registers only mirror the non-volatile ones; SRP1 can be set, not
 * cleared. */
static void write_volatile_byte(struct nor *nor, unsigned index, uint8_t value)
{
    struct nor_registers *to = &nor->now;
    switch (index) {
    case REGISTER_SR1: to->sr1 = value & SR1_WRITABLE; break;
    case REGISTER_CR1:
        to->cr1 = (uint8_t)((value & CR1_WRITABLE) | (to->cr1 & CR1_ONCE) | (value & CR1_SRP1));
        break;
    case REGISTER_CR2:
        to->cr2 = (uint8_t)((value & (CR2_SHARED | CR2_ADS)) | (to->cr2 & CR2_ADP));
        break;
    case REGISTER_CR3: to->cr3 = value & CR3_WRITABLE; break;
    default: to->dlr = value; break;
    }
}

/* Copies one register of `nv` to the volatile set; the current address mode is not part of it
 * [INF]. */
static void mirror(struct nor_registers *to, const struct nor_registers *nv, unsigned index)
{
    switch (index) {
    case REGISTER_SR1: to->sr1 = nv->sr1; break;
    case REGISTER_CR1: to->cr1 = nv->cr1; break;
    case REGISTER_CR2: to->cr2 = (uint8_t)(nv->cr2 | (to->cr2 & CR2_ADS)); break;
    case REGISTER_CR3: to->cr3 = nv->cr3; break;
    default: to->dlr = nv->dlr; break;
    }
}

static const uint8_t wrr_order[4] = {REGISTER_SR1, REGISTER_CR1, REGISTER_CR2, REGISTER_CR3};

void nor_write_nv(struct nor *nor, uint64_t now_ps, enum nor_operation_kind kind,
                  const struct nor_nv *nv, uint64_t duration_ps)
{
    nor->operation.nv = *nv;
    nor_operation_start(nor, now_ps, kind, 0, 0, duration_ps);
}

void nor_write_registers(struct nor *nor, uint64_t now_ps)
{
    uint32_t count = nor->frame.data_count;
    if (count == 0 || count > sizeof(wrr_order) || nor_registers_are_locked(nor)) {
        nor_frame_reject(nor);
        return;
    }
    if (nor->wrenv) {
        nor->wrenv = false;
        for (uint32_t i = 0; i < count; i++) {
            write_volatile_byte(nor, wrr_order[i], nor->frame.first[i]);
        }
        return;
    }
    struct nor_nv nv = nor->nv;
    nor->operation.volatiles = nor->now;
    for (uint32_t i = 0; i < count; i++) {
        write_nonvolatile_byte(&nv.registers, wrr_order[i], nor->frame.first[i]);
        mirror(&nor->operation.volatiles, &nv.registers, wrr_order[i]);
    }
    nor_write_nv(nor, now_ps, NOR_OPERATION_REGISTERS, &nv, nor_time_draw(nor, NOR_TIME_REGISTER));
}

/* Password, IRP and PRPR; true if the address is one of theirs. The first two are once-only. */
static bool write_other(struct nor *nor, uint64_t now_ps, uint32_t address, uint8_t value)
{
    struct nor_nv nv = nor->nv;
    bool once_open =
        (nv.irp & (IRP_PERMLB | IRP_PSLMLB | IRP_PWDMLB)) == (IRP_PERMLB | IRP_PSLMLB | IRP_PWDMLB);
    uint64_t duration = nor_time_program(nor, 1);
    bool open = once_open;
    if (address >= REGISTER_PASSWORD && address < REGISTER_PASSWORD + 8) {
        nv.password[address - REGISTER_PASSWORD] &= value;
    } else if (address == REGISTER_IRP || address == REGISTER_IRP + 1) {
        unsigned shift = 8 * (address - REGISTER_IRP);
        nv.irp &= (uint16_t) ~((uint16_t)(0xFF & ~value) << shift);
    } else if (address >= REGISTER_PRPR && address < REGISTER_PRPR + 3) {
        unsigned shift = 8 * (address - REGISTER_PRPR + 1);
        nv.prpr = (nv.prpr & ~(UINT32_C(0xFF) << shift)) | ((uint32_t)value << shift);
        duration = nor_time_draw(nor, NOR_TIME_REGISTER);
        open = (nor->pr & PR_NVLOCK) != 0;
    } else {
        return false;
    }
    if (open) {
        nor_write_nv(nor, now_ps, NOR_OPERATION_OTHER_NV, &nv, duration);
    } else {
        nor_operation_fail(nor, SR2_P_ERR);
    }
    return true;
}

void nor_write_any_register(struct nor *nor, uint64_t now_ps)
{
    uint32_t address = nor->frame.address;
    uint32_t index = address & ~(uint32_t)VOLATILE_BASE;
    uint8_t value = nor->frame.first[0];
    bool plain = index <= REGISTER_DLR && index != REGISTER_SR2;
    if (nor->frame.data_count != 1 || (plain && nor_registers_are_locked(nor))) {
        nor_frame_reject(nor);
    } else if (!plain) {
        if (address != index || !write_other(nor, now_ps, address, value)) {
            nor_frame_reject(nor);
        }
    } else if (address != index) {
        write_volatile_byte(nor, index, value);
        nor->wel = false;
    } else {
        struct nor_nv nv = nor->nv;
        write_nonvolatile_byte(&nv.registers, index, value);
        nor->operation.volatiles = nor->now;
        mirror(&nor->operation.volatiles, &nv.registers, index);
        nor_write_nv(nor, now_ps, NOR_OPERATION_REGISTERS, &nv,
                     nor_time_draw(nor, NOR_TIME_REGISTER));
    }
}

static uint8_t torn(struct nor *nor, uint8_t old, uint8_t new, uint8_t factory)
{
    if (old == new) {
        return old;
    }
    switch (nor_random(nor) % 3) {
    case 0: return old;
    case 1: return new;
    default: return factory;
    }
}

void nor_registers_tear(struct nor *nor, const struct nor_operation *operation)
{
    struct nor_registers *to = &nor->nv.registers;
    const struct nor_registers *aim = &operation->nv.registers;
    to->sr1 = torn(nor, to->sr1, aim->sr1, 0);
    uint8_t cr1 = (uint8_t)((nor->part->cr1_default & ~CR1_ONCE) | (to->cr1 & CR1_ONCE));
    to->cr1 = torn(nor, to->cr1, aim->cr1, cr1);
    to->cr2 = torn(nor, to->cr2, aim->cr2, nor->part->cr2_default);
    to->cr3 = torn(nor, to->cr3, aim->cr3, nor->part->cr3_default);
    to->dlr = torn(nor, to->dlr, aim->dlr, 0);
    to->ear = torn(nor, to->ear, aim->ear, 0);
    uint16_t nvcr = operation->nv.nvcr;
    unsigned high = torn(nor, (uint8_t)(nor->nv.nvcr >> 8), (uint8_t)(nvcr >> 8), 0xFF);
    nor->nv.nvcr = (uint16_t)(high << 8 | torn(nor, (uint8_t)nor->nv.nvcr, (uint8_t)nvcr, 0xFF));
}
