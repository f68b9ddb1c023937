/* SPDX-License-Identifier: MIT */
/*
 * Text of any origin as a JSON string.
 */
#ifndef EXTLOAD_REPORT_JSON_TEXT_H
#define EXTLOAD_REPORT_JSON_TEXT_H

#include "report/error.h"

#include <jansson.h>

/* A string of `text`, which may be a path or a name out of a foreign file: each byte that is not
 * UTF-8 becomes U+FFFD. JSON null for NULL. A new reference; NULL if memory is out. */
json_t *json_text(const char *text);
/* The causes as a list of strings. */
json_t *json_likely(const struct likely *likely);

#endif
