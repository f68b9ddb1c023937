/* SPDX-License-Identifier: MIT */
/*
 * Rules about FlashDevice, the description in a flash algorithm, and about functions whose presence
 * alone has consequences. Offsets and meaning: FlashOS.h and FlashDev.c of SEGGER's Open Flashloader
 * template [seen]; the same in CMSIS [memory].
 */
#include "check/check.h"

#include <string.h>

enum {
    AT_VERSION = 0x000,
    AT_NAME = 0x002,
    NAME_SIZE = 128,
    AT_TYPE = 0x082,
    AT_BASE = 0x084,
    AT_SIZE = 0x088,
    AT_PAGE = 0x08C,
    AT_ERASED = 0x094,
    AT_PROGRAM_TIME = 0x098,
    AT_ERASE_TIME = 0x09C,
    AT_SECTORS = 0x0A0,
    SECTOR_ENTRY = 8,
    SECTORS_MAX = 512,
    VERSION = 0x0101,
    TYPE_ON_CHIP = 1,
    TYPE_LAST = 5,
    PAGE_KEIL_MAX = 0x10000,
    PAGE_SLOW = 1024,
    ERASE_CHIP_SIZE = 0x800000 /* parts of 8 MiB take 20 to 150 s: data/parts */
};

#define SECTOR_END     0xFFFFFFFFu
#define EXTERNAL_FIRST 0x60000000u
#define EXTERNAL_LAST  0xAFFFFFFFu

struct device {
    const uint8_t *bytes;
    uint32_t bytes_size;
    uint32_t base, size, page;
    uint16_t version, type;
};

static uint16_t get16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static uint32_t get32(const uint8_t *bytes)
{
    return get16(bytes) | (uint32_t)get16(bytes + 2) << 16;
}

