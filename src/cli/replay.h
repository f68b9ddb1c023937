/* SPDX-License-Identifier: MIT */
/*
 * One injection of a sweep, repeated: what is told of it, in words and as JSON, and the file of its trace.
 */
#ifndef EXTLOAD_CLI_REPLAY_H
#define EXTLOAD_CLI_REPLAY_H

#include "cli/options.h"
#include "cli/rig.h"
#include "sweep/sweep.h"

struct replay {
    bool wanted;      /* exactly one injection is asked for */
    const char *path; /* of --trace, or NULL */
    struct sweep_replay account;
    FILE *lines; /* the trace, until it is written to `path` */
};

/* Reads the options. USAGE if --trace is given and more than one injection is asked for. */
bool replay_prepare(struct replay *replay, const struct options *options, struct error *error);
/* Sets what the sweep is to fill in. */
bool replay_begin(struct replay *replay, const struct options *options, struct sweep_options *sweep,
                  struct error *error);
/* Writes the trace, prints the account and adds it to the document. FILE_WRITE. */
bool replay_finish(struct replay *replay, const struct rig *rig, const struct sweep_rig *given,
                   struct error *error);
void replay_release(struct replay *replay);

#endif
