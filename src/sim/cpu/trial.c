/* SPDX-License-Identifier: MIT */
/* Iterations that can be undone: for the jump rule. */
#include "sim/cpu/jump.h"

#include <string.h>

void trial_end(struct cpu *cpu, bool stayed)
{
    cpu->jump->stayed = stayed;
    stop_slice(cpu, EVENT_TRIAL_END);
}

void trial_read(struct cpu *cpu, uint32_t address, uint32_t *value)
{
    struct jump *j = cpu->jump;
    if (address == 0xE0001004u) {
        j->uses |= USES_CYCCNT;
    } else if (address == 0xE000E018u) {
        j->uses |= USES_SYSTICK_VAL;
    } else if (address == 0xE000E010u) {
        j->uses |= USES_SYSTICK_CSR;
    }
    if (!j->replay) {
        if (j->read_count == READS_MAX) {
            trial_end(cpu, false);
            return;
        }
        j->read[j->read_count].address = address;
        j->read[j->read_count].value = *value;
        j->read_count++;
        return;
    }
    if (j->read_next == j->read_count || j->read[j->read_next].address != address) {
        trial_end(cpu, false);
        return;
    }
    *value = j->read[j->read_next++].value;
}

bool jump_ram_write(struct cpu *cpu, uint32_t address, const uint8_t *bytes, unsigned size)
{
    struct journal *journal = cpu->jump->journal;
    const struct ram_region *r = ram_at(cpu, address, size);
    if (r == NULL || journal->count == JOURNAL_MAX) {
        trial_end(cpu, false);
        return false;
    }
    struct journal_entry *e = &journal->entry[journal->count++];
    e->address = address;
    e->size = size;
    memcpy(e->before, r->bytes + (address - r->base), size);
    memcpy(e->after, bytes, size);
    return true;
}

void trial_save(struct cpu *cpu, struct checkpoint *at)
{
    time_flush(cpu);
    uc_context_save(cpu->uc, at->context);
    at->t = cpu->t;
    at->t.now_ps = cpu->clock->now_ps;
}

void trial_go_back(struct cpu *cpu, const struct checkpoint *to)
{
    uc_context_restore(cpu->uc, to->context);
    cpu->t = to->t;
    cpu->clock->now_ps = to->t.now_ps;
    cpu->event = EVENT_NONE;
}

void trial_undo(struct cpu *cpu, struct journal *journal)
{
    while (journal->count > 0) {
        const struct journal_entry *e = &journal->entry[--journal->count];
        struct ram_region *r = ram_at(cpu, e->address, e->size);
        memcpy(r->bytes + (e->address - r->base), e->before, e->size);
        ram_forget_code(cpu, r, e->address - r->base, e->size);
    }
}

bool trial_ram_is_as_after(struct cpu *cpu, const struct journal_entry *entries, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const struct ram_region *r = ram_at(cpu, entries[i].address, entries[i].size);
        if (memcmp(r->bytes + (entries[i].address - r->base), entries[i].after, entries[i].size) !=
            0) {
            return false;
        }
    }
    return true;
}

void trial_settle(struct cpu *cpu, struct journal *journal)
{
    for (unsigned i = 0; i < journal->count; i++) {
        struct journal_entry *e = &journal->entry[i];
        const struct ram_region *r = ram_at(cpu, e->address, e->size);
        memcpy(e->after, r->bytes + (e->address - r->base), e->size);
    }
}

void trial_registers(struct cpu *cpu, struct registers *to)
{
    static const int extra[] = {UC_ARM_REG_SP,       UC_ARM_REG_LR,      UC_ARM_REG_PC,
                                UC_ARM_REG_XPSR,     UC_ARM_REG_MSP,     UC_ARM_REG_PSP,
                                UC_ARM_REG_CONTROL,  UC_ARM_REG_PRIMASK, UC_ARM_REG_BASEPRI,
                                UC_ARM_REG_FAULTMASK};
    memset(to, 0, sizeof *to);
    for (int i = 0; i < 13; i++) {
        to->core[i] = reg_get(cpu, UC_ARM_REG_R0 + i);
    }
    for (int i = 0; i < 10; i++) {
        to->core[13 + i] = special_get(cpu, extra[i]);
    }
    to->core[16] = reg_get(cpu, UC_ARM_REG_XPSR);
    to->core[13] = reg_get(cpu, UC_ARM_REG_SP);
    for (int i = 0; model_has_fpu(cpu) && i < 16; i++) {
        uc_reg_read(cpu->uc, UC_ARM_REG_D0 + i, &to->fp[i]);
    }
    to->fpscr = model_has_fpu(cpu) ? reg_get(cpu, UC_ARM_REG_FPSCR) : 0;
}

struct outcome trial_iterate(struct cpu *cpu, bool replay, struct journal *journal)
{
    struct jump *j = cpu->jump;
    struct outcome outcome = {0};
    struct timeline start = cpu->t;
    j->mode = TRIAL;
    j->replay = replay;
    j->stayed = false;
    j->started = cpu->t.stats.instructions;
    j->path = 0;
    j->read_next = 0;
    if (!replay) {
        j->read_count = 0;
    }
    j->journal = journal;
    time_rearm(cpu);
    while (run_slice(cpu) == EVENT_INVALID &&
           insn81_execute(cpu, reg_get(cpu, UC_ARM_REG_PC)) == INSN81_DONE) {
    }
    j->mode = WATCHING;
    outcome.stayed =
        cpu->event == EVENT_TRIAL_END && j->stayed && (!replay || j->read_next == j->read_count);
    time_flush(cpu);
    outcome.cost = cpu->t.cost - start.cost;
    outcome.instructions = cpu->t.stats.instructions - start.stats.instructions;
    outcome.path = j->path;
    outcome.reads = j->read_count;
    return outcome;
}
