/* SPDX-License-Identifier: MIT */
#include "board/part_file.h"

#include <stdio.h>
#include <string.h>

#define OPCODE_MAX 0xFF
#define EDGE_UNIT  0x1000 /* the board block counts in it */
#define EDGE_MAX   (255 * EDGE_UNIT)
#define TIME_MAX   UINT64_C(2147000000) /* microseconds; the loader counts twice that in 32 bits */

struct span_values {
    struct schema_value self, typical, maximum;
};
static const struct schema_key span_keys[] = {
    NUMBER_KEY(span_values, typical, "typical", QUANTITY_TIME, true, 1, TIME_MAX, "typical time"),
    NUMBER_KEY(span_values, maximum, "maximum", QUANTITY_TIME, true, 1, TIME_MAX, "longest time"),
    END_OF_KEYS,
};

static const struct schema_key page_span_keys[] = {
    NUMBER_KEY(span_values, typical, "typical", QUANTITY_TIME, true, 1, BOARD_BLOCK_DELAY_MAX,
               "typical time"),
    NUMBER_KEY(span_values, maximum, "maximum", QUANTITY_TIME, true, 1, BOARD_BLOCK_DELAY_MAX,
               "longest time"),
    END_OF_KEYS,
};

struct time_values {
    struct schema_value self;
    struct span_values program, chip_erase;
    struct schema_value reset, reset_busy, wake, register_write, power_up, source, from_memory;
};
static const struct schema_key time_keys[] = {
    MAPPING_KEY(time_values, program, "page_program", true, page_span_keys, "time of a full page"),
    MAPPING_KEY(time_values, chip_erase, "chip_erase", true, span_keys, "time of a chip erase"),
    NUMBER_KEY(time_values, reset, "reset", QUANTITY_TIME, true, 1, 65535,
               "longest time from a reset of the idle chip to the next command"),
    NUMBER_KEY(time_values, reset_busy, "reset_busy", QUANTITY_TIME, false, 1,
               BOARD_BLOCK_DELAY_MAX, "the same of a chip that is erasing; as `reset` if left out"),
    NUMBER_KEY(time_values, wake, "wake", QUANTITY_TIME, true, 1, 65535,
               "longest time to leave deep power-down"),
    NUMBER_KEY(time_values, register_write, "register_write", QUANTITY_TIME, true, 1000, 65535000,
               "longest non-volatile register write"),
    NUMBER_KEY(time_values, power_up, "power_up", QUANTITY_TIME, true, 1, BOARD_BLOCK_DELAY_MAX,
               "longest time from power-up to the first command"),
    TEXT_KEY(time_values, source, "source", true, 159, "where the times come from"),
    CHOICE_KEY(time_values, from_memory, "from_memory", false, "no yes",
               "yes if some times are remembered and not looked up"),
    END_OF_KEYS,
};

struct slow_values {
    struct schema_value self, opcode, clock;
};
static const struct schema_key slow_keys[] = {
    NUMBER_KEY(slow_values, opcode, "opcode", QUANTITY_NUMBER, true, 1, OPCODE_MAX, "opcode"),
    NUMBER_KEY(slow_values, clock, "clock", QUANTITY_FREQUENCY, true, 1000000, 1000000000,
               "fastest clock"),
    END_OF_KEYS,
};

struct enter_values {
    struct schema_value self, opcode, address_bytes, address, str, dtr;
};
static const struct schema_key enter_keys[] = {
    NUMBER_KEY(enter_values, opcode, "opcode", QUANTITY_NUMBER, true, 1, OPCODE_MAX, "opcode"),
    NUMBER_KEY(enter_values, address_bytes, "address_bytes", QUANTITY_NUMBER, true, 3, 4,
               "bytes of the address"),
    NUMBER_KEY(enter_values, address, "address", QUANTITY_NUMBER, true, 0, 0xFFFFFFFF,
               "address of the register"),
    NUMBER_KEY(enter_values, str, "str", QUANTITY_NUMBER, true, 0, 0xFF, "value for 8S-8S-8S"),
    NUMBER_KEY(enter_values, dtr, "dtr", QUANTITY_NUMBER, true, 0, 0xFF, "value for 8D-8D-8D"),
    END_OF_KEYS,
};

