/* SPDX-License-Identifier: MIT */
#include "serve/registers.h"

#include <stdio.h>

static const struct {
    const char *name;
    const char *type;
    uint8_t number;
    bool is_system; /* of org.gnu.gdb.arm.m-system */
    enum cpu_register reg;
} rows[REGISTERS_COUNT] = {
    {"r0", "int", 0, false, CPU_R0},
    {"r1", "int", 1, false, CPU_R1},
    {"r2", "int", 2, false, CPU_R2},
    {"r3", "int", 3, false, CPU_R3},
    {"r4", "int", 4, false, CPU_R4},
    {"r5", "int", 5, false, CPU_R5},
    {"r6", "int", 6, false, CPU_R6},
    {"r7", "int", 7, false, CPU_R7},
    {"r8", "int", 8, false, CPU_R8},
    {"r9", "int", 9, false, CPU_R9},
    {"r10", "int", 10, false, CPU_R10},
    {"r11", "int", 11, false, CPU_R11},
    {"r12", "int", 12, false, CPU_R12},
    {"sp", "data_ptr", 13, false, CPU_SP},
    {"lr", "int", 14, false, CPU_LR},
    {"pc", "code_ptr", 15, false, CPU_PC},
    {"xpsr", "int", 25, false, CPU_XPSR},
    {"msp", "data_ptr", 26, true, CPU_MSP},
    {"psp", "data_ptr", 27, true, CPU_PSP},
    {"primask", "int", 28, true, CPU_PRIMASK},
    {"basepri", "int", 29, true, CPU_BASEPRI},
    {"faultmask", "int", 30, true, CPU_FAULTMASK},
    {"control", "int", 31, true, CPU_CONTROL},
    {"msplim", "data_ptr", 32, true, CPU_MSPLIM},
    {"psplim", "data_ptr", 33, true, CPU_PSPLIM},
};

const char *registers_description(void)
{
    static char text[4096];
    size_t used = (size_t)snprintf(
        text, sizeof text,
        "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target version=\"1.0\">"
        "<architecture>arm</architecture><feature name=\"org.gnu.gdb.arm.m-profile\">");
    for (unsigned i = 0; i < REGISTERS_COUNT; i++) {
        const char *border = i > 0 && rows[i].is_system && !rows[i - 1].is_system
                                 ? "</feature><feature name=\"org.gnu.gdb.arm.m-system\">"
                                 : "";
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "%s<reg name=\"%s\" bitsize=\"32\" regnum=\"%u\" type=\"%s\"/>",
                                 border, rows[i].name, rows[i].number, rows[i].type);
    }
    snprintf(text + used, sizeof text - used, "</feature></target>");
    return text;
}

bool registers_find(uint32_t number, enum cpu_register *reg)
{
    for (unsigned i = 0; i < REGISTERS_COUNT; i++) {
        if (rows[i].number == number) {
            *reg = rows[i].reg;
            return true;
        }
    }
    return false;
}

enum cpu_register registers_at(unsigned index)
{
    return rows[index].reg;
}
