/* SPDX-License-Identifier: MIT */
#include "image/pieces.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_CAPACITY = 64 * 1024
};

static uint8_t *read_stream(FILE *stream, const char *path, size_t *size, struct error *error)
{
    uint8_t *bytes = NULL;
    size_t capacity = FIRST_CAPACITY;
    size_t used = 0;
    for (;;) {
        uint8_t *grown = realloc(bytes, capacity);
        if (grown == NULL) {
            error_set(error, ERROR_NO_MEMORY, path, 0, 0, "%zu bytes", capacity);
            break;
        }
        bytes = grown;
        used += fread(bytes + used, 1, capacity - used, stream);
        if (ferror(stream)) {
            error_set(error, ERROR_FILE_READ, path, 0, 0, "%s", strerror(errno));
            break;
        }
        if (used > IMAGE_FILE_LIMIT) {
            error_set(error, ERROR_FILE_READ, path, 0, 0, "it is larger than 512 MiB");
            error_hint(error, "check that the right file was given");
            break;
        }
        if (used < capacity) {
            *size = used;
            return bytes;
        }
        capacity = capacity * 2 > IMAGE_FILE_LIMIT ? (size_t)IMAGE_FILE_LIMIT + 1 : capacity * 2;
    }
    free(bytes);
    return NULL;
}

uint8_t *image_read_whole_file(const char *path, size_t *size, struct error *error)
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        error_set(error, ERROR_FILE_READ, path, 0, 0, "%s", strerror(errno));
        return NULL;
    }
    uint8_t *bytes = read_stream(stream, path, size, error);
    fclose(stream);
    return bytes;
}
