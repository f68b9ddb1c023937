/* SPDX-License-Identifier: MIT */
#include "rsp/client.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_MS      UINT64_C(1000000)
#define TRIES          3    /* of one packet, before the line is given up */
#define NOISE_MOST     4096 /* bytes */
#define PACKET_DEFAULT 400 /* of a server that tells no size: what GDB takes for one [GDB manual] */
#define PACKET_LEAST   64
#define FRAME_OVERHEAD 8 /* servers count "$", "#CC" and a zero byte, or do not */
#define CLOSING_MS     500

static bool lose(struct rsp_client *client, struct error *error, enum error_code code,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

static bool lose(struct rsp_client *client, struct error *error, enum error_code code,
                 const char *format, ...)
{
    char text[320];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (!client->lost) {
        client->lost = true;
        error_set(&client->cause, code, NULL, 0, 0, "%s: %s", client->place, text);
    }
    return error_set(error, client->cause.code, NULL, 0, 0, "%s", client->cause.detail);
}

static bool is_lost(struct rsp_client *client, struct error *error)
{
    return client->lost && !lose(client, error, ERROR_SERVER_LOST, "%s", "");
}

static bool send_raw(struct rsp_client *client, const void *bytes, size_t size, struct error *error)
{
    switch (wire_send(&client->wire, bytes, size, wire_now_ns() + client->timeout_ms * NS_PER_MS)) {
    case WIRE_BYTE: return true;
    case WIRE_LATE:
        return lose(client, error, ERROR_SERVER_SILENT, "it takes no bytes for %u ms",
                    client->timeout_ms);
    case WIRE_GONE: break;
    }
    return lose(client, error, ERROR_SERVER_LOST, "the connection was closed");
}

bool rsp_send(struct rsp_client *client, const void *payload, size_t size, struct error *error)
{
    if (is_lost(client, error)) {
        return false;
    }
    client->frame_size = packet_frame(payload, size, client->frame);
    return client->frame_size > 0
               ? send_raw(client, client->frame, client->frame_size, error)
               : lose(client, error, ERROR_SERVER_REFUSED, "a packet of %zu bytes", size);
}

bool rsp_interrupt(struct rsp_client *client, struct error *error)
{
    return !is_lost(client, error) && send_raw(client, "\x03", 1, error);
}

const char *rsp_answer(const struct rsp_client *client)
{
    return (const char *)client->reader.payload;
}

bool rsp_is_ok(const struct rsp_client *client)
{
    return strcmp(rsp_answer(client), "OK") == 0;
}

bool rsp_is_unknown(const struct rsp_client *client)
{
    return client->reader.size == 0;
}

bool rsp_is_refusal(const struct rsp_client *client)
{
    const char *answer = rsp_answer(client);
    return answer[0] == 'E' &&
           (answer[1] == '.' || (client->reader.size == 3 && isxdigit((uint8_t)answer[1]) != 0 &&
                                 isxdigit((uint8_t)answer[2]) != 0));
}

/* What came, fit to be printed. */
static void quote(const struct rsp_client *client, char *text, size_t size)
{
    size_t used = 0;
    for (; used + 1 < size && used < client->reader.size; used++) {
        const uint8_t byte = client->reader.payload[used];
        text[used] = (char)(byte >= 0x20 && byte < 0x7F ? byte : '.');
    }
    text[used] = '\0';
}

bool rsp_refused(const struct rsp_client *client, const char *what, struct error *error)
{
    char answer[48];
    quote(client, answer, sizeof answer);
    return error_set(error, ERROR_SERVER_REFUSED, NULL, 0, 0, "%s: to %s it answers '%s'",
                     client->place, what, answer);
}

/* "O" and hex digits. None is OpenOCD's sign of life while the core runs [seen: 0.12]. */
static bool take_console(struct rsp_client *client)
{
    const char *answer = rsp_answer(client);
    const bool is_alone = client->reader.size == 1;
    if (answer[0] != 'O' || client->reader.size % 2 == 0 ||
        (!is_alone && isxdigit((uint8_t)answer[1]) == 0)) {
        return false;
    }
    for (size_t at = 1; at < client->reader.size; at += 2) {
        if (client->console_size + 1 < sizeof client->console &&
            packet_unhex(answer + at, client->console + client->console_size, 1)) {
            client->console[++client->console_size] = '\0';
        }
    }
    return true;
}

static bool note_noise(struct rsp_client *client, uint8_t byte, struct error *error)
{
    const size_t at = client->reader.noise - 1;
    if (at + 1 < sizeof client->noise) {
        client->noise[at] = (char)(byte >= 0x20 && byte < 0x7F ? byte : '.');
    }
    return client->reader.noise <= NOISE_MOST ||
           lose(client, error, ERROR_SERVER_GARBLED, "it sends '%s'", client->noise);
}

static bool again(struct rsp_client *client, unsigned *tries, const void *bytes, size_t size,
                  struct error *error)
{
    if ((*tries)++ == TRIES || client->no_ack) {
        return lose(client, error, ERROR_SERVER_GARBLED, "%s",
                    size == 1 ? "its packets arrive damaged"
                              : "it takes our packets for damaged ones");
    }
    return send_raw(client, bytes, size, error);
}

/* What a byte means; *got: the reader holds an answer. */
static bool take_byte(struct rsp_client *client, uint8_t byte, unsigned *tries, bool *got,
                      struct error *error)
{
    const size_t noise = client->reader.noise;
    const enum packet_event event = packet_feed(&client->reader, byte);
    if (client->reader.noise > noise) {
        return note_noise(client, byte, error);
    }
    switch (event) {
    case PACKET_COMPLETE:
        *got = !take_console(client);
        return client->no_ack || send_raw(client, "+", 1, error);
    case PACKET_DAMAGED: return again(client, tries, "-", 1, error);
    case PACKET_NAK: return again(client, tries, client->frame, client->frame_size, error);
    case PACKET_OVERSIZE:
        return lose(client, error, ERROR_SERVER_GARBLED, "it sends a packet of more than %u bytes",
                    PACKET_SIZE);
    case PACKET_ACK:
    case PACKET_INTERRUPT:
    case PACKET_NOTHING: break;
    }
    return true;
}

bool rsp_receive(struct rsp_client *client, unsigned timeout_ms, bool *got, struct error *error)
{
    const uint64_t deadline_ns = wire_now_ns() + timeout_ms * NS_PER_MS;
    unsigned tries = 0;
    uint8_t byte = 0;
    *got = false;
    if (is_lost(client, error)) {
        return false;
    }
    while (!*got) {
        const enum wire_event event = wire_receive(&client->wire, &byte, deadline_ns);
        if (event == WIRE_LATE) {
            return true;
        }
        if (event == WIRE_GONE) {
            return lose(client, error, ERROR_SERVER_LOST, "the connection was closed%s%s%s",
                        client->noise[0] != '\0' ? " after '" : "", client->noise,
                        client->noise[0] != '\0' ? "'" : "");
        }
        if (!take_byte(client, byte, &tries, got, error)) {
            return false;
        }
    }
    return true;
}

bool rsp_ask_bytes(struct rsp_client *client, const void *payload, size_t size, struct error *error)
{
    bool got = false;
    client->console_size = 0;
    client->console[0] = '\0';
    if (!rsp_send(client, payload, size, error) ||
        !rsp_receive(client, client->timeout_ms, &got, error)) {
        return false;
    }
    if (!got && client->noise[0] != '\0') {
        return lose(client, error, ERROR_SERVER_GARBLED, "it sends '%s'", client->noise);
    }
    return got || lose(client, error, ERROR_SERVER_SILENT, "no answer to '%.*s' in %u ms",
                       size < 24 ? (int)size : 24, (const char *)payload, client->timeout_ms);
}

bool rsp_ask(struct rsp_client *client, const char *packet, struct error *error)
{
    return rsp_ask_bytes(client, packet, strlen(packet), error);
}

bool rsp_monitor(struct rsp_client *client, const char *text, bool *done, struct error *error)
{
    char packet[6 + 2 * 128 + 1] = "qRcmd,";
    const size_t length = strlen(text) < 128 ? strlen(text) : 128;
    packet_hex(text, length, packet + strlen(packet));
    *done = false;
    if (!rsp_ask(client, packet, error)) {
        return false;
    }
    const char *answer = rsp_answer(client);
    const size_t bytes = client->reader.size / 2;
    if (!rsp_is_refusal(client) && !rsp_is_ok(client) && client->reader.size % 2 == 0 &&
        bytes > 0 && bytes < sizeof client->console &&
        packet_unhex(answer, client->console, bytes)) {
        client->console[bytes] = '\0';
        *done = true;
    }
    *done |= rsp_is_ok(client);
    return true;
}

bool rsp_has_feature(const struct rsp_client *client, const char *feature)
{
    const size_t length = strlen(feature);
    for (const char *at = client->features; (at = strstr(at, feature)) != NULL; at += length) {
        if ((at == client->features || at[-1] == ';') &&
            (at[length] == ';' || at[length] == '\0' || feature[length - 1] == '=')) {
            return true;
        }
    }
    return false;
}

static bool agree(struct rsp_client *client, struct error *error)
{
    uint32_t size = 0;
    /* Some servers want arguments behind the colon [pyOCD]. */
    if (!rsp_ask(client, "qSupported:xmlRegisters=arm", error)) {
        return false;
    }
    if (!rsp_is_refusal(client)) {
        snprintf(client->features, sizeof client->features, "%s", rsp_answer(client));
    }
    client->packet_size = PACKET_DEFAULT;
    if (rsp_has_feature(client, "PacketSize=")) {
        const char *at = strstr(client->features, "PacketSize=") + strlen("PacketSize=");
        if (!packet_number(&at, &size) || size < PACKET_LEAST) {
            return lose(client, error, ERROR_SERVER_GARBLED, "it takes packets of %u bytes", size);
        }
        client->packet_size = (size < PACKET_SIZE ? size : PACKET_SIZE) - FRAME_OVERHEAD;
    }
    if (!rsp_has_feature(client, "QStartNoAckMode+")) {
        return true;
    }
    if (!rsp_ask(client, "QStartNoAckMode", error)) {
        return false;
    }
    client->no_ack = rsp_is_ok(client);
    return true;
}

static void init(struct rsp_client *client, const char *place, unsigned timeout_ms)
{
    memset(client, 0, sizeof *client);
    client->wire.socket = -1;
    client->timeout_ms = timeout_ms;
    snprintf(client->place, sizeof client->place, "%s", place);
    packet_reader_init_server(&client->reader);
}

bool rsp_open(struct rsp_client *client, const char *host, uint16_t port, unsigned timeout_ms,
              struct error *error)
{
    char place[96];
    snprintf(place, sizeof place, "%s:%u", host, port);
    init(client, place, timeout_ms);
    return wire_connect(&client->wire, host, port, timeout_ms, error) && agree(client, error);
}

bool rsp_open_socket(struct rsp_client *client, int socket, unsigned timeout_ms,
                     struct error *error)
{
    init(client, "the server", timeout_ms);
    wire_take(&client->wire, socket);
    return agree(client, error);
}

void rsp_close(struct rsp_client *client)
{
    bool got = false;
    if (client->wire.socket >= 0 && !client->lost && rsp_send(client, "D", 1, NULL)) {
        rsp_receive(client, CLOSING_MS, &got, NULL);
    }
    wire_close(&client->wire);
}
