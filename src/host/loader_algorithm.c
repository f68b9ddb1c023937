/* SPDX-License-Identifier: MIT */
#include "host/loader_algorithm.h"

#include "host/flash_device.h"

#include <stdlib.h>
#include <string.h>

#define CODE        "PrgCode"
#define DATA        "PrgData"
#define BLOB_MOST   UINT32_C(0x100000) /* more than any RAM that an algorithm gets [choice] */
#define SPELLINGS   3
#define SEGGER_READ "SEGGER_OPEN_Read"

/* Best first: what a tool calls if several are there. The first column is CMSIS' own, by which what
 * is missing is named; the others are known to J-Link only. */
static const char *const spellings[LOADER_FUNCTION_COUNT][SPELLINGS] = {
    [LOADER_INIT] = {"Init", "SEGGER_FL_Prepare"},
    [LOADER_WRITE] = {"ProgramPage", "SEGGER_OPEN_Program", "SEGGER_FL_Program"},
    [LOADER_SECTOR_ERASE] = {"EraseSector", "SEGGER_OPEN_Erase", "SEGGER_FL_Erase"},
    [LOADER_MASS_ERASE] = {"EraseChip", "SEGGER_FL_EraseChip"},
    [LOADER_READ] = {"ReadFlash", SEGGER_READ, "SEGGER_FL_Read"},
    [LOADER_VERIFY] = {"Verify", "SEGGER_FL_Verify"},
    [LOADER_UNINIT] = {"UnInit", "SEGGER_FL_Restore"},
    [LOADER_BLANK_CHECK] = {"BlankCheck", "SEGGER_FL_CheckBlank"},
};

static bool refuse(const struct elf_file *elf, struct error *error, const char *why)
{
    return error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0, "%s", why);
}

const char *loader_algorithm_name(enum loader_function function)
{
    const char *name = spellings[function][0];
    return name != NULL ? name : loader_function_name(function);
}

bool loader_algorithm_succeeded(const struct loader_file *loader, enum loader_function function,
                                const uint32_t arguments[4], uint32_t result)
{
    switch (function) {
    case LOADER_VERIFY: return result == arguments[0] + arguments[1];
    case LOADER_BLANK_CHECK: return result <= 1;
    case LOADER_READ:
        return strcmp(loader->name[LOADER_READ], spellings[LOADER_READ][0]) == 0
                   ? result == 0
                   : result <= INT32_MAX;
    default: return result == 0;
    }
}

static void take_name(struct loader_file *loader, const struct elf_file *elf, int function,
                      const char *name, uint32_t base)
{
    const struct elf_symbol *symbol = name != NULL ? elf_find_symbol(elf, name) : NULL;
    if (symbol != NULL) {
        loader->name[function] = name;
        loader->entry[function] = (symbol->value & ~UINT32_C(1)) - base;
    }
}

/* SEGGER's own entries where J-Link has a choice; ReadFlash is probe-rs' alone. */
static void take_entries(struct loader_file *loader, const struct elf_file *elf,
                         enum loader_view view, uint32_t base)
{
    const bool segger = view == VIEW_WORK_RAM;
    for (int i = 0; i < LOADER_FUNCTION_COUNT; i++) {
        if (view == VIEW_TARGET_GEN || i != LOADER_READ) {
            take_name(loader, elf, i, spellings[i][0], base);
        }
        for (int k = 1; segger && k < SPELLINGS; k++) {
            take_name(loader, elf, i, spellings[i][k], base);
        }
    }
    const char *erase = loader->name[LOADER_SECTOR_ERASE];
    loader->erases_many = erase != NULL && strcmp(erase, spellings[LOADER_SECTOR_ERASE][0]) != 0;
}

static bool check_entries(const struct loader_file *loader, const struct elf_file *elf,
                          struct error *error)
{
    for (int i = 0; i < LOADER_FUNCTION_COUNT; i++) {
        bool inside = false;
        for (unsigned k = 0; k < loader->piece_count; k++) {
            const struct loader_piece *piece = &loader->pieces[k];
            inside = inside || loader->entry[i] - piece->address < piece->memory_size;
        }
        if (loader->name[i] != NULL && !inside) {
            return error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
                             "%s at 0x%08x is in nothing that is downloaded", loader->name[i],
                             loader->entry[i]);
        }
    }
    return true;
}

/* --- the packers: one blob --- */

/* What a packer joins. */
struct parts {
    const struct elf_section *code, *data, *zero;
};

static bool is_part(const struct elf_section *section, const char *name, uint32_t type)
{
    return section->type == type && strcmp(section->name, name) == 0;
}

