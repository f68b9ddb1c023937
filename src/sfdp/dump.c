/* SPDX-License-Identifier: MIT */
#include "sfdp/dump.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX    (64u * 1024u) /* hex text of a whole dump, with room */
#define ADDRESS_MAX 8             /* hex digits */

static const char signature[4] = {'S', 'F', 'D', 'P'};
/* "SFDP" as words of 32 and of 16 bits print it. */
static const char turned_round[2][4] = {{'P', 'D', 'F', 'S'}, {'F', 'S', 'P', 'D'}};

struct reader {
    struct sfdp_dump *dump;
    const char *path;
    struct error *error;
    const uint8_t *at, *end;
    int line, column;
    uint32_t address;
    uint8_t given[SFDP_DUMP_MAX / 8];
};

static bool wrong(const struct reader *reader, int column, const char *what, const char *hint)
{
    error_set(reader->error, ERROR_SFDP_SYNTAX, reader->path, reader->line, column, "%s", what);
    return error_hint(reader->error, "%s", hint);
}

static int digit_of(uint8_t character)
{
    if (character >= '0' && character <= '9') {
        return character - '0';
    }
    character |= 0x20; /* lower case */
    return character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
}

static bool put(struct reader *reader, uint8_t byte, int column)
{
    uint32_t at = reader->address++;
    if (at >= SFDP_DUMP_MAX) {
        return wrong(reader, column, "a byte at or above address 0x1000",
                     "a dump has at most 4 KiB");
    }
    uint8_t bit = (uint8_t)(1u << at % 8);
    if ((reader->given[at / 8] & bit) != 0 && reader->dump->bytes[at] != byte) {
        char text[64];
        snprintf(text, sizeof text, "the byte at 0x%03x was given before, as %02x", (unsigned)at,
                 reader->dump->bytes[at]);
        return wrong(reader, column, text, "addresses before `:` are in hex; keep one of the two");
    }
    reader->given[at / 8] |= bit;
    reader->dump->bytes[at] = byte;
    if (at >= reader->dump->size) {
        reader->dump->size = at + 1;
    }
    return true;
}

static bool is_blank(uint8_t character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == ',';
}

/* The characters of a word up to blank, comment, colon or line end. */
static size_t word_length(const struct reader *reader)
{
    const uint8_t *at = reader->at;
    while (at < reader->end && !is_blank(*at) && *at != '\n' && *at != '#' && *at != ':') {
        at++;
    }
    return (size_t)(at - reader->at);
}

static bool take_address(struct reader *reader, const uint8_t *digits, size_t length, int column)
{
    uint32_t address = 0;
    for (size_t i = 0; i < length; i++) {
        if (digit_of(digits[i]) < 0 || length > ADDRESS_MAX) {
            return wrong(reader, column, "no address before `:`", "write it in hex, as `0300:`");
        }
        address = address << 4 | (uint32_t)digit_of(digits[i]);
    }
    if (length == 0 || address >= SFDP_DUMP_MAX) {
        return wrong(reader, column,
                     length == 0 ? "no address before `:`" : "an address of 0x1000 or more",
                     "SFDP is read from address 0; the first 4 KiB count");
    }
    reader->address = address;
    return true;
}

static bool take_bytes(struct reader *reader, const uint8_t *digits, size_t length, int column)
{
    for (size_t i = 0; i < length; i++) {
        if (digit_of(digits[i]) < 0) {
            char text[48];
            bool printable = digits[i] > ' ' && digits[i] <= '~';
            snprintf(text, sizeof text, printable ? "`%c` is no hex digit" : "%02xh is no text",
                     digits[i]);
            return wrong(reader, column + (int)i, text,
                         "bytes in hex, as `53 46 44 50`; `#` starts a comment");
        }
    }
    if (length % 2 != 0) {
        return wrong(reader, column, "an odd number of hex digits", "two digits for each byte");
    }
    for (size_t i = 0; i < length; i += 2) {
        uint8_t byte = (uint8_t)(digit_of(digits[i]) << 4 | digit_of(digits[i + 1]));
        if (!put(reader, byte, column + (int)i)) {
            return false;
        }
    }
    return true;
}

static bool take_word(struct reader *reader, bool first)
{
    size_t length = word_length(reader);
    const uint8_t *digits = reader->at;
    int column = reader->column;
    bool address = digits + length < reader->end && digits[length] == ':';
    reader->at += length + (address ? 1 : 0);
    reader->column += (int)length + (address ? 1 : 0);
    if (address && !first) {
        return wrong(reader, column, "an address behind bytes", "a new line for each address");
    }
    if (length > 2 && digits[0] == '0' && (digits[1] | 0x20) == 'x') {
        digits += 2;
        column += 2;
        length -= 2;
    }
    return address ? take_address(reader, digits, length, column)
                   : take_bytes(reader, digits, length, column);
}

