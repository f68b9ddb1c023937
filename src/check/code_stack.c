/* SPDX-License-Identifier: MIT */
/* How much of the tool's stack the exported functions take. */
#include "check/code.h"

#include <string.h>

#define STACK_GIVEN     (TOOL_STACK_SIZE - 4u) /* the image's last word is its first */
#define ALGORITHM_GIVEN 512u /* kb.segger.com, and probe-rs if its file says nothing else [seen] */

/* The calls that make the depth: "Init 96 > load 960 > copy 24". */
static void write_path(const struct code_check *check, unsigned function, char *text, size_t size)
{
    const struct graph *graph = &check->graph;
    size_t used = 0;
    for (unsigned i = 0; i < 12 && used < size; i++) {
        const struct graph_function *now = &graph->functions[function];
        const struct graph_call *call =
            now->deepest != GRAPH_NONE ? &graph->calls[now->deepest] : NULL;
        used += (size_t)snprintf(text + used, size - used, "%s%s %u", i > 0 ? " > " : "",
                                 code_function_name(check, function),
                                 call != NULL ? call->depth : now->own_depth);
        if (call == NULL) {
            return;
        }
        function = call->callee;
    }
}

static void check_depth(struct code_check *check, unsigned function)
{
    const struct graph_function *about = &check->graph.functions[function];
    const bool algorithm = check->file->kind != CHECK_STLDR;
    const uint32_t given = algorithm ? ALGORITHM_GIVEN : STACK_GIVEN;
    char path[260];
    if (!about->reached || about->parent != GRAPH_NONE || about->depth <= given) {
        return;
    }
    write_path(check, function, path, sizeof path);
    code_add(check, algorithm ? FINDING_FLM_STACK_DEPTH : FINDING_STACK_DEPTH, function,
             "%u bytes of stack, of %u that the tool gives: %s", about->depth, given, path);
}

static void check_call(struct code_check *check, const struct graph_call *call)
{
    if (!check->graph.functions[call->caller].reached) {
        return;
    }
    if (call->callee == GRAPH_NONE) {
        code_add(check, FINDING_CALL_UNKNOWN, call->caller,
                 "%s calls through a register at 0x%08x; what is behind it was not looked at",
                 code_function_name(check, call->caller), call->address);
    } else if (call->recursive && call->on_stack) {
        code_add(check, FINDING_STACK_RECURSION, call->caller, "%s calls %s again at 0x%08x",
                 code_function_name(check, call->caller), code_function_name(check, call->callee),
                 call->address);
    }
}

void code_check_stack(struct code_check *check)
{
    for (unsigned i = 0; i < check->graph.function_count; i++) {
        const struct graph_function *about = &check->graph.functions[i];
        check_depth(check, i);
        if (about->reached && about->variable_at != 0) {
            code_add(check, FINDING_STACK_VARIABLE, i,
                     "%s takes a number of bytes at 0x%08x that only the running code knows",
                     code_function_name(check, i), about->variable_at);
        }
    }
    for (unsigned i = 0; i < check->graph.call_count; i++) {
        check_call(check, &check->graph.calls[i]);
    }
}
