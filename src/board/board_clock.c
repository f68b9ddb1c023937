/* SPDX-License-Identifier: MIT */
#include "board/board_load.h"

#include <stdio.h>
#include <string.h>

/* Recovery, identification and the second read path run no faster than this: slow enough for any
 * part, any latency setting and poor wiring. */
#define SLOW_HZ       UINT32_C(10000000)
#define PRESCALER_MAX 255u

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* The smallest n with kernel / (n + 1) <= limit. */
static uint32_t prescaler_for(uint32_t kernel_hz, uint32_t limit_hz)
{
    return (kernel_hz + limit_hz - 1) / limit_hz - 1;
}

static bool has_strobe(const struct board *board)
{
    for (unsigned i = 0; i < board->pin_count; i++) {
        if (strcmp(board->pins[i].signal, "DQS") == 0) {
            return true;
        }
    }
    return false;
}

/* Read and program are of one protocol, and eight lines have a use. */
static bool check_commands(struct loading *loading, const struct part_command *read,
                           const struct part_command *program)
{
    const struct schema_value *lanes = &loading->values.flash.lanes;
    const char *part = loading->part.part.name;
    if (read == NULL || program == NULL) {
        return schema_error(&loading->file, lanes, ERROR_BAD_VALUE, loading->error,
                            "%s has no read or program command for them", part);
    }
    bool octal = read->command.command_lanes == 8;
    if (loading->lanes == 8 && !(octal && loading->part.octal.known)) {
        schema_error(&loading->file, lanes, ERROR_BAD_VALUE, loading->error,
                     "`lanes: 8`; %s has no command on eight lines", part);
        return error_hint(loading->error, "write `lanes: 4`");
    }
    if (octal != (program->command.command_lanes == 8) ||
        read->command.flags != program->command.flags) {
        return schema_error(&loading->file, lanes, ERROR_BAD_VALUE, loading->error,
                            "read and program of %s are of different protocols", part);
    }
    return true;
}

/* The read command that was asked for, or NULL. An octal flash that is read on fewer lines stays in
 * SPI. */
static const struct part_command *read_wanted(struct loading *loading, bool strobe)
{
    if ((unsigned)loading->read >= loading->part.read_count) {
        loading->reading = BOARD_READING_PAST;
        return NULL;
    }
    const struct part_command *read =
        part_choose(&loading->part.reads[loading->read], 1, loading->lanes, strobe);
    loading->reading = read != NULL ? BOARD_READING_FITS : BOARD_READING_LINES;
    if (read != NULL && loading->lanes == 8) {
        loading->lanes = read->command.data_lanes;
    }
    return read;
}

/* A program command of the same protocol. */
static const struct part_command *program_beside(struct loading *loading,
                                                 const struct part_command *read, bool strobe)
{
    const struct part_file *part = &loading->part;
    for (unsigned i = 0; read != NULL && i < part->program_count; i++) {
        const struct part_command *program = &part->programs[i];
        if (part_choose(program, 1, loading->lanes, strobe) != NULL &&
            program->command.command_lanes == read->command.command_lanes &&
            program->command.flags == read->command.flags) {
            return program;
        }
    }
    loading->reading = read != NULL ? BOARD_READING_LINES : loading->reading;
    return NULL;
}

static bool choose_commands(struct loading *loading, uint32_t *limit_hz)
{
    const struct part_file *part = &loading->part;
    bool strobe = has_strobe(&loading->board);
    const struct part_command *read =
        loading->read >= 0 ? read_wanted(loading, strobe)
                           : part_choose(part->reads, part->read_count, loading->lanes, strobe);
    const struct part_command *program =
        loading->read >= 0
            ? program_beside(loading, read, strobe)
            : part_choose(part->programs, part->program_count, loading->lanes, strobe);
    if (loading->reading != BOARD_READING_FITS || !check_commands(loading, read, program)) {
        return false;
    }
    struct flash_block *flash = &loading->board.block.flash;
    flash->read_fast = read->command;
    flash->program = program->command;
    flash->lanes = loading->lanes;
    *limit_hz = smaller(part->part.max_hz, smaller(read->max_hz, program->max_hz));
    return true;
}

bool board_check_clock(struct loading *loading)
{
    const struct schema_value *clock = &loading->values.flash.clock;
    uint32_t part_hz = 0;
    if (!choose_commands(loading, &part_hz)) {
        return false;
    }
    uint32_t wanted = (uint32_t)clock->number;
    if (loading->read >= 0) {
        wanted = smaller(wanted, part_hz);
    }
    if (wanted > part_hz) {
        char most[32];
        quantity_print_frequency(part_hz, most, sizeof most);
        schema_error(&loading->file, clock, ERROR_CLOCK_TOO_FAST, loading->error,
                     "`clock: %s`; %s allows %s with opcode %02Xh on %u data lines", clock->text,
                     loading->part.part.name, most, loading->board.block.flash.read_fast.opcode,
                     loading->lanes);
        return error_hint(loading->error, "%s or less", most);
    }
    uint32_t kernel_hz = loading->mcu->kernel_hz;
    uint32_t fast = prescaler_for(kernel_hz, wanted);
    uint32_t slow_hz = smaller(SLOW_HZ, smaller(wanted, loading->part.part.read_slow_max_hz));
    uint32_t slow = prescaler_for(kernel_hz, slow_hz);
    uint32_t map = prescaler_for(kernel_hz, smaller(wanted, loading->part.part.read_slow_max_hz));
    if (fast > PRESCALER_MAX || slow > PRESCALER_MAX || map > PRESCALER_MAX) {
        char least[32];
        quantity_print_frequency(kernel_hz / (PRESCALER_MAX + 1), least, sizeof least);
        schema_error(&loading->file, clock, ERROR_BAD_VALUE, loading->error,
                     "`clock: %s` is slower than the controller can go", clock->text);
        return error_hint(loading->error, "%s or more", least);
    }
    struct controller_block *controller = &loading->board.block.controller;
    controller->kernel_hz = kernel_hz;
    controller->prescaler_fast = (uint8_t)fast;
    controller->prescaler_slow = (uint8_t)slow;
    controller->prescaler_map = (uint8_t)map;
    loading->board.clock_limit_hz = wanted;
    loading->board.flash_hz = kernel_hz / (fast + 1);
    return part_setup_fill(&loading->part.setup, loading->lanes, loading->board.flash_hz,
                           &loading->board.block.flash);
}

void board_describe_clock(const struct board *board, char *buffer, size_t size)
{
    char reached[32];
    char kernel[32];
    unsigned divider = board->block.controller.prescaler_fast + 1u;
    quantity_print_frequency(board->flash_hz, reached, sizeof reached);
    quantity_print_frequency(board->block.controller.kernel_hz, kernel, sizeof kernel);
    if (divider == 1) {
        snprintf(buffer, size, "%s", reached);
    } else {
        snprintf(buffer, size, "%s: %s / %u", reached, kernel, divider);
    }
}
