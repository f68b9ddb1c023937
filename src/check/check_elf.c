/* SPDX-License-Identifier: MIT */
/* Rules about the shape of the ELF file. */
#include "check/check.h"

#include <string.h>

enum {
    PT_DYNAMIC = 2,
    PT_INTERP = 3,
    SHT_RELA = 4,
    SHT_DYNAMIC = 6,
    UNRESOLVED_TOLD = 10,
    SECTIONS_TOLD = 10,
    SEGMENTS_MAX = 32 /* more are no loader, and pairs of them would take long */
};

static void check_extension(const struct check_file *file, struct findings *findings)
{
    const size_t length = strlen(file->path);
    if (length < 7 || strcmp(file->path + length - 6, ".stldr") != 0) {
        check_add(findings, FINDING_FILE_EXTENSION, 0, "",
                  "the file's name does not end in .stldr");
    }
}

static void check_type(const struct check_file *file, struct findings *findings)
{
    static const char *const names[] = {"none", "relocatable", "executable", "shared object",
                                        "core dump"};
    const unsigned type = file->elf->type;
    if (type != ELF_ET_EXEC) {
        check_add(findings, FINDING_ELF_TYPE, 0, "", "e_type is %u (%s), not 2 (executable)", type,
                  type < sizeof names / sizeof names[0] ? names[type] : "unknown");
    }
}

static bool is_loaded(const struct elf_segment *segment)
{
    return segment->type == ELF_PT_LOAD && segment->memory_size > 0;
}

static void check_extra_segment(const struct check_file *file, unsigned index,
                                struct findings *findings)
{
    const struct elf_segment *segment = &file->elf->segments[index];
    if (segment->file_size == 0) {
        check_add_milder(
            findings, FINDING_SEGMENT_COUNT, SEVERITY_WARNING, segment->vaddr, "",
            "a further PT_LOAD of %u bytes at 0x%08x without file bytes: nobody zeroes "
            "them",
            segment->memory_size, segment->vaddr);
        return;
    }
    check_add(findings, FINDING_SEGMENT_COUNT, segment->vaddr, "",
              "a further PT_LOAD of %u bytes at 0x%08x besides the code's at 0x%08x",
              segment->file_size, segment->vaddr, file->code != NULL ? file->code->vaddr : 0);
}

/* True if the bytes are to lie elsewhere than they run. */
static bool check_load_address(const struct elf_segment *segment, struct findings *findings)
{
    const bool differs =
        is_loaded(segment) && segment->file_size > 0 && segment->vaddr != segment->paddr;
    if (differs) {
        check_add(findings, FINDING_LOAD_ADDRESS, segment->vaddr, "",
                  "%u bytes run at 0x%08x but are to be loaded at 0x%08x", segment->file_size,
                  segment->vaddr, segment->paddr);
    }
    return differs;
}

static void check_segments(const struct check_file *file, struct findings *findings)
{
    const struct elf_file *elf = file->elf;
    unsigned loaded = 0;
    for (unsigned i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        if (!is_loaded(segment)) {
            continue;
        }
        loaded++;
        if (!check_load_address(segment, findings) && segment != file->code &&
            segment != file->info_segment && file->info_segment != NULL) {
            check_extra_segment(file, i, findings);
        }
    }
    if (loaded == 0) {
        check_add(findings, FINDING_SEGMENT_COUNT, 0, "", "no PT_LOAD that loads anything");
    }
}

static void check_order(const struct check_file *file, struct findings *findings)
{
    if (file->code != NULL && file->info_segment != NULL && file->code < file->info_segment) {
        check_add(findings, FINDING_SEGMENT_ORDER, 0, "",
                  "the code's PT_LOAD (0x%08x) stands before StorageInfo's (0x%08x)",
                  file->code->vaddr, file->info_segment->vaddr);
    }
}

static void check_overlap(const struct check_file *file, struct findings *findings)
{
    const struct elf_file *elf = file->elf;
    for (unsigned i = 0; i < elf->segment_count; i++) {
        for (unsigned k = i + 1; k < elf->segment_count; k++) {
            const struct elf_segment *a = &elf->segments[i], *b = &elf->segments[k];
            if (is_loaded(a) && is_loaded(b) &&
                (b->vaddr - a->vaddr < a->memory_size || a->vaddr - b->vaddr < b->memory_size)) {
                check_add(findings, FINDING_SEGMENT_OVERLAP, b->vaddr, "",
                          "PT_LOAD 0x%08x+0x%x and PT_LOAD 0x%08x+0x%x share addresses", a->vaddr,
                          a->memory_size, b->vaddr, b->memory_size);
            }
        }
    }
}

static bool has_contents(const struct elf_section *section)
{
    return (section->flags & ELF_SHF_ALLOC) != 0 && section->type != ELF_SHT_NOBITS &&
           section->type != 0 && section->size > 0;
}

/* Same address, same file offset. */
static bool is_stored_in(const struct elf_section *section, const struct elf_segment *segment)
{
    const uint32_t at = section->address - segment->vaddr;
    return segment->type == ELF_PT_LOAD && at <= segment->file_size &&
           section->size <= segment->file_size - at && section->offset == segment->offset + at;
}

