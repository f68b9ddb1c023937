/* SPDX-License-Identifier: MIT */
#include "host/loader_file.h"

#include "elf/elf32.h"
#include "image/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const function_names[LOADER_FUNCTION_COUNT] = {
    [LOADER_INIT] = "Init",
    [LOADER_WRITE] = "Write",
    [LOADER_SECTOR_ERASE] = "SectorErase",
    [LOADER_MASS_ERASE] = "MassErase",
    [LOADER_READ] = "Read",
    [LOADER_VERIFY] = "Verify",
    [LOADER_CHECKSUM] = "CheckSum",
};

const char *loader_function_name(enum loader_function function)
{
    return function_names[function];
}

static bool holds(const struct elf_segment *segment, uint32_t address)
{
    return segment->type == ELF_PT_LOAD && address >= segment->vaddr &&
           address - segment->vaddr < segment->memory_size;
}

/* GCC layouts of old loaders let the code's memory run over StorageInfo; the segment that holds it
 * in file bytes and is smallest is its own. */
static const struct elf_segment *info_segment(const struct elf_file *elf, uint32_t address)
{
    const struct elf_segment *found = NULL;
    for (unsigned i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        if (holds(segment, address) && address - segment->vaddr < segment->file_size &&
            segment->file_size - (address - segment->vaddr) >= sizeof(struct storage_info) &&
            (found == NULL || segment->file_size < found->file_size)) {
            found = segment;
        }
    }
    return found;
}

static const struct elf_segment *code_segment(const struct elf_file *elf,
                                              const struct elf_segment *info, uint32_t init)
{
    for (unsigned i = 0; i < elf->segment_count; i++) {
        if (&elf->segments[i] != info && holds(&elf->segments[i], init)) {
            return &elf->segments[i];
        }
    }
    return NULL;
}

static bool take_entries(struct loader_file *loader, const struct elf_file *elf,
                         struct error *error)
{
    for (int i = 0; i < LOADER_FUNCTION_COUNT; i++) {
        const struct elf_symbol *symbol = elf_find_symbol(elf, function_names[i]);
        loader->entry[i] = symbol != NULL ? symbol->value & ~UINT32_C(1) : 0;
    }
    for (int i = LOADER_INIT; i <= LOADER_SECTOR_ERASE; i++) {
        if (loader->entry[i] == 0) {
            return error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0, "no symbol %s",
                             function_names[i]);
        }
    }
    return true;
}

static bool is_function(const struct elf_symbol *symbol)
{
    return symbol->type == 2 && symbol->size > 0 && symbol->section != 0; /* STT_FUNC, defined */
}

static bool take_symbols(struct loader_file *loader, const struct elf_file *elf,
                         struct error *error)
{
    loader->symbols = calloc(elf->symbol_count + 1u, sizeof *loader->symbols);
    if (loader->symbols == NULL) {
        return error_set(error, ERROR_NO_MEMORY, elf->name, 0, 0, "%u symbols", elf->symbol_count);
    }
    for (unsigned i = 0; i < elf->symbol_count; i++) {
        const struct elf_symbol *symbol = &elf->symbols[i];
        if (is_function(symbol)) {
            struct loader_symbol *made = &loader->symbols[loader->symbol_count++];
            snprintf(made->name, sizeof made->name, "%s", symbol->name);
            made->address = symbol->value & ~UINT32_C(1);
            made->size = symbol->size;
        }
    }
    return true;
}

const struct loader_symbol *loader_file_symbol(const struct loader_file *loader, uint32_t address)
{
    for (unsigned i = 0; i < loader->symbol_count; i++) {
        if (address - loader->symbols[i].address < loader->symbols[i].size) {
            return &loader->symbols[i];
        }
    }
    return NULL;
}

