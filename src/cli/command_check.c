/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include "board/board.h"
#include "check/check.h"
#include "cli/describe.h"
#include "cli/document.h"
#include "cli/rehearsal.h"
#include "image/image.h"
#include "report/json_text.h"
#include "report/sarif.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Devices of which no base is known are checked by what all have in common. */
static bool take_unknown(const struct options *options, struct error *error)
{
    char what[160];
    const char *name = options->mcu;
    if (strncmp(name, "STM32", 5) == 0 && name[5] != '\0') {
        snprintf(what, sizeof what, "where the tool loads on an %s is not known here", name);
        fprintf(stderr, "note: %s\n", what);
        document_warn(options->document, "device-unknown", what,
                      "what lies where in its RAM is not checked");
        return true;
    }
    error_set(error, ERROR_UNKNOWN_MCU, NULL, 0, 0, "'%s'", name);
    return error_hint(error, "give an order name, STM32N655X0 say, or leave --mcu out");
}

/* --mcu, or the board's; NULL if neither is given or nothing is known of the board's. */
static bool find_device(const struct options *options, const struct tool_device **device,
                        struct error *error)
{
    static struct board board;
    if (options->mcu != NULL) {
        *device = tool_device_named(options->mcu);
        return *device != NULL || take_unknown(options, error);
    }
    if (options->board != NULL) {
        if (!board_load(&board, options->board, error)) {
            return false;
        }
        *device = tool_device_named(board.mcu);
    }
    return true;
}

static bool check_path(const char *path, const struct tool_device *device,
                       struct findings *findings, struct error *error)
{
    size_t size = 0;
    uint8_t *bytes = image_read_whole_file(path, &size, error);
    const bool good = bytes != NULL && check_loader(path, bytes, size, device, findings, error);
    free(bytes);
    return good;
}

/* What the rehearsal cannot drive, a check has mostly found already. */
static bool rehearse(const struct options *given, const char *path, struct findings *findings,
                     struct error *error)
{
    char text[ERROR_TEXT_SIZE];
    struct error refusal = {0};
    struct options options = *given;
    options.loader = path;
    if (rehearsal_run(&options, findings, &refusal)) {
        return true;
    }
    if (error_exit_status(refusal.code) == 2 && findings_have_error(findings)) {
        error_format(&refusal, text, sizeof text);
        printf("rehearsal not held: %s\n", text);
        return true;
    }
    *error = refusal;
    return false;
}

static void document_file(const struct options *options, const char *path, int status,
                          const struct error *error)
{
    document_append(options->document, "files",
                    json_pack("{s:o, s:i, s:o}", "file", json_text(path), "status", status, "error",
                              error != NULL ? describe_error(error) : json_null()));
}

/* Returns the file's exit status, and says why it is 2. */
static int check_one(const struct options *options, const struct tool_device *device,
                     struct finding_report *report)
{
    struct error error = {0};
    char text[ERROR_TEXT_SIZE];
    printf("check    %s\n", report->path);
    if (!check_path(report->path, device, &report->findings, &error) ||
        (options->rehearse && !rehearse(options, report->path, &report->findings, &error))) {
        fflush(stdout);
        error_format(&error, text, sizeof text);
        fprintf(stderr, "%s\n", text);
        document_file(options, report->path, error_exit_status(error.code), &error);
        return error_exit_status(error.code);
    }
    if (!options->json) {
        findings_print(stdout, &report->findings);
    }
    findings_print_summary(stdout, &report->findings);
    const int status = findings_have_error(&report->findings) ? 1 : 0;
    document_file(options, report->path, status, NULL);
    return status;
}

static bool write_sarif(const char *path, const struct finding_report *reports, unsigned count,
                        struct error *error)
{
    FILE *file = fopen(path, "w");
    bool good = file != NULL && sarif_print(file, EXTLOAD_VERSION, reports, count);
    if (file != NULL && fclose(file) != 0) {
        good = false;
    }
    return good || error_set(error, ERROR_FILE_WRITE, path, 0, 0, "the findings");
}

static int check_all(const struct options *options, const struct tool_device *device,
                     struct finding_report *reports, struct error *error)
{
    const unsigned count = (unsigned)options->argument_count;
    json_t *findings = json_array();
    int status = 0;
    for (unsigned i = 0; i < count; i++) {
        reports[i].path = options->arguments[i];
        const int one = check_one(options, device, &reports[i]);
        status = one > status ? one : status;
        if (findings != NULL &&
            !findings_append_json(findings, &reports[i].findings, reports[i].path)) {
            json_decref(findings);
            findings = NULL;
        }
    }
    document_set(options->document, "findings", findings);
    if (options->sarif != NULL && !write_sarif(options->sarif, reports, count, error)) {
        return error_exit_status(error->code);
    }
    return status;
}

int command_check(const struct options *options, struct error *error)
{
    const struct tool_device *device = NULL;
    if (options->argument_count == 0 || (options->rehearse && options->board == NULL)) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "%s",
                  options->argument_count == 0 ? "check needs a FILE"
                                               : "--rehearse needs --board BOARD");
        return 2;
    }
    if (!find_device(options, &device, error)) {
        return error_exit_status(error->code);
    }
    struct finding_report *reports = calloc((size_t)options->argument_count, sizeof *reports);
    if (reports == NULL) {
        error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "%d files", options->argument_count);
        return error_exit_status(error->code);
    }
    const int status = check_all(options, device, reports, error);
    for (int i = 0; i < options->argument_count; i++) {
        findings_release(&reports[i].findings);
    }
    free(reports);
    return status;
}
