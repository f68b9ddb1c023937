/* SPDX-License-Identifier: MIT */
#include "host/instrument.h"

#include "abi/rtt.h"
#include "host/judge.h"
#include "host/loader_block.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct finding *judge_add(struct instrument *instrument, enum finding_id id,
                          enum finding_severity severity, uint32_t key, const char *format, ...)
{
    struct finding finding = {.id = id, .severity = severity, .key = key, .count = 1};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(finding.what, sizeof finding.what, format, arguments);
    va_end(arguments);
    if (instrument->function < LOADER_FUNCTION_COUNT) {
        snprintf(finding.call, sizeof finding.call, "%s",
                 instrument->session->loader->name[instrument->function]);
    }
    snprintf(finding.hosts, sizeof finding.hosts, "%s", instrument->session->lifecycle->name);
    const unsigned index = findings_add(instrument->findings, &finding);
    if (severity == SEVERITY_ERROR) {
        causes_note(&instrument->causes, index);
    }
    return &instrument->findings->items[index];
}

void judge_outcome(struct instrument *instrument, enum finding_id id, uint32_t key,
                   const char *trace, const char *text)
{
    const struct findings *findings = instrument->findings;
    const int cause = causes_find(&instrument->causes, findings, id);
    if (cause != NO_CAUSE) {
        struct finding *finding = &findings->items[cause];
        finding_outcome(finding, text);
        if (finding->trace[0] == '\0') {
            snprintf(finding->trace, sizeof finding->trace, "%s", trace);
        }
        return;
    }
    struct finding *finding = judge_add(instrument, id, SEVERITY_ERROR, key, "%s", text);
    snprintf(finding->trace, sizeof finding->trace, "%s", trace);
}

uint32_t judge_offset(const struct instrument *instrument, uint32_t address)
{
    return address - instrument->session->loader->info.device_start_address;
}

uint32_t judge_flash_size(const struct instrument *instrument)
{
    return instrument->session->board->part.size;
}

struct watch_range judge_erase_request(const struct instrument *instrument)
{
    uint32_t first = 0, first_size = 0, last = 0, last_size = 0;
    const struct loader_file *loader = instrument->session->loader;
    const uint32_t start = judge_offset(instrument, instrument->arguments[0]);
    uint32_t end = judge_offset(instrument, instrument->arguments[1]);
    if (loader->format == FORMAT_ALGORITHM) {
        end = start; /* this host asks for one sector a call */
    }
    if (!loader_file_sector(loader, start, &first, &first_size) ||
        !loader_file_sector(loader, end, &last, &last_size) || last < first ||
        last + last_size > judge_flash_size(instrument)) {
        return (struct watch_range){0, 0};
    }
    return (struct watch_range){first, last + last_size};
}

/* End of all memory that the loader file claims, .bss included. */
static uint32_t memory_end(const struct instrument *instrument)
{
    const uint64_t end =
        (uint64_t)instrument->session->layout.image + instrument->session->loader->memory_size;
    return end > UINT32_MAX ? UINT32_MAX : (uint32_t)end;
}

static void set_request(const struct instrument *instrument, struct watch_call *call)
{
    switch (instrument->function) {
    case LOADER_SECTOR_ERASE: call->erase = judge_erase_request(instrument); break;
    case LOADER_OWN_SECTOR_ERASE: /* goes by the chip's units, not by StorageInfo's */
        call->erase.start = judge_offset(instrument, instrument->arguments[0]);
        call->erase.end = judge_offset(instrument, instrument->arguments[1]) + 1;
        break;
    case LOADER_OWN_MASS_ERASE:
    case LOADER_MASS_ERASE: call->erase.end = judge_flash_size(instrument); break;
    case LOADER_WRITE:
        call->program.start = judge_offset(instrument, instrument->arguments[0]);
        call->program.end = call->program.start + instrument->arguments[1];
        break;
    case LOADER_STREAM: /* what it is about is told while it runs */
        call->program.end = judge_flash_size(instrument);
        break;
    default: break;
    }
}

/* The image and what it returns to, which lies beside it. */
static struct watch_range image_range(const struct instrument *instrument)
{
    const struct layout *layout = &instrument->session->layout;
    const uint32_t memory = memory_end(instrument), counted = layout->image + layout->size;
    const uint32_t end = memory > counted ? memory : counted;
    const uint32_t word = layout->base + (uint32_t)sizeof(uint32_t);
    return (struct watch_range){layout->base < layout->image ? layout->base : layout->image,
                                layout->base < layout->image || word < end ? end : word};
}

