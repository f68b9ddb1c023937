/* SPDX-License-Identifier: MIT */
/*
 * The chip's own description against the one that the board was built from. S25FL-L reads SFDP by
 * its address mode and latency (FMF model), so this stands right after the reset.
 */
#include "nor/chip.h"

#include "crc32.h"
#include "record/flight.h"
#include "state.h"

#define OPCODE_RSFDP  0x5A
#define DUMMY_CLOCKS  8
#define ADDRESS_BYTES 3

/* Not inlined: nor_init() would keep the buffer on the stack below all that it calls. */
__attribute__((noinline)) bool chip_compare_sfdp(void)
{
    const struct sfdp_block *sfdp = &state->board->sfdp;
    const struct nor_op op = {.command = {.opcode = OPCODE_RSFDP,
                                          .command_lanes = 1,
                                          .address_lanes = 1,
                                          .data_lanes = 1,
                                          .dummy_clocks = DUMMY_CLOCKS},
                              .address = sfdp->address,
                              .size = sfdp->size};
    uint32_t bytes[SFDP_BLOCK_MAX / sizeof(uint32_t)];
    struct bus_result result;
    if (sfdp->size == 0) {
        return true;
    }
    if (!bus_read(&op, ADDRESS_BYTES, BUS_STORE, (uint8_t *)bytes, &result)) {
        return false;
    }
    uint32_t crc = crc32((const uint8_t *)bytes, sfdp->size);
    return crc == sfdp->crc || flight_fail(REASON_SFDP, sfdp->address, crc, sfdp->crc);
}
