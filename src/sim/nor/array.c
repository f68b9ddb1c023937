/* SPDX-License-Identifier: MIT */
/*
 * The cells. Programming takes bits from 1 to 0, erasing sets whole units to 1. What is cut off
 * leaves bits that read either way ("marginal") until they are erased or programmed in full; how
 * many is a policy of this model, drawn from the seed, not a measured figure.
 */
#include "sim/nor/chip.h"

#include <stdlib.h>
#include <string.h>

uint8_t nor_cell_read(struct nor *nor, uint32_t address)
{
    uint8_t value = nor->array[address];
    if (nor->marginal != NULL && nor->marginal[address] != 0) {
        value = (uint8_t)(value ^ (nor->marginal[address] & nor_random(nor)));
    }
    return value;
}

/* Without memory for them the cells just have no marginal bits. */
static void set_marginal(struct nor *nor, uint32_t address, uint8_t bits)
{
    if (nor->marginal == NULL) {
        nor->marginal = calloc(nor->part->size, 1);
    }
    if (nor->marginal != NULL) {
        nor->marginal[address] = bits;
    }
}

void nor_cells_program(struct nor *nor, uint32_t page, const uint8_t *data)
{
    for (uint32_t i = 0; i < nor->part->page; i++) {
        nor->array[page + i] &= data[i];
        if (nor->marginal != NULL) {
            nor->marginal[page + i] &= data[i];
        }
    }
}

void nor_cells_erase(struct nor *nor, uint32_t address, uint32_t length)
{
    memset(nor->array + address, 0xFF, length);
    if (nor->marginal != NULL) {
        memset(nor->marginal + address, 0, length);
    }
}

void nor_cells_tear_program(struct nor *nor, uint32_t page, const uint8_t *data)
{
    for (uint32_t i = 0; i < nor->part->page; i++) {
        uint8_t changing = (uint8_t)(nor->array[page + i] & ~data[i]);
        uint64_t draw = nor_random(nor);
        uint8_t programmed = (uint8_t)(changing & draw);
        nor->array[page + i] = (uint8_t)(nor->array[page + i] & ~programmed);
        if (changing != 0) {
            set_marginal(nor, page + i, (uint8_t)(changing & (draw >> 8) & (draw >> 16)));
        }
    }
}

/* A torn erase goes through three looks: old content with bits taken away, noise, and blank with
 * marginal bits - the last one passes a blank check by chance. */
void nor_cells_tear_erase(struct nor *nor, uint32_t address, uint32_t length, uint64_t elapsed_ps,
                          uint64_t duration_ps)
{
    uint64_t eighths = duration_ps < 8 ? 8 : elapsed_ps / (duration_ps / 8);
    for (uint32_t i = address; i < address + length; i++) {
        uint64_t draw = nor_random(nor);
        uint8_t noise = (uint8_t)draw;
        uint8_t weak = (uint8_t)((draw >> 8) & (draw >> 16) & (draw >> 24));
        if (eighths < 2) {
            nor->array[i] &= noise;
        } else if (eighths < 6) {
            nor->array[i] = noise;
        } else {
            nor->array[i] = 0xFF;
        }
        set_marginal(nor, i, weak);
    }
}
