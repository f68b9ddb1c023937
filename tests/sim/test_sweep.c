/* SPDX-License-Identifier: MIT */
/* Faults by enumeration: a sample of them for our own loader, on both boards; and a loader that waits
 * without a deadline and looks at no error bit breaks the promise in many ways. */
#include "sim/scenario.h"
#include "sweep/sweep.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SEED       20261122
#define SAMPLE     110 /* of each operation */
#define SAMPLE_OWN 20  /* of those of our own host, which are several calls */
#define OWN        (UINT32_MAX << SWEEP_DIGEST)

static void print(void *context, const struct sweep_injection *injection)
{
    unsigned *left = context;
    if (sweep_is_broken((enum sweep_outcome)injection->outcome) && *left > 0) {
        --*left;
        print_message("sweep --op %s --kind %s --at %u --seed %d: %s, %s\n",
                      sweep_op_name((enum sweep_op)injection->op),
                      sim_fault_name((enum sim_fault)injection->fault), injection->event, SEED,
                      sweep_outcome_name((enum sweep_outcome)injection->outcome),
                      injection->detail);
    }
}

static void sweep_as(const struct scenario *scenario, unsigned shown,
                     const struct sweep_options *wanted, struct sweep_totals *totals)
{
    struct scenario_rig rig;
    struct sweep_options options = *wanted;
    options.at = -1;
    options.seed = SEED;
    options.jobs = 2;
    options.each = print;
    options.context = &shown;
    scenario_open(&rig, scenario);
    const struct sweep_rig given = {&rig.session, rig.sim, rig.cells, rig.board.part.size};
    scenario_assert_good(&rig, sweep_run(&given, &options, totals, &rig.error));
    scenario_close(&rig);
}

static void sweep(const struct scenario *scenario, unsigned shown, struct sweep_totals *totals)
{
    sweep_as(scenario, shown, &(struct sweep_options){.sample = SAMPLE}, totals);
}

static unsigned kinds_broken(const struct sweep_totals *totals)
{
    unsigned kinds = 0;
    for (unsigned fault = 0; fault < SIM_FAULT_COUNT; fault++) {
        uint32_t broken = 0;
        for (unsigned i = SWEEP_NO_RETURN; i < SWEEP_OUTCOMES; i++) {
            broken += totals->count[fault][i];
        }
        kinds += broken > 0;
    }
    return kinds;
}

static void no_promise_is_broken(void **state)
{
    static const char *const boards[] = {BOARD_P2, "data/boards/stm32n6570-dk.yaml"};
    static const char *const hosts[] = {"cubeprogrammer-jlink", "cubeprogrammer-stlink"};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct sweep_totals totals;
        sweep(&(struct scenario){.board = boards[i], .host = hosts[i]}, UINT32_MAX, &totals);
        print_message("%s: seed %d, %u injections\n", boards[i], SEED, totals.injections);
        assert_true(totals.injections > SWEEP_DIGEST * SAMPLE / 2);
        assert_int_equal(totals.broken, 0);
    }
}

static void nor_is_it_by_our_own_host(void **state)
{
    static const char *const boards[] = {BOARD_P2, "data/boards/stm32n6570-dk.yaml"};
    const struct sweep_options options = {.ops = OWN, .sample = SAMPLE_OWN};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct sweep_totals totals;
        sweep_as(&(struct scenario){.board = boards[i], .host = "native"}, UINT32_MAX, &options,
                 &totals);
        print_message("%s: %u injections\n", boards[i], totals.injections);
        assert_true(totals.injections > (SWEEP_OPS - SWEEP_DIGEST) * SAMPLE_OWN / 2);
        assert_int_equal(totals.broken, 0);
    }
}

/* What it reads right after is nothing, however well the cells read later. */
static void a_chip_that_lost_only_its_supply_is_noticed(void **state)
{
    const struct sweep_options options = {.ops = 1u << SWEEP_OWN_ERASE | 1u << SWEEP_STREAM,
                                          .faults = 1u << SIM_FAULT_POWER_DIP,
                                          .sample = 3 * SAMPLE_OWN};
    struct sweep_totals totals;
    (void)state;
    sweep_as(&(struct scenario){.board = "tests/fixtures/nothing-volatile.yaml"}, UINT32_MAX,
             &options, &totals);
    assert_true(totals.injections > 3 * SAMPLE_OWN);
    assert_int_equal(totals.broken, 0);
}

/* Every frame of Init: what it reads decides what it writes to the chip. */
static void init_writes_nothing_that_it_misread(void **state)
{
    const struct sweep_options options = {
        .ops = 1u << SWEEP_INIT,
        .faults = 1u << SIM_FAULT_FLIP_ONCE | 1u << SIM_FAULT_FLIP_ALWAYS |
                  1u << SIM_FAULT_LINES_HIGH | 1u << SIM_FAULT_LINES_LOW};
    struct sweep_totals totals;
    (void)state;
    sweep_as(&(struct scenario){.host = "cubeprogrammer-jlink"}, UINT32_MAX, &options, &totals);
    assert_true(totals.injections > 200);
    assert_int_equal(totals.broken, 0);
}

static void a_naive_loader_breaks_it_in_many_ways(void **state)
{
    struct sweep_totals totals;
    (void)state;
    sweep(&(struct scenario){.loader = EXTLOAD_FIXTURES "/plain.stldr",
                             .host = "cubeprogrammer-jlink"},
          0, &totals);
    print_message("plain.stldr: %u of %u injections break it, by %u kinds of fault\n",
                  totals.broken, totals.injections, kinds_broken(&totals));
    assert_true(kinds_broken(&totals) >= 5);
}

