/* SPDX-License-Identifier: MIT */
/*
 * A frame: its phases, turned into clocks.
 *
 * A unit is the least number of bytes that fills whole clocks: one byte, or two where octal DTR
 * carries one on each edge. A slot is what pins->clock() is called for: a period (SDR) or an edge
 * (DTR). The time given with a slot is its beginning; the lines are sampled at its end.
 */
#include "sim/bus/engine.h"

#include <string.h>

enum line_code {
    LINES_8 = 4 /* the highest mode code these pins carry; 5 is 16 lines */
};

/* On both edges of eight lines, what is read without a strobe is wrong above 50 MHz: policy. */
#define SHORTEST_WITHOUT_STROBE_PS 20000

static unsigned field(uint32_t value, unsigned position, uint32_t mask)
{
    return (value >> position) & mask;
}

/* Rounded to a picosecond: at most 40 ppm off at 75 MHz, less than any oscillator. */
uint64_t xspi_period_ps(const struct xspi *x)
{
    uint64_t divider = (xspi_register(x, XSPI_DCR2) & XSPI_DCR2_PRESCALER) + 1;

    return (divider * PS_PER_SECOND + x->kernel_hz / 2) / x->kernel_hz;
}

static void add_phase(struct xspi_frame *frame, enum xspi_phase_kind kind, unsigned mode, bool dtr,
                      uint64_t count)
{
    frame->phases[frame->phase_count++] = (struct xspi_phase){
        .kind = kind,
        .lanes = (uint8_t)((1U << mode) >> 1),
        .dtr = dtr,
        .count = count,
    };
}

/* The low `count` bytes of value, most significant first. */
static void add_send(struct xspi_frame *frame, unsigned mode, bool dtr, unsigned count,
                     uint32_t value)
{
    struct xspi_phase *phase = &frame->phases[frame->phase_count];

    if (mode == 0) {
        return;
    }
    add_phase(frame, XSPI_PHASE_SEND, mode, dtr, count);
    for (unsigned i = 0; i < count; i++) {
        phase->bytes[i] = (uint8_t)(value >> (8 * (count - 1 - i)));
    }
}

/* Sixteen lines, two chips side by side and the protocols of RAMs are not modelled; better no frame
 * than a wrong one. */
static bool is_beyond_the_pins(const struct xspi *x, uint32_t ccr)
{
    uint32_t mtyp = (xspi_register(x, XSPI_DCR1) & XSPI_DCR1_MTYP) >> XSPI_DCR1_MTYP_Pos;

    return field(ccr, XSPI_CCR_IMODE_Pos, 7) > LINES_8 ||
           field(ccr, XSPI_CCR_ADMODE_Pos, 7) > LINES_8 ||
           field(ccr, XSPI_CCR_ABMODE_Pos, 7) > LINES_8 ||
           field(ccr, XSPI_CCR_DMODE_Pos, 7) > LINES_8 || mtyp >= XSPI_DCR1_MTYP_HYPERBUS ||
           (xspi_register(x, XSPI_CR) & XSPI_CR_DMM) != 0;
}

static void add_phases(struct xspi_frame *frame, const struct xspi_frame_setup *setup)
{
    uint32_t ccr = setup->ccr;
    unsigned dmode = field(ccr, XSPI_CCR_DMODE_Pos, 7);
    unsigned dummies = setup->tcr & XSPI_TCR_DCYC;
    unsigned imode = field(ccr, XSPI_CCR_IMODE_Pos, 7);

    add_send(frame, imode, (ccr & XSPI_CCR_IDTR) != 0, field(ccr, XSPI_CCR_ISIZE_Pos, 3) + 1,
             setup->ir);
    add_send(frame, field(ccr, XSPI_CCR_ADMODE_Pos, 7), (ccr & XSPI_CCR_ADDTR) != 0,
             field(ccr, XSPI_CCR_ADSIZE_Pos, 3) + 1, setup->address);
    add_send(frame, field(ccr, XSPI_CCR_ABMODE_Pos, 7), (ccr & XSPI_CCR_ABDTR) != 0,
             field(ccr, XSPI_CCR_ABSIZE_Pos, 3) + 1, setup->abr);
    if (dummies != 0) {
        add_phase(frame, XSPI_PHASE_DUMMY, dmode != 0 ? dmode : imode, (ccr & XSPI_CCR_DDTR) != 0,
                  dummies);
    }
    if (dmode != 0 && setup->count != 0) {
        add_phase(frame, setup->data, dmode, (ccr & XSPI_CCR_DDTR) != 0, setup->count);
    }
}

