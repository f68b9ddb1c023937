/* SPDX-License-Identifier: MIT */
#include "pack/probe_rs.h"

#include "pack/algorithm.h"
#include "pack/text.h"

#include <stdlib.h>
#include <string.h>

/* The header of 4 bytes goes in front of the code, into RAM too. [comm] */
#define LOAD_OFFSET  0x20u
#define ERASE_ALL_MS 40000u /* that probe-rs gives EraseChip, whatever the algorithm says [comm] */
#define STACK_SIZE   512u   /* its default; the guard changes to a stack of its own */

static void print_base64(struct text *text, const uint8_t *bytes, uint32_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (uint32_t at = 0; at < size; at += 3) {
        const uint32_t left = size - at;
        const uint32_t three = (uint32_t)bytes[at] << 16 |
                               (left > 1 ? (uint32_t)bytes[at + 1] << 8 : 0) |
                               (left > 2 ? bytes[at + 2] : 0);
        const char four[4] = {digits[three >> 18], digits[three >> 12 & 63],
                              left > 1 ? digits[three >> 6 & 63] : '=',
                              left > 2 ? digits[three & 63] : '='};
        text_append(text, four, sizeof four);
    }
}

static const char *core_type(const struct board *board)
{
    if (strcmp(board->core, "cortex-m3") == 0) {
        return "armv7m";
    }
    const bool is_v7em =
        strcmp(board->core, "cortex-m4") == 0 || strcmp(board->core, "cortex-m7") == 0;
    return is_v7em ? "armv7em" : "armv8m";
}

/* The chip's name begins with the MCU's: probe-rs finds its debug sequence by that. [comm] */
static void print_chip(struct text *text, const struct board *board)
{
    text_print(
        text,
        "# The flash of %s for probe-rs:\n"
        "#   probe-rs download --chip-description-path %s.probe-rs.yaml --chip %s_%s firmware.elf\n"
        "name: \"%s\"\n"
        "manufacturer:\n"
        "  id: 0x20\n"
        "  cc: 0x0\n"
        "variants:\n"
        "- name: \"%s_%s\"\n"
        "  cores:\n"
        "  - name: main\n"
        "    type: %s\n"
        "    core_access_options: !Arm\n"
        "      ap: !v1 %u\n",
        board->name, board->name, board->mcu, board->name, board->name, board->mcu, board->name,
        core_type(board), board->debug.core_ap);
    text_print(text,
               "  memory_map:\n"
               "  - !Ram\n"
               "    name: LOADER\n"
               "    range:\n"
               "      start: 0x%08x\n"
               "      end: 0x%08x\n"
               "    cores: [main]\n"
               "  - !Nvm\n"
               "    name: FLASH\n"
               "    range:\n"
               "      start: 0x%08x\n"
               "      end: 0x%08x\n"
               "    cores: [main]\n"
               "    access:\n"
               "      boot: true\n"
               "  flash_algorithms: [\"%s\"]\n",
               board->loader_base, board->loader_base + board->loader_size, board->window,
               board->window + board->part.size, board->name);
}

static void print_entry(struct text *text, const struct algorithm *algorithm, const char *key,
                        const char *entry)
{
    text_print(text, "  %s: 0x%x\n", key, algorithm_offset(algorithm, entry) | 1u);
}

static void print_algorithm(struct text *text, const struct board *board,
                            const struct algorithm *algorithm)
{
    text_print(text,
               "flash_algorithms:\n"
               "- name: \"%s\"\n"
               "  description: \"%s by extload\"\n"
               "  cores: [main]\n"
               "  default: true\n"
               "  instructions: ",
               board->name, board->name);
    print_base64(text, algorithm->bytes, algorithm->size);
    text_print(text, "\n  load_address: 0x%08x\n", board->loader_base + LOAD_OFFSET);
    print_entry(text, algorithm, "pc_init", "flm_Init");
    print_entry(text, algorithm, "pc_uninit", "flm_UnInit");
    print_entry(text, algorithm, "pc_program_page", "flm_ProgramPage");
    print_entry(text, algorithm, "pc_erase_sector", "flm_EraseSector");
    if (board->block.flash.chip_erase_ms <= ERASE_ALL_MS) {
        print_entry(text, algorithm, "pc_erase_all", "flm_EraseChip");
    }
    print_entry(text, algorithm, "pc_verify", "flm_Verify");
    print_entry(text, algorithm, "pc_blank_check", "flm_BlankCheck");
    const struct flash_device *device = &algorithm->device;
    text_print(text,
               "  data_section_offset: 0x%x\n"
               "  flash_properties:\n"
               "    address_range:\n"
               "      start: 0x%08x\n"
               "      end: 0x%08x\n"
               "    page_size: 0x%x\n"
               "    erased_byte_value: 0x%02x\n"
               "    program_page_timeout: %u\n"
               "    erase_sector_timeout: %u\n"
               "    sectors:\n"
               "    - size: 0x%x\n"
               "      address: 0x0\n"
               "  stack_size: %u\n",
               algorithm->data, device->base, device->base + device->size, device->page_size,
               device->erased_value, device->program_timeout, device->erase_timeout,
               device->sectors[0].size, STACK_SIZE);
}

bool probe_rs_build(const struct board *board, const struct loader_image *image,
                    struct built_files *built, struct error *error)
{
    struct algorithm algorithm;
    struct text text = {0};
    size_t size = 0;
    const bool good = algorithm_make(&algorithm, board, image, error);
    if (good) {
        print_chip(&text, board);
        print_algorithm(&text, board, &algorithm);
    }
    algorithm_release(&algorithm);
    uint8_t *bytes = (uint8_t *)text_take(&text, &size);
    if (!good) {
        free(bytes);
        return false;
    }
    return built_files_add(built, board->name, ".probe-rs.yaml", bytes, size, error);
}
