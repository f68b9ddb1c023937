/* SPDX-License-Identifier: MIT */
#include "serve/stops.h"

#include <string.h>

void stops_init(struct stops *stops, struct sim *sim)
{
    memset(stops, 0, sizeof *stops);
    stops->sim = sim;
}

static bool set_kinds(struct stops *stops, unsigned index, uint8_t kinds)
{
    uint32_t address = stops->breakpoints[index].address;
    if (!cpu_set_breakpoint(sim_cpu(stops->sim), address, kinds != 0)) {
        return false;
    }
    stops->breakpoints[index].kinds = kinds;
    if (kinds == 0) {
        stops->breakpoints[index] = stops->breakpoints[--stops->breakpoint_count];
    }
    return true;
}

bool stops_set_breakpoint(struct stops *stops, unsigned kind, uint32_t address, bool set)
{
    uint8_t bit = (uint8_t)(1u << kind);
    address &= ~UINT32_C(1);
    for (unsigned i = 0; i < stops->breakpoint_count; i++) {
        if (stops->breakpoints[i].address == address) {
            uint8_t kinds = stops->breakpoints[i].kinds;
            return set_kinds(stops, i, (uint8_t)(set ? kinds | bit : kinds & ~bit));
        }
    }
    if (!set) {
        return true;
    }
    if (stops->breakpoint_count == STOPS_BREAKPOINTS ||
        !cpu_set_breakpoint(sim_cpu(stops->sim), address, true)) {
        return false;
    }
    stops->breakpoints[stops->breakpoint_count].address = address;
    stops->breakpoints[stops->breakpoint_count++].kinds = bit;
    return true;
}

static void on_write(void *context, uint32_t address, unsigned size, uint32_t value)
{
    (void)value;
    struct stops *stops = context;
    for (unsigned i = 0; i < stops->watch_count; i++) {
        uint32_t start = stops->watches[i].address;
        if (address - start < stops->watches[i].size || start - address < size) {
            stops->watch_hit = true;
            stops->watch_address = address - start < stops->watches[i].size ? address : start;
            cpu_halt_soon(sim_cpu(stops->sim));
            return;
        }
    }
}

static bool is_ram(struct sim *sim, uint32_t address, uint32_t size)
{
    const struct soc_ram *ram;
    for (unsigned i = 0; (ram = soc_ram(sim_soc(sim), i)) != NULL; i++) {
        if (size > ram->size) {
            continue;
        }
        if (address - ram->base_ns <= ram->size - size ||
            (ram->base_s != 0 && address - ram->base_s <= ram->size - size)) {
            return true;
        }
    }
    return false;
}

static void arm(struct stops *stops)
{
    cpu_watch_writes(sim_cpu(stops->sim), stops->watch_count > 0 ? on_write : NULL, stops);
}

bool stops_set_watch(struct stops *stops, uint32_t address, uint32_t size, bool set)
{
    unsigned index = 0;
    while (index < stops->watch_count &&
           (stops->watches[index].address != address || stops->watches[index].size != size)) {
        index++;
    }
    bool present = index < stops->watch_count;
    if (set == present) {
        return true;
    }
    if (!set) {
        stops->watches[index] = stops->watches[--stops->watch_count];
    } else if (stops->watch_count == STOPS_WATCHES || size == 0 ||
               !is_ram(stops->sim, address, size)) {
        return false;
    } else {
        stops->watches[index].address = address;
        stops->watches[index].size = size;
        stops->watch_count++;
    }
    arm(stops);
    return true;
}

void stops_clear(struct stops *stops)
{
    while (stops->breakpoint_count > 0) {
        set_kinds(stops, stops->breakpoint_count - 1, 0);
    }
    stops->watch_count = 0;
    arm(stops);
}
