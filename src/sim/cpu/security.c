/* SPDX-License-Identifier: MIT */
/*
 * A core in Non-secure state (Armv8-M ARM). It starts and stays there: no SG, no BXNS. Its registers
 * and those of the System Control Space are then the Non-secure bank, and of the Secure world only
 * this is known: what bit 28 of an address says about memory below 0x60000000, the IDAU of an
 * STM32N6 with SAU_CTRL.ALLNS set [INF]; and that whatever it would handle ends the run.
 */
#include "sim/cpu/core.h"

#include <stdio.h>

enum {
    SFSR_OFFSET = 0xDE4,
    SFAR_OFFSET = 0xDE8,
    DSCSR_OFFSET = 0xE08,
    SFSR_AUVIOL = 1 << 3,
    SFSR_SFARVALID = 1 << 6,
    DSCSR_CDS = 1 << 16,
    AIRCR_BFHFNMINS = 1 << 13,
    TT_READ = 1 << 18,
    TT_WRITE = 1 << 19,
    TT_ALTERNATE = 1 << 7,
    TT_UNPRIVILEGED = 1 << 6
};

#define SECURE_ALIAS 0x10000000u
#define ALIASES_END  0x60000000u

void cpu_set_non_secure(struct cpu *cpu, bool non_secure)
{
    uint32_t *dscsr = &cpu->plain[DSCSR_OFFSET / 4];
    cpu->non_secure = non_secure && model_is_v8m(cpu);
    *dscsr = cpu->non_secure ? *dscsr & ~(uint32_t)DSCSR_CDS : *dscsr | DSCSR_CDS;
    cpu->code_page = NO_PAGE;
}

bool security_allows(struct cpu *cpu, uint32_t address)
{
    if (!cpu->non_secure || address >= ALIASES_END || (address & SECURE_ALIAS) == 0) {
        return true;
    }
    cpu->plain[SFSR_OFFSET / 4] |= SFSR_AUVIOL | SFSR_SFARVALID;
    cpu->plain[SFAR_OFFSET / 4] = address;
    snprintf(
        cpu->text, sizeof cpu->text,
        "the Non-secure core has left for the Secure vectors: SecureFault, access to 0x%08X at "
        "0x%08X",
        address, reg_get(cpu, UC_ARM_REG_PC));
    cpu->event = EVENT_UNSUPPORTED;
    uc_emu_stop(cpu->uc);
    return false;
}

bool security_leaves(struct cpu *cpu, int exception)
{
    bool moved = exception == EXC_NMI || exception == EXC_HARDFAULT || exception == EXC_BUSFAULT;
    bool to_non_secure = (cpu->aircr & AIRCR_BFHFNMINS) != 0;
    if (!moved || to_non_secure == cpu->non_secure) {
        return false;
    }
    char name[16];
    snprintf(cpu->text, sizeof cpu->text,
             "%s%s at 0x%08X goes to the %s vectors (AIRCR.BFHFNMINS is %d)",
             cpu->non_secure ? "the Non-secure core has left: " : "not modelled: ",
             exception_name(exception, name), reg_get(cpu, UC_ARM_REG_PC),
             to_non_secure ? "Non-secure" : "Secure", to_non_secure);
    cpu->event = EVENT_UNSUPPORTED;
    return true;
}

bool is_test_target(uint16_t first, uint16_t second)
{
    return (first & 0xFFF0u) == 0xE840u && (second & 0xF03Fu) == 0xF000u;
}

bool security_test_target(struct cpu *cpu, uint32_t pc)
{
    uint16_t first, second;
    if (!cpu->non_secure || !code_halfword(cpu, pc, &first) ||
        !code_halfword(cpu, pc + 2, &second) || !is_test_target(first, second) ||
        (second & TT_ALTERNATE) != 0) {
        return false;
    }
    unsigned number = first & 0xFu;
    uint32_t address = reg_get(cpu, number == 14 ? UC_ARM_REG_LR : UC_ARM_REG_R0 + (int)number);
    bool privileged = is_privileged(cpu) && (second & TT_UNPRIVILEGED) == 0;
    uint32_t result = mpu_allows(cpu, address, 1, MPU_READ, privileged) ? TT_READ : 0;
    result |= mpu_allows(cpu, address, 1, MPU_WRITE, privileged) ? TT_WRITE : 0;
    number = (second >> 8) & 0xFu;
    reg_set(cpu, number == 14 ? UC_ARM_REG_LR : UC_ARM_REG_R0 + (int)number, result);
    cpu->t.stats.instructions++;
    cpu->t.cost += cpu->fetch_cost;
    pc_set(cpu, pc + 4);
    return true;
}
