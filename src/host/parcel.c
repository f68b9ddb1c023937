/* SPDX-License-Identifier: MIT */
#include "host/parcel.h"

#include <lz4hc.h>
#include <stdlib.h>
#include <string.h>

/* The first parcels are short, for nothing is programmed during the first; so are the last, for nothing
 * is sent while the last is programmed. [choice] */
#define SHORTEST UINT32_C(0x1000)

bool parcels_open(struct parcels *parcels, const struct image *image, uint32_t most,
                  struct error *error)
{
    *parcels = (struct parcels){
        .image = image, .left = image_size(image), .stretch = malloc(most), .block = malloc(most)};
    if (parcels->stretch != NULL && parcels->block != NULL) {
        return true;
    }
    parcels_close(parcels);
    return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "%u bytes to be sent", most);
}

void parcels_close(struct parcels *parcels)
{
    free(parcels->stretch);
    free(parcels->block);
    parcels->stretch = parcels->block = NULL;
}

static uint32_t min_u32(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Grows from the shortest with each parcel. */
static uint32_t ramp(const struct parcels *parcels, uint32_t most)
{
    const unsigned doubled = parcels->made < 16 ? parcels->made : 16;
    const uint64_t size = (uint64_t)SHORTEST << doubled;
    return size < most ? (uint32_t)size : most;
}

/* No page is programmed by halves. */
static uint32_t cut_to_page(uint32_t address, uint32_t size, uint32_t page)
{
    const uint32_t end = (address + size) / page * page;
    return end > address ? end - address : size;
}

static uint64_t pages_ns(const struct parcel *parcel, const struct parcel_terms *terms)
{
    return (uint64_t)(parcel->given + terms->page_size - 1) / terms->page_size * terms->page_ns;
}

/* Until the next parcel can be dealt with: the link and the chip work side by side. */
static uint64_t cost_ns(const struct parcel *parcel, const struct parcel_terms *terms)
{
    const bool packed = parcel->packed_size > 0;
    const uint32_t sent = packed ? parcel->packed_size : parcel->size;
    const uint64_t link = terms->link_each_ns + sent * terms->link_ns / 1000;
    /* Bytes of a gap are looked at once more, to see that they are FF. */
    const uint64_t unpacked = packed ? parcel->size + (parcel->size - parcel->given) / 2 : 0;
    const uint64_t chip = pages_ns(parcel, terms) + unpacked * terms->unpack_ns / 1000;
    return link > chip ? link : chip;
}

/* The rest of the segment, or what a parcel takes of it. */
static struct parcel plain(const struct parcels *parcels, const struct parcel_terms *terms)
{
    const struct image_segment *segment = &parcels->image->segments[parcels->segment];
    const uint32_t address = segment->address + parcels->at;
    const uint32_t half =
        parcels->left / 2 < UINT32_MAX ? (uint32_t)(parcels->left / 2) : UINT32_MAX;
    uint32_t size = ramp(parcels, terms->most);
    size = min_u32(size, half > SHORTEST ? half : SHORTEST);
    const uint32_t left = segment->size - parcels->at;
    size = size < left ? cut_to_page(address, size, terms->page_size) : left;
    return (struct parcel){
        .address = address, .size = size, .given = size, .bytes = segment->bytes + parcels->at};
}

/* As many segments as a parcel reaches over, with FF between them. */
static struct parcel gather(struct parcels *parcels, const struct parcel_terms *terms)
{
    const struct image *image = parcels->image;
    uint32_t at = parcels->at;
    struct parcel parcel = {.address = image->segments[parcels->segment].address + at,
                            .bytes = parcels->stretch};
    const uint32_t room = cut_to_page(parcel.address, ramp(parcels, terms->most), terms->page_size);
    for (unsigned i = parcels->segment; i < image->count; i++, at = 0) {
        const struct image_segment *segment = &image->segments[i];
        const uint32_t offset = segment->address + at - parcel.address;
        if (offset >= room) {
            break;
        }
        const uint32_t now = min_u32(segment->size - at, room - offset);
        memset(parcels->stretch + parcel.size, 0xFF, offset - parcel.size);
        memcpy(parcels->stretch + offset, segment->bytes + at, now);
        parcel.size = offset + now;
        parcel.given += now;
    }
    return parcel;
}

/* Saves an eighth at least, or it is not packed. */
static bool pack(const struct parcels *parcels, struct parcel *parcel)
{
    const uint32_t room = parcel->size - parcel->size / 8;
    const int size = LZ4_compress_HC((const char *)parcel->bytes, (char *)parcels->block,
                                     (int)parcel->size, (int)room, LZ4HC_CLEVEL_DEFAULT);
    parcel->packed = parcels->block;
    parcel->packed_size = size > 0 ? (uint32_t)size : 0;
    return size > 0;
}

/* By the time that a byte of the image takes; an eighth less, or it is not worth the loader's work. */
static bool is_cheaper(const struct parcel *a, const struct parcel *b,
                       const struct parcel_terms *terms)
{
    return cost_ns(a, terms) * b->given * 8 < cost_ns(b, terms) * a->given * 7;
}

static void advance(struct parcels *parcels, uint32_t given)
{
    parcels->left -= given;
    parcels->made++;
    while (given > 0) {
        const uint32_t left = parcels->image->segments[parcels->segment].size - parcels->at;
        const uint32_t now = min_u32(left, given);
        given -= now;
        parcels->at += now;
        if (now == left) {
            parcels->segment++;
            parcels->at = 0;
        }
    }
}

bool parcels_next(struct parcels *parcels, const struct parcel_terms *terms, struct parcel *parcel)
{
    if (parcels->segment == parcels->image->count) {
        return false;
    }
    *parcel = plain(parcels, terms);
    if (terms->link_ns > 0 && cost_ns(parcel, terms) > pages_ns(parcel, terms)) {
        struct parcel other = gather(parcels, terms);
        if (pack(parcels, &other) && is_cheaper(&other, parcel, terms)) {
            *parcel = other;
        }
    }
    advance(parcels, parcel->given);
    return true;
}
