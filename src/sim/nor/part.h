/* SPDX-License-Identifier: MIT */
/*
 * What a serial NOR part is made of, as data: identity, sizes, times, command table; and the
 * behaviour that a family of parts shares, as a few functions. A new part of a known family is one
 * more row in parts.c.
 */
#ifndef EXTLOAD_SIM_NOR_PART_H
#define EXTLOAD_SIM_NOR_PART_H

#include "sim/nor/nor.h"

struct nor_time_range {
    uint64_t typical_ps;
    uint64_t maximum_ps;
};

enum nor_protocol {
    NOR_SPI = 1,  /* opcode on IO0 */
    NOR_QPI = 2,  /* everything on IO3..IO0 */
    NOR_SOPI = 4, /* everything on IO7..IO0; the opcode's inverse follows it */
    NOR_DOPI = 8, /* the same on both edges */
    NOR_DPI = 16, /* everything on IO1..IO0 */
    NOR_OCTAL = NOR_SOPI | NOR_DOPI
};

enum nor_address {
    NOR_ADDRESS_NONE,
    NOR_ADDRESS_MODE,  /* 3 or 4 bytes, as the chip's address mode says */
    NOR_ADDRESS_THREE, /* always 3 bytes */
    NOR_ADDRESS_FOUR   /* always 4 bytes */
};

enum nor_dummy {
    NOR_DUMMY_NONE,
    NOR_DUMMY_LATENCY, /* as the family's latency() says */
    NOR_DUMMY_4,
    NOR_DUMMY_8,
    NOR_DUMMY_20,
    NOR_DUMMY_24,
    NOR_DUMMY_32
};

enum nor_direction {
    NOR_NO_DATA,
    NOR_DATA_IN, /* into the chip */
    NOR_DATA_OUT
};

/* Row of the family's table "highest clock per latency code". */
enum nor_speed {
    NOR_SPEED_ANY, /* only the part's highest clock limits it */
    NOR_SPEED_SLOW_READ,
    NOR_SPEED_1_1_1, /* on eight lines where the protocol is octal */
    NOR_SPEED_1_1_2,
    NOR_SPEED_1_2_2,
    NOR_SPEED_QUAD,
    NOR_SPEED_QUAD_DDR,
    NOR_SPEED_QPI_REGISTER, /* S25FL-L: a register or SFDP in QPI */
    NOR_SPEED_COUNT
};

enum nor_command_flags {
    NOR_NEEDS_QUAD = 1,     /* in SPI protocol only while the quad-enable bit is set */
    NOR_WHILE_BUSY = 2,     /* decoded during an operation */
    NOR_ARRAY_READ = 4,     /* streams from the array, whatever is going on in it */
    NOR_DDR = 8,            /* address and later phases on both edges */
    NOR_MODE_BYTE = 16,     /* 8 mode bits follow the address, on the address lanes */
    NOR_SO_ONLY = 32,       /* answers on IO1 in every protocol */
    NOR_WRAPS = 64,         /* obeys the burst wrap setting */
    NOR_NEEDS_WEL = 128,    /* ignored unless the write-enable latch is set */
    NOR_ANY_LENGTH = 256,   /* takes effect at CS# rising wherever the frame ends */
    NOR_MODE_CLOCK = 512,   /* with NOR_MODE_BYTE: the mode bits are those of one clock */
    NOR_MODE_IN_QPI = 1024, /* mode bits as with NOR_MODE_BYTE, but in QPI only */
    /* Rows that only the parts with this feature have; the same bits in nor_part.features. */
    NOR_IF_QPI = 1 << 16,
    NOR_IF_4B_MODE = 1 << 17,
    NOR_IF_4B_OPCODES = 1 << 18,
    NOR_IF_EAR = 1 << 19,       /* extended address register */
    NOR_IF_SR3 = 1 << 20,       /* and individual block locks */
    NOR_IF_SR2_READ = 1 << 21,  /* status register 2 by 35h */
    NOR_IF_SR2_WRITE = 1 << 22, /* status register 2 by 31h */
    NOR_IF_SR2_3EH = 1 << 23,   /* status register 2 by 3Eh, read by 3Fh */
    NOR_IF_WPSEL = 1 << 24      /* Macronix: individual block locks can be chosen */
};

enum {
    NOR_IF_MASK = 0x7FFF0000
};

