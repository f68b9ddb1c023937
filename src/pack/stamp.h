/* SPDX-License-Identifier: MIT */
/*
 * A board's block in the loader image, and the entries that formats name: what most begin with.
 */
#ifndef EXTLOAD_PACK_STAMP_H
#define EXTLOAD_PACK_STAMP_H

#include "pack/pack.h"

/* Index of the entry of that name, or -1. */
int stamp_find_entry(const struct loader_image *image, const char *name);

/* LOADER_SHAPE unless the image keeps room for the block and has these entries, all inside it. */
bool stamp_check_image(const struct board *board, const struct loader_image *image,
                       const char *const *entries, size_t count, struct error *error);

/* As pack_stamp_image(), but the flight record lies in the image, for tools that know no address outside
 * it. */
uint8_t *stamp_image_with_record(const struct board *board, const struct loader_image *image,
                                 uint32_t *size);

#endif
