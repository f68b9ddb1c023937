/* SPDX-License-Identifier: MIT */
/* One function: which instructions it reaches, what is known at each, how it ends. */
#include "check/graph.h"

#include <stdlib.h>

#define DEPTH_MAX   0x10000 /* bytes; a stack that grows further grows in a loop */
#define DEEPER_MAX  64u     /* times that another path comes deeper; more of them are a loop */
#define TABLE_MAX   1024u   /* entries of a jump table */
#define NOT_REACHED UINT32_MAX

/* An instruction that is reached. */
struct node {
    struct thumb_insn insn; /* the address at least; the rest if `whole` */
    struct values before;
    bool whole;          /* false: it runs out of the file's bytes */
    unsigned deeper;     /* times that a path came with a deeper stack */
    bool queued, leaves; /* leaves: some path from here ends the function */
};

struct flow {
    struct graph *graph;
    unsigned function;
    uint32_t *slots; /* per halfword of the code: its node, or NOT_REACHED; the graph's */
    struct node *nodes;
    unsigned node_count, node_capacity;
    unsigned *queue;
    unsigned queue_count;
    bool out_of_memory;
};

/* Where an instruction leads. */
struct exits {
    uint32_t *targets; /* of a jump table: to be freed; else `few` */
    uint32_t few[2];
    unsigned count;
    bool leaves;         /* returns, or goes on in another function */
    uint32_t callee;     /* function that is called or jumped to */
    bool calls, unknown; /* unknown: the callee is in a register */
};

static uint32_t slot_of(const struct flow *flow, uint32_t address)
{
    uint32_t at = address - flow->graph->code.address;
    return at < flow->graph->code.size ? at / 2 : NOT_REACHED;
}

static bool is_code(const struct flow *flow, uint32_t address)
{
    uint32_t slot = slot_of(flow, address);
    return slot != NOT_REACHED && flow->graph->data[slot] == 0;
}

static bool decode(const struct flow *flow, uint32_t address, struct thumb_insn *insn)
{
    uint16_t first, second = 0;
    if (!is_code(flow, address) || !code_half(&flow->graph->code, address, &first)) {
        return false;
    }
    if (thumb_length(first) == 4 && !code_half(&flow->graph->code, address + 2, &second)) {
        return false;
    }
    *insn = thumb_decode(address, first, second);
    return true;
}

static bool make_room(struct flow *flow)
{
    if (flow->node_count < flow->node_capacity) {
        return true;
    }
    unsigned wanted = flow->node_capacity == 0 ? 64 : 2 * flow->node_capacity;
    struct node *nodes = realloc(flow->nodes, wanted * sizeof *nodes);
    if (nodes != NULL) {
        flow->nodes = nodes;
    }
    unsigned *queue = realloc(flow->queue, wanted * sizeof *queue);
    if (queue != NULL) {
        flow->queue = queue;
    }
    flow->out_of_memory = nodes == NULL || queue == NULL;
    flow->node_capacity = flow->out_of_memory ? flow->node_capacity : wanted;
    return !flow->out_of_memory;
}

/* A loop that takes stack would come by here for each word of it; it goes to the end at once. */
static bool join(struct node *node, const struct values *values)
{
    struct value *sp = &node->before.reg[THUMB_SP];
    struct value was = *sp;
    bool changed = values_join(&node->before, values);
    if (sp->kind == VALUE_STACK && sp->word != was.word && ++node->deeper > DEEPER_MAX &&
        (int32_t)sp->word > -DEPTH_MAX) {
        sp->word = 0u - DEPTH_MAX;
    }
    return changed;
}

static void arrive(struct flow *flow, uint32_t address, const struct values *values)
{
    uint32_t slot = slot_of(flow, address);
    if (slot == NOT_REACHED || flow->graph->data[slot] != 0 || flow->out_of_memory) {
        return;
    }
    unsigned index = flow->slots[slot];
    if (index == NOT_REACHED) {
        if (!make_room(flow)) {
            return;
        }
        index = flow->node_count++;
        flow->slots[slot] = index;
        struct node *node = &flow->nodes[index];
        *node = (struct node){.insn = {.address = address}, .before = *values};
        node->whole = decode(flow, address, &node->insn);
    } else if (!join(&flow->nodes[index], values)) {
        return;
    }
    if (!flow->nodes[index].queued) {
        flow->nodes[index].queued = true;
        flow->queue[flow->queue_count++] = index;
    }
}