/* What else parts of one family differ in; beside NOR_IF_... in nor_part.features. */
enum nor_feature {
    NOR_HAS_HOLD = 1,         /* IO3 is HOLD# while the quad-enable bit is 0 */
    NOR_KEEPS_CONTINUOUS = 2, /* CS# rising before the mode bits leaves continuous read as it is */
    NOR_TAKES_SR2 = 4         /* a second byte of 01h goes to status register 2 */
};

/* What a command does; the family's functions switch on it. */
enum nor_action {
    NOR_READ_ARRAY,
    NOR_READ_ID,
    NOR_READ_UNIQUE_ID,
    NOR_READ_SFDP,
    NOR_READ_SECURITY,
    NOR_READ_SR1,
    NOR_READ_SR2,
    NOR_READ_CR1,
    NOR_READ_CR2,
    NOR_READ_CR3,
    NOR_READ_SCUR, /* Macronix: security register */
    NOR_READ_ANY_REGISTER,
    NOR_READ_BLOCK_LOCK,
    NOR_READ_PR,
    NOR_READ_IRP,
    NOR_READ_PASSWORD,
    NOR_READ_DLR,
    NOR_RELEASE,
    NOR_PROGRAM,
    NOR_ERASE_4K,
    NOR_ERASE_32K,
    NOR_ERASE_64K,
    NOR_ERASE_CHIP,
    NOR_PROGRAM_SECURITY,
    NOR_ERASE_SECURITY,
    NOR_SUSPEND,
    NOR_RESUME,
    NOR_WRITE_REGISTERS,
    NOR_WRITE_ANY_REGISTER,
    NOR_WRITE_ENABLE,
    NOR_WRITE_ENABLE_VOLATILE,
    NOR_WRITE_DISABLE,
    NOR_CLEAR_STATUS,
    NOR_RESET_ENABLE,
    NOR_RESET,
    NOR_DEEP_POWER_DOWN,
    NOR_QPI_ENTER,
    NOR_QPI_EXIT,
    NOR_ADDRESS_4B_ENTER,
    NOR_ADDRESS_4B_EXIT,
    NOR_SET_BURST,
    NOR_BLOCK_LOCK,
    NOR_BLOCK_UNLOCK,
    NOR_GLOBAL_LOCK,
    NOR_GLOBAL_UNLOCK,
    NOR_SET_POINTER,
    NOR_LOCK_PR,
    NOR_PROGRAM_IRP,
    NOR_PROGRAM_PASSWORD,
    NOR_UNLOCK_PASSWORD,
    NOR_PROGRAM_DLR,
    NOR_WRITE_DLR,
    NOR_READ_SR3,
    NOR_WRITE_SR2,
    NOR_WRITE_SR3,
    NOR_READ_EAR,
    NOR_WRITE_EAR,
    NOR_READ_MFR_ID, /* manufacturer and device, in the order that address bit 0 says */
    NOR_SET_READ_PARAMETERS,
    NOR_ERASE_TYPE,     /* one of nor_part.erases */
    NOR_PROTECT_SELECT, /* Macronix: from now on individual block locks, for good */
    NOR_READ_FUNCTION,  /* ISSI: function register */
    NOR_WRITE_FUNCTION,
    NOR_READ_READ_PARAMETERS, /* ISSI: read register */
    NOR_SET_READ_PARAMETERS_NV,
    NOR_READ_ERRORS, /* ISSI: extended read register */
    NOR_READ_BANK,   /* ISSI: extended address register with the address mode */
    NOR_WRITE_BANK,
    NOR_WRITE_BANK_NV,
    NOR_READ_FLAGS, /* Micron: flag status register */
    NOR_READ_VCR,   /* Micron: volatile, enhanced volatile, non-volatile configuration register */
    NOR_WRITE_VCR,
    NOR_READ_EVCR,
    NOR_WRITE_EVCR,
    NOR_READ_NVCR,
    NOR_WRITE_NVCR,
    NOR_WRITE_BLOCK_LOCK, /* the byte that follows says whether it is locked */
    NOR_READ_BPR,         /* SST26: block protection register */
    NOR_WRITE_BPR,
    NOR_LOCK_BPR
};

/* Lanes are those of the SPI protocol; in QPI every phase has four, in octal protocols eight. An
 * opcode may have one row for SPI and QPI, and one for the octal protocols. */
