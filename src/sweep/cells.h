/* SPDX-License-Identifier: MIT */
/* What the cells hold before an operation, and what they shall hold after it. */
#ifndef EXTLOAD_SWEEP_CELLS_H
#define EXTLOAD_SWEEP_CELLS_H

#include <stdint.h>

#define CELLS_USED                                                                                 \
    UINT32_C(0x40000) /* from the start of the flash; blank behind it, before and after */

/* What success means. There is one, as there is one operation at a time. */
extern uint8_t cells_wanted[CELLS_USED];
/* FF in a range, as far as it lies in cells_wanted. */
void cells_want_blank(uint32_t start, uint32_t end);

/* Old data, and new ones. */
uint8_t cells_old(uint32_t at);
uint8_t cells_new(uint32_t at);

#endif
