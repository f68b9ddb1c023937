/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include <stdarg.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "StorageInfo is copied as it lies");

enum {
    FLASH_DEVICE_MIN = 0xA8 /* the fields in front of the sectors, and one end of a list */
};

const char *const check_exported[] = {"Init", "Write",  "SectorErase", "MassErase",
                                      "Read", "Verify", "CheckSum",    NULL};

/* FlashOS.h and FlashPrg.c of SEGGER's template; ReadFlash: target-gen of probe-rs [seen]. */
static const char *const flm_exported[] = {"Init",
                                           "UnInit",
                                           "EraseSector",
                                           "ProgramPage",
                                           "EraseChip",
                                           "BlankCheck",
                                           "Verify",
                                           "ReadFlash",
                                           "FeedWatchdog",
                                           "SEGGER_OPEN_CalcCRC",
                                           "SEGGER_OPEN_Read",
                                           "SEGGER_OPEN_Program",
                                           "SEGGER_OPEN_Erase",
                                           "SEGGER_OPEN_Start",
                                           NULL};

/* kb.segger.com SEGGER_Flash_Loader, as quoted in 404Zen/SFL [seen]. */
static const char *const sfl_exported[] = {
    "SEGGER_FL_Prepare",   "SEGGER_FL_Restore",    "SEGGER_FL_Erase",        "SEGGER_FL_Program",
    "SEGGER_FL_EraseChip", "SEGGER_FL_CheckBlank", "SEGGER_FL_Verify",       "SEGGER_FL_Read",
    "SEGGER_FL_CalcCRC",   "SEGGER_FL_Start",      "SEGGER_FL_GetFlashInfo", NULL};

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

static const struct elf_section *find_section(const struct elf_file *elf, const char *name,
                                              uint32_t type)
{
    for (unsigned i = 0; i < elf->section_count; i++) {
        const struct elf_section *section = &elf->sections[i];
        if (section->type == type && strcmp(section->name, name) == 0) {
            return section;
        }
    }
    return NULL;
}

/* FlashDevice in the section that stores it. */
static void find_flash_device(struct check_file *file)
{
    const struct elf_symbol *symbol = check_export(file->elf, "FlashDevice");
    for (unsigned i = 0; symbol != NULL && i < file->elf->section_count; i++) {
        const struct elf_section *section = &file->elf->sections[i];
        const uint32_t at = symbol->value - section->address;
        if ((section->flags & ELF_SHF_ALLOC) != 0 && section->bytes != NULL && at < section->size &&
            section->size - at >= FLASH_DEVICE_MIN) {
            file->flash_device = section->bytes + at;
            file->flash_device_size = section->size - at;
        }
    }
}

/* Tools go by sections. Its code is kept as a segment, for the rules about code. */
static void look_at_algorithm(struct check_file *file, struct elf_segment *code)
{
    const struct elf_file *elf = file->elf;
    file->sections =
        (struct flm_sections){.code = find_section(elf, "PrgCode", ELF_SHT_PROGBITS),
                              .data = find_section(elf, "PrgData", ELF_SHT_PROGBITS),
                              .zero = find_section(elf, "PrgData", ELF_SHT_NOBITS),
                              .descriptor = find_section(elf, "DevDscr", ELF_SHT_PROGBITS)};
    const struct elf_section *section = file->sections.code;
    if (section != NULL && section->size > 0) {
        *code = (struct elf_segment){.type = ELF_PT_LOAD,
                                     .offset = section->offset,
                                     .vaddr = section->address,
                                     .paddr = section->address,
                                     .file_size = section->size,
                                     .memory_size = section->size,
                                     .flags = ELF_PF_R | ELF_PF_X,
                                     .bytes = section->bytes};
        file->code = code;
    }
    find_flash_device(file);
}

static bool has(const struct elf_file *elf, const char *name)
{
    return check_export(elf, name) != NULL;
}

/* Keil's layout of a .stldr has a PrgCode too. */
static bool is_algorithm(const struct elf_file *elf)
{
    const bool code = find_section(elf, "PrgCode", ELF_SHT_PROGBITS) != NULL;
    const bool described = has(elf, "StorageInfo");
    if (has(elf, "FlashDevice")) {
        return code || !described;
    }
    return !described && !has(elf, "Write") && !has(elf, "SectorErase") &&
           (code || (has(elf, "EraseSector") && has(elf, "ProgramPage")));
}

/* False if it is none of the known kinds. */
static bool find_kind(const struct elf_file *elf, struct check_file *file)
{
    const bool segger = has(elf, "SEGGER_FL_Prepare") || has(elf, "SEGGER_FL_Program") ||
                        has(elf, "SEGGER_FL_Erase");
    if (segger && !has(elf, "ProgramPage")) {
        file->kind = CHECK_SFL;
        file->exported = sfl_exported;
    } else if (is_algorithm(elf)) {
        file->kind = CHECK_FLM;
        file->exported = flm_exported;
    } else {
        file->kind = CHECK_STLDR;
        file->exported = check_exported;
        return elf->symbol_count <= 1 || has(elf, "StorageInfo") || has(elf, "Init") ||
               has(elf, "Write") || has(elf, "SectorErase");
    }
    return true;
}

static bool refuse(const struct elf_file *elf, struct error *error)
{
    error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
              "no symbol StorageInfo, Init, Write or SectorErase, and no FlashDevice: an ELF file, "
              "but no loader");
    return error_hint(error, "give the .stldr or .FLM file, or the ELF file of a J-Link loader");
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

static void check_formats(const struct check_file *file, struct findings *findings)
{
    if (has(file->elf, "StorageInfo") && has(file->elf, "FlashDevice")) {
        check_add(findings, FINDING_FLM_TWO_FORMATS, 0, "",
                  "it has StorageInfo and FlashDevice, and one Init for both");
    }
}

static void check_rules(struct check_file *file, struct findings *findings)
{
    struct storage_info copy;
    struct elf_segment code;
    if (file->kind == CHECK_STLDR) {
        look(file, &copy);
    } else {
        look_at_algorithm(file, &code);
    }
    check_elf(file, findings);
    if (file->elf->symbol_count <= 1 || file->elf->type != ELF_ET_EXEC) {
        return;
    }
    check_formats(file, findings);
    if (file->kind == CHECK_STLDR) {
        check_storage_info(file, findings);
        check_exports(file, findings);
        check_layout(file, findings);
    } else {
        check_flm_sections(file, findings);
        check_flm_device(file, findings);
        check_exports(file, findings);
        check_flm_place(file, findings);
    }
    check_code(file, findings);
}

bool check_loader(const char *path, const uint8_t *bytes, size_t size,
                  const struct tool_device *device, struct findings *findings, struct error *error)
{
    struct elf_file elf;
    struct error refusal = {0};
    struct check_file file = {.elf = &elf, .path = path, .device = device};
    if (!elf_is_elf(bytes, size)) {
        return error_set(error, ERROR_LOADER_NOT_ELF, path, 0, 0,
                         "it does not start with 7F 'ELF'");
    }
    if (!elf_parse(&elf, path, bytes, size, &refusal)) {
        return judge_refusal(&refusal, findings, error);
    }
    const bool known = find_kind(&elf, &file);
    if (known) {
        check_rules(&file, findings);
    } else {
        refuse(&elf, error);
    }
    elf_release(&elf);
    return known;
}
