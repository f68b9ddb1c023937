/* SPDX-License-Identifier: MIT */
/* Erase, program, read. Erases and nor_write() end with the cells read back; nor_program() and, if
 * state->unproved, erases do not. */
#include "nor/chip.h"

#include "record/flight.h"
#include "state.h"

#include <stddef.h>

#define BLANK_STRIDE UINT32_C(0x100000) /* sums stay exact */

typedef uint32_t __attribute__((aligned(1), may_alias)) loose_word;

bool nor_enter(void)
{
    /* A call that was abandoned may have left the chip there. */
    return !chip_has_octal() || (chip_leave_octal() && chip_octal(true));
}

bool nor_leave(void)
{
    const struct board_block *block = state->board;
    if (!chip_octal(false) || !bus_set_prescaler(block->controller.prescaler_map)) {
        return false;
    }
    bus_map(&block->flash.read_slow, block->flash.address_bytes);
    return true;
}

static bool read_frame(uint32_t offset, uint32_t size, enum bus_sink sink, uint8_t *bytes,
                       struct bus_result *result)
{
    const struct board_block *block = state->board;
    const struct nor_op op = {.command = block->flash.read_fast, .address = offset, .size = size};
    if (size == 0) {
        *result = (struct bus_result){0};
        return true;
    }
    return bus_set_prescaler(block->controller.prescaler_fast) &&
           bus_read(&op, block->flash.address_bytes, sink, bytes, result);
}

__attribute__((noinline)) bool nor_digest(uint32_t offset, uint32_t size, struct digest *digest)
{
    const struct board_block *block = state->board;
    const struct nor_op op = {.command = block->flash.read_fast, .address = offset, .size = size};
    return bus_set_prescaler(block->controller.prescaler_fast) &&
           bus_digest(&op, block->flash.address_bytes, digest);
}

/* A byte at the edge of a request, of which its pair is read. `left`: bytes to the request's end. */
static bool read_edge(uint32_t offset, enum bus_sink sink, uint8_t *byte, uint32_t left,
                      struct bus_result *result)
{
    uint8_t pair[2] = {0};
    struct bus_result ignored;
    if (!read_frame(offset & ~1u, sizeof pair, BUS_STORE, pair, &ignored)) {
        return false;
    }
    uint8_t value = pair[offset & 1];
    if (sink == BUS_STORE) {
        *byte = value;
    } else if (sink == BUS_SUM) {
        result->sum += value;
    } else if (value != *byte && result->left < left) {
        result->left = left;
        result->found = value;
    }
    return true;
}

bool nor_read(uint32_t offset, uint32_t size, enum bus_sink sink, const uint8_t *from,
              struct bus_result *result)
{
    uint8_t *bytes = (uint8_t *)from;
    uint32_t head = 0, tail = 0;
    if (chip_is_dtr() && size > 0) { /* on both edges bytes come in pairs */
        head = offset & 1;
        tail = (offset + size) & 1;
    }
    if (!read_frame(offset + head, size - head - tail, sink, bytes + head, result)) {
        return false;
    }
    result->left += result->left != 0 ? tail : 0;
    return (head == 0 || read_edge(offset, sink, bytes, size, result)) &&
           (tail == 0 || read_edge(offset + size - 1, sink, bytes + size - 1, 1, result));
}

bool nor_watch(void)
{
    return chip_command(OPCODE_WREN, 1);
}

bool nor_watched(uint32_t offset)
{
    uint32_t status;
    if (!chip_status(&status) || !chip_command(OPCODE_WRDI, 1)) {
        return false;
    }
    return (status & (SR1_WEL | SR1_WIP)) == SR1_WEL ||
           flight_fail(REASON_RESTARTED, offset, status & 0xFFu, 0);
}

bool nor_fetch(uint32_t offset, uint32_t size, enum bus_sink sink, const uint8_t *bytes,
               struct bus_result *result)
{
    return nor_watch() && nor_read(offset, size, sink, bytes, result) && nor_watched(offset);
}

static bool is_blank(const uint8_t *bytes, uint32_t size)
{
    while (size > 0 && *bytes++ == 0xFF) {
        size--;
    }
    return size == 0;
}