static void goes_to(struct exits *exits, uint32_t address)
{
    exits->few[exits->count++] = address;
}

/* Entries up to the bound of the CMP before it, and never past the first code they name. */
static void take_table(const struct flow *flow, const struct thumb_insn *insn,
                       const struct values *before, struct exits *exits)
{
    uint32_t table = insn->address + 4, nearest = UINT32_MAX, limit = TABLE_MAX;
    if (insn->rn != THUMB_PC) {
        exits->unknown = true;
        exits->leaves = true;
        return;
    }
    if (before->compared == insn->rm && before->compared_to < TABLE_MAX) {
        limit = before->compared_to + 1;
    }
    exits->targets = malloc(limit * sizeof *exits->targets);
    for (uint32_t i = 0; exits->targets != NULL && i < limit; i++) {
        uint16_t half;
        uint32_t at = table + i * insn->value;
        if (at >= nearest || !code_half(&flow->graph->code, at & ~UINT32_C(1), &half)) {
            return;
        }
        uint32_t entry = insn->value == 2 ? half : ((uint32_t)half >> 8 * (at & 1u)) & 0xFFu;
        if (entry == 0) {
            continue;
        }
        exits->targets[exits->count++] = table + 2 * entry;
        nearest = table + 2 * entry < nearest ? table + 2 * entry : nearest;
    }
}

static bool is_other_function(const struct flow *flow, uint32_t address)
{
    return address != flow->graph->functions[flow->function].address &&
           graph_find(flow->graph, address) != GRAPH_NONE;
}

static void branch(const struct flow *flow, struct exits *exits, uint32_t address)
{
    if (is_other_function(flow, address)) {
        exits->calls = true;
        exits->leaves = true;
        exits->callee = address;
    } else {
        goes_to(exits, address);
    }
}

static void branch_to_value(const struct flow *flow, struct exits *exits, struct value value)
{
    if (value.kind == VALUE_CONSTANT && is_code(flow, value.word & ~UINT32_C(1))) {
        branch(flow, exits, value.word & ~UINT32_C(1));
    } else {
        exits->leaves = true;
        exits->unknown = true;
    }
}

static void call(const struct flow *flow, struct exits *exits, const struct thumb_insn *insn,
                 uint32_t callee)
{
    exits->calls = true;
    exits->callee = callee;
    unsigned index = graph_find(flow->graph, callee);
    const struct graph_function *function = &flow->graph->functions[flow->function];
    bool returns = index == GRAPH_NONE || flow->graph->functions[index].returns;
    if (returns && insn->address + insn->length != function->end) {
        goes_to(exits, insn->address + insn->length);
    }
}

/* What writes PC by a load: returns, unless the word is a literal. */
static void jump_by_load(const struct flow *flow, struct exits *exits,
                         const struct thumb_insn *insn)
{
    uint32_t word;
    if (insn->class == THUMB_LOAD_LITERAL && code_word(&flow->graph->code, insn->target, &word)) {
        branch_to_value(flow, exits, (struct value){VALUE_CONSTANT, word});
        return;
    }
    exits->leaves = true;
    exits->unknown = insn->class == THUMB_LOAD && insn->rn != THUMB_SP;
}

static bool jumps_by_load(const struct thumb_insn *insn)
{
    bool loads = insn->class == THUMB_LOAD || insn->class == THUMB_LOAD_LITERAL ||
                 insn->class == THUMB_LOAD_MULTIPLE;
    return loads && (insn->writes >> THUMB_PC & 1u) != 0;
}

