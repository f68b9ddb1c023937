/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include "cli/describe.h"
#include "cli/document.h"
#include "cli/rehearsal.h"
#include "cli/rig.h"

#include <stdio.h>

int command_rehearse(const struct options *options, struct error *error)
{
    struct findings findings = {0};
    if (options->argument_count != 0) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "rehearse takes no arguments");
        return 2;
    }
    const bool good =
        rig_wants_simulated(options, "rehearse", error) && rehearsal_run(options, &findings, error);
    if (good && !options->json) {
        findings_print(stdout, &findings);
    }
    if (good) {
        findings_print_summary(stdout, &findings);
        document_set(options->document, "findings", describe_findings(&findings));
    }
    const bool found = findings_have_error(&findings);
    findings_release(&findings);
    if (!good) {
        return error_exit_status(error->code);
    }
    return found ? 1 : 0;
}
