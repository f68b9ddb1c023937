/* SPDX-License-Identifier: MIT */
/* The few instructions that the core must recognise itself. */
#include "sim/cpu/core.h"

#include <string.h>

bool code_halfword(struct cpu *cpu, uint32_t address, uint16_t *halfword)
{
    const struct ram_region *r = ram_at(cpu, address, 2);
    if (r == NULL) {
        return false;
    }
    memcpy(halfword, r->bytes + (address - r->base), 2);
    return true;
}

static unsigned length_of(uint16_t first)
{
    return first >= 0xE800u ? 4 : 2;
}

static bool code_pair(struct cpu *cpu, uint32_t pc, uint16_t hw[2])
{
    hw[1] = 0;
    if (!code_halfword(cpu, pc, &hw[0])) {
        return false;
    }
    return length_of(hw[0]) == 2 || code_halfword(cpu, pc + 2, &hw[1]);
}

static uint32_t it_advance(uint32_t it, unsigned steps)
{
    while (steps-- > 0 && it != 0) {
        it = (it & 7u) == 0 ? 0 : ((it & 0xE0u) | ((it << 1) & 0x1Fu));
    }
    return it;
}

/* The position of `pc` in the IT block that `it_at` opens: 0 for its first instruction, 4 if it is
 * not in there. Skipped instructions do not pass the hooks, so they are counted in the code. */
static unsigned place_in_block(struct cpu *cpu, uint32_t it_at, uint32_t pc)
{
    uint32_t at = it_at + 2;
    for (unsigned k = 0; k < 4; k++) {
        uint16_t hw;
        if (at == pc) {
            return k;
        }
        if (!code_halfword(cpu, at, &hw)) {
            break;
        }
        at += length_of(hw);
    }
    return 4;
}

/* The slice began inside a block: where is `pc` in what was left of it? */
static uint32_t it_carried(struct cpu *cpu, uint32_t pc)
{
    if (cpu->slice_it == 0) {
        return 0;
    }
    unsigned k = place_in_block(cpu, cpu->slice_pc - 2, pc);
    return k < 4 ? it_advance(cpu->slice_it, k) : 0;
}

uint32_t it_state(struct cpu *cpu, uint32_t pc)
{
    uint64_t done = cpu->t.stats.instructions - cpu->slice_start;
    if (done <= 4) {
        uint32_t it = it_carried(cpu, pc);
        if (it != 0) {
            return it;
        }
    }
    unsigned back = done < 5 ? (unsigned)done : 5;
    for (unsigned k = 0; k < back; k++) {
        uint32_t at = cpu->ring[(cpu->ring_next - 1 - k) % RING];
        uint16_t hw;
        if (at != pc && pc - at <= 18 && code_halfword(cpu, at, &hw) && (hw & 0xFF00u) == 0xBF00u &&
            (hw & 0xFu) != 0) {
            return it_advance(hw & 0xFFu, place_in_block(cpu, at, pc));
        }
    }
    return 0;
}

/* LDM, STM, LDRD, STRD, exclusives, PUSH and POP fault on an address that is not a multiple of 4
 * whatever CCR.UNALIGN_TRP says (Armv7-M ARM, alignment support). */
bool must_be_aligned(struct cpu *cpu, uint32_t pc)
{
    uint16_t hw[2];
    if (!code_pair(cpu, pc, hw)) {
        return false;
    }
    if (length_of(hw[0]) == 2) {
        return (hw[0] & 0xF000u) == 0xC000u || (hw[0] & 0xF600u) == 0xB400u;
    }
    return (hw[0] & 0xFE00u) == 0xE800u || (hw[0] & 0xFE00u) == 0xEC00u;
}

bool divides_by_zero(struct cpu *cpu, uint32_t pc)
{
    uint16_t hw[2];
    if (!code_pair(cpu, pc, hw) || (hw[0] & 0xFFD0u) != 0xFB90u || (hw[1] & 0xF0F0u) != 0xF0F0u) {
        return false;
    }
    return reg_get(cpu, UC_ARM_REG_R0 + (hw[1] & 0xF)) == 0;
}

/* CPS or MSR: after it, a pending exception may no longer be masked. */
bool writes_masks(struct cpu *cpu, uint32_t pc)
{
    uint16_t hw[2];
    if (!code_pair(cpu, pc, hw)) {
        return false;
    }
    return (hw[0] & 0xFFE0u) == 0xB660u || ((hw[0] & 0xFFE0u) == 0xF380u && (hw[1] >> 12) == 8);
}

bool is_wait(struct cpu *cpu, uint32_t pc, bool *for_event)
{
    uint16_t hw[2];
    if (!code_pair(cpu, pc, hw)) {
        return false;
    }
    bool wide = hw[0] == 0xF3AFu;
    *for_event = hw[0] == 0xBF20u || (wide && hw[1] == 0x8002u);
    return *for_event || hw[0] == 0xBF30u || (wide && hw[1] == 0x8003u);
}

bool is_fp_or_coprocessor(uint16_t first)
{
    return (first & 0xEC00u) == 0xEC00u;
}

/* Armv8-M decodes 0xEF and 0xFF as coprocessor 10; Armv7-M has nothing there but undefined. */
unsigned coprocessor_number(uint16_t first, uint16_t second)
{
    if ((first & 0xEF00u) == 0xEF00u) {
        return 10;
    }
    return (second >> 8) & 0xFu;
}

/* LSLL and its kin, part of MVE: to an older core they are ORRS with a register that ORRS may not
 * name. `first` is 0xEA5n. */
bool is_vector_shift(uint16_t first, uint16_t second)
{
    unsigned rm = second & 0xFu;
    return (first & 0xFFF0u) == 0xEA50u && (second & 0x8000u) == 0 && (rm == 13 || rm == 15);
}
