/* SPDX-License-Identifier: MIT */
/*
 * The commands of the GDB remote serial protocol on a simulated board. While the
 * core is halted time stands still but for GDB's accesses to memory, which cost what the link does.
 */
#ifndef EXTLOAD_SERVE_STUB_H
#define EXTLOAD_SERVE_STUB_H

#include "host/session.h"
#include "serve/connection.h"
#include "serve/stops.h"

struct stub {
    struct session *session; /* opened and downloaded */
    struct sim *sim;
    struct connection *connection;
    struct stops stops;
    char stop_reply[48]; /* the last one, for "?" */
};

/* `session` must drive a simulated board. */
void stub_init(struct stub *stub, struct session *session);
/* A new client: no breakpoints, core halted where it is. */
void stub_attach(struct stub *stub, struct connection *connection);
/* Carries out the packet that the connection's reader holds and answers it. Running commands return
 * when the core has stopped, 0x03 came, or the client has gone. */
void stub_command(struct stub *stub);

/* monitor.c: `monitor TEXT`; what it prints is sent as console output. */
void stub_monitor(struct stub *stub, const char *text);
/* run.c: runs the core, or one instruction of it, and answers with the stop. */
void stub_run(struct stub *stub, bool step);
/* Console output of GDB. */
void stub_print(struct stub *stub, const char *text, size_t size);

#endif
