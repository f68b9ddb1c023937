/* SPDX-License-Identifier: MIT */
/*
 * From any state to a chip that is known: recovery, identification, configuration, proof.
 *
 * The order of the recovery frames: a chip in a narrower protocol gets too few clocks from a wider
 * frame to see an opcode, so the widest come first; all-ones frames are harmless everywhere, and go
 * by length so that the chip has left continuous read before it would drive; 66h and 99h stand next
 * to each other.
 */
#include "nor/chip.h"

#include "record/flight.h"
#include "state.h"
#include "time/time.h"

#include <stddef.h>

#define GRACE_US    5000u /* lets a page program that was under way finish */
#define PROOF_BYTES 32u
#define RE_READS    8u
#define PROBE_BYTES 12u                  /* 24 clocks of four lines */
#define RDID_ZEROS  UINT32_C(0x01100000) /* the clocks of 9Fh that are 0, for line 0 */
#define NOTHING_ON  UINT32_C(0x00FFFFFF)

#define ALL_ONES    "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"

/* All lines high for 4, 8, 10, 16, 20, 26 and 34 clocks: an opcode and data, for an address of ones
 * with data behind it lies beyond any DEVSIZE. */
static bool leave_continuous_read(void)
{
    static const uint8_t sizes[] = {1, 3, 4, 7, 9, 12, 16};
    for (unsigned i = 0; i < sizeof sizes; i++) {
        const struct nor_op op = {.command = {.opcode = 0xFF, .command_lanes = 4, .data_lanes = 4},
                                  .size = sizes[i]};
        if (!bus_write(&op, 0, (const uint8_t *)ALL_ONES)) {
            return false;
        }
    }
    return true;
}

/* Lets what is under way end: a reset would tear an erase, and a register write hears no reset. A
 * chip erase is not waited for, the reset ends it. No longer than 1.28 times the maximum: the host
 * waits too. */
static bool wait_ready(const struct flash_block *flash, bool *done, uint32_t *status)
{
    uint32_t ms = flash->register_write_ms;
    for (unsigned i = 0; i < BOARD_BLOCK_ERASE_TYPES; i++) {
        if (flash->erase[i].max_ms > ms) {
            ms = flash->erase[i].max_ms;
        }
    }
    return chip_wait(ms * 640u, done, status);
}

/* Of a chip in an octal protocol, the wider first: what is under way ends, then the reset. */
static bool leave_octal(const struct flash_block *flash)
{
    const struct octal_block *octal = chip_octal_block();
    uint32_t status;
    bool done, good = true;
    for (uint32_t edges = LANES_DTR; good; edges = 0) {
        state->protocol = (uint8_t)((chip_lanes(octal) & ~(uint32_t)LANES_DTR) | edges);
        good = chip_command(OPCODE_RES, 1);
        time_delay_us(flash->wake_us * 2u);
        good = good && wait_ready(flash, &done, &status) && chip_command(OPCODE_RSTEN, 1) &&
               chip_command(OPCODE_RST, 1);
        time_delay_us(done || (status & 0xFFu) == 0xFF ? flash->reset_us * 2u
                                                       : flash->reset_busy_us);
        if (edges == 0) {
            break;
        }
    }
    state->protocol = 0;
    return good;
}

/* `us`: what the chip may need after it. */
static bool reset(const struct flash_block *flash, uint32_t us)
{
    static const uint8_t frames[][2] = {{OPCODE_RES, 4},   {OPCODE_RES, 2},   {OPCODE_RES, 1},
                                        {OPCODE_QPIEX, 4}, {0xFF, 4},         {OPCODE_RSTEN, 4},
                                        {OPCODE_RST, 4},   {OPCODE_RSTEN, 2}, {OPCODE_RST, 2},
                                        {OPCODE_RSTEN, 1}, {OPCODE_RST, 1}};
    for (unsigned i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        if (!chip_command(frames[i][0], frames[i][1])) {
            return false;
        }
        if (i == 2) {
            time_delay_us(flash->wake_us * 2u);
        }
    }
    time_delay_us(us);
    state->unidentified = true;
    return true;
}

/* Four lines at once find a flash whose lines are exchanged: eight address clocks make RDID, of which
 * only line `to` carries the zeros; then all lines are read, and the one that carries the ID leads
 * to the flash's IO1. */
static bool find_exchange(uint32_t expected)
{
    uint8_t nibbles[PROBE_BYTES];
    struct bus_result result;
    for (uint32_t to = 0; to < 4; to++) {
        const struct nor_op op = {.command = {.address_lanes = 4, .data_lanes = 4},
                                  .address = ~(RDID_ZEROS << to),
                                  .size = PROBE_BYTES};
        if (!bus_read(&op, 4, BUS_STORE, nibbles, &result)) {
            return false;
        }
        for (uint32_t from = 0; from < 4; from++) {
            uint32_t id = 0;
            for (uint32_t i = 0; i < 2 * PROBE_BYTES; i++) {
                id = id << 1 | (nibbles[i / 2] >> (from + (i & 1 ? 0 : 4)) & 1);
            }
            if (id == __builtin_bswap32(expected) >> 8) {
                return flight_fail(REASON_LINES_SWAPPED, to, from, 0);
            }
        }
    }
    return true;
}

/* What was under way in QPI has not been seen, for its status came on four lines: the reset has cut
 * it off, and the chip may be deaf for longer than after a reset of an idle one. */
static bool wait_silent(const struct flash_block *flash)
{
    uint32_t id;
    if (!chip_register(OPCODE_RDID, 1, 3, &id)) {
        return false;
    }
    if (id == 0 || id == NOTHING_ON) {
        time_delay_us(flash->reset_busy_us);
    }
    return true;
}

