/* SPDX-License-Identifier: MIT */
#include "pack/stamp.h"

#include "board/crc32.h"

#include <stdlib.h>
#include <string.h>

int stamp_find_entry(const struct loader_image *image, const char *name)
{
    for (unsigned i = 0; i < image->entry_count; i++) {
        if (strcmp(image->entries[i].name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

bool stamp_check_image(const struct board *board, const struct loader_image *image,
                       const char *const *entries, size_t count, struct error *error)
{
    uint32_t block = board->block.size;
    if (image->board_block % 4 != 0 || image->board_block > image->size ||
        image->board_block_size > image->size - image->board_block ||
        block > image->board_block_size || block > sizeof board->block) {
        return error_set(error, ERROR_LOADER_SHAPE, NULL, 0, 0,
                         "the image keeps %u bytes at 0x%X for a board block of %u",
                         (unsigned)image->board_block_size, (unsigned)image->board_block,
                         (unsigned)block);
    }
    for (size_t i = 0; i < count; i++) {
        int entry = stamp_find_entry(image, entries[i]);
        if (entry < 0 || image->entries[entry].offset >= image->size ||
            image->entries[entry].size > image->size - image->entries[entry].offset) {
            return error_set(error, ERROR_LOADER_SHAPE, NULL, 0, 0, "the image has no %s",
                             entries[i]);
        }
    }
    return true;
}

uint8_t *stamp_image_with_record(const struct board *board, const struct loader_image *image,
                                 uint32_t *size)
{
    const size_t start = offsetof(struct board_block, crc) + sizeof(uint32_t);
    uint8_t *bytes = pack_stamp_image(board, image, size);
    if (bytes == NULL) {
        return NULL;
    }
    struct board_block block = board->block;
    block.record_address = 0;
    block.crc = crc32_of((const uint8_t *)&block + start, block.size - start);
    memcpy(bytes + image->board_block, &block, block.size);
    return bytes;
}
