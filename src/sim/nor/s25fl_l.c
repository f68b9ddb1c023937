/* SPDX-License-Identifier: MIT */
/*
 * What the commands of S25FL-L do. Source: FMF S25FL064L model where nothing else is said.
 */
#include "sim/nor/chip.h"

#include <string.h>

enum {
    BURST_BYTES = 4 /* eight clocks on four lanes */
};

static uint32_t clock_limit(const struct nor *nor, const struct nor_command *command)
{
    unsigned speed = command->speed;
    if (speed == NOR_SPEED_ANY) {
        return nor->part->clock_hz;
    }
    if (speed == NOR_SPEED_SLOW_READ) {
        return 50000000;
    }
    if (speed == NOR_SPEED_1_1_1 && nor_in_qpi(nor)) {
        speed = NOR_SPEED_QPI_REGISTER;
    }
    return nor->part->clocks[speed][nor_latency(nor, command) - 1] * UINT32_C(1000000);
}

static bool continues(const struct nor *nor, const struct nor_command *command, uint8_t mode)
{
    (void)nor;
    if ((command->flags & NOR_DDR) != 0) {
        return (mode >> 4) == (~mode & 0x0F);
    }
    return (mode >> 4) == 0x0A;
}

/* ES and PS leave reads, register reads, block locks and the way out; in ES also a program. What
 * else is refused is [INF]. */
static bool works_suspended(const struct nor *nor, const struct nor_command *command)
{
    if (command->direction == NOR_DATA_OUT || (command->flags & NOR_WHILE_BUSY) != 0) {
        return true;
    }
    switch (command->action) {
    case NOR_PROGRAM: return nor->suspended.kind == NOR_OPERATION_ERASE;
    case NOR_RESUME:
    case NOR_WRITE_ENABLE:
    case NOR_WRITE_DISABLE:
    case NOR_BLOCK_LOCK:
    case NOR_BLOCK_UNLOCK:
    case NOR_GLOBAL_LOCK:
    case NOR_GLOBAL_UNLOCK: return true;
    default: return false;
    }
}

static bool accepts(struct nor *nor, const struct nor_command *command)
{
    if (nor->deep_power_down) {
        return command->action == NOR_RELEASE;
    }
    bool quad = (nor->now.cr1 & CR1_QUAD) != 0 || nor_in_qpi(nor);
    if ((command->flags & NOR_NEEDS_QUAD) != 0 && !quad) {
        return false;
    }
    /* An array read while busy is not refused but streams what happens to be there. */
    if (nor_is_busy(nor)) {
        return (command->flags & (NOR_WHILE_BUSY | NOR_ARRAY_READ)) != 0;
    }
    if (nor->suspended.kind != NOR_IDLE && !works_suspended(nor, command)) {
        return false;
    }
    if (command->action == NOR_WRITE_REGISTERS) {
        return nor->wel || nor->wrenv;
    }
    return (command->flags & NOR_NEEDS_WEL) == 0 || nor->wel;
}

static void begin(struct nor *nor)
{
    struct nor_frame *frame = &nor->frame;
    const struct nor_command *command = frame->command;
    if ((command->flags & NOR_ARRAY_READ) != 0) {
        frame->address &= nor->part->size - 1;
        frame->garbage = nor_is_busy(nor);
        frame->raw = !frame->garbage && nor->marginal == NULL && nor->suspended.kind == NOR_IDLE;
        if ((command->flags & NOR_WRAPS) != 0 && (nor->now.cr3 & CR3_WE) == 0) {
            frame->wrap_mask = (8u << ((nor->now.cr3 & CR3_WL) >> 5)) - 1;
        }
    }
    frame->to_page = command->action == NOR_PROGRAM || command->action == NOR_PROGRAM_SECURITY;
    if (frame->to_page) {
        memset(nor->page, 0xFF, sizeof(nor->page));
    }
}

static uint8_t any_register(struct nor *nor)
{
    uint8_t value = 0; /* of an address without a register [INF] */
    nor_register_read(nor, nor->frame.address, &value);
    return value;
}

