/* SPDX-License-Identifier: MIT */
#include "sweep/call.h"

#include <string.h>

#define USED      UINT32_C(0x40000) /* all below lies in it */
#define WRITE_AT  UINT32_C(0x13045)
#define ERASE_AT  UINT32_C(0x20000)
#define READ_AT   UINT32_C(0x35003)
#define AMOUNT    UINT32_C(0x1000)
#define BLOCK     UINT32_C(0x10000)
#define RESULT_OK 1u

static const struct {
    const char *name;
    enum loader_function function;
    uint32_t start, size;
} ops[SWEEP_OPS] = {
    [SWEEP_INIT] = {"init", LOADER_INIT, 0, 0},
    [SWEEP_ERASE] = {"erase", LOADER_SECTOR_ERASE, ERASE_AT, BLOCK},
    [SWEEP_WRITE] = {"write", LOADER_WRITE, WRITE_AT, AMOUNT},
    [SWEEP_VERIFY] = {"verify", LOADER_VERIFY, READ_AT, AMOUNT},
    [SWEEP_READ] = {"read", LOADER_READ, READ_AT, AMOUNT},
};

const char *sweep_op_name(enum sweep_op op)
{
    return op < SWEEP_OPS ? ops[op].name : NULL;
}

bool sweep_call_exists(const struct sweep_rig *rig, enum sweep_op op)
{
    return loader_file_has(rig->session->loader, ops[op].function);
}

static uint8_t pattern(uint32_t at, uint32_t salt)
{
    uint32_t value = (at + salt) * UINT32_C(2654435761);
    return (uint8_t)(value >> 24);
}

void sweep_call_fill(const struct sweep_rig *rig)
{
    for (uint32_t i = 0; i < USED; i++) {
        rig->cells[i] = pattern(i, 1);
    }
}

static uint32_t window(const struct sweep_rig *rig)
{
    return rig->session->loader->info.device_start_address;
}

static bool fill_buffer(const struct sweep_rig *rig, const uint8_t *bytes, uint32_t *buffer,
                        struct error *error)
{
    return session_fill_buffer(rig->session, bytes, AMOUNT, buffer, error);
}

static bool prepare_erase(const struct sweep_rig *rig, struct sweep_call *call, struct error *error)
{
    uint32_t start = 0, sector = 0;
    if (!loader_file_sector(rig->session->loader, ERASE_AT, &start, &sector)) {
        return error_set(error, ERROR_LOADER_SHAPE, rig->session->loader->path, 0, 0,
                         "no sector at 0x%x", ERASE_AT);
    }
    bool first = rig->session->lifecycle->erase_end_rule == END_FIRST_BYTE;
    call->start = start;
    call->end = sector < BLOCK ? start + BLOCK : start + sector;
    call->arguments[0] = window(rig) + call->start;
    call->arguments[1] = window(rig) + call->end - (first ? sector : 1);
    return true;
}

static bool prepare_write(const struct sweep_rig *rig, struct sweep_call *call, struct error *error)
{
    uint8_t bytes[AMOUNT];
    memset(rig->cells + WRITE_AT, 0xFF, AMOUNT);
    for (uint32_t i = 0; i < AMOUNT; i++) {
        bytes[i] = pattern(i, 2);
    }
    call->arguments[0] = window(rig) + WRITE_AT;
    call->arguments[1] = AMOUNT;
    return fill_buffer(rig, bytes, &call->arguments[2], error);
}

bool sweep_call_prepare(const struct sweep_rig *rig, enum sweep_op op, struct sweep_call *call,
                        struct error *error)
{
    const struct lifecycle *lifecycle = rig->session->lifecycle;
    *call = (struct sweep_call){.op = op,
                                .function = ops[op].function,
                                .start = ops[op].start,
                                .end = ops[op].start + ops[op].size,
                                .timeout_ms = lifecycle->read_timeout_ms};
    switch (op) {
    case SWEEP_ERASE:
        call->timeout_ms = lifecycle->erase_timeout_ms;
        return prepare_erase(rig, call, error);
    case SWEEP_WRITE:
        call->timeout_ms = lifecycle->write_timeout_ms;
        return prepare_write(rig, call, error);
    case SWEEP_VERIFY:
        call->end = call->start;
        call->arguments[0] = window(rig) + READ_AT;
        call->arguments[2] = AMOUNT / 4;
        return fill_buffer(rig, rig->cells + READ_AT, &call->arguments[1], error);
    case SWEEP_READ:
        call->end = call->start;
        call->arguments[0] = window(rig) + READ_AT;
        call->arguments[1] = AMOUNT;
        call->arguments[2] = rig->session->layout.read_buffer;
        return true;
    default: return true;
    }
}

