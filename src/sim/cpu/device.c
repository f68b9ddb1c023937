/* SPDX-License-Identifier: MIT */
/* Accesses outside RAM: the core's own peripherals, then the bus. */
#include "sim/cpu/core.h"

#include <string.h>

/*
 * 0xE0000000 ITM, 0xE0001000 DWT, 0xE0002000 FPB, 0xE000E000 System Control Space, and on Armv8-M
 * its Non-secure alias at 0xE002E000 (Armv8-M ARM, private peripheral bus map). What lies above,
 * from 0xE0040000, belongs to the chip and goes to the bus.
 */
#define PPB_BASE    0xE0000000u
#define PPB_END     0xE0040000u
#define DWT_BASE    0xE0001000u
#define SCS_BASE    0xE000E000u
#define SCS_NS_BASE 0xE002E000u

bool is_private_peripheral(uint32_t address)
{
    return address >= PPB_BASE && address < PPB_END;
}

static uint32_t lanes_of(uint32_t address, unsigned size)
{
    uint32_t mask = size == 4 ? UINT32_MAX : (1u << (8 * size)) - 1u;
    return mask << (8 * (address & 3u));
}

static uint32_t read_word(struct cpu *cpu, uint32_t address, bool debug)
{
    uint32_t word = 0;
    uint32_t offset = address & 0xFFCu;
    switch (address & ~0xFFFu) {
    case SCS_BASE:
        if (!nvic_read(cpu, offset, &word) && !systick_read(cpu, offset, debug, &word) &&
            !mpu_read(cpu, offset, &word) && !cache_read(cpu, offset, &word) &&
            !debug_read(cpu, offset, &word)) {
            scs_read(cpu, offset, &word);
        }
        return word;
    case DWT_BASE: return dwt_read(cpu, offset);
    case SCS_NS_BASE: return model_is_v8m(cpu) && !cpu->non_secure ? cpu->plain_ns[offset / 4] : 0;
    default: return 0;
    }
}

/* Only bits in `lanes` are written; write-one-to-clear registers see zeros elsewhere. */
static void write_word(struct cpu *cpu, uint32_t address, uint32_t value, uint32_t lanes,
                       bool debug)
{
    uint32_t offset = address & 0xFFCu;
    switch (address & ~0xFFFu) {
    case SCS_BASE:
        if (!nvic_write(cpu, offset, value, lanes) && !systick_write(cpu, offset, value) &&
            !mpu_write(cpu, offset, value) && !cache_write(cpu, offset, value) &&
            !debug_write(cpu, offset, debug, value)) {
            scs_write(cpu, offset, debug, value);
        }
        break;
    case DWT_BASE: dwt_write(cpu, offset, value, debug); break;
    case SCS_NS_BASE:
        if (model_is_v8m(cpu) && !cpu->non_secure) {
            uint32_t *word = &cpu->plain_ns[offset / 4];
            *word = (*word & ~lanes) | (value & lanes);
        }
        break;
    default: break;
    }
}

enum cpu_access private_read(struct cpu *cpu, uint32_t address, unsigned size, bool debug,
                             uint32_t *value)
{
    uint32_t word = read_word(cpu, address, debug);
    uint32_t lanes = lanes_of(address, size);
    *value = (word & lanes) >> (8 * (address & 3u));
    return CPU_ACCESS_OK;
}

enum cpu_access private_write(struct cpu *cpu, uint32_t address, unsigned size, bool debug,
                              uint32_t value)
{
    uint32_t lanes = lanes_of(address, size);
    write_word(cpu, address, (value << (8 * (address & 3u))) & lanes, lanes, debug);
    exception_review(cpu);
    time_rearm(cpu);
    return CPU_ACCESS_OK;
}

/* Registers of the core whose value is a function of time alone. */
static bool is_time_source(const struct cpu *cpu, uint32_t address)
{
    switch (address) {
    case 0xE000E018u: /* SYST_CVR */
    case 0xE0001004u: /* DWT_CYCCNT */ return true;
    case 0xE000E010u: /* SYST_CSR: reading clears COUNTFLAG, which is pure only while it is 0 */
        return !cpu->t.systick_countflag;
    default: return false;
    }
}

static enum cpu_access core_read(struct cpu *cpu, uint32_t address, unsigned size, uint32_t *value)
{
    cpu->t.cost += cpu->config.cost.ram_access_x100; /* inside the core: no bus to cross [INF] */
    time_flush(cpu);
    if (!jump_may_look(cpu)) {
        return CPU_ACCESS_OK;
    }
    systick_sync(cpu);
    bool pure = is_time_source(cpu, address);
    if (!pure && !jump_impure_access(cpu)) {
        return CPU_ACCESS_OK;
    }
    enum cpu_access access = private_read(cpu, address, size, false, value);
    if (pure) {
        jump_pure_read(cpu, address, value);
    }
    return access;
}

enum cpu_access device_read(struct cpu *cpu, uint32_t address, unsigned size, uint32_t *value)
{
    if (is_private_peripheral(address)) {
        return core_read(cpu, address, size, value);
    }
    bool pure = cpu->bus.is_pure(cpu->bus.context, address);
    if (!pure && !jump_impure_access(cpu)) {
        return CPU_ACCESS_OK;
    }
    bool window = cpu->bus.is_window(cpu->bus.context, address);
    cpu->t.cost +=
        window ? cpu->config.cost.window_access_x100 : cpu->config.cost.register_access_x100;
    if (window) {
        cpu->t.stats.window_reads++;
    } else {
        cpu->t.stats.register_reads++;
    }
    time_flush(cpu);
    if (!jump_may_look(cpu)) {
        return CPU_ACCESS_OK;
    }
    uint64_t before = cpu->clock->now_ps;
    enum cpu_access access = cpu->bus.read(cpu->bus.context, address, size, value);
    if (cpu->clock->now_ps != before) {
        time_absorb(cpu, before);
        jump_impure_access(cpu);
    } else if (pure && access == CPU_ACCESS_OK) {
        jump_pure_read(cpu, address, value);
    }
    return access;
}

enum cpu_access device_write(struct cpu *cpu, uint32_t address, unsigned size, uint32_t value)
{
    if (!jump_impure_access(cpu)) {
        return CPU_ACCESS_OK;
    }
    if (is_private_peripheral(address)) {
        cpu->t.cost += cpu->config.cost.ram_access_x100;
        return private_write(cpu, address, size, false, value);
    }
    bool window = cpu->bus.is_window(cpu->bus.context, address);
    cpu->t.cost +=
        window ? cpu->config.cost.window_access_x100 : cpu->config.cost.register_access_x100;
    if (!window) {
        cpu->t.stats.register_writes++;
    }
    time_flush(cpu);
    uint64_t before = cpu->clock->now_ps;
    enum cpu_access access = cpu->bus.write(cpu->bus.context, address, size, value);
    time_absorb(cpu, before);
    time_new_frequency(cpu);
    time_rearm(cpu);
    return access;
}

uint64_t hook_mmio_read(uc_engine *uc, uint64_t offset, unsigned size, void *context)
{
    (void)uc;
    const struct cpu *cpu = context;
    if (size == 4 && ((offset ^ cpu->read_address) & 4u) != 0) {
        return cpu->read_value >> 32; /* upper half of an 8-byte load */
    }
    return cpu->read_value;
}

/* The write was done, or refused, before the emulator got here. */
void hook_mmio_write(uc_engine *uc, uint64_t offset, unsigned size, uint64_t value, void *context)
{
    (void)uc;
    (void)offset;
    (void)size;
    (void)value;
    (void)context;
}
