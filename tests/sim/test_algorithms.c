/* SPDX-License-Identifier: MIT */
/*
 * Flash algorithms of other people under the tools that take them: pyOCD, probe-rs, J-Link. Each at two
 * places in RAM, judged by the cells; the tool's stack, its patience, what it skips and what it cleans.
 */
#include "host/host_option.h"
#include "host/instrument.h"
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IMAGE_OFFSET 0xF123u /* odd, and across a sector bound */
#define IMAGE_SIZE   0x2345u
#define SECTOR       0x10000u

struct run {
    const char *loader, *host;
    const char *options[3];
};

/* Every tool and every fixture, at the listed place and at one that is a multiple of 4 only. */
static const struct run runs[] = {
    {"plain_flm", "flm", {NULL}},
    {"plain_flm", "flm", {"ram-shift=0x1004"}},
    {"plain_flm", "flm", {"placement=start", "neighbours=lost"}},
    {"plain_flm", "flm", {"placement=start", "ram-shift=0x1004"}},
    {"plain_flm", "probe-rs", {NULL}},
    {"plain_flm", "probe-rs", {"ram-shift=0x1004"}},
    {"plain_flm", "jlink-ofl", {NULL}},
    {"plain_flm", "jlink-ofl", {"ram-shift=0x1004"}},
    {"full_flm", "flm", {"verify=call"}},
    {"full_flm", "flm", {"verify=call", "ram-shift=0x1004"}},
    {"full_flm", "probe-rs", {NULL}},
    {"full_flm", "probe-rs", {"ram-shift=0x1004"}},
    {"full_flm", "jlink-ofl", {NULL}},
    {"full_flm", "jlink-ofl", {"ram-shift=0x1004", "buffers=2", "download=once"}},
    {"linked_ofl", "jlink-ofl", {"relocation=as-linked", "bss=poisoned"}},
    {"linked_ofl", "jlink-ofl", {"work-ram=stack-at-end", "static-base=left", "bss=zeroed"}},
};

static struct lifecycle choose(const struct run *run)
{
    struct error error = {0};
    struct lifecycle lifecycle = *lifecycle_find(run->host);
    for (int i = 0; i < 3 && run->options[i] != NULL; i++) {
        assert_true(host_option_set(&lifecycle, run->options[i], &error));
    }
    return lifecycle;
}

static void open_rig(struct scenario_rig *rig, const struct run *run,
                     const struct lifecycle *lifecycle, enum scenario_content content)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s.FLM", EXTLOAD_FIXTURES, run->loader);
    const struct scenario scenario = {
        .lifecycle = lifecycle, .loader = path, .content = content, .seed = 41};
    scenario_open(rig, &scenario);
}

static uint8_t *copy_cells(const struct scenario_rig *rig)
{
    uint8_t *cells = malloc(rig->board.part.size);
    assert_non_null(cells);
    memcpy(cells, rig->cells, rig->board.part.size);
    return cells;
}

/* What the tool gives up lies in the two sectors of the image. */
static bool loses_neighbours(const struct scenario_rig *rig)
{
    const struct lifecycle *lifecycle = rig->session.lifecycle;
    return lifecycle->neighbour_rule == NEIGHBOURS_LOST ||
           (lifecycle->verify_unreads && loader_file_has(&rig->loader, LOADER_VERIFY));
}

static void run_one(const struct run *run)
{
    const struct lifecycle lifecycle = choose(run);
    struct scenario_rig rig;
    struct findings findings = {0};
    struct instrument instrument;
    struct image image;
    open_rig(&rig, run, &lifecycle, CONTENT_USED);
    uint8_t *before = copy_cells(&rig);
    scenario_assert_good(&rig, instrument_open(&instrument, &rig.session, rig.sim, rig.cells,
                                               &findings, &rig.error));
    scenario_make_image(&image, &rig.board, IMAGE_OFFSET, IMAGE_SIZE, 3);
    scenario_assert_good(&rig, scenario_program(&rig, &image));
    scenario_assert_good(&rig, operation_verify(&rig.session, &image, &rig.error));
    if (loses_neighbours(&rig)) {
        memset(before, 0xFF, 2 * SECTOR);
    }
    scenario_assert_cells(&rig, &image, before);
    assert_int_equal(rig.session.phase, 0);
    instrument_boot(&instrument);
    instrument_close(&instrument);
    if (findings.count > 0) {
        findings_print(stdout, &findings);
        fail_msg("%s on %s: %u findings", run->loader, run->host, findings.count);
    }
    findings_release(&findings);
    scenario_assert_boots(&rig);
    image_release(&image);
    free(before);
    scenario_close(&rig);
}

