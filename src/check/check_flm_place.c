/* SPDX-License-Identifier: MIT */
/*
 * What ties a flash algorithm to the address that it was linked for. The linker's relocations tell it
 * if the file kept them; if not, the instructions and the words of data do, as far as they can.
 */
#include "check/absolute.h"
#include "check/check.h"
#include "check/thumb.h"

#include <string.h>

/* ELF for the Arm Architecture, relocations of ELF32 [memory]; GCC's output read with readelf. */
enum {
    R_ABS32 = 2,
    R_RELATIVE = 23,
    R_GOT_BREL = 26,
    R_TARGET1 = 38,
    R_MOVW_ABS = 43,
    R_MOVT_ABS = 44,
    R_THM_MOVW_ABS = 47,
    R_THM_MOVT_ABS = 48,
    R_GOT_ABS = 95,
    R_GOT_PREL = 96,
    SHN_ABS = 0xFFF1,
    REL_ENTRY = 8,
    LOOK_AHEAD = 64, /* instructions from the load of an offset to the sum with PC or R9 */
    LITERAL_REACH = 4096,
    SMALL = 16,
    R9 = 9
};

struct place {
    const struct check_file *file;
    struct findings *findings;
    uint32_t end; /* of code, data and zeros; they begin at 0 */
};

static uint32_t get32(const uint8_t *bytes)
{
    return (uint32_t)(bytes[0] | bytes[1] << 8 | bytes[2] << 16) | (uint32_t)bytes[3] << 24;
}

static bool is_in(const struct elf_section *section, uint32_t address)
{
    return section != NULL && address - section->address < section->size;
}

static bool is_loaded_as_literal(const struct elf_segment *code, uint32_t address)
{
    const uint32_t end = address - code->vaddr;
    for (uint32_t at = end > LITERAL_REACH ? end - LITERAL_REACH : 0; at < end; at += 2) {
        struct absolute_word load;
        if (absolute_load_at(code, at, &load) && load.literal == address) {
            return true;
        }
    }
    return false;
}

/* ---- relocations ---- */

/* Relocations of the section, or NULL. */
static const struct elf_section *relocations_of(const struct elf_file *elf,
                                                const struct elf_section *section)
{
    for (unsigned i = 0; section != NULL && i < elf->section_count; i++) {
        const struct elf_section *rel = &elf->sections[i];
        if (rel->type == ELF_SHT_REL && rel->bytes != NULL && rel->info < elf->section_count &&
            &elf->sections[rel->info] == section) {
            return rel;
        }
    }
    return NULL;
}

/* Absolute symbols are numbers; what is undefined is 0. */
static bool is_address(const struct elf_file *elf, uint32_t symbol)
{
    return symbol >= elf->symbol_count ||
           (elf->symbols[symbol].section != 0 && elf->symbols[symbol].section != SHN_ABS);
}

/* A symbol that stands for a section has no name of its own. */
static const char *name_of(const struct elf_file *elf, uint32_t index)
{
    if (index >= elf->symbol_count) {
        return "";
    }
    const struct elf_symbol *symbol = &elf->symbols[index];
    const bool of_section = symbol->name[0] == '\0' && symbol->section < elf->section_count;
    return of_section ? elf->sections[symbol->section].name : symbol->name;
}

static void judge_relocation(const struct place *place, uint32_t address, uint32_t info)
{
    const struct elf_file *elf = place->file->elf;
    const char *name = name_of(elf, info >> 8);
    switch (info & 0xFF) {
    case R_GOT_BREL:
    case R_GOT_ABS:
    case R_GOT_PREL:
        check_add(place->findings, FINDING_FLM_GOT, 0, "",
                  "the word at 0x%08x finds '%s' through a global offset table", address, name);
        return;
    case R_MOVW_ABS:
    case R_MOVT_ABS:
    case R_THM_MOVW_ABS:
    case R_THM_MOVT_ABS: break;
    case R_ABS32:
    case R_RELATIVE:
    case R_TARGET1:
        if (!is_in(place->file->sections.code, address) ||
            !is_loaded_as_literal(place->file->code, address)) {
            if (is_address(elf, info >> 8)) {
                check_add(place->findings, FINDING_FLM_POINTER_TABLE, 0, "",
                          "the word at 0x%08x is a linked address, of '%s'", address, name);
            }
            return;
        }
        break;
    default: return;
    }
    if (is_address(elf, info >> 8)) {
        check_add(place->findings, FINDING_FLM_ABSOLUTE_ADDRESS, 0, "",
                  "the code loads a linked address, of '%s', by the word at 0x%08x", name, address);
    }
}

/* True if the file kept them for this section: then nothing need be guessed. */
static bool judge_relocations(const struct place *place, const struct elf_section *section)
{
    const struct elf_section *rel = relocations_of(place->file->elf, section);
    for (uint32_t at = 0; rel != NULL && at + REL_ENTRY <= rel->size; at += REL_ENTRY) {
        const uint32_t address = get32(rel->bytes + at);
        if (is_in(section, address)) {
            judge_relocation(place, address, get32(rel->bytes + at + 4));
        }
    }
    return rel != NULL;
}

