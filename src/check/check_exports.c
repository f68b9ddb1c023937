/* SPDX-License-Identifier: MIT */
/* Rules about the functions that the tool calls by name. */
#include "check/check.h"

#include <string.h>

enum {
    TYPE_SRAM = 4,
    TYPE_PSRAM = 5,
    TYPE_SDRAM = 9,
    ALGORITHM_NEEDS = 4 /* the first names of its list */
};

/* RAM is not erased: 97 of 108 loaders of ST have SectorErase, the others are for RAM. */
static bool is_needed(const struct check_file *file, const char *name)
{
    const unsigned type = file->info != NULL ? file->info->device_type : 0;
    if (strcmp(name, "SectorErase") == 0) {
        return type != TYPE_SRAM && type != TYPE_PSRAM && type != TYPE_SDRAM;
    }
    return strcmp(name, "Init") == 0 || strcmp(name, "Write") == 0;
}

static void check_place(const struct check_file *file, const struct elf_symbol *symbol,
                        struct findings *findings)
{
    const uint32_t address = symbol->value & ~1u;
    const struct elf_segment *code = file->code;
    if (code == NULL && file->kind != CHECK_STLDR) {
        return; /* flm-code-missing says so */
    }
    if (code == NULL || address - code->vaddr >= code->file_size) {
        check_add(findings, FINDING_EXPORT_OUTSIDE, address, symbol->name,
                  "it is at 0x%08x, outside of the 0x%x bytes at 0x%08x that are downloaded",
                  address, code != NULL ? code->file_size : 0, code != NULL ? code->vaddr : 0);
    }
}

static void check_symbol(const struct check_file *file, const struct elf_symbol *symbol,
                         struct findings *findings)
{
    if (symbol->binding == ELF_STB_LOCAL) {
        check_add(findings, FINDING_EXPORT_LOCAL, symbol->value, symbol->name,
                  "the symbol is local");
    }
    if (symbol->type == ELF_STT_NOTYPE) {
        check_add_milder(findings, FINDING_EXPORT_TYPE, SEVERITY_WARNING, symbol->value,
                         symbol->name, "the symbol has no type");
    } else if (symbol->type != ELF_STT_FUNC) {
        check_add(findings, FINDING_EXPORT_TYPE, symbol->value, symbol->name,
                  "the symbol's type is %u, not 2 (function)", symbol->type);
    }
    const bool may_be_code = symbol->type == ELF_STT_FUNC || symbol->type == ELF_STT_NOTYPE;
    if (may_be_code && (symbol->value & 1) == 0) {
        check_add(findings, FINDING_EXPORT_THUMB, symbol->value, symbol->name,
                  "its address 0x%08x is even", symbol->value);
    }
    check_place(file, symbol, findings);
}

static void check_twins(const struct check_file *file, const struct elf_symbol *first,
                        struct findings *findings)
{
    for (unsigned i = 0; i < file->elf->symbol_count; i++) {
        const struct elf_symbol *other = &file->elf->symbols[i];
        if (other != first && other->section != 0 && strcmp(other->name, first->name) == 0 &&
            other->value != first->value) {
            check_add(findings, FINDING_EXPORT_TWICE, first->value, "",
                      "'%s' stands for 0x%08x and for 0x%08x", first->name, first->value,
                      other->value);
        }
    }
}

static void check_missing(const struct check_file *file, unsigned index, struct findings *findings)
{
    const char *name = file->exported[index];
    if (file->kind != CHECK_STLDR) {
        if (index < ALGORITHM_NEEDS) {
            check_add(findings, FINDING_FLM_FUNCTION_MISSING, index, "", "no symbol %s", name);
        }
    } else if (is_needed(file, name)) {
        check_add(findings, FINDING_EXPORT_MISSING, index, "", "no symbol %s", name);
    }
}

void check_exports(const struct check_file *file, struct findings *findings)
{
    const struct elf_symbol *info =
        check_export(file->elf, file->kind == CHECK_STLDR ? "StorageInfo" : "FlashDevice");
    if (info != NULL) {
        check_twins(file, info, findings);
    }
    for (unsigned i = 0; file->exported[i] != NULL; i++) {
        const char *name = file->exported[i];
        const struct elf_symbol *symbol = check_export(file->elf, name);
        if (symbol == NULL) {
            check_missing(file, i, findings);
            continue;
        }
        /* ST's middleware keeps CheckSum for its own Verify: a static function, not an export. */
        if (symbol->binding == ELF_STB_LOCAL && strcmp(name, "CheckSum") == 0) {
            continue;
        }
        check_symbol(file, symbol, findings);
        check_twins(file, symbol, findings);
    }
}
