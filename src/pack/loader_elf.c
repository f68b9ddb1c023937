/* SPDX-License-Identifier: MIT */
#include "elf/elf32.h"
#include "pack/pack.h"

#include <stdlib.h>
#include <string.h>

static bool add_symbols(struct elf_writer *writer, unsigned section, uint32_t base,
                        const struct loader_image *image)
{
    for (unsigned i = 0; i < image->symbol_count; i++) {
        const struct image_symbol *symbol = &image->symbols[i];
        const bool is_entry =
            strncmp(symbol->name, PACK_STLDR_PREFIX, strlen(PACK_STLDR_PREFIX)) == 0;
        if (!elf_writer_add_symbol(
                writer, symbol->name + (is_entry ? strlen(PACK_STLDR_PREFIX) : 0), section,
                base + symbol->offset, symbol->size, symbol->is_function)) {
            return false;
        }
    }
    return true;
}

uint8_t *pack_loader_elf(const struct board *board, const struct loader_image *image, size_t *size,
                         struct error *error)
{
    const uint32_t base = board->loader_base + PACK_BKPT_SIZE;
    uint32_t image_size = 0;
    uint8_t *file = NULL;
    uint8_t *bytes = pack_stamp_image(board, image, &image_size);
    struct elf_writer *writer = bytes != NULL ? elf_writer_create(base) : NULL;
    if (writer != NULL) {
        const unsigned section = elf_writer_add_segment(
            writer, ".loader", base, bytes, image_size,
            ELF_SHF_ALLOC | ELF_SHF_WRITE | ELF_SHF_EXECINSTR, ELF_PF_R | ELF_PF_W | ELF_PF_X, 4);
        if (section != 0 && add_symbols(writer, section, base, image)) {
            file = elf_writer_finish(writer, size);
        }
        elf_writer_destroy(writer);
    }
    free(bytes);
    if (file == NULL) {
        error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "building a loader's ELF");
    }
    return file;
}
