/* SPDX-License-Identifier: MIT */
#include "sweep/trace.h"

#include "host/explain.h"
#include "host/stop.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define TEXT_MAX 320

static void line(struct trace *trace, bool marked, uint64_t at_ps, const char *what,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));

/* "> 1234.567 us  frame   ...": marked is where the fault sets in. */
static void line(struct trace *trace, bool marked, uint64_t at_ps, const char *what,
                 const char *format, ...)
{
    va_list arguments;
    const uint64_t since_ps = at_ps > trace->entry_ps ? at_ps - trace->entry_ps : 0;
    if (trace->out == NULL) {
        return;
    }
    fprintf(trace->out, "%c %9" PRIu64 ".%03u us  %-7s ", marked ? '>' : ' ', since_ps / PS_PER_US,
            (unsigned)(since_ps % PS_PER_US / 1000), what);
    va_start(arguments, format);
    vfprintf(trace->out, format, arguments);
    va_end(arguments);
    fputc('\n', trace->out);
}

static uint64_t now_ps(const struct trace *trace)
{
    return sim_clock(trace->rig->sim)->now_ps;
}

/* --- frames --- */

static void append(char *buffer, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void append(char *buffer, size_t size, const char *format, ...)
{
    va_list arguments;
    const size_t used = strlen(buffer);
    va_start(arguments, format);
    vsnprintf(buffer + used, size - used, format, arguments);
    va_end(arguments);
}

static void append_lanes(char *buffer, size_t size, const struct xspi_seen_part *part)
{
    append(buffer, size, "%u%s", part->lanes, part->lanes > 0 && part->dtr ? "D" : "");
}

static uint32_t value_of(const struct xspi_seen_part *part)
{
    return part->size >= 4 ? part->value : part->value & ((UINT32_C(1) << 8 * part->size) - 1);
}

static void append_data(char *buffer, size_t size, const struct xspi_seen *seen)
{
    const uint64_t shown = seen->data_bytes < XSPI_SEEN_BYTES ? seen->data_bytes : XSPI_SEEN_BYTES;
    append(buffer, size, ", %s %" PRIu64 ":", seen->reads ? "reads" : "sends", seen->data_bytes);
    for (uint64_t i = 0; i < shown; i++) {
        append(buffer, size, " %02X", seen->data_first[i]);
    }
    append(buffer, size, "%s", shown < seen->data_bytes ? " ..." : "");
}

void sweep_frame_text(const struct xspi_seen *seen, char *buffer, size_t size)
{
    buffer[0] = '\0';
    if (seen->instruction.lanes > 0) {
        append(buffer, size, "%0*Xh ", 2 * seen->instruction.size, value_of(&seen->instruction));
    } else {
        append(buffer, size, "no opcode ");
    }
    append_lanes(buffer, size, &seen->instruction);
    append(buffer, size, "-");
    append_lanes(buffer, size, &seen->address);
    append(buffer, size, "-");
    append_lanes(buffer, size, &seen->data);
    if (seen->address.lanes > 0) {
        append(buffer, size, " at 0x%0*x", 2 * seen->address.size, value_of(&seen->address));
    }
    if (seen->alternate.lanes > 0) {
        append(buffer, size, ", alternate %0*X", 2 * seen->alternate.size,
               value_of(&seen->alternate));
    }
    if (seen->dummies > 0) {
        append(buffer, size, ", %u dummy clocks", seen->dummies);
    }
    append(buffer, size, "%s", seen->mapped ? ", for the window" : "");
    if (seen->end_ps == 0) {
        return; /* it has only begun */
    }
    if (seen->data.lanes > 0) {
        append_data(buffer, size, seen);
    }
    append(buffer, size, "%s", seen->whole || seen->mapped ? "" : ", cut off");
}

static void on_frame(void *context, const struct xspi_seen *seen, bool ended)
{
    struct trace *trace = context;
    char text[TEXT_MAX];
    if (!ended) {
        trace->begun = *seen;
        trace->in_frame = true;
        return;
    }
    if (seen->polls_skipped > 0) {
        line(trace, false, seen->begin_ps, "polls",
             "%" PRIu64 " more status reads by the controller, answered as the last",
             seen->polls_skipped);
    }
    sweep_frame_text(seen, text, sizeof text);
    line(trace, trace->marks_frame, seen->begin_ps, "frame", "%s", text);
    if (trace->marks_frame) {
        trace->replay->frame = *seen;
    }
    trace->replay->frames++;
    trace->marks_frame = trace->in_frame = false;
}

/* --- registers --- */

void sweep_access_text(const struct sweep_rig *rig, const struct sim_access *access, char *buffer,
                       size_t size)
{
    char name[64] = "";
    static const char *const sizes[] = {[1] = ", a byte", [2] = ", a halfword"};
    soc_register_name(sim_soc(rig->sim), access->address, name, sizeof name);
    if (name[0] == '\0') {
        snprintf(name, sizeof name, "0x%08x", access->address);
    }
    snprintf(buffer, size, "%s %s 0x%08x%s", name, access->write ? "<-" : "->", access->value,
             access->size < 3 && sizes[access->size] != NULL ? sizes[access->size] : "");
    if (access->end != CPU_ACCESS_OK) {
        snprintf(buffer, size, "%s %s %s", name, access->write ? "<-" : "->",
                 access->end == CPU_ACCESS_STALL ? "never ends" : "bus error");
    }
}

/* Reads of a polling loop that the simulator did not carry out one by one. */
static void tell_jumps(struct trace *trace)
{
    const uint64_t jumped = cpu_stats(sim_cpu(trace->rig->sim))->jumped_reads;
    if (trace->registers && jumped > trace->jumped_reads) {
        line(trace, false, now_ps(trace), "jumped",
             "%" PRIu64 " more reads by the loop before (--no-jump shows them)",
             jumped - trace->jumped_reads);
    }
    trace->jumped_reads = jumped;
}

static void on_access(void *context, const struct sim_access *access)
{
    struct trace *trace = context;
    char text[TEXT_MAX], place[64];
    if (trace->registers) {
        tell_jumps(trace);
        sweep_access_text(trace->rig, access, text, sizeof text);
        stop_place(trace->rig->session, access->pc, place, sizeof place);
        line(trace, trace->marks_access, access->at_ps, access->write ? "write" : "read",
             "%s at %s", text, place);
    }
    if (trace->marks_access) {
        trace->replay->access = *access;
    }
    trace->replay->accesses++;
    trace->marks_access = false;
}

/* --- calls --- */

void trace_call(struct trace *trace, enum loader_function function, const uint32_t arguments[4])
{
    if (trace->replay == NULL) {
        return;
    }
    if (!trace->started) {
        trace->started = true;
        trace->entry_ps = now_ps(trace);
        trace->jumped_reads = cpu_stats(sim_cpu(trace->rig->sim))->jumped_reads;
    }
    const struct sim_tracer tracer = {trace, on_access, on_frame};
    sim_trace(trace->rig->sim, &tracer);
    trace->replay->function = function;
    memcpy(trace->replay->arguments, arguments, sizeof trace->replay->arguments);
    trace->replay->returned = false;
    trace->replay->calls++;
    line(trace, false, now_ps(trace), "call", "%s(0x%08x, 0x%08x, 0x%08x, 0x%08x)",
         trace->rig->session->loader->name[function], arguments[0], arguments[1], arguments[2],
         arguments[3]);
}

const char *sweep_stop_name(enum target_stop stop)
{
    static const char *const names[] = {[TARGET_HALTED] = "halted",
                                        [TARGET_RUNNING] = "still running",
                                        [TARGET_LOCKUP] = "locked up",
                                        [TARGET_LOST] = "lost"};
    return names[stop];
}

void trace_return(struct trace *trace, enum target_stop stop, bool returned, uint32_t result)
{
    char text[TEXT_MAX] = "";
    if (trace->replay == NULL) {
        return;
    }
    tell_jumps(trace);
    if (trace->in_frame) {
        sweep_frame_text(&trace->begun, text, sizeof text);
        line(trace, trace->marks_frame, trace->begun.begin_ps, "frame", "%s, not over", text);
    }
    sim_trace(trace->rig->sim, NULL);
    trace->replay->stop = stop;
    trace->replay->stop_pc = cpu_get(sim_cpu(trace->rig->sim), CPU_PC);
    trace->replay->returned = returned;
    trace->replay->result = result;
    trace->replay->end_ps = now_ps(trace) - trace->entry_ps;
    if (returned) {
        line(trace, false, now_ps(trace), "return", "R0 = 0x%08x", result);
        return;
    }
    stop_place(trace->rig->session, cpu_get(sim_cpu(trace->rig->sim), CPU_PC), text, sizeof text);
    line(trace, false, now_ps(trace), "no end", "%s at %s", sweep_stop_name(stop), text);
}

void trace_fault(struct trace *trace, const struct sweep_injection *injection,
                 enum sim_moment moment, uint32_t where, bool write)
{
    struct sweep_replay *replay = trace->replay;
    const enum sim_fault fault = (enum sim_fault)injection->fault;
    if (replay == NULL) {
        return;
    }
    const bool is_frame = moment == SIM_MOMENT_FRAME;
    const uint64_t at_ps = is_frame ? trace->begun.begin_ps : now_ps(trace);
    replay->set_in = true;
    replay->fault = fault;
    replay->moment = moment;
    replay->pc = cpu_get(sim_cpu(trace->rig->sim), CPU_PC);
    replay->at_ps = at_ps > trace->entry_ps ? at_ps - trace->entry_ps : 0;
    replay->frame = trace->begun;
    replay->access = (struct sim_access){.at_ps = at_ps,
                                         .pc = replay->pc,
                                         .address = where,
                                         .write = write,
                                         .end = CPU_ACCESS_STALL};
    line(trace, true, at_ps, "fault", "%s at event %" PRIu32 ": %s", sim_fault_name(fault),
         injection->event, sim_fault_words(fault));
    trace->marks_frame = is_frame;
    trace->marks_access = moment == SIM_MOMENT_REGISTER;
}

void trace_finish(struct trace *trace)
{
    const struct session *session = trace->rig->session;
    struct sweep_replay *replay = trace->replay;
    if (replay == NULL) {
        return;
    }
    const uint32_t address = session->board->record_address;
    replay->has_record =
        address != 0 &&
        cpu_debug_read(sim_cpu(trace->rig->sim), address, &replay->record, sizeof replay->record) &&
        explain_record_is_sound(&replay->record);
    if (trace->out != NULL) {
        fflush(trace->out);
    }
}

void trace_drop(struct trace *trace)
{
    if (trace->replay != NULL) {
        sim_trace(trace->rig->sim, NULL);
        trace->replay = NULL;
    }
}
