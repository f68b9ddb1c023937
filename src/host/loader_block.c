/* SPDX-License-Identifier: MIT */
#include "host/loader_block.h"

#include "board/crc32.h"

#include <stddef.h>
#include <string.h>

static bool is_block(const uint8_t *bytes, uint32_t left, struct board_block *block)
{
    const uint32_t magic = BOARD_BLOCK_MAGIC;
    const size_t head = offsetof(struct board_block, record_address);
    if (left < offsetof(struct board_block, script) || memcmp(bytes, &magic, sizeof magic) != 0) {
        return false;
    }
    *block = (struct board_block){0};
    memcpy(block, bytes, left < sizeof *block ? left : sizeof *block);
    return block->version == BOARD_BLOCK_VERSION && block->size > head && block->size <= left &&
           block->crc == crc32_of(bytes + head, block->size - head);
}

bool loader_block_find(const struct loader_file *loader, struct board_block *block)
{
    for (unsigned i = 0; i < loader->piece_count; i++) {
        const struct loader_piece *piece = &loader->pieces[i];
        for (uint32_t at = 0; at < piece->file_size; at += 4) {
            if (is_block(piece->bytes + at, piece->file_size - at, block)) {
                return true;
            }
        }
    }
    return false;
}

bool loader_block_has_units(const struct loader_file *loader, const struct board *board)
{
    struct board_block block;
    if (!loader_block_find(loader, &block) || block.flash.size != board->part.size) {
        return false;
    }
    for (unsigned i = 0; i < BOARD_BLOCK_ERASE_TYPES; i++) {
        const struct flash_erase *its = &block.flash.erase[i], *ours = &board->block.flash.erase[i];
        if (its->size_log2 != ours->size_log2 || its->edge_from != ours->edge_from ||
            its->edge_to != ours->edge_to) {
            return false;
        }
    }
    return true;
}
