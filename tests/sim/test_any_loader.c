/* SPDX-License-Identifier: MIT */
/* Other people's loaders: shapes that ours has not, functions that are missing, damaged files. Each
 * works as far as the host lets it, or ends in one message and in time. */
#include "host/host_option.h"
#include "pack/pack.h"
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IMAGE_OFFSET  0x103u
#define IMAGE_SIZE    0x345u
#define FUZZ_PARSED   20000
#define FUZZ_RUN      100
#define FUZZ_BUDGET   3    /* million instructions */
#define FUZZ_INIT     100  /* ms */
#define FUZZ_PATIENCE 1500 /* ms */

struct shape {
    const char *fixture, *host, *option;
    const char *fails; /* in the error's text; NULL: it works */
    const char *option2;
};

static const struct shape shapes[] = {
    {"split", "native", NULL, NULL, NULL},
    {"split", "cubeprogrammer-jlink", NULL, NULL, NULL},
    {"split", "cubeprogrammer-stlink", "load-address=as-linked", NULL, NULL},
    {"split", "cubeprogrammer-stlink", "bss=poisoned", NULL, NULL},
    {"split", "cubeprogrammer-stlink", "verify=call", NULL, NULL}, /* it has no Verify: compared */
    /* Stack and buffer go behind the data, in a RAM of 32 KiB. */
    {"split", "openocd-stldr", "buffer-size=page", NULL, NULL},
    /* Only where it is linked do its pointers lead anywhere. */
    {"linked_elsewhere", "cubeprogrammer-stlink", "load-address=as-linked", NULL, NULL},
    {"linked_elsewhere", "openocd-stldr", NULL, NULL, NULL},
    {"linked_elsewhere", "cubeprogrammer-stlink", NULL, "Init", NULL},
    {"linked_elsewhere", "native", NULL, "Init", NULL},
    /* Not downloaded by sections, so the opcodes are whatever the RAM holds. */
    {"read_only_section", "cubeprogrammer-stlink", NULL, NULL, NULL},
    {"read_only_section", "native", NULL, NULL, NULL},
    {"read_only_section", "openocd-stldr", NULL, "Init", NULL},
    /* Stack and buffer over its data, unless memory counts. */
    {"data_under_buffer", "cubeprogrammer-stlink", "image-size=memory", NULL, NULL},
    {"data_under_buffer", "cubeprogrammer-stlink", NULL, "1136 bytes of the loader's memory", NULL},
    {"plain", "openocd-stldr", NULL, NULL, NULL},
    /* The second chunk comes from stale lines, if the probe does not reach the D-cache. */
    {"dcache_on", "cubeprogrammer-stlink", "buffer-size=512", NULL, NULL},
    {"dcache_on", "cubeprogrammer-stlink", "buffer-size=512", NULL, "debug-access=coherent"},
    {"dcache_on", "cubeprogrammer-stlink", "buffer-size=512", "bytes differ",
     "debug-access=incoherent"},
};

static void open_fixture(struct scenario_rig *rig, struct lifecycle *lifecycle,
                         const struct shape *shape)
{
    static char path[512];
    struct error error = {0};
    snprintf(path, sizeof path, "%s/%s.stldr", EXTLOAD_FIXTURES, shape->fixture);
    *lifecycle = *lifecycle_find(shape->host);
    assert_true(shape->option == NULL || host_option_set(lifecycle, shape->option, &error));
    assert_true(shape->option2 == NULL || host_option_set(lifecycle, shape->option2, &error));
    const struct scenario scenario = {
        .lifecycle = lifecycle, .loader = path, .content = CONTENT_USED, .seed = 5};
    scenario_open(rig, &scenario);
}

static void every_shape_works_or_says_why(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        const struct shape *shape = &shapes[i];
        struct scenario_rig rig;
        struct lifecycle lifecycle;
        struct image image;
        char text[1400];
        open_fixture(&rig, &lifecycle, shape);
        scenario_make_image(&image, &rig.board, IMAGE_OFFSET, IMAGE_SIZE, 11);
        bool good = scenario_program(&rig, &image);
        error_format(&rig.error, text, sizeof text);
        if (good != (shape->fails == NULL)) {
            fail_msg("%s on %s: %s", shape->fixture, shape->host, good ? "works" : text);
        }
        if (good) {
            assert_memory_equal(rig.cells + IMAGE_OFFSET, image.segments[0].bytes, IMAGE_SIZE);
            scenario_assert_boots(&rig);
        } else {
            print_message("%s, %s:\n%s\n", shape->fixture, shape->host, text);
            assert_non_null(strstr(text, shape->fails));
        }
        image_release(&image);
        scenario_close(&rig);
    }
}

