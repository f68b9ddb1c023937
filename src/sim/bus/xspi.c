/* SPDX-License-Identifier: MIT */
/*
 * Registers, start conditions and flags.
 *
 * Sources: offsets, masks and reset values [SVD: ST's STM32N655.svd v1r0; CMSIS header of
 * cmsis-device-n6]; start conditions and flags [memory: reference manuals of the OCTOSPI/XSPI
 * family], consistent with the order in which stm32n6xx-hal-driver writes the registers; ABORT on
 * an idle controller sets no TCF [betaflight PR 15246]; a kernel clock that changes under EN = 1
 * wedges the controller [tarfu/stm32n6-mx66uw1g45g].
 */
#include "sim/bus/engine.h"

#include <stdlib.h>
#include <string.h>

/* How long BUSY is 1 after a write of DCR2.PRESCALER, in kernel clocks. That it is, is seen in HAL
 * (it waits); how long is not published [INF]. */
#define CALIBRATION_CLOCKS 256

#define STICKY_FLAGS       (XSPI_SR_TEF | XSPI_SR_TCF | XSPI_SR_SMF | XSPI_SR_TOF)

enum writable {
    WHEN_IDLE,      /* BUSY = 0 */
    WHEN_NO_FRAME,  /* BUSY = 0 or calibrating: HAL writes DCR3 right after DCR2 */
    WHEN_NOT_MAPPED /* BUSY = 0 and FMODE != 3 */
};

struct definition {
    enum xspi_offset offset;
    uint32_t mask;
    enum writable writable; /* beyond AR: [memory: "can be written only when BUSY = 0"] */
};

static const struct definition definitions[] = {
    {XSPI_DCR1, 0x073F3F03, WHEN_NO_FRAME}, {XSPI_DCR2, 0x000700FF, WHEN_NO_FRAME},
    {XSPI_DCR3, 0x001F00FF, WHEN_NO_FRAME}, {XSPI_DCR4, 0xFFFFFFFF, WHEN_NO_FRAME},
    {XSPI_DLR, 0xFFFFFFFF, WHEN_IDLE},      {XSPI_AR, 0xFFFFFFFF, WHEN_NOT_MAPPED},
    {XSPI_PSMKR, 0xFFFFFFFF, WHEN_IDLE},    {XSPI_PSMAR, 0xFFFFFFFF, WHEN_IDLE},
    {XSPI_PIR, 0x0000FFFF, WHEN_IDLE},      {XSPI_CCR, 0x2F3F3F3F, WHEN_IDLE},
    {XSPI_TCR, 0x5000001F, WHEN_IDLE},      {XSPI_IR, 0xFFFFFFFF, WHEN_IDLE},
    {XSPI_ABR, 0xFFFFFFFF, WHEN_IDLE},      {XSPI_LPTR, 0x0000FFFF, WHEN_IDLE},
    {XSPI_WPCCR, 0x2F3F3F3F, WHEN_IDLE},    {XSPI_WPTCR, 0x5000001F, WHEN_IDLE},
    {XSPI_WPIR, 0xFFFFFFFF, WHEN_IDLE},     {XSPI_WPABR, 0xFFFFFFFF, WHEN_IDLE},
    {XSPI_WCCR, 0x2F3F3F3F, WHEN_IDLE},     {XSPI_WTCR, 0x0000001F, WHEN_IDLE},
    {XSPI_WIR, 0xFFFFFFFF, WHEN_IDLE},      {XSPI_WABR, 0xFFFFFFFF, WHEN_IDLE},
    {XSPI_HLCR, 0x00FFFF03, WHEN_IDLE},     {XSPI_CALFCR, 0x001F007F, WHEN_IDLE},
    {XSPI_CALMR, 0x001F007F, WHEN_IDLE},    {XSPI_CALSOR, 0x001F007F, WHEN_IDLE},
    {XSPI_CALSIR, 0x001F007F, WHEN_IDLE},
};

/* FSEL (bit 7) is in the header but not in the SVD, which has MSEL for it; it reads 0 here. */
static const uint32_t cr_mask =
    XSPI_CR_EN | XSPI_CR_DMAEN | XSPI_CR_TCEN | XSPI_CR_DMM | XSPI_CR_FTHRES | XSPI_CR_TEIE |
    XSPI_CR_TCIE | XSPI_CR_FTIE | XSPI_CR_SMIE | XSPI_CR_TOIE | XSPI_CR_APMS | XSPI_CR_PMM |
    XSPI_CR_CSSEL | XSPI_CR_NOPREF | XSPI_CR_NOPREF_AXI | XSPI_CR_FMODE | XSPI_CR_MSEL;
