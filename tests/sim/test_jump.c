/* SPDX-License-Identifier: MIT */
/*
 * The simulator jumps over waiting that only time can end. With and without jumps the same bytes
 * must come out: cells, results, flight record, counts, clock. And what counts turns instead of
 * time must fail in both modes.
 */
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BOARD_P1      "data/boards/stm32n657-xspi1-power-switch.yaml"
#define NATIVE        "native"
#define JLINK         "cubeprogrammer-jlink"
#define STLINK        "cubeprogrammer-stlink"
#define IWDG_KR       0x56004800u
#define FIXTURE(name) EXTLOAD_FIXTURES "/" name ".stldr"

enum action {
    ERASE = 1,   /* the sector in which the range lies */
    WRITE = 2,   /* without an erase: on used cells it fails */
    VERIFY = 4,  /* without a write: it fails unless cells are FF */
    PROGRAM = 8, /* plan, erase what needs it, write, verify */
    ERASE_ALL = 16,
    WATCHDOG = 32 /* first, IWDG is started as by its fuse: 512 ms, LSI 32 kHz */
};

/* Everything that a run leaves. */
struct outcome {
    uint8_t *cells;
    uint32_t size;
    struct record record;
    struct error error;
    struct cpu_stats stats;
    uint64_t end_ps;
    bool good;
};

struct equivalence {
    struct scenario scenario;
    unsigned actions;
    uint32_t offset, image_size;
    bool good; /* the outcome in both modes */
};

static const struct equivalence table[] = {
    /* An erase alone, every host, both boards, both timings. */
    {{.host = NATIVE}, ERASE, 0, 1, true},
    {{.host = JLINK, .timing = NOR_TIMING_MAXIMUM}, ERASE, 0x7FFFFF, 1, true},
    {{.host = STLINK, .content = CONTENT_USED, .seed = 2}, ERASE, 0x12345, 1, true},
    {{.board = BOARD_P1, .host = NATIVE, .timing = NOR_TIMING_MAXIMUM}, ERASE, 0x10000, 1, true},
    /* Odd ranges without an erase. */
    {{.host = NATIVE, .timing = NOR_TIMING_MAXIMUM}, WRITE | VERIFY, 0x1F3, 0x345, true},
    {{.board = BOARD_P1, .host = JLINK}, WRITE | VERIFY, 0xFFFF, 0x103, true},
    {{.board = BOARD_P1, .host = STLINK, .timing = NOR_TIMING_RANDOM, .seed = 3},
     WRITE | VERIFY,
     0x7FFF01,
     0xFF,
     true},
    /* The whole job. */
    {{.host = NATIVE, .content = CONTENT_USED, .seed = 4}, PROGRAM, 0x2FF, 0x7E1, true},
    {{.host = JLINK, .content = CONTENT_USED, .timing = NOR_TIMING_MAXIMUM, .seed = 5},
     PROGRAM,
     0xFFFE,
     5,
     true},
    {{.board = BOARD_P1, .host = STLINK, .content = CONTENT_USED, .seed = 6},
     PROGRAM,
     0x3F00F,
     0x1003,
     true},
    {{.host = NATIVE, .timing = NOR_TIMING_RANDOM, .seed = 7}, PROGRAM, 1, 0x1001, true},
    /* The core at another clock, another core. */
    {{.host = JLINK, .cpu_hz = 400000000}, WRITE | VERIFY, 0x81, 0x181, true},
    {{.host = STLINK, .cpu_hz = 8000000, .core = "cortex-m7"}, ERASE | WRITE, 0x81, 0x181, true},
    /* Refusals: used cells cannot be programmed, and read back as something else. */
    {{.host = NATIVE, .content = CONTENT_USED, .seed = 8}, WRITE, 0x77, 0x222, false},
    {{.host = JLINK, .content = CONTENT_USED, .seed = 9}, VERIFY, 0x77, 0x222, false},
    {{.board = BOARD_P1, .host = JLINK}, VERIFY, 0x77, 0x222, false},
    /* A watchdog that the loader feeds while it waits, longer than it lasts. */
    {{.host = JLINK, .timing = NOR_TIMING_MAXIMUM}, WATCHDOG | ERASE, 0, 1, true},
    /* Loaders of others; an interrupt every millisecond while a loop waits. */
    {{.host = JLINK, .loader = FIXTURE("plain")}, ERASE | WRITE | VERIFY, 0x105, 0x205, true},
    {{.host = STLINK, .loader = FIXTURE("systick_unmasked")}, WRITE | VERIFY, 0x105, 0x205, true},
    {{.host = JLINK, .loader = FIXTURE("systick_unmasked")}, ERASE, 0x105, 0x205, true},
    {{.host = JLINK, .loader = FIXTURE("watchdog")}, ERASE | WRITE, 0x105, 0x205, false},
};

static bool act(struct scenario_rig *rig, const struct image *image, unsigned actions)
{
    uint64_t written = 0;
    uint32_t sector = image->segments[0].address & ~(rig->board.sector_size - 1);
    return ((actions & ERASE) == 0 ||
            operation_erase(&rig->session, sector, rig->board.sector_size, &rig->error)) &&
           ((actions & ERASE_ALL) == 0 || operation_erase_all(&rig->session, &rig->error)) &&
           ((actions & PROGRAM) == 0 || scenario_program(rig, image)) &&
           ((actions & WRITE) == 0 ||
            operation_write(&rig->session, image, &written, &rig->error)) &&
           ((actions & VERIFY) == 0 || operation_verify(&rig->session, image, &rig->error));
}

