/* SPDX-License-Identifier: MIT */
#include "record/flight.h"

#include "guard/guard.h"
#include "record/rtt.h"
#include "state.h"
#include "time/time.h"

#include <stddef.h>

#define VERSION_WORD (RECORD_VERSION | (uint32_t)sizeof(struct record) << 16)
#define WORDS        (sizeof(struct record) / sizeof(uint32_t))
#define FIRST_SUMMED (offsetof(struct record, calls) / sizeof(uint32_t))

/* Where the board block names no RAM, or that RAM does not answer. */
__attribute__((section(".record"))) static struct record own_record;

#define live (state->record)
#define rtt  ((struct rtt_area *)((uint32_t)live + RTT_OFFSET)) /* not behind own_record */

/* Every store keeps the checksum true, so that a record of a call that never returned can be read
 * too. */
static void put(uint32_t *field, uint32_t value)
{
    live->checksum -= value - *field;
    *field = value;
}

/* The first byte of the image. */
extern const uint8_t image_start[];

static void copy(uint32_t *to, const uint32_t *from, unsigned words)
{
    while (words-- > 0) {
        put(to++, *from++);
    }
}

static bool is_sound(const struct record *candidate)
{
    const uint32_t *words = (const uint32_t *)candidate;
    uint32_t sum = 0;
    if (candidate->magic != RECORD_MAGIC || candidate->version != VERSION_WORD) {
        return false;
    }
    for (unsigned i = FIRST_SUMMED; i < WORDS; i++) {
        sum += words[i];
    }
    return candidate->checksum == ~sum;
}

static void make(struct record *candidate)
{
    volatile uint32_t *words = (volatile uint32_t *)candidate;
    for (unsigned i = 0; i < WORDS; i++) {
        words[i] = 0;
    }
    candidate->version = VERSION_WORD;
    candidate->checksum = UINT32_MAX;
    candidate->magic = RECORD_MAGIC;
}

void flight_open(uint32_t address)
{
    struct record *candidate = (struct record *)address;
    /* Looking first would fault on RAM that is not there; the probe is what tells. */
    if (address == 0 || !guard_probe((uint32_t)&candidate->version, VERSION_WORD)) {
        candidate = &own_record;
    }
    live = candidate;
    if (!is_sound(candidate)) {
        make(candidate);
    }
    if (candidate != &own_record) {
        rtt_open(rtt);
    }
}

static void set_reason(uint32_t reason, uint32_t detail0, uint32_t detail1, uint32_t detail2)
{
    const uint32_t why[] = {reason, detail0, detail1, detail2};
    copy(&live->reason, why, 4);
}

void flight_enter(uint32_t function, const struct guard_state *guard)
{
    const uint32_t call[] = {live->calls + 1, function,    guard->r[0],
                             guard->r[1],     guard->r[2], guard->r[3]};
    copy(&live->calls, call, sizeof call / sizeof call[0]);
    put(&live->result, 0);
    put(&live->event_head, 0);
    set_reason(REASON_NONE, 0, 0, 0);
    put(&live->image, (uint32_t)image_start);
    copy((uint32_t *)&live->entry, (const uint32_t *)&guard->entry,
         sizeof(struct record_entry) / sizeof(uint32_t));
    flight_phase(PHASE_ENTERED, function);
}

/* Time has not started when a call is entered. */
void flight_phase(enum record_phase phase, uint32_t detail)
{
    struct record_event *event = &live->events[live->event_head % RECORD_EVENTS];
    uint32_t cycles = phase == PHASE_ENTERED ? 0 : time_now();
    put(&live->phase, phase);
    put(&event->cycles, cycles);
    put(&event->what, (uint32_t)phase << 24 | (detail & 0x00FFFFFFu));
    put(&live->event_head, (live->event_head + 1) % RECORD_EVENTS);
    if (live != &own_record) {
        rtt_event(rtt, phase, detail, cycles);
    }
}

bool flight_fail(enum record_reason reason, uint32_t detail0, uint32_t detail1, uint32_t detail2)
{
    if (live->reason == REASON_NONE) {
        set_reason(reason, detail0, detail1, detail2);
    }
    return false;
}

void flight_found(uint32_t status)
{
    put(&live->found, status);
}

void flight_id(uint32_t jedec_id)
{
    put(&live->jedec_id, jedec_id);
}

void flight_status(uint32_t status)
{
    put(&live->status, status);
}

void flight_fault(const struct record_fault *fault)
{
    copy((uint32_t *)&live->fault, (const uint32_t *)fault, sizeof *fault / sizeof(uint32_t));
    set_reason(REASON_FAULT, fault->ipsr, fault->cfsr, fault->pc);
}

void flight_leave(uint32_t result)
{
    put(&live->result, result);
    put(&live->cpu_hz, time_hz());
    flight_phase(PHASE_RETURNED, live->reason);
    put(&live->cycles, time_now());
}
