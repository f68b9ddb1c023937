/* SPDX-License-Identifier: MIT */
/*
 * Where a tool puts what a call needs: addresses in the target's RAM.
 */
#ifndef EXTLOAD_HOST_LAYOUT_H
#define EXTLOAD_HOST_LAYOUT_H

#include "board/board.h"
#include "host/lifecycle.h"
#include "host/loader_file.h"

struct layout {
    uint32_t base;         /* holds the BKPT that every call returns to */
    uint32_t image;        /* where the image's lowest byte goes */
    uint32_t size;         /* bytes of the image as the tool counts them */
    uint32_t entry_shift;  /* added to a function's linked address for a call */
    uint32_t stack;        /* initial SP */
    uint32_t stack_bottom; /* its lowest byte, where the tool gives a stack of its own; else 0 */
    uint32_t static_base;  /* R9 of a flash algorithm */
    uint32_t buffer;       /* the first one; others follow at once */
    uint32_t buffer_size;  /* of each; the largest chunk */
    uint32_t buffer_count;
    uint32_t read_buffer; /* what Read fills */
    uint32_t read_size;   /* largest chunk of a Read */
};

/* LOADER_SHAPE if the image leaves no room for stack and buffer in the tool's RAM, or if it cannot lie
 * where the tool puts it. */
bool layout_make(struct layout *layout, const struct board *board,
                 const struct lifecycle *lifecycle, const struct loader_file *loader,
                 struct error *error);
/* Where a byte of a piece goes that is linked at `address`. */
uint32_t layout_place(const struct layout *layout, const struct loader_file *loader,
                      const struct loader_piece *piece);

#endif
