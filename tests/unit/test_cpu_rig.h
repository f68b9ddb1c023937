/* SPDX-License-Identifier: MIT */
/* A core with 256 KiB of RAM at 0x20000000 and a small device behind the bus, for its tests. */
#ifndef TEST_CPU_RIG_H
#define TEST_CPU_RIG_H

#include "sim/cpu/cpu.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RIG_RAM     0x20000000u
#define RIG_ALIAS   0x30000000u /* the same bytes */
#define RIG_SIZE    0x40000u
#define RIG_CODE    (RIG_RAM + 0x1000u)
#define RIG_HANDLER (RIG_RAM + 0x2000u) /* handler of exception n: + 0x40 * n */
#define RIG_VECTORS (RIG_RAM + 0x0800u)
#define RIG_STACK   (RIG_RAM + 0x10000u)
#define RIG_DATA    (RIG_RAM + 0x20000u)

#define RIG_STATUS  0x58000000u /* pure: bit 0 is set from `ready_ps` on */
#define RIG_POP     0x58000004u /* reading counts: not pure */
#define RIG_STORE   0x58000008u /* plain storage */
#define RIG_BROKEN  0x5802A000u /* bus error */
#define RIG_STUCK   0x5802B000u /* never answers */
#define RIG_WINDOW  0x70000000u /* 1 us of bus time a read */

struct rig {
    struct cpu *cpu;
    struct sim_clock clock;
    uint8_t *ram;
    uint64_t ready_ps;
    uint32_t pops, store;
    uint64_t window_reads;
};

static inline enum cpu_access rig_read(void *context, uint32_t address, unsigned size,
                                       uint32_t *value)
{
    struct rig *rig = context;
    (void)size;
    switch (address) {
    case RIG_STATUS: *value = rig->clock.now_ps >= rig->ready_ps ? 1 : 0; return CPU_ACCESS_OK;
    case RIG_POP: *value = ++rig->pops; return CPU_ACCESS_OK;
    case RIG_STORE: *value = rig->store; return CPU_ACCESS_OK;
    case RIG_STUCK: return CPU_ACCESS_STALL;
    default: break;
    }
    if (address >= RIG_WINDOW && address < RIG_WINDOW + 0x1000u) {
        rig->clock.now_ps += PS_PER_US;
        rig->window_reads++;
        *value = address;
        return CPU_ACCESS_OK;
    }
    return CPU_ACCESS_FAULT;
}

static inline enum cpu_access rig_write(void *context, uint32_t address, unsigned size,
                                        uint32_t value)
{
    struct rig *rig = context;
    (void)size;
    if (address == RIG_STORE) {
        rig->store = value;
        return CPU_ACCESS_OK;
    }
    return address == RIG_STUCK ? CPU_ACCESS_STALL : CPU_ACCESS_FAULT;
}

static inline bool rig_is_window(void *context, uint32_t address)
{
    (void)context;
    return address >= RIG_WINDOW && address < RIG_WINDOW + 0x1000u;
}

static inline bool rig_is_pure(void *context, uint32_t address)
{
    (void)context;
    return address == RIG_STATUS;
}

static inline uint64_t rig_next_event(void *context)
{
    struct rig *rig = context;
    return rig->ready_ps > rig->clock.now_ps ? rig->ready_ps : PS_NEVER;
}

static inline uint32_t rig_hz(void *context)
{
    (void)context;
    return 64000000;
}

static inline void rig_put32(struct rig *rig, uint32_t address, uint32_t value)
{
    assert_true(cpu_debug_write(rig->cpu, address, &value, sizeof value));
}

static inline uint32_t rig_get32(struct rig *rig, uint32_t address)
{
    uint32_t value = 0;
    assert_true(cpu_debug_read(rig->cpu, address, &value, sizeof value));
    return value;
}

static inline void rig_code(struct rig *rig, uint32_t address, const uint16_t *code, size_t size)
{
    assert_true(cpu_debug_write(rig->cpu, address, code, size));
}
#define RIG_CODE_AT(rig, address, ...)                                                             \
    rig_code(rig, address, (const uint16_t[]){__VA_ARGS__}, sizeof((const uint16_t[]){__VA_ARGS__}))

enum rig_caches {
    RIG_NO_CACHES,
    RIG_COHERENT, /* for the debugger */
    RIG_INCOHERENT
};

/* Ready to run from RIG_CODE: as a debugger leaves the core, every handler a BKPT. */
static inline void rig_open_cached(struct rig *rig, enum cpu_model model, bool no_jump,
                                   enum rig_caches caches)
{
    memset(rig, 0, sizeof *rig);
    struct cpu_bus bus = {rig,         rig_read,       rig_write, rig_is_window,
                          rig_is_pure, rig_next_event, rig_hz};
    struct cpu_config config = {
        .model = model,
        .cost = {64000000, 200, 100, 50, 1000, 2000},
        .no_jump = no_jump,
        .caches = caches != RIG_NO_CACHES,
        .debug_incoherent = caches == RIG_INCOHERENT,
        .cache_seed = 5,
    };
    struct error error = {0};
    rig->cpu = cpu_create(&config, &bus, &rig->clock, &error);
    assert_non_null(rig->cpu);
    rig->ram = aligned_alloc(4096, RIG_SIZE);
    assert_non_null(rig->ram);
    memset(rig->ram, 0, RIG_SIZE);
    assert_true(cpu_map_ram(rig->cpu, RIG_RAM, RIG_SIZE, rig->ram, &error));
    assert_true(cpu_map_ram(rig->cpu, RIG_ALIAS, RIG_SIZE, rig->ram, &error));
    for (uint32_t i = 1; i < 32; i++) {
        rig_put32(rig, RIG_VECTORS + 4 * i, (RIG_HANDLER + 0x40 * i) | 1u);
        RIG_CODE_AT(rig, RIG_HANDLER + 0x40 * i, 0xBE00);
    }
    rig_put32(rig, 0xE000ED08u, RIG_VECTORS);
    cpu_set(rig->cpu, CPU_MSPLIM, 0);
    cpu_set(rig->cpu, CPU_PSPLIM, 0);
    cpu_set(rig->cpu, CPU_MSP, RIG_STACK);
    cpu_set(rig->cpu, CPU_PSP, RIG_STACK - 0x1000u);
    cpu_set(rig->cpu, CPU_XPSR, 0x01000000u);
    cpu_set(rig->cpu, CPU_PC, RIG_CODE);
}

static inline void rig_open(struct rig *rig, enum cpu_model model, bool no_jump)
{
    rig_open_cached(rig, model, no_jump, RIG_NO_CACHES);
}

static inline void rig_close(struct rig *rig)
{
    cpu_destroy(rig->cpu);
    free(rig->ram);
}

static inline enum cpu_stop rig_run(struct rig *rig)
{
    return cpu_run(rig->cpu, rig->clock.now_ps + 10 * PS_PER_SECOND);
}

#define REG(rig, name) cpu_get((rig)->cpu, CPU_##name)

#endif
