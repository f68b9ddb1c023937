/* SPDX-License-Identifier: MIT */
/*
 * Boards loaded for a test, and what their bring-up script leaves in the registers.
 */
#ifndef EXTLOAD_TESTS_UNIT_TEST_BOARD_SCRIPT_H
#define EXTLOAD_TESTS_UNIT_TEST_BOARD_SCRIPT_H

#include "board/board.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Registers as they are after reset, and the set and clear aliases of the RCC. */
#define RCC_BASE  0x56028000u
#define RCC_END   0x56029800u
#define CELLS_MAX 128

struct cell {
    uint32_t address, value;
};

struct registers {
    struct cell cells[CELLS_MAX];
    unsigned count;
};

static inline uint32_t *cell_at(struct registers *registers, uint32_t address)
{
    for (unsigned i = 0; i < registers->count; i++) {
        if (registers->cells[i].address == address) {
            return &registers->cells[i].value;
        }
    }
    assert_true(registers->count < CELLS_MAX);
    struct cell *cell = &registers->cells[registers->count++];
    cell->address = address;
    /* MODER of N, O, P, Q: all pads analog after reset [SVD]. */
    bool moder = address >= 0x56023400 && address <= 0x56024000 && (address & 0x3FF) == 0;
    cell->value = moder ? UINT32_C(0xFFFFFFFF) : 0;
    return &cell->value;
}

static inline void write_register(struct registers *registers, uint32_t address, uint32_t value)
{
    uint32_t offset = address - RCC_BASE;
    if (address < RCC_BASE || address >= RCC_END || offset < 0x800) {
        *cell_at(registers, address) = value;
    } else if (offset < 0x1000) {
        *cell_at(registers, address - 0x800) |= value;
    } else {
        *cell_at(registers, address - 0x1000) &= ~value;
    }
    /* SR.HSIRDY (bit 3) follows CR.HSION (bit 3) [SVD]. */
    *cell_at(registers, RCC_BASE + 4) = *cell_at(registers, RCC_BASE) & 8u;
}

/* Runs the script; returns the index of the op that fails, or op_count. */
static inline unsigned run_script(const struct board *board, struct registers *registers,
                                  uint32_t stuck)
{
    for (unsigned i = 0; i < board->op_count; i++) {
        const struct board_op *op = &board->ops[i];
        uint32_t now = op->code == BOARD_OP_DELAY ? 0 : *cell_at(registers, op->address);
        if (op->code == BOARD_OP_WRITE) {
            write_register(registers, op->address, op->value);
        } else if (op->code == BOARD_OP_MODIFY) {
            if (op->address != stuck) {
                write_register(registers, op->address, (now & ~op->mask) | op->value);
            }
            if ((*cell_at(registers, op->address) & op->mask) != op->value) {
                return i;
            }
        } else if (op->code == BOARD_OP_WAIT || op->code == BOARD_OP_EXPECT) {
            if ((now & op->mask) != op->value) {
                return i;
            }
        }
    }
    return board->op_count;
}

static inline void load(struct board *board, const char *path)
{
    struct error error = {.code = ERROR_NONE};
    if (!board_load(board, path, &error)) {
        char text[1024];
        error_format(&error, text, sizeof text);
        fail_msg("%s", text);
    }
}

/* Loads a board file of this text. */
static inline void load_text(struct board *board, const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/extload-test-board.%d.yaml", (int)getpid());
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    load(board, path);
    remove(path);
}

struct wanted {
    uint32_t address, value;
};

static inline void check_registers(const char *path, const struct wanted *wanted, size_t count)
{
    static struct board board;
    struct registers registers = {.count = 0};
    load(&board, path);
    assert_int_equal(run_script(&board, &registers, 0), board.op_count);
    for (size_t i = 0; i < count; i++) {
        uint32_t value = *cell_at(&registers, wanted[i].address);
        if (value != wanted[i].value) {
            fail_msg("%s: 0x%08X holds 0x%08X, wanted 0x%08X", path, (unsigned)wanted[i].address,
                     (unsigned)value, (unsigned)wanted[i].value);
        }
    }
}

/* A board file up to what a test writes itself. */
#define HEAD                                                                                       \
    "name: t\nmcu: STM32N655X0\nflash:\n  part: S25FL064L\n  controller: XSPI2\n  port: P2\n"

/* Where the first such op stands; -1 if there is none. */
static inline int op_position(const struct board *board, uint32_t address, unsigned code)
{
    for (unsigned i = 0; i < board->op_count; i++) {
        if (board->ops[i].address == address && board->ops[i].code == code) {
            return (int)i;
        }
    }
    return -1;
}

#endif
