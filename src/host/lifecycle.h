/* SPDX-License-Identifier: MIT */
/*
 * How a tool drives a loader, as data. What differs between tools stands in a row; session.c
 * replays it.
 */
#ifndef EXTLOAD_HOST_LIFECYCLE_H
#define EXTLOAD_HOST_LIFECYCLE_H

#include <stdbool.h>
#include <stdint.h>

struct lifecycle {
    const char *name;
    const char *summary;
    const char *link;      /* the probe it usually sits on; see sim/link.h */
    bool fresh_operation;  /* park, download and Init before every operation; else once a session */
    bool mask_interrupts;  /* C_MASKINTS while the core runs */
    bool clean_core;       /* writes CONTROL, PRIMASK, FAULTMASK, BASEPRI and the stack limits */
    bool keeps_neighbours; /* rewrites the bytes of a touched sector that no image covers */
    uint32_t stack_gap;    /* SP = base + image size + this, bytes */
    uint32_t buffer_gap;   /* buffer = align(SP + this) */
    uint32_t buffer_align;
    uint32_t buffer_zeroed; /* bytes of the buffer that are zero-filled when parking */
    uint32_t buffer_max;    /* largest chunk of one Write or Read */
    uint32_t init_timeout_ms, write_timeout_ms, read_timeout_ms;
    uint32_t erase_timeout_ms, mass_erase_timeout_ms;
    const char *evidence;
};

/* By name or alias ("cubeprogrammer" is the J-Link one); NULL if unknown. */
const struct lifecycle *lifecycle_find(const char *name);
const struct lifecycle *lifecycle_at(unsigned index); /* NULL past the end */

#endif