/* Sectors of two sizes: exactly those that are touched go. */
static void sectors_of_two_sizes(void **state)
{
    (void)state;
    for (unsigned host = 0; lifecycle_for(FORMAT_STLDR, host) != NULL; host++) {
        const struct shape shape = {"split", lifecycle_for(FORMAT_STLDR, host)->name,
                                    "buffer-size=page", NULL, NULL};
        struct scenario_rig rig;
        struct lifecycle lifecycle;
        open_fixture(&rig, &lifecycle, &shape);
        static uint8_t before[0x30000];
        memcpy(before, rig.cells, sizeof before);
        scenario_assert_good(
            &rig, operation_erase(&rig.session, rig.board.window + 0xE000, 0x12000, &rig.error));
        memset(before + 0xE000, 0xFF, 0x12000);
        assert_memory_equal(rig.cells, before, sizeof before);
        scenario_close(&rig);
    }
}

/* Our own loader's file, `scenario` style, to be changed before it is parsed. */
static uint8_t *own_file(struct scenario_rig *rig, size_t *size)
{
    uint8_t *bytes = pack_stldr(&rig->board, pack_loader_image(), size, &rig->error);
    assert_non_null(bytes);
    return bytes;
}

static void rename_symbol(uint8_t *bytes, size_t size, const char *name)
{
    size_t length = strlen(name) + 1;
    for (size_t at = 1; at + length <= size; at++) {
        if (bytes[at - 1] == 0 && memcmp(bytes + at, name, length) == 0) {
            bytes[at] = 'x';
            return;
        }
    }
    fail_msg("no name %s in the file", name);
}

/* The rig's loader without one function. */
static bool without(struct scenario_rig *rig, const struct lifecycle *lifecycle,
                    enum loader_function function)
{
    size_t size = 0;
    uint8_t *bytes = own_file(rig, &size);
    rename_symbol(bytes, size, loader_function_name(function));
    loader_file_release(&rig->loader);
    bool good =
        loader_file_parse(&rig->loader, lifecycle->view, rig->board.name, bytes, size, &rig->error);
    free(bytes);
    return good;
}

static bool is_needed(const struct lifecycle *lifecycle, enum loader_function function)
{
    return function == LOADER_INIT ||
           (lifecycle->view == VIEW_SECTIONS &&
            (function == LOADER_WRITE || function == LOADER_SECTOR_ERASE));
}

/* Verify called, so that its absence shows. */
static struct lifecycle calling_verify(unsigned host)
{
    struct lifecycle lifecycle = *lifecycle_for(FORMAT_STLDR, host);
    if (lifecycle.family == FAMILY_CUBEPROGRAMMER) {
        lifecycle.verify_rule = VERIFY_CALL;
    }
    return lifecycle;
}

static void what_is_missing_has_a_substitute_or_one_message(void **state)
{
    (void)state;
    for (unsigned host = 0; lifecycle_for(FORMAT_STLDR, host) != NULL; host++) {
        for (int i = 0; i < LOADER_STLDR_FUNCTIONS; i++) {
            enum loader_function function = (enum loader_function)i;
            const struct lifecycle lifecycle = calling_verify(host);
            const struct scenario scenario = {
                .lifecycle = &lifecycle, .content = CONTENT_USED, .seed = 8};
            struct scenario_rig rig;
            struct image image;
            scenario_open(&rig, &scenario);
            uint8_t *before = malloc(rig.board.part.size);
            assert_non_null(before);
            memcpy(before, rig.cells, rig.board.part.size);
            scenario_make_image(&image, &rig.board, IMAGE_OFFSET, IMAGE_SIZE, 11);
            bool parsed = without(&rig, &lifecycle, function);
            assert_int_equal(parsed, !is_needed(&lifecycle, function));
            bool must_work = parsed && function != LOADER_WRITE && function != LOADER_SECTOR_ERASE;
            bool good = parsed && scenario_program(&rig, &image);
            if (good != must_work) {
                fail_msg("%s without %s: %s", lifecycle.name, loader_function_name(function),
                         rig.error.detail);
            }
            if (good) {
                assert_memory_equal(rig.cells + IMAGE_OFFSET, image.segments[0].bytes, IMAGE_SIZE);
                scenario_assert_boots(&rig);
            } else { /* nothing was touched before it was noticed */
                char wanted[64];
                snprintf(wanted, sizeof wanted, "no symbol %s", loader_function_name(function));
                assert_int_equal(rig.error.code, ERROR_LOADER_SHAPE);
                assert_non_null(strstr(rig.error.detail, wanted));
                assert_memory_equal(rig.cells, before, rig.board.part.size);
            }
            image_release(&image);
            free(before);
            scenario_close(&rig);
        }
    }
}

