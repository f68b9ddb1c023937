/* SPDX-License-Identifier: MIT */
/*
 * The families and parts of the data folder by the names that boards use. A file is read when a
 * board needs it, and then kept: who loads many boards keeps one catalog.
 */
#ifndef EXTLOAD_BOARD_CATALOG_H
#define EXTLOAD_BOARD_CATALOG_H

#include "board/mcu.h"
#include "board/part_file.h"

#define CATALOG_NAME_MAX 32

struct catalog;

/* NULL: out of memory, in *error. Closed by the caller. */
struct catalog *catalog_open(struct error *error);
/* NULL is allowed. What was found lives no longer. */
void catalog_close(struct catalog *catalog);

/* The family that lists a device. False if a file cannot be read or is wrong. True and *mcu NULL:
 * none lists it, and `nearest` is the device that is called most like it, or "". */
bool catalog_find_mcu(struct catalog *catalog, const char *device, const struct mcu **mcu,
                      char nearest[CATALOG_NAME_MAX], struct error *error);
/* The same for a part. */
bool catalog_find_part(struct catalog *catalog, const char *name, const struct part_file **part,
                       char nearest[CATALOG_NAME_MAX], struct error *error);

#endif
