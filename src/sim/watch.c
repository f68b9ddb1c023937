/* SPDX-License-Identifier: MIT */
#include "sim/watch.h"

#include "sim/watch_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CR_SPSEL_MSP = 8, /* SYSm of MSP and PSP in MSR, Armv8-M ARM */
    CR_SPSEL_PSP = 9
};

static bool in_range(const struct watch_range *range, uint32_t address)
{
    return address - range->start < range->end - range->start;
}

static bool holds(const struct watch_range *range, uint32_t address, uint32_t size)
{
    return in_range(range, address) && size <= range->end - address;
}

/* The RAM that holds an address of either alias; NULL if it is none. */
static struct watched_ram *ram_of(struct watch *watch, uint32_t address, uint32_t *offset)
{
    for (unsigned i = 0; i < watch->ram_count; i++) {
        struct watched_ram *ram = &watch->rams[(watch->ram_last + i) % watch->ram_count];
        const struct soc_ram *at = ram->ram;
        *offset = address - at->base_ns;
        if (*offset >= at->size && at->base_s != 0) {
            *offset = address - at->base_s;
        }
        if (*offset < at->size) {
            watch->ram_last = (unsigned)(ram - watch->rams);
            return ram;
        }
    }
    return NULL;
}

static struct watch_event *add(struct watch *watch, enum watch_kind kind, uint32_t key,
                               uint32_t address, const char *what)
{
    for (unsigned i = 0; i < watch->event_count; i++) {
        struct watch_event *event = &watch->events[i];
        if (event->kind == kind && event->key == key && strcmp(event->what, what) == 0) {
            event->count++;
            return event;
        }
    }
    if (watch->event_count == WATCH_EVENTS_MAX) {
        return &watch->spare;
    }
    struct watch_event *event = &watch->events[watch->event_count++];
    *event = (struct watch_event){.kind = kind,
                                  .key = key,
                                  .pc = watch->pc,
                                  .address = address,
                                  .low = address,
                                  .high = address,
                                  .count = 1};
    snprintf(event->what, sizeof event->what, "%s", what);
    return event;
}

static void span(struct watch_event *event, uint32_t low, uint32_t high)
{
    event->low = low < event->low ? low : event->low;
    event->high = high > event->high ? high : event->high;
}

/* --- core --- */

/* An instruction that gives SP another value than one that grows or shrinks the stack: MOV SP from a
 * register other than the frame pointer R7, MSR MSP or PSP, LDR SP. */
static bool switches_stack(uint16_t first, uint16_t second)
{
    if ((first & 0xFF87u) == 0x4685u) {
        return (first >> 3 & 0xFu) != 7;
    }
    if ((first & 0xFFF0u) == 0xF380u && (second & 0xFF00u) == 0x8800u) {
        return (second & 0xFFu) == CR_SPSEL_MSP || (second & 0xFFu) == CR_SPSEL_PSP;
    }
    return ((first & 0xFFF0u) == 0xF8D0u || (first & 0xFFF0u) == 0xF850u) && second >> 12 == 13;
}

static void on_step(void *context, uint32_t pc)
{
    struct watch *watch = context;
    if (!watch->in_call) {
        return;
    }
    watch->pc = pc;
    watch->pcs[watch->steps++ % WATCHED_STEPS] = pc;
    if (!in_range(&watch->call.image, pc)) {
        if (!watch->fault.seen && !watch->interrupted) {
            span(add(watch, WATCH_EXECUTE_OUTSIDE, 0, pc, ""), pc, pc);
        }
        return;
    }
    uint32_t offset = 0;
    const struct watched_ram *ram = ram_of(watch, pc, &offset);
    if (ram != NULL && ram->ram->size - offset >= 4) {
        uint16_t code[2];
        memcpy(code, ram->ram->bytes + offset, sizeof code);
        watch->literal = (code[0] & 0xF800u) == 0x4800u || (code[0] & 0xFF7Fu) == 0xF85Fu;
        watch->switched = watch->switched || switches_stack(code[0], code[1]);
    }
}

