/* SPDX-License-Identifier: MIT */
#include "board/board.h"

#include "abi/rtt.h"
#include "board/board_load.h"
#include "board/crc32.h"
#include "board/data_files.h"
#include "board/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_SIZE_LEAST 0x1000u
#define PAGE_SIZE_MOST  0x10000u
#define PAGE_LONGEST_US 500000u /* half of what ST's OpenOCD waits for a Write [seen] */
/* Shortest patience of a host that calls SectorErase for a whole chip: ST's OpenOCD [seen], and
 * STM32CubeProgrammer, taken for the same [INF]. Ours erases a chip by a function of its own, and a flash
 * algorithm's host goes from sector to sector. */
#define ERASE_PATIENCE_MS   1000000u
#define CLOCK_GRAIN         8u      /* the loader counts a CPU of 8 MHz in whole MHz, rounded up */
#define LOADER_ROOM         0x4000u /* an image of 12 KiB, the tool's stack, gaps */
#define DEFAULT_SECTOR_SIZE 0x10000u

/* The name becomes a file stem on any system and an argument in scripts. */
static bool check_name(struct loading *loading)
{
    const struct schema_value *name = &loading->values.name;
    size_t bad = strcspn(name->text, "/\\:*?\"<>|");
    if (name->text[bad] == '\0' && name->text[0] != '.' && name->text[0] != '-' &&
        name->text[0] != ' ' && name->text[strlen(name->text) - 1] != ' ') {
        snprintf(loading->board.name, sizeof loading->board.name, "%s", name->text);
        return true;
    }
    schema_error(&loading->file, name, ERROR_BAD_VALUE, loading->error,
                 "`name: %s` cannot be a file name", name->text);
    return error_hint(loading->error, "letters, digits, - _ and . are safe; no - or . in front");
}

static bool find_mcu(struct loading *loading)
{
    const struct schema_value *name = &loading->values.mcu;
    char nearest[CATALOG_NAME_MAX];
    if (!catalog_find_mcu(loading->catalog, name->text, &loading->mcu, nearest, loading->error)) {
        return false;
    }
    if (loading->mcu == NULL) {
        schema_error(&loading->file, name, ERROR_UNKNOWN_MCU, loading->error, "`%s`", name->text);
        return error_hint(loading->error, "nearest: %s; `extload list mcus` prints all", nearest);
    }
    const struct mcu_device *device = mcu_find_device(loading->mcu, name->text);
    loading->package = &loading->mcu->packages[device->package];
    return true;
}

static bool find_named_part(struct loading *loading)
{
    const struct schema_value *name = &loading->values.flash.part;
    const struct part_file *part;
    char nearest[CATALOG_NAME_MAX];
    if (!catalog_find_part(loading->catalog, name->text, &part, nearest, loading->error)) {
        return false;
    }
    if (part == NULL) {
        schema_error(&loading->file, name, ERROR_UNKNOWN_PART, loading->error, "`%s`", name->text);
        return error_hint(loading->error, "nearest: %s; `extload list parts` prints all", nearest);
    }
    loading->part = *part;
    return true;
}

/* Exactly one of `part` and `sfdp`. */
static bool find_part(struct loading *loading)
{
    const struct board_file_flash *flash = &loading->values.flash;
    if (flash->part.node != NULL && flash->sfdp.node != NULL) {
        schema_error(&loading->file, &flash->sfdp, ERROR_BAD_VALUE, loading->error,
                     "`sfdp` beside `part`");
        return error_hint(loading->error, "keep one of the two");
    }
    if (flash->id.node != NULL && flash->sfdp.node == NULL) {
        schema_error(&loading->file, &flash->id, ERROR_BAD_VALUE, loading->error,
                     "`id` without `sfdp`");
        return error_hint(loading->error, "a part file has the ID; remove this key");
    }
    if (flash->part.node == NULL && flash->sfdp.node == NULL) {
        schema_error(&loading->file, &flash->self, ERROR_MISSING_KEY, loading->error,
                     "`part` in flash");
        return error_hint(loading->error, "add `part:`, or `sfdp:` with a dump of the chip's SFDP");
    }
    return flash->sfdp.node != NULL ? board_load_sfdp(loading) : find_named_part(loading);
}

