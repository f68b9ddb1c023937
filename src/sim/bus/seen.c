/* SPDX-License-Identifier: MIT */
/* Frames told to somebody who watches, for a trace. */
#include "sim/bus/engine.h"

void xspi_watch_frames(struct xspi *x, xspi_watcher *watcher, void *context)
{
    x->watcher = watcher;
    x->watcher_context = context;
    x->seen_skipped = x->stats.polls_skipped;
}

/* MODE, DTR and SIZE lie in this order in each byte of CCR [HDR]. */
static struct xspi_seen_part part_of(uint32_t ccr, unsigned position, uint32_t value)
{
    const uint32_t field = ccr >> position, mode = field & 7u;
    return (struct xspi_seen_part){.lanes = (uint8_t)((1u << mode) >> 1),
                                   .size = (uint8_t)((field >> XSPI_CCR_ISIZE_Pos & 3u) + 1),
                                   .dtr = (field & XSPI_CCR_IDTR) != 0,
                                   .value = value};
}

void xspi_seen_begin(struct xspi *x)
{
    const struct xspi_frame_setup *setup = &x->frame.setup;
    if (x->watcher == NULL) {
        return;
    }
    x->seen = (struct xspi_seen){
        .begin_ps = x->bus_ps,
        .period_ps = x->frame.period_ps,
        .instruction = part_of(setup->ccr, XSPI_CCR_IMODE_Pos, setup->ir),
        .address = part_of(setup->ccr, XSPI_CCR_ADMODE_Pos, setup->address),
        .alternate = part_of(setup->ccr, XSPI_CCR_ABMODE_Pos, setup->abr),
        .data = part_of(setup->ccr, XSPI_CCR_DMODE_Pos, 0),
        .dummies = setup->tcr & XSPI_TCR_DCYC,
        .reads = setup->data == XSPI_PHASE_READ,
        .mapped = x->state == XSPI_STATE_MAPPED,
    };
    if (setup->count == 0) {
        x->seen.data.lanes = 0;
    }
    if (x->stats.polls_skipped > x->seen_skipped) {
        x->seen.polls_skipped = x->stats.polls_skipped - x->seen_skipped;
    }
    x->seen_skipped = x->stats.polls_skipped;
    x->watcher(x->watcher_context, &x->seen, false);
}

void xspi_seen_byte(struct xspi *x, uint8_t byte)
{
    if (x->watcher == NULL) {
        return;
    }
    if (x->seen.data_bytes < XSPI_SEEN_BYTES) {
        x->seen.data_first[x->seen.data_bytes] = byte;
    }
    x->seen.data_bytes++;
}

void xspi_seen_end(struct xspi *x, uint64_t at_ps)
{
    if (x->watcher == NULL) {
        return;
    }
    x->seen.end_ps = at_ps;
    x->seen.whole = x->frame.phase == x->frame.phase_count;
    x->watcher(x->watcher_context, &x->seen, true);
}
