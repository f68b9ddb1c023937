/* SPDX-License-Identifier: MIT */
#ifndef LOADER_PLACE_H
#define LOADER_PLACE_H

#include <stdbool.h>
#include <stdint.h>

/* Where bytes lie in the flash that an address in the window, or an offset, names; false, with the
 * reason, if they are not all in it. */
bool place_of(uint32_t address, uint32_t size, uint32_t *offset);

#endif
