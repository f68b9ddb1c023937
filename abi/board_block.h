/* SPDX-License-Identifier: MIT */
/*
 * The board block: all that the loader knows of a board. `extload build` compiles a board file into
 * it and stamps it into the image; the loader's code is the same for every board.
 *
 * Little endian. Every address is absolute; every time is a maximum.
 */
#ifndef EXTLOAD_ABI_BOARD_BLOCK_H
#define EXTLOAD_ABI_BOARD_BLOCK_H

#include <stdint.h>

#define BOARD_BLOCK_MAGIC       UINT32_C(0x4B4C4258) /* "XBLK" in memory */
#define BOARD_BLOCK_VERSION     1
#define BOARD_BLOCK_SCRIPT_MAX  190 /* words */
#define BOARD_BLOCK_ERASE_TYPES 4

/*
 * The bring-up script: words, each op 1 to 3 of them. The first is the register's address, a
 * multiple of 4, with the op's code in bits 1:0:
 *
 *   WRITE   value        *address = value; never read back (set and clear aliases)
 *   MODIFY  mask value   *address = (*address & ~mask) | value; must then hold, or the wire is
 * broken WAIT    mask value   until (*address & mask) == value TIME                 no address:
 * microseconds in bits 31:3; bit 2 clear: wait that long; set: the limit of the next WAIT, which
 * else must find the value at once
 *
 * A failing op is reported by the index of its first word; the host knows what it was for.
 */
enum bringup_code {
    BRINGUP_WRITE = 0,
    BRINGUP_MODIFY = 1,
    BRINGUP_WAIT = 2,
    BRINGUP_TIME = 3
};

#define BRINGUP_CODE       UINT32_C(3)
#define BRINGUP_LIMIT      UINT32_C(4)
#define BRINGUP_TIME_SHIFT 3
#define BRINGUP_TIME_MAX   UINT32_C(0x1FFFFFFF) /* us */

enum controller_kind {
    CONTROLLER_XSPI = 1 /* STM32N6, STM32H7RS: one CCR/TCR/IR bank at 0x100, FIFO of 64 bytes */
};

struct controller_block {
    uint8_t kind;        /* enum controller_kind */
    uint8_t chip_select; /* 0 = NCS1, 1 = NCS2 */
    uint8_t lane_group;  /* CR.MSEL for narrow modes */
    uint8_t memory_type; /* DCR1.MTYP */
    uint32_t registers;  /* base of the register bank, secure alias */
    uint32_t window;     /* first address of the memory-mapped window */
    uint32_t window_size;
    uint32_t kernel_hz;     /* exact frequency of the kernel clock that the script selects */
    uint8_t prescaler_fast; /* DCR2.PRESCALER for the fast mode: kernel_hz / (n + 1) */
    uint8_t prescaler_slow; /* for recovery, identification and the second read path: <= 10 MHz */
    uint8_t prescaler_map;  /* for the 1-line mapped window on return */
    uint8_t reserved;
};

/* Lanes are 0 (phase absent), 1, 2, 4 or 8. */
struct flash_command {
    uint8_t opcode;
    uint8_t command_lanes;
    uint8_t address_lanes;
    uint8_t data_lanes;
    uint8_t mode_clocks;  /* clocks of the mode byte on the address lanes; 0 = none */
    uint8_t mode_value;   /* a value that does not enter continuous read */
    uint8_t dummy_clocks; /* after the mode clocks */
    uint8_t flags;        /* FLASH_COMMAND_* */
};

#define FLASH_COMMAND_DTR UINT8_C(1) /* every phase on both edges */

struct flash_erase {
    uint8_t opcode;
    uint8_t size_log2; /* 12 = 4 KiB; 0 = slot not used */
    uint16_t reserved;
    uint32_t max_ms;
};

/* How the quad enable bit is set; numbers as JESD216 BFPT DW15[22:20] (QER). */
enum quad_enable {
    QUAD_ENABLE_NONE = 0,
    QUAD_ENABLE_SR2B1_DUAL_CLEARING = 1,
    QUAD_ENABLE_SR1B6 = 2,
    QUAD_ENABLE_SR2B7 = 3,
    QUAD_ENABLE_SR2B1_NO_READ = 4,
    QUAD_ENABLE_SR2B1_READ_35_WRITE_01 = 5,
    QUAD_ENABLE_SR2B1_READ_35_WRITE_31 = 6
};

/* How the chip reports that a program or erase failed. */
enum error_scheme {
    ERROR_SCHEME_NONE = 0, /* silently drops WEL; only a read-back tells */
    ERROR_SCHEME_SR2_07_B6B5 =
        1, /* S25FL-L: 07h bit 6 E_ERR, bit 5 P_ERR; WIP stays 1 until CLSR 30h */
    ERROR_SCHEME_SCUR_2B_B6B5 =
        2 /* Macronix: 2Bh bit 6 E_FAIL, bit 5 P_FAIL; WIP falls, the next operation clears them */
};