/* ---- without them ---- */

static uint16_t half(const struct elf_segment *code, uint32_t at)
{
    if (at + 2 > code->file_size) {
        return 0;
    }
    return (uint16_t)(code->bytes[at] | code->bytes[at + 1] << 8);
}

static bool takes(const struct thumb_insn *insn, unsigned a, unsigned b)
{
    return (insn->rn == a && insn->rm == b) || (insn->rn == b && insn->rm == a);
}

/* True if the register is added to PC or R9 before it gets another value: it holds an offset. */
static bool is_offset(const struct elf_segment *code, const struct absolute_word *load)
{
    uint32_t at = load->instruction - code->vaddr;
    at += thumb_length(half(code, at));
    for (unsigned i = 0; i < LOOK_AHEAD && at < code->file_size; i++) {
        const struct thumb_insn insn =
            thumb_decode(code->vaddr + at, half(code, at), half(code, at + 2));
        if (takes(&insn, load->reg, THUMB_PC) || takes(&insn, load->reg, R9)) {
            return true;
        }
        const bool lost = (insn.writes >> load->reg & 1u) != 0 ||
                          (insn.class == THUMB_CALL && (load->reg < 4 || load->reg == 12));
        if (lost) {
            return false;
        }
        at += insn.length;
    }
    return false;
}

/* Numbers as small as addresses of an image that is linked at 0 are common: only a variable's or the
 * very address of a symbol is taken for one. */
static const struct elf_symbol *symbol_at(const struct place *place, uint32_t value)
{
    const struct elf_file *elf = place->file->elf;
    for (unsigned i = 1; i < elf->symbol_count; i++) {
        const struct elf_symbol *symbol = &elf->symbols[i];
        const bool named =
            (symbol->type == ELF_STT_FUNC && (symbol->value & 1u) != 0) ||
            (symbol->type == ELF_STT_OBJECT && symbol->value != 0 && symbol->value < place->end);
        if (named && symbol->section != 0 && symbol->value == value) {
            return symbol;
        }
    }
    return NULL;
}

static bool is_variable(const struct place *place, uint32_t value)
{
    return is_in(place->file->sections.data, value) || is_in(place->file->sections.zero, value);
}

/* True if there is one. */
static bool look_at_loads(const struct place *place)
{
    const struct elf_segment *code = place->file->code;
    struct absolute_word first = {0};
    unsigned count = 0;
    for (uint32_t at = 0; at + 2 <= code->file_size; at += 2) {
        struct absolute_word load;
        const bool found =
            absolute_load_at(code, at, &load) && load.value < place->end &&
            (is_variable(place, load.value) || symbol_at(place, load.value) != NULL) &&
            !is_offset(code, &load);
        if (found && count++ == 0) {
            first = load;
        }
    }
    if (count > 0) {
        const struct elf_symbol *symbol = symbol_at(place, first.value);
        check_add(place->findings, FINDING_FLM_ABSOLUTE_ADDRESS, 0, "",
                  "%u of its loads name linked addresses, at 0x%08x first: 0x%08x%s%s", count,
                  first.instruction, first.value, symbol != NULL ? ", " : "",
                  symbol != NULL ? symbol->name : "");
    }
    return count > 0;
}

/* Two words side by side that are addresses of symbols are no chance. */
static bool look_at_words(const struct place *place, const struct elf_section *section)
{
    const struct elf_symbol *before = NULL;
    for (uint32_t at = 0; section != NULL && at + 4 <= section->size; at += 4) {
        const struct elf_symbol *symbol = symbol_at(place, get32(section->bytes + at));
        if (symbol != NULL && before != NULL) {
            check_add(place->findings, FINDING_FLM_POINTER_TABLE, 0, "",
                      "the words at 0x%08x are the linked addresses of '%s' and '%s'",
                      section->address + at - 4, before->name, symbol->name);
            return true;
        }
        before = symbol;
    }
    return false;
}

void check_flm_place(const struct check_file *file, struct findings *findings)
{
    const struct flm_sections *sections = &file->sections;
    struct place place = {.file = file, .findings = findings};
    if (file->code == NULL || sections->code->address != 0) {
        return; /* linked for one place, and said so */
    }
    const struct elf_section *last = sections->zero != NULL   ? sections->zero
                                     : sections->data != NULL ? sections->data
                                                              : sections->code;
    place.end = last->address + last->size;
    const bool kept = judge_relocations(&place, sections->code);
    if (judge_relocations(&place, sections->data) || kept || look_at_loads(&place)) {
        return;
    }
    if (!look_at_words(&place, sections->data)) {
        look_at_words(&place, sections->code);
    }
}
