/* SPDX-License-Identifier: MIT */
/*
 * The chip on the simulated board of a board file with `sfdp:`. If `id:` names a modelled part of
 * that size, it is that part; else a chip as the dump describes it, of the family that is written
 * for this (sim/nor/w25q.c). Either has the dump in its SFDP space.
 */
#ifndef EXTLOAD_TARGET_SFDP_CHIP_H
#define EXTLOAD_TARGET_SFDP_CHIP_H

#include "board/board.h"
#include "sim/nor/part.h"

/* Points into itself: do not copy. */
struct sfdp_chip {
    struct nor_part row;
    char name[32];
    struct sfdp_dump dump;
};

/* False and SFDP_UNUSABLE if the dump cannot be decoded any more; a board that was loaded has one
 * that can. */
bool sfdp_chip_make(struct sfdp_chip *chip, const struct board *board, struct error *error);

#endif
