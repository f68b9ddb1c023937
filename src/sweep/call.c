/* SPDX-License-Identifier: MIT */
#include "sweep/call.h"

#include "sweep/cells.h"
#include "sweep/own.h"

#include <string.h>

#define WRITE_AT UINT32_C(0x13045)
#define ERASE_AT UINT32_C(0x20000)
#define READ_AT  UINT32_C(0x35003)
#define AMOUNT   UINT32_C(0x1000)
#define BLOCK    UINT32_C(0x10000)

/* Of those of one call: its function. */
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
    [SWEEP_DIGEST] = {"digest", LOADER_DIGEST, 0, 0},
    [SWEEP_OWN_ERASE] = {"own-erase", LOADER_OWN_SECTOR_ERASE, 0, 0},
    [SWEEP_STREAM] = {"stream", LOADER_STREAM, 0, 0},
    [SWEEP_PROGRAM] = {"program", LOADER_STREAM, 0, 0},
};

uint8_t cells_wanted[CELLS_USED];

const char *sweep_op_name(enum sweep_op op)
{
    return op < SWEEP_OPS ? ops[op].name : NULL;
}

bool sweep_call_exists(const struct sweep_rig *rig, enum sweep_op op)
{
    return loader_file_has(rig->session->loader, ops[op].function) &&
           (op < SWEEP_DIGEST || own_exists(rig, op));
}

static uint8_t pattern(uint32_t at, uint32_t salt)
{
    uint32_t value = (at + salt) * UINT32_C(2654435761);
    return (uint8_t)(value >> 24);
}

uint8_t cells_old(uint32_t at)
{
    return pattern(at, 1);
}

uint8_t cells_new(uint32_t at)
{
    return pattern(at, 2);
}

void cells_want_blank(uint32_t start, uint32_t end)
{
    if (start < CELLS_USED) {
        memset(cells_wanted + start, 0xFF, (end < CELLS_USED ? end : CELLS_USED) - start);
    }
}

