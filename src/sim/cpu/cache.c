/* SPDX-License-Identifier: MIT */
/*
 * Cache geometry and maintenance registers of the cores that have caches (M7, M55).
 *
 * The core's view and the memory's are the same bytes today, so maintenance has nothing to do; what
 * a line may hold, and when it is written back, belongs into maintain().
 */
#include "sim/cpu/core.h"

enum {
    SCS_CLIDR = 0xD78,
    SCS_CTR = 0xD7C,
    SCS_CCSIDR = 0xD80,
    SCS_CSSELR = 0xD84,
    SCS_ICIALLU = 0xF50,
    SCS_BPIALL = 0xF78
};

/* 32 KiB, 4 ways, 32-byte lines (D-cache); 32 KiB, 2 ways (I-cache) [INF]. Layout of CCSIDR:
 * NumSets-1 in 27:13, ways-1 in 12:3 (Armv8-M ARM). */
#define CCSIDR_DATA        0xF01FE019u
#define CCSIDR_INSTRUCTION 0xF03FE009u
#define CLIDR_BOTH         0x09000003u
#define CTR_32_BYTE_LINES  0x8303C003u

bool cache_read(struct cpu *cpu, uint32_t offset, uint32_t *value)
{
    if (offset < SCS_CLIDR || offset > SCS_CSSELR) {
        return false;
    }
    *value = 0;
    if (!model_has_cache(cpu)) {
        return true;
    }
    switch (offset) {
    case SCS_CLIDR: *value = CLIDR_BOTH; break;
    case SCS_CTR: *value = CTR_32_BYTE_LINES; break;
    case SCS_CCSIDR: *value = cpu->csselr == 1 ? CCSIDR_INSTRUCTION : CCSIDR_DATA; break;
    default: *value = cpu->csselr; break;
    }
    return true;
}

/* ICIALLU: translations made from changed code are dropped at the change itself, so nothing is
 * stale. */
static void maintain(struct cpu *cpu, uint32_t offset, uint32_t operand)
{
    (void)cpu;
    (void)offset;
    (void)operand;
}

bool cache_write(struct cpu *cpu, uint32_t offset, uint32_t value)
{
    if (offset >= SCS_ICIALLU && offset <= SCS_BPIALL) {
        maintain(cpu, offset, value);
        return true;
    }
    if (offset < SCS_CLIDR || offset > SCS_CSSELR) {
        return false;
    }
    if (offset == SCS_CSSELR && model_has_cache(cpu)) {
        cpu->csselr = value & 0xFu;
    }
    return true;
}
