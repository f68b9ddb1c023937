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

/* Moments at which something may go wrong, told before they happen. */
enum sim_moment {
    SIM_MOMENT_FRAME,    /* CS# falls; `where` is the opcode */
    SIM_MOMENT_REGISTER, /* an access of the core outside RAM and windows; `where` is the address */
    SIM_MOMENT_BLOCK /* SIM_BLOCK instructions were executed; `where` is the next one's address */
};
#define SIM_BLOCK 64

/* Trials of the jump rule are not told, nor what a jump leaves out. */
struct sim_moments {
    void *context;
    void (*moment)(void *context, enum sim_moment kind, uint32_t where, bool write);
};

/* An access of the core to a register outside itself, after it was made. */
struct sim_access {
    uint64_t at_ps;
    uint32_t pc, address, value;
    uint8_t size;
    bool write;
    enum cpu_access end;
};

/* What is on bus and registers, told after it happened; trials of the jump rule are not, nor what a jump
 * leaves out. */
struct sim_tracer {
    void *context;
    void (*access)(void *context, const struct sim_access *access);
    xspi_watcher *frame; /* a frame: told as it begins, too */
};

struct sim *sim_create(const struct sim_config *config, struct error *error);
void sim_destroy(struct sim *sim);

struct cpu *sim_cpu(struct sim *sim);
struct soc *sim_soc(struct sim *sim);
struct nor *sim_nor(struct sim *sim);
struct sim_clock *sim_clock(struct sim *sim);

/* NULL: nobody is told, the default. The first block begins now. */
void sim_watch_moments(struct sim *sim, const struct sim_moments *moments);
/* NULL: nobody is told, the default. Costs no virtual time. */
void sim_trace(struct sim *sim, const struct sim_tracer *tracer);
/* The register access that was told last, or the next, ends in a bus error. */
void sim_fail_access(struct sim *sim, bool fail);

/* NRST: core and SoC, not the chip (a board seldom wires it). The boot ROM's leavings included. */
void sim_reset(struct sim *sim);

/* The `boot` check: NRST, then the ROM reads by 03h and by 13h; each must give what the cells hold
 * at `address`. Behind a power switch the chip is fed for the check, as by the boot stage that turns the switch
 * on. Returns false and says in `why` what the ROM would have seen. */
bool sim_boot(struct sim *sim, uint32_t address, char *why, size_t why_size);

#endif
