/* SPDX-License-Identifier: MIT */
/*
 * What the capital words of synopses and options stand for: BOARD, RANGE, FILE.
 */
#ifndef EXTLOAD_CLI_ARGUMENT_H
#define EXTLOAD_CLI_ARGUMENT_H

#include "cli/options.h"

enum argument_source {
    ARGUMENT_FREE, /* numbers: nothing to offer */
    ARGUMENT_FILE,
    ARGUMENT_FOLDER,
    ARGUMENT_WORDS,
    ARGUMENT_NAMES /* what `extload list` prints of a kind */
};

struct argument {
    const char *name;
#include "cli/options.h"

    enum argument_source source;
    const char *words; /* of WORDS, space-separated; of NAMES the kind; else NULL */
    const char *files; /* shell pattern of files that are offered too, "*" = all; or NULL */
    const char *help;  /* "" if the name says it all */
};

/* The arguments, by index; NULL behind the last. */
const struct argument *argument_at(unsigned index);

/* The argument that the first `length` letters of `text` name, or NULL. */
const struct argument *argument_find(const char *text, unsigned length);

/* What a command takes beside options, by its synopsis; NULL if nothing. */
const struct argument *argument_of_command(const struct command *command);

/* Length of the first capital word at or behind *text, and *text moves to it; 0 if there is none.
 * A word goes on over '=': NAME=VALUE. */
unsigned argument_next(const char **text);

#endif
