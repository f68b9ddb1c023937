/* SPDX-License-Identifier: MIT */
/*
 * A board and the embedded loader image become files that other tools load. The same board gives
 * the same bytes.
 */
#ifndef EXTLOAD_PACK_PACK_H
#define EXTLOAD_PACK_PACK_H

#include "board/board.h"

/* Tools keep the first word of their RAM for a BKPT and put the image behind it [seen in host logs]. */
#define PACK_BKPT_SIZE 4u

/* What the entries for a .stldr are called inside, before the name that STM32CubeProgrammer knows. */
#define PACK_STLDR_PREFIX "stldr_"

/* A name inside the image, as the compiler gave it. */
struct image_symbol {
    const char *name;
    uint32_t offset; /* without the Thumb bit */
    uint32_t size;   /* 0 for some labels of the assembly files */
    bool is_function;
};

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
    } entries[32];
    unsigned entry_count;
    struct {
        const char *name; /* "guard", "nor driver", "vectors", "stack" ... */
        uint32_t bytes;
    } parts[16];
    unsigned part_count;
    const struct image_symbol *symbols; /* functions and objects, for debuggers */
    unsigned symbol_count;
};

/* The image built with this tool. */
const struct loader_image *pack_loader_image(void);

/* Bytes of the image once a board's block is stamped into it, own stack included; a multiple of 8.
 */
uint32_t pack_image_size(const struct board *board, const struct loader_image *image);

/* The image with a board's block, as it lies in RAM: malloc'ed bytes, pack_image_size() of them. NULL if
 * memory gives out. */
uint8_t *pack_stamp_image(const struct board *board, const struct loader_image *image,
                          uint32_t *size);

/* The same as an ELF file of one segment at the address where the tools put the image, with all its symbols:
 * for debuggers, and for tools that download an ELF. What a tool calls has the names that a .stldr gives
 * it. Malloc'ed bytes. */
uint8_t *pack_loader_elf(const struct board *board, const struct loader_image *image, size_t *size,
                         struct error *error);

/* OpenOCD's configuration for the board, and GDB's script: malloc'ed text. */
char *pack_openocd(const struct board *board, const struct loader_image *image, size_t *size,
                   struct error *error);
char *pack_gdb(const struct board *board, const struct loader_image *image, size_t *size,
               struct error *error);

/* A .stldr for STM32CubeProgrammer: malloc'ed bytes. */
uint8_t *pack_stldr(const struct board *board, const struct loader_image *image, size_t *size,
                    struct error *error);

#endif