static bool find_controller(struct loading *loading)
{
    const struct schema_value *name = &loading->values.flash.controller;
    loading->controller = mcu_find_controller(loading->mcu, name->text);
    if (loading->controller != NULL) {
        return true;
    }
    struct nearest nearest = {.wanted = name->text};
    for (unsigned i = 0; i < loading->mcu->controller_count; i++) {
        nearest_offer(&nearest, loading->mcu->controllers[i].name);
    }
    schema_error(&loading->file, name, ERROR_UNKNOWN_NAME, loading->error, "controller `%s` of %s",
                 name->text, loading->values.mcu.text);
    return error_hint(loading->error, "nearest: %s", nearest.name);
}

static bool check_supply(struct loading *loading)
{
    const struct schema_value *supply = &loading->values.flash.supply;
    const struct part_file *part = &loading->part;
    if (supply->number >= part->supply_min_mv && supply->number <= part->supply_max_mv) {
        return true;
    }
    schema_error(&loading->file, supply, ERROR_BAD_VALUE, loading->error,
                 "`supply: %s`; %s needs %u.%03u V to %u.%03u V", supply->text, part->part.name,
                 part->supply_min_mv / 1000, part->supply_min_mv % 1000, part->supply_max_mv / 1000,
                 part->supply_max_mv % 1000);
    return error_hint(loading->error, "check the part and its supply");
}

static bool is_power_of_two(uint64_t value)
{
    return (value & (value - 1)) == 0;
}

/* Each Write costs a tool a start and a stop of the core, so a page is large. But a tool may fill it up
 * with FF, so it is no larger than a sector, which was erased; may keep two in RAM; and may have little
 * patience. */
static uint32_t usual_page_size(const struct board *board, const struct part *part)
{
    const uint32_t size = board->loader_size;
    const uint32_t room = size > LOADER_ROOM ? (size - LOADER_ROOM) / 2 : 0;
    uint32_t page = PAGE_SIZE_MOST;
    while (page > PAGE_SIZE_LEAST &&
           (page > board->sector_size || page > room ||
            (uint64_t)page / part->page_size * part->page_program_max_us > PAGE_LONGEST_US)) {
        page /= 2;
    }
    return page;
}

static bool check_sizes(struct loading *loading)
{
    const struct board_file *values = &loading->values;
    const struct part *part = &loading->part.part;
    struct board *board = &loading->board;
    uint32_t least = UINT32_C(1) << part->erase[0].size_log2;
    board->sector_size = values->sector_size.node != NULL ? (uint32_t)values->sector_size.number
                                                          : DEFAULT_SECTOR_SIZE;
    board->page_size = values->page_size.node != NULL ? (uint32_t)values->page_size.number
                                                      : usual_page_size(board, part);
    if (!is_power_of_two(board->page_size) || board->page_size > part->size) {
        schema_error(&loading->file, &values->page_size, ERROR_BAD_VALUE, loading->error,
                     "`page_size: %s`", values->page_size.text);
        return error_hint(loading->error, "a power of two, at most the flash");
    }
    if (!is_power_of_two(board->sector_size) || board->sector_size < least ||
        board->sector_size > part->size) {
        schema_error(&loading->file, &values->sector_size, ERROR_BAD_VALUE, loading->error,
                     "`sector_size: %s`", values->sector_size.text);
        return error_hint(loading->error, "a power of two from %u to %u", (unsigned)least,
                          (unsigned)part->size);
    }
    board->block.sector_size = board->sector_size;
    return true;
}

static bool check_run_from(struct loading *loading)
{
    const struct schema_value *run_from = &loading->values.run_from;
    struct board *board = &loading->board;
    board->loader_base = loading->mcu->loader_base;
    board->loader_size = loading->mcu->loader_size;
    board->boot = loading->mcu->boot;
    board->debug = loading->mcu->debug;
    board->work_base = loading->mcu->work_base;
    board->work_size = loading->mcu->work_size;
    if (run_from->node == NULL) {
        return true;
    }
    uint32_t base = (uint32_t)run_from->number;
    const struct mcu_ram *ram = mcu_find_ram(loading->mcu, base, 8);
    if (ram == NULL || base % 8 != 0) {
        schema_error(&loading->file, run_from, ERROR_BAD_VALUE, loading->error, "`run_from: %s`",
                     run_from->text);
        return error_hint(loading->error, "a multiple of 8 in a RAM of the MCU, such as 0x%08X",
                          (unsigned)loading->mcu->loader_base);
    }
    uint32_t left = ram->size - (base - ram->base);
    board->loader_base = base;
    board->loader_size = left < board->loader_size ? left : board->loader_size;
    return true;
}

