/* SPDX-License-Identifier: MIT */
#include "host/change.h"

#include "host/operation.h"

#include <stdlib.h>
#include <string.h>

#define ERASE_MOST UINT32_C(0x80000) /* between two looks at Ctrl-C */
#define LOOK       UINT32_C(256)     /* at the first unit that was erased of each block */
#define GAP_LEAST  UINT32_C(1024) /* of FF between two runs of pages, else they are one [choice] */

/* --- erase --- */

static uint64_t program_ns(const struct change *change, const struct plan_sector *unit)
{
    const struct board *board = change->session->board;
    const uint32_t page = board->part.page_size;
    uint64_t pages = 0;
    for (uint32_t at = 0; at < unit->size; at += page) {
        pages += !wanted_is_blank(change->wanted, unit->address + at, page);
    }
    return pages * plan_page_ns(board);
}

bool change_choose(struct change *change, struct error *error)
{
    const struct plan *plan = change->plan;
    struct cover_unit *units = calloc(plan->count + 1u, sizeof *units);
    if (units == NULL) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "a list of %u units", plan->count);
    }
    for (unsigned i = 0; i < plan->count; i++) {
        const uint64_t ns = program_ns(change, &plan->sectors[i]);
        units[i] = (struct cover_unit){
            .offset = plan->sectors[i].address - change->wanted->base,
            .erase = change->fates[i] == FATE_ERASED,
            .program_ns = ns,
            .unerased_ns = change->fates[i] == FATE_WRITTEN ? ns : 0,
        };
    }
    const uint32_t largest = cover_largest(&change->chip);
    const uint32_t most = largest > ERASE_MOST ? largest : ERASE_MOST;
    const bool good = cover_make(&change->cover, &change->chip, units, plan->count, most, error);
    for (unsigned i = 0; good && i < plan->count; i++) {
        change->fates[i] = units[i].erased ? FATE_ERASED : change->fates[i];
    }
    free(units);
    return good;
}

void change_release(struct change *change)
{
    cover_release(&change->cover);
}

static bool erase_range(struct change *change, const struct cover_range *range, struct error *error)
{
    struct session *session = change->session;
    const uint32_t address = change->wanted->base + range->offset;
    const uint32_t arguments[4] = {address, address + (range->size - 1), 0, 0};
    const uint32_t none[4] = {0, 0, 0, 0};
    return change->cover.whole ? session_call_checked(session, LOADER_OWN_MASS_ERASE, none,
                                                      operation_mass_erase_patience(session), error)
                               : session_call_checked(session, LOADER_OWN_SECTOR_ERASE, arguments,
                                                      session->lifecycle->erase_timeout_ms, error);
}

static bool refuse_erase(uint32_t address, struct error *error)
{
    error_set(error, ERROR_VERIFY_MISMATCH, NULL, 0, 0,
              "0x%08x was erased, the flash told of no error, and it is not blank", address);
    return error_hint(error, "blocks that are locked one by one, or WP#; see extload selftest");
}

/* The loader has read nothing back. A flash that refuses without a word shows it here, before anything is
 * programmed; that all of it is erased, the proof in the end tells. */
static bool look_at_erased(struct change *change, struct error *error)
{
    const struct plan *plan = change->plan;
    struct digest_range *ranges = calloc(plan->count + 1u, sizeof *ranges);
    struct digest *answers = calloc(plan->count + 1u, sizeof *answers);
    unsigned count = 0;
    for (unsigned i = 0; ranges != NULL && i < plan->count;) {
        const struct unit_span span =
            unit_span_at(plan, change->wanted->base, cover_largest(&change->chip), i);
        const unsigned end = i + span.count;
        while (i < end && change->fates[i] != FATE_ERASED) {
            i++;
        }
        if (i < end) {
            ranges[count++] = (struct digest_range){plan->sectors[i].address, LOOK};
        }
        i = end;
    }
    bool good = ranges != NULL && answers != NULL
                    ? digest_ask(change->session, NULL, ranges, count, answers, error)
                    : error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "a list of units");
    for (unsigned i = 0; good && i < count; i++) {
        good = digest_equal(answers[i],
                            digest_of_blank(ranges[i].address - change->wanted->base, LOOK)) ||
               refuse_erase(ranges[i].address, error);
    }
    free(ranges);
    free(answers);
    return good;
}

bool change_erase(struct change *change, uint64_t *erased, struct error *error)
{
    const struct cover *cover = &change->cover;
    uint64_t total = 0;
    *erased = 0;
    for (unsigned i = 0; i < cover->count; i++) {
        total += cover->ranges[i].size;
    }
    for (unsigned i = 0; i < cover->count; i++) {
        if (session_cancelled(change->session, error) ||
            !erase_range(change, &cover->ranges[i], error)) {
            return false;
        }
        *erased += cover->ranges[i].size;
        session_progress(change->session, "erase", *erased, total);
    }
    return look_at_erased(change, error);
}

/* --- program --- */

/* Owns the bytes. */
static bool add_segment(struct image *image, uint32_t address, const uint8_t *bytes, uint32_t size,
                        struct error *error)
{
    uint8_t *copy = malloc(size);
    struct image_segment *grown =
        realloc(image->segments, (image->count + 1u) * sizeof *image->segments);
    image->segments = grown != NULL ? grown : image->segments;
    if (copy == NULL || grown == NULL) {
        free(copy);
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "%u bytes to program", size);
    }
    memcpy(copy, bytes, size);
    image->segments[image->count++] = (struct image_segment){address, size, copy, "(pages)"};
    return true;
}

