/* SPDX-License-Identifier: MIT */
/* The state matrix: inherited states x functions x hosts; pairs of states: test_pairs.c. What is promised: matrix_run.h and
 * docs/promise.md. */
#include "sim/matrix_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SEED         UINT64_C(20)
#define RANDOM_CELLS 80
#define NOWHERE      0x35000004u /* no memory there */

/* Without Init, whose own cells are in every test, and MassErase, which takes long. */
static const enum loader_function others[] = {LOADER_SECTOR_ERASE, LOADER_READ, LOADER_VERIFY,
                                              LOADER_CHECKSUM};

/* Every state alone, before Init, Write and, in turn, one of the others. */
static void each_state_alone(void **state)
{
    (void)state;
    for (unsigned h = 0; h < 2; h++) {
        struct matrix matrix = {.debug_incoherent = h == 0};
        matrix_open(&matrix, matrix_hosts[h], 0);
        for (unsigned i = 0; i < matrix_state_count; i++) {
            const enum loader_function functions[] = {LOADER_INIT, LOADER_WRITE,
                                                      others[(i + 2 * h) % 4]};
            for (unsigned f = 0; f < 3; f++) {
                const struct matrix_case cell = {.function = functions[f],
                                                 .states = {&matrix_states[i]},
                                                 .count = 1,
                                                 .warm = ((i + h) & 1) != 0,
                                                 .no_download = f != 0 && (i & 2) != 0};
                matrix_run(&matrix, &cell);
            }
        }
        matrix_finish(&matrix, "alone");
    }
}

/* Any number of states, any function, both hosts, any clock. */
static void random_combinations(void **state)
{
    (void)state;
    static const uint32_t cpu_hz[] = {4000000, 64000000, 400000000, 800000000};
    uint64_t seed = SEED + 1;
    print_message("seed %llu\n", (unsigned long long)seed);
    for (unsigned c = 0; c < 8; c++) {
        struct matrix matrix = {.debug_incoherent = c < 4};
        matrix_open(&matrix, matrix_hosts[c & 1], cpu_hz[c / 2]);
        for (unsigned n = 0; n < RANDOM_CELLS / 8; n++) {
            struct matrix_case cell = {.warm = true};
            unsigned wanted = 1 + (unsigned)(scenario_random(&seed) % 6);
            cell.function = n % 3 == 0   ? LOADER_INIT
                            : n % 3 == 1 ? LOADER_WRITE
                                         : others[scenario_random(&seed) % 4];
            for (unsigned tries = 0; tries < 30 && cell.count < wanted; tries++) {
                unsigned i = (unsigned)(scenario_random(&seed) % matrix_state_count);
                bool fits = cell.function == LOADER_INIT || matrix_states[i].layer == LAYER_CORE;
                if (fits && matrix_agrees(&cell, &matrix_states[i])) {
                    cell.states[cell.count++] = &matrix_states[i];
                }
            }
            matrix_run(&matrix, &cell);
        }
        print_message("%u MHz: ", cpu_hz[c / 2] / 1000000u);
        matrix_finish(&matrix, "random");
    }
}

static void mass_erase(void **state)
{
    (void)state;
    struct matrix matrix = {0};
    matrix_open(&matrix, matrix_hosts[0], 0);
    const struct matrix_case cell = {
        .function = LOADER_MASS_ERASE, .states = {&matrix_states[2]}, .count = 1};
    matrix_run(&matrix, &cell);
    matrix_finish(&matrix, "MassErase");
}

