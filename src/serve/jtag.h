/* SPDX-License-Identifier: MIT */
/*
 * The simulated board behind its JTAG wires, for OpenOCD's adapter driver remote_bitbang.
 */
#ifndef EXTLOAD_SERVE_JTAG_H
#define EXTLOAD_SERVE_JTAG_H

#include "serve/server.h"

/* Serves one client after the other until the session's `cancel` is set. The session must be opened on a
 * simulated board; nothing is downloaded. What the user should know of clients and core is a note of the
 * session. */
bool jtag_run(struct server *server, struct session *session, struct error *error);

#endif
