/* SPDX-License-Identifier: MIT */
/* Which bits a polling loop waits for, from the instructions behind its load. */
#ifndef EXTLOAD_HOST_POLL_BIT_H
#define EXTLOAD_HOST_POLL_BIT_H

#include <stddef.h>
#include <stdint.h>

#define POLL_BIT_CODE 32 /* bytes of code that are looked at */

/* `code` begins with the load; `registers` are R0 to R12 as they are in the loop. Knows TST, AND, BIC,
 * UBFX, LSL and LSR before a branch, as compilers write `(REG & MASK) != 0`. 0: it cannot tell. */
uint32_t poll_bit_mask(const uint8_t *code, size_t size, const uint32_t registers[13]);

#endif
