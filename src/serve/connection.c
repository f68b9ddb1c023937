/* SPDX-License-Identifier: MIT */
#include "serve/connection.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define INTERRUPT 0x03u
#define TOO_LONG  "E07" /* E2BIG */

void connection_init(struct connection *connection, int socket)
{
    memset(connection, 0, sizeof *connection);
    connection->socket = socket;
    connection->open = true;
    packet_reader_init(&connection->reader);
}

static void send_bytes(struct connection *connection, const char *bytes, size_t size)
{
    while (connection->open && size > 0) {
        ssize_t sent = send(connection->socket, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0) {
            connection->open = false; /* gone, or too slow for the socket's time limit */
            return;
        }
        bytes += sent;
        size -= (size_t)sent;
    }
}

void connection_send(struct connection *connection, const uint8_t *payload, size_t size)
{
    connection->frame_size = packet_frame(payload, size, connection->frame);
    send_bytes(connection, connection->frame, connection->frame_size);
}

void connection_send_text(struct connection *connection, const char *payload)
{
    connection_send(connection, (const uint8_t *)payload, strlen(payload));
}

bool connection_receive(struct connection *connection)
{
    if (connection->input_at == connection->input_size) {
        connection->input_at = 0;
        connection->input_size = 0;
    }
    size_t room = sizeof connection->input - connection->input_size;
    if (room == 0) {
        connection->open = false; /* no client sends that much while the core runs */
        return false;
    }
    ssize_t got =
        recv(connection->socket, connection->input + connection->input_size, room, MSG_DONTWAIT);
    if (got > 0) {
        connection->input_size += (size_t)got;
    } else if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
        connection->open = false;
    }
    return got > 0;
}

static void acknowledge(struct connection *connection, const char *sign)
{
    if (!connection->no_ack) {
        send_bytes(connection, sign, 1);
    }
}

bool connection_next(struct connection *connection)
{
    while (connection->input_at < connection->input_size) {
        switch (packet_feed(&connection->reader, connection->input[connection->input_at++])) {
        case PACKET_COMPLETE: acknowledge(connection, "+"); return true;
        case PACKET_DAMAGED: acknowledge(connection, "-"); break;
        case PACKET_OVERSIZE:
            acknowledge(connection, "+");
            connection_send_text(connection, TOO_LONG);
            break;
        case PACKET_NAK: send_bytes(connection, connection->frame, connection->frame_size); break;
        case PACKET_INTERRUPT: /* the core is halted already */
        case PACKET_ACK:
        case PACKET_NOTHING: break;
        }
    }
    return false;
}

bool connection_interrupt(struct connection *connection)
{
    while (connection->input_at < connection->input_size) {
        uint8_t byte = connection->input[connection->input_at];
        if (byte != INTERRUPT && byte != '+') {
            return false;
        }
        connection->input_at++;
        if (byte == INTERRUPT) {
            return true;
        }
    }
    return false;
}
