/* SPDX-License-Identifier: MIT */
/* The rules that one instruction breaks, with what is known of the registers in front of it. */
#include "check/code.h"

#include <stdlib.h>

/* System Control Space [ARM]; PWR of the STM32N6, Secure and Non-secure [HDR]. */
enum {
    CPS_I = 2,
    SYSTICK_TICKINT = 1 << 1,
    AIRCR_SYSRESETREQ = 1 << 2,
    VTOR_RESERVED = 0x7F,
    N6_TABLE_ALIGN = 0x400 /* 16 + 195 vectors, rounded up to a power of two */
};
static const uint32_t systick_ctrl = 0xE000E010, nvic_iser = 0xE000E100, nvic_iser_end = 0xE000E140,
                      scb_vtor = 0xE000ED08, scb_aircr = 0xE000ED0C, scb_cpacr = 0xE000ED88,
                      n6_pwr_cr1 = 0x56024800, n6_pwr_cr1_ns = 0x46024800;

static void check_unmask(struct code_check *check, unsigned function, const struct thumb_insn *insn,
                         const struct values *before)
{
    bool enables =
        insn->class == THUMB_CHANGE_STATE && insn->value == 0 && (insn->list & CPS_I) != 0;
    if (insn->class == THUMB_WRITE_SPECIAL && insn->value == THUMB_PRIMASK) {
        struct value value = values_get(before, insn->rn);
        enables = value.kind == VALUE_CONSTANT && (value.word & 1u) == 0;
    }
    if (enables) {
        code_add(check, FINDING_INTERRUPT_ENABLE, function, "%s in %s at 0x%08x",
                 insn->class == THUMB_CHANGE_STATE ? "CPSIE i" : "PRIMASK is set to 0",
                 code_function_name(check, function), insn->address);
    }
}

static void note_needs(struct code_check *check, unsigned function, const struct thumb_insn *insn)
{
    if (check->first_use[insn->needs] == GRAPH_NONE && insn->class != THUMB_UNDEFINED) {
        check->first_use[insn->needs] = function;
        check->first_use_at[insn->needs] = insn->address;
    }
}

void code_check_instruction(struct code_check *check, unsigned function,
                            const struct thumb_insn *insn, const struct values *before)
{
    const char *name = code_function_name(check, function);
    note_needs(check, function, insn);
    check_unmask(check, function, insn, before);
    switch (insn->class) {
    case THUMB_WAIT:
        code_add(check, FINDING_SLEEP, function, "%s in %s at 0x%08x",
                 insn->value == 0 ? "WFI" : "WFE", name, insn->address);
        break;
    case THUMB_SUPERVISOR_CALL:
        code_add(check, FINDING_SUPERVISOR_CALL, function, "SVC %u in %s at 0x%08x", insn->value,
                 name, insn->address);
        break;
    case THUMB_BREAKPOINT:
        code_add(check, FINDING_BREAKPOINT, function, "BKPT %u in %s at 0x%08x", insn->value, name,
                 insn->address);
        break;
    case THUMB_UNDEFINED:
    case THUMB_PERMANENTLY_UNDEFINED:
        code_add(check, FINDING_UNDEFINED, function, "%s in %s at 0x%08x",
                 insn->class == THUMB_UNDEFINED ? "no instruction of a Cortex-M" : "UDF", name,
                 insn->address);
        break;
    default: break;
    }
}

static bool is_known_set(struct value value, uint32_t bit)
{
    return (value.kind == VALUE_CONSTANT || value.kind == VALUE_BITS) && (value.word & bit) != 0;
}

static bool is_ram(uint32_t address)
{
    return address >= 0x20000000u && address < 0x40000000u;
}

