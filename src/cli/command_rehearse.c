/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include "cli/rehearsal.h"
#include "cli/result_stream.h"

int command_rehearse(const struct options *options, struct error *error)
{
    struct findings findings = {0};
    if (options->argument_count != 0) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "rehearse takes no arguments");
        return 2;
    }
    FILE *json = options->json ? result_stream_open() : NULL;
    const bool good = rehearsal_run(options, &findings, error);
    if (good && json == NULL) {
        findings_print(stdout, &findings);
    }
    if (good) {
        findings_print_summary(stdout, &findings);
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
