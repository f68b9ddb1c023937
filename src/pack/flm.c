/* SPDX-License-Identifier: MIT */
#include "pack/flm.h"

#include "pack/algorithm.h"

#include <string.h>

#define KEIL_NAME_MAX 31u /* characters of the file's name, suffix included [comm] */

static const struct algorithm_symbol symbols[] = {
    {"Init", "flm_Init"},
    {"UnInit", "flm_UnInit"},
    {"EraseChip", "flm_EraseChip"},
    {"EraseSector", "flm_EraseSector"},
    {"ProgramPage", "flm_ProgramPage"},
    {"BlankCheck", "flm_BlankCheck"},
    {"Verify", "flm_Verify"},
    {NULL, NULL},
};

static void warn_of_name(const struct board *board, struct built_files *built)
{
    if (strlen(board->name) + strlen(".FLM") > KEIL_NAME_MAX) {
        built_files_warn(built, "flm-name-long", "choose a shorter `name` in the board file",
                         "%s.FLM: Keil does not take file names of more than %u characters",
                         board->name, KEIL_NAME_MAX);
    }
}

bool flm_build(const struct board *board, const struct loader_image *image,
               struct built_files *built, struct error *error)
{
    struct algorithm algorithm;
    uint8_t *file = NULL;
    size_t size = 0;
    if (algorithm_make(&algorithm, board, image, error)) {
        file = algorithm_write_elf(&algorithm, 0, symbols, &size, error);
    }
    algorithm_release(&algorithm);
    if (file == NULL) {
        return false;
    }
    warn_of_name(board, built);
    return built_files_add(built, board->name, ".FLM", file, size, error);
}
