/* SPDX-License-Identifier: MIT */
/*
 * The files under the data directory.
 */
#ifndef EXTLOAD_BOARD_DATA_FILES_H
#define EXTLOAD_BOARD_DATA_FILES_H

#include "report/error.h"

#define DATA_FILES_MAX 256
#define DATA_STEM_MAX  64
#define DATA_PATH_MAX  512

/* Stems of the .yaml files of one folder, sorted. */
struct data_files {
    char stems[DATA_FILES_MAX][DATA_STEM_MAX];
    unsigned count;
};

/* `kind` is "boards", "mcus" or "parts". FILE_READ if the folder cannot be read. */
bool data_files_list(const char *kind, struct data_files *files, struct error *error);

/* What a user typed for a file of that kind: a path, or, if no such file exists and it has neither
 * a folder nor .yaml in it, the stem of one of the data files. FILE_READ, with the nearest stem,
 * on a name that none has. */
bool data_files_find(const char *kind, const char *text, char *path, size_t size,
                     struct error *error);

/* Path of one file; cut if longer than the buffer. */
void data_files_path(const char *kind, const char *stem, char *path, size_t size);

#endif
