/* SPDX-License-Identifier: MIT */
#include "rsp/packet.h"

#include <string.h>

#define ESCAPE     0x7Du
#define ESCAPE_XOR 0x20u
#define RUN        0x2Au
#define RUN_LEAST  32 /* a printable byte */
#define RUN_MOST   126
#define RUN_BIAS   29

enum state {
    BETWEEN,
    PAYLOAD,
    CHECKSUM_HIGH,
    CHECKSUM_LOW,
    NOTIFICATION,
    NOTIFICATION_HIGH,
    NOTIFICATION_LOW
};

static int digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

void packet_reader_init(struct packet_reader *reader)
{
    memset(reader, 0, sizeof *reader);
}

void packet_reader_init_server(struct packet_reader *reader)
{
    packet_reader_init(reader);
    reader->of_server = true;
}

static void begin(struct packet_reader *reader)
{
    reader->state = PAYLOAD;
    reader->sum = 0;
    reader->escaped = false;
    reader->oversize = false;
    reader->damaged = false;
    reader->run = false;
    reader->wire = 0;
    reader->size = 0;
}

static enum packet_event between(struct packet_reader *reader, uint8_t byte)
{
    switch (byte) {
    case '$': begin(reader); return PACKET_NOTHING;
    case '+': return PACKET_ACK;
    case '-': return PACKET_NAK;
    case 0x03: return PACKET_INTERRUPT;
    case '%':
        if (reader->of_server) {
            reader->state = NOTIFICATION;
            return PACKET_NOTHING;
        }
        break;
    default: break;
    }
    reader->noise++;
    return PACKET_NOTHING;
}

static void append(struct packet_reader *reader, uint8_t byte)
{
    if (reader->size == PACKET_SIZE) {
        reader->oversize = true;
        return;
    }
    reader->payload[reader->size++] = byte;
}

static void repeat(struct packet_reader *reader, uint8_t length)
{
    reader->run = false;
    if (length < RUN_LEAST || length > RUN_MOST || reader->size == 0) {
        reader->damaged = true;
        return;
    }
    const uint8_t last = reader->payload[reader->size - 1];
    for (int i = length - RUN_BIAS; i > 0; i--) {
        append(reader, last);
    }
}

static void take(struct packet_reader *reader, uint8_t byte)
{
    reader->sum = (uint8_t)(reader->sum + byte);
    if (++reader->wire > PACKET_SIZE) {
        reader->oversize = true;
        return;
    }
    if (reader->run) {
        repeat(reader, byte);
    } else if (byte == ESCAPE && !reader->escaped) {
        reader->escaped = true;
    } else if (byte == RUN && reader->of_server && !reader->escaped) {
        reader->run = true;
    } else {
        append(reader, reader->escaped ? byte ^ ESCAPE_XOR : byte);
        reader->escaped = false;
    }
}

static enum packet_event finish(struct packet_reader *reader, int low)
{
    reader->state = BETWEEN;
    if (low < 0 || reader->stated + low != reader->sum || reader->escaped || reader->run ||
        reader->damaged) {
        return PACKET_DAMAGED;
    }
    if (reader->oversize) {
        return PACKET_OVERSIZE;
    }
    reader->payload[reader->size] = 0;
    return PACKET_COMPLETE;
}

enum packet_event packet_feed(struct packet_reader *reader, uint8_t byte)
{
    int value = digit((char)byte);
    switch (reader->state) {
    case PAYLOAD:
        if (byte == '#') {
            reader->state = CHECKSUM_HIGH;
        } else if (byte == '$') {
            begin(reader); /* the end of the last one was lost */
        } else {
            take(reader, byte);
        }
        return PACKET_NOTHING;
    case CHECKSUM_HIGH:
        if (value < 0) {
            reader->state = BETWEEN;
            return PACKET_DAMAGED;
        }
        reader->stated = (uint8_t)(value << 4);
        reader->state = CHECKSUM_LOW;
        return PACKET_NOTHING;
    case CHECKSUM_LOW: return finish(reader, value);
    case NOTIFICATION:
        reader->state = byte == '#' ? NOTIFICATION_HIGH : NOTIFICATION;
        return PACKET_NOTHING;
    case NOTIFICATION_HIGH: reader->state = NOTIFICATION_LOW; return PACKET_NOTHING;
    case NOTIFICATION_LOW: reader->state = BETWEEN; return PACKET_NOTHING;
    default: return between(reader, byte);
    }
}

static bool must_escape(uint8_t byte)
{
    static const bool special[UINT8_MAX + 1] = {
        ['#'] = true, ['$'] = true, ['*'] = true, [ESCAPE] = true};
    return special[byte];
}

size_t packet_fitting(const uint8_t *payload, size_t size, size_t reserve)
{
    size_t fitting = 0;
    for (size_t wire = reserve; fitting < size; fitting++) {
        wire += must_escape(payload[fitting]) ? 2 : 1;
        if (wire > PACKET_SIZE) {
            break;
        }
    }
    return fitting;
}

size_t packet_frame(const uint8_t *payload, size_t size, char *frame)
{
    static const char digits[] = "0123456789abcdef";
    if (packet_fitting(payload, size, 0) < size) {
        return 0;
    }
    uint8_t sum = 0;
    size_t used = 0;
    frame[used++] = '$';
    for (size_t i = 0; i < size; i++) {
        if (must_escape(payload[i])) {
            frame[used++] = (char)ESCAPE;
            frame[used++] = (char)(payload[i] ^ ESCAPE_XOR);
        } else {
            frame[used++] = (char)payload[i];
        }
    }
    for (size_t i = 1; i < used; i++) {
        sum = (uint8_t)(sum + (uint8_t)frame[i]);
    }
    frame[used++] = '#';
    frame[used++] = digits[sum >> 4];
    frame[used++] = digits[sum & 15u];
    return used;
}

void packet_hex(const void *bytes, size_t size, char *text)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *from = bytes;
    for (size_t i = 0; i < size; i++) {
        *text++ = digits[from[i] >> 4];
        *text++ = digits[from[i] & 15u];
    }
    *text = '\0';
}

bool packet_unhex(const char *text, void *bytes, size_t size)
{
    uint8_t *to = bytes;
    for (size_t i = 0; i < size; i++) {
        int high = digit(text[2 * i]);
        int low = high < 0 ? -1 : digit(text[2 * i + 1]);
        if (low < 0) {
            return false;
        }
        to[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

bool packet_number(const char **text, uint32_t *value)
{
    const char *at = *text;
    uint32_t number = 0;
    for (int d; (d = digit(*at)) >= 0; at++) {
        if (at - *text == 8) {
            return false;
        }
        number = number << 4 | (uint32_t)d;
    }
    if (at == *text) {
        return false;
    }
    *text = at;
    *value = number;
    return true;
}
