/* SPDX-License-Identifier: MIT */
/*
 * What the loader does with a chip that it has recognised, before it uses it: from the facts of a
 * part to the steps of the board block.
 */
#ifndef EXTLOAD_BOARD_PART_SETUP_H
#define EXTLOAD_BOARD_PART_SETUP_H

#include "abi/board_block.h"

#include <stdbool.h>

/* How the quad enable bit is set; numbers as JESD216 BFPT DW15[22:20] (QER). A 2-byte write is 01h
 * with SR1 and SR2. */
enum quad_enable {
    QUAD_ENABLE_NONE = 0,                   /* no such bit */
    QUAD_ENABLE_SR2B1_DUAL_CLEARING = 1,    /* SR2 bit 1, 2-byte write; a 1-byte 01h clears it */
    QUAD_ENABLE_SR1B6 = 2,                  /* SR1 bit 6, 01h */
    QUAD_ENABLE_SR2B7 = 3,                  /* SR2 bit 7, read by 3Fh, written by 3Eh */
    QUAD_ENABLE_SR2B1_NO_READ = 4,          /* SR2 bit 1, 2-byte write; nothing reads SR2 */
    QUAD_ENABLE_SR2B1_READ_35_WRITE_01 = 5, /* SR2 bit 1, read by 35h, 2-byte write */
    QUAD_ENABLE_SR2B1_READ_35_WRITE_31 = 6  /* SR2 bit 1, read by 35h, written by 31h */
};

/* How the chip reports that a program or erase failed. */
enum error_scheme {
    ERROR_SCHEME_NONE = 0,        /* silently drops WEL; only a read-back tells */
    ERROR_SCHEME_SR2_07_B6B5 = 1, /* S25FL-L: 07h; WIP stays 1 until CLSR 30h */
    ERROR_SCHEME_SCUR_2B_B6B5 =
        2,                       /* Macronix: 2Bh; WIP falls, the next operation clears the bits */
    ERROR_SCHEME_FSR_70_B5B4 = 3 /* Micron: 70h; WIP falls, the bits stay until 50h */
};

/* Where a part without error bits shows that an operation is suspended. */
enum suspend_status {
    SUSPEND_STATUS_NONE = 0,
    SUSPEND_STATUS_SR2_35_B7 = 1,   /* 35h bit 7, of erase and program */
    SUSPEND_STATUS_SR2_35_B7B2 = 2, /* 35h bit 7 erase, bit 2 program */
    SUSPEND_STATUS_SR1_05_B2B3 = 3  /* 05h bit 2 erase, bit 3 program */
};

/* When 98h unlocks all blocks. */
enum global_unlock {
    GLOBAL_UNLOCK_NEVER = 0,
    GLOBAL_UNLOCK_ALWAYS = 1,   /* the blocks are locked at power-up */
    GLOBAL_UNLOCK_IF_15_B2 = 2, /* 15h bit 2, WPS: blocks are locked one by one */
    GLOBAL_UNLOCK_IF_2B_B7 = 3  /* 2Bh bit 7, WPSEL: likewise */
};

struct part_setup {
    enum quad_enable quad_enable;
    enum error_scheme error_scheme;
    enum suspend_status suspend_status;
    enum global_unlock global_unlock;
    bool volatile_status;     /* 50h before a status write makes it volatile */
    bool extended_address;    /* C5h selects 16 MiB for 3-byte addresses, and may not be 0 */
    uint8_t protect_mask;     /* block protection bits of SR1 */
    uint8_t protect_mask_sr2; /* the same of SR2; only where 35h reads it */
    uint8_t once_mask_sr2;    /* bits of SR2 that can be set, and then stay so */
    uint8_t exit_4byte;       /* opcode that leaves 4-byte address mode; 0 = none */
    uint32_t low_power_hz;    /* up to this clock CR2 bit 1 may be 0 (MX25R); 0 = no such bit */
};

/* Fills steps, status and read_config of the block, for that many data lines and that clock. False
 * if there are more steps than the block holds. */
bool part_setup_fill(const struct part_setup *setup, unsigned lanes, uint32_t clock_hz,
                     struct flash_block *flash);

#endif