static void skip(struct reader *reader)
{
    reader->at++;
    reader->column++;
}

static bool take_line(struct reader *reader)
{
    bool first = true;
    reader->column = 1;
    while (reader->at < reader->end && *reader->at != '\n') {
        if (*reader->at == '#') {
            while (reader->at < reader->end && *reader->at != '\n') {
                skip(reader);
            }
        } else if (is_blank(*reader->at)) {
            skip(reader);
        } else {
            if (!take_word(reader, first)) {
                return false;
            }
            first = false;
        }
    }
    skip(reader);
    reader->line++;
    return true;
}

static bool take_text(struct sfdp_dump *dump, const char *path, const uint8_t *bytes, size_t size,
                      struct error *error)
{
    struct reader reader = {
        .dump = dump, .path = path, .error = error, .at = bytes, .end = bytes + size, .line = 1};
    while (reader.at < reader.end) {
        if (!take_line(&reader)) {
            return false;
        }
    }
    return true;
}

/* What lies behind the tables reads FFh in a chip and adds nothing. */
static bool take_binary(struct sfdp_dump *dump, const char *path, const uint8_t *bytes, size_t size,
                        struct error *error)
{
    while (size > SFDP_DUMP_MAX && bytes[size - 1] == 0xFF) {
        size--;
    }
    if (size > SFDP_DUMP_MAX) {
        error_set(error, ERROR_SFDP_UNUSABLE, path, 0, 0, "%zu bytes; a dump has at most %d", size,
                  SFDP_DUMP_MAX);
        return error_hint(error, "give the SFDP space alone, from address 0");
    }
    memcpy(dump->bytes, bytes, size);
    dump->size = (uint32_t)size;
    return true;
}

bool sfdp_dump_parse(struct sfdp_dump *dump, const char *path, const uint8_t *bytes, size_t size,
                     struct error *error)
{
    memset(dump->bytes, 0xFF, sizeof dump->bytes);
    dump->size = 0;
    bool binary = size >= sizeof signature && memcmp(bytes, signature, sizeof signature) == 0;
    return binary ? take_binary(dump, path, bytes, size, error)
                  : take_text(dump, path, bytes, size, error);
}

static bool read_whole(struct sfdp_dump *dump, const char *path, uint8_t *bytes,
                       struct error *error)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return error_set(error, ERROR_FILE_READ, path, 0, 0, "%s", strerror(errno));
    }
    size_t size = fread(bytes, 1, FILE_MAX + 1, file);
    int failed = ferror(file) != 0 ? errno : 0;
    fclose(file);
    if (failed != 0) {
        return error_set(error, ERROR_FILE_READ, path, 0, 0, "%s", strerror(failed));
    }
    if (size > FILE_MAX) {
        error_set(error, ERROR_SFDP_UNUSABLE, path, 0, 0, "a file of more than 64 KiB");
        return error_hint(error, "give the SFDP space alone, from address 0");
    }
    return sfdp_dump_parse(dump, path, bytes, size, error);
}

bool sfdp_dump_read(struct sfdp_dump *dump, const char *path, struct error *error)
{
    uint8_t *bytes = malloc(FILE_MAX + 1);
    if (bytes == NULL) {
        return error_set(error, ERROR_NO_MEMORY, path, 0, 0, "reading an SFDP dump");
    }
    bool good = read_whole(dump, path, bytes, error);
    free(bytes);
    return good;
}

bool sfdp_dump_decode(struct sfdp *sfdp, const struct sfdp_dump *dump, const char *path,
                      struct error *error)
{
    enum sfdp_problem problem = sfdp_decode(sfdp, dump->bytes, dump->size);
    if (problem == SFDP_GOOD) {
        return true;
    }
    error_set(error, ERROR_SFDP_UNUSABLE, path, 0, 0, "%s", sfdp_problem_text(problem));
    for (size_t i = 0; i < sizeof turned_round / sizeof turned_round[0]; i++) {
        if (problem == SFDP_NO_SIGNATURE &&
            memcmp(dump->bytes, turned_round[i], sizeof turned_round[i]) == 0) {
            return error_hint(error,
                              "these are words of 32 or 16 bits; give bytes in order, as `xxd -p`");
        }
    }
    return false;
}
