/* SPDX-License-Identifier: MIT */
/*
 * "Init and erase work, then the download dies with `Init function fail` or `Could not start CPU`"
 * (community.st.com td-p/900392): loaders that fail so, each for a reason of its own, each told
 * apart by what the tool says. Which of them that thread met is not known.
 */
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define JLINK  "cubeprogrammer-jlink"
#define STLINK "cubeprogrammer-stlink"

enum step {
    STEP_ERASE,
    STEP_INIT_FOR_WRITE,
    STEP_WRITE,
    STEP_NONE
};

struct symptom {
    const char *fixture, *host;
    enum step fails; /* after an erase in the same power cycle */
    /* What a second erase instead of the write does: it tells Init's fault from Write's. */
    bool second_erase_fails;
    enum error_code code;
    const char *text[3]; /* all of them in what the user reads */
};

static const struct symptom symptoms[] = {
    /* Init is not idempotent: it relies on a clock that it gates. */
    {"syscfg_gated",
     JLINK,
     STEP_INIT_FOR_WRITE,
     true,
     ERROR_CALL_TIMEOUT,
     {"Init, still running", "wait_compensation_cell+"}},
    {"syscfg_gated",
     STLINK,
     STEP_INIT_FOR_WRITE,
     true,
     ERROR_CALL_TIMEOUT,
     {"Init, still running", "wait_compensation_cell+"}},
    /* Init is not idempotent: it switches the clock under a controller that is on. */
    {"clock_switched",
     JLINK,
     STEP_INIT_FOR_WRITE,
     true,
     ERROR_CALL_TIMEOUT,
     {"Init, still running", "abort_mapping+"}},
    {"clock_switched",
     STLINK,
     STEP_INIT_FOR_WRITE,
     true,
     ERROR_CALL_TIMEOUT,
     {"Init, still running", "abort_mapping+"}},
    /* A fault in the second Init, and no vector to go to. */
    {"empty_vectors",
     JLINK,
     STEP_INIT_FOR_WRITE,
     true,
     ERROR_CALL_LOCKUP,
     {"Init, lockup", "PRECISERR", "read_before_abort+0x"}},
    {"empty_vectors",
     STLINK,
     STEP_INIT_FOR_WRITE,
     true,
     ERROR_CALL_LOCKUP,
     {"Init, lockup", "PRECISERR", "BFAR 0x70000000"}},
    /* An interrupt that only an unmasked core takes. */
    {"systick_unmasked",
     JLINK,
     STEP_INIT_FOR_WRITE,
     true,
     ERROR_CALL_LOCKUP,
     {"Init, lockup", "INVSTATE", "in SysTick"}},
    {"systick_unmasked", STLINK, STEP_NONE, false, ERROR_NONE, {NULL}},
    /* Data where the tool puts its buffer, which is written for Write only. */
    {"data_under_buffer",
     JLINK,
     STEP_WRITE,
     false,
     ERROR_CALL_FAILED,
     {"Write returned 0", "1136 bytes of the loader's memory are not in its file"}},
    {"data_under_buffer",
     STLINK,
     STEP_WRITE,
     false,
     ERROR_CALL_FAILED,
     {"Write returned 0", "1136 bytes of the loader's memory are not in its file"}},
    /* A reset takes the core away. */
    {"system_reset",
     JLINK,
     STEP_INIT_FOR_WRITE,
     true,
     ERROR_TARGET,
     {"Init, core lost", "restart_system+", "SYSRESETREQ"}},
    {"system_reset",
     STLINK,
     STEP_INIT_FOR_WRITE,
     true,
     ERROR_TARGET,
     {"Init, core lost", "restart_system+", "SYSRESETREQ"}},
    {"watchdog",
     JLINK,
     STEP_INIT_FOR_WRITE,
     true,
     ERROR_TARGET,
     {"Init, core lost", "IWDG has expired"}},
    {"watchdog",
     STLINK,
     STEP_INIT_FOR_WRITE,
     true,
     ERROR_TARGET,
     {"Init, core lost", "IWDG has expired"}},
    /* The chip no longer hears one line. */
    {"left_in_qpi",
     JLINK,
     STEP_INIT_FOR_WRITE,
     true,
     ERROR_INIT_FAILED,
     {"left no record of a reason"}},
    {"left_in_qpi",
     STLINK,
     STEP_INIT_FOR_WRITE,
     true,
     ERROR_INIT_FAILED,
     {"left no record of a reason"}},
    /* None of it. */
    {"plain", JLINK, STEP_NONE, false, ERROR_NONE, {NULL}},
    {"plain", STLINK, STEP_NONE, false, ERROR_NONE, {NULL}},
    {NULL, JLINK, STEP_NONE, false, ERROR_NONE, {NULL}}, /* our own */
    {NULL, STLINK, STEP_NONE, false, ERROR_NONE, {NULL}},
};

#define SYMPTOM_COUNT (sizeof symptoms / sizeof symptoms[0])
#define IMAGE_OFFSET  0x103u
#define IMAGE_SIZE    0x345u

static const char *fixture_path(const char *fixture)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s.stldr", EXTLOAD_FIXTURES, fixture);
    return fixture != NULL ? path : NULL;
}

