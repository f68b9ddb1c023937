/* SPDX-License-Identifier: MIT */
/* Memory protection: PMSAv7 (M3, M4, M7) and PMSAv8 (M33, M55), from the Armv7-M and Armv8-M ARM.
 */
#include "sim/cpu/core.h"

#include <string.h>

enum {
    MPU_TYPE = 0xD90,
    MPU_CTRL = 0xD94,
    MPU_RNR = 0xD98,
    MPU_RBAR = 0xD9C,
    MPU_RLAR = 0xDA0, /* RASR on Armv7-M */
    MPU_RLAR_A3 = 0xDB8,
    MPU_MAIR0 = 0xDC0,
    MPU_MAIR1 = 0xDC4,

    CTRL_ENABLE = 1u << 0,
    CTRL_HFNMIENA = 1u << 1,
    CTRL_PRIVDEFENA = 1u << 2,

    RASR_ENABLE = 1u << 0,
    RASR_XN = 1u << 28,
    RBAR7_VALID = 1u << 4,
    RBAR8_XN = 1u << 0,
    RLAR_EN = 1u << 0,
    RLAR_PXN = 1u << 4 /* Armv8.1-M */
};

static unsigned region_count(const struct cpu *cpu)
{
    return cpu->config.model == CPU_M55 ? 16 : 8; /* implementation choice [INF] */
}

bool mpu_is_on(const struct cpu *cpu)
{
    return (cpu->mpu.ctrl & CTRL_ENABLE) != 0;
}

/* The default memory map: what lies here is Device or Strongly-ordered. */
static bool default_is_device(uint32_t address)
{
    return (address >= 0x40000000u && address < 0x60000000u) || address >= 0xA0000000u;
}

bool memory_is_execute_never(uint32_t address)
{
    return default_is_device(address);
}

bool mpu_read(struct cpu *cpu, uint32_t offset, uint32_t *value)
{
    const struct mpu *m = &cpu->mpu;
    switch (offset) {
    case MPU_TYPE: *value = region_count(cpu) << 8; return true;
    case MPU_CTRL: *value = m->ctrl; return true;
    case MPU_RNR: *value = m->rnr; return true;
    case MPU_MAIR0: *value = m->mair[0]; return true;
    case MPU_MAIR1: *value = m->mair[1]; return true;
    default: break;
    }
    if (offset < MPU_RBAR || offset > MPU_RLAR_A3) {
        return false;
    }
    unsigned alias = (offset - MPU_RBAR) / 8;
    unsigned region = model_is_v8m(cpu) && alias != 0 ? (m->rnr & ~3u) + alias : m->rnr;
    region &= region_count(cpu) - 1;
    bool base = (offset - MPU_RBAR) % 8 == 0;
    *value = base ? m->rbar[region] : m->rlar[region];
    if (base && !model_is_v8m(cpu)) {
        *value |= region; /* RBAR.REGION reads as MPU_RNR */
    }
    return true;
}

static void write_region(struct cpu *cpu, uint32_t offset, uint32_t value)
{
    struct mpu *m = &cpu->mpu;
    unsigned alias = (offset - MPU_RBAR) / 8;
    bool base = (offset - MPU_RBAR) % 8 == 0;
    if (model_is_v8m(cpu)) {
        unsigned region = (alias != 0 ? (m->rnr & ~3u) + alias : m->rnr) & (region_count(cpu) - 1);
        uint32_t pxn = cpu->config.model == CPU_M55 ? 0 : (uint32_t)RLAR_PXN;
        (base ? m->rbar : m->rlar)[region] = base ? value : value & ~pxn;
        return;
    }
    if (!base) {
        m->rlar[m->rnr] = value & 0x173FFF3Fu;
        return;
    }
    if ((value & RBAR7_VALID) != 0) {
        m->rnr = value & (region_count(cpu) - 1) & 0xFu;
    }
    m->rbar[m->rnr] = value & ~0x1Fu;
}

bool mpu_write(struct cpu *cpu, uint32_t offset, uint32_t value)
{
    struct mpu *m = &cpu->mpu;
    if (offset < MPU_TYPE || offset > MPU_MAIR1) {
        return false;
    }
    memset(m->allowed, 0xFF, sizeof m->allowed);
    cpu->code_page = NO_PAGE;
    switch (offset) {
    case MPU_TYPE: break;
    case MPU_CTRL: m->ctrl = value & 7u; break;
    case MPU_RNR: m->rnr = value & (region_count(cpu) - 1); break;
    case MPU_MAIR0: m->mair[0] = value; break;
    case MPU_MAIR1: m->mair[1] = value; break;
    default:
        if (offset >= MPU_RBAR && offset <= MPU_RLAR_A3) {
            write_region(cpu, offset, value);
        }
        break;
    }
    return true;
}

