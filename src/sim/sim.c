/* SPDX-License-Identifier: MIT */
/* Puts core, SoC and flash chip onto one clock. */
#include "sim/sim.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From NRST until a debugger has the core: the boot ROM's run [INF]. Longer than tPU of the flash
 * (300 us, FMF S25FL064L model). */
#define BOOT_ROM_PS (2 * PS_PER_MS)
#define POWER_UP_PS (5000 * PS_PER_US) /* longer than any tPU */
#define BOOT_BYTES  64

struct sim {
    struct sim_config config;
    struct sim_moments moments;
    struct sim_tracer tracer;
    unsigned instructions; /* since the last moment of a block */
    bool bus_error;        /* of the next register access */
    struct sim_clock clock;
    struct nor *nor;
    struct soc *soc;
    struct cpu_bus bus;
    struct cpu *cpu;
};

static enum cpu_access to_cpu(enum soc_access access)
{
    switch (access) {
    case SOC_OK: return CPU_ACCESS_OK;
    case SOC_STALL: return CPU_ACCESS_STALL;
    default: return CPU_ACCESS_FAULT;
    }
}

static void tell(struct sim *sim, enum sim_moment kind, uint32_t where, bool write)
{
    if (sim->moments.moment != NULL && !cpu_is_trying(sim->cpu)) {
        sim->moments.moment(sim->moments.context, kind, where, write);
    }
}

/* True if the access shall end in a bus error. */
static bool begin_access(struct sim *sim, uint32_t address, bool write)
{
    if (soc_is_window(sim->soc, address)) {
        return false;
    }
    tell(sim, SIM_MOMENT_REGISTER, address, write);
    bool error = sim->bus_error;
    sim->bus_error = false;
    return error;
}

static void tell_access(struct sim *sim, struct sim_access *access)
{
    if (sim->tracer.access == NULL || cpu_is_trying(sim->cpu) ||
        soc_is_window(sim->soc, access->address)) {
        return;
    }
    access->pc = cpu_get(sim->cpu, CPU_PC);
    sim->tracer.access(sim->tracer.context, access);
}

static enum cpu_access bus_read(void *context, uint32_t address, unsigned size, uint32_t *value)
{
    struct sim *sim = context;
    struct sim_access access = {
        .at_ps = sim->clock.now_ps, .address = address, .size = (uint8_t)size};
    *value = 0;
    access.end = begin_access(sim, address, false)
                     ? CPU_ACCESS_FAULT
                     : to_cpu(soc_read(sim->soc, address, size, value));
    access.value = *value;
    tell_access(sim, &access);
    return access.end;
}

static enum cpu_access bus_write(void *context, uint32_t address, unsigned size, uint32_t value)
{
    struct sim *sim = context;
    struct sim_access access = {.at_ps = sim->clock.now_ps,
                                .address = address,
                                .value = value,
                                .size = (uint8_t)size,
                                .write = true};
    access.end = begin_access(sim, address, true)
                     ? CPU_ACCESS_FAULT
                     : to_cpu(soc_write(sim->soc, address, size, value));
    tell_access(sim, &access);
    return access.end;
}

static bool bus_is_window(void *context, uint32_t address)
{
    const struct sim *sim = context;
    return soc_is_window(sim->soc, address);
}

static bool bus_is_pure(void *context, uint32_t address)
{
    const struct sim *sim = context;
    return soc_read_is_pure(sim->soc, address);
}

static uint64_t bus_next_event(void *context)
{
    struct sim *sim = context;
    return soc_next_event(sim->soc);
}

static uint32_t bus_cpu_hz(void *context)
{
    const struct sim *sim = context;
    return soc_cpu_hz(sim->soc);
}

static bool map_rams(struct sim *sim, struct error *error)
{
    const struct soc_ram *ram;
    for (unsigned i = 0; (ram = soc_ram(sim->soc, i)) != NULL; i++) {
        if (!cpu_map_ram(sim->cpu, ram->base_ns, ram->size, ram->bytes, error)) {
            return false;
        }
        if (ram->base_s != 0 && !cpu_map_ram(sim->cpu, ram->base_s, ram->size, ram->bytes, error)) {
            return false;
        }
    }
    return true;
}

static bool create_parts(struct sim *sim, struct error *error)
{
    if (sim->config.nor.part != NULL) {
        sim->nor = nor_create(&sim->config.nor, error);
        if (sim->nor == NULL) {
            return false;
        }
    }
    sim->soc = soc_create(&sim->config.soc, &sim->clock, sim->nor, error);
    if (sim->soc == NULL) {
        return false;
    }
    sim->bus = (struct cpu_bus){sim,         bus_read,       bus_write, bus_is_window,
                                bus_is_pure, bus_next_event, bus_cpu_hz};
    sim->cpu = cpu_create(&sim->config.cpu, &sim->bus, &sim->clock, error);
    return sim->cpu != NULL && map_rams(sim, error);
}

