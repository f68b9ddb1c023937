/* SPDX-License-Identifier: MIT */
/* One broken wire of bring-up at a time: Init returns 0, within its time, with a reason that names
 * it. */
#include "sim/scenario.h"

#include "host/explain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum break_kind {
    STUCK,
    OSCILLATOR,
    CUT,
    SWAPPED
};

struct wire {
    const char *name;
    const char *board;
    enum break_kind kind;
    uint32_t address, mask, value; /* STUCK: these bits keep `value` */
    const char *signal;            /* CUT */
    const char *expect;            /* what the reason must name */
    const char *other;             /* SWAPPED with `signal` */
};

#define BOARD_DK "data/boards/stm32n6570-dk.yaml"
#define BOARD_P1 "data/boards/stm32n657-xspi1-power-switch.yaml"

/* Addresses and bits: CMSIS header cmsis-device-n6, secure aliases. */
#define RCC        UINT32_C(0x56028000)
#define PWR        UINT32_C(0x56024800)
#define GPION      UINT32_C(0x56023400)
#define GPIOB      UINT32_C(0x56020400)
#define XSPIM      UINT32_C(0x5802B400)
#define MODER(pin) (UINT32_C(3) << (2 * (pin)))

static const struct wire wires[] = {
    {"supply of the pads", BOARD_P2, STUCK, PWR + 0x3C, 1u << 9, 0, NULL, "VDDIO3", NULL},
    {"clock of GPION", BOARD_P2, STUCK, RCC + 0x25C, 1u << 13, 0, NULL, "GPION", NULL},
    {"clock of PWR", BOARD_P2, STUCK, RCC + 0x25C, 1u << 18, 0, NULL, "PWR", NULL},
    {"clock of XSPI2", BOARD_P2, STUCK, RCC + 0x260, 1u << 12, 0, NULL, "XSPI2", NULL},
    {"clock of XSPIM", BOARD_P2, STUCK, RCC + 0x260, 1u << 13, 0, NULL, "XSPIM", NULL},
    {"per_ck", BOARD_P2, STUCK, RCC + 0x248, 1u << 6, 0, NULL, "PER", NULL},
    {"kernel clock selection", BOARD_P2, STUCK, RCC + 0x158, 3u << 4, 0, NULL, "XSPI2SEL", NULL},
    {"route of XSPIM", BOARD_P2, STUCK, XSPIM, 2, 2, NULL, "XSPIM", NULL},
    {"mux of NCS", BOARD_P2, STUCK, GPION, MODER(1), MODER(1), NULL, "PN1", NULL},
    {"mux of IO0", BOARD_P2, STUCK, GPION, MODER(2), MODER(2), NULL, "PN2", NULL},
    {"mux of IO1", BOARD_P2, STUCK, GPION, MODER(3), MODER(3), NULL, "PN3", NULL},
    {"mux of IO2", BOARD_P2, STUCK, GPION, MODER(4), MODER(4), NULL, "PN4", NULL},
    {"mux of IO3", BOARD_P2, STUCK, GPION, MODER(5), MODER(5), NULL, "PN5", NULL},
    {"mux of CLK", BOARD_P2, STUCK, GPION, MODER(6), MODER(6), NULL, "PN6", NULL},
    {"kernel clock", BOARD_P2, OSCILLATOR, 0, 0, 0, NULL, "HSI", NULL},
    {"track of IO2", BOARD_P2, CUT, 0, 0, 0, "IO2", "IO2", NULL},
    {"track of IO3", BOARD_P2, CUT, 0, 0, 0, "IO3", "IO3", NULL},
    {"track of IO1", BOARD_P2, CUT, 0, 0, 0, "IO1", "IO1", NULL},
    {"IO0 and IO1 swapped", BOARD_P2, SWAPPED, 0, 0, 0, "IO0", "IO0 is on pin PN3 (IO1)", "IO1"},
    {"IO0 and IO2 swapped", BOARD_P2, SWAPPED, 0, 0, 0, "IO0", "IO0 is on pin PN4 (IO2)", "IO2"},
    {"IO0 and IO3 swapped", BOARD_P2, SWAPPED, 0, 0, 0, "IO0", "IO0 is on pin PN5 (IO3)", "IO3"},
    {"IO1 and IO2 swapped", BOARD_P2, SWAPPED, 0, 0, 0, "IO1", "IO1 on pin PN4 (IO2)", "IO2"},
    {"IO1 and IO3 swapped", BOARD_P2, SWAPPED, 0, 0, 0, "IO1", "IO1 on pin PN5 (IO3)", "IO3"},
    {"IO2 and IO3 swapped", BOARD_P2, SWAPPED, 0, 0, 0, "IO2", "IO2 (pin PN4) and IO3", "IO3"},
    {"mux of DQS", BOARD_DK, STUCK, GPION, MODER(0), MODER(0), NULL, "PN0", NULL},
    {"mux of IO4", BOARD_DK, STUCK, GPION, MODER(8), MODER(8), NULL, "PN8", NULL},
    {"track of DQS", BOARD_DK, CUT, 0, 0, 0, "DQS", "DQS", NULL},
    {"track of IO0", BOARD_DK, CUT, 0, 0, 0, "IO0", "IO0", NULL},
    {"track of IO5", BOARD_DK, CUT, 0, 0, 0, "IO5", "IO2 to IO7", NULL},
    {"power switch", BOARD_P1, STUCK, GPIOB + 0x14, 1u << 3, 0, NULL, "PB3", NULL},
    {"mux of the power switch", BOARD_P1, STUCK, GPIOB, MODER(3), MODER(3), NULL, "PB3", NULL},
};

