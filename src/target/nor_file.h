/* SPDX-License-Identifier: MIT */
/*
 * The content of a simulated flash chip, in a file that outlives the process or in memory.
 *
 * A file is mapped shared, so it holds what the cells hold at any instant, and locked, so that two
 * processes never program the same chip.
 */
#ifndef EXTLOAD_TARGET_NOR_FILE_H
#define EXTLOAD_TARGET_NOR_FILE_H

#include "report/error.h"

#include <stdint.h>

struct nor_file {
    uint8_t *bytes;
    size_t size;
    int descriptor; /* -1: memory only */
};

/* `path` NULL gives a blank chip in memory. A missing file is created blank. FILE_SIZE if it exists
 * with another size, FILE_BUSY if another process holds it. */
bool nor_file_open(struct nor_file *file, const char *path, size_t size, struct error *error);
void nor_file_close(struct nor_file *file);

#endif
