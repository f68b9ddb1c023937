/* SPDX-License-Identifier: MIT */
/* --json: the result alone goes to stdout, everything else that a command prints to stderr. */
#ifndef EXTLOAD_CLI_RESULT_STREAM_H
#define EXTLOAD_CLI_RESULT_STREAM_H

#include <stdio.h>

/* From here on stdout writes to stderr. Returns a stream to the true stdout; NULL if there is none. */
FILE *result_stream_open(void);
/* Gives stdout back and closes the stream; NULL is allowed. */
void result_stream_close(FILE *stream);

#endif
