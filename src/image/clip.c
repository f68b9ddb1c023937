/* SPDX-License-Identifier: MIT */
#include "image/pieces.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct window {
    uint32_t base;
    uint64_t end;
};

static uint64_t segment_end(const struct image_segment *segment)
{
    return (uint64_t)segment->address + segment->size;
}

static bool is_inside(const struct window *window, uint64_t address, uint32_t size)
{
    return address >= window->base && address + size <= window->end;
}

static bool is_outside(const struct window *window, const struct image_segment *segment)
{
    return segment_end(segment) <= window->base || segment->address >= window->end;
}

/* The address with the hexadecimal digit at `from` (0 = leftmost) moved to `to`. */
static uint32_t move_digit(uint32_t address, unsigned from, unsigned to)
{
    uint8_t digits[8];
    for (unsigned i = 0; i < 8; i++) {
        digits[i] = (uint8_t)(address >> (28 - 4 * i) & 15u);
    }
    const uint8_t moved = digits[from];
    if (from < to) {
        memmove(digits + from, digits + from + 1, to - from);
    } else {
        memmove(digits + to + 1, digits + to, from - to);
    }
    digits[to] = moved;
    uint32_t result = 0;
    for (unsigned i = 0; i < 8; i++) {
        result = result << 4 | digits[i];
    }
    return result;
}

/* Further than two places nobody's finger slips, and any address would fit some window. */
static bool find_slip(const struct window *window, const struct image_segment *segment,
                      uint32_t *meant)
{
    for (unsigned distance = 1; distance <= 2; distance++) {
        for (unsigned left = 0; left + distance < 8; left++) {
            *meant = move_digit(segment->address, left + distance, left);
            if (is_inside(window, *meant, segment->size)) {
                return true;
            }
            *meant = move_digit(segment->address, left, left + distance);
            if (is_inside(window, *meant, segment->size)) {
                return true;
            }
        }
    }
    return false;
}

/* A slip is looked for only where no byte lies inside. */
static bool report_outside(const struct image *image, const struct window *window, bool only_window,
                           struct error *error)
{
    const struct image_segment *first = NULL;
    unsigned more = 0;
    for (unsigned i = 0; i < image->count; i++) {
        const struct image_segment *segment = &image->segments[i];
        if (is_inside(window, segment->address, segment->size)) {
            continue;
        }
        more += first != NULL;
        first = first == NULL ? segment : first;
    }
    char others[48] = "";
    if (more != 0) {
        snprintf(others, sizeof others, " (and %u more range%s)", more, more == 1 ? "" : "s");
    }
    error_set(error, ERROR_IMAGE_OUTSIDE, first->source, 0, 0,
              "0x%08X to 0x%08X%s; the window is 0x%08X to 0x%08X", first->address,
              (uint32_t)(segment_end(first) - 1), others, window->base,
              (uint32_t)(window->end - 1));
    uint32_t meant = 0;
    if (is_outside(window, first) && find_slip(window, first, &meant)) {
        error_hint(error, "a digit of 0x%08X may be in the wrong place: 0x%08X lies inside",
                   first->address, meant);
    }
    if (only_window) {
        error_hint(error, "no byte lies inside the window; check the image's addresses");
    }
    return false;
}

/* Makes two segments of the one that `address` lies in the middle of. */
static bool split_at(struct image *image, uint64_t address)
{
    unsigned index = 0;
    while (index < image->count && segment_end(&image->segments[index]) <= address) {
        index++;
    }
    if (index == image->count || image->segments[index].address >= address) {
        return true;
    }
    struct image_segment *grown =
        realloc(image->segments, (image->count + 1u) * sizeof *image->segments);
    if (grown == NULL) {
        return false;
    }
    image->segments = grown;
    struct image_segment *lower = &grown[index];
    const uint32_t lower_size = (uint32_t)(address - lower->address);
    const uint32_t upper_size = lower->size - lower_size;
    uint8_t *upper = malloc(upper_size);
    if (upper == NULL) {
        return false;
    }
    memcpy(upper, lower->bytes + lower_size, upper_size);
    memmove(lower + 2, lower + 1, (image->count - index - 1u) * sizeof *lower);
    lower->size = lower_size;
    lower[1] = (struct image_segment){(uint32_t)address, upper_size, upper, lower->source};
    image->count++;
    return true;
}

static const char *source_in(struct image *image, const char *name)
{
    for (unsigned i = 0; i < image->source_count; i++) {
        if (strcmp(image->sources[i], name) == 0) {
            return image->sources[i];
        }
    }
    return image_keep_source(image, name);
}

/* Makes room in `outside` for every segment that leaves, and copies the names of their files. */
static bool prepare_outside(const struct image *image, const struct window *window,
                            struct image *outside)
{
    for (unsigned i = 0; i < image->count; i++) {
        if (is_outside(window, &image->segments[i]) &&
            source_in(outside, image->segments[i].source) == NULL) {
            return false;
        }
    }
    outside->segments = calloc(image->count, sizeof *outside->segments);
    return outside->segments != NULL;
}

static void move_outside(struct image *image, const struct window *window, struct image *outside)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < image->count; i++) {
        struct image_segment segment = image->segments[i];
        if (!is_outside(window, &segment)) {
            image->segments[kept++] = segment;
        } else if (outside == NULL) {
            free(segment.bytes);
        } else {
            segment.source = source_in(outside, segment.source);
            outside->segments[outside->count++] = segment;
        }
    }
    image->count = kept;
}

bool image_clip(struct image *image, uint32_t base, uint32_t size, bool only_window,
                struct image *outside, struct error *error)
{
    const struct window window = {base, (uint64_t)base + size};
    unsigned whole = 0;
    unsigned touched = 0;
    for (unsigned i = 0; i < image->count; i++) {
        whole += is_inside(&window, image->segments[i].address, image->segments[i].size);
        touched += !is_outside(&window, &image->segments[i]);
    }
    if (whole == image->count) {
        return true;
    }
    if (!only_window || touched == 0) {
        return report_outside(image, &window, only_window, error);
    }
    if (!split_at(image, window.base) || !split_at(image, window.end) ||
        (outside != NULL && !prepare_outside(image, &window, outside))) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "splitting an image");
    }
    move_outside(image, &window, outside);
    return true;
}
