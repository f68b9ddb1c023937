/* SPDX-License-Identifier: MIT */
#include "host/program.h"

#include "host/neighbours.h"
#include "host/operation.h"
#include "host/update.h"
#include "host/wanted.h"

#include <stdlib.h>
#include <string.h>

struct job {
    struct session *session;
    const struct plan *plan;
    struct image work; /* the images and the neighbours that are kept */
    struct wanted wanted;
    bool *erase;  /* one per sector of the plan */
    bool *same;   /* holds what it shall; nothing is done to it */
    bool erasing; /* the first sector may be gone */
    const struct program_keeping *keeping;
    struct program_report *report;
};

static uint64_t now_ns(const struct job *job)
{
    return job->session->target->ops->now_ns(job->session->target->context);
}

static bool keeps(const struct job *job)
{
    return job->session->lifecycle->neighbour_rule == NEIGHBOURS_KEPT;
}

/* A tool that compares first, unless the loader makes it think that flash cannot be read. */
static bool looks_first(const struct job *job)
{
    const struct session *session = job->session;
    const struct lifecycle *lifecycle = session->lifecycle;
    return (keeps(job) || lifecycle->skips_same || lifecycle->checks_blank) &&
           !(lifecycle->verify_unreads && loader_file_has(session->loader, LOADER_VERIFY));
}

/* The record says that the flash was found in the middle of something, or that the last call was to
 * change it and has not returned, or not with success. */
static bool record_warns(struct session *session)
{
    session_read_record(session);
    const struct record *record = &session->record;
    const uint32_t kind = FUNCTION_KIND(record->function);
    const bool changes =
        kind == FUNCTION_WRITE || kind == FUNCTION_SECTOR_ERASE || kind == FUNCTION_MASS_ERASE;
    const uint32_t good = record->function < FUNCTION_FLM ? 1 : 0;
    return session->has_record &&
           ((record->found & FOUND_MID_OPERATION) != 0 ||
            (changes && (record->phase != PHASE_RETURNED || record->result != good)));
}

/* What the image's bytes of `sector` fall on. */
struct under {
    bool blank; /* erased cells only */
    bool same;  /* what they are themselves */
};

static struct under look_under(const struct image *image, const struct plan_sector *sector,
                               const uint8_t *content)
{
    struct under under = {true, true};
    for (unsigned i = 0; i < image->count; i++) {
        const struct image_segment *segment = &image->segments[i];
        for (uint32_t at = 0; at < sector->size; at++) {
            uint32_t offset = sector->address + at - segment->address;
            if (offset < segment->size) {
                under.blank = under.blank && content[at] == 0xFF;
                under.same = under.same && content[at] == segment->bytes[offset];
            }
        }
    }
    return under;
}

/* What is kept is confirmed by our own host; other tools believe what they read. */
static bool read_sector(const struct job *job, const struct plan_sector *sector, uint8_t *content,
                        struct error *error)
{
    const bool kept = job->keeping->neighbours && sector->covered < sector->size;
    return kept && job->session->lifecycle->family == FAMILY_NATIVE
               ? neighbours_read(job->session, sector->address, content, sector->size, false, error)
               : operation_read(job->session, NULL, sector->address, content, sector->size, error);
}

static bool look_at_sector(struct job *job, const struct image *image, unsigned index,
                           bool skip_blank, struct error *error)
{
    const struct plan_sector *sector = &job->plan->sectors[index];
    uint8_t *content = malloc(sector->size);
    if (content == NULL) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "%u bytes", sector->size);
    }
    bool good = read_sector(job, sector, content, error);
    const struct under under =
        good ? look_under(image, sector, content) : (struct under){false, false};
    job->same[index] = job->session->lifecycle->skips_same && under.same;
    if (good && ((skip_blank && under.blank) || job->same[index])) {
        job->erase[index] = false;
        job->report->sectors_skipped++;
    } else if (good && keeps(job) && job->keeping->neighbours) {
        good = wanted_keep(&job->wanted, sector->address, sector->size, content, error);
        job->report->kept_bytes = job->wanted.kept_bytes;
    }
    free(content);
    return good;
}

