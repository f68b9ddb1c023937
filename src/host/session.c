/* SPDX-License-Identifier: MIT */
#include "host/session.h"

#include "host/explain.h"
#include "host/stop.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BKPT_WORD     UINT32_C(0x0000BE00)
#define XPSR_THUMB    UINT32_C(0x01000000)
#define PARKING_STACK UINT32_C(0x500) /* MSP = base + 0x500 while parked [seen in logs] */
#define WAIT_SLICE_US UINT64_C(1000000)
#define CANCEL_SLICES 2u

bool session_open(struct session *session, struct target *target, const struct board *board,
                  const struct lifecycle *lifecycle, const struct loader_file *loader,
                  const struct session_events *events, struct error *error)
{
    *session = (struct session){.target = target,
                                .board = board,
                                .lifecycle = lifecycle,
                                .loader = loader,
                                .events = *events};
    struct layout *layout = &session->layout;
    layout->base = board->loader_base;
    layout->image = layout->base + 4;
    layout->size = loader->file_size;
    layout->stack = layout->base + layout->size + lifecycle->stack_gap;
    layout->buffer = (layout->stack + lifecycle->buffer_gap + lifecycle->buffer_align - 1) &
                     ~(lifecycle->buffer_align - 1);
    uint64_t end = (uint64_t)board->loader_base + board->loader_size;
    if (layout->size > board->loader_size || layout->buffer + 4096u > end) {
        return error_set(
            error, ERROR_LOADER_SHAPE, loader->path, 0, 0,
            "%u bytes leave no room for stack and buffer in the tool's %u bytes of RAM",
            layout->size, board->loader_size);
    }
    uint32_t room = (uint32_t)(end - layout->buffer) & ~UINT32_C(0xFFF);
    layout->buffer_size = room < lifecycle->buffer_max ? room : lifecycle->buffer_max;
    return true;
}

static bool is_cancelled(const struct session *session)
{
    return session->events.cancel != NULL && *session->events.cancel != 0;
}

bool session_cancelled(const struct session *session, struct error *error)
{
    if (!is_cancelled(session)) {
        return false;
    }
    error_set(error, ERROR_INTERRUPTED, NULL, 0, 0, "stopped after the call that was under way");
    return true;
}

void session_progress(const struct session *session, const char *what, uint64_t done,
                      uint64_t total)
{
    if (session->events.progress != NULL) {
        session->events.progress(session->events.context, what, done, total,
                                 session->target->ops->now_ns(session->target->context));
    }
}

void session_note(const struct session *session, const char *format, ...)
{
    if (session->events.note == NULL) {
        return;
    }
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    session->events.note(session->events.context, text);
}

static bool set_register(struct session *session, enum target_register reg, uint32_t value,
                         struct error *error)
{
    return session->target->ops->write_register(session->target->context, reg, value, error);
}

static bool write_memory(struct session *session, uint32_t address, const void *bytes, size_t size,
                         struct error *error)
{
    return session->target->ops->write_memory(session->target->context, address, bytes, size,
                                              error);
}

/* The order is that of the logs: park, zero the buffer, BKPT, image. */
bool session_download(struct session *session, struct error *error)
{
    static const uint8_t zeros[0x200];
    const struct layout *layout = &session->layout;
    const struct lifecycle *lifecycle = session->lifecycle;
    const uint32_t bkpt = BKPT_WORD;
    session->stats.downloads++;
    return session->target->ops->halt(session->target->context, error) &&
           set_register(session, TARGET_PC, layout->base, error) &&
           set_register(session, TARGET_MSP, layout->base + PARKING_STACK, error) &&
           set_register(session, TARGET_XPSR, XPSR_THUMB, error) &&
           (lifecycle->buffer_zeroed == 0 ||
            write_memory(session, layout->buffer, zeros, sizeof zeros, error)) &&
           write_memory(session, layout->base, &bkpt, sizeof bkpt, error) &&
           write_memory(session, layout->image, session->loader->image, session->loader->file_size,
                        error);
}

