/* SPDX-License-Identifier: MIT */
/*
 * Our own loader as a flash algorithm: every board under every tool at two places in RAM, with all pairs
 * of what is not known of the tool, and from the states in which core, board and flash may be found. None of the tool's stack is used.
 *
 * test_algorithm_states --full tries every state under every tool.
 */
#include "host/host_option.h"
#include "host/instrument.h"
#include "sim/matrix_run.h"
#include "sim/pairs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IMAGE_AT   (MATRIX_PARK + 0x1123u) /* odd; bytes to keep before it, none behind */
#define IMAGE_SIZE 0x1455u
#define HOUSEHOLD  0x00010000u /* cells that inherited operations may change */
#define SAMPLE     6           /* cells of the matrix for each tool */
#define PATTERN    0x5A
#define DEMCR      0xE000EDFCu

static const char *const boards[] = {
    "data/boards/stm32n655-s25fl064l.yaml", "data/boards/stm32n657-xspi1-power-switch.yaml",
    "data/boards/stm32n6570-dk.yaml", "data/boards/nucleo-n657x0-q.yaml"};
static const char *const hosts[] = {"flm", "probe-rs", "jlink-ofl"};

/* --- every board --- */

/* Cells of which something is expected: the image's sector and its neighbours. */
#define LOOKED_AT  0x40000u
#define FROM       (MATRIX_PARK - 0x10000u)
#define USED_AGAIN (MATRIX_PARK + 0x10000u)

static void use_cells(struct scenario_rig *rig, uint8_t *expected)
{
    uint64_t seed = 99;
    for (uint32_t i = 0; i < LOOKED_AT; i += 8) {
        const bool behind = i >= IMAGE_AT - FROM && i < USED_AGAIN - FROM;
        const uint64_t word = behind ? UINT64_MAX : scenario_random(&seed);
        memcpy(rig->cells + FROM + i, &word, sizeof word);
    }
    memcpy(expected, rig->cells + FROM, LOOKED_AT);
}

static void program_board(const char *board, const struct lifecycle *lifecycle)
{
    static uint8_t expected[LOOKED_AT];
    struct scenario_rig rig;
    struct image image;
    struct findings findings = {0};
    struct instrument instrument;
    const struct scenario scenario = {.board = board, .lifecycle = lifecycle, .seed = 17};
    scenario_open(&rig, &scenario);
    use_cells(&rig, expected);
    scenario_assert_good(&rig, instrument_open(&instrument, &rig.session, rig.sim, rig.cells,
                                               &findings, &rig.error));
    scenario_make_image(&image, &rig.board, IMAGE_AT, IMAGE_SIZE, 23);
    scenario_assert_good(&rig, scenario_program(&rig, &image));
    scenario_assert_good(&rig, operation_verify(&rig.session, &image, &rig.error));
    if (lifecycle->neighbour_rule == NEIGHBOURS_LOST) {
        memset(expected + (MATRIX_PARK - FROM), 0xFF, rig.board.sector_size);
    }
    memcpy(expected + (IMAGE_AT - FROM), image.segments[0].bytes, IMAGE_SIZE);
    assert_memory_equal(rig.cells + FROM, expected, LOOKED_AT);
    assert_true(rig.cells[0] == 0xFF && memcmp(rig.cells, rig.cells + 1, FROM - 1) == 0);
    assert_true(session_read_record(&rig.session));
    instrument_boot(&instrument);
    instrument_close(&instrument);
    if (findings.count > 0) {
        findings_print(stdout, &findings);
        fail_msg("%s under %s: %u findings", board, lifecycle->name, findings.count);
    }
    findings_release(&findings);
    image_release(&image);
    scenario_close(&rig);
}

/* The boards are one factor, what is not known of the tool are the others: so each board meets each place
 * in RAM, each stack and so on. */
struct space {
    const struct host_option *options[PAIRS_FACTORS];
    struct pairs pairs;
};

