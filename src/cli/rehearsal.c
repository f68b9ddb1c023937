/* SPDX-License-Identifier: MIT */
#include "cli/rehearsal.h"

#include "cli/document.h"
#include "cli/rig.h"
#include "host/rehearse.h"
#include "report/json_text.h"
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
                   instrument->session->loader->name[i], instrument->calls[i], stack->host,
                   instrument->session->layout.stack - instrument->stack_bottom, stack->own);
        }
    }
}

static json_t *describe_functions(const struct instrument *instrument)
{
    json_t *functions = json_array();
    const uint32_t room = instrument->session->layout.stack - instrument->stack_bottom;
    for (int i = 0; functions != NULL && i < LOADER_FUNCTION_COUNT; i++) {
        const struct watch_stack *stack = &instrument->stack[i];
        if (instrument->calls[i] > 0) {
            json_array_append_new(functions, json_pack("{s:s, s:I, s:I, s:I, s:I}", "name",
                                                       instrument->session->loader->name[i],
                                                       "calls", (json_int_t)instrument->calls[i],
                                                       "host_stack_bytes", (json_int_t)stack->host,
                                                       "host_stack_room", (json_int_t)room,
                                                       "own_stack_bytes", (json_int_t)stack->own));
        }
    }
    return functions;
}

/* A member of `hosts`: `refusal` is why this host would not take the file, or NULL. */
static json_t *describe_rehearsal(const char *file, const char *host, const char *refusal,
                                  json_t *functions)
{
    return json_pack("{s:o, s:o, s:o, s:o}", "file", json_text(file), "host", json_text(host),
                     "refusal", json_text(refusal), "functions", functions);
}

static bool rehearse_host(const char *host, const struct options *given, struct findings *findings,
                          struct error *error)
{
    struct rig rig;
    struct options options = *given;
    options.host = host;
    options.json = false;
    options.document = NULL;
    bool good = rig_prepare(&rig, &options, error);
    rig.report_to = findings;
    if (good && rig_open(&rig, &options, error)) {
        rig.session.events = (struct session_events){.cancel = rig.session.events.cancel};
        fill_cells(sim_target_cells(&rig.target), rig.board.part.size);
        good = rehearse(&rig.instrument, error);
        print_stacks(&rig.instrument);
        document_append(
            given->document, "hosts",
            describe_rehearsal(rig.loader.path, host, NULL, describe_functions(&rig.instrument)));
    } else {
        good = false;
    }
    rig_close(&rig);
    return good;
}

/* A host that would not take the file is said, and the others go on; an error if none takes it. */
static bool rehearse_all(const struct options *options, struct findings *findings,
                         struct error *error)
{
    unsigned took = 0;
    enum loader_format format = FORMAT_STLDR;
    struct error refusal = {.code = ERROR_NONE};
    const bool one_kind = options->loader != NULL && loader_file_sniff(options->loader, &format);
    for (unsigned i = 0; lifecycle_at(i) != NULL; i++) {
        const char *host = lifecycle_at(i)->name;
        if (one_kind && lifecycle_at(i)->format != format) {
            continue; /* such a file is not for it */
        }
        if (rehearse_host(host, options, findings, &refusal)) {
            took++;
        } else if (refusal.code != ERROR_LOADER_SHAPE) {
            *error = refusal;
            return false;
        } else {
            printf("host     %s would not take the file: %s\n", host, refusal.detail);
            document_append(
                options->document, "hosts",
                describe_rehearsal(options->loader, host, refusal.detail, json_array()));
        }
    }
    if (took == 0) {
        *error = refusal;
    }
    return took > 0;
}

bool rehearsal_run(const struct options *options, struct findings *findings, struct error *error)
{
    if (options->host_count == 0) {
        return rehearse_all(options, findings, error);
    }
    for (unsigned i = 0; i < options->host_count; i++) {
        if (!rehearse_host(options->hosts[i], options, findings, error)) {
            return false;
        }
    }
    return true;
}