/* MassErase is replaced by an erase of all sectors. */
static void all_is_erased_without_mass_erase(void **state)
{
    (void)state;
    for (unsigned host = 0; lifecycle_for(FORMAT_STLDR, host) != NULL; host++) {
        const struct scenario scenario = {
            .lifecycle = lifecycle_for(FORMAT_STLDR, host), .content = CONTENT_USED, .seed = 8};
        struct scenario_rig rig;
        scenario_open(&rig, &scenario);
        assert_true(without(&rig, lifecycle_for(FORMAT_STLDR, host), LOADER_MASS_ERASE));
        scenario_assert_good(&rig, operation_erase_all(&rig.session, &rig.error));
        assert_int_equal(rig.cells[0], 0xFF);
        assert_memory_equal(rig.cells, rig.cells + 1, rig.board.part.size - 1);
        scenario_close(&rig);
    }
}

static void damage(uint8_t *bytes, size_t size, uint64_t *random, size_t from, size_t to)
{
    unsigned count = 1 + (unsigned)(scenario_random(random) % 8);
    for (unsigned i = 0; i < count; i++) {
        size_t at = from + (size_t)(scenario_random(random) % (to - from));
        bytes[at % size] = (uint8_t)scenario_random(random);
    }
}

/* Headers, tables and StorageInfo: parsed or refused with a reason, whatever they hold. */
static void damaged_headers_are_read_or_refused(void **state)
{
    (void)state;
    struct scenario_rig rig = {0};
    size_t size = 0;
    unsigned refused = 0;
    uint64_t random = 99;
    assert_true(board_load(&rig.board, BOARD_P2, &rig.error));
    uint8_t *whole = own_file(&rig, &size);
    const size_t code_end = 0x13C + pack_image_size(&rig.board, pack_loader_image());
    uint8_t *bytes = malloc(size);
    assert_non_null(bytes);
    for (unsigned i = 0; i < FUZZ_PARSED; i++) {
        struct loader_file loader;
        struct layout layout;
        struct error error = {0};
        const struct lifecycle *lifecycle = lifecycle_for(FORMAT_STLDR, i % 4);
        size_t length = i % 5 == 0 ? (size_t)(scenario_random(&random) % (size + 1)) : size;
        memcpy(bytes, whole, size);
        damage(bytes, size, &random, i % 2 == 0 ? 0 : code_end, i % 2 == 0 ? 0x13C : size);
        if (!loader_file_parse(&loader, lifecycle->view, "damaged", bytes, length, &error)) {
            refused++;
            assert_true(error.code != ERROR_NONE && error.detail[0] != '\0');
            assert_int_equal(error_exit_status(error.code), 2);
            continue;
        }
        if (!layout_make(&layout, &rig.board, lifecycle, &loader, &error)) {
            assert_int_equal(error_exit_status(error.code), 2);
        }
        loader_file_release(&loader);
    }
    print_message("%u damaged files, %u of them refused\n", FUZZ_PARSED, refused);
    free(bytes);
    free(whole);
}

