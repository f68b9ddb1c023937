/* SPDX-License-Identifier: MIT */
/*
 * A loader file as a host tool sees it: what to download, entry points by name, what flash it is for.
 */
#ifndef EXTLOAD_HOST_LOADER_FILE_H
#define EXTLOAD_HOST_LOADER_FILE_H

#include "abi/storage_info.h"
#include "host/lifecycle.h"
#include "report/error.h"

#include <stddef.h>
#include <stdint.h>

#define LOADER_PIECES_MAX 32

/* What a function is for. Its name, its arguments and what it returns depend on the format. */
enum loader_function {
    LOADER_INIT,
    LOADER_WRITE,
    LOADER_SECTOR_ERASE,
    LOADER_MASS_ERASE,
    LOADER_READ,
    LOADER_VERIFY,
    LOADER_CHECKSUM,
    LOADER_STREAM,           /* ours, for our own host, from here on: abi/mailbox.h */
    LOADER_OWN_SECTOR_ERASE, /* nothing is read back: the host digests what was erased */
    LOADER_OWN_MASS_ERASE,
    LOADER_DIGEST, /* abi/digest.h */
    LOADER_UNINIT, /* of flash algorithms only, from here on */
    LOADER_BLANK_CHECK,
    LOADER_FUNCTION_COUNT
};

#define LOADER_STLDR_FUNCTIONS LOADER_UNINIT /* those before it are what a .stldr may export */

/* A function by its name in the symbol table. */
struct loader_symbol {
    char name[40];
    uint32_t address, size; /* as linked, without the Thumb bit */
};

/* A segment or section that is downloaded. */
struct loader_piece {
    uint32_t address;     /* as linked */
    uint32_t file_size;   /* bytes in the file */
    uint32_t memory_size; /* bytes in memory; more than file_size if .bss trails */
    uint32_t tail_size;   /* bytes of the file that happen to follow, to fill memory_size with */
    const uint8_t *bytes; /* file_size + tail_size of them, in `file` or `blob` */
    bool in_image;        /* moves with the image; else it goes where it is linked */
};

struct loader_file {
    char path[256];
    enum loader_format format;
    uint8_t *file; /* a copy of its bytes, owned */
    uint8_t *blob; /* what a packer makes of them, owned; NULL for most */
    struct loader_piece pieces[LOADER_PIECES_MAX];
    unsigned piece_count;
    uint32_t image_address;                  /* lowest address of the image, as linked */
    uint32_t file_size;                      /* from there to its last byte that is in the file */
    uint32_t memory_size;                    /* from there to its last byte in memory */
    uint32_t entry[LOADER_FUNCTION_COUNT];   /* as linked, without the Thumb bit; may be 0 */
    const char *name[LOADER_FUNCTION_COUNT]; /* as exported; NULL = not exported */
    struct storage_info info; /* of a flash algorithm: FlashDevice in the same terms */
    /* Of flash algorithms only. */
    bool erases_many;     /* the erase takes address, index and number of sectors */
    uint32_t data_offset; /* where PrgData begins: R9 is set to it */
    uint32_t program_timeout_ms, erase_timeout_ms;
    struct loader_symbol *symbols; /* every function that has a size, owned */
    unsigned symbol_count;
};

/* As a .stldr spells it; of the others as a CMSIS flash algorithm does. */
const char *loader_function_name(enum loader_function function);

/* Reads a loader from memory as a tool with this view of ELF files does; `name` for messages.
 * LOADER_NOT_ELF or LOADER_SHAPE with the reason for what such a tool would not load, and for what
 * nobody could call. By segments: all but the one that holds StorageInfo, Init is needed. By
 * sections: what ST's OpenOCD downloads; Init, Write and SectorErase are needed. The views of flash
 * algorithms: loader_algorithm.h. */
bool loader_file_parse(struct loader_file *loader, enum loader_view view, const char *name,
                       const uint8_t *bytes, size_t size, struct error *error);
bool loader_file_read(struct loader_file *loader, enum loader_view view, const char *path,
                      struct error *error);
void loader_file_release(struct loader_file *loader);

/* What the bytes of a file look like: the format of which they hold the describing symbol. False if
 * of neither, or of both. */
bool loader_file_sniff(const char *path, enum loader_format *format);

/* True if `result` (R0) says that a call with these arguments did as asked. */
bool loader_file_succeeded(const struct loader_file *loader, enum loader_function function,
                           const uint32_t arguments[4], uint32_t result);

bool loader_file_has(const struct loader_file *loader, enum loader_function function);
/* LOADER_SHAPE if the function is not exported. */
bool loader_file_needs(const struct loader_file *loader, enum loader_function function,
                       struct error *error);
/* True if DeviceName is the file's name without folder and ending. */
bool loader_file_is_named(const struct loader_file *loader);

/* Largest erase sector in StorageInfo that holds `offset` from the device's start, and its first
 * byte; false past the last sector. */
bool loader_file_sector(const struct loader_file *loader, uint32_t offset, uint32_t *start,
                        uint32_t *size);
/* How many sectors lie before the one that starts at `start`. */
uint32_t loader_file_sector_index(const struct loader_file *loader, uint32_t start);
/* `size` bytes of the image at `address` (as linked) as the file has them; NULL if it does not. */
const uint8_t *loader_file_bytes(const struct loader_file *loader, uint32_t address, uint32_t size);
/* The function that holds `address` (as linked); NULL if none does. */
const struct loader_symbol *loader_file_symbol(const struct loader_file *loader, uint32_t address);

#endif
