/* SPDX-License-Identifier: MIT */
/*
 * The RAM that STM32CubeProgrammer uses for loaders, by device and release.
 *
 * Source: Data_Base/STM32_Prog_DB_0x*.xml of releases 2.15 to 2.23, "Embedded SRAM", as
 * redistributed by K-Society/KSociety.SharpCubeProgrammer, and the link addresses of ST's own
 * loaders [seen]. The tool keeps the first word for its BKPT and puts the image behind it, its stack
 * of 0x400 bytes behind the image and its buffer behind that [seen in five host logs].
 */
#ifndef EXTLOAD_CHECK_TOOL_RAM_H
#define EXTLOAD_CHECK_TOOL_RAM_H

#include <stdint.h>

#define TOOL_BKPT_SIZE 4u
#define TOOL_STACK_SIZE                                                                            \
    0x400u /* SP = base + image size + this; the image ends at base + 4 + size */
#define TOOL_BUFFER_GAP 0x20u
#define TOOL_BASES_MAX  2

struct tool_base {
    uint32_t address;
    const char *releases; /* "2.15 to 2.18"; NULL = every release that was looked at */
};

struct tool_device {
    const char *names; /* name prefixes, space-separated: "STM32H562 STM32H563" */
    struct tool_base bases[TOOL_BASES_MAX]; /* newest last; an address of 0 ends them */
    uint32_t size;                          /* bytes of that RAM; 0 = not known */
};

/* The device whose name begins as one of the table's, "STM32N655X0" say; NULL if there is none. */
const struct tool_device *tool_device_named(const char *name);
/* The only device whose loaders are linked there; NULL if none or several are. */
const struct tool_device *tool_device_linked_at(uint32_t address);

#endif