bool xspi_frame_prepare(struct xspi *x, const struct xspi_frame_setup *setup)
{
    struct xspi_frame *frame = &x->frame;
    uint32_t cr = xspi_register(x, XSPI_CR);
    uint32_t mtyp = (xspi_register(x, XSPI_DCR1) & XSPI_DCR1_MTYP) >> XSPI_DCR1_MTYP_Pos;

    memset(frame, 0, sizeof *frame);
    if (is_beyond_the_pins(x, setup->ccr)) {
        x->flags |= XSPI_SR_TEF;
        x->stats.refused++;
        return false;
    }
    frame->setup = *setup;
    add_phases(frame, setup);
    frame->chip_select = (cr & XSPI_CR_CSSEL) != 0 ? 1 : 0;
    frame->msel = (uint8_t)((cr & XSPI_CR_MSEL) >> XSPI_CR_MSEL_Pos);
    frame->strobed = (setup->ccr & XSPI_CCR_DQSE) != 0;
    frame->shifted = (setup->tcr & XSPI_TCR_SSHIFT) != 0;
    /* Macronix order D1/D0 [SVD text of STM32H7R, DCR1.MTYP]; HAL-based loaders detect it by the
     * SFDP signature [stm32-mw-extmem-mgr]. */
    frame->swap = mtyp == XSPI_DCR1_MTYP_MACRONIX || mtyp == XSPI_DCR1_MTYP_MXIC_RAM;
    return frame->phase_count != 0;
}

void xspi_frame_begin(struct xspi *x, uint64_t at_ps)
{
    struct xspi_frame *frame = &x->frame;

    frame->active = true;
    frame->selected = false;
    frame->paused = false;
    frame->phase = 0;
    frame->done = 0;
    frame->slot = 0;
    frame->loaded = false;
    if (x->kernel_hz != 0) {
        frame->period_ps = xspi_period_ps(x);
    }
    x->bus_ps = at_ps > x->cs_free_ps ? at_ps : x->cs_free_ps;
}

void xspi_frame_cut(struct xspi *x, uint64_t at_ps)
{
    struct xspi_frame *frame = &x->frame;
    uint64_t high = ((xspi_register(x, XSPI_DCR1) & XSPI_DCR1_CSHT) >> XSPI_DCR1_CSHT_Pos) + 1;

    if (frame->selected) {
        x->pins.deselect(x->pins.context, at_ps);
        x->cs_free_ps = at_ps + high * frame->period_ps;
        xspi_seen_end(x, at_ps);
    }
    frame->active = false;
    frame->selected = false;
    frame->paused = false;
}

static unsigned unit_bytes(const struct xspi_phase *phase)
{
    return phase->lanes == 8 && phase->dtr ? 2 : 1;
}

static unsigned unit_slots(const struct xspi_phase *phase)
{
    return unit_bytes(phase) * 8 / phase->lanes;
}

static unsigned unit_clocks(const struct xspi_phase *phase)
{
    return unit_slots(phase) / (phase->dtr ? 2 : 1);
}

static unsigned bytes_of_next_unit(const struct xspi_frame *frame, const struct xspi_phase *phase)
{
    uint64_t left = phase->count - frame->done;

    return left < unit_bytes(phase) ? (unsigned)left : unit_bytes(phase);
}

/* The second edge of an odd last byte carries 0 [INF]. */
static void load_unit(struct xspi *x, const struct xspi_phase *phase)
{
    struct xspi_frame *frame = &x->frame;
    unsigned count = bytes_of_next_unit(frame, phase);
    uint8_t pair[2] = {0, 0};
    bool swap = frame->swap && phase->kind == XSPI_PHASE_WRITE;

    for (unsigned i = 0; i < count; i++) {
        if (phase->kind == XSPI_PHASE_SEND) {
            pair[i] = phase->bytes[frame->done + i];
        } else {
            pair[i] = xspi_fifo_pop(&x->fifo);
            xspi_seen_byte(x, pair[i]);
        }
    }
    if (unit_bytes(phase) == 1) {
        frame->shift = pair[0];
    } else {
        frame->shift = (uint16_t)(swap ? pair[1] << 8 | pair[0] : pair[0] << 8 | pair[1]);
    }
    frame->loaded = true;
}

