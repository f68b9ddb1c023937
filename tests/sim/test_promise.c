/* SPDX-License-Identifier: MIT */
/* What lies beyond the promise is a closed list, the same here as in docs/fidelity.md. */
#include "sim/matrix_run.h"

#include "pack/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOWHERE    0x35000004u /* no memory there */
#define NS_BASE    0x24180400u /* the Non-secure alias of the tool's RAM */
#define ICSR       0xE000ED04u
#define VTOR       0xE000ED08u
#define SHCSR      0xE000ED24u
#define NVIC_IABR0 0xE000E300u
#define PENDNMISET UINT32_C(0x80000000)
#define UDF        0xDE00u
#define LOOP       0xE7FEu /* a branch to itself */

/* Class B: what no instruction of the loader can help, and what it cannot notice. */
struct beyond {
    const char *what, *outcome;
    const char *states[3];
    const char *core; /* NULL: the board's */
    struct matrix_state own;
    enum loader_function function;
    uint32_t base;   /* of the tool's RAM, if not 0 */
    uint32_t buffer; /* instead of the caller's, if not 0 */
    uint16_t patch;  /* overwrites the function's first instruction, if not 0 */
    enum soc_unclocked unclocked;
    const char *why; /* part of what the simulator says of the end of a call that does not return */
    enum {
        BEYOND_REFUSED,      /* R0 = 0, Verify 1; no RAM touched */
        BEYOND_NON_SECURE,   /* R0 = 0 with this reason; no RAM outside the image touched */
        BEYOND_FAILS,        /* returns 0 */
        BEYOND_DECEIVED,     /* returns 1, and it is not so */
        BEYOND_LOCKUP,       /* the host sees a lockup */
        BEYOND_NO_RETURN,    /* the host sees no return */
        BEYOND_NMI_AT_END,   /* pended when the vectors are the found ones again: no return */
        BEYOND_OWN_RESTORED, /* returns 1; VTOR is the loader's own */
        BEYOND_RETIRED,      /* returns 1; no exception is active */
        BEYOND_STAYS_ACTIVE, /* returns 1; the interrupt is */
        BEYOND_UNTRIED
    } expected;
};

#define MPU_XN                                                                                     \
    {POKE_WORD, 0xE000ED98u, 0}, {POKE_WORD, 0xE000ED9Cu, 0x34000001u},                            \
    {                                                                                              \
        POKE_WORD, 0xE000EDA0u, 0x343FFFE1u                                                        \
    }

