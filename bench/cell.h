/* SPDX-License-Identifier: MIT */
/*
 * What is measured: cells of a matrix. A cell is one value of each dimension; cells.c says which there
 * are, and which are worth their time on every run.
 */
#ifndef EXTLOAD_BENCH_CELL_H
#define EXTLOAD_BENCH_CELL_H

#include <stdbool.h>
#include <stdint.h>

/* In the order in which rows are sorted. */
enum dimension {
    BY_BOARD,
    BY_HOST,
    BY_BUFFER, /* largest chunk of one call of a tool's */
    BY_LINK,
    BY_SIZE,  /* of the image, from the flash's first byte */
    BY_STATE, /* what the flash holds, and what it shall */
    BY_TIMES, /* of the part's table */
    BY_CPU,
    BY_LOADER,
    DIMENSIONS
};

enum {
    BOARD_QUAD,
    BOARD_OCTAL
};
enum {
    HOST_NATIVE,
    HOST_CUBE_JLINK,
    HOST_CUBE_STLINK,
    HOST_JLINK_OFL
};
enum {
    BUFFER_OWN,
    BUFFER_4K,
    BUFFER_16K,
    BUFFER_64K
}; /* the lifecycle's own, or one of these */
enum {
    LINK_JLINK,
    LINK_STLINK,
    LINK_SLOW
};
enum {
    SIZE_64K,
    SIZE_1M,
    SIZE_FULL
};
enum {
    TIMES_TYPICAL,
    TIMES_MAXIMUM
};
enum {
    CPU_HALF,
    CPU_ROM,
    CPU_FAST
}; /* 32, 64 and 400 MHz */
enum {
    LOADER_OURS,
    LOADER_PLAIN
};

/* Images are like firmware, so they can be packed, unless said otherwise. A flash that is used holds
 * other firmware. */
enum {
    STATE_BLANK,
    STATE_NEW, /* blank, and the user answers for it: --skip-blank */
    STATE_USED,
    STATE_CHANGED, /* holds the image, but for one byte that needs an erase */
    STATE_UNCHANGED,
    STATE_RANDOM, /* random bytes over random bytes */
    STATE_SPARSE  /* used; of the image one page of 16 is not FF */
};

struct cell {
    uint8_t at[DIMENSIONS];
    bool always; /* measured on every run, not by BENCH=all only */
};

/* A product: one bit for each value of each dimension. */
struct cell_row {
    bool always;
    uint16_t values[DIMENSIONS];
};

extern const struct cell_row cell_rows[];
extern const unsigned cell_row_count;

/* "host", "cubeprogrammer-jlink". */
const char *dimension_name(enum dimension dimension);
const char *cell_value(const struct cell *cell, enum dimension dimension);
/* Bytes of the image; the whole flash has `full`. */
uint32_t cell_image_size(const struct cell *cell, uint32_t full);
/* Bytes; 0: the lifecycle's own. */
uint32_t cell_buffer(const struct cell *cell);
uint32_t cell_cpu_hz(const struct cell *cell);

/* Every cell of the rows once, sorted; those of every run only unless `all`. Malloc'ed; NULL if memory
 * gives out. */
struct cell *cells_make(const struct cell_row *rows, unsigned row_count, bool all, unsigned *count);

#endif
