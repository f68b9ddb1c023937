/* SPDX-License-Identifier: MIT */
/* Erase, program, read: each ends with the cells read back. */
#include "nor/chip.h"

#include "record/flight.h"
#include "state.h"

#include <stddef.h>

#define BLANK_STRIDE UINT32_C(0x100000) /* sums stay exact */

typedef uint32_t __attribute__((aligned(1), may_alias)) loose_word;

bool nor_leave(void)
{
    const struct board_block *block = state->board;
    if (!bus_set_prescaler(block->controller.prescaler_map)) {
        return false;
    }
    bus_map(&block->flash.read_slow, block->flash.address_bytes);
    return true;
}

bool nor_read(uint32_t offset, uint32_t size, enum bus_sink sink, const uint8_t *bytes,
              struct bus_result *result)
{
    const struct board_block *block = state->board;
    const struct nor_op op = {.command = block->flash.read_fast, .address = offset, .size = size};
    if (size == 0) {
        *result = (struct bus_result){0};
        return true;
    }
    return bus_set_prescaler(block->controller.prescaler_fast) &&
           bus_read(&op, block->flash.address_bytes, sink, (uint8_t *)bytes, result);
}

static bool is_blank(const uint8_t *bytes, uint32_t size)
{
    while (size > 0 && *bytes++ == 0xFF) {
        size--;
    }
    return size == 0;
}

/* A page of FF is not programmed, but the chip must hold it all the same. */
static bool program(uint32_t offset, uint32_t size, const uint8_t *bytes)
{
    const struct flash_block *flash = &state->board->flash;
    const struct nor_op op = {.command = flash->program, .address = offset, .size = size};
    struct bus_result result;
    if ((!is_blank(bytes, size) &&
         (!bus_set_prescaler(state->board->controller.prescaler_fast) ||
          !chip_modify(&op, bytes, flash->page_program_us, REASON_PROGRAM_ERROR))) ||
        !nor_read(offset, size, BUS_COMPARE, bytes, &result)) {
        return false;
    }
    uint32_t at = size - result.left;
    return result.left == 0 || flight_fail(REASON_READ_BACK, offset + at, result.found,
                                           *(const loose_word *)(bytes + at));
}

bool nor_write(uint32_t offset, uint32_t size, const uint8_t *bytes)
{
    uint32_t page = state->board->flash.page_size;
    flight_phase(PHASE_PROGRAM, offset);
    while (size > 0) {
        uint32_t room = page - (offset & (page - 1));
        uint32_t now = size < room ? size : room;
        if (!program(offset, now, bytes)) {
            return false;
        }
        offset += now;
        bytes += now;
        size -= now;
    }
    return true;
}

/* The largest byte sum has one cause: every byte is FF. */
static bool prove_blank(uint32_t offset, uint32_t size)
{
    struct bus_result result;
    for (uint32_t now; size > 0; offset += now, size -= now) {
        now = size < BLANK_STRIDE ? size : BLANK_STRIDE;
        if (!nor_read(offset, now, BUS_SUM, NULL, &result)) {
            return false;
        }
        if (result.sum != now * 0xFFu) {
            return flight_fail(REASON_ERASE_NOT_BLANK, offset, now, now * 0xFFu - result.sum);
        }
    }
    return true;
}

static bool erase_unit(uint8_t opcode, uint8_t address_lanes, uint32_t offset, uint32_t size,
                       uint32_t max_ms)
{
    const struct nor_op op = {
        .command = {.opcode = opcode, .command_lanes = 1, .address_lanes = address_lanes},
        .address = offset};
    flight_phase(PHASE_ERASE, offset >> 8);
    return chip_modify(&op, NULL, max_ms * 1000u, REASON_ERASE_ERROR) && prove_blank(offset, size);
}

bool nor_erase_chip(void)
{
    const struct flash_block *flash = &state->board->flash;
    return erase_unit(flash->chip_erase, 0, 0, flash->size, flash->chip_erase_ms);
}

bool nor_erase(uint32_t offset, uint32_t size)
{
    const struct flash_block *flash = &state->board->flash;
    while (size > 0) {
        const struct flash_erase *type = &flash->erase[BOARD_BLOCK_ERASE_TYPES];
        uint32_t unit;
        do {
            type--;
            unit = type->size_log2 != 0 ? UINT32_C(1) << type->size_log2 : 0;
        } while (type > flash->erase && (unit == 0 || unit > size || (offset & (unit - 1)) != 0));
        if (unit > size || !erase_unit(type->opcode, 1, offset, unit, type->max_ms)) {
            return false;
        }
        offset += unit;
        size -= unit;
    }
    return true;
}
