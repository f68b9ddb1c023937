/* SPDX-License-Identifier: MIT */
/*
 * A flash part as its data file describes it.
 */
#ifndef EXTLOAD_BOARD_PART_FILE_H
#define EXTLOAD_BOARD_PART_FILE_H

#include "board/board.h"
#include "board/part_setup.h"
#include "board/schema.h"

#define PART_COMMANDS_MAX 8

/* A read or program command and the fastest clock at which it works. */
struct part_command {
    struct flash_command command;
    uint32_t max_hz;
};

/* The octal protocols of a part. */
struct part_octal {
    bool known;
    struct octal_block block; /* without OCTAL_DTR, enter_value and register_dummy_clocks */
    uint8_t enter_str, enter_dtr;
    uint8_t dummy_str, dummy_dtr; /* clocks of register reads */
};

/* What a part file gives. No text in it points into the file. */
struct part_file {
    struct part part;
    /* without lanes, read_fast, program and what part_setup_fill() fills: the board decides */
    struct flash_block flash;
    struct part_setup setup;
    uint32_t supply_min_mv, supply_max_mv;
    uint8_t memory_type; /* DCR1.MTYP */
    struct part_command reads[PART_COMMANDS_MAX];
    unsigned read_count;
    struct part_command programs[PART_COMMANDS_MAX];
    unsigned program_count;
    struct part_octal octal;
};

/* Keys of a part file, and of the items of its lists. */
extern const struct schema_key part_file_keys[], part_erase_keys[], part_command_keys[];

/* Reads and checks a part file. */
bool part_load(struct part_file *part, const char *path, struct error *error);
/* The same from memory; `path` is for messages. */
bool part_parse(struct part_file *part, const char *path, const uint8_t *bytes, size_t size,
                struct error *error);

/* Takes part.id from a text of three bytes in hex, as `01 60 17`. */
bool part_read_id(struct yaml_file *file, const struct schema_value *value, struct part *part,
                  struct error *error);

/* Reads a list of read or program commands. `latency`: dummy clocks after a reset. */
bool part_read_commands(struct yaml_file *file, const struct schema_value *list, uint64_t latency,
                        struct part_command *commands, unsigned *count, struct error *error);

/* The first command of the list that needs no more lanes than are wired, and a strobe only if that
 * is wired too (DTR on eight lines does), or NULL. */
const struct part_command *part_choose(const struct part_command *commands, unsigned count,
                                       uint8_t lanes, bool strobe);

#endif
