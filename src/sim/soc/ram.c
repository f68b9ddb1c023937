/* SPDX-License-Identifier: MIT */
/*
 * RAMs and the boot ROM. Bases and sizes: CMSIS header of cmsis-device-n6 and ST SVD [HDR][SVD].
 * MEMENR and RAMCFG do not gate them: all are on, as the reset value of MEMENR says.
 */
#include "sim/soc/model.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROM_INDEX = 0,
    ROM_VECTORS = 16 + 195, /* core and peripheral vectors */
    ROM_IDLE = 0x18003514   /* the ROM's idle loop as debuggers have met it, second-hand */
};

static const struct soc_ram rams[] = {
    {"boot ROM", 0x08000000, 0x18000000, 0x20000, NULL},
    {"ITCM", 0x00000000, 0x10000000, 0x10000, NULL},
    {"DTCM", 0x20000000, 0x30000000, 0x20000, NULL},
    {"FLEXRAM", 0x24000000, 0x34000000, 0x64000, NULL},
    {"AXISRAM1", 0x24064000, 0x34064000, 0x9C000, NULL},
    {"AXISRAM2", 0x24100000, 0x34100000, 0x100000, NULL},
    {"AXISRAM3", 0x24200000, 0x34200000, 0x70000, NULL},
    {"AXISRAM4", 0x24270000, 0x34270000, 0x70000, NULL},
    {"AXISRAM5", 0x242E0000, 0x342E0000, 0x70000, NULL},
    {"AXISRAM6", 0x24350000, 0x34350000, 0x70000, NULL},
    {"CACHEAXI RAM", 0x243C0000, 0x343C0000, 0x40000, NULL},
    {"VENCRAM", 0x24400000, 0x34400000, 0x20000, NULL},
    {"AHBSRAM1", 0x28000000, 0x38000000, 0x4000, NULL},
    {"AHBSRAM2", 0x28004000, 0x38004000, 0x4000, NULL},
    {"BKPSRAM", 0x2C000000, 0x3C000000, 0x2000, NULL},
};

static void poison(const struct soc_ram *ram, uint64_t seed)
{
    uint64_t state = seed ^ ram->base_ns;
    for (uint32_t i = 0; i < ram->size; i += 8) {
        const uint64_t word = soc_random(&state);
        memcpy(ram->bytes + i, &word, sizeof word);
    }
}

bool soc_ram_create(struct soc *soc)
{
    _Static_assert(sizeof rams / sizeof rams[0] < RAM_COUNT, "the last entry ends the list");
    for (unsigned i = 0; i < sizeof rams / sizeof rams[0]; i++) {
        soc->rams[i] = rams[i];
        soc->rams[i].bytes = malloc(rams[i].size);
        if (soc->rams[i].bytes == NULL) {
            return false;
        }
        poison(&soc->rams[i], soc->config.seed);
    }
    return true;
}

void soc_ram_destroy(struct soc *soc)
{
    for (unsigned i = 0; i < RAM_COUNT; i++) {
        free(soc->rams[i].bytes);
    }
}

static void put_word(uint8_t *bytes, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
}

/* The real ROM's content is not known: vectors to an endless loop, and that loop everywhere. */
void soc_ram_boot_rom(struct soc *soc)
{
    const struct soc_ram *rom = &soc->rams[ROM_INDEX];
    for (uint32_t i = 0; i < rom->size; i += 4) {
        put_word(rom->bytes + i, 0xE7FEE7FE); /* b . */
    }
    put_word(rom->bytes,
             0x34104000); /* initial stack pointer, in the ROM's part of AXISRAM2 [INF] */
    for (uint32_t i = 1; i < ROM_VECTORS; i++) {
        put_word(rom->bytes + 4 * i, ROM_IDLE | 1);
    }
}
