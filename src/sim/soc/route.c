/* SPDX-License-Identifier: MIT */
/*
 * The way from a controller through XSPIM, pads and copper to the chip, computed anew whenever a
 * register on the way changes, so that a clock costs one look at a table.
 *
 * XSPIM.CR: CMSIS header of cmsis-device-n6 and ST SVD [HDR][SVD]. Which of CSSEL_OVR_O1 and _O2
 * belongs to which controller is [INF].
 */
#include "sim/soc/model.h"

#include <string.h>

enum {
    XSPIM_CR = 0x00,
    MUXEN = 1 << 0,
    MODE = 1 << 1,
    CSSEL_OVR_EN = 1 << 4,
    CSSEL_OVR_O1 = 1 << 5
};

static bool parse_signal(const char *name, enum signal *signal)
{
    static const struct {
        const char *name;
        enum signal signal;
    } names[] = {
        {"CLK", SIGNAL_CLK},     {"NCS", SIGNAL_NCS1},    {"DQS", SIGNAL_DQS0},
        {"IO0", SIGNAL_IO0},     {"IO1", SIGNAL_IO0 + 1}, {"IO2", SIGNAL_IO0 + 2},
        {"IO3", SIGNAL_IO0 + 3}, {"IO4", SIGNAL_IO0 + 4}, {"IO5", SIGNAL_IO0 + 5},
        {"IO6", SIGNAL_IO0 + 6}, {"IO7", SIGNAL_IO7},     {"RESET", SIGNAL_RESET},
        {"POWER", SIGNAL_POWER},
    };
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i].name, name) == 0) {
            *signal = names[i].signal;
            return true;
        }
    }
    return false;
}

bool soc_route_create(struct soc *soc, struct error *error)
{
    if (soc->config.wire_count > SOC_WIRES_MAX) {
        return error_set(error, ERROR_BAD_VALUE, NULL, 0, 0, "%u wires to the flash, at most %u",
                         soc->config.wire_count, SOC_WIRES_MAX);
    }
    for (unsigned i = 0; i < soc->config.wire_count; i++) {
        const struct soc_wire *from = &soc->config.wires[i];
        struct wire *wire = &soc->wires[i];
        wire->cut = from->cut;
        if (!soc_pad_parse(from->pad, &wire->port, &wire->pin)) {
            return error_set(error, ERROR_UNKNOWN_NAME, NULL, 0, 0, "pad '%s'", from->pad);
        }
        if (!parse_signal(from->signal, &wire->chip)) {
            return error_set(error, ERROR_UNKNOWN_NAME, NULL, 0, 0, "signal '%s' of the flash",
                             from->signal);
        }
        soc_pad_signal(wire->port, wire->pin, &wire->xspim_port, &wire->xspim);
    }
    for (unsigned i = 0; i < XSPI_COUNT; i++) {
        soc->routes[i].soc = soc;
    }
    soc->selected_by = -1;
    return true;
}

unsigned soc_route_port(const struct soc *soc, unsigned index)
{
    const uint32_t cr = soc_word(soc, BANK_XSPIM, XSPIM_CR);
    const unsigned swapped = (cr & MODE) != 0;
    if ((cr & MUXEN) == 0) {
        return index == 2 ? 0 : 1 + (index ^ swapped);
    }
    return index == 2 ? 2 - swapped : 1 + swapped;
}

static bool pad_carries_xspim(const struct soc *soc, const struct wire *wire)
{
    return !wire->cut && soc_pad_mode(soc, wire->port, wire->pin) == PAD_ALTERNATE &&
           soc_pad_alternate(soc, wire->port, wire->pin) == 9 &&
           soc_pad_supplied(soc, wire->port, wire->pin);
}

static void add_chip_select(const struct soc *soc, struct route *route, unsigned index,
                            enum signal pad)
{
    const uint32_t cr = soc_word(soc, BANK_XSPIM, XSPIM_CR);
    const unsigned wired = pad == SIGNAL_NCS2;
    if ((cr & CSSEL_OVR_EN) == 0 || index == 2) {
        route->select[wired] = true;
        return;
    }
    const unsigned forced = (cr & (uint32_t)CSSEL_OVR_O1 << index) != 0;
    route->select[0] = route->select[1] = forced == wired;
}

