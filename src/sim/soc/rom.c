/* SPDX-License-Identifier: MIT */
/*
 * How the boot ROM reads the flash: 1-1-1, over the board's copper, with whatever registers it sets
 * up on its own. It cannot know of a power switch.
 */
#include "sim/soc/model.h"

#include <string.h>

#define ROM_PERIOD_PS (100 * PS_PER_NS) /* 10 MHz [INF] */

struct rom_lines {
    bool select, clock, out, in; /* NCS, CLK, IO0, IO1 are wired to one port */
};

static bool is_wired(const struct soc *soc, unsigned port, enum signal chip, enum signal pad)
{
    for (unsigned i = 0; i < soc->config.wire_count; i++) {
        const struct wire *wire = &soc->wires[i];
        if (!wire->cut && wire->xspim_port == port && wire->chip == chip && wire->xspim == pad) {
            return true;
        }
    }
    return false;
}

static struct rom_lines find_lines(const struct soc *soc)
{
    struct rom_lines lines = {false, false, false, false};
    for (unsigned port = 2; port >= 1 && !lines.select; port--) { /* P2 first */
        lines.select = is_wired(soc, port, SIGNAL_NCS1, SIGNAL_NCS1);
        lines.clock = is_wired(soc, port, SIGNAL_CLK, SIGNAL_CLK);
        lines.out = is_wired(soc, port, SIGNAL_IO0, SIGNAL_IO0);
        lines.in =
            is_wired(soc, port, (enum signal)(SIGNAL_IO0 + 1), (enum signal)(SIGNAL_IO0 + 1));
    }
    return lines;
}

/* One clock; returns the level on IO1. */
static bool clock_bit(struct soc *soc, const struct rom_lines *lines, struct nor_lines out)
{
    const struct nor_lines none = {0, 0};
    struct nor_lines in = {0, 0};
    if (soc->chip != NULL && lines->select && lines->clock) {
        in = nor_clock(soc->chip, soc->clock->now_ps, NOR_EDGE_PERIOD, lines->out ? out : none);
    }
    soc->clock->now_ps += ROM_PERIOD_PS;
    const bool answered = lines->in && (in.driven & 2U) != 0;
    return ((answered ? in.level : soc->config.undriven) & 2U) != 0;
}

static void send(struct soc *soc, const struct rom_lines *lines, uint32_t value, unsigned bits)
{
    for (unsigned i = bits; i-- > 0;) {
        const struct nor_lines out = {(uint8_t)(value >> i & 1U), 1};
        clock_bit(soc, lines, out);
    }
}

void soc_feed_chip(struct soc *soc, bool on)
{
    soc_route_settle(soc);
    soc->fed = on;
    soc_route_update(soc);
}

void soc_rom_read(struct soc *soc, uint8_t opcode, uint32_t address, uint8_t *bytes, size_t size)
{
    const struct rom_lines lines = find_lines(soc);
    const struct nor_lines released = {0, 0};
    const bool four_bytes = opcode == 0x13;
    if (soc->chip != NULL && lines.select) {
        nor_select(soc->chip, soc->clock->now_ps, ROM_PERIOD_PS);
    }
    send(soc, &lines, opcode, 8);
    send(soc, &lines, address, four_bytes ? 32 : 24);
    for (size_t i = 0; i < size; i++) {
        unsigned byte = 0;
        for (unsigned bit = 0; bit < 8; bit++) {
            byte = byte << 1 | (clock_bit(soc, &lines, released) ? 1U : 0U);
        }
        bytes[i] = (uint8_t)byte;
    }
    if (soc->chip != NULL && lines.select) {
        nor_deselect(soc->chip, soc->clock->now_ps);
    }
    soc->clock->now_ps += ROM_PERIOD_PS; /* CS# high */
}