static bool identify(const struct flash_block *flash)
{
    uint32_t id, again,
        expected =
            (uint32_t)flash->id[0] | (uint32_t)flash->id[1] << 8 | (uint32_t)flash->id[2] << 16;
    if (!chip_register(OPCODE_RDID, 1, 3, &id) || !chip_register(OPCODE_RDID, 1, 3, &again)) {
        return false;
    }
    flight_id(id);
    bool answers = id != NOTHING_ON && id != 0 && id == again;
    if (answers && (id == expected || flash->id_length == 0)) {
        state->unidentified = false;
        return true;
    }
    return (flash->id_length == 0 || find_exchange(expected)) &&
           flight_fail(id == NOTHING_ON ? REASON_FLASH_SILENT_HIGH
                       : id == 0        ? REASON_FLASH_SILENT_LOW
                                        : REASON_FLASH_WRONG_ID,
                       id, expected, again);
}

/* One line has brought these bits; if more lines bring others, the one that differs is at fault. */
static bool blame_line(uint32_t at, uint32_t good, uint32_t bad)
{
    uint32_t differs = good ^ bad, lanes = state->board->flash.lanes;
    uint32_t unequal = (bad ^ bad >> 1) & UINT32_C(0x44444444); /* IO2 and IO3 */
    if (lanes == 4 && (bad ^ unequal ^ unequal << 1) == good) {
        return flight_fail(REASON_LINES_SWAPPED, 0, 1, 0);
    }
    for (uint32_t shift = 16; shift >= lanes; shift /= 2) {
        differs |= differs >> shift;
    }
    differs &= (1u << lanes) - 1;
    if ((differs & (differs - 1)) != 0) {
        return flight_fail(REASON_READ_MODES_DIFFER, at, good, bad);
    }
    return flight_fail(REASON_LINE_STUCK, 31u - (uint32_t)__builtin_clz(differs), bad, good);
}

/* An interrupted erase or program leaves cells that read differently each time. They must be
 * erased, not refused: such a place proves nothing. */
static bool prove_at(const struct board_block *block, uint32_t offset)
{
    const struct nor_op op = {
        .command = block->flash.read_slow, .address = offset, .size = PROOF_BYTES};
    uint32_t buffer[PROOF_BYTES / 4];
    struct bus_result fast = {0}, result;
    for (uint32_t i = 0; i < RE_READS; i++) {
        if (!bus_set_prescaler(block->controller.prescaler_slow) ||
            !bus_read(&op, block->flash.address_bytes, i == 0 ? BUS_STORE : BUS_COMPARE,
                      (uint8_t *)buffer, &result)) {
            return false;
        }
        if (result.left != 0) {
            return true;
        }
        if (i == 0 &&
            (!chip_octal(true) ||
             !nor_read(offset, PROOF_BYTES, BUS_COMPARE, (const uint8_t *)buffer, &fast) ||
             !chip_octal(false))) {
            return false;
        }
        if (fast.left == 0) {
            return true;
        }
    }
    uint32_t at = PROOF_BYTES - fast.left;
    return blame_line(offset + at, buffer[at / 4], fast.found);
}

/* Four lines: the ID on them, where the part shows it there, has zeros and ones on IO0 to IO2; the
 * array, blank or not, has ones on IO3. Then the same bytes by both read modes, at both ends of the
 * flash and between. */
static bool prove(const struct board_block *block)
{
    const struct flash_block *flash = &block->flash;
    uint32_t last = flash->size - PROOF_BYTES;
    if (flash->lanes == 4 && flash->read_id_quad != 0) {
        uint32_t slow, quad;
        if (!chip_register(OPCODE_RDID, 1, 3, &slow) ||
            !chip_register(flash->read_id_quad, 4, 3, &quad)) {
            return false;
        }
        if (slow != quad) {
            return blame_line(0, slow, quad);
        }
    }
    return prove_at(block, 0) && prove_at(block, last / 2) && prove_at(block, last);
}

bool nor_init(const struct board_block *block)
{
    const struct flash_block *flash = &block->flash;
    uint32_t status, config = 0;
    bool done;
    flight_phase(PHASE_RECOVER, 0);
    time_delay_us(flash->power_up_us);
    state->protocol = 0;
    /* Should it be another part: the reset undoes what these reads do to it. */
    state->unidentified = false;
    if (!chip_status(&status) ||
        (flash->read_config != 0 && !chip_register(flash->read_config, 1, 1, &config))) {
        return false;
    }
    flight_found(config << 16 | status);
    time_delay_us(GRACE_US);
    if (chip_has_octal() && !leave_octal(flash)) {
        return false;
    }
    /* In continuous read every status is a byte of the array. After the reset only a register write
     * can be under way. */
    if (!leave_continuous_read() || !wait_ready(flash, &done, &status) ||
        !reset(flash, done ? flash->reset_us * 2u : flash->reset_busy_us) ||
        !chip_wait(flash->register_write_ms * 1000u, &done, &status)) {
        return false;
    }
    if (!done && (status & 0xFFu) != 0xFF) { /* FF: nobody there, the ID will tell */
        return flight_fail(REASON_BUSY_NV_WRITE, status & 0xFFu, status >> 8 & 0xFFu,
                           flash->register_write_ms);
    }
    flight_phase(PHASE_IDENTIFY, 0);
    if (!wait_silent(flash) || !identify(flash) || !chip_compare_sfdp()) {
        return false;
    }
    if (flash->clear_status != 0) {
        chip_command(flash->clear_status, 1);
    }
    flight_phase(PHASE_CONFIGURE, 0);
    if (!chip_configure()) {
        return false;
    }
    flight_phase(PHASE_PROVE, 0);
    return prove(block);
}
