/* SPDX-License-Identifier: MIT */
/*
 * target.xml: which registers a server has, under which numbers. "Target Descriptions" of the GDB
 * manual; a register without a number follows the one before it, over included documents too.
 */
#ifndef EXTLOAD_RSP_DESCRIPTION_H
#define EXTLOAD_RSP_DESCRIPTION_H

#include "report/error.h"

#include <stdint.h>

#define DESCRIPTION_REGISTERS 256 /* more are left out */
#define DESCRIPTION_DOCUMENTS 16

struct rsp_register {
    char name[16];
    uint16_t number;
    uint16_t bytes; /* in a packet: bitsize / 8, rounded up */
};

struct rsp_description {
    struct rsp_register registers[DESCRIPTION_REGISTERS];
    unsigned count;
    unsigned documents; /* that were read */
};

/* Gives the whole of a document; the caller frees it. NULL with *error set, or without: there is none. */
typedef char *(*description_fetch)(void *context, const char *name, size_t *size,
                                   struct error *error);

/* Reads "target.xml" and what it includes. No document, or one that is no XML, leaves *description
 * empty. False only if fetching failed. */
bool description_read(struct rsp_description *description, description_fetch fetch, void *context,
                      struct error *error);

/* By name, in any case; NULL if there is none. */
const struct rsp_register *description_find(const struct rsp_description *description,
                                            const char *name);

#endif