#define REPEATED 4u

struct found {
    unsigned count;
    struct sweep_injection injections[REPEATED];
};

/* Not those next to each other. */
static void find(void *context, const struct sweep_injection *injection)
{
    struct found *found = context;
    if (found->count < REPEATED && injection->outcome != SWEEP_SUCCEEDED &&
        injection->event % 4 == 0) {
        found->injections[found->count++] = *injection;
    }
}

static void look(void *context, const struct sweep_injection *injection)
{
    *(struct sweep_injection *)context = *injection;
}

/* That somebody looks changes nothing: neither outcome nor reason nor detail. */
static void repeat(struct scenario_rig *rig, const struct sweep_injection *first)
{
    struct sweep_injection again = {0};
    struct sweep_replay replay = {0};
    struct sweep_totals totals;
    const struct sweep_rig given = {&rig->session, rig->sim, rig->cells, rig->board.part.size};
    FILE *trace = tmpfile();
    const struct sweep_options options = {.ops = 1u << first->op,
                                          .faults = 1u << first->fault,
                                          .at = first->event,
                                          .seed = SEED,
                                          .jobs = 1,
                                          .each = look,
                                          .context = &again,
                                          .replay = &replay,
                                          .trace = trace,
                                          .trace_registers = true};
    assert_non_null(trace);
    scenario_assert_good(rig, sweep_run(&given, &options, &totals, &rig->error));
    assert_int_equal(totals.injections, 1);
    assert_int_equal(again.outcome, first->outcome);
    assert_int_equal(again.reason, first->reason);
    assert_string_equal(again.detail, first->detail);
    assert_true(replay.set_in && replay.fault == (enum sim_fault)first->fault);
    assert_true(replay.calls > 0 && replay.at_ps <= replay.end_ps);
    assert_true(ftell(trace) > 0);
    fclose(trace);
}

static void one_that_is_repeated_and_traced_ends_as_before(void **state)
{
    const struct scenario scenario = {.loader = EXTLOAD_FIXTURES "/plain.stldr",
                                      .host = "cubeprogrammer-jlink"};
    (void)state;
    for (unsigned own = 0; own < 2; own++) {
        const struct scenario ours = {.host = "cubeprogrammer-jlink"};
        struct scenario_rig rig;
        struct sweep_totals totals;
        struct found found = {0};
        scenario_open(&rig, own ? &ours : &scenario);
        const struct sweep_rig given = {&rig.session, rig.sim, rig.cells, rig.board.part.size};
        const struct sweep_options options = {.ops = 1u << SWEEP_WRITE,
                                              .at = -1,
                                              .seed = SEED,
                                              .sample = 30,
                                              .jobs = 2,
                                              .each = find,
                                              .context = &found};
        scenario_assert_good(&rig, sweep_run(&given, &options, &totals, &rig.error));
        scenario_close(&rig);
        assert_int_equal(found.count, REPEATED);
        for (unsigned i = 0; i < found.count; i++) {
            scenario_open(&rig, own ? &ours : &scenario);
            repeat(&rig, &found.injections[i]);
            scenario_close(&rig);
        }
    }
}

struct counts {
    unsigned moments[SIM_MOMENT_BLOCK + 1], accesses, writes, begun, ended;
};

static void count_moment(void *context, enum sim_moment kind, uint32_t where, bool write)
{
    struct counts *counts = context;
    (void)where;
    (void)write;
    counts->moments[kind]++;
}

static void count_access(void *context, const struct sim_access *access)
{
    struct counts *counts = context;
    counts->accesses++;
    counts->writes += access->write;
    assert_int_equal(access->end, CPU_ACCESS_OK);
    assert_true(access->pc != 0);
}

static void count_frame(void *context, const struct xspi_seen *seen, bool ended)
{
    struct counts *counts = context;
    counts->begun += !ended;
    counts->ended += ended;
    assert_int_equal(ended, seen->end_ps != 0);
}

/* A trace holds neither more nor less than what is numbered. */
static void what_is_traced_is_what_is_numbered(void **state)
{
    struct scenario_rig rig;
    struct counts counts = {0};
    const struct sim_moments moments = {&counts, count_moment};
    const struct sim_tracer tracer = {&counts, count_access, count_frame};
    (void)state;
    scenario_open(&rig, &(struct scenario){.host = "cubeprogrammer-jlink"});
    sim_watch_moments(rig.sim, &moments);
    sim_trace(rig.sim, &tracer);
    scenario_assert_good(&rig, session_begin(&rig.session, OPERATION_ERASE, &rig.error));
    sim_watch_moments(rig.sim, NULL);
    sim_trace(rig.sim, NULL);
    scenario_close(&rig);
    assert_true(counts.writes > 100 && counts.begun > 10);
    assert_int_equal(counts.accesses, counts.moments[SIM_MOMENT_REGISTER]);
    assert_int_equal(counts.begun, counts.moments[SIM_MOMENT_FRAME]);
    assert_true(counts.begun - counts.ended <= 1);
}

/* An argument names one of the tests. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_promise_is_broken),
        cmocka_unit_test(nor_is_it_by_our_own_host),
        cmocka_unit_test(a_chip_that_lost_only_its_supply_is_noticed),
        cmocka_unit_test(init_writes_nothing_that_it_misread),
        cmocka_unit_test(a_naive_loader_breaks_it_in_many_ways),
        cmocka_unit_test(one_that_is_repeated_and_traced_ends_as_before),
        cmocka_unit_test(what_is_traced_is_what_is_numbered),
    };
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
