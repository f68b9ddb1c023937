/* SPDX-License-Identifier: MIT */
#include "host/host_option.h"

#include "board/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELD(name)  offsetof(struct lifecycle, name)
#define VALUES(...)  ((const struct host_option_value[]){__VA_ARGS__, {NULL, 0}})
#define CUBE         FAMILY_CUBEPROGRAMMER
#define STLDR        (FAMILY_NATIVE | FAMILY_CUBEPROGRAMMER | FAMILY_OPENOCD)
#define ALGORITHM    (FAMILY_FLM | FAMILY_PROBE_RS | FAMILY_JLINK)
#define ALL          (STLDR | ALGORITHM)
#define LONGEST_MS   3600000
#define BUFFER_LEAST 256
#define BUFFER_MOST  0x40000

static const struct host_option options[] = {
    {.name = "image-size",
     .summary = "what counts as the image's size, from which stack and buffer are placed",
     .field = FIELD(size_rule),
     .families = CUBE,
     .values = VALUES({"file", SIZE_FILE}, {"memory", SIZE_MEMORY}),
     .evidence = "[INF]; file and memory size are equal in the logs that show both"},
    {.name = "bss",
     .summary = "what is written to memory of the image that has no bytes in the file",
     .field = FIELD(bss_rule),
     .families = CUBE | FAMILY_JLINK,
     .values = VALUES({"left", BSS_LEFT}, {"poisoned", BSS_POISONED}, {"zeroed", BSS_ZEROED},
                      {"file-bytes", BSS_FILE_BYTES}),
     .evidence = "[INF]; the logs show one write of the file's bytes. ST's OpenOCD takes the bytes "
                 "that follow in the file. J-Link: SEGGER's template says that it is not surely "
                 "cleared"},
    {.name = "erase-end",
     .summary = "which byte of the last sector SectorErase's second argument names",
     .field = FIELD(erase_end_rule),
     .families = CUBE,
     .values = VALUES({"first", END_FIRST_BYTE}, {"last", END_LAST_BYTE}),
     .evidence = "[comm] a trace says an address in the last sector; ST's OpenOCD passes its first "
                 "byte"},
    {.name = "load-address",
     .summary = "where the image goes: behind the listed base, behind a base 0x4000 higher, or "
                "where it is linked",
     .field = FIELD(load_rule),
     .families = CUBE,
     .values = VALUES({"base", LOAD_AT_BASE}, {"moved", LOAD_MOVED}, {"as-linked", LOAD_AS_LINKED}),
     .evidence = "[log] behind the base; 2.20 moved the base of the U375 by 0x4000; some of ST's "
                 "loaders are linked elsewhere"},
    {.name = "entry-points",
     .summary = "whether functions are called where the image lies, or where they are linked",
     .field = FIELD(entry_rule),
     .families = CUBE,
     .values = VALUES({"rebased", ENTRY_REBASED}, {"as-linked", ENTRY_AS_LINKED}),
     .evidence = "[INF] from one H5 log, whose PC fits an image that was linked elsewhere"},
    {.name = "download",
     .summary = "whether the image is downloaded again for each operation",
     .field = FIELD(download_rule),
     .families = CUBE | FAMILY_JLINK,
     .values = VALUES({"operation", DOWNLOAD_EACH_OPERATION}, {"once", DOWNLOAD_ONCE}),
     .evidence = "[log] for erase and read; [INF] for write and for J-Link"},
    {.name = "init",
     .summary = "whether Init is called for each operation, or before each further call too",
     .field = FIELD(init_rule),
     .families = CUBE,
     .values = VALUES({"operation", INIT_EACH_OPERATION}, {"call", INIT_EACH_CALL}),
     .evidence = "[log] for erase and read; a user's log repeats Init within a write"},
    {.name = "verify",
     .summary = "whether a verify reads back and compares, or calls Verify",
     .field = FIELD(verify_rule),
     .families = CUBE | FAMILY_FLM,
     .values = VALUES({"compare", VERIFY_COMPARE}, {"call", VERIFY_CALL}),
     .evidence =
         "[log] compares; yet most of ST's loaders export Verify. pyOCD compares, if at all; that "
         "Keil calls Verify is [memory]"},
    {.name = "read",
     .summary = "whether a read calls Read, or reads the mapped window",
     .field = FIELD(read_rule),
     .families = CUBE,
     .values = VALUES({"call", READ_CALL}, {"window", READ_WINDOW}),
     .evidence = "[comm] Read where the loader has it; ST staff speak of the window"},
    {.name = "interrupts",
     .summary = "whether the probe masks interrupts (C_MASKINTS) while the loader runs",
     .field = FIELD(mask_interrupts),
     .families = CUBE | FAMILY_FLM,
     .values = VALUES({"unmasked", 0}, {"masked", 1}),
     .evidence =
         "[INF] masked over ST-LINK, from ST's loader templates; not over J-Link. pyOCD does not "
         "mask; what Keil does is not known"},
    {.name = "ram-shift",
     .summary = "bytes of the listed RAM that the tool leaves out at either end, so that the "
                "algorithm lies elsewhere",
     .field = FIELD(ram_shift),
     .families = ALGORITHM,
     .values = VALUES({"0", 0}, {"0x1004", 0x1004}),
     .maximum = 0x10000,
     .multiple = 4,
     .unit = "bytes",
     .evidence = "which RAM a tool has is up to its pack, target file or device list; packers "
                 "promise addresses that are multiples of 4, no more"},
    {.name = "placement",
     .summary = "image and buffers from the end of the RAM with the stack below, or from its start "
                "with the stack at the end",
     .field = FIELD(place_rule),
     .families = FAMILY_FLM,
     .values = VALUES({"end", PLACE_END}, {"start", PLACE_KEIL}),
     .evidence =
         "end: pyOCD's source; start, for Keil: the CMSIS-Pack specification puts the stack "
         "at the end of RAM, the rest is [memory]"},
    {.name = "work-ram",
     .summary = "in the work RAM: stack and buffers behind the image, or the stack at its end",
     .field = FIELD(place_rule),
     .families = FAMILY_JLINK,
     .values = VALUES({"stack-behind", PLACE_WORK}, {"stack-at-end", PLACE_WORK_END}),
     .evidence = "not published; code first [memory]"},
    {.name = "relocation",
     .summary =
         "whether J-Link moves the image to the start of the work RAM, or leaves it where it "
         "is linked",
     .field = FIELD(load_rule),
     .families = FAMILY_JLINK,
     .values = VALUES({"moved", LOAD_AT_BASE}, {"as-linked", LOAD_AS_LINKED}),
     .evidence =
         "[INF]: a .FLM that is linked at 0 works; published loaders are linked at the work "
         "RAM, where both are the same"},
    {.name = "stack-size",
     .summary = "bytes of stack that the algorithm gets",
     .field = FIELD(stack_size),
     .families = ALGORITHM,
     .values = VALUES({"512", 512}, {"256", 256}, {"64", 64}),
     .minimum = 64,
     .maximum = 0x4000,
     .multiple = 8,
     .unit = "bytes",
     .evidence = "512: probe-rs unless its target file says otherwise, pyOCD with two buffers, "
                 "J-Link; 256: J-Link with little RAM; 64: pyOCD's least"},
    {.name = "static-base",
     .summary = "whether R9 points at PrgData on Init",
     .field = FIELD(static_base),
     .families = FAMILY_JLINK,
     .values = VALUES({"set", 1}, {"left", 0}),
     .evidence = "[INF]: J-Link takes algorithms of Keil, which may need it"},
    {.name = "init-clock",
     .summary = "second argument of an algorithm's Init, Hz",
     .field = FIELD(init_clock),
     .families = FAMILY_FLM | FAMILY_JLINK,
     .values = VALUES({"0", 0}, {"64000000", 64000000}),
     .maximum = 1000000000,
     .unit = "Hz",
     .evidence = "pyOCD passes 0; what Keil and J-Link pass is not known"},
    {.name = "neighbours",
     .summary = "what becomes of bytes in an erased sector that no image gives",
     .field = FIELD(neighbour_rule),
     .families = FAMILY_FLM | FAMILY_JLINK,
     .values = VALUES({"kept", NEIGHBOURS_KEPT}, {"lost", NEIGHBOURS_LOST}),
     .evidence = "pyOCD keeps them, unless the algorithm exports Verify; J-Link does [memory]"},
    {.name = "debug-access",
     .summary = "what the probe sees while a cache is on: the simulated core has no caches, or it "
                "has, and the probe's accesses are coherent with them or not",
     .field = FIELD(debug_rule),
     .families = ALL,
     .values = VALUES({"same", DEBUG_SAME}, {"coherent", DEBUG_COHERENT},
                      {"incoherent", DEBUG_INCOHERENT}),
     .evidence = "[INF] both; same is our own choice, as a run without caches is faster"},
    {.name = "buffer-size",
     .summary = "largest chunk of one Write or Read",
     .field = FIELD(buffer_max),
     .families = STLDR,
     .values = VALUES({"page", 0}, {"512", 512}, {"64K", 0x10000}),
     .minimum = BUFFER_LEAST,
     .maximum = BUFFER_MOST,
     .unit = "bytes",
     .evidence = "STM32CubeProgrammer: [INF]; ST's OpenOCD: its work area, or one PageSize, by "
                 "version, and 64 KiB is what it configures for the N6"},
    {.name = "buffers",
     .summary = "one buffer, or two behind each other that are used in turn",
     .field = FIELD(buffer_count),
     .families = CUBE | FAMILY_JLINK,
     .values = VALUES({"1", 1}, {"2", 2}),
     .evidence = "[log] shows one; users' words name two. J-Link: not "
                 "published. They are filled between calls here, not while the loader runs"},
    {.name = "init-timeout",
     .summary = "patience with Init",
     .field = FIELD(init_timeout_ms),
     .families = STLDR | FAMILY_FLM | FAMILY_JLINK,
     .values = VALUES({"10000", 10000}, {"100000", 100000}),
     .minimum = 1,
     .maximum = LONGEST_MS,
     .unit = "ms",
     .is_limit = true,
     .evidence =
         "as in ST's OpenOCD; STM32CubeProgrammer's and J-Link's own are not published; pyOCD: a "
         "session option, 5 s"},
    {.name = "write-timeout",
     .summary = "patience with one Write",
     .field = FIELD(write_timeout_ms),
     .families = STLDR | FAMILY_FLM,
     .values = VALUES({"1000", 1000}, {"100000", 100000}),
     .minimum = 1,
     .maximum = LONGEST_MS,
     .unit = "ms",
     .is_limit = true,
     .evidence =
         "1000 is in ST's OpenOCD; STM32CubeProgrammer's own is not published; pyOCD: a session "
         "option, 10 s a page"},
    {.name = "read-timeout",
     .summary = "patience with one Read, Verify or CheckSum",
     .field = FIELD(read_timeout_ms),
     .families = STLDR | FAMILY_JLINK,
     .values = VALUES({"1000", 1000}, {"100000", 100000}),
     .minimum = 1,
     .maximum = LONGEST_MS,
     .unit = "ms",
     .is_limit = true,
     .evidence =
         "1000 is in ST's OpenOCD; STM32CubeProgrammer's and J-Link's own are not published"},
    {.name = "erase-timeout",
     .summary = "patience with one SectorErase",
     .field = FIELD(erase_timeout_ms),
     .families = STLDR | FAMILY_FLM,
     .values = VALUES({"10000", 10000}, {"1000000", 1000000}),
     .minimum = 1,
     .maximum = LONGEST_MS,
     .unit = "ms",
     .is_limit = true,
     .evidence = "ST's OpenOCD: 10000, later 1000000; STM32CubeProgrammer's own is not "
                 "published; pyOCD: a session option, 10 s a sector"},
    {.name = "mass-erase-timeout",
     .summary = "patience with MassErase",
     .field = FIELD(mass_erase_timeout_ms),
     .families = STLDR | FAMILY_FLM | FAMILY_JLINK,
     .values = VALUES({"600000", 600000}, {"by-part", PATIENCE_BY_PART}),
     .minimum = 1,
     .maximum = LONGEST_MS,
     .unit = "ms",
     .is_limit = true,
     .evidence =
         "as in ST's OpenOCD; STM32CubeProgrammer's and J-Link's own are not published; pyOCD: a "
         "session option, 240 s; by-part, longer than our own loader waits, is our own host's"},
    {.name = "instruction-budget",
     .summary = "millions of instructions that one call may execute on the simulator, polls that "
                "it skips not counted; --no-jump lifts it",
     .field = FIELD(budget),
     .families = ALL,
     .values = VALUES({"500", 500}),
     .minimum = 1,
     .maximum = 1000000,
     .unit = "million",
     .is_limit = true,
     .evidence = "our own choice: it bounds the time on your PC, no tool has it"},
};

