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
    uint64_t erased_bytes, kept_bytes;
    uint64_t write_bytes; /* that are to be programmed; those of the images until that is known */
    uint64_t written_bytes;
    uint64_t same_bytes;      /* of units that held what they shall, and were left alone */
    uint64_t compared_bytes;  /* that the loader digested to see what differs */
    uint64_t proof_bytes;     /* that were digested, or fetched and compared, in the end */
    uint64_t verified_bytes;  /* 0 unless all is proven */
    bool by_digest;           /* proven by digests, else by the bytes */
    unsigned sectors_skipped; /* that needed no erase: blank on the target, or the same */
    uint64_t compare_ns; /* of the target's time: Init and the comparison, where it is a stage */
    uint64_t erase_ns, program_ns, verify_ns;
    const char
        *stage; /* "compare", "erase", "program", "verify": what was under way when it ended */
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
    /* With a loader that digests: what holds the image already is erased and written, too. */
    bool rewrite;
    bool verify_full; /* with such a loader: all bytes are fetched and compared in the end */
};

/* Erases what is needed, writes, reads back and compares. With a loader that digests only what differs is
 * changed (host/update.h). The file with the neighbours is on the disk
 * before the first sector is erased, and is gone after success, or if nothing was erased. *report is
 * valid whatever the outcome. FILE_WRITE, with nothing erased, if that file cannot be written. */
bool program_run(struct session *session, const struct image *image, const struct plan *plan,
                 const struct program_keeping *keeping, struct program_report *report,
                 struct error *error);

#endif
