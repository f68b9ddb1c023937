/* SPDX-License-Identifier: MIT */
/*
 * What the caches hold: an adversary, not a speed model.
 *
 * The D-cache is 256 sets of 4 ways; lines are filled on a miss, evicted at seeded moments, and written
 * back then or by maintenance. A disabled cache is neither looked at nor changed (Armv7-M and Armv8-M
 * ARM: CCR.DC = 0 makes accesses non-cacheable; that hits do not count either is [INF]). Stores to
 * the flash window go through to the bus.
 *
 * The I-cache holds inherited lines, and what was in the memory before a write-back changed it; what the
 * core fetches is not kept otherwise. While the core runs with CCR.IC = 1 their bytes lie in RAM,
 * where the emulator fetches, and RAM's own are put by in the line.
 */
#include "sim/cpu/core.h"

#include <stdlib.h>
#include <string.h>

enum {
    SETS = 256,
    WAYS = 4,
    WAY_SHIFT = 30,
    CODE_LINES = 1024,
    EVICTION_ODDS = 64 /* one access in so many throws some line out [choice] */
};

#define LINE CPU_CACHE_LINE

struct data_line {
    uint32_t address;
    bool valid, dirty;
    uint8_t bytes[LINE];
};

struct code_line {
    uint32_t address;
    uint8_t bytes[LINE];
    uint8_t memory[LINE]; /* while the lines are shown */
};

struct cache {
    struct data_line data[SETS][WAYS];
    struct code_line code[CODE_LINES];
    unsigned code_count;
    bool shown;
    uint64_t random;
    struct {
        uint8_t *at;
        uint8_t bytes[8];
        unsigned size; /* 0: nothing is lent */
    } loan;
};

bool lines_create(struct cpu *cpu)
{
    cpu->cache = calloc(1, sizeof *cpu->cache);
    if (cpu->cache != NULL) {
        cpu->cache->random = cpu->config.cache_seed * 2 + 1;
    }
    return cpu->cache != NULL;
}

/* An M55 invalidates its caches at reset unless the chip ties INITL1RSTDIS high; an M7 keeps what is
 * there [memory]. */
void lines_reset(struct cpu *cpu)
{
    if (cpu->cache != NULL && cpu->config.model == CPU_M55) {
        memset(cpu->cache->data, 0, sizeof cpu->cache->data);
        cpu->cache->code_count = 0;
    }
}

static unsigned draw(struct cache *cache, unsigned below)
{
    cache->random = cache->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(cache->random >> 33) % below;
}

static struct data_line *data_at(struct cache *cache, uint32_t address)
{
    struct data_line *set = cache->data[address / LINE % SETS];
    for (unsigned way = 0; way < WAYS; way++) {
        if (set[way].valid && set[way].address == (address & ~(LINE - 1))) {
            return &set[way];
        }
    }
    return NULL;
}

static struct code_line *code_at(struct cache *cache, uint32_t address)
{
    for (unsigned i = 0; i < cache->code_count; i++) {
        if (cache->code[i].address == (address & ~(LINE - 1))) {
            return &cache->code[i];
        }
    }
    return NULL;
}

/* The memory behind the caches, within a line. */
static uint8_t *memory_at(struct cpu *cpu, uint32_t address)
{
    struct code_line *line = cpu->cache->shown ? code_at(cpu->cache, address) : NULL;
    if (line != NULL) {
        return line->memory + address % LINE;
    }
    struct ram_region *r = ram_at(cpu, address, 1);
    return r->bytes + (address - r->base);
}

static void memory_put(struct cpu *cpu, uint32_t address, const uint8_t *bytes, unsigned size)
{
    const struct ram_region *r = ram_at(cpu, address, 1);
    memcpy(memory_at(cpu, address), bytes, size);
    ram_forget_code(cpu, r, address - r->base, size);
}

