/* SPDX-License-Identifier: MIT */
/*
 * What the user sees while a loader works: bars on a terminal, nothing but results elsewhere.
 */
#ifndef EXTLOAD_CLI_PROGRESS_H
#define EXTLOAD_CLI_PROGRESS_H

#include "host/session.h"

/* Events that draw on stderr and stop at Ctrl-C. */
struct session_events progress_events(void);
/* Ends a bar that is being drawn. */
void progress_finish(void);
/* True once Ctrl-C was pressed. */
bool progress_interrupted(void);

/* "214.0 KiB", "8 MiB", "37 bytes". */
void progress_format_size(uint64_t bytes, char *buffer, size_t size);
/* "2.05 s", "340 ms", "12 us". */
void progress_format_time(uint64_t ns, char *buffer, size_t size);

#endif