static const struct beyond beyond[] = {
    {.what = "Unprivileged Thread mode",
     .outcome = "R0 = 0 (Verify: 1) at once; no RAM and no register of the core is touched",
     .own = {.pokes = {{POKE_REGISTER, CPU_CONTROL, 1}}},
     .function = LOADER_WRITE,
     .expected = BEYOND_REFUSED},
    {.what = "Unprivileged Thread mode, Verify",
     .outcome = "R0 = 1, for 0 would mean that all is equal",
     .own = {.pokes = {{POKE_REGISTER, CPU_CONTROL, 1}}},
     .function = LOADER_VERIFY,
     .expected = BEYOND_REFUSED},
    {.what = "The image's RAM is execute-never in the found MPU",
     .outcome = "the first fetch faults into the found vectors; no return",
     .own = {.pokes = {MPU_XN, {POKE_WORD, 0xE000ED94u, 5}}},
     .function = LOADER_INIT,
     .why = "IACCVIOL",
     .expected = BEYOND_NO_RETURN},
    {.what = "The same with HardFault active and HFNMIENA = 1",
     .outcome = "the first fetch is a second fault: lockup",
     .states = {"HardFault active in Thread mode"},
     .own = {.pokes = {MPU_XN, {POKE_WORD, 0xE000ED94u, 7}}},
     .function = LOADER_INIT,
     .expected = BEYOND_LOCKUP},
    {.what = "NMI active in Thread mode, and then a fault in the call",
     .outcome = "nothing preempts an NMI: lockup; without a fault the call succeeds",
     .own = {.pokes = {{POKE_NMI, 0, 0}}},
     .function = LOADER_WRITE,
     .buffer = NOWHERE,
     .expected = BEYOND_LOCKUP},
    {.what =
         "Armv7-M: HardFault and an interrupt active in Thread mode, and then a fault in the call",
     .outcome = "the loader cannot tell the HardFault from the interrupt: lockup; without a fault "
                "the call succeeds",
     .states = {"interrupt and HardFault active"},
     .core = "cortex-m7",
     .function = LOADER_WRITE,
     .buffer = NOWHERE,
     .expected = BEYOND_LOCKUP},
    {.what = "An interrupt that is enabled and pending, PRIMASK = 0, a host that does not mask",
     .outcome = "its handler runs before the loader's first instruction; what it does decides",
     .own = {.pokes = {{POKE_WORD, 0xE000E100u, 1u << 9},
                       {POKE_WORD, 0xE000E200u, 1u << 9},
                       {POKE_REGISTER, CPU_MSPLIM, 0}}},
     .function = LOADER_INIT,
     .why = "IRQ 9, entered",
     .expected = BEYOND_NO_RETURN},
    {.what = "The flash is switched to 4-byte addresses between Init and Write",
     .outcome = "Write returns 0, but cells elsewhere may have been programmed",
     .states = {"chip: 4-byte"},
     .function = LOADER_WRITE,
     .expected = BEYOND_FAILS},
    {.what = "The flash is given another latency between Init and Read",
     .outcome = "Read returns 1 with what the flash sends",
     .states = {"chip: other latency"},
     .function = LOADER_READ,
     .expected = BEYOND_DECEIVED},
    {.what = "The flash alone loses its supply for a moment late in an erase, undriven lines are "
             "high, and all that Init configures is so after power-up, too",
     .outcome = "SectorErase may return 1 over cells that read blank and decay. Tried by "
                "`test_power_loss.c`",
     .expected = BEYOND_UNTRIED},
    {.what = "Old lines of the I-cache over the loader's way in",
     .outcome = "old bytes are executed until the loader's ICIALLU; what they are decides",
     .own = {.pokes = {{POKE_OR, 0xE000ED14u, 1u << 17}, {POKE_LINES, LINES_OF_GUARD, 0}}},
     .function = LOADER_INIT,
     .expected = BEYOND_NO_RETURN},
    {.what = "Dirty lines of the D-cache over the image, a debugger that passes the cache by",
     .outcome = "written back, they replace the loader: no return",
     .own = {.pokes = {{POKE_OR, 0xE000ED14u, 1u << 16}, {POKE_LINES, LINES_UNDER_IMAGE, 0}}},
     .function = LOADER_INIT,
     .expected = BEYOND_NO_RETURN},
    {.what = "Dirty lines of the D-cache over the buffer, a debugger that passes the cache by",
     .outcome = "written back, they replace the host's data: Write returns 1 with other bytes in "
                "the flash",
     .own = {.pokes = {{POKE_OR, 0xE000ED14u, 1u << 16}, {POKE_LINES, LINES_UNDER_BUFFER, 0}}},
     .function = LOADER_WRITE,
     .expected = BEYOND_DECEIVED},
    {.what = "A bus access that never ends",
     .outcome = "no instruction is executed any more; no return. Tried with a register that has no "
                "clock, where that stalls",
     .states = {"XSPI clock off"},
     .function = LOADER_WRITE,
     .unclocked = SOC_UNCLOCKED_STALL,
     .why = "bus stall",
     .expected = BEYOND_NO_RETURN},
    {.what = "Non-secure state, the image at its Non-secure address",
     .outcome = "R0 = 0, reason NON_SECURE in the image's own record; no other RAM is written",
     .own = {.pokes = {{POKE_NON_SECURE, 0, 0}}},
     .function = LOADER_WRITE,
     .base = NS_BASE,
     .expected = BEYOND_NON_SECURE},
    {.what = "The same in a handler",
     .outcome = "the same; the exception is retired",
     .states = {"SVC handler"},
     .own = {.pokes = {{POKE_NON_SECURE, 0, 0}}},
     .function = LOADER_INIT,
     .base = NS_BASE,
     .expected = BEYOND_NON_SECURE},
    {.what = "Non-secure state, BFHFNMINS = 0, and an NMI or a fault in the call",
     .outcome = "it goes to the Secure vectors; no return",
     .own = {.pokes = {{POKE_NON_SECURE, 0, 0}}},
     .function = LOADER_WRITE,
     .base = NS_BASE,
     .patch = UDF,
     .why = "goes to the Secure vectors",
     .expected = BEYOND_NO_RETURN},
    {.what = "Non-secure state, the image at its Secure address",
     .outcome = "the first fetch is a SecureFault, which goes to the Secure vectors; no return",
     .own = {.pokes = {{POKE_NON_SECURE, 0, 0}}},
     .function = LOADER_WRITE,
     .why = "SecureFault",
     .expected = BEYOND_NO_RETURN},
    {.what = "A Secure call while a Non-secure exception is active, or the reverse",
     .outcome =
         "which EXC_RETURN retires it cannot be told. Not tried: the simulator's core has one "
         "bank of registers",
     .expected = BEYOND_UNTRIED},
    {.what = "An Armv8-M core without the Security Extension",
     .outcome =
         "R0 = 0, reason NON_SECURE: it cannot be told from Non-secure state. Not tried: the "
         "simulator has no such core",
     .expected = BEYOND_UNTRIED},
    {.what = "An NMI that is pending when the host lets the core run",
     .outcome = "its handler runs before the loader's first instruction, whatever the host masks; "
                "what it does decides",
     .own = {.pokes = {{POKE_WORD, ICSR, PENDNMISET}, {POKE_REGISTER, CPU_MSPLIM, 0}}},
     .function = LOADER_INIT,
     .why = "NMI, entered",
     .expected = BEYOND_NO_RETURN},
    {.what = "An NMI after the found VTOR is back and before the host's breakpoint",
     .outcome = "the found handler runs on the host's stack; what it does decides",
     .function = LOADER_WRITE,
     .expected = BEYOND_NMI_AT_END},
    {.what = "A fault in the guard itself, for the image was overwritten",
     .outcome = "it goes to the found vectors; no return",
     .function = LOADER_WRITE,
     .patch = UDF,
     .why = "UNDEFINSTR",
     .expected = BEYOND_NO_RETURN},
    {.what = "A loop without end in the loader, for the image was overwritten",
     .outcome = "no return; the host's time-out ends it",
     .function = LOADER_WRITE,
     .patch = LOOP,
     .why = "still running when its time was over, at Write+0x0",
     .expected = BEYOND_NO_RETURN},
    {.what = "A call that a debugger halted, and then the image downloaded again",
     .outcome = "the next call succeeds; what it finds and restores are the loader's own registers",
     .function = LOADER_WRITE,
     .expected = BEYOND_OWN_RESTORED},
    {.what = "A call that a debugger halted, and then another image downloaded to the same RAM",
     .outcome = "the I-cache, on during that call, may hold lines of the old image: they are "
                "executed until the loader's ICIALLU [INF]. Not tried: the simulator's core leaves "
                "none by its own fetches",
     .expected = BEYOND_UNTRIED},
    {.what = "An exception that is active on entry",
     .outcome = "the call succeeds and retires it: the interrupted application cannot go on, only "
                "start anew",
     .states = {"HardFault nested on PendSV"},
     .function = LOADER_WRITE,
     .expected = BEYOND_RETIRED},
    {.what = "An external interrupt that is active below",
     .outcome = "the call succeeds; the interrupt stays active in NVIC_IABR",
     .states = {"interrupt and HardFault active"},
     .function = LOADER_WRITE,
     .expected = BEYOND_STAYS_ACTIVE},
    {.what = "A core that is held in reset or has no clock",
     .outcome = "the host cannot start a call. Not tried: to the simulated host every core halts",
     .expected = BEYOND_UNTRIED},
};

