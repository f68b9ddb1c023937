/* SPDX-License-Identifier: MIT */
/*
 * Listens on the loopback interface for one client at a time: a GDB, or what jtag.h serves.
 */
#ifndef EXTLOAD_SERVE_SERVER_H
#define EXTLOAD_SERVE_SERVER_H

#include "host/session.h"

struct server {
    int socket;
    uint16_t port; /* the one in use */
};

/* Port 0 takes a free one. ERROR_PORT if the port is taken. */
bool server_open(struct server *server, uint16_t port, struct error *error);
void server_close(struct server *server);
/* Waits for a client: its socket, or -1 once *cancel is set, or with *error set. `cancel` may be NULL. */
int server_accept(struct server *server, const volatile sig_atomic_t *cancel, struct error *error);
/* Someone else while a client is served is turned away at once. */
void server_turn_away(const struct server *server);
/* Serves clients until the session's `cancel` is set. The core is halted whenever this returns. */
bool server_run(struct server *server, struct session *session, struct error *error);

#endif
