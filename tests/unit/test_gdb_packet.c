/* SPDX-License-Identifier: MIT */
/* Framing as in "Remote Serial Protocol" of the GDB manual. */
#include "rsp/packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct packet_reader reader;

/* The last event but PACKET_NOTHING; there is at most one. */
static enum packet_event feed(const void *bytes, size_t size)
{
    const uint8_t *from = bytes;
    enum packet_event seen = PACKET_NOTHING;
    for (size_t i = 0; i < size; i++) {
        enum packet_event event = packet_feed(&reader, from[i]);
        if (event != PACKET_NOTHING) {
            assert_int_equal(seen, PACKET_NOTHING);
            seen = event;
        }
    }
    return seen;
}

static enum packet_event feed_text(const char *text)
{
    return feed(text, strlen(text));
}

static int fresh(void **state)
{
    (void)state;
    packet_reader_init(&reader);
    return 0;
}

/* The checksum is the sum of the payload's bytes modulo 256, two hex digits of either case. */
static void reads_frames(void **state)
{
    (void)state;
    static const struct {
        const char *wire;
        enum packet_event event;
        const char *payload;
    } cases[] = {
        {"$#00", PACKET_COMPLETE, ""},
        {"$OK#9a", PACKET_COMPLETE, "OK"},
        {"$OK#9A", PACKET_COMPLETE, "OK"},
        {"noise$g#67", PACKET_COMPLETE, "g"},
        {"$m0,4$g#67", PACKET_COMPLETE, "g"}, /* the first one's end was lost */
        {"$OK#9b", PACKET_DAMAGED, NULL},
        {"$OK#8a", PACKET_DAMAGED, NULL},
        {"$OK#x", PACKET_DAMAGED, NULL},
        {"$OK#9x", PACKET_DAMAGED, NULL},
        {"$a}#de", PACKET_DAMAGED, NULL}, /* ends within an escape */
        {"+", PACKET_ACK, NULL},
        {"-", PACKET_NAK, NULL},
        {"\x03", PACKET_INTERRUPT, NULL},
        {"$OK#9", PACKET_NOTHING, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        packet_reader_init(&reader);
        assert_int_equal(feed_text(cases[i].wire), cases[i].event);
        if (cases[i].payload != NULL) {
            assert_string_equal((const char *)reader.payload, cases[i].payload);
            assert_int_equal(reader.size, strlen(cases[i].payload));
        }
    }
}

/* 0x03, + and - mean something between packets only. */
static void payload_may_hold_any_byte(void **state)
{
    (void)state;
    static const uint8_t wire[] = {'$', 'X', 0x03, '+', '-', 0x00, 0xFF, '#', 'b', '2'};
    assert_int_equal(feed(wire, sizeof wire), PACKET_COMPLETE);
    assert_int_equal(reader.size, 6);
    assert_memory_equal(reader.payload, wire + 1, 6);
}

/* "}" then byte ^ 0x20; the checksum covers the bytes as sent. */
static void undoes_escapes(void **state)
{
    (void)state;
    static const uint8_t wire[] = {'$', '}', '\x03', '}', '\x04', '}',
                                   ']', '}', '\n',   '#', '6',    '2'};
    assert_int_equal(feed(wire, sizeof wire), PACKET_COMPLETE);
    assert_int_equal(reader.size, 4);
    assert_memory_equal(reader.payload, "#$}*", 4);
}

static void goes_on_after_damage(void **state)
{
    (void)state;
    assert_int_equal(feed_text("$OK#00"), PACKET_DAMAGED);
    assert_int_equal(feed_text("$OK#9a"), PACKET_COMPLETE);
    assert_int_equal(feed_text("$?#3f"), PACKET_COMPLETE);
    assert_string_equal((const char *)reader.payload, "?");
}

static enum packet_event feed_length(size_t length)
{
    uint8_t sum = 0;
    char end[4];
    assert_int_equal(packet_feed(&reader, '$'), PACKET_NOTHING);
    for (size_t i = 0; i < length; i++) {
        assert_int_equal(packet_feed(&reader, 'a'), PACKET_NOTHING);
        sum = (uint8_t)(sum + 'a');
    }
    end[0] = '#';
    packet_hex(&sum, 1, end + 1);
    return feed(end, 3);
}

static void refuses_oversize(void **state)
{
    (void)state;
    assert_int_equal(feed_length(PACKET_SIZE), PACKET_COMPLETE);
    assert_int_equal(reader.size, PACKET_SIZE);
    assert_int_equal(feed_length(PACKET_SIZE + 1), PACKET_OVERSIZE);
    assert_int_equal(feed_length(5 * PACKET_SIZE), PACKET_OVERSIZE);
    assert_int_equal(feed_text("$OK#9a"), PACKET_COMPLETE);
}

/* "*" would start run-length encoding in a reply, so it is escaped; nothing is encoded. */
static void frames(void **state)
{
    (void)state;
    char frame[PACKET_FRAME_SIZE];
    size_t size = packet_frame((const uint8_t *)"0000000000000000", 16, frame);
    assert_int_equal(size, 20);
    assert_memory_equal(frame, "$0000000000000000#00", 20);
    size = packet_frame((const uint8_t *)"#$}*", 4, frame);
    assert_int_equal(size, 12);
    assert_memory_equal(frame, "$}\x03}\x04}]}\n#62", 12);
    size = packet_frame((const uint8_t *)"", 0, frame);
    assert_int_equal(size, 4);
    assert_memory_equal(frame, "$#00", 4);
}

static void frame_refuses_what_does_not_fit(void **state)
{
    (void)state;
    static uint8_t payload[PACKET_SIZE + 1];
    char frame[PACKET_FRAME_SIZE];
    memset(payload, 'a', sizeof payload);
    assert_int_equal(packet_frame(payload, PACKET_SIZE, frame), PACKET_FRAME_SIZE);
    assert_int_equal(packet_frame(payload, PACKET_SIZE + 1, frame), 0);
    payload[0] = '#';
    assert_int_equal(packet_frame(payload, PACKET_SIZE, frame), 0);
    assert_int_equal(packet_fitting(payload, PACKET_SIZE, 0), PACKET_SIZE - 1);
    assert_int_equal(packet_fitting(payload, PACKET_SIZE, 10), PACKET_SIZE - 11);
    assert_int_equal(packet_fitting(payload, 3, 10), 3);
}

static void every_byte_survives(void **state)
{
    (void)state;
    uint8_t payload[256];
    char frame[PACKET_FRAME_SIZE];
    for (unsigned i = 0; i < sizeof payload; i++) {
        payload[i] = (uint8_t)i;
    }
    size_t size = packet_frame(payload, sizeof payload, frame);
    assert_int_equal(feed(frame, size), PACKET_COMPLETE);
    assert_int_equal(reader.size, sizeof payload);
    assert_memory_equal(reader.payload, payload, sizeof payload);
}

/* "X*N": N - 29 more of X, N printable. The GDB manual's own example is "0* ". */
static void expands_runs_of_a_server(void **state)
{
    (void)state;
    static const struct {
        const char *wire;
        enum packet_event event;
        const char *payload;
    } cases[] = {
        {"$0* #7a", PACKET_COMPLETE, "0000"},
        {"$a0*\"b#3f", PACKET_COMPLETE, "a000000b"},
        {"$0* * #c4", PACKET_COMPLETE, "0000000"},
        {"$}\n*\"#d3", PACKET_COMPLETE, "******"}, /* an escaped byte can be run, too */
        {"$* #4a", PACKET_DAMAGED, NULL},          /* of nothing */
        {"$0*#5a", PACKET_DAMAGED, NULL},          /* its length is missing */
        {"$0*\x1f#79", PACKET_DAMAGED, NULL},      /* not printable */
        {"%Stop:T05#00$OK#9a", PACKET_COMPLETE, "OK"},
        {"%$OK#9a", PACKET_NOTHING, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        packet_reader_init_server(&reader);
        assert_int_equal(feed_text(cases[i].wire), cases[i].event);
        if (cases[i].payload != NULL) {
            assert_string_equal((const char *)reader.payload, cases[i].payload);
        }
    }
    packet_reader_init(&reader); /* a client's star is a star */
    assert_int_equal(feed_text("$0* #7a"), PACKET_COMPLETE);
    assert_string_equal((const char *)reader.payload, "0* ");
}

/* 0x4000 bytes from 350 on the wire. */
static void refuses_runs_without_end(void **state)
{
    (void)state;
    char wire[600] = "$0", end[4];
    uint8_t sum = '0';
    size_t size = 2;
    for (int i = 0; i < 169; i++) { /* of 97 each, the longest */
        wire[size++] = '*';
        wire[size++] = '~';
        sum = (uint8_t)(sum + '*' + '~');
    }
    end[0] = '#';
    packet_hex(&sum, 1, end + 1);
    memcpy(wire + size, end, 3);
    packet_reader_init_server(&reader);
    assert_int_equal(feed(wire, size + 3), PACKET_OVERSIZE);
    assert_int_equal(feed_text("$OK#9a"), PACKET_COMPLETE);
}

static void hex_and_numbers(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x00, 0xAB, 0x7F};
    char text[7];
    uint8_t back[3];
    packet_hex(bytes, 3, text);
    assert_string_equal(text, "00ab7f");
    assert_true(packet_unhex("00aB7f", back, 3));
    assert_memory_equal(back, bytes, 3);
    assert_false(packet_unhex("00ab7", back, 3));
    assert_false(packet_unhex("00 b7f", back, 3));

    const char *at = "34180400,4";
    uint32_t value = 0;
    assert_true(packet_number(&at, &value));
    assert_int_equal(value, 0x34180400);
    assert_string_equal(at, ",4");
    assert_false(packet_number(&at, &value));
    at = "123456789";
    assert_false(packet_number(&at, &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(reads_frames, fresh),
        cmocka_unit_test_setup(payload_may_hold_any_byte, fresh),
        cmocka_unit_test_setup(undoes_escapes, fresh),
        cmocka_unit_test_setup(goes_on_after_damage, fresh),
        cmocka_unit_test_setup(refuses_oversize, fresh),
        cmocka_unit_test_setup(frames, fresh),
        cmocka_unit_test_setup(frame_refuses_what_does_not_fit, fresh),
        cmocka_unit_test_setup(every_byte_survives, fresh),
        cmocka_unit_test_setup(expands_runs_of_a_server, fresh),
        cmocka_unit_test_setup(refuses_runs_without_end, fresh),
        cmocka_unit_test_setup(hex_and_numbers, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
