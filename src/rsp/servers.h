/* SPDX-License-Identifier: MIT */
/*
 * The GDB servers that are known, and what is peculiar to each. What a server can do is tried out where
 * that is possible; this table has what cannot be found out by trying.
 */
#ifndef EXTLOAD_RSP_SERVERS_H
#define EXTLOAD_RSP_SERVERS_H

#include "rsp/client.h"

struct rsp_server {
    const char *name;
    /* By what it is recognised: a packet or a `monitor` command and a part of the answer, or a part of
     * its answer to qSupported; NULL: by its usual port alone. */
    const char *packet, *monitor, *answer, *feature;
    uint16_t port;       /* that tells it from others; 0: none */
    bool runs_over_bkpt; /* BKPT does not halt the core: a breakpoint (Z0) must */
    bool no_binary;      /* X is not to be tried */
    uint32_t read_most;  /* bytes in one m; 0: what fits a packet */
    /* `monitor` commands. With "|" between spellings, of which one must do; NULL: none. */
    const char *prepare[2];    /* once, after connecting */
    const char *reset_halt[2]; /* one after the other */
    const char *reset_run[2];
    const char *evidence;
};

/* The server at the other end, by what it says, then by the port. Never NULL; a server that is not
 * known is taken as one that does as the GDB manual says. */
bool rsp_recognise(struct rsp_client *client, uint16_t port, const struct rsp_server **server,
                   struct error *error);
/* Does what the server must be told once. */
bool rsp_prepare(struct rsp_client *client, const struct rsp_server *server, struct error *error);
/* `monitor` commands of a row. SERVER_REFUSED if one of them is not done. */
bool rsp_command(struct rsp_client *client, const char *const commands[2], struct error *error);

const struct rsp_server *rsp_server_at(unsigned index); /* NULL past the end */

#endif
