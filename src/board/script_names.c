/* SPDX-License-Identifier: MIT */
#include "board/script_names.h"

#include "board/nearest.h"

#include <stdio.h>
#include <string.h>

/* Peripheral registers of this family, both aliases [CMSIS header cmsis-device-n6]. */
#define PERIPHERALS_FIRST UINT64_C(0x40000000)
#define PERIPHERALS_LAST  UINT64_C(0x5FFFFFFC)

static bool resolve_address(const char *name, struct register_reference *reference, char *hint,
                            size_t hint_size)
{
    uint64_t address = 0;
    if (!quantity_parse(QUANTITY_NUMBER, name, &address) || address < PERIPHERALS_FIRST ||
        address > PERIPHERALS_LAST || address % 4 != 0) {
        snprintf(hint, hint_size, "an address is a multiple of 4 from 0x40000000 to 0x5FFFFFFC");
        return false;
    }
    reference->address = (uint32_t)address;
    return true;
}

static const struct mcu_peripheral *find_peripheral(const struct mcu *mcu, const char *name,
                                                    char *hint, size_t hint_size)
{
    struct nearest nearest = {.wanted = name};
    for (unsigned i = 0; i < mcu->peripheral_count; i++) {
        if (strcmp(mcu->peripherals[i].name, name) == 0) {
            return &mcu->peripherals[i];
        }
        nearest_offer(&nearest, mcu->peripherals[i].name);
    }
    snprintf(hint, hint_size, "nearest peripheral: %s; or give the register's address",
             nearest.name != NULL ? nearest.name : "none");
    return NULL;
}

static bool find_register(const struct mcu *mcu, const char *name,
                          struct register_reference *reference, char *hint, size_t hint_size)
{
    struct nearest nearest = {.wanted = name};
    const struct mcu_peripheral *peripheral = reference->peripheral;
    for (unsigned i = 0; i < peripheral->register_count; i++) {
        const struct mcu_register *reg = &mcu->registers[peripheral->first_register + i];
        const char *names[] = {reg->name, reg->set_name, reg->clear_name};
        static const uint32_t offsets[] = {0, REGISTER_SET_OFFSET, REGISTER_CLEAR_OFFSET};
        for (unsigned alias = 0; alias < 3; alias++) {
            if (names[alias] == NULL) {
                continue;
            }
            nearest_offer(&nearest, names[alias]);
            if (strcmp(names[alias], name) == 0) {
                reference->reg = reg;
                reference->alias = (enum register_alias)alias;
                reference->address = peripheral->base + reg->offset + offsets[alias];
                return true;
            }
        }
    }
    snprintf(hint, hint_size, "nearest: %s.%s; or give the register's address", peripheral->name,
             nearest.name != NULL ? nearest.name : "none");
    return false;
}

const struct mcu_bits *register_find_bits(const struct mcu *mcu,
                                          const struct register_reference *reference,
                                          const char *name, char *hint, size_t hint_size)
{
    static const char *const suffixes[] = {"", "S", "C"};
    if (reference->reg == NULL) {
        snprintf(hint, hint_size, "bits of a bare address are given as numbers");
        return NULL;
    }
    struct nearest nearest = {.wanted = name};
    for (unsigned i = 0; i < reference->reg->bits_count; i++) {
        const struct mcu_bits *bits = &mcu->bits[reference->reg->first_bits + i];
        char full[48];
        snprintf(full, sizeof full, "%s%s", bits->name, suffixes[reference->alias]);
        if (strcmp(full, name) == 0) {
            return bits;
        }
        nearest_offer(&nearest, bits->name);
    }
    snprintf(hint, hint_size, "nearest bit of %s: %s%s; or give a number", reference->reg->name,
             nearest.name != NULL ? nearest.name : "none",
             nearest.name != NULL ? suffixes[reference->alias] : "");
    return NULL;
}

bool register_resolve(const struct mcu *mcu, const char *name, struct register_reference *reference,
                      char *hint, size_t hint_size)
{
    *reference = (struct register_reference){.peripheral = NULL};
    if (name[0] >= '0' && name[0] <= '9') {
        return resolve_address(name, reference, hint, hint_size);
    }
    char parts[3][48] = {"", "", ""};
    const char *rest = name;
    unsigned count = 0;
    while (count < 3) {
        size_t length = strcspn(rest, ".");
        snprintf(parts[count++], sizeof parts[0], "%.*s", (int)(length < 47 ? length : 47), rest);
        rest += length;
        if (*rest != '.') {
            break;
        }
        rest++;
    }
    if (count < 2 || *rest != '\0') {
        snprintf(hint, hint_size, "write PERIPHERAL.REGISTER or PERIPHERAL.REGISTER.BIT");
        return false;
    }
    reference->peripheral = find_peripheral(mcu, parts[0], hint, hint_size);
    if (reference->peripheral == NULL ||
        !find_register(mcu, parts[1], reference, hint, hint_size)) {
        return false;
    }
    if (count == 3) {
        reference->field = register_find_bits(mcu, reference, parts[2], hint, hint_size);
        return reference->field != NULL;
    }
    return true;
}

uint32_t register_bits_mask(const struct mcu_bits *bits)
{
    return (uint32_t)(((UINT64_C(1) << bits->width) - 1) << bits->low);
}