struct register_values {
    struct schema_value self, address_bytes, dummy_str, dummy_dtr;
};
static const struct schema_key register_keys[] = {
    NUMBER_KEY(register_values, address_bytes, "address_bytes", QUANTITY_NUMBER, true, 0, 4,
               "address bytes of a register read"),
    NUMBER_KEY(register_values, dummy_str, "dummy_str", QUANTITY_NUMBER, true, 0, 31,
               "its dummy clocks in 8S-8S-8S"),
    NUMBER_KEY(register_values, dummy_dtr, "dummy_dtr", QUANTITY_NUMBER, true, 0, 31,
               "its dummy clocks in 8D-8D-8D"),
    END_OF_KEYS,
};

struct octal_values {
    struct schema_value self, extension, swaps_pairs;
    struct enter_values enter;
    struct register_values registers;
};
static const struct schema_key octal_keys[] = {
    CHOICE_KEY(octal_values, extension, "extension", true, "repeated inverse",
               "second opcode byte, as JESD216 BFPT DW18[30:29] counts it"),
    CHOICE_KEY(octal_values, swaps_pairs, "swaps_pairs", true, "no yes",
               "8D-8D-8D swaps the bytes of a pair, BFPT DW18 bit 31"),
    MAPPING_KEY(octal_values, enter, "enter", true, enter_keys,
                "the register write that enters it, after 06h"),
    MAPPING_KEY(octal_values, registers, "registers", true, register_keys, "register reads in it"),
    END_OF_KEYS,
};

struct part_values {
    struct schema_value name, vendor, id, size, page_size, address_bytes, supply_min, supply_max;
    struct schema_value memory_type, max_clock, quad_enable, error_scheme, clear_status;
    struct schema_value volatile_status, suspend_status, protect_mask, protect_mask_sr2;
    struct schema_value once_mask_sr2;
    struct schema_value global_unlock, exit_4byte, extended_address, read_id_quad, low_power_clock;
    struct schema_value chip_erase, latency, erase, reads, programs;
    struct slow_values read_slow;
    struct time_values times;
    struct octal_values octal;
};

