/* SPDX-License-Identifier: MIT */
/*
 * Inside of the XSPI model: what xspi.c (registers), frame.c (phases to clocks), indirect.c, poll.c
 * and mapped.c share.
 *
 * The bus is lazy: it has a time of its own, bus_ps, which is brought up to the virtual clock
 * whenever someone looks. SCK pauses with CS# low while the FIFO has no room or no data.
 */
#ifndef EXTLOAD_SIM_BUS_ENGINE_H
#define EXTLOAD_SIM_BUS_ENGINE_H

#include "sim/bus/registers.h"
#include "sim/bus/xspi.h"

#define XSPI_FIFO_SIZE  64 /* bytes [CMSIS header: FLEVEL 0..64, FTHRES 0..63] */
#define XSPI_PHASES_MAX 5

struct xspi_fifo {
    uint8_t bytes[XSPI_FIFO_SIZE];
    unsigned head, level;
};

enum xspi_phase_kind {
    XSPI_PHASE_SEND,  /* instruction, address, alternate bytes */
    XSPI_PHASE_DUMMY, /* count is in clocks */
    XSPI_PHASE_READ,  /* into the FIFO */
    XSPI_PHASE_WRITE  /* out of the FIFO */
};

struct xspi_phase {
    enum xspi_phase_kind kind;
    uint8_t lanes; /* 1, 2, 4, 8; of a dummy phase, those of the data after it */
    bool dtr;
    uint8_t bytes[4]; /* what a SEND phase sends */
    uint64_t count;   /* bytes, or clocks of a DUMMY phase */
};

/* How the lines of a read are sampled. */
enum xspi_sampling {
    XSPI_SAMPLED_RIGHT,
    XSPI_SAMPLED_EARLY, /* what comes is what was there one slot before */
    XSPI_SAMPLED_NEVER  /* by a strobe that does not come */
};

/* What makes up a frame, from CCR/TCR/IR/ABR or their W counterparts. */
struct xspi_frame_setup {
    uint32_t ccr, tcr, ir, abr;
    uint32_t address;
    enum xspi_phase_kind data;
    uint64_t count; /* data bytes */
};

/* One period of CS# low. */
struct xspi_frame {
    struct xspi_frame_setup setup;
    bool active;   /* from the start condition until CS# has risen */
    bool selected; /* CS# is low */
    bool paused;   /* SCK is stopped by the FIFO */
    uint64_t paused_since_ps;
    uint64_t period_ps;
    unsigned chip_select;
    uint8_t msel;
    bool swap; /* byte pairs of octal DTR data travel in the order D1, D0 */
    enum xspi_sampling sampling;
    bool strobed;   /* CCR.DQSE */
    bool shifted;   /* TCR.SSHIFT */
    uint8_t before; /* the lines in the slot before */
    struct xspi_phase phases[XSPI_PHASES_MAX];
    unsigned phase_count;
    unsigned phase; /* the one on the bus; phase_count when all are over */
    uint64_t done;  /* bytes or clocks of that phase */
    unsigned slot;  /* edges (DTR) or periods (SDR) of the current unit */
    uint16_t shift;
    bool loaded; /* shift holds the unit to be sent */
};

enum xspi_state {
    XSPI_STATE_IDLE,
    XSPI_STATE_CALIBRATING,
    XSPI_STATE_INDIRECT,
    XSPI_STATE_POLLING,
    XSPI_STATE_MAPPED
};

struct xspi_polling {
    unsigned executed; /* frames put on the pins since the start */
    uint32_t status;   /* what the last one read */
    bool matched;      /* it satisfied the match */
    bool fetched;      /* SR.FTF of this mode: status read since DR was read */
    bool steady;       /* the next frame must answer the same unless an event comes */
    uint64_t seen_ps;  /* end of the last frame */
    uint64_t event_ps; /* next event of the chip as known at seen_ps */
    uint64_t gap_ps;   /* CS# high between frames */
    uint64_t frame_ps; /* CS# low */
};

struct xspi {
    const char *name;
    struct xspi_pins pins;
    struct sim_clock *clock;
    uint32_t kernel_hz;
    bool wedged, held;

    uint32_t registers[XSPI_BANK_SIZE / 4]; /* by offset / 4; SR, FCR and DR are not kept here */
    uint32_t flags;                         /* TEF, TCF, SMF, TOF */
    struct xspi_fifo fifo;

    enum xspi_state state;
    uint64_t bus_ps;        /* the bus is simulated up to here */
    uint64_t cs_free_ps;    /* CS# may fall again (DCR1.CSHT) */
    uint64_t calibrated_ps; /* the calibration ends */
    struct xspi_frame frame;
    uint64_t unaccepted; /* bytes of an indirect write that DR has not brought yet */
    struct xspi_polling polling;
    uint32_t mapped_next; /* window offset of the byte at the FIFO's head, or to be written next */
    unsigned mapped_skip; /* bytes read ahead of mapped_next for alignment */
    struct xspi_stats stats;

