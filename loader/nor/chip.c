/* SPDX-License-Identifier: MIT */
#include "nor/chip.h"

#include "record/flight.h"
#include "state.h"
#include "time/time.h"

#include <stddef.h>

#define POLLS           64u    /* status polls in the longest time of an operation */
#define SLICE_US        50000u /* between two looks at the error bits */
#define TO_TIMEOUT_CODE 2u
#define PAGE_POLL_CLOCKS                                                                           \
    64u /* little against a page, and enough for the chip to do something else */

_Static_assert(REASON_PROGRAM_TIMEOUT == REASON_PROGRAM_ERROR + TO_TIMEOUT_CODE &&
                   REASON_ERASE_TIMEOUT == REASON_ERASE_ERROR + TO_TIMEOUT_CODE,
               "time-outs stand two after errors");
_Static_assert(BOARD_BLOCK_DELAY_MAX <= TIME_PIECE_US, "no wait is longer than a deadline may be");

struct flash_command chip_opcode(uint8_t opcode, uint8_t lanes)
{
    return (struct flash_command){.opcode = opcode,
                                  .command_lanes = state->protocol != 0 ? LANES_8 : lanes,
                                  .flags = chip_is_dtr() ? FLASH_COMMAND_DTR : 0};
}

bool chip_command(uint8_t opcode, uint8_t lanes)
{
    const struct nor_op op = {.command = chip_opcode(opcode, lanes)};
    return bus_write(&op, 0, NULL);
}

/* In DTR a register's byte comes twice. */
static struct nor_op register_op(uint8_t opcode, uint8_t lanes, uint32_t size)
{
    struct nor_op op = {.command = chip_opcode(opcode, 1), .size = size};
    op.command.data_lanes = lanes;
    if (state->protocol != 0) {
        const struct octal_block *octal = chip_octal_block();
        op.command.address_lanes = octal->register_address_bytes != 0 ? LANES_8 : 0;
        op.command.data_lanes = LANES_8;
        op.command.dummy_clocks = octal->register_dummy_clocks;
        op.size = chip_is_dtr() ? 2 : 1;
    }
    return op;
}

bool chip_register(uint8_t opcode, uint8_t lanes, uint32_t size, uint32_t *value)
{
    const struct nor_op op = register_op(opcode, lanes, size);
    struct bus_result result;
    *value = 0;
    return bus_read(&op, 4, BUS_STORE, (uint8_t *)value, &result);
}

bool chip_status(uint32_t *status)
{
    const struct flash_status *second = &state->board->flash.status;
    const uint8_t *masks = &second->erase_error;
    uint32_t sr1, raw = 0, bits = 0;
    if ((second->opcode != 0 && !state->unidentified &&
         !chip_register(second->opcode, 1, 1, &raw)) ||
        !chip_register(OPCODE_RDSR, 1, 1, &sr1)) {
        return false;
    }
    for (unsigned i = 0; i < 4; i++) {
        bits = bits << 1 | ((raw & masks[i]) != 0);
    }
    *status = ((bits & 12u) << 3 | (bits & 3u)) << 8 | (sr1 & 0xFFu);
    flight_status(*status);
    return true;
}

const struct octal_block *chip_octal_block(void)
{
    return (const struct octal_block *)&state->board->script[state->board->script_words];
}

uint8_t chip_lanes(const struct octal_block *octal)
{
    return LANES_8 | ((octal->flags & OCTAL_DTR) != 0 ? LANES_DTR | LANES_STROBE : 0) |
           (octal->extension == OPCODE_EXTENSION_INVERSE ? LANES_INVERSE : 0);
}

static bool write_mode(const struct octal_block *octal, uint8_t value)
{
    const uint8_t pair[] = {value, value};
    struct nor_op op = {.command = chip_opcode(octal->enter_opcode, 1),
                        .address = octal->enter_address,
                        .size = chip_is_dtr() ? 2 : 1};
    op.command.address_lanes = op.command.data_lanes = op.command.command_lanes;
    return chip_command(OPCODE_WREN, 1) && bus_write(&op, octal->enter_address_bytes, pair);
}

/* The byte that enters is 0 in SPI. */
bool chip_leave_octal(void)
{
    const struct octal_block *octal = chip_octal_block();
    state->protocol = chip_lanes(octal);
    bool good = write_mode(octal, 0);
    state->protocol = 0;
    return good;
}

