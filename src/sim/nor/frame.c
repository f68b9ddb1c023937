/* SPDX-License-Identifier: MIT */
/*
 * One CS# frame, clock by clock: opcode, address, mode, dummy, data. Knows lanes, edges and lengths
 * and asks the family what a command means.
 *
 * Bit order [FMF]: most significant first; on n lanes the highest bit of a group on the highest
 * line; one lane in is IO0, one lane out is IO1. Eight lines, both edges: one byte an edge, the
 * rising one first.
 */
#include "sim/nor/chip.h"

#include <string.h>

enum {
    PULLED_UP = 0x0C
}; /* IO2 and IO3 have pull-ups inside the chip [memory] */

void nor_frame_drop(struct nor *nor)
{
    nor->frame.phase = NOR_PHASE_DEAF;
    nor->frame.held = (struct nor_lines){0, 0};
}

void nor_frame_reject(struct nor *nor)
{
    nor->stats.rejected++;
}

static void reject_running(struct nor *nor)
{
    nor_frame_reject(nor);
    nor_frame_drop(nor);
}

static uint32_t dummy_clocks(const struct nor *nor, const struct nor_command *command)
{
    switch (command->dummy) {
    case NOR_DUMMY_LATENCY: return nor->part->family->latency(nor, command);
    case NOR_DUMMY_4: return 4;
    case NOR_DUMMY_8: return 8;
    case NOR_DUMMY_20: return 20;
    case NOR_DUMMY_24: return 24;
    case NOR_DUMMY_32: return 32;
    default: return 0;
    }
}

static bool too_fast(const struct nor *nor, const struct nor_command *command)
{
    uint32_t limit = nor->part->family->clock_limit(nor, command);
    return nor->frame.period_ps != 0 && nor->frame.period_ps < PS_PER_SECOND / limit;
}

static uint8_t lanes_of(const struct nor *nor, uint8_t spi_lanes)
{
    switch (nor->frame.protocol) {
    case NOR_SOPI:
    case NOR_DOPI: return 8;
    case NOR_QPI: return 4;
    case NOR_DPI: return 2;
    default: return spi_lanes;
    }
}

static void enter_data(struct nor *nor)
{
    struct nor_frame *frame = &nor->frame;
    const struct nor_command *command = frame->command;
    bool own = (command->flags & NOR_SO_ONLY) != 0;
    frame->lanes = own ? command->data_lanes : lanes_of(nor, command->data_lanes);
    frame->bits = 0;
    frame->shift = 0;
    switch (command->direction) {
    case NOR_DATA_IN: frame->phase = NOR_PHASE_IN; break;
    case NOR_DATA_OUT: frame->phase = NOR_PHASE_OUT; break;
    default: frame->phase = NOR_PHASE_END; break;
    }
    nor->part->family->begin(nor);
}

static void enter_dummy(struct nor *nor)
{
    nor->frame.dummy_halves = 2 * dummy_clocks(nor, nor->frame.command);
    if (nor->frame.dummy_halves != 0) {
        nor->frame.phase = NOR_PHASE_DUMMY;
    } else {
        enter_data(nor);
    }
}

static bool has_mode(const struct nor_frame *frame)
{
    uint32_t flags = frame->command->flags;
    bool in_qpi = (flags & NOR_MODE_IN_QPI) != 0 && frame->protocol == NOR_QPI;
    return (flags & NOR_MODE_BYTE) != 0 || in_qpi;
}

static void enter_mode(struct nor *nor)
{
    struct nor_frame *frame = &nor->frame;
    if (!has_mode(frame)) {
        enter_dummy(nor);
        return;
    }
    frame->phase = NOR_PHASE_MODE;
    frame->bits_wanted = (frame->command->flags & NOR_MODE_CLOCK) != 0 ? frame->lanes : 8;
    frame->bits = 0;
    frame->shift = 0;
}

