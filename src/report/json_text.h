/* SPDX-License-Identifier: MIT */
/*
 * Text of any origin as a JSON string.
 */
#ifndef EXTLOAD_REPORT_JSON_TEXT_H
#define EXTLOAD_REPORT_JSON_TEXT_H

#include <jansson.h>

/* A string of `text`, which may be a path or a name out of a foreign file: each byte that is not
 * UTF-8 becomes U+FFFD. JSON null for NULL. A new reference; NULL if memory is out. */
json_t *json_text(const char *text);

#endif
