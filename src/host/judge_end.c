/* SPDX-License-Identifier: MIT */
#include "host/judge.h"

#include "host/backtrace.h"
#include "host/poll_bit.h"
#include "host/record_text.h"
#include "host/stop.h"
#include "target/sim_target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INIT_TO_READ 3u /* third argument of an algorithm's Init */
#define TRACE_SIZE   sizeof((struct finding *)0)->trace

static struct cpu *cpu_of(const struct instrument *instrument)
{
    return sim_cpu(instrument->sim);
}

/* --- waits --- */

/* ".BUSY", ".TCF|TEF", " bit 7"; nothing if the loop does not tell. */
static void describe_bits(const struct instrument *instrument, const struct watch_poll *poll,
                          char *buffer, size_t size)
{
    uint8_t code[POLL_BIT_CODE];
    uint32_t registers[13];
    buffer[0] = '\0';
    for (int i = 0; i < 13; i++) {
        registers[i] = cpu_get(cpu_of(instrument), (enum cpu_register)(CPU_R0 + i));
    }
    const size_t size_of_code = watch_peek(instrument->watch, poll->pc, code, sizeof code);
    const uint32_t mask = poll_bit_mask(code, size_of_code, registers);
    if (mask == 0 || __builtin_popcount(mask) > 4) {
        return;
    }
    for (unsigned bit = 0; bit < 32; bit++) {
        char name[24];
        const size_t used = strlen(buffer);
        if ((mask >> bit & 1u) == 0) {
            continue;
        }
        soc_bit_name(sim_soc(instrument->sim), poll->address, bit, name, sizeof name);
        if (name[0] != '\0') {
            snprintf(buffer + used, size - used, "%s%s", used == 0 ? "." : "|", name);
        } else {
            snprintf(buffer + used, size - used, "%s bit %u", used == 0 ? "" : ",", bit);
        }
    }
    if (__builtin_popcount(mask) == 1) {
        const size_t used = strlen(buffer);
        snprintf(buffer + used, size - used, ", which stays %d", (poll->value & mask) != 0);
    }
}

/* "polling XSPI2.SR.BUSY, which stays 1" */
static void describe_wait(const struct instrument *instrument, char *buffer, size_t size)
{
    struct watch_poll poll;
    char name[48], bits[80];
    watch_poll(instrument->watch, &poll);
    if (!poll.found) {
        snprintf(buffer, size, "in a loop that reads no register");
        return;
    }
    soc_register_name(sim_soc(instrument->sim), poll.address, name, sizeof name);
    if (poll.is_ram || name[0] == '\0') {
        snprintf(name, sizeof name, "0x%08x%s", poll.address, poll.is_ram ? " in RAM" : "");
    }
    describe_bits(instrument, &poll, bits, sizeof bits);
    snprintf(buffer, size, "polling %s%s", name, poll.is_ram ? "" : bits);
}

static void trace_now(const struct instrument *instrument, char *buffer)
{
    uint32_t words[64];
    struct cpu *cpu = cpu_of(instrument);
    const size_t size = watch_peek(instrument->watch, cpu_get(cpu, CPU_SP), words, sizeof words);
    backtrace_describe(instrument->session, cpu_get(cpu, CPU_PC), cpu_get(cpu, CPU_LR), words,
                       (unsigned)(size / sizeof words[0]), buffer, TRACE_SIZE);
}

/* The loop's lowest address names the hang: it is the same whenever the host looks. */
static void judge_hang(struct instrument *instrument)
{
    char text[400], at[64], wait[160], trace[TRACE_SIZE] = "";
    const uint32_t start = watch_loop(instrument->watch).start;
    struct watch_poll poll;
    watch_poll(instrument->watch, &poll);
    stop_place(instrument->session, poll.found ? poll.pc : start, at, sizeof at);
    describe_wait(instrument, wait, sizeof wait);
    snprintf(text, sizeof text, "hang at %s %s", at, wait);
    trace_now(instrument, trace);
    judge_outcome(instrument, FINDING_HANG, poll.found ? poll.pc : start, trace, text);
}

/* --- faults --- */

static void describe_fault(const struct instrument *instrument, char *buffer, size_t size)
{
    char at[64], bits[120], name[16], address[40] = "";
    const struct watch_fault *fault = watch_fault(instrument->watch);
    const uint32_t valid = UINT32_C(1) << 15 | UINT32_C(1) << 7; /* BFARVALID, MMARVALID */
    stop_place(instrument->session, fault->pc, at, sizeof at);
    record_text_cfsr(fault->cfsr & ~valid, bits, sizeof bits);
    if ((fault->cfsr & valid) != 0) {
        snprintf(address, sizeof address, ", address 0x%08x", fault->address);
    }
    if (fault->cfsr == 0) {
        snprintf(buffer, size, "the vector at 0x%08x cannot be read", fault->address);
        return;
    }
    snprintf(buffer, size, "%s (%s) at %s%s",
             record_text_exception((uint32_t)fault->exception, name), bits, at, address);
}

