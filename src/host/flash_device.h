/* SPDX-License-Identifier: MIT */
/*
 * FlashDevice: the structure by which tools know what flash an algorithm is for.
 *
 * Little endian: u16 version, char name[128], u16 type, then u32 base, size, page size, reserved, u8
 * erased value and 3 bytes, u32 time-outs in ms for a page and for a sector, pairs of u32 sector size
 * and first offset, of which one of two FFFFFFFF is the last. Open-CMSIS-Pack-Spec and SEGGER's
 * Open Flashloader template agree [seen].
 */
#ifndef EXTLOAD_HOST_FLASH_DEVICE_H
#define EXTLOAD_HOST_FLASH_DEVICE_H

#include "elf/elf32.h"
#include "host/loader_file.h"

/* Fills the loader's `info` and time-outs from the symbol FlashDevice. LOADER_SHAPE if it is missing,
 * leaves its section, has no end, or if its sectors do not make up the flash. */
bool flash_device_read(struct loader_file *loader, const struct elf_file *elf, struct error *error);

#endif
