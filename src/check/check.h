/* SPDX-License-Identifier: MIT */
/*
 * What can be told about a loader file without running it: shape of the ELF, StorageInfo, exports,
 * place in RAM, machine code. One finding per cause; the ids stand in report/findings.def.
 *
 * Needs no simulator, no board and no POSIX call. Judges a .stldr of any STM32: what depends on the
 * device is said only if the caller names it or the file tells.
 */
#ifndef EXTLOAD_CHECK_CHECK_H
#define EXTLOAD_CHECK_CHECK_H

#include "abi/storage_info.h"
#include "check/tool_ram.h"
#include "elf/elf32.h"
#include "report/finding.h"

enum check_kind {
    CHECK_STLDR, /* of STM32CubeProgrammer */
    CHECK_FLM,   /* flash algorithm of CMSIS packs; SEGGER's Open Flashloader is one, too */
    CHECK_SFL    /* SEGGER Flash Loader: the same file with functions of other names */
};

/* The sections of a flash algorithm, by their names. */
struct flm_sections {
    const struct elf_section *code;       /* PrgCode with bytes */
    const struct elf_section *data;       /* PrgData with bytes */
    const struct elf_section *zero;       /* PrgData without */
    const struct elf_section *descriptor; /* DevDscr */
};

/* A loader under check. What was not found is NULL. All of it lives as long as the caller's bytes. */
struct check_file {
    const struct elf_file *elf;
    const char *path; /* as given */
    enum check_kind kind;
    const char *const *exported;  /* the functions that tools call by name; NULL ends them */
    struct flm_sections sections; /* of a flash algorithm */
    const uint8_t *flash_device;  /* FLASH_DEVICE_MIN bytes and more of FlashDevice in the file */
    uint32_t flash_device_size;   /* up to the end of its section */
    const struct elf_segment
        *code; /* the PT_LOAD that the tool downloads; of an algorithm PrgCode */
    const struct elf_segment *info_segment; /* the PT_LOAD with StorageInfo; may be the same */
    const struct storage_info *info;        /* 200 bytes in the file */
    const struct tool_device *device;       /* named by the caller or told by the link address */
};

/* Checks the bytes of one file, by the rules of its kind. `device` may be NULL. The file must be an ELF: false with
 * LOADER_NOT_ELF for what is none, LOADER_SHAPE for an ELF that has nothing of a loader, NO_MEMORY.
 * Bad loaders are not errors but findings. */
bool check_loader(const char *path, const uint8_t *bytes, size_t size,
                  const struct tool_device *device, struct findings *findings, struct error *error);

/* The rules, by subject. Each takes a file with what was found so far and adds findings. */
void check_elf(const struct check_file *file, struct findings *findings);
void check_storage_info(const struct check_file *file, struct findings *findings);
void check_exports(const struct check_file *file, struct findings *findings);
void check_layout(const struct check_file *file, struct findings *findings);
void check_code(const struct check_file *file, struct findings *findings);
/* Of a flash algorithm: sections and functions, FlashDevice, and what ties it to one place. */
void check_flm_sections(const struct check_file *file, struct findings *findings);
void check_flm_device(const struct check_file *file, struct findings *findings);
void check_flm_place(const struct check_file *file, struct findings *findings);

/* Adds a finding of the table's severity, or a milder one. `key` makes two causes of one id two
 * findings (an address, an index). `call` is the exported function it is about, or "". */
void check_add(struct findings *findings, enum finding_id id, uint32_t key, const char *call,
               const char *format, ...) __attribute__((format(printf, 5, 6)));
void check_add_milder(struct findings *findings, enum finding_id id, enum finding_severity severity,
                      uint32_t key, const char *call, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* The functions of a .stldr that a tool calls by name; NULL ends them. */
extern const char *const check_exported[];
/* Defined symbol of that name that is no local twin of a global one; NULL if there is none. */
const struct elf_symbol *check_export(const struct elf_file *elf, const char *name);

#endif
