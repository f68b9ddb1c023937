/* SPDX-License-Identifier: MIT */
/* Shared inside nor/: the part at hand and its status. */
#ifndef LOADER_NOR_CHIP_H
#define LOADER_NOR_CHIP_H

#include "abi/record.h"
#include "nor/nor.h"

#define OPCODE_WRSR  0x01
#define OPCODE_WRDI  0x04
#define OPCODE_RDSR  0x05
#define OPCODE_WREN  0x06
#define OPCODE_RDSR2 0x07 /* S25FL-L: status register 2 */
#define OPCODE_RDCR  0x35
#define OPCODE_WRENV 0x50
#define OPCODE_RSTEN 0x66
#define OPCODE_RST   0x99
#define OPCODE_RDID  0x9F
#define OPCODE_RES   0xAB
#define OPCODE_RDQID 0xAF /* S25FL-L: the ID on four lines */
#define OPCODE_QPIEX 0xF5

#define SR1_WIP      0x01u
#define SR1_WEL      0x02u
#define SR2_ERRORS   0x60u /* E_ERR, P_ERR */
#define CR1_QUAD     0x02u

/* An opcode alone on 1 or 4 lines. */
bool chip_command(uint8_t opcode, uint8_t lanes);
/* `size` bytes (at most 4) that follow an opcode, on the given lines, first in bits 7:0. */
bool chip_register(uint8_t opcode, uint8_t lanes, uint32_t size, uint32_t *value);
/* SR1 in bits 7:0, SR2 in 15:8 (0 if the part has no error scheme) and, with 3 registers rather
 * than 2, CR1 in 23:16; into the record. */
bool chip_status(uint32_t *status, unsigned registers);
/* Waits while WIP is 1, at most twice `us`; not so long if an error bit shows up or nobody answers.
 * *done false: still busy. *status as of chip_status(). */
bool chip_wait(uint32_t us, bool *done, uint32_t *status);
/* WREN, the frame, the wait, the status: shared by erase and program. `bytes` NULL: no data.
 * `reason` is that of an error bit; the one after the next in the list, that of a time-out. */
bool chip_modify(const struct nor_op *op, const uint8_t *bytes, uint32_t us,
                 enum record_reason reason);

#endif