/* Code that may do anything, under a budget: it ends, and what fails says so. */
static void damaged_code_ends_in_time(void **state)
{
    (void)state;
    unsigned worked = 0, ended[ERROR_COUNT] = {0};
    uint64_t random = 2026;
    for (unsigned i = 0; i < FUZZ_RUN; i++) {
        struct lifecycle lifecycle = *lifecycle_for(FORMAT_STLDR, i % 4);
        lifecycle.budget = FUZZ_BUDGET;
        lifecycle.init_timeout_ms = FUZZ_INIT;
        lifecycle.write_timeout_ms = lifecycle.read_timeout_ms = lifecycle.erase_timeout_ms =
            FUZZ_PATIENCE;
        const struct scenario scenario = {.lifecycle = &lifecycle, .seed = i + 1};
        struct scenario_rig rig;
        struct image image;
        size_t size = 0;
        scenario_open(&rig, &scenario);
        uint8_t *bytes = own_file(&rig, &size);
        /* from the code that is linked first, where Init and the guard are, to the end */
        damage(bytes, size, &random, 0x13C, i % 3 == 0 ? size : 0x13C + 0x900);
        loader_file_release(&rig.loader);
        bool good =
            loader_file_parse(&rig.loader, lifecycle.view, rig.board.name, bytes, size, &rig.error);
        free(bytes);
        scenario_make_image(&image, &rig.board, IMAGE_OFFSET, IMAGE_SIZE, 11);
        good = good && scenario_program(&rig, &image);
        if (good) {
            worked++;
            assert_memory_equal(rig.cells + IMAGE_OFFSET, image.segments[0].bytes, IMAGE_SIZE);
        } else {
            assert_true(rig.error.code != ERROR_NONE && rig.error.detail[0] != '\0');
            ended[rig.error.code]++;
        }
        image_release(&image);
        scenario_close(&rig);
    }
    print_message("%u damaged loaders: %u work all the same", FUZZ_RUN, worked);
    for (unsigned code = 0; code < ERROR_COUNT; code++) {
        if (ended[code] > 0) {
            print_message("; %u: %s", ended[code], error_what((enum error_code)code));
        }
    }
    print_message("\n");
    assert_true(worked > 0 && ended[ERROR_CALL_LOCKUP] + ended[ERROR_CALL_TIMEOUT] > 0);
}

/* Init replaced by a few halfwords, under a small budget. */
static void run_init_of(const uint16_t *code, size_t count, struct error *error)
{
    struct lifecycle lifecycle = *lifecycle_find("cubeprogrammer-stlink");
    struct scenario_rig rig;
    size_t size = 0;
    lifecycle.budget = 100;
    const struct scenario scenario = {.lifecycle = &lifecycle, .seed = 1};
    scenario_open(&rig, &scenario);
    uint8_t *bytes = own_file(&rig, &size);
    memcpy(bytes + 0x13C, code, count * sizeof *code);
    loader_file_release(&rig.loader);
    assert_true(loader_file_parse(&rig.loader, lifecycle.view, rig.board.name, bytes, size, error));
    free(bytes);
    assert_false(session_begin(&rig.session, OPERATION_WRITE, error));
    scenario_close(&rig);
}

/* What would keep the PC busy for hours, or break the emulator, ends with a reason. */
static void what_never_ends_is_ended(void **state)
{
    (void)state;
    static const uint16_t counts[] = {0x3001, 0xE7FD};                /* adds r0, #1; b */
    static const uint16_t waits[] = {0xE7FE};                         /* b . */
    static const uint16_t writes_beside[] = {0x4679, 0x6409, 0xE7FC}; /* mov r1, pc; str; b */
    struct error error = {0};
    run_init_of(counts, 2, &error);
    assert_int_equal(error.code, ERROR_CALL_TIMEOUT);
    assert_non_null(strstr(error.detail, "instructions were used up"));
    assert_non_null(strstr(error.hint, "instruction-budget=1000"));
    error = (struct error){0};
    run_init_of(waits, 1, &error);
    assert_int_equal(error.code, ERROR_CALL_TIMEOUT);
    assert_non_null(strstr(error.detail, "its time was over"));
    error = (struct error){0};
    run_init_of(writes_beside, 3, &error);
    assert_int_equal(error.code, ERROR_TARGET);
    assert_non_null(strstr(error.detail, "translated anew"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape_works_or_says_why),
        cmocka_unit_test(sectors_of_two_sizes),
        cmocka_unit_test(what_is_missing_has_a_substitute_or_one_message),
        cmocka_unit_test(all_is_erased_without_mass_erase),
        cmocka_unit_test(damaged_headers_are_read_or_refused),
        cmocka_unit_test(damaged_code_ends_in_time),
        cmocka_unit_test(what_never_ends_is_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
