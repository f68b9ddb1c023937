/* SPDX-License-Identifier: MIT */
/*
 * A board while it is being loaded: the file, what it refers to, and what becomes of it.
 */
#ifndef EXTLOAD_BOARD_BOARD_LOAD_H
#define EXTLOAD_BOARD_BOARD_LOAD_H

#include "board/board_file.h"
#include "board/bringup.h"
#include "board/catalog.h"
#include "board/part_file.h"

struct loading {
    struct yaml_file file;
    struct board_file values;
    struct catalog *catalog;
    const struct mcu *mcu;
    struct part_file part;
    struct init_lines init;
    const struct mcu_package *package;
    const struct mcu_controller *controller;
    const struct mcu_port *port;
    uint8_t lanes;
    int read; /* which of the part's read commands is wanted; -1: the first that fits the lines */
    enum board_reading reading; /* of that one; nothing is set in *error if it is none that fits */
    struct board board;
    struct error *error;
};

/* Fills loading.part and board.sfdp from the dump that `sfdp` names. */
bool board_load_sfdp(struct loading *loading);

/* What Init compares; nothing if the flash comes from a part file. */
struct sfdp_block board_sfdp_block(const struct board_sfdp *sfdp);

/* Checks that the pad is on the package. `what` names the use in messages. */
bool board_check_package(struct loading *loading, const struct schema_value *place, const char *pad,
                         const char *what);

/* Fills board.pins from `port` or `pins`; checks pads, signals, and pads that are used twice, those
 * of `init`, `reset` and `power_switch` included. */
bool board_check_pins(struct loading *loading);

/* Prescalers and flash commands of board.block, flash_hz and clock_limit_hz. */
bool board_check_clock(struct loading *loading);

#endif
