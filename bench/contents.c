/* SPDX-License-Identifier: MIT */
#include "contents.h"

#include <stdlib.h>
#include <string.h>

#define IMAGE_SEED   UINT64_C(0x20260101)
#define OTHER_SEED   UINT64_C(0x55AA)
#define PIECE        32u     /* bytes of firmware that are new, or stood somewhere before */
#define REACH        0x4000u /* how far before */
#define SPARSE_PAGES 16u     /* of which one is not FF */
#define PAGE         256u

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void fill_random(uint8_t *bytes, uint32_t size, uint64_t seed)
{
    for (uint32_t i = 0; i + 8 <= size; i += 8) {
        const uint64_t word = next_random(&seed);
        memcpy(bytes + i, &word, sizeof word);
    }
}

/* Half of all pieces stood within the last 16 KiB: LZ4 makes some 55 % of it, as of code for an M55. */
static void fill_firmware(uint8_t *bytes, uint32_t size, uint64_t seed)
{
    fill_random(bytes, size, seed);
    for (uint32_t at = REACH; at + PIECE <= size; at += PIECE) {
        const uint64_t random = next_random(&seed);
        if ((random & 1) != 0) {
            const uint32_t back = PIECE + (uint32_t)(random >> 8) % (REACH - PIECE);
            memcpy(bytes + at, bytes + at - back, PIECE);
        }
    }
}

static void leave_few_pages(uint8_t *bytes, uint32_t size)
{
    for (uint32_t at = 0; at < size; at += PAGE) {
        if (at / PAGE % SPARSE_PAGES != 0) {
            memset(bytes + at, 0xFF, PAGE);
        }
    }
}

/* One byte in the middle of the image that was 0 and shall not be. */
static void change_one(uint8_t *before, uint32_t image_size)
{
    uint32_t at = image_size / 2 + 0x123;
    while (before[at] == 0) {
        at++;
    }
    before[at] = 0;
}

bool contents_make(struct contents *contents, const struct cell *cell, uint32_t flash_size)
{
    const unsigned state = cell->at[BY_STATE];
    const bool random = state == STATE_RANDOM;
    const uint32_t size = cell_image_size(cell, flash_size);
    *contents = (struct contents){.flash_size = flash_size, .image_size = size};
    contents->before = malloc(flash_size);
    contents->after = malloc(flash_size);
    if (contents->before == NULL || contents->after == NULL) {
        return false;
    }
    if (state == STATE_BLANK || state == STATE_NEW) {
        memset(contents->before, 0xFF, flash_size);
    } else {
        (random ? fill_random : fill_firmware)(contents->before, flash_size, OTHER_SEED);
    }
    memcpy(contents->after, contents->before, flash_size);
    (random ? fill_random : fill_firmware)(contents->after, size, IMAGE_SEED);
    if (state == STATE_SPARSE) {
        leave_few_pages(contents->after, size);
    } else if (state == STATE_CHANGED || state == STATE_UNCHANGED) {
        memcpy(contents->before, contents->after, size);
    }
    if (state == STATE_CHANGED) {
        change_one(contents->before, size);
    }
    return true;
}

void contents_release(struct contents *contents)
{
    free(contents->before);
    free(contents->after);
    *contents = (struct contents){0};
}
