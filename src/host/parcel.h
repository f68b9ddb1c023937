/* SPDX-License-Identifier: MIT */
/*
 * What goes into one slot of the mailbox (abi/mailbox.h): a stretch of the flash, its bytes as they are or,
 * where the link is slower than the chip, as an LZ4 block. A packed one may go over the gaps between
 * segments, which are FF in it, for these cost next to nothing and an FF changes no cell.
 */
#ifndef EXTLOAD_HOST_PARCEL_H
#define EXTLOAD_HOST_PARCEL_H

#include "image/image.h"

/* What decides; times in nanoseconds. */
struct parcel_terms {
    uint32_t most;      /* bytes of a parcel, a multiple of page_size */
    uint32_t page_size; /* of the chip */
    uint64_t page_ns;   /* to program one */
    uint64_t unpack_ns; /* for a byte, in thousandths */
    uint64_t
        link_ns; /* for a byte over the link, in thousandths; 0: not known, nothing is packed */
    uint64_t link_each_ns; /* for each parcel, whatever its size */
};

struct parcel {
    uint32_t address, size;
    const uint8_t *bytes;  /* as they are; valid until the next call */
    const uint8_t *packed; /* the block */
    uint32_t packed_size;  /* 0: not packed */
    uint32_t given;        /* bytes of the image in it, without the gaps */
};

/* Cuts an image, whose segments ascend, into parcels. */
struct parcels {
    const struct image *image; /* not owned */
    unsigned segment;          /* of which bytes are sent next */
    uint32_t at;               /* in it */
    uint64_t left;             /* bytes of the image */
    unsigned made;
    uint8_t *stretch, *block; /* owned */
};

/* NO_MEMORY. */
bool parcels_open(struct parcels *parcels, const struct image *image, uint32_t most,
                  struct error *error);
void parcels_close(struct parcels *parcels);
/* False if there is nothing left. */
bool parcels_next(struct parcels *parcels, const struct parcel_terms *terms, struct parcel *parcel);

#endif