struct nor_command {
    uint8_t opcode;
    uint8_t protocols; /* enum nor_protocol, ored */
    uint8_t action;    /* enum nor_action */
    uint8_t address;   /* enum nor_address */
    uint8_t address_lanes;
    uint8_t dummy;     /* enum nor_dummy */
    uint8_t direction; /* enum nor_direction */
    uint8_t data_lanes;
    uint8_t speed;  /* enum nor_speed */
    uint32_t flags; /* enum nor_command_flags, ored */
};

enum {
    NOR_LATENCIES = 15,
    NOR_ERASE_TYPES = 4,
    NOR_READ_TYPES = 8
};

/* A size that the part can erase, for families whose erase commands are data of the part. */
struct nor_erase_type {
    uint8_t opcode;
    uint8_t opcode_4b; /* always with 4 address bytes; 0: there is none */
    uint32_t size;     /* a power of two; 0 ends the list */
    struct nor_time_range time;
};

/* A read of the array, for families whose read commands are data of the part. */
struct nor_read_type {
    uint8_t opcode; /* 0 ends the list */
    uint8_t opcode_4b;
    uint8_t address_lanes, data_lanes;
    uint8_t mode_clocks; /* as SFDP counts them; fewer than a byte takes: no mode bits */
    uint8_t wait_clocks; /* after the mode clocks */
};

/* Where the quad-enable bit is: the codes of SFDP's basic table, word 15. */
enum nor_quad_enable {
    NOR_QE_NONE = 0,
    NOR_QE_SR2_BIT1_SHORT_CLEARS = 1,
    NOR_QE_SR1_BIT6 = 2,
    NOR_QE_SR2_BIT7 = 3, /* 3Eh writes, 3Fh reads it */
    NOR_QE_SR2_BIT1_UNREADABLE = 4,
    NOR_QE_SR2_BIT1 = 5,
    NOR_QE_SR2_BIT1_31H = 6,
    NOR_QE_RESERVED = 7 /* seen on parts without such a bit */
};

/* What the protection bits of status register 1 are. */
enum nor_protection {
    NOR_PROTECTION_BP3, /* SEC, TB, BP2..BP0: halves of halves of the array, or sectors */
    NOR_PROTECTION_BP4  /* TB, BP3..BP0: 64 KiB, doubled by each code */
};

/* The first ones are operations that WIP shows: they depend on enum nor_timing. The others are
 * limits of the interface and do not. */
enum nor_time {
    NOR_TIME_PAGE,
    NOR_TIME_BYTE_FIRST,
    NOR_TIME_BYTE_NEXT,
    NOR_TIME_ERASE_4K,
    NOR_TIME_ERASE_32K,
    NOR_TIME_ERASE_64K,
    NOR_TIME_ERASE_CHIP,
    NOR_TIME_REGISTER,
    NOR_TIME_PASSWORD,
    NOR_TIME_OPERATIONS, /* how many operations there are */
    NOR_TIME_POWER_UP = NOR_TIME_OPERATIONS,
    NOR_TIME_RESET,
    NOR_TIME_RESET_BUSY, /* a reset that cuts an erase off, where it takes longer; else 0 */
    NOR_TIME_SUSPEND,
    NOR_TIME_RESUME_TO_SUSPEND,
    NOR_TIME_DPD_ENTER,
    NOR_TIME_DPD_EXIT,
    NOR_TIME_QPI_ENTER,
    NOR_TIME_QPI_EXIT,
    NOR_TIME_CS_HIGH,
    NOR_TIME_COUNT
};

/* A run of bytes of the SFDP space. */
struct nor_sfdp {
    uint32_t at;
    uint32_t size;
    const uint8_t *bytes;
};