static void add_wire(const struct soc *soc, struct route *route, unsigned index,
                     const struct wire *wire)
{
    if (wire->chip <= SIGNAL_IO7 && wire->xspim <= SIGNAL_IO7) {
        route->to_chip[wire->xspim] |= (uint8_t)(1U << wire->chip);
        route->lanes |= (uint8_t)(1U << wire->xspim);
        route->identity = route->identity && (unsigned)wire->chip == (unsigned)wire->xspim;
    } else if (wire->chip == SIGNAL_CLK && wire->xspim == SIGNAL_CLK) {
        route->clock = true;
    } else if (wire->chip == SIGNAL_DQS0 && wire->xspim == SIGNAL_DQS0) {
        route->strobe = true;
    } else if (wire->chip == SIGNAL_NCS1 &&
               (wire->xspim == SIGNAL_NCS1 || wire->xspim == SIGNAL_NCS2)) {
        add_chip_select(soc, route, index, wire->xspim);
    }
}

static void update_one(struct soc *soc, unsigned index)
{
    struct route *route = &soc->routes[index];
    const enum bank bank = (enum bank)(BANK_XSPI1 + index);
    const unsigned port = soc_route_port(soc, index);
    memset(route->select, 0, sizeof route->select);
    memset(route->to_chip, 0, sizeof route->to_chip);
    route->clock = false;
    route->strobe = false;
    route->identity = true;
    route->lanes = 0;
    for (unsigned i = 0; i < soc->config.wire_count; i++) {
        const struct wire *wire = &soc->wires[i];
        if (wire->xspim_port == port && wire->xspim_port != 0 && pad_carries_xspim(soc, wire)) {
            add_wire(soc, route, index, wire);
        }
    }
    route->broken_by = NULL;
    if (soc->chip == NULL) {
        route->broken_by = "no chip";
    } else if (!soc->chip_powered) {
        route->broken_by = "chip without power";
    } else if (!soc_bank_is_clocked(soc, bank) || soc->banks[bank].in_reset) {
        route->broken_by = "controller without clock or in reset";
    } else if (!route->select[0] && !route->select[1]) {
        route->broken_by = "NCS";
    } else if (!route->clock) {
        route->broken_by = "CLK";
    }
}

/* Level that a pad drives onto the wire: 1, 0, or -1 if it does not. */
static int driven_level(const struct soc *soc, const struct wire *wire)
{
    if (wire->cut || !soc_pad_supplied(soc, wire->port, wire->pin)) {
        return -1;
    }
    switch (soc_pad_mode(soc, wire->port, wire->pin)) {
    case PAD_OUTPUT: return soc_pad_output(soc, wire->port, wire->pin) ? 1 : 0;
    case PAD_ALTERNATE:
        /* NCLK runs against CLK: a reset input on it never stays high [INF]. */
        return soc_pad_alternate(soc, wire->port, wire->pin) == 9 && wire->xspim == SIGNAL_NCLK
                   ? 0
                   : -1;
    default: return -1;
    }
}

static void update_power_and_reset(struct soc *soc)
{
    bool power = !soc->config.power_switched || soc->fed;
    bool released = true;
    for (unsigned i = 0; i < soc->config.wire_count; i++) {
        const struct wire *wire = &soc->wires[i];
        if (wire->chip == SIGNAL_POWER && soc->config.power_switched) {
            power = power || driven_level(soc, wire) == 1;
        } else if (wire->chip == SIGNAL_RESET) {
            released = released && driven_level(soc, wire) != 0;
        }
    }
    power = power && !soc->faults.power_lost;
    if (soc->chip != NULL && power != soc->chip_powered) {
        nor_set_power(soc->chip, soc->clock->now_ps, power);
    }
    if (soc->chip != NULL && released != soc->chip_reset_released) {
        nor_set_reset_pin(soc->chip, soc->clock->now_ps, released);
    }
    soc->chip_powered = power;
    soc->chip_reset_released = released;
}

void soc_route_settle(struct soc *soc)
{
    for (unsigned i = 0; i < XSPI_COUNT; i++) {
        xspi_pins_change(soc->xspi[i]);
    }
}

