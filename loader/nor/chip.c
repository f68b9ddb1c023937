/* SPDX-License-Identifier: MIT */
#include "nor/chip.h"

#include "record/flight.h"
#include "state.h"
#include "time/time.h"

#include <stddef.h>

#define POLLS           64u    /* status polls in the longest time of an operation */
#define SLICE_US        50000u /* between two looks at the error bits */
#define TO_TIMEOUT_CODE 2u

_Static_assert(REASON_PROGRAM_TIMEOUT == REASON_PROGRAM_ERROR + TO_TIMEOUT_CODE &&
                   REASON_ERASE_TIMEOUT == REASON_ERASE_ERROR + TO_TIMEOUT_CODE,
               "time-outs stand two after errors");

bool chip_command(uint8_t opcode, uint8_t lanes)
{
    const struct nor_op op = {.command = {.opcode = opcode, .command_lanes = lanes}};
    return bus_command(&op, 0);
}

bool chip_register(uint8_t opcode, uint8_t lanes, uint32_t size, uint32_t *value)
{
    const struct nor_op op = {
        .command = {.opcode = opcode, .command_lanes = 1, .data_lanes = lanes}, .size = size};
    struct bus_result result;
    *value = 0;
    return bus_read(&op, 0, BUS_STORE, (uint8_t *)value, &result);
}

bool chip_status(uint32_t *status, unsigned registers)
{
    static const uint8_t opcodes[] = {OPCODE_RDCR, OPCODE_RDSR2, OPCODE_RDSR};
    uint32_t value, all = 0;
    for (unsigned i = sizeof opcodes - registers; i < sizeof opcodes; i++) {
        if (!chip_register(opcodes[i], 1, 1, &value)) {
            return false;
        }
        all = all << 8 | value;
    }
    if (state->board->flash.error_scheme != ERROR_SCHEME_SR2_07_B6B5) {
        all &= 0xFF00FFu;
    }
    *status = all;
    flight_status(all);
    return true;
}

/* A part that holds WIP at 1 after an error would else be polled for the whole of its maximum. */
bool chip_wait(uint32_t us, bool *done, uint32_t *status)
{
    const struct nor_op op = {
        .command = {.opcode = OPCODE_RDSR, .command_lanes = 1, .data_lanes = 1}, .size = 1};
    uint32_t sck_mhz = state->board->controller.kernel_hz / 1000000u; /* or less: divided */
    for (uint32_t left = us + us;;) {
        uint32_t slice = left < SLICE_US ? left : SLICE_US;
        if (!bus_poll(&op, SR1_WIP, us / POLLS * sck_mhz, slice, done) || !chip_status(status, 2)) {
            return false;
        }
        left -= slice;
        if (*done || left == 0 || (*status & SR2_ERRORS << 8) != 0 || (*status & 0xFFu) == 0xFF) {
            return true;
        }
    }
}

bool chip_modify(const struct nor_op *op, const uint8_t *bytes, uint32_t us,
                 enum record_reason reason)
{
    const struct flash_block *flash = &state->board->flash;
    bool done;
    uint32_t status, address = op->address;
    if (!chip_command(OPCODE_WREN, 1) ||
        !(bytes != NULL ? bus_write(op, flash->address_bytes, bytes)
                        : bus_command(op, flash->address_bytes)) ||
        !chip_wait(us, &done, &status)) {
        return false;
    }
    if ((status & (SR2_ERRORS << 8 | SR1_WEL)) == 0 && done) {
        return true;
    }
    if (!done && (status & SR2_ERRORS << 8) == 0) {
        reason += TO_TIMEOUT_CODE;
    } else if (done) { /* WEL is cleared by an operation that took place: this one did not */
        reason = REASON_WRITE_ENABLE;
    }
    flight_fail(reason, address, status & 0xFFu, status >> 8 & 0xFFu);
    /* Error bits keep WIP set on S25FL-L until they are cleared. */
    if (flash->clear_status != 0) {
        chip_command(flash->clear_status, 1);
    }
    chip_command(OPCODE_WRDI, 1);
    return false;
}