static bool set_call_registers(struct session *session, uint32_t entry, const uint32_t arguments[4],
                               struct error *error)
{
    const struct layout *layout = &session->layout;
    for (int i = 0; i <= 12; i++) {
        uint32_t value = i < 4 ? arguments[i] : 0;
        if (!set_register(session, (enum target_register)(TARGET_R0 + i), value, error)) {
            return false;
        }
    }
    if (session->lifecycle->clean_core && (!set_register(session, TARGET_CONTROL, 0, error) ||
                                           !set_register(session, TARGET_PRIMASK, 1, error) ||
                                           !set_register(session, TARGET_FAULTMASK, 0, error) ||
                                           !set_register(session, TARGET_BASEPRI, 0, error) ||
                                           !set_register(session, TARGET_MSPLIM, 0, error) ||
                                           !set_register(session, TARGET_PSPLIM, 0, error))) {
        return false;
    }
    return set_register(session, TARGET_SP, layout->stack, error) &&
           set_register(session, TARGET_LR, layout->base | 1u, error) &&
           set_register(session, TARGET_PC, entry, error) &&
           set_register(session, TARGET_XPSR, XPSR_THUMB, error) &&
           set_register(session, TARGET_MSP, layout->stack, error) &&
           set_register(session, TARGET_PSP, 0, error);
}

/* A call that is under way when the user asks to stop gets a little time to end by itself. */
static bool wait_for_return(struct session *session, uint64_t timeout_us, enum target_stop *stop,
                            struct error *error)
{
    const struct target_ops *ops = session->target->ops;
    unsigned grace = CANCEL_SLICES;
    for (uint64_t waited = 0; waited < timeout_us; waited += WAIT_SLICE_US) {
        uint64_t left = timeout_us - waited;
        if (!ops->wait(session->target->context, left < WAIT_SLICE_US ? left : WAIT_SLICE_US, stop,
                       error)) {
            return false;
        }
        if (*stop != TARGET_RUNNING) {
            return true;
        }
        if (is_cancelled(session) && grace-- == 0) {
            return true;
        }
    }
    return true;
}

/* "Write, still running when its time was over, at wait_for_flag+0x2, Thread mode". */
static bool report_no_return(struct session *session, enum loader_function function,
                             enum target_stop stop, uint32_t timeout_ms, struct error *error)
{
    const struct target_ops *ops = session->target->ops;
    char state[320];
    if (stop == TARGET_RUNNING) {
        ops->halt(session->target->context, NULL);
    }
    stop_describe(session, state, sizeof state);
    if (stop == TARGET_RUNNING && is_cancelled(session)) {
        return error_set(error, ERROR_INTERRUPTED, NULL, 0, 0, "the core was halted inside %s, %s",
                         loader_function_name(function), state);
    }
    enum error_code code = stop == TARGET_LOCKUP    ? ERROR_CALL_LOCKUP
                           : stop == TARGET_RUNNING ? ERROR_CALL_TIMEOUT
                                                    : ERROR_TARGET;
    const char *how = stop == TARGET_RUNNING  ? "still running when its time was over"
                      : stop == TARGET_LOCKUP ? "lockup"
                      : stop == TARGET_HALTED ? "halted away from the return address"
                                              : "core lost";
    bool has_text = stop == TARGET_HALTED || stop == TARGET_LOST;
    error_set(error, code, NULL, 0, 0, "%s, %s, %s%s%s", loader_function_name(function), how, state,
              has_text ? ": " : "", has_text ? ops->stop_text(session->target->context) : "");
    if (stop == TARGET_RUNNING) {
        error_hint(error, "it had %u ms; see what the loader waits for there", timeout_ms);
    }
    return false;
}

/* What came of a call whose core has stopped, or not. */
static bool look(struct session *session, enum target_stop stop, bool *returned, uint32_t *result,
                 struct error *error)
{
    const struct target_ops *ops = session->target->ops;
    void *context = session->target->context;
    uint32_t pc = 0;
    *returned = false;
    if (stop == TARGET_HALTED && (!ops->read_register(context, TARGET_PC, &pc, error) ||
                                  !ops->read_register(context, TARGET_R0, result, error))) {
        return false;
    }
    *returned = stop == TARGET_HALTED && pc == session->layout.base;
    if (session->observer.after != NULL) {
        session->observer.after(session->observer.context, stop, *returned, *result);
    }
    return true;
}

