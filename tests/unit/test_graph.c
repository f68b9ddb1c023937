/* SPDX-License-Identifier: MIT */
/* Functions, stack and calls as read from machine code: tests/fixtures/isa/flow.S, and our own image. */
#include "check/graph.h"
#include "image/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define FAULT_FRAME 32u
/* The stack's bottom is rounded up to 32, its top down to 8, at any multiple of 4. */
#define LOST_BY_ALIGNMENT (28u + 4u)

struct loaded {
    uint8_t *bytes;
    struct elf_file elf;
    struct graph graph;
};

static const struct elf_segment *code_of(const struct elf_file *elf)
{
    const struct elf_segment *largest = NULL;
    for (unsigned i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        if (segment->type == ELF_PT_LOAD &&
            (largest == NULL || segment->file_size > largest->file_size)) {
            largest = segment;
        }
    }
    assert_non_null(largest);
    return largest;
}

static void load(struct loaded *loaded, const char *path, const char *root)
{
    struct error error = {0};
    size_t size = 0;
    loaded->bytes = image_read_whole_file(path, &size, &error);
    assert_non_null(loaded->bytes);
    assert_true(elf_parse(&loaded->elf, path, loaded->bytes, size, &error));
    const struct elf_symbol *symbol = elf_find_symbol(&loaded->elf, root);
    assert_non_null(symbol);
    uint32_t address = symbol->value & ~UINT32_C(1);
    assert_true(graph_build(&loaded->graph, &loaded->elf, code_of(&loaded->elf), &address, 1));
}

static void unload(struct loaded *loaded)
{
    graph_release(&loaded->graph);
    elf_release(&loaded->elf);
    free(loaded->bytes);
}

static const struct graph_function *function(const struct loaded *loaded, const char *name)
{
    const struct elf_symbol *symbol = elf_find_symbol(&loaded->elf, name);
    assert_non_null(symbol);
    unsigned found = graph_find(&loaded->graph, symbol->value & ~UINT32_C(1));
    assert_true(found != GRAPH_NONE);
    return &loaded->graph.functions[found];
}

static unsigned calls_from(const struct loaded *loaded, const char *name, bool known)
{
    unsigned count = 0;
    for (unsigned i = 0; i < loaded->graph.call_count; i++) {
        const struct graph_call *call = &loaded->graph.calls[i];
        count += &loaded->graph.functions[call->caller] == function(loaded, name) &&
                 (call->callee != GRAPH_NONE) == known;
    }
    return count;
}

static void stack_of_every_way(void **state)
{
    static const struct {
        const char *name;
        uint32_t own, depth;
    } wanted[] = {
        {"leaf", 24, 24},          {"bytes_table", 72, 72}, {"halves_table", 16, 40},
        {"framed", 48, 72},        {"tail", 16, 24},        {"by_veneer", 8, 32},
        {"by_constant", 8, 32},    {"dies", 8, 8},          {"calls_dies", 8, 16},
        {"returns_in_it", 20, 20}, {"own_stack", 4, 4},     {"deep", 256, 256},
        {"variable", 8, 32},       {"loops", 16, 16},       {"unequal", 40, 64},
        {"aligned", 19, 19},       {"ends_in_data", 8, 8},  {"ends_with_call", 8, 32},
    };
    for (unsigned i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const struct graph_function *found = function(*state, wanted[i].name);
        if (found->own_depth != wanted[i].own || found->depth != wanted[i].depth) {
            fail_msg("%s: own %u, depth %u", wanted[i].name, found->own_depth, found->depth);
        }
    }
}

static void what_never_comes_back(void **state)
{
    assert_false(function(*state, "dies")->returns);
    assert_true(function(*state, "dies")->endless_alone);
    assert_false(function(*state, "calls_dies")->returns);
    assert_false(function(*state, "calls_dies")->endless);
    assert_true(function(*state, "returns_in_it")->returns);
    assert_int_equal(function(*state, "spins")->endless_at, function(*state, "spins")->address + 8);
    assert_false(function(*state, "spins")->endless_alone);
    assert_false(function(*state, "waits")->endless);
    assert_false(function(*state, "loops")->endless);
}

static void what_is_not_known_is_said(void **state)
{
    assert_int_equal(calls_from(*state, "by_pointer", false), 1);
    assert_int_equal(calls_from(*state, "stale", false), 1);
    assert_int_equal(calls_from(*state, "stale", true), 1);
    assert_int_equal(calls_from(*state, "either", false), 1);
    assert_int_equal(calls_from(*state, "by_constant", true), 1);
    assert_int_equal(calls_from(*state, "by_constant", false), 0);
    assert_int_equal(calls_from(*state, "bytes_table", true), 1);
    assert_int_equal(calls_from(*state, "bytes_table", false), 0);
    assert_true(function(*state, "variable")->variable_at != 0);
    assert_int_equal(function(*state, "framed")->variable_at, 0);
    assert_int_equal(function(*state, "framed")->switch_at, 0);
    assert_int_equal(function(*state, "aligned")->switch_at, 0);
    assert_true(function(*state, "own_stack")->switch_at != 0);
}

