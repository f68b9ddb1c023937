/* SPDX-License-Identifier: MIT */
#include "elf/elf32.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sizes and special numbers of the System V gABI, ELF32 [memory]. */
enum {
    HEADER_SIZE = 52,
    PROGRAM_HEADER_SIZE = 32,
    SECTION_HEADER_SIZE = 40,
    SYMBOL_SIZE = 16,
    CLASS_32 = 1,
    DATA_LITTLE_ENDIAN = 1,
    VERSION_CURRENT = 1,
    PT_NULL = 0,
    SHT_NULL = 0,
    SHT_STRTAB = 3,
    SHN_UNDEF = 0,
    SHN_LORESERVE = 0xff00,
    SHN_XINDEX = 0xffff,
    PN_XNUM = 0xffff
};

struct table {
    uint32_t offset;
    uint32_t count;
};

struct reader {
    struct elf_file *elf;
    const uint8_t *bytes;
    size_t size;
    struct error *error;
    struct table programs;
    struct table sections;
    uint32_t names; /* index of the section that holds the section names; 0 = none */
};

static uint16_t read16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static uint32_t read32(const uint8_t *bytes)
{
    return (uint32_t)read16(bytes) | (uint32_t)read16(bytes + 2) << 16;
}

static bool in_file(const struct reader *reader, uint64_t offset, uint64_t size)
{
    return offset <= reader->size && size <= reader->size - offset;
}

bool elf_is_elf(const uint8_t *bytes, size_t size)
{
    return size >= 4 && memcmp(bytes, "\177ELF", 4) == 0;
}

static bool wrong_kind(const struct reader *reader, const char *what, unsigned found,
                       unsigned wanted)
{
    return error_set(reader->error, ERROR_ELF_WRONG_KIND, reader->elf->name, 0, 0,
                     "%s is %u, not %u", what, found, wanted);
}

static bool check_field(const struct reader *reader, const char *what, unsigned offset,
                        unsigned found, unsigned wanted)
{
    if (found == wanted) {
        return true;
    }
    return error_set(reader->error, ERROR_ELF_MALFORMED, reader->elf->name, 0, 0,
                     "%s at offset 0x%x is %u, not %u", what, offset, found, wanted);
}

static bool check_identity(const struct reader *reader)
{
    const uint8_t *bytes = reader->bytes;
    if (!elf_is_elf(bytes, reader->size)) {
        return error_set(reader->error, ERROR_ELF_WRONG_KIND, reader->elf->name, 0, 0,
                         "the file does not begin with the ELF magic");
    }
    if (reader->size < HEADER_SIZE) {
        return error_set(reader->error, ERROR_ELF_MALFORMED, reader->elf->name, 0, 0,
                         "the file ends at offset 0x%zx, inside its %d-byte header", reader->size,
                         HEADER_SIZE);
    }
    if (bytes[4] != CLASS_32) {
        return wrong_kind(reader, "class", bytes[4], CLASS_32);
    }
    if (bytes[5] != DATA_LITTLE_ENDIAN) {
        return wrong_kind(reader, "byte order", bytes[5], DATA_LITTLE_ENDIAN);
    }
    if (read16(bytes + 18) != ELF_EM_ARM) {
        return wrong_kind(reader, "machine", read16(bytes + 18), ELF_EM_ARM);
    }
    return check_field(reader, "EI_VERSION", 6, bytes[6], VERSION_CURRENT) &&
           check_field(reader, "e_version", 20, read32(bytes + 20), VERSION_CURRENT) &&
           check_field(reader, "e_ehsize", 40, read16(bytes + 40), HEADER_SIZE);
}

static bool check_table(const struct reader *reader, const char *what, const struct table *table,
                        uint32_t entry_size)
{
    if (table->count == 0) {
        return true;
    }
    const uint64_t size = (uint64_t)table->count * entry_size;
    if (table->offset < HEADER_SIZE) {
        return error_set(reader->error, ERROR_ELF_MALFORMED, reader->elf->name, 0, 0,
                         "%s at offset 0x%x overlaps the file header", what, table->offset);
    }
    if (!in_file(reader, table->offset, size)) {
        return error_set(reader->error, ERROR_ELF_MALFORMED, reader->elf->name, 0, 0,
                         "%s at offset 0x%x with %u entries runs past the end of the file "
                         "(0x%zx)",
                         what, table->offset, table->count, reader->size);
    }
    return true;
}