bool session_call(struct session *session, enum loader_function function,
                  const uint32_t arguments[4], uint32_t timeout_ms, uint32_t results[2],
                  struct error *error)
{
    const struct target_ops *ops = session->target->ops;
    void *context = session->target->context;
    if (session->loader->entry[function] == 0) {
        return error_set(error, ERROR_LOADER_SHAPE, session->loader->path, 0, 0, "no symbol %s",
                         loader_function_name(function));
    }
    uint32_t entry =
        session->loader->entry[function] - session->loader->image_address + session->layout.image;
    uint64_t start = ops->now_ns(context);
    enum target_stop stop = TARGET_RUNNING;
    session->stats.calls++;
    if (!set_call_registers(session, entry, arguments, error)) {
        return false;
    }
    if (session->observer.before != NULL) {
        session->observer.before(session->observer.context, function, arguments);
    }
    if (!ops->resume(context, session->lifecycle->mask_interrupts, error) ||
        !wait_for_return(session, (uint64_t)timeout_ms * 1000, &stop, error)) {
        return false;
    }
    uint64_t took = ops->now_ns(context) - start;
    if (took > session->stats.longest_call_ns) {
        session->stats.longest_call_ns = took;
    }
    bool returned = false;
    if (!look(session, stop, &returned, &results[0], error)) {
        return false;
    }
    if (!returned) {
        return report_no_return(session, function, stop, timeout_ms, error);
    }
    return ops->read_register(context, (enum target_register)(TARGET_R0 + 1), &results[1], error);
}

bool session_read_record(struct session *session)
{
    uint32_t address = session->board->record_address;
    uint32_t calls_before = session->has_record ? session->record.calls : UINT32_MAX;
    struct record record;
    session->has_record = false;
    if (address == 0 || !session->target->ops->read_memory(session->target->context, address,
                                                           &record, sizeof record, NULL)) {
        return false;
    }
    if (!explain_record_is_sound(&record)) {
        return false;
    }
    session->record = record;
    session->has_record = true;
    return record.calls != calls_before;
}

bool session_call_checked(struct session *session, enum loader_function function,
                          const uint32_t arguments[4], uint32_t timeout_ms, struct error *error)
{
    uint32_t results[2] = {0, 0};
    if (!session_call(session, function, arguments, timeout_ms, results, error)) {
        return false;
    }
    if (results[0] == 1) {
        return true;
    }
    enum error_code code = function == LOADER_INIT ? ERROR_INIT_FAILED : ERROR_CALL_FAILED;
    struct explanation explanation = {.what = "the loader left no record of a reason"};
    if (session_read_record(session)) {
        explain_record(&session->record, session->board, &explanation);
    }
    if (function == LOADER_INIT) {
        error_set(error, code, NULL, 0, 0, "%s", explanation.what);
    } else {
        error_set(error, code, NULL, 0, 0, "%s returned %u: %s", loader_function_name(function),
                  results[0], explanation.what);
    }
    if (explanation.hint[0] != '\0') {
        error_hint(error, "%s", explanation.hint);
    } else if (!session->has_record && session->loader->memory_size > session->loader->file_size) {
        error_hint(error,
                   "%u bytes of the loader's memory are not in its file: the tool puts its stack "
                   "and its buffer over them",
                   session->loader->memory_size - session->loader->file_size);
    }
    return false;
}

bool session_begin(struct session *session, enum operation operation, struct error *error)
{
    if (session->prepared && !session->lifecycle->fresh_operation) {
        return true;
    }
    const uint32_t arguments[4] = {operation == OPERATION_READ ? 0u : 1u, 0, 0, 0};
    session->prepared = false;
    if (session->stats.calls == 0) {
        session_read_record(session); /* so that what an earlier tool left is not taken for news */
    }
    if (!session_download(session, error) ||
        !session_call_checked(session, LOADER_INIT, arguments, session->lifecycle->init_timeout_ms,
                              error)) {
        return false;
    }
    session->prepared = true;
    return true;
}
