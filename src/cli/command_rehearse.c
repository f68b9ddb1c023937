/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include "cli/result_stream.h"
#include "cli/rig.h"
#include "host/rehearse.h"
#include "target/sim_target.h"

#include <stdio.h>

/* As on a board that was used before: erase and write have something to do. */
static void fill_cells(uint8_t *cells, uint32_t size)
{
    uint32_t state = 0x9E3779B9u;
    for (uint32_t i = 0; i < size; i++) {
        state = state * 1664525u + 1013904223u;
        cells[i] = (uint8_t)(state >> 24);
    }
}

static void print_stacks(const struct instrument *instrument)
{
    printf("host     %s\n", instrument->session->lifecycle->name);
    for (int i = 0; i < LOADER_FUNCTION_COUNT; i++) {
        const struct watch_stack *stack = &instrument->stack[i];
        if (instrument->calls[i] > 0) {
            printf("stack    %-12s %2u calls, at most %u bytes of the host's %u, %u of its own\n",
                   loader_function_name((enum loader_function)i), instrument->calls[i], stack->host,
                   instrument->session->layout.stack - instrument->stack_bottom, stack->own);
        }
    }
}

static bool rehearse_host(const char *host, const struct options *given, struct findings *findings,
                          struct error *error)
{
    struct rig rig;
    struct options options = *given;
    options.host = host;
    options.json = false;
    bool good = rig_prepare(&rig, &options, error);
    rig.report_to = findings;
    if (good && rig_open(&rig, &options, error)) {
        rig.session.events = (struct session_events){.cancel = rig.session.events.cancel};
        fill_cells(sim_target_cells(&rig.target), rig.board.part.size);
        good = rehearse(&rig.instrument, error);
        print_stacks(&rig.instrument);
    } else {
        good = false;
    }
    rig_close(&rig);
    return good;
}

static bool rehearse_hosts(const struct options *options, struct findings *findings,
                           struct error *error)
{
    for (unsigned i = 0; i < options->host_count; i++) {
        if (!rehearse_host(options->hosts[i], options, findings, error)) {
            return false;
        }
    }
    for (unsigned i = 0; options->host_count == 0 && lifecycle_at(i) != NULL; i++) {
        if (!rehearse_host(lifecycle_at(i)->name, options, findings, error)) {
            return false;
        }
    }
    return true;
}

static void print_summary(const struct findings *findings)
{
    unsigned errors = 0;
    for (unsigned i = 0; i < findings->count; i++) {
        errors += findings->items[i].severity == SEVERITY_ERROR;
    }
    if (findings->count == 0) {
        printf("findings none\n");
    } else {
        printf("findings %u, of which %u are errors\n", findings->count, errors);
    }
}

int command_rehearse(const struct options *options, struct error *error)
{
    struct findings findings = {0};
    if (options->argument_count != 0) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "rehearse takes no arguments");
        return 2;
    }
    FILE *json = options->json ? result_stream_open() : NULL;
    const bool good = rehearse_hosts(options, &findings, error);
    if (good && json == NULL) {
        findings_print(stdout, &findings);
    }
    if (good) {
        print_summary(&findings);
    }
    const bool printed = !good || json == NULL || findings_print_json(json, &findings);
    result_stream_close(json);
    const bool found = findings_have_error(&findings);
    findings_release(&findings);
    if (!good) {
        return error_exit_status(error->code);
    }
    if (!printed) {
        error_set(error, ERROR_FILE_WRITE, "stdout", 0, 0, "the findings");
        return error_exit_status(error->code);
    }
    return found ? 1 : 0;
}
