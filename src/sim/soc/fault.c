/* SPDX-License-Identifier: MIT */
/* Faults that come and go while the board runs. */
#include "sim/soc/model.h"

#define BITS_OF_A_BYTE 8u
#define XSPI_SR_OFFSET 0x20u /* [HDR] */

void soc_spoil_lines(struct soc *soc, enum soc_lines lines, uint64_t seed)
{
    struct soc_faults *faults = &soc->faults;
    faults->lines = lines;
    faults->lines_seed = (uint32_t)soc_random(&seed);
    faults->lines_count = lines == SOC_LINES_FLIP_ONCE ? faults->lines_seed % BITS_OF_A_BYTE : 0;
}

static struct nor_lines flip(struct nor_lines lines, uint32_t seed)
{
    for (unsigned i = 0; i < 8; i++) {
        const uint8_t bit = (uint8_t)(1U << ((seed >> 8) + i) % 8);
        if ((lines.driven & bit) != 0) {
            lines.level ^= bit;
            break;
        }
    }
    return lines;
}

struct nor_lines soc_faults_lines(struct soc *soc, struct nor_lines from_chip)
{
    struct soc_faults *faults = &soc->faults;
    struct nor_lines lines = from_chip;
    if (lines.driven == 0) {
        return lines;
    }
    switch (faults->lines) {
    case SOC_LINES_GOOD: break;
    case SOC_LINES_HIGH: lines.level = lines.driven; break;
    case SOC_LINES_LOW: lines.level = 0; break;
    case SOC_LINES_FLIP_ONCE:
        if (faults->lines_count-- == 0) {
            faults->lines = SOC_LINES_GOOD;
            lines = flip(lines, faults->lines_seed);
        }
        break;
    case SOC_LINES_FLIP_ALWAYS:
        if (faults->lines_count++ % BITS_OF_A_BYTE == faults->lines_seed % BITS_OF_A_BYTE) {
            lines = flip(lines, faults->lines_seed);
        }
        break;
    }
    return lines;
}

void soc_stop_kernel_clocks(struct soc *soc, bool stopped)
{
    for (unsigned i = 0; i < XSPI_COUNT; i++) {
        xspi_hold_clock(soc->xspi[i], stopped);
    }
}

/* What is past met the supply as it was. A frame that begins is itself what brings the bus up to the
 * present, and its time is the chip's. */
static uint64_t settle(struct soc *soc)
{
    if (soc->faults.selecting) {
        return soc->faults.frame_ps;
    }
    soc_route_settle(soc);
    return soc->clock->now_ps;
}

void soc_fail_chip(struct soc *soc, enum nor_failure failure)
{
    const uint64_t now_ps = settle(soc);
    if (soc->chip != NULL) {
        nor_fail(soc->chip, now_ps, failure);
    }
}

void soc_advance_chip(struct soc *soc, uint8_t part)
{
    const uint64_t now_ps = settle(soc);
    if (soc->chip_powered) {
        nor_advance(soc->chip, now_ps, part);
    }
}

void soc_lose_power(struct soc *soc, bool lost)
{
    const uint64_t now_ps = settle(soc);
    soc->faults.power_lost = lost;
    if (lost && soc->chip_powered) {
        nor_set_power(soc->chip, now_ps, false);
        soc->chip_powered = false;
    }
    soc_route_update(soc);
}

void soc_dip_power(struct soc *soc)
{
    const uint64_t now_ps = settle(soc);
    if (soc->chip_powered) {
        nor_set_power(soc->chip, now_ps, false);
        nor_set_power(soc->chip, now_ps, true);
    }
}

void soc_stick_status(struct soc *soc, uint32_t mask, uint32_t value)
{
    for (unsigned i = 0; i < XSPI_COUNT; i++) {
        soc_stick(soc, soc_banks[BANK_XSPI1 + i].base + XSPI_SR_OFFSET, mask, value);
    }
}

void soc_release_stuck(struct soc *soc)
{
    soc->stuck_count = 0;
}

void soc_watch_frames(struct soc *soc, void (*frame)(void *context, uint8_t opcode), void *context)
{
    soc->faults.frame = frame;
    soc->faults.frame_context = context;
}

void soc_trace_frames(struct soc *soc, xspi_watcher *watcher, void *context)
{
    for (unsigned i = 0; i < XSPI_COUNT; i++) {
        xspi_watch_frames(soc->xspi[i], watcher, context);
    }
}

void soc_faults_frame(struct soc *soc, uint8_t opcode, uint64_t now_ps)
{
    struct soc_faults *faults = &soc->faults;
    if (faults->frame == NULL) {
        return;
    }
    faults->selecting = true;
    faults->frame_ps = now_ps;
    faults->frame(faults->frame_context, opcode);
    faults->selecting = false;
}