void soc_route_update(struct soc *soc)
{
    update_power_and_reset(soc);
    for (unsigned i = 0; i < XSPI_COUNT; i++) {
        update_one(soc, i);
    }
    if (soc->selected_by >= 0) {
        const struct route *route = &soc->routes[soc->selected_by];
        if (!route->select[0] && !route->select[1]) {
            nor_deselect(soc->chip, soc->clock->now_ps); /* the pull-up takes CS# high */
            soc->selected_by = -1;
        }
    }
}

static int index_of(const struct route *route)
{
    return (int)(route - route->soc->routes);
}

static void pins_select(void *context, unsigned chip_select, uint64_t now_ps, uint64_t period_ps)
{
    const struct route *route = context;
    struct soc *soc = route->soc;
    if (route->broken_by != NULL) {
        soc->stats.frames_unreached++;
        soc->stats.unreached_because = route->broken_by;
    }
    if (soc_is_observed(soc)) {
        soc_tell_frame(soc, route, chip_select);
    }
    soc_faults_frame(soc, xspi_opcode(soc->xspi[index_of(route)]), now_ps);
    if (soc->chip == NULL || soc->selected_by >= 0) {
        return;
    }
    if (!route->select[chip_select]) {
        if (route->broken_by == NULL) {
            soc->stats.frames_unreached++;
            soc->stats.unreached_because = "other chip select";
        }
        return;
    }
    soc->selected_by = index_of(route);
    nor_select(soc->chip, now_ps, period_ps);
}

/* Levels on the controller's lines -> levels on the chip's. */
static struct nor_lines towards_chip(const struct route *route, struct nor_lines out)
{
    struct nor_lines chip = {0, 0};
    for (unsigned i = 0; i < 8; i++) {
        const uint8_t bit = (uint8_t)(1U << i);
        if ((out.driven & bit) != 0) {
            chip.driven |= route->to_chip[i];
            chip.level |= (out.level & bit) != 0 ? route->to_chip[i] : 0;
        }
    }
    return chip;
}

static struct nor_lines from_chip(const struct route *route, struct nor_lines chip)
{
    struct nor_lines in = {0, 0};
    for (unsigned i = 0; i < 8; i++) {
        const uint8_t bit = (uint8_t)(1U << i);
        if ((chip.driven & route->to_chip[i]) != 0) {
            in.driven |= bit;
            in.level |= (chip.level & route->to_chip[i]) != 0 ? bit : 0;
        }
    }
    return in;
}

static uint8_t pins_clock(void *context, uint64_t now_ps, enum nor_edge edge, struct nor_lines out)
{
    const struct route *route = context;
    struct soc *soc = route->soc;
    struct nor_lines in = {0, 0};
    if (route->clock && soc->selected_by == index_of(route)) {
        if (route->identity) {
            const struct nor_lines chip = {out.level & route->lanes, out.driven & route->lanes};
            in = nor_clock(soc->chip, now_ps, edge, chip);
            in.driven &= route->lanes;
        } else {
            in = from_chip(route, nor_clock(soc->chip, now_ps, edge, towards_chip(route, out)));
        }
    }
    if (soc->faults.lines != SOC_LINES_GOOD) {
        in = soc_faults_lines(soc, in);
    }
    const uint8_t driven_out = (uint8_t)(out.driven & ~in.driven);
    const uint8_t nobody = (uint8_t) ~(in.driven | driven_out);
    return (uint8_t)((in.level & in.driven) | (out.level & driven_out) |
                     (soc->config.undriven & nobody));
}

static void pins_deselect(void *context, uint64_t now_ps)
{
    const struct route *route = context;
    struct soc *soc = route->soc;
    if (soc->selected_by == index_of(route)) {
        soc->selected_by = -1;
        nor_deselect(soc->chip, now_ps);
    }
}

static uint64_t pins_next_event(void *context, uint64_t now_ps)
{
    const struct route *route = context;
    return route->soc->chip == NULL ? PS_NEVER : nor_next_event(route->soc->chip, now_ps);
}

static bool pins_strobe(void *context)
{
    const struct route *route = context;
    return route->strobe && route->soc->selected_by == index_of(route) &&
           nor_strobes(route->soc->chip);
}

const struct xspi_pins soc_route_pins = {.select = pins_select,
                                         .clock = pins_clock,
                                         .deselect = pins_deselect,
                                         .next_event = pins_next_event,
                                         .strobe = pins_strobe};
