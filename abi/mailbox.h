/* SPDX-License-Identifier: MIT */
/*
 * How a host hands over bytes while the loader programs: in RAM, for a probe that reads and writes
 * memory while the core runs. All words are 32 bits, little endian.
 *
 * The host fills a slot's buffer, writes offset, size and bytes, and `full` last. The loader takes the
 * slots in turn, first slot 0; when the bytes are in the flash it writes 0 to `full`, and the slot is
 * the host's again. A slot of size 0 ends the call. What is being programmed in one slot crosses
 * nothing that the host writes to the other.
 */
#ifndef EXTLOAD_ABI_MAILBOX_H
#define EXTLOAD_ABI_MAILBOX_H

#include <stdint.h>

#define MAILBOX_SLOTS 2
#define MAILBOX_IDLE_US                                                                            \
    UINT32_C(5000000) /* longest that the loader waits for a slot to be filled */

struct mailbox_slot {
    uint32_t full;    /* 0x00 1: the loader's, 0: the host's */
    uint32_t address; /* 0x04 in the window, or an offset from the start of the flash */
    uint32_t size;    /* 0x08 bytes; 0: that was all */
    uint32_t bytes;   /* 0x0C address of the buffer */
};

struct mailbox {
    struct mailbox_slot slots[MAILBOX_SLOTS];
};

_Static_assert(sizeof(struct mailbox) == 0x20, "documented offsets");

#endif