static bool check_tables_apart(const struct reader *reader)
{
    const struct table *programs = &reader->programs;
    const struct table *sections = &reader->sections;
    const uint64_t programs_end =
        programs->offset + (uint64_t)programs->count * PROGRAM_HEADER_SIZE;
    const uint64_t sections_end =
        sections->offset + (uint64_t)sections->count * SECTION_HEADER_SIZE;
    if (programs->count == 0 || sections->count == 0 || programs_end <= sections->offset ||
        sections_end <= programs->offset) {
        return true;
    }
    return error_set(reader->error, ERROR_ELF_MALFORMED, reader->elf->name, 0, 0,
                     "program headers at offset 0x%x overlap section headers at offset 0x%x",
                     programs->offset, sections->offset);
}

/* Counts too large for the file header stand in section header 0 (gABI, extended numbering). */
static bool read_extended_counts(struct reader *reader, uint32_t section_offset)
{
    const struct table first = {.offset = section_offset, .count = 1};
    if (!check_table(reader, "section header table", &first, SECTION_HEADER_SIZE)) {
        return false;
    }
    const uint8_t *header = reader->bytes + section_offset;
    if (reader->sections.count == 0) {
        reader->sections.count = read32(header + 20);
    }
    if (reader->names == SHN_XINDEX) {
        reader->names = read32(header + 24);
    }
    if (reader->programs.count == PN_XNUM) {
        reader->programs.count = read32(header + 28);
    }
    return true;
}

static bool locate_tables(struct reader *reader)
{
    const uint8_t *bytes = reader->bytes;
    reader->programs = (struct table){read32(bytes + 28), read16(bytes + 44)};
    reader->sections = (struct table){read32(bytes + 32), read16(bytes + 48)};
    reader->names = read16(bytes + 50);
    if (reader->programs.count != 0 &&
        !check_field(reader, "e_phentsize", 42, read16(bytes + 42), PROGRAM_HEADER_SIZE)) {
        return false;
    }
    if (reader->sections.offset != 0) {
        if (!check_field(reader, "e_shentsize", 46, read16(bytes + 46), SECTION_HEADER_SIZE) ||
            !read_extended_counts(reader, reader->sections.offset)) {
            return false;
        }
    } else if (reader->sections.count != 0) {
        return error_set(reader->error, ERROR_ELF_MALFORMED, reader->elf->name, 0, 0,
                         "e_shnum at offset 0x30 is %u but there is no section header table",
                         reader->sections.count);
    }
    return check_table(reader, "program header table", &reader->programs, PROGRAM_HEADER_SIZE) &&
           check_table(reader, "section header table", &reader->sections, SECTION_HEADER_SIZE) &&
           check_tables_apart(reader);
}

static bool allocate(const struct reader *reader, void **array, uint32_t count, size_t entry_size)
{
    if (count == 0) {
        return true;
    }
    *array = calloc(count, entry_size);
    if (*array == NULL) {
        return error_set(reader->error, ERROR_NO_MEMORY, reader->elf->name, 0, 0,
                         "%u entries of an ELF table", count);
    }
    return true;
}

static bool bad_segment(const struct reader *reader, unsigned index, const char *what,
                        uint32_t first, uint32_t second)
{
    const uint32_t at = reader->programs.offset + index * PROGRAM_HEADER_SIZE;
    return error_set(reader->error, ERROR_ELF_MALFORMED, reader->elf->name, 0, 0,
                     "program header %u at offset 0x%x: %s (0x%x, 0x%x)", index, at, what, first,
                     second);
}

static bool check_segment(const struct reader *reader, unsigned index,
                          const struct elf_segment *segment)
{
    if (!in_file(reader, segment->offset, segment->file_size)) {
        return bad_segment(reader, index, "p_offset + p_filesz lies past the end of the file",
                           segment->offset, segment->file_size);
    }
    if (segment->type != ELF_PT_LOAD) {
        return true;
    }
    if (segment->file_size > segment->memory_size) {
        return bad_segment(reader, index, "p_filesz is larger than p_memsz", segment->file_size,
                           segment->memory_size);
    }
    const uint64_t limit = UINT64_C(1) << 32;
    if ((uint64_t)segment->vaddr + segment->memory_size > limit) {
        return bad_segment(reader, index, "p_vaddr + p_memsz lies past 32 bits", segment->vaddr,
                           segment->memory_size);
    }
    if ((uint64_t)segment->paddr + segment->file_size > limit) {
        return bad_segment(reader, index, "p_paddr + p_filesz lies past 32 bits", segment->paddr,
                           segment->file_size);
    }
    return true;
}