static void run(struct outcome *outcome, const struct equivalence *row, bool no_jump)
{
    struct scenario_rig rig;
    struct image image;
    struct scenario scenario = row->scenario;
    scenario.no_jump = no_jump;
    scenario_open(&rig, &scenario);
    scenario_make_image(&image, &rig.board, row->offset, row->image_size, row->offset + 1);
    if ((row->actions & WATCHDOG) != 0) {
        const uint32_t start = 0xCCCC;
        assert_true(cpu_debug_write(sim_cpu(rig.sim), IWDG_KR, &start, sizeof start));
    }
    *outcome = (struct outcome){.size = rig.board.part.size};
    outcome->good = act(&rig, &image, row->actions);
    outcome->end_ps = sim_clock(rig.sim)->now_ps;
    outcome->stats = *cpu_stats(sim_cpu(rig.sim));
    outcome->error = rig.error;
    cpu_debug_read(sim_cpu(rig.sim), rig.board.record_address, &outcome->record,
                   sizeof outcome->record);
    outcome->cells = malloc(outcome->size);
    assert_non_null(outcome->cells);
    memcpy(outcome->cells, rig.cells, outcome->size);
    image_release(&image);
    scenario_close(&rig);
}

/* Equal in all but the number of jumps. */
static void assert_equal(const struct outcome *jumped, const struct outcome *executed)
{
    const struct cpu_stats *a = &jumped->stats, *b = &executed->stats;
    assert_int_equal(jumped->good, executed->good);
    assert_int_equal(jumped->error.code, executed->error.code);
    assert_string_equal(jumped->error.detail, executed->error.detail);
    assert_memory_equal(&jumped->record, &executed->record, sizeof jumped->record);
    assert_int_equal(jumped->size, executed->size);
    assert_memory_equal(jumped->cells, executed->cells, jumped->size);
    assert_int_equal(a->instructions, b->instructions);
    assert_int_equal(a->register_reads, b->register_reads);
    assert_int_equal(a->register_writes, b->register_writes);
    assert_int_equal(a->window_reads, b->window_reads);
    assert_int_equal(a->exceptions, b->exceptions);
    assert_int_equal(jumped->end_ps, executed->end_ps);
}

static void compare(const struct equivalence *row, const char *name)
{
    struct outcome jumped, executed;
    run(&jumped, row, false);
    run(&executed, row, true);
    print_message("  %-22s %8.3f ms, %llu instructions, %llu jumps over %.1f%% of the time\n", name,
                  (double)jumped.end_ps / (double)PS_PER_MS,
                  (unsigned long long)jumped.stats.instructions,
                  (unsigned long long)jumped.stats.jumps,
                  100.0 * (double)jumped.stats.jumped_ps / (double)jumped.end_ps);
    if (jumped.good != row->good) {
        fail_msg("%s: %s", name, jumped.error.detail);
    }
    assert_int_equal(executed.stats.jumps, 0);
    assert_equal(&jumped, &executed);
    free(jumped.cells);
    free(executed.cells);
}

static void with_and_without_jumps_the_same_comes_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char name[24];
        snprintf(name, sizeof name, "%zu %s", i, table[i].scenario.host);
        compare(&table[i], name);
    }
}

/* A wait for an erase is what jumps are for: most of its time is not executed. */
static void jumps_happen(void **state)
{
    (void)state;
    struct outcome outcome;
    run(&outcome, &table[1], false);
    assert_true(outcome.stats.jumps > 0);
    assert_true(outcome.stats.jumped_ps > 1000 * PS_PER_MS); /* of tBE 1150 ms [FMF] */
    free(outcome.cells);
}

/* The loader counts turns; at this clock the count is over long before the part is done. A jump
 * over the loop would make it pass. */
static void a_counted_timeout_fails_in_both_modes(void **state)
{
    (void)state;
    static const struct equivalence rows[] = {
        {{.host = JLINK, .loader = FIXTURE("counted_timeout")}, ERASE, 0, 1, false},
        {{.host = STLINK, .loader = FIXTURE("counted_timeout"), .timing = NOR_TIMING_MAXIMUM},
         ERASE,
         0,
         1,
         false},
        {{.host = JLINK, .loader = FIXTURE("counted_timeout")}, ERASE_ALL, 0, 1, false},
        {{.host = STLINK, .loader = FIXTURE("counted_timeout"), .timing = NOR_TIMING_MAXIMUM},
         ERASE_ALL,
         0,
         1,
         false},
        /* Its counts do for a part that is fast enough, so it is the count that fails. */
        {{.host = JLINK, .loader = FIXTURE("counted_timeout"), .timing = NOR_TIMING_FAST},
         ERASE | WRITE | VERIFY,
         0x105,
         0x205,
         true},
        {{.host = JLINK, .loader = FIXTURE("counted_timeout"), .timing = NOR_TIMING_FAST},
         ERASE_ALL,
         0,
         1,
         true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct outcome outcome;
        compare(&rows[i], rows[i].actions == ERASE_ALL ? "counted, chip" : "counted, sector");
        run(&outcome, &rows[i], false);
        if (!rows[i].good) {
            assert_int_equal(outcome.error.code, ERROR_CALL_FAILED);
            assert_non_null(strstr(outcome.error.detail, "Erase returned 0"));
        }
        free(outcome.cells);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_counted_timeout_fails_in_both_modes),
        cmocka_unit_test(with_and_without_jumps_the_same_comes_out),
        cmocka_unit_test(jumps_happen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