static bool prepare_sector(struct job *job, const struct image *image, unsigned index,
                           bool skip_blank, struct error *error)
{
    const struct plan_sector *sector = &job->plan->sectors[index];
    const bool covered = sector->covered == sector->size;
    bool blank = false;
    if (skip_blank &&
        !operation_is_blank(job->session, sector->address, sector->size, &blank, error)) {
        return false;
    }
    job->erase[index] = !blank;
    job->report->sectors_skipped += blank;
    if (blank || (!job->session->lifecycle->skips_same && (!job->keeping->neighbours || covered))) {
        return true;
    }
    return look_at_sector(job, image, index, skip_blank, error);
}

/* Those that are to be erased are asked once more, in a phase of its own. */
static bool check_blank(struct job *job, struct error *error)
{
    const struct plan *plan = job->plan;
    bool good = true;
    for (unsigned i = 0; good && i < plan->count; i++) {
        bool blank = false;
        if (job->erase[i]) {
            good = !session_cancelled(job->session, error) &&
                   operation_is_blank(job->session, plan->sectors[i].address, plan->sectors[i].size,
                                      &blank, error);
            job->erase[i] = !blank;
            job->report->sectors_skipped += blank;
        }
    }
    return session_end(job->session, error) && good;
}

/* Bytes of sectors that hold them already are not written again. */
static bool is_same(const struct job *job, uint32_t address, uint32_t *left)
{
    for (unsigned i = 0; i < job->plan->count; i++) {
        const struct plan_sector *sector = &job->plan->sectors[i];
        if (address - sector->address < sector->size) {
            *left = sector->size - (address - sector->address);
            return job->same[i];
        }
    }
    *left = 1;
    return false;
}

static bool add_work(struct job *job, const struct image_segment *segment, struct error *error)
{
    for (uint32_t done = 0; done < segment->size;) {
        uint32_t left = 0;
        const uint32_t rest = segment->size - done;
        const bool same = is_same(job, segment->address + done, &left);
        const uint32_t now = left < rest ? left : rest;
        if (!same && !image_add_bytes(&job->work, segment->source, segment->bytes + done, now,
                                      IMAGE_BIN, true, segment->address + done, error)) {
            return false;
        }
        done += now;
    }
    return true;
}

/* Cells of a torn erase or program may read FF and decay. No read tells them, and no record: it lies in
 * RAM, shows one call, and knows nothing of what others did to the flash. So blank sectors are erased
 * like all others, unless the caller answers for them; what the record says, before this session's
 * first call and after Init, can only forbid. */
static bool begin(struct job *job, bool *skip_blank, bool *warned, struct error *error)
{
    struct session *session = job->session;
    if (session->loader->format == FORMAT_ALGORITHM) {
        return true; /* each phase begins by itself; what is blank is this tool's own matter */
    }
    *warned = record_warns(session);
    if (!session_begin(session, OPERATION_ERASE, error)) {
        return false;
    }
    *warned = record_warns(session) || *warned;
    *skip_blank = job->keeping->skip_blank && !*warned && session->has_record;
    if (job->keeping->skip_blank && !*skip_blank) {
        session_note(session, "blank sectors are erased, too: %s",
                     session->has_record ? "the flight record tells of an erase or a program that "
                                           "did not end well"
                                         : "the loader leaves no flight record");
    }
    return true;
}

static bool look(struct job *job, const struct image *image, struct error *error)
{
    bool skip_blank = false, warned = false;
    if (!begin(job, &skip_blank, &warned, error)) {
        return false;
    }
    for (unsigned i = 0; i < job->plan->count; i++) {
        if (session_cancelled(job->session, error) ||
            !prepare_sector(job, image, i, skip_blank, error)) {
            return false;
        }
    }
    return !job->session->lifecycle->checks_blank || check_blank(job, error);
}

/* A tool that does not look first erases every touched sector. */
static bool prepare(struct job *job, const struct image *image, struct error *error)
{
    const bool looks = looks_first(job);
    const bool algorithm = job->session->loader->format == FORMAT_ALGORITHM;
    if (job->keeping->skip_blank && (!looks || algorithm)) {
        session_note(job->session, "%s erases %s", job->session->lifecycle->name,
                     looks ? "what it finds different, blank or not"
                           : "every touched sector, blank or not");
    }
    for (unsigned i = 0; i < job->plan->count; i++) {
        job->erase[i] = true;
    }
    if (looks && !look(job, image, error)) {
        return false;
    }
    for (unsigned i = 0; i < image->count; i++) {
        if (!add_work(job, &image->segments[i], error)) {
            return false;
        }
    }
    for (unsigned i = 0; i < job->wanted.kept.count; i++) {
        const struct image_segment *kept = &job->wanted.kept.segments[i];
        if (!image_add_bytes(&job->work, kept->source, kept->bytes, kept->size, IMAGE_BIN, true,
                             kept->address, error)) {
            return false;
        }
    }
    job->report->write_bytes = image_size(&job->work);
    return true;
}