/* A record at an address lies in RAM and outside what the host tool uses. */
static bool check_record(struct loading *loading)
{
    const struct schema_value *record = &loading->values.record;
    struct board *board = &loading->board;
    uint64_t address = loading->mcu->record_address;
    if (record->node != NULL && strcmp(record->text, "image") == 0) {
        address = 0;
    } else if (record->node != NULL) {
        uint64_t size = RTT_END;
        if (!quantity_parse(QUANTITY_NUMBER, record->text, &address) || address > UINT32_MAX) {
            schema_error(&loading->file, record, ERROR_WRONG_TYPE, loading->error, "`record: %s`",
                         record->text);
            return error_hint(loading->error, "write `image`, or an address such as 0x%08X",
                              (unsigned)loading->mcu->record_address);
        }
        bool clash = address + size > board->loader_base &&
                     address < (uint64_t)board->loader_base + board->loader_size;
        if (clash || address % 4 != 0 ||
            mcu_find_ram(loading->mcu, (uint32_t)address, (uint32_t)size) == NULL) {
            schema_error(&loading->file, record, ERROR_BAD_VALUE, loading->error, "`record: %s`%s",
                         record->text, clash ? " lies in the RAM that the host tool uses" : "");
            return error_hint(loading->error, "a multiple of 4 in RAM, such as 0x%08X",
                              (unsigned)loading->mcu->record_address);
        }
    }
    board->record_address = (uint32_t)address;
    board->block.record_address = board->record_address;
    return true;
}

static void fill_names(struct loading *loading)
{
    struct board *board = &loading->board;
    snprintf(board->mcu, sizeof board->mcu, "%s", loading->values.mcu.text);
    snprintf(board->package, sizeof board->package, "%s", loading->package->name);
    snprintf(board->core, sizeof board->core, "%s", loading->mcu->core);
    snprintf(board->controller, sizeof board->controller, "%s", loading->controller->name);
    snprintf(board->port, sizeof board->port, "%s", loading->controller->port);
    board->part = loading->part.part;
    board->cost = loading->mcu->cost;
    board->debug_id = loading->mcu->debug_id;
    board->window = loading->controller->window;
    board->window_size = loading->controller->window_size;
}

uint64_t board_chip_erase_deadline_ms(const struct part *part)
{
    const uint64_t twice_ms = 2 * (uint64_t)part->chip_erase_max_ms;
    return twice_ms + twice_ms / CLOCK_GRAIN;
}

/* With the largest erase type, one unit after the other. Of a part where that depends on the place, the
 * chip erase is left to whoever asks for it. So it is if a chip that never gets ready would be told of only
 * after the host has given up: with a unit the loader tells within seconds. */
static bool chip_erase_pays(const struct part *part, const struct flash_block *flash)
{
    const struct flash_erase *type = flash->erase + BOARD_BLOCK_ERASE_TYPES;
    uint64_t units_ms = 0;
    while (type > flash->erase && units_ms == 0) {
        type--;
        if (type->size_log2 != 0) {
            const uint64_t units = part->size >> type->size_log2;
            units_ms = units * part->erase[type - flash->erase].typ_ms;
        }
    }
    return type->edge_from == 0 && type->edge_to == 0 && part->chip_erase_typ_ms < units_ms &&
           board_chip_erase_deadline_ms(part) < ERASE_PATIENCE_MS;
}

static void fill_block(struct loading *loading)
{
    struct board_block *block = &loading->board.block;
    block->magic = BOARD_BLOCK_MAGIC;
    block->version = BOARD_BLOCK_VERSION;
    block->fastest_cpu_hz = loading->mcu->cost.fastest_cpu_hz;
    block->iwdg_key = loading->mcu->iwdg_key;
    block->flash = loading->part.flash;
    block->flash.flags |=
        chip_erase_pays(&loading->part.part, &block->flash) ? FLASH_CHIP_ERASE_PAYS : 0;
    block->sfdp = board_sfdp_block(&loading->board.sfdp);
    block->controller.kind = (uint8_t)loading->controller->kind;
    block->controller.chip_select = (uint8_t)loading->values.flash.chip_select.number;
    block->controller.memory_type = loading->part.memory_type;
    block->controller.registers = loading->controller->registers;
    block->controller.window = loading->controller->window;
    block->controller.window_size = loading->controller->window_size;
}

