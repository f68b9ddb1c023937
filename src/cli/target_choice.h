/* SPDX-License-Identifier: MIT */
/*
 * --target: what is driven.
 */
#ifndef EXTLOAD_CLI_TARGET_CHOICE_H
#define EXTLOAD_CLI_TARGET_CHOICE_H

#include "report/error.h"

#include <stdint.h>

struct target_choice {
    bool is_gdb; /* else the simulated board */
    char host[64];
    uint16_t port;
};

/* "sim", "gdb:PORT" on this machine, "gdb:HOST:PORT", "gdb:[IPv6]:PORT". USAGE, saying what is wrong. */
bool target_choose(struct target_choice *choice, const char *text, struct error *error);

#endif
