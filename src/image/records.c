/* SPDX-License-Identifier: MIT */
#include "image/records.h"

#include <stdio.h>
#include <string.h>

static bool is_blank(uint8_t character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

bool record_lines_next(struct record_lines *lines, struct record_line *line)
{
    while (lines->at < lines->size) {
        const uint8_t *start = lines->text + lines->at;
        const size_t left = lines->size - lines->at;
        const uint8_t *end = memchr(start, '\n', left);
        size_t length = end == NULL ? left : (size_t)(end - start);
        lines->at += end == NULL ? length : length + 1;
        lines->line++;
        while (length > 0 && is_blank(start[length - 1])) {
            length--;
        }
        if (length > 0) {
            *line = (struct record_line){start, length, lines->line, end == NULL};
            return true;
        }
    }
    return false;
}

int record_digit(uint8_t character)
{
    if (character >= '0' && character <= '9') {
        return character - '0';
    }
    if (character >= 'A' && character <= 'F') {
        return character - 'A' + 10;
    }
    if (character >= 'a' && character <= 'f') {
        return character - 'a' + 10;
    }
    return -1;
}

uint8_t record_byte(const struct record_line *line, size_t at)
{
    return (uint8_t)(record_digit(line->text[at]) * 16 + record_digit(line->text[at + 1]));
}

size_t record_digits_end(const struct record_line *line, size_t from)
{
    while (from < line->length && record_digit(line->text[from]) >= 0) {
        from++;
    }
    return from;
}

void record_describe_character(const struct record_line *line, size_t at, char buffer[16])
{
    const uint8_t found = line->text[at];
    snprintf(buffer, 16, found > ' ' && found < 0x7f ? "'%c'" : "byte 0x%02X", found);
}
