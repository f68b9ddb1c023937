/* SPDX-License-Identifier: MIT */
/*
 * One way to say that something is wrong: what, where, why, and what to try.
 *
 * A function that can fail takes a `struct error *` last and returns false (or NULL). The first
 * error wins; callers add nothing on the way up. Only cli/ prints.
 */
#ifndef EXTLOAD_REPORT_ERROR_H
#define EXTLOAD_REPORT_ERROR_H

#include <stdbool.h>
#include <stddef.h>

/* Every error of the host tool; one line each in report/errors.def: name, exit status, what, hint.
 */
enum error_code {
    ERROR_NONE = 0,
#define ERROR(name, status, what, hint) ERROR_##name,
#include "report/errors.def"
#undef ERROR
    ERROR_COUNT
};

#define LIKELY_MAX 8

/* What may be behind a failure, likeliest first. Zero-initialise. */
struct likely {
    char causes[LIKELY_MAX][200];
    unsigned count;
};

struct error {
    enum error_code code;
    char file[256];   /* the file that is wrong; empty if none */
    int line;         /* from 1; 0 = not a matter of one line */
    int column;       /* from 1; 0 = not known */
    char detail[512]; /* the particular case: names, values */
    char hint[256];   /* replaces the table's hint when not empty (nearest valid name, say) */
    struct likely likely;
};

/* Sets *error unless it already holds one. `file` may be NULL. Returns false, for `return
 * error_set(...)`. */
bool error_set(struct error *error, enum error_code code, const char *file, int line, int column,
               const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Gives the error that was just set a hint of its own. Returns false. */
bool error_hint(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds a cause; what does not fit the list is dropped. */
void likely_add(struct likely *likely, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The name in the table, which stays the same: "HEX_SYNTAX". */
const char *error_name(enum error_code code);
const char *error_what(enum error_code code);
const char *error_table_hint(enum error_code code);
/* 1: the operation failed; 2: the call or a file was wrong; 130: interrupted. */
int error_exit_status(enum error_code code);

/* Room for any error in words. */
#define ERROR_TEXT_SIZE 3200

/* Writes "FILE:LINE:COLUMN: error: WHAT: DETAIL", "  try: HINT" and a line "  likely: CAUSE" for each
 * cause to buffer, cut to size. */
void error_format(const struct error *error, char *buffer, size_t size);

#endif
