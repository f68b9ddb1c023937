/* SPDX-License-Identifier: MIT */
/*
 * What of an ELF file a host tool takes for the loader: pieces to download, entry points and
 * StorageInfo, by segments or by sections. Part of loader_file_parse().
 */
#ifndef EXTLOAD_HOST_LOADER_PIECES_H
#define EXTLOAD_HOST_LOADER_PIECES_H

#include "elf/elf32.h"
#include "host/loader_file.h"

/* All PT_LOADs but the one that holds StorageInfo. Those near the one that holds Init make up the
 * image. Entry points are the first symbols of their names. */
bool loader_pieces_by_segments(struct loader_file *loader, const struct elf_file *elf,
                               size_t file_size, struct error *error);
/* As ST's OpenOCD does (src/flash/nor/stldr_driver.c [seen]): allocated sections that are writable
 * or executable, NOBITS ones with whatever the file holds at their offset; of equal names the last
 * symbol; StorageInfo is the start of its symbol's section. */
bool loader_pieces_by_sections(struct loader_file *loader, const struct elf_file *elf,
                               size_t file_size, struct error *error);

#endif
