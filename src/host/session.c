/* SPDX-License-Identifier: MIT */
#include "host/session.h"

#include "host/call.h"
#include "host/download.h"
#include "host/explain.h"
#include "host/phase.h"
#include "host/silence.h"
#include "host/stop.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BKPT_WORD     UINT32_C(0x0000BE00)
#define XPSR_THUMB    UINT32_C(0x01000000)
#define PARKING_STACK UINT32_C(0x500) /* MSP = base + 0x500 while parked [seen in logs] */
#define WAIT_SLICE_US UINT64_C(1000000)
#define CANCEL_SLICES 2u
#define MILLION       UINT64_C(1000000)

bool session_open(struct session *session, struct target *target, const struct board *board,
                  const struct lifecycle *lifecycle, const struct loader_file *loader,
                  const struct session_events *events, struct error *error)
{
    *session = (struct session){.target = target,
                                .board = board,
                                .lifecycle = lifecycle,
                                .loader = loader,
                                .events = *events};
    return layout_make(&session->layout, board, lifecycle, loader, error);
}

static bool is_simulated(const struct session *session)
{
    return strcmp(session->target->ops->name, TARGET_NAME_SIM) == 0;
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

/* The order is that of the logs: park, zero the buffer, BKPT. */
static bool park(struct session *session, struct error *error)
{
    static const uint8_t zeros[0x200];
    const struct layout *layout = &session->layout;
    const struct lifecycle *lifecycle = session->lifecycle;
    const uint32_t bkpt = BKPT_WORD;
    if (!session->target->ops->halt(session->target->context, error)) {
        return false;
    }
    if (lifecycle->lends_bkpt) {
        return true;
    }
    return set_register(session, TARGET_PC, layout->base, error) &&
           call_set_if_there(session, TARGET_MSP, layout->base + PARKING_STACK, error) &&
           set_register(session, TARGET_XPSR, XPSR_THUMB, error) &&
           (lifecycle->buffer_zeroed == 0 ||
            write_memory(session, layout->buffer, zeros, lifecycle->buffer_zeroed, error)) &&
           write_memory(session, layout->base, &bkpt, sizeof bkpt, error);
}

static bool prepare_ram(struct session *session, struct error *error)
{
    return session->loader->format == FORMAT_ALGORITHM ? phase_prepare_ram(session, error)
                                                       : park(session, error);
}

bool session_download(struct session *session, struct error *error)
{
    return prepare_ram(session, error) && download_image(session, error);
}

/* A breakpoint in software: the halfword is the tool's for the time of the call. */
static bool lend_bkpt(struct session *session, uint16_t *saved, struct error *error)
{
    const uint16_t bkpt = (uint16_t)BKPT_WORD;
    return !session->lifecycle->lends_bkpt ||
           (session->target->ops->read_memory(session->target->context, session->layout.base, saved,
                                              sizeof *saved, error) &&
            write_memory(session, session->layout.base, &bkpt, sizeof bkpt, error));
}

static bool return_bkpt(struct session *session, uint16_t saved, struct error *error)
{
    return !session->lifecycle->lends_bkpt ||
           write_memory(session, session->layout.base, &saved, sizeof saved, error);
}

/* Millions of instructions since `start`; 0 where they cannot be counted. */
static uint64_t executed(const struct session *session, uint64_t start)
{
    const struct target *target = session->target;
    return target->ops->executed != NULL
               ? (target->ops->executed(target->context) - start) / MILLION
               : 0;
}

/* A call that is under way when the user asks to stop gets a little time to end by itself. Neither
 * may it use up the PC's time for as long as virtual time lasts. */
static bool wait_for_return(struct session *session, uint64_t timeout_us, enum target_stop *stop,
                            bool *exhausted, struct error *error)
{
    const struct target_ops *ops = session->target->ops;
    uint64_t start = ops->executed != NULL ? ops->executed(session->target->context) : 0;
    const struct session_service *service = session->service;
    const uint64_t slice = service != NULL ? SESSION_SERVICE_US : WAIT_SLICE_US;
    unsigned grace = CANCEL_SLICES;
    *exhausted = false;
    for (uint64_t waited = 0; waited < timeout_us; waited += slice) {
        uint64_t left = timeout_us - waited;
        if (!ops->wait(session->target->context, left < slice ? left : slice, stop, error)) {
            return false;
        }
        if (*stop != TARGET_RUNNING) {
            return true;
        }
        if (service != NULL) {
            bool progress = false;
            if (!service->serve(service->context, &progress, error)) {
                ops->halt(session->target->context, NULL);
                return false;
            }
            waited = progress ? 0 : waited;
            continue;
        }
        *exhausted = executed(session, start) >= session->lifecycle->budget;
        if (*exhausted || (is_cancelled(session) && grace-- == 0)) {
            return true;
        }
    }
    return true;
}

static const char *stop_phrase(enum target_stop stop, bool exhausted)
{
    switch (stop) {
    case TARGET_RUNNING:
        return exhausted ? "still running when its instructions were used up"
                         : "still running when its time was over";
    case TARGET_LOCKUP: return "lockup";
    case TARGET_HALTED: return "halted away from the return address";
    case TARGET_LOST: break;
    }
    return "core lost";
}

/* "Write, still running when its time was over, at wait_for_flag+0x2, Thread mode". */
static bool report_no_return(struct session *session, enum loader_function function,
                             enum target_stop stop, bool exhausted, uint32_t timeout_ms,
                             struct error *error)
{
    const struct target_ops *ops = session->target->ops;
    char state[320];
    if (session->loader->format == FORMAT_ALGORITHM) { /* the next one starts from a download */
        session->phase = 0;
        session->downloaded = false;
    }
    if (stop == TARGET_RUNNING && !ops->halt(session->target->context, error)) {
        return false;
    }
    stop_describe(session, state, sizeof state);
    if (stop == TARGET_RUNNING && is_cancelled(session)) {
        return error_set(error, ERROR_INTERRUPTED, NULL, 0, 0, "the core was halted inside %s, %s",
                         session->loader->name[function], state);
    }
    enum error_code code = stop == TARGET_LOCKUP    ? ERROR_CALL_LOCKUP
                           : stop == TARGET_RUNNING ? ERROR_CALL_TIMEOUT
                                                    : ERROR_TARGET;
    bool has_text = stop == TARGET_HALTED || stop == TARGET_LOST;
    error_set(error, code, NULL, 0, 0, "%s, %s, %s%s%s", session->loader->name[function],
              stop_phrase(stop, exhausted), state, has_text ? ": " : "",
              has_text ? ops->stop_text(session->target->context) : "");
    if (!session->has_record && !session_read_record(session)) {
        const struct silence silence = {
            .board = session->board, .simulated = is_simulated(session), .readable = true};
        silence_of_start(&silence, &error->likely);
    }
    if (exhausted) {
        error_hint(error, "see what the loader does there; --host-option instruction-budget=%u",
                   10 * session->lifecycle->budget);
    } else if (stop == TARGET_RUNNING) {
        error_hint(error, "it had %u ms; see what the loader waits for there", timeout_ms);
    }
    return false;
}

/* What came of a call whose core has stopped, or not. */
static bool look(struct session *session, enum target_stop stop, bool *returned,
                 uint32_t results[2], struct error *error)
{
    const struct target_ops *ops = session->target->ops;
    void *context = session->target->context;
    uint32_t pc = 0;
    *returned = false;
    if (stop == TARGET_HALTED &&
        (!ops->read_register(context, TARGET_PC, &pc, error) ||
         !ops->read_register(context, TARGET_R0, &results[0], error) ||
         !ops->read_register(context, (enum target_register)(TARGET_R0 + 1), &results[1], error))) {
        return false;
    }
    *returned = stop == TARGET_HALTED && pc == session->layout.base;
    if (session->observer.after != NULL) {
        session->observer.after(session->observer.context, stop, *returned, results[0]);
    }
    return true;
}

bool session_call(struct session *session, enum loader_function function,
                  const uint32_t arguments[4], uint32_t timeout_ms, uint32_t results[2],
                  struct error *error)
{
    const struct target_ops *ops = session->target->ops;
    void *context = session->target->context;
    if (!loader_file_needs(session->loader, function, error)) {
        return false;
    }
    uint32_t entry = session->loader->entry[function] + session->layout.entry_shift;
    uint64_t start = ops->now_ns(context);
    enum target_stop stop = TARGET_RUNNING;
    bool exhausted = false;
    uint16_t saved = 0;
    session->stats.calls++;
    session->called = function != LOADER_INIT;
    if (!call_set_registers(session, function, entry, arguments, error) ||
        !lend_bkpt(session, &saved, error)) {
        return false;
    }
    if (session->observer.before != NULL) {
        session->observer.before(session->observer.context, function, arguments);
    }
    if ((ops->returns_to != NULL && !ops->returns_to(context, session->layout.base, error)) ||
        !ops->resume(context, session->lifecycle->mask_interrupts, error) ||
        !wait_for_return(session, (uint64_t)timeout_ms * 1000, &stop, &exhausted, error)) {
        return false;
    }
    uint64_t took = ops->now_ns(context) - start;
    if (took > session->stats.longest_call_ns) {
        session->stats.longest_call_ns = took;
    }
    bool returned = false;
    if (!look(session, stop, &returned, results, error)) {
        return false;
    }
    if (!returned) {
        return report_no_return(session, function, stop, exhausted, timeout_ms, error);
    }
    return return_bkpt(session, saved, error) && phase_check_stack(session, function, error);
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

/* A server may say that the core stopped where it never started, with the R0 that was written. */
static bool has_run(struct session *session, struct error *error)
{
    if (is_simulated(session) || !session->leaves_record || session_read_record(session)) {
        return true;
    }
    const struct silence silence = {.board = session->board, .readable = true};
    error_set(error, ERROR_NOT_RUN, NULL, 0, 0, "Init returned 1 and left no new record at 0x%08x",
              session->board->record_address);
    silence_of_start(&silence, &error->likely);
    return false;
}

bool session_call_checked(struct session *session, enum loader_function function,
                          const uint32_t arguments[4], uint32_t timeout_ms, struct error *error)
{
    uint32_t results[2] = {0, 0};
    if (!session_call(session, function, arguments, timeout_ms, results, error)) {
        return false;
    }
    if (loader_file_succeeded(session->loader, function, arguments, results[0])) {
        return function != LOADER_INIT || has_run(session, error);
    }
    const bool init = function == LOADER_INIT && session->loader->format == FORMAT_STLDR;
    enum error_code code = init ? ERROR_INIT_FAILED : ERROR_CALL_FAILED;
    struct explanation explanation = {.what = "the loader left no record of a reason"};
    const bool told = session_read_record(session);
    if (told) {
        explain_record(&session->record, session->board, &explanation);
    }
    if (init) {
        error_set(error, code, NULL, 0, 0, "%s", explanation.what);
    } else {
        error_set(error, code, NULL, 0, 0, "%s returned %u: %s", session->loader->name[function],
                  results[0], explanation.what);
    }
    if (told) {
        const struct silence silence = {
            .board = session->board, .simulated = is_simulated(session), .readable = true};
        silence_of_flash(&silence, session->record.reason, &error->likely);
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

static bool call_init(struct session *session, enum operation operation, struct error *error)
{
    const uint32_t arguments[4] = {operation == OPERATION_READ ? 0 : session->lifecycle->init_r0, 0,
                                   0, 0};
    session->prepared = session_call_checked(session, LOADER_INIT, arguments,
                                             session->lifecycle->init_timeout_ms, error);
    return session->prepared;
}

bool session_begin(struct session *session, enum operation operation, struct error *error)
{
    const struct lifecycle *lifecycle = session->lifecycle;
    if (session->prepared && lifecycle->init_rule == INIT_ONCE) {
        return true;
    }
    if (session->stats.calls == 0) {
        session_read_record(session); /* so that what an earlier tool left is not taken for news */
    }
    if (session->loader->format == FORMAT_ALGORITHM) {
        return phase_begin(session, operation, error);
    }
    session->prepared = false;
    bool keep = session->downloaded && lifecycle->download_rule == DOWNLOAD_ONCE;
    return park(session, error) && (keep || download_image(session, error)) &&
           call_init(session, operation, error);
}

bool session_end(struct session *session, struct error *error)
{
    return phase_end(session, error);
}

bool session_refresh(struct session *session, enum operation operation, struct error *error)
{
    return session->lifecycle->init_rule != INIT_EACH_CALL || !session->called ||
           call_init(session, operation, error);
}

bool session_fill_buffer(struct session *session, const uint8_t *bytes, uint32_t size,
                         uint32_t *buffer, struct error *error)
{
    const struct layout *layout = &session->layout;
    *buffer = layout->buffer + session->buffers++ % layout->buffer_count * layout->buffer_size;
    return write_memory(session, *buffer, bytes, size, error);
}
