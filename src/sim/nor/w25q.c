/* SPDX-License-Identifier: MIT */
/*
 * What the commands of Winbond's W25Q do, and those of GigaDevice's and Renesas' parts that follow
 * it; also of a part that only an SFDP table describes. In what they differ is data of the part.
 *
 * Sources: SFDP of W25Q512JV, W25Q64JW-M and AT25QL128A [SFDP]; that a refused program or erase
 * shows nowhere, the white-list of a busy chip, quirks of 01h: Linux, U-Boot, flashrom and ufprog.
 * What else is not marked is [memory].
 */
#include "sim/nor/chip.h"

#include <string.h>

enum {
    BURST_BYTES = 4, /* three that do not count, then W7..W0 */
    SLOW_READ_HZ = 50000000,
    SECURITY_STEP = 4096, /* from one security register to the next */
    SECURITY_COUNT = 3,
    PARAMETER_DUMMY = 0x30,
    PARAMETER_DUMMY_Pos = 4
};

static enum nor_protocol protocol(const struct nor *nor)
{
    return nor_in_qpi(nor) ? NOR_QPI : NOR_SPI;
}

static bool long_address(const struct nor *nor)
{
    return (nor->now.cr2 & CR2_ADS) != 0;
}

static bool strobes(const struct nor *nor)
{
    (void)nor;
    return false;
}

static unsigned parameter_code(const struct nor *nor)
{
    return (nor->now.read_parameters & PARAMETER_DUMMY) >> PARAMETER_DUMMY_Pos;
}

/* In QPI all reads have the same number of clocks before the data, mode bits included. */
static unsigned latency(const struct nor *nor, const struct nor_command *command)
{
    const struct nor_read_type *read = nor_read_type_of(nor, command);
    bool mode = (command->flags & NOR_MODE_BYTE) != 0;
    if (nor_in_qpi(nor)) {
        unsigned code = parameter_code(nor);
        unsigned clocks = code == 0 ? nor->part->qpi_dummy : 2 + 2 * code;
        return mode ? clocks - 2 : clocks;
    }
    unsigned clocks = (unsigned)read->mode_clocks + read->wait_clocks;
    return mode ? clocks - 8u / read->address_lanes : clocks;
}

/* In MHz, of QPI reads by the number of clocks before their data: 2, 4, 6, 8. */
static const uint8_t qpi_clocks[] = {33, 55, 80, 104};

static uint32_t clock_limit(const struct nor *nor, const struct nor_command *command)
{
    uint32_t limit = nor->part->clock_hz;
    if (nor_in_qpi(nor) && nor_read_type_of(nor, command) != NULL) {
        unsigned code = parameter_code(nor);
        unsigned clocks = code == 0 ? nor->part->qpi_dummy : 2 + 2 * code;
        unsigned row = clocks < 2 ? 0 : clocks / 2 - 1;
        uint32_t qpi = qpi_clocks[row > 3 ? 3 : row] * UINT32_C(1000000);
        return qpi < limit ? qpi : limit;
    }
    return command->speed == NOR_SPEED_SLOW_READ && limit > SLOW_READ_HZ ? SLOW_READ_HZ : limit;
}

/* M5, M4 = 1, 0: Axh, and others. */
static bool continues(const struct nor *nor, const struct nor_command *command, uint8_t mode)
{
    (void)nor;
    (void)command;
    return (mode & 0x30) == 0x20;
}

/* What is refused while suspended is [INF], but for program and erase. */
static bool works_suspended(const struct nor *nor, const struct nor_command *command)
{
    if (command->direction == NOR_DATA_OUT || (command->flags & NOR_WHILE_BUSY) != 0) {
        return true;
    }
    switch (command->action) {
    case NOR_PROGRAM: return nor->suspended.kind == NOR_OPERATION_ERASE;
    case NOR_ERASE_TYPE:
    case NOR_ERASE_CHIP:
    case NOR_PROGRAM_SECURITY:
    case NOR_ERASE_SECURITY:
    case NOR_WRITE_REGISTERS:
    case NOR_WRITE_SR2:
    case NOR_WRITE_SR3:
    case NOR_DEEP_POWER_DOWN: return false;
    default: return true;
    }
}