static uint8_t next_byte(struct nor *nor, uint64_t now_ps)
{
    struct nor_frame *frame = &nor->frame;
    uint32_t index = frame->data_count;
    nor_settle(nor, now_ps);
    switch (frame->command->action) {
    case NOR_READ_SR1: return nor_status1_show(nor);
    case NOR_READ_SR2: return nor_status2(nor);
    case NOR_READ_CR1: return nor_config1(nor);
    case NOR_READ_CR2: return nor->now.cr2;
    case NOR_READ_CR3: return nor->now.cr3;
    case NOR_READ_ANY_REGISTER: return any_register(nor);
    case NOR_READ_ID: return nor->part->id[index % 3];
    case NOR_RELEASE: return nor->part->release_id[index % 2];
    case NOR_READ_UNIQUE_ID: return (uint8_t)(~nor->seed >> (8 * (7 - index % 8)));
    case NOR_READ_SFDP: return nor_sfdp_byte(nor->part, frame->address++);
    case NOR_READ_SECURITY: return nor->security[frame->address++ % NOR_SECURITY_SIZE];
    case NOR_READ_BLOCK_LOCK: /* [FMF FL-L test bench]: 0 is locked */
        return nor->locked[(frame->address & (nor->part->size - 1)) / NOR_SECTOR] ? 0x00 : 0xFF;
    case NOR_READ_PR: return nor->pr;
    case NOR_READ_IRP: return (uint8_t)(nor->nv.irp >> (8 * (index % 2)));
    case NOR_READ_PASSWORD:
        return (nor->nv.irp & IRP_PWDMLB) != 0 ? nor->nv.password[index % 8] : 0xFF;
    case NOR_READ_DLR: return nor->now.dlr;
    default: return 0xFF;
    }
}

/* A program or erase that the chip takes up and refuses shows it by an error flag and WIP. */
static void execute_program(struct nor *nor, uint64_t now_ps)
{
    uint32_t address = nor->frame.address & (nor->part->size - 1);
    uint32_t page = address & ~(nor->part->page - 1);
    uint32_t count =
        nor->frame.data_count < nor->part->page ? nor->frame.data_count : nor->part->page;
    if (nor_is_protected(nor, page, nor->part->page) || nor_in_suspended(nor, page)) {
        nor_operation_fail(nor, SR2_P_ERR);
        return;
    }
    nor_operation_start(nor, now_ps, NOR_OPERATION_PROGRAM, page, count,
                        nor_time_program(nor, count));
}

static void execute_erase(struct nor *nor, uint64_t now_ps, uint32_t unit, enum nor_time time)
{
    uint32_t address = nor->frame.address & (nor->part->size - 1) & ~(unit - 1);
    if (nor_is_protected(nor, address, unit)) {
        nor_operation_fail(nor, SR2_E_ERR);
        return;
    }
    bool chip = time == NOR_TIME_ERASE_CHIP;
    nor_operation_start(nor, now_ps, chip ? NOR_OPERATION_CHIP_ERASE : NOR_OPERATION_ERASE, address,
                        unit, nor_time_draw(nor, time));
}

/* Times of the security regions as for the array [INF]. */
static void execute_security(struct nor *nor, uint64_t now_ps, bool erase)
{
    uint32_t address = nor->frame.address;
    uint32_t region = address & ~(uint32_t)(NOR_PAGE_MAX - 1);
    if (address >= NOR_SECURITY_SIZE) {
        nor_frame_reject(nor);
    } else if (nor_security_is_locked(nor, address)) {
        nor_operation_fail(nor, erase ? SR2_E_ERR : SR2_P_ERR);
    } else if (erase) {
        nor_operation_start(nor, now_ps, NOR_OPERATION_SECURITY_ERASE, region, NOR_PAGE_MAX,
                            nor_time_draw(nor, NOR_TIME_ERASE_4K));
    } else {
        uint32_t count =
            nor->frame.data_count < NOR_PAGE_MAX ? nor->frame.data_count : NOR_PAGE_MAX;
        nor_operation_start(nor, now_ps, NOR_OPERATION_SECURITY_PROGRAM, region, count,
                            nor_time_program(nor, count));
    }
}

/* CLSR ends the state that an error leaves; during an operation it does nothing. */
static void clear_status(struct nor *nor)
{
    if (nor->operation.kind != NOR_IDLE) {
        nor_frame_reject(nor);
        return;
    }
    nor->sr2 = 0;
    nor->stuck = false;
    nor->wel = false;
}

static bool reset(struct nor *nor, uint64_t now_ps, bool hard)
{
    nor_settle(nor, now_ps);
    if (nor->operation.kind == NOR_OPERATION_REGISTERS) {
        return false;
    }
    nor_operation_abort(nor, now_ps);
    nor_registers_restore(nor, hard);
    nor->continuous = NULL;
    nor->deaf_until_ps = now_ps + nor_time_fixed(nor, NOR_TIME_RESET);
    nor_frame_drop(nor);
    return true;
}

static void power_on(struct nor *nor, uint64_t now_ps)
{
    nor_registers_restore(nor, true);
    nor->continuous = NULL;
    nor->deep_power_down = false;
    nor->rst_armed = false;
    nor->deaf_until_ps = now_ps + nor_time_fixed(nor, NOR_TIME_POWER_UP);
}

