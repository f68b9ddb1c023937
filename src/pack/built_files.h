/* SPDX-License-Identifier: MIT */
/*
 * The files that a build makes, in memory until all of them are there.
 */
#ifndef EXTLOAD_PACK_BUILT_FILES_H
#define EXTLOAD_PACK_BUILT_FILES_H

#include "report/error.h"

#include <stddef.h>
#include <stdint.h>

#define BUILT_FILES_MAX 32
#define BUILT_FILE_NAME 160
#define BUILT_WARNINGS  8

struct built_file {
    char name[BUILT_FILE_NAME]; /* without a folder */
    const char *format;         /* that wanted it first, by its name; not owned */
    uint8_t *bytes;
    size_t size;
};

/* Worth knowing, and no reason to refuse the build. */
struct built_warning {
    const char *id; /* stays the same: "flm-name-long"; not owned */
    char what[240];
    const char *hint; /* not owned */
};

/* Zero-initialise. */
struct built_files {
    const char *format; /* of the files added from now on */
    struct built_file files[BUILT_FILES_MAX];
    unsigned count;
    struct built_warning warnings[BUILT_WARNINGS];
    unsigned warning_count;
};

/* Adds the file STEM.SUFFIX. malloc'ed `bytes` are taken over, on failure too; NULL is memory that gave
 * out. Two formats may want the same file: it must then be the same, and is kept once. */
bool built_files_add(struct built_files *built, const char *stem, const char *suffix,
                     uint8_t *bytes, size_t size, struct error *error);

/* Adds a warning; the same twice counts once. */
void built_files_warn(struct built_files *built, const char *id, const char *hint,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The file of that name, or NULL. */
const struct built_file *built_files_find(const struct built_files *built, const char *name);

/* Writes all of them into the folder, or none: each is written beside its place, and moved there when
 * all are complete. What lay there before stays until then. */
bool built_files_write(const struct built_files *built, const char *folder, struct error *error);

void built_files_release(struct built_files *built);

#endif