#define WIRE_COUNT (sizeof wires / sizeof wires[0])

static void break_wire(struct scenario_rig *rig, const struct wire *wire)
{
    struct soc *soc = sim_soc(rig->sim);
    switch (wire->kind) {
    case STUCK: soc_stick(soc, wire->address, wire->mask, wire->value); break;
    case OSCILLATOR: soc_stop_oscillator(soc); break;
    case CUT: assert_true(soc_cut_wire(soc, wire->signal)); break;
    case SWAPPED: assert_true(soc_swap_wires(soc, wire->signal, wire->other)); break;
    }
}

static void each_wire_is_named(void **state)
{
    (void)state;
    static char reasons[WIRE_COUNT][512];
    for (size_t i = 0; i < WIRE_COUNT; i++) {
        struct scenario_rig rig;
        const struct scenario scenario = {.board = wires[i].board, .host = "cubeprogrammer"};
        scenario_open(&rig, &scenario);
        break_wire(&rig, &wires[i]);
        uint64_t start = sim_clock(rig.sim)->now_ps;
        assert_false(session_begin(&rig.session, OPERATION_ERASE, &rig.error));
        uint64_t took = sim_clock(rig.sim)->now_ps - start;
        print_message("%-26s %s\n", wires[i].name, rig.error.detail);
        assert_int_equal(rig.error.code, ERROR_INIT_FAILED);
        if (strstr(rig.error.detail, wires[i].expect) == NULL &&
            strstr(rig.error.hint, wires[i].expect) == NULL) {
            fail_msg("%s: neither reason nor hint names %s", wires[i].name, wires[i].expect);
        }
        assert_true(took < PS_PER_SECOND);
        snprintf(reasons[i], sizeof reasons[i], "%s", rig.error.detail);
        for (size_t j = 0; j < i; j++) {
            if (wires[j].board == wires[i].board && strcmp(reasons[i], reasons[j]) == 0) {
                fail_msg("%s and %s give the same reason: %s", wires[i].name, wires[j].name,
                         reasons[i]);
            }
        }
        scenario_close(&rig);
    }
    print_message("%zu wires\n", WIRE_COUNT);
}

/* The same boards with nothing broken initialise: the test above would pass on a loader that never
 * does. */
static void whole_boards_initialise(void **state)
{
    (void)state;
    for (unsigned i = 0; i < scenario_board_count; i++) {
        struct scenario_rig rig;
        const struct scenario scenario = {.board = scenario_boards[i], .host = "cubeprogrammer"};
        scenario_open(&rig, &scenario);
        scenario_assert_good(&rig, session_begin(&rig.session, OPERATION_ERASE, &rig.error));
        scenario_assert_boots(&rig);
        scenario_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_boards_initialise),
        cmocka_unit_test(each_wire_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
