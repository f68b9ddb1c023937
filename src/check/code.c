/* SPDX-License-Identifier: MIT */
/* The rules about a loader's machine code as a whole. */
#include "check/code.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    STT_OBJECT = 1
};

#define EXPORTS_MAX  16u
#define ENTRY_LENGTH 64u /* instructions in which an entry masks interrupts, if it does */

/* Two names may be in one text. */
const char *code_function_name(const struct code_check *check, unsigned function)
{
    static char buffers[2][16];
    static unsigned turn;
    turn ^= 1u;
    return graph_name(&check->graph, function, buffers[turn], sizeof buffers[turn]);
}

static unsigned export_of(const struct code_check *check, unsigned function)
{
    for (unsigned i = 0; i < check->graph.function_count; i++) {
        unsigned parent = check->graph.functions[function].parent;
        if (parent == GRAPH_NONE) {
            break;
        }
        function = parent;
    }
    return function;
}

static void write_trace(const struct code_check *check, unsigned function, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    while (function != GRAPH_NONE && used < size) {
        used += (size_t)snprintf(text + used, size - used, "%s%s", used > 0 ? " < " : "",
                                 code_function_name(check, function));
        function = check->graph.functions[function].parent;
    }
}

void code_add(struct code_check *check, enum finding_id id, unsigned function, const char *format,
              ...)
{
    struct finding finding = {.id = id, .severity = finding_severity(id), .count = 1};
    finding.key = check->graph.functions[function].address;
    unsigned root = export_of(check, function);
    snprintf(finding.call, sizeof finding.call, "%s", code_function_name(check, root));
    if (root != function) {
        write_trace(check, function, finding.trace, sizeof finding.trace);
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(finding.what, sizeof finding.what, format, arguments);
    va_end(arguments);
    findings_add(check->findings, &finding);
}

static void visit(void *context, unsigned function, const struct thumb_insn *insn,
                  const struct values *before)
{
    struct code_check *check = context;
    if (check->graph.functions[function].reached) {
        code_check_instruction(check, function, insn, before);
    }
    code_check_access(check, function, insn, before);
    if (check->graph.functions[function].reached && check->file->kind != CHECK_STLDR) {
        code_check_algorithm(check, function, insn, before);
    }
}

static void check_endless(struct code_check *check, unsigned function)
{
    const struct graph_function *about = &check->graph.functions[function];
    if (about->reached && about->endless) {
        code_add(check, FINDING_ENDLESS_LOOP, function, "%s: from %s at 0x%08x nothing leads out",
                 code_function_name(check, function),
                 about->endless_alone ? "the branch to itself" : "the loop", about->endless_at);
    }
}

static bool has_place(const struct code_places *places, uint32_t address, unsigned *function)
{
    for (unsigned i = 0; i < places->count; i++) {
        if (places->items[i].address == address) {
            *function = places->items[i].function;
            return true;
        }
    }
    return false;
}

/* A counter that only code counts which no export reaches: an interrupt handler. */
static void check_ticks(struct code_check *check)
{
    for (unsigned i = 0; i < check->increments.count; i++) {
        const struct code_place *place = &check->increments.items[i];
        unsigned reader, writer;
        if (has_place(&check->reads, place->address, &reader) &&
            !has_place(&check->writes, place->address, &writer)) {
            code_add(check, FINDING_TICK_STANDS, reader,
                     "%s reads a counter at 0x%08x that only %s advances, and no export calls that",
                     code_function_name(check, reader), place->address,
                     code_function_name(check, place->function));
        }
    }
}

static bool begins(const struct tool_device *device, const char *prefixes)
{
    for (const char *at = prefixes; *at != '\0'; at += strcspn(at, " ")) {
        at += strspn(at, " ");
        if (strncmp(device->names, at, strcspn(at, " ")) == 0) {
            return true;
        }
    }
    return false;
}

/* Cores by family [seen] in ST's CMSIS headers: the N6 alone has an M55. */
static bool has_armv81m(const struct tool_device *device)
{
    return begins(device, "STM32N6");
}

bool code_is_for_n6(const struct code_check *check)
{
    const struct tool_device *device = check->file->device;
    return check->file->code->vaddr >> 24 == 0x34 || (device != NULL && has_armv81m(device));
}

static void check_needs(struct code_check *check)
{
    static const struct {
        enum thumb_needs needs;
        const char *name;
    } newer[] = {{THUMB_ARMV81M, "Armv8.1-M"}, {THUMB_MVE, "MVE (Helium)"}};
    const struct tool_device *device = check->file->device;
    for (unsigned i = 0; i < sizeof newer / sizeof newer[0]; i++) {
        unsigned function = check->first_use[newer[i].needs];
        if (function == GRAPH_NONE || (device != NULL && has_armv81m(device))) {
            continue;
        }
        code_add(check, FINDING_CORE_NEEDS, function,
                 "%s instruction at 0x%08x in %s: it runs on a Cortex-M55 (STM32N6)%s",
                 newer[i].name, check->first_use_at[newer[i].needs],
                 code_function_name(check, function),
                 device != NULL ? ", and this is for another core" : " only");
        if (device == NULL) {
            check->findings->items[check->findings->count - 1].severity = SEVERITY_NOTE;
        }
        return;
    }
}

static void check_fpu(struct code_check *check)
{
    bool mve = check->first_use[THUMB_MVE] != GRAPH_NONE;
    enum thumb_needs needs = mve ? THUMB_MVE : THUMB_FPU;
    unsigned function = check->first_use[needs];
    if (function != GRAPH_NONE && !check->enables_fpu) {
        code_add(check, FINDING_FPU_OFF, function,
                 "%s instruction at 0x%08x in %s, and nothing writes CPACR",
                 mve ? "MVE" : "floating-point", check->first_use_at[needs],
                 code_function_name(check, function));
    }
}

static bool masks(const struct thumb_insn *insn, const struct values *values)
{
    if (insn->class == THUMB_CHANGE_STATE) {
        return insn->value == 1;
    }
    struct value value = values_get(values, insn->rn);
    return insn->class == THUMB_WRITE_SPECIAL && insn->value == THUMB_PRIMASK &&
           value.kind == VALUE_CONSTANT && (value.word & 1u) != 0;
}

/* True if the export uses the stack, or calls, before it has masked interrupts. */
static bool enters_unmasked(const struct code_bytes *code, uint32_t address)
{
    struct values values = values_at_entry();
    for (unsigned i = 0; i < ENTRY_LENGTH; i++) {
        uint16_t first, second = 0;
        if (!code_half(code, address, &first)) {
            return false;
        }
        code_half(code, address + 2, &second);
        struct thumb_insn insn = thumb_decode(address, first, second);
        if (masks(&insn, &values)) {
            return false;
        }
        values_step(&values, &insn, code);
        struct value sp = values_get(&values, THUMB_SP);
        if (sp.kind != VALUE_STACK || sp.word != 0 || insn.class == THUMB_CALL) {
            return true;
        }
        bool leaves = insn.class == THUMB_BRANCH_REGISTER || insn.class == THUMB_UNDEFINED;
        if (leaves) {
            return false;
        }
        address = insn.class == THUMB_BRANCH ? insn.target : address + insn.length;
    }
    return false;
}

static void check_entries(struct code_check *check, const uint32_t *roots, const char *const *names,
                          unsigned count)
{
    char list[300] = "";
    unsigned first = GRAPH_NONE;
    for (unsigned i = 0; i < count; i++) {
        if (enters_unmasked(&check->graph.code, roots[i])) {
            size_t used = strlen(list);
            first = first == GRAPH_NONE ? graph_find(&check->graph, roots[i]) : first;
            snprintf(list + used, sizeof list - used, "%s%s", used > 0 ? ", " : "", names[i]);
        }
    }
    if (first != GRAPH_NONE) {
        code_add(check, FINDING_ENTRY_UNMASKED, first,
                 "no CPSID i before the stack is first used: %s", list);
    }
}

/* What the rules about exports reject is not looked at as code. */
static bool is_callable(const struct check_file *file, const struct elf_symbol *symbol)
{
    return symbol != NULL && symbol->type != STT_OBJECT && (symbol->value & 1u) != 0 &&
           symbol->value - 1 - file->code->vaddr < file->code->file_size;
}

static void run(struct code_check *check, const uint32_t *roots, const char *const *names,
                unsigned count)
{
    code_check_stack(check);
    for (unsigned i = 0; i < check->graph.function_count; i++) {
        if (!graph_walk(&check->graph, i, visit, check)) {
            return;
        }
        check_endless(check, i);
    }
    check_ticks(check);
    code_check_static_base(check);
    check_needs(check);
    check_fpu(check);
    check_entries(check, roots, names, count);
}

void check_code(const struct check_file *file, struct findings *findings)
{
    struct code_check check = {.file = file, .findings = findings, .r9_taken_in = GRAPH_NONE};
    uint32_t roots[EXPORTS_MAX];
    const char *names[EXPORTS_MAX];
    unsigned count = 0;
    for (unsigned i = 0; i < THUMB_NEEDS_COUNT; i++) {
        check.first_use[i] = GRAPH_NONE;
    }
    for (unsigned i = 0; file->code != NULL && file->exported[i] != NULL && count < EXPORTS_MAX;
         i++) {
        const struct elf_symbol *symbol = check_export(file->elf, file->exported[i]);
        if (is_callable(file, symbol)) {
            names[count] = file->exported[i];
            roots[count++] = symbol->value - 1;
        }
    }
    if (count == 0 || !graph_build(&check.graph, file->elf, file->code, roots, count)) {
        return;
    }
    run(&check, roots, names, count);
    graph_release(&check.graph);
    free(check.reads.items);
    free(check.writes.items);
    free(check.apart.items);
    free(check.increments.items);
}