static const uint32_t cr_when_idle =
    XSPI_CR_FMODE | XSPI_CR_DMM | XSPI_CR_CSSEL | XSPI_CR_APMS | XSPI_CR_PMM | XSPI_CR_TCEN;

struct xspi *xspi_create(const char *name, const struct xspi_pins *pins, struct sim_clock *clock)
{
    struct xspi *x = calloc(1, sizeof *x);

    if (x != NULL) {
        x->name = name;
        x->pins = *pins;
        x->clock = clock;
    }
    return x;
}

void xspi_destroy(struct xspi *x)
{
    free(x);
}

const char *xspi_name(const struct xspi *x)
{
    return x->name;
}

uint8_t xspi_opcode(const struct xspi *x)
{
    return x->frame.phases[0].bytes[0];
}

const struct xspi_stats *xspi_stats(const struct xspi *x)
{
    return &x->stats;
}

bool xspi_is_enabled(const struct xspi *x)
{
    return (xspi_register(x, XSPI_CR) & XSPI_CR_EN) != 0;
}

bool xspi_is_mapped(const struct xspi *x)
{
    return xspi_is_enabled(x) && xspi_fmode(x) == XSPI_MEMORY_MAPPED;
}

/* Also while what an indirect read brought has not been fetched [memory]. */
bool xspi_is_busy(const struct xspi *x)
{
    return x->wedged || x->state != XSPI_STATE_IDLE ||
           (xspi_fmode(x) == XSPI_INDIRECT_READ && x->fifo.level != 0);
}

uint64_t xspi_device_size(const struct xspi *x)
{
    uint32_t dcr1 = xspi_register(x, XSPI_DCR1);

    return UINT64_C(2) << ((dcr1 & XSPI_DCR1_DEVSIZE) >> XSPI_DCR1_DEVSIZE_Pos);
}

struct xspi_frame_setup xspi_read_setup(const struct xspi *x)
{
    return (struct xspi_frame_setup){
        .ccr = xspi_register(x, XSPI_CCR),
        .tcr = xspi_register(x, XSPI_TCR),
        .ir = xspi_register(x, XSPI_IR),
        .abr = xspi_register(x, XSPI_ABR),
        .address = xspi_register(x, XSPI_AR),
        .data = XSPI_PHASE_READ,
    };
}

static void calibrate(struct xspi *x)
{
    x->state = XSPI_STATE_CALIBRATING;
    x->calibrated_ps = x->kernel_hz == 0
                           ? PS_NEVER
                           : x->clock->now_ps + CALIBRATION_CLOCKS * PS_PER_SECOND / x->kernel_hz;
}

void xspi_stop(struct xspi *x)
{
    if (x->state == XSPI_STATE_POLLING && !xspi_is_stuck(x)) {
        xspi_frame_run(x, x->clock->now_ps); /* it may have been put off */
    }
    if (x->frame.active) {
        xspi_frame_cut(x, x->clock->now_ps);
    }
    x->bus_ps = x->clock->now_ps;
    xspi_fifo_flush(&x->fifo);
    x->state = XSPI_STATE_IDLE;
}

void xspi_reset(struct xspi *x)
{
    xspi_advance(x);
    xspi_stop(x);
    memset(x->registers, 0, sizeof x->registers);
    memset(&x->polling, 0, sizeof x->polling);
    x->flags = 0;
    x->wedged = false;
}

bool xspi_set_kernel_clock(struct xspi *x, uint32_t hz)
{
    if (hz == x->kernel_hz) {
        return false;
    }
    xspi_advance(x);
    x->kernel_hz = hz;
    if (xspi_is_enabled(x)) {
        x->wedged = true;
        return true;
    }
    if (x->state == XSPI_STATE_CALIBRATING) {
        calibrate(x);
    } else if (x->state != XSPI_STATE_IDLE) {
        xspi_stop(x); /* EN was cleared while no clock could carry it out */
    }
    return false;
}

void xspi_hold_clock(struct xspi *x, bool held)
{
    xspi_advance(x);
    x->held = held;
    if (!held && x->bus_ps < x->clock->now_ps) {
        x->bus_ps = x->clock->now_ps; /* what stood still goes on from here */
    }
}

