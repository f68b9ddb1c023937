/* SPDX-License-Identifier: MIT */
#include "image/pieces.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    RECORD_BYTES = 16,
    S5_MAX = 0xFFFF, /* data records that an S5 can count */
    S6_MAX = 0xFFFFFF
};

static void write_hex_record(FILE *stream, unsigned type, uint32_t offset, const uint8_t *bytes,
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

/* *upper: bits 31:16 of the base record that holds, 0 at the file's start. */
static void write_hex_run(FILE *stream, uint32_t address, const uint8_t *bytes, size_t size,
                          uint32_t *upper)
{
    for (size_t at = 0; at < size;) {
        const uint32_t here = address + (uint32_t)at;
        if (here >> 16 != *upper) {
            *upper = here >> 16;
            const uint8_t base[2] = {(uint8_t)(*upper >> 8), (uint8_t)*upper};
            write_hex_record(stream, 4, 0, base, 2);
        }
        const size_t left = size - at;
        /* Records end at multiples of 16, so that none crosses a 64 KiB bound. */
        const unsigned room = RECORD_BYTES - here % RECORD_BYTES;
        const unsigned length = left < room ? (unsigned)left : room;
        write_hex_record(stream, 0, here & 0xffffu, bytes + at, length);
        at += length;
    }
}

static void write_hex_end(FILE *stream)
{
    write_hex_record(stream, 1, 0, NULL, 0);
}

static void write_srec_record(FILE *stream, unsigned type, unsigned address_bytes, uint32_t address,
                              const uint8_t *bytes, unsigned length)
{
    const unsigned count = address_bytes + length + 1;
    unsigned sum = count;
    fprintf(stream, "S%u%02X%0*X", type, count, (int)(2 * address_bytes), address);
    for (unsigned shift = 0; shift < 8 * address_bytes; shift += 8) {
        sum += address >> shift & 0xFFu;
    }
    for (unsigned i = 0; i < length; i++) {
        fprintf(stream, "%02X", bytes[i]);
        sum += bytes[i];
    }
    fprintf(stream, "%02X\n", ~sum & 0xFFu);
}

/* With the shortest addresses that reach the last byte. The start address is that of nothing: 0. */
static void write_srec(FILE *stream, uint32_t address, const uint8_t *bytes, size_t size)
{
    const uint32_t last = address + (uint32_t)(size - 1);
    const unsigned address_bytes = last > 0xFFFFFF ? 4 : last > 0xFFFF ? 3 : 2;
    uint32_t records = 0;
    write_srec_record(stream, 0, 2, 0, NULL, 0);
    for (size_t at = 0; at < size; records++) {
        const uint32_t here = address + (uint32_t)at;
        const size_t left = size - at;
        const unsigned room = RECORD_BYTES - here % RECORD_BYTES;
        const unsigned length = left < room ? (unsigned)left : room;
        write_srec_record(stream, address_bytes - 1, address_bytes, here, bytes + at, length);
        at += length;
    }
    if (records <= S6_MAX) {
        const bool small = records <= S5_MAX;
        write_srec_record(stream, small ? 5 : 6, small ? 2 : 3, records, NULL, 0);
    }
    write_srec_record(stream, 11 - address_bytes, address_bytes, 0, NULL, 0);
}

/* False if anything since the opening has failed. What was written is on the disk when this returns
 * true. */
static bool close_written(FILE *stream, const char *path, struct error *error)
{
    const bool failed = fflush(stream) != 0 || ferror(stream) != 0 ||
                        (fsync(fileno(stream)) != 0 && errno != EINVAL && errno != EROFS);
    const int first_cause = errno;
    const bool close_failed = fclose(stream) != 0;
    if (failed || close_failed) {
        return error_set(error, ERROR_FILE_WRITE, path, 0, 0, "%s; the file is incomplete",
                         strerror(failed ? first_cause : errno));
    }
    return true;
}

static bool check_write(const char *path, uint32_t address, size_t size, struct error *error)
{
    if (!image_named_hex(path) && !image_named_srec(path) && !image_named_bin(path)) {
        error_set(error, ERROR_IMAGE_FORMAT, path, 0, 0, "the suffix says what is written");
        return error_hint(error, "name it .bin, .hex or .srec");
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
        uint32_t upper = 0;
        write_hex_run(stream, address, bytes, size, &upper);
        write_hex_end(stream);
    } else if (image_named_srec(path)) {
        write_srec(stream, address, bytes, size);
    } else {
        fwrite(bytes, 1, size, stream);
    }
    return close_written(stream, path, error);
}

bool image_save(const char *path, const struct image *image, struct error *error)
{
    FILE *stream = fopen(path, "wbx");
    if (stream == NULL) {
        return error_set(error, ERROR_FILE_WRITE, path, 0, 0, "%s", strerror(errno));
    }
    uint32_t upper = 0;
    errno = 0;
    for (unsigned i = 0; i < image->count; i++) {
        const struct image_segment *segment = &image->segments[i];
        write_hex_run(stream, segment->address, segment->bytes, segment->size, &upper);
    }
    write_hex_end(stream);
    if (close_written(stream, path, error)) {
        return true;
    }
    remove(path);
    return false;
}
