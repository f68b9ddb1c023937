/* SPDX-License-Identifier: MIT */
/*
 * A memory access port (ADIv5.2, "MEM-AP" [ARM]): CSW, TAR, DRW, the banked data registers, packed
 * transfers. 32-bit addresses; TAR increments within 1 KiB and wraps there, which is all that is promised.
 */
#ifndef EXTLOAD_DAP_MEM_AP_H
#define EXTLOAD_DAP_MEM_AP_H

#include <stdbool.h>
#include <stdint.h>

/* What the port reaches. `size` is 1, 2 or 4, the address a multiple of it. False: bus error. */
struct mem_ap_bus {
    void *context;
    bool (*read)(void *context, uint32_t address, unsigned size, bool secure, uint32_t *value);
    bool (*write)(void *context, uint32_t address, unsigned size, bool secure, uint32_t value);
};

struct mem_ap {
    struct mem_ap_bus bus;
    uint32_t idr, base;
    uint32_t csw, tar;
    bool locked; /* CSW.DeviceEn = 0: no memory access */
};

void mem_ap_init(struct mem_ap *ap, uint32_t idr, uint32_t base, const struct mem_ap_bus *bus);
/* A register by its address in the port. False: the memory access behind it failed, or was not allowed. */
bool mem_ap_read(struct mem_ap *ap, uint8_t address, uint32_t *value);
bool mem_ap_write(struct mem_ap *ap, uint8_t address, uint32_t value);

#endif