static void frame_over(struct xspi *x)
{
    switch (x->state) {
    case XSPI_STATE_INDIRECT: xspi_indirect_over(x); break;
    case XSPI_STATE_POLLING: xspi_poll_over(x); break;
    case XSPI_STATE_MAPPED: xspi_mapped_over(x); break;
    case XSPI_STATE_IDLE:
    case XSPI_STATE_CALIBRATING: break;
    }
}

void xspi_advance(struct xspi *x)
{
    uint64_t now = x->clock->now_ps;

    if (xspi_is_stuck(x)) {
        return;
    }
    if (x->state == XSPI_STATE_CALIBRATING && x->calibrated_ps <= now) {
        x->state = XSPI_STATE_IDLE;
    }
    while (x->frame.active) {
        if (x->state == XSPI_STATE_POLLING && xspi_poll_skip(x, now)) {
            break;
        }
        if (xspi_frame_run(x, now) != XSPI_FRAME_OVER) {
            break;
        }
        frame_over(x);
    }
    if (xspi_mapped_timeout(x) <= now) {
        xspi_mapped_time_out(x, xspi_mapped_timeout(x));
    }
}

bool xspi_wait(struct xspi *x)
{
    uint64_t step = PS_NEVER;

    if (xspi_is_stuck(x)) {
        return false;
    }
    if (x->state == XSPI_STATE_CALIBRATING) {
        step = x->calibrated_ps;
    } else if (x->frame.active && !x->frame.paused) {
        step = x->bus_ps + x->frame.period_ps;
    }
    if (step == PS_NEVER) {
        return false;
    }
    if (step > x->clock->now_ps) {
        x->clock->now_ps = step;
    }
    xspi_advance(x);
    return true;
}

void xspi_pins_change(struct xspi *x)
{
    if (x->state == XSPI_STATE_POLLING) {
        xspi_poll_rewind(x);
    }
    xspi_advance(x);
    x->polling.steady = false;
    x->polling.executed = 0;
    xspi_advance(x); /* a poll that was put off begins on the old pins */
}

uint64_t xspi_next_event(struct xspi *x)
{
    xspi_advance(x);
    if (xspi_is_stuck(x)) {
        return PS_NEVER;
    }
    switch (x->state) {
    case XSPI_STATE_CALIBRATING: return x->calibrated_ps;
    case XSPI_STATE_INDIRECT: return xspi_frame_next_change(x);
    case XSPI_STATE_POLLING: return xspi_poll_next_event(x);
    case XSPI_STATE_MAPPED: return xspi_mapped_next_event(x);
    case XSPI_STATE_IDLE: break;
    }
    return PS_NEVER;
}

static uint32_t indirect_status(const struct xspi *x)
{
    uint32_t cr = xspi_register(x, XSPI_CR);
    unsigned threshold = ((cr & XSPI_CR_FTHRES) >> XSPI_CR_FTHRES_Pos) + 1;
    uint32_t level = (uint32_t)x->fifo.level << XSPI_SR_FLEVEL_Pos;
    bool ftf;

    if (xspi_fmode(x) == XSPI_INDIRECT_WRITE) {
        ftf = xspi_is_enabled(x) && xspi_fifo_room(&x->fifo) >= threshold;
    } else {
        ftf = x->fifo.level >= threshold || (x->fifo.level != 0 && x->state == XSPI_STATE_IDLE);
    }
    return level | (ftf ? XSPI_SR_FTF : 0);
}

/* FLEVEL reads 0 in automatic polling [SVD text of STM32H7R]; in memory-mapped mode too [INF]. */
static uint32_t status(const struct xspi *x)
{
    uint32_t value = x->flags | (xspi_is_busy(x) ? XSPI_SR_BUSY : 0);

    switch (xspi_fmode(x)) {
    case XSPI_INDIRECT_WRITE:
    case XSPI_INDIRECT_READ: return value | indirect_status(x);
    case XSPI_AUTO_POLLING: return value | (x->polling.fetched ? XSPI_SR_FTF : 0);
    case XSPI_MEMORY_MAPPED: break;
    }
    return value;
}