    xspi_watcher *watcher; /* NULL: nobody */
    void *watcher_context;
    struct xspi_seen seen; /* of the frame that is on the pins, for the watcher */
    uint64_t seen_skipped; /* stats.polls_skipped when the last frame began */
};

static inline uint32_t xspi_register(const struct xspi *x, enum xspi_offset offset)
{
    return x->registers[offset / 4];
}

static inline enum xspi_fmode xspi_fmode(const struct xspi *x)
{
    return (enum xspi_fmode)((xspi_register(x, XSPI_CR) & XSPI_CR_FMODE) >> XSPI_CR_FMODE_Pos);
}

/* No edge will come: wedged, or the kernel clock is stopped. */
static inline bool xspi_is_stuck(const struct xspi *x)
{
    return x->wedged || x->held || x->kernel_hz == 0;
}

/* fifo.c */
void xspi_fifo_flush(struct xspi_fifo *fifo);
void xspi_fifo_push(struct xspi_fifo *fifo, uint8_t byte);
uint8_t xspi_fifo_pop(struct xspi_fifo *fifo);
static inline unsigned xspi_fifo_room(const struct xspi_fifo *fifo)
{
    return XSPI_FIFO_SIZE - fifo->level;
}

/* frame.c */
enum xspi_progress {
    XSPI_FRAME_UNDER_WAY, /* the next clock ends after the given time */
    XSPI_FRAME_PAUSED,    /* nothing happens until the FIFO has been served */
    XSPI_FRAME_OVER       /* CS# has risen at bus_ps */
};

/* The setup as DCR1, DCR2 and CR select it. False if it has no phase at all, or asks for what these
 * pins cannot do (then TEF is set and stats.refused counts). */
bool xspi_frame_prepare(struct xspi *x, const struct xspi_frame_setup *setup);
/* CS# will fall at `at_ps`, or when DCR1.CSHT allows. */
void xspi_frame_begin(struct xspi *x, uint64_t at_ps);
enum xspi_progress xspi_frame_run(struct xspi *x, uint64_t until_ps);
/* CS# rises at `at_ps`, wherever the frame is. */
void xspi_frame_cut(struct xspi *x, uint64_t at_ps);
/* Duration from where the frame is now to its end, if nothing pauses it. */
uint64_t xspi_frame_left_ps(const struct xspi *x);
/* When the FIFO level changes next or the frame ends; PS_NEVER while paused. */
uint64_t xspi_frame_next_change(const struct xspi *x);
uint64_t xspi_period_ps(const struct xspi *x);

/* seen.c: no-ops unless somebody watches. CS# falls, a data byte was moved, CS# has risen. */
void xspi_seen_begin(struct xspi *x);
void xspi_seen_byte(struct xspi *x, uint8_t byte);
void xspi_seen_end(struct xspi *x, uint64_t at_ps);

/* xspi.c */
void xspi_advance(struct xspi *x);
bool xspi_is_busy(const struct xspi *x);
/* Ends whatever is under way: CS# high, FIFO empty, BUSY = 0. */
void xspi_stop(struct xspi *x);
/* Moves the virtual clock on by one step of the bus; false if there will never be one. */
bool xspi_wait(struct xspi *x);
/* 2^(DEVSIZE+1) bytes. */
uint64_t xspi_device_size(const struct xspi *x);
/* The read configuration, CCR/TCR/IR/ABR. */
struct xspi_frame_setup xspi_read_setup(const struct xspi *x);

/* indirect.c */
void xspi_start_command(struct xspi *x);
void xspi_indirect_over(struct xspi *x);
/* Sets TEF and returns false if an access of `count` bytes at AR leaves the device. */
bool xspi_check_range(struct xspi *x, uint64_t count);
enum xspi_access xspi_data_read(struct xspi *x, unsigned size, uint32_t *value);
enum xspi_access xspi_data_write(struct xspi *x, unsigned size, uint32_t value);

/* poll.c */
void xspi_poll_start(struct xspi *x);
/* Lets frames pass that need not be put on the pins. True if the one that is due now need not be
 * either, so far. */
bool xspi_poll_skip(struct xspi *x, uint64_t now_ps);
/* A loop whose trials looked ahead has left out polls that lie in the future: they have not been. */
void xspi_poll_rewind(struct xspi *x);
void xspi_poll_over(struct xspi *x);
uint64_t xspi_poll_next_event(const struct xspi *x);

/* mapped.c */
void xspi_mapped_over(struct xspi *x);
/* When CS# is released for want of accesses (CR.TCEN), or PS_NEVER. */
uint64_t xspi_mapped_timeout(const struct xspi *x);
uint64_t xspi_mapped_next_event(const struct xspi *x);
void xspi_mapped_time_out(struct xspi *x, uint64_t at_ps);

#endif