/* What power or Ctrl-C may take from the flash now is in a file. */
static bool save_kept(struct job *job, struct error *error)
{
    return job->wanted.kept.count == 0 || job->keeping->folder == NULL ||
           kept_save(&job->wanted.kept, job->keeping->folder, job->session->board->name,
                     job->report->kept_path, error);
}

static bool erase(struct job *job, struct error *error)
{
    const struct plan *plan = job->plan;
    if (session_cancelled(job->session, error)) {
        return false;
    }
    job->erasing = true;
    for (unsigned i = 0; i < plan->count;) {
        if (!job->erase[i]) {
            i++;
            continue;
        }
        uint32_t start = plan->sectors[i].address, size = 0;
        for (; i < plan->count && job->erase[i] && plan->sectors[i].address == start + size; i++) {
            size += plan->sectors[i].size;
        }
        bool whole = job->session->lifecycle->family == FAMILY_NATIVE &&
                     size == job->session->loader->info.device_size;
        if (whole ? !operation_erase_all(job->session, error)
                  : !operation_erase(job->session, start, size, error)) {
            return false;
        }
        job->report->erased_bytes += size;
    }
    return true;
}

static bool update(struct job *job, const struct image *image, struct error *error)
{
    struct update update = {.session = job->session,
                            .image = image,
                            .plan = job->plan,
                            .keeping = job->keeping,
                            .report = job->report};
    const uint64_t start = now_ns(job);
    job->report->stage = "compare";
    bool good = begin(job, &update.skip_blank, &update.warned, error);
    job->report->compare_ns = now_ns(job) - start;
    good = good && update_run(&update, error);
    job->erasing = update.erasing;
    return good;
}

static bool run_stages(struct job *job, const struct image *image, struct error *error)
{
    struct program_report *report = job->report;
    uint64_t start = now_ns(job);
    bool good = prepare(job, image, error) && save_kept(job, error) && erase(job, error);
    report->erase_ns = now_ns(job) - start;
    if (!good) {
        return false;
    }
    start = now_ns(job);
    report->stage = "program";
    good = job->work.count == 0 ||
           operation_write(job->session, &job->work, &report->written_bytes, error);
    report->program_ns = now_ns(job) - start;
    if (!good) {
        return false;
    }
    start = now_ns(job);
    report->stage = "verify";
    report->proof_bytes = image_size(&job->work);
    good = job->work.count == 0 || operation_verify(job->session, &job->work, error);
    report->verify_ns = now_ns(job) - start;
    report->verified_bytes = good ? image_size(image) + report->kept_bytes : 0;
    return good;
}

static bool run(struct job *job, const struct image *image, struct error *error)
{
    const struct loader_file *loader = job->session->loader;
    const uint32_t base = loader->info.device_start_address;
    job->report->stage = "erase";
    if (!loader_file_needs(loader, LOADER_WRITE, error) ||
        !loader_file_needs(loader, LOADER_SECTOR_ERASE, error)) {
        return false;
    }
    if (digest_can(job->session->lifecycle, loader, job->session->board)) {
        return update(job, image, error);
    }
    return wanted_open(&job->wanted, image, base, 1, error) && run_stages(job, image, error);
}

bool program_run(struct session *session, const struct image *image, const struct plan *plan,
                 const struct program_keeping *keeping, struct program_report *report,
                 struct error *error)
{
    *report = (struct program_report){.stage = "erase", .write_bytes = plan->image_bytes};
    struct job job = {.session = session, .plan = plan, .keeping = keeping, .report = report};
    image_init(&job.work);
    job.erase = calloc(plan->count + 1u, sizeof *job.erase);
    job.same = calloc(plan->count + 1u, sizeof *job.same);
    bool good = job.erase != NULL && job.same != NULL
                    ? run(&job, image, error)
                    : error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "a list of sectors");
    if (good ? !keeping->file_stays : !job.erasing) {
        kept_discard(report->kept_path);
    }
    image_release(&job.work);
    wanted_close(&job.wanted);
    free(job.erase);
    free(job.same);
    return good;
}
