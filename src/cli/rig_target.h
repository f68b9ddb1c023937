/* SPDX-License-Identifier: MIT */
/*
 * The target of a rig: the simulated board, or one behind a GDB server.
 */
#ifndef EXTLOAD_CLI_RIG_TARGET_H
#define EXTLOAD_CLI_RIG_TARGET_H

#include "cli/rig.h"

#include <jansson.h>

/* Opens what --target says, and prints a line about a real one. */
bool rig_target_open(struct rig *rig, const struct options *options, struct error *error);
/* Boots the simulated board; resets a real one if that was asked for. Prints a line. */
bool rig_target_finish(struct rig *rig, struct error *error);
/* `target` of the document. */
json_t *rig_target_describe(const struct rig *rig);

#endif
