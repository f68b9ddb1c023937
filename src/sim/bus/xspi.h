/* SPDX-License-Identifier: MIT */
/*
 * The XSPI controller of STM32N6: registers, FIFO, start conditions, flags, and the frames it puts
 * on its pins. Written from the register map and the start conditions as published (CMSIS header,
 * SVD); sources in xspi.c.
 */
#ifndef EXTLOAD_SIM_BUS_XSPI_H
#define EXTLOAD_SIM_BUS_XSPI_H

#include "sim/clock.h"
#include "sim/nor/nor.h"

/* What the pins lead to; given by the SoC, which knows pads, routes and supplies. */
struct xspi_pins {
    void *context;
    /* CS# falls on NCS1 (0) or NCS2 (1); period in ps. */
    void (*select)(void *context, unsigned chip_select, uint64_t now_ps, uint64_t period_ps);
    /* One clock. Lines that nobody drives come back as the board's pull says. */
    uint8_t (*clock)(void *context, uint64_t now_ps, enum nor_edge edge, struct nor_lines out);
    void (*deselect)(void *context, uint64_t now_ps);
    /* When a status read could first answer differently than it does now. */
    uint64_t (*next_event)(void *context, uint64_t now_ps);
    /* Does the chip's data strobe arrive on DQS? NULL: always. */
    bool (*strobe)(void *context);
};

enum xspi_access {
    XSPI_OK,
    XSPI_FAULT, /* bus error, e.g. the window outside memory-mapped mode */
    XSPI_STALL  /* never completes, e.g. DR read with an empty FIFO while BUSY */
};

struct xspi;

struct xspi *xspi_create(const char *name, const struct xspi_pins *pins, struct sim_clock *clock);
void xspi_destroy(struct xspi *xspi);
/* As by the RCC reset bit. */
void xspi_reset(struct xspi *xspi);
/* Kernel clock in Hz; 0 = stopped. A change while enabled wedges the controller until reset: true. */
bool xspi_set_kernel_clock(struct xspi *xspi, uint32_t hz);

/* A fault: the kernel clock stands still, and goes on. */
void xspi_hold_clock(struct xspi *xspi, bool held);

/* Register access at `offset` from the bank's base; size 1, 2 or 4. May advance the clock (stalls
 * that resolve). */
enum xspi_access xspi_read(struct xspi *xspi, uint32_t offset, unsigned size, uint32_t *value);
enum xspi_access xspi_write(struct xspi *xspi, uint32_t offset, unsigned size, uint32_t value);
/* Access through the memory-mapped window at `offset` from its base. */
enum xspi_access xspi_window_read(struct xspi *xspi, uint32_t offset, unsigned size,
                                  uint32_t *value);
enum xspi_access xspi_window_write(struct xspi *xspi, uint32_t offset, unsigned size,
                                   uint32_t value);

/* Brings the bus up to the clock's present. To be called BEFORE anything but the chip itself
 * changes what the pins answer (pad, route, supply, RESET#, reset or gating of this controller):
 * what is already past must meet the old pins, and polls that are being skipped must look again. */
void xspi_pins_change(struct xspi *xspi);

/* The next time at which a register of this controller changes without an access, or PS_NEVER. Also
 * brings the bus up to the clock's present. FLEVEL counts as a change. */
uint64_t xspi_next_event(struct xspi *xspi);
bool xspi_is_enabled(const struct xspi *xspi);
/* EN = 1 and FMODE = memory-mapped. */
bool xspi_is_mapped(const struct xspi *xspi);
const char *xspi_name(const struct xspi *xspi);
/* First byte of the instruction of the frames that it puts on the pins now. */
uint8_t xspi_opcode(const struct xspi *xspi);

#define XSPI_SEEN_BYTES 16

/* A part of a frame that the controller sends before the data; lanes == 0: the frame has none. */
struct xspi_seen_part {
    uint8_t lanes, size; /* bytes */
    bool dtr;
    uint32_t value;
};

/* A frame as it is on the pins. */
struct xspi_seen {
    uint64_t begin_ps, end_ps, period_ps; /* CS# falls and rises; one clock */
    struct xspi_seen_part instruction, address, alternate;
    struct xspi_seen_part data; /* without size and value */
    unsigned dummies;           /* clocks */
    bool reads, mapped;         /* data come from the chip; for the memory-mapped window */
    bool whole;                 /* CS# rose after the last clock, and not before */
    uint64_t data_bytes;        /* that were moved, as the controller's FIFO has them */
    uint8_t data_first[XSPI_SEEN_BYTES];
    uint64_t polls_skipped; /* before it, since the last frame: xspi_stats */
};

/* Told as CS# falls (not `ended`: end, `whole` and data are missing) and after it has risen; NULL =
 * nobody, the default. */
typedef void xspi_watcher(void *context, const struct xspi_seen *seen, bool ended);
void xspi_watch_frames(struct xspi *xspi, xspi_watcher *watcher, void *context);

struct xspi_stats {
    uint64_t frames;        /* put on the pins */
    uint64_t polls;         /* frames of automatic polling, skipped ones included */
    uint64_t polls_skipped; /* of these, not put on the pins: they could not see anything new */
    uint64_t refused; /* starts with what is not modelled: 16 lines, DMM, HyperBus; TEF is set */
};
const struct xspi_stats *xspi_stats(const struct xspi *xspi);

#endif
