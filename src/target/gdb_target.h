/* SPDX-License-Identifier: MIT */
/*
 * A board behind a GDB server: J-Link GDB Server, OpenOCD, pyOCD, ST-LINK_gdbserver, st-util, probe-rs,
 * QEMU, extload serve. Time is the clock on the wall.
 */
#ifndef EXTLOAD_TARGET_GDB_TARGET_H
#define EXTLOAD_TARGET_GDB_TARGET_H

#include "board/board.h"
#include "rsp/servers.h"
#include "target/target.h"

struct gdb_target_options {
    const char *host; /* name or number */
    uint16_t port;
    unsigned timeout_ms; /* for one answer of the server */
};

/* Connects, halts the core, and looks whether it is the board's. SERVER_CONNECT, or what the server
 * does wrong; WRONG_TARGET if CPUID or the MCU's own ID is another. */
bool gdb_target_open(struct target *target, const struct board *board,
                     const struct gdb_target_options *options, struct error *error);
/* The same over a connected socket, which is taken over. */
bool gdb_target_open_socket(struct target *target, const struct board *board, int socket,
                            unsigned timeout_ms, struct error *error);

/* What sits behind the port. */
const struct rsp_server *gdb_target_server(const struct target *target);
/* Resets the board by the server's `monitor` command. `run`: and lets it run, else the core is halted,
 * if the server can. SERVER_REFUSED if no command is known. */
bool gdb_target_reset(struct target *target, bool run, struct error *error);

#endif
