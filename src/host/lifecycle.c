/* SPDX-License-Identifier: MIT */
#include "host/lifecycle.h"

#include <stddef.h>
#include <string.h>

/* What STM32CubeProgrammer does was fitted to five complete verbosity-3 logs (community.st.com
 * m-p/66145, 577276, 595696, 248603 and tag-designs/software): BKPT word at the base, image at base
 * + 4, SP at base + size + 0x400, buffer at the next multiple of 32 from SP + 0x20, 0x200 bytes of
 * it zeroed. Its time-outs and chunk sizes are in no public source: the time-outs are those of ST's
 * OpenOCD driver (stldr_driver.c), the chunk of 64 KiB is [INF]. */
#define CUBEPROGRAMMER                                                                             \
    .fresh_operation = true, .stack_gap = 0x400, .buffer_gap = 0x20, .buffer_align = 32,           \
    .buffer_zeroed = 0x200, .buffer_max = 0x10000, .init_timeout_ms = 100000,                      \
    .write_timeout_ms = 100000, .read_timeout_ms = 100000, .erase_timeout_ms = 1000000,            \
    .mass_erase_timeout_ms = 600000

static const struct lifecycle lifecycles[] = {
    {.name = "native",
     .summary = "ours: one download, one Init, large chunks; keeps the neighbours of an image",
     .link = "jlink",
     .mask_interrupts = true,
     .clean_core = true,
     .keeps_neighbours = true,
     .stack_gap = 0x400,
     .buffer_gap = 0x20,
     .buffer_align = 32,
     .buffer_max = 0x20000,
     .init_timeout_ms = 10000,
     .write_timeout_ms = 60000,
     .read_timeout_ms = 60000,
     .erase_timeout_ms = 600000,
     .mass_erase_timeout_ms = 1200000,
     .evidence = "our own choice"},
    {.name = "cubeprogrammer-jlink",
     .summary = "STM32CubeProgrammer over J-Link: interrupts are not masked while the core runs",
     .link = "jlink",
     .mask_interrupts = false,
     CUBEPROGRAMMER,
     .evidence =
         "layout and order as on ST-LINK; that J-Link's Go leaves interrupts unmasked is [INF]"},
    {.name = "cubeprogrammer-stlink",
     .summary = "STM32CubeProgrammer over ST-LINK: interrupts masked while the core runs",
     .link = "stlink-v3",
     .mask_interrupts = true,
     CUBEPROGRAMMER,
     .evidence = "five verbosity-3 logs; masking concluded from ST's loader templates [INF]"},
};

const struct lifecycle *lifecycle_find(const char *name)
{
    if (strcmp(name, "cubeprogrammer") == 0) {
        name = "cubeprogrammer-jlink";
    }
    for (size_t i = 0; i < sizeof lifecycles / sizeof lifecycles[0]; i++) {
        if (strcmp(lifecycles[i].name, name) == 0) {
            return &lifecycles[i];
        }
    }
    return NULL;
}

const struct lifecycle *lifecycle_at(unsigned index)
{
    return index < sizeof lifecycles / sizeof lifecycles[0] ? &lifecycles[index] : NULL;
}
