/* SPDX-License-Identifier: MIT */
/*
 * Files of hexadecimal records, one a line: what Intel HEX and Motorola S-records have in common.
 */
#ifndef EXTLOAD_IMAGE_RECORDS_H
#define EXTLOAD_IMAGE_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct record_line {
    const uint8_t *text;
    size_t length; /* without line end and trailing blanks, at least 1 */
    int number;    /* from 1 */
    bool last;     /* nothing follows in the file, not even a line end */
};

/* Where a reader is; zero-initialise but for text and size. */
struct record_lines {
    const uint8_t *text;
    size_t size, at;
    int line; /* of the line that was read last; 0 = none yet */
};

/* The next line that is not blank; LF and CRLF both end one. False at the end of the text. */
bool record_lines_next(struct record_lines *lines, struct record_line *line);

/* Value of a hexadecimal digit in either case; -1 if it is none. */
int record_digit(uint8_t character);
/* The byte that two digits from `at` on make; they must be digits. */
uint8_t record_byte(const struct record_line *line, size_t at);
/* Index of the first character from `from` on that is no hexadecimal digit; the length if all are. */
size_t record_digits_end(const struct record_line *line, size_t from);
/* "'x'", or "byte 0x1B" for what cannot be printed. */
void record_describe_character(const struct record_line *line, size_t at, char buffer[16]);

#endif