static void execute_reset(struct nor *nor, uint64_t now_ps)
{
    if (!nor->frame.rst_armed || !reset(nor, now_ps, false)) {
        nor_frame_reject(nor);
    }
}

static void release(struct nor *nor, uint64_t now_ps)
{
    if (nor->deep_power_down) {
        nor->deep_power_down = false;
        nor->deaf_until_ps = now_ps + nor_time_fixed(nor, NOR_TIME_DPD_EXIT);
    }
}

/* 38h, F5h, B7h, E9h: one bit of CR2V each, and refused like every write to it. */
static void change_cr2(struct nor *nor, uint64_t ready_ps, uint8_t bit, bool set)
{
    if (nor_registers_are_locked(nor)) {
        nor_frame_reject(nor);
        return;
    }
    nor->now.cr2 = (uint8_t)(set ? nor->now.cr2 | bit : nor->now.cr2 & ~bit);
    nor->deaf_until_ps = ready_ps;
}

/* W6..W4 come on IO2..IO0 at the seventh clock. */
static void set_burst(struct nor *nor)
{
    if (nor->frame.data_count != BURST_BYTES) {
        nor_frame_reject(nor);
        return;
    }
    uint8_t bits = nor->frame.first[BURST_BYTES - 1] & (CR3_WL | CR3_WE);
    nor->now.cr3 = (uint8_t)((nor->now.cr3 & ~(CR3_WL | CR3_WE)) | bits);
}

static void set_pointer(struct nor *nor, uint64_t now_ps)
{
    if ((nor->pr & PR_NVLOCK) == 0) {
        nor_frame_reject(nor);
        return;
    }
    struct nor_nv nv = nor->nv;
    nv.prpr = (nv.prpr & 0xFF000000) | (nor->frame.address & 0x00FFFFFF);
    nor_write_nv(nor, now_ps, NOR_OPERATION_OTHER_NV, &nv, nor_time_draw(nor, NOR_TIME_REGISTER));
}

/* IRP and password are once-only and open only while no protection mode has been chosen [FMF FL-L
 * test bench]. */
static void program_once(struct nor *nor, uint64_t now_ps, uint32_t size)
{
    const uint16_t modes = IRP_PERMLB | IRP_PSLMLB | IRP_PWDMLB;
    const uint8_t *data = nor->frame.first;
    struct nor_nv nv = nor->nv;
    if (nor->frame.data_count != size) {
        nor_frame_reject(nor);
        return;
    }
    if ((nv.irp & modes) != modes) {
        nor_operation_fail(nor, SR2_P_ERR);
        return;
    }
    if (size == sizeof(nv.irp)) {
        nv.irp &= (uint16_t)(data[0] | data[1] << 8);
    } else {
        for (uint32_t i = 0; i < size; i++) {
            nv.password[i] &= data[i];
        }
    }
    nor_write_nv(nor, now_ps, NOR_OPERATION_OTHER_NV, &nv, nor_time_program(nor, size));
}

static void unlock_password(struct nor *nor, uint64_t now_ps)
{
    struct nor_nv given = nor->nv;
    if (nor->frame.data_count != sizeof(given.password)) {
        nor_frame_reject(nor);
        return;
    }
    memcpy(given.password, nor->frame.first, sizeof(given.password));
    nor_write_nv(nor, now_ps, NOR_OPERATION_PASSWORD, &given,
                 nor_time_draw(nor, NOR_TIME_PASSWORD));
}

static void write_dlr(struct nor *nor, uint64_t now_ps, bool nonvolatile)
{
    if (nor->frame.data_count != 1) {
        nor_frame_reject(nor);
        return;
    }
    if (!nonvolatile) {
        nor->now.dlr = nor->frame.first[0];
        nor->wel = false;
        return;
    }
    struct nor_nv nv = nor->nv;
    nv.registers.dlr = nor->frame.first[0];
    nor_write_nv(nor, now_ps, NOR_OPERATION_OTHER_NV, &nv, nor_time_draw(nor, NOR_TIME_REGISTER));
}

