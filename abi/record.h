/* SPDX-License-Identifier: MIT */
/*
 * The flight record: why the last call failed and what it found, in RAM, readable with any
 * debugger's memory window. All fields are 32-bit words, little endian, at the offsets documented
 * in the comments.
 */
#ifndef EXTLOAD_ABI_RECORD_H
#define EXTLOAD_ABI_RECORD_H

#include "abi/function.h"

#include <stdint.h>

#define RECORD_MAGIC   UINT32_C(0x434C4658) /* "XFLC" in memory */
#define RECORD_VERSION 1
#define RECORD_EVENTS  16

/* How far a call has come. A record that says ENTERED or later with no result is a call that never
 * returned. */
enum record_phase {
    PHASE_IDLE = 0,
    PHASE_ENTERED = 1,
    PHASE_BRINGUP = 2,
    PHASE_CONTROLLER = 3,
    PHASE_RECOVER = 4,
    PHASE_IDENTIFY = 5,
    PHASE_CONFIGURE = 6,
    PHASE_PROVE = 7,
    PHASE_ERASE = 8,
    PHASE_PROGRAM = 9,
    PHASE_READ = 11,
    PHASE_RETURNED = 13
};

/* Why a call failed. detail[] is given per reason. Numbers are stable; new ones are appended,
 * and 3, 11 and 25 are free. Of an erase or a program `address` is an offset: that of the unit or
 * the page, or the end of the range where the chip tells only after the last page. */
enum record_reason {
    REASON_NONE = 0,
    REASON_BOARD_BLOCK = 1, /* block damaged: magic, size and CRC as stored */
    REASON_BRINGUP = 2, /* a register does not read as it must: word index of the op in the script,
                           address, value read */
    REASON_TIME_BASE = 4,         /* neither CYCCNT nor SysTick advances */
    REASON_CONTROLLER_BUSY = 5,   /* XSPI stays busy: SR, CR, DCR2 */
    REASON_KERNEL_CLOCK = 6,      /* transfer never ends though registers answer: SR, CR, DCR2 */
    REASON_TRANSFER_ERROR = 7,    /* SR.TEF: SR, CR, DCR2 */
    REASON_FLASH_SILENT_HIGH = 8, /* every bit read is 1: id read, id expected, id read again */
    REASON_FLASH_SILENT_LOW = 9,  /* every bit read is 0: id read, id expected, id read again */
    REASON_FLASH_WRONG_ID = 10,   /* id read, id expected, id read again */
    REASON_LINE_STUCK = 12, /* a data line: line | level << 8, pattern read, pattern expected */
    REASON_QUAD_ENABLE =
        13, /* a bit did not take: register as read, wrong bits, opcode that read it */
    REASON_WRITE_ENABLE = 14,    /* WEL stays set, the command was not taken: address, SR1, SR2 */
    REASON_PROTECTED = 15,       /* block protection does not clear: register, wrong bits, opcode */
    REASON_PROGRAM_ERROR = 16,   /* the chip reports P_ERR: address, SR1, SR2 */
    REASON_ERASE_ERROR = 17,     /* the chip reports E_ERR: address, SR1, SR2 */
    REASON_PROGRAM_TIMEOUT = 18, /* address, SR1, SR2 */
    REASON_ERASE_TIMEOUT = 19,   /* address, SR1, SR2 */
    REASON_READ_BACK = 20,       /* first differing address, word read, word expected */
    REASON_READ_MODES_DIFFER = 21, /* slow and fast read disagree: address, slow word, fast word */
    REASON_RANGE = 22, /* outside the flash: address, size, flash size; a digest's range is empty or
                          not a multiple of DIGEST_STEP: address, size, DIGEST_STEP */
    REASON_NOT_INITIALISED = 23, /* Init has not succeeded since the download */
    REASON_FAULT = 24,           /* exception: IPSR, CFSR, PC; fault frame holds the rest */
    REASON_NON_SECURE = 26,      /* called in Non-secure state */
    REASON_VECTOR_TABLE = 27,    /* VTOR does not hold what was written */
    REASON_ERASE_NOT_BLANK = 28, /* not all FF after an erase without error: offset, size, sum of
                                    the zero bits' values */
    REASON_BUSY_NV_WRITE =
        29, /* a non-volatile register write outlasted its maximum: SR1, SR2, ms */
    REASON_LINES_SWAPPED =
        30, /* data lines are exchanged: the controller's line on which the flash's IO0 is, the one
              on which its IO1 is (0 and 1: IO2 and IO3 are exchanged) */
    REASON_PROTOCOL =
        31, /* the chip does not answer in the protocol it was switched to: 1 if octal, SR1, 1 if it
              heard that and answers in SPI again */
    REASON_SFDP = 32, /* the chip's basic SFDP table is another one: its address, CRC-32, the CRC-32
                        that the board was built from */
    /* The chip lost its state in the middle of a call: offset of what was read or erased, or the
     * end of what was programmed, or 0 for digests; the register that tells. */
    REASON_RESTARTED = 33,
    REASON_STREAM_IDLE = 34, /* the host filled no further buffer: buffers so far */
    REASON_PACKED = 35 /* a buffer is no LZ4 block of that size: buffers before it, the size */
};

