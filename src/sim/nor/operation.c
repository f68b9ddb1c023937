/* SPDX-License-Identifier: MIT */
/*
 * What WIP shows: operations that take time, their suspension, their end. The cells change when an
 * operation is over; one that is cut off tears them.
 */
#include "sim/nor/chip.h"

#include <string.h>

bool nor_is_busy(const struct nor *nor)
{
    return nor->operation.kind != NOR_IDLE || nor->stuck || nor->linger;
}

/* Cells of the page that a program clears: what it loads as FF is left alone. */
static void tell_program(const struct nor *nor, uint32_t page)
{
    uint32_t first = 0, last = nor->part->page;
    while (first < last && nor->page[first] == 0xFF) {
        first++;
    }
    while (last > first && nor->page[last - 1] == 0xFF) {
        last--;
    }
    if (last > first) {
        nor_tell(nor, NOR_NOTICE_PROGRAM, page + first, last - first);
    }
}

static void tell_start(const struct nor *nor, enum nor_operation_kind kind, uint32_t address,
                       uint32_t length)
{
    switch (kind) {
    case NOR_OPERATION_PROGRAM: tell_program(nor, address); break;
    case NOR_OPERATION_ERASE:
    case NOR_OPERATION_CHIP_ERASE: nor_tell(nor, NOR_NOTICE_ERASE, address, length); break;
    case NOR_OPERATION_REGISTERS:
    case NOR_OPERATION_OTHER_NV: nor_tell(nor, NOR_NOTICE_NONVOLATILE, 0, 0); break;
    default: break;
    }
}

void nor_operation_start(struct nor *nor, uint64_t now_ps, enum nor_operation_kind kind,
                         uint32_t address, uint32_t length, uint64_t duration_ps)
{
    struct nor_operation *operation = &nor->operation;
    operation->kind = kind;
    operation->address = address;
    operation->length = length;
    operation->duration_ps = duration_ps;
    operation->end_ps = now_ps + duration_ps;
    operation->suspend_ps = PS_NEVER;
    nor->shown = false;
    if (kind == NOR_OPERATION_PROGRAM || kind == NOR_OPERATION_SECURITY_PROGRAM) {
        memcpy(operation->data, nor->page, sizeof(operation->data));
    }
    nor_failure_started(nor, now_ps);
    tell_start(nor, kind, address, length);
}

void nor_operation_fail(struct nor *nor, uint8_t flag)
{
    nor->sr2 |= flag;
    nor->stuck = true;
}

static void count_erase(struct nor *nor, uint32_t length)
{
    switch (length) {
    case NOR_SECTOR: nor->stats.erases_4k++; break;
    case 8192: nor->stats.erases_8k++; break;
    case 32768: nor->stats.erases_32k++; break;
    default: nor->stats.erases_64k++; break;
    }
}

static void apply(struct nor *nor, const struct nor_operation *operation)
{
    switch (operation->kind) {
    case NOR_OPERATION_PROGRAM:
        nor_cells_program(nor, operation->address, operation->data);
        nor->stats.pages_programmed++;
        nor->stats.bytes_programmed += operation->length;
        break;
    case NOR_OPERATION_ERASE:
        nor_cells_erase(nor, operation->address, operation->length);
        count_erase(nor, operation->length);
        break;
    case NOR_OPERATION_CHIP_ERASE:
        nor_cells_erase(nor, operation->address, operation->length);
        nor->stats.erases_chip++;
        break;
    case NOR_OPERATION_SECURITY_PROGRAM:
        for (uint32_t i = 0; i < NOR_PAGE_MAX; i++) {
            nor->security[operation->address + i] &= operation->data[i];
        }
        break;
    case NOR_OPERATION_SECURITY_ERASE:
        memset(nor->security + operation->address, 0xFF, operation->length);
        break;
    case NOR_OPERATION_REGISTERS:
        nor->nv = operation->nv;
        nor->now = operation->volatiles;
        break;
    case NOR_OPERATION_OTHER_NV: nor->nv = operation->nv; break;
    case NOR_OPERATION_PASSWORD: nor_password_checked(nor, operation); break;
    case NOR_IDLE: break;
    }
}

static void finish(struct nor *nor)
{
    struct nor_operation done = nor->operation;
    nor->operation.kind = NOR_IDLE;
    nor->wel = false;
    nor->linger = nor->timing == NOR_TIMING_FAST && !nor->shown;
    if (!nor_failure_replaces(nor, &done)) {
        apply(nor, &done);
        nor_failure_spoils(nor, &done);
    }
}