static void enter_address(struct nor *nor)
{
    struct nor_frame *frame = &nor->frame;
    const struct nor_command *command = frame->command;
    frame->corrupt = too_fast(nor, command);
    if (frame->corrupt) {
        nor_tell(nor, NOR_NOTICE_TOO_FAST, (uint32_t)(PS_PER_SECOND / frame->period_ps),
                 nor->part->family->clock_limit(nor, command));
    }
    frame->ddr = frame->protocol == NOR_DOPI || (command->flags & NOR_DDR) != 0;
    if (command->address == NOR_ADDRESS_NONE) {
        enter_mode(nor);
        return;
    }
    bool long_address =
        command->address == NOR_ADDRESS_FOUR ||
        (command->address == NOR_ADDRESS_MODE && nor->part->family->long_address(nor));
    frame->phase = NOR_PHASE_ADDRESS;
    frame->lanes = lanes_of(nor, command->address_lanes);
    frame->bits_wanted = long_address ? 32 : 24;
    frame->bits = 0;
    frame->shift = 0;
}

/* In the octal protocols two bytes: one whose second is not the inverse of the first is not heard.
 * */
static void take_opcode(struct nor *nor, uint64_t now_ps, unsigned value)
{
    enum nor_protocol protocol = nor->frame.protocol;
    bool octal = (protocol & NOR_OCTAL) != 0;
    unsigned opcode = octal ? value >> 8 : value;
    bool valid = !octal || (opcode ^ (value & 0xFF)) == 0xFF;
    const struct nor_command *command = nor->by_opcode[octal][opcode];
    nor->last_opcode = opcode;
    nor_settle(nor, now_ps);
    if (!valid || command == NULL || (command->protocols & protocol) == 0 ||
        !nor->part->family->accepts(nor, command)) {
        reject_running(nor);
        return;
    }
    nor->frame.command = command;
    enter_address(nor);
}

static void gather(struct nor *nor, uint64_t now_ps)
{
    struct nor_frame *frame = &nor->frame;
    unsigned mask = (1u << frame->lanes) - 1;
    frame->shift = frame->shift << frame->lanes | (frame->level & mask);
    frame->bits = (uint8_t)(frame->bits + frame->lanes);
    if (frame->bits < frame->bits_wanted) {
        return;
    }
    switch (frame->phase) {
    case NOR_PHASE_OPCODE: take_opcode(nor, now_ps, frame->shift); break;
    case NOR_PHASE_ADDRESS:
        frame->address = frame->shift;
        enter_mode(nor);
        break;
    default:
        frame->mode = (uint8_t)frame->shift;
        enter_dummy(nor);
        break;
    }
}

static uint8_t flip_some(struct nor *nor, uint8_t value)
{
    uint64_t draw = nor_random(nor);
    if ((draw & 1) != 0) {
        value = (uint8_t)(value ^ (1u << (draw >> 8) % 8));
    }
    return value;
}

static void shift_in(struct nor *nor)
{
    struct nor_frame *frame = &nor->frame;
    unsigned mask = (1u << frame->lanes) - 1;
    frame->shift = frame->shift << frame->lanes | (frame->level & mask);
    frame->bits = (uint8_t)(frame->bits + frame->lanes);
    if (frame->bits < 8) {
        return;
    }
    frame->bits = 0;
    uint8_t value = (uint8_t)frame->shift;
    if (frame->corrupt) {
        value = flip_some(nor, value);
    }
    if (frame->to_page) {
        uint32_t place = (frame->address + frame->data_count) ^ frame->pair_swap;
        nor->page[place & (nor->part->page - 1)] = value;
    } else if (frame->data_count < sizeof(frame->first)) {
        frame->first[frame->data_count] = value;
    }
    frame->data_count++;
}