static void every_tool_programs_and_verifies(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        print_message("%s, %s %s\n", runs[i].loader, runs[i].host,
                      runs[i].options[0] != NULL ? runs[i].options[0] : "");
        run_one(&runs[i]);
    }
}

/* A difference is told, whoever compares. */
static void a_difference_is_found(void **state)
{
    (void)state;
    static const struct run rows[] = {{"plain_flm", "flm", {NULL}},
                                      {"full_flm", "flm", {"verify=call"}},
                                      {"full_flm", "probe-rs", {NULL}},
                                      {"plain_flm", "probe-rs", {NULL}},
                                      {"full_flm", "jlink-ofl", {NULL}}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct lifecycle lifecycle = choose(&rows[i]);
        struct scenario_rig rig;
        struct image image;
        open_rig(&rig, &rows[i], &lifecycle, CONTENT_BLANK);
        scenario_make_image(&image, &rig.board, IMAGE_OFFSET, IMAGE_SIZE, 3);
        scenario_assert_good(&rig, scenario_program(&rig, &image));
        rig.cells[IMAGE_OFFSET + IMAGE_SIZE - 1] ^= 0x10;
        assert_false(operation_verify(&rig.session, &image, &rig.error));
        assert_int_equal(rig.error.code, ERROR_VERIFY_MISMATCH);
        assert_int_equal(rig.session.phase, 0);
        image_release(&image);
        scenario_close(&rig);
    }
}

/* --- the stack --- */

/* 768 bytes on a stack of 512: the canary, the fill, and for J-Link the instruments. */
static void a_stack_that_is_too_small_is_noticed(void **state)
{
    (void)state;
    static const char *const hosts[] = {"flm", "probe-rs", "jlink-ofl"};
    for (unsigned i = 0; i < 3; i++) {
        const struct run small = {"deep_flm", hosts[i], {NULL}};
        const struct lifecycle lifecycle = choose(&small);
        struct scenario_rig rig;
        struct findings findings = {0};
        struct instrument instrument;
        struct image image;
        open_rig(&rig, &small, &lifecycle, CONTENT_BLANK);
        scenario_assert_good(&rig, instrument_open(&instrument, &rig.session, rig.sim, rig.cells,
                                                   &findings, &rig.error));
        scenario_make_image(&image, &rig.board, IMAGE_OFFSET, IMAGE_SIZE, 3);
        assert_false(scenario_program(&rig, &image));
        instrument_failed(&instrument, "write", &rig.error);
        assert_int_equal(rig.error.code, i < 2 ? ERROR_STACK_OVERFLOW : ERROR_CALL_TIMEOUT);
        bool told = false;
        for (unsigned k = 0; k < findings.count; k++) {
            told = told || findings.items[k].id == FINDING_STACK_OVERFLOW;
            assert_int_not_equal(findings.items[k].id, FINDING_CALL_FAILED);
        }
        assert_true(told);
        instrument_close(&instrument);
        findings_release(&findings);
        image_release(&image);
        scenario_close(&rig);
    }
}

static void a_larger_stack_suffices(void **state)
{
    (void)state;
    static const char *const hosts[] = {"flm", "probe-rs", "jlink-ofl"};
    for (unsigned i = 0; i < 3; i++) {
        const struct run large = {"deep_flm", hosts[i], {"stack-size=1024"}};
        run_one(&large);
    }
}

/* --- what is skipped --- */

static unsigned calls_of_a_second_time(const struct run *run, struct program_report *report)
{
    const struct lifecycle lifecycle = choose(run);
    struct scenario_rig rig;
    struct image image;
    struct plan plan;
    const struct program_keeping keeping = {.neighbours = true};
    open_rig(&rig, run, &lifecycle, CONTENT_BLANK);
    scenario_make_image(&image, &rig.board, IMAGE_OFFSET, IMAGE_SIZE, 3);
    scenario_assert_good(&rig, scenario_program(&rig, &image));
    assert_true(plan_make(&plan, &image, &rig.board, &rig.loader, &lifecycle,
                          link_find(lifecycle.link), &rig.error));
    scenario_assert_good(&rig,
                         program_run(&rig.session, &image, &plan, &keeping, report, &rig.error));
    scenario_assert_cells(&rig, &image, NULL);
    plan_release(&plan);
    image_release(&image);
    scenario_close(&rig);
    return report->sectors_skipped;
}

