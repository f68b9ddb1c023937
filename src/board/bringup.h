/* SPDX-License-Identifier: MIT */
/*
 * The steps of an MCU, the pins of a board and its own `init` become the script in the board block
 * and the words for each of its ops.
 */
#ifndef EXTLOAD_BOARD_BRINGUP_H
#define EXTLOAD_BOARD_BRINGUP_H

#include "board/script.h"

#define INIT_LINES_MAX 40

/* One line of `init`, checked. */
struct init_line {
    struct script_line line;
    const yaml_node_t *node;
};

struct init_lines {
    struct init_line lines[INIT_LINES_MAX];
    unsigned count;
};

/* Reads the list `init` of a board file; `list` may be NULL. */
bool bringup_read_init(const struct mcu *mcu, struct yaml_file *file, const yaml_node_t *list,
                       struct init_lines *init, struct error *error);

/* Fills board->ops, op_count, the packed script of the block, board->wires and wire_count from board->pins and `init`. `list`
 * is the place to blame when the script is too long: the init list, or the file's root. */
bool bringup_build(struct board *board, const struct mcu *mcu,
                   const struct mcu_controller *controller, const struct init_lines *init,
                   const struct yaml_file *file, const yaml_node_t *list, struct error *error);

/* Packs board->ops into board->block.script as abi/board_block.h says; false if they do not fit. */
bool bringup_pack(struct board *board);

#endif