const struct schema_key part_file_keys[] = {
    TEXT_KEY(part_values, name, "name", true, 31, "the name that boards use"),
    TEXT_KEY(part_values, vendor, "vendor", true, 31, "who makes it"),
    TEXT_KEY(part_values, id, "id", true, 8, "bytes that 9Fh reads, as `01 60 17`"),
    NUMBER_KEY(part_values, size, "size", QUANTITY_SIZE, true, 65536, 0x10000000, "bytes"),
    NUMBER_KEY(part_values, page_size, "page_size", QUANTITY_SIZE, true, 16, 4096,
               "bytes of a program page"),
    NUMBER_KEY(part_values, address_bytes, "address_bytes", QUANTITY_NUMBER, true, 3, 4,
               "address bytes of the opcodes in this file"),
    NUMBER_KEY(part_values, supply_min, "supply_min", QUANTITY_VOLTAGE, true, 1000, 5000,
               "lowest supply"),
    NUMBER_KEY(part_values, supply_max, "supply_max", QUANTITY_VOLTAGE, true, 1000, 5000,
               "highest supply"),
    NUMBER_KEY(part_values, memory_type, "memory_type", QUANTITY_NUMBER, false, 0, 7,
               "DCR1.MTYP of an XSPI"),
    NUMBER_KEY(part_values, max_clock, "max_clock", QUANTITY_FREQUENCY, true, 1000000, 1000000000,
               "fastest single-rate clock of any command"),
    CHOICE_KEY(part_values, quad_enable, "quad_enable", true, "0 1 2 3 4 5 6",
               "how quad mode is enabled, as JESD216 BFPT DW15[22:20] counts it"),
    CHOICE_KEY(
        part_values, error_scheme, "error_scheme", true,
        "none sr2_07_b6b5 scur_2b_b6b5 fsr_70_b5b4",
        "how a failed program or erase shows: opcode of the register, its erase and program bits"),
    CHOICE_KEY(part_values, suspend_status, "suspend_status", false,
               "none sr2_35_b7 sr2_35_b7b2 sr1_05_b2b3",
               "where a suspended operation shows, in a part of `error_scheme: none`"),
    NUMBER_KEY(part_values, clear_status, "clear_status", QUANTITY_NUMBER, false, 0, OPCODE_MAX,
               "opcode that clears error bits"),
    CHOICE_KEY(part_values, volatile_status, "volatile_status_50h", true, "no yes",
               "50h before a status write makes it volatile"),
    NUMBER_KEY(part_values, protect_mask, "protect_mask", QUANTITY_NUMBER, true, 0, 0xFF,
               "block protection bits of SR1"),
    NUMBER_KEY(part_values, protect_mask_sr2, "protect_mask_sr2", QUANTITY_NUMBER, false, 0, 0xFF,
               "those of the register that 35h reads, such as CMP"),
    NUMBER_KEY(part_values, once_mask_sr2, "once_mask_sr2", QUANTITY_NUMBER, false, 0, 0xFF,
               "bits of that register that lock something for good: never written as 1"),
    CHOICE_KEY(part_values, global_unlock, "global_unlock_98h", false,
               "never always if_15h_b2 if_2bh_b7",
               "when 98h has to unlock the blocks: at every Init, or if WPS or WPSEL is set"),
    NUMBER_KEY(part_values, exit_4byte, "exit_4byte", QUANTITY_NUMBER, false, 1, OPCODE_MAX,
               "opcode that leaves 4-byte address mode"),
    CHOICE_KEY(part_values, extended_address, "extended_address_c5h", false, "no yes",
               "C5h holds the high address byte of 3-byte commands"),
    NUMBER_KEY(part_values, read_id_quad, "read_id_quad", QUANTITY_NUMBER, false, 1, OPCODE_MAX,
               "opcode that reads the ID on four lines once quad is enabled"),
    NUMBER_KEY(part_values, low_power_clock, "low_power_clock", QUANTITY_FREQUENCY, false, 1000000,
               1000000000,
               "fastest clock of the low power mode; above it the loader sets CR2 bit 1"),
    NUMBER_KEY(part_values, chip_erase, "chip_erase", QUANTITY_NUMBER, true, 1, OPCODE_MAX,
               "opcode of the chip erase"),
    NUMBER_KEY(part_values, latency, "latency", QUANTITY_NUMBER, true, 0, 31,
               "dummy clocks of fast reads after a reset"),
    ITEMS_KEY(part_values, erase, "erase", true, BOARD_BLOCK_ERASE_TYPES, part_erase_keys,
              "erase commands, smallest first"),
    ITEMS_KEY(part_values, reads, "reads", true, PART_COMMANDS_MAX, part_command_keys,
              "fast reads; the first that the wired lanes allow is used"),
    ITEMS_KEY(part_values, programs, "programs", true, PART_COMMANDS_MAX, part_command_keys,
              "page programs; the first that the wired lanes allow is used"),
    MAPPING_KEY(part_values, read_slow, "read_slow", true, slow_keys,
                "the 1-line read that needs no setting"),
    MAPPING_KEY(part_values, times, "times", true, time_keys, "times"),
    MAPPING_KEY(part_values, octal, "octal", false, octal_keys, "protocols on eight lines"),
    END_OF_KEYS,
};

bool part_read_id(struct yaml_file *file, const struct schema_value *value, struct part *part,
                  struct error *error)
{
    for (unsigned i = 0; i < sizeof part->id; i++) {
        char byte[5] = "0x";
        uint64_t number = 0;
        if (strlen(value->text) != 8 || (i < 2 && value->text[3 * i + 2] != ' ')) {
            return schema_error(file, value, ERROR_WRONG_TYPE, error, "`id: %s`", value->text);
        }
        memcpy(byte + 2, value->text + 3 * i, 2);
        if (!quantity_parse(QUANTITY_NUMBER, byte, &number)) {
            return schema_error(file, value, ERROR_WRONG_TYPE, error, "`id: %s`", value->text);
        }
        part->id[i] = (uint8_t)number;
    }
    return true;
}

static uint8_t log2_of(uint64_t value)
{
    uint8_t result = 0;
    while (value > 1) {
        value >>= 1;
        result++;
    }
    return result;
}