/* `found`: the chip's status registers as Init found them, before it changed anything: SR1 in bits
 * 7:0; errors and suspended operations in 15:8, as SR2 of S25FL-L has them, whatever register of the
 * part shows them; the register with the quad bit in 23:16. 0 where the part has none. SR1 = FF: it
 * did not answer in SPI mode. */
#define FOUND_SR1_WIP       UINT32_C(0x000001) /* an erase, program or register write was under way */
#define FOUND_SR1_WEL       UINT32_C(0x000002)
#define FOUND_SR1_SILENT    UINT32_C(0x0000FF)
#define FOUND_SR2_SUSPENDED UINT32_C(0x000300) /* ES, PS of S25FL-L */
#define FOUND_SR2_ERRORS    UINT32_C(0x006000) /* E_ERR, P_ERR of S25FL-L */
/* Cells may be half erased or half programmed: nothing may be taken for blank on sight. */
#define FOUND_MID_OPERATION (FOUND_SR1_WIP | FOUND_SR2_SUSPENDED | FOUND_SR2_ERRORS)

/* The processor as the guard found it. */
struct record_entry {
    uint32_t sp, lr, xpsr, control, primask, faultmask, basepri;
    uint32_t msp, psp, msplim, psplim;
    uint32_t vtor, ccr, shcsr, mpu_ctrl, systick_ctrl;
};

struct record_fault {
    uint32_t exc_return, ipsr, cfsr, hfsr, mmfar, bfar;
    uint32_t frame_valid;
    uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
};

struct record_event {
    uint32_t cycles; /* CPU cycles since the call's entry */
    uint32_t what;   /* phase << 24 | detail */
};

struct record {
    uint32_t magic;            /* 0x00 RECORD_MAGIC, written last */
    uint32_t version;          /* 0x04 RECORD_VERSION | sizeof(struct record) << 16 */
    uint32_t checksum;         /* 0x08 sum of all words after this one, complemented */
    uint32_t calls;            /* 0x0C calls since the record was made */
    uint32_t function;         /* 0x10 FUNCTION_* */
    uint32_t arguments[4];     /* 0x14 R0..R3 as called */
    uint32_t phase;            /* 0x24 enum record_phase */
    uint32_t result;           /* 0x28 R0 as returned */
    uint32_t reason;           /* 0x2C enum record_reason */
    uint32_t detail[3];        /* 0x30 by reason */
    uint32_t jedec_id;         /* 0x3C bytes as read, first in bits 7:0 */
    uint32_t status;           /* 0x40 SR1 | errors as in `found` << 8, last read */
    uint32_t found;            /* 0x44 status registers as the last Init found them */
    uint32_t cpu_hz;           /* 0x48 calibrated, or the assumption */
    uint32_t cycles;           /* 0x4C duration of the last call, low word */
    uint32_t image;            /* 0x50 address at which the image runs */
    struct record_entry entry; /* 0x54 */
    struct record_fault fault; /* 0x94 */
    uint32_t event_head;       /* 0xD0 next slot */
    struct record_event events[RECORD_EVENTS]; /* 0xD4 */
};

_Static_assert(sizeof(struct record_entry) == 0x40, "documented offsets");
_Static_assert(sizeof(struct record) == 0xD4 + 8 * RECORD_EVENTS, "documented offsets");

#endif
