/* SPDX-License-Identifier: MIT */
/*
 * Functions of a loader and who calls whom, from its machine code: found from the exported
 * functions on, along branches, calls and jump tables; symbols give names and ends if there are any.
 *
 * A jump or call through a register whose value is not a constant is not followed, and said.
 */
#ifndef EXTLOAD_CHECK_GRAPH_H
#define EXTLOAD_CHECK_GRAPH_H

#include "check/values.h"
#include "elf/elf32.h"

#include <stddef.h>

#define GRAPH_NONE UINT32_MAX

struct graph_function {
    uint32_t address;
    uint32_t end;     /* behind its symbol; 0 if it has none or one without a size */
    const char *name; /* its symbol, or NULL */
    unsigned parent;  /* who calls it on the way from an export; GRAPH_NONE: an export, or nobody */
    bool reached;     /* from an export */
    bool returns;     /* some path leaves it; false: it never comes back */
    uint32_t own_depth;   /* bytes of the caller's stack that it takes itself, at most */
    uint32_t depth;       /* the same with all that it calls, as far as known; a circle once */
    unsigned deepest;     /* index of the call that `depth` comes from, or GRAPH_NONE */
    uint32_t switch_at;   /* where it takes a stack of its own; 0 = it does not */
    uint32_t variable_at; /* where it takes a number of bytes that is not constant; 0 */
    bool endless;         /* it has a loop from which nothing leads out */
    uint32_t endless_at;  /* the head of that */
    bool endless_alone;   /* that loop is one branch to itself */
};

struct graph_call {
    unsigned caller, callee; /* callee GRAPH_NONE: through a register, not known */
    uint32_t address;
    uint32_t depth; /* bytes of the caller's stack in use at the call */
    bool on_stack;  /* on the stack that the export was given */
    bool recursive; /* it closes a circle */
};

struct graph {
    struct code_bytes code;
    const struct elf_file *elf;
    struct graph_function *functions;
    unsigned function_count, function_capacity;
    struct graph_call *calls;
    unsigned call_count, call_capacity;
    uint8_t *data;    /* per halfword: 1 = $d says that it is no code */
    uint32_t *starts; /* per halfword: index of the function that begins there, or GRAPH_NONE */
    uint32_t *slots;  /* per halfword: for the function in work */
};

/* Builds the graph from `roots` (addresses without Thumb bit) and the functions of the symbol table. `segment` and `elf` must outlive it. False: out of memory. */
bool graph_build(struct graph *graph, const struct elf_file *elf, const struct elf_segment *segment,
                 const uint32_t *roots, unsigned root_count);
void graph_release(struct graph *graph);
/* Index of the function that begins there, or GRAPH_NONE. */
unsigned graph_find(const struct graph *graph, uint32_t address);
/* Its symbol's name, or "0x…" in `buffer`. */
const char *graph_name(const struct graph *graph, unsigned function, char *buffer, size_t size);

/* Called for every instruction of a function, in the order of addresses, with what is known in front
 * of it. */
typedef void graph_visit(void *context, unsigned function, const struct thumb_insn *insn,
                         const struct values *before);
/* False: out of memory. */
bool graph_walk(struct graph *graph, unsigned function, graph_visit *visit, void *context);

/* For graph.c: walks a function and sets what it says of itself, its calls included. */
bool graph_analyse(struct graph *graph, unsigned function);
/* Adds a function, or finds it. GRAPH_NONE: out of memory. */
unsigned graph_add_function(struct graph *graph, uint32_t address);
bool graph_add_call(struct graph *graph, const struct graph_call *call);

#endif
