/* SPDX-License-Identifier: MIT */
/*
 * The cells. Programming takes bits from 1 to 0, erasing sets whole units to 1. What is cut off
 * leaves bits that read either way ("marginal"), or that read as they should and will not for long
 * ("weak"), until they are erased or programmed in full. How many, and when in an operation, is a
 * policy of this model, drawn from the seed, not a measured figure.
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

/* Without memory for them the cells just have no such bits. */
static uint8_t *list_of(struct nor *nor, uint8_t **list)
{
    if (*list == NULL) {
        *list = calloc(nor->part->size, 1);
    }
    return *list;
}

static void add_bits(struct nor *nor, uint8_t **list, uint32_t address, uint8_t bits)
{
    if (bits != 0 && list_of(nor, list) != NULL) {
        (*list)[address] |= bits;
    }
}

uint32_t nor_torn_cells(const struct nor *nor, uint32_t address, uint32_t length)
{
    uint32_t count = 0;
    for (uint32_t i = address; i < address + length; i++) {
        count += (nor->marginal != NULL && nor->marginal[i] != 0) ||
                 (nor->weak != NULL && nor->weak[i] != 0);
    }
    return count;
}

void nor_age(struct nor *nor)
{
    for (uint32_t i = 0; nor->weak != NULL && i < nor->part->size; i++) {
        add_bits(nor, &nor->marginal, i, nor->weak[i]);
        nor->weak[i] = 0;
    }
}

void nor_cells_program(struct nor *nor, uint32_t page, const uint8_t *data)
{
    for (uint32_t i = 0; i < nor->part->page; i++) {
        nor->array[page + i] &= data[i];
        if (nor->marginal != NULL) {
            nor->marginal[page + i] &= data[i];
        }
        if (nor->weak != NULL) {
            nor->weak[page + i] &= data[i];
        }
    }
}

void nor_cells_erase(struct nor *nor, uint32_t address, uint32_t length)
{
    memset(nor->array + address, 0xFF, length);
    if (nor->marginal != NULL) {
        memset(nor->marginal + address, 0, length);
    }
    if (nor->weak != NULL) {
        memset(nor->weak + address, 0, length);
    }
}

static uint64_t eighths_of(const struct nor_progress *progress)
{
    return progress->duration_ps < 8 ? 8 : progress->elapsed_ps / (progress->duration_ps / 8);
}

/* In its first eighth it has changed nothing that a read would show, in its last everything. */
void nor_cells_tear_program(struct nor *nor, uint32_t page, const uint8_t *data,
                            const struct nor_progress *progress)
{
    const uint64_t eighths = eighths_of(progress);
    for (uint32_t i = page; i < page + nor->part->page; i++) {
        uint8_t changing = (uint8_t)(nor->array[i] & ~data[i - page]);
        uint64_t draw = nor_random(nor);
        uint8_t programmed = (uint8_t)(changing & draw);
        uint8_t unsound = (uint8_t)(changing & (draw >> 8) & (draw >> 16));
        if (eighths < 1) {
            add_bits(nor, &nor->weak, i, unsound);
        } else if (eighths < 7) {
            nor->array[i] = (uint8_t)(nor->array[i] & ~programmed);
            add_bits(nor, &nor->marginal, i, unsound);
        } else {
            nor->array[i] = (uint8_t)(nor->array[i] & ~changing);
            add_bits(nor, &nor->weak, i, unsound);
        }
    }
}

/* A torn erase goes through four looks: old content with bits taken away, noise, blank with marginal
 * bits, and blank with weak ones: that one passes every blank check. */
void nor_cells_tear_erase(struct nor *nor, uint32_t address, uint32_t length,
                          const struct nor_progress *progress)
{
    const uint64_t eighths = eighths_of(progress);
    for (uint32_t i = address; i < address + length; i++) {
        uint64_t draw = nor_random(nor);
        uint8_t noise = (uint8_t)draw;
        uint8_t unsound = (uint8_t)((draw >> 8) & (draw >> 16) & (draw >> 24));
        if (eighths < 2) {
            nor->array[i] &= noise;
        } else if (eighths < 6) {
            nor->array[i] = noise;
        } else {
            nor->array[i] = 0xFF;
        }
        if (eighths >= 7 && nor->marginal != NULL) {
            nor->marginal[i] = 0;
        }
        add_bits(nor, eighths < 7 ? &nor->marginal : &nor->weak, i, unsound);
    }
}
