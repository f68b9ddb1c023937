/* SPDX-License-Identifier: MIT */
#include "check/graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PASSES_MAX 8

enum {
    STT_FUNC = 2
};

unsigned graph_find(const struct graph *graph, uint32_t address)
{
    uint32_t at = address - graph->code.address;
    return at < graph->code.size ? graph->starts[at / 2] : GRAPH_NONE;
}

static bool grow(void **array, unsigned count, unsigned *capacity, size_t size)
{
    if (count < *capacity) {
        return true;
    }
    unsigned wanted = *capacity == 0 ? 32 : 2 * *capacity;
    void *larger = realloc(*array, wanted * size);
    if (larger == NULL) {
        return false;
    }
    *array = larger;
    *capacity = wanted;
    return true;
}

/* Names and end from the symbol table; an exported name wins over a local one. */
static void take_symbol(const struct graph *graph, struct graph_function *function)
{
    for (unsigned i = 0; i < graph->elf->symbol_count; i++) {
        const struct elf_symbol *symbol = &graph->elf->symbols[i];
        bool here = (symbol->value & ~UINT32_C(1)) == function->address && symbol->section != 0 &&
                    (symbol->type == STT_FUNC || (symbol->value & 1u) != 0);
        if (here && symbol->name[0] != '$' && (function->name == NULL || symbol->binding == 1)) {
            function->name = symbol->name;
            function->end = symbol->size > 0 ? function->address + symbol->size : function->end;
        }
    }
}

unsigned graph_add_function(struct graph *graph, uint32_t address)
{
    unsigned found = graph_find(graph, address);
    uint32_t at = address - graph->code.address;
    if (found != GRAPH_NONE || at >= graph->code.size) {
        return found;
    }
    void *array = graph->functions;
    if (!grow(&array, graph->function_count, &graph->function_capacity, sizeof *graph->functions)) {
        return GRAPH_NONE;
    }
    graph->functions = array;
    struct graph_function *function = &graph->functions[graph->function_count];
    *function = (struct graph_function){
        .address = address, .parent = GRAPH_NONE, .deepest = GRAPH_NONE, .returns = true};
    take_symbol(graph, function);
    graph->starts[at / 2] = graph->function_count;
    return graph->function_count++;
}

bool graph_add_call(struct graph *graph, const struct graph_call *call)
{
    void *array = graph->calls;
    if (!grow(&array, graph->call_count, &graph->call_capacity, sizeof *graph->calls)) {
        return false;
    }
    graph->calls = array;
    graph->calls[graph->call_count++] = *call;
    return true;
}

static int by_value(const void *a, const void *b)
{
    const struct elf_symbol *const *first = a, *const *second = b;
    return (*first)->value < (*second)->value ? -1 : (*first)->value > (*second)->value;
}

/* Mapping symbols of the Arm ELF ABI: $t code, $d data, to the next one. */
static bool mark_data(struct graph *graph)
{
    const struct elf_file *elf = graph->elf;
    const struct elf_symbol **marks = malloc((elf->symbol_count + 1u) * sizeof *marks);
    if (marks == NULL) {
        free(marks);
        return false;
    }
    unsigned count = 0;
    for (unsigned i = 0; i < elf->symbol_count; i++) {
        const char *name = elf->symbols[i].name;
        bool is_mark = name[0] == '$' && (name[1] == 't' || name[1] == 'd' || name[1] == 'a') &&
                       (name[2] == '\0' || name[2] == '.');
        if (is_mark && elf->symbols[i].value - graph->code.address < graph->code.size) {
            marks[count++] = &elf->symbols[i];
        }
    }
    qsort(marks, count, sizeof *marks, by_value);
    for (unsigned i = 0; i < count; i++) {
        uint32_t end = i + 1 < count ? marks[i + 1]->value - graph->code.address : graph->code.size;
        for (uint32_t at = marks[i]->value - graph->code.address; at < end; at += 2) {
            graph->data[at / 2] = marks[i]->name[1] == 'd';
        }
    }
    free(marks);
    return true;
}

static bool make_maps(struct graph *graph)
{
    size_t count = graph->code.size / 2 + 1u;
    graph->data = calloc(count, 1);
    graph->starts = malloc(count * sizeof *graph->starts);
    graph->slots = malloc(count * sizeof *graph->slots);
    if (graph->data == NULL || graph->starts == NULL || graph->slots == NULL) {
        return false;
    }
    memset(graph->starts, 0xFF, count * sizeof *graph->starts); /* GRAPH_NONE */
    memset(graph->slots, 0xFF, count * sizeof *graph->slots);
    return true;
}

/* Analyses every function, those that turn up on the way too. */
static bool run_pass(struct graph *graph)
{
    graph->call_count = 0;
    for (unsigned i = 0; i < graph->function_count; i++) {
        if (!graph_analyse(graph, i)) {
            return false;
        }
    }
    return true;
}

/* A function that turns out never to return ends its callers' paths; one that turns up late ends
 * others' tails. So until nothing changes. */
