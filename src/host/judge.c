/* SPDX-License-Identifier: MIT */
#include "host/judge.h"

#include "host/record_text.h"
#include "host/stop.h"

#include <stdio.h>

#define PLACE         256u /* bytes of RAM that count as one place, whoever touches them */
#define PERIPHERAL    1024u
#define WINDOWS       0x60000000u /* below are registers */
#define STACK_RESERVE 128u        /* an exception's frame with floating point takes 104 */

static const char *place(const struct instrument *instrument, uint32_t pc, char buffer[64])
{
    stop_place(instrument->session, pc, buffer, 64);
    return buffer;
}

static void judge_memory(struct instrument *instrument, const struct watch_event *event)
{
    char at[64];
    const uint32_t size = event->high - event->low + 1;
    place(instrument, event->pc, at);
    switch (event->kind) {
    case WATCH_WRITE_OUTSIDE:
        judge_add(instrument, FINDING_WRITE_OUTSIDE, SEVERITY_ERROR, event->address / PLACE,
                  "%s writes %u bytes from 0x%08x, outside image, stack and buffer", at, size,
                  event->low);
        break;
    case WATCH_EXECUTE_OUTSIDE:
        judge_add(instrument, FINDING_EXECUTE_OUTSIDE, SEVERITY_ERROR, 0,
                  "code runs at 0x%08x, outside the image 0x%08x..0x%08x", event->address,
                  instrument->session->layout.image,
                  instrument->session->layout.image + instrument->session->layout.size - 1);
        break;
    case WATCH_READ_UNWRITTEN:
        judge_add(instrument, FINDING_UNINITIALISED_READ, SEVERITY_WARNING, event->address / PLACE,
                  "%s reads %u bytes from 0x%08x, which nobody has written since power-up", at,
                  size, event->low);
        break;
    case WATCH_STACK_OVERFLOW:
        judge_add(instrument, FINDING_STACK_OVERFLOW, SEVERITY_ERROR, 0,
                  "the stack grows to 0x%08x at %s, %u bytes below the host's stack of %u",
                  event->low, at, instrument->stack_bottom - event->low,
                  instrument->session->layout.stack - instrument->stack_bottom);
        break;
    default: break;
    }
}

static void judge_board(struct instrument *instrument, const struct watch_event *event)
{
    char at[64], name[48];
    place(instrument, event->pc, at);
    soc_register_name(sim_soc(instrument->sim), event->address, name, sizeof name);
    if (name[0] == '\0') { /* a window, or a register without a name */
        snprintf(name, sizeof name, "0x%08x", event->address);
    }
    switch (event->kind) {
    case WATCH_UNCLOCKED:
    case WATCH_IN_RESET:
        judge_add(instrument, FINDING_UNCLOCKED_ACCESS, SEVERITY_ERROR, event->address / PERIPHERAL,
                  "%s uses %s while %s %s", at, name, event->what,
                  event->kind == WATCH_UNCLOCKED ? "has no clock" : "is held in reset");
        break;
    case WATCH_UNSUPPLIED:
        judge_add(instrument, FINDING_UNSUPPLIED_ACCESS, SEVERITY_ERROR, event->address,
                  "%s is used while its supply is not declared valid",
                  event->what[0] != '\0' ? event->what : name);
        break;
    case WATCH_UNREACHED:
        judge_add(instrument, FINDING_FLASH_NOT_REACHED, SEVERITY_ERROR, 0,
                  "frames do not reach the flash: %s", event->what);
        break;
    case WATCH_WEDGED:
        judge_add(instrument, FINDING_CLOCK_SWITCHED, SEVERITY_ERROR, 0,
                  "%s changes the kernel clock of %s while its CR.EN is 1", at, event->what);
        break;
    default: break;
    }
}

static void judge_chip(struct instrument *instrument, const struct watch_event *event)
{
    switch (event->kind) {
    case WATCH_TOO_FAST:
        judge_add(instrument, FINDING_OVER_CLOCK, SEVERITY_ERROR, event->key,
                  "command %02Xh at %u.%u MHz; %s allows %u MHz for it", event->value[2],
                  event->value[0] / 1000000, event->value[0] / 100000 % 10,
                  instrument->session->board->part.name, event->value[1] / 1000000);
        break;
    case WATCH_ERASE:
        judge_add(instrument, FINDING_OVER_ERASE, SEVERITY_ERROR, 0,
                  "command %02Xh erases 0x%06x..0x%06x, which the host did not ask for",
                  event->value[2], event->low, event->high);
        break;
    case WATCH_PROGRAM:
        judge_add(instrument, FINDING_OVER_PROGRAM, SEVERITY_ERROR, 0,
                  "command %02Xh programs cells in 0x%06x..0x%06x that the host did not ask for",
                  event->value[2], event->low, event->high);
        break;
    case WATCH_NONVOLATILE:
        judge_add(instrument, FINDING_NONVOLATILE_WRITE, SEVERITY_WARNING, event->key,
                  "command %02Xh writes a non-volatile register of %s", event->value[2],
                  instrument->session->board->part.name);
        break;
    default: break;
    }
}

static void judge_core(struct instrument *instrument, const struct watch_event *event,
                       bool returned)
{
    char at[64], name[16];
    switch (event->kind) {
    case WATCH_INTERRUPT:
        judge_add(
            instrument, FINDING_INTERRUPT, returned ? SEVERITY_WARNING : SEVERITY_ERROR, event->key,
            "%s is taken at %s: PRIMASK is 0 and this host does not mask interrupts; its vector "
            "holds 0x%08x",
            record_text_exception(event->value[0], name), place(instrument, event->address, at),
            event->value[1]);
        break;
    case WATCH_RESET:
        judge_add(instrument, FINDING_SYSTEM_RESET, SEVERITY_ERROR, event->pc,
                  "%s asks for a system reset (SCB.AIRCR.SYSRESETREQ)",
                  place(instrument, event->pc, at));
        break;
    default: break;
    }
}

void judge_events(struct instrument *instrument, bool returned)
{
    const struct watch_event *event;
    for (unsigned i = 0; (event = watch_event(instrument->watch, i)) != NULL; i++) {
        judge_core(instrument, event, returned);
        judge_memory(instrument, event);
        judge_board(instrument, event);
        judge_chip(instrument, event);
    }
    watch_forget(instrument->watch);
}

void judge_stack(struct instrument *instrument)
{
    const struct watch_stack used = watch_stack(instrument->watch);
    struct watch_stack *most = &instrument->stack[instrument->function];
    most->host = used.host > most->host ? used.host : most->host;
    most->own = used.own > most->own ? used.own : most->own;
    instrument->calls[instrument->function]++;
    const uint32_t room = instrument->session->layout.stack - instrument->stack_bottom;
    if (used.host > 0 && used.host <= room && used.host + STACK_RESERVE > room) {
        judge_add(instrument, FINDING_STACK_LOW, SEVERITY_WARNING, 0,
                  "%u of the host's %u bytes of stack are used", used.host, room);
    }
}

void judge_soften(struct findings *findings)
{
    for (unsigned i = 0; i < findings->count; i++) {
        struct finding *finding = &findings->items[i];
        if (finding->id == FINDING_UNCLOCKED_ACCESS && finding->outcome[0] == '\0' &&
            finding->key < WINDOWS / PERIPHERAL) {
            finding->severity = SEVERITY_WARNING;
        }
    }
}
