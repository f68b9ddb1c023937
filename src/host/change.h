/* SPDX-License-Identifier: MIT */
/*
 * What must be changed is changed: erased by the cheapest cover, programmed page by page, proven.
 */
#ifndef EXTLOAD_HOST_CHANGE_H
#define EXTLOAD_HOST_CHANGE_H

#include "host/compare.h"
#include "host/cover.h"

/* How a unit of the plan is dealt with. */
enum unit_fate {
    FATE_LEFT,    /* it holds what it shall */
    FATE_WRITTEN, /* it is blank, and is programmed as it is */
    FATE_ERASED   /* it is erased, then programmed */
};

struct change {
    struct session *session;
    const struct plan *plan;
    const struct wanted *wanted;
    enum unit_fate *fates; /* one of each unit; the cover may erase more of them */
    struct cover_chip chip;
    struct cover cover;
};

/* Chooses the cover, and marks as FATE_ERASED what it erases beside what must be. */
bool change_choose(struct change *change, struct error *error);
void change_release(struct change *change);

/* *erased: bytes so far, valid whatever the outcome. */
bool change_erase(struct change *change, uint64_t *erased, struct error *error);
/* *total: bytes of pages that are to be programmed, *written: those that the loader confirmed. */
bool change_program(struct change *change, uint64_t *total, uint64_t *written, struct error *error);
/* Digests of all blocks in which something was changed, as a whole, or with `full` all touched units
 * fetched and compared. *bytes: those of which that was asked. VERIFY_MISMATCH names the first byte that
 * differs. */
bool change_prove(struct change *change, bool full, uint64_t *bytes, struct error *error);

#endif
