/* SPDX-License-Identifier: MIT */
/*
 * SFDP, what a serial flash says of itself (JEDEC JESD216), decoded from the bytes of its space.
 *
 * Pure: no file, no allocation, any bytes may come in. Each decoder looks at the length first: what
 * a shorter table does not have is "unsupported", never a guess. Words ("DW") count from 1, as the
 * standard counts them. Layouts as read in public sources that agree with each other: U-Boot
 * (drivers/mtd/spi/spi-nor-core.c), ufprog (flash/spi-nor), ST's external memory manager.
 *
 * Where chips are known to be wrong about themselves, a named rule (enum sfdp_rule) puts it right,
 * and `rules` tells which ones were needed.
 */
#ifndef EXTLOAD_SFDP_SFDP_H
#define EXTLOAD_SFDP_SFDP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SFDP_TABLES_MAX    16 /* parameter headers that are looked at */
#define SFDP_BASIC_WORDS   23
#define SFDP_ERASE_TYPES   4
#define SFDP_REGIONS_MAX   16
#define SFDP_SEQUENCES_MAX 4
#define SFDP_ADDRESS_MASK  UINT32_C(0xFFFFFF)

/* What a parameter table is, by its ID. */
enum sfdp_table_id {
    SFDP_BASIC = 0xFF00,
    SFDP_SECTOR_MAP = 0xFF81,
    SFDP_ADDRESS4 = 0xFF84,
    SFDP_RPMC = 0xFF03,
    SFDP_XSPI1 = 0xFF05,
    SFDP_XSPI2 = 0xFF06,
    SFDP_OCTAL_SEQUENCE = 0xFF0A,
    SFDP_REGISTERS = 0xFF87,
    SFDP_REGISTERS_DIES = 0xFF88,
    SFDP_REGISTERS2 = 0xFF09,
    SFDP_SST = 0x01BF
};

/* One parameter header, and how much of its table the dump holds. */
struct sfdp_table {
    uint16_t id; /* MSB << 8 | LSB */
    uint8_t major, minor;
    uint8_t length;   /* words, as the header says */
    uint32_t address; /* 24 bits */
    unsigned words;   /* of these in the dump; less than `length` if it is cut off */
};

struct sfdp_header {
    uint8_t major, minor; /* 1.6 is JESD216B */
    uint8_t access;       /* protocol in which SFDP is read; FFh: 1-1-1, 24 bits, 8 dummy clocks */
    unsigned announced;   /* parameter headers as the header counts them */
    unsigned count;       /* of them in `tables` */
    struct sfdp_table tables[SFDP_TABLES_MAX];
};

/* DW1 and DW2. */
struct sfdp_geometry {
    uint64_t size;          /* bytes; 0: it makes no sense */
    uint8_t erase4k_opcode; /* 0 = not on all of the array */
    uint8_t address_bytes;  /* 3, 4, or 34: either */
    bool page_buffer;       /* 64 bytes and more are programmed at once */
    bool volatile_status;   /* status bits are volatile; write enable for that: */
    uint8_t volatile_enable;
    bool some_dtr;
};

/* DW3 to DW7, DW17, DW22, DW23. */
enum sfdp_read_kind {
    SFDP_READ_1_1_2,
    SFDP_READ_1_2_2,
    SFDP_READ_1_1_4,
    SFDP_READ_1_4_4,
    SFDP_READ_2_2_2,
    SFDP_READ_4_4_4,
    SFDP_READ_1_1_8,
    SFDP_READ_1_8_8,
    SFDP_READ_1S_1D_1D,
    SFDP_READ_1S_2D_2D,
    SFDP_READ_1S_4D_4D,
    SFDP_READ_4S_4D_4D,
    SFDP_READ_KINDS
};

struct sfdp_read {
    uint8_t opcode; /* 0 = unsupported; the fields below are 0, too */
    uint8_t mode_clocks, wait_clocks;
};

/* DW8 to DW10. */
struct sfdp_erase {
    uint8_t size_log2;       /* 0 = unused */
    uint8_t opcode, opcode4; /* opcode4: with a 4-byte address; 0 = none */
    bool shared;             /* another type of another size has the same opcode */
    uint32_t typical_ms;     /* 0 = not told */
    uint32_t maximum_ms;
};

/* DW11. */
struct sfdp_program {
    bool known;
    uint32_t page; /* bytes */
    uint32_t page_typical_us, page_maximum_us;
    uint32_t first_byte_us, next_byte_us;
    uint32_t chip_erase_typical_ms, chip_erase_maximum_ms; /* maximum by the word's multiplier */
};

