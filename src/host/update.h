/* SPDX-License-Identifier: MIT */
/*
 * An image into the flash by changing no more than what differs: for a loader that digests what the flash
 * holds. The plan's sectors are then units of the smallest erase type.
 */
#ifndef EXTLOAD_HOST_UPDATE_H
#define EXTLOAD_HOST_UPDATE_H

#include "host/program.h"

struct update {
    struct session *session; /* Init has succeeded */
    const struct image *image;
    const struct plan *plan;
    const struct program_keeping *keeping;
    bool skip_blank; /* what reads blank need not be erased */
    bool warned;     /* what reads right need not be right: everything is erased and written */
    struct program_report *report;
    bool erasing; /* out: the first unit may be gone */
};

/* As program_run(). */
bool update_run(struct update *update, struct error *error);

#endif
