/* SPDX-License-Identifier: MIT */
#include "pack/built_files.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_SIZE (4096 + BUILT_FILE_NAME + 8)

const struct built_file *built_files_find(const struct built_files *built, const char *name)
{
    for (unsigned i = 0; i < built->count; i++) {
        if (strcmp(built->files[i].name, name) == 0) {
            return &built->files[i];
        }
    }
    return NULL;
}

static bool refuse(uint8_t *bytes, enum error_code code, const char *name, const char *why,
                   struct error *error)
{
    free(bytes);
    return error_set(error, code, NULL, 0, 0, "%s: %s", name, why);
}

bool built_files_add(struct built_files *built, const char *stem, const char *suffix,
                     uint8_t *bytes, size_t size, struct error *error)
{
    char name[BUILT_FILE_NAME];
    const int length = snprintf(name, sizeof name, "%s%s", stem, suffix);
    if (bytes == NULL) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "building %s", name);
    }
    if (length < 0 || length >= (int)sizeof name || strchr(name, '/') != NULL) {
        return refuse(bytes, ERROR_FILE_WRITE, name, "no name for a file", error);
    }
    const struct built_file *same = built_files_find(built, name);
    if (same != NULL && (same->size != size || memcmp(same->bytes, bytes, size) != 0)) {
        return refuse(bytes, ERROR_FORMATS_CLASH, name, "two contents", error);
    }
    if (same != NULL) {
        free(bytes);
        return true;
    }
    if (built->count == BUILT_FILES_MAX) {
        return refuse(bytes, ERROR_NO_MEMORY, name, "too many files", error);
    }
    struct built_file *file = &built->files[built->count++];
    snprintf(file->name, sizeof file->name, "%s", name);
    file->format = built->format;
    file->bytes = bytes;
    file->size = size;
    return true;
}

void built_files_warn(struct built_files *built, const char *id, const char *hint,
                      const char *format, ...)
{
    struct built_warning warning = {.id = id, .hint = hint};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(warning.what, sizeof warning.what, format, arguments);
    va_end(arguments);
    for (unsigned i = 0; i < built->warning_count; i++) {
        if (strcmp(built->warnings[i].what, warning.what) == 0) {
            return;
        }
    }
    if (built->warning_count < BUILT_WARNINGS) {
        built->warnings[built->warning_count++] = warning;
    }
}

static void place(char path[PATH_SIZE], const char *folder, const struct built_file *file,
                  const char *suffix)
{
    snprintf(path, PATH_SIZE, "%s/%s%s", folder, file->name, suffix);
}

static bool write_beside(const char *folder, const struct built_file *built, struct error *error)
{
    char path[PATH_SIZE], temporary[PATH_SIZE];
    struct stat there;
    place(path, folder, built, "");
    place(temporary, folder, built, ".new");
    if (stat(path, &there) == 0 && S_ISDIR(there.st_mode)) {
        return error_set(error, ERROR_FILE_WRITE, path, 0, 0, "%s", strerror(EISDIR));
    }
    FILE *file = fopen(temporary, "wb");
    if (file == NULL) {
        return error_set(error, ERROR_FILE_WRITE, path, 0, 0, "%s", strerror(errno));
    }
    bool good = fwrite(built->bytes, 1, built->size, file) == built->size;
    good = fclose(file) == 0 && good;
    return good || error_set(error, ERROR_FILE_WRITE, path, 0, 0, "%s", strerror(errno));
}

bool built_files_write(const struct built_files *built, const char *folder, struct error *error)
{
    char path[PATH_SIZE], temporary[PATH_SIZE];
    bool good = true;
    unsigned written = 0, moved = 0;
    for (; good && written < built->count; written++) {
        good = write_beside(folder, &built->files[written], error);
    }
    for (; good && moved < built->count; moved++) {
        place(path, folder, &built->files[moved], "");
        place(temporary, folder, &built->files[moved], ".new");
        good = rename(temporary, path) == 0 ||
               error_set(error, ERROR_FILE_WRITE, path, 0, 0, "%s", strerror(errno));
    }
    for (unsigned i = 0; !good && i < written; i++) {
        place(temporary, folder, &built->files[i], ".new");
        remove(temporary);
    }
    return good;
}

void built_files_release(struct built_files *built)
{
    for (unsigned i = 0; i < built->count; i++) {
        free(built->files[i].bytes);
    }
    *built = (struct built_files){0};
}
