/* SPDX-License-Identifier: MIT */
#include "check/tool_ram.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Secure AXISRAM and FLEXRAM of the N6; no other STM32 has RAM there [HDR of the N6; of the others
 * memory]. */
#define N6_RAM 0x34000000u

/* Sizes that no source gives stay 0. The last row is from host logs, the others from the data base;
 * which names belong to an entry of it, by device ID, is [memory]. */
static const struct tool_device devices[] = {
    {"STM32N6", {{0x34180400, NULL}}, 0x3FC00},
    {"STM32H74 STM32H75", {{0x24000000, NULL}}, 0},
    {"STM32H7R STM32H7S", {{0x20000000, NULL}}, 0x10000},
    {"STM32H562 STM32H563 STM32H573",
     {{0x20003000, "2.15 to 2.18"}, {0x20000000, "2.19 and later"}},
     0x10000},
    {"STM32H523", {{0x20003000, NULL}}, 0},
    {"STM32U375", {{0x20000000, "2.19 and earlier"}, {0x20004000, "2.20 and later"}}, 0},
    {"STM32WLE5 STM32WB15 STM32L4P5", {{0x20000000, NULL}}, 0},
};

#define DEVICE_COUNT (sizeof devices / sizeof devices[0])

static bool has_prefix_of(const char *name, const char *prefixes)
{
    while (*prefixes != '\0') {
        const size_t length = strcspn(prefixes, " ");
        if (strncmp(name, prefixes, length) == 0) {
            return true;
        }
        prefixes += length;
        prefixes += strspn(prefixes, " ");
    }
    return false;
}

const struct tool_device *tool_device_named(const char *name)
{
    for (unsigned i = 0; i < DEVICE_COUNT; i++) {
        if (has_prefix_of(name, devices[i].names)) {
            return &devices[i];
        }
    }
    return NULL;
}

static bool is_linked_at(const struct tool_device *device, uint32_t address)
{
    for (unsigned i = 0; i < TOOL_BASES_MAX && device->bases[i].address != 0; i++) {
        if (device->bases[i].address + TOOL_BKPT_SIZE == address) {
            return true;
        }
    }
    return false;
}

const struct tool_device *tool_device_linked_at(uint32_t address)
{
    if (address >> 24 == N6_RAM >> 24) {
        return &devices[0];
    }
    const struct tool_device *found = NULL;
    for (unsigned i = 0; i < DEVICE_COUNT; i++) {
        if (!is_linked_at(&devices[i], address)) {
            continue;
        }
        if (found != NULL) {
            return NULL;
        }
        found = &devices[i];
    }
    return found;
}
