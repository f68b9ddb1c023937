/* SPDX-License-Identifier: MIT */
/*
 * A file with the bytes of a chip's SFDP space: the bytes themselves, or hex text.
 *
 * Hex text: bytes as pairs of hex digits, apart or together, in the order of their addresses. A line
 * may begin with `ADDRESS:` in hex, from which it goes on. `#` starts a comment. What is not given
 * is FFh, as in the chip.
 */
#ifndef EXTLOAD_SFDP_DUMP_H
#define EXTLOAD_SFDP_DUMP_H

#include "report/error.h"
#include "sfdp/sfdp.h"

#define SFDP_DUMP_MAX 4096 /* no public dump has tables beyond it */

struct sfdp_dump {
    uint32_t size;
    uint8_t bytes[SFDP_DUMP_MAX];
};

/* Reads a dump. SFDP_SYNTAX with line and column where hex text is wrong; FILE_READ; SFDP_UNUSABLE
 * if it is too large. */
bool sfdp_dump_read(struct sfdp_dump *dump, const char *path, struct error *error);

/* The same from memory. `path` is for messages. */
bool sfdp_dump_parse(struct sfdp_dump *dump, const char *path, const uint8_t *bytes, size_t size,
                     struct error *error);

/* Decodes a dump that was read from `path`; SFDP_UNUSABLE says why it cannot be. */
bool sfdp_dump_decode(struct sfdp *sfdp, const struct sfdp_dump *dump, const char *path,
                      struct error *error);

#endif
