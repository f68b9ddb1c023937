/* SPDX-License-Identifier: MIT */
/* Shared inside nor/: the part at hand and its status. */
#ifndef LOADER_NOR_CHIP_H
#define LOADER_NOR_CHIP_H

#include "abi/record.h"
#include "nor/nor.h"
#include "state.h"

#define OPCODE_WRDI  0x04
#define OPCODE_RDSR  0x05
#define OPCODE_WREN  0x06
#define OPCODE_WRENV 0x50
#define OPCODE_RSTEN 0x66
#define OPCODE_RST   0x99
#define OPCODE_RDID  0x9F
#define OPCODE_RES   0xAB
#define OPCODE_QPIEX 0xF5

#define SR1_WIP      0x01u
#define SR1_WEL      0x02u
#define SR2_ERRORS   0x60u /* E_ERR, P_ERR */

/* All below speak `state->protocol`; `lanes` counts while that is SPI. */

/* The start of a command: opcode and lanes. */
struct flash_command chip_opcode(uint8_t opcode, uint8_t lanes);
/* An opcode alone on 1 or 4 lines. */
bool chip_command(uint8_t opcode, uint8_t lanes);
/* From SPI to the octal protocol of the part, proved by WEL, or back; true at once if it has none.
 */
bool chip_octal(bool on);
/* Back to SPI from the octal protocol, in which the chip may be. */
bool chip_leave_octal(void);
static inline bool chip_has_octal(void)
{
    return (state->board->flash.flags & FLASH_OCTAL) != 0;
}
/* Bytes come in pairs now. */
static inline bool chip_is_dtr(void)
{
    return (state->protocol & LANES_DTR) != 0;
}
/* Only if chip_has_octal(). */
const struct octal_block *chip_octal_block(void);
/* state->protocol in the part's octal protocol. */
uint8_t chip_lanes(const struct octal_block *octal);
/* `size` bytes (at most 4; 1 on eight lanes) that follow an opcode, first in bits 7:0. */
bool chip_register(uint8_t opcode, uint8_t lanes, uint32_t size, uint32_t *value);
/* SR1 in bits 7:0; errors and suspensions, where the part shows them, in 15:8 as SR2 of S25FL-L has
 * them; into the record. Of a chip that was reset and may be another part SR1 only: 35h, a register of
 * many, enters QPI at others. */
bool chip_status(uint32_t *status);
/* Waits while WIP is 1, at most twice `us`; not so long if an error bit shows up or nobody answers.
 * *done false: still busy. *status as of chip_status(). */
bool chip_wait(uint32_t us, bool *done, uint32_t *status);
/* WREN, the frame, the wait, the status. `us`: longest time. */
bool chip_erase(const struct nor_op *op, uint32_t us);
/* The same for page after page, with what they share made ready once, and error bits looked at after the
 * last. `address` in chip_programmed() is for the record. */
struct chip_frames {
    struct bus_frame enable, program;
};
void chip_encode(struct chip_frames *frames);
bool chip_program(const struct chip_frames *frames, uint32_t address, uint32_t size,
                  const uint8_t *bytes);
bool chip_programmed(uint32_t address);

/* True if the chip's basic SFDP table is the one of the board block, or the block has none. */
bool chip_compare_sfdp(void);
/* Works through the block's steps and clears WEL. */
bool chip_configure(void);
/* What chip_configure() made of the registers still stands: where it is volatile, the chip has not
 * lost its supply since. Where nothing is, as much as can be told: the chip answers, it is not just starting.
 * `offset`: of what was done to the array. */
bool chip_is_configured(uint32_t offset);

#endif
