/* SPDX-License-Identifier: MIT */
/* What lies beyond the promise is a closed list, the same here as in docs/promise.md. */
#include "sim/matrix_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOWHERE 0x35000004u /* no memory there */

/* Class B: what no instruction of the loader can help, and what it cannot notice. */
struct beyond {
    const char *what, *outcome;
    const char *states[3];
    const char *core; /* NULL: the board's */
    struct matrix_state own;
    enum loader_function function;
    uint32_t buffer; /* instead of the caller's, if not 0 */
    enum {
        BEYOND_REFUSED,   /* R0 = 0, Verify 1; no RAM touched */
        BEYOND_FAILS,     /* returns 0 */
        BEYOND_DECEIVED,  /* returns 1 */
        BEYOND_LOCKUP,    /* the host sees a lockup */
        BEYOND_NO_RETURN, /* the host sees no return */
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
     .own = {.pokes = {{POKE_WORD, 0xE000E100u, 1u << 9}, {POKE_WORD, 0xE000E200u, 1u << 9}}},
     .function = LOADER_INIT,
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
    {.what = "A bus access that never ends",
     .outcome =
         "no instruction is executed any more; no return. Not tried: the model of this board "
         "refuses or ignores such accesses",
     .expected = BEYOND_UNTRIED},
    {.what = "Non-secure state",
     .outcome = "R0 = 0, reason NON_SECURE; a fault goes to the Secure vectors. Not tried: the "
                "simulator's core is always Secure",
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

static void try_beyond(const struct beyond *row)
{
    struct matrix matrix = {.core = row->core};
    struct matrix_case cell = {.function = row->function};
    uint32_t arguments[4], results[2] = {7, 7};
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
    bool back = matrix_call(&matrix, &cell, arguments, results);
    bool true_word = back && matrix_is_true(&matrix, row->function, arguments, results);
    print_message("%s: %s, R0 = %u\n", row->what, back ? "returned" : rig->error.detail,
                  results[0]);
    switch (row->expected) {
    case BEYOND_REFUSED:
        assert_true(back);
        assert_int_equal(results[0], row->function == LOADER_VERIFY);
        assert_int_equal(matrix.watch.writes, 0);
        break;
    case BEYOND_FAILS:
        assert_true(back);
        assert_int_equal(results[0], 0);
        break;
    case BEYOND_DECEIVED: assert_true(back && results[0] == 1 && !true_word); break;
    case BEYOND_LOCKUP: assert_true(!back && rig->error.code == ERROR_CALL_LOCKUP); break;
    default: assert_false(back); break;
    }
    /* A hardware reset and an Init help in every case. */
    sim_reset(rig->sim);
    scenario_assert_good(rig, session_begin(&rig->session, OPERATION_WRITE, &rig->error));
    assert_true(matrix_boots(&matrix));
    matrix_close(&matrix);
}

/* The table of docs/promise.md says the same as ours, row by row. */
static void what_is_beyond_us_is_a_closed_list(void **state)
{
    (void)state;
    FILE *file = fopen("docs/promise.md", "r");
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
