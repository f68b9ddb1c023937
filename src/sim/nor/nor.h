/* SPDX-License-Identifier: MIT */
/*
 * A serial NOR flash chip as seen from its pins.
 *
 * One CS# frame is nor_select(), any number of nor_clock(), nor_deselect(). The chip decodes what
 * is on its lines and nothing else: a 1-line frame sent to a chip in QPI is mis-decoded as nibbles,
 * an op-only command of 9 bits is void, a read with the wrong number of dummy clocks comes back
 * shifted. Behaviour is taken from the part's data sheets and models (sources in the part's file),
 * not from any driver. Times are virtual picoseconds given by the caller; they never go backwards.
 */
#ifndef EXTLOAD_SIM_NOR_NOR_H
#define EXTLOAD_SIM_NOR_NOR_H

#include "report/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nor;

/* How long operations take. `fast` still shows WIP for one status read. */
enum nor_timing {
    NOR_TIMING_TYPICAL,
    NOR_TIMING_MAXIMUM,
    NOR_TIMING_RANDOM,
    NOR_TIMING_FAST
};

struct nor_part;

struct nor_config {
    const char *part; /* "S25FL064L" */
    /* Instead of a part by name: one that the caller has put together (sim/nor/part.h), from an
     * SFDP table say. Owned by the caller, and outlives the chip; NULL otherwise. */
    const struct nor_part *row;
    enum nor_timing timing;
    uint64_t seed; /* of random times, torn pages and marginal cells */
    /* The cells; owned by the caller, nor_part_size() bytes. What an operation changes is there
     * once the chip has been asked anything, nor_get_state() say, after its end. */
    uint8_t *array;
};

/* One clock of the serial bus. SDR frames give whole periods; DTR frames give the two edges. */
enum nor_edge {
    NOR_EDGE_PERIOD,
    NOR_EDGE_RISING,
    NOR_EDGE_FALLING
};

/* Levels on IO7..IO0 (bit n = IOn); `driven` marks the lines that somebody drives. */
struct nor_lines {
    uint8_t level;
    uint8_t driven;
};

/* Bytes of the named part, or 0 if there is no model of it. */
size_t nor_part_size(const char *part);
/* Names of the modelled parts, by index; NULL past the end. */
const char *nor_part_name(unsigned index);

/* Returns NULL and sets *error if the part is unknown. The chip starts without power. */
struct nor *nor_create(const struct nor_config *config, struct error *error);
void nor_destroy(struct nor *nor);
/* Bytes of its array. */
size_t nor_size(const struct nor *nor);

/* Power on starts tPU, during which nothing is decoded; power off loses every volatile state and
 * tears an operation in progress. No effect if already so. */
void nor_set_power(struct nor *nor, uint64_t now_ps, bool on);
/* Level of the RESET# pin; true = released. */
void nor_set_reset_pin(struct nor *nor, uint64_t now_ps, bool released);

/* CS# falls. `period_ps` is the SCK period of this frame (for clock-limit checks). */
void nor_select(struct nor *nor, uint64_t now_ps, uint64_t period_ps);
/* One clock: the controller puts `in.level` on the lines in `in.driven`. Returns what the chip
 * drives during this clock; lines it does not drive are 0 in `driven`. */
struct nor_lines nor_clock(struct nor *nor, uint64_t now_ps, enum nor_edge edge,
                           struct nor_lines in);
/* CS# rises: commands take effect here. */
void nor_deselect(struct nor *nor, uint64_t now_ps);

/* The next time at which the chip changes by itself (an operation ends, a reset time is over), or
 * PS_NEVER. Used to skip status polls that cannot see anything new. */
uint64_t nor_next_event(const struct nor *nor, uint64_t now_ps);

/* For tests and reports: what the chip would say if asked now, without a frame. */
struct nor_state {
    bool powered, busy, write_enabled, suspended, deep_power_down, qpi, continuous_read;
    bool octal, octal_dtr; /* octal protocols; octal_dtr implies octal */
    uint8_t address_bytes; /* 3 or 4 */
    uint8_t status1, status2, config1, config2, config3; /* S25FL-L; see the part for others */
    unsigned last_opcode;
};
void nor_get_state(struct nor *nor, uint64_t now_ps, struct nor_state *state);

/* True if the chip drives DQS while it sends data in its present protocol. */
bool nor_strobes(const struct nor *nor);

/* Puts the chip into a state that an earlier owner may have left it in, one of nor_inheritable()
 * ("qpi", "continuous-read", "deep-power-down", "4-byte", "erase-suspended", "write-enabled", ...).
 * Returns false if the part has no such state. */
bool nor_inherit(struct nor *nor, uint64_t now_ps, const char *state);
/* The states of a part by index; NULL past the end, or if there is no model of it. */
const char *nor_inheritable(const char *part, unsigned index);
/* The same of a chip, whose part may have no name here. */
const char *nor_inheritable_of(const struct nor *nor, unsigned index);

/* What the chip is made to do, told as it starts, for the instruments. */
enum nor_notice {
    NOR_NOTICE_ERASE,       /* address, length */
    NOR_NOTICE_PROGRAM,     /* address, length of the cells that are not given as FF */
    NOR_NOTICE_NONVOLATILE, /* registers, fuses or the password are written for good */
    NOR_NOTICE_TOO_FAST     /* a frame above its command's limit: address is Hz, length the limit */
};
void nor_observe(struct nor *nor,
                 void (*notice)(void *context, enum nor_notice notice, uint8_t opcode,
                                uint32_t address, uint32_t length),
                 void *context);

/* True if the part has this opcode in the SPI protocol. */
bool nor_knows(const struct nor *nor, uint8_t opcode);

/* A chip that fails at the next program or erase of the array, or at the one under way. */
enum nor_failure {
    NOR_FAILURE_NONE,
    NOR_FAILURE_NEVER_ENDS, /* until a reset */
    NOR_FAILURE_NOTHING,    /* ends as if it had been done */
    NOR_FAILURE_PARTLY,     /* done to a part of the cells only */
    NOR_FAILURE_ASTRAY,     /* done, and one bit more of the page or sector is 0 */
    NOR_FAILURE_PROTECTED   /* every one refused, as if all were protected; until healed */
};
/* NOR_FAILURE_NONE heals. */
void nor_fail(struct nor *nor, uint64_t now_ps, enum nor_failure failure);
/* The cell that went astray since nor_fail(), if one did. */
bool nor_strayed(const struct nor *nor, uint32_t *address);

/* Cells of a range that a cut-off operation has left unsound: they read either way, or will once time
 * has passed, until they are erased, or programmed in full. No read of the chip tells all of them. */
uint32_t nor_torn_cells(const struct nor *nor, uint32_t address, uint32_t length);
/* What is under way has come `part` 256ths of its way. For a loss of supply at any instant of it. */
void nor_advance(struct nor *nor, uint64_t now_ps, uint8_t part);
/* Time passes until every unsound cell reads either way. */
void nor_age(struct nor *nor);

/* Counts of what was done, for the over-erase instrument and the benches. */
struct nor_stats {
    uint64_t frames;
    uint64_t erases_4k, erases_8k, erases_32k, erases_64k, erases_chip;
    uint64_t pages_programmed, bytes_programmed, bytes_read;
    uint64_t rejected; /* frames that a chip ignores: without WEL, wrong length, busy */
};
const struct nor_stats *nor_stats(const struct nor *nor);

#endif
