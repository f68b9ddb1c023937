/* SPDX-License-Identifier: MIT */
#include "host/update.h"

#include "host/change.h"
#include "host/neighbours.h"

#include <stdlib.h>

struct work {
    struct update *update;
    struct wanted wanted;
    enum unit_state *states;
    struct change change;
    uint64_t since_ns; /* of the stage that is under way */
};

static uint64_t now_ns(const struct work *work)
{
    const struct target *target = work->update->session->target;
    return target->ops->now_ns(target->context);
}

static void begin_stage(struct work *work, const char *stage)
{
    work->update->report->stage = stage;
    work->since_ns = now_ns(work);
}

static bool end_stage(const struct work *work, uint64_t *ns, bool good)
{
    *ns += now_ns(work) - work->since_ns;
    return good;
}

/* --- what is to be done --- */

static bool keep_unit(struct work *work, const struct plan_sector *unit, struct error *error)
{
    uint8_t *content = malloc(unit->size);
    if (content == NULL) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "%u bytes", unit->size);
    }
    const bool good =
        neighbours_read(work->update->session, unit->address, content, unit->size, true, error) &&
        wanted_keep(&work->wanted, unit->address, unit->size, content, error);
    free(content);
    return good;
}

static bool keep_neighbours(struct work *work, struct error *error)
{
    const struct plan *plan = work->update->plan;
    for (unsigned i = 0; work->update->keeping->neighbours && i < plan->count; i++) {
        if (plan->sectors[i].covered < plan->sectors[i].size &&
            !keep_unit(work, &plan->sectors[i], error)) {
            return false;
        }
    }
    work->update->report->kept_bytes = work->wanted.kept_bytes;
    return true;
}

static bool shall_be_blank(const struct work *work, unsigned index)
{
    const struct plan_sector *unit = &work->update->plan->sectors[index];
    return wanted_is_blank(&work->wanted, unit->address, unit->size);
}

static bool reads_blank(enum unit_state state)
{
    return state == UNIT_BLANK || state == UNIT_SEEMS_BLANK;
}

static void choose_by_state(struct work *work, unsigned index)
{
    enum unit_fate *fate = &work->change.fates[index];
    switch (work->states[index]) {
    case UNIT_SAME: *fate = FATE_LEFT; break;
    case UNIT_BLANK: *fate = work->update->skip_blank ? FATE_WRITTEN : FATE_ERASED; break;
    case UNIT_SEEMS_BLANK:
    case UNIT_DIFFERS: *fate = FATE_ERASED; break;
    }
}

/* Erases and programs that were cut off leave cells that read right and will not last. What a session
 * leaves that was cut off between its first erase and its last page: units that are blank and should not
 * be, and before them the one that it was writing; and where it erased, what shall be blank cannot be told
 * from what was torn. Nobody answers for the flash, so these are erased as well. */
static void doubt(struct work *work)
{
    const struct plan *plan = work->update->plan;
    enum unit_fate *fates = work->change.fates;
    const uint32_t block = cover_largest(&work->change.chip);
    bool missing = false;
    unsigned last = plan->count; /* the unit before that holds more than FF */
    for (unsigned i = 0; i < plan->count; i++) {
        if (reads_blank(work->states[i]) && last < plan->count) {
            fates[last] = FATE_ERASED;
        }
        missing = missing || reads_blank(work->states[i]);
        last = shall_be_blank(work, i) ? last : i;
    }
    for (unsigned i = 0; i < plan->count;) {
        const struct unit_span span = unit_span_at(plan, work->wanted.base, block, i);
        bool touched = missing;
        for (unsigned k = i; k < i + span.count; k++) {
            touched = touched || work->states[k] != UNIT_SAME;
        }
        for (const unsigned end = i + span.count; i < end; i++) {
            if (touched && shall_be_blank(work, i)) {
                fates[i] = FATE_ERASED;
            }
        }
    }
}

