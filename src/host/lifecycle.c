/* SPDX-License-Identifier: MIT */
#include "host/lifecycle.h"

#include <stddef.h>
#include <string.h>

/* Up to half a minute of a PC. Ours needs 2 for 64 KiB; one that counts turns for the length of a
 * chip erase needs more and must be given it. [choice] */
#define BUDGET 500

#define STLDR  .own_format = "stldr", .own_suffix = ".stldr"

/* What STM32CubeProgrammer does was fitted to five complete verbosity-3 logs (community.st.com
 * m-p/66145, 577276, 595696, 248603 and tag-designs/software): BKPT word at the base, image at base
 * + 4, SP at base + size + 0x400, buffer at the next multiple of 32 from SP + 0x20, 0x200 bytes of
 * it zeroed. The end of the image is base + 4 + size, so the gaps are 4 less here. Its time-outs
 * are in no public source: they are those of ST's OpenOCD driver (stldr_driver.c), and 100 s where
 * that has 1 s [INF]. */
#define CUBEPROGRAMMER                                                                             \
    STLDR, .family = FAMILY_CUBEPROGRAMMER, .view = VIEW_SEGMENTS, .call = CALL_ALL_REGISTERS,     \
           .checks_name = true, .init_r0 = 1, .stack_gap = 0x3FC, .stack_align = 1,                \
           .buffer_from_end = 0x41C, .buffer_align = 32, .buffer_zeroed = 0x200,                   \
           .buffer_max = 0x10000, .buffer_count = 1, .init_timeout_ms = 100000,                    \
           .write_timeout_ms = 100000, .read_timeout_ms = 100000, .erase_timeout_ms = 1000000,     \
           .mass_erase_timeout_ms = 600000, .budget = BUDGET

