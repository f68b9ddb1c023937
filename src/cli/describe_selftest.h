/* SPDX-License-Identifier: MIT */
/*
 * A self-test as a JSON object, to be attached to a report. A new reference, NULL if memory is out.
 */
#ifndef EXTLOAD_CLI_DESCRIBE_SELFTEST_H
#define EXTLOAD_CLI_DESCRIBE_SELFTEST_H

#include "selftest/selftest.h"

#include <jansson.h>

json_t *describe_selftest(const struct selftest *result);

#endif