static void check_vectors(struct code_check *check, unsigned function, uint32_t at,
                          struct value value)
{
    if (value.kind != VALUE_CONSTANT) {
        return;
    }
    const char *name = code_function_name(check, function);
    if ((value.word & VTOR_RESERVED) != 0) {
        code_add(check, FINDING_VECTORS_ALIGN, function,
                 "%s sets VTOR to 0x%08x at 0x%08x; its low 7 bits are not kept", name, value.word,
                 at);
    } else if (code_is_for_n6(check) && value.word % N6_TABLE_ALIGN != 0) {
        code_add(
            check, FINDING_VECTORS_ALIGN, function,
            "%s sets VTOR to 0x%08x at 0x%08x; the 211 vectors of an STM32N6 need a multiple of "
            "0x400",
            name, value.word, at);
    } else {
        code_add(check, FINDING_VECTORS_MOVED, function, "%s sets VTOR to 0x%08x at 0x%08x", name,
                 value.word, at);
    }
}

static void check_register(struct code_check *check, unsigned function, uint32_t at,
                           uint32_t address, struct value value)
{
    const char *name = code_function_name(check, function);
    if (address == systick_ctrl && is_known_set(value, SYSTICK_TICKINT)) {
        code_add(check, FINDING_SYSTICK, function, "%s sets TICKINT of SysTick at 0x%08x", name,
                 at);
    } else if (address >= nvic_iser && address < nvic_iser_end &&
               (value.kind != VALUE_CONSTANT || value.word != 0)) {
        code_add(check, FINDING_INTERRUPT_ENABLE, function,
                 "%s enables an interrupt in the NVIC (0x%08x) at 0x%08x", name, address, at);
    } else if (address == scb_vtor) {
        check_vectors(check, function, at, value);
    } else if (address == scb_aircr && is_known_set(value, AIRCR_SYSRESETREQ)) {
        code_add(check, FINDING_RESET_REQUEST, function, "%s writes AIRCR.SYSRESETREQ at 0x%08x",
                 name, at);
    } else if ((address == n6_pwr_cr1 || address == n6_pwr_cr1_ns) && code_is_for_n6(check)) {
        code_add(check, FINDING_CORE_SUPPLY, function, "%s writes PWR_CR1 at 0x%08x", name, at);
    } else if (address == scb_cpacr) {
        check->enables_fpu = true;
    }
}

static void remember(struct code_places *places, uint32_t address, unsigned function, uint32_t at)
{
    if (places->count == places->capacity) {
        unsigned capacity = places->capacity == 0 ? 32 : 2 * places->capacity;
        struct code_place *items = realloc(places->items, capacity * sizeof *items);
        if (items == NULL) {
            return;
        }
        places->items = items;
        places->capacity = capacity;
    }
    places->items[places->count++] = (struct code_place){address, function, at};
}

static bool reads(const struct code_places *places, uint32_t address, unsigned function)
{
    for (unsigned i = places->count; i-- > 0 && places->items[i].function == function;) {
        if (places->items[i].address == address) {
            return true;
        }
    }
    return false;
}

static void check_store(struct code_check *check, unsigned function, uint32_t at,
                        struct value place, struct value value)
{
    bool reached = check->graph.functions[function].reached;
    uint32_t address = place.word;
    bool ram = place.kind == VALUE_IMAGE || is_ram(address);
    if (reached && !ram) {
        check_register(check, function, at, address, value);
    } else if (reached) {
        remember(&check->writes, address, function, at);
    } else if (ram && reads(&check->apart, address, function)) {
        remember(&check->increments, address, function, at);
    }
}

void code_check_access(struct code_check *check, unsigned function, const struct thumb_insn *insn,
                       const struct values *before)
{
    struct value address = values_address(before, insn);
    if (address.kind != VALUE_CONSTANT && address.kind != VALUE_IMAGE) {
        return;
    }
    if (insn->class == THUMB_STORE || insn->class == THUMB_STORE_PAIR) {
        check_store(check, function, insn->address, address, values_get(before, insn->rd));
    }
    if (insn->class == THUMB_STORE_PAIR) {
        struct value next = {address.kind, address.word + 4};
        check_store(check, function, insn->address, next, values_get(before, insn->rm));
    }
    if (insn->class == THUMB_LOAD && (address.kind == VALUE_IMAGE || is_ram(address.word))) {
        bool reached = check->graph.functions[function].reached;
        remember(reached ? &check->reads : &check->apart, address.word, function, insn->address);
    }
}
