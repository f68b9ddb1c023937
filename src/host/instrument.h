/* SPDX-License-Identifier: MIT */
/*
 * The instruments on a session with the simulated board: they look at each call and turn what was seen
 * into findings. One finding per cause: what follows from a finding is told as its outcome.
 */
#ifndef EXTLOAD_HOST_INSTRUMENT_H
#define EXTLOAD_HOST_INSTRUMENT_H

#include "host/cause.h"
#include "host/session.h"
#include "report/finding.h"
#include "sim/watch.h"

struct instrument {
    struct findings *findings;
    struct session *session;
    struct sim *sim;
    struct watch *watch;
    uint8_t *cells;
    struct watch_range record; /* as the loader's board block declares it; empty if it has none */
    uint32_t stack_bottom;     /* of the host's stack: what lies below is the loader's */

    /* the call under way, or the last one */
    enum loader_function function;
    uint32_t arguments[4];
    bool returned;
    uint32_t soc_findings; /* enum soc_finding as it was before the call */
    struct causes causes;

    /* most bytes that each function used: of the host's stack, of another */
    struct watch_stack stack[LOADER_FUNCTION_COUNT];
    unsigned calls[LOADER_FUNCTION_COUNT];
};

/* Starts to watch. The board was just powered up, the session just opened, nothing downloaded yet. All
 * pointers must outlive the instrument. NO_MEMORY. */
bool instrument_open(struct instrument *instrument, struct session *session, struct sim *sim,
                     uint8_t *cells, struct findings *findings, struct error *error);
/* An operation that the host could not do; a finding of its own only if no other explains it. */
void instrument_failed(struct instrument *instrument, const char *operation,
                       const struct error *error);
/* Resets the board and looks whether the boot ROM can read the flash. The last thing of a session. */
void instrument_boot(struct instrument *instrument);
void instrument_close(struct instrument *instrument);

#endif
