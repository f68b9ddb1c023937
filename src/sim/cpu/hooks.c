/* SPDX-License-Identifier: MIT */
/*
 * What libunicorn calls: before each instruction, at each memory access, at each exception.
 *
 * RAM is mapped execute-only and everything else without any permission, so every data access
 * arrives as a "protection fault" that we may allow (return true) or refuse (return false); a
 * refused access ends the instruction with no register changed. Reads of RAM are done by the
 * emulator, writes by us, because a page without write permission discards them.
 */
#include "sim/cpu/core.h"

#include <stdio.h>
#include <string.h>

void stop_slice(struct cpu *cpu, enum event event)
{
    if (cpu->event == EVENT_NONE) {
        cpu->event = event;
    }
    uc_emu_stop(cpu->uc);
}

static bool refuse(struct cpu *cpu, int exception, uint32_t cfsr, uint32_t address)
{
    cpu->fault = (struct fault){exception, cfsr, address};
    stop_slice(cpu, EVENT_FAULT);
    return false;
}

static bool bus_fault(struct cpu *cpu, uint32_t address)
{
    if ((cpu->ccr & CCR_BFHFNMIGN) != 0 && priority_running(cpu) < 0) {
        cpu->cfsr |= CFSR_PRECISERR | CFSR_BFARVALID;
        cpu->bfar = address;
        cpu->read_value = 0;
        return true;
    }
    return refuse(cpu, EXC_BUSFAULT, CFSR_PRECISERR | CFSR_BFARVALID, address);
}

/* An access that the emulator takes apart reaches us whole first, then in parts. */
static bool is_part(const struct cpu *cpu, uint32_t address)
{
    return cpu->split_at == cpu->t.stats.instructions && address >= cpu->split_low &&
           address <= cpu->split_high;
}

static void note_split(struct cpu *cpu, uint32_t address, unsigned size)
{
    cpu->split_at = cpu->t.stats.instructions;
    cpu->split_low = address & ~3u;
    cpu->split_high = address + size - 1;
}

static bool unaligned_is_refused(struct cpu *cpu, uint32_t address)
{
    uint32_t pc = reg_get(cpu, UC_ARM_REG_PC);
    return (cpu->ccr & CCR_UNALIGN_TRP) != 0 || memory_is_device(cpu, address) ||
           must_be_aligned(cpu, pc);
}

static bool ram_access(struct cpu *cpu, struct ram_region *r, bool write, uint32_t address,
                       unsigned size, uint64_t value)
{
    bool part = is_part(cpu, address);
    if (!part) {
        cpu->t.cost += cpu->config.cost.ram_access_x100;
        if ((address & (size - 1)) != 0 && (size < 8 || (address & 3) != 0)) {
            if (unaligned_is_refused(cpu, address)) {
                return refuse(cpu, EXC_USAGEFAULT, CFSR_UNALIGNED, 0);
            }
            note_split(cpu, address, size);
        }
    }
    if (mpu_is_on(cpu) &&
        !mpu_allows(cpu, address, size, write ? MPU_WRITE : MPU_READ, is_privileged(cpu))) {
        return refuse(cpu, EXC_MEMMANAGE, CFSR_DACCVIOL | CFSR_MMARVALID, address);
    }
    if (!part && (cpu->probe != NULL || cpu->watch != NULL)) {
        probe_ram(cpu, write, address, size, value);
    }
    return write ? ram_store(cpu, r, address, size, value) : ram_load(cpu, r, address, size);
}

/* One aligned access of at most 4 bytes. */
static bool device_access(struct cpu *cpu, bool write, uint32_t address, unsigned size,
                          uint32_t *value)
{
    bool privileged = is_privileged(cpu);
    if (mpu_is_on(cpu) &&
        !mpu_allows(cpu, address, size, write ? MPU_WRITE : MPU_READ, privileged)) {
        return refuse(cpu, EXC_MEMMANAGE, CFSR_DACCVIOL | CFSR_MMARVALID, address);
    }
    if (is_private_peripheral(address) && !privileged) {
        return bus_fault(cpu, address);
    }
    enum cpu_access access;
    if (cpu->cache == NULL || !lines_window(cpu, write, address, size, value, &access)) {
        access = write ? device_write(cpu, address, size, *value)
                       : device_read(cpu, address, size, value);
    }
    switch (access) {
    case CPU_ACCESS_OK:
        if (cpu->probe != NULL && !write && !jump_in_trial(cpu)) {
            cpu->probe->read(cpu->probe->context, address, *value);
        }
        return cpu->event != EVENT_TRIAL_END;
    case CPU_ACCESS_STALL:
        cpu->fault.address = address;
        stop_slice(cpu, EVENT_STALL);
        return false;
    case CPU_ACCESS_FAULT: break;
    }
    return bus_fault(cpu, address);
}

