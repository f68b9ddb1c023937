/* SPDX-License-Identifier: MIT */
/* The self-test on simulated boards: good ones, and such on which something goes wrong at a moment; the
 * step that looks at it must be the one that is bad. */
#include "selftest/frame.h"
#include "selftest/selftest.h"
#include "sim/fault.h"
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define BOARD_DK "data/boards/stm32n6570-dk.yaml"
#define FOLDER   "/tmp"

struct mishap {
    const char *after; /* not before this step was told */
    uint8_t opcode;    /* at the first frame that begins so; 0: any */
    enum sim_fault fault;
};

struct trial {
    const char *board;
    uint32_t scratch; /* bytes at the start of the flash's second 64 KiB */
    const struct mishap *mishap;
    bool used;
};

struct trial_rig {
    struct scenario_rig rig;
    struct selftest result;
    const struct mishap *mishap;
    bool happened;
};

static bool was_told(const struct selftest *result, const char *name)
{
    for (unsigned i = 0; i < result->count; i++) {
        if (strcmp(result->steps[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void moment(void *context, enum sim_moment kind, uint32_t where, bool write)
{
    struct trial_rig *rig = context;
    (void)write;
    if (kind != SIM_MOMENT_FRAME || rig->happened ||
        (rig->mishap->opcode != 0 && where != rig->mishap->opcode) ||
        (rig->mishap->after != NULL && !was_told(&rig->result, rig->mishap->after))) {
        return;
    }
    rig->happened = true;
    sim_fault_set_in(rig->rig.sim, rig->mishap->fault, 1);
}

/* True if the test came to its end. */
static bool run(struct trial_rig *rig, const struct trial *trial)
{
    const struct scenario scenario = {.board = trial->board,
                                      .content = trial->used ? CONTENT_USED : CONTENT_BLANK};
    *rig = (struct trial_rig){.mishap = trial->mishap};
    scenario_open(&rig->rig, &scenario);
    const struct sim_moments moments = {rig, moment};
    if (trial->mishap != NULL) {
        sim_watch_moments(rig->rig.sim, &moments);
    }
    const struct selftest_plan plan = {.board = trial->board,
                                       .target = &rig->rig.target,
                                       .lifecycle = lifecycle_find("native"),
                                       .scratch_address = rig->rig.board.window + 0x10000,
                                       .scratch_size = trial->scratch,
                                       .keep_folder = FOLDER,
                                       .seed = 7};
    bool good = selftest_run(&rig->result, &plan, &rig->rig.error);
    sim_watch_moments(rig->rig.sim, NULL);
    return good;
}

static void print_steps(const struct selftest *result)
{
    for (unsigned i = 0; i < result->count; i++) {
        print_message("%s %s: %s\n", selftest_verdict_name(result->steps[i].verdict),
                      result->steps[i].name, result->steps[i].text);
    }
}

static void assert_verdict(const struct selftest *result, const char *name,
                           enum selftest_verdict verdict)
{
    for (unsigned i = 0; i < result->count; i++) {
        if (strcmp(result->steps[i].name, name) == 0 && result->steps[i].verdict == verdict) {
            return;
        }
    }
    print_steps(result);
    fail_msg("no step '%s' is %s", name, selftest_verdict_name(verdict));
}

/* Everything that there is to try comes out well, and the flash is as it was. */
static void a_good_board_is_good(void **state)
{
    static const char *const boards[] = {BOARD_P2, BOARD_DK};
    static const char *const steps[] = {
        "init",   "id",         "sfdp",    "window",        "read mode",     "erase",   "program",
        "verify", "init again", "scratch", "cut-off erase", "cut-off write", "put back"};
    static struct trial_rig rig;
    static uint8_t before[0x30000];
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        assert_true(run(&rig, &(struct trial){.board = boards[i], .used = true}));
        memcpy(before, rig.rig.cells, sizeof before);
        assert_int_equal(rig.result.bad, 0);
        assert_false(was_told(&rig.result, "scratch"));
        scenario_close(&rig.rig);
        assert_true(run(&rig, &(struct trial){boards[i], 0x10000, NULL, true}));
        if (rig.result.bad != 0) {
            print_steps(&rig.result);
        }
        assert_int_equal(rig.result.bad, 0);
        for (size_t j = 0; j < sizeof steps / sizeof steps[0]; j++) {
            assert_verdict(&rig.result, steps[j], SELFTEST_GOOD);
        }
        assert_memory_equal(rig.rig.cells, before, sizeof before);
        assert_string_equal(rig.result.kept_path, "");
        scenario_assert_boots(&rig.rig);
        scenario_close(&rig.rig);
    }
}

/* The times are the chip's, between what its table says and 15 % above that for what the loader does. */
static void the_times_are_those_of_the_chip(void **state)
{
    static struct trial_rig rig;
    (void)state;
    assert_true(run(&rig, &(struct trial){BOARD_P2, 0x20000, NULL, true}));
    assert_int_equal(rig.result.time_count, 2);
    const struct selftest_time *erase = &rig.result.times[0];
    assert_int_equal(erase->calls, 2);
    assert_int_equal(erase->bytes, 0x10000);
    assert_int_equal(erase->typical_us, 512000);
    assert_int_equal(erase->maximum_us, 1150000);
    assert_in_range(erase->least_us, 512000, 512000 * 115 / 100);
    const struct selftest_time *program = &rig.result.times[1];
    assert_int_equal(program->calls, 32);
    assert_int_equal(program->typical_us, 16 * 448);
    assert_int_equal(program->maximum_us, 16 * 1350);
    assert_in_range(program->least_us, 16 * 448, program->maximum_us);
    scenario_close(&rig.rig);
}

/* The dump is the one from which the part's data come, as far as the chip answers. */
static void the_sfdp_dump_is_that_of_the_chip(void **state)
{
    static struct trial_rig rig;
    static struct sfdp_dump dump;
    struct error error = {.code = ERROR_NONE};
    (void)state;
    assert_true(run(&rig, &(struct trial){.board = BOARD_P2}));
    assert_true(sfdp_dump_read(&dump, "tests/fixtures/sfdp/s25fl064l.hex", &error));
    assert_true(rig.result.sfdp.size > 0x340);
    const uint32_t size = dump.size < rig.result.sfdp.size ? dump.size : rig.result.sfdp.size;
    assert_memory_equal(rig.result.sfdp.bytes, dump.bytes, size);
    scenario_close(&rig.rig);
}

/* A frame of the debugger's leaves the window as it was, and takes any number of bytes. */
static void a_frame_leaves_the_controller_as_it_was(void **state)
{
    static struct trial_rig rig;
    static uint8_t through[64], data[FRAME_DATA_MAX];
    struct error error = {.code = ERROR_NONE};
    (void)state;
    assert_true(run(&rig, &(struct trial){.board = BOARD_P2, .used = true}));
    struct target *target = &rig.rig.target;
    for (uint32_t size = 1; size <= FRAME_DATA_MAX; size++) {
        const struct frame frame = {0x03, true, 0x1001, 0, size};
        memset(data, 0, sizeof data);
        assert_true(frame_read(target, &rig.rig.board, &frame, data, &error));
        assert_memory_equal(data, rig.rig.cells + 0x1001, size);
        assert_true(target->ops->read_memory(target->context, rig.rig.board.window + 0x2000,
                                             through, sizeof through, &error));
        assert_memory_equal(through, rig.rig.cells + 0x2000, sizeof through);
    }
    scenario_close(&rig.rig);
}

static void what_goes_wrong_is_seen_where_it_shows(void **state)
{
    static const struct {
        struct mishap mishap;
        const char *bad;
        bool kept; /* the scratch range's bytes are still owed */
    } cases[] = {
        {{NULL, 0, SIM_FAULT_LINES_HIGH}, "init", false},
        {{"init", 0x9F, SIM_FAULT_FLIP_ALWAYS}, "id", false},
        {{"sfdp", 0x03, SIM_FAULT_FLIP_ONCE}, "window", false},
        {{"window", 0xEB, SIM_FAULT_FLIP_ALWAYS}, "read mode", false},
        {{"read mode", 0xD8, SIM_FAULT_WRITE_NOTHING}, "scratch", false},
        {{"scratch", 0x32, SIM_FAULT_WRITE_PARTLY}, "verify", false},
        {{"verify", 0, SIM_FAULT_POWER_LOST}, "read mode", true},
        {{"init again", 0xD8, SIM_FAULT_PROTECTED}, "cut-off erase", true},
        {{"cut-off write", 0xD8, SIM_FAULT_PROTECTED}, "put back", true},
    };
    static struct trial_rig rig;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        run(&rig, &(struct trial){BOARD_P2, 0x10000, &cases[i].mishap, true});
        print_message("%s: %s\n", sim_fault_name(cases[i].mishap.fault), cases[i].bad);
        assert_true(rig.happened);
        assert_verdict(&rig.result, cases[i].bad, SELFTEST_BAD);
        assert_int_equal(rig.result.kept_path[0] != '\0', cases[i].kept);
        if (cases[i].kept) {
            assert_int_equal(access(rig.result.kept_path, R_OK), 0);
            kept_discard(rig.result.kept_path);
        }
        scenario_close(&rig.rig);
    }
}

/* Each command that the part has and the lines serve, each at most once. */
static void every_read_command_is_tried(void **state)
{
    static const char *const wanted[] = {"6Bh 1-1-4", "EBh 1-4-4", "3Bh 1-1-2", "0Bh 1-1-1"};
    static struct trial_rig rig;
    unsigned tried = 0;
    (void)state;
    assert_true(run(&rig, &(struct trial){.board = BOARD_P2, .used = true}));
    for (unsigned i = 0; i < rig.result.count; i++) {
        const struct selftest_step *step = &rig.result.steps[i];
        if (strcmp(step->name, "read mode") == 0) {
            assert_true(tried < sizeof wanted / sizeof wanted[0]);
            assert_int_equal(strncmp(step->text, wanted[tried], strlen(wanted[tried])), 0);
            tried++;
        }
    }
    assert_int_equal(tried, sizeof wanted / sizeof wanted[0]);
    scenario_close(&rig.rig);
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
        cmocka_unit_test(a_good_board_is_good),
        cmocka_unit_test(the_times_are_those_of_the_chip),
        cmocka_unit_test(the_sfdp_dump_is_that_of_the_chip),
        cmocka_unit_test(a_frame_leaves_the_controller_as_it_was),
        cmocka_unit_test(what_goes_wrong_is_seen_where_it_shows),
        cmocka_unit_test(every_read_command_is_tried),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
