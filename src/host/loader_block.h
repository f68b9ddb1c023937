/* SPDX-License-Identifier: MIT */
/*
 * The board block that `extload build` stamped into a loader file: what that loader knows of its board,
 * whatever the board file says by now.
 */
#ifndef EXTLOAD_HOST_LOADER_BLOCK_H
#define EXTLOAD_HOST_LOADER_BLOCK_H

#include "board/board.h"
#include "host/loader_file.h"

/* Copies the block that holds together, by its CRC. False if the file has none. */
bool loader_block_find(const struct loader_file *loader, struct board_block *block);

/* True if the loader has such a block, and its flash has this board's size and erase units. */
bool loader_block_has_units(const struct loader_file *loader, const struct board *board);

#endif
