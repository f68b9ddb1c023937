/* SPDX-License-Identifier: MIT */
/* Making, mapping and resetting a core. */
#include "sim/cpu/core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The emulator stops at M33; an M55 differs by its CPUID and by insn81.c. */
static int emulator_model(enum cpu_model model)
{
    switch (model) {
    case CPU_M3: return UC_CPU_ARM_CORTEX_M3;
    case CPU_M4: return UC_CPU_ARM_CORTEX_M4;
    case CPU_M7: return UC_CPU_ARM_CORTEX_M7;
    case CPU_M33:
    case CPU_M55: return UC_CPU_ARM_CORTEX_M33;
    }
    return UC_CPU_ARM_CORTEX_M33;
}

bool model_is_v8m(const struct cpu *cpu)
{
    return cpu->config.model == CPU_M33 || cpu->config.model == CPU_M55;
}

bool model_has_cache(const struct cpu *cpu)
{
    return cpu->config.model == CPU_M7 || cpu->config.model == CPU_M55;
}

bool model_has_fpu(const struct cpu *cpu)
{
    return cpu->config.model != CPU_M3;
}

static bool fail(struct error *error, const char *what, uc_err err)
{
    return error_set(error, ERROR_SIMULATOR, NULL, 0, 0, "CPU emulator: %s: %s", what,
                     uc_strerror(err));
}

static bool open_engine(struct cpu *cpu, struct error *error)
{
    uc_err err = uc_open(UC_ARCH_ARM, (uc_mode)(UC_MODE_THUMB | UC_MODE_MCLASS), &cpu->uc);
    if (err != UC_ERR_OK) {
        cpu->uc = NULL;
        return fail(error, "open", err);
    }
    err = uc_ctl_set_cpu_model(cpu->uc, emulator_model(cpu->config.model));
    if (err != UC_ERR_OK) {
        return fail(error, "CPU model", err);
    }
    void *page =
        mmap(NULL, RAM_GRANULE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "scratch page of the CPU");
    }
    cpu->scratch = page;
    err = uc_mem_map_ptr(cpu->uc, SCRATCH, RAM_GRANULE, UC_PROT_EXEC, cpu->scratch);
    if (err != UC_ERR_OK) {
        return fail(error, "scratch page", err);
    }
    err = uc_context_alloc(cpu->uc, &cpu->rewind_context);
    if (err != UC_ERR_OK) {
        cpu->rewind_context = NULL;
        return fail(error, "context", err);
    }
    if (!hooks_add(cpu)) {
        return fail(error, "hooks", UC_ERR_HOOK);
    }
    return true;
}

struct cpu *cpu_create(const struct cpu_config *config, const struct cpu_bus *bus,
                       struct sim_clock *clock, struct error *error)
{
    struct cpu *cpu = calloc(1, sizeof *cpu);
    if (cpu == NULL) {
        error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "CPU");
        return NULL;
    }
    cpu->config = *config;
    cpu->bus = *bus;
    cpu->clock = clock;
    cpu->vtor_alignment = 128;
    cpu->special_mask = config->model == CPU_M55 ? 0xFFF0u : 0;
    cpu->jump = jump_create();
    if (cpu->jump == NULL) {
        error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "CPU");
        cpu_destroy(cpu);
        return NULL;
    }
    if (config->caches && model_has_cache(cpu) && !lines_create(cpu)) {
        error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "caches of the CPU");
        cpu_destroy(cpu);
        return NULL;
    }
    if (!coverage_create(cpu, error) || !open_engine(cpu, error)) {
        cpu_destroy(cpu);
        return NULL;
    }
    cpu_reset(cpu);
    return cpu;
}

void cpu_destroy(struct cpu *cpu)
{
    if (cpu == NULL) {
        return;
    }
    jump_destroy(cpu->jump);
    free(cpu->cache);
    coverage_destroy(cpu);
    if (cpu->rewind_context != NULL) {
        uc_context_free(cpu->rewind_context);
    }
    if (cpu->uc != NULL) {
        uc_close(cpu->uc);
    }
    if (cpu->scratch != NULL) {
        munmap(cpu->scratch, RAM_GRANULE);
    }
    for (unsigned i = 0; i < cpu->ram_count; i++) {
        if (cpu->ram[i].owns_code) {
            free(cpu->ram[i].code);
        }
    }
    free(cpu);
}

