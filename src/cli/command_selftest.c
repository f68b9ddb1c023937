/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include "cli/describe.h"
#include "cli/describe_selftest.h"
#include "cli/progress.h"
#include "cli/rig.h"
#include "selftest/selftest.h"

#include <stdio.h>
#include <string.h>

static void print_step(const struct selftest_step *step)
{
    printf("%-8s %-13s %s\n", selftest_verdict_name(step->verdict), step->name, step->text);
}

/* Steps that a person with the board can tell us more by than any program. */
static void print_capture(const struct rig *rig)
{
    printf("\nWhat only STM32CubeProgrammer can answer is captured as docs/bench.md says; the "
           "record to read after\neach of its runs is at 0x%08x.\n",
           rig->board.record_address);
}

static bool take_scratch(const struct rig *rig, const struct options *options,
                         struct selftest_plan *plan, struct error *error)
{
    return options->scratch == NULL ||
           (options_parse_range(options->scratch, &plan->scratch_address, &plan->scratch_size,
                                error) &&
            rig_inside(rig, plan->scratch_address, plan->scratch_size, options->scratch, error) &&
            rig_whole_sectors(rig, plan->scratch_address, plan->scratch_size, error));
}

static bool run(struct rig *rig, const struct options *options, struct error *error)
{
    static struct selftest result;
    struct selftest_plan plan = {.board = options->board,
                                 .target = &rig->target,
                                 .lifecycle = &rig->lifecycle,
                                 .events = progress_events(),
                                 .keep_folder = options->keep_dir,
                                 .seed = (uint32_t)options->seed};
    if (!take_scratch(rig, options, &plan, error) || !rig_open(rig, options, error)) {
        return false;
    }
    bool good = selftest_run(&result, &plan, error);
    progress_finish();
    for (unsigned i = 0; i < result.count; i++) {
        print_step(&result.steps[i]);
    }
    document_set(rig->document, "selftest", describe_selftest(&result));
    if (result.kept_path[0] != '\0') {
        printf("what the scratch range held is in %s\n", result.kept_path);
    }
    if (!good) {
        return false;
    }
    print_capture(rig);
    return result.bad == 0 || error_set(error, ERROR_SELFTEST, NULL, 0, 0, "%u of %u steps are bad",
                                        result.bad, result.count);
}

int command_selftest(const struct options *options, struct error *error)
{
    struct rig rig;
    if (options->argument_count != 0) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "selftest takes no arguments");
        return 2;
    }
    bool good = rig_prepare(&rig, options, error);
    rig.unwatched = true;
    good = good && run(&rig, options, error) && rig_boot(&rig, error);
    rig_close(&rig);
    return good ? 0 : error_exit_status(error->code);
}
