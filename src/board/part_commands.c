/* SPDX-License-Identifier: MIT */
/* The read and program commands of a part file. */
#include "board/part_file.h"

#include <stddef.h>

#define OPCODE_MAX 0xFF

/* The fastest clock at the latency that a reset leaves: entry n of the list is for n + 1 clocks,
 * the last one for all above. */
static bool read_latencies(struct yaml_file *file, const struct schema_value *list,
                           uint64_t latency, uint32_t *max_hz, struct error *error)
{
    yaml_node_t *item = NULL;
    for (unsigned i = 0; (item = yaml_list_item(file, list->node, i)) != NULL; i++) {
        uint64_t hz = 0;
        if (yaml_text(item) == NULL || !quantity_parse(QUANTITY_FREQUENCY, yaml_text(item), &hz) ||
            hz > UINT32_MAX) {
            yaml_error(file, item, ERROR_WRONG_TYPE, error, "an entry of `clocks_by_latency`");
            return error_hint(error, "write %s", quantity_form(QUANTITY_FREQUENCY));
        }
        if (i < latency) {
            *max_hz = (uint32_t)hz;
        }
    }
    return true;
}

struct command_values {
    struct schema_value opcode, lanes, mode_clocks, mode_value, dummy_clocks, clock, latencies;
};
const struct schema_key part_command_keys[] = {
    NUMBER_KEY(command_values, opcode, "opcode", QUANTITY_NUMBER, true, 1, OPCODE_MAX, "opcode"),
    CHOICE_KEY(command_values, lanes, "lanes", true, "1-1-1 1-1-2 1-2-2 1-1-4 1-4-4 8-8-8 8D-8D-8D",
               "lines of opcode, address and data; D: on both edges"),
    NUMBER_KEY(command_values, mode_clocks, "mode_clocks", QUANTITY_NUMBER, false, 1, 8,
               "clocks of the mode byte"),
    NUMBER_KEY(command_values, mode_value, "mode_value", QUANTITY_NUMBER, false, 0, 0xFF,
               "a mode byte that does not enter continuous read"),
    NUMBER_KEY(command_values, dummy_clocks, "dummy_clocks", QUANTITY_NUMBER, false, 1, 31,
               "dummy clocks, for commands that do not follow `latency`"),
    NUMBER_KEY(command_values, clock, "clock", QUANTITY_FREQUENCY, false, 1000000, 1000000000,
               "fastest clock, for commands that do not follow `latency`"),
    LIST_KEY(command_values, latencies, "clocks_by_latency", false, 31,
             "fastest clock with 1, 2, ... dummy clocks"),
    END_OF_KEYS,
};

bool part_read_commands(struct yaml_file *file, const struct schema_value *list, uint64_t latency,
                        struct part_command *commands, unsigned *count, struct error *error)
{
    static const uint8_t lanes[][4] = {{1, 1, 1},
                                       {1, 1, 2},
                                       {1, 2, 2},
                                       {1, 1, 4},
                                       {1, 4, 4},
                                       {8, 8, 8},
                                       {8, 8, 8, FLASH_COMMAND_DTR}};
    yaml_node_t *item = NULL;
    for (unsigned i = 0; (item = yaml_list_item(file, list->node, i)) != NULL; i++) {
        struct command_values values = {.opcode = {.node = NULL}};
        if (!schema_read(file, item, "a command", part_command_keys, &values, error)) {
            return false;
        }
        bool table = values.latencies.node != NULL;
        if (table == (values.clock.node != NULL)) {
            return yaml_error(file, item, ERROR_MISSING_KEY, error,
                              "one of `clock` and `clocks_by_latency` in a command");
        }
        const uint8_t *line = lanes[values.lanes.number];
        commands[i] = (struct part_command){
            .command = {.opcode = (uint8_t)values.opcode.number,
                        .command_lanes = line[0],
                        .address_lanes = line[1],
                        .data_lanes = line[2],
                        .mode_clocks = (uint8_t)values.mode_clocks.number,
                        .mode_value = (uint8_t)values.mode_value.number,
                        .dummy_clocks = (uint8_t)(table ? latency : values.dummy_clocks.number),
                        .flags = line[3]},
            .max_hz = (uint32_t)values.clock.number,
        };
        if (table &&
            !read_latencies(file, &values.latencies, latency, &commands[i].max_hz, error)) {
            return false;
        }
        *count = i + 1;
    }
    return true;
}

const struct part_command *part_choose(const struct part_command *commands, unsigned count,
                                       uint8_t lanes, bool strobe)
{
    for (unsigned i = 0; i < count; i++) {
        const struct flash_command *command = &commands[i].command;
        bool needs_strobe = (command->flags & FLASH_COMMAND_DTR) != 0 && command->data_lanes == 8;
        if (command->address_lanes <= lanes && command->data_lanes <= lanes &&
            (strobe || !needs_strobe)) {
            return &commands[i];
        }
    }
    return NULL;
}