struct sim *sim_create(const struct sim_config *config, struct error *error)
{
    struct sim *sim = calloc(1, sizeof *sim);
    if (sim == NULL) {
        error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "simulated board");
        return NULL;
    }
    sim->config = *config;
    if (!create_parts(sim, error)) {
        sim_destroy(sim);
        return NULL;
    }
    sim_reset(sim);
    return sim;
}

void sim_destroy(struct sim *sim)
{
    if (sim == NULL) {
        return;
    }
    if (sim->cpu != NULL) {
        cpu_destroy(sim->cpu);
    }
    soc_destroy(sim->soc);
    if (sim->nor != NULL) {
        nor_destroy(sim->nor);
    }
    free(sim);
}

struct cpu *sim_cpu(struct sim *sim)
{
    return sim->cpu;
}

struct soc *sim_soc(struct sim *sim)
{
    return sim->soc;
}

struct nor *sim_nor(struct sim *sim)
{
    return sim->nor;
}

static void on_frame(void *context, uint8_t opcode)
{
    tell(context, SIM_MOMENT_FRAME, opcode, false);
}

static void on_step(void *context, uint32_t pc)
{
    struct sim *sim = context;
    if (++sim->instructions == SIM_BLOCK) {
        sim->instructions = 0;
        tell(sim, SIM_MOMENT_BLOCK, pc, false);
    }
}

void sim_watch_moments(struct sim *sim, const struct sim_moments *moments)
{
    const bool on = moments != NULL;
    sim->moments = on ? *moments : (struct sim_moments){NULL, NULL};
    sim->instructions = 0;
    soc_watch_frames(sim->soc, on ? on_frame : NULL, sim);
    cpu_watch_steps(sim->cpu, on ? on_step : NULL, sim);
}

void sim_trace(struct sim *sim, const struct sim_tracer *tracer)
{
    const bool on = tracer != NULL;
    sim->tracer = on ? *tracer : (struct sim_tracer){NULL, NULL, NULL};
    soc_trace_frames(sim->soc, on ? sim->tracer.frame : NULL, on ? sim->tracer.context : NULL);
}

void sim_fail_access(struct sim *sim, bool fail)
{
    sim->bus_error = fail;
}

struct sim_clock *sim_clock(struct sim *sim)
{
    return &sim->clock;
}

void sim_reset(struct sim *sim)
{
    soc_reset(sim->soc);
    sim->clock.now_ps += BOOT_ROM_PS;
    cpu_reset(sim->cpu);
}

/* Eight bytes around the first difference say enough. */
static void describe(char *why, size_t why_size, uint8_t opcode, uint32_t address,
                     const uint8_t *seen, const uint8_t *cells, size_t size)
{
    size_t first = 0;
    while (first < size && seen[first] == cells[first]) {
        first++;
    }
    const size_t shown = size - first < 8 ? size - first : 8;
    char left[3 * 8 + 1] = "", right[3 * 8 + 1] = "";
    for (size_t i = 0; i < shown; i++) {
        snprintf(left + 3 * i, 4, " %02X", seen[first + i]);
        snprintf(right + 3 * i, 4, " %02X", cells[first + i]);
    }
    snprintf(why, why_size, "the boot ROM reads by %02Xh at 0x%06" PRIX32 ":%s; the cells hold%s",
             opcode, address + (uint32_t)first, left, right);
}

static bool rom_sees(struct sim *sim, uint8_t opcode, uint32_t address, size_t size, char *why,
                     size_t why_size)
{
    const uint8_t *cells = sim->config.nor.array + address;
    uint8_t seen[BOOT_BYTES];
    soc_rom_read(sim->soc, opcode, address, seen, size);
    if (memcmp(seen, cells, size) == 0) {
        return true;
    }
    struct nor_state state;
    nor_get_state(sim->nor, sim->clock.now_ps, &state);
    if (!state.powered) {
        snprintf(why, why_size, "the flash has no power after NRST: nothing drives its switch");
    } else {
        describe(why, why_size, opcode, address, seen, cells, size);
    }
    return false;
}

bool sim_boot(struct sim *sim, uint32_t address, char *why, size_t why_size)
{
    if (sim->nor == NULL) {
        snprintf(why, why_size, "no flash chip is soldered");
        return false;
    }
    const size_t part_size = sim->nor != NULL ? nor_size(sim->nor) : 0;
    if (address >= part_size) {
        snprintf(why, why_size, "0x%06" PRIX32 " lies outside the flash", address);
        return false;
    }
    const size_t left = part_size - address;
    const size_t size = left < BOOT_BYTES ? left : BOOT_BYTES;
    sim_reset(sim);
    soc_feed_chip(sim->soc, true);
    sim->clock.now_ps += POWER_UP_PS;
    bool good = rom_sees(sim, 0x03, address, size, why, why_size) &&
                (!nor_knows(sim->nor, 0x13) || rom_sees(sim, 0x13, address, size, why, why_size));
    soc_feed_chip(sim->soc, false);
    return good;
}