bool sweep_call_begin(const struct sweep_rig *rig, struct error *error)
{
    rig->session->downloaded = false; /* or a host that initialises once would not do it again */
    rig->session->prepared = false;
    return session_begin(rig->session, OPERATION_ERASE, error);
}

bool sweep_call_run(const struct sweep_rig *rig, struct sweep_call *call, struct error *error)
{
    if (call->op != SWEEP_INIT) {
        return session_call(rig->session, call->function, call->arguments, call->timeout_ms,
                            call->results, error);
    }
    const bool good = sweep_call_begin(rig, error);
    call->results[0] = good ? RESULT_OK : 0;
    return good || error->code == ERROR_INIT_FAILED;
}

bool sweep_call_succeeded(const struct sweep_call *call)
{
    return call->op == SWEEP_VERIFY ? call->results[0] == 0 : call->results[0] == RESULT_OK;
}

static bool is_blank(const uint8_t *bytes, uint32_t size)
{
    return bytes[0] == 0xFF && memcmp(bytes, bytes + 1, size - 1) == 0;
}

static bool was_read(const struct sweep_rig *rig, const struct sweep_call *call)
{
    uint8_t bytes[AMOUNT];
    const struct target *target = rig->session->target;
    return target->ops->read_memory(target->context, call->arguments[2], bytes, AMOUNT, NULL) &&
           memcmp(bytes, rig->cells + READ_AT, AMOUNT) == 0;
}

static bool was_written(const struct sweep_rig *rig)
{
    for (uint32_t i = 0; i < AMOUNT; i++) {
        if (rig->cells[WRITE_AT + i] != pattern(i, 2)) {
            return false;
        }
    }
    return true;
}

bool sweep_call_is_true(const struct sweep_rig *rig, const struct sweep_call *call)
{
    struct nor_state state;
    const struct nor *nor = sim_nor(rig->sim);
    nor_get_state(sim_nor(rig->sim), sim_clock(rig->sim)->now_ps, &state); /* ends what is due */
    if (nor_torn_cells(nor, call->start, call->end - call->start) > 0) {
        return false;
    }
    switch (call->op) {
    case SWEEP_ERASE: return is_blank(rig->cells + call->start, call->end - call->start);
    case SWEEP_WRITE: return was_written(rig);
    case SWEEP_READ: return was_read(rig, call);
    default: return true;
    }
}

static bool run_well(const struct sweep_rig *rig, struct sweep_call *call, struct error *error)
{
    if (!sweep_call_run(rig, call, error)) {
        return false;
    }
    return (sweep_call_succeeded(call) && sweep_call_is_true(rig, call)) ||
           error_set(error, ERROR_CALL_FAILED, NULL, 0, 0, "%s returned 0x%x",
                     loader_function_name(call->function), call->results[0]);
}

/* Torn cells under the write: their blocks are erased by the loader, as a host would. */
static bool erase_under_write(const struct sweep_rig *rig, struct error *error)
{
    uint32_t start = 0, sector = 0;
    if (!sweep_call_exists(rig, SWEEP_ERASE) ||
        !loader_file_sector(rig->session->loader, WRITE_AT, &start, &sector)) {
        return true;
    }
    struct sweep_call erase = {.op = SWEEP_ERASE,
                               .function = LOADER_SECTOR_ERASE,
                               .arguments = {window(rig) + start, window(rig) + start},
                               .timeout_ms = rig->session->lifecycle->erase_timeout_ms,
                               .start = start,
                               .end = start + sector};
    return run_well(rig, &erase, error);
}

bool sweep_call_repeat(const struct sweep_rig *rig, enum sweep_op op, struct error *error)
{
    struct sweep_call call;
    if (op == SWEEP_INIT) {
        return true; /* it has succeeded */
    }
    if (op == SWEEP_WRITE && !erase_under_write(rig, error)) {
        return false;
    }
    return sweep_call_prepare(rig, op, &call, error) && run_well(rig, &call, error);
}