static bool quad_enabled(const struct nor *nor)
{
    bool no_bit =
        nor->part->quad_enable == NOR_QE_NONE || nor->part->quad_enable == NOR_QE_RESERVED;
    return no_bit || (nor->now.cr1 & CR1_QUAD) != 0 || nor_in_qpi(nor);
}

static bool accepts(struct nor *nor, const struct nor_command *command)
{
    if (nor->deep_power_down) {
        return command->action == NOR_RELEASE;
    }
    if ((command->flags & NOR_NEEDS_QUAD) != 0 && !quad_enabled(nor)) {
        return false;
    }
    if (nor_is_busy(nor)) {
        return (command->flags & NOR_WHILE_BUSY) != 0;
    }
    if (nor->suspended.kind != NOR_IDLE && !works_suspended(nor, command)) {
        return false;
    }
    switch (command->action) {
    case NOR_WRITE_REGISTERS:
    case NOR_WRITE_SR2:
    case NOR_WRITE_SR3: return nor->wel || nor->wrenv;
    default: return (command->flags & NOR_NEEDS_WEL) == 0 || nor->wel;
    }
}

/* The extended address register stands for the byte that a 3-byte address lacks. */
static void extend_address(struct nor *nor)
{
    const struct nor_command *command = nor->frame.command;
    if (command->address == NOR_ADDRESS_MODE && !long_address(nor)) {
        nor->frame.address |= (uint32_t)nor->now.ear << 24;
    }
}

static void begin(struct nor *nor)
{
    struct nor_frame *frame = &nor->frame;
    const struct nor_command *command = frame->command;
    extend_address(nor);
    if ((command->flags & NOR_ARRAY_READ) != 0) {
        frame->address &= nor->part->size - 1;
        frame->raw = nor->marginal == NULL && nor->suspended.kind == NOR_IDLE;
        bool wraps = (command->flags & NOR_WRAPS) != 0 && frame->protocol == NOR_SPI;
        if (wraps && (nor->now.cr3 & CR3_WE) == 0) {
            frame->wrap_mask = (8u << ((nor->now.cr3 & CR3_WL) >> 5)) - 1;
        }
    }
    frame->to_page = command->action == NOR_PROGRAM || command->action == NOR_PROGRAM_SECURITY;
    if (frame->to_page) {
        memset(nor->page, 0xFF, sizeof(nor->page));
    }
}

/* Where a security address lies in nor->security; false if there is no such register. */
static bool security_place(uint32_t address, uint32_t *place)
{
    uint32_t number = (address & 0xFFFFFF) / SECURITY_STEP;
    *place = number * NOR_PAGE_MAX + (address & (NOR_PAGE_MAX - 1));
    return number >= 1 && number <= SECURITY_COUNT && address % SECURITY_STEP < NOR_PAGE_MAX;
}

static uint8_t security_byte(struct nor *nor)
{
    uint32_t place;
    return security_place(nor->frame.address++, &place) ? nor->security[place] : 0xFF;
}

static uint8_t next_byte(struct nor *nor, uint64_t now_ps)
{
    struct nor_frame *frame = &nor->frame;
    uint32_t index = frame->data_count;
    nor_settle(nor, now_ps);
    switch (frame->command->action) {
    case NOR_READ_SR1: {
        uint8_t value = w25q_status1(nor);
        nor_status1_show(nor);
        return value;
    }
    case NOR_READ_SR2: return w25q_status2(nor);
    case NOR_READ_SR3: return w25q_status3(nor);
    case NOR_READ_EAR: return nor->now.ear;
    case NOR_READ_ID: return nor->part->id[index % 3];
    case NOR_RELEASE: return nor->part->release_id[0];
    case NOR_READ_MFR_ID:
        return (index + frame->address) % 2 == 0 ? nor->part->id[0] : nor->part->release_id[0];
    case NOR_READ_UNIQUE_ID: return (uint8_t)(~nor->seed >> (8 * (7 - index % 8)));
    case NOR_READ_SFDP: return nor_sfdp_byte(nor->part, frame->address++);
    case NOR_READ_SECURITY: return security_byte(nor);
    case NOR_READ_BLOCK_LOCK:
        return nor->locked[(frame->address & (nor->part->size - 1)) / NOR_SECTOR] ? 1 : 0;
    default: return 0xFF;
    }
}

/* WEL is gone, and that is all one can see. */
static void refuse(struct nor *nor)
{
    nor->wel = false;
    nor_frame_reject(nor);
}

