/* SPDX-License-Identifier: MIT */
/* What a debugger does to a halted core. */
#include "sim/cpu/core.h"

#include <string.h>

static const int plain_id[] = {
    [CPU_R0] = UC_ARM_REG_R0,   [CPU_R1] = UC_ARM_REG_R1,     [CPU_R2] = UC_ARM_REG_R2,
    [CPU_R3] = UC_ARM_REG_R3,   [CPU_R4] = UC_ARM_REG_R4,     [CPU_R5] = UC_ARM_REG_R5,
    [CPU_R6] = UC_ARM_REG_R6,   [CPU_R7] = UC_ARM_REG_R7,     [CPU_R8] = UC_ARM_REG_R8,
    [CPU_R9] = UC_ARM_REG_R9,   [CPU_R10] = UC_ARM_REG_R10,   [CPU_R11] = UC_ARM_REG_R11,
    [CPU_R12] = UC_ARM_REG_R12, [CPU_SP] = UC_ARM_REG_SP,     [CPU_LR] = UC_ARM_REG_LR,
    [CPU_PC] = UC_ARM_REG_PC,   [CPU_XPSR] = UC_ARM_REG_XPSR,
};

uint32_t cpu_get(struct cpu *cpu, enum cpu_register reg)
{
    switch (reg) {
    case CPU_MSP: return special_get(cpu, UC_ARM_REG_MSP);
    case CPU_PSP: return special_get(cpu, UC_ARM_REG_PSP);
    case CPU_MSPLIM: return model_is_v8m(cpu) ? limit_get(cpu, false) : 0;
    case CPU_PSPLIM: return model_is_v8m(cpu) ? limit_get(cpu, true) : 0;
    case CPU_PRIMASK: return special_get(cpu, UC_ARM_REG_PRIMASK);
    case CPU_FAULTMASK: return special_get(cpu, UC_ARM_REG_FAULTMASK);
    case CPU_BASEPRI: return special_get(cpu, UC_ARM_REG_BASEPRI);
    case CPU_CONTROL: return reg_get(cpu, UC_ARM_REG_CONTROL);
    case CPU_REGISTER_COUNT: return 0;
    default: return reg_get(cpu, plain_id[reg]);
    }
}

static void set_banked(struct cpu *cpu, enum cpu_register reg, uint32_t value)
{
    switch (reg) {
    case CPU_MSP: special_set(cpu, UC_ARM_REG_MSP, value & ~3u); break;
    case CPU_PSP: special_set(cpu, UC_ARM_REG_PSP, value & ~3u); break;
    case CPU_MSPLIM:
    case CPU_PSPLIM:
        if (model_is_v8m(cpu)) {
            limit_set(cpu, reg == CPU_PSPLIM, value & ~7u);
        }
        break;
    case CPU_PRIMASK: special_set(cpu, UC_ARM_REG_PRIMASK, value & 1u); break;
    case CPU_FAULTMASK: special_set(cpu, UC_ARM_REG_FAULTMASK, value & 1u); break;
    case CPU_BASEPRI: special_set(cpu, UC_ARM_REG_BASEPRI, value & 0xF0u); break;
    case CPU_CONTROL: control_set(cpu, value & (model_has_fpu(cpu) ? 7u : 3u)); break;
    default: break;
    }
}

void cpu_set(struct cpu *cpu, enum cpu_register reg, uint32_t value)
{
    cpu->sleeping = false; /* a debugger that writes registers has woken the core */
    switch (reg) {
    case CPU_PC: pc_set(cpu, value & ~1u); break;
    case CPU_SP: reg_set(cpu, UC_ARM_REG_SP, value & ~3u); break;
    case CPU_REGISTER_COUNT: break;
    default:
        if (reg < CPU_MSP) {
            reg_set(cpu, plain_id[reg], value);
        } else {
            set_banked(cpu, reg, value);
        }
        break;
    }
    exception_review(cpu);
}

static unsigned step_size(uint32_t address, size_t left)
{
    if ((address & 3u) == 0 && left >= 4) {
        return 4;
    }
    return (address & 1u) == 0 && left >= 2 ? 2 : 1;
}