/* `once`: a second section of the same name and kind is refused, else the last one counts. */
static bool take_part(const struct elf_section **part, const struct elf_section *section, bool once,
                      const struct elf_file *elf, struct error *error)
{
    if (*part != NULL && once) {
        return error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
                         "two sections %s of the same kind: pyOCD refuses the file", section->name);
    }
    *part = section;
    return true;
}

static bool is_loaded(const struct elf_file *elf, const struct elf_section *section)
{
    for (unsigned i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        if (segment->type == ELF_PT_LOAD && section->offset >= segment->offset &&
            section->size <= segment->memory_size &&
            section->offset - segment->offset <= segment->memory_size - section->size) {
            return true;
        }
    }
    return false;
}

static bool find_parts(struct parts *parts, const struct elf_file *elf, bool pack,
                       struct error *error)
{
    *parts = (struct parts){NULL, NULL, NULL};
    for (unsigned i = 0; i < elf->section_count; i++) {
        const struct elf_section *section = &elf->sections[i];
        const struct elf_section **part = is_part(section, CODE, ELF_SHT_PROGBITS)   ? &parts->code
                                          : is_part(section, DATA, ELF_SHT_PROGBITS) ? &parts->data
                                          : is_part(section, DATA, ELF_SHT_NOBITS)   ? &parts->zero
                                                                                     : NULL;
        if (part != NULL && (pack || is_loaded(elf, section)) &&
            !take_part(part, section, pack, elf, error)) {
            return false;
        }
    }
    return parts->code != NULL ||
           refuse(elf, error, "no section PrgCode with bytes, which is what a packer takes");
}

static uint32_t size_of(const struct elf_section *section)
{
    return section != NULL ? section->size : 0;
}

/* pyOCD: "RO section must start at 0x0", and no gaps. */
static bool check_parts(const struct parts *parts, const struct elf_file *elf, struct error *error)
{
    if (parts->data == NULL) {
        return refuse(elf, error, "no section PrgData with bytes: pyOCD refuses the file");
    }
    if (parts->code->address != 0) {
        return error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
                         "PrgCode is linked at 0x%08x: pyOCD wants it at 0", parts->code->address);
    }
    if (parts->data->address != parts->code->size ||
        (parts->zero != NULL && parts->zero->address - parts->data->address != parts->data->size)) {
        return refuse(elf, error,
                      "PrgCode and PrgData leave a gap or overlap: pyOCD refuses the "
                      "file");
    }
    return true;
}

static bool join(struct loader_file *loader, const struct parts *parts, const struct elf_file *elf,
                 struct error *error)
{
    const uint64_t whole =
        (uint64_t)parts->code->size + size_of(parts->data) + size_of(parts->zero);
    if (whole == 0 || whole > BLOB_MOST) {
        return error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
                         "PrgCode and PrgData have %llu bytes; no tool has RAM for that",
                         (unsigned long long)whole);
    }
    uint8_t *blob = calloc(1, (size_t)whole);
    if (blob == NULL) {
        return error_set(error, ERROR_NO_MEMORY, elf->name, 0, 0, "%u bytes", (unsigned)whole);
    }
    if (parts->code->size > 0) {
        memcpy(blob, parts->code->bytes, parts->code->size);
    }
    if (size_of(parts->data) > 0) {
        memcpy(blob + parts->code->size, parts->data->bytes, parts->data->size);
    }
    loader->blob = blob;
    loader->pieces[0] = (struct loader_piece){.file_size = (uint32_t)whole,
                                              .memory_size = (uint32_t)whole,
                                              .bytes = blob,
                                              .in_image = true};
    loader->piece_count = 1;
    loader->image_address = 0;
    loader->file_size = loader->memory_size = (uint32_t)whole;
    loader->data_offset =
        parts->data != NULL ? parts->data->address - parts->code->address : parts->code->size;
    return true;
}

bool loader_algorithm_by_pack(struct loader_file *loader, const struct elf_file *elf,
                              struct error *error)
{
    struct parts parts;
    loader->format = FORMAT_ALGORITHM;
    if (!flash_device_read(loader, elf, error)) {
        return false;
    }
    take_entries(loader, elf, VIEW_PACK, 0);
    return loader_file_needs(loader, LOADER_INIT, error) &&
           loader_file_needs(loader, LOADER_UNINIT, error) &&
           loader_file_needs(loader, LOADER_SECTOR_ERASE, error) &&
           loader_file_needs(loader, LOADER_WRITE, error) && find_parts(&parts, elf, true, error) &&
           check_parts(&parts, elf, error) && join(loader, &parts, elf, error) &&
           check_entries(loader, elf, error);
}

