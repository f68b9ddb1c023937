/* SPDX-License-Identifier: MIT */
/*
 * What a flash says of itself, as a JSON object for `info --sfdp --json`: times in nanoseconds, what
 * is not told is null. A new reference, NULL if memory is out.
 */
#ifndef EXTLOAD_CLI_DESCRIBE_SFDP_H
#define EXTLOAD_CLI_DESCRIBE_SFDP_H

#include "sfdp/sfdp.h"

#include <jansson.h>

/* `refusal`: why no board can use it; NULL if one can. */
json_t *describe_sfdp(const struct sfdp *sfdp, const char *file, const char *refusal);

#endif