/* DW12 and DW13. */
struct sfdp_suspend {
    bool known, supported;
    uint8_t prohibited_in_program, prohibited_in_erase; /* the standard's bits */
    uint32_t program_latency_ns, erase_latency_ns;
    uint32_t program_interval_us, erase_interval_us; /* from a resume to the next suspend */
    uint8_t program_suspend, program_resume, suspend, resume; /* opcodes */
};

/* DW14. */
struct sfdp_power_down {
    bool known, supported;
    uint8_t enter, leave; /* opcodes; leave 0: none that could be one */
    uint32_t leave_ns;
    bool poll_05, poll_70;
};

/* DW15. */
struct sfdp_quad {
    bool known;
    uint8_t enable;               /* QER as it stands: 0 to 7 */
    uint8_t enter_444, leave_444; /* the standard's bits, from bit 0 */
    bool continuous;              /* 0-4-4 */
    uint8_t enter_044, leave_044;
    bool hold_disable;
};

/* DW16. */
#define SFDP_STATUS_VOLATILE_50 UINT8_C(0x0C) /* 50h makes a write of SR1 volatile */
#define SFDP_RESET_66_99        UINT8_C(0x10)
#define SFDP_ENTER4_OPCODES     UINT8_C(0x20) /* opcodes of their own instead of a mode */
#define SFDP_ENTER4_ALWAYS      UINT8_C(0x40)
struct sfdp_modes {
    bool known;
    uint8_t status_write; /* SR1: the standard's bits */
    uint8_t reset;        /* the standard's bits, from bit 0: 10h is 66h 99h */
    uint8_t enter4;       /* to 4-byte addresses: the standard's bits, from bit 0 */
    uint8_t leave4;       /* the same for the way back */
};

/* DW18 to DW21. */
struct sfdp_octal {
    bool known;
    uint8_t extension; /* 0 repeated, 1 inverse, 2 reserved, 3 opcode of 16 bits */
    bool swaps_pairs;
    uint8_t enter_888, leave_888, enable;
    uint8_t speeds[8]; /* nibbles of DW20; see sfdp_speed_mhz() */
};

struct sfdp_basic {
    unsigned words; /* that were there, at most SFDP_BASIC_WORDS */
    struct sfdp_geometry geometry;
    struct sfdp_read reads[SFDP_READ_KINDS];
    struct sfdp_erase erases[SFDP_ERASE_TYPES];
    struct sfdp_program program;
    struct sfdp_suspend suspend;
    struct sfdp_power_down power_down;
    struct sfdp_quad quad;
    struct sfdp_modes modes;
    struct sfdp_octal octal;
};

/* FF84h: which commands exist with a 4-byte address of their own. */
#define SFDP_A4_READ_13      UINT32_C(0x00000001)
#define SFDP_A4_READ_0C      UINT32_C(0x00000002)
#define SFDP_A4_READ_3C      UINT32_C(0x00000004)
#define SFDP_A4_READ_BC      UINT32_C(0x00000008)
#define SFDP_A4_READ_6C      UINT32_C(0x00000010)
#define SFDP_A4_READ_EC      UINT32_C(0x00000020)
#define SFDP_A4_PROGRAM_12   UINT32_C(0x00000040)
#define SFDP_A4_PROGRAM_34   UINT32_C(0x00000080)
#define SFDP_A4_PROGRAM_3E   UINT32_C(0x00000100)
#define SFDP_A4_ERASE(n)     (UINT32_C(0x00000200) << (n)) /* n from 0 */
#define SFDP_A4_BEFORE_OCTAL UINT32_C(0x000FFFFF)
#define SFDP_A4_BITS         UINT32_C(0x01FFFFFF)
struct sfdp_address4 {
    bool known;
    uint32_t supports; /* SFDP_A4_*; reserved bits are 0 */
};

/* FF81h, all configurations together. */
struct sfdp_region {
    uint32_t size; /* bytes */
    uint8_t types; /* bit n: erase type n + 1 works here */
};
struct sfdp_map {
    uint8_t configuration;
    unsigned count;
    struct sfdp_region regions[SFDP_REGIONS_MAX];
};
struct sfdp_sector_map {
    bool known;
    unsigned commands; /* that find out which map holds */
    unsigned maps;
    struct sfdp_map first; /* the first map */
    uint8_t types;         /* erase types that work in every region of every map */
};

/* FF05h. */
struct sfdp_xspi {
    bool known;
    uint8_t read_opcode;                                /* 8D-8D-8D; 0 = not told */
    uint8_t status_dummy;                               /* 8 or 4 clocks */
    uint8_t status_address_bytes;                       /* 4 or 0 */
    uint8_t dummy_200, dummy_166, dummy_133, dummy_100; /* clocks; 0 = unsupported */
};