struct nor_family {
    const struct nor_command *commands; /* ends with a row of no protocol */
    enum nor_protocol (*protocol)(const struct nor *nor);
    /* Does NOR_ADDRESS_MODE mean 4 bytes now? */
    bool (*long_address)(const struct nor *nor);
    /* Dummy clocks that NOR_DUMMY_LATENCY means now in this command. */
    unsigned (*latency)(const struct nor *nor, const struct nor_command *command);
    /* Does the chip drive DQS with the data it sends now? */
    bool (*strobes)(const struct nor *nor);
    /* Everything volatile takes its power-on value; the power-up time starts. */
    void (*power_on)(struct nor *nor, uint64_t now_ps);
    /* A soft or hard reset; false if the chip is immune now. */
    bool (*reset)(struct nor *nor, uint64_t now_ps, bool hard);
    /* May a command that was decoded just now go on? */
    bool (*accepts)(struct nor *nor, const struct nor_command *command);
    /* The opcode and address of an accepted command are in: where its data comes from or goes. */
    void (*begin)(struct nor *nor);
    /* The next byte of a register or table that the running command reads. */
    uint8_t (*next_byte)(struct nor *nor, uint64_t now_ps);
    /* CS# rose and the frame is complete and of the right length. */
    void (*execute)(struct nor *nor, uint64_t now_ps);
    /* Does this mode byte keep the chip in continuous read? */
    bool (*continues)(const struct nor *nor, const struct nor_command *command, uint8_t mode);
    /* Highest clock in Hz for a read at the present latency code. */
    uint32_t (*clock_limit)(const struct nor *nor, const struct nor_command *command);
    /* Puts the chip into the state named nor_inheritable(part, index). */
    void (*inherit)(struct nor *nor, uint64_t now_ps, unsigned index);
    const char *const *inheritable; /* ends with NULL */
    /* Of each of them: the NOR_IF_... that a part needs for it. NULL: every part has all states. */
    const uint32_t *inheritable_if;
};

struct nor_part {
    const char *name;
    uint8_t id[3];
    uint8_t more_id[3];    /* what 9Fh answers behind `id`, where the family says so */
    uint8_t release_id[2]; /* what ABh answers */
    uint32_t size;         /* a power of two */
    uint32_t page;
    uint32_t clock_hz; /* highest SDR clock of any command */
    bool swaps_pairs;  /* on both edges of eight lines the odd byte of a pair comes first */
    uint8_t sr1_default;
    uint8_t cr1_default;
    uint8_t cr2_default;
    uint8_t cr3_default;
    struct nor_sfdp sfdp[2]; /* what lies between reads FFh */
    struct nor_time_range times[NOR_TIME_COUNT];
    const struct nor_family *family;
    /* What follows is read by the families that say so; 0 elsewhere. */
    uint32_t features;   /* NOR_IF_... and enum nor_feature, ored */
    uint8_t quad_enable; /* enum nor_quad_enable */
    uint8_t protection;  /* enum nor_protection */
    uint8_t qpi_dummy;   /* clocks of a quad read in QPI as the factory left it */
    /* S25FL-L: highest clock in MHz by enum nor_speed and latency code 1..15. */
    const uint8_t (*clocks)[NOR_LATENCIES];
    struct nor_erase_type erases[NOR_ERASE_TYPES];
    struct nor_read_type reads[NOR_READ_TYPES];
    const void *traits; /* what else the family has to know of a part; the type is the family's */
};

/* NULL past the end. */
const struct nor_part *nor_part_at(unsigned index);
const struct nor_part *nor_part_find(const char *name);

extern const struct nor_family nor_family_s25fl_l;
extern const struct nor_family nor_family_w25q;
extern const struct nor_part nor_part_s25fl064l;
extern const struct nor_part nor_part_s25fl128l;
extern const struct nor_part nor_part_s25fl256l;
extern const struct nor_part nor_part_w25q64jv;
extern const struct nor_part nor_part_w25q128jv;
extern const struct nor_part nor_part_w25q512jv;
extern const struct nor_part nor_part_gd25q64;
extern const struct nor_part nor_part_gd25q128;
extern const struct nor_part nor_part_at25ql128a;
extern const struct nor_family nor_family_mx_octal;
extern const struct nor_part nor_part_mx66uw1g45g;
extern const struct nor_part nor_part_mx25um51245g;
extern const struct nor_family nor_family_mx25;
extern const struct nor_family nor_family_is25;
extern const struct nor_part nor_part_mx25l12833f;
extern const struct nor_part nor_part_mx25l25645g;
extern const struct nor_part nor_part_mx25r6435f;
extern const struct nor_part nor_part_is25lp128;
extern const struct nor_part nor_part_is25lp256;
extern const struct nor_family nor_family_mt25q;
extern const struct nor_part nor_part_mt25ql512abb;
extern const struct nor_family nor_family_sst26;
extern const struct nor_part nor_part_sst26vf064b;

#endif
