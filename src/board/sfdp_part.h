/* SPDX-License-Identifier: MIT */
/*
 * A flash part from its SFDP: what a part file would say, as far as the chip tells it of itself, and
 * values that do for any chip where it does not. docs/sfdp.md lists both.
 */
#ifndef EXTLOAD_BOARD_SFDP_PART_H
#define EXTLOAD_BOARD_SFDP_PART_H

#include "board/part_file.h"
#include "sfdp/sfdp.h"

/* Why a chip cannot be driven from what it says; `hint` may be NULL. */
struct sfdp_refusal {
    const char *why, *hint;
};

/* Fills everything but part.name and the ID. Pure. False with *refusal if the loader could not drive
 * such a chip. */
bool sfdp_part_make(struct part_file *part, const struct sfdp *sfdp, struct sfdp_refusal *refusal);

/* The longest time that is waited for an erase of so many bytes, or of the whole chip: twice what
 * SFDP calls its maximum, and not less than a limit that covers every public maximum; milliseconds. */
uint32_t sfdp_part_erase_ms(uint32_t bytes, uint32_t told_ms);
uint32_t sfdp_part_chip_erase_ms(uint32_t size, uint32_t told_ms);

/* What is assumed for every chip, one line each, for `build`; NULL ends them. */
extern const char *const sfdp_part_assumptions[];

#endif
