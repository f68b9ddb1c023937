/* SPDX-License-Identifier: MIT */
/* Operations of our own host. */
#ifndef EXTLOAD_SWEEP_OWN_H
#define EXTLOAD_SWEEP_OWN_H

#include "sweep/call.h"

/* The host is ours, and the loader has what it makes use of. */
bool own_exists(const struct sweep_rig *rig);
/* Cells before, and as they shall be. */
void own_fill(const struct sweep_rig *rig);
bool own_prepare(const struct sweep_rig *rig, struct sweep_call *call, struct error *error);
/* As sweep_call_run(). */
bool own_program(const struct sweep_rig *rig, struct sweep_call *call, struct error *error);

#endif