struct ram_region *ram_at(struct cpu *cpu, uint32_t address, unsigned size)
{
    struct ram_region *last = &cpu->ram[cpu->ram_last];
    if (address - last->base < last->size && size <= last->size - (address - last->base)) {
        return last;
    }
    for (unsigned i = 0; i < cpu->ram_count; i++) {
        struct ram_region *r = &cpu->ram[i];
        if (address - r->base < r->size && size <= r->size - (address - r->base)) {
            cpu->ram_last = i;
            return r;
        }
    }
    return NULL;
}

/* libunicorn 2.0.1 crashes when its room for translations is used up, which was seen after 5.8 million
 * instructions. */
#define RETRANSLATED_MAX 5000000u

/* What ran since the last time is what had to be translated, up to a granule of it. */
static void count_retranslation(struct cpu *cpu)
{
    uint64_t ran = cpu->t.stats.instructions - cpu->forgotten_at;
    cpu->retranslated += ran < RAM_GRANULE / 2 ? ran : RAM_GRANULE / 2;
    cpu->forgotten_at = cpu->t.stats.instructions;
    if (cpu->retranslated > RETRANSLATED_MAX) {
        snprintf(cpu->text, sizeof cpu->text,
                 "not modelled: code that is written to, or beside, so often that %u instructions "
                 "were translated anew, at 0x%08X",
                 RETRANSLATED_MAX, reg_get(cpu, UC_ARM_REG_PC));
        stop_slice(cpu, EVENT_UNSUPPORTED);
    }
}

/* Bytes of a region have changed: translations made from them, at any of their addresses, go. */
void ram_forget_code(struct cpu *cpu, const struct ram_region *written, uint32_t offset,
                     unsigned size)
{
    for (uint32_t g = offset / RAM_GRANULE; g <= (offset + size - 1) / RAM_GRANULE; g++) {
        if (written->code[g] == 0) {
            continue;
        }
        written->code[g] = 0;
        cpu->code_page = NO_PAGE;
        count_retranslation(cpu);
        for (unsigned i = 0; i < cpu->ram_count; i++) {
            if (cpu->ram[i].code == written->code) {
                uint64_t start = cpu->ram[i].base + (uint64_t)g * RAM_GRANULE;
                uc_ctl_remove_cache(cpu->uc, start, start + RAM_GRANULE);
            }
        }
    }
}

static void unmap_rest(struct cpu *cpu)
{
    for (unsigned i = 0; i < cpu->gap_count; i++) {
        uc_mem_unmap(cpu->uc, cpu->gap[i].base, cpu->gap[i].size);
    }
    cpu->gap_count = 0;
    cpu->mapped = false;
}

/* The lowest start of RAM or scratch page at or above `from`, and its end. */
static uint64_t next_taken(const struct cpu *cpu, uint64_t from, uint64_t *end)
{
    uint64_t best = UINT64_C(1) << 32;
    *end = best;
    if (SCRATCH >= from) {
        best = SCRATCH;
        *end = SCRATCH + (uint64_t)RAM_GRANULE;
    }
    for (unsigned i = 0; i < cpu->ram_count; i++) {
        if (cpu->ram[i].base >= from && cpu->ram[i].base < best) {
            best = cpu->ram[i].base;
            *end = best + cpu->ram[i].size;
        }
    }
    return best;
}

/* Everything that is not RAM is mapped with no permission at all, so that each access asks us. */
bool ram_map_rest(struct cpu *cpu, struct error *error)
{
    if (cpu->mapped) {
        return true;
    }
    uint64_t at = 0;
    while (at < UINT64_C(1) << 32) {
        uint64_t end;
        uint64_t taken = next_taken(cpu, at, &end);
        if (taken > at) {
            uc_err err =
                uc_mmio_map(cpu->uc, at, taken - at, hook_mmio_read, cpu, hook_mmio_write, cpu);
            if (err == UC_ERR_OK) {
                err = uc_mem_protect(cpu->uc, at, taken - at, UC_PROT_NONE);
            }
            if (err != UC_ERR_OK) {
                return fail(error, "map peripherals", err);
            }
            cpu->gap[cpu->gap_count].base = (uint32_t)at;
            cpu->gap[cpu->gap_count].size = taken - at;
            cpu->gap_count++;
        }
        at = end;
    }
    cpu->mapped = true;
    return true;
}

