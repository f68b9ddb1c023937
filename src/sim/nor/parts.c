/* SPDX-License-Identifier: MIT */
/*
 * The modelled parts by name; their rows stand beside their families.
 */
#include "sim/nor/chip.h"

#include <string.h>

/* clang-format off: one a line */
static const struct nor_part *const parts[] = {
    &nor_part_s25fl064l,    &nor_part_s25fl128l,   &nor_part_s25fl256l,  &nor_part_mx66uw1g45g,
    &nor_part_mx25um51245g, &nor_part_w25q64jv,    &nor_part_w25q128jv,  &nor_part_w25q512jv,
    &nor_part_gd25q64,      &nor_part_gd25q128,    &nor_part_at25ql128a, &nor_part_mx25l12833f,
    &nor_part_mx25l25645g,  &nor_part_mx25r6435f,  &nor_part_is25lp128,  &nor_part_is25lp256,
    &nor_part_mt25ql512abb, &nor_part_sst26vf064b,
};
/* clang-format on */

const struct nor_part *nor_part_at(unsigned index)
{
    return index < sizeof(parts) / sizeof(parts[0]) ? parts[index] : NULL;
}

const struct nor_part *nor_part_find(const char *name)
{
    for (unsigned i = 0; name != NULL && nor_part_at(i) != NULL; i++) {
        if (strcmp(parts[i]->name, name) == 0) {
            return parts[i];
        }
    }
    return NULL;
}

uint8_t nor_sfdp_byte(const struct nor_part *part, uint32_t address)
{
    for (unsigned i = 0; i < sizeof(part->sfdp) / sizeof(part->sfdp[0]); i++) {
        const struct nor_sfdp *run = &part->sfdp[i];
        if (address >= run->at && address - run->at < run->size) {
            return run->bytes[address - run->at];
        }
    }
    return 0xFF;
}
