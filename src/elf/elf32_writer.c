/* SPDX-License-Identifier: MIT */
#include "elf/elf32.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Sizes and special numbers of the System V gABI, ELF32; the flags of the Arm EABI [memory]. */
enum {
    HEADER_SIZE = 52,
    PROGRAM_HEADER_SIZE = 32,
    SECTION_HEADER_SIZE = 40,
    SYMBOL_SIZE = 16,
    TABLE_ALIGN = 4,
    EF_ARM_EABI_VER5 = 0x05000000,
    SHT_STRTAB = 3,
    SHN_LORESERVE = 0xff00,
    STB_GLOBAL = 1,
    STT_OBJECT = 1,
    STT_FUNC = 2,
    EXTRA_SECTIONS = 4 /* the null section, .symtab, .strtab, .shstrtab */
};

struct strings {
    char *bytes;
    uint32_t size;
};

struct part {
    uint32_t name, address, size, section_flags, segment_flags, align;
    uint32_t offset; /* in the file, known at the end */
    uint8_t *bytes;
};

struct symbol {
    uint32_t name, value, size;
    uint16_t section;
    uint8_t type;
};

struct elf_writer {
    uint32_t entry;
    struct part *parts;
    unsigned part_count;
    struct symbol *symbols;
    unsigned symbol_count;
    struct strings section_names;
    struct strings symbol_names;
};

/* Where everything but the parts lies in the file. */
struct layout {
    uint32_t symbols, symbol_names, section_names, section_headers, end;
};

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value);
    put16(at + 2, value >> 16);
}

static void put_words(uint8_t *at, const uint32_t *words, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        put32(at + 4u * i, words[i]);
    }
}

/* Appends a string and gives its offset; 0, the empty string's place, when out of memory. */
static uint32_t add_string(struct strings *strings, const char *text)
{
    const size_t start = strings->size == 0 ? 1 : strings->size;
    const size_t length = strlen(text) + 1;
    if (length > UINT32_MAX - start) {
        return 0;
    }
    char *grown = realloc(strings->bytes, start + length);
    if (grown == NULL) {
        return 0;
    }
    grown[0] = '\0';
    memcpy(grown + start, text, length);
    strings->bytes = grown;
    strings->size = (uint32_t)(start + length);
    return (uint32_t)start;
}

struct elf_writer *elf_writer_create(uint32_t entry)
{
    struct elf_writer *writer = calloc(1, sizeof *writer);
    if (writer != NULL) {
        writer->entry = entry;
    }
    return writer;
}

void elf_writer_destroy(struct elf_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    for (unsigned i = 0; i < writer->part_count; i++) {
        free(writer->parts[i].bytes);
    }
    free(writer->parts);
    free(writer->symbols);
    free(writer->section_names.bytes);
    free(writer->symbol_names.bytes);
    free(writer);
}

unsigned elf_writer_add_segment(struct elf_writer *writer, const char *section, uint32_t address,
                                const uint8_t *bytes, uint32_t size, uint32_t section_flags,
                                uint32_t segment_flags, uint32_t align)
{
    if ((align & (align - 1u)) != 0 || writer->part_count >= SHN_LORESERVE - EXTRA_SECTIONS) {
        return 0;
    }
    struct part *grown = realloc(writer->parts, (writer->part_count + 1u) * sizeof *writer->parts);
    if (grown == NULL) {
        return 0;
    }
    writer->parts = grown;
    uint8_t *copy = malloc(size == 0 ? 1 : size);
    const uint32_t name = add_string(&writer->section_names, section);
    if (copy == NULL || name == 0) {
        free(copy);
        return 0;
    }
    if (size != 0) {
        memcpy(copy, bytes, size);
    }
    writer->parts[writer->part_count] =
        (struct part){.name = name,
                      .address = address,
                      .size = size,
                      .section_flags = section_flags | ELF_SHF_ALLOC,
                      .segment_flags = segment_flags,
                      .align = align == 0 ? 1 : align,
                      .bytes = copy};
    return ++writer->part_count;
}

