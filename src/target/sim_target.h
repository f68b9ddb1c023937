/* SPDX-License-Identifier: MIT */
/*
 * The simulated board as a target: the board file says what is soldered, a link model says what the
 * probe costs.
 */
#ifndef EXTLOAD_TARGET_SIM_TARGET_H
#define EXTLOAD_TARGET_SIM_TARGET_H

#include "board/board.h"
#include "sim/link.h"
#include "sim/sim.h"
#include "target/target.h"

struct sim_target_options {
    const char *nor_path;          /* NULL: a blank chip in memory */
    const struct link_model *link; /* required */
    enum nor_timing timing;
    uint64_t seed;
    const char *core; /* "cortex-m33" ...; NULL: the MCU's own */
    uint32_t cpu_hz;  /* 0: as the SoC's clock tree says */
    bool no_jump;
    enum soc_unclocked unclocked;
    bool caches;            /* cpu_config: lines that hold other bytes than the memory */
    bool debug_incoherent;  /* the same: the probe reaches the memory behind the D-cache */
    uint32_t fuse_word_124; /* see sim/soc/soc.h */
};

/* Powers the board up, lets the boot ROM run (development boot), and halts the core. */
bool sim_target_open(struct target *target, const struct board *board,
                     const struct sim_target_options *options, struct error *error);
/* The board behind a target that sim_target_open() opened. */
struct sim *sim_target_sim(const struct target *target);
/* The cells of its flash, board->part.size bytes. */
uint8_t *sim_target_cells(const struct target *target);
/* The cost model of a board's MCU in the simulator's terms. */
struct cost_model sim_target_cost(const struct board *board);

#endif
