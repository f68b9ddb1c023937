/* SPDX-License-Identifier: MIT */
/*
 * How a host hands over bytes while the loader programs: in RAM, for a probe that reads and writes
 * memory while the core runs. All words are 32 bits, little endian.
 *
 * The host fills a slot's buffer, then writes the slot, `full` last. The loader takes the slots in turn,
 * first slot 0; when the bytes are programmed it writes 0 to `full`, and the slot is the host's again. A
 * slot of size 0 ends the call. What is being programmed in one slot crosses nothing that the host writes
 * to the other. Nothing is read back: the host asks for digests (abi/digest.h) when all is written.
 *
 * Where the link is slower than the chip, a slot's bytes come as one LZ4 block, which the loader unpacks to
 * `bytes` first. It may lie in the same buffer, at the end, if that has room for MAILBOX_UNPACK_ROOM(size)
 * bytes.
 */
#ifndef EXTLOAD_ABI_MAILBOX_H
#define EXTLOAD_ABI_MAILBOX_H

#include <stdint.h>

#define MAILBOX_SLOTS 2
#define MAILBOX_IDLE_US                                                                            \
    UINT32_C(5000000) /* longest that the loader waits for a slot to be filled */
/* What is unpacked must not overtake what is left to unpack: size / 256 + 32 bytes, as lz4.h says. */
#define MAILBOX_UNPACK_ROOM(size) ((size) + (size) / 256u + 32u)

struct mailbox_slot {
    uint32_t address;     /* 0x00 in the window, or an offset from the start of the flash */
    uint32_t size;        /* 0x04 bytes to program; 0: that was all */
    uint32_t bytes;       /* 0x08 address of these, in RAM */
    uint32_t packed;      /* 0x0C address of an LZ4 block; of no meaning if packed_size is 0 */
    uint32_t packed_size; /* 0x10 bytes of the block, 0: `bytes` holds them as they are */
    uint32_t full;        /* 0x14 1: the loader's, 0: the host's */
};

struct mailbox {
    struct mailbox_slot slots[MAILBOX_SLOTS];
};

_Static_assert(sizeof(struct mailbox) == 0x30, "documented offsets");

#endif
