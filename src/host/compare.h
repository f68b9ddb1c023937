/* SPDX-License-Identifier: MIT */
/*
 * Which touched units hold what they shall, told by digests: the first bytes of each block of the largest
 * erase type, all of a block where these match, then the same of the units in blocks that differ.
 */
#ifndef EXTLOAD_HOST_COMPARE_H
#define EXTLOAD_HOST_COMPARE_H

#include "host/plan.h"
#include "host/wanted.h"

enum unit_state {
    UNIT_DIFFERS,
    UNIT_SAME,
    UNIT_SEEMS_BLANK, /* shall not be blank, and its first bytes are */
    UNIT_BLANK        /* shall not be blank, and all of it is; told only if that was asked */
};

/* The units of one block that lie side by side. */
struct unit_span {
    uint32_t address, size;
    unsigned first, count; /* in the plan */
};

/* The span that begins with unit `first`; `block` is the largest erase type's size. */
struct unit_span unit_span_at(const struct plan *plan, uint32_t base, uint32_t block,
                              unsigned first);

/* `states`: one of each unit of the plan. `block` bytes at most are digested at once. *digested: bytes of
 * which the loader gave digests, the same byte twice if it was in two, valid whatever the outcome. */
bool compare_units(struct session *session, const struct plan *plan, const struct wanted *wanted,
                   uint32_t block, bool ask_blank, enum unit_state *states, uint64_t *digested,
                   struct error *error);

/* Has the loader digest these spans as a whole. *wrong gets the first that is not as it shall be, or
 * `count`. */
bool compare_spans(struct session *session, const struct wanted *wanted,
                   const struct unit_span *spans, unsigned count, unsigned *wrong,
                   struct error *error);

#endif