void nor_settle(struct nor *nor, uint64_t now_ps)
{
    struct nor_operation *operation = &nor->operation;
    if (operation->kind == NOR_IDLE) {
        return;
    }
    if (operation->end_ps <= now_ps && operation->end_ps <= operation->suspend_ps) {
        finish(nor);
    } else if (operation->suspend_ps <= now_ps) {
        nor->suspended = *operation;
        operation->kind = NOR_IDLE;
    }
}

void nor_operation_suspend(struct nor *nor, uint64_t now_ps)
{
    struct nor_operation *operation = &nor->operation;
    bool can = operation->kind == NOR_OPERATION_PROGRAM || operation->kind == NOR_OPERATION_ERASE;
    bool too_soon = nor->was_resumed &&
                    now_ps - nor->resumed_ps < nor_time_fixed(nor, NOR_TIME_RESUME_TO_SUSPEND);
    if (!can || too_soon || nor->suspended.kind != NOR_IDLE || operation->suspend_ps != PS_NEVER) {
        nor_frame_reject(nor);
        return;
    }
    operation->remaining_ps = operation->end_ps - now_ps;
    operation->suspend_ps = now_ps + nor_time_fixed(nor, NOR_TIME_SUSPEND);
}

void nor_operation_resume(struct nor *nor, uint64_t now_ps)
{
    if (nor->suspended.kind == NOR_IDLE || nor_is_busy(nor)) {
        nor_frame_reject(nor);
        return;
    }
    nor->operation = nor->suspended;
    nor->operation.end_ps = now_ps + nor->operation.remaining_ps;
    nor->operation.suspend_ps = PS_NEVER;
    nor->suspended.kind = NOR_IDLE;
    nor->shown = false;
    nor->was_resumed = true;
    nor->resumed_ps = now_ps;
}

static void tear(struct nor *nor, const struct nor_operation *operation, uint64_t elapsed_ps)
{
    const struct nor_progress progress = {elapsed_ps, operation->duration_ps};
    switch (operation->kind) {
    case NOR_OPERATION_PROGRAM:
        nor_cells_tear_program(nor, operation->address, operation->data, &progress);
        break;
    case NOR_OPERATION_ERASE:
    case NOR_OPERATION_CHIP_ERASE:
        nor_cells_tear_erase(nor, operation->address, operation->length, &progress);
        break;
    case NOR_OPERATION_SECURITY_PROGRAM:
        for (uint32_t i = 0; i < NOR_PAGE_MAX; i++) {
            nor->security[operation->address + i] &=
                (uint8_t)(operation->data[i] | nor_random(nor));
        }
        break;
    case NOR_OPERATION_SECURITY_ERASE:
        for (uint32_t i = 0; i < operation->length; i++) {
            nor->security[operation->address + i] = (uint8_t)nor_random(nor);
        }
        break;
    case NOR_OPERATION_REGISTERS: nor_registers_tear(nor, operation); break;
    case NOR_OPERATION_OTHER_NV:
    case NOR_OPERATION_PASSWORD:
    case NOR_IDLE: break;
    }
}

void nor_advance(struct nor *nor, uint64_t now_ps, uint8_t part)
{
    nor_settle(nor, now_ps);
    if (nor->operation.kind != NOR_IDLE) {
        nor->operation.end_ps = now_ps + nor->operation.duration_ps / 256 * (256u - part);
    }
}

void nor_operation_abort(struct nor *nor, uint64_t now_ps)
{
    nor_settle(nor, now_ps);
    if (nor->operation.kind != NOR_IDLE) {
        uint64_t left = nor->operation.end_ps - now_ps;
        tear(nor, &nor->operation, nor->operation.duration_ps - left);
    }
    if (nor->suspended.kind != NOR_IDLE) {
        tear(nor, &nor->suspended, nor->suspended.duration_ps - nor->suspended.remaining_ps);
    }
    nor->operation.kind = NOR_IDLE;
    nor->suspended.kind = NOR_IDLE;
    nor->was_resumed = false;
}

uint8_t nor_suspend_bits(const struct nor *nor)
{
    if (nor->suspended.kind == NOR_OPERATION_ERASE) {
        return SR2_ES;
    }
    return nor->suspended.kind == NOR_OPERATION_PROGRAM ? SR2_PS : 0;
}

bool nor_in_suspended(const struct nor *nor, uint32_t address)
{
    uint32_t length =
        nor->suspended.kind == NOR_OPERATION_PROGRAM ? nor->part->page : nor->suspended.length;
    return nor->suspended.kind != NOR_IDLE && address >= nor->suspended.address &&
           address - nor->suspended.address < length;
}
