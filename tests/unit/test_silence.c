/* SPDX-License-Identifier: MIT */
/* Likely causes when nothing answers: those that fit what is known, and no others. */
#include "host/session.h"
#include "host/silence.h"
#include "pack/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define N655   "data/boards/stm32n655-s25fl064l.yaml"
#define SWITCH "data/boards/stm32n657-xspi1-power-switch.yaml"

static struct board board;
static struct likely likely;

static void load(const char *path)
{
    struct error error = {0};
    assert_true(board_load(&board, path, &error));
    memset(&likely, 0, sizeof likely);
}

/* The starts of all causes, in their order; NULL ends them. */
static void assert_causes(const char *const *starts)
{
    unsigned count = 0;
    for (; starts[count] != NULL; count++) {
        if (count >= likely.count ||
            strncmp(likely.causes[count], starts[count], strlen(starts[count])) != 0) {
            fail_msg("cause %u is '%s', not '%s'", count,
                     count < likely.count ? likely.causes[count] : "", starts[count]);
        }
    }
    assert_int_equal(likely.count, count);
}

static void a_flash_that_reads_ff(void **state)
{
    (void)state;
    static const char *const causes[] = {"other pins or another port: the file has XSPI2 on port "
                                         "P2, NCS PN1, CLK PN6, IO0 PN2, IO1 PN3;",
                                         "the flash has no supply; a load switch",
                                         "the flash is held in reset: RESET# is low",
                                         "NCS (PN1), CLK (PN6) or IO0 (PN2) is open",
                                         "IO1 (PN3) is open or pulled up",
                                         NULL};
    load(N655);
    silence_of_flash(&(struct silence){&board, false, true}, REASON_FLASH_SILENT_HIGH, &likely);
    assert_causes(causes);
}

static void a_flash_that_reads_00(void **state)
{
    (void)state;
    static const char *const causes[] = {
        "other pins or another port: the file has XSPI1 on port P1",
        "the flash has no supply: PB3 switches it",
        "the flash is held in reset: PH1 leads to its RESET#",
        "IO1 (PP1) is shorted to ground",
        "the pads of port P1 have no supply",
        NULL};
    load(SWITCH);
    snprintf(board.reset_pad, sizeof board.reset_pad, "PH1");
    silence_of_flash(&(struct silence){&board, false, true}, REASON_FLASH_SILENT_LOW, &likely);
    assert_causes(causes);
}

/* It is wired as the file says and has no copper that could break. */
static void the_simulated_board_has_few_causes(void **state)
{
    (void)state;
    static const char *const supply[] = {"the flash has no supply: PB3", NULL}, *const none[] = {
                                                                                    NULL};
    load(SWITCH);
    silence_of_flash(&(struct silence){&board, true, true}, REASON_FLASH_SILENT_HIGH, &likely);
    assert_causes(supply);
    load(N655);
    silence_of_flash(&(struct silence){&board, true, true}, REASON_FLASH_SILENT_HIGH, &likely);
    assert_causes(none);
    silence_of_loader(&(struct silence){&board, true, false}, &likely);
    assert_causes(none);
}

static void a_flash_that_answers_has_no_causes(void **state)
{
    (void)state;
    static const char *const none[] = {NULL};
    load(N655);
    for (uint32_t reason = 0; reason < 40; reason++) {
        if (reason != REASON_FLASH_SILENT_HIGH && reason != REASON_FLASH_SILENT_LOW) {
            silence_of_flash(&(struct silence){&board, false, true}, reason, &likely);
        }
    }
    assert_causes(none);
}

static void a_loader_that_never_ran(void **state)
{
    (void)state;
    static const char *const blind[] = {
        "no development boot: BOOT1",   "the wrong access port: the core is behind AP1",
        "the tool took another loader", "a reset since the loader ran",
        "the wiring to the probe",      NULL};
    static const char *const seeing[] = {"no development boot: BOOT1",
                                         "the tool took another loader",
                                         "a reset since the loader ran", NULL};
    load(N655);
    silence_of_loader(&(struct silence){&board, false, false}, &likely);
    assert_causes(blind);
    load(N655);
    silence_of_loader(&(struct silence){&board, false, true}, &likely);
    assert_causes(seeing);
    load(N655);
    snprintf(board.mcu, sizeof board.mcu, "STM32H7R7");
    silence_of_loader(&(struct silence){&board, false, true}, &likely);
    assert_causes(seeing + 1);
}

