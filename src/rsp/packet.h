/* SPDX-License-Identifier: MIT */
/*
 * Packets of the GDB remote serial protocol: "$PAYLOAD#CC", CC being the sum of the bytes between
 * $ and #, in two hex digits; "}" takes the next byte XOR 0x20. A server may also shorten runs:
 * "X*N" is X and N - 29 more of it. Source: "Remote Serial Protocol" in the GDB manual. No input or
 * output here: bytes in, events out.
 */
#ifndef EXTLOAD_RSP_PACKET_H
#define EXTLOAD_RSP_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest payload either way, as told in qSupported (PacketSize), escapes counted. */
#define PACKET_SIZE 0x4000u
/* Room for a frame: $, payload, #CC. */
#define PACKET_FRAME_SIZE (PACKET_SIZE + 4u)

enum packet_event {
    PACKET_NOTHING,   /* more bytes are needed */
    PACKET_COMPLETE,  /* reader->payload holds one, escapes undone */
    PACKET_DAMAGED,   /* the checksum is wrong: ask for it again */
    PACKET_OVERSIZE,  /* longer than PACKET_SIZE; its bytes are dropped */
    PACKET_INTERRUPT, /* 0x03 between packets */
    PACKET_ACK,
    PACKET_NAK
};

struct packet_reader {
    int state;
    uint8_t sum, stated;
    bool escaped, oversize, damaged;
    bool of_server, run;              /* runs are expanded; the next byte is a run's length */
    size_t noise;                     /* bytes so far that belong to no packet */
    size_t wire;                      /* bytes of the payload as sent */
    size_t size;                      /* bytes in payload */
    uint8_t payload[PACKET_SIZE + 1]; /* a zero byte follows */
};

/* Reads what a client sends: "*" stands for itself. */
void packet_reader_init(struct packet_reader *reader);
/* Reads what a server sends: with runs, and notifications ("%...#CC"), which are dropped. A payload
 * that is longer than PACKET_SIZE once its runs are expanded is oversized. */
void packet_reader_init_server(struct packet_reader *reader);
enum packet_event packet_feed(struct packet_reader *reader, uint8_t byte);

/* Frames a payload, escaping what must be ("#", "$", "}", "*"); run-length encoding is not used.
 * Returns the frame's size, or 0 if the escaped payload is longer than PACKET_SIZE. `frame` has
 * PACKET_FRAME_SIZE bytes. */
size_t packet_frame(const uint8_t *payload, size_t size, char *frame);
/* Bytes of `payload` that fit PACKET_SIZE once escaped, `reserve` of it kept for others. */
size_t packet_fitting(const uint8_t *payload, size_t size, size_t reserve);

/* Two hex digits a byte; `text` gets 2 * size + 1. */
void packet_hex(const void *bytes, size_t size, char *text);
/* Exactly `size` bytes from 2 * size hex digits; false on anything else than a digit. */
bool packet_unhex(const char *text, void *bytes, size_t size);
/* A hex number of 1 to 8 digits; *text moves past it. */
bool packet_number(const char **text, uint32_t *value);

#endif
