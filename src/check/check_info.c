/* SPDX-License-Identifier: MIT */
/* Rules about StorageInfo. Numbers of types: abi/storage_info.h and its sources. */
#include "check/check.h"

#include <string.h>

enum {
    TYPE_MCU_FLASH = 1,
    TYPE_NOR_FLASH = STORAGE_INFO_NOR_FLASH,
    TYPE_SPI_FLASH = STORAGE_INFO_SPI_FLASH,
    TYPE_I2C_EEPROM = 10,
    TYPE_LAST = 11,
    SECTOR_MIN = 256 /* smallest erase of any NOR flash; SFDP has 4 KiB mostly */
};

/* External memories of a Cortex-M: Armv8-M ARM, memory map; HSPI of an STM32U5 ends it [memory]. */
#define EXTERNAL_FIRST 0x60000000u
#define EXTERNAL_LAST  0xAFFFFFFFu

static bool is_power_of_two(uint32_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

static bool is_nor(const struct storage_info *info)
{
    return info->device_type == TYPE_NOR_FLASH || info->device_type == TYPE_SPI_FLASH;
}

/* Where StorageInfo lies. False if there is nothing more to look at. */
static bool check_place(const struct check_file *file, struct findings *findings)
{
    const struct elf_symbol *symbol = check_export(file->elf, "StorageInfo");
    const struct elf_segment *segment = file->info_segment;
    if (symbol == NULL) {
        check_add(findings, FINDING_INFO_MISSING, 0, "", "no symbol StorageInfo");
        return false;
    }
    if (segment == NULL) {
        check_add(findings, FINDING_INFO_NOT_LOADED, 0, "",
                  "StorageInfo is at 0x%08x, where no PT_LOAD has file bytes", symbol->value);
        return false;
    }
    const uint32_t size = segment->file_size - (symbol->value - segment->vaddr);
    if (segment == file->code) {
        check_add(findings, FINDING_INFO_SHARED, 0, "",
                  "StorageInfo (0x%08x) and code share the PT_LOAD at 0x%08x", symbol->value,
                  segment->vaddr);
    } else if (symbol->size != 0 && symbol->size != sizeof *file->info) {
        check_add(findings, FINDING_INFO_SIZE, 0, "", "StorageInfo is %u bytes, not %zu",
                  symbol->size, sizeof *file->info);
    } else if (segment->file_size != sizeof *file->info || segment->memory_size != size ||
               size != segment->file_size) {
        check_add(findings, FINDING_INFO_SIZE, 0, "",
                  "StorageInfo's segment holds %u bytes (%u in memory), not %zu",
                  segment->file_size, segment->memory_size, sizeof *file->info);
    }
    return file->info != NULL;
}

/* The file's name without folder and ending. */
static void stem_of(const char *path, char *stem, size_t size)
{
    const char *name = path;
    for (const char *at = path; *at != '\0'; at++) {
        name = *at == '/' || *at == '\\' ? at + 1 : name;
    }
    snprintf(stem, size, "%s", name);
    char *dot = strrchr(stem, '.');
    if (dot != NULL) {
        *dot = '\0';
    }
}

static void check_name(const struct check_file *file, struct findings *findings)
{
    char stem[256];
    const char *name = file->info->device_name;
    const size_t length = strnlen(name, sizeof file->info->device_name);
    if (length == 0 || length == sizeof file->info->device_name) {
        check_add(findings, FINDING_INFO_NAME, 0, "", "DeviceName %s",
                  length == 0 ? "is empty" : "has no terminating 0 in its 100 bytes");
        return;
    }
    for (size_t i = 0; i < length; i++) {
        if (name[i] < 0x20 || name[i] > 0x7E) {
            check_add(findings, FINDING_INFO_NAME, 0, "",
                      "byte %zu of DeviceName is 0x%02x, which is not printable ASCII", i,
                      (unsigned)(uint8_t)name[i]);
            return;
        }
    }
    stem_of(file->path, stem, sizeof stem);
    if (strcmp(stem, name) != 0) {
        check_add(findings, FINDING_INFO_NAME_DIFFERS, 0, "",
                  "DeviceName is '%s', the file's name '%s'", name, stem);
    }
}

static void check_sector(const struct storage_info *info, unsigned index, struct findings *findings)
{
    const struct storage_info_sectors *entry = &info->sectors[index];
    if (is_nor(info) && entry->size < SECTOR_MIN && entry->count >= 0x1000) {
        check_add(findings, FINDING_INFO_SWAPPED, index, "",
                  "entry %u says 0x%x sectors of 0x%x bytes", index, entry->count, entry->size);
        return;
    }
    const bool odd = is_nor(info) && (!is_power_of_two(entry->size) || entry->size < SECTOR_MIN);
    if (entry->size != 0 && odd) {
        check_add(findings, FINDING_INFO_SECTOR_SIZE, index, "",
                  "entry %u has sectors of 0x%x bytes", index, entry->size);
    }
}

static void check_sectors(const struct storage_info *info, struct findings *findings)
{
    uint64_t total = 0;
    unsigned used = 0;
    while (used < STORAGE_INFO_SECTOR_GROUPS && info->sectors[used].count != 0) {
        total += (uint64_t)info->sectors[used].count * info->sectors[used].size;
        check_sector(info, used++, findings);
    }
    if (total != info->device_size || total == 0) {
        check_add(findings, FINDING_INFO_SECTORS, 0, "",
                  "%u entries of sectors add up to 0x%llx bytes, DeviceSize is 0x%x", used,
                  (unsigned long long)total, info->device_size);
    }
    if (used == STORAGE_INFO_SECTOR_GROUPS) {
        check_add(findings, FINDING_INFO_UNENDED, 0, "", "all %u entries are in use", used);
    }
}

static void check_page(const struct storage_info *info, struct findings *findings)
{
    const char *wrong = info->page_size == 0                  ? "is none at all"
                        : !is_power_of_two(info->page_size)   ? "is no power of two"
                        : info->page_size > info->device_size ? "is larger than the device"
                                                              : NULL;
    if (wrong != NULL) {
        check_add(findings, FINDING_INFO_PAGE_SIZE, 0, "", "PageSize 0x%x %s", info->page_size,
                  wrong);
    }
}

static void check_erase_value(const struct storage_info *info, struct findings *findings)
{
    const uint16_t type = info->device_type;
    const bool may_be_0 = type == TYPE_MCU_FLASH || type >= TYPE_I2C_EEPROM;
    if (info->erase_value != 0xFF && !(may_be_0 && info->erase_value == 0)) {
        check_add(findings, FINDING_INFO_ERASE_VALUE, 0, "", "EraseValue is 0x%02x",
                  info->erase_value);
    }
}

/* A loader with Read may serve any range; without, the host reads the window itself. */
static void check_base(const struct check_file *file, struct findings *findings)
{
    const struct storage_info *info = file->info;
    const uint32_t start = info->device_start_address;
    const uint64_t end = (uint64_t)start + info->device_size;
    const bool outside = start < EXTERNAL_FIRST || end > (uint64_t)EXTERNAL_LAST + 1;
    if (end > UINT64_C(1) << 32) {
        check_add(findings, FINDING_INFO_BASE, 0, "", "0x%08x + 0x%x leaves the address space",
                  start, info->device_size);
    } else if (is_nor(info) && outside) {
        const bool reads = check_export(file->elf, "Read") != NULL;
        check_add_milder(findings, FINDING_INFO_BASE, reads ? SEVERITY_WARNING : SEVERITY_ERROR, 0,
                         "", "0x%08x..0x%08llx is no window of external memory", start,
                         (unsigned long long)end - 1);
    } else if (is_nor(info) && is_power_of_two(info->sectors[0].size) &&
               start % info->sectors[0].size != 0) {
        check_add(findings, FINDING_INFO_BASE, 0, "",
                  "0x%08x is no multiple of the sector size 0x%x", start, info->sectors[0].size);
    }
}

void check_storage_info(const struct check_file *file, struct findings *findings)
{
    if (!check_place(file, findings)) {
        return;
    }
    const struct storage_info *info = file->info;
    check_name(file, findings);
    if (info->device_type == 0 || info->device_type > TYPE_LAST) {
        check_add(findings, FINDING_INFO_TYPE, 0, "", "DeviceType is %u, known are 1 to %u",
                  info->device_type, TYPE_LAST);
    }
    check_sectors(info, findings);
    check_page(info, findings);
    check_erase_value(info, findings);
    check_base(file, findings);
}
