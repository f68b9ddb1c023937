/* SPDX-License-Identifier: MIT */
/*
 * Serial NOR of Macronix (MX25L, MX25R) and of ISSI (IS25LP): what their parts differ in. Macronix'
 * octal parts are a family of their own, mx_octal.c.
 */
#ifndef EXTLOAD_SIM_NOR_MX25_H
#define EXTLOAD_SIM_NOR_MX25_H

#include "sim/nor/chip.h"

enum {
    MX25_SPEEDS = NOR_SPEED_QUAD + 1,
    MX25_CLOCKS = 16, /* most clocks after an address, and one */
    MX25_SR_SRWD = 0x80,
    MX25_SR_QE = 0x40,
    MX25_SR_BP = 0x3C,
    MX25_CR2_HIGH = 0x02, /* MX25R: high performance */
    MX25_WRAP_OFF = 0x10, /* Macronix, C0h */
    IS25_WRAP_ON = 0x04,  /* ISSI, C0h */
    IS25_WRAP_LENGTH = 3, /* both: 8, 16, 32, 64 bytes */
    IS25_DUMMY_Pos = 3,   /* ISSI, C0h: four bits; 0 is each command's own number */
    IS25_PROT_ERR = 0x04, /* ISSI: of struct nor.sr2, what was refused was protected */
    IS25_BANK_EXTADD = 0x80,
    IS25_TBS = 0x02 /* ISSI, function register */
};

/* struct nor_part.traits of both families. */
struct mx25_traits {
    bool issi;
    bool ultra_low_power; /* MX25R: until CR2 says otherwise */
    uint8_t status_bytes; /* most that 01h takes */
    uint8_t bottom;       /* of struct nor_registers.cr1: BP counts from the bottom; once only */
    uint8_t code_mask;    /* Macronix: dummy code in the configuration register */
    /* Clocks after the address, mode bits included, by dummy code. */
    uint8_t clocks[MX25_SPEEDS][4];
    /* Highest MHz by these clocks; NULL: the part's. */
    const uint8_t (*limits)[MX25_CLOCKS];
};

const struct mx25_traits *mx25_traits(const struct nor *nor);

/* mx25_commands.c, is25_commands.c */
extern const struct nor_command mx25_commands[];
extern const struct nor_command is25_commands[];

/* is25.c: registers that only ISSI's parts have. */
uint8_t is25_next_byte(struct nor *nor);
void is25_execute(struct nor *nor, uint64_t now_ps);

/* mx25_inherit.c */
extern const char *const mx25_inheritable[];
extern const uint32_t mx25_inheritable_if[];
void mx25_inherit(struct nor *nor, uint64_t now_ps, unsigned index);

#endif