static bool matches_v7(const struct mpu *m, unsigned region, uint32_t address)
{
    uint32_t rasr = m->rlar[region];
    if ((rasr & RASR_ENABLE) == 0) {
        return false;
    }
    unsigned bits = ((rasr >> 1) & 0x1Fu) + 1;
    if (bits < 5) {
        return false;
    }
    uint32_t mask = bits >= 32 ? 0 : UINT32_MAX << bits;
    if (((address ^ m->rbar[region]) & mask) != 0) {
        return false;
    }
    if (bits < 8) {
        return true; /* subregions need 256 bytes */
    }
    unsigned sub = (address >> (bits - 3)) & 7u;
    return ((rasr >> (8 + sub)) & 1u) == 0;
}

static bool matches_v8(const struct mpu *m, unsigned region, uint32_t address)
{
    return (m->rlar[region] & RLAR_EN) != 0 && address >= (m->rbar[region] & ~0x1Fu) &&
           address <= (m->rlar[region] | 0x1Fu);
}

/* The region that decides, -1 for the background, -2 for two overlapping ones on Armv8-M. */
static int find_region(const struct cpu *cpu, uint32_t address)
{
    int found = -1;
    for (unsigned i = 0; i < region_count(cpu); i++) {
        if (model_is_v8m(cpu)) {
            if (matches_v8(&cpu->mpu, i, address)) {
                found = found == -1 ? (int)i : -2;
            }
        } else if (matches_v7(&cpu->mpu, i, address)) {
            found = (int)i; /* the highest number wins */
        }
    }
    return found;
}

static bool allowed_v7(const struct mpu *m, unsigned region, enum mpu_kind kind, bool privileged)
{
    uint32_t rasr = m->rlar[region];
    if (kind == MPU_EXECUTE && (rasr & RASR_XN) != 0) {
        return false;
    }
    bool write = kind == MPU_WRITE;
    switch ((rasr >> 24) & 7u) {
    case 1: return privileged;
    case 2: return privileged || !write;
    case 3: return true;
    case 5: return privileged && !write;
    case 6:
    case 7: return !write;
    default: return false;
    }
}

static bool allowed_v8(const struct mpu *m, unsigned region, enum mpu_kind kind, bool privileged)
{
    uint32_t rbar = m->rbar[region];
    if (kind == MPU_EXECUTE &&
        ((rbar & RBAR8_XN) != 0 || (privileged && (m->rlar[region] & RLAR_PXN) != 0))) {
        return false;
    }
    bool read_only = (rbar & 4u) != 0;
    bool any = (rbar & 2u) != 0;
    return (any || privileged) && !(read_only && kind == MPU_WRITE);
}

static bool allows_at(struct cpu *cpu, uint32_t address, enum mpu_kind kind, bool privileged)
{
    if (address >= 0xE0000000u && address < 0xE0100000u) {
        return kind != MPU_EXECUTE; /* the private peripheral bus keeps its default attributes */
    }
    int region = find_region(cpu, address);
    if (region >= 0) {
        return model_is_v8m(cpu) ? allowed_v8(&cpu->mpu, (unsigned)region, kind, privileged)
                                 : allowed_v7(&cpu->mpu, (unsigned)region, kind, privileged);
    }
    if (region == -2 || !privileged || (cpu->mpu.ctrl & CTRL_PRIVDEFENA) == 0) {
        return false;
    }
    return kind != MPU_EXECUTE || !memory_is_execute_never(address);
}

bool mpu_allows(struct cpu *cpu, uint32_t address, unsigned size, enum mpu_kind kind,
                bool privileged)
{
    if (!mpu_is_on(cpu)) {
        return kind != MPU_EXECUTE || !memory_is_execute_never(address);
    }
    /* Regions are made of 32-byte lines, and so are what was found. */
    uint32_t line = (address & ~31u) | (privileged ? 0 : 1u);
    bool within = (address & 31u) + size <= 32;
    if (within && cpu->mpu.allowed[kind] == line) {
        return true;
    }
    if (allows_at(cpu, address, kind, privileged) &&
        (within || allows_at(cpu, address + size - 1, kind, privileged))) {
        cpu->mpu.allowed[kind] = within ? line : UINT32_MAX;
        return true;
    }
    return (cpu->mpu.ctrl & CTRL_HFNMIENA) == 0 && priority_running(cpu) < 0;
}