static struct exits find_exits(const struct flow *flow, const struct thumb_insn *insn,
                               const struct values *before)
{
    struct exits exits = {.targets = NULL};
    uint32_t next = insn->address + insn->length;
    bool conditional = before->it_left > 0;
    switch (insn->class) {
    case THUMB_BRANCH: branch(flow, &exits, insn->target); break;
    case THUMB_BRANCH_IF:
        branch(flow, &exits, insn->target);
        goes_to(&exits, next);
        return exits;
    case THUMB_CALL: call(flow, &exits, insn, insn->target); break;
    case THUMB_CALL_REGISTER: {
        struct value value = values_get(before, insn->rm);
        if (value.kind == VALUE_CONSTANT && is_code(flow, value.word & ~UINT32_C(1))) {
            call(flow, &exits, insn, value.word & ~UINT32_C(1));
        } else {
            exits.unknown = true;
            goes_to(&exits, next);
        }
        break;
    }
    case THUMB_BRANCH_REGISTER:
        if (insn->rm == THUMB_LR) {
            exits.leaves = true;
        } else {
            branch_to_value(flow, &exits, values_get(before, insn->rm));
        }
        break;
    case THUMB_TABLE_BRANCH: take_table(flow, insn, before, &exits); return exits;
    case THUMB_UNDEFINED:
    case THUMB_PERMANENTLY_UNDEFINED: return exits;
    default:
        if (jumps_by_load(insn)) {
            jump_by_load(flow, &exits, insn);
        } else {
            branch(flow, &exits, next);
        }
        return exits;
    }
    if (conditional && exits.count < 2 && (exits.count == 0 || exits.few[0] != next)) {
        goes_to(&exits, next);
    }
    return exits;
}

/* What a function does to the stack: how deep, and whether it leaves it. */
static void watch_stack(struct flow *flow, const struct thumb_insn *insn,
                        const struct values *before, struct values *after)
{
    struct graph_function *function = &flow->graph->functions[flow->function];
    struct value *sp = &after->reg[THUMB_SP];
    if (sp->kind == VALUE_STACK && (int32_t)sp->word < -DEPTH_MAX) {
        function->variable_at = insn->address;
        function->own_depth = DEPTH_MAX;
        *sp = (struct value){VALUE_UNKNOWN, 0};
    } else if (sp->kind == VALUE_STACK) {
        uint32_t depth = (int32_t)sp->word < 0 ? 0u - sp->word : 0;
        function->own_depth = depth > function->own_depth ? depth : function->own_depth;
    } else if (before->reg[THUMB_SP].kind == VALUE_STACK) {
        bool moves = insn->class == THUMB_ADD || insn->class == THUMB_SUBTRACT;
        if (moves && (insn->rn == THUMB_SP || insn->rm == THUMB_SP)) {
            function->variable_at = insn->address;
            *sp = before->reg[THUMB_SP]; /* what follows is deeper by what is not known */
        } else if (function->switch_at == 0 || insn->address < function->switch_at) {
            function->switch_at = insn->address;
        }
    }
}

static void follow(struct flow *flow, const struct values *start)
{
    arrive(flow, flow->graph->functions[flow->function].address, start);
    while (flow->queue_count > 0 && !flow->out_of_memory) {
        unsigned index = flow->queue[--flow->queue_count];
        flow->nodes[index].queued = false;
        if (!flow->nodes[index].whole) {
            continue;
        }
        struct thumb_insn insn = flow->nodes[index].insn;
        struct values before = flow->nodes[index].before, after = before;
        values_step(&after, &insn, &flow->graph->code);
        watch_stack(flow, &insn, &before, &after);
        struct exits exits = find_exits(flow, &insn, &before);
        const uint32_t *targets = exits.targets != NULL ? exits.targets : exits.few;
        for (unsigned i = 0; i < exits.count; i++) {
            arrive(flow, targets[i], &after);
        }
        free(exits.targets);
    }
}

static bool open_flow(struct flow *flow, struct graph *graph, unsigned function)
{
    *flow = (struct flow){.graph = graph, .function = function, .slots = graph->slots};
    struct values start = values_at_entry();
    follow(flow, &start);
    return !flow->out_of_memory;
}

static void close_flow(struct flow *flow)
{
    for (unsigned i = 0; i < flow->node_count; i++) {
        flow->slots[slot_of(flow, flow->nodes[i].insn.address)] = NOT_REACHED;
    }
    free(flow->nodes);
    free(flow->queue);
}

/* True if a path from this node ends the function, as far as its successors know yet. */
static bool can_leave(const struct flow *flow, const struct node *node)
{
    if (!node->whole || node->insn.class == THUMB_UNDEFINED ||
        node->insn.class == THUMB_PERMANENTLY_UNDEFINED) {
        return true; /* a death, but not an endless loop */
    }
    struct exits exits = find_exits(flow, &node->insn, &node->before);
    const uint32_t *targets = exits.targets != NULL ? exits.targets : exits.few;
    bool leaves = exits.leaves || (exits.calls && exits.count == 0);
    for (unsigned i = 0; i < exits.count && !leaves; i++) {
        uint32_t slot = slot_of(flow, targets[i]);
        leaves = slot == NOT_REACHED || flow->slots[slot] == NOT_REACHED ||
                 flow->nodes[flow->slots[slot]].leaves;
    }
    free(exits.targets);
    return leaves;
}

