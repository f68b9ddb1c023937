/* SPDX-License-Identifier: MIT */
#include "pack/algorithm.h"

#include "elf/elf32.h"
#include "pack/stamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* pyOCD and probe-rs keep two buffers of a page, and fill what is short of one with FF; large pages save
 * calls, and Keil takes 64 KiB at most [memory]. 64 KiB would save 0.7 s of 8 MiB, and ask for 100 KiB of
 * RAM more. A page is never larger than a sector. [choice] */
#define PAGE_MAX      0x4000u
#define HEADER_SIZE   4u     /* of pyOCD and probe-rs, in front of the code */
#define STACK_SIZE    0x400u /* the largest that a tool asks for by default; ours is in the image */
#define TIMEOUT_LEAST 1000u  /* ms [choice] */
#define ERASED_BYTE   0xFFu

static uint32_t round_up(uint32_t value, uint32_t step)
{
    return (value + step - 1) / step * step;
}

/* The longest that one sector may take: with the largest opcode that fits, unless which opcode fits
 * depends on the place. */
static uint32_t sector_ms(const struct board *board)
{
    const struct flash_block *flash = &board->block.flash;
    uint64_t longest = 0;
    for (unsigned i = 0; i < BOARD_BLOCK_ERASE_TYPES; i++) {
        const struct flash_erase *type = &flash->erase[i];
        const uint32_t unit = type->size_log2 != 0 ? UINT32_C(1) << type->size_log2 : 0;
        if (unit == 0 || unit > board->sector_size) {
            continue;
        }
        const uint64_t all = (uint64_t)(board->sector_size / unit) * type->max_ms;
        const bool by_place = type->edge_from != 0 || type->edge_to != 0;
        longest = by_place && longest > all ? longest : all;
    }
    return longest < UINT32_MAX / 4 ? (uint32_t)longest : UINT32_MAX / 4;
}

/* Twice the data sheet's maximum: the tool's clock also runs while the probe moves data and while the
 * loader reads back. */
static uint32_t with_margin(uint32_t ms)
{
    const uint32_t doubled = 2 * ms;
    return doubled < TIMEOUT_LEAST ? TIMEOUT_LEAST : round_up(doubled, 100);
}

static void describe(const struct board *board, struct flash_device *device)
{
    const uint32_t page = board->sector_size < PAGE_MAX ? board->sector_size : PAGE_MAX;
    const uint32_t programs = page / board->block.flash.page_size;
    memset(device, 0, sizeof *device);
    device->version = FLASH_DEVICE_VERSION;
    snprintf(device->name, sizeof device->name, "%s %s", board->name, board->part.name);
    device->type = FLASH_DEVICE_EXTSPI;
    device->base = board->window;
    device->size = board->part.size;
    device->page_size = page;
    device->erased_value = ERASED_BYTE;
    device->program_timeout = with_margin(programs * board->block.flash.page_program_us / 1000 + 1);
    device->erase_timeout = with_margin(sector_ms(board));
    device->sectors[0] = (struct flash_sectors){board->sector_size, 0};
    device->sectors[1] = (struct flash_sectors){FLASH_DEVICE_NO_SECTOR, FLASH_DEVICE_NO_SECTOR};
}

static bool check_room(const struct algorithm *algorithm, const struct board *board,
                       struct error *error)
{
    const uint64_t needed = (uint64_t)HEADER_SIZE + algorithm->size + STACK_SIZE +
                            2 * (uint64_t)algorithm->device.page_size;
    if (needed <= board->loader_size) {
        return true;
    }
    return error_set(error, ERROR_LOADER_TOO_LARGE, board->path, 0, 0,
                     "image 0x%X, stack 0x%X and two pages of 0x%X need 0x%llX bytes of 0x%X at "
                     "0x%08X",
                     (unsigned)algorithm->size, STACK_SIZE, (unsigned)algorithm->device.page_size,
                     (unsigned long long)needed, (unsigned)board->loader_size,
                     (unsigned)board->loader_base);
}

