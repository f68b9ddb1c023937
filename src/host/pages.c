/* SPDX-License-Identifier: MIT */
#include "host/pages.h"

#include <stdlib.h>
#include <string.h>

void pages_around(const struct storage_info *info, uint32_t address, uint32_t size, uint32_t *start,
                  uint32_t *length)
{
    uint64_t page = info->page_size > 0 ? info->page_size : 1;
    uint64_t offset = address - info->device_start_address;
    uint64_t first = offset / page * page;
    uint64_t last = (offset + size + page - 1) / page * page;
    last = last < info->device_size ? last : info->device_size;
    *start = info->device_start_address + (uint32_t)first;
    *length = (uint32_t)(last - first);
}

/* The segments from `first` on whose pages touch, as one. Returns how many those are, 0 if that
 * failed. */
static unsigned add_run(struct image *pages, const struct image *image, unsigned first,
                        const struct storage_info *info, struct error *error)
{
    uint32_t start = 0, length = 0;
    unsigned count = 1;
    pages_around(info, image->segments[first].address, image->segments[first].size, &start,
                 &length);
    for (; first + count < image->count; count++) {
        uint32_t next = 0, next_length = 0;
        const struct image_segment *segment = &image->segments[first + count];
        pages_around(info, segment->address, segment->size, &next, &next_length);
        if (next - start > length) {
            break;
        }
        length = next - start + next_length;
    }
    uint8_t *bytes = malloc(length);
    if (bytes == NULL) {
        error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "%u bytes", length);
        return 0;
    }
    memset(bytes, info->erase_value, length);
    for (unsigned i = first; i < first + count; i++) {
        const struct image_segment *segment = &image->segments[i];
        memcpy(bytes + (segment->address - start), segment->bytes, segment->size);
    }
    bool good = image_add_bytes(pages, image->segments[first].source, bytes, length, IMAGE_BIN,
                                true, start, error);
    free(bytes);
    return good ? count : 0;
}

bool pages_fill(struct image *pages, const struct image *image, const struct storage_info *info,
                struct error *error)
{
    for (unsigned i = 0; i < image->count;) {
        unsigned count = add_run(pages, image, i, info, error);
        if (count == 0) {
            return false;
        }
        i += count;
    }
    return true;
}