static void open_rig(struct scenario_rig *rig, struct image *image, const struct symptom *symptom)
{
    const struct scenario scenario = {
        .host = symptom->host,
        .loader = symptom->fixture != NULL ? fixture_path(symptom->fixture) : NULL,
        .content = CONTENT_USED,
        .seed = 5};
    scenario_open(rig, &scenario);
    scenario_make_image(image, &rig->board, IMAGE_OFFSET, IMAGE_SIZE, 11);
}

static bool erase_sector(struct scenario_rig *rig)
{
    return operation_erase(&rig->session, rig->board.window, 0x10000, &rig->error);
}

static bool write_image(struct scenario_rig *rig, const struct image *image)
{
    uint64_t written = 0;
    return operation_write(&rig->session, image, &written, &rig->error);
}

static void assert_text(const struct symptom *symptom, const struct error *error)
{
    char text[1400];
    error_format(error, text, sizeof text);
    print_message("%s, %s:\n%s\n", symptom->fixture, symptom->host, text);
    assert_int_equal(error->code, symptom->code);
    for (int i = 0; i < 3 && symptom->text[i] != NULL; i++) {
        if (strstr(text, symptom->text[i]) == NULL) {
            fail_msg("%s: no \"%s\" in: %s", symptom->fixture, symptom->text[i], text);
        }
    }
}

/* The script of td-p/900392, twice: erase, download, and a look at what is there. */
static void run_script(struct scenario_rig *rig, const struct image *image)
{
    for (int i = 0; i < 2; i++) {
        scenario_assert_good(rig, erase_sector(rig));
        scenario_assert_good(rig, write_image(rig, image));
        scenario_assert_good(rig, operation_verify(&rig->session, image, &rig->error));
        scenario_assert_good(rig, operation_verify(&rig->session, image, &rig->error));
    }
    for (uint32_t i = 0; i < IMAGE_SIZE; i++) {
        assert_int_equal(rig->cells[IMAGE_OFFSET + i], image->segments[0].bytes[i]);
    }
    scenario_assert_boots(rig);
}

static void an_erase_works_and_then_each_fails_in_its_own_way(void **state)
{
    (void)state;
    for (size_t i = 0; i < SYMPTOM_COUNT; i++) {
        const struct symptom *symptom = &symptoms[i];
        struct scenario_rig rig;
        struct image image;
        open_rig(&rig, &image, symptom);
        if (symptom->fails == STEP_NONE) {
            run_script(&rig, &image);
        } else {
            scenario_assert_good(&rig, erase_sector(&rig));
            assert_int_equal(rig.cells[0xFFFF], 0xFF);
            unsigned calls = rig.session.stats.calls;
            assert_false(write_image(&rig, &image));
            /* Init is a call, Write the next. */
            assert_int_equal(rig.session.stats.calls - calls, symptom->fails == STEP_WRITE ? 2 : 1);
            assert_text(symptom, &rig.error);
        }
        image_release(&image);
        scenario_close(&rig);
    }
}

/* The discriminator: erase twice. What fails then is not Write's doing. */
static void a_second_erase_tells_init_from_write(void **state)
{
    (void)state;
    for (size_t i = 0; i < SYMPTOM_COUNT; i++) {
        const struct symptom *symptom = &symptoms[i];
        struct scenario_rig rig;
        struct image image;
        open_rig(&rig, &image, symptom);
        scenario_assert_good(&rig, erase_sector(&rig));
        bool good = erase_sector(&rig);
        if (good == symptom->second_erase_fails) {
            fail_msg("%s on %s: the second erase %s", symptom->fixture, symptom->host,
                     good ? "passes" : rig.error.detail);
        }
        image_release(&image);
        scenario_close(&rig);
    }
}

/* As people work around it: one operation per power cycle. Only data under the buffer still fails.
 */
static void one_operation_per_power_cycle_hides_the_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < SYMPTOM_COUNT; i++) {
        const struct symptom *symptom = &symptoms[i];
        struct scenario_rig rig;
        struct image image;
        open_rig(&rig, &image, symptom);
        memset(rig.cells, 0xFF, rig.board.part.size);
        bool good = write_image(&rig, &image);
        if (good != (symptom->fails != STEP_WRITE)) {
            fail_msg("%s on %s: %s", symptom->fixture, symptom->host, rig.error.detail);
        }
        if (good) {
            scenario_assert_cells(&rig, &image, NULL);
        }
        image_release(&image);
        scenario_close(&rig);
    }
}

/* No two fixtures are reported by the same text. */
static void the_reports_differ(void **state)
{
    (void)state;
    static char reports[SYMPTOM_COUNT][1400];
    for (size_t i = 0; i < SYMPTOM_COUNT; i++) {
        struct scenario_rig rig;
        struct image image;
        if (symptoms[i].fails == STEP_NONE || strcmp(symptoms[i].host, JLINK) != 0) {
            continue;
        }
        open_rig(&rig, &image, &symptoms[i]);
        scenario_assert_good(&rig, erase_sector(&rig));
        assert_false(write_image(&rig, &image));
        error_format(&rig.error, reports[i], sizeof reports[i]);
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(reports[i], reports[k]);
        }
        image_release(&image);
        scenario_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_erase_works_and_then_each_fails_in_its_own_way),
        cmocka_unit_test(a_second_erase_tells_init_from_write),
        cmocka_unit_test(one_operation_per_power_cycle_hides_the_fault),
        cmocka_unit_test(the_reports_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
