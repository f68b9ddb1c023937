/* SPDX-License-Identifier: MIT */
/* The commands, one file each. All return the exit status and set *error unless it is 0. */
#ifndef EXTLOAD_CLI_COMMANDS_H
#define EXTLOAD_CLI_COMMANDS_H

#include "cli/options.h"

int command_build(const struct options *options, struct error *error);
int command_program(const struct options *options, struct error *error);
int command_verify(const struct options *options, struct error *error);
int command_erase(const struct options *options, struct error *error);
int command_read(const struct options *options, struct error *error);
int command_info(const struct options *options, struct error *error);
int command_check(const struct options *options, struct error *error);
int command_rehearse(const struct options *options, struct error *error);
int command_sweep(const struct options *options, struct error *error);
int command_selftest(const struct options *options, struct error *error);
int command_serve(const struct options *options, struct error *error);
int command_trace(const struct options *options, struct error *error);
int command_list(const struct options *options, struct error *error);

#endif
