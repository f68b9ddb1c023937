/* SPDX-License-Identifier: MIT */
#include "pack/script_values.h"

uint32_t script_record_address(const struct board *board, const struct loader_image *image)
{
    return board->record_address != 0 ? board->record_address
                                      : board->loader_base + PACK_BKPT_SIZE + image->own_record;
}

const char *script_sentence(const struct reason_words *words)
{
    return words->format[0] != '\0'
               ? words->format
               : "0x%08x 0x%08x 0x%08x; extload trace knows the board's names for that";
}
