/* SPDX-License-Identifier: MIT */
/*
 * The jump rule: time may be skipped when two successive iterations of a loop differ only in values
 * loaded from a time source and in what is computed from them.
 *
 * How that is known: at the head of a suspected poll loop one iteration is executed with its reads
 * recorded, then more that are given the same values again. If registers and RAM stop changing, the
 * loop remembers what it read in the last few iterations (the depth) and nothing else, so any
 * number of iterations before those may be left out. Every such trial is undone. The number left
 * out is chosen so that the clock stays before anything that could change what is read, and so that
 * the iteration in which the loop takes another path (a deadline) is the same as without jumps; the
 * `depth` iterations before it are always executed.
 */
#include "sim/cpu/jump.h"

#include <stdlib.h>
#include <string.h>

struct jump *jump_create(void)
{
    return calloc(1, sizeof(struct jump));
}

void jump_destroy(struct jump *jump)
{
    if (jump == NULL) {
        return;
    }
    if (jump->before.context != NULL) {
        uc_context_free(jump->before.context);
    }
    if (jump->after.context != NULL) {
        uc_context_free(jump->after.context);
    }
    free(jump);
}

static void stand_down(struct cpu *cpu)
{
    struct jump *j = cpu->jump;
    j->candidate = 0;
    j->count = j->others = 0;
    j->at_head = false;
    if (j->mode == ARMED) {
        j->mode = WATCHING;
        time_rearm(cpu);
    }
}

void jump_forget(struct cpu *cpu)
{
    struct jump *j = cpu->jump;
    j->mode = WATCHING;
    j->candidate = 0;
    j->count = j->others = 0;
    j->at_head = false;
    memset(j->heads, 0, sizeof j->heads);
}

static struct head *head_of(struct jump *j, uint32_t pc)
{
    struct head *h = &j->heads[(pc >> 1) % HEADS];
    if (h->pc != pc) {
        *h = (struct head){pc, POLLS};
    }
    return h;
}

bool jump_in_trial(const struct cpu *cpu)
{
    return cpu->jump->mode == TRIAL;
}

bool jump_wants_trace(const struct cpu *cpu)
{
    return cpu->jump->mode != WATCHING;
}

bool jump_is_armed_at_head(const struct cpu *cpu)
{
    return cpu->jump->at_head;
}

void jump_pure_read(struct cpu *cpu, uint32_t address, uint32_t *value)
{
    struct jump *j = cpu->jump;
    if (j->mode == TRIAL) {
        trial_read(cpu, address, value);
        return;
    }
    if (j->mode != WATCHING || cpu->config.no_jump || cpu->step) {
        return;
    }
    uint32_t pc = cpu->ring[(cpu->ring_next - 1) % RING];
    if (pc != j->candidate) {
        if (j->candidate == 0 || ++j->others > OTHER_READS) {
            j->candidate = pc;
            j->count = 1;
            j->others = 0;
        }
        return;
    }
    j->others = 0;
    if (++j->count >= head_of(j, pc)->polls) {
        j->mode = ARMED;
        j->head_pc = pc;
        j->armed_at = cpu->t.stats.instructions;
        time_rearm(cpu);
    }
}

bool jump_may_look(struct cpu *cpu)
{
    if (cpu->jump->mode != TRIAL ||
        (cpu->clock->now_ps < cpu->jump->event_ps && cpu->t.cost < cpu->limit)) {
        return true;
    }
    trial_end(cpu, false);
    return false;
}

bool jump_impure_access(struct cpu *cpu)
{
    if (cpu->jump->mode == TRIAL) {
        trial_end(cpu, false);
        return false;
    }
    if (cpu->jump->candidate != 0 || cpu->jump->mode == ARMED) {
        stand_down(cpu);
    }
    return true;
}

bool jump_at(struct cpu *cpu, uint32_t address)
{
    struct jump *j = cpu->jump;
    uint64_t done;
    switch (j->mode) {
    case WATCHING: return true;
    case ARMED:
        if (address == j->head_pc) {
            j->at_head = true;
            stop_slice(cpu, EVENT_LIMIT);
            return false;
        }
        if (cpu->t.stats.instructions - j->armed_at > ITERATION_MAX) {
            stand_down(cpu);
        }
        return true;
    case TRIAL: break;
    }
    done = cpu->t.stats.instructions - j->started;
    if (done > 0 && address == j->head_pc && reg_get(cpu, UC_ARM_REG_SP) == j->sp &&
        reg_get(cpu, UC_ARM_REG_LR) == j->lr) {
        trial_end(cpu, true);
        return false;
    }
    if (done > ITERATION_MAX) {
        trial_end(cpu, false);
        return false;
    }
    j->path = j->path * UINT64_C(0x100000001B3) + address;
    return true;
}

