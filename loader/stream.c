/* SPDX-License-Identifier: MIT */
#include "stream.h"

#include "nor/nor.h"
#include "place.h"
#include "record/flight.h"
#include "time/time.h"
#include "unpack.h"

static bool wait_until_full(volatile const struct mailbox_slot *slot)
{
    uint32_t waited = 0;
    while (waited < MAILBOX_IDLE_US) {
        uint32_t end = time_after_us(TIME_PIECE_US);
        do {
            if (slot->full != 0) {
                return true;
            }
        } while (!time_is_over(end));
        waited += TIME_PIECE_US;
    }
    return false;
}

bool stream_run(volatile struct mailbox *mailbox)
{
    for (uint32_t count = 0;; count++) {
        volatile struct mailbox_slot *slot = &mailbox->slots[count % MAILBOX_SLOTS];
        if (!wait_until_full(slot)) {
            return flight_fail(REASON_STREAM_IDLE, count, 0, 0);
        }
        uint32_t size = slot->size, offset;
        if (size == 0) {
            return true;
        }
        uint8_t *bytes = (uint8_t *)slot->bytes;
        if (!place_of(slot->address, size, &offset)) {
            return false;
        }
        if (slot->packed_size != 0 &&
            !unpack((const uint8_t *)slot->packed, slot->packed_size, bytes, size)) {
            return flight_fail(REASON_PACKED, count, size, 0);
        }
        if (!nor_program(offset, size, bytes)) {
            return false;
        }
        slot->full = 0;
    }
}
