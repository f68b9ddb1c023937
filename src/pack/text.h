/* SPDX-License-Identifier: MIT */
/*
 * Text that grows, for the scripts and descriptions that other tools read.
 */
#ifndef EXTLOAD_PACK_TEXT_H
#define EXTLOAD_PACK_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Zero-initialise. Once memory has given out, all that follows is dropped. */
struct text {
    char *bytes;
    size_t size, room;
    bool failed;
};

void text_print(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_append(struct text *text, const char *bytes, size_t size);
/* The bytes, which are the caller's to free, and their number; NULL if memory gave out. The text is empty
 * then. */
char *text_take(struct text *text, size_t *size);

#endif
