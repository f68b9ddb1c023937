/* SPDX-License-Identifier: MIT */
/*
 * The main job: an image into the flash, as a lifecycle does it.
 */
#ifndef EXTLOAD_HOST_PROGRAM_H
#define EXTLOAD_HOST_PROGRAM_H

#include "host/kept.h"
#include "host/plan.h"
#include "host/session.h"

struct program_report {
    uint64_t erased_bytes, kept_bytes, written_bytes;
    unsigned sectors_skipped;                 /* found blank on the target */
    uint64_t erase_ns, program_ns, verify_ns; /* of the target's time */
    const char *stage; /* "erase", "program", "verify": what was under way when it ended */
    char
        kept_path[KEPT_PATH_SIZE]; /* the file that holds the neighbours now; "" if there is none */
};

/* What becomes of touched sectors beside what the images give. */
struct program_keeping {
    bool neighbours;    /* they are read before the erase and written back, if the lifecycle can */
    const char *folder; /* where they lie in a file meanwhile (host/kept.h); NULL: in no file */
    bool file_stays;    /* after success, too */
    /* A sector that reads blank is not erased, if the lifecycle looks and no flight record speaks
     * against it: the caller answers for it that no erase and no program of it was ever cut off. */
    bool skip_blank;
};

/* Erases what is needed, writes, reads back and compares. The file with the neighbours is on the disk
 * before the first sector is erased, and is gone after success, or if nothing was erased. *report is
 * valid whatever the outcome. FILE_WRITE, with nothing erased, if that file cannot be written. */
bool program_run(struct session *session, const struct image *image, const struct plan *plan,
                 const struct program_keeping *keeping, struct program_report *report,
                 struct error *error);

#endif
