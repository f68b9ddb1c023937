/* SPDX-License-Identifier: MIT */
/*
 * What is not known of a tool: named knobs of a lifecycle, with the values that it might take and
 * why the default is what it is.
 */
#ifndef EXTLOAD_HOST_HOST_OPTION_H
#define EXTLOAD_HOST_HOST_OPTION_H

#include "host/lifecycle.h"
#include "report/error.h"

#include <stddef.h>

struct host_option_value {
    const char *name;
    uint32_t value;
};

struct host_option {
    const char *name;
    const char *summary;
    size_t field;      /* offset of a uint32_t in struct lifecycle */
    unsigned families; /* set of enum host_family for which it is open; fixed for the others */
    const struct host_option_value *values; /* those that the tests try; a name of NULL ends them */
    uint32_t minimum, maximum; /* any number in between is taken too; both 0: named values only */
    uint32_t multiple;         /* such a number must be one of this; 0: any */
    const char *unit;          /* of a number; "" if none */
    bool is_limit;             /* a patience or budget: only the smallest value is harsh */
    const char *evidence;      /* for the defaults */
};

const struct host_option *host_option_at(unsigned index); /* NULL past the end */
const struct host_option *host_option_find(const char *name);
bool host_option_is_open(const struct host_option *option, const struct lifecycle *lifecycle);

uint32_t host_option_get(const struct host_option *option, const struct lifecycle *lifecycle);
void host_option_put(const struct host_option *option, struct lifecycle *lifecycle, uint32_t value);
/* Takes "NAME=VALUE". UNKNOWN_NAME or BAD_VALUE with the nearest valid one; UNKNOWN_NAME too for
 * what is known of this tool. */
bool host_option_set(struct lifecycle *lifecycle, const char *assignment, struct error *error);

/* "file", "64K" or "1234". */
void host_option_format(const struct host_option *option, uint32_t value, char *buffer,
                        size_t size);
/* "file | memory", "1000 | 100000, or 1 to 10000000 ms". */
void host_option_format_values(const struct host_option *option, char *buffer, size_t size);

#endif
