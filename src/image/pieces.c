/* SPDX-License-Identifier: MIT */
#include "image/pieces.h"

#include <stdlib.h>
#include <string.h>

bool pieces_add(struct pieces *pieces, const struct piece *piece)
{
    if (pieces->count == pieces->capacity) {
        const size_t capacity = pieces->capacity == 0 ? 16 : pieces->capacity * 2;
        struct piece *grown = realloc(pieces->items, capacity * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        pieces->items = grown;
        pieces->capacity = capacity;
    }
    pieces->items[pieces->count++] = *piece;
    return true;
}

void pieces_release(struct pieces *pieces)
{
    free(pieces->items);
    free(pieces->storage);
    *pieces = (struct pieces){0};
}

static int by_address(const void *left, const void *right)
{
    const struct piece *a = left;
    const struct piece *b = right;
    if (a->address != b->address) {
        return a->address < b->address ? -1 : 1;
    }
    return (a->place > b->place) - (a->place < b->place);
}

static uint64_t piece_end(const struct piece *piece)
{
    return (uint64_t)piece->address + piece->size;
}

static bool report_overlap(const char *source, enum image_format format, const struct piece *one,
                           const struct piece *other, struct error *error)
{
    const struct piece *first = one->place <= other->place ? one : other;
    const struct piece *second = first == one ? other : one;
    const uint32_t from = one->address > other->address ? one->address : other->address;
    const uint64_t end = piece_end(one) < piece_end(other) ? piece_end(one) : piece_end(other);
    const uint32_t last = (uint32_t)(end - 1);
    if (format == IMAGE_HEX || format == IMAGE_SREC) {
        error_set(error, ERROR_IMAGE_OVERLAP, source, (int)second->place, 0,
                  "0x%08X to 0x%08X was already given in line %u", from, last, first->place);
    } else {
        error_set(error, ERROR_IMAGE_OVERLAP, source, 0, 0,
                  "program headers %u and %u both load 0x%08X to 0x%08X", first->place,
                  second->place, from, last);
    }
    return error_hint(error, "the file gives these bytes twice; make it again");
}

static unsigned later_place(const struct piece *one, const struct piece *other)
{
    return one->place > other->place ? one->place : other->place;
}

/* Among sorted pieces every overlap shows against the piece that reaches furthest so far; the one
 * that a reader of the file meets first is reported. */
static bool check_apart(const struct pieces *pieces, const char *source, enum image_format format,
                        struct error *error)
{
    const struct piece *furthest = &pieces->items[0];
    const struct piece *pair[2] = {NULL, NULL};
    for (size_t i = 1; i < pieces->count; i++) {
        const struct piece *piece = &pieces->items[i];
        if (piece->address < piece_end(furthest) &&
            (pair[0] == NULL || later_place(furthest, piece) < later_place(pair[0], pair[1]))) {
            pair[0] = furthest;
            pair[1] = piece;
        }
        if (piece_end(piece) > piece_end(furthest)) {
            furthest = piece;
        }
    }
    return pair[0] == NULL || report_overlap(source, format, pair[0], pair[1], error);
}

/* Number of pieces from `first` on that adjoin and fit one segment; their bytes in *size. */
static size_t run_length(const struct pieces *pieces, size_t first, uint32_t *size)
{
    uint64_t total = pieces->items[first].size;
    size_t next = first + 1;
    while (next < pieces->count &&
           pieces->items[next].address == piece_end(&pieces->items[next - 1]) &&
           total + pieces->items[next].size <= UINT32_MAX) {
        total += pieces->items[next++].size;
    }
    *size = (uint32_t)total;
    return next - first;
}

static unsigned count_runs(const struct pieces *pieces)
{
    unsigned runs = 0;
    uint32_t size = 0;
    for (size_t i = 0; i < pieces->count; i += run_length(pieces, i, &size)) {
        runs++;
    }
    return runs;
}

/* Makes segments of the sorted pieces, without a source yet. */
static bool make_segments(const struct pieces *pieces, struct image *fresh)
{
    fresh->segments = calloc(count_runs(pieces), sizeof *fresh->segments);
    if (fresh->segments == NULL) {
        return false;
    }
    for (size_t i = 0; i < pieces->count;) {
        struct image_segment *segment = &fresh->segments[fresh->count];
        const size_t length = run_length(pieces, i, &segment->size);
        segment->address = pieces->items[i].address;
        segment->bytes = malloc(segment->size);
        if (segment->bytes == NULL) {
            return false;
        }
        fresh->count++;
        uint8_t *at = segment->bytes;
        for (size_t end = i + length; i < end; i++) {
            memcpy(at, pieces->items[i].bytes, pieces->items[i].size);
            at += pieces->items[i].size;
        }
    }
    return true;
}

static uint64_t segment_end(const struct image_segment *segment)
{
    return (uint64_t)segment->address + segment->size;
}

static bool check_against(const struct image *image, const struct image *fresh, const char *source,
                          struct error *error)
{
    unsigned i = 0;
    unsigned j = 0;
    while (i < image->count && j < fresh->count) {
        const struct image_segment *old = &image->segments[i];
        const struct image_segment *new = &fresh->segments[j];
        if (segment_end(old) <= new->address) {
            i++;
        } else if (segment_end(new) <= old->address) {
            j++;
        } else {
            const uint64_t end =
                segment_end(old) < segment_end(new) ? segment_end(old) : segment_end(new);
            return error_set(error, ERROR_IMAGE_OVERLAP, source, 0, 0,
                             "0x%08X to 0x%08X also comes from %s",
                             old->address > new->address ? old->address : new->address,
                             (uint32_t)(end - 1), old->source);
        }
    }
    return true;
}

const char *image_keep_source(struct image *image, const char *name)
{
    char **grown = realloc(image->sources, (image->source_count + 1u) * sizeof *grown);
    if (grown == NULL) {
        return NULL;
    }
    image->sources = grown;
    const size_t size = strlen(name) + 1;
    char *copy = malloc(size);
    if (copy == NULL) {
        return NULL;
    }
    memcpy(copy, name, size);
    grown[image->source_count++] = copy;
    return copy;
}

/* Moves the segments of `fresh` into `image`, both sorted and apart. */
static bool merge_segments(struct image *image, struct image *fresh, const char *source)
{
    const unsigned total = image->count + fresh->count;
    struct image_segment *merged = calloc(total, sizeof *merged);
    const char *kept = merged == NULL ? NULL : image_keep_source(image, source);
    if (kept == NULL) {
        free(merged);
        return false;
    }
    unsigned i = 0;
    unsigned j = 0;
    while (i + j < total) {
        const bool take_old =
            j == fresh->count ||
            (i < image->count && image->segments[i].address < fresh->segments[j].address);
        const unsigned to = i + j;
        if (take_old) {
            merged[to] = image->segments[i++];
        } else {
            merged[to] = fresh->segments[j++];
            merged[to].source = kept;
        }
    }
    free(image->segments);
    image->segments = merged;
    image->count = total;
    fresh->count = 0;
    return true;
}

bool pieces_join(struct pieces *pieces, struct image *image, const char *source,
                 enum image_format format, struct error *error)
{
    if (pieces->count == 0) {
        return error_set(error, ERROR_IMAGE_EMPTY, source, 0, 0, "%s", "");
    }
    qsort(pieces->items, pieces->count, sizeof *pieces->items, by_address);
    if (!check_apart(pieces, source, format, error)) {
        return false;
    }
    struct image fresh;
    image_init(&fresh);
    bool good = make_segments(pieces, &fresh);
    if (!good) {
        error_set(error, ERROR_NO_MEMORY, source, 0, 0, "reading an image");
    } else {
        good = check_against(image, &fresh, source, error);
        if (good && !merge_segments(image, &fresh, source)) {
            good = error_set(error, ERROR_NO_MEMORY, source, 0, 0, "adding to an image");
        }
    }
    image_release(&fresh);
    return good;
}
