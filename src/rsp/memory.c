/* SPDX-License-Identifier: MIT */
#include "rsp/memory.h"

#include <stdio.h>
#include <string.h>

#define HEADER_MOST 24u /* "X" and two numbers, ",", ":" */
#define PIECE_MOST  (PACKET_SIZE / 2 - HEADER_MOST)

static bool refused(const struct rsp_client *client, const char *verb, uint32_t address,
                    size_t size, struct error *error)
{
    struct error said = {0};
    char what[80];
    snprintf(what, sizeof what, "%s %zu bytes at 0x%08x", verb, size, address);
    rsp_refused(client, what, &said);
    return error_set(error, ERROR_TARGET, NULL, 0, 0, "%s", said.detail);
}

/* A whole number of words, if it is not the end. */
static size_t whole(size_t size, size_t room)
{
    return size <= room ? size : room & ~(size_t)3;
}

bool rsp_memory_read(struct rsp_client *client, const struct rsp_memory *memory, uint32_t address,
                     void *bytes, size_t size, struct error *error)
{
    size_t room = client->packet_size / 2;
    char packet[32];
    if (memory->server->read_most != 0 && memory->server->read_most < room) {
        room = memory->server->read_most;
    }
    for (size_t done = 0; done < size;) {
        const uint32_t at = address + (uint32_t)done;
        const size_t piece = whole(size - done, room);
        snprintf(packet, sizeof packet, "m%x,%zx", at, piece);
        if (!rsp_ask(client, packet, error)) {
            return false;
        }
        /* Fewer bytes than were asked for are allowed. */
        const size_t got = client->reader.size / 2;
        if (client->reader.size % 2 != 0 || got == 0 || got > piece ||
            !packet_unhex(rsp_answer(client), (uint8_t *)bytes + done, got)) {
            return refused(client, "reading", at, piece, error);
        }
        done += got;
    }
    return true;
}

static bool write_hex(struct rsp_client *client, uint32_t address, const uint8_t *bytes,
                      size_t size, size_t *done, struct error *error)
{
    static char packet[HEADER_MOST + 2 * PIECE_MOST + 1];
    size_t room = (client->packet_size - HEADER_MOST) / 2;
    room = room < PIECE_MOST ? room : PIECE_MOST;
    const size_t piece = whole(size, room);
    const int header = snprintf(packet, sizeof packet, "M%x,%zx:", address, piece);
    packet_hex(bytes, piece, packet + header);
    *done = piece;
    return rsp_ask(client, packet, error) &&
           (rsp_is_ok(client) || refused(client, "writing", address, piece, error));
}

static bool ask_binary(struct rsp_client *client, uint32_t address, const uint8_t *bytes,
                       size_t size, size_t *done, struct error *error)
{
    static uint8_t packet[PACKET_SIZE];
    const size_t unused = PACKET_SIZE - client->packet_size;
    const size_t piece = whole(size, packet_fitting(bytes, size, unused + HEADER_MOST));
    const int header = snprintf((char *)packet, HEADER_MOST, "X%x,%zx:", address, piece);
    memcpy(packet + header, bytes, piece);
    *done = piece;
    return rsp_ask_bytes(client, packet, (size_t)header + piece, error);
}

/* As GDB tries it: no bytes at all. */
static bool try_binary(struct rsp_client *client, struct rsp_memory *memory, uint32_t address,
                       struct error *error)
{
    size_t done = 0;
    if (memory->server->no_binary) {
        memory->binary = BINARY_REFUSED;
        return true;
    }
    if (!ask_binary(client, address, (const uint8_t *)"", 0, &done, error)) {
        return false;
    }
    memory->binary = rsp_is_ok(client) ? BINARY_TAKEN : BINARY_REFUSED;
    return true;
}

static bool write_piece(struct rsp_client *client, struct rsp_memory *memory, uint32_t address,
                        const uint8_t *bytes, size_t size, size_t *done, struct error *error)
{
    if (memory->binary == BINARY_TAKEN) {
        if (!ask_binary(client, address, bytes, size, done, error)) {
            return false;
        }
        if (rsp_is_ok(client)) {
            return true;
        }
    }
    if (!write_hex(client, address, bytes, size, done, error)) {
        return false;
    }
    memory->binary = BINARY_REFUSED; /* M does what X did not */
    return true;
}

bool rsp_memory_write(struct rsp_client *client, struct rsp_memory *memory, uint32_t address,
                      const void *bytes, size_t size, struct error *error)
{
    if (memory->binary == BINARY_UNTRIED && !try_binary(client, memory, address, error)) {
        return false;
    }
    for (size_t done = 0, now = 0; done < size; done += now) {
        if (!write_piece(client, memory, address + (uint32_t)done, (const uint8_t *)bytes + done,
                         size - done, &now, error)) {
            return false;
        }
    }
    return true;
}

bool rsp_continue(struct rsp_client *client, struct error *error)
{
    client->console_size = 0;
    client->console[0] = '\0';
    return rsp_send(client, "c", 1, error);
}

bool rsp_wait(struct rsp_client *client, unsigned timeout_ms, enum rsp_stop *stop,
              struct error *error)
{
    bool got = false;
    *stop = RSP_RUNNING;
    if (!rsp_receive(client, timeout_ms, &got, error)) {
        return false;
    }
    if (!got) {
        return true;
    }
    switch (rsp_answer(client)[0]) {
    case 'S':
    case 'T': *stop = RSP_STOPPED; return true;
    case 'W':
    case 'X':
    case 'N': *stop = RSP_ENDED; return true;
    default: break;
    }
    return rsp_refused(client, "a start of the core", error);
}

bool rsp_breakpoint(struct rsp_client *client, uint32_t address, bool set, struct error *error)
{
    char packet[24], what[48];
    for (int kind = 0; kind < 2; kind++) {
        snprintf(packet, sizeof packet, "%c%d,%x,2", set ? 'Z' : 'z', kind, address);
        if (!rsp_ask(client, packet, error)) {
            return false;
        }
        if (rsp_is_ok(client)) {
            return true;
        }
    }
    snprintf(what, sizeof what, "a breakpoint at 0x%08x", address);
    return rsp_refused(client, what, error);
}
