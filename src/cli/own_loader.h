/* SPDX-License-Identifier: MIT */
/* Our own loader for a board, in the file that a host takes. */
#ifndef EXTLOAD_CLI_OWN_LOADER_H
#define EXTLOAD_CLI_OWN_LOADER_H

#include "board/board.h"
#include "host/layout.h"
#include "host/lifecycle.h"
#include "host/loader_file.h"

/* Builds it in memory, as `build` does, and reads it as the host does. */
bool own_loader_build(struct loader_file *loader, const struct board *board,
                      const struct lifecycle *lifecycle, struct error *error);
/* Where it leaves its flight record: where the board says, or in the image. */
uint32_t own_loader_record(const struct loader_file *loader, const struct board *board,
                           const struct layout *layout);

#endif
