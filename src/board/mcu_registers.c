/* SPDX-License-Identifier: MIT */
#include "board/mcu.h"

#include <stdlib.h>
#include <string.h>

struct register_values {
    struct schema_value name, offset, set, clear, bits;
};
const struct schema_key mcu_register_keys[] = {
    TEXT_KEY(register_values, name, "name", true, 31, "the vendor's name"),
    NUMBER_KEY(register_values, offset, "offset", QUANTITY_NUMBER, true, 0, 0xFFFC,
               "from the peripheral's base"),
    TEXT_KEY(register_values, set, "set", false, 31,
             "register at +0x800 whose bits, named with an S appended, set"),
    TEXT_KEY(register_values, clear, "clear", false, 31,
             "register at +0x1000 whose bits, named with a C appended, clear"),
    MAPPING_KEY(register_values, bits, "bits", false, NULL, "bits and fields by name"),
    END_OF_KEYS,
};

struct peripheral_values {
    struct schema_value name, base, layout;
};
const struct schema_key mcu_peripheral_keys[] = {
    TEXT_KEY(peripheral_values, name, "name", true, 15, "the vendor's name"),
    NUMBER_KEY(peripheral_values, base, "base", QUANTITY_NUMBER, true, 0, 0xFFFFFFFF,
               "first address, secure alias"),
    TEXT_KEY(peripheral_values, layout, "registers", true, 15, "name of its layout"),
    END_OF_KEYS,
};

/* "9" or "5:4" -> lowest bit and width. */
static bool parse_bits(const char *text, struct mcu_bits *bits)
{
    char high_text[4] = "";
    const char *colon = strchr(text, ':');
    size_t length = colon != NULL ? (size_t)(colon - text) : strlen(text);
    if (length == 0 || length >= sizeof high_text) {
        return false;
    }
    memcpy(high_text, text, length);
    uint64_t high = 0;
    uint64_t low = 0;
    if (!quantity_parse(QUANTITY_NUMBER, high_text, &high)) {
        return false;
    }
    low = high;
    if (colon != NULL && !quantity_parse(QUANTITY_NUMBER, colon + 1, &low)) {
        return false;
    }
    if (high > 31 || low > high) {
        return false;
    }
    bits->low = (uint8_t)low;
    bits->width = (uint8_t)(high - low + 1);
    return true;
}

static bool read_bits(struct mcu *mcu, struct mcu_register *reg, const yaml_node_t *node,
                      struct error *error)
{
    reg->first_bits = mcu->bits_count;
    yaml_node_t *name = NULL;
    yaml_node_t *place = NULL;
    for (unsigned i = 0; yaml_mapping_pair(&mcu->file, node, i, &name, &place); i++) {
        if (mcu->bits_count == MCU_BITS_MAX) {
            return yaml_error(&mcu->file, name, ERROR_BAD_VALUE, error, "more than %d bits",
                              MCU_BITS_MAX);
        }
        struct mcu_bits *bits = &mcu->bits[mcu->bits_count];
        bits->name = yaml_text(name);
        if (bits->name == NULL || yaml_text(place) == NULL || !parse_bits(yaml_text(place), bits)) {
            yaml_error(&mcu->file, place, ERROR_WRONG_TYPE, error, "bit of %s", reg->name);
            return error_hint(error, "write a bit as 9, a field as \"5:4\"");
        }
        mcu->bits_count++;
        reg->bits_count++;
    }
    return true;
}

static bool read_register(struct mcu *mcu, yaml_node_t *item, struct error *error)
{
    struct register_values values = {.name = {.node = NULL}};
    if (!schema_read(&mcu->file, item, "a register", mcu_register_keys, &values, error)) {
        return false;
    }
    if (mcu->register_count == MCU_REGISTERS_MAX || values.offset.number % 4 != 0) {
        return schema_error(&mcu->file, &values.name, ERROR_BAD_VALUE, error,
                            "more than %d registers, or an offset that is no multiple of 4",
                            MCU_REGISTERS_MAX);
    }
    struct mcu_register *reg = &mcu->registers[mcu->register_count++];
    *reg = (struct mcu_register){.name = values.name.text,
                                 .offset = (uint32_t)values.offset.number,
                                 .set_name = values.set.text,
                                 .clear_name = values.clear.text};
    return values.bits.node == NULL || read_bits(mcu, reg, values.bits.node, error);
}

/* A layout's registers follow each other in mcu->registers. */
struct layout {
    const char *name;
    unsigned first, count;
};

static bool read_layouts(struct mcu *mcu, const yaml_node_t *node, struct layout *layouts,
                         unsigned *count, struct error *error)
{
    yaml_node_t *name = NULL;
    yaml_node_t *list = NULL;
    for (unsigned i = 0; yaml_mapping_pair(&mcu->file, node, i, &name, &list); i++) {
        if (i == MCU_PERIPHERALS_MAX || yaml_text(name) == NULL ||
            list->type != YAML_SEQUENCE_NODE) {
            return yaml_error(&mcu->file, name, ERROR_WRONG_TYPE, error,
                              "a layout is a name and a list of registers");
        }
        layouts[i] = (struct layout){.name = yaml_text(name), .first = mcu->register_count};
        yaml_node_t *item = NULL;
        for (unsigned j = 0; (item = yaml_list_item(&mcu->file, list, j)) != NULL; j++) {
            if (!read_register(mcu, item, error)) {
                return false;
            }
        }
        layouts[i].count = mcu->register_count - layouts[i].first;
        *count = i + 1;
    }
    return true;
}

static bool read_peripheral(struct mcu *mcu, yaml_node_t *item, const struct layout *layouts,
                            unsigned layout_count, struct error *error)
{
    struct peripheral_values values = {.name = {.node = NULL}};
    if (!schema_read(&mcu->file, item, "a peripheral", mcu_peripheral_keys, &values, error)) {
        return false;
    }
    for (unsigned i = 0; i < layout_count; i++) {
        if (strcmp(layouts[i].name, values.layout.text) == 0) {
            mcu->peripherals[mcu->peripheral_count++] =
                (struct mcu_peripheral){.name = values.name.text,
                                        .base = (uint32_t)values.base.number,
                                        .first_register = layouts[i].first,
                                        .register_count = layouts[i].count};
            return true;
        }
    }
    return schema_error(&mcu->file, &values.layout, ERROR_UNKNOWN_NAME, error, "layout `%s`",
                        values.layout.text);
}

bool mcu_read_registers(struct mcu *mcu, const yaml_node_t *layouts, const yaml_node_t *peripherals,
                        struct error *error)
{
    struct layout found[MCU_PERIPHERALS_MAX];
    unsigned count = 0;
    if (!read_layouts(mcu, layouts, found, &count, error)) {
        return false;
    }
    yaml_node_t *item = NULL;
    for (unsigned i = 0; (item = yaml_list_item(&mcu->file, peripherals, i)) != NULL; i++) {
        if (!read_peripheral(mcu, item, found, count, error)) {
            return false;
        }
    }
    return true;
}
