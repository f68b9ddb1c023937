/* SPDX-License-Identifier: MIT */
/*
 * What a flash holds and what it shall hold: the same bytes on every machine.
 */
#ifndef EXTLOAD_BENCH_CONTENTS_H
#define EXTLOAD_BENCH_CONTENTS_H

#include "cell.h"

struct contents {
    uint32_t flash_size, image_size; /* the image lies at the flash's start */
    uint8_t *before, *after;         /* flash_size bytes each, owned */
};

/* False if memory gives out. The caller releases it then, too. */
bool contents_make(struct contents *contents, const struct cell *cell, uint32_t flash_size);
void contents_release(struct contents *contents);

#endif
