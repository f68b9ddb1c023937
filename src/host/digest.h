/* SPDX-License-Identifier: MIT */
/*
 * Digests of ranges of the flash (abi/digest.h): as the host computes them of bytes that it has, and as
 * the loader computes them of what the chip holds.
 */
#ifndef EXTLOAD_HOST_DIGEST_H
#define EXTLOAD_HOST_DIGEST_H

#include "abi/digest.h"
#include "host/session.h"

/* Of `size` bytes, a multiple of 4, that lie at `offset` from the start of the flash. */
struct digest digest_of(uint32_t offset, const uint8_t *bytes, uint32_t size);
/* The same in pieces, each a multiple of 4, `size` bytes in all. */
struct digest digest_begin(uint32_t offset, uint32_t size);
void digest_add(struct digest *digest, const uint8_t *bytes, uint32_t size);
struct digest digest_end(struct digest digest);
/* The same of erased cells. */
struct digest digest_of_blank(uint32_t offset, uint32_t size);
bool digest_equal(struct digest a, struct digest b);

/* True if this loader answers for digests, and erases without reading back. */
bool digest_exported(const struct loader_file *loader);
/* True if moreover this tool asks for them, and the loader was built for the board's erase units: it
 * erases by its own, and what it erases beyond the plan no digest would show. */
bool digest_can(const struct lifecycle *lifecycle, const struct loader_file *loader,
                const struct board *board);

/* Has the loader digest `count` ranges, which name addresses in the window; Init must have succeeded.
 * Each entry of `answers` gets its range's. `what` is the progress that is told, with the bytes of all
 * ranges; NULL: none. CALL_FAILED with the loader's reason, CALL_TIMEOUT and the like as from any
 * call. */
bool digest_ask(struct session *session, const char *what, const struct digest_range *ranges,
                unsigned count, struct digest *answers, struct error *error);

#endif