bool elf_writer_add_symbol(struct elf_writer *writer, const char *name, unsigned section,
                           uint32_t value, uint32_t size, bool function)
{
    if (section == 0 || section > writer->part_count) {
        return false;
    }
    struct symbol *grown =
        realloc(writer->symbols, (writer->symbol_count + 1u) * sizeof *writer->symbols);
    if (grown == NULL) {
        return false;
    }
    writer->symbols = grown;
    const uint32_t at = add_string(&writer->symbol_names, name);
    if (at == 0) {
        return false;
    }
    grown[writer->symbol_count++] = (struct symbol){.name = at,
                                                    .value = function ? value | 1u : value,
                                                    .size = size,
                                                    .section = (uint16_t)section,
                                                    .type = function ? STT_FUNC : STT_OBJECT};
    return true;
}

static uint64_t align_up(uint64_t offset, uint32_t align)
{
    return (offset + align - 1u) & ~((uint64_t)align - 1u);
}

/* The first offset from `offset` on that is congruent to the address modulo the alignment, as a
 * PT_LOAD must be. */
static uint64_t congruent(uint64_t offset, uint32_t address, uint32_t align)
{
    const uint64_t phase = address & (align - 1u);
    const uint64_t up = align_up(offset, align) + phase;
    return up >= offset + align ? up - align : up;
}

static bool lay_out(struct elf_writer *writer, struct layout *layout)
{
    uint64_t at = HEADER_SIZE + (uint64_t)writer->part_count * PROGRAM_HEADER_SIZE;
    for (unsigned i = 0; i < writer->part_count; i++) {
        struct part *part = &writer->parts[i];
        at = congruent(at, part->address, part->align);
        if (at > UINT32_MAX) {
            return false;
        }
        part->offset = (uint32_t)at;
        at += part->size;
    }
    const uint64_t symbols = align_up(at, TABLE_ALIGN);
    const uint64_t names = symbols + (writer->symbol_count + UINT64_C(1)) * SYMBOL_SIZE;
    const uint64_t section_names = names + writer->symbol_names.size;
    const uint64_t headers = align_up(section_names + writer->section_names.size, TABLE_ALIGN);
    const uint64_t end =
        headers + (writer->part_count + (uint64_t)EXTRA_SECTIONS) * SECTION_HEADER_SIZE;
    if (end > UINT32_MAX) {
        return false;
    }
    *layout = (struct layout){(uint32_t)symbols, (uint32_t)names, (uint32_t)section_names,
                              (uint32_t)headers, (uint32_t)end};
    return true;
}

static void write_header(const struct elf_writer *writer, const struct layout *layout,
                         uint8_t *file)
{
    static const uint8_t identity[7] = {0x7f, 'E', 'L', 'F', 1, 1, 1};
    memcpy(file, identity, sizeof identity);
    put16(file + 16, ELF_ET_EXEC);
    put16(file + 18, ELF_EM_ARM);
    put32(file + 20, 1);
    put32(file + 24, writer->entry);
    put32(file + 28, writer->part_count == 0 ? 0 : HEADER_SIZE);
    put32(file + 32, layout->section_headers);
    put32(file + 36, EF_ARM_EABI_VER5);
    put16(file + 40, HEADER_SIZE);
    put16(file + 42, PROGRAM_HEADER_SIZE);
    put16(file + 44, writer->part_count);
    put16(file + 46, SECTION_HEADER_SIZE);
    put16(file + 48, writer->part_count + EXTRA_SECTIONS);
    put16(file + 50, writer->part_count + EXTRA_SECTIONS - 1u);
}

/* sh_addr must be a multiple of sh_addralign, which a load address need not allow. */
static uint32_t section_align(const struct part *part)
{
    const uint32_t lowest = part->address & (0u - part->address);
    return lowest != 0 && lowest < part->align ? lowest : part->align;
}