static uint32_t page_bytes(const struct nor *nor)
{
    uint32_t count = nor->frame.data_count;
    return count < nor->part->page ? count : nor->part->page;
}

static void execute_program(struct nor *nor, uint64_t now_ps)
{
    uint32_t page = nor->frame.address & (nor->part->size - 1) & ~(nor->part->page - 1);
    if (nor_is_protected(nor, page, nor->part->page) || nor_in_suspended(nor, page)) {
        refuse(nor);
        return;
    }
    nor_operation_start(nor, now_ps, NOR_OPERATION_PROGRAM, page, page_bytes(nor),
                        nor_time_program(nor, page_bytes(nor)));
}

static void execute_erase(struct nor *nor, uint64_t now_ps)
{
    const struct nor_erase_type *type = nor_erase_type_of(nor, nor->frame.command);
    uint32_t address = nor->frame.address & (nor->part->size - 1) & ~(type->size - 1);
    if (nor_is_protected(nor, address, type->size)) {
        refuse(nor);
        return;
    }
    nor_operation_start(nor, now_ps, NOR_OPERATION_ERASE, address, type->size,
                        nor_time_draw_from(nor, &type->time));
}

/* One protected block anywhere, and nothing is erased [INF]. */
static void execute_chip_erase(struct nor *nor, uint64_t now_ps)
{
    if (nor_is_protected(nor, 0, nor->part->size)) {
        refuse(nor);
        return;
    }
    nor_operation_start(nor, now_ps, NOR_OPERATION_CHIP_ERASE, 0, nor->part->size,
                        nor_time_draw(nor, NOR_TIME_ERASE_CHIP));
}

/* Times as for a page and the part's smallest erase [INF]. */
static void execute_security(struct nor *nor, uint64_t now_ps, bool erase)
{
    uint32_t place;
    bool exists = security_place(nor->frame.address, &place);
    if (!exists || nor_security_is_locked(nor, place)) {
        refuse(nor);
        return;
    }
    place &= ~(uint32_t)(NOR_PAGE_MAX - 1);
    if (erase) {
        nor_operation_start(nor, now_ps, NOR_OPERATION_SECURITY_ERASE, place, NOR_PAGE_MAX,
                            nor_time_draw_from(nor, &nor->part->erases[0].time));
    } else {
        nor_operation_start(nor, now_ps, NOR_OPERATION_SECURITY_PROGRAM, place, page_bytes(nor),
                            nor_time_program(nor, page_bytes(nor)));
    }
}

static uint64_t reset_time(const struct nor *nor, enum nor_operation_kind cut)
{
    bool erasing = cut == NOR_OPERATION_ERASE || cut == NOR_OPERATION_CHIP_ERASE;
    uint64_t idle = nor_time_fixed(nor, NOR_TIME_RESET);
    uint64_t busy = nor_time_fixed(nor, NOR_TIME_RESET_BUSY);
    return erasing && busy > idle ? busy : idle;
}

/* A register write that is under way hears no reset; RESET# ends deep power-down [INF]. */
static bool reset(struct nor *nor, uint64_t now_ps, bool hard)
{
    nor_settle(nor, now_ps);
    if (nor->operation.kind == NOR_OPERATION_REGISTERS) {
        return false;
    }
    nor->deaf_until_ps = now_ps + reset_time(nor, nor->operation.kind);
    nor_operation_abort(nor, now_ps);
    nor_registers_restore(nor, hard);
    nor->deep_power_down = nor->deep_power_down && !hard;
    nor->continuous = NULL;
    nor_frame_drop(nor);
    return true;
}

