/* SPDX-License-Identifier: MIT */
/* The loader's RTT up-buffer, read as a viewer would: layout and rules from SEGGER_RTT.h. */
#include "sim/scenario.h"

#include "abi/rtt.h"
#include "host/explain.h"
#include "pack/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ID_BYTES 16

static void open_board(struct scenario_rig *rig)
{
    const struct scenario scenario = {.host = "cubeprogrammer"};
    scenario_open(rig, &scenario);
}

static void init(struct scenario_rig *rig)
{
    scenario_assert_good(rig, session_begin(&rig->session, OPERATION_WRITE, &rig->error));
}

static void call_init(struct scenario_rig *rig)
{
    static const uint32_t no_arguments[4];
    scenario_assert_good(
        rig, session_call_checked(&rig->session, LOADER_INIT, no_arguments, 1000, &rig->error));
}

static uint32_t address_of(const struct scenario_rig *rig)
{
    return rig->board.record_address + RTT_OFFSET;
}

static void read_area(struct scenario_rig *rig, struct rtt_area *area)
{
    assert_true(cpu_debug_read(sim_cpu(rig->sim), address_of(rig), area, sizeof *area));
}

static void put_word(struct scenario_rig *rig, size_t offset, uint32_t value)
{
    assert_true(cpu_debug_write(sim_cpu(rig->sim), address_of(rig) + (uint32_t)offset, &value, 4));
}

/* All that is in the ring, as a viewer takes it: from read to write, then read = write. */
static void drain(struct scenario_rig *rig, char *text)
{
    struct rtt_area area;
    size_t length = 0;
    read_area(rig, &area);
    assert_true(area.up.write < RTT_TEXT);
    for (uint32_t at = area.up.read; at != area.up.write; at = (at + 1) % RTT_TEXT) {
        text[length++] = (char)area.text[at];
    }
    text[length] = '\0';
    put_word(rig, offsetof(struct rtt_area, up.read), area.up.write);
}

/* The four letters of a line, its detail; the line must have its fixed form. */
static const char *take_line(const char *text, char name[5], unsigned *detail, unsigned *cycles)
{
    assert_true(strlen(text) >= RTT_LINE);
    assert_int_equal(text[RTT_LINE - 1], '\n');
    assert_int_equal(sscanf(text, "%4c%*1[ ]%6x%*1[ ]%8x\n", name, detail, cycles), 3);
    name[4] = '\0';
    return text + RTT_LINE;
}

static void the_control_block_is_as_viewers_expect(void **state)
{
    (void)state;
    static const uint8_t id[ID_BYTES] = RTT_ID;
    struct scenario_rig rig;
    struct rtt_area area;
    open_board(&rig);
    init(&rig);
    read_area(&rig, &area);
    assert_memory_equal(area.id, id, ID_BYTES);
    assert_int_equal(area.up_count, 1);
    assert_int_equal(area.down_count, 0);
    assert_int_equal(area.up.name, address_of(&rig) + offsetof(struct rtt_area, name));
    assert_string_equal((const char *)area.name, "extload");
    assert_int_equal(area.up.buffer, address_of(&rig) + offsetof(struct rtt_area, text));
    assert_int_equal(area.up.size, sizeof area.text);
    assert_int_equal(area.up.flags, 0); /* skip */
    scenario_close(&rig);
}

/* A viewer that searches the RAM for the ID must not find the image. */
static void the_image_does_not_hold_the_id(void **state)
{
    (void)state;
    const struct loader_image *image = pack_loader_image();
    for (uint32_t at = 0; at + 4 <= image->size; at++) {
        assert_true(memcmp(image->bytes + at, "SEGGER", 6) != 0);
    }
}

static void each_event_is_a_line(void **state)
{
    (void)state;
    static const char *const expected[] = {"entr", "brng", "ctrl", "reco",
                                           "iden", "conf", "prov", "retn"};
    struct scenario_rig rig;
    char text[RTT_TEXT], name[5];
    const char *at = text;
    unsigned detail, cycles, before = 0;
    open_board(&rig);
    init(&rig);
    drain(&rig, text);
    print_message("%s", text);
    struct record record;
    assert_true(cpu_debug_read(sim_cpu(rig.sim), rig.board.record_address, &record, sizeof record));
    for (unsigned i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        at = take_line(at, name, &detail, &cycles);
        assert_string_equal(name, expected[i]);
        assert_int_equal(detail, record.events[i].what & 0xFFFFFFu);
        assert_int_equal(cycles, record.events[i].cycles);
        assert_true(cycles >= before);
        before = cycles;
    }
    assert_int_equal(*at, '\0');
    scenario_close(&rig);
}