#define OPTION_COUNT (sizeof options / sizeof options[0])

const struct host_option *host_option_at(unsigned index)
{
    return index < OPTION_COUNT ? &options[index] : NULL;
}

const struct host_option *host_option_find(const char *name)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (strcmp(options[i].name, name) == 0) {
            return &options[i];
        }
    }
    return NULL;
}

bool host_option_is_open(const struct host_option *option, const struct lifecycle *lifecycle)
{
    return (option->families & lifecycle->family) != 0;
}

uint32_t host_option_get(const struct host_option *option, const struct lifecycle *lifecycle)
{
    uint32_t value;
    memcpy(&value, (const char *)lifecycle + option->field, sizeof value);
    return value;
}

void host_option_put(const struct host_option *option, struct lifecycle *lifecycle, uint32_t value)
{
    memcpy((char *)lifecycle + option->field, &value, sizeof value);
}

void host_option_format(const struct host_option *option, uint32_t value, char *buffer, size_t size)
{
    for (const struct host_option_value *each = option->values; each->name != NULL; each++) {
        if (each->value == value) {
            snprintf(buffer, size, "%s", each->name);
            return;
        }
    }
    snprintf(buffer, size, value % 1024 == 0 ? "%uK" : "%u",
             value % 1024 == 0 ? value / 1024 : value);
}