static void judge_fault(struct instrument *instrument, enum target_stop stop)
{
    char text[300], trace[TRACE_SIZE] = "";
    const struct watch_fault *fault = watch_fault(instrument->watch);
    if (!fault->seen) {
        return;
    }
    describe_fault(instrument, text, sizeof text);
    const size_t used = strlen(text);
    if (stop == TARGET_LOCKUP) {
        snprintf(text + used, sizeof text - used, ", then lockup: no handler took it");
    } else if (stop == TARGET_RUNNING) {
        snprintf(text + used, sizeof text - used, "; its handler does not return");
    }
    backtrace_describe(instrument->session, fault->pc, fault->lr, fault->words, fault->word_count,
                       trace, TRACE_SIZE);
    judge_outcome(instrument, FINDING_FAULT, fault->pc, trace, text);
}

/* --- the end of a call --- */

static void judge_lost(struct instrument *instrument)
{
    char text[300], at[64], trace[TRACE_SIZE] = "";
    const uint32_t pc = cpu_get(cpu_of(instrument), CPU_PC);
    const char *why = cpu_stop_text(cpu_of(instrument));
    enum finding_id id = FINDING_NOT_MODELLED;
    if (causes_in_call(&instrument->causes, instrument->findings, FINDING_SYSTEM_RESET)) {
        return; /* told */
    }
    stop_place(instrument->session, pc, at, sizeof at);
    if ((soc_stats(sim_soc(instrument->sim))->findings & SOC_FINDING_IWDG_EXPIRED) != 0) {
        id = FINDING_WATCHDOG;
        why = "the watchdog (IWDG) expires during the call";
    } else if (sim_target_stop(instrument->session->target) == CPU_STOP_SLEEP) {
        id = FINDING_ASLEEP;
    } else if (sim_target_stop(instrument->session->target) == CPU_STOP_STALL) {
        id = FINDING_BUS_STALL;
    }
    trace_now(instrument, trace);
    snprintf(text, sizeof text, "%s, at %s", why, at);
    judge_outcome(instrument, id, id == FINDING_WATCHDOG ? 0 : pc, trace, text);
}

static void judge_breakpoint(struct instrument *instrument)
{
    char text[120], at[64], trace[TRACE_SIZE] = "";
    const uint32_t pc = cpu_get(cpu_of(instrument), CPU_PC);
    stop_place(instrument->session, pc, at, sizeof at);
    trace_now(instrument, trace);
    snprintf(text, sizeof text, "the core halts on a breakpoint at %s, not at the return address",
             at);
    judge_outcome(instrument, FINDING_STRAY_BREAKPOINT, pc, trace, text);
}

static void judge_soc(struct instrument *instrument)
{
    static const struct {
        uint32_t bit;
        enum finding_severity severity;
        const char *what;
    } rows[] = {
        {SOC_FINDING_PWR_CR1, SEVERITY_WARNING,
         "PWR_CR1 is written, whose SDEN can be written once"},
        {SOC_FINDING_PWR_VOSCR, SEVERITY_WARNING, "the core voltage is changed (PWR_VOSCR)"},
        {SOC_FINDING_VRSEL, SEVERITY_WARNING,
         "a 1.8 V range is selected (PWR_SVMCRx.VRSEL), which can damage pads on 3.3 V"},
        {SOC_FINDING_OTP_PROGRAM, SEVERITY_ERROR, "a fuse is programmed (BSEC_OTPCR.PROG)"},
    };
    const uint32_t now = soc_stats(sim_soc(instrument->sim))->findings & ~instrument->soc_findings;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if ((now & rows[i].bit) != 0) {
            judge_add(instrument, FINDING_DANGEROUS_WRITE, rows[i].severity, rows[i].bit, "%s",
                      rows[i].what);
        }
    }
}

/* What it returns is an answer, whatever it is. */
static bool answers(enum loader_function function)
{
    return function == LOADER_VERIFY || function == LOADER_CHECKSUM ||
           function == LOADER_BLANK_CHECK;
}

static bool succeeded(const struct instrument *instrument, uint32_t result)
{
    return answers(instrument->function) ||
           loader_file_succeeded(instrument->session->loader, instrument->function,
                                 instrument->arguments, result);
}

void judge_end(struct instrument *instrument, enum target_stop stop, bool returned, uint32_t result)
{
    char text[80];
    judge_soc(instrument);
    judge_fault(instrument, stop);
    if (returned) {
        snprintf(text, sizeof text, "%s returns %u",
                 instrument->session->loader->name[instrument->function], result);
        if (!succeeded(instrument, result)) {
            judge_outcome(instrument, FINDING_CALL_FAILED, (uint32_t)instrument->function, "",
                          text);
        }
        return;
    }
    switch (stop) {
    case TARGET_RUNNING:
        if (!watch_fault(instrument->watch)->seen) {
            judge_hang(instrument);
        }
        break;
    case TARGET_HALTED: judge_breakpoint(instrument); break;
    case TARGET_LOST: judge_lost(instrument); break;
    case TARGET_LOCKUP: break; /* the fault has said it */
    }
}

