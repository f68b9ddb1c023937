/* SPDX-License-Identifier: MIT */
/*
 * Memory and run control over GDB's protocol.
 */
#ifndef EXTLOAD_RSP_MEMORY_H
#define EXTLOAD_RSP_MEMORY_H

#include "rsp/client.h"
#include "rsp/servers.h"

/* How a server takes bytes; found out by the first write. */
enum rsp_binary {
    BINARY_UNTRIED,
    BINARY_TAKEN,
    BINARY_REFUSED
};

struct rsp_memory {
    const struct rsp_server *server;
    enum rsp_binary binary;
};

/* False with TARGET if the server refuses; some give zeros instead. */
bool rsp_memory_read(struct rsp_client *client, const struct rsp_memory *memory, uint32_t address,
                     void *bytes, size_t size, struct error *error);
/* By X, or by M where the server does not know X or fails at it. Some servers tell of a failure by the
 * next write, or never. */
bool rsp_memory_write(struct rsp_client *client, struct rsp_memory *memory, uint32_t address,
                      const void *bytes, size_t size, struct error *error);

enum rsp_stop {
    RSP_RUNNING,
    RSP_STOPPED,
    RSP_ENDED /* the server says that there is nothing left to run */
};

/* Starts the core; the answer comes when it stops. */
bool rsp_continue(struct rsp_client *client, struct error *error);
/* Awaits that answer. */
bool rsp_wait(struct rsp_client *client, unsigned timeout_ms, enum rsp_stop *stop,
              struct error *error);
/* Sets or removes a breakpoint, Z0 or else Z1. */
bool rsp_breakpoint(struct rsp_client *client, uint32_t address, bool set, struct error *error);

#endif
