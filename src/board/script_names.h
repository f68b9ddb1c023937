/* SPDX-License-Identifier: MIT */
/*
 * Names in a script: registers, their set and clear aliases, their bits.
 */
#ifndef EXTLOAD_BOARD_SCRIPT_NAMES_H
#define EXTLOAD_BOARD_SCRIPT_NAMES_H

#include "board/mcu.h"

enum register_alias {
    ALIAS_NONE,
    ALIAS_SET,
    ALIAS_CLEAR
};

/* A reference to a register, perhaps to one field of it. */
struct register_reference {
    const struct mcu_peripheral *peripheral; /* NULL = a bare address */
    const struct mcu_register *reg;          /* NULL = a bare address */
    const struct mcu_bits *field;            /* NULL = the whole register */
    enum register_alias alias;
    uint32_t address;
};

/* Distance of the aliases from their register [ST SVD: every RCC configuration register]. */
#define REGISTER_SET_OFFSET   0x800u
#define REGISTER_CLEAR_OFFSET 0x1000u

/* Resolves "RCC.AHB4ENR.PWREN", "RCC.AHB4ENSR" or "0x56028A5C". On failure `hint` has the nearest
 * valid name. */
bool register_resolve(const struct mcu *mcu, const char *name, struct register_reference *reference,
                      char *hint, size_t hint_size);

/* A bit or field of the referenced register, named as its alias names it; NULL if unknown. */
const struct mcu_bits *register_find_bits(const struct mcu *mcu,
                                          const struct register_reference *reference,
                                          const char *name, char *hint, size_t hint_size);

uint32_t register_bits_mask(const struct mcu_bits *bits);

#endif
