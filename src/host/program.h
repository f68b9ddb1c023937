/* SPDX-License-Identifier: MIT */
/*
 * The main job: an image into the flash, as a lifecycle does it.
 */
#ifndef EXTLOAD_HOST_PROGRAM_H
#define EXTLOAD_HOST_PROGRAM_H

#include "host/plan.h"
#include "host/session.h"

struct program_report {
    uint64_t erased_bytes, kept_bytes, written_bytes;
    unsigned sectors_skipped;                 /* found blank on the target */
    uint64_t erase_ns, program_ns, verify_ns; /* of the target's time */
    const char *stage; /* "erase", "program", "verify": what was under way when it ended */
};

/* Erases what is needed, writes, reads back and compares. `keep` rewrites the neighbours if the
 * lifecycle can. *report is valid whatever the outcome. */
bool program_run(struct session *session, const struct image *image, const struct plan *plan,
                 bool keep, struct program_report *report, struct error *error);

#endif
