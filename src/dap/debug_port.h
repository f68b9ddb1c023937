/* SPDX-License-Identifier: MIT */
/*
 * An Arm JTAG debug port, version 2 (ADIv5.2, IHI 0031 [ARM]). It answers every access at once, so that it
 * never says WAIT and never overruns. Pushed compares and transaction counters are left out.
 */
#ifndef EXTLOAD_DAP_DEBUG_PORT_H
#define EXTLOAD_DAP_DEBUG_PORT_H

#include "dap/tap.h"

/* Access ports, by number and register address (bank in bits 7:4). False: the access ended in an error. */
struct debug_port_bus {
    void *context;
    bool (*read)(void *context, uint8_t ap, uint8_t address, uint32_t *value);
    bool (*write)(void *context, uint8_t ap, uint8_t address, uint32_t value);
};

#define DP_STICKY_ERROR UINT32_C(0x00000020) /* of CTRL/STAT; written as 1 it is cleared */

struct debug_port {
    struct debug_port_bus bus;
    uint32_t dpidr;
    uint32_t control; /* CTRL/STAT without its acknowledge bits */
    uint32_t select;
    uint32_t result; /* of the last read, shown by the next scan */
};

void debug_port_init(struct debug_port *port, uint32_t dpidr, const struct debug_port_bus *bus);
/* The 35 bits of a scan: 3 of acknowledge, 32 of data. */
uint64_t debug_port_capture(struct debug_port *port, enum tap_instruction instruction);
/* What was scanned in: bit 0 read, bits 2:1 the register, 34:3 data. */
void debug_port_update(struct debug_port *port, enum tap_instruction instruction, uint64_t value);

#endif
