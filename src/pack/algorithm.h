/* SPDX-License-Identifier: MIT */
/*
 * The loader as a flash algorithm: what CMSIS-Pack tools, pyOCD, probe-rs and J-Link take in their
 * several files. Position-independent without a static base (R9); all that is written is file bytes
 * behind the code; nothing needs more than four-byte alignment. The flight record lies in the image.
 */
#ifndef EXTLOAD_PACK_ALGORITHM_H
#define EXTLOAD_PACK_ALGORITHM_H

#include "abi/flash_device.h"
#include "pack/pack.h"

struct algorithm {
    const struct loader_image *image;
    uint8_t *bytes; /* code, constants and data as one blob, linked at 0 */
    uint32_t size;
    uint32_t data; /* where what is written begins; a multiple of 4 */
    struct flash_device device;
};

/* An exported function: the name that a tool looks for, and the entry of the image. */
struct algorithm_symbol {
    const char *name;
    const char *entry;
};

/* LOADER_SHAPE for an image without these entries, LOADER_TOO_LARGE if it does not fit the MCU's RAM for
 * loaders with two pages and a stack. The caller releases it, on failure too. */
bool algorithm_make(struct algorithm *algorithm, const struct board *board,
                    const struct loader_image *image, struct error *error);
void algorithm_release(struct algorithm *algorithm);

/* Offset of an entry in the blob, without the Thumb bit. The entry must exist. */
uint32_t algorithm_offset(const struct algorithm *algorithm, const char *entry);

/* ELF with the sections PrgCode, PrgData and DevDscr in this order, at `base`, and the symbols, of which
 * the last has a NULL name; malloc'ed. */
uint8_t *algorithm_write_elf(const struct algorithm *algorithm, uint32_t base,
                             const struct algorithm_symbol *symbols, size_t *size,
                             struct error *error);

#endif
