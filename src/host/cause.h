/* SPDX-License-Identifier: MIT */
/* Which of a session's findings explains what came later. */
#ifndef EXTLOAD_HOST_CAUSE_H
#define EXTLOAD_HOST_CAUSE_H

#include "report/finding.h"

#define CAUSES_MAX 128
#define NO_CAUSE   (-1)

/* When each finding, by its index, was last seen in this session; 0 = not. Zero-initialise. */
struct causes {
    uint32_t seen[CAUSES_MAX];
    uint32_t now, call; /* the latest of them, and the one when the present call began */
};

/* A new call begins. */
void causes_begin(struct causes *causes);
/* An error was found. */
void causes_note(struct causes *causes, unsigned index);
/* The latest finding that can have made `outcome`: what stops the core in the middle of a call comes of
 * something in that call or of a state that lasts; a wrong result or a lost boot of something earlier as
 * well. NO_CAUSE: it is a finding of its own. */
int causes_find(const struct causes *causes, const struct findings *findings,
                enum finding_id outcome);
/* Was there one of this id in the present call? */
bool causes_in_call(const struct causes *causes, const struct findings *findings,
                    enum finding_id id);

#endif
