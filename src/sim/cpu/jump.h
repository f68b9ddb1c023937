/* SPDX-License-Identifier: MIT */
/* The jump rule's state, and trials: iterations of a loop that can be undone. */
#ifndef EXTLOAD_SIM_CPU_JUMP_H
#define EXTLOAD_SIM_CPU_JUMP_H

#include "sim/cpu/core.h"

#pragma GCC visibility push(hidden) /* as in cpu.h */

enum {
    POLLS = 6,            /* recurrences before a loop is examined */
    POLLS_KNOWN = 3,      /* the same for a loop that was skipped before */
    POLLS_MAX = 1 << 20,  /* the back-off ends here */
    OTHER_READS = 32,     /* pure reads elsewhere before the candidate is given up */
    ITERATION_MAX = 4000, /* instructions */
    JOURNAL_MAX = 512,
    READS_MAX = 64,
    HEADS = 16,
    DEPTH_MAX = 3,
    PROFIT = 8, /* fewer iterations than this many depths are not worth a jump */
    USES_CYCCNT = 1,
    USES_SYSTICK_VAL = 2,
    USES_SYSTICK_CSR = 4
};

enum mode {
    WATCHING, /* looking for a poll that recurs */
    ARMED,    /* stop at the next visit of the head */
    TRIAL     /* an iteration that will be undone is running */
};

struct head {
    uint32_t pc;
    unsigned polls; /* wanted before the next examination */
};

struct registers {
    uint32_t core[23];
    uint64_t fp[16];
    uint32_t fpscr;
};

struct outcome {
    bool stayed; /* back at the head, nothing but pure reads and RAM writes on the way */
    uint64_t cost, instructions, path;
    unsigned reads;
};

struct journal {
    struct journal_entry entry[JOURNAL_MAX];
    unsigned count;
};

struct checkpoint {
    uc_context *context;
    struct timeline t;
};

struct jump {
    enum mode mode;
    uint32_t candidate, head_pc;
    unsigned count, others;
    bool at_head;
    uint64_t armed_at;
    struct head heads[HEADS];

    /* the running trial */
    bool replay, stayed;
    uint64_t event_ps; /* the bus changes by itself then: no trial looks at it from there on */
    uint64_t started;
    uint64_t path;
    uint32_t sp, lr;
    unsigned uses;
    struct {
        uint32_t address, value;
    } read[READS_MAX];
    unsigned read_count, read_next;
    struct journal *journal;
    struct journal first, other, last;
    struct checkpoint before, after;
};

/* Remembers the present state, RAM apart. */
void trial_save(struct cpu *cpu, struct checkpoint *at);
void trial_go_back(struct cpu *cpu, const struct checkpoint *to);
/* Takes RAM back to before the journal's first entry and empties it; the entries stay readable. */
void trial_undo(struct cpu *cpu, struct journal *journal);
/* Makes `after` of every entry what is in RAM now. */
void trial_settle(struct cpu *cpu, struct journal *journal);
/* Whether RAM holds `after` of each entry. */
bool trial_ram_is_as_after(struct cpu *cpu, const struct journal_entry *entries, unsigned count);
void trial_registers(struct cpu *cpu, struct registers *to);
/* One iteration from the present state, its RAM writes appended to `journal`; with `replay` the
 * reads give what the last iteration without it read. */
struct outcome trial_iterate(struct cpu *cpu, bool replay, struct journal *journal);
void trial_end(struct cpu *cpu, bool stayed);
void trial_read(struct cpu *cpu, uint32_t address, uint32_t *value);

#pragma GCC visibility pop

#endif
