/* SPDX-License-Identifier: MIT */
#include "host/flash_device.h"

#include <stdio.h>
#include <string.h>

#define NAME_AT       2u
#define NAME_SIZE     128u
#define TYPE_AT       0x82u
#define BASE_AT       0x84u
#define SIZE_AT       0x88u
#define PAGE_AT       0x8Cu
#define ERASED_AT     0x94u
#define PROGRAM_MS_AT 0x98u
#define ERASE_MS_AT   0x9Cu
#define SECTORS_AT    0xA0u
#define SECTOR_BYTES  8u
#define SECTORS_END   UINT32_MAX
#define SYMBOL        "FlashDevice"

/* The structure's bytes as far as its section goes. */
struct device {
    const char *file;
    const uint8_t *bytes;
    uint32_t size;
};

static uint32_t word(const struct device *device, uint32_t at)
{
    const uint8_t *bytes = device->bytes + at;
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static bool holds(const struct elf_section *section, uint32_t address)
{
    return section->bytes != NULL && address - section->address < section->size;
}

/* The symbol's own section, else any that is loaded and holds its address. */
static bool find(struct device *device, const struct elf_file *elf, struct error *error)
{
    const struct elf_symbol *symbol = elf_find_symbol(elf, SYMBOL);
    if (symbol == NULL) {
        error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
                  "no symbol " SYMBOL ": this host takes a CMSIS flash algorithm");
        return error_hint(error, "give a .FLM file or an Open Flashloader; a .stldr goes with "
                                 "--host cubeprogrammer");
    }
    const struct elf_section *found = NULL;
    if (symbol->section < elf->section_count &&
        holds(&elf->sections[symbol->section], symbol->value)) {
        found = &elf->sections[symbol->section];
    }
    for (unsigned i = 0; found == NULL && i < elf->section_count; i++) {
        const struct elf_section *section = &elf->sections[i];
        if ((section->flags & ELF_SHF_ALLOC) != 0 && holds(section, symbol->value)) {
            found = section;
        }
    }
    const uint32_t before = found != NULL ? symbol->value - found->address : 0;
    if (found == NULL || found->size - before < SECTORS_AT + SECTOR_BYTES) {
        return error_set(error, ERROR_LOADER_SHAPE, elf->name, 0, 0,
                         SYMBOL " at 0x%08x leaves its section, or is in none", symbol->value);
    }
    *device = (struct device){elf->name, found->bytes + before, found->size - before};
    return true;
}

static bool refuse(const struct device *device, struct error *error, const char *why)
{
    return error_set(error, ERROR_LOADER_SHAPE, device->file, 0, 0, SYMBOL ": %s", why);
}

/* A name is cut to what StorageInfo has room for. */
static bool take_name(struct storage_info *info, const struct device *device, struct error *error)
{
    const char *name = (const char *)device->bytes + NAME_AT;
    if (memchr(name, 0, NAME_SIZE) == NULL) {
        return refuse(device, error, "its name does not end");
    }
    snprintf(info->device_name, sizeof info->device_name, "%s", name);
    return true;
}

/* One run of equal sectors, from `start` to where the next begins. */
static bool take_run(struct storage_info *info, unsigned index, uint32_t size, uint64_t start,
                     uint64_t end, const struct device *device, struct error *error)
{
    if (index == STORAGE_INFO_SECTOR_GROUPS) {
        return error_set(error, ERROR_LOADER_SHAPE, device->file, 0, 0,
                         SYMBOL ": more than %d groups of equal sectors; extload reads no more",
                         STORAGE_INFO_SECTOR_GROUPS);
    }
    if (size == 0 || end <= start || (end - start) % size != 0) {
        return error_set(error, ERROR_LOADER_SHAPE, device->file, 0, 0,
                         SYMBOL ": sectors of 0x%x bytes do not fill 0x%llx to 0x%llx", size,
                         (unsigned long long)start, (unsigned long long)end);
    }
    info->sectors[index].count = (uint32_t)((end - start) / size);
    info->sectors[index].size = size;
    return true;
}

static bool take_sectors(struct storage_info *info, const struct device *device,
                         struct error *error)
{
    unsigned index = 0;
    for (uint32_t at = SECTORS_AT; device->size - at >= SECTOR_BYTES; at += SECTOR_BYTES, index++) {
        const uint32_t size = word(device, at), start = word(device, at + 4);
        if (size == SECTORS_END && start == SECTORS_END) {
            return index > 0 || refuse(device, error, "it names no sectors");
        }
        if (index == 0 && start != 0) {
            return refuse(device, error, "its first sector does not start at offset 0");
        }
        const bool more = device->size - at >= 2 * SECTOR_BYTES;
        const uint32_t next_size = more ? word(device, at + SECTOR_BYTES) : 0;
        const uint32_t next = more ? word(device, at + SECTOR_BYTES + 4) : 0;
        const bool last = next_size == SECTORS_END && next == SECTORS_END;
        if (!take_run(info, index, size, start, last ? info->device_size : next, device, error)) {
            return false;
        }
    }
    return refuse(device, error, "its list of sectors does not end");
}

bool flash_device_read(struct loader_file *loader, const struct elf_file *elf, struct error *error)
{
    struct device device = {elf->name, NULL, 0};
    struct storage_info *info = &loader->info;
    if (!find(&device, elf, error) || !take_name(info, &device, error)) {
        return false;
    }
    info->device_type = (uint16_t)(device.bytes[TYPE_AT] | device.bytes[TYPE_AT + 1] << 8);
    info->device_start_address = word(&device, BASE_AT);
    info->device_size = word(&device, SIZE_AT);
    info->page_size = word(&device, PAGE_AT);
    info->erase_value = device.bytes[ERASED_AT];
    loader->program_timeout_ms = word(&device, PROGRAM_MS_AT);
    loader->erase_timeout_ms = word(&device, ERASE_MS_AT);
    if (info->page_size == 0) {
        return refuse(&device, error, "its page size is 0");
    }
    return take_sectors(info, &device, error);
}
