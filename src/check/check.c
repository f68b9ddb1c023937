/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include <stdarg.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "StorageInfo is copied as it lies");

const char *const check_exported[] = {"Init", "Write",  "SectorErase", "MassErase",
                                      "Read", "Verify", "CheckSum",    NULL};

static void add(struct findings *findings, struct finding *finding, const char *call,
                const char *format, va_list arguments) __attribute__((format(printf, 4, 0)));

static void add(struct findings *findings, struct finding *finding, const char *call,
                const char *format, va_list arguments)
{
    snprintf(finding->call, sizeof finding->call, "%s", call);
    vsnprintf(finding->what, sizeof finding->what, format, arguments);
    finding->count = 1;
    findings_add(findings, finding);
}

void check_add(struct findings *findings, enum finding_id id, uint32_t key, const char *call,
               const char *format, ...)
{
    struct finding finding = {.id = id, .severity = finding_severity(id), .key = key};
    va_list arguments;
    va_start(arguments, format);
    add(findings, &finding, call, format, arguments);
    va_end(arguments);
}

void check_add_milder(struct findings *findings, enum finding_id id, enum finding_severity severity,
                      uint32_t key, const char *call, const char *format, ...)
{
    struct finding finding = {.id = id, .severity = severity, .key = key};
    va_list arguments;
    va_start(arguments, format);
    add(findings, &finding, call, format, arguments);
    va_end(arguments);
}

const struct elf_symbol *check_export(const struct elf_file *elf, const char *name)
{
    const struct elf_symbol *local = NULL;
    for (unsigned i = 0; i < elf->symbol_count; i++) {
        const struct elf_symbol *symbol = &elf->symbols[i];
        if (symbol->section == 0 || strcmp(symbol->name, name) != 0) {
            continue;
        }
        if (symbol->binding != ELF_STB_LOCAL) {
            return symbol;
        }
        local = local != NULL ? local : symbol;
    }
    return local;
}

static bool stores(const struct elf_segment *segment, uint32_t address)
{
    return segment->type == ELF_PT_LOAD && address - segment->vaddr < segment->file_size;
}

/* Where segments overlap, as common GCC layouts make them, the smallest is StorageInfo's own. */
static const struct elf_segment *find_info_segment(const struct elf_file *elf, uint32_t address)
{
    const struct elf_segment *found = NULL;
    for (unsigned i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        if (stores(segment, address) && (found == NULL || segment->file_size < found->file_size)) {
            found = segment;
        }
    }
    return found;
}

/* The segment with the first exported function; else the largest that is not StorageInfo's. */
static const struct elf_segment *find_code(const struct elf_file *elf,
                                           const struct elf_segment *info)
{
    const struct elf_segment *largest = NULL;
    for (unsigned n = 0; check_exported[n] != NULL; n++) {
        const struct elf_symbol *symbol = check_export(elf, check_exported[n]);
        for (unsigned i = 0; symbol != NULL && i < elf->segment_count; i++) {
            if (&elf->segments[i] != info && stores(&elf->segments[i], symbol->value & ~1u)) {
                return &elf->segments[i];
            }
        }
        if (symbol != NULL && info != NULL && stores(info, symbol->value & ~1u)) {
            return info;
        }
    }
    for (unsigned i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        if (segment != info && segment->type == ELF_PT_LOAD && segment->file_size > 0 &&
            (largest == NULL || segment->file_size > largest->file_size)) {
            largest = segment;
        }
    }
    return largest;
}

static void look(struct check_file *file, struct storage_info *copy)
{
    const struct elf_symbol *symbol = check_export(file->elf, "StorageInfo");
    if (symbol != NULL) {
        file->info_segment = find_info_segment(file->elf, symbol->value);
    }
    const struct elf_segment *segment = file->info_segment;
    if (segment != NULL && segment->file_size - (symbol->value - segment->vaddr) >= sizeof *copy) {
        memcpy(copy, segment->bytes + (symbol->value - segment->vaddr), sizeof *copy);
        file->info = copy;
    }
    file->code = find_code(file->elf, segment);
    if (file->device == NULL && file->code != NULL) {
        file->device = tool_device_linked_at(file->code->vaddr);
    }
}

static bool is_loader(const struct elf_file *elf)
{
    return elf->symbol_count <= 1 || check_export(elf, "StorageInfo") != NULL ||
           check_export(elf, "Init") != NULL || check_export(elf, "Write") != NULL ||
           check_export(elf, "SectorErase") != NULL;
}

static bool refuse(const struct elf_file *elf, struct error *error)
{
    const bool flm = check_export(elf, "FlashDevice") != NULL;
    error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
              "no symbol StorageInfo, Init, Write or SectorErase: %s",
              flm ? "it has FlashDevice, as CMSIS and SEGGER loaders have"
                  : "an ELF file, but no loader of STM32CubeProgrammer's");
    return error_hint(error, "give the .stldr file");
}

/* What the reader refuses is a finding: the file claims to be a loader. */
static bool judge_refusal(const struct error *refusal, struct findings *findings,
                          struct error *error)
{
    if (refusal->code == ERROR_NO_MEMORY) {
        *error = *refusal;
        return false;
    }
    check_add(findings,
              refusal->code == ERROR_ELF_WRONG_KIND ? FINDING_ELF_KIND : FINDING_ELF_MALFORMED, 0,
              "", "%s", refusal->detail);
    return true;
}

bool check_loader(const char *path, const uint8_t *bytes, size_t size,
                  const struct tool_device *device, struct findings *findings, struct error *error)
{
    struct elf_file elf;
    struct storage_info copy;
    struct error refusal = {0};
    struct check_file file = {.elf = &elf, .path = path, .device = device};
    if (!elf_is_elf(bytes, size)) {
        return error_set(error, ERROR_LOADER_NOT_ELF, path, 0, 0,
                         "it does not start with 7F 'ELF'");
    }
    if (!elf_parse(&elf, path, bytes, size, &refusal)) {
        return judge_refusal(&refusal, findings, error);
    }
    if (!is_loader(&elf)) {
        refuse(&elf, error);
        elf_release(&elf);
        return false;
    }
    look(&file, &copy);
    check_elf(&file, findings);
    if (elf.symbol_count > 1 && elf.type == ELF_ET_EXEC) {
        check_storage_info(&file, findings);
        check_exports(&file, findings);
        check_layout(&file, findings);
        check_code(&file, findings);
    }
    elf_release(&elf);
    return true;
}