/* SRP1 without SRP0 locks the registers until the power goes. */
static void power_on(struct nor *nor, uint64_t now_ps)
{
    if ((nor->nv.registers.sr1 & SR1_SRP0) == 0) {
        nor->nv.registers.cr1 &= (uint8_t)~CR1_SRP1;
    }
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

static void set_qpi(struct nor *nor, uint64_t now_ps, bool on)
{
    nor->now.cr2 = (uint8_t)(on ? nor->now.cr2 | CR2_QPI : nor->now.cr2 & ~CR2_QPI);
    nor->deaf_until_ps = now_ps + nor_time_fixed(nor, on ? NOR_TIME_QPI_ENTER : NOR_TIME_QPI_EXIT);
}

static void set_burst(struct nor *nor)
{
    if (nor->frame.data_count != BURST_BYTES) {
        nor_frame_reject(nor);
        return;
    }
    nor->now.cr3 = nor->frame.first[BURST_BYTES - 1] & (CR3_WL | CR3_WE);
}

/* Leaving 4-byte addresses keeps it. */
static void write_ear(struct nor *nor)
{
    uint32_t banks = nor->part->size >> 24;
    if (nor->frame.data_count != 1) {
        nor_frame_reject(nor);
        return;
    }
    nor->now.ear = (uint8_t)(nor->frame.first[0] & (banks - 1));
    nor->wel = false;
}

/* The locks leave WEL alone [INF]. */
static void execute_lock(struct nor *nor)
{
    uint32_t address = nor->frame.address & (nor->part->size - 1);
    switch (nor->frame.command->action) {
    case NOR_BLOCK_LOCK: nor_lock_set(nor, address, true); break;
    case NOR_BLOCK_UNLOCK: nor_lock_set(nor, address, false); break;
    case NOR_GLOBAL_LOCK: nor_lock_all(nor, true); break;
    case NOR_GLOBAL_UNLOCK: nor_lock_all(nor, false); break;
    default: break;
    }
}

static void execute_mode(struct nor *nor, uint64_t now_ps)
{
    switch (nor->frame.command->action) {
    case NOR_RESET_ENABLE: nor->rst_armed = true; break;
    case NOR_RESET: execute_reset(nor, now_ps); break;
    case NOR_RELEASE: release(nor, now_ps); break;
    case NOR_DEEP_POWER_DOWN:
        nor->deep_power_down = true;
        nor->deaf_until_ps = now_ps + nor_time_fixed(nor, NOR_TIME_DPD_ENTER);
        break;
    case NOR_QPI_ENTER: set_qpi(nor, now_ps, true); break;
    case NOR_QPI_EXIT: set_qpi(nor, now_ps, false); break;
    case NOR_SET_READ_PARAMETERS: nor->now.read_parameters = nor->frame.first[0]; break;
    case NOR_ADDRESS_4B_ENTER: nor->now.cr2 |= CR2_ADS; break;
    case NOR_ADDRESS_4B_EXIT: nor->now.cr2 &= (uint8_t)~CR2_ADS; break;
    case NOR_SET_BURST: set_burst(nor); break;
    case NOR_WRITE_EAR: write_ear(nor); break;
    default: execute_lock(nor); break;
    }
}

static void execute(struct nor *nor, uint64_t now_ps)
{
    switch (nor->frame.command->action) {
    case NOR_PROGRAM: execute_program(nor, now_ps); break;
    case NOR_ERASE_TYPE: execute_erase(nor, now_ps); break;
    case NOR_ERASE_CHIP: execute_chip_erase(nor, now_ps); break;
    case NOR_PROGRAM_SECURITY: execute_security(nor, now_ps, false); break;
    case NOR_ERASE_SECURITY: execute_security(nor, now_ps, true); break;
    case NOR_SUSPEND: nor_operation_suspend(nor, now_ps); break;
    case NOR_RESUME: nor_operation_resume(nor, now_ps); break;
    case NOR_WRITE_REGISTERS:
    case NOR_WRITE_SR2:
    case NOR_WRITE_SR3: w25q_write_register(nor, now_ps); break;
    case NOR_WRITE_ENABLE: /* the last of 06h and 50h decides what 01h writes [INF] */
        nor->wel = true;
        nor->wrenv = false;
        break;
    case NOR_WRITE_ENABLE_VOLATILE: nor->wrenv = true; break;
    case NOR_WRITE_DISABLE: nor->wel = false; break;
    default: execute_mode(nor, now_ps); break;
    }
}

const struct nor_family nor_family_w25q = {
    .commands = w25q_commands,
    .protocol = protocol,
    .long_address = long_address,
    .latency = latency,
    .strobes = strobes,
    .power_on = power_on,
    .reset = reset,
    .accepts = accepts,
    .begin = begin,
    .next_byte = next_byte,
    .execute = execute,
    .continues = continues,
    .clock_limit = clock_limit,
    .inherit = w25q_inherit,
    .inheritable = w25q_inheritable,
    .inheritable_if = w25q_inheritable_if,
};
