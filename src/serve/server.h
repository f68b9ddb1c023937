/* SPDX-License-Identifier: MIT */
/*
 * Listens on the loopback interface for one GDB at a time.
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
/* Serves clients until the session's `cancel` is set. The core is halted whenever this returns. */
bool server_run(struct server *server, struct session *session, struct error *error);

#endif