/* What a write-back is about to change, the running core may have fetched ahead: the I-cache keeps it. */
static void fetch_ahead(struct cpu *cpu, const struct data_line *data)
{
    struct cache *cache = cpu->cache;
    const uint8_t *memory = memory_at(cpu, data->address);
    if (cpu->halted || (cpu->ccr & CCR_IC) == 0 || memcmp(memory, data->bytes, LINE) == 0 ||
        code_at(cache, data->address) != NULL || cache->code_count == CODE_LINES) {
        return;
    }
    struct code_line *line = &cache->code[cache->code_count++];
    line->address = data->address;
    memcpy(line->bytes, memory, LINE);
    memcpy(line->memory, memory, LINE);
    cache->shown = true;
}

static void clean(struct cpu *cpu, struct data_line *line)
{
    if (line->valid && line->dirty) {
        fetch_ahead(cpu, line);
        memory_put(cpu, line->address, line->bytes, LINE);
        line->dirty = false;
    }
}

static void evict(struct cpu *cpu, struct data_line *line)
{
    clean(cpu, line);
    line->valid = false;
}

static struct data_line *make_room(struct cpu *cpu, uint32_t address)
{
    struct data_line *set = cpu->cache->data[address / LINE % SETS];
    for (unsigned way = 0; way < WAYS; way++) {
        if (!set[way].valid) {
            return &set[way];
        }
    }
    struct data_line *line = &set[draw(cpu->cache, WAYS)];
    evict(cpu, line);
    return line;
}

static void some_line_goes(struct cpu *cpu)
{
    if (draw(cpu->cache, EVICTION_ODDS) == 0) {
        evict(cpu, &cpu->cache->data[draw(cpu->cache, SETS)][draw(cpu->cache, WAYS)]);
    }
}

static void fill(struct data_line *line, uint32_t address, const uint8_t *bytes)
{
    line->valid = true;
    line->dirty = false;
    line->address = address & ~(LINE - 1);
    memcpy(line->bytes, bytes, LINE);
}

static struct data_line *ram_line(struct cpu *cpu, uint32_t address)
{
    struct data_line *line = data_at(cpu->cache, address);
    if (line == NULL) {
        line = make_room(cpu, address);
        fill(line, address, memory_at(cpu, address & ~(LINE - 1)));
    }
    return line;
}

bool lines_matter(const struct cpu *cpu)
{
    return (cpu->ccr & CCR_DC) != 0 || cpu->cache->shown;
}

static enum memory_cached how_cached(struct cpu *cpu, uint32_t address)
{
    return (cpu->ccr & CCR_DC) != 0 ? memory_is_cached(cpu, address) : MEMORY_UNCACHED;
}

static unsigned within_line(uint32_t address, unsigned size)
{
    unsigned left = LINE - address % LINE;
    return size < left ? size : left;
}

void lines_load(struct cpu *cpu, uint32_t address, uint8_t *bytes, unsigned size)
{
    while (size > 0) {
        unsigned part = within_line(address, size);
        if (how_cached(cpu, address) == MEMORY_UNCACHED) {
            memcpy(bytes, memory_at(cpu, address), part);
        } else {
            some_line_goes(cpu);
            memcpy(bytes, ram_line(cpu, address)->bytes + address % LINE, part);
        }
        address += part;
        bytes += part;
        size -= part;
    }
}

static void store_part(struct cpu *cpu, uint32_t address, const uint8_t *bytes, unsigned size)
{
    enum memory_cached how = how_cached(cpu, address);
    struct data_line *line = NULL;
    if (how == MEMORY_WRITE_BACK) {
        some_line_goes(cpu);
        line = ram_line(cpu, address);
        line->dirty = true;
    } else {
        line = how == MEMORY_WRITE_THROUGH ? data_at(cpu->cache, address) : NULL;
        memory_put(cpu, address, bytes, size);
    }
    if (line != NULL) {
        memcpy(line->bytes + address % LINE, bytes, size);
    }
}

void lines_store(struct cpu *cpu, uint32_t address, const uint8_t *bytes, unsigned size)
{
    while (size > 0) {
        unsigned part = within_line(address, size);
        store_part(cpu, address, bytes, part);
        address += part;
        bytes += part;
        size -= part;
    }
}

