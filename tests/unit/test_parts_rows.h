/* SPDX-License-Identifier: MIT */
/*
 * What is wrong with a part file, as a line of text; NULL if nothing is. Rules that hold for every
 * serial NOR, and what is publicly known of each vendor's opcodes.
 */
#ifndef EXTLOAD_TESTS_UNIT_TEST_PARTS_ROWS_H
#define EXTLOAD_TESTS_UNIT_TEST_PARTS_ROWS_H

#include "board/part_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MIB UINT32_C(0x100000)

/* What is common to all parts of a vendor that are in data/parts. */
struct vendor {
    const char *name;
    uint8_t id;
    uint8_t methods; /* bit n: QER n */
    enum error_scheme scheme;
    uint8_t clear_status, exit_4byte;
    bool reads_35h;    /* 35h is a register, not the way into QPI */
    bool programs_38h; /* 38h is a program, not the way into QPI */
};

static const struct vendor vendors[] = {
    {"Infineon", 0x01, 1 << 5, ERROR_SCHEME_SR2_07_B6B5, 0x30, 0xE9, true, false},
    {"Winbond", 0xEF, 1 << 4 | 1 << 5 | 1 << 6, ERROR_SCHEME_NONE, 0, 0xE9, true, false},
    {"GigaDevice", 0xC8, 1 << 4 | 1 << 5 | 1 << 6, ERROR_SCHEME_NONE, 0, 0xE9, true, false},
    {"Renesas", 0x1F, 1 << 1, ERROR_SCHEME_NONE, 0, 0, true, false},
    {"Microchip", 0xBF, 1 << 5, ERROR_SCHEME_NONE, 0, 0, true, false},
    {"Macronix", 0xC2, 1 << 0 | 1 << 2, ERROR_SCHEME_SCUR_2B_B6B5, 0, 0xE9, false, true},
    {"ISSI", 0x9D, 1 << 2, ERROR_SCHEME_NONE, 0, 0x29, false, false},
    {"Micron", 0x20, 1 << 0, ERROR_SCHEME_FSR_70_B5B4, 0x50, 0xE9, false, false},
};

static inline const struct vendor *vendor_of(const struct part_file *part)
{
    for (size_t i = 0; i < sizeof vendors / sizeof vendors[0]; i++) {
        if (strcmp(vendors[i].name, part->part.vendor) == 0) {
            return &vendors[i];
        }
    }
    return NULL;
}

/* The 3-byte opcode and the one that always takes 4 bytes. */
static inline uint8_t form_4byte(uint8_t opcode, const char *vendor)
{
    static const uint8_t pairs[][2] = {{0x03, 0x13}, {0x0B, 0x0C}, {0x3B, 0x3C}, {0x6B, 0x6C},
                                       {0xEB, 0xEC}, {0x02, 0x12}, {0x32, 0x34}, {0x38, 0x3E},
                                       {0x20, 0x21}, {0xD8, 0xDC}};
    if (opcode == 0x52) {
        return strcmp(vendor, "Infineon") == 0 ? 0x53 : 0x5C;
    }
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (pairs[i][0] == opcode) {
            return pairs[i][1];
        }
    }
    return 0;
}

static inline bool is_4byte(uint8_t opcode, const char *vendor)
{
    for (unsigned three = 1; three < 256; three++) {
        if (form_4byte((uint8_t)three, vendor) == opcode) {
            return true;
        }
    }
    return false;
}

static inline const char *check_vendor(const struct part_file *part)
{
    const struct vendor *vendor = vendor_of(part);
    const struct part_setup *setup = &part->setup;
    struct flash_block block;
    if (vendor == NULL) {
        return "a vendor that the test does not know";
    }
    if (part->part.id[0] != vendor->id) {
        return "the ID is another vendor's";
    }
    if ((vendor->methods >> setup->quad_enable & 1) == 0) {
        return "the vendor enables quad in another way";
    }
    if (setup->error_scheme != vendor->scheme || part->flash.clear_status != vendor->clear_status) {
        return "the vendor shows or clears errors in another way";
    }
    if (setup->exit_4byte != 0 && setup->exit_4byte != vendor->exit_4byte) {
        return "the vendor leaves 4-byte addresses in another way";
    }
    if (setup->volatile_status && part->flash.clear_status == 0x50) {
        return "50h cannot both clear errors and make a write volatile";
    }
    part_setup_fill(setup, 4, UINT32_MAX, &block);
    for (unsigned i = 0; i < BOARD_BLOCK_FLASH_STEPS && !vendor->reads_35h; i++) {
        if (block.steps[i].read == 0x35 || block.status.opcode == 0x35 ||
            block.read_config == 0x35) {
            return "35h enters QPI";
        }
    }
    return NULL;
}

/* Each opcode, used wherever its size allows, erases the chip exactly once. */
static inline const char *check_erases(const struct part_file *part)
{
    const struct flash_erase *erase = part->flash.erase;
    uint32_t size = part->part.size;
    for (unsigned i = 0; i < BOARD_BLOCK_ERASE_TYPES && erase[i].size_log2 != 0; i++) {
        uint64_t at = 0;
        while (at < size) {
            uint32_t unit = 0, matches = 0;
            for (unsigned k = 0; k < BOARD_BLOCK_ERASE_TYPES; k++) {
                uint32_t length = UINT32_C(1) << erase[k].size_log2;
                if (erase[k].opcode != erase[i].opcode || erase[k].size_log2 == 0 ||
                    at + length > size) {
                    continue;
                }
                uint64_t behind = size - length - at, edge = (at < behind ? at : behind) / 4096;
                if (edge >= erase[k].edge_from &&
                    (erase[k].edge_to == 0 || edge < erase[k].edge_to)) {
                    unit = length;
                    matches++;
                }
            }
            if (matches != 1 || at % unit != 0) {
                return "an erase opcode does not cover the chip once";
            }
            at += unit;
        }
    }
    return erase[0].size_log2 != 12 ? "no erase of 4 KiB" : NULL;
}

