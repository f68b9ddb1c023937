/* SPDX-License-Identifier: MIT */
/*
 * The serial bus as the flash driver sees it: one operation is one CS# frame.
 *
 * Everything here has a deadline; false means the record holds the reason (CONTROLLER_BUSY,
 * KERNEL_CLOCK or TRANSFER_ERROR).
 */
#ifndef LOADER_BUS_BUS_H
#define LOADER_BUS_BUS_H

#include "abi/board_block.h"
#include "abi/digest.h"

#include <stdbool.h>
#include <stdint.h>

/* state->protocol: every phase on eight lanes, DTR on both edges, the opcode's extension inverse; the
 * board has a strobe, without which DTR is for slow frames only. */
#define LANES_8       UINT8_C(0x08)
#define LANES_STROBE  UINT8_C(0x20)
#define LANES_INVERSE UINT8_C(0x40)
#define LANES_DTR     UINT8_C(0x80)

/* One frame: what the command looks like, where it goes, how many data bytes follow. */
struct nor_op {
    struct flash_command command; /* opcode and lanes; data_lanes 0 = no data */
    uint32_t address;             /* sent if address_lanes is not 0 */
    uint32_t size;                /* data bytes; 0 only if data_lanes is 0 */
};

/* What becomes of the bytes that a read frame brings. */
enum bus_sink {
    BUS_STORE,   /* to `bytes` */
    BUS_COMPARE, /* with `bytes` */
    BUS_SUM      /* added up */
};

struct bus_result {
    uint32_t left;  /* COMPARE: bytes from the first word that differs to the end; 0 if none */
    uint32_t found; /* that word as read */
    uint32_t sum;
};

/* Takes the controller from any state to enabled, idle, indirect, at the slow clock. */
bool bus_open(const struct controller_block *controller);
/* SCK = kernel clock / (prescaler + 1). */
bool bus_set_prescaler(uint32_t prescaler);
/* What the controller needs to know of a command, for one that goes out again and again. */
struct bus_frame {
    uint32_t ccr, tcr, ir;
};
/* Of a command without mode clocks. */
struct bus_frame bus_encode(const struct flash_command *command, unsigned address_bytes);
/* `size` may be 0; `address` counts only if the command has one. An instruction is left out if
 * command_lanes is 0. */
bool bus_send(const struct bus_frame *frame, uint32_t address, uint32_t size, const uint8_t *bytes);
bool bus_write(const struct nor_op *op, unsigned address_bytes, const uint8_t *bytes);
/* `bytes` may be unaligned; not used for SUM. */
bool bus_read(const struct nor_op *op, unsigned address_bytes, enum bus_sink sink, uint8_t *bytes,
              struct bus_result *result);
/* Takes the words of a read into `digest`; op->size is a multiple of DIGEST_STEP. */
bool bus_digest(const struct nor_op *op, unsigned address_bytes, struct digest *digest);
/* Lets the controller poll a 1-byte status read by itself until (status & mask) == 0, for at most
 * `us`. `interval` is in SCK clocks; more than 1024 counts as that. *matched tells which of the
 * two ended it. */
bool bus_poll(const struct nor_op *op, uint32_t mask, uint32_t interval, uint32_t us,
              bool *matched);
/* Memory-maps the window; every read there becomes this frame. */
void bus_map(const struct flash_command *read, unsigned address_bytes);
/* Takes the CPU's frequency from a frame of known length, sent to the chip select that is not ours.
 */
bool bus_calibrate(void);

#endif
