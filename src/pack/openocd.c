/* SPDX-License-Identifier: MIT */
/*
 * NAME.cfg for stock OpenOCD: what differs between boards as values of the Tcl array `extload`, then
 * scripts/openocd.tcl. Commands and their behaviour: OpenOCD 0.12's documentation and programs.
 */
#include "pack/pack.h"
#include "pack/script_values.h"
#include "pack/scripts.h"
#include "pack/text.h"
#include "report/record_words.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define STACK_SIZE  0x400u /* behind the image, of which the loader uses a few words */
#define BUFFER_GAP  0x20u
#define BUFFER_STEP 32u
#define BUFFER_MAX  0x10000u
#define ERASE_STEP  0x100000u /* bytes that one call erases */
/* No call waits longer than twice a chip erase [choice of the loader]; the rest is for the link. */
#define LINK_MS 20000u

static void put_number(struct text *text, const char *name, uint32_t value)
{
    text_print(text, "set extload(%s) 0x%08x\n", name, (unsigned)value);
}

static void put_count(struct text *text, const char *name, uint32_t value)
{
    text_print(text, "set extload(%s) %u\n", name, (unsigned)value);
}

static void put_head(struct text *text, const struct board *board)
{
    text_print(
        text,
        "# OpenOCD's configuration for board %s (%s, %s at 0x%08x), written by extload.\n"
        "# Source of the probe first, such as:\n"
        "#   openocd -f interface/jlink.cfg -c \"transport select swd\" -f %s.cfg \\\n"
        "#       -c init -c \"extload_program firmware.bin 0x%08x\" -c shutdown\n"
        "# The procedures program through the loader, %s%s, which must lie beside this file:\n"
        "#   extload_program FILE ADDRESS   extload_verify FILE ADDRESS   extload_read FILE "
        "ADDRESS SIZE\n"
        "#   extload_erase ADDRESS SIZE     extload_mass_erase            extload_init\n"
        "#   extload_record\n\n",
        board->name, board->mcu, board->part.name, (unsigned)board->window, board->name,
        (unsigned)board->window, board->name, SCRIPT_LOADER_SUFFIX);
}

static void put_debug(struct text *text, const struct board *board)
{
    const struct board_debug *debug = &board->debug;
    text_print(text, "set extload(mcu) %s\n", board->mcu);
    put_number(text, "jtag_id", debug->jtag_id);
    put_number(text, "swd_id", debug->swd_id);
    put_count(text, "system_ap", debug->system_ap);
    put_count(text, "core_ap", debug->core_ap);
    put_number(text, "opened", debug->opened);
    put_number(text, "opened_bits", debug->opened_bits);
    text_print(text, "# Address and bits of the system's debug registers.\nset extload(setup) {\n");
    for (unsigned i = 0; i < debug->setup_count; i++) {
        text_print(text, "    0x%08x 0x%08x\n", (unsigned)debug->setup[i].address,
                   (unsigned)debug->setup[i].bits);
    }
    text_print(text, "}\n");
    put_count(text, "has_security",
              strcmp(board->core, "cortex-m33") == 0 || strcmp(board->core, "cortex-m55") == 0);
    put_number(text, "work_base", board->work_base);
    put_number(text, "work_size", board->work_size);
}

static void put_flash(struct text *text, const struct board *board)
{
    put_number(text, "window", board->window);
    put_number(text, "flash_size", board->part.size);
    put_number(text, "sector", board->sector_size);
    put_number(text, "erase_step",
               board->sector_size > ERASE_STEP ? board->sector_size : ERASE_STEP);
    put_count(text, "timeout_ms", 2 * board->part.chip_erase_max_ms + LINK_MS);
}

