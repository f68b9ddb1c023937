/* SPDX-License-Identifier: MIT */
#include "sim/bus/engine.h"

void xspi_fifo_flush(struct xspi_fifo *fifo)
{
    fifo->head = 0;
    fifo->level = 0;
}

void xspi_fifo_push(struct xspi_fifo *fifo, uint8_t byte)
{
    fifo->bytes[(fifo->head + fifo->level) % XSPI_FIFO_SIZE] = byte;
    fifo->level++;
}

uint8_t xspi_fifo_pop(struct xspi_fifo *fifo)
{
    uint8_t byte = fifo->bytes[fifo->head];

    fifo->head = (fifo->head + 1) % XSPI_FIFO_SIZE;
    fifo->level--;
    return byte;
}
