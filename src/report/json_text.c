/* SPDX-License-Identifier: MIT */
#include "report/json_text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT      "\xEF\xBF\xBD" /* U+FFFD */
#define REPLACEMENT_SIZE 3

/* Bytes of the sequence that starts with `byte`; 0 if none does. */
static size_t sequence_size(unsigned char byte)
{
    if (byte < 0x80) {
        return 1;
    }
    if (byte >= 0xC2 && byte <= 0xDF) {
        return 2;
    }
    if ((byte & 0xF0) == 0xE0) {
        return 3;
    }
    return byte >= 0xF0 && byte <= 0xF4 ? 4 : 0;
}

/* Jansson is asked, so that there is one opinion of what UTF-8 is: overlong forms, surrogates. */
static bool is_utf8(const char *text, size_t size)
{
    json_t *string = json_stringn(text, size);
    const bool good = string != NULL;
    json_decref(string);
    return good;
}

json_t *json_text(const char *text)
{
    if (text == NULL) {
        return json_null();
    }
    const size_t size = strlen(text);
    json_t *string = json_stringn(text, size);
    char *clean = string == NULL ? malloc(size * REPLACEMENT_SIZE + 1) : NULL;
    if (clean == NULL) {
        return string;
    }
    size_t used = 0;
    for (size_t at = 0; at < size;) {
        const size_t length = sequence_size((unsigned char)text[at]);
        const bool good = length > 0 && length <= size - at && is_utf8(text + at, length);
        memcpy(clean + used, good ? text + at : REPLACEMENT, good ? length : REPLACEMENT_SIZE);
        used += good ? length : REPLACEMENT_SIZE;
        at += good ? length : 1;
    }
    string = json_stringn(clean, used);
    free(clean);
    return string;
}

json_t *json_likely(const struct likely *likely)
{
    json_t *causes = json_array();
    for (unsigned i = 0; causes != NULL && i < likely->count; i++) {
        json_array_append_new(causes, json_text(likely->causes[i]));
    }
    return causes;
}