static bool is_power_of_two(uint64_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

struct erase_values {
    struct schema_value opcode, opcode_4byte, size, typical, maximum, edge_from, edge_to;
};
const struct schema_key part_erase_keys[] = {
    NUMBER_KEY(erase_values, opcode, "opcode", QUANTITY_NUMBER, true, 1, OPCODE_MAX, "opcode"),
    NUMBER_KEY(erase_values, opcode_4byte, "opcode_4byte", QUANTITY_NUMBER, false, 1, OPCODE_MAX,
               "opcode of the form with a 4-byte address"),
    NUMBER_KEY(erase_values, size, "size", QUANTITY_SIZE, true, 256, 0x10000000, "bytes"),
    NUMBER_KEY(erase_values, typical, "typical", QUANTITY_TIME, true, 1000, TIME_MAX, "time"),
    NUMBER_KEY(erase_values, maximum, "maximum", QUANTITY_TIME, true, 1000, TIME_MAX, "time"),
    NUMBER_KEY(erase_values, edge_from, "edge_from", QUANTITY_SIZE, false, 0, EDGE_MAX,
               "this size only so far from the nearer end of the chip, or farther"),
    NUMBER_KEY(erase_values, edge_to, "edge_to", QUANTITY_SIZE, false, EDGE_UNIT, EDGE_MAX,
               "this size only nearer than so far from the nearer end of the chip"),
    END_OF_KEYS,
};

static bool read_erases(struct yaml_file *file, const struct schema_value *list,
                        struct part_file *part, struct error *error)
{
    yaml_node_t *item = NULL;
    uint64_t before = 0;
    for (unsigned i = 0; (item = yaml_list_item(file, list->node, i)) != NULL; i++) {
        struct erase_values values = {.opcode = {.node = NULL}};
        if (!schema_read(file, item, "an erase command", part_erase_keys, &values, error)) {
            return false;
        }
        if (!is_power_of_two(values.size.number) || values.size.number <= before ||
            values.size.number > part->part.size) {
            return schema_error(file, &values.size, ERROR_BAD_VALUE, error,
                                "erase sizes are ascending powers of two, at most the chip");
        }
        if (values.size.number < part->part.page_size) {
            return schema_error(file, &values.size, ERROR_BAD_VALUE, error,
                                "less than `page_size`, which is %u bytes", part->part.page_size);
        }
        if (values.maximum.number < values.typical.number) {
            return schema_error(file, &values.maximum, ERROR_BAD_VALUE, error,
                                "maximum below typical");
        }
        if (values.edge_from.number % EDGE_UNIT != 0 || values.edge_to.number % EDGE_UNIT != 0) {
            return schema_error(file,
                                values.edge_from.number % EDGE_UNIT != 0 ? &values.edge_from
                                                                         : &values.edge_to,
                                ERROR_BAD_VALUE, error, "no multiple of 4K");
        }
        before = values.size.number;
        part->part.erase[i].opcode = (uint8_t)values.opcode.number;
        part->part.erase[i].opcode_4byte = (uint8_t)values.opcode_4byte.number;
        part->part.erase[i].size_log2 = log2_of(values.size.number);
        part->part.erase[i].typ_ms = (uint32_t)((values.typical.number + 999) / 1000);
        part->part.erase[i].max_ms = (uint32_t)((values.maximum.number + 999) / 1000);
        part->flash.erase[i] =
            (struct flash_erase){.opcode = part->part.erase[i].opcode,
                                 .size_log2 = part->part.erase[i].size_log2,
                                 .edge_from = (uint8_t)(values.edge_from.number / EDGE_UNIT),
                                 .edge_to = (uint8_t)(values.edge_to.number / EDGE_UNIT),
                                 .max_ms = part->part.erase[i].max_ms};
    }
    return true;
}

static void take_part(struct part_file *file_part, const struct part_values *values)
{
    struct part *part = &file_part->part;
    snprintf(part->name, sizeof part->name, "%s", values->name.text);
    snprintf(part->vendor, sizeof part->vendor, "%s", values->vendor.text);
    snprintf(part->timing_source, sizeof part->timing_source, "%s", values->times.source.text);
    part->size = (uint32_t)values->size.number;
    part->page_size = (uint32_t)values->page_size.number;
    part->page_program_typ_us = (uint32_t)values->times.program.typical.number;
    part->page_program_max_us = (uint32_t)values->times.program.maximum.number;
    part->chip_erase_typ_ms = (uint32_t)(values->times.chip_erase.typical.number / 1000);
    part->chip_erase_max_ms = (uint32_t)((values->times.chip_erase.maximum.number + 999) / 1000);
    part->max_hz = (uint32_t)values->max_clock.number;
    part->read_slow_max_hz = (uint32_t)values->read_slow.clock.number;
    part->times_from_memory = values->times.from_memory.number == 1;
    file_part->supply_min_mv = (uint32_t)values->supply_min.number;
    file_part->supply_max_mv = (uint32_t)values->supply_max.number;
    file_part->memory_type = (uint8_t)values->memory_type.number;
}

static void take_flash(struct part_file *file_part, const struct part_values *values)
{
    const struct part *part = &file_part->part;
    struct flash_block *flash = &file_part->flash;
    memcpy(flash->id, part->id, sizeof flash->id);
    flash->id_length = sizeof flash->id;
    flash->size = part->size;
    flash->page_size = (uint16_t)part->page_size;
    flash->address_bytes = (uint8_t)values->address_bytes.number;
    flash->clear_status = (uint8_t)values->clear_status.number;
    flash->read_id_quad = (uint8_t)values->read_id_quad.number;
    flash->chip_erase = (uint8_t)values->chip_erase.number;
    flash->reset_us = (uint16_t)values->times.reset.number;
    flash->wake_us = (uint16_t)values->times.wake.number;
    flash->register_write_ms = (uint16_t)((values->times.register_write.number + 999) / 1000);
    flash->power_up_us = (uint32_t)values->times.power_up.number;
    flash->reset_busy_us =
        (uint32_t)(values->times.reset_busy.node != NULL ? values->times.reset_busy.number
                                                         : values->times.reset.number);
    flash->page_program_us = part->page_program_max_us;
    flash->chip_erase_ms = part->chip_erase_max_ms;
    flash->read_slow = (struct flash_command){.opcode = (uint8_t)values->read_slow.opcode.number,
                                              .command_lanes = 1,
                                              .address_lanes = 1,
                                              .data_lanes = 1};
}

static void take_setup(struct part_setup *setup, const struct part_values *values)
{
    *setup = (struct part_setup){
        .quad_enable = (enum quad_enable)values->quad_enable.number,
        .error_scheme = (enum error_scheme)values->error_scheme.number,
        .suspend_status = (enum suspend_status)values->suspend_status.number,
        .global_unlock = (enum global_unlock)values->global_unlock.number,
        .volatile_status = values->volatile_status.number != 0,
        .extended_address = values->extended_address.number != 0,
        .protect_mask = (uint8_t)values->protect_mask.number,
        .protect_mask_sr2 = (uint8_t)values->protect_mask_sr2.number,
        .once_mask_sr2 = (uint8_t)values->once_mask_sr2.number,
        .exit_4byte = (uint8_t)values->exit_4byte.number,
        .low_power_hz = (uint32_t)values->low_power_clock.number,
    };
}

/* Facts that contradict each other, or that the board block cannot hold. */
static bool check_setup(struct yaml_file *file, const struct part_values *values,
                        const struct part_setup *setup, struct error *error)
{
    struct flash_block block;
    bool reads_sr2 = setup->quad_enable == QUAD_ENABLE_SR2B1_DUAL_CLEARING ||
                     setup->quad_enable == QUAD_ENABLE_SR2B1_READ_35_WRITE_01 ||
                     setup->quad_enable == QUAD_ENABLE_SR2B1_READ_35_WRITE_31;
    if (setup->protect_mask_sr2 != 0 && !reads_sr2) {
        return schema_error(
            file, &values->protect_mask_sr2, ERROR_BAD_VALUE, error,
            "`protect_mask_sr2` needs `quad_enable` 1, 5 or 6, which read SR2 by 35h");
    }
    if (setup->once_mask_sr2 != 0 && !reads_sr2) {
        return schema_error(file, &values->once_mask_sr2, ERROR_BAD_VALUE, error,
                            "`once_mask_sr2` needs `quad_enable` 1, 5 or 6, which read SR2 by 35h");
    }
    if (setup->suspend_status != SUSPEND_STATUS_NONE && setup->error_scheme != ERROR_SCHEME_NONE) {
        return schema_error(file, &values->suspend_status, ERROR_BAD_VALUE, error,
                            "`suspend_status` beside an `error_scheme` that shows it");
    }
    if (setup->low_power_hz != 0 && setup->quad_enable != QUAD_ENABLE_SR1B6) {
        return schema_error(file, &values->low_power_clock, ERROR_BAD_VALUE, error,
                            "`low_power_clock` needs `quad_enable: 2`");
    }
    if (!part_setup_fill(setup, 4, UINT32_MAX, &block)) {
        return schema_error(file, &values->quad_enable, ERROR_BAD_VALUE, error,
                            "more than %d steps to set the chip up", BOARD_BLOCK_FLASH_STEPS);
    }
    return true;
}

static void take_octal(struct part_octal *octal, const struct octal_values *values)
{
    octal->known = values->self.node != NULL;
    octal->block = (struct octal_block){
        .extension = (uint8_t)values->extension.number,
        .flags = values->swaps_pairs.number != 0 ? OCTAL_SWAPS_PAIRS : 0,
        .register_address_bytes = (uint8_t)values->registers.address_bytes.number,
        .enter_opcode = (uint8_t)values->enter.opcode.number,
        .enter_address_bytes = (uint8_t)values->enter.address_bytes.number,
        .enter_address = (uint32_t)values->enter.address.number,
    };
    octal->enter_str = (uint8_t)values->enter.str.number;
    octal->enter_dtr = (uint8_t)values->enter.dtr.number;
    octal->dummy_str = (uint8_t)values->registers.dummy_str.number;
    octal->dummy_dtr = (uint8_t)values->registers.dummy_dtr.number;
}

static bool check_part(struct yaml_file *file, const struct part_values *values,
                       struct error *error)
{
    if (!is_power_of_two(values->size.number)) {
        return schema_error(file, &values->size, ERROR_BAD_VALUE, error, "no power of two");
    }
    if (!is_power_of_two(values->page_size.number)) {
        return schema_error(file, &values->page_size, ERROR_BAD_VALUE, error, "no power of two");
    }
    if (values->address_bytes.number == 3 && values->size.number > (UINT64_C(1) << 24)) {
        return schema_error(file, &values->address_bytes, ERROR_BAD_VALUE, error,
                            "3 address bytes reach 16 MiB");
    }
    if (values->supply_max.number < values->supply_min.number) {
        return schema_error(file, &values->supply_max, ERROR_BAD_VALUE, error,
                            "below `supply_min`");
    }
    const struct span_values *spans[] = {&values->times.program, &values->times.chip_erase};
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        if (spans[i]->maximum.number < spans[i]->typical.number) {
            return schema_error(file, &spans[i]->maximum, ERROR_BAD_VALUE, error,
                                "maximum below typical");
        }
    }
    return true;
}