static void a_circle_of_calls_is_found(void **state)
{
    const struct loaded *loaded = *state;
    unsigned circles = 0;
    for (unsigned i = 0; i < loaded->graph.call_count; i++) {
        circles += loaded->graph.calls[i].recursive;
    }
    assert_int_equal(circles, 1);
    uint32_t first = function(loaded, "first")->depth, second = function(loaded, "second")->depth;
    assert_int_equal(first > second ? first : second, 24); /* once round */
}

/* Without a symbol table that is more than one name, functions are found by their calls. */
static void only_the_root_reaches(void **state)
{
    const struct loaded *loaded = *state;
    assert_true(function(loaded, "bytes_table")->reached);
    assert_true(function(loaded, "leaf")->reached);
    assert_false(function(loaded, "deep")->reached);
}

/* Our own guard gives the body a stack of its own; the deepest path, and a fault at its end, must fit
 * wherever the image lies. */
static void our_own_stack_is_deep_enough(void **state)
{
    (void)state;
    struct loaded image;
    load(&image, EXTLOAD_FIXTURES "/../loader/loader.elf", "stldr_Init");
    const struct elf_symbol *stack = elf_find_symbol(&image.elf, "guard_stack");
    uint32_t depth = function(&image, "guard_body")->depth;
    if (depth + FAULT_FRAME + LOST_BY_ALIGNMENT > stack->size) {
        fail_msg("guard_body takes %u bytes; guard_stack has %u", depth, stack->size);
    }
    assert_true(depth > 300);
    unload(&image);
}

/* The compiler's own account (-fstack-usage) of every function of our image. */
static void the_compiler_agrees(void **state)
{
    (void)state;
    struct loaded image;
    char line[400];
    unsigned compared = 0;
    load(&image, EXTLOAD_FIXTURES "/../loader/loader.elf", "stldr_Init");
    FILE *usage = fopen(EXTLOAD_FIXTURES "/../loader/loader.elf.ltrans0.ltrans.su", "r");
    assert_non_null(usage);
    while (fgets(line, sizeof line, usage) != NULL) {
        char *tab = strchr(line, '\t');
        assert_non_null(tab);
        *tab = '\0';
        const char *name = strrchr(line, ':') + 1;
        if (elf_find_symbol(&image.elf, name) == NULL) {
            continue;
        }
        uint32_t own = function(&image, name)->own_depth;
        if (own != strtoul(tab + 1, NULL, 10)) {
            fail_msg("%s: %u bytes, the compiler says %s", name, own, tab + 1);
        }
        compared++;
    }
    fclose(usage);
    assert_true(compared > 40);
    unload(&image);
}

static int open_flow(void **state)
{
    static struct loaded loaded;
    load(&loaded, EXTLOAD_FIXTURES "/flow.elf", "bytes_table");
    *state = &loaded;
    return 0;
}

static int close_flow(void **state)
{
    unload(*state);
    return 0;
}

/* PUSH {R0}, many NOPs, and back to the start: one word of stack for each time. */
static void a_loop_that_takes_stack_is_soon_known(void **state)
{
    (void)state;
    enum {
        NOPS = 20000
    };
    static uint16_t code[NOPS + 3] = {0xB401};
    struct elf_file elf = {.symbol_count = 0};
    struct elf_segment segment = {.type = ELF_PT_LOAD,
                                  .vaddr = 0x34180400,
                                  .bytes = (const uint8_t *)code,
                                  .file_size = sizeof code};
    uint32_t root = segment.vaddr;
    uint32_t back = 0u - (2u * (NOPS + 1u) + 4u);
    struct graph graph;
    for (unsigned i = 1; i <= NOPS; i++) {
        code[i] = 0xBF00;
    }
    code[NOPS + 1] = (uint16_t)(0xF400u | (back >> 12 & 0x3FFu)); /* B.W, encoding T4 [ARM] */
    code[NOPS + 2] = (uint16_t)(0xB800u | (back >> 1 & 0x7FFu));
    alarm(60);
    assert_true(graph_build(&graph, &elf, &segment, &root, 1));
    alarm(0);
    assert_int_equal(graph.functions[0].variable_at, root);
    assert_int_equal(graph.functions[0].endless_at, root);
    assert_int_equal(graph.functions[0].own_depth, 0x10000);
    graph_release(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stack_of_every_way),
        cmocka_unit_test(what_never_comes_back),
        cmocka_unit_test(what_is_not_known_is_said),
        cmocka_unit_test(a_circle_of_calls_is_found),
        cmocka_unit_test(only_the_root_reaches),
        cmocka_unit_test(our_own_stack_is_deep_enough),
        cmocka_unit_test(the_compiler_agrees),
        cmocka_unit_test(a_loop_that_takes_stack_is_soon_known),
    };
    return cmocka_run_group_tests(tests, open_flow, close_flow);
}
