/* SPDX-License-Identifier: MIT */
/*
 * Armv8.1-M instructions that the emulator's M33 lacks (Armv8-M ARM): low-overhead loops without
 * tail predication, conditional selects, CLRM. Vector instructions (MVE) are refused by name.
 */
#include "sim/cpu/core.h"

#include <stdio.h>

enum {
    REG_LR = 14,
    REG_ZERO = 15 /* in conditional selects */
};

static const int ids[] = {UC_ARM_REG_R0,  UC_ARM_REG_R1, UC_ARM_REG_R2,  UC_ARM_REG_R3,
                          UC_ARM_REG_R4,  UC_ARM_REG_R5, UC_ARM_REG_R6,  UC_ARM_REG_R7,
                          UC_ARM_REG_R8,  UC_ARM_REG_R9, UC_ARM_REG_R10, UC_ARM_REG_R11,
                          UC_ARM_REG_R12, UC_ARM_REG_SP, UC_ARM_REG_LR};

static uint32_t get(struct cpu *cpu, unsigned number)
{
    return number == REG_ZERO ? 0 : reg_get(cpu, ids[number]);
}

static bool holds(uint32_t xpsr, unsigned condition)
{
    bool n = (xpsr >> 31 & 1u) != 0, z = (xpsr >> 30 & 1u) != 0;
    bool c = (xpsr >> 29 & 1u) != 0, v = (xpsr >> 28 & 1u) != 0;
    bool result = true;
    switch (condition >> 1) {
    case 0: result = z; break;
    case 1: result = c; break;
    case 2: result = n; break;
    case 3: result = v; break;
    case 4: result = c && !z; break;
    case 5: result = n == v; break;
    case 6: result = n == v && !z; break;
    default: return true;
    }
    return (condition & 1u) != 0 ? !result : result;
}

static void conditional_select(struct cpu *cpu, uint16_t first, uint16_t second)
{
    uint32_t value;
    if (holds(reg_get(cpu, UC_ARM_REG_XPSR), (second >> 4) & 0xFu)) {
        value = get(cpu, first & 0xFu);
    } else {
        value = get(cpu, second & 0xFu);
        switch (second >> 12) {
        case 0x9: value += 1; break;         /* CSINC */
        case 0xA: value = ~value; break;     /* CSINV */
        case 0xB: value = 0u - value; break; /* CSNEG */
        default: break;                      /* CSEL */
        }
    }
    reg_set(cpu, ids[(second >> 8) & 0xFu], value);
}

static void clear_registers(struct cpu *cpu, uint16_t list)
{
    for (unsigned i = 0; i <= REG_LR; i++) {
        if ((((uint32_t)list >> i) & 1u) != 0 && i != 13) {
            reg_set(cpu, ids[i], 0);
        }
    }
    if ((list >> 15) != 0) {
        reg_set(cpu, UC_ARM_REG_XPSR, reg_get(cpu, UC_ARM_REG_XPSR) & 0x07F0FFFFu);
    }
}

static uint32_t loop_offset(uint16_t second)
{
    return (uint32_t)((second >> 1) & 0x3FFu) << 2 | (uint32_t)((second >> 11) & 1u) << 1;
}

static enum insn81 refuse(struct cpu *cpu, uint32_t pc, const char *name)
{
    snprintf(cpu->text, sizeof cpu->text, "not modelled: %s instruction at 0x%08X", name, pc);
    return INSN81_REFUSED;
}

static enum insn81 loop(struct cpu *cpu, uint32_t pc, uint16_t first, uint16_t second)
{
    bool branch = (second & 0xF001u) == 0xC001u;
    bool start = second == 0xE001u;
    switch (first) {
    case 0xF00F: /* LE LR, label */
        if (!branch) {
            return refuse(cpu, pc, "LCTP (tail predication)");
        }
        if (get(cpu, REG_LR) <= 1) {
            pc_set(cpu, pc + 4);
            return INSN81_DONE;
        }
        reg_set(cpu, UC_ARM_REG_LR, get(cpu, REG_LR) - 1);
        pc_set(cpu, pc + 4 - loop_offset(second));
        return INSN81_DONE;
    case 0xF02F: /* LE label */ pc_set(cpu, pc + 4 - loop_offset(second)); return INSN81_DONE;
    case 0xF01F: return refuse(cpu, pc, "LETP (tail predication)");
    default: break;
    }
    if ((first & 0xFFC0u) == 0xF000u) {
        return refuse(cpu, pc, "WLSTP or DLSTP (tail predication)");
    }
    uint32_t count = get(cpu, first & 0xFu);
    if (branch && count == 0) { /* WLS */
        pc_set(cpu, pc + 4 + loop_offset(second));
        return INSN81_DONE;
    }
    if (!branch && !start) {
        return INSN81_NOT;
    }
    reg_set(cpu, UC_ARM_REG_LR, count);
    pc_set(cpu, pc + 4);
    return INSN81_DONE;
}

static bool skipped_by_it(struct cpu *cpu)
{
    uint32_t it = it_state(cpu, reg_get(cpu, UC_ARM_REG_PC));
    return it != 0 && !holds(reg_get(cpu, UC_ARM_REG_XPSR), it >> 4);
}

enum insn81 insn81_execute(struct cpu *cpu, uint32_t pc)
{
    uint16_t first, second;
    if (cpu->config.model != CPU_M55 || !code_halfword(cpu, pc, &first) || first < 0xE800u ||
        !code_halfword(cpu, pc + 2, &second)) {
        return INSN81_NOT;
    }
    if (is_fp_or_coprocessor(first)) {
        return refuse(cpu, pc, "MVE");
    }
    if ((first & 0xFF80u) == 0xF000u && ((second & 0xF001u) == 0xC001u || second == 0xE001u)) {
        return loop(cpu, pc, first, second);
    }
    bool selects = (first & 0xFFF0u) == 0xEA50u && second >> 12 >= 8 && second >> 12 <= 0xB;
    bool clears = first == 0xE89Fu && (second & 0x2000u) == 0;
    if (!selects && !clears) {
        return INSN81_NOT;
    }
    if (!skipped_by_it(cpu)) {
        if (selects) {
            conditional_select(cpu, first, second);
        } else {
            clear_registers(cpu, second);
        }
    }
    pc_set(cpu, pc + 4);
    return INSN81_DONE;
}
