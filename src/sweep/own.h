/* SPDX-License-Identifier: MIT */
/* Operations of our own host. */
#ifndef EXTLOAD_SWEEP_OWN_H
#define EXTLOAD_SWEEP_OWN_H

#include "sweep/call.h"

/* The host is ours, and the loader has what it makes use of. */
bool own_exists(const struct sweep_rig *rig, enum sweep_op op);
/* Cells before, and as they shall be. */
void own_fill(const struct sweep_rig *rig, enum sweep_op op);
bool own_prepare(const struct sweep_rig *rig, struct sweep_call *call, struct error *error);
/* What Digest has left in RAM is what the host wants; true of a call without one. */
bool own_digests_match(const struct sweep_rig *rig, const struct sweep_call *call);

/* The host's part of a Stream: the third buffer says that there is no more. */
struct own_mailbox {
    const struct sweep_rig *rig;
    uint32_t address;
    bool ended;
};
bool own_serve(void *context, bool *progress, struct error *error);

/* As sweep_call_run(). */
bool own_program(const struct sweep_rig *rig, struct sweep_call *call, struct error *error);

#endif
