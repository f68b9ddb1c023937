/* SPDX-License-Identifier: MIT */
#include "host/loader_pieces.h"

#include <string.h>

/* A segment further away from the image than this is data elsewhere, not part of it. [choice] */
#define NEAR          UINT32_C(0x10000)
#define RELOCATABLE   UINT32_C(0xFF000000) /* none of these bits: OpenOCD calls it relocatable */
#define STORAGE_INFO  "StorageInfo"
#define SEGMENT_BYTES (uint32_t)sizeof(struct storage_info)

static bool refuse(const struct elf_file *elf, struct error *error, const char *why)
{
    return error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0, "%s", why);
}

/* `follows`: bytes of the file behind the piece's own. */
static bool add_piece(struct loader_file *loader, const struct elf_file *elf,
                      const struct loader_piece *piece, size_t follows, struct error *error)
{
    if (loader->piece_count == LOADER_PIECES_MAX) {
        return error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
                         "more than %d segments to download; a loader has one or two",
                         LOADER_PIECES_MAX);
    }
    unsigned at = loader->piece_count++;
    struct loader_piece *made = &loader->pieces[at];
    uint32_t rest = piece->memory_size - piece->file_size;
    *made = *piece;
    made->tail_size = follows < rest ? (uint32_t)follows : rest;
    return true;
}

static bool holds(uint32_t start, uint32_t size, uint32_t address)
{
    return address - start < size;
}

static const struct loader_piece *piece_at(const struct loader_file *loader, uint32_t address)
{
    for (unsigned i = 0; i < loader->piece_count; i++) {
        if (holds(loader->pieces[i].address, loader->pieces[i].memory_size, address)) {
            return &loader->pieces[i];
        }
    }
    return NULL;
}

/* GCC layouts of old loaders let the code's memory run over StorageInfo; the segment that holds it
 * in file bytes and is smallest is its own. */
static const struct elf_segment *info_segment(const struct elf_file *elf, uint32_t address)
{
    const struct elf_segment *found = NULL;
    for (unsigned i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        if (segment->type == ELF_PT_LOAD && holds(segment->vaddr, segment->file_size, address) &&
            (found == NULL || segment->file_size < found->file_size)) {
            found = segment;
        }
    }
    return found;
}

static bool take_info(struct loader_file *loader, const struct elf_file *elf, const uint8_t *bytes,
                      uint32_t size, struct error *error)
{
    if (size < SEGMENT_BYTES) {
        error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
                  "StorageInfo has %u bytes in the file, not %u", size, SEGMENT_BYTES);
        return error_hint(error, "ten pairs of sector count and size; STM32CubeProgrammer since "
                                 "2.12 refuses less");
    }
    memcpy(&loader->info, bytes, sizeof loader->info);
    return true;
}

static bool add_segments(struct loader_file *loader, const struct elf_file *elf,
                         const struct elf_segment *info, size_t file_size, struct error *error)
{
    for (unsigned i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        if (segment == info || segment->type != ELF_PT_LOAD || segment->memory_size == 0) {
            continue;
        }
        const struct loader_piece piece = {.address = segment->vaddr,
                                           .file_size = segment->file_size,
                                           .memory_size = segment->memory_size,
                                           .bytes = loader->file + segment->offset};
        size_t follows = segment->offset <= file_size - segment->file_size
                             ? file_size - segment->offset - segment->file_size
                             : 0;
        if (!add_piece(loader, elf, &piece, follows, error)) {
            return false;
        }
    }
    return true;
}

/* Two segments may share memory (a .bss tail), not bytes: the tool's order would decide. */
static bool check_overlap(const struct loader_file *loader, const struct elf_file *elf,
                          struct error *error)
{
    for (unsigned i = 0; i < loader->piece_count; i++) {
        for (unsigned k = 0; k < loader->piece_count; k++) {
            const struct loader_piece *a = &loader->pieces[i], *b = &loader->pieces[k];
            if (i != k && b->file_size > 0 && holds(a->address, a->file_size, b->address)) {
                return error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
                                 "segments at 0x%08x and 0x%08x overlap in file bytes", a->address,
                                 b->address);
            }
        }
    }
    return true;
}

static uint64_t end_of(const struct loader_piece *piece)
{
    return (uint64_t)piece->address + piece->memory_size;
}

/* The image grows from the segment of Init to whatever lies near it. */
static void gather_image(struct loader_file *loader, const struct loader_piece *code)
{
    uint64_t start = code->address, end = end_of(code), file_end = code->address;
    for (bool grown = true; grown;) {
        grown = false;
        for (unsigned i = 0; i < loader->piece_count; i++) {
            struct loader_piece *piece = &loader->pieces[i];
            if (piece->in_image || piece->address > end + NEAR || end_of(piece) + NEAR < start) {
                continue;
            }
            uint64_t last = (uint64_t)piece->address + piece->file_size;
            start = piece->address < start ? piece->address : start;
            end = end_of(piece) > end ? end_of(piece) : end;
            file_end = piece->file_size > 0 && last > file_end ? last : file_end;
            piece->in_image = true;
            grown = true;
        }
    }
    loader->image_address = (uint32_t)start;
    loader->memory_size = (uint32_t)(end - start);
    loader->file_size = (uint32_t)(file_end - start);
}

/* A function at address 0 is none: nobody could tell it from an undefined one. */
static void take_entry(struct loader_file *loader, int function, const struct elf_symbol *symbol)
{
    const uint32_t address = symbol != NULL ? symbol->value & ~UINT32_C(1) : 0;
    loader->entry[function] = address;
    loader->name[function] =
        address != 0 ? loader_function_name((enum loader_function)function) : NULL;
}