bool cpu_map_ram(struct cpu *cpu, uint32_t address, uint32_t size, uint8_t *bytes,
                 struct error *error)
{
    if (cpu->ram_count == RAM_REGIONS || size == 0 || address % RAM_GRANULE != 0 ||
        size % RAM_GRANULE != 0 || (uint64_t)address + size > UINT64_C(1) << 32) {
        return error_set(error, ERROR_SIMULATOR, NULL, 0, 0,
                         "cannot map RAM at 0x%08X, size 0x%X: not a multiple of 1 KiB, or more "
                         "than %d regions",
                         address, size, RAM_REGIONS);
    }
    unmap_rest(cpu);
    uc_err err = uc_mem_map_ptr(cpu->uc, address, size, UC_PROT_ALL, bytes);
    if (err == UC_ERR_OK) {
        /* No read or write permission: every access goes through hooks.c, which may refuse it. */
        err = uc_mem_protect(cpu->uc, address, size, UC_PROT_EXEC);
    }
    if (err != UC_ERR_OK) {
        return fail(error, "map RAM", err);
    }
    struct ram_region *r = &cpu->ram[cpu->ram_count];
    *r = (struct ram_region){.base = address, .size = size, .bytes = bytes};
    for (unsigned i = 0; i < cpu->ram_count; i++) {
        if (cpu->ram[i].bytes == bytes && cpu->ram[i].size == size) {
            r->code = cpu->ram[i].code;
        }
    }
    if (r->code == NULL) {
        r->owns_code = true;
        r->code = calloc(size / RAM_GRANULE, 1);
    }
    if (r->code == NULL) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "RAM of the CPU");
    }
    cpu->ram_count++;
    return true;
}

/* What hardware leaves unknown must not be relied upon: every register its own odd value. */
static void poison(struct cpu *cpu)
{
    uint32_t seed = 0x9E3779B9u;
    for (int i = 0; i <= 12; i++) {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        reg_set(cpu, UC_ARM_REG_R0 + i, seed);
    }
    reg_set(cpu, UC_ARM_REG_LR, 0xFFFFFFFFu);
}

/*
 * Development boot of the STM32N6, where public loaders and debug scripts report it: Secure
 * privileged, stack limits not zero, VTOR still in ROM (ST SVD: INITSVTORCR resets to 0x18000000),
 * PC in a ROM loop near 0x18003514. Where the ROM's stacks lie is not published. ST's shipped loaders
 * take the limits as found, and their tool writes them in no log, so they lie below the stack that
 * it gives: put into the RAM that the ROM uses, the start of AXISRAM2 [INF]. PRIMASK 0 is
 * the harsher choice [INF].
 */
static void reset_registers(struct cpu *cpu)
{
    bool v8m = model_is_v8m(cpu);
    reg_set(cpu, UC_ARM_REG_XPSR, XPSR_T);
    special_set(cpu, UC_ARM_REG_PRIMASK, 0);
    special_set(cpu, UC_ARM_REG_BASEPRI, 0);
    special_set(cpu, UC_ARM_REG_FAULTMASK, 0);
    control_set(cpu, 0);
    poison(cpu);
    if (v8m) {
        limit_set(cpu, false, 0);
        limit_set(cpu, true, 0);
    }
    special_set(cpu, UC_ARM_REG_MSP, v8m ? 0x34102000u : 0x20000400u);
    special_set(cpu, UC_ARM_REG_PSP, v8m ? 0x34101000u : 0x20000800u);
    if (v8m) {
        limit_set(cpu, false, 0x34101000u);
        limit_set(cpu, true, 0x34100800u);
    }
    pc_set(cpu, v8m ? 0x18003514u : 0u);
}

void cpu_reset(struct cpu *cpu)
{
    struct timeline fresh = {0};
    fresh.stats = cpu->t.stats;
    cpu->t = fresh;
    memset(cpu->pending, 0, sizeof cpu->pending);
    memset(cpu->active, 0, sizeof cpu->active);
    memset(cpu->enabled, 0, sizeof cpu->enabled);
    memset(cpu->priority, 0, sizeof cpu->priority);
    cpu->pending_count = cpu->active_count = cpu->external_enabled = 0;
    cpu->locked_up = cpu->catch_pending = cpu->event_register = cpu->skip_break = false;
    cpu->sleeping = cpu->waits_for_event = cpu->sleep_on_exit = false;
    cpu->attention = cpu->irq_waiting = cpu->trace = false;
    cpu->mask_interrupts = cpu->non_secure = false;
    cpu->halted = true;
    cpu->code_page = NO_PAGE;
    cpu->text[0] = '\0';
    scs_reset(cpu);
    lines_reset(cpu);
    systick_reset(cpu);
    dwt_reset(cpu);
    reset_registers(cpu);
    jump_forget(cpu);
    time_new_frequency(cpu);
}

const struct cpu_stats *cpu_stats(const struct cpu *cpu)
{
    return &cpu->t.stats;
}
