/* SPDX-License-Identifier: MIT */
#include "host/program.h"

#include "host/operation.h"

#include <stdlib.h>
#include <string.h>

struct job {
    struct session *session;
    const struct plan *plan;
    struct image work; /* the images and the neighbours that are kept */
    struct image kept; /* those neighbours alone */
    bool *erase;       /* one per sector of the plan */
    bool erasing;      /* the first sector may be gone */
    const struct program_keeping *keeping;
    struct program_report *report;
};

static uint64_t now_ns(const struct job *job)
{
    return job->session->target->ops->now_ns(job->session->target->context);
}

/* The record says that the flash was found in the middle of something, or that the last call was to
 * change it and has not returned, or not with success. */
static bool record_warns(struct session *session)
{
    session_read_record(session);
    const struct record *record = &session->record;
    const bool changes = record->function == FUNCTION_WRITE ||
                         record->function == FUNCTION_SECTOR_ERASE ||
                         record->function == FUNCTION_MASS_ERASE;
    return session->has_record &&
           ((record->found & FOUND_MID_OPERATION) != 0 ||
            (changes && (record->phase != PHASE_RETURNED || record->result != 1)));
}

static bool is_blank(const uint8_t *bytes, uint32_t size)
{
    while (size > 0 && *bytes++ == 0xFF) {
        size--;
    }
    return size == 0;
}

/* Adds those bytes of `sector` that no image gives to the work image, in runs. */
static bool keep_neighbours(struct job *job, const struct image *image,
                            const struct plan_sector *sector, const uint8_t *content,
                            struct error *error)
{
    uint32_t at = sector->address, end = sector->address + (sector->size - 1);
    for (unsigned i = 0; i <= image->count && at <= end; i++) {
        uint32_t next = end + 1, after = end + 1;
        if (i < image->count) {
            const struct image_segment *segment = &image->segments[i];
            if (segment->address + (segment->size - 1) < at) {
                continue;
            }
            next = segment->address < at ? at : segment->address;
            after = segment->address + segment->size;
        }
        if (next > end + 1) {
            next = end + 1;
        }
        const uint8_t *bytes = content + (at - sector->address);
        if (next > at && !is_blank(bytes, next - at)) { /* the erase leaves FF */
            if (!image_add_bytes(&job->work, "(kept)", bytes, next - at, IMAGE_BIN, true, at,
                                 error) ||
                !image_add_bytes(&job->kept, "(kept)", bytes, next - at, IMAGE_BIN, true, at,
                                 error)) {
                return false;
            }
            job->report->kept_bytes += next - at;
        }
        at = after;
    }
    return true;
}

/* True if the image's bytes of `sector` fall on erased cells only. */
static bool falls_on_blank(const struct image *image, const struct plan_sector *sector,
                           const uint8_t *content)
{
    for (unsigned i = 0; i < image->count; i++) {
        const struct image_segment *segment = &image->segments[i];
        for (uint32_t at = 0; at < sector->size; at++) {
            uint32_t offset = sector->address + at - segment->address;
            if (offset < segment->size && content[at] != 0xFF) {
                return false;
            }
        }
    }
    return true;
}

static bool prepare_sector(struct job *job, const struct image *image, unsigned index,
                           bool skip_blank, struct error *error)
{
    const struct plan_sector *sector = &job->plan->sectors[index];
    bool blank = false;
    if (skip_blank &&
        !operation_is_blank(job->session, sector->address, sector->size, &blank, error)) {
        return false;
    }
    job->erase[index] = !blank;
    job->report->sectors_skipped += blank;
    if (blank || !job->keeping->neighbours || sector->covered == sector->size) {
        return true;
    }
    uint8_t *content = malloc(sector->size);
    if (content == NULL) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "%u bytes", sector->size);
    }
    bool good = operation_read(job->session, NULL, sector->address, content, sector->size, error);
    if (good && skip_blank && falls_on_blank(image, sector, content)) {
        job->erase[index] = false;
        job->report->sectors_skipped++;
    } else if (good) {
        good = keep_neighbours(job, image, sector, content, error);
    }
    free(content);
    return good;
}

