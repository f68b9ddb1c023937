/* SPDX-License-Identifier: MIT */
/*
 * What several families do alike: Macronix, octal or not, ISSI, Micron, SST26. Which of it is known
 * and which is only believed stands in the families' files.
 */
#include "sim/nor/chip.h"

#include <string.h>

static bool works_suspended(const struct nor *nor, const struct nor_command *command)
{
    if (command->direction == NOR_DATA_OUT || (command->flags & NOR_WHILE_BUSY) != 0) {
        return true;
    }
    switch (command->action) {
    case NOR_PROGRAM: return nor->suspended.kind == NOR_OPERATION_ERASE;
    case NOR_RESUME:
    case NOR_WRITE_ENABLE:
    case NOR_WRITE_DISABLE: return true;
    default: return false;
    }
}

bool nor_hears(const struct nor *nor, const struct nor_command *command)
{
    if (nor->deep_power_down) {
        return command->action == NOR_RELEASE;
    }
    if (nor_is_busy(nor)) {
        return (command->flags & NOR_WHILE_BUSY) != 0;
    }
    if (nor->suspended.kind != NOR_IDLE && !works_suspended(nor, command)) {
        return false;
    }
    return (command->flags & NOR_NEEDS_WEL) == 0 || nor->wel;
}

bool nor_long_address(const struct nor *nor)
{
    return (nor->now.cr2 & CR2_ADS) != 0;
}

bool nor_never_strobes(const struct nor *nor)
{
    (void)nor;
    return false;
}

/* Address bits that a 3-byte address lacks come from the extended address register. */
void nor_begin_array(struct nor *nor)
{
    struct nor_frame *frame = &nor->frame;
    const struct nor_command *command = frame->command;
    if (command->address == NOR_ADDRESS_MODE && !nor->part->family->long_address(nor)) {
        frame->address |= (uint32_t)nor->now.ear << 24;
    }
    frame->to_page = command->action == NOR_PROGRAM;
    if ((command->flags & NOR_ARRAY_READ) != 0) {
        frame->address &= nor->part->size - 1;
        frame->raw = nor->marginal == NULL && nor->suspended.kind == NOR_IDLE;
    }
    if (frame->to_page) {
        memset(nor->page, 0xFF, sizeof(nor->page));
    }
}

void nor_program_page(struct nor *nor, uint64_t now_ps, const struct nor_guard *guard)
{
    uint32_t page = nor->frame.address & (nor->part->size - 1) & ~(nor->part->page - 1);
    uint32_t count =
        nor->frame.data_count < nor->part->page ? nor->frame.data_count : nor->part->page;
    if (nor->failure == NOR_FAILURE_PROTECTED || guard->is_protected(nor, page, nor->part->page) ||
        nor_in_suspended(nor, page)) {
        guard->refuse(nor, SR2_P_ERR);
        return;
    }
    nor_operation_start(nor, now_ps, NOR_OPERATION_PROGRAM, page, count,
                        nor_time_program(nor, count));
}

void nor_erase_unit(struct nor *nor, uint64_t now_ps, const struct nor_guard *guard, uint32_t unit,
                    enum nor_time time)
{
    bool chip = time == NOR_TIME_ERASE_CHIP;
    uint32_t address = chip ? 0 : nor->frame.address & (nor->part->size - 1) & ~(unit - 1);
    if (nor->failure == NOR_FAILURE_PROTECTED || guard->is_protected(nor, address, unit)) {
        guard->refuse(nor, SR2_E_ERR);
        return;
    }
    nor_operation_start(nor, now_ps, chip ? NOR_OPERATION_CHIP_ERASE : NOR_OPERATION_ERASE, address,
                        unit, nor_time_draw(nor, time));
}

bool nor_reset_all(struct nor *nor, uint64_t now_ps, bool hard)
{
    nor_settle(nor, now_ps);
    enum nor_operation_kind kind = nor->operation.kind;
    bool erasing = kind == NOR_OPERATION_ERASE || kind == NOR_OPERATION_CHIP_ERASE;
    uint64_t from_ps = now_ps;
    if (kind == NOR_OPERATION_REGISTERS) {
        from_ps = nor->operation.end_ps;
        nor_settle(nor, from_ps);
    }
    nor_operation_abort(nor, from_ps);
    nor_registers_restore(nor, hard);
    nor->continuous = NULL;
    nor->deep_power_down = nor->deep_power_down && !hard;
    nor->deaf_until_ps =
        from_ps + nor_time_fixed(nor, erasing ? NOR_TIME_RESET_BUSY : NOR_TIME_RESET);
    nor_frame_drop(nor);
    return true;
}

void nor_power_up(struct nor *nor, uint64_t now_ps)
{
    nor_registers_restore(nor, true);
    nor->continuous = NULL;
    nor->deep_power_down = false;
    nor->rst_armed = false;
    nor->deaf_until_ps = now_ps + nor_time_fixed(nor, NOR_TIME_POWER_UP);
}

static void execute_reset(struct nor *nor, uint64_t now_ps)
{
    if (!nor->frame.rst_armed || !nor->part->family->reset(nor, now_ps, false)) {
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

void nor_execute_mode(struct nor *nor, uint64_t now_ps)
{
    switch (nor->frame.command->action) {
    case NOR_WRITE_ENABLE: nor->wel = true; break;
    case NOR_WRITE_DISABLE: nor->wel = false; break;
    case NOR_SUSPEND: nor_operation_suspend(nor, now_ps); break;
    case NOR_RESUME: nor_operation_resume(nor, now_ps); break;
    case NOR_RESET_ENABLE: nor->rst_armed = true; break;
    case NOR_RESET: execute_reset(nor, now_ps); break;
    case NOR_RELEASE: release(nor, now_ps); break;
    case NOR_DEEP_POWER_DOWN:
        nor->deep_power_down = true;
        nor->deaf_until_ps = now_ps + nor_time_fixed(nor, NOR_TIME_DPD_ENTER);
        break;
    case NOR_QPI_ENTER: nor->now.cr2 |= CR2_QPI; break;
    case NOR_QPI_EXIT: nor->now.cr2 &= (uint8_t)~CR2_QPI; break;
    case NOR_ADDRESS_4B_ENTER: nor->now.cr2 |= CR2_ADS; break;
    case NOR_ADDRESS_4B_EXIT: nor->now.cr2 &= (uint8_t)~CR2_ADS; break;
    default: break;
    }
}
