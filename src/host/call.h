/* SPDX-License-Identifier: MIT */
/* What a tool writes to the core for one call, in its order: struct lifecycle's call_rule. */
#ifndef EXTLOAD_HOST_CALL_H
#define EXTLOAD_HOST_CALL_H

#include "host/session.h"

/* For registers that some debug servers do not give; the guard of our loader does without. */
bool call_set_if_there(struct session *session, enum target_register reg, uint32_t value,
                       struct error *error);
/* `entry` is where the function lies in the target's RAM. */
bool call_set_registers(struct session *session, enum loader_function function, uint32_t entry,
                        const uint32_t arguments[4], struct error *error);

#endif