/* A page of FF is not programmed. In DTR a single byte goes with its neighbour, as FF. */
static bool program_page(const struct chip_frames *frames, uint32_t offset, uint32_t size,
                         const uint8_t *bytes)
{
    uint8_t pair[] = {0xFF, 0xFF};
    if (is_blank(bytes, size)) {
        return true;
    }
    if (chip_is_dtr() && size == 1) {
        pair[offset & 1] = *bytes;
        bytes = pair;
        offset &= ~1u;
        size = sizeof pair;
    }
    return chip_program(frames, offset, size, bytes);
}

bool nor_program(uint32_t offset, uint32_t size, const uint8_t *bytes)
{
    struct chip_frames frames;
    uint32_t page = state->board->flash.page_size;
    flight_phase(PHASE_PROGRAM, offset);
    chip_encode(&frames);
    if (!bus_set_prescaler(state->board->controller.prescaler_fast)) {
        return false;
    }
    while (size > 0) {
        uint32_t room = page - (offset & (page - 1));
        uint32_t now = size < room ? size : room;
        if (chip_is_dtr() && now > 1) { /* pairs of bytes, and single ones at the edges */
            now = (offset & 1) != 0 ? 1 : now & ~1u;
        }
        if (!program_page(&frames, offset, now, bytes)) {
            return false;
        }
        offset += now;
        bytes += now;
        size -= now;
    }
    return chip_programmed(offset) && chip_is_configured(offset);
}

bool nor_write(uint32_t offset, uint32_t size, const uint8_t *bytes)
{
    struct bus_result result;
    if (!nor_program(offset, size, bytes) || !nor_read(offset, size, BUS_COMPARE, bytes, &result)) {
        return false;
    }
    uint32_t at = size - result.left;
    return result.left == 0 || flight_fail(REASON_READ_BACK, offset + at, result.found,
                                           *(const loose_word *)(bytes + at));
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

bool nor_look_for_zeros(uint32_t offset, uint32_t size, uint32_t *found)
{
    struct bus_result result;
    *found = 0;
    for (uint32_t now; size > 0 && *found == 0; offset += now, size -= now) {
        now = size < BLANK_STRIDE ? size : BLANK_STRIDE;
        if (!nor_fetch(offset, now, BUS_SUM, NULL, &result)) {
            return false;
        }
        *found = result.sum != now * 0xFFu;
    }
    return true;
}

/* A chip erase has no address. */
static bool erase_unit(const struct flash_erase *type, uint32_t offset, uint32_t size)
{
    struct nor_op op = {.command = chip_opcode(type->opcode, 1), .address = offset};
    if (type->size_log2 != 0) {
        op.command.address_lanes = op.command.command_lanes;
    }
    flight_phase(PHASE_ERASE, offset >> 8);
    return chip_erase(&op, type->max_ms * 1000u) &&
           (state->unproved || prove_blank(offset, size)) && chip_is_configured(offset);
}

bool nor_erase_chip(void)
{
    const struct flash_block *flash = &state->board->flash;
    const struct flash_erase chip = {.opcode = flash->chip_erase, .max_ms = flash->chip_erase_ms};
    return erase_unit(&chip, 0, flash->size);
}

static bool fits(const struct flash_erase *type, uint32_t unit, uint32_t offset, uint32_t size)
{
    uint32_t edge = state->board->flash.size - unit - offset;
    edge = (edge < offset ? edge : offset) >> 12;
    return unit != 1 && unit <= size && (offset & (unit - 1)) == 0 &&
           edge - type->edge_from <= (uint32_t)type->edge_to - type->edge_from - 1u;
}

bool nor_erase(uint32_t offset, uint32_t size)
{
    const struct flash_block *flash = &state->board->flash;
    if (size == flash->size && (flash->flags & FLASH_CHIP_ERASE_PAYS) != 0) {
        return nor_erase_chip();
    }
    while (size > 0) {
        const struct flash_erase *type = &flash->erase[BOARD_BLOCK_ERASE_TYPES];
        uint32_t unit;
        do {
            type--;
            unit = UINT32_C(1) << type->size_log2;
        } while (type > flash->erase && !fits(type, unit, offset, size));
        if (unit > size || !erase_unit(type, offset, unit)) {
            return false;
        }
        offset += unit;
        size -= unit;
    }
    return true;
}
