/* SPDX-License-Identifier: MIT */
/* A session that changes only what differs loses its supply, with the record; the same image is programmed
 * again by a tool that believes its digests. No cell may be left that will not hold. */
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define AT      UINT32_C(0x20000)
#define SIZE    UINT32_C(0x5000) /* five units, between the first and the last three of FF */
#define MOMENTS 40
#define ERASES  28 /* of them all over the session, the rest all over its programs */
#define TORN    1
#define BROKEN  2
#define FAILED  4
/* The page that is programmed last has nothing behind it that would be missing: of it nobody can tell. */
#define LAST_US 1500

static struct {
    struct scenario_rig rig;
    struct image image;
    struct target_ops ops;
    struct target target;
    uint64_t fails_us; /* of the board's time; 0: never */
    /* Of the undisturbed session: the first erase, the first and the last page. */
    uint64_t begins_us, programs_us, ends_us;
} test;

static uint64_t now_us(void)
{
    return test.rig.target.ops->now_ns(test.rig.target.context) / 1000;
}

static bool wait_for_power(void *context, uint64_t timeout_us, enum target_stop *stop,
                           struct error *error)
{
    const struct target_ops *ops = test.rig.target.ops;
    const uint64_t now = now_us();
    if (test.fails_us == 0 || now + timeout_us < test.fails_us) {
        return ops->wait(context, timeout_us, stop, error);
    }
    const uint64_t left = test.fails_us > now ? test.fails_us - now : 0;
    if (left > 0 && (!ops->wait(context, left, stop, error) || *stop != TARGET_RUNNING)) {
        return true; /* the call ended before; the next one gets it */
    }
    soc_lose_power(sim_soc(test.rig.sim), true);
    return ops->wait(context, 1000, stop, error) && ops->halt(context, error) &&
           error_set(error, ERROR_INTERRUPTED, NULL, 0, 0, "no supply");
}

static bool program(struct target *target, struct program_report *report)
{
    struct scenario_rig *rig = &test.rig;
    const struct lifecycle *lifecycle = lifecycle_find("native");
    const struct program_keeping keeping = {.neighbours = true};
    const struct session_events events = {0};
    struct plan plan;
    rig->error = (struct error){0};
    if (!session_open(&rig->session, target, &rig->board, lifecycle, &rig->loader, &events,
                      &rig->error) ||
        !plan_make(&plan, &test.image, &rig->board, &rig->loader, lifecycle,
                   link_find(lifecycle->link), &rig->error)) {
        return false;
    }
    const bool good = program_run(&rig->session, &test.image, &plan, &keeping, report, &rig->error);
    plan_release(&plan);
    return good;
}

static void open_board(void)
{
    uint64_t seed = 5;
    static uint8_t bytes[SIZE];
    memset(&test, 0, sizeof test);
    scenario_open(&test.rig, &(struct scenario){.content = CONTENT_USED});
    for (uint32_t i = 0; i < SIZE; i++) {
        bytes[i] = i / 0x1000 % 4 != 0 ? 0xFF : (uint8_t)scenario_random(&seed);
    }
    image_init(&test.image);
    assert_true(image_add_bytes(&test.image, "image", bytes, SIZE, IMAGE_BIN, true,
                                test.rig.board.window + AT, &test.rig.error));
    test.ops = *test.rig.target.ops;
    test.ops.wait = wait_for_power;
    test.target = (struct target){test.rig.target.context, &test.ops};
}

static void close_board(void)
{
    image_release(&test.image);
    scenario_close(&test.rig);
}

static uint32_t torn(void)
{
    return nor_torn_cells(sim_nor(test.rig.sim), AT, SIZE);
}

/* What RAM holds after that is not a record. */
static void lose_record(void)
{
    struct record noise;
    uint64_t seed = test.fails_us;
    for (size_t i = 0; i < sizeof noise; i++) {
        ((uint8_t *)&noise)[i] = (uint8_t)scenario_random(&seed);
    }
    assert_true(cpu_debug_write(sim_cpu(test.rig.sim), test.rig.board.record_address, &noise,
                                sizeof noise));
}

/* First all over it, then all over the program, which is the shorter part. */
static uint64_t moment(unsigned index)
{
    const uint64_t ends = test.ends_us - LAST_US;
    const uint64_t from = index < ERASES ? test.begins_us : test.programs_us;
    const unsigned step = index < ERASES ? index : index - ERASES;
    const unsigned steps = index < ERASES ? ERASES : MOMENTS - ERASES;
    return from + (ends - from) * step / steps;
}

static int try_one(unsigned index)
{
    struct program_report report;
    test.fails_us = moment(index);
    if (program(&test.target, &report)) {
        return FAILED;
    }
    test.fails_us = 0;
    int seen = torn() > 0 ? TORN : 0;
    soc_lose_power(sim_soc(test.rig.sim), false);
    sim_reset(test.rig.sim);
    lose_record();
    if (!program(&test.rig.target, &report) ||
        memcmp(test.rig.cells + AT, test.image.segments[0].bytes, SIZE) != 0) {
        return seen | FAILED;
    }
    return seen | (torn() > 0 ? BROKEN : 0);
}

static void a_session_that_was_cut_off_leaves_no_torn_cell(void **state)
{
    unsigned were_torn = 0;
    (void)state;
    struct program_report report;
    open_board();
    assert_true(program(&test.rig.target, &report));
    const uint64_t ends = now_us() - report.verify_ns / 1000;
    const uint64_t programs = ends - report.program_ns / 1000;
    const uint64_t begins = programs - report.erase_ns / 1000;
    close_board();
    open_board();
    test.begins_us = begins;
    test.programs_us = programs;
    test.ends_us = ends;
    for (unsigned i = 0; i < MOMENTS; i++) {
        int status = 0;
        const pid_t child = fork();
        if (child == 0) {
            _exit(try_one(i));
        }
        assert_true(child > 0 && waitpid(child, &status, 0) == child);
        const int seen = WIFEXITED(status) ? WEXITSTATUS(status) : FAILED;
        if (seen > TORN) {
            fail_msg("moment %u: %s", i, seen >= FAILED ? "failed" : "torn cells were left");
        }
        were_torn += (seen & TORN) != 0;
    }
    print_message("%u moments, cells torn in %u\n", MOMENTS, were_torn);
    assert_true(were_torn > MOMENTS / 2);
    close_board();
}

static int set_up(void **state)
{
    (void)state;
    board_set_data_directory("data");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_that_was_cut_off_leaves_no_torn_cell),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