bool loader_algorithm_by_target_gen(struct loader_file *loader, const struct elf_file *elf,
                                    struct error *error)
{
    struct parts parts;
    loader->format = FORMAT_ALGORITHM;
    if (!flash_device_read(loader, elf, error) || !find_parts(&parts, elf, false, error)) {
        return false;
    }
    take_entries(loader, elf, VIEW_TARGET_GEN, parts.code->address);
    return loader_file_needs(loader, LOADER_SECTOR_ERASE, error) &&
           loader_file_needs(loader, LOADER_WRITE, error) && join(loader, &parts, elf, error) &&
           check_entries(loader, elf, error);
}

/* --- J-Link: the whole file --- */

static bool add_segment(struct loader_file *loader, const struct elf_file *elf,
                        const struct elf_segment *segment, size_t file_size, struct error *error)
{
    if (loader->piece_count == LOADER_PIECES_MAX) {
        return error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
                         "more than %d segments to download; a loader has one to three",
                         LOADER_PIECES_MAX);
    }
    const size_t behind = segment->offset <= file_size - segment->file_size
                              ? file_size - segment->offset - segment->file_size
                              : 0;
    const uint32_t rest = segment->memory_size - segment->file_size;
    loader->pieces[loader->piece_count++] =
        (struct loader_piece){.address = segment->vaddr,
                              .file_size = segment->file_size,
                              .memory_size = segment->memory_size,
                              .tail_size = behind < rest ? (uint32_t)behind : rest,
                              .bytes = loader->file + segment->offset,
                              .in_image = true};
    return true;
}

static bool check_overlap(const struct loader_file *loader, const struct elf_file *elf,
                          struct error *error)
{
    for (unsigned i = 0; i < loader->piece_count; i++) {
        for (unsigned k = 0; k < i; k++) {
            const struct loader_piece *a = &loader->pieces[i], *b = &loader->pieces[k];
            if (a->address - b->address < b->memory_size ||
                b->address - a->address < a->memory_size) {
                return error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
                                 "segments at 0x%08x and 0x%08x overlap", b->address, a->address);
            }
        }
    }
    return true;
}

static bool measure(struct loader_file *loader, const struct elf_file *elf, struct error *error)
{
    uint64_t start = UINT64_MAX, end = 0, file_end = 0;
    for (unsigned i = 0; i < loader->piece_count; i++) {
        const struct loader_piece *piece = &loader->pieces[i];
        const uint64_t last = (uint64_t)piece->address + piece->memory_size;
        const uint64_t file_last = (uint64_t)piece->address + piece->file_size;
        start = piece->address < start ? piece->address : start;
        end = last > end ? last : end;
        file_end = piece->file_size > 0 && file_last > file_end ? file_last : file_end;
    }
    if (file_end <= start || end - start > BLOB_MOST) {
        return error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
                         "its PT_LOADs hold no bytes, or lie more than 0x%x apart", BLOB_MOST);
    }
    loader->image_address = (uint32_t)start;
    loader->memory_size = (uint32_t)(end - start);
    loader->file_size = (uint32_t)(file_end - start);
    return true;
}

/* Where R9 points, if the code wants it: the section PrgData, if there is one. */
static uint32_t find_data(const struct loader_file *loader, const struct elf_file *elf)
{
    for (unsigned i = 0; i < elf->section_count; i++) {
        if (strcmp(elf->sections[i].name, DATA) == 0) {
            return elf->sections[i].address - loader->image_address;
        }
    }
    return 0;
}

bool loader_algorithm_whole(struct loader_file *loader, const struct elf_file *elf,
                            size_t file_size, struct error *error)
{
    loader->format = FORMAT_ALGORITHM;
    if (!flash_device_read(loader, elf, error)) {
        return false;
    }
    for (unsigned i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        if (segment->type == ELF_PT_LOAD && segment->memory_size > 0 &&
            !add_segment(loader, elf, segment, file_size, error)) {
            return false;
        }
    }
    if (loader->piece_count == 0) {
        return refuse(elf, error, "no PT_LOAD: there is nothing to download");
    }
    take_entries(loader, elf, VIEW_WORK_RAM, 0);
    loader->data_offset = 0;
    if (!loader_file_needs(loader, LOADER_INIT, error) ||
        !loader_file_needs(loader, LOADER_UNINIT, error) ||
        !loader_file_needs(loader, LOADER_SECTOR_ERASE, error) ||
        !loader_file_needs(loader, LOADER_WRITE, error) || !check_overlap(loader, elf, error) ||
        !measure(loader, elf, error)) {
        return false;
    }
    loader->data_offset = find_data(loader, elf);
    return check_entries(loader, elf, error);
}
