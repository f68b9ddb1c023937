/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include "cli/document.h"
#include "cli/progress.h"
#include "cli/replay.h"
#include "cli/rig.h"
#include "host/explain.h"
#include "report/json_text.h"
#include "sweep/sweep.h"
#include "target/sim_target.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SHOWN_MAX 20u /* broken promises that are printed one by one */

struct shown {
    struct document *document;
    unsigned broken;
    bool all; /* --at: every injection */
};

static const char *op_name(unsigned index)
{
    return sweep_op_name((enum sweep_op)index);
}

static const char *fault_name(unsigned index)
{
    return sim_fault_name((enum sim_fault)index);
}

/* Adds the bit of `text`; NULL: none. */
static bool add_name(const char *option, const char *(*name)(unsigned index), const char *text,
                     uint32_t *bits, struct error *error)
{
    char all[300] = "";
    for (unsigned i = 0; text != NULL && name(i) != NULL; i++) {
        if (strcmp(name(i), text) == 0) {
            *bits |= UINT32_C(1) << i;
            return true;
        }
        snprintf(all + strlen(all), sizeof all - strlen(all), " %s", name(i));
    }
    if (text == NULL) {
        return true;
    }
    error_set(error, ERROR_USAGE, NULL, 0, 0, "--%s '%s' is unknown", option, text);
    return error_hint(error, "one of:%s", all);
}

static bool add_names(const char *option, const char *(*name)(unsigned index),
                      const char *const *texts, uint32_t *bits, struct error *error)
{
    for (unsigned i = 0; texts[i] != NULL; i++) {
        if (!add_name(option, name, texts[i], bits, error)) {
            return false;
        }
    }
    return true;
}

static void show(void *context, const struct sweep_injection *injection)
{
    struct shown *shown = context;
    const enum sweep_outcome outcome = (enum sweep_outcome)injection->outcome;
    const bool broken = sweep_is_broken(outcome);
    const char *reason = injection->reason != 0 ? explain_reason_name(injection->reason) : "";
    shown->broken += broken;
    if (!shown->all && !broken) {
        return;
    }
    document_append(shown->document, "broken",
                    json_pack("{s:s, s:s, s:I, s:s, s:o, s:s}", "op", op_name(injection->op),
                              "kind", fault_name(injection->fault), "at",
                              (json_int_t)injection->event, "outcome", sweep_outcome_name(outcome),
                              "detail", json_text(injection->detail), "reason", reason));
    if (shown->broken <= SHOWN_MAX) {
        printf("%s --op %s --kind %s --at %" PRIu32 ": %s%s%s%s%s\n",
               broken ? "broken  " : "one     ", op_name(injection->op),
               fault_name(injection->fault), injection->event, sweep_outcome_name(outcome),
               injection->detail[0] != '\0' ? ", " : "", injection->detail,
               reason[0] != '\0' ? ", " : "", reason);
    }
}

static uint32_t count_broken(const struct sweep_totals *totals, unsigned fault)
{
    uint32_t broken = 0;
    for (unsigned i = SWEEP_NO_RETURN; i < SWEEP_OUTCOMES; i++) {
        broken += totals->count[fault][i];
    }
    return broken;
}

static bool was_injected(const struct sweep_totals *totals, unsigned fault)
{
    uint32_t all = 0;
    for (unsigned i = 0; i < SWEEP_OUTCOMES; i++) {
        all += totals->count[fault][i];
    }
    return all > 0;
}

static void describe(struct document *document, const struct sweep_totals *totals)
{
    for (unsigned op = 0; op < SWEEP_OPS; op++) {
        if (totals->events[op] > 0) {
            document_append(document, "operations",
                            json_pack("{s:s, s:I, s:I, s:I, s:I}", "name", op_name(op), "events",
                                      (json_int_t)totals->events[op], "loops",
                                      (json_int_t)totals->classes[op], "possible",
                                      (json_int_t)totals->possible[op], "chosen",
                                      (json_int_t)totals->chosen[op]));
        }
    }
    for (unsigned fault = 0; fault < SIM_FAULT_COUNT; fault++) {
        const uint32_t *count = totals->count[fault];
        if (was_injected(totals, fault)) {
            document_append(document, "faults",
                            json_pack("{s:s, s:I, s:I, s:I, s:I, s:I}", "name", fault_name(fault),
                                      "success", (json_int_t)count[SWEEP_SUCCEEDED], "reported",
                                      (json_int_t)count[SWEEP_REPORTED], "stopped",
                                      (json_int_t)count[SWEEP_STOPPED], "unknowable",
                                      (json_int_t)count[SWEEP_UNKNOWABLE], "broken",
                                      (json_int_t)count_broken(totals, fault)));
        }
    }
    document_set(document, "injections", json_integer((json_int_t)totals->injections));
}