static bool off_ram(struct cpu *cpu, bool write, uint32_t address, unsigned size, uint64_t value)
{
    if (cpu->event != EVENT_NONE && cpu->event != EVENT_LIMIT) {
        return false;
    }
    if ((address & (size - 1)) != 0 && (size < 8 || (address & 3) != 0)) {
        if (unaligned_is_refused(cpu, address)) {
            return refuse(cpu, EXC_USAGEFAULT, CFSR_UNALIGNED, 0);
        }
        return true; /* Normal memory: the aligned parts follow */
    }
    cpu->read_address = address;
    uint32_t word = (uint32_t)value;
    if (!device_access(cpu, write, address, size > 4 ? 4 : size, &word)) {
        return false;
    }
    cpu->read_value = word;
    if (size > 4) {
        word = (uint32_t)(value >> 32);
        if (!device_access(cpu, write, address + 4, 4, &word)) {
            return false;
        }
        cpu->read_value |= (uint64_t)word << 32;
    }
    return true;
}

/* Fetching from where no RAM is: execute-never by the default memory map, or a bus matter. */
static bool fetch(struct cpu *cpu, uint32_t address)
{
    if (memory_is_execute_never(address)) {
        return refuse(cpu, EXC_MEMMANAGE, CFSR_IACCVIOL, 0);
    }
    uint32_t ignored;
    if (cpu->bus.read(cpu->bus.context, address & ~3u, 4, &ignored) == CPU_ACCESS_OK) {
        snprintf(cpu->text, sizeof cpu->text,
                 "not modelled: execution from 0x%08X, which is not RAM", address);
        stop_slice(cpu, EVENT_UNSUPPORTED);
        return false;
    }
    return refuse(cpu, EXC_BUSFAULT, CFSR_IBUSERR, 0);
}

static bool on_memory(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value,
                      void *context)
{
    (void)uc;
    struct cpu *cpu = context;
    if (cpu->in_snippet) {
        return true;
    }
    if (cpu->rewind) {
        return false;
    }
    if (cpu->cache != NULL) {
        lines_repay(cpu);
    }
    uint32_t at = (uint32_t)address;
    if (!security_allows(cpu, at)) {
        return false;
    }
    bool write = type == UC_MEM_WRITE_PROT || type == UC_MEM_WRITE_UNMAPPED;
    if (type == UC_MEM_FETCH_PROT || type == UC_MEM_FETCH_UNMAPPED) {
        return fetch(cpu, at);
    }
    struct ram_region *r = ram_at(cpu, at, (unsigned)size);
    if (r == NULL && ram_at(cpu, at, 1) != NULL) {
        r = ram_at(cpu, at, 1); /* leaves the region half way: the parts follow */
        if (unaligned_is_refused(cpu, at)) {
            return refuse(cpu, EXC_USAGEFAULT, CFSR_UNALIGNED, 0);
        }
        return true;
    }
    if (r != NULL) {
        return ram_access(cpu, r, write, at, (unsigned)size, (uint64_t)value);
    }
    return off_ram(cpu, write, at, (unsigned)size, (uint64_t)value);
}

/* Its presence is all that counts: without it the emulator would read RAM past on_memory(). */
static void on_any_read(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value,
                        void *context)
{
    (void)uc;
    (void)type;
    (void)address;
    (void)size;
    (void)value;
    (void)context;
}

static bool has_breakpoint(const struct cpu *cpu, uint32_t address, uint32_t mask)
{
    for (unsigned i = 0; i < cpu->breakpoint_count; i++) {
        if ((cpu->breakpoint[i] & mask) == (address & mask)) {
            return true;
        }
    }
    return false;
}

/* Makes `address`'s page the current one. */
static bool enter_page(struct cpu *cpu, uint32_t address)
{
    if (!security_allows(cpu, address)) {
        return false;
    }
    struct ram_region *r = ram_at(cpu, address, 2);
    if (r == NULL || memory_is_execute_never(address)) {
        return fetch(cpu, address);
    }
    uint32_t granule = (address - r->base) / RAM_GRANULE;
    r->code[granule] = 1;
    if (address % RAM_GRANULE == RAM_GRANULE - 2 && (granule + 1) * RAM_GRANULE < r->size) {
        r->code[granule + 1] = 1; /* a 32-bit instruction reaches over */
    }
    cpu->code_bytes = r->bytes + (size_t)granule * RAM_GRANULE;
    bool fast = !cpu->trace && !has_breakpoint(cpu, address, ~(RAM_GRANULE - 1)) &&
                (!mpu_is_on(cpu) || mpu_allows_page(cpu, address, is_privileged(cpu)));
    cpu->code_page = fast ? address / RAM_GRANULE : NO_PAGE;
    return true;
}

