/* SPDX-License-Identifier: MIT */
/* The interrupt controller's registers (Armv7-M ARM, NVIC). 4 priority bits, as on every STM32 with
 * these cores (CMSIS headers: __NVIC_PRIO_BITS). */
#include "sim/cpu/core.h"

#include <limits.h>

#define PRIORITY_MASK 0xF0F0F0F0u

enum bank {
    BANK_SET_ENABLE,
    BANK_CLEAR_ENABLE,
    BANK_SET_PENDING,
    BANK_CLEAR_PENDING,
    BANK_ACTIVE,
    BANK_NONE
};

static enum bank bank_of(uint32_t offset)
{
    if ((offset & 0x7Fu) >= EXTERNAL_COUNT / 8) {
        return BANK_NONE;
    }
    switch (offset & ~0x7Fu) {
    case 0x100: return BANK_SET_ENABLE;
    case 0x180: return BANK_CLEAR_ENABLE;
    case 0x200: return BANK_SET_PENDING;
    case 0x280: return BANK_CLEAR_PENDING;
    case 0x300: return BANK_ACTIVE;
    default: return BANK_NONE;
    }
}

static uint32_t gather(const uint8_t *flags, unsigned first)
{
    uint32_t word = 0;
    for (unsigned i = 0; i < 32; i++) {
        word |= (uint32_t)(flags[first + i] & 1u) << i;
    }
    return word;
}

bool nvic_read(struct cpu *cpu, uint32_t offset, uint32_t *value)
{
    if (offset == 0x004) { /* ICTR */
        *value = EXTERNAL_COUNT / 32 - 1;
        return true;
    }
    if (offset < 0x100 || offset >= 0x600) {
        return false;
    }
    *value = 0;
    if (offset >= 0x400) {
        unsigned first = offset - 0x400;
        for (unsigned i = 0; i < 4 && first + i < EXTERNAL_COUNT; i++) {
            *value |= (uint32_t)cpu->priority[EXC_EXTERNAL + first + i] << (8 * i);
        }
        return true;
    }
    unsigned first = EXC_EXTERNAL + (offset & 0x7Fu) * 8;
    switch (bank_of(offset)) {
    case BANK_SET_ENABLE:
    case BANK_CLEAR_ENABLE: *value = gather(cpu->enabled, first); break;
    case BANK_SET_PENDING:
    case BANK_CLEAR_PENDING: *value = gather(cpu->pending, first); break;
    case BANK_ACTIVE: *value = gather(cpu->active, first); break;
    case BANK_NONE: break;
    }
    return true;
}

static void enable(struct cpu *cpu, int exception, bool on)
{
    if ((cpu->enabled[exception] != 0) != on) {
        cpu->enabled[exception] = on;
        cpu->external_enabled += on ? 1u : UINT_MAX;
    }
}

static void write_bit(struct cpu *cpu, enum bank bank, int exception)
{
    switch (bank) {
    case BANK_SET_ENABLE: enable(cpu, exception, true); break;
    case BANK_CLEAR_ENABLE: enable(cpu, exception, false); break;
    case BANK_SET_PENDING: exception_pend(cpu, exception, true); break;
    case BANK_CLEAR_PENDING: exception_pend(cpu, exception, false); break;
    case BANK_ACTIVE:
    case BANK_NONE: break;
    }
}

bool nvic_write(struct cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes)
{
    if (offset == 0xF00) { /* STIR */
        if ((value & 0x1FFu) < EXTERNAL_COUNT) {
            exception_pend(cpu, EXC_EXTERNAL + (int)(value & 0x1FFu), true);
        }
        return true;
    }
    if (offset >= 0xD18 && offset <= 0xD20) { /* SHPR1..3: exceptions 4..15 */
        for (unsigned i = 0; i < 4; i++) {
            if (((lanes >> (8 * i)) & 0xFFu) != 0) {
                cpu->priority[4 + (offset - 0xD18) + i] =
                    (uint8_t)((value & PRIORITY_MASK) >> (8 * i));
            }
        }
        return true;
    }
    if (offset < 0x100 || offset >= 0x600) {
        return false;
    }
    if (offset >= 0x400) {
        unsigned first = offset - 0x400;
        for (unsigned i = 0; i < 4 && first + i < EXTERNAL_COUNT; i++) {
            if (((lanes >> (8 * i)) & 0xFFu) != 0) {
                cpu->priority[EXC_EXTERNAL + first + i] =
                    (uint8_t)((value & PRIORITY_MASK) >> (8 * i));
            }
        }
        return true;
    }
    for (unsigned i = 0; i < 32; i++) {
        if (((value >> i) & 1u) != 0) {
            write_bit(cpu, bank_of(offset), EXC_EXTERNAL + (int)((offset & 0x7Fu) * 8 + i));
        }
    }
    return true;
}

void cpu_raise_interrupt(struct cpu *cpu, unsigned number, bool on)
{
    if (number < EXTERNAL_COUNT) {
        enable(cpu, EXC_EXTERNAL + (int)number, on);
        exception_pend(cpu, EXC_EXTERNAL + (int)number, on);
        exception_review(cpu);
        time_rearm(cpu);
    }
}
