/* SPDX-License-Identifier: MIT */
#include "sweep/verdict.h"

#include "abi/rtt.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BOOT_AT      UINT32_C(0x40000) /* where no call changes a cell */
#define REPEAT_EVERY 16u

static const char *const names[SWEEP_OUTCOMES] = {
    "success",     "reported",  "stopped",      "unknowable", "no return", "false success",
    "stray cells", "stray RAM", "no next Init", "no repeat",  "no boot",   "simulator died",
};

const char *sweep_outcome_name(enum sweep_outcome outcome)
{
    return outcome < SWEEP_OUTCOMES ? names[outcome] : NULL;
}

bool sweep_is_broken(enum sweep_outcome outcome)
{
    return outcome >= SWEEP_NO_RETURN;
}

static bool in_range(uint32_t address, uint32_t start, uint32_t end)
{
    return address >= start && address < end;
}

static bool is_lent(const struct sweep_call *call, uint32_t address)
{
    for (unsigned i = 0; i < SWEEP_RAMS; i++) {
        if (address - call->ram[i].address < call->ram[i].size) {
            return true;
        }
    }
    return false;
}

static void on_ram(void *context, uint32_t address, unsigned size, uint32_t value)
{
    (void)value;
    (void)size;
    struct verdict *verdict = context;
    const struct session *session = verdict->rig->session;
    const struct layout *layout = &session->layout;
    const uint32_t record = session->board->record_address;
    if (verdict->ram_seen || in_range(address, layout->image, layout->stack) ||
        (record != 0 && in_range(address, record, record + RTT_END)) ||
        is_lent(verdict->call, address)) {
        return;
    }
    verdict->ram_seen = true;
    verdict->ram = address;
}

static void on_chip(void *context, enum nor_notice notice, uint8_t opcode, uint32_t address,
                    uint32_t length)
{
    (void)opcode;
    struct verdict *verdict = context;
    if (verdict->cell_seen || (notice != NOR_NOTICE_ERASE && notice != NOR_NOTICE_PROGRAM) ||
        (address >= verdict->call->start && length <= verdict->call->end - address &&
         address < verdict->call->end)) {
        return;
    }
    verdict->cell_seen = true;
    verdict->cell = address;
}

void verdict_watch(struct verdict *verdict, const struct sweep_rig *rig,
                   const struct sweep_call *call)
{
    *verdict = (struct verdict){.rig = rig, .call = call};
    cpu_watch_writes(sim_cpu(rig->sim), on_ram, verdict);
    nor_observe(sim_nor(rig->sim), on_chip, verdict);
}

static bool broken(struct sweep_injection *injection, enum sweep_outcome outcome,
                   const char *format, ...) __attribute__((format(printf, 3, 4)));

static bool broken(struct sweep_injection *injection, enum sweep_outcome outcome,
                   const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(injection->detail, sizeof injection->detail, format, arguments);
    va_end(arguments);
    injection->outcome = (uint8_t)outcome;
    return false;
}

static bool spoils_reads(enum sim_fault fault)
{
    return fault == SIM_FAULT_FLIP_ONCE || fault == SIM_FAULT_FLIP_ALWAYS ||
           fault == SIM_FAULT_LINES_HIGH || fault == SIM_FAULT_LINES_LOW;
}

/* What the call itself says and did. */
static bool judge_call(const struct verdict *verdict, bool returned, const struct error *error,
                       struct sweep_injection *injection)
{
    const bool stopped = injection->fault == SIM_FAULT_HALT && !returned;
    const bool success = returned && verdict->call->succeeded;
    injection->outcome = stopped ? SWEEP_STOPPED : success ? SWEEP_SUCCEEDED : SWEEP_REPORTED;
    if (!returned && !stopped) {
        return broken(injection, SWEEP_NO_RETURN, "%s", error->detail);
    }
    if (verdict->ram_seen) {
        return broken(injection, SWEEP_STRAY_RAM, "RAM at 0x%08x", verdict->ram);
    }
    if (verdict->cell_seen) {
        return broken(injection, SWEEP_STRAY_CELLS, "cells at 0x%06x", verdict->cell);
    }
    if (!success || sweep_call_is_true(verdict->rig, verdict->call)) {
        return true;
    }
    if (verdict->call->op == SWEEP_READ && spoils_reads((enum sim_fault)injection->fault)) {
        injection->outcome = SWEEP_UNKNOWABLE;
        return true;
    }
    return broken(injection, SWEEP_FALSE_SUCCESS, "R0 = 0x%x", verdict->call->result);
}

/* Always after what concerns the chip; else it is Init that brings all back, so now and then. */
static bool is_repeated(const struct sweep_injection *injection)
{
    return sim_fault_fits((enum sim_fault)injection->fault, SIM_MOMENT_FRAME) ||
           injection->event % REPEAT_EVERY == 0;
}

static bool judge_after(const struct verdict *verdict, struct sweep_injection *injection)
{
    struct error error = {.code = ERROR_NONE};
    char why[96] = "";
    const struct sweep_rig *rig = verdict->rig;
    const enum sweep_op op = verdict->call->op;
    const bool repeat = injection->outcome != SWEEP_SUCCEEDED && is_repeated(injection);
    const bool begins =
        !repeat || op != SWEEP_PROGRAM; /* whose host reads the record before Init */
    sweep_call_forget(rig);
    if (begins && !sweep_call_begin(rig, &error)) {
        return broken(injection, SWEEP_NO_INIT, "%s", error.detail);
    }
    if (repeat && !sweep_call_repeat(rig, op, &error)) {
        return broken(injection, error.code == ERROR_INIT_FAILED ? SWEEP_NO_INIT : SWEEP_NO_REPEAT,
                      "%s", error.detail);
    }
    return sim_boot(rig->sim, BOOT_AT, why, sizeof why) ||
           broken(injection, SWEEP_NO_BOOT, "%s", why);
}

void verdict_judge(struct verdict *verdict, bool returned, const struct error *error,
                   struct sweep_injection *injection)
{
    const struct sweep_rig *rig = verdict->rig;
    cpu_watch_writes(sim_cpu(rig->sim), NULL, NULL);
    nor_observe(sim_nor(rig->sim), NULL, NULL);
    bool good = judge_call(verdict, returned, error, injection);
    if (injection->outcome == SWEEP_REPORTED && session_read_record(rig->session)) {
        injection->reason = rig->session->record.reason;
    }
    sim_fault_heal(rig->sim);
    if (good) {
        judge_after(verdict, injection);
    }
    injection->ended = true;
}