/* Does region i cover the whole page or nothing of it? */
static bool is_whole(const struct cpu *cpu, unsigned i, uint32_t page)
{
    const struct mpu *m = &cpu->mpu;
    uint32_t last = page + RAM_GRANULE - 1;
    if (model_is_v8m(cpu)) {
        uint32_t base = m->rbar[i] & ~31u, limit = m->rlar[i] | 31u;
        return (m->rlar[i] & RLAR_EN) == 0 || limit < page || base > last ||
               (base <= page && limit >= last);
    }
    unsigned bits = ((m->rlar[i] >> 1) & 31u) + 1;
    bool coarse = bits >= 13 || (bits >= 10 && (m->rlar[i] & 0xFF00u) == 0);
    uint32_t mask = bits >= 32 ? 0 : UINT32_MAX << bits;
    bool elsewhere = bits < 10 && ((m->rbar[i] & mask) < page || (m->rbar[i] & mask) > last);
    return (m->rlar[i] & RASR_ENABLE) == 0 || coarse || elsewhere;
}

bool mpu_allows_page(struct cpu *cpu, uint32_t address, bool privileged)
{
    uint32_t page = address & ~(RAM_GRANULE - 1);
    for (unsigned i = 0; i < region_count(cpu); i++) {
        if (!is_whole(cpu, i, page)) {
            return false;
        }
    }
    return allows_at(cpu, address, MPU_EXECUTE, privileged);
}

/* PMSAv7: TEX=0,C=0 (and TEX=2,C=0,B=0) are Strongly-ordered or Device. PMSAv8: the attribute byte
 * 0x0n. */
static bool region_is_device(const struct cpu *cpu, unsigned region)
{
    if (model_is_v8m(cpu)) {
        unsigned index = (cpu->mpu.rlar[region] >> 1) & 7u;
        uint32_t attribute = (cpu->mpu.mair[index / 4] >> (8 * (index % 4))) & 0xFFu;
        return (attribute & 0xF0u) == 0;
    }
    uint32_t tex_c_b =
        ((cpu->mpu.rlar[region] >> 16) & 3u) | (((cpu->mpu.rlar[region] >> 19) & 7u) << 2);
    return tex_c_b == 0 || tex_c_b == 1 || tex_c_b == 8;
}

bool memory_is_device(struct cpu *cpu, uint32_t address)
{
    if (mpu_is_on(cpu) && !(address >= 0xE0000000u && address < 0xE0100000u)) {
        int region = find_region(cpu, address);
        if (region >= 0) {
            return region_is_device(cpu, (unsigned)region);
        }
    }
    return default_is_device(address);
}

/* Code region and 0x80000000 to 0x9FFFFFFF write-through, SRAM and 0x60000000 to 0x7FFFFFFF
 * write-back (Armv7-M and Armv8-M ARM, default memory map). */
static enum memory_cached default_cached(uint32_t address)
{
    if (default_is_device(address)) {
        return MEMORY_UNCACHED;
    }
    return address < 0x20000000u || address >= 0x80000000u ? MEMORY_WRITE_THROUGH
                                                           : MEMORY_WRITE_BACK;
}

/* PMSAv8: the lower half of the attribute byte; 0x40 is non-cacheable, 0x00 and 0x80 with an
 * allocation hint are write-through. PMSAv7: with TEX = 1nn, C and B are the inner attributes. */
static enum memory_cached region_cached(const struct cpu *cpu, unsigned region)
{
    if (region_is_device(cpu, region)) {
        return MEMORY_UNCACHED;
    }
    if (model_is_v8m(cpu)) {
        unsigned index = (cpu->mpu.rlar[region] >> 1) & 7u;
        uint32_t inner = (cpu->mpu.mair[index / 4] >> (8 * (index % 4))) & 0xFu;
        return inner == 4 || inner == 0 ? MEMORY_UNCACHED
               : (inner & 4u) != 0      ? MEMORY_WRITE_BACK
                                        : MEMORY_WRITE_THROUGH;
    }
    uint32_t rasr = cpu->mpu.rlar[region];
    unsigned tex = (rasr >> 19) & 7u;
    bool c = (rasr & 1u << 17) != 0, b = (rasr & 1u << 16) != 0;
    if (tex >= 4) {
        return !c && !b ? MEMORY_UNCACHED : c && !b ? MEMORY_WRITE_THROUGH : MEMORY_WRITE_BACK;
    }
    return !c ? MEMORY_UNCACHED : b ? MEMORY_WRITE_BACK : MEMORY_WRITE_THROUGH;
}

enum memory_cached memory_is_cached(struct cpu *cpu, uint32_t address)
{
    if (mpu_is_on(cpu) && !(address >= 0xE0000000u && address < 0xE0100000u)) {
        int region = find_region(cpu, address);
        if (region >= 0) {
            return region_cached(cpu, (unsigned)region);
        }
    }
    return default_cached(address);
}