/* PUSH stores before SP moves, so a store a little below SP counts as stack as well. */
static void note_stack(struct watch *watch, uint32_t address)
{
    const struct watch_range *stack = &watch->call.stack;
    const uint32_t sp = cpu_get(watch->cpu, CPU_SP);
    const uint32_t low = address < sp && sp - address <= 256 ? address : sp;
    if (low >= stack->start && low <= stack->end && sp <= stack->end) {
        watch->switched = false;
        watch->stack_low = low < watch->stack_low ? low : watch->stack_low;
    } else if (!watch->switched && low < stack->start) {
        watch->stack_low = low < watch->stack_low ? low : watch->stack_low;
        span(add(watch, WATCH_STACK_OVERFLOW, 0, low, ""), low, low);
    } else {
        watch->own_low = low < watch->own_low ? low : watch->own_low;
        watch->own_high = sp > watch->own_high ? sp : watch->own_high;
    }
}

static void note_read(struct watch *watch, uint32_t address, uint32_t value, bool is_ram)
{
    watch->reads[watch->read_count++ % WATCHED_READS] = (struct watched_read){
        .pc = watch->pc, .address = address, .value = value, .at = watch->steps, .is_ram = is_ram};
}

static bool may_write(const struct watch *watch, uint32_t address, unsigned size)
{
    const struct watch_call *call = &watch->call;
    return holds(&call->image, address, size) || holds(&call->stack, address, size) ||
           holds(&call->buffer, address, size) || holds(&call->record, address, size);
}

static bool is_written(const struct watched_ram *ram, uint32_t offset, unsigned size)
{
    for (uint32_t i = offset; i < offset + size; i++) {
        if (((unsigned)ram->written[i / 8] >> i % 8 & 1u) == 0) {
            return false;
        }
    }
    return true;
}

static void mark_written(struct watched_ram *ram, uint32_t offset, size_t size)
{
    for (uint32_t i = offset; i < offset + size && i < ram->ram->size; i++) {
        ram->written[i / 8] = (uint8_t)(ram->written[i / 8] | 1u << i % 8);
    }
}

static void on_ram(void *context, bool write, uint32_t address, unsigned size)
{
    struct watch *watch = context;
    uint32_t offset = 0;
    struct watched_ram *ram = ram_of(watch, address, &offset);
    if (ram == NULL) {
        return;
    }
    if (write) {
        mark_written(ram, offset, size);
    }
    if (!watch->in_call) {
        return;
    }
    if (write) {
        note_stack(watch, address);
        if (!may_write(watch, address, size) && !watch->fault.seen) {
            span(add(watch, WATCH_WRITE_OUTSIDE, watch->pc, address, ""), address,
                 address + size - 1);
        }
        return;
    }
    if (!watch->literal && !in_range(&watch->call.stack, address)) {
        note_read(watch, address, 0, true);
    }
    if (!is_written(ram, offset, size) && !in_range(&watch->call.record, address) &&
        !watch->fault.seen) {
        span(add(watch, WATCH_READ_UNWRITTEN, watch->pc, address, ""), address, address + size - 1);
    }
}

static void on_read(void *context, uint32_t address, uint32_t value)
{
    struct watch *watch = context;
    if (watch->in_call) {
        note_read(watch, address, value, false);
    }
}

size_t watch_peek(struct watch *watch, uint32_t address, void *bytes, size_t size)
{
    uint32_t offset = 0;
    const struct watched_ram *ram = ram_of(watch, address, &offset);
    if (ram == NULL) {
        return 0;
    }
    const size_t left = ram->ram->size - offset;
    const size_t part = size < left ? size : left;
    memcpy(bytes, ram->ram->bytes + offset, part);
    return part;
}

