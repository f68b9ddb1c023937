/* SPDX-License-Identifier: MIT */
#include "image/pieces.h"
#include "image/records.h"

#include <stdlib.h>
#include <string.h>

enum {
    COUNT_MAX = 255, /* bytes that the length byte can count: address, data, checksum */
    FIRST_BYTE = 4,  /* index of the first of them in the line, after "S1" and the length */
    COLUMN_TYPE = 2, /* columns count from 1 */
    COLUMN_LENGTH = 3,
    COLUMN_ADDRESS = 5
};

struct srec_record {
    unsigned type;          /* 0 to 9 */
    unsigned address_bytes; /* 2 to 4 */
    uint32_t address;       /* in S5 and S6 the count of data records */
    const uint8_t *data;    /* into bytes */
    unsigned size;          /* of the data */
    uint8_t bytes[COUNT_MAX];
};

struct srec_reader {
    const char *name;
    struct record_lines lines;
    uint32_t data_records;
    int end_line;   /* of S7, S8 or S9; 0 = none yet */
    int count_line; /* of S5 or S6; 0 = none yet */
    uint8_t *store; /* next free byte of the pieces' storage */
    struct pieces *pieces;
    struct error *error;
};

/* Bytes of the address field by record type; S4 is reserved. */
static const unsigned address_sizes[10] = {2, 2, 3, 4, 0, 2, 3, 4, 3, 2};

static bool bad_character(const struct srec_reader *reader, const struct record_line *line,
                          size_t at, const char *wanted)
{
    char found[16];
    record_describe_character(line, at, found);
    return error_set(reader->error, ERROR_SREC_SYNTAX, reader->name, line->number, (int)at + 1,
                     "%s where %s must stand", found, wanted);
}

/* 'S', a type, an even number of digits that the length byte agrees with. */
static bool check_shape(const struct srec_reader *reader, const struct record_line *line)
{
    if (line->text[0] != 'S' && line->text[0] != 's') {
        return bad_character(reader, line, 0, "'S'");
    }
    if (line->length > 1 && (line->text[1] < '0' || line->text[1] > '9')) {
        return bad_character(reader, line, 1, "a type from 0 to 9");
    }
    const size_t end = record_digits_end(line, 1);
    if (end < line->length) {
        return bad_character(reader, line, end, "a hexadecimal digit");
    }
    if (line->length > 1 && address_sizes[line->text[1] - '0'] == 0) {
        return error_set(reader->error, ERROR_SREC_SYNTAX, reader->name, line->number, COLUMN_TYPE,
                         "record type S4 is reserved");
    }
    const size_t wanted =
        FIRST_BYTE + (line->length < FIRST_BYTE ? 0 : 2 * (size_t)record_byte(line, 2));
    if (line->length >= FIRST_BYTE && line->length == wanted) {
        return true;
    }
    if (line->length < wanted && line->last) {
        return error_set(reader->error, ERROR_SREC_TRUNCATED, reader->name, line->number, 0,
                         "the last record has %zu of its %zu characters", line->length, wanted);
    }
    return error_set(reader->error, ERROR_SREC_SYNTAX, reader->name, line->number, COLUMN_LENGTH,
                     "the record has %zu characters; its length byte asks for %zu", line->length,
                     wanted);
}

static bool parse_record(const struct srec_reader *reader, const struct record_line *line,
                         struct srec_record *record)
{
    if (!check_shape(reader, line)) {
        return false;
    }
    const unsigned count = record_byte(line, 2);
    record->type = (unsigned)(line->text[1] - '0');
    record->address_bytes = address_sizes[record->type];
    if (count < record->address_bytes + 1) {
        return error_set(reader->error, ERROR_SREC_SYNTAX, reader->name, line->number,
                         COLUMN_LENGTH, "a record S%u has at least %u bytes, not %u", record->type,
                         record->address_bytes + 1, count);
    }
    unsigned sum = count;
    record->address = 0;
    for (unsigned i = 0; i < count; i++) {
        record->bytes[i] = record_byte(line, FIRST_BYTE + 2 * (size_t)i);
        sum += i + 1 < count ? record->bytes[i] : 0;
        record->address =
            i < record->address_bytes ? record->address << 8 | record->bytes[i] : record->address;
    }
    const unsigned found = record->bytes[count - 1];
    if (found != (~sum & 0xFFu)) {
        return error_set(reader->error, ERROR_SREC_CHECKSUM, reader->name, line->number,
                         (int)line->length - 1, "0x%02X stands there, the bytes give 0x%02X", found,
                         ~sum & 0xFFu);
    }
    record->data = record->bytes + record->address_bytes;
    record->size = count - record->address_bytes - 1;
    return true;
}

