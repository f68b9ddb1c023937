/* SPDX-License-Identifier: MIT */
/*
 * A board and the embedded loader image become files that other tools load. The same board gives
 * the same bytes.
 */
#ifndef EXTLOAD_PACK_PACK_H
#define EXTLOAD_PACK_PACK_H

#include "board/board.h"

/* The loader image as linked at 0, embedded in this binary at build time. */
struct loader_image {
    const uint8_t *bytes; /* text, rodata, data, bss and stack, as one blob */
    uint32_t size;        /* multiple of 8 */
    uint32_t board_block; /* offset of the reserve for struct board_block */
    uint32_t board_block_size;
    uint32_t own_record; /* offset of the record that lies inside the image */
    uint32_t stack;      /* offset of the image's own stack */
    uint32_t stack_size;
    struct {
        const char *name; /* "stldr_Init" */
        uint32_t offset;  /* without the Thumb bit */
        uint32_t size;
    } entries[24];
    unsigned entry_count;
    struct {
        const char *name; /* "guard", "nor driver", "vectors", "stack" ... */
        uint32_t bytes;
    } parts[16];
    unsigned part_count;
};

/* The image built with this tool. */
const struct loader_image *pack_loader_image(void);

/* Bytes of the image once a board's block is stamped into it, own stack included; a multiple of 8.
 */
uint32_t pack_image_size(const struct board *board, const struct loader_image *image);

/* A .stldr for STM32CubeProgrammer: malloc'ed bytes. */
uint8_t *pack_stldr(const struct board *board, const struct loader_image *image, size_t *size,
                    struct error *error);

#endif