/* Cells of a torn erase or program may read FF and decay. No read tells them, and no record: it lies in
 * RAM, shows one call, and knows nothing of what others did to the flash. So blank sectors are erased
 * like all others, unless the caller answers for them; what the record says, before this session's
 * first call and after Init, can only forbid. */
static bool begin(struct job *job, bool *skip_blank, struct error *error)
{
    struct session *session = job->session;
    *skip_blank = job->keeping->skip_blank && !record_warns(session);
    if (!session_begin(session, OPERATION_ERASE, error)) {
        return false;
    }
    *skip_blank = *skip_blank && !record_warns(session) && session->has_record;
    if (job->keeping->skip_blank && !*skip_blank) {
        session_note(session, "blank sectors are erased, too: %s",
                     session->has_record ? "the flight record tells of an erase or a program that "
                                           "did not end well"
                                         : "the loader leaves no flight record");
    }
    return true;
}

/* What a tool that does not look first does: every touched sector goes. */
static bool prepare(struct job *job, const struct image *image, struct error *error)
{
    const struct lifecycle *lifecycle = job->session->lifecycle;
    for (unsigned i = 0; i < image->count; i++) {
        const struct image_segment *segment = &image->segments[i];
        if (!image_add_bytes(&job->work, segment->source, segment->bytes, segment->size, IMAGE_BIN,
                             true, segment->address, error)) {
            return false;
        }
    }
    if (!lifecycle->keeps_neighbours) {
        if (job->keeping->skip_blank) {
            session_note(job->session, "%s erases every touched sector, blank or not",
                         lifecycle->name);
        }
        for (unsigned i = 0; i < job->plan->count; i++) {
            job->erase[i] = true;
        }
        return true;
    }
    bool skip_blank = false;
    if (!begin(job, &skip_blank, error)) {
        return false;
    }
    for (unsigned i = 0; i < job->plan->count; i++) {
        if (session_cancelled(job->session, error) ||
            !prepare_sector(job, image, i, skip_blank, error)) {
            return false;
        }
    }
    return true;
}

/* What power or Ctrl-C may take from the flash now is in a file. */
static bool save_kept(struct job *job, struct error *error)
{
    return job->kept.count == 0 || job->keeping->folder == NULL ||
           kept_save(&job->kept, job->keeping->folder, job->session->board->name,
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
        bool whole = job->session->lifecycle->keeps_neighbours &&
                     size == job->session->loader->info.device_size;
        if (whole ? !operation_erase_all(job->session, error)
                  : !operation_erase(job->session, start, size, error)) {
            return false;
        }
        job->report->erased_bytes += size;
    }
    return true;
}

static bool run_stages(struct job *job, const struct image *image, struct error *error)
{
    struct program_report *report = job->report;
    uint64_t start = now_ns(job);
    report->stage = "erase";
    if (!loader_file_needs(job->session->loader, LOADER_WRITE, error) ||
        !loader_file_needs(job->session->loader, LOADER_SECTOR_ERASE, error)) {
        return false;
    }
    bool good = prepare(job, image, error) && save_kept(job, error) && erase(job, error);
    report->erase_ns = now_ns(job) - start;
    if (!good) {
        return false;
    }
    start = now_ns(job);
    report->stage = "program";
    good = operation_write(job->session, &job->work, &report->written_bytes, error);
    report->program_ns = now_ns(job) - start;
    if (!good) {
        return false;
    }
    start = now_ns(job);
    report->stage = "verify";
    good = operation_verify(job->session, &job->work, error);
    report->verify_ns = now_ns(job) - start;
    return good;
}

bool program_run(struct session *session, const struct image *image, const struct plan *plan,
                 const struct program_keeping *keeping, struct program_report *report,
                 struct error *error)
{
    *report = (struct program_report){.stage = "erase"};
    struct job job = {.session = session, .plan = plan, .keeping = keeping, .report = report};
    image_init(&job.work);
    image_init(&job.kept);
    job.erase = calloc(plan->count + 1u, sizeof *job.erase);
    bool good = job.erase != NULL
                    ? run_stages(&job, image, error)
                    : error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "a list of sectors");
    if (good ? !keeping->file_stays : !job.erasing) {
        kept_discard(report->kept_path);
    }
    image_release(&job.work);
    image_release(&job.kept);
    free(job.erase);
    return good;
}