static bool check_entries(const struct loader_file *loader, const struct elf_file *elf,
                          struct error *error)
{
    for (int i = 0; i < LOADER_STLDR_FUNCTIONS; i++) {
        if (loader->name[i] != NULL && piece_at(loader, loader->entry[i]) == NULL) {
            return error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
                             "%s at 0x%08x is in nothing that is downloaded",
                             loader_function_name((enum loader_function)i), loader->entry[i]);
        }
    }
    return true;
}

static bool refuse_without_info(const struct elf_file *elf, struct error *error, const char *why)
{
    refuse(elf, error, why);
    if (elf_find_symbol(elf, "FlashDevice") != NULL) {
        error_hint(error, "it is a flash algorithm: --host flm, probe-rs or jlink-ofl");
    }
    return false;
}

bool loader_pieces_by_segments(struct loader_file *loader, const struct elf_file *elf,
                               size_t file_size, struct error *error)
{
    for (int i = 0; i < LOADER_STLDR_FUNCTIONS; i++) {
        take_entry(loader, i, elf_find_symbol(elf, loader_function_name((enum loader_function)i)));
    }
    const struct elf_symbol *symbol = elf_find_symbol(elf, STORAGE_INFO);
    if (symbol == NULL) {
        return refuse_without_info(elf, error, "no symbol StorageInfo (the tool finds it by name)");
    }
    if (!loader_file_needs(loader, LOADER_INIT, error)) {
        return false;
    }
    const struct elf_segment *info = info_segment(elf, symbol->value);
    if (info == NULL) {
        return error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
                         "StorageInfo at 0x%08x is in no PT_LOAD", symbol->value);
    }
    uint32_t before = symbol->value - info->vaddr;
    if (!take_info(loader, elf, info->bytes + before, info->file_size - before, error) ||
        !add_segments(loader, elf, info, file_size, error)) {
        return false;
    }
    const struct loader_piece *code = piece_at(loader, loader->entry[LOADER_INIT]);
    if (code == NULL && holds(info->vaddr, info->memory_size, loader->entry[LOADER_INIT])) {
        return refuse(elf, error,
                      "StorageInfo shares a PT_LOAD with the code, so the tool never downloads it");
    }
    if (!check_entries(loader, elf, error) || !check_overlap(loader, elf, error)) {
        return false;
    }
    gather_image(loader, code);
    return true;
}

static bool add_section(struct loader_file *loader, const struct elf_file *elf,
                        const struct elf_section *section, size_t file_size, struct error *error)
{
    if (section->offset > file_size || section->size > file_size - section->offset) {
        return error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
                         "section %s: OpenOCD reads its %u bytes from the file although they are "
                         "not there",
                         section->name, section->size);
    }
    if ((section->flags & (ELF_SHF_EXECINSTR | ELF_SHF_WRITE)) == 0) {
        return true;
    }
    if ((section->address & RELOCATABLE) == 0) {
        return error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
                         "section %s at 0x%08x: OpenOCD takes it for relocatable and refuses it",
                         section->name, section->address);
    }
    uint64_t start = loader->image_address, end = start + loader->memory_size;
    uint64_t last = (uint64_t)section->address + section->size;
    start = loader->memory_size == 0 || section->address < start ? section->address : start;
    end = loader->memory_size == 0 || last > end ? last : end;
    if (end > UINT32_MAX) {
        return error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
                         "section %s leaves the address space", section->name);
    }
    loader->image_address = (uint32_t)start;
    loader->memory_size = (uint32_t)(end - start);
    loader->file_size = loader->memory_size;
    const struct loader_piece piece = {.address = section->address,
                                       .file_size = section->size,
                                       .memory_size = section->size,
                                       .bytes = loader->file + section->offset,
                                       .in_image = true};
    return section->size == 0 || add_piece(loader, elf, &piece, 0, error);
}

static const struct elf_section *info_section(struct loader_file *loader,
                                              const struct elf_file *elf)
{
    const struct elf_section *info = NULL;
    for (unsigned i = 0; i < elf->symbol_count; i++) {
        const struct elf_symbol *symbol = &elf->symbols[i];
        if (strcmp(symbol->name, STORAGE_INFO) == 0 && symbol->section < elf->section_count &&
            (elf->sections[symbol->section].flags & ELF_SHF_ALLOC) != 0) {
            info = &elf->sections[symbol->section];
        }
        for (int k = 0; k < LOADER_STLDR_FUNCTIONS; k++) {
            if (strcmp(symbol->name, loader_function_name((enum loader_function)k)) == 0) {
                take_entry(loader, k, symbol);
            }
        }
    }
    return info;
}

bool loader_pieces_by_sections(struct loader_file *loader, const struct elf_file *elf,
                               size_t file_size, struct error *error)
{
    for (unsigned i = 0; i < elf->section_count; i++) {
        if ((elf->sections[i].flags & ELF_SHF_ALLOC) != 0 &&
            !add_section(loader, elf, &elf->sections[i], file_size, error)) {
            return false;
        }
    }
    const struct elf_section *info = info_section(loader, elf);
    if (info == NULL) {
        return refuse_without_info(elf, error, "no symbol StorageInfo in an allocated section");
    }
    return loader_file_needs(loader, LOADER_INIT, error) &&
           loader_file_needs(loader, LOADER_WRITE, error) &&
           loader_file_needs(loader, LOADER_SECTOR_ERASE, error) &&
           take_info(loader, elf, loader->file + info->offset, info->size, error) &&
           check_entries(loader, elf, error);
}
