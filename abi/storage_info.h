/* SPDX-License-Identifier: MIT */
/*
 * StorageInfo: the 200 bytes by which STM32CubeProgrammer knows what a .stldr is for.
 *
 * Little endian, natural alignment. The tool finds it by the symbol `StorageInfo` and never
 * downloads it. Layout: STMicroelectronics/stm32-mw-extmem-ldr `stm32_device_info.h` and
 * STMicroelectronics/OpenOCD `stldr_driver.c`, which agree [seen].
 */
#ifndef EXTLOAD_ABI_STORAGE_INFO_H
#define EXTLOAD_ABI_STORAGE_INFO_H

#include <stdint.h>

#define STORAGE_INFO_NAME_SIZE     100
#define STORAGE_INFO_SECTOR_GROUPS 10

enum storage_info_type {
    STORAGE_INFO_NOR_FLASH = 3, /* every released XSPI NOR loader for N6, H5 and H7RS uses this */
    STORAGE_INFO_SPI_FLASH = 7  /* common in community loaders */
};

/* A run of equal sectors: the count stands first, the size second. A count of 0 ends the list. */
struct storage_info_sectors {
    uint32_t count;
    uint32_t size; /* bytes */
};

struct storage_info {
    char device_name[STORAGE_INFO_NAME_SIZE]; /* equals the file's stem; the tool compares
                                                 since 2.18 */
    uint16_t device_type;                     /* enum storage_info_type */
    uint16_t reserved0;
    uint32_t device_start_address; /* first address of the mapped window */
    uint32_t device_size;          /* bytes */
    uint32_t page_size;            /* bytes; not the chip's program page, see docs */
    uint8_t erase_value;           /* 0xFF */
    uint8_t reserved1[3];
    struct storage_info_sectors sectors[STORAGE_INFO_SECTOR_GROUPS];
};

_Static_assert(sizeof(struct storage_info) == 200, "StorageInfo is 200 bytes");

#endif