/* A target behind a probe: memory reads 0, and a core that was started never stops. */
static bool read_memory(void *context, uint32_t address, void *bytes, size_t size,
                        struct error *error)
{
    (void)context, (void)address, (void)error;
    memset(bytes, 0, size);
    return true;
}

static bool write_memory(void *context, uint32_t address, const void *bytes, size_t size,
                         struct error *error)
{
    (void)context, (void)address, (void)bytes, (void)size, (void)error;
    return true;
}

static bool read_register(void *context, enum target_register reg, uint32_t *value,
                          struct error *error)
{
    (void)context, (void)reg, (void)error;
    *value = 0;
    return true;
}

static bool write_register(void *context, enum target_register reg, uint32_t value,
                           struct error *error)
{
    (void)context, (void)reg, (void)value, (void)error;
    return true;
}

static bool halt(void *context, struct error *error)
{
    (void)context, (void)error;
    return true;
}

static bool resume(void *context, bool mask_interrupts, struct error *error)
{
    (void)context, (void)mask_interrupts, (void)error;
    return true;
}

static bool wait_in_vain(void *context, uint64_t timeout_us, enum target_stop *stop,
                         struct error *error)
{
    (void)context, (void)timeout_us, (void)error;
    *stop = TARGET_RUNNING;
    return true;
}

static uint64_t now_ns(void *context)
{
    (void)context;
    return 0;
}

static void a_call_that_never_returns_behind_a_probe(void **state)
{
    (void)state;
    struct target_ops ops = {.name = "probe",
                             .read_memory = read_memory,
                             .write_memory = write_memory,
                             .read_register = read_register,
                             .write_register = write_register,
                             .halt = halt,
                             .resume = resume,
                             .wait = wait_in_vain,
                             .now_ns = now_ns};
    struct target target = {NULL, &ops};
    const struct lifecycle *lifecycle = lifecycle_find("native");
    const struct session_events events = {0};
    struct loader_file loader;
    struct session session;
    struct error error = {0};
    size_t size = 0;
    load(N655);
    uint8_t *bytes = pack_stldr(&board, pack_loader_image(), &size, &error);
    assert_non_null(bytes);
    assert_true(loader_file_parse(&loader, lifecycle->view, "a.stldr", bytes, size, &error));
    free(bytes);
    assert_true(session_open(&session, &target, &board, lifecycle, &loader, &events, &error));
    assert_false(session_begin(&session, OPERATION_READ, &error));
    assert_int_equal(error.code, ERROR_CALL_TIMEOUT);
    likely = error.likely;
    static const char *const causes[] = {
        "the core locked up or took a fault at the first instruction", "a reset since the download",
        "no RAM at the record's address, 0x341fe000", "the server did not start the core", NULL};
    assert_causes(causes);
    char text[ERROR_TEXT_SIZE];
    error_format(&error, text, sizeof text);
    assert_non_null(strstr(text, "\n  likely: the core locked up"));
    ops.name = TARGET_NAME_SIM;
    error = (struct error){0};
    assert_false(session_begin(&session, OPERATION_READ, &error));
    assert_int_equal(error.likely.count, 0);
    loader_file_release(&loader);
}

static void a_full_list_drops_what_follows(void **state)
{
    (void)state;
    memset(&likely, 0, sizeof likely);
    for (unsigned i = 0; i < LIKELY_MAX + 3; i++) {
        likely_add(&likely, "%u", i);
    }
    assert_int_equal(likely.count, LIKELY_MAX);
    assert_string_equal(likely.causes[LIKELY_MAX - 1], "7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flash_that_reads_ff),
        cmocka_unit_test(a_flash_that_reads_00),
        cmocka_unit_test(the_simulated_board_has_few_causes),
        cmocka_unit_test(a_flash_that_answers_has_no_causes),
        cmocka_unit_test(a_loader_that_never_ran),
        cmocka_unit_test(a_call_that_never_returns_behind_a_probe),
        cmocka_unit_test(a_full_list_drops_what_follows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