static void print_totals(const struct sweep_totals *totals)
{
    for (unsigned op = 0; op < SWEEP_OPS; op++) {
        if (totals->events[op] > 0) {
            printf("%-8s %7" PRIu32 " events, %5" PRIu32 " loops, %7" PRIu32 " of %" PRIu32
                   " injections\n",
                   op_name(op), totals->events[op], totals->classes[op], totals->chosen[op],
                   totals->possible[op]);
        }
    }
    printf("\n%-14s", "fault");
    for (unsigned i = 0; i < SWEEP_NO_RETURN; i++) {
        printf(" %10s", sweep_outcome_name((enum sweep_outcome)i));
    }
    printf(" %10s\n", "broken");
    for (unsigned fault = 0; fault < SIM_FAULT_COUNT; fault++) {
        if (!was_injected(totals, fault)) {
            continue;
        }
        printf("%-14s", fault_name(fault));
        for (unsigned i = 0; i < SWEEP_NO_RETURN; i++) {
            printf(" %10" PRIu32, totals->count[fault][i]);
        }
        printf(" %10" PRIu32 "\n", count_broken(totals, fault));
    }
    printf("\n%" PRIu32 " injections, %" PRIu32 " broken promises\n", totals->injections,
           totals->broken);
}

static bool read_options(const struct options *options, struct sweep_options *sweep,
                         struct error *error)
{
    *sweep =
        (struct sweep_options){.at = options->at == OPTIONS_NO_ADDRESS ? -1 : (int64_t)options->at,
                               .seed = options->seed,
                               .sample = (uint32_t)options->sample,
                               .jobs = (unsigned)options->jobs};
    if (options->argument_count != 0) {
        return error_set(error, ERROR_USAGE, NULL, 0, 0, "sweep takes no arguments");
    }
    if (options->jobs < 1 || options->jobs > 256) {
        return error_set(error, ERROR_USAGE, NULL, 0, 0, "--jobs is 1 to 256");
    }
    return add_names("op", op_name, options->ops, &sweep->ops, error) &&
           add_names("kind", fault_name, options->kinds, &sweep->faults, error);
}

/* Its calls are those of a .stldr: a flash algorithm has others. */
static bool takes_stldr(const struct rig *rig, struct error *error)
{
    if (rig->loader.format == FORMAT_STLDR) {
        return true;
    }
    error_set(error, ERROR_USAGE, NULL, 0, 0,
              "sweep calls .stldr loaders; host %s takes a flash "
              "algorithm",
              rig->lifecycle.name);
    return error_hint(error, "--host cubeprogrammer; a flash algorithm of ours has the same code");
}

static bool run(struct rig *rig, struct sweep_options *wanted, struct replay *replay,
                struct sweep_totals *totals, struct error *error)
{
    const struct sweep_rig given = {&rig->session, sim_target_sim(&rig->target),
                                    sim_target_cells(&rig->target), rig->board.part.size};
    rig->session.events.progress = NULL;
    wanted->cancel = rig->session.events.cancel;
    document_set(rig->document, "broken", json_array());
    return sweep_run(&given, wanted, totals, error) && replay_finish(replay, rig, &given, error);
}

int command_sweep(const struct options *options, struct error *error)
{
    struct rig rig;
    struct replay replay;
    struct sweep_options wanted;
    static struct sweep_totals totals;
    struct shown shown = {.document = options->document, .all = options->at != OPTIONS_NO_ADDRESS};
    if (!rig_wants_simulated(options, "sweep", error) || !read_options(options, &wanted, error) ||
        !replay_prepare(&replay, options, error)) {
        return error_exit_status(error->code);
    }
    bool good = rig_prepare(&rig, options, error) && takes_stldr(&rig, error);
    rig.unwatched = true;
    wanted.each = show;
    wanted.context = &shown;
    good = good && rig_open(&rig, options, error) &&
           replay_begin(&replay, options, &wanted, error) &&
           run(&rig, &wanted, &replay, &totals, error);
    replay_release(&replay);
    rig_close(&rig);
    if (!good) {
        return error_exit_status(error->code);
    }
    describe(options->document, &totals);
    print_totals(&totals);
    return totals.broken > 0 ? 1 : 0;
}
