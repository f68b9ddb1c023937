/* SPDX-License-Identifier: MIT */
#include "pack/pdsc.h"

#include "pack/flm.h"
#include "pack/text.h"

bool pdsc_build(const struct board *board, const struct loader_image *image,
                struct built_files *built, struct error *error)
{
    struct text text = {0};
    size_t size = 0;
    text_print(&text,
               "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
               "<!-- Goes into the <device> of a pack's .pdsc; the file into the pack's folder "
               "Flash. -->\n"
               "<algorithm name=\"Flash/%s.FLM\" start=\"0x%08X\" size=\"0x%08X\"\n"
               "           RAMstart=\"0x%08X\" RAMsize=\"0x%X\" default=\"1\" style=\"Keil\"/>\n",
               board->name, board->window, board->part.size, board->loader_base,
               board->loader_size);
    uint8_t *bytes = (uint8_t *)text_take(&text, &size);
    return built_files_add(built, board->name, ".pdsc.xml", bytes, size, error) &&
           flm_build(board, image, built, error);
}