static uint8_t array_byte(struct nor *nor)
{
    struct nor_frame *frame = &nor->frame;
    uint32_t address = frame->address ^ frame->pair_swap;
    frame->address =
        (frame->address & ~frame->wrap_mask) | ((frame->address + 1) & frame->wrap_mask);
    nor->stats.bytes_read++;
    if (frame->raw) {
        return nor->array[address];
    }
    if (frame->garbage || nor_in_suspended(nor, address)) {
        return (uint8_t)nor_random(nor);
    }
    return nor_cell_read(nor, address);
}

static struct nor_lines shift_out(struct nor *nor, uint64_t now_ps)
{
    struct nor_frame *frame = &nor->frame;
    if (frame->bits == 0) {
        bool array = (frame->command->flags & NOR_ARRAY_READ) != 0;
        uint8_t byte = array ? array_byte(nor) : nor->part->family->next_byte(nor, now_ps);
        frame->out = frame->corrupt ? flip_some(nor, byte) : byte;
        frame->bits = 8;
        frame->data_count++;
    }
    frame->bits = (uint8_t)(frame->bits - frame->lanes);
    unsigned mask = (1u << frame->lanes) - 1;
    unsigned value = ((unsigned)frame->out >> frame->bits) & mask;
    if (frame->lanes == 1) {
        value <<= 1;
        mask = 2;
    }
    return (struct nor_lines){(uint8_t)value, (uint8_t)mask};
}

/* In the last four dummy clocks of a DDR read the chip drives the data learning pattern on every
 * line, if there is one [memory]. */
static struct nor_lines dummy(struct nor *nor)
{
    struct nor_frame *frame = &nor->frame;
    uint32_t left = frame->dummy_halves;
    uint32_t step = frame->ddr ? 1 : 2;
    struct nor_lines lines = {0, 0};
    if (frame->ddr && nor->now.dlr != 0 && left <= 8) {
        bool high = ((nor->now.dlr >> (left - 1)) & 1) != 0;
        lines = (struct nor_lines){high ? 0x0F : 0, 0x0F};
    }
    frame->dummy_halves -= step;
    if (frame->dummy_halves == 0) {
        enter_data(nor);
    }
    return lines;
}

static struct nor_lines step(struct nor *nor, uint64_t now_ps)
{
    switch (nor->frame.phase) {
    case NOR_PHASE_OUT: return shift_out(nor, now_ps);
    case NOR_PHASE_IN: shift_in(nor); break;
    case NOR_PHASE_OPCODE:
    case NOR_PHASE_ADDRESS:
    case NOR_PHASE_MODE: gather(nor, now_ps); break;
    case NOR_PHASE_DUMMY: return dummy(nor);
    case NOR_PHASE_END: reject_running(nor); break;
    case NOR_PHASE_DEAF: break;
    }
    return (struct nor_lines){0, 0};
}

struct nor_lines nor_clock(struct nor *nor, uint64_t now_ps, enum nor_edge edge,
                           struct nor_lines in)
{
    struct nor_frame *frame = &nor->frame;
    if (!frame->selected) {
        return (struct nor_lines){0, 0};
    }
    frame->clocked = true;
    frame->level = (uint8_t)(in.level | (~in.driven & PULLED_UP));
    if (frame->watch_hold && (frame->level & 0x08) == 0) { /* paused: no clock comes through */
        return (struct nor_lines){0, 0};
    }
    if (frame->watch_reset && (frame->level & 0x08) == 0) {
        frame->watch_reset = false;
        nor->part->family->reset(nor, now_ps, true);
    }
    if (edge == NOR_EDGE_FALLING && (!frame->ddr || frame->skip_falling)) {
        frame->skip_falling = false;
        return frame->held;
    }
    bool was_ddr = frame->ddr;
    frame->held = step(nor, now_ps);
    frame->skip_falling = !was_ddr && frame->ddr && edge == NOR_EDGE_RISING;
    if (was_ddr && edge == NOR_EDGE_PERIOD) {
        struct nor_lines first = frame->held;
        frame->held = step(nor, now_ps);
        return first;
    }
    return frame->held;
}