/* FF87h. */
struct sfdp_register_bit {
    bool valid;
    uint8_t read, write; /* opcodes */
    uint8_t address;     /* its low byte, where `addressed` */
    bool addressed;
    uint8_t bit;
    bool inverted;
};
struct sfdp_registers {
    bool known;
    uint32_t volatile_base, lasting_base;
    struct sfdp_register_bit wip, wel, program_error, erase_error;
    bool octal_dtr_volatile; /* DW22 bit 31 */
};

/* FF0Ah: frames that lead to 8D-8D-8D. */
struct sfdp_sequence {
    unsigned length; /* 0 = unused, at most 7 */
    uint8_t bytes[7];
};
struct sfdp_octal_sequence {
    bool known;
    struct sfdp_sequence steps[SFDP_SEQUENCES_MAX];
};

/* Rules for what chips are known to get wrong. */
enum sfdp_rule {
    SFDP_RULE_NEWEST_BASIC,   /* several basic tables: the highest minor of major 1 counts */
    SFDP_RULE_CUT_OFF,        /* a table goes past the dump */
    SFDP_RULE_READ_OPCODE,    /* a read that is said to be supported has no opcode */
    SFDP_RULE_UNUSED_READ,    /* a read with an opcode is not supported: ones-filled halves */
    SFDP_RULE_RESERVED_ONES,  /* 4-byte table: ones in bits that mean nothing there */
    SFDP_RULE_ERASE4_3BYTE,   /* 4-byte table: 20h or D8h where 21h and DCh are meant */
    SFDP_RULE_ERASE4_52,      /* 4-byte table: 52h where the chip has 53h */
    SFDP_RULE_ERASE_SHARED,   /* erase types of several sizes on one opcode */
    SFDP_RULE_ERASE_4K,       /* a type of 4 KiB, which word 1 says is not for the whole array */
    SFDP_RULE_ERASE_SIZE,     /* an erase type that is larger than the chip */
    SFDP_RULE_PAGE_SMALL,     /* a page below 256 bytes */
    SFDP_RULE_PAGE_LARGE,     /* a page above 256 bytes */
    SFDP_RULE_PAGE_UNKNOWN,   /* no page size told */
    SFDP_RULE_NO_TIMES,       /* no times told */
    SFDP_RULE_POWER_DOWN_FF,  /* deep power-down is left by FFh or 00h */
    SFDP_RULE_QUAD_RESERVED,  /* QER 111 */
    SFDP_RULE_MODE_ONES,      /* every way into and out of 4-byte addresses at once */
    SFDP_RULE_BUSY_70,        /* busy is told by 70h only */
    SFDP_RULE_REGION_SIZE,    /* sector map: 3FFFFFFh where 3FFFFh is meant */
    SFDP_RULE_ADDRESS_3_ONLY, /* more than 16 MiB, but 3 address bytes only */
    SFDP_RULE_COUNT
};

struct sfdp {
    struct sfdp_header header;
    struct sfdp_table basic_table; /* the one that counts */
    struct sfdp_basic basic;
    struct sfdp_address4 address4;
    struct sfdp_sector_map sector_map;
    struct sfdp_xspi xspi;
    struct sfdp_registers registers;
    struct sfdp_octal_sequence octal_sequence;
    uint32_t rules; /* 1 << enum sfdp_rule of those that were needed */
};

/* Why bytes are no SFDP that could be used. */
enum sfdp_problem {
    SFDP_GOOD,
    SFDP_TOO_SHORT,    /* no room for the two headers */
    SFDP_NO_SIGNATURE, /* does not begin with "SFDP" */
    SFDP_WRONG_MAJOR,  /* of the header: not 1 */
    SFDP_NO_BASIC,     /* no basic table of major 1 with its first nine words in the dump */
};

/* Decodes the SFDP space from address 0. On a problem *sfdp holds what came before it. */
enum sfdp_problem sfdp_decode(struct sfdp *sfdp, const uint8_t *bytes, size_t size);

/* One sentence each; never NULL. */
const char *sfdp_problem_text(enum sfdp_problem problem);
/* What the chip says, and what is done instead. */
const char *sfdp_rule_text(enum sfdp_rule rule);
/* A short name: "erase4-3byte". */
const char *sfdp_rule_name(enum sfdp_rule rule);

/* "basic flash parameters"; never NULL. */
const char *sfdp_table_name(uint16_t id);
const char *sfdp_read_name(enum sfdp_read_kind kind);
/* MHz of a nibble of DW20; 0 = unsupported or not characterised. */
unsigned sfdp_speed_mhz(uint8_t nibble);

#endif