static const struct lifecycle lifecycles[] = {
    {.name = "native",
     .summary = "ours: one download, one Init, large chunks; keeps the neighbours of an image",
     .link = "jlink",
     STLDR,
     .family = FAMILY_NATIVE,
     .view = VIEW_SEGMENTS,
     .call = CALL_CLEAN_CORE,
     .neighbour_rule = NEIGHBOURS_KEPT,
     .streams = true,
     .digests = true,
     .init_r0 = 1,
     .stack_gap = 0x3FC,
     .stack_align = 1,
     .buffer_from_end = 0x41C,
     .buffer_align = 32,
     .download_rule = DOWNLOAD_ONCE,
     .init_rule = INIT_ONCE,
     .mask_interrupts = 1,
     .buffer_max = 0x20000,
     .buffer_count = 1,
     .init_timeout_ms =
         60000, /* ours takes up to 30 s where a fault makes it wait again and again */
     .write_timeout_ms = 60000,
     .read_timeout_ms = 60000,
     .erase_timeout_ms = 600000,
     .mass_erase_timeout_ms = PATIENCE_BY_PART,
     .budget = BUDGET,
     .evidence = "our own choice"},
    {.name = "cubeprogrammer-jlink",
     .summary = "STM32CubeProgrammer over J-Link: interrupts are not masked while the core runs",
     .link = "jlink",
     .mask_interrupts = 0,
     CUBEPROGRAMMER,
     .evidence =
         "layout and order as on ST-LINK; that J-Link's Go leaves interrupts unmasked is [INF]"},
    {.name = "cubeprogrammer-stlink",
     .summary = "STM32CubeProgrammer over ST-LINK: interrupts masked while the core runs",
     .link = "stlink-v3",
     .mask_interrupts = 1,
     CUBEPROGRAMMER,
     .evidence = "five verbosity-3 logs; masking concluded from ST's loader templates [INF]"},
    /* All of it read in STMicroelectronics/OpenOCD, src/flash/nor/stldr_driver.c: v1.13.0 (the
     * time-outs, a Write of the whole work area) and 049e9b8 (the rest, a Write of a page). PRIMASK
     * and CONTROL: cortex_m_resume() and armv7m_start_algorithm() of the same tree. */
    {.name = "openocd-stldr",
     .summary = "ST's OpenOCD, driver stldr: sections instead of segments, where they are linked",
     .link = "stlink-v3",
     STLDR,
     .family = FAMILY_OPENOCD,
     .view = VIEW_SECTIONS,
     .call = CALL_OPENOCD,
     .writes_pages = true,
     .reads_aside = true,
     .lends_bkpt = true,
     .init_r0 = 0,
     .stack_gap = 0x400,
     .stack_align = 8,
     .buffer_from_end = 0x408,
     .buffer_align = 8,
     .size_rule = SIZE_MEMORY,
     .bss_rule = BSS_FILE_BYTES,
     .load_rule = LOAD_AS_LINKED,
     .entry_rule = ENTRY_AS_LINKED,
     .buffer_max = 0x10000,
     .buffer_count = 1,
     .init_timeout_ms = 100000,
     .write_timeout_ms = 1000,
     .read_timeout_ms = 1000,
     .erase_timeout_ms = 1000000,
     .mass_erase_timeout_ms = 600000,
     .budget = BUDGET,
     .evidence = "the driver's source; its snapshot has no N6 target, so that anyone uses it with "
                 "an N6 is [INF]"},
    /* pyocd/target/pack/flash_algo.py, pyocd/flash/flash.py and builder.py, options.py [seen]: one
     * download for a session, Init and UnInit around each phase, buffers of a page in turn, the
     * word 0xE7FDBE00 (BKPT; B to it), a canary under the stack. It halts, it does not reset. */
    {.name = "flm",
     .summary = "pyOCD with a .FLM (CMSIS flash algorithm); Keil's way by host options",
     .link = "jlink",
     .own_format = "pyocd",
     .own_suffix = ".pyocd.FLM",
     .family = FAMILY_FLM,
     .format = FORMAT_ALGORITHM,
     .view = VIEW_PACK,
     .call = CALL_ALGORITHM,
     .stack_check = STACK_CANARY,
     .skips_same = true,
     .verify_unreads = true,
     .writes_pages = true,
     .return_word = UINT32_C(0xE7FDBE00),
     .place_rule = PLACE_END,
     .stack_size = 512,
     .static_base = 1,
     .neighbour_rule = NEIGHBOURS_KEPT,
     .download_rule = DOWNLOAD_ONCE,
     .buffer_count = 2,
     .init_timeout_ms = 5000,
     .write_timeout_ms = 10000,
     .read_timeout_ms = 10000,
     .erase_timeout_ms = 10000,
     .mass_erase_timeout_ms = 240000,
     .budget = BUDGET,
     .evidence = "pyOCD's source; it has no N6 target of its own, and what Keil does beyond the "
                 "CMSIS-Pack specification is [memory]"},
    /* probe-rs/src/flashing/flasher.rs and flash_algorithm.rs, target-gen/src/algorithm_binary.rs,
     * probe-rs/src/vendor/st/sequences/stm32n6.rs [seen]. */
    {.name = "probe-rs",
     .summary = "probe-rs with a .FLM taken in by target-gen: resets and cleans the core first",
     .link = "jlink",
     .own_format = "flm",
     .own_suffix = ".FLM",
     .family = FAMILY_PROBE_RS,
     .format = FORMAT_ALGORITHM,
     .view = VIEW_TARGET_GEN,
     .call = CALL_ALGORITHM,
     .stack_check = STACK_FILLED,
     .reset = RESET_CLEAN,
     .device_timeouts = true,
     .writes_pages = true,
     .return_word = UINT32_C(0xBE00BE00),
     .place_rule = PLACE_START,
     .stack_size = 512,
     .static_base = 1,
     .download_rule = DOWNLOAD_ONCE,
     .verify_rule = VERIFY_CALL,
     .buffer_count = 2,
     .init_timeout_ms = 2000,
     .read_timeout_ms = 30000,
     .mass_erase_timeout_ms = 40000,
     .budget = BUDGET,
     .evidence = "probe-rs' source, N6 sequence included; which byte of the filled stack it looks "
                 "at is [memory]"},
    /* kb.segger.com: J-Link flash programming, SEGGER Flash Loader; SEGGER's template of an Open
     * Flashloader [seen]. Where in the work RAM things lie is not published. */
    {.name = "jlink-ofl",
     .summary = "J-Link's own flash download with an Open Flashloader, a SEGGER one or a .FLM",
     .link = "jlink",
     .own_format = "jlink",
     .own_suffix = ".ofl.elf",
     .family = FAMILY_JLINK,
     .format = FORMAT_ALGORITHM,
     .view = VIEW_WORK_RAM,
     .call = CALL_ALGORITHM_ALL,
     .skips_same = true,
     .checks_blank = true,
     .device_timeouts = true,
     .writes_pages = true,
     .return_word = UINT32_C(0x0000BE00),
     .place_rule = PLACE_WORK,
     .stack_size = 512,
     .static_base = 1,
     .neighbour_rule = NEIGHBOURS_KEPT,
     .download_rule = DOWNLOAD_EACH_OPERATION,
     .verify_rule = VERIFY_CALL,
     .mask_interrupts = 1,
     .buffer_count = 1,
     .init_timeout_ms = 10000,
     .read_timeout_ms = 10000,
     .mass_erase_timeout_ms = 240000,
     .budget = BUDGET,
     .evidence =
         "order, stack and masked interrupts: SEGGER's knowledge base; all else is [INF] or "
         "[memory], see the host options"},
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

const struct lifecycle *lifecycle_for(enum loader_format format, unsigned index)
{
    for (size_t i = 0; i < sizeof lifecycles / sizeof lifecycles[0]; i++) {
        if (lifecycles[i].format == format && index-- == 0) {
            return &lifecycles[i];
        }
    }
    return NULL;
}