/* Bytes of FF from the start on, whole pages. */
static uint32_t blank_pages(const uint8_t *bytes, uint32_t size, uint32_t page)
{
    uint32_t at = 0;
    while (at < size && bytes_are_blank(bytes + at, page)) {
        at += page;
    }
    return at;
}

/* Runs of pages that are not FF; what lies between them stays as erased. */
static bool add_pages(struct image *pages, uint32_t address, const uint8_t *bytes, uint32_t size,
                      uint32_t page, struct error *error)
{
    uint32_t at = blank_pages(bytes, size, page);
    while (at < size) {
        uint32_t end = at, gap = 0;
        while (end < size && (gap = blank_pages(bytes + end, size - end, page)) < GAP_LEAST &&
               end + gap < size) {
            end += gap + page;
        }
        if (!add_segment(pages, address + at, bytes + at, end - at, error)) {
            return false;
        }
        at = end + gap;
    }
    return true;
}

/* Units side by side that are programmed, from `first` on; 0 if that one is not. */
static unsigned count_run(const struct change *change, unsigned first, uint32_t *size)
{
    const struct plan_sector *units = change->plan->sectors;
    unsigned i = first;
    *size = 0;
    for (; i < change->plan->count && change->fates[i] != FATE_LEFT &&
           units[i].address == units[first].address + *size;
         i++) {
        *size += units[i].size;
    }
    return i - first;
}

static bool add_run(const struct change *change, struct image *pages, uint32_t address,
                    uint32_t size, bool whole, struct error *error)
{
    uint8_t *bytes = malloc(size);
    if (bytes == NULL) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "%u bytes to program", size);
    }
    wanted_bytes(change->wanted, address, size, bytes);
    const bool good = whole ? add_segment(pages, address, bytes, size, error)
                            : add_pages(pages, address, bytes, size,
                                        change->session->board->part.page_size, error);
    free(bytes);
    return good;
}

static bool take_pages(const struct change *change, struct image *pages, struct error *error)
{
    for (unsigned i = 0; i < change->plan->count;) {
        uint32_t size = 0;
        const unsigned count = count_run(change, i, &size);
        if (count > 0 &&
            !add_run(change, pages, change->plan->sectors[i].address, size, false, error)) {
            return false;
        }
        i += count > 0 ? count : 1;
    }
    return true;
}

bool change_program(struct change *change, uint64_t *total, uint64_t *written, struct error *error)
{
    struct image pages;
    image_init(&pages);
    bool good = take_pages(change, &pages, error);
    *total = image_size(&pages);
    *written = 0;
    if (good && pages.count > 0) {
        good = !session_cancelled(change->session, error) &&
               operation_write(change->session, &pages, written, error);
    }
    image_release(&pages);
    return good;
}

/* --- prove --- */

static bool fetch_and_compare(struct change *change, uint32_t address, uint32_t size,
                              struct error *error)
{
    struct image image;
    image_init(&image);
    const bool good = add_run(change, &image, address, size, true, error) &&
                      operation_verify(change->session, &image, error);
    image_release(&image);
    return good;
}

static bool prove_by_bytes(struct change *change, uint64_t *bytes, struct error *error)
{
    struct image image;
    bool good = true;
    image_init(&image);
    for (unsigned i = 0; good && i < change->plan->count;) {
        uint32_t start = 0, size = 0, covered = 0;
        i += plan_run(change->plan, i, &start, &size, &covered);
        good = add_run(change, &image, start, size, true, error);
    }
    *bytes = image_size(&image);
    good = good && operation_verify(change->session, &image, error);
    image_release(&image);
    return good;
}

static bool is_changed(const struct change *change, const struct unit_span *span)
{
    for (unsigned i = span->first; i < span->first + span->count; i++) {
        if (change->fates[i] != FATE_LEFT) {
            return true;
        }
    }
    return false;
}

/* The bytes of a block whose digest is wrong tell where. If they are right, something reads differently
 * from time to time, and that is no proof. */
static bool refuse_span(struct change *change, const struct unit_span *span, struct error *error)
{
    if (!fetch_and_compare(change, span->address, span->size, error)) {
        return false;
    }
    error_set(error, ERROR_VERIFY_MISMATCH, NULL, 0, 0,
              "the digest of 0x%08x+0x%x is wrong, and its bytes read right after that",
              span->address, span->size);
    return error_hint(error, "try again with --verify full: the flash, its wires or the loader's "
                             "digest cannot be relied on");
}

static bool prove_by_digests(struct change *change, uint64_t *bytes, struct error *error)
{
    struct unit_span *spans = calloc(change->plan->count + 1u, sizeof *spans);
    unsigned count = 0, wrong = 0;
    if (spans == NULL) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "a list of blocks");
    }
    for (unsigned i = 0; i < change->plan->count;) {
        const struct unit_span span =
            unit_span_at(change->plan, change->wanted->base, cover_largest(&change->chip), i);
        if (is_changed(change, &span)) {
            spans[count++] = span;
            *bytes += span.size;
        }
        i += span.count;
    }
    bool good = compare_spans(change->session, change->wanted, spans, count, &wrong, error);
    if (good && wrong < count) {
        good = refuse_span(change, &spans[wrong], error);
    }
    free(spans);
    return good;
}

bool change_prove(struct change *change, bool full, uint64_t *bytes, struct error *error)
{
    *bytes = 0;
    return full ? prove_by_bytes(change, bytes, error) : prove_by_digests(change, bytes, error);
}