void sweep_call_fill(const struct sweep_rig *rig, enum sweep_op op)
{
    for (uint32_t i = 0; i < CELLS_USED; i++) {
        rig->cells[i] = cells_wanted[i] = cells_old(i);
    }
    if (op >= SWEEP_DIGEST) {
        own_fill(rig, op);
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
    call->steps[0].timeout_ms = rig->session->lifecycle->erase_timeout_ms;
    call->steps[0].arguments[0] = window(rig) + call->start;
    call->steps[0].arguments[1] = window(rig) + call->end - (first ? sector : 1);
    cells_want_blank(call->start, call->end);
    return true;
}

static bool prepare_write(const struct sweep_rig *rig, struct sweep_call *call, struct error *error)
{
    memset(rig->cells + WRITE_AT, 0xFF, AMOUNT);
    for (uint32_t i = 0; i < AMOUNT; i++) {
        cells_wanted[WRITE_AT + i] = cells_new(i);
    }
    call->steps[0].timeout_ms = rig->session->lifecycle->write_timeout_ms;
    call->steps[0].arguments[0] = window(rig) + WRITE_AT;
    call->steps[0].arguments[1] = AMOUNT;
    return fill_buffer(rig, cells_wanted + WRITE_AT, &call->steps[0].arguments[2], error);
}

bool sweep_call_prepare(const struct sweep_rig *rig, enum sweep_op op, struct sweep_call *call,
                        struct error *error)
{
    const struct session *session = rig->session;
    *call = (struct sweep_call){
        .op = op, .start = ops[op].start, .end = ops[op].start + ops[op].size, .step_count = 1};
    struct sweep_step *step = &call->steps[0];
    step->function = ops[op].function;
    step->timeout_ms = session->lifecycle->read_timeout_ms;
    switch (op) {
    case SWEEP_INIT: call->step_count = 0; return true;
    case SWEEP_ERASE: return prepare_erase(rig, call, error);
    case SWEEP_WRITE: return prepare_write(rig, call, error);
    case SWEEP_VERIFY:
        call->end = call->start;
        step->arguments[0] = window(rig) + READ_AT;
        step->arguments[2] = AMOUNT / 4;
        return fill_buffer(rig, rig->cells + READ_AT, &step->arguments[1], error);
    case SWEEP_READ:
        call->end = call->start;
        step->arguments[0] = window(rig) + READ_AT;
        step->arguments[1] = AMOUNT;
        step->arguments[2] = session->layout.read_buffer;
        call->ram[0] = (struct sweep_ram){session->layout.read_buffer, session->layout.read_size};
        return true;
    default: return own_prepare(rig, call, error);
    }
}

bool sweep_call_uses(const struct sweep_call *call, enum loader_function function)
{
    bool uses = call->step_count == 0 && (call->op != SWEEP_INIT || function == LOADER_INIT);
    for (unsigned i = 0; i < call->step_count; i++) {
        uses = uses || call->steps[i].function == function;
    }
    return uses;
}

void sweep_call_forget(const struct sweep_rig *rig)
{
    rig->session->downloaded = false; /* or a host that initialises once would not do it again */
    rig->session->prepared = false;
}

bool sweep_call_begin(const struct sweep_rig *rig, struct error *error)
{
    sweep_call_forget(rig);
    return session_begin(rig->session, OPERATION_ERASE, error);
}

/* Without an answer, a call has not come back. */
static bool run_init(const struct sweep_rig *rig, struct sweep_call *call, struct error *error)
{
    call->succeeded = sweep_call_begin(rig, error);
    call->result = call->succeeded;
    return call->succeeded || error->code == ERROR_INIT_FAILED;
}

bool sweep_call_run(const struct sweep_rig *rig, struct sweep_call *call, struct error *error)
{
    if (call->step_count == 0) {
        return call->op == SWEEP_INIT ? run_init(rig, call, error) : own_program(rig, call, error);
    }
    call->succeeded = true;
    for (unsigned i = 0; call->succeeded && i < call->step_count; i++) {
        const struct sweep_step *step = &call->steps[i];
        uint32_t results[2] = {0, 0};
        struct own_mailbox mailbox = {rig, call->mailbox, false};
        const struct session_service service = {&mailbox, own_serve};
        rig->session->service = step->function == LOADER_STREAM ? &service : NULL;
        const bool returned = session_call(rig->session, step->function, step->arguments,
                                           step->timeout_ms, results, error);
        rig->session->service = NULL;
        if (!returned) {
            return false;
        }
        call->result = results[0];
        call->succeeded = loader_file_succeeded(rig->session->loader, step->function,
                                                step->arguments, results[0]);
    }
    call->succeeded = call->succeeded && own_digests_match(rig, call);
    return true;
}

static bool was_read(const struct sweep_rig *rig, const struct sweep_call *call)
{
    uint8_t bytes[AMOUNT];
    const struct target *target = rig->session->target;
    return target->ops->read_memory(target->context, call->ram[0].address, bytes, AMOUNT, NULL) &&
           memcmp(bytes, rig->cells + READ_AT, AMOUNT) == 0;
}

/* Behind what is used the flash is blank before and after. */
static bool cells_are_wanted(const uint8_t *cells, uint32_t start, uint32_t end)
{
    const uint32_t used = end < CELLS_USED ? end : CELLS_USED;
    uint32_t at = start;
    if (at < used && memcmp(cells + at, cells_wanted + at, used - at) != 0) {
        return false;
    }
    for (at = at < used ? used : at; at < end; at++) {
        if (cells[at] != 0xFF) {
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
    return nor_torn_cells(nor, call->start, call->end - call->start) == 0 &&
           cells_are_wanted(rig->cells, call->start, call->end) &&
           (call->op != SWEEP_READ || was_read(rig, call));
}

static bool run_well(const struct sweep_rig *rig, struct sweep_call *call, struct error *error)
{
    if (!sweep_call_run(rig, call, error)) {
        return false;
    }
    return (call->succeeded && sweep_call_is_true(rig, call)) ||
           error_set(error, ERROR_CALL_FAILED, NULL, 0, 0, "%s: R0 = 0x%x", ops[call->op].name,
                     call->result);
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
                               .steps = {{.function = LOADER_SECTOR_ERASE,
                                          .arguments = {window(rig) + start, window(rig) + start},
                                          .timeout_ms = rig->session->lifecycle->erase_timeout_ms}},
                               .step_count = 1,
                               .start = start,
                               .end = start + sector};
    cells_want_blank(erase.start, erase.end);
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
    if (!sweep_call_prepare(rig, op, &call, error)) {
        return false;
    }
    call.again = true;
    return run_well(rig, &call, error);
}
