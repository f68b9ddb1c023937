/* SPDX-License-Identifier: MIT */
/*
 * A chip that does not do what it shows. Each fault waits for the next array operation, or takes
 * the one that is under way. Which cell is hit is a policy of this model, drawn from the seed.
 */
#include "sim/nor/chip.h"

#define FOR_EVER (PS_NEVER / 2)

static bool is_array(enum nor_operation_kind kind)
{
    return kind == NOR_OPERATION_PROGRAM || kind == NOR_OPERATION_ERASE ||
           kind == NOR_OPERATION_CHIP_ERASE;
}

static void never_end(struct nor_operation *operation, uint64_t now_ps)
{
    operation->duration_ps = FOR_EVER;
    operation->end_ps = now_ps + FOR_EVER;
}

void nor_fail(struct nor *nor, uint64_t now_ps, enum nor_failure failure)
{
    nor_settle(nor, now_ps);
    nor->failure = failure;
    nor->strayed = false;
    if (failure == NOR_FAILURE_NEVER_ENDS && nor->operation.kind != NOR_IDLE) {
        never_end(&nor->operation, now_ps);
    }
}

bool nor_strayed(const struct nor *nor, uint32_t *address)
{
    *address = nor->stray;
    return nor->strayed;
}

void nor_failure_started(struct nor *nor, uint64_t now_ps)
{
    if (nor->failure == NOR_FAILURE_NEVER_ENDS) {
        never_end(&nor->operation, now_ps);
        nor->failure = NOR_FAILURE_NONE;
    }
}

static uint32_t cell_in(struct nor *nor, const struct nor_operation *operation)
{
    uint32_t length =
        operation->kind == NOR_OPERATION_PROGRAM ? nor->part->page : operation->length;
    return operation->address + (uint32_t)(nor_random(nor) % length);
}

static void do_partly(struct nor *nor, const struct nor_operation *operation)
{
    if (operation->kind != NOR_OPERATION_PROGRAM) {
        nor_cells_erase(nor, operation->address, operation->length / 2);
        return;
    }
    for (uint32_t i = 0; i < nor->part->page; i += 2) {
        nor->array[operation->address + i] &= operation->data[i];
    }
}

bool nor_failure_replaces(struct nor *nor, const struct nor_operation *operation)
{
    enum nor_failure failure = nor->failure;
    if (!is_array(operation->kind) ||
        (failure != NOR_FAILURE_NOTHING && failure != NOR_FAILURE_PARTLY)) {
        return false;
    }
    nor->failure = NOR_FAILURE_NONE;
    if (failure == NOR_FAILURE_PARTLY) {
        do_partly(nor, operation);
    }
    return true;
}

/* A bit of one cell more is 0. */
void nor_failure_spoils(struct nor *nor, const struct nor_operation *operation)
{
    if (nor->failure != NOR_FAILURE_ASTRAY || !is_array(operation->kind)) {
        return;
    }
    nor->failure = NOR_FAILURE_NONE;
    nor->stray = cell_in(nor, operation);
    nor->strayed = true;
    uint8_t *cell = &nor->array[nor->stray];
    *cell &= (uint8_t)(*cell - 1); /* the lowest 1 */
}
