/* SPDX-License-Identifier: MIT */
/*
 * FlashDevice: what a CMSIS flash algorithm (FLM) says of its flash. Tools find it by that name and read
 * it from the file; it never reaches the target. The same for SEGGER's flash loaders. Layout as in
 * Arm's FlashOS.h (Open-CMSIS-Pack-Spec, template files of flash algorithms) [comm].
 */
#ifndef EXTLOAD_ABI_FLASH_DEVICE_H
#define EXTLOAD_ABI_FLASH_DEVICE_H

#include <stddef.h>
#include <stdint.h>

#define FLASH_DEVICE_VERSION   0x0101
#define FLASH_DEVICE_EXTSPI    5 /* external flash on SPI */
#define FLASH_DEVICE_SECTORS   512
#define FLASH_DEVICE_NO_SECTOR UINT32_C(0xFFFFFFFF) /* both words of the last entry */

struct flash_sectors {
    uint32_t size;    /* of one, bytes */
    uint32_t address; /* of the first, from the flash's start; they go on to the next entry's */
};

struct flash_device {
    uint16_t version;
    char name[128];
    uint16_t type;
    uint32_t base;
    uint32_t size;
    uint32_t page_size; /* bytes that ProgramPage gets at a time */
    uint32_t reserved;
    uint8_t erased_value;
    uint8_t padding[3];
    uint32_t program_timeout; /* ms, of a page */
    uint32_t erase_timeout;   /* ms, of a sector */
    struct flash_sectors sectors[FLASH_DEVICE_SECTORS];
};

_Static_assert(offsetof(struct flash_device, name) == 0x002, "as tools read it");
_Static_assert(offsetof(struct flash_device, type) == 0x082, "as tools read it");
_Static_assert(offsetof(struct flash_device, base) == 0x084, "as tools read it");
_Static_assert(offsetof(struct flash_device, size) == 0x088, "as tools read it");
_Static_assert(offsetof(struct flash_device, page_size) == 0x08C, "as tools read it");
_Static_assert(offsetof(struct flash_device, reserved) == 0x090, "as tools read it");
_Static_assert(offsetof(struct flash_device, erased_value) == 0x094, "as tools read it");
_Static_assert(offsetof(struct flash_device, program_timeout) == 0x098, "as tools read it");
_Static_assert(offsetof(struct flash_device, erase_timeout) == 0x09C, "as tools read it");
_Static_assert(offsetof(struct flash_device, sectors) == 0x0A0, "as tools read it");
_Static_assert(sizeof(struct flash_device) == 0x10A0, "as tools read it");

#endif
