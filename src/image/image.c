/* SPDX-License-Identifier: MIT */
#include "image/image.h"

#include "elf/elf32.h"
#include "image/pieces.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void image_init(struct image *image)
{
    *image = (struct image){0};
}

void image_release(struct image *image)
{
    for (unsigned i = 0; i < image->count; i++) {
        free(image->segments[i].bytes);
    }
    for (unsigned i = 0; i < image->source_count; i++) {
        free(image->sources[i]);
    }
    free(image->segments);
    free(image->sources);
    image_init(image);
}

uint64_t image_size(const struct image *image)
{
    uint64_t total = 0;
    for (unsigned i = 0; i < image->count; i++) {
        total += image->segments[i].size;
    }
    return total;
}

/* True if the path ends in one of the suffixes, in either case. */
static bool has_suffix(const char *path, const char *const *suffixes)
{
    const size_t length = strlen(path);
    for (; *suffixes != NULL; suffixes++) {
        const size_t wanted = strlen(*suffixes);
        size_t same = 0;
        while (length > wanted && same < wanted &&
               tolower((unsigned char)path[length - wanted + same]) == (*suffixes)[same]) {
            same++;
        }
        if (same == wanted) {
            return true;
        }
    }
    return false;
}

bool image_named_hex(const char *path)
{
    static const char *const suffixes[] = {".hex", ".ihex", ".ihx", ".h86", NULL};
    return has_suffix(path, suffixes);
}

bool image_named_srec(const char *path)
{
    static const char *const suffixes[] = {".srec", ".s19", ".s28", ".s37", ".mot", ".mhx", NULL};
    return has_suffix(path, suffixes);
}

bool image_named_bin(const char *path)
{
    static const char *const suffixes[] = {".bin", ".img", ".raw", NULL};
    return has_suffix(path, suffixes);
}

static bool named_elf(const char *path)
{
    static const char *const suffixes[] = {".elf", ".axf", ".out", NULL};
    return has_suffix(path, suffixes);
}

/* IMAGE_BY_NAME stands for "cannot be told" in the next functions. */
static enum image_format format_of_content(const uint8_t *bytes, size_t size)
{
    if (elf_is_elf(bytes, size)) {
        return IMAGE_ELF;
    }
    if (srec_is_srec(bytes, size)) {
        return IMAGE_SREC;
    }
    return hex_is_hex(bytes, size) ? IMAGE_HEX : IMAGE_BY_NAME;
}

static enum image_format format_of_name(const char *name)
{
    if (image_named_hex(name)) {
        return IMAGE_HEX;
    }
    if (image_named_srec(name)) {
        return IMAGE_SREC;
    }
    if (named_elf(name)) {
        return IMAGE_ELF;
    }
    return image_named_bin(name) ? IMAGE_BIN : IMAGE_BY_NAME;
}

static const char *kind_name(enum image_format format)
{
    switch (format) {
    case IMAGE_HEX: return "Intel HEX";
    case IMAGE_SREC: return "Motorola S-records";
    case IMAGE_ELF: return "ELF";
    default: return "raw binary";
    }
}

static bool tell_format(const char *name, const uint8_t *bytes, size_t size, bool has_address,
                        enum image_format *format, struct error *error)
{
    const enum image_format named = format_of_name(name);
    const enum image_format found = format_of_content(bytes, size);
    if (found != IMAGE_BY_NAME && named != IMAGE_BY_NAME && found != named) {
        error_set(error, ERROR_IMAGE_FORMAT, name, 0, 0, "it is named as %s but holds %s",
                  kind_name(named), kind_name(found));
        return error_hint(error, "give the file the suffix of what it holds");
    }
    *format = found != IMAGE_BY_NAME ? found : named;
    if (*format != IMAGE_BY_NAME) {
        return true;
    }
    if (!has_address) {
        return error_set(error, ERROR_IMAGE_FORMAT, name, 0, 0,
                         "neither its suffix nor its content says");
    }
    *format = IMAGE_BIN;
    return true;
}

