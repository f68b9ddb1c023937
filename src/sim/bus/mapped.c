/* SPDX-License-Identifier: MIT */
/*
 * Memory-mapped mode: window accesses become frames; reads go on ahead into the FIFO with CS# low.
 */
#include "sim/bus/engine.h"

/* Reads that reach into the last 32 bytes of 2^(DEVSIZE+1) are an erratum of STM32N6 [ES0620 as
 * quoted in Zephyr discussion 109834; Zephyr PR 96469]. What such a read does is not published; a
 * bus error here, so that it is noticed [INF]. */
#define BYTES_OUT_OF_REACH 32

static bool is_reading(const struct xspi *x)
{
    const struct xspi_frame *frame = &x->frame;

    return x->state == XSPI_STATE_MAPPED && frame->phase_count != 0 &&
           frame->phases[frame->phase_count - 1].kind == XSPI_PHASE_READ;
}

static bool is_writing(const struct xspi *x)
{
    return x->state == XSPI_STATE_MAPPED && x->frame.active && !is_reading(x);
}

/* Without prefetch CS# rises after each access [INF]. With it, at the end of the device; BUSY then
 * stays 1, as it does whenever the prefetch has nothing left to do. */
void xspi_mapped_over(struct xspi *x)
{
    x->frame.paused_since_ps = x->bus_ps;
    if ((xspi_register(x, XSPI_CR) & XSPI_CR_NOPREF) != 0) {
        x->state = XSPI_STATE_IDLE;
    }
}

uint64_t xspi_mapped_timeout(const struct xspi *x)
{
    bool inactive = x->frame.paused || !x->frame.active;

    if (x->state != XSPI_STATE_MAPPED || !inactive ||
        (xspi_register(x, XSPI_CR) & XSPI_CR_TCEN) == 0) {
        return PS_NEVER;
    }
    return x->frame.paused_since_ps + xspi_register(x, XSPI_LPTR) * x->frame.period_ps;
}

uint64_t xspi_mapped_next_event(const struct xspi *x)
{
    uint64_t timeout = xspi_mapped_timeout(x);

    if ((xspi_register(x, XSPI_CR) & XSPI_CR_TCEN) == 0 || timeout != PS_NEVER) {
        return timeout;
    }
    return xspi_frame_next_change(x); /* the timeout begins once the FIFO has stopped SCK */
}

void xspi_mapped_time_out(struct xspi *x, uint64_t at_ps)
{
    if (x->frame.active) {
        xspi_frame_cut(x, at_ps);
    }
    xspi_fifo_flush(&x->fifo);
    x->flags |= XSPI_SR_TOF;
    x->state = XSPI_STATE_IDLE;
}

/* Lets posted writes reach the chip, then raises CS#. False if the bus stands still. */
static bool close_frame(struct xspi *x)
{
    while (is_writing(x) && !x->frame.paused) {
        if (!xspi_wait(x)) {
            return false;
        }
    }
    xspi_stop(x);
    return true;
}

static bool wait_until_calibrated(struct xspi *x)
{
    while (x->state == XSPI_STATE_CALIBRATING) {
        if (!xspi_wait(x)) {
            return false;
        }
    }
    return true;
}

static bool is_within_device(const struct xspi *x, uint32_t offset, unsigned size, unsigned margin)
{
    return (size == 1 || size == 2 || size == 4) &&
           (uint64_t)offset + size + margin <= xspi_device_size(x);
}

/* Octal DTR carries pairs: such a frame begins at an even address. */
static bool begin_read(struct xspi *x, uint32_t offset, unsigned size)
{
    struct xspi_frame_setup setup = xspi_read_setup(x);
    bool pairs = ((setup.ccr & XSPI_CCR_DMODE) >> XSPI_CCR_DMODE_Pos) == 4 &&
                 (setup.ccr & XSPI_CCR_DDTR) != 0;

    x->mapped_next = offset;
    x->mapped_skip = pairs ? offset % 2 : 0;
    setup.address = offset - x->mapped_skip;
    setup.count = (xspi_register(x, XSPI_CR) & XSPI_CR_NOPREF) != 0
                      ? size + x->mapped_skip
                      : xspi_device_size(x) - setup.address;
    if (!xspi_frame_prepare(x, &setup)) {
        return false;
    }
    x->state = XSPI_STATE_MAPPED;
    xspi_frame_begin(x, x->clock->now_ps);
    xspi_advance(x);
    return true;
}

enum xspi_access xspi_window_read(struct xspi *x, uint32_t offset, unsigned size, uint32_t *value)
{
    *value = 0;
    xspi_advance(x);
    if (!xspi_is_mapped(x) || (xspi_register(x, XSPI_CCR) & XSPI_CCR_DMODE) == 0 ||
        !is_within_device(x, offset, size, BYTES_OUT_OF_REACH)) {
        return XSPI_FAULT;
    }
    if (xspi_is_stuck(x) || !wait_until_calibrated(x)) {
        return XSPI_STALL;
    }
    if (!is_reading(x) || x->mapped_next != offset) {
        if (!close_frame(x)) {
            return XSPI_STALL;
        }
        if (!begin_read(x, offset, size)) {
            return XSPI_FAULT;
        }
    }
    while (x->fifo.level < size + x->mapped_skip) {
        if (!xspi_wait(x)) {
            return XSPI_STALL;
        }
    }
    for (; x->mapped_skip != 0; x->mapped_skip--) {
        xspi_fifo_pop(&x->fifo);
    }
    for (unsigned i = 0; i < size; i++) {
        *value |= (uint32_t)xspi_fifo_pop(&x->fifo) << (8 * i);
    }
    x->mapped_next = offset + size;
    xspi_advance(x);
    return XSPI_OK;
}

static bool begin_write(struct xspi *x, uint32_t offset)
{
    struct xspi_frame_setup setup = {
        .ccr = xspi_register(x, XSPI_WCCR),
        .tcr = xspi_register(x, XSPI_WTCR),
        .ir = xspi_register(x, XSPI_WIR),
        .abr = xspi_register(x, XSPI_WABR),
        .address = offset,
        .data = XSPI_PHASE_WRITE,
        .count = xspi_device_size(x) - offset,
    };

    if (!xspi_frame_prepare(x, &setup)) {
        return false;
    }
    x->state = XSPI_STATE_MAPPED;
    xspi_frame_begin(x, x->clock->now_ps);
    return true;
}

enum xspi_access xspi_window_write(struct xspi *x, uint32_t offset, unsigned size, uint32_t value)
{
    xspi_advance(x);
    if (!xspi_is_mapped(x) || (xspi_register(x, XSPI_WCCR) & XSPI_CCR_DMODE) == 0 ||
        !is_within_device(x, offset, size, 0)) {
        return XSPI_FAULT;
    }
    if (xspi_is_stuck(x) || !wait_until_calibrated(x)) {
        return XSPI_STALL;
    }
    if (!is_writing(x) || x->mapped_next != offset) {
        if (!close_frame(x)) {
            return XSPI_STALL;
        }
        if (!begin_write(x, offset)) {
            return XSPI_FAULT;
        }
    }
    while (xspi_fifo_room(&x->fifo) < size) {
        if (!xspi_wait(x)) {
            return XSPI_STALL;
        }
    }
    for (unsigned i = 0; i < size; i++) {
        xspi_fifo_push(&x->fifo, (uint8_t)(value >> (8 * i)));
    }
    x->mapped_next = offset + size;
    xspi_advance(x);
    return XSPI_OK;
}