static void add_named(struct matrix_case *cell, const char *name)
{
    for (unsigned i = 0; i < matrix_state_count; i++) {
        if (strcmp(matrix_states[i].name, name) == 0) {
            cell->states[cell->count++] = &matrix_states[i];
            return;
        }
    }
    fail_msg("no state %s", name);
}

static uint32_t get_word(struct matrix *matrix, uint32_t address)
{
    uint32_t value = 0;
    assert_true(cpu_debug_read(sim_cpu(matrix->rig.sim), address, &value, sizeof value));
    return value;
}

static void put_word(struct matrix *matrix, uint32_t address, uint32_t value)
{
    assert_true(cpu_debug_write(sim_cpu(matrix->rig.sim), address, &value, sizeof value));
}

static uint32_t entry_of(const struct matrix *matrix, enum loader_function function)
{
    const struct scenario_rig *rig = &matrix->rig;
    return rig->session.layout.image + rig->loader.entry[function] - rig->loader.image_address;
}

/* Of a call that the guard ended where the record outside the image is out of reach. */
static uint32_t own_reason(struct matrix *matrix)
{
    struct record record;
    uint32_t at = matrix->rig.session.layout.image + pack_loader_image()->own_record;
    assert_true(cpu_debug_read(sim_cpu(matrix->rig.sim), at, &record, sizeof record));
    return record.reason;
}

