/* SPDX-License-Identifier: MIT */
/*
 * A flash algorithm is prepared for erasing, programming or reading by Init and let go by UnInit.
 * Around that: how it gets into RAM, what becomes of the core before, how its stack is looked at.
 */
#ifndef EXTLOAD_HOST_PHASE_H
#define EXTLOAD_HOST_PHASE_H

#include "host/session.h"

/* Halts the core, resets and cleans it under a lifecycle that does, and puts the return word and what
 * guards the stack where they go. The image is the caller's. */
bool phase_prepare_ram(struct session *session, struct error *error);
/* Init(base, clock, 1, 2 or 3), after UnInit of another phase, and after a download if one is due.
 * Nothing if the phase is the one that is under way. */
bool phase_begin(struct session *session, enum operation operation, struct error *error);
/* UnInit of the phase that is under way; true if there is none. */
bool phase_end(struct session *session, struct error *error);
/* After a call: STACK_OVERFLOW if the tool would notice that its stack was too small. */
bool phase_check_stack(struct session *session, enum loader_function function, struct error *error);

#endif
