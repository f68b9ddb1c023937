/* SPDX-License-Identifier: MIT */
/*
 * Indirect mode: commands, reads and writes through DR.
 */
#include "sim/bus/engine.h"

#define DLR_TO_THE_END UINT32_C(0xFFFFFFFF)

static bool has_address(const struct xspi *x)
{
    return (xspi_register(x, XSPI_CCR) & XSPI_CCR_ADMODE) != 0;
}

static bool has_data(const struct xspi *x)
{
    return (xspi_register(x, XSPI_CCR) & XSPI_CCR_DMODE) != 0;
}

bool xspi_check_range(struct xspi *x, uint64_t count)
{
    uint64_t first = xspi_register(x, XSPI_AR);
    uint64_t beyond = first + (has_data(x) ? count : 1);

    if (has_address(x) && (first >= xspi_device_size(x) || beyond > xspi_device_size(x))) {
        x->flags |= XSPI_SR_TEF;
        return false;
    }
    return true;
}

/* DLR + 1, or up to the end of the device [memory]. */
static uint64_t data_count(const struct xspi *x)
{
    uint64_t first = has_address(x) ? xspi_register(x, XSPI_AR) : 0;
    uint64_t size = xspi_device_size(x);

    if (xspi_register(x, XSPI_DLR) != DLR_TO_THE_END) {
        return (uint64_t)xspi_register(x, XSPI_DLR) + 1;
    }
    return first < size ? size - first : 1;
}

static void start(struct xspi *x, enum xspi_phase_kind data)
{
    struct xspi_frame_setup setup = xspi_read_setup(x);

    setup.data = data;
    setup.count = data_count(x);
    if (!xspi_check_range(x, setup.count) || !xspi_frame_prepare(x, &setup)) {
        return;
    }
    xspi_fifo_flush(&x->fifo);
    x->unaccepted = data == XSPI_PHASE_WRITE ? setup.count : 0;
    x->state = XSPI_STATE_INDIRECT;
    xspi_frame_begin(x, x->clock->now_ps);
}

void xspi_start_command(struct xspi *x)
{
    start(x, XSPI_PHASE_READ);
}

void xspi_indirect_over(struct xspi *x)
{
    x->flags |= XSPI_SR_TCF;
    x->state = XSPI_STATE_IDLE;
}

/* In automatic polling DR holds the last status, and reading it clears FTF [memory]. */
static void read_polled_status(struct xspi *x, unsigned size, uint32_t *value)
{
    *value = size == 4 ? x->polling.status : x->polling.status & ((UINT32_C(1) << (8 * size)) - 1);
    x->polling.fetched = false;
}

enum xspi_access xspi_data_read(struct xspi *x, unsigned size, uint32_t *value)
{
    *value = 0;
    if (xspi_fmode(x) == XSPI_AUTO_POLLING) {
        read_polled_status(x, size, value);
        return XSPI_OK;
    }
    if (xspi_fmode(x) != XSPI_INDIRECT_READ) {
        return XSPI_OK;
    }
    while (x->fifo.level < size && (x->wedged || x->state != XSPI_STATE_IDLE)) {
        if (!xspi_wait(x)) {
            return XSPI_STALL;
        }
    }
    for (unsigned i = 0; i < size && x->fifo.level != 0; i++) {
        *value |= (uint32_t)xspi_fifo_pop(&x->fifo) << (8 * i);
    }
    xspi_advance(x);
    return XSPI_OK;
}

enum xspi_access xspi_data_write(struct xspi *x, unsigned size, uint32_t value)
{
    if (!xspi_is_enabled(x) || xspi_fmode(x) != XSPI_INDIRECT_WRITE || !has_data(x)) {
        return XSPI_OK;
    }
    while (x->state == XSPI_STATE_CALIBRATING || x->wedged) {
        if (!xspi_wait(x)) {
            return XSPI_STALL;
        }
    }
    if (x->state == XSPI_STATE_IDLE) {
        start(x, XSPI_PHASE_WRITE);
    }
    if (x->unaccepted < size) {
        size = (unsigned)x->unaccepted; /* what exceeds DLR + 1 is dropped [INF] */
    }
    while (x->state == XSPI_STATE_INDIRECT && xspi_fifo_room(&x->fifo) < size) {
        if (!xspi_wait(x)) {
            return XSPI_STALL;
        }
    }
    for (unsigned i = 0; i < size && x->state == XSPI_STATE_INDIRECT; i++) {
        xspi_fifo_push(&x->fifo, (uint8_t)(value >> (8 * i)));
        x->unaccepted--;
    }
    xspi_advance(x);
    return XSPI_OK;
}