static void on_fault(void *context, int exception, uint32_t cfsr, uint32_t address)
{
    struct watch *watch = context;
    if (!watch->in_call || watch->fault.seen) {
        return;
    }
    watch->fault = (struct watch_fault){.seen = true,
                                        .exception = exception,
                                        .cfsr = cfsr,
                                        .address = address,
                                        .pc = cpu_get(watch->cpu, CPU_PC),
                                        .lr = cpu_get(watch->cpu, CPU_LR),
                                        .sp = cpu_get(watch->cpu, CPU_SP),
                                        .xpsr = cpu_get(watch->cpu, CPU_XPSR)};
    watch->fault.word_count = (unsigned)(watch_peek(watch, watch->fault.sp, watch->fault.words,
                                                    sizeof watch->fault.words) /
                                         4);
}

static void on_interrupt(void *context, int exception, uint32_t vector)
{
    struct watch *watch = context;
    if (!watch->in_call) {
        return;
    }
    watch->interrupted = true;
    struct watch_event *event =
        add(watch, WATCH_INTERRUPT, (uint32_t)exception, cpu_get(watch->cpu, CPU_PC), "");
    event->value[0] = (uint32_t)exception;
    event->value[1] = vector;
}

static void on_reset(void *context)
{
    struct watch *watch = context;
    if (watch->in_call) {
        add(watch, WATCH_RESET, 0, 0, "");
    }
}

static void on_debug_write(void *context, uint32_t address, size_t size)
{
    struct watch *watch = context;
    uint32_t offset = 0;
    struct watched_ram *ram = ram_of(watch, address, &offset);
    if (ram != NULL) {
        mark_written(ram, offset, size);
    }
}

/* --- SoC and flash --- */

static void on_soc(void *context, enum soc_notice notice, uint32_t address, const char *what)
{
    static const enum watch_kind kinds[] = {
        [SOC_NOTICE_UNCLOCKED] = WATCH_UNCLOCKED,   [SOC_NOTICE_IN_RESET] = WATCH_IN_RESET,
        [SOC_NOTICE_UNSUPPLIED] = WATCH_UNSUPPLIED, [SOC_NOTICE_UNREACHED] = WATCH_UNREACHED,
        [SOC_NOTICE_WEDGED] = WATCH_WEDGED,
    };
    struct watch *watch = context;
    char name[48];
    if (!watch->in_call) {
        return;
    }
    if (notice == SOC_NOTICE_UNCLOCKED || notice == SOC_NOTICE_IN_RESET) {
        soc_register_name(sim_soc(watch->sim), address, name, sizeof name);
        name[strcspn(name, ".")] = '\0';
        what = name[0] != '\0' ? name : "its peripheral";
    }
    add(watch, kinds[notice], 0, address, what);
}

static bool is_outside(const struct watch_range *asked, uint32_t address, uint32_t length)
{
    return length > 0 &&
           (asked->start == asked->end || address < asked->start || address + length > asked->end);
}

/* The bytes of a range that were not asked for. */
static void note_outside(struct watch *watch, enum watch_kind kind, const struct watch_range *asked,
                         uint32_t address, uint32_t length, uint8_t opcode)
{
    if (!is_outside(asked, address, length)) {
        return;
    }
    const uint32_t end = address + length;
    const bool below = asked->start == asked->end || address < asked->start;
    const uint32_t low = below || address >= asked->end ? address : asked->end;
    const bool above = asked->start == asked->end || end > asked->end || end <= asked->start;
    struct watch_event *event = add(watch, kind, 0, low, "");
    span(event, low, above ? end - 1 : asked->start - 1);
    event->value[2] = opcode;
}