static bool read_segments(const struct reader *reader)
{
    struct elf_file *elf = reader->elf;
    void *array = NULL;
    if (!allocate(reader, &array, reader->programs.count, sizeof *elf->segments)) {
        return false;
    }
    elf->segments = array;
    elf->segment_count = reader->programs.count;
    for (unsigned i = 0; i < elf->segment_count; i++) {
        const uint8_t *at =
            reader->bytes + reader->programs.offset + (size_t)i * PROGRAM_HEADER_SIZE;
        struct elf_segment *segment = &elf->segments[i];
        *segment = (struct elf_segment){.type = read32(at),
                                        .offset = read32(at + 4),
                                        .vaddr = read32(at + 8),
                                        .paddr = read32(at + 12),
                                        .file_size = read32(at + 16),
                                        .memory_size = read32(at + 20),
                                        .flags = read32(at + 24),
                                        .align = read32(at + 28)};
        if (segment->type == PT_NULL) {
            continue;
        }
        if (!check_segment(reader, i, segment)) {
            return false;
        }
        segment->bytes = reader->bytes + segment->offset;
    }
    return true;
}

static uint32_t section_header_offset(const struct reader *reader, uint32_t index)
{
    return reader->sections.offset + index * SECTION_HEADER_SIZE;
}

static bool bad_section(const struct reader *reader, uint32_t index, const char *what,
                        uint32_t first, uint32_t second)
{
    return error_set(reader->error, ERROR_ELF_MALFORMED, reader->elf->name, 0, 0,
                     "section header %u at offset 0x%x: %s (0x%x, 0x%x)", index,
                     section_header_offset(reader, index), what, first, second);
}

static bool read_section(const struct reader *reader, uint32_t index)
{
    const uint8_t *at = reader->bytes + section_header_offset(reader, index);
    struct elf_section *section = &reader->elf->sections[index];
    *section = (struct elf_section){.name = "",
                                    .type = read32(at + 4),
                                    .flags = read32(at + 8),
                                    .address = read32(at + 12),
                                    .offset = read32(at + 16),
                                    .size = read32(at + 20),
                                    .link = read32(at + 24),
                                    .info = read32(at + 28),
                                    .align = read32(at + 32),
                                    .entry_size = read32(at + 36)};
    /* Section header 0 may carry extended counts in its size, which is no content. */
    if (section->type == SHT_NULL) {
        return true;
    }
    if ((section->flags & ELF_SHF_ALLOC) != 0 &&
        (uint64_t)section->address + section->size > UINT64_C(1) << 32) {
        return bad_section(reader, index, "sh_addr + sh_size lies past 32 bits", section->address,
                           section->size);
    }
    if (section->type == ELF_SHT_NOBITS) {
        return true;
    }
    if (section->size == 0) {
        section->bytes = reader->bytes;
        return true;
    }
    if (!in_file(reader, section->offset, section->size)) {
        return bad_section(reader, index, "sh_offset + sh_size lies past the end of the file",
                           section->offset, section->size);
    }
    section->bytes = reader->bytes + section->offset;
    return true;
}

/* The string at `offset` of a string table, or NULL if it leaves the table. */
static const char *string_at(const struct elf_section *table, uint32_t offset)
{
    if (offset >= table->size ||
        memchr(table->bytes + offset, '\0', table->size - offset) == NULL) {
        return NULL;
    }
    return (const char *)table->bytes + offset;
}

static const struct elf_section *string_table(const struct reader *reader, uint32_t index)
{
    if (index >= reader->elf->section_count || reader->elf->sections[index].type != SHT_STRTAB) {
        return NULL;
    }
    return &reader->elf->sections[index];
}

static bool name_sections(const struct reader *reader)
{
    if (reader->names == SHN_UNDEF) {
        return true;
    }
    const struct elf_section *table = string_table(reader, reader->names);
    if (table == NULL) {
        return error_set(reader->error, ERROR_ELF_MALFORMED, reader->elf->name, 0, 0,
                         "e_shstrndx at offset 0x32 names section %u, which is no string table",
                         reader->names);
    }
    for (uint32_t i = 1; i < reader->elf->section_count; i++) {
        struct elf_section *section = &reader->elf->sections[i];
        if (section->type == SHT_NULL) {
            continue;
        }
        const uint32_t offset = read32(reader->bytes + section_header_offset(reader, i));
        section->name = string_at(table, offset);
        if (section->name == NULL) {
            return bad_section(reader, i, "sh_name leaves the section name table", offset,
                               table->size);
        }
    }
    return true;
}

