/* SPDX-License-Identifier: MIT */
/* Steps of the board block: address mode, protection, quad. Read, change, write, read again. */
#include "nor/chip.h"

#include "record/flight.h"
#include "state.h"

static bool send(const struct flash_step *step, uint32_t count, const uint8_t *bytes)
{
    const struct flash_block *flash = &state->board->flash;
    bool data = (step->flags & FLASH_STEP_DATA) != 0, done;
    const struct nor_op op = {
        .command = {.opcode = step->opcode, .command_lanes = 1, .data_lanes = data ? 1 : 0},
        .size = data ? count : 0};
    uint32_t status;
    return chip_command((step->flags & FLASH_STEP_VOLATILE) != 0 ? OPCODE_WRENV : OPCODE_WREN, 1) &&
           bus_write(&op, 0, bytes) && chip_wait(flash->register_write_ms * 1000u, &done, &status);
}

/* The register of a step as it is and as it must be. */
static bool look(const struct flash_step *step, uint32_t *value, uint32_t *wanted)
{
    *value = 0;
    if (step->read != 0 && !chip_register(step->read, 1, 2, value)) {
        return false;
    }
    *value = (step->flags & FLASH_STEP_SECOND) != 0 ? *value >> 8 : *value & 0xFFu;
    *wanted = (*value & ~(uint32_t)step->clear) | step->set;
    return true;
}

/* A group of joined steps is one frame; after it was sent the group runs once more, to see that the
 * bits are as written. */
bool chip_configure(void)
{
    const struct flash_block *flash = &state->board->flash;
    const struct flash_step *step = flash->steps, *first = step;
    const struct flash_step *end = step + BOARD_BLOCK_FLASH_STEPS;
    uint8_t bytes[BOARD_BLOCK_FLASH_STEPS];
    uint32_t count = 0, differs = 0;
    bool again = false;
    while (step < end && step->opcode != 0) {
        uint32_t value, wanted;
        if (!look(step, &value, &wanted)) {
            return false;
        }
        if (step->read == OPCODE_RDSR && (value & SR1_WIP) != 0) { /* it was idle: not its word */
            return flight_fail(REASON_BUSY_NV_WRITE, value, 0, flash->register_write_ms);
        }
        uint32_t wrong = step->read != 0 ? value ^ wanted : !again;
        if (again && wrong != 0) {
            return flight_fail((wrong & step->set) != 0 ? REASON_QUAD_ENABLE : REASON_PROTECTED,
                               value, wrong, step->read);
        }
        bytes[count++] = (uint8_t)(wanted & ~(uint32_t)step->once);
        differs |= wrong;
        if ((step++->flags & FLASH_STEP_JOIN) != 0) {
            continue;
        }
        again = differs != 0 && (step[-1].flags & FLASH_STEP_DATA) != 0;
        if (differs != 0 && !send(&step[-1], count, bytes)) {
            return false;
        }
        if (again) {
            step = first;
        }
        first = step;
        count = differs = 0;
    }
    return chip_command(OPCODE_WRDI, 1);
}

bool chip_is_configured(uint32_t offset)
{
    const struct flash_step *step = state->board->flash.steps;
    for (unsigned i = 0; state->protocol == 0 && i < BOARD_BLOCK_FLASH_STEPS; i++, step++) {
        uint32_t value, wanted;
        if (step->read == 0 || (step->flags & FLASH_STEP_DATA) == 0) {
            continue; /* an unlock leaves the bit that asked for it */
        }
        if (!look(step, &value, &wanted)) {
            return false;
        }
        if (value != wanted) {
            return flight_fail(REASON_RESTARTED, offset, value, 0);
        }
    }
    return nor_watch() && nor_watched(offset); /* where no bit is lost with the supply: it is up */
}