/* --- the flash on return --- */

/* What does not hear 1-line SPI; NULL if nothing is in the way. */
static const char *mode_of(const struct nor_state *state)
{
    return state->qpi               ? "QPI"
           : state->octal_dtr       ? "octal DTR"
           : state->octal           ? "octal"
           : state->continuous_read ? "continuous read"
           : state->deep_power_down ? "deep power-down"
                                    : NULL;
}

static bool judge_state(struct instrument *instrument, bool success)
{
    struct nor_state state;
    nor_get_state(sim_nor(instrument->sim), sim_clock(instrument->sim)->now_ps, &state);
    if (!success || !state.powered) {
        return false;
    }
    const char *mode = mode_of(&state);
    if (mode != NULL) {
        judge_add(instrument, FINDING_LEFT_PROTOCOL, SEVERITY_ERROR, 0,
                  "the flash is in %s mode on return", mode);
    }
    if (state.busy || state.suspended) {
        judge_add(instrument, FINDING_LEFT_BUSY, SEVERITY_ERROR, 0,
                  "an operation of the flash is %s on return",
                  state.busy ? "under way" : "suspended");
        return false;
    }
    if (state.write_enabled) {
        judge_add(instrument, FINDING_LEFT_WRITE_ENABLED, SEVERITY_WARNING, 0,
                  "WEL is set on return");
    }
    return true;
}

static void judge_window(struct instrument *instrument)
{
    const struct session *session = instrument->session;
    const bool init = instrument->function == LOADER_INIT;
    const bool read_next = session->loader->format == FORMAT_ALGORITHM
                               ? init && instrument->arguments[2] == INIT_TO_READ
                               : init || session->lifecycle->init_rule == INIT_ONCE;
    if (!loader_file_has(session->loader, LOADER_READ) && read_next &&
        !soc_window_is_mapped(sim_soc(instrument->sim), session->board->window)) {
        judge_add(instrument, FINDING_WINDOW_UNMAPPED, SEVERITY_ERROR, 0,
                  "the window at 0x%08x is not mapped on return, and the loader has no Read",
                  session->board->window);
    }
}

static void judge_blank(struct instrument *instrument, struct watch_range range)
{
    char text[120];
    uint32_t first = range.end, count = 0;
    for (uint32_t i = range.end; i > range.start; i--) {
        if (instrument->cells[i - 1] != 0xFF) {
            first = i - 1;
            count++;
        }
    }
    if (count > 0) {
        snprintf(text, sizeof text,
                 "success is returned, but %u cells are not erased, the first at 0x%06x", count,
                 first);
        judge_outcome(instrument, FINDING_CELLS_DIFFER, (uint32_t)instrument->function, "", text);
    }
}

/* The host's buffer against the cells. */
static void judge_copy(struct instrument *instrument)
{
    char text[120];
    const uint32_t offset = judge_offset(instrument, instrument->arguments[0]);
    const uint32_t size = instrument->arguments[1];
    if (offset > judge_flash_size(instrument) || size > judge_flash_size(instrument) - offset) {
        return;
    }
    uint8_t *bytes = malloc(size + 1u);
    uint32_t first = size, count = 0;
    if (bytes != NULL &&
        cpu_debug_read(cpu_of(instrument), instrument->arguments[2], bytes, size)) {
        for (uint32_t i = size; i > 0; i--) {
            if (bytes[i - 1] != instrument->cells[offset + i - 1]) {
                first = i - 1;
                count++;
            }
        }
    }
    free(bytes);
    if (count > 0) {
        snprintf(
            text, sizeof text,
            "success is returned, but %u of %u cells differ from the buffer, the first at 0x%06x",
            count, size, offset + first);
        judge_outcome(instrument, FINDING_CELLS_DIFFER, (uint32_t)instrument->function, "", text);
    }
}

void judge_flash(struct instrument *instrument, uint32_t result)
{
    const bool success = succeeded(instrument, result);
    const bool idle = judge_state(instrument, success);
    if (!success) {
        return;
    }
    judge_window(instrument);
    if (!idle) {
        return;
    }
    switch (instrument->function) {
    case LOADER_SECTOR_ERASE: judge_blank(instrument, judge_erase_request(instrument)); break;
    case LOADER_MASS_ERASE:
        judge_blank(instrument, (struct watch_range){0, judge_flash_size(instrument)});
        break;
    case LOADER_WRITE:
    case LOADER_READ: judge_copy(instrument); break;
    default: break;
    }
}
