/* SPDX-License-Identifier: MIT */
/*
 * The commands of one chip: the rows of its family that the part has, and those that are made of
 * the part's own lists of reads and erases.
 */
#include "sim/nor/chip.h"

/* Rows of nor->of_part: two a list entry, the second one always with 4 address bytes. */
enum {
    FIRST_READ = 2 * NOR_ERASE_TYPES
};

static void add(struct nor *nor, const struct nor_command *command)
{
    bool octal = (command->protocols & NOR_OCTAL) != 0;
    nor->by_opcode[octal][command->opcode] = command;
}

static uint8_t protocols_of(const struct nor *nor, bool qpi)
{
    bool has = (nor->part->features & NOR_IF_QPI) != 0;
    return qpi && has ? NOR_SPI | NOR_QPI : NOR_SPI;
}

static void add_erase(struct nor *nor, struct nor_command *row, uint8_t opcode, bool four)
{
    *row = (struct nor_command){
        .opcode = opcode,
        .protocols = protocols_of(nor, true),
        .action = NOR_ERASE_TYPE,
        .address = four ? NOR_ADDRESS_FOUR : NOR_ADDRESS_MODE,
        .address_lanes = 1,
        .dummy = NOR_DUMMY_NONE,
        .direction = NOR_NO_DATA,
        .data_lanes = 1,
        .speed = NOR_SPEED_ANY,
        .flags = NOR_NEEDS_WEL,
    };
    add(nor, row);
}

static enum nor_speed speed_of(const struct nor_read_type *read)
{
    if (read->data_lanes == 4) {
        return NOR_SPEED_QUAD;
    }
    if (read->data_lanes == 2) {
        return read->address_lanes == 2 ? NOR_SPEED_1_2_2 : NOR_SPEED_1_1_2;
    }
    bool slow = read->mode_clocks + read->wait_clocks == 0;
    return slow ? NOR_SPEED_SLOW_READ : NOR_SPEED_1_1_1;
}

static bool has_mode_byte(const struct nor_read_type *read)
{
    unsigned clocks = (unsigned)read->mode_clocks + read->wait_clocks;
    return read->mode_clocks != 0 && clocks * read->address_lanes >= 8;
}

/* In QPI a quad I/O read is there too, and a plain fast read. */
static void add_read(struct nor *nor, struct nor_command *row, const struct nor_read_type *read,
                     uint8_t opcode, bool four)
{
    bool quad_io = read->address_lanes == 4;
    bool fast = read->data_lanes == 1 && read->wait_clocks != 0;
    uint32_t flags = NOR_ARRAY_READ;
    flags |= read->data_lanes == 4 ? NOR_NEEDS_QUAD : 0u;
    flags |= quad_io ? NOR_WRAPS : 0u;
    flags |= has_mode_byte(read) ? NOR_MODE_BYTE : 0u;
    *row = (struct nor_command){
        .opcode = opcode,
        .protocols = protocols_of(nor, quad_io || fast),
        .action = NOR_READ_ARRAY,
        .address = four ? NOR_ADDRESS_FOUR : NOR_ADDRESS_MODE,
        .address_lanes = read->address_lanes,
        .dummy = NOR_DUMMY_LATENCY,
        .direction = NOR_DATA_OUT,
        .data_lanes = read->data_lanes,
        .speed = (uint8_t)speed_of(read),
        .flags = flags,
    };
    add(nor, row);
}

void nor_commands_make(struct nor *nor)
{
    const struct nor_part *part = nor->part;
    for (const struct nor_command *row = part->family->commands; row->protocols != 0; row++) {
        if ((row->flags & NOR_IF_MASK & ~part->features) == 0) {
            add(nor, row);
        }
    }
    for (unsigned i = 0; i < NOR_ERASE_TYPES && part->erases[i].size != 0; i++) {
        struct nor_command *rows = nor->of_part + 2 * i;
        add_erase(nor, &rows[0], part->erases[i].opcode, false);
        if (part->erases[i].opcode_4b != 0) {
            add_erase(nor, &rows[1], part->erases[i].opcode_4b, true);
        }
    }
    for (unsigned i = 0; i < NOR_READ_TYPES && part->reads[i].opcode != 0; i++) {
        struct nor_command *rows = nor->of_part + FIRST_READ + 2 * i;
        add_read(nor, &rows[0], &part->reads[i], part->reads[i].opcode, false);
        if (part->reads[i].opcode_4b != 0) {
            add_read(nor, &rows[1], &part->reads[i], part->reads[i].opcode_4b, true);
        }
    }
}

const struct nor_erase_type *nor_erase_type_of(const struct nor *nor,
                                               const struct nor_command *command)
{
    return &nor->part->erases[(command - nor->of_part) / 2];
}

const struct nor_read_type *nor_read_type_of(const struct nor *nor,
                                             const struct nor_command *command)
{
    uintptr_t first = (uintptr_t)(nor->of_part + FIRST_READ);
    uintptr_t end = (uintptr_t)(nor->of_part + FIRST_READ + 2 * NOR_READ_TYPES);
    uintptr_t at = (uintptr_t)command;
    if (at < first || at >= end) {
        return NULL;
    }
    return &nor->part->reads[(at - first) / (2 * sizeof(*command))];
}

bool nor_knows(const struct nor *nor, uint8_t opcode)
{
    const struct nor_command *command = nor->by_opcode[0][opcode];
    return command != NULL && (command->protocols & NOR_SPI) != 0;
}