static bool settle(struct graph *graph)
{
    for (unsigned pass = 0; pass < PASSES_MAX; pass++) {
        unsigned before = graph->function_count, returning = 0, now = 0;
        for (unsigned i = 0; i < before; i++) {
            returning += graph->functions[i].returns;
        }
        if (!run_pass(graph)) {
            return false;
        }
        for (unsigned i = 0; i < before; i++) {
            now += graph->functions[i].returns;
        }
        if (before == graph->function_count && now == returning) {
            return true;
        }
    }
    return true;
}

static void mark_reached(struct graph *graph, unsigned root_count)
{
    for (unsigned i = 0; i < graph->function_count; i++) {
        graph->functions[i].reached = i < root_count;
        graph->functions[i].parent = GRAPH_NONE;
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (unsigned i = 0; i < graph->call_count; i++) {
            const struct graph_call *call = &graph->calls[i];
            if (call->callee != GRAPH_NONE && graph->functions[call->caller].reached &&
                !graph->functions[call->callee].reached) {
                graph->functions[call->callee].reached = true;
                graph->functions[call->callee].parent = call->caller;
                changed = true;
            }
        }
    }
}

static bool add_symbols(struct graph *graph)
{
    for (unsigned i = 0; i < graph->elf->symbol_count; i++) {
        const struct elf_symbol *symbol = &graph->elf->symbols[i];
        uint32_t at = (symbol->value & ~UINT32_C(1)) - graph->code.address;
        if (symbol->type == STT_FUNC && symbol->section != 0 && symbol->size > 0 &&
            at < graph->code.size &&
            graph_add_function(graph, symbol->value & ~UINT32_C(1)) == GRAPH_NONE) {
            return false;
        }
    }
    return true;
}

enum {
    UNSEEN,
    OPEN,
    DONE
};

/* Takes the depth of a call's callee into its caller. */
static void deepen(struct graph *graph, unsigned index)
{
    const struct graph_call *call = &graph->calls[index];
    struct graph_function *caller = &graph->functions[call->caller];
    if (call->on_stack && !call->recursive) {
        uint32_t depth = call->depth + graph->functions[call->callee].depth;
        if (depth > caller->depth) {
            caller->depth = depth;
            caller->deepest = index;
        }
    }
}

/* Depth first with a stack of its own: a hostile file may nest as deep as it likes. Calls of one
 * caller lie together; `next` is where each function goes on. */
static void sum_from(struct graph *graph, unsigned root, unsigned *path, unsigned *next,
                     uint8_t *seen)
{
    unsigned height = 0;
    path[height++] = root;
    seen[root] = OPEN;
    while (height > 0) {
        unsigned now = path[height - 1], index = next[now]++;
        if (index >= graph->call_count || graph->calls[index].caller != now) {
            seen[now] = DONE;
            height--;
            if (height > 0) {
                deepen(graph, next[path[height - 1]] - 1);
            }
            continue;
        }
        unsigned callee = graph->calls[index].callee;
        if (callee == GRAPH_NONE) {
            continue;
        }
        if (seen[callee] == UNSEEN) {
            seen[callee] = OPEN;
            path[height++] = callee;
            continue;
        }
        graph->calls[index].recursive = seen[callee] == OPEN;
        deepen(graph, index);
    }
}

static bool sum_depths(struct graph *graph)
{
    unsigned count = graph->function_count;
    unsigned *path = calloc(count + 1u, sizeof *path), *next = calloc(count + 1u, sizeof *next);
    uint8_t *seen = calloc(count + 1u, 1);
    bool good = path != NULL && next != NULL && seen != NULL;
    for (unsigned i = 0; good && i < count; i++) {
        next[i] = graph->call_count;
        graph->functions[i].depth = graph->functions[i].own_depth;
    }
    for (unsigned i = graph->call_count; good && i-- > 0;) {
        next[graph->calls[i].caller] = i;
    }
    for (unsigned i = 0; good && i < count; i++) {
        if (seen[i] == UNSEEN) {
            sum_from(graph, i, path, next, seen);
        }
    }
    free(path);
    free(next);
    free(seen);
    return good;
}

bool graph_build(struct graph *graph, const struct elf_file *elf, const struct elf_segment *segment,
                 const uint32_t *roots, unsigned root_count)
{
    *graph =
        (struct graph){.elf = elf, .code = {segment->bytes, segment->vaddr, segment->file_size}};
    bool good = make_maps(graph) && mark_data(graph);
    for (unsigned i = 0; good && i < root_count; i++) {
        good = graph_add_function(graph, roots[i]) != GRAPH_NONE;
    }
    unsigned distinct = graph->function_count;
    good = good && add_symbols(graph) && settle(graph) && sum_depths(graph);
    if (!good) {
        graph_release(graph);
        return false;
    }
    mark_reached(graph, distinct);
    return true;
}

void graph_release(struct graph *graph)
{
    free(graph->functions);
    free(graph->calls);
    free(graph->data);
    free(graph->starts);
    free(graph->slots);
    *graph = (struct graph){0};
}

const char *graph_name(const struct graph *graph, unsigned function, char *buffer, size_t size)
{
    const struct graph_function *named = &graph->functions[function];
    if (named->name != NULL) {
        return named->name;
    }
    snprintf(buffer, size, "0x%08x", named->address);
    return buffer;
}