void host_option_format_values(const struct host_option *option, char *buffer, size_t size)
{
    size_t used = 0;
    for (const struct host_option_value *each = option->values; each->name != NULL; each++) {
        used += (size_t)snprintf(buffer + used, size - used, "%s%s",
                                 each == option->values ? "" : " | ", each->name);
        if (used >= size) {
            return;
        }
    }
    if (option->maximum != 0) {
        used += (size_t)snprintf(buffer + used, size - used, ", or %u to %u %s", option->minimum,
                                 option->maximum, option->unit);
    }
    if (option->multiple != 0 && used < size) {
        snprintf(buffer + used, size - used, ", a multiple of %u", option->multiple);
    }
}

static bool parse_number(const char *text, uint64_t *value)
{
    char *end = NULL;
    if (text[0] < '0' || text[0] > '9') {
        return false;
    }
    *value = strtoull(text, &end, 0);
    if (strcmp(end, "K") == 0 && *value <= UINT32_MAX) {
        *value *= 1024;
        return true;
    }
    return *end == '\0';
}

static bool find_value(const struct host_option *option, const char *text, uint32_t *value)
{
    uint64_t number = 0;
    for (const struct host_option_value *each = option->values; each->name != NULL; each++) {
        if (strcmp(each->name, text) == 0) {
            *value = each->value;
            return true;
        }
    }
    if (option->maximum == 0 || !parse_number(text, &number) || number < option->minimum ||
        number > option->maximum || (option->multiple != 0 && number % option->multiple != 0)) {
        return false;
    }
    *value = (uint32_t)number;
    return true;
}

