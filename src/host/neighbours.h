/* SPDX-License-Identifier: MIT */
/*
 * What lies beside an image in units that are erased with it. It is read once and goes back into the flash,
 * so a bit that arrived wrong would be wrong for good: what was read is looked at a second time.
 */
#ifndef EXTLOAD_HOST_NEIGHBOURS_H
#define EXTLOAD_HOST_NEIGHBOURS_H

#include "host/plan.h"
#include "host/session.h"
#include "host/wanted.h"

/* Takes into `wanted` what the plan's sectors hold that no image covers as a whole, confirmed by the
 * loader's digests (digest_can()). UNSTEADY if they disagree, INTERRUPTED, or as from any call. */
bool neighbours_keep(struct session *session, const struct plan *plan, struct wanted *wanted,
                     struct error *error);

/* Without digests: reads [address, address + size) again. UNSTEADY if that is not `content`. */
bool neighbours_confirm(struct session *session, uint32_t address, const uint8_t *content,
                        uint32_t size, struct error *error);

#endif