static void on_nor(void *context, enum nor_notice notice, uint8_t opcode, uint32_t address,
                   uint32_t length)
{
    struct watch *watch = context;
    struct watch_event *event;
    switch (notice) {
    case NOR_NOTICE_TOO_FAST:
        event = add(watch, WATCH_TOO_FAST, opcode, 0, "");
        event->value[0] = address;
        event->value[1] = length;
        event->value[2] = opcode;
        return;
    case NOR_NOTICE_ERASE:
    case NOR_NOTICE_PROGRAM:
        if (watch->in_call) {
            bool erase = notice == NOR_NOTICE_ERASE;
            note_outside(watch, erase ? WATCH_ERASE : WATCH_PROGRAM,
                         erase ? &watch->call.erase : &watch->call.program, address, length,
                         opcode);
        }
        return;
    case NOR_NOTICE_NONVOLATILE:
        if (watch->in_call) {
            event = add(watch, WATCH_NONVOLATILE, opcode, 0, "");
            event->value[2] = opcode;
        }
        return;
    }
}

/* --- life, questions --- */

static bool take_rams(struct watch *watch, const struct soc *soc)
{
    const struct soc_ram *ram;
    for (unsigned i = 0; i < WATCHED_RAMS && (ram = soc_ram(soc, i)) != NULL; i++) {
        watch->rams[i] = (struct watched_ram){.ram = ram, .written = calloc(ram->size / 8 + 1, 1)};
        watch->ram_count = i + 1;
        if (watch->rams[i].written == NULL) {
            return false;
        }
        if (strcmp(ram->name, "boot ROM") == 0) {
            memset(watch->rams[i].written, 0xFF, ram->size / 8 + 1);
        }
    }
    return true;
}

struct watch *watch_create(struct sim *sim)
{
    struct watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL) {
        return NULL;
    }
    watch->sim = sim;
    watch->cpu = sim_cpu(sim);
    if (!take_rams(watch, sim_soc(sim))) {
        watch_destroy(watch);
        return NULL;
    }
    watch->probe = (struct cpu_probe){.context = watch,
                                      .step = on_step,
                                      .ram = on_ram,
                                      .read = on_read,
                                      .fault = on_fault,
                                      .interrupt = on_interrupt,
                                      .reset = on_reset,
                                      .debug_write = on_debug_write};
    cpu_set_probe(watch->cpu, &watch->probe);
    soc_observe(sim_soc(sim), on_soc, watch);
    if (sim_nor(sim) != NULL) {
        nor_observe(sim_nor(sim), on_nor, watch);
    }
    return watch;
}

void watch_destroy(struct watch *watch)
{
    if (watch == NULL) {
        return;
    }
    cpu_set_probe(watch->cpu, NULL);
    soc_observe(sim_soc(watch->sim), NULL, NULL);
    if (sim_nor(watch->sim) != NULL) {
        nor_observe(sim_nor(watch->sim), NULL, NULL);
    }
    for (unsigned i = 0; i < watch->ram_count; i++) {
        free(watch->rams[i].written);
    }
    free(watch);
}

void watch_begin(struct watch *watch, const struct watch_call *call)
{
    watch->call = *call;
    watch->in_call = true;
    watch->interrupted = watch->switched = watch->literal = false;
    watch->event_count = 0;
    watch->steps = watch->read_count = 0;
    watch->fault = (struct watch_fault){0};
    watch->stack_low = call->stack.end;
    watch->own_low = UINT32_MAX;
    watch->own_high = 0;
}

void watch_end(struct watch *watch)
{
    watch->in_call = false;
}

void watch_forget(struct watch *watch)
{
    watch->event_count = 0;
}

unsigned watch_event_count(const struct watch *watch)
{
    return watch->event_count;
}

const struct watch_event *watch_event(const struct watch *watch, unsigned index)
{
    return index < watch->event_count ? &watch->events[index] : NULL;
}

const struct watch_fault *watch_fault(const struct watch *watch)
{
    return &watch->fault;
}

struct watch_stack watch_stack(const struct watch *watch)
{
    return (struct watch_stack){
        .host = watch->call.stack.end - watch->stack_low,
        .own = watch->own_high > watch->own_low ? watch->own_high - watch->own_low : 0};
}
