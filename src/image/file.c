/* SPDX-License-Identifier: MIT */
#include "image/pieces.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_CAPACITY = 64 * 1024,
    RECORD_BYTES = 16
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

static void write_record(FILE *stream, unsigned type, uint32_t offset, const uint8_t *bytes,
                         unsigned length)
{
    unsigned sum = length + (offset >> 8) + offset + type;
    fprintf(stream, ":%02X%04X%02X", length, (unsigned)offset, type);
    for (unsigned i = 0; i < length; i++) {
        fprintf(stream, "%02X", bytes[i]);
        sum += bytes[i];
    }
    fprintf(stream, "%02X\n", (0u - sum) & 0xffu);
}

static void write_hex(FILE *stream, uint32_t address, const uint8_t *bytes, size_t size)
{
    uint32_t upper = 0;
    for (size_t at = 0; at < size;) {
        const uint32_t here = address + (uint32_t)at;
        if (here >> 16 != upper) {
            upper = here >> 16;
            const uint8_t base[2] = {(uint8_t)(upper >> 8), (uint8_t)upper};
            write_record(stream, 4, 0, base, 2);
        }
        const size_t left = size - at;
        /* Records end at multiples of 16, so that none crosses a 64 KiB bound. */
        const unsigned room = RECORD_BYTES - here % RECORD_BYTES;
        const unsigned length = left < room ? (unsigned)left : room;
        write_record(stream, 0, here & 0xffffu, bytes + at, length);
        at += length;
    }
    write_record(stream, 1, 0, NULL, 0);
}

static bool check_write(const char *path, uint32_t address, size_t size, struct error *error)
{
    if (!image_named_hex(path) && !image_named_bin(path)) {
        error_set(error, ERROR_IMAGE_FORMAT, path, 0, 0, "the suffix says what is written");
        return error_hint(error, "name it .bin or .hex");
    }
    if (size == 0) {
        return error_set(error, ERROR_IMAGE_EMPTY, path, 0, 0, "nothing to write");
    }
    if (size > (UINT64_C(1) << 32) - address) {
        error_set(error, ERROR_IMAGE_OUTSIDE, path, 0, 0,
                  "%zu bytes at 0x%08X run past the end of the address space", size, address);
        return error_hint(error, "check address and size");
    }
    return true;
}

bool image_write_file(const char *path, uint32_t address, const uint8_t *bytes, size_t size,
                      struct error *error)
{
    if (!check_write(path, address, size, error)) {
        return false;
    }
    FILE *stream = fopen(path, "wb");
    if (stream == NULL) {
        return error_set(error, ERROR_FILE_WRITE, path, 0, 0, "%s", strerror(errno));
    }
    errno = 0;
    if (image_named_hex(path)) {
        write_hex(stream, address, bytes, size);
    } else {
        fwrite(bytes, 1, size, stream);
    }
    const bool failed = ferror(stream) != 0;
    const int first_cause = errno;
    const bool close_failed = fclose(stream) != 0;
    if (failed || close_failed) {
        return error_set(error, ERROR_FILE_WRITE, path, 0, 0, "%s; the file is incomplete",
                         strerror(failed ? first_cause : errno));
    }
    return true;
}