static bool is_power_of_two(uint32_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

static void check_version(const struct device *device, struct findings *findings)
{
    if (device->version != VERSION) {
        check_add(findings, FINDING_FLM_VERSION, 0, "", "AlgoVer is 0x%04x, not 0x%04x",
                  device->version, VERSION);
    }
}

static void check_name(const struct device *device, struct findings *findings)
{
    const char *name = (const char *)device->bytes + AT_NAME;
    const size_t length = strnlen(name, NAME_SIZE);
    if (length == 0 || length == NAME_SIZE) {
        check_add(findings, FINDING_FLM_NAME, 0, "", "the name %s",
                  length == 0 ? "is empty" : "has no terminating 0 in its 128 bytes");
        return;
    }
    for (size_t i = 0; i < length; i++) {
        if (name[i] < 0x20 || name[i] > 0x7E) {
            check_add(findings, FINDING_FLM_NAME, 0, "",
                      "byte %zu of the name is 0x%02x, which is not printable ASCII", i,
                      (unsigned)(uint8_t)name[i]);
            return;
        }
    }
}

static void check_type(const struct device *device, struct findings *findings)
{
    if (device->type == 0 || device->type > TYPE_LAST) {
        check_add(findings, FINDING_FLM_TYPE, 0, "", "the type is %u, known are 1 to %u",
                  device->type, TYPE_LAST);
    }
}

static void check_base(const struct device *device, struct findings *findings)
{
    const uint64_t end = (uint64_t)device->base + device->size;
    const bool external = device->type > TYPE_ON_CHIP && device->type <= TYPE_LAST;
    const bool outside = device->base < EXTERNAL_FIRST || end > (uint64_t)EXTERNAL_LAST + 1;
    if (end > UINT64_C(1) << 32) {
        check_add(findings, FINDING_FLM_BASE, 0, "", "0x%08x + 0x%x leaves the address space",
                  device->base, device->size);
    } else if (external && outside) {
        check_add(findings, FINDING_FLM_BASE, 0, "",
                  "0x%08x..0x%08llx is no window of external memory", device->base,
                  (unsigned long long)end - 1);
    }
}

static void check_page(const struct device *device, struct findings *findings)
{
    const char *wrong = device->page == 0                ? "is none at all"
                        : !is_power_of_two(device->page) ? "is no power of two"
                        : device->page > device->size && device->size != 0
                            ? "is larger than the device"
                        : device->page <= PAGE_KEIL_MAX ? NULL
                                                        : "is more than Keil takes";
    if (wrong != NULL) {
        check_add_milder(findings, FINDING_FLM_PAGE_SIZE,
                         device->page > PAGE_KEIL_MAX && device->page <= device->size
                             ? SEVERITY_WARNING
                             : SEVERITY_ERROR,
                         0, "", "PageSize 0x%x %s", device->page, wrong);
    } else if (device->page < PAGE_SLOW) {
        check_add(findings, FINDING_FLM_PAGE_SMALL, 0, "", "PageSize is %u bytes", device->page);
    }
}

static void check_erased(const struct device *device, struct findings *findings)
{
    const uint8_t erased = device->bytes[AT_ERASED];
    if (erased != 0xFF && !(device->type == TYPE_ON_CHIP && erased == 0)) {
        check_add(findings, FINDING_FLM_ERASED_VALUE, 0, "", "ErasedVal is 0x%02x", erased);
    }
}

static void check_times(const struct device *device, struct findings *findings)
{
    const uint32_t program = get32(device->bytes + AT_PROGRAM_TIME);
    const uint32_t erase = get32(device->bytes + AT_ERASE_TIME);
    if (program == 0 || erase == 0) {
        check_add(findings, FINDING_FLM_TIMEOUT, 0, "", "%s%s%s 0 ms",
                  program == 0 ? "TimeoutProg" : "", program == 0 && erase == 0 ? ", " : "",
                  erase == 0 ? "TimeoutErase" : "");
    }
}

/* Entry `index`; false behind the file's bytes. */
static bool sector_at(const struct device *device, unsigned index, uint32_t *size, uint32_t *start)
{
    const uint32_t at = AT_SECTORS + index * SECTOR_ENTRY;
    if (index >= SECTORS_MAX || device->bytes_size < at + SECTOR_ENTRY) {
        return false;
    }
    *size = get32(device->bytes + at);
    *start = get32(device->bytes + at + 4);
    return true;
}

/* What is wrong with a group that ends where the next begins; NULL if nothing is. */
static const char *wrong_in_group(uint32_t size, uint32_t start, uint32_t expected, uint32_t end)
{
    return size == 0                   ? "has sectors of no size"
           : start != expected         ? "does not begin where the one before ends"
           : end <= start              ? "begins behind its end"
           : (end - start) % size != 0 ? "holds no whole number of sectors"
                                       : NULL;
}

static void check_groups(const struct device *device, unsigned count, struct findings *findings)
{
    uint32_t expected = 0;
    for (unsigned i = 0; i < count; i++) {
        uint32_t size = 0, start = 0, next_size = 0, next = device->size;
        sector_at(device, i, &size, &start);
        if (i + 1 < count) {
            sector_at(device, i + 1, &next_size, &next);
        }
        const char *wrong = wrong_in_group(size, start, expected, next);
        if (wrong != NULL) {
            check_add(findings, FINDING_FLM_SECTORS, 0, "",
                      "group %u, {0x%x, 0x%x}, up to 0x%x: it %s", i, size, start, next, wrong);
            return;
        }
        expected = next;
    }
}

static void check_sectors(const struct device *device, struct findings *findings)
{
    unsigned count = 0;
    uint32_t size = 0, start = 0;
    while (sector_at(device, count, &size, &start) && (size != SECTOR_END || start != SECTOR_END)) {
        count++;
    }
    if (size != SECTOR_END || start != SECTOR_END) {
        check_add(findings, FINDING_FLM_SECTORS_UNENDED, 0, "",
                  "no {0xFFFFFFFF, 0xFFFFFFFF} among %u entries", count);
        return;
    }
    if (count == 0 || device->size == 0) {
        check_add(findings, FINDING_FLM_SECTORS, 0, "", "%s",
                  count == 0 ? "no sectors" : "TotalSize is 0");
        return;
    }
    sector_at(device, 0, &size, &start);
    if (start != 0 && start == device->base) {
        check_add(findings, FINDING_FLM_SECTORS_ABSOLUTE, 0, "",
                  "the first group starts at 0x%08x, which is BaseAddr", start);
        return;
    }
    check_groups(device, count, findings);
}

/* Not wrong, but each has a consequence in one tool. */
static void check_functions(const struct check_file *file, const struct device *device,
                            struct findings *findings)
{
    const bool external = device->type != TYPE_ON_CHIP;
    if (check_export(file->elf, "EraseChip") != NULL && external &&
        device->size >= ERASE_CHIP_SIZE) {
        check_add(findings, FINDING_FLM_ERASE_CHIP, 0, "EraseChip", "it is there, for %u MiB",
                  device->size >> 20);
    }
    if (check_export(file->elf, "Verify") != NULL && external) {
        check_add(findings, FINDING_FLM_VERIFY, 0, "Verify", "it is there");
    }
}

static void check_is_stored(const struct check_file *file, struct findings *findings)
{
    const struct elf_symbol *symbol = check_export(file->elf, "FlashDevice");
    if (symbol == NULL) {
        check_add(findings, FINDING_FLM_DEVICE_MISSING, 0, "", "no symbol FlashDevice");
    } else {
        check_add(findings, FINDING_FLM_DEVICE_NOT_STORED, 0, "",
                  "FlashDevice is at 0x%08x, where no section stores its 0xA8 bytes",
                  symbol->value);
    }
}

void check_flm_device(const struct check_file *file, struct findings *findings)
{
    const uint8_t *bytes = file->flash_device;
    if (bytes == NULL) {
        check_is_stored(file, findings);
        return;
    }
    const struct device device = {.bytes = bytes,
                                  .bytes_size = file->flash_device_size,
                                  .base = get32(bytes + AT_BASE),
                                  .size = get32(bytes + AT_SIZE),
                                  .page = get32(bytes + AT_PAGE),
                                  .version = get16(bytes + AT_VERSION),
                                  .type = get16(bytes + AT_TYPE)};
    check_version(&device, findings);
    check_name(&device, findings);
    if (file->kind == CHECK_FLM) { /* SEGGER's newer format ignores it */
        check_type(&device, findings);
    }
    check_base(&device, findings);
    check_page(&device, findings);
    check_erased(&device, findings);
    check_times(&device, findings);
    check_sectors(&device, findings);
    if (file->kind == CHECK_FLM) {
        check_functions(file, &device, findings);
    }
}