static bool same_way(const struct outcome *a, const struct outcome *b)
{
    return a->stayed && b->stayed && a->path == b->path && a->cost == b->cost &&
           a->instructions == b->instructions && a->reads == b->reads;
}

/* `count` iterations from here, all like `first`? */
static bool all_like(struct cpu *cpu, const struct outcome *first, unsigned count, bool replay,
                     struct journal *journal)
{
    for (unsigned i = 0; i < count; i++) {
        struct outcome next = trial_iterate(cpu, replay, journal);
        if (!same_way(first, &next)) {
            return false;
        }
    }
    return true;
}

/* From `after`, with the same values read again and again: does iteration depth + 1 change
 * nothing that iteration `depth` left? */
static bool settles_after(struct cpu *cpu, const struct outcome *first, unsigned depth)
{
    struct jump *j = cpu->jump;
    struct registers before, after;
    bool same = all_like(cpu, first, depth - 1, true, &j->other);
    trial_registers(cpu, &before);
    same = same && all_like(cpu, first, 1, true, &j->last);
    if (same) {
        trial_registers(cpu, &after);
        trial_settle(cpu, &j->last);
        same = memcmp(&before, &after, sizeof before) == 0;
    }
    unsigned count = j->last.count;
    trial_undo(cpu, &j->last); /* leaves the entries in place */
    same = same && trial_ram_is_as_after(cpu, j->last.entry, count);
    trial_undo(cpu, &j->other);
    trial_go_back(cpu, &j->after);
    return same;
}

/* How many iterations back the loop remembers what it read; 0 if there is no end to it. */
static unsigned memory_of(struct cpu *cpu, const struct outcome *first)
{
    for (unsigned depth = 1; depth <= DEPTH_MAX; depth++) {
        if (settles_after(cpu, first, depth)) {
            return depth;
        }
    }
    return 0;
}

