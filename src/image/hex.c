/* SPDX-License-Identifier: MIT */
#include "image/pieces.h"
#include "image/records.h"

#include <stdlib.h>
#include <string.h>

enum {
    RECORD_DATA = 0,
    RECORD_END = 1,
    RECORD_SEGMENT_BASE = 2,
    RECORD_SEGMENT_START = 3,
    RECORD_LINEAR_BASE = 4,
    RECORD_LINEAR_START = 5,
    RECORD_FRAME = 5, /* length, two of offset, type, checksum */
    RECORD_MAX = RECORD_FRAME + 255
};

struct record {
    unsigned length; /* data bytes */
    unsigned offset;
    unsigned type;
    uint8_t bytes[RECORD_MAX]; /* the whole record; data from byte 4 */
};

struct hex_reader {
    const char *name;
    struct record_lines lines;
    int end_line; /* of the end record; 0 = none yet */
    bool segmented;
    uint32_t base;
    uint8_t *store; /* next free byte of the pieces' storage */
    struct pieces *pieces;
    struct error *error;
};

static bool bad_character(const struct hex_reader *reader, const struct record_line *line,
                          size_t at, const char *wanted)
{
    char found[16];
    record_describe_character(line, at, found);
    return error_set(reader->error, ERROR_HEX_SYNTAX, reader->name, line->number, (int)at + 1,
                     "%s where %s must stand", found, wanted);
}

static bool check_shape(const struct hex_reader *reader, const struct record_line *line)
{
    if (line->text[0] != ':') {
        return bad_character(reader, line, 0, "':'");
    }
    const size_t end = record_digits_end(line, 1);
    if (end < line->length) {
        return bad_character(reader, line, end, "a hexadecimal digit");
    }
    const size_t digits = line->length - 1;
    const size_t wanted = 2 * (size_t)(RECORD_FRAME + (digits < 2 ? 0 : record_byte(line, 1)));
    if (digits == wanted) {
        return true;
    }
    if (digits < wanted && line->last) {
        return error_set(reader->error, ERROR_HEX_TRUNCATED, reader->name, line->number, 0,
                         "the last record has %zu of its %zu digits", digits, wanted);
    }
    return error_set(reader->error, ERROR_HEX_SYNTAX, reader->name, line->number, 0,
                     "the record has %zu digits; its length byte asks for %zu", digits, wanted);
}

static bool parse_record(const struct hex_reader *reader, const struct record_line *line,
                         struct record *record)
{
    if (!check_shape(reader, line)) {
        return false;
    }
    const size_t count = (line->length - 1) / 2;
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++) {
        record->bytes[i] = record_byte(line, 1 + 2 * i);
        sum += record->bytes[i];
    }
    if ((sum & 0xffu) != 0) {
        const unsigned found = record->bytes[count - 1];
        return error_set(reader->error, ERROR_HEX_CHECKSUM, reader->name, line->number, 0,
                         "0x%02X stands there, the bytes give 0x%02X", found,
                         (found - sum) & 0xffu);
    }
    record->length = record->bytes[0];
    record->offset = (unsigned)record->bytes[1] << 8 | record->bytes[2];
    record->type = record->bytes[3];
    return true;
}

static bool add_run(struct hex_reader *reader, uint32_t address, const uint8_t *bytes,
                    unsigned size)
{
    if (size == 0) {
        return true;
    }
    memcpy(reader->store, bytes, size);
    const struct piece piece = {address, size, reader->store, (unsigned)reader->lines.line};
    reader->store += size;
    if (!pieces_add(reader->pieces, &piece)) {
        return error_set(reader->error, ERROR_NO_MEMORY, reader->name, reader->lines.line, 0,
                         "reading Intel HEX");
    }
    return true;
}

static bool add_data(struct hex_reader *reader, const struct record *record)
{
    const uint32_t address = reader->base + record->offset;
    const uint64_t room =
        reader->segmented ? UINT64_C(0x10000) - record->offset : (UINT64_C(1) << 32) - address;
    const unsigned first = record->length < room ? record->length : (unsigned)room;
    return add_run(reader, address, record->bytes + 4, first) &&
           add_run(reader, reader->segmented ? reader->base : 0, record->bytes + 4 + first,
                   record->length - first);
}

static bool check_length(const struct hex_reader *reader, const struct record *record)
{
    static const unsigned lengths[] = {[RECORD_END] = 0,
                                       [RECORD_SEGMENT_BASE] = 2,
                                       [RECORD_SEGMENT_START] = 4,
                                       [RECORD_LINEAR_BASE] = 2,
                                       [RECORD_LINEAR_START] = 4};
    if (record->type > RECORD_LINEAR_START) {
        return error_set(reader->error, ERROR_HEX_SYNTAX, reader->name, reader->lines.line, 8,
                         "record type %02X; there are 00 to 05", record->type);
    }
    if (record->type != RECORD_DATA && record->length != lengths[record->type]) {
        return error_set(reader->error, ERROR_HEX_SYNTAX, reader->name, reader->lines.line, 2,
                         "a record of type %02X has %u bytes, not %u", record->type,
                         lengths[record->type], record->length);
    }
    return true;
}

static bool take_record(struct hex_reader *reader, const struct record *record)
{
    if (!check_length(reader, record)) {
        return false;
    }
    const uint32_t value = (uint32_t)record->bytes[4] << 8 | record->bytes[5];
    switch (record->type) {
    case RECORD_DATA: return add_data(reader, record);
    case RECORD_END: reader->end_line = reader->lines.line; return true;
    case RECORD_SEGMENT_BASE:
        reader->segmented = true;
        reader->base = value << 4;
        return true;
    case RECORD_LINEAR_BASE:
        reader->segmented = false;
        reader->base = value << 16;
        return true;
    default: return true;
    }
}

static bool take_lines(struct hex_reader *reader)
{
    struct record_line line;
    while (record_lines_next(&reader->lines, &line)) {
        struct record record;
        if (reader->end_line != 0) {
            return error_set(reader->error, ERROR_HEX_SYNTAX, reader->name, line.number, 1,
                             "text after the end record of line %d", reader->end_line);
        }
        if (!parse_record(reader, &line, &record) || !take_record(reader, &record)) {
            return false;
        }
    }
    if (reader->end_line == 0) {
        return error_set(reader->error, ERROR_HEX_TRUNCATED, reader->name, reader->lines.line, 0,
                         "the last line is %d", reader->lines.line);
    }
    return true;
}

bool hex_parse(struct pieces *pieces, const char *name, const uint8_t *text, size_t size,
               struct error *error)
{
    /* Two digits make a byte. */
    pieces->storage = malloc(size / 2 + 1);
    if (pieces->storage == NULL) {
        return error_set(error, ERROR_NO_MEMORY, name, 0, 0, "%zu bytes of Intel HEX", size);
    }
    struct hex_reader reader = {.name = name,
                                .lines = {.text = text, .size = size},
                                .store = pieces->storage,
                                .pieces = pieces,
                                .error = error};
    return take_lines(&reader);
}

bool hex_is_hex(const uint8_t *text, size_t size)
{
    struct hex_reader reader = {.lines = {.text = text, .size = size}};
    struct record_line line;
    struct record record;
    return record_lines_next(&reader.lines, &line) && parse_record(&reader, &line, &record);
}