static void open_space(struct space *space, const struct lifecycle *host)
{
    memset(space, 0, sizeof *space);
    space->pairs.levels[space->pairs.factors++] = sizeof boards / sizeof boards[0];
    for (unsigned i = 0; host_option_at(i) != NULL; i++) {
        const struct host_option *option = host_option_at(i);
        unsigned count = 0;
        while (option->values[count].name != NULL) {
            count++;
        }
        if (host_option_is_open(option, host) && !option->is_limit) {
            assert_true(space->pairs.factors < PAIRS_FACTORS);
            space->options[space->pairs.factors] = option;
            space->pairs.levels[space->pairs.factors++] = count;
        }
    }
    assert_true(pairs_make(&space->pairs));
    assert_int_equal(pairs_missing(&space->pairs), 0);
}

static struct lifecycle choose(const struct space *space, const struct lifecycle *host,
                               const unsigned char *row)
{
    struct lifecycle chosen = *host;
    print_message("%s on %s:", host->name, boards[row[0]]);
    for (unsigned i = 1; i < space->pairs.factors; i++) {
        const struct host_option *option = space->options[i];
        host_option_put(option, &chosen, option->values[row[i]].value);
        print_message(" %s=%s", option->name, option->values[row[i]].name);
    }
    print_message("\n");
    if (chosen.load_rule == LOAD_AS_LINKED) {
        chosen.ram_shift = 0; /* ours is linked at the start of the RAM that is listed */
    }
    return chosen;
}

static void all_pairs_of_boards_and_options_under_every_tool(void **state)
{
    (void)state;
    unsigned runs = 0;
    for (size_t h = 0; h < sizeof hosts / sizeof hosts[0]; h++) {
        static struct space space;
        const struct lifecycle *host = lifecycle_find(hosts[h]);
        open_space(&space, host);
        for (unsigned i = 0; i < space.pairs.rows; i++, runs++) {
            const struct lifecycle chosen = choose(&space, host, space.pairs.row[i]);
            program_board(boards[space.pairs.row[i][0]], &chosen);
        }
    }
    print_message("%u runs, no finding\n", runs);
}

/* --- inherited states --- */

/* The target's interface has no room for another context. */
static struct {
    struct scenario_rig rig;
    struct target wrapped;
    struct target_ops ops;
    const struct matrix_case *cell;
    bool armed;
} run;

static uint32_t stack_size(void)
{
    const struct layout *layout = &run.rig.session.layout;
    return layout->stack - layout->stack_bottom;
}

static void apply(void)
{
    matrix_apply(&run.rig, run.cell->states, run.cell->count);
    run.armed = false;
}

/* The tool lets the core run for the first time: all that it sets is set. */
static bool resume(void *context, bool mask_interrupts, struct error *error)
{
    if (run.armed) {
        const struct layout *layout = &run.rig.session.layout;
        uint8_t fill[512];
        memset(fill, PATTERN, sizeof fill);
        const uint32_t guard = sizeof(uint32_t); /* what the tool looks at itself */
        assert_true(cpu_debug_write(sim_cpu(run.rig.sim), layout->stack_bottom + guard, fill,
                                    stack_size() - guard));
        apply();
    }
    return run.rig.target.ops->resume(context, mask_interrupts, error);
}

static void assert_stack_is_untouched(void)
{
    uint8_t bytes[512];
    const struct layout *layout = &run.rig.session.layout;
    assert_true(stack_size() == sizeof bytes);
    assert_true(cpu_debug_read(sim_cpu(run.rig.sim), layout->stack_bottom, bytes, sizeof bytes));
    for (unsigned i = 4; i < sizeof bytes; i++) {
        assert_true(bytes[i] == PATTERN || bytes[i] == 0x56); /* probe-rs' own fill */
    }
}

/* Behind the block in which an inherited erase or program may have left half-written cells; the catch
 * bits of DEMCR outlive a reset. */
static void boot(void)
{
    static const uint32_t no_catch = 0;
    char why[160] = "";
    assert_true(cpu_debug_write(sim_cpu(run.rig.sim), DEMCR, &no_catch, sizeof no_catch));
    if (!sim_boot(run.rig.sim, HOUSEHOLD, why, sizeof why)) {
        fail_msg("boot: %s", why);
    }
}

