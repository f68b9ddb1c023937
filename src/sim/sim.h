/* SPDX-License-Identifier: MIT */
/*
 * The simulated board: core, SoC, wiring and flash chip on one virtual clock.
 */
#ifndef EXTLOAD_SIM_SIM_H
#define EXTLOAD_SIM_SIM_H

#include "sim/cpu/cpu.h"
#include "sim/nor/nor.h"
#include "sim/soc/soc.h"

struct sim_config {
    struct cpu_config cpu;
    struct soc_config soc;
    struct nor_config nor; /* part == NULL: no chip soldered */
};

struct sim;

struct sim *sim_create(const struct sim_config *config, struct error *error);
void sim_destroy(struct sim *sim);

struct cpu *sim_cpu(struct sim *sim);
struct soc *sim_soc(struct sim *sim);
struct nor *sim_nor(struct sim *sim);
struct sim_clock *sim_clock(struct sim *sim);

/* NRST: core and SoC, not the chip (a board seldom wires it). The boot ROM's leavings included. */
void sim_reset(struct sim *sim);

/* The `boot` check: NRST, then the ROM reads by 03h and by 13h; each must give what the cells hold
 * at `address`. Behind a power switch the chip is fed for the check, as by the boot stage that turns the switch
 * on. Returns false and says in `why` what the ROM would have seen. */
bool sim_boot(struct sim *sim, uint32_t address, char *why, size_t why_size);

#endif