static bool may_execute(struct cpu *cpu, uint32_t address, uint32_t size)
{
    if (!mpu_is_on(cpu)) {
        return true;
    }
    uint32_t last = address + size - 1;
    bool privileged = is_privileged(cpu);
    if (!mpu_allows(cpu, address, 2, MPU_EXECUTE, privileged) ||
        (last / 32 != address / 32 && !mpu_allows(cpu, last - 1, 2, MPU_EXECUTE, privileged))) {
        return refuse(cpu, EXC_MEMMANAGE, CFSR_IACCVIOL, 0);
    }
    return true;
}

/* The limit is reached: what is it that wants attention? */
static bool on_limit(struct cpu *cpu)
{
    time_flush(cpu);
    if (jump_may_look(cpu)) {
        systick_sync(cpu);
        exception_review(cpu);
        stop_slice(cpu, EVENT_LIMIT);
    }
    return false;
}

static bool on_traced(struct cpu *cpu, uint32_t address)
{
    bool first = cpu->t.stats.instructions == cpu->slice_start;
    if (cpu->step && !first) {
        stop_slice(cpu, EVENT_STEP);
        return false;
    }
    if (cpu->irq_waiting && !first && writes_masks(cpu, cpu->ring[(cpu->ring_next - 1) % RING])) {
        exception_review(cpu);
        if (cpu->attention) {
            stop_slice(cpu, EVENT_LIMIT);
            return false;
        }
    }
    if (!jump_at(cpu, address)) {
        return false;
    }
    if ((cpu->ccr & CCR_DIV_0_TRP) != 0 && divides_by_zero(cpu, address)) {
        return refuse(cpu, EXC_USAGEFAULT, CFSR_DIVBYZERO, 0);
    }
    return true;
}

/* Everything that is not simply the next instruction of a page known to be harmless. */
static bool slow_path(struct cpu *cpu, uint32_t address, uint32_t size)
{
    if (cpu->cache != NULL) {
        lines_repay(cpu);
    }
    if (cpu->event != EVENT_NONE || !enter_page(cpu, address)) {
        return false;
    }
    if (cpu->t.cost >= cpu->limit && !on_limit(cpu)) {
        return false;
    }
    if (cpu->breakpoint_count != 0 && has_breakpoint(cpu, address, UINT32_MAX)) {
        bool first = cpu->t.stats.instructions == cpu->slice_start;
        if (!(first && cpu->skip_break) && !jump_in_trial(cpu)) {
            stop_slice(cpu, EVENT_BREAKPOINT);
            return false;
        }
    }
    cpu->skip_break = false;
    return (!cpu->trace || on_traced(cpu, address)) && may_execute(cpu, address, size);
}

/* Coprocessors 8, 14, 15 and, with half precision, 9: the vector unit's on Armv8.1-M only. */
static bool is_vector(const struct cpu *cpu, unsigned number)
{
    return cpu->config.model == CPU_M55 &&
           (number == 8 || number == 9 || number == 14 || number == 15);
}

static bool refuse_vector(struct cpu *cpu, uint32_t address, unsigned number)
{
    snprintf(cpu->text, sizeof cpu->text, "not modelled: %s instruction at 0x%08X",
             number == 9 ? "half-precision floating-point" : "MVE", address);
    stop_slice(cpu, EVENT_UNSUPPORTED);
    return false;
}

/* Floating point, coprocessors, and what the emulator would take for something else. */
static bool special_allowed(struct cpu *cpu, uint32_t address)
{
    uint16_t first, second;
    if (!code_halfword(cpu, address, &first) || !code_halfword(cpu, address + 2, &second)) {
        return true;
    }
    if (cpu->non_secure && is_test_target(first, second)) {
        stop_slice(cpu, EVENT_INVALID);
        return false;
    }
    if (!is_fp_or_coprocessor(first)) {
        return !is_vector_shift(first, second) || refuse_vector(cpu, address, 8);
    }
    unsigned number = coprocessor_number(first, second);
    bool vector = is_vector(cpu, number);
    bool present = vector || ((number == 10 || number == 11) && model_has_fpu(cpu));
    uint32_t access = (cpu->cpacr >> 20) & 3u; /* CP10; CP11 must be the same */
    if (present && (access == 3 || (access == 1 && is_privileged(cpu)))) {
        return !vector || refuse_vector(cpu, address, number);
    }
    return refuse(cpu, EXC_USAGEFAULT, CFSR_NOCP, 0);
}

