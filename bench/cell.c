/* SPDX-License-Identifier: MIT */
#include "cell.h"

#include <stdlib.h>
#include <string.h>

#define VALUES_MAX 8

static const struct {
    const char *name;
    const char *values[VALUES_MAX]; /* NULL behind the last */
} dimensions[DIMENSIONS] = {
    [BY_BOARD] = {"board", {"stm32n655-s25fl064l", "stm32n6570-dk"}},
    [BY_HOST] = {"host", {"native", "cubeprogrammer-jlink", "cubeprogrammer-stlink", "jlink-ofl"}},
    [BY_BUFFER] = {"buffer", {"own", "4K", "16K", "64K"}},
    [BY_LINK] = {"link", {"jlink", "stlink-v3", "slow-swd"}},
    [BY_SIZE] = {"size", {"64K", "1M", "full"}},
    [BY_STATE] = {"flash",
                  {"blank", "new", "used", "one byte changed", "unchanged", "random", "sparse"}},
    [BY_TIMES] = {"times", {"typical", "maximum"}},
    [BY_CPU] = {"cpu", {"32M", "64M", "400M"}},
    [BY_LOADER] = {"loader", {"ours", "plain"}},
};

const char *dimension_name(enum dimension dimension)
{
    return dimensions[dimension].name;
}

const char *cell_value(const struct cell *cell, enum dimension dimension)
{
    return dimensions[dimension].values[cell->at[dimension]];
}

uint32_t cell_image_size(const struct cell *cell, uint32_t full)
{
    static const uint32_t sizes[] = {[SIZE_64K] = 0x10000, [SIZE_1M] = 0x100000};
    return cell->at[BY_SIZE] == SIZE_FULL ? full : sizes[cell->at[BY_SIZE]];
}

uint32_t cell_buffer(const struct cell *cell)
{
    static const uint32_t sizes[] = {
        [BUFFER_OWN] = 0, [BUFFER_4K] = 0x1000, [BUFFER_16K] = 0x4000, [BUFFER_64K] = 0x10000};
    return sizes[cell->at[BY_BUFFER]];
}

uint32_t cell_cpu_hz(const struct cell *cell)
{
    static const uint32_t clocks[] = {
        [CPU_HALF] = 32000000, [CPU_ROM] = 64000000, [CPU_FAST] = 400000000};
    return clocks[cell->at[BY_CPU]];
}

/* A tool sits on its own probe, or on one with a slow clock; it chooses the buffer, ours and J-Link take
 * what RAM there is; what is plain is a .stldr. */
static bool makes_sense(const struct cell *cell)
{
    const unsigned host = cell->at[BY_HOST], link = cell->at[BY_LINK];
    const bool cube = host == HOST_CUBE_JLINK || host == HOST_CUBE_STLINK;
    if (host != HOST_NATIVE && link != LINK_SLOW &&
        link != (host == HOST_CUBE_STLINK ? LINK_STLINK : LINK_JLINK)) {
        return false;
    }
    if (cube != (cell->at[BY_BUFFER] != BUFFER_OWN)) {
        return false;
    }
    return host != HOST_JLINK_OFL || cell->at[BY_LOADER] == LOADER_OURS;
}

/* The next product of values behind *cell; false past the last. */
static bool step(const struct cell_row *row, struct cell *cell)
{
    for (int i = DIMENSIONS - 1; i >= 0; i--) {
        while (++cell->at[i] < VALUES_MAX) {
            if ((row->values[i] >> cell->at[i] & 1) != 0) {
                return true;
            }
        }
        cell->at[i] = 0;
        while ((row->values[i] >> cell->at[i] & 1) == 0) {
            cell->at[i]++;
        }
    }
    return false;
}

static struct cell first(const struct cell_row *row)
{
    struct cell cell = {.always = row->always};
    for (int i = 0; i < DIMENSIONS; i++) {
        while ((row->values[i] >> cell.at[i] & 1) == 0) {
            cell.at[i]++;
        }
    }
    return cell;
}

static int compare(const void *a, const void *b)
{
    const struct cell *one = a, *other = b;
    const int order = memcmp(one->at, other->at, sizeof one->at);
    return order != 0 ? order : other->always - one->always;
}

struct cell *cells_make(const struct cell_row *rows, unsigned row_count, bool all, unsigned *count)
{
    struct cell *cells = NULL;
    unsigned made = 0;
    for (unsigned i = 0; i < row_count; i++) {
        struct cell cell = first(&rows[i]);
        do {
            if (!makes_sense(&cell) || (!all && !cell.always)) {
                continue;
            }
            struct cell *grown = realloc(cells, (made + 1) * sizeof *cells);
            if (grown == NULL) {
                free(cells);
                return NULL;
            }
            cells = grown;
            cells[made++] = cell;
        } while (step(&rows[i], &cell));
    }
    qsort(cells, made, sizeof *cells, compare);
    *count = 0;
    for (unsigned i = 0; i < made; i++) {
        if (*count == 0 || memcmp(cells[*count - 1].at, cells[i].at, sizeof cells[i].at) != 0) {
            cells[(*count)++] = cells[i];
        }
    }
    return cells;
}