static bool read_sections(const struct reader *reader)
{
    struct elf_file *elf = reader->elf;
    void *array = NULL;
    if (!allocate(reader, &array, reader->sections.count, sizeof *elf->sections)) {
        return false;
    }
    elf->sections = array;
    elf->section_count = reader->sections.count;
    for (uint32_t i = 0; i < elf->section_count; i++) {
        if (!read_section(reader, i)) {
            return false;
        }
    }
    return name_sections(reader);
}

static bool read_symbol(const struct reader *reader, const struct elf_section *table,
                        const struct elf_section *strings, uint32_t index)
{
    const uint32_t offset = table->offset + index * SYMBOL_SIZE;
    const uint8_t *at = reader->bytes + offset;
    const uint32_t name = read32(at);
    struct elf_symbol *symbol = &reader->elf->symbols[index];
    *symbol = (struct elf_symbol){.name = name == 0 ? "" : string_at(strings, name),
                                  .value = read32(at + 4),
                                  .size = read32(at + 8),
                                  .binding = (uint8_t)(at[12] >> 4),
                                  .type = (uint8_t)(at[12] & 15u),
                                  .section = read16(at + 14)};
    if (symbol->name == NULL) {
        return error_set(reader->error, ERROR_ELF_MALFORMED, reader->elf->name, 0, 0,
                         "symbol %u at offset 0x%x: st_name 0x%x leaves its string table", index,
                         offset, name);
    }
    if (symbol->section >= reader->elf->section_count && symbol->section < SHN_LORESERVE) {
        return error_set(reader->error, ERROR_ELF_MALFORMED, reader->elf->name, 0, 0,
                         "symbol %u at offset 0x%x: st_shndx %u, but there are %u sections", index,
                         offset, symbol->section, reader->elf->section_count);
    }
    return true;
}

static bool read_symbol_table(const struct reader *reader, uint32_t section_index)
{
    struct elf_file *elf = reader->elf;
    const struct elf_section *table = &elf->sections[section_index];
    if (table->entry_size != SYMBOL_SIZE || table->size % SYMBOL_SIZE != 0) {
        return bad_section(reader, section_index, "the symbol table is not made of 16-byte entries",
                           table->entry_size, table->size);
    }
    const struct elf_section *strings = string_table(reader, table->link);
    if (strings == NULL) {
        return bad_section(reader, section_index, "sh_link names no string table", table->link,
                           elf->section_count);
    }
    const uint32_t count = table->size / SYMBOL_SIZE;
    void *array = NULL;
    if (!allocate(reader, &array, count, sizeof *elf->symbols)) {
        return false;
    }
    elf->symbols = array;
    elf->symbol_count = count;
    for (uint32_t i = 0; i < count; i++) {
        if (!read_symbol(reader, table, strings, i)) {
            return false;
        }
    }
    return true;
}

static bool read_symbols(const struct reader *reader)
{
    uint32_t found = 0;
    for (uint32_t i = 1; i < reader->elf->section_count; i++) {
        if (reader->elf->sections[i].type != ELF_SHT_SYMTAB) {
            continue;
        }
        if (found != 0) {
            return bad_section(reader, i, "a second symbol table", found, i);
        }
        found = i;
    }
    return found == 0 || read_symbol_table(reader, found);
}

bool elf_parse(struct elf_file *elf, const char *name, const uint8_t *bytes, size_t size,
               struct error *error)
{
    *elf = (struct elf_file){0};
    snprintf(elf->name, sizeof elf->name, "%s", name);
    struct reader reader = {.elf = elf, .bytes = bytes, .size = size, .error = error};
    if (!check_identity(&reader)) {
        return false;
    }
    elf->type = read16(bytes + 16);
    elf->machine = read16(bytes + 18);
    elf->entry = read32(bytes + 24);
    elf->flags = read32(bytes + 36);
    if (!locate_tables(&reader) || !read_segments(&reader) || !read_sections(&reader) ||
        !read_symbols(&reader)) {
        elf_release(elf);
        return false;
    }
    return true;
}

void elf_release(struct elf_file *elf)
{
    free(elf->segments);
    free(elf->sections);
    free(elf->symbols);
    *elf = (struct elf_file){0};
}

const struct elf_symbol *elf_find_symbol(const struct elf_file *elf, const char *name)
{
    for (unsigned i = 0; i < elf->symbol_count; i++) {
        if (elf->symbols[i].section != SHN_UNDEF && strcmp(elf->symbols[i].name, name) == 0) {
            return &elf->symbols[i];
        }
    }
    return NULL;
}
