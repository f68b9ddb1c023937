/* SPDX-License-Identifier: MIT */
/*
 * --json: one JSON document on stdout, everything else that a command prints on stderr. What it holds
 * is told in docs/json.md and in data/schema/extload-1.json.
 */
#ifndef EXTLOAD_CLI_DOCUMENT_H
#define EXTLOAD_CLI_DOCUMENT_H

#include "report/error.h"

#include <jansson.h>
#include <stdio.h>

/* Zero-initialise. In all functions but open and close NULL stands for "no --json", and what is
 * handed over is dropped. */
struct document {
    FILE *out; /* the true stdout while the document is open */
    char command[32];
    json_t *result; /* every member that the command's result has; null until it is set */
    json_t *warnings;
    bool broken; /* memory gave out */
};

/* From here on stdout writes to stderr. `command` may be one that does not exist. False if stdout is
 * of no use. */
bool document_open(struct document *document, const char *command, struct error *error);
/* Sets a member of the result. The value is taken over; a NULL value is memory that gave out. A member
 * that this command's result does not have is dropped. */
void document_set(struct document *document, const char *key, json_t *value);
/* Appends to a member that is a list; makes the list. */
void document_append(struct document *document, const char *key, json_t *value);
/* Something that the user should know and that is no error. */
void document_warn(struct document *document, const char *id, const char *what, const char *hint);
/* Writes the document and gives stdout back, for a command that then goes on (serve): its status is
 * null. */
bool document_publish(struct document *document, struct error *error);
/* The same at the end, with the exit status and the error, if any. Does nothing after publish. */
bool document_close(struct document *document, int status, const struct error *error,
                    struct error *failure);

#endif
