/* SPDX-License-Identifier: MIT */
#include "host/record_json.h"

#include "host/explain.h"
#include "host/record_text.h"
#include "host/silence.h"
#include "report/json_text.h"

static json_t *number(uint32_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *numbers(const uint32_t *values, unsigned count)
{
    json_t *array = json_array();
    for (unsigned i = 0; array != NULL && i < count; i++) {
        json_array_append_new(array, number(values[i]));
    }
    return array;
}

static json_t *entry_json(const struct record_entry *entry)
{
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "sp",
        number(entry->sp), "lr", number(entry->lr), "xpsr", number(entry->xpsr), "control",
        number(entry->control), "primask", number(entry->primask), "faultmask",
        number(entry->faultmask), "basepri", number(entry->basepri), "msp", number(entry->msp),
        "psp", number(entry->psp), "msplim", number(entry->msplim), "psplim", number(entry->psplim),
        "vtor", number(entry->vtor), "ccr", number(entry->ccr), "shcsr", number(entry->shcsr),
        "mpu_ctrl", number(entry->mpu_ctrl), "systick_ctrl", number(entry->systick_ctrl));
}

static json_t *frame_json(const struct record_fault *fault)
{
    if (fault->frame_valid == 0) {
        return json_null();
    }
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "r0", number(fault->r0), "r1",
                     number(fault->r1), "r2", number(fault->r2), "r3", number(fault->r3), "r12",
                     number(fault->r12), "lr", number(fault->lr), "pc", number(fault->pc), "xpsr",
                     number(fault->xpsr));
}

/* The frame stays in the record until another fault overwrites it. */
static json_t *fault_json(const struct record *record)
{
    char exception[16], cfsr[200], hfsr[48];
    const struct record_fault *fault = &record->fault;
    if (fault->exc_return == 0) {
        return json_null();
    }
    record_text_cfsr(fault->cfsr, cfsr, sizeof cfsr);
    record_text_hfsr(fault->hfsr, hfsr, sizeof hfsr);
    return json_pack("{s:b, s:s, s:o, s:o, s:s, s:o, s:s, s:o, s:o, s:o}", "of_this_call",
                     record->reason == REASON_FAULT, "exception",
                     record_text_exception(fault->ipsr, exception), "exc_return",
                     number(fault->exc_return), "cfsr", number(fault->cfsr), "cfsr_bits", cfsr,
                     "hfsr", number(fault->hfsr), "hfsr_bits", hfsr, "mmfar", number(fault->mmfar),
                     "bfar", number(fault->bfar), "frame", frame_json(fault));
}

static json_t *reason_json(const struct record *record, const struct board *board, bool simulated)
{
    const struct silence silence = {board, simulated, true};
    struct likely likely = {0};
    struct explanation explanation = {.what = ""};
    if (record->reason == REASON_NONE) {
        return json_null();
    }
    explain_record(record, board, &explanation);
    silence_of_flash(&silence, record->reason, &likely);
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "name", explain_reason_name(record->reason),
                     "what", json_text(explanation.what), "hint", json_text(explanation.hint),
                     "causes", json_likely(&likely), "detail", numbers(record->detail, 3));
}

static json_t *events_json(const struct record *record)
{
    struct record_event events[RECORD_EVENTS];
    bool whole = false;
    const unsigned count = record_text_events(record, events, &whole);
    json_t *array = json_array();
    for (unsigned i = 0; array != NULL && i < count; i++) {
        json_array_append_new(array,
                              json_pack("{s:o, s:s, s:o}", "cycles", number(events[i].cycles),
                                        "phase", explain_phase_name(events[i].what >> 24), "detail",
                                        number(events[i].what & 0xFFFFFFu)));
    }
    return json_pack("{s:b, s:o}", "whole", whole, "list", array);
}

json_t *record_json(const struct record *record, const struct board *board, uint32_t address,
                    bool simulated)
{
    char found[256];
    const uint32_t id[] = {record->jedec_id & 0xFFu, record->jedec_id >> 8 & 0xFFu,
                           record->jedec_id >> 16 & 0xFFu};
    const bool returned = record->phase == PHASE_RETURNED;
    explain_found(record->found, found, sizeof found);
    return json_pack(
        "{s:o, s:o, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, "
        "s:o}",
        "address", number(address), "calls", number(record->calls), "function",
        explain_function_name(record->function), "arguments", numbers(record->arguments, 4),
        "phase", explain_phase_name(record->phase), "result",
        returned ? number(record->result) : json_null(), "cycles",
        returned ? number(record->cycles) : json_null(), "reason",
        reason_json(record, board, simulated), "jedec_id", numbers(id, 3), "status",
        number(record->status), "found", number(record->found), "found_text", found, "cpu_hz",
        number(record->cpu_hz), "image", number(record->image), "entry", entry_json(&record->entry),
        "fault", fault_json(record), "events", events_json(record));
}