void lines_lend(struct cpu *cpu, uint8_t *at, const uint8_t *bytes, unsigned size)
{
    struct cache *cache = cpu->cache;
    if (memcmp(at, bytes, size) == 0) {
        return;
    }
    cache->loan.at = at;
    cache->loan.size = size;
    memcpy(cache->loan.bytes, at, size);
    memcpy(at, bytes, size);
    cpu->code_page = NO_PAGE; /* the next instruction takes the slow path, which repays */
}

void lines_repay(struct cpu *cpu)
{
    struct cache *cache = cpu->cache;
    if (cache->loan.size != 0) {
        memcpy(cache->loan.at, cache->loan.bytes, cache->loan.size);
        cache->loan.size = 0;
    }
}

static enum cpu_access fill_from_window(struct cpu *cpu, uint32_t address, struct data_line **line)
{
    uint32_t words[LINE / 4];
    for (unsigned i = 0; i < LINE / 4; i++) {
        enum cpu_access access = device_read(cpu, (address & ~(LINE - 1)) + 4 * i, 4, &words[i]);
        if (access != CPU_ACCESS_OK) {
            return access;
        }
    }
    *line = make_room(cpu, address);
    fill(*line, address, (const uint8_t *)words);
    return CPU_ACCESS_OK;
}

bool lines_window(struct cpu *cpu, bool write, uint32_t address, unsigned size, uint32_t *value,
                  enum cpu_access *access)
{
    if (how_cached(cpu, address) == MEMORY_UNCACHED ||
        !cpu->bus.is_window(cpu->bus.context, address)) {
        return false;
    }
    *access = CPU_ACCESS_OK;
    if (!jump_impure_access(cpu)) {
        return true; /* the trial is over: the caller refuses the access */
    }
    struct data_line *line = data_at(cpu->cache, address);
    if (write) {
        if (line != NULL) {
            memcpy(line->bytes + address % LINE, value, size);
        }
        return false;
    }
    if (line == NULL) {
        *access = fill_from_window(cpu, address, &line);
    }
    if (*access == CPU_ACCESS_OK) {
        *value = 0;
        memcpy(value, line->bytes + address % LINE, size);
        some_line_goes(cpu);
    }
    return true;
}

/* A coherent debugger sees lines of an enabled D-cache, and what it writes reaches line and memory (as
 * the Cortex-A8 TRM has it in debug state; that M7 and M55 do the same is [INF]). */
bool lines_debug(struct cpu *cpu, uint32_t address, uint8_t *bytes, size_t size, bool write)
{
    if (cpu->cache == NULL || cpu->config.debug_incoherent || (cpu->ccr & CCR_DC) == 0) {
        return false;
    }
    bool met = false;
    while (size > 0) {
        unsigned part = within_line(address, size < LINE ? (unsigned)size : LINE);
        struct data_line *line = data_at(cpu->cache, address);
        met = line != NULL;
        if (line != NULL && write) {
            memcpy(line->bytes + address % LINE, bytes, part);
        } else if (line != NULL) {
            memcpy(bytes, line->bytes + address % LINE, part);
        }
        address += part;
        bytes += part;
        size -= part;
    }
    return met;
}

static void swap_code(struct cpu *cpu, struct code_line *line, bool show)
{
    struct ram_region *r = ram_at(cpu, line->address, LINE);
    uint8_t *ram = r->bytes + (line->address - r->base);
    if (show) {
        memcpy(line->memory, ram, LINE);
    }
    memcpy(ram, show ? line->bytes : line->memory, LINE);
    ram_forget_code(cpu, r, line->address - r->base, LINE);
}

static void show_code(struct cpu *cpu, bool show)
{
    struct cache *cache = cpu->cache;
    for (unsigned i = 0; cache->shown != show && i < cache->code_count; i++) {
        swap_code(cpu, &cache->code[i], show);
    }
    cache->shown = show && cache->code_count != 0;
}

