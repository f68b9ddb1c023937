/* SPDX-License-Identifier: MIT */
/*
 * What of an ELF file a tool takes for a CMSIS-Pack flash algorithm (.FLM) or an Open Flashloader:
 * one blob or several pieces, entry points, FlashDevice. Part of loader_file_parse().
 *
 * An algorithm returns 0 for success; Verify returns address + size. Names, sections and layout of
 * FlashDevice: Open-CMSIS-Pack-Spec and the templates of SEGGER's Open Flashloader [seen].
 */
#ifndef EXTLOAD_HOST_LOADER_ALGORITHM_H
#define EXTLOAD_HOST_LOADER_ALGORITHM_H

#include "elf/elf32.h"
#include "host/loader_file.h"

/* As pyOCD's packer does (pyocd/target/pack/flash_algo.py [seen]): PrgCode at 0, PrgData behind it,
 * a PrgData of NOBITS behind that, filled with 0; each of them once; nothing else. Init, UnInit,
 * EraseSector and ProgramPage are needed. The loader's only piece is that blob. */
bool loader_algorithm_by_pack(struct loader_file *loader, const struct elf_file *elf,
                              struct error *error);
/* As probe-rs' target-gen does (target-gen/src/algorithm_binary.rs [seen]): the same sections, of
 * equal ones the last, joined without gaps, wherever they are linked; only those in a PT_LOAD.
 * EraseSector and ProgramPage are needed. */
bool loader_algorithm_by_target_gen(struct loader_file *loader, const struct elf_file *elf,
                                    struct error *error);
/* The whole ELF, as J-Link takes it: every PT_LOAD. Knows the entries of the Open Flashloader and
 * those of the SEGGER Flash Loader. What has no bytes in the file is left as it is, or as
 * `bss_rule` says: SEGGER's template says that it is not surely cleared [seen]. */
bool loader_algorithm_whole(struct loader_file *loader, const struct elf_file *elf,
                            size_t file_size, struct error *error);

/* As a CMSIS algorithm spells it. */
const char *loader_algorithm_name(enum loader_function function);
/* 0 for most; Verify: address + size; a blank check: 0 or 1; SEGGER's Read: not negative. */
bool loader_algorithm_succeeded(const struct loader_file *loader, enum loader_function function,
                                const uint32_t arguments[4], uint32_t result);

#endif
