/* SPDX-License-Identifier: MIT */
#include "pack/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 4096u

static bool make_room(struct text *text, size_t size)
{
    size_t room = text->room > 0 ? text->room : FIRST_ROOM;
    while (room - text->size < size) {
        room *= 2;
    }
    if (room != text->room) {
        char *bytes = realloc(text->bytes, room);
        text->failed = text->failed || bytes == NULL;
        text->bytes = bytes != NULL ? bytes : text->bytes;
        text->room = bytes != NULL ? room : text->room;
    }
    return !text->failed;
}

void text_append(struct text *text, const char *bytes, size_t size)
{
    if (make_room(text, size)) {
        memcpy(text->bytes + text->size, bytes, size);
        text->size += size;
    }
}

void text_print(struct text *text, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    const int length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0) {
        text->failed = true;
    } else if (make_room(text, (size_t)length + 1)) {
        vsnprintf(text->bytes + text->size, (size_t)length + 1, format, again);
        text->size += (size_t)length;
    }
    va_end(again);
    va_end(arguments);
}

char *text_take(struct text *text, size_t *size)
{
    char *bytes = text->failed ? NULL : text->bytes;
    if (text->failed) {
        free(text->bytes);
    }
    *size = text->size;
    *text = (struct text){0};
    return bytes;
}