/* The host's pointer leads nowhere: a bus fault in the body, from every state of the core. */
static void fault_from_each_state(const char *core)
{
    struct matrix matrix = {.core = core, .debug_incoherent = true};
    matrix_open(&matrix, matrix_hosts[0], 0);
    for (unsigned i = 0; i < matrix_state_count && matrix_states[i].layer == LAYER_CORE; i++) {
        bool beyond = strcmp(matrix_states[i].name, "interrupt and HardFault active") == 0;
        if (core != NULL && (beyond || matrix_states[i].group == GROUP_MPU)) {
            continue; /* beyond Armv7-M, see docs/fidelity.md; the regions are of PMSAv8 */
        }
        const struct matrix_case cell = {
            .function = LOADER_WRITE, .states = {&matrix_states[i]}, .count = 1};
        uint32_t arguments[4], results[2] = {7, 7};
        scenario_assert_good(
            &matrix.rig, session_begin(&matrix.rig.session, OPERATION_WRITE, &matrix.rig.error));
        matrix_prepare(&matrix, LOADER_WRITE, arguments);
        arguments[2] = NOWHERE;
        print_message("fault with [%s]\n", matrix_states[i].name);
        scenario_assert_good(&matrix.rig, matrix_call(&matrix, &cell, arguments, results));
        session_read_record(&matrix.rig.session);
        assert_int_equal(results[0], 0);
        assert_int_equal(matrix.watch.outside_count, 0);
        assert_int_equal(matrix.rig.session.record.reason, REASON_FAULT);
        assert_int_equal(matrix.rig.session.record.fault.bfar, NOWHERE);
        assert_int_equal(matrix.rig.session.record.fault.frame_valid, 1);
        /* PRECISERR and BFARVALID, and nothing of an earlier fault. */
        assert_int_equal(matrix.rig.session.record.fault.cfsr, 0x8200);
        scenario_assert_good(
            &matrix.rig, session_begin(&matrix.rig.session, OPERATION_WRITE, &matrix.rig.error));
        assert_true(matrix_boots(&matrix));
        matrix.cells++;
    }
    matrix_finish(&matrix, "bus fault in the body");
}

static void a_fault_returns_from_each_state(void **state)
{
    (void)state;
    fault_from_each_state(NULL);
}

/* Armv7-M: no stack limits, no HARDFAULTACT to look at. */
static void a_fault_returns_on_armv7m(void **state)
{
    (void)state;
    fault_from_each_state("cortex-m7");
    fault_from_each_state("cortex-m3");
}

/* Twenty operations without a hardware reset. */
static void twenty_in_a_row(void **state)
{
    (void)state;
    static const uint32_t init[4] = {1, 0, 0, 0};
    for (unsigned download = 0; download < 2; download++) {
        struct matrix matrix = {0};
        matrix_open(&matrix, matrix_hosts[0], 0);
        struct scenario_rig *rig = &matrix.rig;
        scenario_assert_good(rig, session_begin(&rig->session, OPERATION_WRITE, &rig->error));
        for (unsigned n = 0; n < 20; n++) {
            const enum loader_function functions[] = {
                LOADER_WRITE, LOADER_READ, LOADER_SECTOR_ERASE, LOADER_VERIFY, LOADER_CHECKSUM};
            enum loader_function function = functions[n % 5];
            uint32_t arguments[4], results[2] = {0, 0};
            if (download == 1) {
                scenario_assert_good(rig,
                                     session_begin(&rig->session, OPERATION_WRITE, &rig->error));
            } else if (n % 3 == 0) {
                scenario_assert_good(
                    rig, session_call_checked(&rig->session, LOADER_INIT, init, 5000, &rig->error));
            }
            matrix_prepare(&matrix, function, arguments);
            scenario_assert_good(
                rig, session_call(&rig->session, function, arguments, 5000, results, &rig->error));
            assert_true(matrix_is_success(function, results));
            assert_true(matrix_is_true(&matrix, function, arguments, results));
        }
        assert_true(matrix_boots(&matrix));
        matrix.cells = 20;
        matrix_finish(&matrix, download == 1 ? "twenty with download" : "twenty without download");
    }
}

/* A debugger halts a call anywhere, as a user's Ctrl-C or a time-out does, and starts over. */
static void a_halted_call_is_started_over(void **state)
{
    (void)state;
    static const enum loader_function functions[] = {LOADER_INIT, LOADER_WRITE,
                                                     LOADER_SECTOR_ERASE};
    static const uint32_t init[4] = {1, 0, 0, 0};
    uint64_t seed = SEED + 2;
    print_message("seed %llu\n", (unsigned long long)seed);
    struct matrix matrix = {0};
    matrix_open(&matrix, matrix_hosts[0], 0);
    struct scenario_rig *rig = &matrix.rig;
    for (unsigned n = 0; n < 36; n++) {
        struct cpu *cpu = sim_cpu(rig->sim);
        enum loader_function function = functions[n % 3];
        uint32_t arguments[4];
        scenario_assert_good(rig, session_begin(&rig->session, OPERATION_WRITE, &rig->error));
        matrix_prepare(&matrix, function, arguments);
        for (unsigned i = 0; i < 4; i++) {
            cpu_set(cpu, (enum cpu_register)i, arguments[i]);
        }
        cpu_set(cpu, CPU_LR, rig->session.layout.base | 1u);
        cpu_set(cpu, CPU_XPSR, 0x01000000u);
        cpu_set(cpu, CPU_PC,
                rig->session.layout.image + rig->loader.entry[function] -
                    rig->loader.image_address);
        /* A third of them in the guard itself, the others over the whole call. */
        uint64_t most = n % 4 == 0 ? 30 * PS_PER_US : 20 * PS_PER_MS;
        cpu_run(cpu, sim_clock(rig->sim)->now_ps + scenario_random(&seed) % most);
        bool good = n % 2 == 0
                        ? session_begin(&rig->session, OPERATION_WRITE, &rig->error)
                        : session_call_checked(&rig->session, LOADER_INIT, init, 5000, &rig->error);
        if (!good) {
            print_message("halted call %u\n", n);
        }
        scenario_assert_good(rig, good);
        uint32_t results[2] = {0, 0};
        matrix_prepare(&matrix, LOADER_WRITE, arguments);
        scenario_assert_good(
            rig, session_call(&rig->session, LOADER_WRITE, arguments, 5000, results, &rig->error));
        assert_int_equal(results[0], 1);
        assert_true(matrix_is_true(&matrix, LOADER_WRITE, arguments, results));
        assert_true(matrix_boots(&matrix));
        matrix.cells++;
    }
    matrix_finish(&matrix, "halted and started over");
}

