/* SPDX-License-Identifier: MIT */
#include "pack/pyocd.h"

#include "pack/algorithm.h"
#include "pack/text.h"

#include <stdlib.h>

static const struct algorithm_symbol symbols[] = {
    {"Init", "flm_Init"},
    {"UnInit", "flm_UnInit"},
    {"EraseChip", "flm_EraseChip"},
    {"EraseSector", "flm_EraseSector"},
    {"ProgramPage", "flm_ProgramPage"},
    {NULL, NULL},
};

/* What lies where the flash goes is taken out: the generic target calls all of it RAM. The algorithm gets
 * RAM of its own choice, not the default of a target, which may be too small or still off. */
static void print_script(struct text *text, const struct board *board,
                         const struct flash_device *device)
{
    text_print(
        text,
        "# The flash of %s for pyOCD; the .FLM of the same name lies beside this file.\n"
        "#   pyocd load --target cortex_m --script %s.pyocd.py firmware.elf\n"
        "# A target from a CMSIS pack of the MCU is as good as cortex_m, and knows its reset.\n"
        "import os\n"
        "\n"
        "from pyocd.target.pack.flash_algo import PackFlashAlgo\n"
        "\n"
        "\n",
        board->name, board->name);
    text_print(text,
               "def will_connect(board):\n"
               "    folder = os.path.dirname(os.path.abspath(will_connect.__code__.co_filename))\n"
               "    algorithm = PackFlashAlgo(os.path.join(folder, \"%s.pyocd.FLM\"))\n"
               "    ram = RamRegion(name=\"loader\", start=0x%08x, length=0x%x, access=\"rwx\")\n",
               board->name, board->loader_base, board->loader_size);
    text_print(
        text,
        "    for region in target.memory_map.get_intersecting_regions(0x%08x, length=0x%x):\n"
        "        target.memory_map.remove_region(region)\n"
        "    target.memory_map.add_region(FlashRegion(\n"
        "        name=\"%s\", start=0x%08x, length=0x%x, blocksize=0x%x, page_size=0x%x,\n"
        "        erased_byte_value=0x%02x, is_boot_memory=False,\n"
        "        algo=algorithm.get_pyocd_flash_algo(0x%x, ram)))\n",
        device->base, device->size, board->name, device->base, device->size,
        device->sectors[0].size, device->page_size, device->erased_value, device->page_size);
}

bool pyocd_build(const struct board *board, const struct loader_image *image,
                 struct built_files *built, struct error *error)
{
    struct algorithm algorithm;
    struct text text = {0};
    uint8_t *file = NULL;
    size_t size = 0, script_size = 0;
    if (algorithm_make(&algorithm, board, image, error)) {
        file = algorithm_write_elf(&algorithm, 0, symbols, &size, error);
        print_script(&text, board, &algorithm.device);
    }
    algorithm_release(&algorithm);
    uint8_t *script = (uint8_t *)text_take(&text, &script_size);
    if (file == NULL) {
        free(script);
        return false;
    }
    if (!built_files_add(built, board->name, ".pyocd.FLM", file, size, error)) {
        free(script);
        return false;
    }
    return built_files_add(built, board->name, ".pyocd.py", script, script_size, error);
}
