/* SPDX-License-Identifier: MIT */
#include "host/wanted.h"

#include <stdlib.h>
#include <string.h>

bool bytes_are_blank(const uint8_t *bytes, size_t size)
{
    return size == 0 || (bytes[0] == 0xFF && memcmp(bytes, bytes + 1, size - 1) == 0);
}

bool wanted_open(struct wanted *wanted, const struct image *image, uint32_t base, uint32_t most,
                 struct error *error)
{
    *wanted = (struct wanted){
        .image = image, .base = base, .scratch = malloc(most), .scratch_size = most};
    image_init(&wanted->kept);
    return wanted->scratch != NULL ||
           error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "%u bytes", most);
}

void wanted_close(struct wanted *wanted)
{
    image_release(&wanted->kept);
    free(wanted->scratch);
    wanted->scratch = NULL;
}

/* The first segment that ends behind `address`; they ascend. */
static unsigned first_behind(const struct image *image, uint32_t address)
{
    unsigned low = 0, high = image->count;
    while (low < high) {
        const unsigned middle = low + (high - low) / 2;
        const struct image_segment *segment = &image->segments[middle];
        if (segment->address + (segment->size - 1) < address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool wanted_keep(struct wanted *wanted, uint32_t address, uint32_t size, const uint8_t *content,
                 struct error *error)
{
    const struct image *image = wanted->image;
    const uint64_t end = (uint64_t)address + size;
    unsigned i = first_behind(image, address);
    for (uint64_t at = address; at < end; i++) {
        uint64_t next = end, after = end;
        if (i < image->count && image->segments[i].address < end) {
            next = image->segments[i].address > at ? image->segments[i].address : at;
            after = (uint64_t)image->segments[i].address + image->segments[i].size;
        }
        const uint8_t *bytes = content + (at - address);
        if (next > at && !bytes_are_blank(bytes, (size_t)(next - at))) { /* an erase leaves FF */
            if (!image_add_bytes(&wanted->kept, "(kept)", bytes, (size_t)(next - at), IMAGE_BIN,
                                 true, (uint32_t)at, error)) {
                return false;
            }
            wanted->kept_bytes += next - at;
        }
        at = after;
    }
    return true;
}

static void overlay(const struct image *image, uint32_t address, uint32_t size, uint8_t *bytes)
{
    const uint64_t end = (uint64_t)address + size;
    for (unsigned i = first_behind(image, address);
         i < image->count && image->segments[i].address < end; i++) {
        const struct image_segment *segment = &image->segments[i];
        const uint64_t segment_end = (uint64_t)segment->address + segment->size;
        const uint32_t from = segment->address > address ? segment->address : address;
        const uint64_t to = segment_end < end ? segment_end : end;
        memcpy(bytes + (from - address), segment->bytes + (from - segment->address),
               (size_t)(to - from));
    }
}

void wanted_bytes(const struct wanted *wanted, uint32_t address, uint32_t size, uint8_t *bytes)
{
    memset(bytes, 0xFF, size);
    overlay(wanted->image, address, size, bytes);
    overlay(&wanted->kept, address, size, bytes);
}

/* Of `left` bytes, as many as the scratch holds. */
static uint32_t piece(const struct wanted *wanted, uint32_t left)
{
    return left < wanted->scratch_size ? left : wanted->scratch_size;
}

struct digest wanted_digest(const struct wanted *wanted, uint32_t address, uint32_t size)
{
    struct digest digest = digest_begin(address - wanted->base, size);
    for (uint32_t done = 0, now; done < size; done += now) {
        now = piece(wanted, size - done);
        wanted_bytes(wanted, address + done, now, wanted->scratch);
        digest_add(&digest, wanted->scratch, now);
    }
    return digest_end(digest);
}

bool wanted_is_blank(const struct wanted *wanted, uint32_t address, uint32_t size)
{
    for (uint32_t done = 0, now; done < size; done += now) {
        now = piece(wanted, size - done);
        wanted_bytes(wanted, address + done, now, wanted->scratch);
        if (!bytes_are_blank(wanted->scratch, now)) {
            return false;
        }
    }
    return true;
}
