/* SPDX-License-Identifier: MIT */
/* The core's accesses to RAM, past the caches if the model has them. */
#include "sim/cpu/core.h"

#include <string.h>

bool ram_load(struct cpu *cpu, struct ram_region *r, uint32_t address, unsigned size)
{
    if (cpu->cache == NULL || !lines_matter(cpu)) {
        return true;
    }
    uint8_t bytes[8];
    if (!jump_impure_access(cpu)) { /* a line may be filled or evicted, which no trial undoes */
        return false;
    }
    lines_load(cpu, address, bytes, size);
    lines_lend(cpu, r->bytes + (address - r->base), bytes, size);
    return true;
}

bool ram_store(struct cpu *cpu, struct ram_region *r, uint32_t address, unsigned size,
               uint64_t value)
{
    uint8_t bytes[8];
    memcpy(bytes, &value, sizeof bytes);
    if (cpu->cache != NULL && lines_matter(cpu)) {
        if (!jump_impure_access(cpu)) {
            return false;
        }
        lines_store(cpu, address, bytes, size);
        return true;
    }
    if (jump_in_trial(cpu) && !jump_ram_write(cpu, address, bytes, size)) {
        return false;
    }
    uint32_t offset = address - r->base;
    memcpy(r->bytes + offset, bytes, size);
    if (r->code[offset / RAM_GRANULE] != 0 || r->code[(offset + size - 1) / RAM_GRANULE] != 0) {
        ram_forget_code(cpu, r, offset, size);
    }
    return true;
}

void ram_tell_watcher(struct cpu *cpu, uint32_t address, unsigned size, uint64_t value)
{
    if (cpu->watch == NULL || jump_in_trial(cpu)) {
        return;
    }
    if (size > 4) {
        cpu->watch(cpu->watch_context, address, 4, (uint32_t)value);
        cpu->watch(cpu->watch_context, address + 4, 4, (uint32_t)(value >> 32));
        return;
    }
    uint32_t mask = size == 4 ? UINT32_MAX : (1u << (8 * size)) - 1u;
    cpu->watch(cpu->watch_context, address, size, (uint32_t)value & mask);
}

bool word_read(struct cpu *cpu, uint32_t address, uint32_t *value)
{
    const struct ram_region *r = ram_at(cpu, address, 4);
    cpu->t.cost += cpu->config.cost.ram_access_x100;
    if (!security_allows(cpu, address)) {
        return false;
    }
    if (r == NULL) {
        return device_read(cpu, address, 4, value) == CPU_ACCESS_OK;
    }
    if (cpu->cache != NULL && lines_matter(cpu)) {
        uint8_t bytes[4];
        lines_load(cpu, address, bytes, 4);
        memcpy(value, bytes, 4);
        return true;
    }
    memcpy(value, r->bytes + (address - r->base), 4);
    return true;
}

bool word_write(struct cpu *cpu, uint32_t address, uint32_t value)
{
    struct ram_region *r = ram_at(cpu, address, 4);
    cpu->t.cost += cpu->config.cost.ram_access_x100;
    if (!security_allows(cpu, address)) {
        return false;
    }
    if (r == NULL) {
        return device_write(cpu, address, 4, value) == CPU_ACCESS_OK;
    }
    ram_tell_watcher(cpu, address, 4, value);
    return ram_store(cpu, r, address, 4, value);
}
