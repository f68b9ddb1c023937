/* SPDX-License-Identifier: MIT */
/*
 * A loader file as a host tool sees it: code to download, entry points by name, StorageInfo.
 */
#ifndef EXTLOAD_HOST_LOADER_FILE_H
#define EXTLOAD_HOST_LOADER_FILE_H

#include "abi/storage_info.h"
#include "report/error.h"

#include <stdint.h>

enum loader_function {
    LOADER_INIT,
    LOADER_WRITE,
    LOADER_SECTOR_ERASE,
    LOADER_MASS_ERASE,
    LOADER_READ,
    LOADER_VERIFY,
    LOADER_CHECKSUM,
    LOADER_FUNCTION_COUNT
};

/* A function by its name in the symbol table. */
struct loader_symbol {
    char name[40];
    uint32_t address, size; /* as linked, without the Thumb bit */
};

struct loader_file {
    char path[256];
    uint8_t *image;                        /* file bytes of the code segment, owned */
    uint32_t image_address;                /* as linked */
    uint32_t file_size;                    /* bytes in the file */
    uint32_t memory_size;                  /* bytes in memory; more than file_size if .bss trails */
    uint32_t entry[LOADER_FUNCTION_COUNT]; /* as linked, without the Thumb bit; 0 = not exported */
    struct storage_info info;
    struct loader_symbol *symbols; /* every function that has a size, owned */
    unsigned symbol_count;
};

const char *loader_function_name(enum loader_function function);

/* Reads a .stldr from memory; `name` for messages. Refuses what STM32CubeProgrammer would not load:
 * LOADER_NOT_ELF or LOADER_SHAPE with the reason. */
bool loader_file_parse(struct loader_file *loader, const char *name, const uint8_t *bytes,
                       size_t size, struct error *error);
bool loader_file_read(struct loader_file *loader, const char *path, struct error *error);
void loader_file_release(struct loader_file *loader);

/* Largest erase sector in StorageInfo that holds `offset` from the device's start, and its first
 * byte; false past the last sector. */
bool loader_file_sector(const struct loader_file *loader, uint32_t offset, uint32_t *start,
                        uint32_t *size);
/* The function that holds `address` (as linked); NULL if none does. */
const struct loader_symbol *loader_file_symbol(const struct loader_file *loader, uint32_t address);

#endif