static bool take_segments(struct loader_file *loader, const struct elf_file *elf,
                          struct error *error)
{
    const struct elf_symbol *symbol = elf_find_symbol(elf, "StorageInfo");
    if (symbol == NULL) {
        return error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
                         "no symbol StorageInfo (the tool finds it by name)");
    }
    const struct elf_segment *info = info_segment(elf, symbol->value);
    if (info == NULL) {
        return error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
                         "StorageInfo at 0x%08x is in no PT_LOAD", symbol->value);
    }
    memcpy(&loader->info, info->bytes + (symbol->value - info->vaddr), sizeof loader->info);
    const struct elf_segment *code = code_segment(elf, info, loader->entry[LOADER_INIT]);
    if (code == NULL) {
        return error_set(
            error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
            "StorageInfo shares a PT_LOAD with the code, so the tool never downloads it");
    }
    loader->image = malloc(code->file_size + 1u);
    if (loader->image == NULL) {
        return error_set(error, ERROR_NO_MEMORY, elf->name, 0, 0, "%u bytes", code->file_size);
    }
    memcpy(loader->image, code->bytes, code->file_size);
    loader->image_address = code->vaddr;
    loader->file_size = code->file_size;
    loader->memory_size = code->memory_size;
    return true;
}

static bool check_info(const struct loader_file *loader, struct error *error)
{
    const struct storage_info *info = &loader->info;
    if (memchr(info->device_name, 0, sizeof info->device_name) == NULL) {
        return error_set(error, ERROR_LOADER_SHAPE, loader->path, 0, 0,
                         "StorageInfo: DeviceName does not end");
    }
    uint64_t total = 0;
    for (int i = 0; i < STORAGE_INFO_SECTOR_GROUPS && info->sectors[i].count != 0; i++) {
        total += (uint64_t)info->sectors[i].count * info->sectors[i].size;
    }
    if (info->device_size == 0 || total != info->device_size) {
        return error_set(error, ERROR_LOADER_SHAPE, loader->path, 0, 0,
                         "StorageInfo: sectors add up to 0x%llx, DeviceSize is 0x%x",
                         (unsigned long long)total, info->device_size);
    }
    return true;
}

bool loader_file_parse(struct loader_file *loader, const char *name, const uint8_t *bytes,
                       size_t size, struct error *error)
{
    *loader = (struct loader_file){0};
    snprintf(loader->path, sizeof loader->path, "%s", name);
    if (!elf_is_elf(bytes, size)) {
        return error_set(error, ERROR_LOADER_NOT_ELF, name, 0, 0,
                         "it does not start with 7F 'ELF'");
    }
    struct elf_file elf;
    if (!elf_parse(&elf, name, bytes, size, error)) {
        return false;
    }
    bool good = take_entries(loader, &elf, error) && take_segments(loader, &elf, error) &&
                take_symbols(loader, &elf, error) && check_info(loader, error);
    elf_release(&elf);
    if (!good) {
        loader_file_release(loader);
    }
    return good;
}

bool loader_file_read(struct loader_file *loader, const char *path, struct error *error)
{
    size_t size = 0;
    uint8_t *bytes = image_read_whole_file(path, &size, error);
    if (bytes == NULL) {
        return false;
    }
    bool good = loader_file_parse(loader, path, bytes, size, error);
    free(bytes);
    return good;
}

void loader_file_release(struct loader_file *loader)
{
    free(loader->image);
    loader->image = NULL;
    free(loader->symbols);
    loader->symbols = NULL;
    loader->symbol_count = 0;
}

bool loader_file_sector(const struct loader_file *loader, uint32_t offset, uint32_t *start,
                        uint32_t *size)
{
    uint32_t group_start = 0;
    for (int i = 0; i < STORAGE_INFO_SECTOR_GROUPS && loader->info.sectors[i].count != 0; i++) {
        const struct storage_info_sectors *group = &loader->info.sectors[i];
        uint32_t group_size = group->count * group->size;
        if (offset - group_start < group_size) {
            *size = group->size;
            *start = group_start + (offset - group_start) / group->size * group->size;
            return true;
        }
        group_start += group_size;
    }
    return false;
}