static bool check_section(const struct elf_file *elf, const struct elf_section *section,
                          struct findings *findings)
{
    for (unsigned i = 0; i < elf->segment_count; i++) {
        if (is_stored_in(section, &elf->segments[i])) {
            return true;
        }
    }
    check_add(findings, FINDING_SECTION_OUTSIDE, section->address, "",
              "section '%s', 0x%x bytes at 0x%08x, file offset 0x%x, agrees with no PT_LOAD",
              section->name, section->size, section->address, section->offset);
    return false;
}

static void check_sections(const struct check_file *file, struct findings *findings)
{
    unsigned told = 0;
    for (unsigned i = 0; i < file->elf->section_count && told < SECTIONS_TOLD; i++) {
        const struct elf_section *section = &file->elf->sections[i];
        if (has_contents(section) && !check_section(file->elf, section, findings)) {
            told++;
        }
    }
}

static void check_is_covered(const struct check_file *file, const struct elf_segment *segment,
                             struct findings *findings)
{
    for (unsigned i = 0; segment != NULL && i < file->elf->section_count; i++) {
        const struct elf_section *section = &file->elf->sections[i];
        if (has_contents(section) && section->address - segment->vaddr < segment->file_size) {
            return;
        }
    }
    if (segment != NULL) {
        check_add(findings, FINDING_SEGMENT_BARE, segment->vaddr, "",
                  "no section lies in the PT_LOAD at 0x%08x", segment->vaddr);
    }
}

static void check_symbols(const struct check_file *file, struct findings *findings)
{
    const struct elf_file *elf = file->elf;
    if (elf->symbol_count <= 1) {
        check_add(findings, FINDING_NO_SYMBOLS, 0, "", "the file has no symbol table");
    }
    unsigned told = 0;
    for (unsigned i = 1; i < elf->symbol_count && told < UNRESOLVED_TOLD; i++) {
        const struct elf_symbol *symbol = &elf->symbols[i];
        if (symbol->section == 0 && symbol->binding == ELF_STB_GLOBAL && symbol->name[0] != '\0') {
            check_add(findings, FINDING_UNRESOLVED, i, "", "'%s' is used and nowhere defined",
                      symbol->name);
            told++;
        }
    }
}

/* Relocations that --emit-relocs keeps for tools are no part of the image. */
static void check_relocations(const struct check_file *file, struct findings *findings)
{
    const struct elf_file *elf = file->elf;
    for (unsigned i = 0; i < elf->segment_count; i++) {
        const uint32_t type = elf->segments[i].type;
        if (type == PT_DYNAMIC || type == PT_INTERP) {
            check_add(findings, FINDING_RELOCATIONS, 0, "", "program header %u is for a dynamic %s",
                      i, type == PT_DYNAMIC ? "linker's table" : "linker");
            return;
        }
    }
    for (unsigned i = 0; i < elf->section_count; i++) {
        const struct elf_section *section = &elf->sections[i];
        const bool relocates = section->type == ELF_SHT_REL || section->type == SHT_RELA ||
                               section->type == SHT_DYNAMIC;
        if (relocates && (section->flags & ELF_SHF_ALLOC) != 0 && section->size > 0) {
            check_add(findings, FINDING_RELOCATIONS, 0, "",
                      "section '%s' of %u bytes is for a loader that relocates", section->name,
                      section->size);
            return;
        }
    }
}

/* Packers go by sections, and read FlashDevice by the segment's load address. */
static void check_algorithm_segments(const struct check_file *file, struct findings *findings)
{
    const unsigned count =
        file->elf->segment_count < SEGMENTS_MAX ? file->elf->segment_count : SEGMENTS_MAX;
    for (unsigned i = 0; i < count; i++) {
        check_load_address(&file->elf->segments[i], findings);
    }
    check_sections(file, findings);
    check_relocations(file, findings);
}

static void check_stldr_segments(const struct check_file *file, struct findings *findings)
{
    if (file->elf->segment_count > SEGMENTS_MAX) {
        check_add(findings, FINDING_SEGMENT_COUNT, 0, "", "%u program headers",
                  file->elf->segment_count);
        return;
    }
    check_segments(file, findings);
    check_order(file, findings);
    check_overlap(file, findings);
    check_sections(file, findings);
    check_is_covered(file, file->code, findings);
    if (file->info_segment != file->code) {
        check_is_covered(file, file->info_segment, findings);
    }
    check_relocations(file, findings);
}

void check_elf(const struct check_file *file, struct findings *findings)
{
    if (file->kind == CHECK_STLDR) {
        check_extension(file, findings);
    }
    check_type(file, findings);
    check_symbols(file, findings);
    if (file->elf->type != ELF_ET_EXEC || file->elf->symbol_count <= 1) {
        return;
    }
    if (file->kind == CHECK_STLDR) {
        check_stldr_segments(file, findings);
    } else {
        check_algorithm_segments(file, findings);
    }
}
