/* SPDX-License-Identifier: MIT */
#include "pack/pack.h"

#include "abi/storage_info.h"
#include "elf/elf32.h"
#include "pack/stamp.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "structs are stamped as they lie");

/* The host tool puts its stack of 0x400 bytes behind the image and its buffer, aligned to 32 bytes, at least 0x20 behind that [seen in host logs]. */
#define HOST_STACK_SIZE  0x400u
#define HOST_BUFFER_GAP  0x20u
#define HOST_BUFFER_STEP 32u

#define ERASED_BYTE      0xFFu
#define SECTION_INFO     ".storage_info"
#define SECTION_IMAGE    ".loader"

/* What the host calls, and the entry of the image that does it. */
static const struct {
    const char *symbol;
    const char *entry;
} functions[] = {
    {"Init", "stldr_Init"},
    {"Write", "stldr_Write"},
    {"SectorErase", "stldr_SectorErase"},
    {"MassErase", "stldr_MassErase"},
    {"Read", "stldr_Read"},
    {"Verify", "stldr_Verify"},
    {"CheckSum", "stldr_CheckSum"},
    {"extload_Stream", "own_Stream"},
    {"extload_SectorErase", "own_SectorErase"},
    {"extload_MassErase", "own_MassErase"},
    {"extload_Digest", "own_Digest"},
};

#define FUNCTION_COUNT (sizeof functions / sizeof functions[0])

static bool check_image(const struct board *board, const struct loader_image *image,
                        struct error *error)
{
    const char *entries[FUNCTION_COUNT];
    for (size_t i = 0; i < FUNCTION_COUNT; i++) {
        entries[i] = functions[i].entry;
    }
    return stamp_check_image(board, image, entries, FUNCTION_COUNT, error);
}

/* Image, the host's stack and one page of buffer must fit, or the host drops the loader silently.
 */
static bool check_room(const struct board *board, uint32_t image_size, struct error *error)
{
    uint64_t end = (uint64_t)board->loader_base + image_size + HOST_STACK_SIZE + HOST_BUFFER_GAP;
    end = (end + HOST_BUFFER_STEP - 1) / HOST_BUFFER_STEP * HOST_BUFFER_STEP;
    end += board->page_size;
    uint64_t needed = end - board->loader_base;
    if (image_size > UINT32_MAX - PACK_BKPT_SIZE || needed > board->loader_size) {
        error_set(error, ERROR_LOADER_TOO_LARGE, board->path, 0, 0,
                  "image 0x%X, stack 0x%X and a page of 0x%X need 0x%llX bytes of 0x%X at 0x%08X",
                  (unsigned)image_size, HOST_STACK_SIZE, (unsigned)board->page_size,
                  (unsigned long long)needed, (unsigned)board->loader_size,
                  (unsigned)board->loader_base);
        return false;
    }
    return true;
}

/* A board block that stands last is cut to what the board uses. */
uint32_t pack_image_size(const struct board *board, const struct loader_image *image)
{
    bool last = image->board_block + image->board_block_size >= image->size;
    uint32_t size = last ? image->board_block + board->block.size : image->size;
    return (size + 7u) & ~7u;
}

uint8_t *pack_stamp_image(const struct board *board, const struct loader_image *image,
                          uint32_t *size)
{
    uint8_t *bytes = calloc(1, image->size + sizeof board->block);
    if (bytes == NULL) {
        return NULL;
    }
    *size = pack_image_size(board, image);
    memcpy(bytes, image->bytes, image->size);
    memset(bytes + image->board_block, 0, image->board_block_size);
    memcpy(bytes + image->board_block, &board->block, board->block.size);
    return bytes;
}

static void fill_storage_info(const struct board *board, struct storage_info *info)
{
    memset(info, 0, sizeof *info);
    memcpy(info->device_name, board->name, strlen(board->name));
    info->device_type = STORAGE_INFO_NOR_FLASH;
    info->device_start_address = board->window;
    info->device_size = board->part.size;
    info->page_size = board->page_size;
    info->erase_value = ERASED_BYTE;
    info->sectors[0] = (struct storage_info_sectors){.count = board->part.size / board->sector_size,
                                                     .size = board->sector_size};
}

static bool write_contents(struct elf_writer *writer, const struct board *board,
                           const struct loader_image *image, const uint8_t *bytes, uint32_t size)
{
    struct storage_info info;
    fill_storage_info(board, &info);
    uint32_t base = board->loader_base + PACK_BKPT_SIZE;
    unsigned info_section = elf_writer_add_segment(writer, SECTION_INFO, 0, (const uint8_t *)&info,
                                                   sizeof info, ELF_SHF_ALLOC, ELF_PF_R, 4);
    unsigned image_section = elf_writer_add_segment(
        writer, SECTION_IMAGE, base, bytes, size, ELF_SHF_ALLOC | ELF_SHF_WRITE | ELF_SHF_EXECINSTR,
        ELF_PF_R | ELF_PF_W | ELF_PF_X, 4);
    if (info_section == 0 || image_section == 0 ||
        !elf_writer_add_symbol(writer, "StorageInfo", info_section, 0, sizeof info, false)) {
        return false;
    }
    for (size_t i = 0; i < FUNCTION_COUNT; i++) {
        int entry = stamp_find_entry(image, functions[i].entry);
        if (!elf_writer_add_symbol(writer, functions[i].symbol, image_section,
                                   base + image->entries[entry].offset, image->entries[entry].size,
                                   true)) {
            return false;
        }
    }
    return true;
}

uint8_t *pack_stldr(const struct board *board, const struct loader_image *image, size_t *size,
                    struct error *error)
{
    uint32_t image_size = 0;
    if (!check_image(board, image, error) ||
        !check_room(board, pack_image_size(board, image), error)) {
        return NULL;
    }
    uint8_t *bytes = pack_stamp_image(board, image, &image_size);
    int init = stamp_find_entry(image, functions[0].entry);
    uint32_t entry_address =
        (board->loader_base + PACK_BKPT_SIZE + image->entries[init].offset) | 1u;
    struct elf_writer *writer = bytes != NULL ? elf_writer_create(entry_address) : NULL;
    uint8_t *file = NULL;
    if (writer != NULL && write_contents(writer, board, image, bytes, image_size)) {
        file = elf_writer_finish(writer, size);
    }
    if (file == NULL) {
        error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "building a loader file");
    }
    if (writer != NULL) {
        elf_writer_destroy(writer);
    }
    free(bytes);
    return file;
}