static bool put_loader(struct text *text, const struct board *board,
                       const struct loader_image *image, struct error *error)
{
    const uint32_t end = board->loader_base + PACK_BKPT_SIZE + pack_image_size(board, image);
    const uint32_t stack = (end + STACK_SIZE + 7u) & ~7u;
    const uint32_t buffer = (stack + BUFFER_GAP + BUFFER_STEP - 1) & ~(BUFFER_STEP - 1);
    const uint64_t ram_end = (uint64_t)board->loader_base + board->loader_size;
    if (buffer + UINT64_C(4096) > ram_end) {
        return error_set(error, ERROR_LOADER_TOO_LARGE, board->path, 0, 0,
                         "image, stack and 4 KiB of buffer need more than 0x%X bytes at 0x%08X",
                         (unsigned)board->loader_size, (unsigned)board->loader_base);
    }
    const uint64_t room = (ram_end - buffer) & ~UINT64_C(0xFFF);
    text_print(text, "set extload(image) {%s%s}\n", board->name, SCRIPT_LOADER_SUFFIX);
    put_number(text, "base", board->loader_base);
    put_number(text, "stack", stack);
    put_number(text, "buffer", buffer);
    put_count(text, "buffer_size", room < BUFFER_MAX ? (uint32_t)room : BUFFER_MAX);
    put_number(text, "stamp_at",
               board->loader_base + PACK_BKPT_SIZE + image->board_block +
                   (uint32_t)offsetof(struct board_block, crc));
    put_number(text, "stamp", board->block.crc);
    text_print(text, "set extload(entries) {\n");
    for (unsigned i = 0; i < image->entry_count; i++) {
        const char *name = image->entries[i].name;
        if (strncmp(name, PACK_STLDR_PREFIX, strlen(PACK_STLDR_PREFIX)) == 0) {
            text_print(text, "    %s 0x%08x\n", name + strlen(PACK_STLDR_PREFIX),
                       (unsigned)(board->loader_base + PACK_BKPT_SIZE + image->entries[i].offset));
        }
    }
    text_print(text, "}\n");
    return true;
}

static void put_names(struct text *text, const char *list, const char *(*name)(uint32_t))
{
    text_print(text, "set extload(%s) {", list);
    for (uint32_t i = 0; name(i) != NULL; i++) {
        text_print(text, "%s{%s}", i > 0 ? " " : "", name(i));
    }
    text_print(text, "}\n");
}

static void put_record(struct text *text, const struct board *board,
                       const struct loader_image *image)
{
    put_number(text, "record", script_record_address(board, image));
    put_count(text, "record_words", SCRIPT_RECORD_WORDS);
    put_number(text, "record_magic", RECORD_MAGIC);
    put_number(text, "record_version", SCRIPT_RECORD_VERSION);
    put_count(text, "phase_returned", PHASE_RETURNED);
    put_names(text, "functions", record_words_function);
    put_names(text, "phases", record_words_phase);
    text_print(text, "# Reason: name, sentence, hint.\nset extload(reasons) {\n");
    for (uint32_t i = 1; i <= SCRIPT_REASON_LAST; i++) {
        const struct reason_words *words = record_words_reason(i);
        if (words != NULL) {
            text_print(text, "    %u {%s {%s} {%s}}\n", (unsigned)i, words->name,
                       script_sentence(words), words->hint);
        }
    }
    text_print(text, "}\n\n");
}

char *pack_openocd(const struct board *board, const struct loader_image *image, size_t *size,
                   struct error *error)
{
    struct text text = {0};
    if (board->debug.jtag_id == 0) {
        error_set(error, ERROR_NO_DEBUG_FACTS, NULL, 0, 0, "%s", board->mcu);
        return NULL;
    }
    put_head(&text, board);
    put_debug(&text, board);
    put_flash(&text, board);
    if (!put_loader(&text, board, image, error)) {
        free(text.bytes);
        return NULL;
    }
    put_record(&text, board, image);
    text_append(&text, pack_script_openocd_tcl.text, pack_script_openocd_tcl.size);
    char *bytes = text_take(&text, size);
    if (bytes == NULL) {
        error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "writing OpenOCD's configuration");
    }
    return bytes;
}