static inline const char *check_opcode(const struct part_file *part, uint8_t opcode)
{
    bool four = part->flash.address_bytes == 4;
    if (four ? !is_4byte(opcode, part->part.vendor) : form_4byte(opcode, part->part.vendor) == 0) {
        return four ? "an opcode that takes 3 address bytes"
                    : "an opcode that takes 4 address bytes";
    }
    return NULL;
}

static inline const char *check_forms(const struct part_file *part)
{
    const char *wrong = check_opcode(part, part->flash.read_slow.opcode);
    if ((part->flash.address_bytes == 4) != (part->part.size > 16 * MIB)) {
        return "4 address bytes and more than 16 MiB belong together";
    }
    for (unsigned i = 0; i < BOARD_BLOCK_ERASE_TYPES && part->part.erase[i].size_log2 != 0; i++) {
        uint8_t opcode = part->part.erase[i].opcode, other = part->part.erase[i].opcode_4byte;
        wrong = wrong == NULL ? check_opcode(part, opcode) : wrong;
        if (other != 0 && other != form_4byte(opcode, part->part.vendor)) {
            return "opcode and opcode_4byte are no pair";
        }
    }
    for (unsigned i = 0; i < part->read_count && wrong == NULL; i++) {
        const struct flash_command *command = &part->reads[i].command;
        wrong = command->command_lanes == 1 ? check_opcode(part, command->opcode) : NULL;
    }
    for (unsigned i = 0; i < part->program_count && wrong == NULL; i++) {
        const struct flash_command *command = &part->programs[i].command;
        wrong = command->command_lanes == 1 ? check_opcode(part, command->opcode) : NULL;
    }
    return wrong;
}

/* A mode byte that no vendor takes for "stay": Axh, bits 5:4 = 10, or two unequal nibbles. */
static inline bool leaves_continuous_read(uint8_t mode)
{
    return mode >> 4 != 0xA && (mode >> 4 & 3) != 2 && mode >> 4 == (mode & 0xF);
}

static inline const char *check_commands(const struct part_file *part)
{
    const struct vendor *vendor = vendor_of(part);
    bool four = false;
    for (unsigned i = 0; i < part->read_count; i++) {
        const struct flash_command *command = &part->reads[i].command;
        if (part->reads[i].max_hz > part->part.max_hz || part->reads[i].max_hz == 0) {
            return "a read is faster than the part";
        }
        if (command->mode_clocks != 0 && !leaves_continuous_read(command->mode_value)) {
            return "a mode byte that may stay in continuous read";
        }
        if (command->data_lanes == 4 && !four && command->mode_clocks != 0) {
            return "the first read on four lines has a mode byte";
        }
        four = four || command->data_lanes == 4;
    }
    for (unsigned i = 0; i < part->program_count; i++) {
        uint8_t opcode = part->programs[i].command.opcode;
        if (part->programs[i].max_hz > part->part.max_hz) {
            return "a program is faster than the part";
        }
        if ((opcode == 0x38 || opcode == 0x3E) && !vendor->programs_38h) {
            return "38h enters QPI";
        }
        if ((opcode == 0x32 || opcode == 0x34) && vendor->programs_38h) {
            return "the vendor has no 32h";
        }
    }
    if (!part->octal.known && !four) {
        return "no read on four lines";
    }
    return part->part.read_slow_max_hz > (part->octal.known ? 66000000 : 50000000)
               ? "the slow read is too fast"
               : NULL;
}

static inline const char *check_times(const struct part_file *part)
{
    const struct part *row = &part->part;
    uint64_t sum = 0, smallest = row->erase[0].typ_ms;
    for (unsigned i = 0; i < BOARD_BLOCK_ERASE_TYPES && row->erase[i].size_log2 != 0; i++) {
        uint32_t blocks = row->size >> row->erase[i].size_log2;
        sum = (uint64_t)row->erase[i].typ_ms * blocks;
        if (row->erase[i].max_ms < row->erase[i].typ_ms) {
            return "an erase may take less than it does";
        }
        if (row->erase[i].typ_ms > smallest
                                       << (row->erase[i].size_log2 - row->erase[0].size_log2)) {
            return "a large erase is slower than its small ones";
        }
    }
    if (row->page_program_max_us < row->page_program_typ_us ||
        row->chip_erase_max_ms < row->chip_erase_typ_ms) {
        return "a maximum below the typical time";
    }
    if (row->chip_erase_typ_ms > sum * 5 / 4) {
        return "a chip erase is slower than all its blocks";
    }
    if (row->chip_erase_max_ms < row->erase[0].max_ms) {
        return "a chip erase is faster than one sector's";
    }
    return part->flash.reset_busy_us < part->flash.reset_us ? "a busy chip resets faster" : NULL;
}

static inline bool is_power(uint64_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

static inline const char *check_sizes(const struct part_file *part)
{
    if (!is_power(part->part.size) || !is_power(part->part.page_size) ||
        part->part.page_size != 256) {
        return "a size that no part has";
    }
    return part->supply_min_mv < part->supply_max_mv ? NULL : "no supply range";
}

static inline const char *check_part(const struct part_file *part)
{
    const char *(*const checks[])(const struct part_file *) = {
        check_vendor, check_sizes, check_erases, check_forms, check_commands, check_times};
    const char *wrong = NULL;
    for (size_t i = 0; i < sizeof checks / sizeof checks[0] && wrong == NULL; i++) {
        wrong = checks[i](part);
    }
    return wrong;
}

#endif
