/* SPDX-License-Identifier: MIT */
/* LZ4 blocks, as lz4_Block_format.md of github.com/lz4/lz4 has them. */
#ifndef LOADER_UNPACK_H
#define LOADER_UNPACK_H

#include <stdbool.h>
#include <stdint.h>

/* False if the block does not give exactly `size` bytes. Touches nothing outside of them, whatever the
 * block holds. The two may overlap as abi/mailbox.h says. */
bool unpack(const uint8_t *block, uint32_t block_size, uint8_t *bytes, uint32_t size);

#endif