/* probe-rs resets the core before it downloads; the others call from whatever they find. */
static void run_cell(const char *host, const struct matrix_case *cell)
{
    struct image image;
    struct lifecycle lifecycle = *lifecycle_find(host);
    lifecycle.neighbour_rule = NEIGHBOURS_LOST; /* less to write */
    const struct scenario scenario = {
        .lifecycle = &lifecycle, .content = CONTENT_USED, .seed = 12, .caches = true};
    scenario_open(&run.rig, &scenario);
    run.cell = cell;
    run.armed = true;
    run.ops = *run.rig.target.ops;
    run.ops.resume = resume;
    run.wrapped = (struct target){run.rig.target.context, &run.ops};
    run.rig.session.target = &run.wrapped;
    if (run.rig.session.lifecycle->reset == RESET_CLEAN) {
        apply();
    }
    uint8_t *before = malloc(run.rig.board.part.size);
    assert_non_null(before);
    memcpy(before, run.rig.cells, run.rig.board.part.size);
    scenario_make_image(&image, &run.rig.board, IMAGE_AT, IMAGE_SIZE, 5);
    scenario_assert_good(&run.rig, scenario_program(&run.rig, &image));
    scenario_assert_good(&run.rig, operation_verify(&run.rig.session, &image, &run.rig.error));
    memset(before + MATRIX_PARK, 0xFF, run.rig.board.sector_size);
    memcpy(before, run.rig.cells, HOUSEHOLD);
    scenario_assert_cells(&run.rig, &image, before);
    assert_stack_is_untouched();
    boot();
    image_release(&image);
    free(before);
    scenario_close(&run.rig);
}

/* Dirty lines beside the image lie over the tool's buffers here, and what is in the D-cache only is
 * not what these tools do. */
static bool suits(const struct matrix_state *state)
{
    for (int i = 0; i < MATRIX_POKES; i++) {
        if (state->pokes[i].action == POKE_LINES &&
            (state->pokes[i].a == LINES_BESIDE || state->pokes[i].a == LINES_HOLD_BODY)) {
            return false;
        }
    }
    return true;
}

static void print_cell(const char *host, const struct matrix_case *cell)
{
    print_message("%s:", host);
    for (unsigned i = 0; i < cell->count; i++) {
        print_message(" [%s]", cell->states[i]->name);
    }
    print_message("\n");
}

static void a_sample_of_states_under_every_tool(void **state)
{
    (void)state;
    uint64_t seed = 2026;
    for (size_t h = 0; h < sizeof hosts / sizeof hosts[0]; h++) {
        for (unsigned k = 0; k < SAMPLE; k++) {
            struct matrix_case cell = {.function = LOADER_INIT};
            for (unsigned tries = 0; tries < 20 && cell.count < 1 + k % 3; tries++) {
                const struct matrix_state *drawn =
                    &matrix_states[scenario_random(&seed) % matrix_state_count];
                if (suits(drawn) && matrix_agrees(&cell, drawn)) {
                    cell.states[cell.count++] = drawn;
                }
            }
            print_cell(hosts[h], &cell);
            run_cell(hosts[h], &cell);
        }
    }
}

static void every_state_under_every_tool(void **state)
{
    (void)state;
    unsigned cells = 0;
    for (size_t h = 0; h < sizeof hosts / sizeof hosts[0]; h++) {
        for (unsigned i = 0; i < matrix_state_count; i++) {
            const struct matrix_case cell = {
                .function = LOADER_INIT, .states = {&matrix_states[i]}, .count = 1};
            if (suits(&matrix_states[i])) {
                print_cell(hosts[h], &cell);
                run_cell(hosts[h], &cell);
                cells++;
            }
        }
    }
    print_message("%u cells\n", cells);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_pairs_of_boards_and_options_under_every_tool),
        cmocka_unit_test(a_sample_of_states_under_every_tool),
    };
    const struct CMUnitTest full[] = {cmocka_unit_test(every_state_under_every_tool)};
    if (argc == 2 && strcmp(argv[1], "--full") == 0) {
        return cmocka_run_group_tests(full, NULL, NULL);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
