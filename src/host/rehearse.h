/* SPDX-License-Identifier: MIT */
/*
 * The rehearsal: what a host does with a loader in one session, twice, with the instruments on.
 */
#ifndef EXTLOAD_HOST_REHEARSE_H
#define EXTLOAD_HOST_REHEARSE_H

#include "host/instrument.h"

/* Init, erase, write, verify and read as the session's lifecycle does them, twice, then a boot. Two
 * sectors are erased and bytes are written across their border, unaligned. What goes wrong ends the
 * session, as it would for a user, and is a finding. False only if the rehearsal itself could not go on:
 * NO_MEMORY, INTERRUPTED. */
bool rehearse(struct instrument *instrument, struct error *error);

#endif
