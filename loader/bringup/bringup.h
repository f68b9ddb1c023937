/* SPDX-License-Identifier: MIT */
/* Runs the board block's script (abi/board_block.h). */
#ifndef LOADER_BRINGUP_BRINGUP_H
#define LOADER_BRINGUP_BRINGUP_H

#include "abi/board_block.h"

#include <stdbool.h>

/* False with BRINGUP at the first op that fails; the wait of each op is bounded.
 */
bool bringup_run(const struct board_block *block);

#endif
