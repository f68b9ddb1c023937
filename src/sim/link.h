/* SPDX-License-Identifier: MIT */
/*
 * The debug link's share of virtual time: what a probe needs for memory, registers and run control.
 */
#ifndef EXTLOAD_SIM_LINK_H
#define EXTLOAD_SIM_LINK_H

#include <stdint.h>

struct link_model {
    const char *name;
    uint32_t bytes_per_second; /* memory writes and reads, sustained */
    uint32_t transfer_us;      /* added once per memory transfer */
    uint32_t register_us;      /* per core register read or write */
    uint32_t run_us;           /* halt or resume */
    uint32_t poll_us;          /* between two looks whether the core has stopped */
    const char *evidence;
};

/* "jlink", "stlink-v3", "slow-swd"; NULL if unknown. */
const struct link_model *link_find(const char *name);
const struct link_model *link_at(unsigned index); /* NULL past the end */

#endif
