/* SPDX-License-Identifier: MIT */
/*
 * The formats that `extload build` writes: one row each, from a board and the loader image to named
 * files.
 */
#ifndef EXTLOAD_PACK_FORMAT_H
#define EXTLOAD_PACK_FORMAT_H

#include "pack/built_files.h"
#include "pack/pack.h"

#define FORMATS_DEFAULT "stldr"
#define FORMATS_ALL     "all"

/* Adds the format's files (built_files_add). The same board gives the same bytes, and the files do not
 * depend on which other formats are built. */
typedef bool format_build(const struct board *board, const struct loader_image *image,
                          struct built_files *built, struct error *error);

struct format {
    const char *name; /* "stldr" */
    const char *summary;
    format_build *build;
};

/* The formats, by index; NULL behind the last. */
const struct format *format_at(unsigned index);

/* Builds the formats of a list such as "stldr,flm", or "all", in the order of the table. Nothing is
 * written. UNKNOWN_NAME for what is no format. On failure too the caller releases `built`. */
bool format_build_list(const char *list, const struct board *board,
                       const struct loader_image *image, struct built_files *built,
                       struct error *error);

#endif
