/* SPDX-License-Identifier: MIT */
#ifndef EXTLOAD_CLI_REHEARSAL_H
#define EXTLOAD_CLI_REHEARSAL_H

#include "cli/options.h"
#include "report/finding.h"

/* Rehearses --loader (or the board's own) on the simulated --board under every --host, or all there
 * are, and adds what is found. False if the rehearsal could not be held. */
bool rehearsal_run(const struct options *options, struct findings *findings, struct error *error);

#endif
