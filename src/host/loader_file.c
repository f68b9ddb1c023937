/* SPDX-License-Identifier: MIT */
#include "host/loader_file.h"

#include "host/loader_algorithm.h"
#include "host/loader_pieces.h"
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
    [LOADER_STREAM] = "extload_Stream",
    [LOADER_OWN_SECTOR_ERASE] = "extload_SectorErase",
    [LOADER_OWN_MASS_ERASE] = "extload_MassErase",
    [LOADER_DIGEST] = "extload_Digest",
    [LOADER_UNINIT] = "UnInit",
    [LOADER_BLANK_CHECK] = "BlankCheck",
};

const char *loader_function_name(enum loader_function function)
{
    return function_names[function];
}

/* Names are printed; a file may hold anything. */
static bool is_printable(char letter)
{
    return (unsigned char)letter >= 0x20 && letter != 0x7F;
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
            for (char *at = made->name; *at != '\0'; at++) {
                *at = is_printable(*at) ? *at : '?';
            }
            made->address = symbol->value & ~UINT32_C(1);
            made->size = symbol->size;
        }
    }
    return true;
}

const uint8_t *loader_file_bytes(const struct loader_file *loader, uint32_t address, uint32_t size)
{
    for (unsigned i = 0; i < loader->piece_count; i++) {
        const struct loader_piece *piece = &loader->pieces[i];
        uint32_t offset = address - piece->address;
        if (piece->in_image && size <= piece->file_size && offset <= piece->file_size - size) {
            return piece->bytes + offset;
        }
    }
    return NULL;
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

static bool check_info(const struct loader_file *loader, struct error *error)
{
    const struct storage_info *info = &loader->info;
    const char *symbol = loader->format == FORMAT_ALGORITHM ? "FlashDevice" : "StorageInfo";
    if (memchr(info->device_name, 0, sizeof info->device_name) == NULL) {
        return error_set(error, ERROR_LOADER_SHAPE, loader->path, 0, 0,
                         "%s: DeviceName does not end", symbol);
    }
    for (const char *at = info->device_name; *at != '\0'; at++) {
        if (!is_printable(*at)) {
            return error_set(error, ERROR_LOADER_SHAPE, loader->path, 0, 0,
                             "%s: the name holds byte 0x%02x", symbol, (unsigned char)*at);
        }
    }
    uint64_t total = 0;
    for (int i = 0; i < STORAGE_INFO_SECTOR_GROUPS && info->sectors[i].count != 0; i++) {
        total += (uint64_t)info->sectors[i].count * info->sectors[i].size;
    }
    if ((uint64_t)info->device_start_address + info->device_size > UINT64_C(0x100000000)) {
        return error_set(error, ERROR_LOADER_SHAPE, loader->path, 0, 0,
                         "%s: 0x%x bytes from 0x%08x on leave the address space", symbol,
                         info->device_size, info->device_start_address);
    }
    if (info->device_size == 0 || total != info->device_size) {
        return error_set(error, ERROR_LOADER_SHAPE, loader->path, 0, 0,
                         "%s: sectors add up to 0x%llx, its size is 0x%x", symbol,
                         (unsigned long long)total, info->device_size);
    }
    return true;
}

static bool take_pieces(struct loader_file *loader, enum loader_view view,
                        const struct elf_file *elf, size_t size, struct error *error)
{
    switch (view) {
    case VIEW_SEGMENTS: return loader_pieces_by_segments(loader, elf, size, error);
    case VIEW_SECTIONS: return loader_pieces_by_sections(loader, elf, size, error);
    case VIEW_PACK: return loader_algorithm_by_pack(loader, elf, error);
    case VIEW_TARGET_GEN: return loader_algorithm_by_target_gen(loader, elf, error);
    case VIEW_WORK_RAM: return loader_algorithm_whole(loader, elf, size, error);
    }
    return false;
}

static bool parse(struct loader_file *loader, enum loader_view view, const struct elf_file *elf,
                  size_t size, struct error *error)
{
    return take_pieces(loader, view, elf, size, error) && take_symbols(loader, elf, error) &&
           check_info(loader, error);
}

bool loader_file_parse(struct loader_file *loader, enum loader_view view, const char *name,
                       const uint8_t *bytes, size_t size, struct error *error)
{
    *loader = (struct loader_file){0};
    snprintf(loader->path, sizeof loader->path, "%s", name);
    if (!elf_is_elf(bytes, size)) {
        return error_set(error, ERROR_LOADER_NOT_ELF, name, 0, 0,
                         "it does not start with 7F 'ELF'");
    }
    loader->file = malloc(size);
    if (loader->file == NULL) {
        return error_set(error, ERROR_NO_MEMORY, name, 0, 0, "%zu bytes", size);
    }
    memcpy(loader->file, bytes, size);
    struct elf_file elf;
    bool good = elf_parse(&elf, name, loader->file, size, error);
    if (good) {
        good = parse(loader, view, &elf, size, error);
        elf_release(&elf);
    }
    if (!good) {
        loader_file_release(loader);
    }
    return good;
}

bool loader_file_read(struct loader_file *loader, enum loader_view view, const char *path,
                      struct error *error)
{
    size_t size = 0;
    uint8_t *bytes = image_read_whole_file(path, &size, error);
    if (bytes == NULL) {
        return false;
    }
    bool good = loader_file_parse(loader, view, path, bytes, size, error);
    free(bytes);
    return good;
}

void loader_file_release(struct loader_file *loader)
{
    free(loader->file);
    loader->file = NULL;
    free(loader->blob);
    loader->blob = NULL;
    loader->piece_count = 0;
    free(loader->symbols);
    loader->symbols = NULL;
    loader->symbol_count = 0;
}

bool loader_file_needs(const struct loader_file *loader, enum loader_function function,
                       struct error *error)
{
    return loader_file_has(loader, function) ||
           error_set(error, ERROR_LOADER_SHAPE, loader->path, 0, 0, "no symbol %s",
                     loader->format == FORMAT_ALGORITHM ? loader_algorithm_name(function)
                                                        : loader_function_name(function));
}

bool loader_file_has(const struct loader_file *loader, enum loader_function function)
{
    return loader->name[function] != NULL;
}

bool loader_file_succeeded(const struct loader_file *loader, enum loader_function function,
                           const uint32_t arguments[4], uint32_t result)
{
    if (loader->format == FORMAT_ALGORITHM) {
        return loader_algorithm_succeeded(loader, function, arguments, result);
    }
    return function == LOADER_CHECKSUM ||
           result == (function == LOADER_VERIFY || function >= LOADER_STREAM ? 0 : 1);
}

static bool has_symbol(const uint8_t *bytes, size_t size, const char *path, const char *name)
{
    struct elf_file elf;
    struct error error = {0};
    if (!elf_is_elf(bytes, size) || !elf_parse(&elf, path, bytes, size, &error)) {
        return false;
    }
    const bool found = elf_find_symbol(&elf, name) != NULL;
    elf_release(&elf);
    return found;
}

bool loader_file_sniff(const char *path, enum loader_format *format)
{
    size_t size = 0;
    struct error error = {0};
    uint8_t *bytes = image_read_whole_file(path, &size, &error);
    if (bytes == NULL) {
        return false;
    }
    const bool stldr = has_symbol(bytes, size, path, "StorageInfo");
    const bool algorithm = has_symbol(bytes, size, path, "FlashDevice");
    free(bytes);
    *format = algorithm ? FORMAT_ALGORITHM : FORMAT_STLDR;
    return stldr != algorithm;
}

bool loader_file_is_named(const struct loader_file *loader)
{
    const char *slash = strrchr(loader->path, '/');
    const char *name = slash != NULL ? slash + 1 : loader->path;
    const char *dot = strrchr(name, '.');
    size_t length = dot != NULL ? (size_t)(dot - name) : strlen(name);
    return strlen(loader->info.device_name) == length &&
           strncmp(name, loader->info.device_name, length) == 0;
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

uint32_t loader_file_sector_index(const struct loader_file *loader, uint32_t start)
{
    uint32_t index = 0, group_start = 0;
    for (int i = 0; i < STORAGE_INFO_SECTOR_GROUPS && loader->info.sectors[i].count != 0; i++) {
        const struct storage_info_sectors *group = &loader->info.sectors[i];
        const uint32_t group_size = group->count * group->size;
        if (start - group_start < group_size) {
            return index + (start - group_start) / group->size;
        }
        index += group->count;
        group_start += group_size;
    }
    return index;
}