/* A chip that never gets ready: the deadline of an erase lies between 1.5 and 3 times its maximum,
 * however fast the CPU. That it is never early, a chip at its maximum shows. */
static void deadlines_keep_to_the_clock(void **state)
{
    (void)state;
    static const uint32_t cpu_hz[] = {4000000, 64000000, 400000000, 800000000};
    for (unsigned c = 0; c < 4; c++) {
        struct matrix matrix = {0};
        matrix_open(&matrix, matrix_hosts[0], cpu_hz[c]);
        struct scenario_rig *rig = &matrix.rig;
        struct cpu *cpu = sim_cpu(rig->sim);
        struct sim_clock *clock = sim_clock(rig->sim);
        scenario_assert_good(rig, session_begin(&rig->session, OPERATION_WRITE, &rig->error));
        uint32_t hz = 0;
        session_read_record(&rig->session);
        hz = rig->session.record.cpu_hz;
        uint32_t maximum = rig->board.part.erase[2].max_ms;
        cpu_set(cpu, CPU_R0, rig->board.window + 0x100000);
        cpu_set(cpu, CPU_R1, rig->board.window + 0x100000);
        cpu_set(cpu, CPU_LR, rig->session.layout.base | 1u);
        cpu_set(cpu, CPU_XPSR, 0x01000000u);
        cpu_set(cpu, CPU_PC,
                rig->session.layout.image + rig->loader.entry[LOADER_SECTOR_ERASE] -
                    rig->loader.image_address);
        uint64_t start = clock->now_ps;
        enum cpu_stop stop = cpu_run(cpu, start + 20 * PS_PER_MS);
        while (stop == CPU_STOP_TIME && clock->now_ps - start < 10 * PS_PER_SECOND) {
            assert_true(nor_inherit(sim_nor(rig->sim), clock->now_ps, "erase-in-progress"));
            stop = cpu_run(cpu, clock->now_ps + 300 * PS_PER_MS);
        }
        uint64_t ms = (clock->now_ps - start) / PS_PER_MS;
        session_read_record(&rig->session);
        print_message("CPU %u MHz, taken for %u Hz: an erase that never ends, %llu ms of %u\n",
                      cpu_hz[c] / 1000000u, hz, (unsigned long long)ms, maximum);
        assert_int_equal(stop, CPU_STOP_BKPT);
        assert_int_equal(cpu_get(cpu, CPU_R0), 0);
        assert_int_equal(rig->session.record.reason, REASON_ERASE_TIMEOUT);
        /* A frequency taken for too high makes deadlines late, which is the safe side. */
        assert_in_range(hz, cpu_hz[c] - cpu_hz[c] / 50, cpu_hz[c] + cpu_hz[c] / 10);
        assert_in_range(ms, maximum * 3 / 2, maximum * 3);
        matrix.cells++;
        matrix_finish(&matrix, "deadline");
    }
}

/* An argument names one of the tests. */
int main(int argc, char **argv)
{
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_state_alone),
        cmocka_unit_test(random_combinations),
        cmocka_unit_test(mass_erase),
        cmocka_unit_test(a_fault_returns_from_each_state),
        cmocka_unit_test(a_fault_returns_on_armv7m),
        cmocka_unit_test(twenty_in_a_row),
        cmocka_unit_test(a_halted_call_is_started_over),
        cmocka_unit_test(deadlines_keep_to_the_clock),
        cmocka_unit_test(matrix_stack_has_room_for_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