static bool refuse_value(const struct host_option *option, const char *text, struct error *error)
{
    char values[160];
    struct nearest nearest = {.wanted = text};
    for (const struct host_option_value *each = option->values; each->name != NULL; each++) {
        nearest_offer(&nearest, each->name);
    }
    host_option_format_values(option, values, sizeof values);
    error_set(error, ERROR_BAD_VALUE, NULL, 0, 0, "--host-option %s: '%s'", option->name, text);
    if (nearest_is_close(&nearest)) {
        return error_hint(error, "%s=%s; it takes %s", option->name, nearest.name, values);
    }
    return error_hint(error, "%s takes %s", option->name, values);
}

static bool refuse_name(const struct lifecycle *lifecycle, const char *name, struct error *error)
{
    struct nearest nearest = {.wanted = name};
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (host_option_is_open(&options[i], lifecycle)) {
            nearest_offer(&nearest, options[i].name);
        }
    }
    error_set(error, ERROR_UNKNOWN_NAME, NULL, 0, 0, "--host-option '%s'", name);
    if (nearest_is_close(&nearest)) {
        return error_hint(error, "%s; extload list host-options", nearest.name);
    }
    return error_hint(error, "extload list host-options");
}

static bool refuse_fixed(const struct host_option *option, const struct lifecycle *lifecycle,
                         struct error *error)
{
    char value[32];
    host_option_format(option, host_option_get(option, lifecycle), value, sizeof value);
    error_set(error, ERROR_UNKNOWN_NAME, NULL, 0, 0,
              "--host-option %s is not open for host %s, of which it is known: %s", option->name,
              lifecycle->name, value);
    return error_hint(error, "leave it out, or take another --host; extload list host-options");
}

bool host_option_set(struct lifecycle *lifecycle, const char *assignment, struct error *error)
{
    char name[64];
    uint32_t value = 0;
    const char *equals = strchr(assignment, '=');
    if (equals == NULL || equals == assignment || (size_t)(equals - assignment) >= sizeof name) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "--host-option '%s' is not NAME=VALUE",
                  assignment);
        return error_hint(error, "extload list host-options");
    }
    memcpy(name, assignment, (size_t)(equals - assignment));
    name[equals - assignment] = '\0';
    const struct host_option *option = host_option_find(name);
    if (option == NULL) {
        return refuse_name(lifecycle, name, error);
    }
    if (!host_option_is_open(option, lifecycle)) {
        return refuse_fixed(option, lifecycle, error);
    }
    if (!find_value(option, equals + 1, &value)) {
        return refuse_value(option, equals + 1, error);
    }
    host_option_put(option, lifecycle, value);
    return true;
}