static bool device_bytes(struct cpu *cpu, uint32_t address, unsigned size, bool write,
                         uint8_t *bytes)
{
    uint32_t value = 0;
    enum cpu_access access;
    if (write) {
        memcpy(&value, bytes, size);
        access = is_private_peripheral(address)
                     ? private_write(cpu, address, size, true, value)
                     : cpu->bus.write(cpu->bus.context, address, size, value);
        time_new_frequency(cpu);
        return access == CPU_ACCESS_OK;
    }
    if (is_private_peripheral(address)) {
        systick_sync(cpu);
        access = private_read(cpu, address, size, true, &value);
    } else {
        access = cpu->bus.read(cpu->bus.context, address, size, &value);
    }
    memcpy(bytes, &value, size);
    return access == CPU_ACCESS_OK;
}

static bool transfer(struct cpu *cpu, uint32_t address, uint8_t *bytes, size_t size, bool write)
{
    while (size > 0) {
        struct ram_region *r = ram_at(cpu, address, 1);
        size_t part;
        if (r != NULL) {
            uint32_t offset = address - r->base;
            part = size < r->size - offset ? size : r->size - offset;
            if (!write) {
                memcpy(bytes, r->bytes + offset, part);
            } else if (memcmp(r->bytes + offset, bytes, part) != 0) {
                /* code that is written over by itself stays known */
                memcpy(r->bytes + offset, bytes, part);
                ram_forget_code(cpu, r, offset, (unsigned)part);
            }
        } else {
            part = step_size(address, size);
            bool hit = !write && lines_debug(cpu, address, bytes, part, false);
            if (!hit && !device_bytes(cpu, address, (unsigned)part, write, bytes)) {
                return false;
            }
        }
        lines_debug(cpu, address, bytes, part, write);
        address += (uint32_t)part;
        bytes += part;
        size -= part;
    }
    return true;
}

bool cpu_debug_read(struct cpu *cpu, uint32_t address, void *bytes, size_t size)
{
    return transfer(cpu, address, bytes, size, false);
}

bool cpu_debug_write(struct cpu *cpu, uint32_t address, const void *bytes, size_t size)
{
    uint8_t buffer[256];
    const uint8_t *from = bytes;
    while (size > 0) {
        size_t part = size < sizeof buffer ? size : sizeof buffer;
        memcpy(buffer, from, part);
        if (!transfer(cpu, address, buffer, part, true)) {
            return false;
        }
        if (cpu->probe != NULL) {
            cpu->probe->debug_write(cpu->probe->context, address, part);
        }
        address += (uint32_t)part;
        from += part;
        size -= part;
    }
    return true;
}

bool cpu_set_breakpoint(struct cpu *cpu, uint32_t address, bool set)
{
    address &= ~1u;
    for (unsigned i = 0; i < cpu->breakpoint_count; i++) {
        if (cpu->breakpoint[i] == address) {
            if (!set) {
                cpu->breakpoint[i] = cpu->breakpoint[--cpu->breakpoint_count];
            }
            return true;
        }
    }
    if (!set || cpu->breakpoint_count == BREAKPOINTS) {
        return !set;
    }
    cpu->breakpoint[cpu->breakpoint_count++] = address;
    return true;
}

void cpu_halt_soon(struct cpu *cpu)
{
    cpu->halt_soon = true;
    cpu->limit = 0;
}

void cpu_set_vtor_alignment(struct cpu *cpu, uint32_t alignment)
{
    cpu->vtor_alignment = alignment;
}

void cpu_mask_interrupts(struct cpu *cpu, bool mask)
{
    cpu->mask_interrupts = mask;
    exception_review(cpu);
}

void cpu_pend_interrupt(struct cpu *cpu, unsigned number)
{
    if (number < EXTERNAL_COUNT) {
        exception_pend(cpu, EXC_EXTERNAL + (int)number, true);
    }
}

bool cpu_is_trying(const struct cpu *cpu)
{
    return jump_in_trial(cpu);
}