/* A viewer keeps its place over downloads, and sees the next call and nothing twice. */
static void the_ring_lasts_over_downloads(void **state)
{
    (void)state;
    struct scenario_rig rig;
    char text[RTT_TEXT], name[5];
    unsigned detail, cycles;
    open_board(&rig);
    for (unsigned round = 0; round < 12; round++) { /* wraps round */
        const char *at = text;
        init(&rig);
        drain(&rig, text);
        assert_int_equal(strlen(text), 8 * RTT_LINE);
        take_line(at, name, &detail, &cycles);
        assert_string_equal(name, "entr");
        assert_int_equal(detail, FUNCTION_INIT);
    }
    scenario_close(&rig);
}

/* The last line of a call that fails carries the reason's number. */
static void a_failure_is_told(void **state)
{
    (void)state;
    struct scenario_rig rig;
    char text[RTT_TEXT], name[5];
    unsigned detail = 0, cycles;
    open_board(&rig);
    assert_true(soc_cut_wire(sim_soc(rig.sim), "NCS"));
    assert_false(session_begin(&rig.session, OPERATION_WRITE, &rig.error));
    drain(&rig, text);
    for (const char *at = text; *at != '\0';) {
        at = take_line(at, name, &detail, &cycles);
    }
    assert_string_equal(name, "retn");
    assert_int_equal(detail, rig.session.record.reason);
    assert_int_not_equal(detail, REASON_NONE);
    scenario_close(&rig);
}

/* Nobody reads: lines that do not fit are left out whole, and the loader does not wait. */
static void a_full_ring_stops_nothing(void **state)
{
    (void)state;
    struct scenario_rig rig;
    char text[RTT_TEXT], name[5];
    unsigned detail, cycles, lines = 0;
    open_board(&rig);
    for (unsigned round = 0; round < 10; round++) {
        init(&rig);
    }
    drain(&rig, text);
    for (const char *at = text; *at != '\0'; lines++) {
        at = take_line(at, name, &detail, &cycles);
    }
    assert_int_equal(lines, (RTT_TEXT - 1) / RTT_LINE);
    init(&rig);
    drain(&rig, text);
    assert_int_equal(strlen(text), 8 * RTT_LINE);
    scenario_close(&rig);
}

static struct rtt_area found_area;

static void watch_area(void *context, uint32_t address, unsigned size, uint32_t value)
{
    (void)value;
    const struct scenario_rig *rig = context;
    uint32_t offset = address - rig->board.record_address;
    bool in_record = offset < RTT_END;
    bool in_image = address - rig->session.layout.image < rig->session.layout.size;
    if (!in_record && !in_image) {
        fail_msg("%u bytes written at 0x%08x", size, address);
    }
}

/* What lies there when the loader starts may be anything. */
static void a_damaged_block_is_made_anew(void **state)
{
    (void)state;
    static const struct {
        size_t offset;
        uint32_t value;
    } damages[] = {
        {offsetof(struct rtt_area, id), 0},
        {offsetof(struct rtt_area, up.buffer), 0x5802A000},
        {offsetof(struct rtt_area, up.size), 0xFFFFFFFF},
        {offsetof(struct rtt_area, up.write), RTT_TEXT},
        {offsetof(struct rtt_area, up.write), 0xFFFFFFF0},
    };
    struct scenario_rig rig;
    char text[RTT_TEXT];
    open_board(&rig);
    for (unsigned i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        init(&rig);
        put_word(&rig, damages[i].offset, damages[i].value);
        cpu_watch_writes(sim_cpu(rig.sim), watch_area, &rig);
        call_init(&rig);
        cpu_watch_writes(sim_cpu(rig.sim), NULL, NULL);
        read_area(&rig, &found_area);
        assert_int_equal(found_area.up.read, 0);
        drain(&rig, text);
        assert_int_equal(strlen(text), 8 * RTT_LINE);
    }
    scenario_close(&rig);
}

/* A viewer's offset that is out of range costs lines, no more. */
static void a_wild_read_offset_does_no_harm(void **state)
{
    (void)state;
    static const uint32_t offsets[] = {RTT_TEXT, 0x80000000, 0xFFFFFFFF};
    struct scenario_rig rig;
    open_board(&rig);
    for (unsigned i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        init(&rig);
        put_word(&rig, offsetof(struct rtt_area, up.read), offsets[i]);
        cpu_watch_writes(sim_cpu(rig.sim), watch_area, &rig);
        call_init(&rig);
        cpu_watch_writes(sim_cpu(rig.sim), NULL, NULL);
        put_word(&rig, offsetof(struct rtt_area, up.read), 0);
    }
    scenario_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_control_block_is_as_viewers_expect),
        cmocka_unit_test(the_image_does_not_hold_the_id),
        cmocka_unit_test(each_event_is_a_line),
        cmocka_unit_test(the_ring_lasts_over_downloads),
        cmocka_unit_test(a_failure_is_told),
        cmocka_unit_test(a_full_ring_stops_nothing),
        cmocka_unit_test(a_damaged_block_is_made_anew),
        cmocka_unit_test(a_wild_read_offset_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
