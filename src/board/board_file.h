/* SPDX-License-Identifier: MIT */
/*
 * The keys of a board file.
 */
#ifndef EXTLOAD_BOARD_BOARD_FILE_H
#define EXTLOAD_BOARD_BOARD_FILE_H

#include "board/schema.h"

#define BOARD_FILE_SIGNALS 11 /* CLK, NCS, IO0..IO7, DQS */

struct board_file_flash {
    struct schema_value self, part, sfdp, id, controller, port, lanes, clock, supply, chip_select,
        reset;
    struct {
        struct schema_value self, signals[BOARD_FILE_SIGNALS];
    } pins;
};

struct board_file {
    struct schema_value name, mcu;
    struct board_file_flash flash;
    struct schema_value init, power_switch, record, run_from, page_size, sector_size;
};

/* Signals by index into `signals`. */
extern const char *const board_file_signals[BOARD_FILE_SIGNALS];

/* Data lines by index of the choice of `lanes`. */
extern const uint8_t board_file_lanes[4];

extern const struct schema_key board_file_keys[];

#endif
