/* SPDX-License-Identifier: MIT */
#include "place.h"

#include "record/flight.h"
#include "state.h"

bool place_of(uint32_t address, uint32_t size, uint32_t *offset)
{
    const struct board_block *block = state->board;
    *offset = address - block->controller.window;
    /* some hosts cut the window's base off */
    *offset = *offset < block->controller.window_size ? *offset : address;
    return (*offset <= block->flash.size && size <= block->flash.size - *offset) ||
           flight_fail(REASON_RANGE, address, size, block->flash.size);
}