/* What differs in the octal protocol lies behind the script. False if there is no room. */
static bool add_octal(struct loading *loading)
{
    const struct part_octal *octal = &loading->part.octal;
    struct board_block *block = &loading->board.block;
    bool dtr = (block->flash.read_fast.flags & FLASH_COMMAND_DTR) != 0;
    if (loading->lanes != 8) {
        return true;
    }
    if (block->script_words > BOARD_BLOCK_SCRIPT_MAX - OCTAL_BLOCK_WORDS) {
        return false;
    }
    struct octal_block found = octal->block;
    found.flags |= dtr ? OCTAL_DTR : 0;
    found.enter_value = dtr ? octal->enter_dtr : octal->enter_str;
    found.register_dummy_clocks = dtr ? octal->dummy_dtr : octal->dummy_str;
    block->flash.flags |= FLASH_OCTAL;
    memcpy(&block->script[block->script_words], &found, sizeof found);
    return true;
}

static void seal_block(struct board_block *block)
{
    size_t start = offsetof(struct board_block, crc) + sizeof block->crc;
    bool octal = (block->flash.flags & FLASH_OCTAL) != 0;
    uint32_t words = block->script_words + (octal ? (uint32_t)OCTAL_BLOCK_WORDS : 0);
    block->size = (uint16_t)(offsetof(struct board_block, script) + words * sizeof(uint32_t));
    block->crc = crc32_of((const uint8_t *)block + start, block->size - start);
}

static bool load(struct loading *loading)
{
    if (!schema_read(&loading->file, yaml_file_root(&loading->file), "a board file",
                     board_file_keys, &loading->values, loading->error) ||
        !check_name(loading) || !find_mcu(loading) || !find_part(loading) ||
        !find_controller(loading)) {
        return false;
    }
    const yaml_node_t *list = loading->values.init.node;
    loading->lanes = board_file_lanes[loading->values.flash.lanes.number];
    fill_block(loading);
    fill_names(loading);
    if (!bringup_read_init(loading->mcu, &loading->file, list, &loading->init, loading->error) ||
        !board_check_pins(loading) || !board_check_clock(loading) || !check_supply(loading) ||
        !check_run_from(loading) || !check_sizes(loading) || !check_record(loading) ||
        !bringup_build(&loading->board, loading->mcu, loading->controller, &loading->init,
                       &loading->file, list != NULL ? list : yaml_file_root(&loading->file),
                       loading->error)) {
        return false;
    }
    if (!add_octal(loading)) {
        return yaml_error(&loading->file, list != NULL ? list : yaml_file_root(&loading->file),
                          ERROR_BOARD_TOO_LARGE, loading->error, "no room behind the script");
    }
    seal_block(&loading->board.block);
    return true;
}

/* `read`: as in struct loading. */
static struct loading *start(const char *path, struct catalog *catalog, int read,
                             struct error *error)
{
    struct loading *loading = calloc(1, sizeof *loading);
    if (loading == NULL) {
        error_set(error, ERROR_NO_MEMORY, path, 0, 0, "loading a board");
        return NULL;
    }
    loading->catalog = catalog;
    loading->read = read;
    loading->error = error;
    snprintf(loading->board.path, sizeof loading->board.path, "%s", path);
    return loading;
}

/* `parsed`: loading->file was read. */
static bool finish(struct loading *loading, bool parsed, struct board *board,
                   enum board_reading *how)
{
    bool ok = parsed && load(loading);
    if (ok) {
        *board = loading->board;
    }
    *how = loading->reading;
    yaml_file_release(&loading->file);
    free(loading);
    return ok;
}

/* True with *how telling so if that read command does not fit. */
static bool load_file(struct board *board, const char *path_or_name, int read,
                      enum board_reading *how, struct error *error)
{
    char path[4096];
    if (!data_files_find("boards", path_or_name, path, sizeof path, error)) {
        return false;
    }
    struct catalog *catalog = catalog_open(error);
    struct loading *loading = catalog != NULL ? start(path, catalog, read, error) : NULL;
    bool ok =
        loading != NULL && finish(loading, yaml_file_load(&loading->file, path, error), board, how);
    catalog_close(catalog);
    return ok || *how != BOARD_READING_FITS;
}

bool board_load(struct board *board, const char *path_or_name, struct error *error)
{
    enum board_reading how = BOARD_READING_FITS;
    return load_file(board, path_or_name, -1, &how, error);
}

bool board_load_reading(struct board *board, const char *path_or_name, unsigned index,
                        enum board_reading *how, struct error *error)
{
    *how = BOARD_READING_FITS;
    return load_file(board, path_or_name, (int)index, how, error);
}

bool board_parse(struct board *board, struct catalog *catalog, const char *path,
                 const uint8_t *bytes, size_t size, struct error *error)
{
    enum board_reading how = BOARD_READING_FITS;
    struct loading *loading = start(path, catalog, -1, error);
    return loading != NULL &&
           finish(loading, yaml_file_parse(&loading->file, path, bytes, size, error), board, &how);
}