/* WEL follows commands: the chip hears and is heard. */
static bool answers(uint32_t *status)
{
    return chip_command(OPCODE_WREN, 1) && chip_register(OPCODE_RDSR, 1, 1, status) &&
           chip_command(OPCODE_WRDI, 1) && (*status & (SR1_WEL | SR1_WIP)) == SR1_WEL;
}

bool chip_octal(bool on)
{
    const struct octal_block *octal = chip_octal_block();
    uint32_t status = 0, later;
    if (!chip_has_octal()) {
        return true;
    }
    if (!(on ? write_mode(octal, octal->enter_value) : chip_leave_octal())) {
        return false;
    }
    state->protocol = on ? chip_lanes(octal) : 0;
    return answers(&status) ||
           flight_fail(REASON_PROTOCOL, on, status & 0xFFu, chip_leave_octal() && answers(&later));
}

/* A part that holds WIP at 1 after an error would else be polled for the whole of its maximum. */
bool chip_wait(uint32_t us, bool *done, uint32_t *status)
{
    const struct nor_op op = register_op(OPCODE_RDSR, 1, 1);
    uint32_t sck_mhz = state->board->controller.kernel_hz / 1000000u; /* or less: divided */
    for (uint32_t left = us + us;;) {
        uint32_t slice = left < SLICE_US ? left : SLICE_US;
        if (!bus_poll(&op, SR1_WIP, us / POLLS * sck_mhz, slice, done) || !chip_status(status)) {
            return false;
        }
        left -= slice;
        if (*done || left == 0 || (*status & SR2_ERRORS << 8) != 0 || (*status & 0xFFu) == 0xFF) {
            return true;
        }
    }
}

/* What came of an erase or a program at `address`. */
static bool judge(uint32_t address, bool done, uint32_t status, enum record_reason reason)
{
    const struct flash_block *flash = &state->board->flash;
    if ((status & (SR2_ERRORS << 8 | SR1_WEL)) == 0 && done) {
        return true;
    }
    if ((status & SR2_ERRORS << 8) == 0) { /* WEL is cleared by an operation that took place */
        reason = done ? REASON_WRITE_ENABLE : reason + TO_TIMEOUT_CODE;
    }
    flight_fail(reason, address, status & 0xFFu, status >> 8 & 0xFFu);
    /* Error bits keep WIP set on S25FL-L until they are cleared. */
    if (flash->clear_status != 0) {
        chip_command(flash->clear_status, 1);
    }
    chip_command(OPCODE_WRDI, 1);
    return false;
}

bool chip_erase(const struct nor_op *op, uint32_t us)
{
    bool done;
    uint32_t status;
    return chip_command(OPCODE_WREN, 1) && bus_write(op, state->board->flash.address_bytes, NULL) &&
           chip_wait(us, &done, &status) && judge(op->address, done, status, REASON_ERASE_ERROR);
}

/* Between pages nothing is looked at but WIP and WEL; an error bit holds WIP, or lasts until the end, or
 * is one of a page that the read-back finds. */
static bool wait_page(uint32_t address, uint32_t us)
{
    const struct nor_op op = register_op(OPCODE_RDSR, 1, 1);
    bool done;
    uint32_t status;
    if (!bus_poll(&op, SR1_WIP | SR1_WEL, PAGE_POLL_CLOCKS, us, &done)) {
        return false;
    }
    return done ||
           (chip_wait(us, &done, &status) && judge(address, done, status, REASON_PROGRAM_ERROR));
}

bool chip_program(const struct chip_frames *frames, uint32_t address, uint32_t size,
                  const uint8_t *bytes)
{
    return bus_send(&frames->enable, 0, 0, NULL) &&
           bus_send(&frames->program, address, size, bytes) &&
           wait_page(address, state->board->flash.page_program_us);
}

void chip_encode(struct chip_frames *frames)
{
    const struct flash_block *flash = &state->board->flash;
    const struct flash_command enable = chip_opcode(OPCODE_WREN, 1);
    frames->enable = bus_encode(&enable, 0);
    frames->program = bus_encode(&flash->program, flash->address_bytes);
}

bool chip_programmed(uint32_t address)
{
    uint32_t status;
    return chip_status(&status) &&
           judge(address, (status & SR1_WIP) == 0, status, REASON_PROGRAM_ERROR);
}