static void execute_protection(struct nor *nor, uint64_t now_ps)
{
    uint32_t address = nor->frame.address & (nor->part->size - 1);
    switch (nor->frame.command->action) {
    case NOR_BLOCK_LOCK: nor_lock_set(nor, address, true); break;
    case NOR_BLOCK_UNLOCK: nor_lock_set(nor, address, false); break;
    case NOR_GLOBAL_LOCK: nor_lock_all(nor, true); break;
    case NOR_GLOBAL_UNLOCK: nor_lock_all(nor, false); break;
    case NOR_SET_POINTER: set_pointer(nor, now_ps); break;
    case NOR_LOCK_PR:
        nor->pr &= (uint8_t)~PR_NVLOCK;
        nor->wel = false;
        break;
    case NOR_PROGRAM_IRP: program_once(nor, now_ps, sizeof(nor->nv.irp)); break;
    case NOR_PROGRAM_PASSWORD: program_once(nor, now_ps, sizeof(nor->nv.password)); break;
    case NOR_UNLOCK_PASSWORD: unlock_password(nor, now_ps); break;
    case NOR_PROGRAM_DLR: write_dlr(nor, now_ps, true); break;
    case NOR_WRITE_DLR: write_dlr(nor, now_ps, false); break;
    default: break;
    }
}

static void execute_mode(struct nor *nor, uint64_t now_ps)
{
    uint64_t qpi_in = now_ps + nor_time_fixed(nor, NOR_TIME_QPI_ENTER);
    uint64_t qpi_out = now_ps + nor_time_fixed(nor, NOR_TIME_QPI_EXIT);
    switch (nor->frame.command->action) {
    case NOR_RESET_ENABLE: nor->rst_armed = true; break;
    case NOR_RESET: execute_reset(nor, now_ps); break;
    case NOR_RELEASE: release(nor, now_ps); break;
    case NOR_DEEP_POWER_DOWN:
        nor->deep_power_down = true;
        nor->deaf_until_ps = now_ps + nor_time_fixed(nor, NOR_TIME_DPD_ENTER);
        break;
    case NOR_QPI_ENTER: change_cr2(nor, qpi_in, CR2_QPI, true); break;
    case NOR_QPI_EXIT: change_cr2(nor, qpi_out, CR2_QPI, false); break;
    case NOR_ADDRESS_4B_ENTER: change_cr2(nor, now_ps, CR2_ADS, true); break;
    case NOR_ADDRESS_4B_EXIT: change_cr2(nor, now_ps, CR2_ADS, false); break;
    case NOR_SET_BURST: set_burst(nor); break;
    default: execute_protection(nor, now_ps); break;
    }
}

static void execute(struct nor *nor, uint64_t now_ps)
{
    switch (nor->frame.command->action) {
    case NOR_PROGRAM: execute_program(nor, now_ps); break;
    case NOR_ERASE_4K: execute_erase(nor, now_ps, NOR_SECTOR, NOR_TIME_ERASE_4K); break;
    case NOR_ERASE_32K: execute_erase(nor, now_ps, 32768, NOR_TIME_ERASE_32K); break;
    case NOR_ERASE_64K: execute_erase(nor, now_ps, 65536, NOR_TIME_ERASE_64K); break;
    case NOR_ERASE_CHIP: execute_erase(nor, now_ps, nor->part->size, NOR_TIME_ERASE_CHIP); break;
    case NOR_PROGRAM_SECURITY: execute_security(nor, now_ps, false); break;
    case NOR_ERASE_SECURITY: execute_security(nor, now_ps, true); break;
    case NOR_SUSPEND: nor_operation_suspend(nor, now_ps); break;
    case NOR_RESUME: nor_operation_resume(nor, now_ps); break;
    case NOR_WRITE_REGISTERS: nor_write_registers(nor, now_ps); break;
    case NOR_WRITE_ANY_REGISTER: nor_write_any_register(nor, now_ps); break;
    case NOR_WRITE_ENABLE: /* the last of 06h and 50h decides what 01h writes [INF] */
        nor->wel = true;
        nor->wrenv = false;
        break;
    case NOR_WRITE_ENABLE_VOLATILE: nor->wrenv = true; break;
    case NOR_WRITE_DISABLE: nor->wel = false; break;
    case NOR_CLEAR_STATUS: clear_status(nor); break;
    default: execute_mode(nor, now_ps); break;
    }
}

static enum nor_protocol protocol(const struct nor *nor)
{
    return nor_in_qpi(nor) ? NOR_QPI : NOR_SPI;
}

static bool long_address(const struct nor *nor)
{
    return (nor->now.cr2 & CR2_ADS) != 0;
}

/* There is no DQS pin. */
static bool strobes(const struct nor *nor)
{
    (void)nor;
    return false;
}

const struct nor_family nor_family_s25fl_l = {
    .commands = s25fl_l_commands,
    .protocol = protocol,
    .long_address = long_address,
    .latency = nor_latency,
    .strobes = strobes,
    .power_on = power_on,
    .reset = reset,
    .accepts = accepts,
    .begin = begin,
    .next_byte = next_byte,
    .execute = execute,
    .continues = continues,
    .clock_limit = clock_limit,
    .inherit = s25fl_l_inherit,
    .inheritable = s25fl_l_inheritable,
};