void lines_follow(struct cpu *cpu)
{
    if (cpu->cache != NULL) {
        show_code(cpu, !cpu->halted && (cpu->ccr & CCR_IC) != 0);
    }
}

void lines_by_address(struct cpu *cpu, uint32_t address, unsigned actions)
{
    struct data_line *line = cpu->cache != NULL ? data_at(cpu->cache, address) : NULL;
    if (line != NULL && (actions & LINES_CLEAN) != 0) {
        clean(cpu, line);
    }
    if (line != NULL && (actions & LINES_INVALIDATE) != 0) {
        line->valid = false;
    }
}

void lines_by_set_way(struct cpu *cpu, uint32_t operand, unsigned actions)
{
    if (cpu->cache == NULL) {
        return;
    }
    struct data_line *line = &cpu->cache->data[operand / LINE % SETS][operand >> WAY_SHIFT];
    if ((actions & LINES_CLEAN) != 0) {
        clean(cpu, line);
    }
    if ((actions & LINES_INVALIDATE) != 0) {
        line->valid = false;
    }
}

void lines_invalidate_code(struct cpu *cpu)
{
    if (cpu->cache != NULL) {
        show_code(cpu, false);
        cpu->cache->code_count = 0;
    }
}

void lines_invalidate_code_at(struct cpu *cpu, uint32_t address)
{
    struct cache *cache = cpu->cache;
    struct code_line *line = cache != NULL ? code_at(cache, address) : NULL;
    if (line == NULL) {
        return;
    }
    if (cache->shown) {
        swap_code(cpu, line, false);
    }
    *line = cache->code[--cache->code_count];
}

static bool put_code(struct cpu *cpu, uint32_t address, const uint8_t *bytes)
{
    struct cache *cache = cpu->cache;
    struct code_line *line = code_at(cache, address);
    if (line == NULL) {
        if (cache->code_count == CODE_LINES) {
            return false;
        }
        line = &cache->code[cache->code_count++];
    }
    line->address = address;
    memcpy(line->bytes, bytes, LINE);
    return true;
}

bool cpu_cache_put(struct cpu *cpu, enum cpu_cache cache, uint32_t address,
                   const uint8_t bytes[CPU_CACHE_LINE], bool dirty)
{
    bool is_ram = ram_at(cpu, address, LINE) != NULL;
    if (cpu->cache == NULL || address % LINE != 0 || (!is_ram && (dirty || cache == CPU_ICACHE))) {
        return false;
    }
    if (cache == CPU_ICACHE) {
        return put_code(cpu, address, bytes);
    }
    struct data_line *line = data_at(cpu->cache, address);
    line = line != NULL ? line : make_room(cpu, address);
    fill(line, address, bytes);
    line->dirty = dirty;
    return true;
}

bool cpu_cache_get(const struct cpu *cpu, enum cpu_cache cache, uint32_t address,
                   uint8_t bytes[CPU_CACHE_LINE], bool *dirty)
{
    if (cpu->cache == NULL) {
        return false;
    }
    const struct data_line *data = cache == CPU_DCACHE ? data_at(cpu->cache, address) : NULL;
    const struct code_line *code = cache == CPU_ICACHE ? code_at(cpu->cache, address) : NULL;
    if (data == NULL && code == NULL) {
        return false;
    }
    if (bytes != NULL) {
        memcpy(bytes, data != NULL ? data->bytes : code->bytes, LINE);
    }
    if (dirty != NULL) {
        *dirty = data != NULL && data->dirty;
    }
    return true;
}

unsigned cpu_cache_lines(const struct cpu *cpu, enum cpu_cache cache)
{
    unsigned count = 0;
    if (cpu->cache == NULL || cache == CPU_ICACHE) {
        return cpu->cache == NULL ? 0 : cpu->cache->code_count;
    }
    for (unsigned set = 0; set < SETS; set++) {
        for (unsigned way = 0; way < WAYS; way++) {
            count += cpu->cache->data[set][way].valid;
        }
    }
    return count;
}