#define FLASH_VOLATILE_SR_50H UINT8_C(1) /* 50h before 01h makes the write volatile */
#define FLASH_QPI_EXIT_F5     UINT8_C(2) /* 4-4-4 left by F5h */
#define FLASH_HAS_SOFT_RESET  UINT8_C(4) /* 66h/99h */
#define FLASH_HAS_DPD         UINT8_C(8) /* B9h/ABh */
#define FLASH_OCTAL           UINT8_C(16) /* eight lines: struct octal_block lies behind the script */

struct flash_block {
    uint8_t id[3]; /* JEDEC RDID */
    uint8_t id_length;
    uint32_t size;              /* bytes */
    uint16_t page_size;         /* program page, bytes */
    uint8_t address_bytes;      /* 3 or 4 */
    uint8_t lanes;              /* data lines that are wired: 1, 2, 4 or 8 */
    uint8_t quad_enable;        /* enum quad_enable */
    uint8_t error_scheme;       /* enum error_scheme */
    uint8_t clear_status;       /* opcode that clears latched errors; 0 = none */
    uint8_t flags;              /* FLASH_* */
    uint8_t protect_mask;       /* block protection bits of SR1 that must be 0 */
    uint8_t chip_erase;         /* opcode */
    uint16_t reset_us;          /* longest tRST */
    uint16_t wake_us;           /* longest exit from deep power-down */
    uint16_t register_write_ms; /* longest non-volatile register write (tW) */
    uint32_t power_up_us;
    uint32_t page_program_us;
    uint32_t chip_erase_ms;
    struct flash_erase erase[BOARD_BLOCK_ERASE_TYPES]; /* ascending by size */
    struct flash_command read_slow; /* 03h: the second read path and the mapped window on return */
    struct flash_command read_fast;
    struct flash_command program;
};

/* Second opcode byte in an octal protocol; numbers as JESD216 BFPT DW18[30:29]. */
enum opcode_extension {
    OPCODE_EXTENSION_REPEATED = 0,
    OPCODE_EXTENSION_INVERSE = 1
};

#define OCTAL_DTR         UINT8_C(1) /* 8D-8D-8D, else 8S-8S-8S */
#define OCTAL_SWAPS_PAIRS UINT8_C(2) /* BFPT DW18 bit 31; controller.memory_type undoes it */

/*
 * How the octal protocol of a flash is entered and what differs in it. Lies at
 * script[script_words], counted in board_block.size, if flash.flags has FLASH_OCTAL; a board on
 * fewer lines has none.
 *
 * In the protocol every frame goes on eight lines, on both edges with OCTAL_DTR, and each opcode is
 * followed by its extension. The opcodes are those of the 1-line protocol: WREN 06h, WRDI 04h, RDSR
 * 05h, RDSCUR 2Bh, 66h and 99h, flash.erase[], flash.chip_erase; flash.address_bytes is 4. But
 * flash.read_fast and flash.program are octal commands. With OCTAL_DTR a register's byte comes twice
 * and is written twice; addresses and lengths of reads and programs are even.
 *
 * Entered from one line: WREN, then enter_opcode with enter_address and one byte, enter_value. Left
 * by 66h 99h in the protocol, which undoes it.
 */
struct octal_block {
    uint8_t extension;              /* enum opcode_extension */
    uint8_t flags;                  /* OCTAL_* */
    uint8_t register_address_bytes; /* of register reads: 4 (address 0), or 0 */
    uint8_t register_dummy_clocks;  /* of register reads */
    uint8_t enter_opcode;
    uint8_t enter_address_bytes;
    uint8_t enter_value;
    uint8_t reserved;
    uint32_t enter_address;
    uint32_t reset_busy_us; /* longest time that the chip is deaf after a reset cut an erase off */
};

#define OCTAL_BLOCK_WORDS (sizeof(struct octal_block) / sizeof(uint32_t))

struct board_block {
    uint32_t magic;
    uint16_t version;
    uint16_t size; /* bytes of this struct that are in use, script and octal_block included */
    uint32_t crc;  /* CRC-32 (IEEE 802.3, reflected) of the bytes after this field, to size */
    uint32_t record_address; /* where the flight record lies; 0 = in the image */
    uint32_t fastest_cpu_hz; /* of this MCU: assumed until the time base is calibrated */
    uint32_t sector_size;    /* bytes; what SectorErase rounds both ends down to */
    uint32_t iwdg_key;       /* address of IWDG_KR, fed in long waits; 0 = none */
    struct controller_block controller;
    struct flash_block flash;
    uint32_t script_words;
    uint32_t script[BOARD_BLOCK_SCRIPT_MAX];
};

_Static_assert(sizeof(struct board_block) <= 1024, "the image reserves 1 KiB for the board block");

#endif