static bool is_deaf(const struct nor *nor, uint64_t now_ps)
{
    return !nor->powered || nor->reset_low || now_ps < nor->deaf_until_ps ||
           now_ps < nor->cs_ready_ps;
}

static void enter_opcode(struct nor *nor)
{
    struct nor_frame *frame = &nor->frame;
    frame->phase = NOR_PHASE_OPCODE;
    frame->lanes = lanes_of(nor, 1);
    frame->bits_wanted = (frame->protocol & NOR_OCTAL) != 0 ? 16 : 8;
    frame->ddr = frame->protocol == NOR_DOPI;
}

void nor_select(struct nor *nor, uint64_t now_ps, uint64_t period_ps)
{
    struct nor_frame *frame = &nor->frame;
    nor_settle(nor, now_ps);
    nor->stats.frames++;
    memset(frame, 0, sizeof(*frame));
    frame->selected = true;
    frame->period_ps = period_ps;
    frame->level = 0xFF;
    frame->rst_armed = nor->rst_armed;
    nor->rst_armed = false;
    frame->wrap_mask = nor->part->size - 1;
    frame->protocol = nor->part->family->protocol(nor);
    frame->pair_swap = nor->part->swaps_pairs && frame->protocol == NOR_DOPI ? 1 : 0;
    bool pin = (nor->now.cr1 & CR1_QUAD) == 0 && !nor_in_qpi(nor);
    bool resets = (nor->now.cr2 & CR2_IO3R) != 0;
    frame->watch_reset = pin && resets;
    frame->watch_hold = pin && !resets && (nor->part->features & NOR_HAS_HOLD) != 0;
    if (is_deaf(nor, now_ps)) {
        frame->phase = NOR_PHASE_DEAF;
        nor_frame_reject(nor);
    } else if (nor->continuous != NULL) {
        frame->command = nor->continuous;
        enter_address(nor);
    } else {
        enter_opcode(nor);
    }
}

/* The next frame goes on with an address only if this one got as far as its data; CS# rising
 * before ends continuous read [FMF]. Of other families that is a feature of the part. */
static void end_read(struct nor *nor)
{
    struct nor_frame *frame = &nor->frame;
    if (!has_mode(frame)) {
        return;
    }
    bool keeps = (nor->part->features & NOR_KEEPS_CONTINUOUS) != 0;
    bool moded = frame->phase == NOR_PHASE_OUT || (keeps && frame->phase == NOR_PHASE_DUMMY);
    if (keeps && !moded) {
        return;
    }
    bool stays =
        moded && !frame->garbage && nor->part->family->continues(nor, frame->command, frame->mode);
    nor->continuous = stays ? frame->command : NULL;
}

void nor_deselect(struct nor *nor, uint64_t now_ps)
{
    struct nor_frame *frame = &nor->frame;
    if (!frame->selected) {
        return;
    }
    frame->selected = false;
    nor_settle(nor, now_ps);
    nor->cs_ready_ps = now_ps + nor_time_fixed(nor, NOR_TIME_CS_HIGH);
    if (frame->phase == NOR_PHASE_DEAF) {
        return;
    }
    const struct nor_command *command = frame->command;
    bool odd = frame->protocol == NOR_DOPI && frame->data_count % 2 != 0; /* half a clock */
    bool whole =
        frame->phase == NOR_PHASE_END ||
        (frame->phase == NOR_PHASE_IN && frame->bits == 0 && frame->data_count != 0 && !odd);
    if (command == NULL) {
        if (frame->clocked) {
            nor_frame_reject(nor);
        }
    } else if (whole || (command->flags & NOR_ANY_LENGTH) != 0) {
        nor->part->family->execute(nor, now_ps);
    } else if (command->direction == NOR_DATA_OUT) {
        end_read(nor);
    } else {
        nor_frame_reject(nor);
    }
}
