/* SPDX-License-Identifier: MIT */
/* Cache geometry and maintenance registers of the cores that have caches (M7, M55). What the lines hold:
 * lines.c. */
#include "sim/cpu/core.h"

enum {
    SCS_CLIDR = 0xD78,
    SCS_CTR = 0xD7C,
    SCS_CCSIDR = 0xD80,
    SCS_CSSELR = 0xD84,
    SCS_ICIALLU = 0xF50,
    SCS_ICIMVAU = 0xF58,
    SCS_DCIMVAC = 0xF5C,
    SCS_DCISW = 0xF60,
    SCS_DCCMVAU = 0xF64,
    SCS_DCCMVAC = 0xF68,
    SCS_DCCSW = 0xF6C,
    SCS_DCCIMVAC = 0xF70,
    SCS_DCCISW = 0xF74,
    SCS_BPIALL = 0xF78
};

/* 32 KiB, 4 ways, 32-byte lines (D-cache); 32 KiB, 2 ways (I-cache) [INF]. Layout of CCSIDR:
 * NumSets-1 in 27:13, ways-1 in 12:3 (Armv8-M ARM). */
/* lines.c has this geometry. */
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

static void maintain(struct cpu *cpu, uint32_t offset, uint32_t operand)
{
    switch (offset) {
    case SCS_ICIALLU: lines_invalidate_code(cpu); break;
    case SCS_ICIMVAU: lines_invalidate_code_at(cpu, operand); break;
    case SCS_DCIMVAC: lines_by_address(cpu, operand, LINES_INVALIDATE); break;
    case SCS_DCISW: lines_by_set_way(cpu, operand, LINES_INVALIDATE); break;
    case SCS_DCCMVAU:
    case SCS_DCCMVAC: lines_by_address(cpu, operand, LINES_CLEAN); break;
    case SCS_DCCSW: lines_by_set_way(cpu, operand, LINES_CLEAN); break;
    case SCS_DCCIMVAC: lines_by_address(cpu, operand, LINES_CLEAN | LINES_INVALIDATE); break;
    case SCS_DCCISW: lines_by_set_way(cpu, operand, LINES_CLEAN | LINES_INVALIDATE); break;
    default: break; /* branch predictor: not modelled */
    }
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
