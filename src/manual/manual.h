/* SPDX-License-Identifier: MIT */
/*
 * The man pages and the shells' completions, written from the table of commands and options that
 * the command line is parsed by. They are made while extload is built, by make_manual.
 */
#ifndef EXTLOAD_MANUAL_MANUAL_H
#define EXTLOAD_MANUAL_MANUAL_H

#include "cli/options.h"

#include <stdio.h>

/* The man page of one command, or of the tool if NULL. */
void manual_write_page(FILE *out, const struct command *command);

void manual_write_bash(FILE *out);
void manual_write_zsh(FILE *out);

/* A shell function FUNCTION_names KIND, in what bash and zsh have in common: prints the names or
 * values that `$tool list KIND` knows. */
void manual_write_names(FILE *out, const char *function);

#endif