/*
 * Stops before the instruction at `pc`. The emulator obeys only outside an IT block, so inside one
 * the registers are put by, the rest of the block is let run without touching memory, and
 * run_slice() puts them back.
 */
static void halt_before(struct cpu *cpu, uint32_t pc)
{
    if (cpu->rewind) {
        return;
    }
    uint32_t it = it_state(cpu, pc);
    if (it != 0) {
        uc_context_save(cpu->uc, cpu->rewind_context);
        cpu->rewind = true;
        cpu->rewind_pc = pc;
        cpu->rewind_it = it;
        cpu->limit = 0;
    }
}

static bool may_go_on(struct cpu *cpu, uint32_t pc, uint32_t size)
{
    if ((pc / RAM_GRANULE != cpu->code_page || cpu->t.cost >= cpu->limit) &&
        !slow_path(cpu, pc, size)) {
        return false;
    }
    if (size != 4) {
        return true;
    }
    uint16_t first;
    memcpy(&first, cpu->code_bytes + pc % RAM_GRANULE, 2);
    if ((first & 0xFFE0u) == 0xF380u) {
        cpu->code_page = NO_PAGE; /* MSR may change the privilege: look at the next one anew */
    }
    bool special = is_fp_or_coprocessor(first) || (first & cpu->special_mask) == 0xEA50u ||
                   (cpu->non_secure && (first & 0xFFF0u) == 0xE840u);
    return !special || special_allowed(cpu, pc);
}

static void on_code(uc_engine *uc, uint64_t address, uint32_t size, void *context)
{
    (void)uc;
    struct cpu *cpu = context;
    if (cpu->in_snippet) {
        return;
    }
    uint32_t pc = (uint32_t)address;
    if (!may_go_on(cpu, pc, size)) {
        halt_before(cpu, pc);
        return;
    }
    cpu->t.stats.instructions++;
    cpu->t.cost += cpu->fetch_cost;
    cpu->ring[cpu->ring_next++ % RING] = pc;
    if (cpu->probe != NULL && !jump_in_trial(cpu)) {
        cpu->probe->step(cpu->probe->context, pc);
    }
    if (cpu->stepped != NULL && !jump_in_trial(cpu)) {
        cpu->stepped(cpu->stepped_context, pc);
    }
}

/* In the place of on_code(), when coverage is asked for. */
static void on_covered_code(uc_engine *uc, uint64_t address, uint32_t size, void *context)
{
    struct cpu *cpu = context;
    uint64_t before = cpu->t.stats.instructions;
    on_code(uc, address, size, context);
    if (cpu->t.stats.instructions != before && !jump_in_trial(cpu)) {
        coverage_note(cpu, (uint32_t)address);
    }
}

static void on_interrupt(uc_engine *uc, uint32_t number, void *context)
{
    (void)uc;
    struct cpu *cpu = context;
    cpu->intr = number;
    stop_slice(cpu, EVENT_INTR);
}

static bool on_invalid(uc_engine *uc, void *context)
{
    (void)uc;
    stop_slice(context, EVENT_INVALID);
    return false;
}

static bool add(struct cpu *cpu, int type, void *callback)
{
    uc_hook hook;
    return uc_hook_add(cpu->uc, &hook, type, callback, cpu, (uint64_t)1, (uint64_t)0) == UC_ERR_OK;
}

bool hooks_add(struct cpu *cpu)
{
    /* The API takes any call-back as a data pointer, as POSIX's dlsym() gives one. */
    union {
        uc_cb_hookcode_t code;
        uc_cb_eventmem_t memory;
        uc_cb_hookmem_t read;
        uc_cb_hookintr_t interrupt;
        uc_cb_hookinsn_invalid_t invalid;
        void *pointer;
    } u;
    u.code = cpu->coverage != NULL ? on_covered_code : on_code;
    bool ok = add(cpu, UC_HOOK_CODE, u.pointer);
    u.memory = on_memory;
    ok = ok && add(cpu, UC_HOOK_MEM_PROT | UC_HOOK_MEM_UNMAPPED, u.pointer);
    u.read = on_any_read;
    ok = ok && add(cpu, UC_HOOK_MEM_READ, u.pointer);
    u.interrupt = on_interrupt;
    ok = ok && add(cpu, UC_HOOK_INTR, u.pointer);
    u.invalid = on_invalid;
    return ok && add(cpu, UC_HOOK_INSN_INVALID, u.pointer);
}