/* The host's breakpoint is reached, but the NMI comes first. */
static void pend_nmi_at_the_end(struct matrix *matrix, const struct beyond *row,
                                const struct matrix_case *cell, const uint32_t arguments[4])
{
    struct cpu *cpu = sim_cpu(matrix->rig.sim);
    uint32_t results[2], base = matrix->rig.session.layout.base;
    uint32_t found = get_word(matrix, VTOR);
    assert_true(cpu_set_breakpoint(cpu, base, true));
    assert_true(matrix_call(matrix, cell, arguments, results));
    assert_true(matrix_is_success(row->function, results));
    assert_int_equal(get_word(matrix, VTOR), found);
    assert_true(cpu_set_breakpoint(cpu, base, false));
    put_word(matrix, ICSR, PENDNMISET);
    enum cpu_stop stop = cpu_run(cpu, sim_clock(matrix->rig.sim)->now_ps + PS_PER_SECOND);
    print_message("%s: halted at 0x%08x, in its handler\n", row->what, cpu_get(cpu, CPU_PC));
    assert_int_not_equal(stop, CPU_STOP_BKPT);
    assert_int_equal(cpu_get(cpu, CPU_XPSR) & 0x1FF, 2);
}

static void download_over_a_halted_call(struct matrix *matrix, const struct beyond *row,
                                        const struct matrix_case *cell, uint32_t arguments[4])
{
    struct scenario_rig *rig = &matrix->rig;
    struct cpu *cpu = sim_cpu(rig->sim);
    uint32_t results[2], found = get_word(matrix, VTOR);
    for (unsigned i = 0; i < 4; i++) {
        cpu_set(cpu, (enum cpu_register)i, arguments[i]);
    }
    cpu_set(cpu, CPU_LR, rig->session.layout.base | 1u);
    cpu_set(cpu, CPU_XPSR, 0x01000000u);
    cpu_set(cpu, CPU_PC, entry_of(matrix, row->function));
    assert_int_equal(cpu_run(cpu, sim_clock(rig->sim)->now_ps + PS_PER_MS / 2), CPU_STOP_TIME);
    assert_int_not_equal(get_word(matrix, VTOR), found);
    scenario_assert_good(rig, session_begin(&rig->session, OPERATION_WRITE, &rig->error));
    matrix_prepare(matrix, row->function, arguments);
    assert_true(matrix_call(matrix, cell, arguments, results));
    assert_true(matrix_is_success(row->function, results));
    assert_true(matrix_is_true(matrix, row->function, arguments, results));
    uint32_t now = get_word(matrix, VTOR);
    print_message("%s: VTOR 0x%08x\n", row->what, now);
    assert_in_range(now, rig->session.layout.image,
                    rig->session.layout.image + rig->session.layout.size);
}

