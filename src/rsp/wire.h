/* SPDX-License-Identifier: MIT */
/*
 * Bytes to and from a server over TCP, each within a time.
 */
#ifndef EXTLOAD_RSP_WIRE_H
#define EXTLOAD_RSP_WIRE_H

#include "report/error.h"

#include <stdint.h>

struct wire {
    int socket; /* -1: closed */
    uint8_t input[4096];
    size_t input_at, input_size;
};

enum wire_event {
    WIRE_BYTE,
    WIRE_LATE, /* none came in time */
    WIRE_GONE  /* the other side has closed */
};

/* Real time, ns, from some moment on. */
uint64_t wire_now_ns(void);

/* Connects to a host by name or number. SERVER_CONNECT, with the system's reason. */
bool wire_connect(struct wire *wire, const char *host, uint16_t port, unsigned timeout_ms,
                  struct error *error);
/* Takes a connected socket over. */
void wire_take(struct wire *wire, int socket);
void wire_close(struct wire *wire);

/* All of it, before `deadline_ns`; WIRE_BYTE means done. */
enum wire_event wire_send(struct wire *wire, const void *bytes, size_t size, uint64_t deadline_ns);
enum wire_event wire_receive(struct wire *wire, uint8_t *byte, uint64_t deadline_ns);

#endif
