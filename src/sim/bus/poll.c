/* SPDX-License-Identifier: MIT */
/*
 * Automatic status polling: the same read again and again, PIR clocks of CS# high between [memory],
 * until it matches.
 *
 * A frame that must answer what the last one did is not put on the pins; its time passes as if it
 * had been. It must if the last two answered the same, the chip announced no event between them,
 * and announces none before the frame's end.
 */
#include "sim/bus/engine.h"

#include <string.h>

#define STATUS_BYTES_MAX 4

void xspi_poll_start(struct xspi *x)
{
    struct xspi_frame_setup setup = xspi_read_setup(x);
    uint32_t dlr = xspi_register(x, XSPI_DLR);

    setup.count = dlr < STATUS_BYTES_MAX ? dlr + 1 : STATUS_BYTES_MAX;
    if (!xspi_check_range(x, setup.count) || !xspi_frame_prepare(x, &setup)) {
        return;
    }
    xspi_fifo_flush(&x->fifo);
    memset(&x->polling, 0, sizeof x->polling);
    x->state = XSPI_STATE_POLLING;
    xspi_frame_begin(x, x->clock->now_ps);
    x->polling.frame_ps = xspi_frame_left_ps(x);
    x->polling.gap_ps = xspi_register(x, XSPI_PIR) * x->frame.period_ps;
}

static bool matches(const struct xspi *x, uint32_t status)
{
    uint32_t mask = xspi_register(x, XSPI_PSMKR);
    uint32_t differing = (status ^ xspi_register(x, XSPI_PSMAR)) & mask;

    if ((xspi_register(x, XSPI_CR) & XSPI_CR_PMM) != 0) {
        return differing != mask; /* OR: at least one unmasked bit is right */
    }
    return differing == 0;
}

void xspi_poll_over(struct xspi *x)
{
    struct xspi_polling *polling = &x->polling;
    uint32_t status = 0;
    uint64_t earliest;

    for (unsigned i = 0; x->fifo.level != 0; i++) {
        status |= (uint32_t)xspi_fifo_pop(&x->fifo) << (8 * i);
    }
    polling->steady =
        polling->executed != 0 && status == polling->status && polling->event_ps > x->bus_ps;
    polling->executed++;
    polling->status = status;
    polling->matched = matches(x, status);
    polling->fetched = true;
    polling->seen_ps = x->bus_ps;
    x->stats.polls++;
    if (polling->matched) {
        x->flags |= XSPI_SR_SMF;
        if ((xspi_register(x, XSPI_CR) & XSPI_CR_APMS) != 0) {
            x->state = XSPI_STATE_IDLE;
            return;
        }
    }
    polling->event_ps = x->pins.next_event(x->pins.context, x->bus_ps);
    earliest = x->bus_ps + polling->gap_ps;
    xspi_frame_begin(x, earliest);
    polling->gap_ps = x->bus_ps - polling->seen_ps; /* DCR1.CSHT may be longer */
}

/* Frames that end by `now_ps` and before the chip's next event have happened. */
static void skip_frames(struct xspi *x, uint64_t now_ps)
{
    struct xspi_polling *polling = &x->polling;
    uint64_t first_end = x->bus_ps + polling->frame_ps;
    uint64_t cycle = polling->frame_ps + polling->gap_ps;
    uint64_t last_end = now_ps;
    uint64_t count;

    polling->event_ps = x->pins.next_event(x->pins.context, polling->seen_ps);
    if (polling->event_ps <= first_end) {
        return;
    }
    if (polling->event_ps <= now_ps) {
        last_end = polling->event_ps - 1;
    }
    count = (last_end - first_end) / cycle + 1;
    x->bus_ps += count * cycle;
    polling->seen_ps += count * cycle;
    polling->fetched = true;
    if (polling->matched) {
        x->flags |= XSPI_SR_SMF;
    }
    x->stats.polls += count;
    x->stats.polls_skipped += count;
}

bool xspi_poll_skip(struct xspi *x, uint64_t now_ps)
{
    const struct xspi_polling *polling = &x->polling;

    if (x->frame.selected || !polling->steady) {
        return false;
    }
    if (x->bus_ps + polling->frame_ps <= now_ps) {
        skip_frames(x, now_ps);
    }
    /* The frame in which the status changes shows it at its end only. A trial of the CPU may come to
     * lie within it, and could not be undone. */
    return polling->event_ps > now_ps || xspi_poll_next_event(x) > now_ps;
}

void xspi_poll_rewind(struct xspi *x)
{
    struct xspi_polling *polling = &x->polling;
    const uint64_t now_ps = x->clock->now_ps, cycle = polling->frame_ps + polling->gap_ps;
    if (x->frame.selected || !polling->steady || x->bus_ps <= now_ps) {
        return;
    }
    const uint64_t count = (x->bus_ps - now_ps + cycle - 1) / cycle;
    if (count <= x->stats.polls_skipped) {
        x->bus_ps -= count * cycle;
        polling->seen_ps -= count * cycle;
        x->stats.polls -= count;
        x->stats.polls_skipped -= count;
    }
}

uint64_t xspi_poll_next_event(const struct xspi *x)
{
    const struct xspi_polling *polling = &x->polling;
    uint64_t end = x->bus_ps + xspi_frame_left_ps(x);
    uint64_t cycle = polling->frame_ps + polling->gap_ps;
    uint64_t event = polling->event_ps;
    uint64_t fresh;

    if (!polling->steady || !polling->fetched ||
        (polling->matched && (x->flags & XSPI_SR_SMF) == 0)) {
        return end;
    }
    fresh = x->pins.next_event(x->pins.context, x->frame.selected ? x->bus_ps : polling->seen_ps);
    event = fresh < event ? fresh : event;
    if (event == PS_NEVER || event <= end) {
        return event == PS_NEVER ? PS_NEVER : end;
    }
    return end + (event - end + cycle - 1) / cycle * cycle;
}
