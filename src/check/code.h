/* SPDX-License-Identifier: MIT */
/*
 * What the rules about machine code share: the loader's graph, and a way to say where something is.
 */
#ifndef EXTLOAD_CHECK_CODE_H
#define EXTLOAD_CHECK_CODE_H

#include "check/check.h"
#include "check/graph.h"

/* A place that a rule remembers until all code was seen. */
struct code_place {
    uint32_t address; /* that the instruction reads or writes */
    unsigned function;
    uint32_t at;
};

struct code_places {
    struct code_place *items;
    unsigned count, capacity;
};

struct code_check {
    const struct check_file *file;
    struct findings *findings;
    struct graph graph;
    struct code_places reads;              /* of RAM, by what an export reaches */
    struct code_places writes;             /* the same */
    struct code_places apart;              /* reads of RAM by what no export reaches */
    struct code_places increments;         /* writes by a function of those that also reads it */
    unsigned first_use[THUMB_NEEDS_COUNT]; /* functions that need more than Armv7-M; GRAPH_NONE */
    uint32_t first_use_at[THUMB_NEEDS_COUNT];
    bool enables_fpu;
    unsigned r9_taken_in; /* the first function that uses R9 as a base; GRAPH_NONE */
    uint32_t r9_taken_at;
    bool sets_r9;
};

/* Adds a finding about what an export reaches: the export as its call, the way there as its trace.
 * One per rule and function. */
void code_add(struct code_check *check, enum finding_id id, unsigned function, const char *format,
              ...) __attribute__((format(printf, 4, 5)));
/* Its name, or its address. The text lives until the next call but one. */
const char *code_function_name(const struct code_check *check, unsigned function);

/* True if the caller or the link address says that the loader is for an STM32N6. */
bool code_is_for_n6(const struct code_check *check);
/* Stack of every export: depth, recursion, what is not known. */
void code_check_stack(struct code_check *check);
/* What one instruction says, with the registers in front of it. */
void code_check_instruction(struct code_check *check, unsigned function,
                            const struct thumb_insn *insn, const struct values *before);
/* The same, of what only a flash algorithm may not do. */
void code_check_algorithm(struct code_check *check, unsigned function,
                          const struct thumb_insn *insn, const struct values *before);
/* After all instructions. */
void code_check_static_base(struct code_check *check);
/* Loads and stores of addresses that are known. */
void code_check_access(struct code_check *check, unsigned function, const struct thumb_insn *insn,
                       const struct values *before);

#endif
