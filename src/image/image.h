/* SPDX-License-Identifier: MIT */
/*
 * Firmware images: raw binary, Intel HEX, S-records and ELF become sorted, non-overlapping segments.
 */
#ifndef EXTLOAD_IMAGE_IMAGE_H
#define EXTLOAD_IMAGE_IMAGE_H

#include "report/error.h"

#include <stdint.h>

struct image_segment {
    uint32_t address;
    uint32_t size;
    uint8_t *bytes;     /* owned by the image */
    const char *source; /* file it came from, owned by the image */
};

/* Segments are sorted by address; adjoining ones from one file are merged. */
struct image {
    struct image_segment *segments;
    unsigned count;
    char **sources;
    unsigned source_count;
};

enum image_format {
    IMAGE_BY_NAME,
    IMAGE_BIN,
    IMAGE_HEX,
    IMAGE_SREC,
    IMAGE_ELF
};

void image_init(struct image *image);
void image_release(struct image *image);

/* Adds a file's content. IMAGE_BY_NAME looks at the content (ELF magic, the first record) and the
 * suffix, and refuses a file whose suffix says one thing and content another. A raw binary needs
 * `address`; for the others `has_address` must be false. ELF segments go by physical address
 * (p_paddr), only PT_LOAD with file bytes. Refuses overlaps with what is already there, naming both
 * files and the range, and a file without bytes (IMAGE_EMPTY). On refusal the image is as before.
 */
bool image_add_file(struct image *image, const char *path, enum image_format format,
                    bool has_address, uint32_t address, struct error *error);
/* The same from memory; `name` for messages. */
bool image_add_bytes(struct image *image, const char *name, const uint8_t *bytes, size_t size,
                     enum image_format format, bool has_address, uint32_t address,
                     struct error *error);

/* Total bytes in all segments. */
uint64_t image_size(const struct image *image);

/* Splits off what lies outside [base, base + size), size at least 1. With only_window false, any
 * byte outside is IMAGE_OUTSIDE, naming the segment and, where one digit moved by one or two places
 * would put it inside (0x09000000 for 0x90000000), that slip. With only_window true, outside parts
 * move to *outside, a freshly initialised image (NULL drops them); it is still IMAGE_OUTSIDE when
 * no byte lies inside. */
bool image_clip(struct image *image, uint32_t base, uint32_t size, bool only_window,
                struct image *outside, struct error *error);

/* Writes `size` bytes from `address` to a file, for `read`. BIN, HEX or S-records by suffix, any
 * other suffix is IMAGE_FORMAT. */
bool image_write_file(const char *path, uint32_t address, const uint8_t *bytes, size_t size,
                      struct error *error);
/* Writes all segments into a new file, as Intel HEX whatever its name. An existing file is left alone
 * and refused. The bytes are on the disk when it returns true; there is no file if it returns false. */
bool image_save(const char *path, const struct image *image, struct error *error);
/* Reads a whole file, at most 512 MiB, into malloc'ed bytes; an empty file is no error. */
uint8_t *image_read_whole_file(const char *path, size_t *size, struct error *error);

#endif