static uint64_t at_most(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Cost before which nothing changes by itself that the loop reads. */
static uint64_t horizon(struct cpu *cpu, unsigned uses)
{
    uint64_t end = cost_until(cpu, cpu->until_ps);
    end = at_most(end, cost_until(cpu, cpu->bus.next_event(cpu->bus.context)));
    if ((cpu->systick_ctrl & 3u) == 3u || (uses & USES_SYSTICK_CSR) != 0) {
        end = at_most(end, systick_next(cpu));
    }
    if ((uses & USES_CYCCNT) != 0) {
        end = at_most(end, cpu->t.cost + 100 * (UINT64_C(1) << 30));
    }
    if ((uses & USES_SYSTICK_VAL) != 0) {
        uint64_t tick = (cpu->systick_ctrl & 4u) != 0 ? 100 : 800;
        end = at_most(end, cpu->t.cost + ((uint64_t)cpu->systick_load + 1) / 4 * tick);
    }
    return end;
}

/* Are the iterations that follow `skip` left-out ones like the first? One more than the loop remembers:
 * what the last of these read may only show in the next, as in a loop that ends by what it read before. */
static bool stays_at(struct cpu *cpu, const struct outcome *first, unsigned depth, uint64_t skip)
{
    struct jump *j = cpu->jump;
    time_skip(cpu, skip, first->cost);
    bool stays = all_like(cpu, first, depth + 1, false, &j->other);
    trial_undo(cpu, &j->other);
    trial_go_back(cpu, &j->after);
    return stays;
}

/* How many iterations may be left out so that the next `depth` are like all before them. */
static uint64_t choose(struct cpu *cpu, const struct outcome *first, unsigned depth)
{
    uint64_t end = horizon(cpu, cpu->jump->uses);
    uint64_t room = end > cpu->t.cost ? (end - cpu->t.cost) / first->cost : 0;
    if (room < PROFIT * depth) {
        return 0;
    }
    uint64_t high = room - depth - 1;
    if (first->reads == 0 || stays_at(cpu, first, depth, high)) {
        return high;
    }
    if (!stays_at(cpu, first, depth, 0)) {
        return 0;
    }
    uint64_t low = 0; /* stays at low, leaves at high */
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        if (stays_at(cpu, first, depth, middle)) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Going there in two steps must give the same as in one: a loop that keeps the longest gap between
 * two readings, say, is not skipped. */
static bool path_does_not_matter(struct cpu *cpu, const struct outcome *first, unsigned depth,
                                 uint64_t skip)
{
    struct jump *j = cpu->jump;
    struct registers two, one;
    uint64_t half = skip / 2;
    time_skip(cpu, half, first->cost);
    bool same = all_like(cpu, first, depth, false, &j->other);
    time_skip(cpu, skip - half - depth, first->cost);
    unsigned from = j->other.count;
    same = same && all_like(cpu, first, depth, false, &j->other);
    trial_registers(cpu, &two);
    trial_settle(cpu, &j->other);
    unsigned count = j->other.count;
    trial_undo(cpu, &j->other);
    trial_go_back(cpu, &j->after);
    if (!same) {
        return false;
    }
    time_skip(cpu, skip, first->cost);
    same = all_like(cpu, first, depth, false, &j->last);
    trial_registers(cpu, &one);
    same = same && memcmp(&one, &two, sizeof one) == 0 && j->last.count == count - from &&
           trial_ram_is_as_after(cpu, j->other.entry, count);
    trial_undo(cpu, &j->last);
    trial_go_back(cpu, &j->after);
    return same;
}

/* The first iteration is kept, `skip` more are accounted for as if executed. */
static void leap(struct cpu *cpu, const struct outcome *first, uint64_t skip)
{
    const struct cpu_stats *a = &cpu->jump->before.t.stats;
    struct cpu_stats *b = &cpu->t.stats;
    uint64_t reads = b->register_reads - a->register_reads;
    uint64_t window = b->window_reads - a->window_reads;
    uint64_t from = cpu->clock->now_ps;
    time_skip(cpu, skip, first->cost);
    b->instructions += skip * first->instructions;
    b->register_reads += skip * reads;
    b->jumped_instructions += skip * first->instructions;
    b->jumped_reads += skip * reads;
    b->window_reads += skip * window;
    b->jumps++;
    b->jumped_ps += cpu->clock->now_ps - from;
}

static void tell_watcher(const struct cpu *cpu, const struct journal *journal)
{
    for (unsigned i = 0; cpu->watch != NULL && i < journal->count; i++) {
        const struct journal_entry *e = &journal->entry[i];
        for (unsigned at = 0; at < e->size; at += 4) {
            uint32_t value = 0;
            unsigned size = e->size < 4 ? e->size : 4;
            memcpy(&value, e->after + at, size);
            cpu->watch(cpu->watch_context, e->address + at, size, value);
        }
    }
}

static bool examine(struct cpu *cpu)
{
    struct jump *j = cpu->jump;
    trial_save(cpu, &j->before);
    j->uses = 0;
    j->event_ps = cpu->bus.next_event(cpu->bus.context);
    struct outcome first = trial_iterate(cpu, false, &j->first);
    if (!first.stayed || first.cost == 0) {
        return false;
    }
    trial_save(cpu, &j->after);
    unsigned depth = memory_of(cpu, &first);
    if (depth == 0) {
        return false;
    }
    uint64_t skip = choose(cpu, &first, depth);
    if (skip < PROFIT * depth ||
        (first.reads > 0 && !path_does_not_matter(cpu, &first, depth, skip))) {
        return false;
    }
    leap(cpu, &first, skip);
    tell_watcher(cpu, &j->first);
    j->first.count = 0;
    return true;
}

void jump_try(struct cpu *cpu)
{
    struct jump *j = cpu->jump;
    j->mode = WATCHING;
    j->at_head = false;
    j->candidate = 0;
    j->count = j->others = 0;
    if (cpu->config.no_jump || cpu->attention) {
        return;
    }
    if (j->before.context == NULL && uc_context_alloc(cpu->uc, &j->before.context) != UC_ERR_OK) {
        j->before.context = NULL;
        return;
    }
    if (j->after.context == NULL && uc_context_alloc(cpu->uc, &j->after.context) != UC_ERR_OK) {
        j->after.context = NULL;
        return;
    }
    j->head_pc = reg_get(cpu, UC_ARM_REG_PC);
    j->sp = reg_get(cpu, UC_ARM_REG_SP);
    j->lr = reg_get(cpu, UC_ARM_REG_LR);
    struct head *head = head_of(j, j->head_pc);
    bool done = examine(cpu);
    if (done) {
        head->polls = POLLS_KNOWN;
    } else {
        trial_undo(cpu, &j->first);
        trial_go_back(cpu, &j->before);
        head->polls = head->polls < POLLS_MAX ? head->polls * 2 : POLLS_MAX;
    }
    cpu->event = EVENT_NONE;
    time_rearm(cpu);
}