static void write_cr(struct xspi *x, uint32_t value)
{
    uint32_t old = xspi_register(x, XSPI_CR);
    uint32_t kept = xspi_is_busy(x) ? cr_when_idle : 0;

    x->registers[XSPI_CR / 4] = (old & kept) | (value & cr_mask & ~kept);
    if ((value & XSPI_CR_ABORT) != 0 && xspi_is_busy(x) && !xspi_is_stuck(x)) {
        xspi_stop(x);
        x->flags |= XSPI_SR_TCF;
    }
    if ((old & XSPI_CR_EN) != 0 && (value & XSPI_CR_EN) == 0 && !xspi_is_stuck(x) &&
        x->state != XSPI_STATE_CALIBRATING) {
        xspi_stop(x);
    }
}

/* A write of IR starts what has no address, a write of AR what has one, whatever the value; not an
 * indirect write with data, which waits for DR. CCR never starts anything. */
static void start_on_write(struct xspi *x, enum xspi_offset offset)
{
    bool has_address = (xspi_register(x, XSPI_CCR) & XSPI_CCR_ADMODE) != 0;
    bool has_data = (xspi_register(x, XSPI_CCR) & XSPI_CCR_DMODE) != 0;

    if (!xspi_is_enabled(x) || offset != (has_address ? XSPI_AR : XSPI_IR)) {
        return;
    }
    switch (xspi_fmode(x)) {
    case XSPI_INDIRECT_WRITE:
        if (!has_data) {
            xspi_start_command(x);
        }
        break;
    case XSPI_INDIRECT_READ: xspi_start_command(x); break;
    case XSPI_AUTO_POLLING: xspi_poll_start(x); break;
    case XSPI_MEMORY_MAPPED: break;
    }
}

static bool is_writable(const struct xspi *x, enum writable writable)
{
    switch (writable) {
    case WHEN_NO_FRAME: return !xspi_is_busy(x) || x->state == XSPI_STATE_CALIBRATING;
    case WHEN_NOT_MAPPED: return !xspi_is_busy(x) && xspi_fmode(x) != XSPI_MEMORY_MAPPED;
    case WHEN_IDLE: break;
    }
    return !xspi_is_busy(x);
}

static void write_plain(struct xspi *x, uint32_t offset, uint32_t value, uint32_t bytes)
{
    for (size_t i = 0; i < sizeof definitions / sizeof definitions[0]; i++) {
        const struct definition *d = &definitions[i];

        if (d->offset != offset || !is_writable(x, d->writable)) {
            continue;
        }
        x->registers[offset / 4] = value & d->mask;
        if (offset == XSPI_DCR2 && (bytes & XSPI_DCR2_PRESCALER) != 0) {
            calibrate(x);
        }
        if (offset == XSPI_IR || offset == XSPI_AR) {
            start_on_write(x, d->offset);
        }
    }
}

static bool is_access_possible(uint32_t offset, unsigned size)
{
    return offset < XSPI_BANK_SIZE && (size == 1 || size == 2 || size == 4) && offset % size == 0;
}

enum xspi_access xspi_read(struct xspi *x, uint32_t offset, unsigned size, uint32_t *value)
{
    uint32_t word_offset = offset & ~UINT32_C(3);
    uint32_t word;

    *value = 0;
    if (!is_access_possible(offset, size)) {
        return XSPI_FAULT;
    }
    xspi_advance(x);
    if (word_offset == XSPI_DR) {
        return xspi_data_read(x, size, value);
    }
    word = word_offset == XSPI_SR ? status(x) : x->registers[word_offset / 4];
    word >>= 8 * (offset % 4);
    *value = size == 4 ? word : word & ((UINT32_C(1) << (8 * size)) - 1);
    return XSPI_OK;
}

enum xspi_access xspi_write(struct xspi *x, uint32_t offset, unsigned size, uint32_t value)
{
    uint32_t word_offset = offset & ~UINT32_C(3);
    unsigned shift = 8 * (offset % 4);
    uint32_t bytes;

    if (!is_access_possible(offset, size)) {
        return XSPI_FAULT;
    }
    xspi_advance(x);
    if (word_offset == XSPI_DR) {
        return xspi_data_write(x, size, value);
    }
    bytes = (size == 4 ? UINT32_MAX : (UINT32_C(1) << (8 * size)) - 1) << shift;
    value = (value << shift) & bytes;
    if (word_offset == XSPI_FCR) {
        x->flags &= ~(value & STICKY_FLAGS);
        return XSPI_OK;
    }
    value |= x->registers[word_offset / 4] & ~bytes;
    if (word_offset == XSPI_CR) {
        write_cr(x, value);
    } else {
        write_plain(x, word_offset, value, bytes);
    }
    xspi_advance(x);
    return XSPI_OK;
}