static bool take_bin(struct pieces *pieces, const char *name, const uint8_t *bytes, size_t size,
                     uint32_t address, struct error *error)
{
    if (size == 0) {
        return true;
    }
    if (size > (UINT64_C(1) << 32) - address) {
        error_set(error, ERROR_IMAGE_OUTSIDE, name, 0, 0,
                  "%zu bytes at 0x%08X run past the end of the address space", size, address);
        return error_hint(error, "check the address");
    }
    const struct piece piece = {address, (uint32_t)size, bytes, 0};
    return pieces_add(pieces, &piece) ||
           error_set(error, ERROR_NO_MEMORY, name, 0, 0, "reading a binary");
}

static bool take_elf(struct pieces *pieces, const char *name, const uint8_t *bytes, size_t size,
                     struct error *error)
{
    struct elf_file elf;
    if (!elf_parse(&elf, name, bytes, size, error)) {
        return false;
    }
    bool good = true;
    for (unsigned i = 0; good && i < elf.segment_count; i++) {
        const struct elf_segment *segment = &elf.segments[i];
        if (segment->type != ELF_PT_LOAD || segment->file_size == 0) {
            continue;
        }
        const struct piece piece = {segment->paddr, segment->file_size, segment->bytes, i};
        good = pieces_add(pieces, &piece) ||
               error_set(error, ERROR_NO_MEMORY, name, 0, 0, "reading an ELF file");
    }
    elf_release(&elf);
    return good;
}

static bool check_address_use(const char *name, enum image_format format, bool has_address,
                              struct error *error)
{
    if (format == IMAGE_BIN && !has_address) {
        error_set(error, ERROR_USAGE, name, 0, 0, "a raw binary does not say where it goes");
        return error_hint(error, "give its address");
    }
    if (format != IMAGE_BIN && has_address) {
        error_set(error, ERROR_USAGE, name, 0, 0, "a file of %s carries its own addresses",
                  kind_name(format));
        return error_hint(error, "leave the address out");
    }
    return true;
}

bool image_add_bytes(struct image *image, const char *name, const uint8_t *bytes, size_t size,
                     enum image_format format, bool has_address, uint32_t address,
                     struct error *error)
{
    if (size == 0) {
        return error_set(error, ERROR_IMAGE_EMPTY, name, 0, 0, "the file has no bytes");
    }
    if (size > IMAGE_FILE_LIMIT) {
        return error_set(error, ERROR_FILE_READ, name, 0, 0, "%zu bytes are more than %" PRIu64,
                         size, IMAGE_FILE_LIMIT);
    }
    if (format == IMAGE_BY_NAME && !tell_format(name, bytes, size, has_address, &format, error)) {
        return false;
    }
    if (!check_address_use(name, format, has_address, error)) {
        return false;
    }
    struct pieces pieces = {0};
    bool good = false;
    if (format == IMAGE_BIN) {
        good = take_bin(&pieces, name, bytes, size, address, error);
    } else if (format == IMAGE_HEX) {
        good = hex_parse(&pieces, name, bytes, size, error);
    } else if (format == IMAGE_SREC) {
        good = srec_parse(&pieces, name, bytes, size, error);
    } else {
        good = take_elf(&pieces, name, bytes, size, error);
    }
    good = good && pieces_join(&pieces, image, name, format, error);
    pieces_release(&pieces);
    return good;
}

bool image_add_file(struct image *image, const char *path, enum image_format format,
                    bool has_address, uint32_t address, struct error *error)
{
    size_t size = 0;
    uint8_t *bytes = image_read_whole_file(path, &size, error);
    if (bytes == NULL) {
        return false;
    }
    const bool good =
        image_add_bytes(image, path, bytes, size, format, has_address, address, error);
    free(bytes);
    return good;
}