static bool read_part(struct yaml_file *file, struct part_file *part, struct error *error)
{
    struct part_values values;
    memset(&values, 0, sizeof values);
    if (!schema_read(file, yaml_file_root(file), "a part file", part_file_keys, &values, error) ||
        !check_part(file, &values, error) || !part_read_id(file, &values.id, &part->part, error)) {
        return false;
    }
    take_part(part, &values);
    take_flash(part, &values);
    take_octal(&part->octal, &values.octal);
    take_setup(&part->setup, &values);
    return check_setup(file, &values, &part->setup, error) &&
           read_erases(file, &values.erase, part, error) &&
           part_read_commands(file, &values.reads, values.latency.number, part->reads,
                              &part->read_count, error) &&
           part_read_commands(file, &values.programs, values.latency.number, part->programs,
                              &part->program_count, error);
}

static bool take_file(struct part_file *part, struct yaml_file *file, struct error *error)
{
    bool ok = read_part(file, part, error);
    yaml_file_release(file);
    return ok;
}

bool part_load(struct part_file *part, const char *path, struct error *error)
{
    struct yaml_file file;
    memset(part, 0, sizeof *part);
    return yaml_file_load(&file, path, error) && take_file(part, &file, error);
}

bool part_parse(struct part_file *part, const char *path, const uint8_t *bytes, size_t size,
                struct error *error)
{
    struct yaml_file file;
    memset(part, 0, sizeof *part);
    return yaml_file_parse(&file, path, bytes, size, error) && take_file(part, &file, error);
}
