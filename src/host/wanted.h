/* SPDX-License-Identifier: MIT */
/*
 * What touched units of the flash shall hold: what the images give, around it what was there before, and
 * FF where neither says anything.
 */
#ifndef EXTLOAD_HOST_WANTED_H
#define EXTLOAD_HOST_WANTED_H

#include "host/digest.h"
#include "image/image.h"

struct wanted {
    const struct image *image; /* not owned */
    struct image kept; /* bytes around it that are kept, in runs; those of FF are left out */
    uint64_t kept_bytes;
    uint32_t base;    /* address of the flash's first byte */
    uint8_t *scratch; /* owned; one piece, scratch_size bytes */
    uint32_t scratch_size;
};

/* `most`: bytes that are looked at in one piece, a multiple of 4 where digests are asked. NO_MEMORY. */
bool wanted_open(struct wanted *wanted, const struct image *image, uint32_t base, uint32_t most,
                 struct error *error);
void wanted_close(struct wanted *wanted);

/* `content` is what [address, address + size) holds now: what no image gives of it is kept. */
bool wanted_keep(struct wanted *wanted, uint32_t address, uint32_t size, const uint8_t *content,
                 struct error *error);

void wanted_bytes(const struct wanted *wanted, uint32_t address, uint32_t size, uint8_t *bytes);
struct digest wanted_digest(const struct wanted *wanted, uint32_t address, uint32_t size);
bool wanted_is_blank(const struct wanted *wanted, uint32_t address, uint32_t size);

/* All FF. */
bool bytes_are_blank(const uint8_t *bytes, size_t size);

#endif
