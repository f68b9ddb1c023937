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
#define BOARD_BLOCK_VERSION     2
#define BOARD_BLOCK_SCRIPT_MAX  190 /* words */
#define BOARD_BLOCK_ERASE_TYPES 4
#define BOARD_BLOCK_FLASH_STEPS 6

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

/*
 * An erase opcode. Of some parts one opcode erases more or less by the address: a unit of this size
 * lies where its distance from the nearer end of the chip is at least edge_from * 4 KiB, and less
 * than edge_to * 4 KiB if that is not 0.
 */
struct flash_erase {
    uint8_t opcode;
    uint8_t size_log2; /* 12 = 4 KiB; 0 = slot not used */
    uint8_t edge_from;
    uint8_t edge_to;
    uint32_t max_ms;
};

/*
 * What Init does with the chip once its ID is known, in order: leaves an address mode, takes block
 * protection off, enables quad. Opcodes mean different things to different vendors, so none of these
 * is sent to a chip that has not answered with the ID of this block.
 *
 * A step is a command, with 06h or 50h before it. With FLASH_STEP_DATA it carries a byte: the
 * register that `read` reads, `clear` bits 0, `set` bits 1; 0 and `set` if nothing reads it. It is
 * sent if that changes something, and then the bits must read as written. Without data it is sent if
 * one of the `clear` bits reads 1. Nothing reads it: it is always sent.
 */
struct flash_step {
    uint8_t opcode; /* 0 = end of the list */
    uint8_t read;   /* opcode that reads the register; 0 = none */
    uint8_t clear;
    uint8_t set;
    uint8_t flags; /* FLASH_STEP_* */
    uint8_t once;  /* bits that lock something for good: written as 0 whatever they read */
};

#define FLASH_STEP_VOLATILE UINT8_C(1) /* 50h before it: gone with the next reset; else 06h */
#define FLASH_STEP_DATA     UINT8_C(2)
#define FLASH_STEP_JOIN     UINT8_C(4) /* the next step's byte follows in the same frame */
#define FLASH_STEP_SECOND   UINT8_C(8) /* of the two bytes that `read` reads, the second */

/* Where errors and suspended operations show; masks of bits that are 1 then. */
struct flash_status {
    uint8_t opcode; /* 0 = nowhere */
    uint8_t erase_error, program_error;
    uint8_t erase_suspended, program_suspended;
};

/* Microseconds: the longest that the loader waits in one go without looking at the chip. */
#define BOARD_BLOCK_DELAY_MAX UINT32_C(1000000)

#define FLASH_OCTAL           UINT8_C(1) /* eight lines: struct octal_block lies behind the script */
/* The chip erase is the quickest way to erase all, by the typical times, and a chip that never gets ready
 * is told of before hosts give up: SectorErase takes it then. */
#define FLASH_CHIP_ERASE_PAYS UINT8_C(2)

struct flash_block {
    uint8_t id[3];         /* JEDEC RDID */
    uint8_t id_length;     /* 3; or 0: any ID will do, `sfdp` tells the chip */
    uint32_t size;         /* bytes */
    uint16_t page_size;    /* program page, bytes */
    uint8_t address_bytes; /* 3, or 4: then every opcode here is one that always takes 4 */
    uint8_t lanes;         /* data lines that are wired: 1, 2, 4 or 8 */
    uint8_t chip_erase;    /* opcode */
    uint8_t clear_status;  /* opcode that clears latched errors; 0 = none */
    uint8_t flags;         /* FLASH_* */
    uint8_t read_id_quad;  /* opcode that reads the ID on four lines in SPI; 0 = none */
    uint8_t read_config;   /* opcode that reads the register with the quad bit; 0 = none */
    struct flash_status status;
    struct flash_step steps[BOARD_BLOCK_FLASH_STEPS];
    uint16_t reset_us;          /* longest tRST */
    uint16_t wake_us;           /* longest exit from deep power-down */
    uint16_t register_write_ms; /* longest non-volatile register write (tW) */
    uint16_t reserved;
    /* At most BOARD_BLOCK_DELAY_MAX. */
    uint32_t power_up_us;
    uint32_t reset_busy_us; /* longest time that the chip is deaf after a reset cut an erase off */
    uint32_t page_program_us;
    uint32_t chip_erase_ms;
    struct flash_erase erase[BOARD_BLOCK_ERASE_TYPES]; /* ascending by size */
    struct flash_command read_slow; /* 03h or 13h: the second read path, the window on return */
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
};

#define OCTAL_BLOCK_WORDS (sizeof(struct octal_block) / sizeof(uint32_t))

#define SFDP_BLOCK_MAX    92 /* bytes: 23 words */

/*
 * The basic SFDP table that the board was built from. Init reads as much of the chip's, by 5Ah with
 * a 24-bit address and 8 dummy clocks right after the reset, and refuses another one.
 */
struct sfdp_block {
    uint32_t address;
    uint32_t size; /* bytes, at most SFDP_BLOCK_MAX; 0 = nothing is compared */
    uint32_t crc;  /* CRC-32 as in board_block */
};

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
    struct sfdp_block sfdp;
    uint32_t script_words;
    uint32_t script[BOARD_BLOCK_SCRIPT_MAX];
};

_Static_assert(sizeof(struct board_block) <= 1024, "the image reserves 1 KiB for the board block");

#endif