/* Whether the next clock can be given: the FIFO has the unit, or room for it. */
static bool is_ready(struct xspi *x)
{
    struct xspi_frame *frame = &x->frame;
    const struct xspi_phase *phase = &frame->phases[frame->phase];

    if (frame->slot != 0 || frame->loaded || phase->kind == XSPI_PHASE_DUMMY) {
        return true;
    }
    if (phase->kind == XSPI_PHASE_READ) {
        return xspi_fifo_room(&x->fifo) >= bytes_of_next_unit(frame, phase);
    }
    if (phase->kind == XSPI_PHASE_WRITE && x->fifo.level < bytes_of_next_unit(frame, phase)) {
        return false;
    }
    load_unit(x, phase);
    return true;
}

/* CR.MSEL selects the group of lines [CMSIS header]; these pins are IO7..IO0. */
static unsigned first_line(const struct xspi_frame *frame, unsigned lanes)
{
    return lanes == 8 ? (frame->msel & 2U) * 4 : frame->msel * 4U;
}

/* With one or two lines the controller holds IO2 low and IO3 high, dummy clocks included [memory:
 * reference manual of the QUADSPI/OCTOSPI family]. */
static struct nor_lines lines_to_drive(const struct xspi_frame *frame,
                                       const struct xspi_phase *phase)
{
    unsigned lanes = phase->lanes;
    unsigned level = 0;
    unsigned driven = 0;

    if (phase->kind == XSPI_PHASE_SEND || phase->kind == XSPI_PHASE_WRITE) {
        unsigned mask = (1U << lanes) - 1;

        level = (frame->shift >> (unit_bytes(phase) * 8 - (frame->slot + 1) * lanes)) & mask;
        driven = mask;
    }
    if (lanes == 1 || lanes == 2) {
        level |= 0x8;
        driven |= 0xC;
    }
    level <<= first_line(frame, lanes);
    driven <<= first_line(frame, lanes);
    return (struct nor_lines){.level = (uint8_t)level, .driven = (uint8_t)driven};
}

/* A read by a strobe that does not come brings 0, one on both edges with TCR.SSHIFT is early ("must
 * be 0 in DTR" [SVD text of STM32H7R]): policy, as the limit above. */
static enum xspi_sampling sampling_of(const struct xspi *x, const struct xspi_phase *phase)
{
    const struct xspi_frame *frame = &x->frame;

    if (frame->strobed) {
        bool comes = x->pins.strobe == NULL || x->pins.strobe(x->pins.context);

        return comes ? XSPI_SAMPLED_RIGHT : XSPI_SAMPLED_NEVER;
    }
    if (!phase->dtr || phase->lanes != 8) {
        return XSPI_SAMPLED_RIGHT;
    }
    return frame->shifted || frame->period_ps < SHORTEST_WITHOUT_STROBE_PS ? XSPI_SAMPLED_EARLY
                                                                           : XSPI_SAMPLED_RIGHT;
}

static void sample(struct xspi_frame *frame, const struct xspi_phase *phase, uint8_t level)
{
    unsigned lanes = phase->lanes;
    unsigned bits = (unsigned)level >> first_line(frame, lanes);

    if (frame->sampling == XSPI_SAMPLED_EARLY) {
        bits = (unsigned)frame->before >> first_line(frame, lanes);
    } else if (frame->sampling == XSPI_SAMPLED_NEVER) {
        bits = 0;
    }

    if (lanes == 1) {
        bits >>= 1; /* data come back on IO1 */
    }
    bits &= (1U << lanes) - 1;
    frame->shift = (uint16_t)((unsigned)frame->shift << lanes | bits);
}

static void store_byte(struct xspi *x, uint8_t byte)
{
    xspi_fifo_push(&x->fifo, byte);
    xspi_seen_byte(x, byte);
}

static void store_unit(struct xspi *x, const struct xspi_phase *phase)
{
    uint16_t shift = x->frame.shift;

    if (unit_bytes(phase) == 1) {
        store_byte(x, (uint8_t)shift);
        return;
    }
    if (x->frame.swap) {
        shift = (uint16_t)(shift << 8 | shift >> 8);
    }
    store_byte(x, (uint8_t)(shift >> 8));
    if (bytes_of_next_unit(&x->frame, phase) == 2) {
        store_byte(x, (uint8_t)shift);
    }
}

static void finish_unit(struct xspi *x, const struct xspi_phase *phase)
{
    struct xspi_frame *frame = &x->frame;

    if (phase->kind == XSPI_PHASE_READ) {
        store_unit(x, phase);
    }
    frame->done += bytes_of_next_unit(frame, phase);
    frame->slot = 0;
    frame->loaded = false;
}

