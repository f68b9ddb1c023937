/* SPDX-License-Identifier: MIT */
/*
 * One line of a bring-up script, as board and MCU files write it, becomes addresses, masks and
 * values.
 *
 *   gpio PB3 high | gpio PB3 low                output, push-pull
 *   delay 5ms
 *   write REG = VALUE                           the whole register, never read back
 *   set REG.BIT | clear REG.BIT                 must hold when read back
 *   modify REG.FIELD = N | modify REG & MASK = VALUE
 *   expect REG.FIELD == N | expect REG & MASK == VALUE
 *   wait REG.FIELD == N within 2ms | wait REG & MASK == VALUE within 2ms
 * and, for the steps of an MCU file:
 *   enable REG.BIT                              by the set alias, then read in REG
 *   reset REG.BIT REG.BIT...                    a pulse by the set and clear aliases
 *
 * REG is PERIPHERAL.REGISTER, or an address 0x40000000..0x5FFFFFFF; VALUE and MASK are numbers or
 * names of the register's bits joined by |.
 */
#ifndef EXTLOAD_BOARD_SCRIPT_H
#define EXTLOAD_BOARD_SCRIPT_H

#include "board/mcu.h"

/* The longest wait or delay of one op, in microseconds: 32767 ms. */
#define SCRIPT_TIME_MAX UINT64_C(32767000)

enum script_verb {
    SCRIPT_GPIO,
    SCRIPT_DELAY,
    SCRIPT_WRITE,
    SCRIPT_MODIFY, /* also set and clear */
    SCRIPT_EXPECT,
    SCRIPT_WAIT,
    SCRIPT_ENABLE,
    SCRIPT_RESET
};

struct script_line {
    enum script_verb verb;
    char pad[8];      /* of gpio */
    bool high;        /* of gpio */
    uint64_t time;    /* microseconds; of delay and wait */
    uint32_t address; /* of the register, without alias for enable and reset */
    uint32_t mask;
    uint32_t value;
    uint32_t set, clear; /* addresses of the aliases; of enable and reset */
    char name[48];       /* "RCC.AHB4ENR.PWREN" */
    char set_name[48];   /* "RCC.AHB4ENSR" */
};

/* What is wrong with a line and where in its text. */
struct script_fault {
    enum error_code code;
    size_t offset;
    char detail[160];
    char hint[160];
};

/* A command for the documentation. */
struct script_command {
    const char *name, *form; /* the form in Markdown, without the outermost back-quotes */
    bool steps_only;         /* for MCU files only */
    const char *doc;
};

/* The commands in turn, then NULL. */
const struct script_command *script_command_at(unsigned index);

/* `steps` allows what only MCU files may use. */
bool script_parse(const struct mcu *mcu, const char *text, bool steps, struct script_line *line,
                  struct script_fault *fault);

/* Address of a register by name, "GPIOB.MODER"; false if there is none. */
bool script_register(const struct mcu *mcu, const char *name, uint32_t *address);

#endif
