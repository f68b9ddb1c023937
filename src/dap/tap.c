/* SPDX-License-Identifier: MIT */
#include "dap/tap.h"

#define IR_CAPTURE 0x1u /* what Capture-IR loads [ARM] */
#define IR_MASK    0xFu

static const uint8_t next_state[][2] = {
    [TAP_RESET] = {TAP_IDLE, TAP_RESET},
    [TAP_IDLE] = {TAP_IDLE, TAP_SELECT_DR},
    [TAP_SELECT_DR] = {TAP_CAPTURE_DR, TAP_SELECT_IR},
    [TAP_CAPTURE_DR] = {TAP_SHIFT_DR, TAP_EXIT1_DR},
    [TAP_SHIFT_DR] = {TAP_SHIFT_DR, TAP_EXIT1_DR},
    [TAP_EXIT1_DR] = {TAP_PAUSE_DR, TAP_UPDATE_DR},
    [TAP_PAUSE_DR] = {TAP_PAUSE_DR, TAP_EXIT2_DR},
    [TAP_EXIT2_DR] = {TAP_SHIFT_DR, TAP_UPDATE_DR},
    [TAP_UPDATE_DR] = {TAP_IDLE, TAP_SELECT_DR},
    [TAP_SELECT_IR] = {TAP_CAPTURE_IR, TAP_RESET},
    [TAP_CAPTURE_IR] = {TAP_SHIFT_IR, TAP_EXIT1_IR},
    [TAP_SHIFT_IR] = {TAP_SHIFT_IR, TAP_EXIT1_IR},
    [TAP_EXIT1_IR] = {TAP_PAUSE_IR, TAP_UPDATE_IR},
    [TAP_PAUSE_IR] = {TAP_PAUSE_IR, TAP_EXIT2_IR},
    [TAP_EXIT2_IR] = {TAP_SHIFT_IR, TAP_UPDATE_IR},
    [TAP_UPDATE_IR] = {TAP_IDLE, TAP_SELECT_DR},
};

void tap_init(struct tap *tap, uint32_t idcode, const struct tap_port *port)
{
    *tap = (struct tap){.port = *port, .idcode = idcode};
    tap_reset(tap);
}

void tap_reset(struct tap *tap)
{
    tap->state = TAP_RESET;
    tap->ir = TAP_IDCODE;
    tap->shift = 0;
    tap->tdo = true;
}

static bool is_access(uint8_t ir)
{
    return ir == TAP_ABORT || ir == TAP_DPACC || ir == TAP_APACC;
}

static unsigned data_length(const struct tap *tap)
{
    if (is_access(tap->ir)) {
        return 35;
    }
    return tap->ir == TAP_IDCODE ? 32 : 1;
}

static uint64_t captured(const struct tap *tap)
{
    if (is_access(tap->ir)) {
        return tap->port.capture(tap->port.context, (enum tap_instruction)tap->ir);
    }
    return tap->ir == TAP_IDCODE ? tap->idcode : 0; /* BYPASS captures 0 */
}

static void shift_in(struct tap *tap, unsigned length, bool tdi)
{
    tap->shift = tap->shift >> 1 | (uint64_t)tdi << (length - 1);
}

/* What a state does, once it is entered. */
static void enter(struct tap *tap)
{
    switch (tap->state) {
    case TAP_RESET: tap->ir = TAP_IDCODE; break;
    case TAP_CAPTURE_DR: tap->shift = captured(tap); break;
    case TAP_CAPTURE_IR: tap->shift = IR_CAPTURE; break;
    case TAP_UPDATE_IR: tap->ir = (uint8_t)(tap->shift & IR_MASK); break;
    case TAP_UPDATE_DR:
        if (is_access(tap->ir)) {
            tap->port.update(tap->port.context, (enum tap_instruction)tap->ir, tap->shift);
        }
        break;
    default: break;
    }
}

static void rise(struct tap *tap, bool tms, bool tdi)
{
    tap->clocks++;
    if (tap->state == TAP_SHIFT_DR) {
        shift_in(tap, data_length(tap), tdi);
    } else if (tap->state == TAP_SHIFT_IR) {
        shift_in(tap, TAP_IR_LENGTH, tdi);
    }
    tap->state = (enum tap_state)next_state[tap->state][tms];
    enter(tap);
}

/* Outside the shift states TDO is not driven; a pull-up makes it 1. */
static void fall(struct tap *tap)
{
    const bool shifts = tap->state == TAP_SHIFT_DR || tap->state == TAP_SHIFT_IR;
    tap->tdo = !shifts || (tap->shift & 1u) != 0;
}

void tap_wires(struct tap *tap, bool tck, bool tms, bool tdi)
{
    if (tck && !tap->tck) {
        rise(tap, tms, tdi);
    } else if (!tck && tap->tck) {
        fall(tap);
    }
    tap->tck = tck;
}
