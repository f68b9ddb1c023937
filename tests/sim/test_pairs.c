/* SPDX-License-Identifier: MIT */
/* The state matrix in pairs: any two inherited states together. What is promised: matrix_run.h and
 * docs/promise.md. */
#include "sim/matrix_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SEED        UINT64_C(20)
#define STATES_MAX  100
#define PAIR_STATES 7
#define CANDIDATES  30

static unsigned index_of(const struct matrix_state *state)
{
    return (unsigned)(state - matrix_states);
}

static unsigned gain(bool (*covered)[STATES_MAX], const struct matrix_case *cell, unsigned i)
{
    unsigned news = 0;
    for (unsigned k = 0; k < cell->count; k++) {
        news += !covered[index_of(cell->states[k])][i];
    }
    return news;
}

static void add_state(bool (*covered)[STATES_MAX], struct matrix_case *cell, unsigned i)
{
    for (unsigned k = 0; k < cell->count; k++) {
        unsigned j = index_of(cell->states[k]);
        covered[i][j] = covered[j][i] = true;
    }
    cell->states[cell->count++] = &matrix_states[i];
}

/* A cell with the first pair that is not covered yet, filled up with states that bring many more.
 */
static bool next_cell(bool (*covered)[STATES_MAX], unsigned states, uint64_t *seed,
                      struct matrix_case *cell)
{
    cell->count = 0;
    for (unsigned i = 0; i < states && cell->count == 0; i++) {
        for (unsigned j = 0; j < i && cell->count == 0; j++) {
            const struct matrix_case first = {.states = {&matrix_states[i]}, .count = 1};
            if (!covered[i][j] && matrix_agrees(&first, &matrix_states[j])) {
                add_state(covered, cell, i);
                add_state(covered, cell, j);
            }
        }
    }
    while (cell->count > 0 && cell->count < PAIR_STATES) {
        unsigned best = states, most = 0;
        for (unsigned n = 0; n < CANDIDATES; n++) {
            unsigned i = (unsigned)(scenario_random(seed) % states);
            if (matrix_agrees(cell, &matrix_states[i]) && gain(covered, cell, i) > most) {
                most = gain(covered, cell, i);
                best = i;
            }
        }
        if (best == states) {
            break;
        }
        add_state(covered, cell, best);
    }
    return cell->count > 0;
}

static unsigned pairs_of(bool (*covered)[STATES_MAX], unsigned states)
{
    unsigned pairs = 0;
    for (unsigned i = 0; i < states; i++) {
        for (unsigned j = 0; j < i; j++) {
            pairs += covered[i][j];
        }
    }
    return pairs;
}

/* The pairs of the first `states` states that are not covered yet. */
static void pairs_before(enum loader_function function, const char *host, unsigned states,
                         bool (*covered)[STATES_MAX], uint64_t *seed)
{
    struct matrix matrix = {.debug_incoherent = true};
    struct matrix_case cell = {.function = function};
    char what[60];
    unsigned before = pairs_of(covered, states);
    matrix_open(&matrix, host, 0);
    while (next_cell(covered, states, seed, &cell)) {
        cell.warm = (matrix.cells & 1) != 0;
        matrix_run(&matrix, &cell);
    }
    snprintf(what, sizeof what, "%u pairs before %s", pairs_of(covered, states) - before,
             loader_function_name(function));
    matrix_finish(&matrix, what);
}

/* Every pair of states that can be together, before Init and before Write, under both hosts. Before
 * Write the states of the core come alone first, for then it must succeed. */
static void each_pair(void **state)
{
    (void)state;
    uint64_t seed = SEED;
    print_message("seed %llu\n", (unsigned long long)seed);
    unsigned of_core = 0;
    while (matrix_states[of_core].layer == LAYER_CORE) {
        of_core++;
    }
    assert_true(matrix_state_count <= STATES_MAX);
    for (unsigned h = 0; h < 2; h++) {
        static bool covered[STATES_MAX][STATES_MAX];
        memset(covered, 0, sizeof covered);
        pairs_before(LOADER_INIT, matrix_hosts[h], matrix_state_count, covered, &seed);
        memset(covered, 0, sizeof covered);
        pairs_before(LOADER_WRITE, matrix_hosts[h], of_core, covered, &seed);
        pairs_before(LOADER_WRITE, matrix_hosts[h], matrix_state_count, covered, &seed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_pair),
        cmocka_unit_test(matrix_stack_has_room_for_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