static void find_leaving(struct flow *flow)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (unsigned i = flow->node_count; i-- > 0;) {
            if (!flow->nodes[i].leaves && can_leave(flow, &flow->nodes[i])) {
                flow->nodes[i].leaves = true;
                changed = true;
            }
        }
    }
}

/* True if some path ends in a return or in a function that returns. */
static bool some_path_returns(const struct flow *flow)
{
    for (unsigned i = 0; i < flow->node_count; i++) {
        const struct node *node = &flow->nodes[i];
        if (!node->whole) {
            continue;
        }
        struct exits exits = find_exits(flow, &node->insn, &node->before);
        free(exits.targets);
        unsigned callee = exits.calls ? graph_find(flow->graph, exits.callee) : GRAPH_NONE;
        if (exits.leaves && (callee == GRAPH_NONE || flow->graph->functions[callee].returns)) {
            return true;
        }
    }
    return false;
}

static bool add_call(struct flow *flow, const struct node *node)
{
    if (!node->whole) {
        return true;
    }
    struct exits exits = find_exits(flow, &node->insn, &node->before);
    free(exits.targets);
    if (!exits.calls && !exits.unknown) {
        return true;
    }
    struct graph_call call = {
        .caller = flow->function, .callee = GRAPH_NONE, .address = node->insn.address};
    struct value sp = node->before.reg[THUMB_SP];
    call.on_stack = sp.kind == VALUE_STACK;
    call.depth = call.on_stack && (int32_t)sp.word < 0 ? 0u - sp.word : 0;
    if (exits.calls && is_code(flow, exits.callee)) {
        call.callee = graph_add_function(flow->graph, exits.callee);
        if (call.callee == GRAPH_NONE) {
            return false;
        }
    }
    return graph_add_call(flow->graph, &call);
}

/* Where nothing leads out any more, some jump leads back: the last loop is the one that stays. */
static void note_jump_back(struct flow *flow, const struct node *node)
{
    struct graph_function *function = &flow->graph->functions[flow->function];
    if (node->leaves || !node->whole) {
        return;
    }
    struct exits exits = find_exits(flow, &node->insn, &node->before);
    const uint32_t *targets = exits.targets != NULL ? exits.targets : exits.few;
    for (unsigned i = 0; i < exits.count; i++) {
        bool back = targets[i] <= node->insn.address;
        if (back && (!function->endless || targets[i] > function->endless_at)) {
            function->endless = true;
            function->endless_at = targets[i];
            function->endless_alone = targets[i] == node->insn.address;
        }
    }
    free(exits.targets);
}

static void note_endless(struct flow *flow)
{
    for (unsigned i = 0; i < flow->node_count; i++) {
        note_jump_back(flow, &flow->nodes[i]);
    }
}

bool graph_analyse(struct graph *graph, unsigned function)
{
    struct graph_function *about = &graph->functions[function];
    about->own_depth = about->switch_at = about->variable_at = about->endless_at = 0;
    about->endless = false;
    struct flow flow;
    bool good = open_flow(&flow, graph, function);
    if (good) {
        find_leaving(&flow);
        note_endless(&flow);
        about->returns = some_path_returns(&flow);
    }
    for (unsigned i = 0; good && i < flow.node_count; i++) {
        good = add_call(&flow, &flow.nodes[i]);
    }
    close_flow(&flow);
    return good;
}

static int by_address(const void *a, const void *b)
{
    const struct node *first = a, *second = b;
    return first->insn.address < second->insn.address ? -1
                                                      : first->insn.address > second->insn.address;
}

bool graph_walk(struct graph *graph, unsigned function, graph_visit *visit, void *context)
{
    struct flow flow;
    bool good = open_flow(&flow, graph, function);
    if (good && flow.node_count > 0) {
        qsort(flow.nodes, flow.node_count, sizeof *flow.nodes, by_address);
    }
    for (unsigned i = 0; good && i < flow.node_count; i++) {
        if (flow.nodes[i].whole) {
            visit(context, function, &flow.nodes[i].insn, &flow.nodes[i].before);
        }
    }
    close_flow(&flow);
    return good;
}