static void write_parts(const struct elf_writer *writer, const struct layout *layout, uint8_t *file)
{
    for (unsigned i = 0; i < writer->part_count; i++) {
        const struct part *part = &writer->parts[i];
        const uint32_t program[] = {ELF_PT_LOAD, part->offset, part->address,       part->address,
                                    part->size,  part->size,   part->segment_flags, part->align};
        const uint32_t section[] = {part->name,
                                    ELF_SHT_PROGBITS,
                                    part->section_flags,
                                    part->address,
                                    part->offset,
                                    part->size,
                                    0,
                                    0,
                                    section_align(part),
                                    0};
        put_words(file + HEADER_SIZE + (size_t)i * PROGRAM_HEADER_SIZE, program, 8);
        put_words(file + layout->section_headers + (size_t)(i + 1u) * SECTION_HEADER_SIZE, section,
                  10);
        memcpy(file + part->offset, part->bytes, part->size);
    }
}

static void write_symbols(const struct elf_writer *writer, uint8_t *table)
{
    for (unsigned i = 0; i < writer->symbol_count; i++) {
        const struct symbol *symbol = &writer->symbols[i];
        uint8_t *at = table + (i + (size_t)1) * SYMBOL_SIZE;
        put32(at, symbol->name);
        put32(at + 4, symbol->value);
        put32(at + 8, symbol->size);
        at[12] = (uint8_t)(STB_GLOBAL << 4 | symbol->type);
        put16(at + 14, symbol->section);
    }
}

static void write_tables(const struct elf_writer *writer, const struct layout *layout,
                         const uint32_t names[3], uint8_t *file)
{
    const uint32_t first = writer->part_count + 1u;
    uint8_t *at = file + layout->section_headers + (size_t)first * SECTION_HEADER_SIZE;
    /* sh_info of a symbol table: its first symbol that is not local. */
    const uint32_t symbols[] = {names[0],
                                ELF_SHT_SYMTAB,
                                0,
                                0,
                                layout->symbols,
                                layout->symbol_names - layout->symbols,
                                first + 1u,
                                1,
                                TABLE_ALIGN,
                                SYMBOL_SIZE};
    const uint32_t symbol_names[] = {
        names[1], SHT_STRTAB, 0, 0, layout->symbol_names, writer->symbol_names.size, 0, 0, 1, 0};
    const uint32_t section_names[] = {
        names[2], SHT_STRTAB, 0, 0, layout->section_names, writer->section_names.size, 0, 0, 1, 0};
    put_words(at, symbols, 10);
    put_words(at + SECTION_HEADER_SIZE, symbol_names, 10);
    put_words(at + 2 * SECTION_HEADER_SIZE, section_names, 10);
    write_symbols(writer, file + layout->symbols);
    memcpy(file + layout->symbol_names, writer->symbol_names.bytes, writer->symbol_names.size);
    memcpy(file + layout->section_names, writer->section_names.bytes, writer->section_names.size);
}

uint8_t *elf_writer_finish(struct elf_writer *writer, size_t *size)
{
    /* The tables' names are taken back afterwards, so that a second finish gives the same. */
    const uint32_t own_names = writer->section_names.size;
    const uint32_t names[3] = {add_string(&writer->section_names, ".symtab"),
                               add_string(&writer->section_names, ".strtab"),
                               add_string(&writer->section_names, ".shstrtab")};
    struct layout layout;
    uint8_t *file = NULL;
    if (writer->symbol_names.size == 0) {
        writer->symbol_names.bytes = calloc(1, 1);
        writer->symbol_names.size = writer->symbol_names.bytes == NULL ? 0 : 1;
    }
    if (names[0] != 0 && names[1] != 0 && names[2] != 0 && writer->symbol_names.size != 0 &&
        lay_out(writer, &layout)) {
        file = calloc(1, layout.end);
    }
    if (file != NULL) {
        write_header(writer, &layout, file);
        write_parts(writer, &layout, file);
        write_tables(writer, &layout, names, file);
        *size = layout.end;
    }
    writer->section_names.size = own_names;
    return file;
}