bool algorithm_make(struct algorithm *algorithm, const struct board *board,
                    const struct loader_image *image, struct error *error)
{
    static const char *const entries[] = {
        "flm_Init",       "flm_UnInit",    "flm_EraseSector", "flm_EraseChip", "flm_ProgramPage",
        "flm_BlankCheck", "flm_Verify",    "ofl_Prepare",     "ofl_Restore",   "ofl_Program",
        "ofl_Erase",      "ofl_EraseChip", "ofl_CheckBlank"};
    *algorithm = (struct algorithm){.image = image, .data = image->stack};
    if (!stamp_check_image(board, image, entries, sizeof entries / sizeof entries[0], error)) {
        return false;
    }
    if (image->stack % 4 != 0 || image->stack == 0 || image->stack >= image->board_block ||
        image->own_record < image->stack) {
        return error_set(error, ERROR_LOADER_SHAPE, NULL, 0, 0,
                         "what is written does not begin with the stack at 0x%X",
                         (unsigned)image->stack);
    }
    describe(board, &algorithm->device);
    algorithm->bytes = stamp_image_with_record(board, image, &algorithm->size);
    if (algorithm->bytes == NULL) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "building a flash algorithm");
    }
    return check_room(algorithm, board, error);
}

void algorithm_release(struct algorithm *algorithm)
{
    free(algorithm->bytes);
    algorithm->bytes = NULL;
}

uint32_t algorithm_offset(const struct algorithm *algorithm, const char *entry)
{
    return algorithm->image->entries[stamp_find_entry(algorithm->image, entry)].offset;
}

static bool write_contents(const struct algorithm *algorithm, struct elf_writer *writer,
                           uint32_t base, const struct algorithm_symbol *symbols)
{
    const uint32_t data = algorithm->data, size = algorithm->size;
    const unsigned code_section =
        elf_writer_add_segment(writer, "PrgCode", base, algorithm->bytes, data,
                               ELF_SHF_ALLOC | ELF_SHF_EXECINSTR, ELF_PF_R | ELF_PF_X, 4);
    const unsigned data_section =
        elf_writer_add_segment(writer, "PrgData", base + data, algorithm->bytes + data, size - data,
                               ELF_SHF_ALLOC | ELF_SHF_WRITE, ELF_PF_R | ELF_PF_W, 4);
    const unsigned device_section =
        elf_writer_add_segment(writer, "DevDscr", base + size, (const uint8_t *)&algorithm->device,
                               sizeof algorithm->device, ELF_SHF_ALLOC, ELF_PF_R, 4);
    if (code_section == 0 || data_section == 0 || device_section == 0 ||
        !elf_writer_add_symbol(writer, "FlashDevice", device_section, base + size,
                               sizeof algorithm->device, false)) {
        return false;
    }
    for (; symbols->name != NULL; symbols++) {
        const int entry = stamp_find_entry(algorithm->image, symbols->entry);
        if (!elf_writer_add_symbol(writer, symbols->name, code_section,
                                   base + algorithm->image->entries[entry].offset,
                                   algorithm->image->entries[entry].size, true)) {
            return false;
        }
    }
    return true;
}

uint8_t *algorithm_write_elf(const struct algorithm *algorithm, uint32_t base,
                             const struct algorithm_symbol *symbols, size_t *size,
                             struct error *error)
{
    const uint32_t entry = (base + algorithm_offset(algorithm, symbols->entry)) | 1u;
    struct elf_writer *writer = elf_writer_create(entry);
    uint8_t *file = NULL;
    if (writer != NULL && write_contents(algorithm, writer, base, symbols)) {
        file = elf_writer_finish(writer, size);
    }
    if (file == NULL) {
        error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "building a flash algorithm");
    }
    elf_writer_destroy(writer);
    return file;
}
