/* SPDX-License-Identifier: MIT */
#include "host/explain.h"
#include "host/record_text.h"
#include "serve/stub.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* System Control Space, Armv8-M ARM. */
#define MMARVALID UINT32_C(0x80)
#define BFARVALID UINT32_C(0x8000)
#define SCB_CFSR  UINT32_C(0xE000ED28) /* CFSR, HFSR, DFSR, MMFAR, BFAR follow each other */

static void print_help(struct stub *stub, FILE *out);

static void reset(struct stub *stub, FILE *out)
{
    char text[ERROR_TEXT_SIZE];
    struct error error = {0};
    sim_reset(stub->sim);
    if (!session_download(stub->session, &error)) {
        error_format(&error, text, sizeof text);
        fprintf(out, "%s\n", text);
        return;
    }
    fprintf(out,
            "NRST; the loader is downloaded again, the core is parked at 0x%08x\n"
            "GDB has old registers: maintenance flush register-cache\n",
            stub->session->layout.base);
}

static void fault(struct stub *stub, FILE *out)
{
    uint32_t words[5] = {0};
    char cfsr[200], hfsr[48], exception[16];
    struct cpu *cpu = sim_cpu(stub->sim);
    if (!cpu_debug_read(cpu, SCB_CFSR, words, sizeof words)) {
        fprintf(out, "the System Control Space does not answer\n");
        return;
    }
    record_text_cfsr(words[0], cfsr, sizeof cfsr);
    record_text_hfsr(words[1], hfsr, sizeof hfsr);
    fprintf(out, "in       %s\n", record_text_exception(cpu_get(cpu, CPU_XPSR), exception));
    fprintf(out, "CFSR     0x%08x %s\nHFSR     0x%08x %s\n", words[0], cfsr, words[1], hfsr);
    fprintf(out, "MMFAR    0x%08x%s\n", words[3], (words[0] & MMARVALID) != 0 ? "" : ", not valid");
    fprintf(out, "BFAR     0x%08x%s\n", words[4], (words[0] & BFARVALID) != 0 ? "" : ", not valid");
    if (cpu_stop_text(cpu)[0] != '\0') {
        fprintf(out, "stopped  %s\n", cpu_stop_text(cpu));
    }
}

static void print_record(struct stub *stub, FILE *out)
{
    const struct board *board = stub->session->board;
    struct record record;
    if (board->record_address == 0) {
        fprintf(out, "this board's record lies in the image: extload trace finds it in a dump\n");
    } else if (!cpu_debug_read(sim_cpu(stub->sim), board->record_address, &record, sizeof record) ||
               !explain_record_is_sound(&record)) {
        fprintf(out, "no record at 0x%08x: the loader leaves none, or it never ran\n",
                board->record_address);
    } else {
        record_text_print(out, &record, board, board->record_address, RECORD_FULL, true);
    }
}

static void print_time(struct stub *stub, FILE *out)
{
    const struct cpu_stats *stats = cpu_stats(sim_cpu(stub->sim));
    fprintf(out, "time     %.6f s since power-on, CPU at %u Hz\n",
            (double)sim_clock(stub->sim)->now_ps / 1e12, soc_cpu_hz(sim_soc(stub->sim)));
    fprintf(out,
            "executed %" PRIu64 " instructions, %" PRIu64 " exceptions; %" PRIu64
            " jumps over %.6f s of polling\n",
            stats->instructions, stats->exceptions, stats->jumps, (double)stats->jumped_ps / 1e12);
}

static const struct {
    const char *name;
    const char *help;
    void (*run)(struct stub *stub, FILE *out);
} commands[] = {
    {"help", "this list", print_help},
    {"reset", "reset core and chip, download the loader again", reset},
    {"fault", "fault status registers in words", fault},
    {"record", "the loader's flight record in words", print_record},
    {"time", "the board's own time and what was executed", print_time},
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static void print_help(struct stub *stub, FILE *out)
{
    (void)stub;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        fprintf(out, "%-8s %s\n", commands[i].name, commands[i].help);
    }
}

static void dispatch(struct stub *stub, const char *text, FILE *out)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(text, commands[i].name) == 0) {
            commands[i].run(stub, out);
            return;
        }
    }
    fprintf(out, "unknown: '%s'; there are:\n", text);
    print_help(stub, out);
}

void stub_monitor(struct stub *stub, const char *text)
{
    char *printed = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&printed, &size);
    if (out == NULL) {
        connection_send_text(stub->connection, "E0c"); /* ENOMEM */
        return;
    }
    dispatch(stub, text, out);
    if (fclose(out) == 0) {
        stub_print(stub, printed, size);
    }
    free(printed);
    connection_send_text(stub->connection, "OK");
}
