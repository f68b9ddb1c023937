/* SPDX-License-Identifier: MIT */
/*
 * ELF32 little-endian Arm, read with every bound checked, and written.
 *
 * The reader reports what is wrong instead of repairing it; no libelf, because a checker must see
 * what a library would hide. Plain C17, no POSIX call.
 */
#ifndef EXTLOAD_ELF_ELF32_H
#define EXTLOAD_ELF_ELF32_H

#include "report/error.h"

#include <stdint.h>

#define ELF_PT_LOAD       1u
#define ELF_PF_X          1u
#define ELF_PF_W          2u
#define ELF_PF_R          4u
#define ELF_SHT_PROGBITS  1u
#define ELF_SHT_SYMTAB    2u
#define ELF_SHT_NOBITS    8u
#define ELF_SHT_REL       9u
#define ELF_SHF_WRITE     1u
#define ELF_SHF_ALLOC     2u
#define ELF_SHF_EXECINSTR 4u
#define ELF_ET_EXEC       2u
#define ELF_EM_ARM        40u
#define ELF_STB_LOCAL     0u
#define ELF_STB_GLOBAL    1u
#define ELF_STT_NOTYPE    0u
#define ELF_STT_OBJECT    1u
#define ELF_STT_FUNC      2u

struct elf_segment {
    uint32_t type, offset, vaddr, paddr, file_size, memory_size, flags, align;
    const uint8_t *bytes; /* file_size bytes inside the file's buffer; NULL for PT_NULL */
};

struct elf_section {
    const char *name;
    uint32_t type, flags, address, offset, size, link, info, align, entry_size;
    const uint8_t *bytes; /* NULL for NOBITS and SHT_NULL */
};

struct elf_symbol {
    const char *name;
    uint32_t value, size;
    uint8_t binding, type; /* STB_*, STT_* */
    uint16_t section;
};

/* Arrays keep the file's order and indices: section 0 and symbol 0 are the empty entries that the
 * gABI puts there. A file without a symbol table has no symbols. */
struct elf_file {
    char name[256]; /* as given, for messages */
    uint16_t type, machine;
    uint32_t entry, flags;
    struct elf_segment *segments;
    unsigned segment_count;
    struct elf_section *sections;
    unsigned section_count;
    struct elf_symbol *symbols;
    unsigned symbol_count;
};

/* Parses `size` bytes, which must outlive the result. ELF_WRONG_KIND for what is no 32-bit
 * little-endian Arm ELF; ELF_MALFORMED, with what and at which file offset, for tables, contents
 * or names that leave the file or their table, header tables that overlap, a PT_LOAD that leaves
 * the 32-bit address space or holds more bytes than memory. Nothing to release on refusal. */
bool elf_parse(struct elf_file *elf, const char *name, const uint8_t *bytes, size_t size,
               struct error *error);
void elf_release(struct elf_file *elf);
/* First symbol of that name that is defined, or NULL. */
const struct elf_symbol *elf_find_symbol(const struct elf_file *elf, const char *name);
/* True if the bytes start with the ELF magic. */
bool elf_is_elf(const uint8_t *bytes, size_t size);

/* A writer for small executables: sections with bytes, one PT_LOAD per segment, symbols. */
struct elf_writer;

struct elf_writer *elf_writer_create(uint32_t entry);
void elf_writer_destroy(struct elf_writer *writer);
/* Adds an ALLOC section that is a PT_LOAD of its own (in the order of the calls); `bytes` is
 * copied; `align` is a power of two, or 0 for none. The file offset is congruent to `address`
 * modulo `align`, `address` itself need not be a multiple. Returns its section index, or 0 when out
 * of memory or when `align` is no power of two. */
unsigned elf_writer_add_segment(struct elf_writer *writer, const char *section, uint32_t address,
                                const uint8_t *bytes, uint32_t size, uint32_t section_flags,
                                uint32_t segment_flags, uint32_t align);
/* A GLOBAL symbol; `function` sets STT_FUNC and bit 0 of the value (Thumb), else STT_OBJECT.
 * False when out of memory or when there is no such section. */
bool elf_writer_add_symbol(struct elf_writer *writer, const char *name, unsigned section,
                           uint32_t value, uint32_t size, bool function);
/* Returns malloc'ed bytes, the same for the same calls; NULL when out of memory or past 4 GiB. */
uint8_t *elf_writer_finish(struct elf_writer *writer, size_t *size);

#endif
