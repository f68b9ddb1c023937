/* SPDX-License-Identifier: MIT */
/*
 * One client: packets over a socket, with acknowledgements until the client turns them off.
 */
#ifndef EXTLOAD_SERVE_CONNECTION_H
#define EXTLOAD_SERVE_CONNECTION_H

#include "rsp/packet.h"

struct connection {
    int socket;
    bool open;
    bool no_ack; /* QStartNoAckMode was agreed */
    struct packet_reader reader;
    uint8_t input[4096];
    size_t input_at, input_size;
    char frame[PACKET_FRAME_SIZE]; /* the last one sent, for "-" */
    size_t frame_size;
};

void connection_init(struct connection *connection, int socket);
/* Takes what has arrived, without waiting; false if nothing has. Clears `open` when the client is
 * gone. */
bool connection_receive(struct connection *connection);
/* The next packet among what was received: true, and connection->reader.payload holds it. Answers
 * damaged and oversized ones itself. */
bool connection_next(struct connection *connection);
/* True if 0x03 is the next thing received; takes it. */
bool connection_interrupt(struct connection *connection);
void connection_send(struct connection *connection, const uint8_t *payload, size_t size);
void connection_send_text(struct connection *connection, const char *payload);

#endif
