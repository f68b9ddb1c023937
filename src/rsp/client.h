/* SPDX-License-Identifier: MIT */
/*
 * The client's side of a GDB connection: one question, one answer, each within a time. Servers differ
 * in much; what all of those in servers.c take is done here: a valid checksum and acknowledgements
 * until the server has agreed to do without, console output at any time before an answer, an answer
 * in full or shortened by runs, asked for anew if it arrives damaged.
 *
 * After an error that leaves open what the server will send next the client is lost: each further call
 * fails at once, with the same error.
 */
#ifndef EXTLOAD_RSP_CLIENT_H
#define EXTLOAD_RSP_CLIENT_H

#include "rsp/packet.h"
#include "rsp/wire.h"

struct rsp_client {
    struct wire wire;
    struct packet_reader reader;
    char place[96]; /* "127.0.0.1:3333", for messages */
    unsigned timeout_ms;
    bool no_ack;
    bool lost;
    struct error cause;  /* why it is lost */
    size_t packet_size;  /* longest payload that the server takes, escapes counted */
    char features[1024]; /* its answer to qSupported */
    char console[1024];  /* what it printed during the last question, cut */
    size_t console_size;
    char noise[41]; /* the first bytes that belong to no packet, printable */
    char frame[PACKET_FRAME_SIZE];
    size_t frame_size;
};

/* Connects and agrees on sizes and acknowledgements. */
bool rsp_open(struct rsp_client *client, const char *host, uint16_t port, unsigned timeout_ms,
              struct error *error);
/* The same over a connected socket, which is taken over. */
bool rsp_open_socket(struct rsp_client *client, int socket, unsigned timeout_ms,
                     struct error *error);
/* Detaches, if it can. */
void rsp_close(struct rsp_client *client);

/* Sends a packet; no answer is awaited. */
bool rsp_send(struct rsp_client *client, const void *payload, size_t size, struct error *error);
/* Sends 0x03, which halts the core. */
bool rsp_interrupt(struct rsp_client *client, struct error *error);
/* The next packet that is no console output, if one comes in time: *got. */
bool rsp_receive(struct rsp_client *client, unsigned timeout_ms, bool *got, struct error *error);
/* Sends a packet and awaits its answer. */
bool rsp_ask(struct rsp_client *client, const char *packet, struct error *error);
bool rsp_ask_bytes(struct rsp_client *client, const void *payload, size_t size,
                   struct error *error);

/* The last answer; ends with a zero byte. */
const char *rsp_answer(const struct rsp_client *client);
bool rsp_is_ok(const struct rsp_client *client);
/* Empty: the server does not know the question. */
bool rsp_is_unknown(const struct rsp_client *client);
/* "E01", "E.text". */
bool rsp_is_refusal(const struct rsp_client *client);
/* Sets SERVER_REFUSED: "to WHAT the server answers E01". Returns false. */
bool rsp_refused(const struct rsp_client *client, const char *what, struct error *error);

/* `monitor TEXT`: what it prints is in client->console. *done: the server answered OK, or printed. */
bool rsp_monitor(struct rsp_client *client, const char *text, bool *done, struct error *error);
/* True if qSupported names a feature, such as "QStartNoAckMode+". */
bool rsp_has_feature(const struct rsp_client *client, const char *feature);

#endif
