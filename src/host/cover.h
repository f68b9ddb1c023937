/* SPDX-License-Identifier: MIT */
/*
 * The cheapest way to erase what must be erased: a unit by its own opcode, with the larger unit around it,
 * or with the whole chip. What lies in a larger unit must be programmed again, which is part of its price.
 */
#ifndef EXTLOAD_HOST_COVER_H
#define EXTLOAD_HOST_COVER_H

#include "board/board.h"

#include <stdbool.h>
#include <stdint.h>

/* What a chip can erase, and how long that takes. */
struct cover_chip {
    uint32_t size;
    struct {
        uint32_t size; /* bytes, a power of two; ascending; 0 behind the last */
        uint32_t
            edge_from; /* such a unit lies at least so far from the nearer end of the chip, bytes, */
        uint32_t edge_to; /* and less than so far; UINT32_MAX: anywhere */
        uint64_t ns;
    } erase[BOARD_BLOCK_ERASE_TYPES];
    uint64_t chip_erase_ns; /* UINT64_MAX: nobody can erase it as a whole */
};

/* Something of the smallest erase type's size that shall hold something known. */
struct cover_unit {
    uint32_t offset;
    bool erase;           /* it must be erased; others may be */
    bool erased;          /* out: it is, with one of the ranges */
    uint64_t program_ns;  /* to give it what it shall hold, if it is erased */
    uint64_t unerased_ns; /* the same if it is not */
};

/* Erased by one call, by units that the loader takes from its start: the largest that fits, and so on. */
struct cover_range {
    uint32_t offset, size;
};

struct cover {
    struct cover_range *ranges; /* ascending; with free(); NULL if there are none */
    unsigned count;
    bool whole; /* the chip erase instead; `ranges` is the one of the whole chip */
    uint64_t erase_ns, program_ns;
};

/* Typical times of the board's part. `own_chip_erase`: the loader has a call for it. */
void cover_chip_of(struct cover_chip *chip, const struct board *board, bool own_chip_erase);

/* The largest type's size. */
uint32_t cover_largest(const struct cover_chip *chip);

/* The units ascend and do not overlap; what is between them must not be erased. No range is larger than
 * `most` bytes, but for one unit that is, and for the whole chip. NO_MEMORY. */
bool cover_make(struct cover *cover, const struct cover_chip *chip, struct cover_unit *units,
                unsigned count, uint32_t most, struct error *error);
void cover_release(struct cover *cover);

#endif