static void count_left(struct work *work)
{
    struct program_report *report = work->update->report;
    for (unsigned i = 0; i < work->update->plan->count; i++) {
        const enum unit_fate fate = work->change.fates[i];
        report->sectors_skipped += fate != FATE_ERASED;
        report->same_bytes += fate == FATE_LEFT ? work->update->plan->sectors[i].size : 0;
    }
}

static bool decide(struct work *work, struct error *error)
{
    struct update *update = work->update;
    const bool all = update->warned || update->keeping->rewrite;
    if (!all && !compare_units(update->session, update->plan, &work->wanted,
                               cover_largest(&work->change.chip), update->skip_blank, work->states,
                               &update->report->compared_bytes, error)) {
        return false;
    }
    for (unsigned i = 0; i < update->plan->count; i++) {
        if (all) {
            work->change.fates[i] = FATE_ERASED;
        } else {
            choose_by_state(work, i);
        }
    }
    if (!all && !update->skip_blank) {
        doubt(work);
    }
    if (!change_choose(&work->change, error)) {
        return false;
    }
    count_left(work);
    return true;
}

/* --- and done --- */

static bool changes_anything(const struct work *work)
{
    return work->update->report->same_bytes <
           work->update->plan->image_bytes + work->update->plan->neighbour_bytes;
}

/* What power or Ctrl-C may take from the flash now is in a file. */
static bool save_kept(struct work *work, struct error *error)
{
    struct update *update = work->update;
    return work->wanted.kept.count == 0 || update->keeping->folder == NULL ||
           kept_save(&work->wanted.kept, update->keeping->folder, update->session->board->name,
                     update->report->kept_path, error);
}

static bool erase(struct work *work, struct error *error)
{
    struct update *update = work->update;
    begin_stage(work, "erase");
    if (!save_kept(work, error) || session_cancelled(update->session, error)) {
        return false;
    }
    update->erasing = true;
    return end_stage(work, &update->report->erase_ns,
                     change_erase(&work->change, &update->report->erased_bytes, error));
}

static bool program(struct work *work, struct error *error)
{
    struct program_report *report = work->update->report;
    begin_stage(work, "program");
    return end_stage(
        work, &report->program_ns,
        change_program(&work->change, &report->write_bytes, &report->written_bytes, error));
}

static bool prove(struct work *work, bool full, struct error *error)
{
    const struct plan *plan = work->update->plan;
    struct program_report *report = work->update->report;
    begin_stage(work, "verify");
    const bool good = end_stage(work, &report->verify_ns,
                                change_prove(&work->change, full, &report->proof_bytes, error));
    report->verified_bytes = good ? plan->image_bytes + plan->neighbour_bytes : 0;
    report->by_digest = !full;
    return good;
}

static bool run(struct work *work, struct error *error)
{
    const bool full = work->update->keeping->verify_full;
    begin_stage(work, "compare");
    if (!end_stage(work, &work->update->report->compare_ns,
                   keep_neighbours(work, error) && decide(work, error))) {
        return false;
    }
    if (changes_anything(work) && !(erase(work, error) && program(work, error))) {
        return false;
    }
    return prove(work, full, error);
}

bool update_run(struct update *update, struct error *error)
{
    const struct loader_file *loader = update->session->loader;
    const unsigned count = update->plan->count;
    struct work work = {.update = update};
    struct change *change = &work.change;
    cover_chip_of(&change->chip, update->session->board,
                  loader_file_has(loader, LOADER_OWN_MASS_ERASE));
    change->session = update->session;
    change->plan = update->plan;
    change->wanted = &work.wanted;
    change->fates = calloc(count + 1u, sizeof *change->fates);
    work.states = calloc(count + 1u, sizeof *work.states);
    bool good = change->fates != NULL && work.states != NULL;
    good = good ? wanted_open(&work.wanted, update->image, loader->info.device_start_address,
                              cover_largest(&change->chip), error) &&
                      run(&work, error)
                : error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "a list of %u units", count);
    change_release(change);
    wanted_close(&work.wanted);
    free(change->fates);
    free(work.states);
    return good;
}