static void call(struct matrix *matrix, const struct beyond *row, const struct matrix_case *cell,
                 const uint32_t arguments[4])
{
    struct scenario_rig *rig = &matrix->rig;
    uint32_t results[2] = {7, 7};
    bool back = matrix_call(matrix, cell, arguments, results);
    bool true_word = back && matrix_is_true(matrix, row->function, arguments, results);
    bool success = back && matrix_is_success(row->function, results);
    print_message("%s: %s, R0 = %u\n", row->what, back ? "returned" : rig->error.detail,
                  results[0]);
    assert_true(back || row->why == NULL || strstr(rig->error.detail, row->why) != NULL);
    switch (row->expected) {
    case BEYOND_REFUSED:
        assert_true(back);
        assert_int_equal(results[0], row->function == LOADER_VERIFY);
        assert_int_equal(matrix->watch.writes, 0);
        break;
    case BEYOND_NON_SECURE:
        assert_true(back);
        assert_int_equal(results[0], 0);
        assert_int_equal(matrix->watch.outside_count, 0);
        assert_int_equal(own_reason(matrix), REASON_NON_SECURE);
        assert_int_equal(get_word(matrix, SHCSR) & 0xDBFu, 0);
        break;
    case BEYOND_FAILS:
        assert_true(back);
        assert_int_equal(results[0], 0);
        break;
    case BEYOND_DECEIVED: assert_true(success && !true_word); break;
    case BEYOND_LOCKUP: assert_true(!back && rig->error.code == ERROR_CALL_LOCKUP); break;
    case BEYOND_RETIRED:
        assert_true(success && true_word);
        assert_int_equal(get_word(matrix, SHCSR) & 0xDBFu, 0);
        break;
    case BEYOND_STAYS_ACTIVE:
        assert_true(success && true_word);
        assert_int_not_equal(get_word(matrix, NVIC_IABR0), 0);
        break;
    default: assert_false(back); break;
    }
}

static void try_beyond(const struct beyond *row)
{
    struct matrix matrix = {.core = row->core,
                            .base = row->base,
                            .unclocked = row->unclocked,
                            .debug_incoherent = true};
    struct matrix_case cell = {.function = row->function};
    uint32_t arguments[4];
    matrix_open(&matrix, "cubeprogrammer-jlink", 0);
    struct scenario_rig *rig = &matrix.rig;
    for (unsigned i = 0; i < 3 && row->states[i] != NULL; i++) {
        add_named(&cell, row->states[i]);
    }
    cell.states[cell.count++] = &row->own;
    scenario_assert_good(rig, session_begin(&rig->session, OPERATION_WRITE, &rig->error));
    cpu_set(sim_cpu(rig->sim), CPU_PRIMASK, 0);
    matrix_prepare(&matrix, row->function, arguments);
    arguments[2] = row->buffer != 0 ? row->buffer : arguments[2];
    if (row->patch != 0) {
        assert_true(cpu_debug_write(sim_cpu(rig->sim), entry_of(&matrix, row->function),
                                    &row->patch, sizeof row->patch));
    }
    switch (row->expected) {
    case BEYOND_NMI_AT_END: pend_nmi_at_the_end(&matrix, row, &cell, arguments); break;
    case BEYOND_OWN_RESTORED: download_over_a_halted_call(&matrix, row, &cell, arguments); break;
    default: call(&matrix, row, &cell, arguments); break;
    }
    /* A hardware reset and an Init help in every case. */
    sim_reset(rig->sim);
    scenario_assert_good(rig, session_begin(&rig->session, OPERATION_WRITE, &rig->error));
    assert_true(matrix_boots(&matrix));
    matrix_close(&matrix);
}

/* The table of docs/fidelity.md says the same as ours, row by row. */
static void what_is_beyond_us_is_a_closed_list(void **state)
{
    (void)state;
    FILE *file = fopen("docs/fidelity.md", "r");
    assert_non_null(file);
    char line[600], expected[600];
    unsigned row = 0;
    bool inside = false;
    while (fgets(line, sizeof line, file) != NULL) {
        inside = inside ? line[0] == '|' : strncmp(line, "| Class B", 9) == 0;
        if (!inside || strncmp(line, "| Class B", 9) == 0 || strncmp(line, "|--", 3) == 0) {
            continue;
        }
        assert_true(row < sizeof beyond / sizeof beyond[0]);
        snprintf(expected, sizeof expected, "| %s | %s |\n", beyond[row].what, beyond[row].outcome);
        assert_string_equal(line, expected);
        row++;
    }
    fclose(file);
    assert_int_equal(row, sizeof beyond / sizeof beyond[0]);
    for (unsigned i = 0; i < row; i++) {
        if (beyond[i].expected != BEYOND_UNTRIED) {
            try_beyond(&beyond[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_beyond_us_is_a_closed_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
