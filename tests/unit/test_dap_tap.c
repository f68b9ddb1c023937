/* SPDX-License-Identifier: MIT */
/* The TAP, bit by bit. */
#include "test_dap_probe.h"

#include <string.h>

#define IDCODE UINT32_C(0x6BA00477)

struct notes {
    enum tap_instruction captured, updated;
    uint64_t value, answer;
    unsigned captures, updates;
};

static uint64_t on_capture(void *context, enum tap_instruction instruction)
{
    struct notes *notes = context;
    notes->captured = instruction;
    notes->captures++;
    return notes->answer;
}

static void on_update(void *context, enum tap_instruction instruction, uint64_t value)
{
    struct notes *notes = context;
    notes->updated = instruction;
    notes->value = value;
    notes->updates++;
}

static void on_wires(void *context, bool tck, bool tms, bool tdi)
{
    tap_wires(context, tck, tms, tdi);
}

static struct probe attach(struct tap *tap, struct notes *notes)
{
    const struct tap_port port = {notes, on_capture, on_update};
    *notes = (struct notes){0};
    tap_init(tap, IDCODE, &port);
    return (struct probe){tap, on_wires, tap};
}

static void test_idcode_after_reset(void **state)
{
    (void)state;
    struct tap tap;
    struct notes notes;
    const struct probe probe = attach(&tap, &notes);
    probe_walk(&probe, "0");
    assert_int_equal(probe_dr(&probe, 0, 32), IDCODE);
    /* 33 bits: what was shifted in follows what was captured. */
    assert_int_equal(probe_dr(&probe, 1, 33), (uint64_t)1 << 32 | IDCODE);
    probe_ir(&probe, TAP_BYPASS);
    probe_walk(&probe, "111110"); /* from anywhere in five */
    assert_int_equal(probe_dr(&probe, 0, 32), IDCODE);
    assert_int_equal(notes.captures + notes.updates, 0);
}

/* Which path leads where: IEEE 1149.1. */
static void test_states(void **state)
{
    (void)state;
    static const struct {
        const char *tms;
        enum tap_state state;
    } paths[] = {
        {"1", TAP_RESET},           {"0", TAP_IDLE},
        {"00", TAP_IDLE},           {"01", TAP_SELECT_DR},
        {"010", TAP_CAPTURE_DR},    {"0100", TAP_SHIFT_DR},
        {"01000", TAP_SHIFT_DR},    {"0101", TAP_EXIT1_DR},
        {"01001", TAP_EXIT1_DR},    {"01010", TAP_PAUSE_DR},
        {"010100", TAP_PAUSE_DR},   {"010101", TAP_EXIT2_DR},
        {"0101010", TAP_SHIFT_DR},  {"0101011", TAP_UPDATE_DR},
        {"01011", TAP_UPDATE_DR},   {"010110", TAP_IDLE},
        {"010111", TAP_SELECT_DR},  {"011", TAP_SELECT_IR},
        {"0111", TAP_RESET},        {"0110", TAP_CAPTURE_IR},
        {"01100", TAP_SHIFT_IR},    {"01101", TAP_EXIT1_IR},
        {"011010", TAP_PAUSE_IR},   {"0110101", TAP_EXIT2_IR},
        {"01101010", TAP_SHIFT_IR}, {"01101011", TAP_UPDATE_IR},
        {"011011", TAP_UPDATE_IR},  {"0110110", TAP_IDLE},
        {"0110111", TAP_SELECT_DR},
    };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct tap tap;
        struct notes notes;
        const struct probe probe = attach(&tap, &notes);
        probe_walk(&probe, paths[i].tms);
        assert_int_equal(tap.state, paths[i].state);
        probe_walk(&probe, "11111");
        assert_int_equal(tap.state, TAP_RESET);
    }
}

static void test_instructions(void **state)
{
    (void)state;
    struct tap tap;
    struct notes notes;
    const struct probe probe = attach(&tap, &notes);
    probe_walk(&probe, "0");
    for (unsigned ir = 0; ir < 16; ir++) {
        assert_int_equal(probe_ir(&probe, ir), 1); /* 0001 */
        const bool access = ir == 0x8 || ir == 0xA || ir == 0xB;
        const unsigned before = notes.updates;
        notes.answer = UINT64_C(0x5A5A5A5A2);
        const uint64_t out = probe_dr(&probe, UINT64_C(0x123456789), 35);
        assert_int_equal(notes.updates - before, access);
        if (access) {
            assert_int_equal(out, UINT64_C(0x5A5A5A5A2));
            assert_int_equal(notes.captured, ir);
            assert_int_equal(notes.updated, ir);
            assert_int_equal(notes.value, UINT64_C(0x123456789));
        } else if (ir != 0xE) { /* BYPASS: a 0, then what goes in, one bit late */
            assert_int_equal(out, (UINT64_C(0x123456789) << 1) & UINT64_C(0x7FFFFFFFF));
        }
    }
}

/* A scan may be split by Pause-DR. */
static void test_pause(void **state)
{
    (void)state;
    struct tap tap;
    struct notes notes;
    const struct probe probe = attach(&tap, &notes);
    probe_walk(&probe, "0100");
    uint64_t out = 0;
    for (unsigned i = 0; i < 16; i++) {
        out |= (uint64_t)probe_clock(&probe, i == 15, false) << i;
    }
    probe_walk(&probe, "000010"); /* Pause-DR, Exit2-DR, Shift-DR */
    assert_int_equal(tap.state, TAP_SHIFT_DR);
    out |= probe_shift(&probe, 0, 16) << 16;
    assert_int_equal(out, IDCODE);
}

static void test_trst_and_edges(void **state)
{
    (void)state;
    struct tap tap;
    struct notes notes;
    const struct probe probe = attach(&tap, &notes);
    probe_walk(&probe, "0");
    probe_ir(&probe, TAP_DPACC);
    tap_reset(&tap);
    assert_int_equal(tap.state, TAP_RESET);
    assert_int_equal(tap.ir, TAP_IDCODE);
    /* TMS and TDI that move while TCK stays do nothing. */
    const uint64_t clocks = tap.clocks;
    tap_wires(&tap, true, false, true);
    tap_wires(&tap, true, true, false);
    tap_wires(&tap, true, false, false);
    assert_int_equal(tap.state, TAP_RESET);
    assert_int_equal(tap.clocks, clocks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_idcode_after_reset), cmocka_unit_test(test_states),
        cmocka_unit_test(test_instructions),       cmocka_unit_test(test_pause),
        cmocka_unit_test(test_trst_and_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
