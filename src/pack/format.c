/* SPDX-License-Identifier: MIT */
#include "pack/format.h"

#include "board/nearest.h"
#include "pack/flm.h"
#include "pack/jlink.h"
#include "pack/pdsc.h"
#include "pack/probe_rs.h"
#include "pack/pyocd.h"
#include "pack/script_values.h"

#include <stdio.h>
#include <string.h>

static bool build_stldr(const struct board *board, const struct loader_image *image,
                        struct built_files *built, struct error *error)
{
    size_t size = 0;
    uint8_t *bytes = pack_stldr(board, image, &size, error);
    return bytes != NULL && built_files_add(built, board->name, ".stldr", bytes, size, error);
}

/* The loader as an ELF with its symbols, which both of the following want beside their text. */
static bool add_loader_elf(const struct board *board, const struct loader_image *image,
                           struct built_files *built, struct error *error)
{
    size_t size = 0;
    uint8_t *bytes = pack_loader_elf(board, image, &size, error);
    return bytes != NULL &&
           built_files_add(built, board->name, SCRIPT_LOADER_SUFFIX, bytes, size, error);
}

static bool build_openocd(const struct board *board, const struct loader_image *image,
                          struct built_files *built, struct error *error)
{
    size_t size = 0;
    char *text = pack_openocd(board, image, &size, error);
    return text != NULL &&
           built_files_add(built, board->name, ".cfg", (uint8_t *)text, size, error) &&
           add_loader_elf(board, image, built, error);
}

static bool build_gdb(const struct board *board, const struct loader_image *image,
                      struct built_files *built, struct error *error)
{
    size_t size = 0;
    char *text = pack_gdb(board, image, &size, error);
    return text != NULL &&
           built_files_add(built, board->name, ".gdb", (uint8_t *)text, size, error) &&
           add_loader_elf(board, image, built, error);
}

static const struct format formats[] = {
    {"stldr", "NAME.stldr: STM32CubeProgrammer, STM32CubeIDE, ST's OpenOCD", build_stldr},
    {"flm", "NAME.FLM: flash algorithm for Keil and other tools of CMSIS-Pack; J-Link takes it too",
     flm_build},
    {"pdsc", "NAME.pdsc.xml, NAME.FLM: the element that a pack names the algorithm with",
     pdsc_build},
    {"pyocd", "NAME.pyocd.py, NAME.pyocd.FLM: user script of pyOCD and its flash algorithm",
     pyocd_build},
    {"probe-rs", "NAME.probe-rs.yaml: target description of probe-rs, algorithm included",
     probe_rs_build},
    {"jlink",
     "NAME.jlink.xml, .ofl.elf, .sfl.elf, .JLinkScript: device file of J-Link and its loaders",
     jlink_build},
    {"openocd", "NAME.cfg, NAME-loader.elf: OpenOCD 0.12 and later, with procedures that program",
     build_openocd},
    {"gdb", "NAME.gdb, NAME-loader.elf: symbols, breakpoints and the flight record in GDB",
     build_gdb},
};

#define FORMAT_COUNT (sizeof formats / sizeof formats[0])

const struct format *format_at(unsigned index)
{
    return index < FORMAT_COUNT ? &formats[index] : NULL;
}

static bool refuse_name(const char *name, struct error *error)
{
    struct nearest nearest = {.wanted = name};
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        nearest_offer(&nearest, formats[i].name);
    }
    nearest_offer(&nearest, FORMATS_ALL);
    error_set(error, ERROR_UNKNOWN_NAME, NULL, 0, 0, "--format '%s'", name);
    if (nearest_is_close(&nearest)) {
        return error_hint(error, "%s; extload list formats", nearest.name);
    }
    return error_hint(error, "extload list formats");
}

/* Marks the formats that the list names. */
static bool choose(const char *list, bool chosen[FORMAT_COUNT], struct error *error)
{
    const char *at = list;
    for (bool more = true; more;) {
        const size_t length = strcspn(at, ",");
        char name[64];
        bool known = false;
        snprintf(name, sizeof name, "%.*s", (int)(length < 64 ? length : 63), at);
        for (size_t i = 0; i < FORMAT_COUNT; i++) {
            const bool named = strcmp(formats[i].name, name) == 0 || strcmp(FORMATS_ALL, name) == 0;
            chosen[i] = chosen[i] || named;
            known = known || named;
        }
        if (!known) {
            return refuse_name(name, error);
        }
        more = at[length] == ',';
        at += length + 1;
    }
    return true;
}

bool format_build_list(const char *list, const struct board *board,
                       const struct loader_image *image, struct built_files *built,
                       struct error *error)
{
    bool chosen[FORMAT_COUNT] = {false};
    if (!choose(list, chosen, error)) {
        return false;
    }
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        built->format = formats[i].name;
        if (chosen[i] && !formats[i].build(board, image, built, error)) {
            return false;
        }
    }
    return true;
}