/* pyOCD and J-Link read first; pyOCD not if it thinks that flash cannot be read; probe-rs never. */
static void what_is_there_already_is_not_written_again(void **state)
{
    (void)state;
    static const struct {
        struct run run;
        unsigned skipped;
    } rows[] = {{{"plain_flm", "flm", {NULL}}, 2},
                {{"full_flm", "flm", {NULL}}, 0},
                {{"plain_flm", "probe-rs", {NULL}}, 0},
                {{"full_flm", "jlink-ofl", {NULL}}, 2}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct program_report report;
        assert_int_equal(calls_of_a_second_time(&rows[i].run, &report), rows[i].skipped);
        assert_int_equal(report.written_bytes == 0, rows[i].skipped != 0);
        assert_int_equal(report.erased_bytes == 0, rows[i].skipped != 0);
    }
}

/* --- patience --- */

static bool erase_all(const char *loader, const char *host, struct error *error)
{
    const struct run run = {loader, host, {NULL}};
    const struct lifecycle lifecycle = choose(&run);
    struct scenario_rig rig;
    open_rig(&rig, &run, &lifecycle, CONTENT_USED);
    const bool good = operation_erase_all(&rig.session, &rig.error);
    *error = rig.error;
    if (good) {
        assert_int_equal(rig.cells[0], 0xFF);
        assert_memory_equal(rig.cells, rig.cells + 1, rig.board.part.size - 1);
        scenario_assert_boots(&rig);
    }
    scenario_close(&rig);
    return good;
}

/* A chip erase takes 56 s: probe-rs waits for 40. Without EraseChip it goes by sectors. */
static void a_chip_erase_is_cut_by_probe_rs(void **state)
{
    (void)state;
    struct error error;
    assert_true(erase_all("full_flm", "flm", &error));
    assert_true(erase_all("full_flm", "jlink-ofl", &error));
    assert_false(erase_all("full_flm", "probe-rs", &error));
    assert_int_equal(error.code, ERROR_CALL_TIMEOUT);
    assert_non_null(strstr(error.detail, "EraseChip, still running"));
    assert_non_null(strstr(error.hint, "it had 40000 ms"));
    assert_true(erase_all("plain_flm", "probe-rs", &error));
}

/* --- what is inherited --- */

/* RAM is read-only in an MPU that an application left on: code that pushes cannot run. Only probe-rs
 * resets the core. */
static void only_probe_rs_cleans_the_core(void **state)
{
    (void)state;
    static const char *const hosts[] = {"flm", "probe-rs", "jlink-ofl"};
    for (unsigned i = 0; i < 3; i++) {
        const struct run run = {"plain_flm", hosts[i], {NULL}};
        const struct lifecycle lifecycle = choose(&run);
        struct scenario_rig rig;
        struct image image;
        open_rig(&rig, &run, &lifecycle, CONTENT_BLANK);
        const struct {
            uint32_t address, value;
        } mpu[] = {{0xE000ED98, 0},                                        /* RNR */
                   {0xE000ED9C, (rig.board.loader_base & ~31u) | 3u << 1}, /* RBAR: read-only */
                   {0xE000EDA0, 0x341FFFE1},                               /* RLAR */
                   {0xE000ED94, 5}}; /* CTRL: on, default map behind it */
        for (size_t k = 0; k < sizeof mpu / sizeof mpu[0]; k++) {
            assert_true(cpu_debug_write(sim_cpu(rig.sim), mpu[k].address, &mpu[k].value, 4));
        }
        scenario_make_image(&image, &rig.board, IMAGE_OFFSET, IMAGE_SIZE, 3);
        const bool good = scenario_program(&rig, &image);
        if (good != (i == 1)) {
            scenario_assert_good(&rig, good);
            fail_msg("%s: it works", hosts[i]);
        }
        image_release(&image);
        scenario_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_tool_programs_and_verifies),
        cmocka_unit_test(a_difference_is_found),
        cmocka_unit_test(a_stack_that_is_too_small_is_noticed),
        cmocka_unit_test(a_larger_stack_suffices),
        cmocka_unit_test(what_is_there_already_is_not_written_again),
        cmocka_unit_test(a_chip_erase_is_cut_by_probe_rs),
        cmocka_unit_test(only_probe_rs_cleans_the_core),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
