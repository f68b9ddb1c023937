/* SPDX-License-Identifier: MIT */
#include "report/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct entry {
    const char *name;
    int status;
    const char *what;
    const char *hint;
};

static const struct entry table[ERROR_COUNT] = {
    [ERROR_NONE] = {"NONE", 0, "no error", ""},
#define ERROR(name, status, what, hint) [ERROR_##name] = {#name, status, what, hint},
#include "report/errors.def"
#undef ERROR
};

bool error_set(struct error *error, enum error_code code, const char *file, int line, int column,
               const char *format, ...)
{
    if (error == NULL || error->code != ERROR_NONE) {
        return false;
    }
    *error = (struct error){.code = code, .line = line, .column = column};
    if (file != NULL) {
        snprintf(error->file, sizeof error->file, "%s", file);
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->detail, sizeof error->detail, format, arguments);
    va_end(arguments);
    return false;
}

bool error_hint(struct error *error, const char *format, ...)
{
    if (error == NULL || error->hint[0] != '\0') {
        return false;
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->hint, sizeof error->hint, format, arguments);
    va_end(arguments);
    return false;
}

void likely_add(struct likely *likely, const char *format, ...)
{
    if (likely->count == LIKELY_MAX) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(likely->causes[likely->count++], sizeof likely->causes[0], format, arguments);
    va_end(arguments);
}

const char *error_name(enum error_code code)
{
    return table[code].name;
}

const char *error_what(enum error_code code)
{
    return table[code].what;
}

const char *error_table_hint(enum error_code code)
{
    return table[code].hint;
}

int error_exit_status(enum error_code code)
{
    return table[code].status;
}

void error_format(const struct error *error, char *buffer, size_t size)
{
    char where[320] = "";
    if (error->file[0] != '\0' && error->line > 0 && error->column > 0) {
        snprintf(where, sizeof where, "%s:%d:%d: ", error->file, error->line, error->column);
    } else if (error->file[0] != '\0' && error->line > 0) {
        snprintf(where, sizeof where, "%s:%d: ", error->file, error->line);
    } else if (error->file[0] != '\0') {
        snprintf(where, sizeof where, "%s: ", error->file);
    }
    const char *hint = error->hint[0] != '\0' ? error->hint : table[error->code].hint;
    snprintf(buffer, size, "%serror: %s%s%s\n  try: %s", where, table[error->code].what,
             error->detail[0] != '\0' ? ": " : "", error->detail, hint);
    for (unsigned i = 0; i < error->likely.count; i++) {
        const size_t used = strlen(buffer);
        snprintf(buffer + used, size - used, "\n  likely: %s", error->likely.causes[i]);
    }
}
