/* SPDX-License-Identifier: MIT */
/* Who wants to know what the core does: the watcher of writes and the instruments. */
#include "sim/cpu/core.h"

void cpu_watch_writes(struct cpu *cpu,
                      void (*hook)(void *context, uint32_t address, unsigned size, uint32_t value),
                      void *context)
{
    cpu->watch = hook;
    cpu->watch_context = context;
}

void cpu_watch_steps(struct cpu *cpu, void (*hook)(void *context, uint32_t pc), void *context)
{
    cpu->stepped = hook;
    cpu->stepped_context = context;
}

void cpu_set_probe(struct cpu *cpu, const struct cpu_probe *probe)
{
    cpu->probe = probe;
}

static void tell_watcher(const struct cpu *cpu, uint32_t address, unsigned size, uint64_t value)
{
    if (size > 4) {
        cpu->watch(cpu->watch_context, address, 4, (uint32_t)value);
        cpu->watch(cpu->watch_context, address + 4, 4, (uint32_t)(value >> 32));
        return;
    }
    uint32_t mask = size == 4 ? UINT32_MAX : (1u << (8 * size)) - 1u;
    cpu->watch(cpu->watch_context, address, size, (uint32_t)value & mask);
}

void probe_ram(const struct cpu *cpu, bool write, uint32_t address, unsigned size, uint64_t value)
{
    if (jump_in_trial(cpu)) {
        return;
    }
    if (cpu->probe != NULL) {
        cpu->probe->ram(cpu->probe->context, write, address, size);
    }
    if (write && cpu->watch != NULL) {
        tell_watcher(cpu, address, size, value);
    }
}

void probe_fault(const struct cpu *cpu, const struct fault *fault)
{
    if (cpu->probe != NULL && fault->exception != EXC_SVCALL) {
        cpu->probe->fault(cpu->probe->context, fault->exception, fault->cfsr, fault->address);
    }
}

void probe_interrupt(const struct cpu *cpu, int exception, uint32_t vector)
{
    if (cpu->probe != NULL && exception >= EXC_PENDSV) {
        cpu->probe->interrupt(cpu->probe->context, exception, vector);
    }
}
