/* SPDX-License-Identifier: MIT */
/*
 * What one file contributes, before it joins an image: runs of bytes with the place each came from.
 */
#ifndef EXTLOAD_IMAGE_PIECES_H
#define EXTLOAD_IMAGE_PIECES_H

#include "image/image.h"

#include <stddef.h>
#include <stdint.h>

/* The largest file that is read, in bytes: twice the largest serial NOR of today, in hexadecimal.
 */
#define IMAGE_FILE_LIMIT (UINT64_C(512) << 20)

struct piece {
    uint32_t address;
    uint32_t size; /* at least 1; address + size <= 2^32 */
    const uint8_t *bytes;
    unsigned place; /* HEX and S-records: line, from 1; ELF: program header, from 0 */
};

struct pieces {
    struct piece *items;
    size_t count, capacity;
    uint8_t *storage; /* decoded bytes that items point into, owned; NULL if they point elsewhere */
};

/* False when out of memory. */
bool pieces_add(struct pieces *pieces, const struct piece *piece);
void pieces_release(struct pieces *pieces);

/* Sorts the pieces, merges adjoining ones and adds them to the image under the name `source`.
 * Refuses pieces that overlap each other, naming both places, or what the image already holds,
 * naming both files. The image is unchanged on refusal. */
bool pieces_join(struct pieces *pieces, struct image *image, const char *source,
                 enum image_format format, struct error *error);

/* Copies `name` into the image's sources; NULL when out of memory. */
const char *image_keep_source(struct image *image, const char *name);

/* Reads Intel HEX text (Intel, Hexadecimal Object File Format Specification, revision A, 1988
 * [memory]): record types 00 to 05, checksums, one end record and nothing after it. Without a base
 * record the base is linear address 0. A linear address wraps at 2^32, an offset into a segment
 * wraps at 64 KiB inside that segment. CRLF, lower case, blanks at the end of a line and blank
 * lines are accepted. Start addresses (types 03, 05) are checked and dropped. */
bool hex_parse(struct pieces *pieces, const char *name, const uint8_t *text, size_t size,
               struct error *error);
/* True if the first line that is not blank is a sound HEX record. */
bool hex_is_hex(const uint8_t *text, size_t size);

/* Reads Motorola S-records (srec_motorola(5) of SRecord; Motorola, M68000 Family Programmer's Reference
 * Manual, appendix C [memory]): S0 header, S1, S2 and S3 data with 16, 24 and 32 address bits, S5 and
 * S6 count of the data records so far, S7, S8 and S9 start address, after which nothing may follow.
 * Lengths, checksums and counts are checked, start addresses dropped. A file must end in a start
 * address or a count, or it may be cut. CRLF, lower case, blanks at the end of a line and blank lines
 * are accepted. */
bool srec_parse(struct pieces *pieces, const char *name, const uint8_t *text, size_t size,
                struct error *error);
/* True if the first line that is not blank is a sound S-record. */
bool srec_is_srec(const uint8_t *text, size_t size);

/* True if the path ends in one of the usual suffixes of Intel HEX (.hex ...), S-records (.srec .s19
 * .mot ...) or raw binary. */
bool image_named_hex(const char *path);
bool image_named_srec(const char *path);
bool image_named_bin(const char *path);

#endif