static void give_slot(struct xspi *x, const struct xspi_phase *phase, enum nor_edge edge,
                      uint64_t at_ps)
{
    struct xspi_frame *frame = &x->frame;
    uint8_t level = x->pins.clock(x->pins.context, at_ps, edge, lines_to_drive(frame, phase));

    if (phase->kind == XSPI_PHASE_READ) {
        sample(frame, phase, level);
    }
    frame->before = level;
    frame->slot++;
}

static void give_clock(struct xspi *x)
{
    struct xspi_frame *frame = &x->frame;
    const struct xspi_phase *phase = &frame->phases[frame->phase];

    if (phase->kind == XSPI_PHASE_READ && frame->done == 0 && frame->slot == 0) {
        frame->sampling = sampling_of(x, phase);
    }
    if (phase->dtr) {
        give_slot(x, phase, NOR_EDGE_RISING, x->bus_ps);
        give_slot(x, phase, NOR_EDGE_FALLING, x->bus_ps + frame->period_ps / 2);
    } else {
        give_slot(x, phase, NOR_EDGE_PERIOD, x->bus_ps);
    }
    if (phase->kind == XSPI_PHASE_DUMMY) {
        frame->done++;
        frame->slot = 0;
    } else if (frame->slot == unit_slots(phase)) {
        finish_unit(x, phase);
    }
    if (frame->done == phase->count) {
        frame->phase++;
        frame->done = 0;
    }
}

static void pause_frame(struct xspi *x, uint64_t until_ps)
{
    if (!x->frame.paused) {
        x->frame.paused = true;
        x->frame.paused_since_ps = x->bus_ps;
    }
    if (until_ps > x->bus_ps) {
        x->bus_ps = until_ps;
    }
}

enum xspi_progress xspi_frame_run(struct xspi *x, uint64_t until_ps)
{
    struct xspi_frame *frame = &x->frame;

    if (x->bus_ps > until_ps) {
        return XSPI_FRAME_UNDER_WAY;
    }
    if (!frame->selected) {
        xspi_seen_begin(x);
        x->pins.select(x->pins.context, frame->chip_select, x->bus_ps, frame->period_ps);
        frame->selected = true;
        x->stats.frames++;
    }
    while (frame->phase < frame->phase_count) {
        if (!is_ready(x)) {
            pause_frame(x, until_ps);
            return XSPI_FRAME_PAUSED;
        }
        frame->paused = false;
        if (x->bus_ps + frame->period_ps > until_ps) {
            return XSPI_FRAME_UNDER_WAY;
        }
        give_clock(x);
        x->bus_ps += frame->period_ps;
    }
    xspi_frame_cut(x, x->bus_ps);
    return XSPI_FRAME_OVER;
}

static uint64_t clocks_left(const struct xspi_phase *phase, uint64_t done, unsigned slot)
{
    uint64_t left = phase->count - done;

    if (phase->kind == XSPI_PHASE_DUMMY) {
        return left;
    }
    return (left + unit_bytes(phase) - 1) / unit_bytes(phase) * unit_clocks(phase) -
           slot / (phase->dtr ? 2 : 1);
}

uint64_t xspi_frame_left_ps(const struct xspi *x)
{
    const struct xspi_frame *frame = &x->frame;
    uint64_t clocks = 0;

    for (unsigned i = frame->phase; i < frame->phase_count; i++) {
        bool current = i == frame->phase;

        clocks +=
            clocks_left(&frame->phases[i], current ? frame->done : 0, current ? frame->slot : 0);
    }
    return clocks * frame->period_ps;
}

uint64_t xspi_frame_next_change(const struct xspi *x)
{
    const struct xspi_frame *frame = &x->frame;
    uint64_t clocks = 0;

    if (frame->paused) {
        return PS_NEVER;
    }
    for (unsigned i = frame->phase; i < frame->phase_count; i++) {
        const struct xspi_phase *phase = &frame->phases[i];
        bool current = i == frame->phase;

        if (phase->kind == XSPI_PHASE_WRITE && !(current && frame->loaded)) {
            break; /* a unit leaves the FIFO as its first clock begins */
        }
        if (phase->kind == XSPI_PHASE_READ || phase->kind == XSPI_PHASE_WRITE) {
            clocks += unit_clocks(phase) - (current ? frame->slot / (phase->dtr ? 2U : 1U) : 0);
            break;
        }
        clocks += clocks_left(phase, current ? frame->done : 0, current ? frame->slot : 0);
    }
    return x->bus_ps + clocks * frame->period_ps;
}
