/* SPDX-License-Identifier: MIT */
/* Rules about the sections of a flash algorithm, by which pyOCD, probe-rs and J-Link take it. */
#include "check/check.h"

#include <string.h>

enum {
    FILE_NAME_MAX = 31,
    ALIGN_MAX = 4,
    SECTIONS_TOLD = 10
};

static bool is_named(const struct elf_section *section, const char *name)
{
    return strcmp(section->name, name) == 0;
}

static bool is_loaded(const struct elf_section *section)
{
    return (section->flags & ELF_SHF_ALLOC) != 0 && section->size > 0;
}

/* Unwind tables: no algorithm reads them. */
static bool is_unwind(const struct elf_section *section)
{
    return strncmp(section->name, ".ARM.ex", 7) == 0;
}

static void check_file_name(const struct check_file *file, struct findings *findings)
{
    const char *name = file->path;
    for (const char *at = file->path; *at != '\0'; at++) {
        name = *at == '/' || *at == '\\' ? at + 1 : name;
    }
    const char *ending = strrchr(name, '.');
    const bool for_keil =
        ending != NULL && (strcmp(ending, ".FLM") == 0 || strcmp(ending, ".flm") == 0);
    if (for_keil && strlen(name) > FILE_NAME_MAX) {
        check_add(findings, FINDING_FLM_FILE_NAME, 0, "", "the file's name has %zu characters",
                  strlen(name));
    }
}

/* What only pyOCD and probe-rs refuse matters less in a file that is meant for J-Link. */
static bool is_for_segger_too(const struct check_file *file)
{
    return check_export(file->elf, "SEGGER_OFL_Api") != NULL ||
           check_export(file->elf, "SEGGER_OPEN_Program") != NULL ||
           check_export(file->elf, "SEGGER_OPEN_Erase") != NULL ||
           check_export(file->elf, "SEGGER_OPEN_Read") != NULL ||
           check_export(file->elf, "SEGGER_OPEN_CalcCRC") != NULL;
}

static void check_address(const struct check_file *file, struct findings *findings)
{
    const struct elf_section *code = file->sections.code;
    if (code->address != 0) {
        check_add_milder(findings, FINDING_FLM_CODE_ADDRESS,
                         is_for_segger_too(file) ? SEVERITY_WARNING : SEVERITY_ERROR, 0, "",
                         "PrgCode is linked at 0x%08x, not at 0", code->address);
    }
}

static void check_order(const struct elf_section *before, const struct elf_section *section,
                        struct findings *findings)
{
    const uint32_t end = before->address + before->size;
    if (section->address != end) {
        check_add(findings, FINDING_FLM_DATA_APART, 0, "",
                  "%s%s ends at 0x%08x, and %s%s begins at 0x%08x", before->name,
                  before->type == ELF_SHT_NOBITS ? " (zeros)" : "", end, section->name,
                  section->type == ELF_SHT_NOBITS ? " (zeros)" : "", section->address);
    }
}

static void check_data(const struct check_file *file, struct findings *findings)
{
    const struct flm_sections *sections = &file->sections;
    if (sections->data == NULL && sections->zero == NULL) {
        check_add(findings, FINDING_FLM_DATA_MISSING, 0, "", "no section PrgData");
        return;
    }
    if (sections->data != NULL && file->kind == CHECK_FLM) {
        check_order(sections->code, sections->data, findings);
    }
    if (sections->zero != NULL && sections->zero->size > 0) {
        if (file->kind == CHECK_FLM) {
            check_order(sections->data != NULL ? sections->data : sections->code, sections->zero,
                        findings);
        }
        check_add(findings, FINDING_FLM_ZERO_DATA, 0, "",
                  "%u bytes of PrgData at 0x%08x are not in the file", sections->zero->size,
                  sections->zero->address);
    }
}

static bool is_shipped(const struct check_file *file, const struct elf_section *section)
{
    const struct flm_sections *sections = &file->sections;
    return section == sections->code || section == sections->data || section == sections->zero;
}

/* A second section of a name that packers take, or one of a name that they do not know. */
static void check_section(const struct check_file *file, const struct elf_section *section,
                          struct findings *findings)
{
    const bool known = is_named(section, "PrgCode") || is_named(section, "PrgData");
    if (!is_loaded(section) || is_shipped(file, section) || is_named(section, "DevDscr") ||
        is_unwind(section)) {
        return;
    }
    if (known) {
        check_add(findings, FINDING_FLM_SECTION_TWICE, section->address, "",
                  "a further section %s of %u bytes at 0x%08x", section->name, section->size,
                  section->address);
    } else if (file->kind == CHECK_FLM) {
        const bool read_only =
            (section->flags & (ELF_SHF_WRITE | ELF_SHF_EXECINSTR)) == 0 && is_for_segger_too(file);
        check_add_milder(findings, FINDING_FLM_SECTION_DROPPED,
                         read_only ? SEVERITY_WARNING : SEVERITY_ERROR, section->address, "",
                         "section %s of %u bytes at 0x%08x", section->name, section->size,
                         section->address);
    }
}

static void check_sections(const struct check_file *file, struct findings *findings)
{
    const unsigned before = findings->count;
    for (unsigned i = 0; i < file->elf->section_count; i++) {
        if (findings->count - before >= SECTIONS_TOLD) {
            return;
        }
        check_section(file, &file->elf->sections[i], findings);
    }
}

/* Behind DevDscr in the file's order of addresses comes nothing that is loaded. */
static void check_descriptor(const struct check_file *file, struct findings *findings)
{
    const struct elf_section *descriptor = file->sections.descriptor;
    const struct elf_symbol *device = check_export(file->elf, "FlashDevice");
    if (file->flash_device == NULL || device == NULL) {
        return; /* that is another finding */
    }
    if (descriptor == NULL || device->value - descriptor->address >= descriptor->size) {
        check_add(findings, FINDING_FLM_DESCRIPTOR, 0, "", "FlashDevice (0x%08x) is in no DevDscr",
                  device->value);
        return;
    }
    for (unsigned i = 0; i < file->elf->section_count; i++) {
        const struct elf_section *section = &file->elf->sections[i];
        if (is_shipped(file, section) && section->size > 0 &&
            section->address > descriptor->address) {
            check_add(findings, FINDING_FLM_DESCRIPTOR, 0, "",
                      "DevDscr (0x%08x) stands before %s (0x%08x)", descriptor->address,
                      section->name, section->address);
            return;
        }
    }
}

static void check_alignment(const struct elf_section *section, struct findings *findings)
{
    if (section != NULL && section->size > 0 && section->align > ALIGN_MAX) {
        check_add(findings, FINDING_FLM_ALIGNMENT, section->address, "",
                  "%s at 0x%08x is to be aligned to %u bytes", section->name, section->address,
                  section->align);
    }
}

void check_flm_sections(const struct check_file *file, struct findings *findings)
{
    check_file_name(file, findings);
    if (file->code == NULL) {
        check_add(findings, FINDING_FLM_CODE_MISSING, 0, "", "no section PrgCode with bytes");
        return;
    }
    if (file->kind == CHECK_FLM) {
        check_address(file, findings);
    }
    check_data(file, findings);
    check_sections(file, findings);
    check_descriptor(file, findings);
    check_alignment(file->sections.code, findings);
    check_alignment(file->sections.data, findings);
    check_alignment(file->sections.zero, findings);
}
