/* SPDX-License-Identifier: MIT */
/* No kind of fault is dead: our own loader notices it, and a loader with one fault of its own breaks the
 * promise under it. */
#include "sim/mutants.h"
#include "sim/scenario.h"
#include "sweep/sweep.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SEED        20261122
#define SEEDS       8     /* tried in turn: what a fault hits, and when, is drawn */
#define PATIENCE_MS 10000 /* of the host; more than any call needs, and a hung one is told soon */
#define PAGE        "docs/reliability.md"
#define N655        "stm32n655-s25fl064l"
#define DK          "stm32n6570-dk"

struct trial {
    const char *board; /* of data/boards */
    enum sweep_op op;
    enum sweep_outcome outcome; /* that must come up */
    uint32_t sample;            /* about as many injections; 0 = each moment */
};

static const struct kind {
    enum sim_fault fault;
    struct trial own;
    const char *mutant; /* of tests/mutants/list */
    struct trial broken;
} kinds[] = {
#define KIND(kind, board, op, outcome, sample, mutant, its_board, its_op, its_outcome, its_sample) \
    {SIM_FAULT_##kind,                                                                             \
     {board, SWEEP_##op, SWEEP_##outcome, sample},                                                 \
     mutant,                                                                                       \
     {its_board, SWEEP_##its_op, SWEEP_##its_outcome, its_sample}},
#include "sim/kinds.def"
#undef KIND
};

#define KINDS (sizeof kinds / sizeof kinds[0])

static const struct loader_image *find_image(const char *mutant)
{
    for (const struct mutant *at = mutants; at->name != NULL; at++) {
        if (strcmp(at->name, mutant) == 0) {
            return at->image();
        }
    }
    fail_msg("no image of the mutant %s", mutant);
    return NULL;
}

/* `image`: of a mutant; NULL = our own. Without a fault the call must succeed. Returns how often the
 * outcome of the trial came up. */
static uint32_t run(enum sim_fault fault, const struct trial *trial,
                    const struct loader_image *image, uint64_t seed, struct sweep_totals *totals)
{
    char board[96];
    struct lifecycle host = *lifecycle_find("cubeprogrammer-jlink");
    host.init_timeout_ms = host.write_timeout_ms = PATIENCE_MS;
    host.read_timeout_ms = host.erase_timeout_ms = PATIENCE_MS;
    snprintf(board, sizeof board, "data/boards/%s.yaml", trial->board);
    const struct scenario scenario = {.board = board, .lifecycle = &host, .image = image};
    const struct sweep_options options = {.ops = 1u << trial->op,
                                          .faults = 1u << fault,
                                          .at = -1,
                                          .seed = seed,
                                          .sample = trial->sample,
                                          .jobs = 2};
    struct scenario_rig rig;
    scenario_open(&rig, &scenario);
    const struct sweep_rig given = {&rig.session, rig.sim, rig.cells, rig.board.part.size};
    scenario_assert_good(&rig, sweep_run(&given, &options, totals, &rig.error));
    scenario_close(&rig);
    return totals->count[fault][trial->outcome];
}

/* With one seed after the other until the outcome comes up; *seed is the last. */
static uint32_t search(enum sim_fault fault, const struct trial *trial,
                       const struct loader_image *image, uint64_t *seed,
                       struct sweep_totals *totals)
{
    uint32_t seen = 0;
    for (*seed = SEED; seen == 0 && *seed < SEED + SEEDS; ++*seed) {
        seen = run(fault, trial, image, *seed, totals);
    }
    --*seed;
    return seen;
}

static void each_kind_has_a_row(void **state)
{
    (void)state;
    for (unsigned fault = 0; fault < SIM_FAULT_COUNT; fault++) {
        size_t row = 0;
        while (row < KINDS && kinds[row].fault != fault) {
            row++;
        }
        if (row == KINDS) {
            fail_msg("%s: no row in tests/sim/kinds.def", sim_fault_name((enum sim_fault)fault));
        }
    }
}

static void our_own_loader_notices_each_kind(void **state)
{
    (void)state;
    for (const struct kind *kind = kinds; kind < kinds + KINDS; kind++) {
        struct sweep_totals totals;
        uint64_t seed;
        const uint32_t seen = search(kind->fault, &kind->own, NULL, &seed, &totals);
        print_message("%s in %s: %u of %u %s\n", sim_fault_name(kind->fault),
                      sweep_op_name(kind->own.op), seen, totals.injections,
                      sweep_outcome_name(kind->own.outcome));
        assert_int_equal(totals.broken, 0);
        if (seen == 0) {
            fail_msg("%s is dead: our own loader does not notice it", sim_fault_name(kind->fault));
        }
        /* what must not be noticed never is */
        assert_true(kind->own.outcome != SWEEP_SUCCEEDED || seen == totals.injections);
    }
}

static void each_kind_kills_its_mutant(void **state)
{
    (void)state;
    for (const struct kind *kind = kinds; kind < kinds + KINDS; kind++) {
        struct sweep_totals totals, own;
        const struct loader_image *image = find_image(kind->mutant);
        uint64_t seed;
        const uint32_t seen = search(kind->fault, &kind->broken, image, &seed, &totals);
        if (seen == 0) {
            fail_msg("%s is dead: %s survives it", sim_fault_name(kind->fault), kind->mutant);
        }
        print_message("%s in %s, %s: %u of %u %s\n", sim_fault_name(kind->fault),
                      sweep_op_name(kind->broken.op), kind->mutant, seen, totals.injections,
                      sweep_outcome_name(kind->broken.outcome));
        assert_true(sweep_is_broken(kind->broken.outcome));
        run(kind->fault, &kind->broken, NULL, seed, &own);
        assert_int_equal(own.broken, 0);
    }
}

static char *read_page(void)
{
    FILE *file = fopen(PAGE, "r");
    assert_non_null(file);
    char *text = calloc(1, 0x10000);
    assert_non_null(text);
    assert_true(fread(text, 1, 0xFFFF, file) > 0);
    fclose(file);
    return text;
}

static void the_page_tells_what_is_tried(void **state)
{
    char *page = read_page();
    (void)state;
    for (const struct kind *kind = kinds; kind < kinds + KINDS; kind++) {
        char row[240];
        snprintf(
            row, sizeof row, "\n| `%s` | %s: %s | `%s` | %s%s: %s |\n", sim_fault_name(kind->fault),
            sweep_op_name(kind->own.op), sweep_outcome_name(kind->own.outcome), kind->mutant,
            sweep_op_name(kind->broken.op), strcmp(kind->broken.board, DK) == 0 ? ", octal" : "",
            sweep_outcome_name(kind->broken.outcome));
        if (strstr(page, row) == NULL) {
            fail_msg("%s: no row:%s", PAGE, row);
        }
    }
    free(page);
}

/* An argument names one of the tests. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_has_a_row),
        cmocka_unit_test(our_own_loader_notices_each_kind),
        cmocka_unit_test(each_kind_kills_its_mutant),
        cmocka_unit_test(the_page_tells_what_is_tried),
    };
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