static bool add_data(struct srec_reader *reader, const struct srec_record *record)
{
    reader->data_records++;
    if (record->size == 0) {
        return true;
    }
    if (record->size > (UINT64_C(1) << 32) - record->address) {
        return error_set(reader->error, ERROR_SREC_SYNTAX, reader->name, reader->lines.line,
                         COLUMN_ADDRESS, "%u bytes at 0x%08X run past the end of the address space",
                         record->size, record->address);
    }
    memcpy(reader->store, record->data, record->size);
    const struct piece piece = {record->address, record->size, reader->store,
                                (unsigned)reader->lines.line};
    reader->store += record->size;
    return pieces_add(reader->pieces, &piece) ||
           error_set(reader->error, ERROR_NO_MEMORY, reader->name, reader->lines.line, 0,
                     "reading S-records");
}

static bool check_count(struct srec_reader *reader, const struct srec_record *record)
{
    reader->count_line = reader->lines.line;
    return record->address == reader->data_records ||
           error_set(reader->error, ERROR_SREC_COUNT, reader->name, reader->lines.line,
                     COLUMN_ADDRESS, "S%u counts %u, there are %u before it", record->type,
                     record->address, reader->data_records);
}

static bool take_record(struct srec_reader *reader, const struct srec_record *record)
{
    const bool carries_data = record->type <= 3;
    if (!carries_data && record->size > 0) {
        return error_set(reader->error, ERROR_SREC_SYNTAX, reader->name, reader->lines.line,
                         COLUMN_LENGTH, "a record S%u has %u bytes, not %u", record->type,
                         record->address_bytes + 1, record->address_bytes + 1 + record->size);
    }
    switch (record->type) {
    case 0: return true; /* a header: text for people */
    case 1:
    case 2:
    case 3: return add_data(reader, record);
    case 5:
    case 6: return check_count(reader, record);
    default:
        reader->end_line = reader->lines.line;
        return true; /* start address: checked, dropped */
    }
}

static bool take_lines(struct srec_reader *reader)
{
    struct record_line line;
    while (record_lines_next(&reader->lines, &line)) {
        struct srec_record record;
        if (reader->end_line != 0) {
            return error_set(reader->error, ERROR_SREC_SYNTAX, reader->name, line.number, 1,
                             "text after the end record of line %d", reader->end_line);
        }
        if (!parse_record(reader, &line, &record)) {
            return false;
        }
        if (reader->count_line != 0 && record.type <= 3) {
            return error_set(reader->error, ERROR_SREC_SYNTAX, reader->name, line.number,
                             COLUMN_TYPE, "a record S%u after the count of line %d", record.type,
                             reader->count_line);
        }
        if (!take_record(reader, &record)) {
            return false;
        }
    }
    /* A right count at the end shows as well that nothing is missing. */
    return reader->end_line != 0 || reader->count_line != 0 ||
           error_set(reader->error, ERROR_SREC_TRUNCATED, reader->name, reader->lines.line, 0,
                     "the last line is %d", reader->lines.line);
}

bool srec_parse(struct pieces *pieces, const char *name, const uint8_t *text, size_t size,
                struct error *error)
{
    /* Two digits make a byte. */
    pieces->storage = malloc(size / 2 + 1);
    if (pieces->storage == NULL) {
        return error_set(error, ERROR_NO_MEMORY, name, 0, 0, "%zu bytes of S-records", size);
    }
    struct srec_reader reader = {.name = name,
                                 .lines = {.text = text, .size = size},
                                 .store = pieces->storage,
                                 .pieces = pieces,
                                 .error = error};
    return take_lines(&reader);
}

bool srec_is_srec(const uint8_t *text, size_t size)
{
    struct srec_reader reader = {.lines = {.text = text, .size = size}};
    struct record_line line;
    struct srec_record record;
    return record_lines_next(&reader.lines, &line) && parse_record(&reader, &line, &record);
}
