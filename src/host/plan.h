/* SPDX-License-Identifier: MIT */
/*
 * What programming an image will touch, keep and cost, known before anything is touched.
 */
#ifndef EXTLOAD_HOST_PLAN_H
#define EXTLOAD_HOST_PLAN_H

#include "board/board.h"
#include "host/lifecycle.h"
#include "host/loader_file.h"
#include "image/image.h"
#include "sim/link.h"

struct plan_sector {
    uint32_t address, size;
    uint32_t covered; /* bytes of it that an image gives */
};

struct plan {
    struct plan_sector *sectors; /* touched ones, ascending */
    unsigned count;
    uint64_t image_bytes;
    uint64_t pages;                  /* program pages that hold something other than FF */
    uint64_t neighbour_bytes;        /* bytes of touched sectors that no image gives */
    uint64_t typical_ms, maximum_ms; /* erase, program, transfer and read-back */
};

/* The image must lie inside the loader's flash. */
bool plan_make(struct plan *plan, const struct image *image, const struct board *board,
               const struct loader_file *loader, const struct lifecycle *lifecycle,
               const struct link_model *link, struct error *error);
void plan_release(struct plan *plan);

/* The run of adjoining sectors that starts with sector `index`: where it lies, its size, and how much
 * of it an image gives. Returns the number of sectors. */
unsigned plan_run(const struct plan *plan, unsigned index, uint32_t *address, uint32_t *size,
                  uint32_t *covered);

/* Typical time of a whole page: the chip's, and its bytes on the data lines. */
uint64_t plan_page_ns(const struct board *board);

#endif