static void before(void *context, enum loader_function function, const uint32_t arguments[4])
{
    struct instrument *instrument = context;
    const struct layout *layout = &instrument->session->layout;
    instrument->function = LOADER_FUNCTION_COUNT;
    judge_events(instrument, true); /* of the time between the calls */
    causes_begin(&instrument->causes);
    instrument->function = function;
    memcpy(instrument->arguments, arguments, sizeof instrument->arguments);
    instrument->soc_findings = soc_stats(sim_soc(instrument->sim))->findings;
    const uint32_t buffers = layout->buffer_size * layout->buffer_count;
    struct watch_call call = {
        .image = image_range(instrument),
        .stack = {instrument->stack_bottom, layout->stack},
        .buffer = {layout->buffer, layout->buffer + buffers},
        .record = instrument->record,
    };
    if (function == LOADER_READ) {
        call.buffer =
            (struct watch_range){layout->read_buffer, layout->read_buffer + layout->read_size};
    }
    set_request(instrument, &call);
    watch_begin(instrument->watch, &call);
}

static void after(void *context, enum target_stop stop, bool returned, uint32_t result)
{
    struct instrument *instrument = context;
    watch_end(instrument->watch);
    instrument->returned = returned;
    const volatile sig_atomic_t *cancel = instrument->session->events.cancel;
    if (cancel != NULL && *cancel != 0) {
        return; /* the user's doing */
    }
    judge_events(instrument, returned);
    judge_stack(instrument);
    judge_end(instrument, stop, returned, result);
    if (returned) {
        judge_flash(instrument, result);
    }
}

/* A loader of ours says in its board block where it keeps its record and the lines behind it. */
static struct watch_range declared_record(const struct loader_file *loader)
{
    struct board_block block;
    if (!loader_block_find(loader, &block) || block.record_address == 0) {
        return (struct watch_range){0, 0};
    }
    return (struct watch_range){block.record_address, block.record_address + RTT_END};
}

static void check_layout(struct instrument *instrument)
{
    const struct layout *layout = &instrument->session->layout;
    const uint32_t end = memory_end(instrument);
    const uint32_t counted = layout->image + layout->size;
    instrument->stack_bottom = end > counted && end < layout->stack ? end : counted;
    if (layout->stack_bottom != 0) {
        instrument->stack_bottom = layout->stack_bottom;
        return;
    }
    if (end > layout->buffer) {
        judge_add(
            instrument, FINDING_DATA_UNDER_BUFFER, SEVERITY_ERROR, 0,
            "the loader's memory ends at 0x%08x, but its file only at 0x%08x; this host puts the "
            "stack below 0x%08x and its buffer at 0x%08x, over %u bytes of .bss",
            end, counted, layout->stack, layout->buffer, end - layout->buffer);
    }
}

bool instrument_open(struct instrument *instrument, struct session *session, struct sim *sim,
                     uint8_t *cells, struct findings *findings, struct error *error)
{
    *instrument = (struct instrument){.findings = findings,
                                      .session = session,
                                      .sim = sim,
                                      .cells = cells,
                                      .record = declared_record(session->loader),
                                      .function = LOADER_FUNCTION_COUNT,
                                      .returned = true};
    instrument->watch = watch_create(sim);
    if (instrument->watch == NULL) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "the instruments");
    }
    session->observer = (struct session_observer){instrument, before, after};
    check_layout(instrument);
    return true;
}

void instrument_failed(struct instrument *instrument, const char *operation,
                       const struct error *error)
{
    char text[700];
    if (error->code == ERROR_INTERRUPTED || !instrument->returned) {
        return; /* why a call did not return has been told */
    }
    judge_events(instrument, true); /* a host's own reads through the window */
    snprintf(text, sizeof text, "%s fails: %s: %s", operation, error_what(error->code),
             error->detail);
    instrument->function = LOADER_FUNCTION_COUNT;
    if (error->code == ERROR_STACK_OVERFLOW) {
        judge_outcome(instrument, FINDING_STACK_OVERFLOW, 0, "", text);
        return;
    }
    if (error->code != ERROR_CALL_FAILED && error->code != ERROR_INIT_FAILED) {
        judge_outcome(instrument, FINDING_CALL_FAILED, LOADER_FUNCTION_COUNT, "", text);
    }
}

void instrument_boot(struct instrument *instrument)
{
    char why[160] = "", text[300];
    struct nor_state state;
    nor_get_state(sim_nor(instrument->sim), sim_clock(instrument->sim)->now_ps, &state);
    instrument->function = LOADER_FUNCTION_COUNT;
    judge_events(instrument, true);
    if (sim_boot(instrument->sim, 0, why, sizeof why)) {
        return;
    }
    snprintf(text, sizeof text, "boot: %s%s", why,
             state.address_bytes == 4 ? "; the flash was left with 4-byte addresses" : "");
    judge_outcome(instrument, FINDING_BOOT_LOST, 0, "", text);
}

void instrument_close(struct instrument *instrument)
{
    if (instrument->findings != NULL) {
        judge_soften(instrument->findings);
    }
    if (instrument->session != NULL) {
        instrument->session->observer = (struct session_observer){NULL, NULL, NULL};
    }
    watch_destroy(instrument->watch);
    *instrument = (struct instrument){0};
}
