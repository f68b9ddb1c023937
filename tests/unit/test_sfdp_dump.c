/* SPDX-License-Identifier: MIT */
/* Dump files: bytes and hex text, good ones and bad ones with the place of the mistake. */
#include "sfdp/dump.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct good_case {
    const char *label, *text;
    uint32_t size;
    uint8_t bytes[8];
};

static const struct good_case good_cases[] = {
    {"pairs", "53 46 44 50\n", 4, {0x53, 0x46, 0x44, 0x50}},
    {"together", "53464450", 4, {0x53, 0x46, 0x44, 0x50}},
    {"0x and commas", "0x53, 0x46,\n0x44\n", 3, {0x53, 0x46, 0x44}},
    {"comments and CRLF", "# a dump\r\n53 46 # two\r\n\r\n44", 3, {0x53, 0x46, 0x44}},
    {"addresses", "0x0004: AA bb\n0: 11 22\n", 6, {0x11, 0x22, 0xFF, 0xFF, 0xAA, 0xBB}},
    {"a byte given twice, the same", "0: 11 22\n1: 22 33", 3, {0x11, 0x22, 0x33}},
    {"nothing", "# nothing\n", 0, {0}},
};

static void hex_text_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good_cases / sizeof good_cases[0]; i++) {
        const struct good_case *c = &good_cases[i];
        struct sfdp_dump dump;
        struct error error = {0};
        if (!sfdp_dump_parse(&dump, "x", (const uint8_t *)c->text, strlen(c->text), &error) ||
            dump.size != c->size || memcmp(dump.bytes, c->bytes, c->size) != 0) {
            fail_msg("%s: %s", c->label, error.detail);
        }
        assert_int_equal(dump.bytes[SFDP_DUMP_MAX - 1], 0xFF);
    }
}

struct bad_case {
    const char *text, *detail;
    int line, column;
};

static const struct bad_case bad_cases[] = {
    {"53 46\n44 5G", "`G` is no hex digit", 2, 5},
    {"53 4", "an odd number of hex digits", 1, 4},
    {"00: 53 10: 46", "an address behind bytes", 1, 8},
    {"# x\n : 53", "no address before `:`", 2, 2},
    {"zz: 53", "no address before `:`", 1, 1},
    {"123456789: 53", "no address before `:`", 1, 1},
    {"1000: 53", "an address of 0x1000 or more", 1, 1},
    {"0fff: 53 46", "a byte at or above address 0x1000", 1, 10},
    {"0: 11\n0: 12", "the byte at 0x000 was given before, as 11", 2, 4},
    {"53 46\n\xFF", "ffh is no text", 2, 1},
};

static void bad_text_is_refused_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_cases / sizeof bad_cases[0]; i++) {
        const struct bad_case *c = &bad_cases[i];
        struct sfdp_dump dump;
        struct error error = {0};
        assert_false(
            sfdp_dump_parse(&dump, "bad.hex", (const uint8_t *)c->text, strlen(c->text), &error));
        assert_int_equal(error.code, ERROR_SFDP_SYNTAX);
        assert_string_equal(error.file, "bad.hex");
        assert_string_equal(error.detail, c->detail);
        assert_int_equal(error.line, c->line);
        assert_int_equal(error.column, c->column);
        assert_true(error.hint[0] != '\0');
    }
}

static void bytes_are_taken_as_they_are(void **state)
{
    (void)state;
    uint8_t bytes[SFDP_DUMP_MAX + 16];
    struct sfdp_dump dump;
    struct error error = {0};
    memset(bytes, 0xFF, sizeof bytes);
    memcpy(bytes, "SFDP\6\1", 6);
    assert_true(sfdp_dump_parse(&dump, "x", bytes, 6, &error));
    assert_int_equal(dump.size, 6);
    assert_true(sfdp_dump_parse(&dump, "x", bytes, sizeof bytes, &error)); /* FFh add nothing */
    assert_int_equal(dump.size, SFDP_DUMP_MAX);
    bytes[SFDP_DUMP_MAX] = 0;
    assert_false(sfdp_dump_parse(&dump, "x", bytes, sizeof bytes, &error));
    assert_int_equal(error.code, ERROR_SFDP_UNUSABLE);
}

static void words_that_are_turned_round_are_noticed(void **state)
{
    (void)state;
    static const char *const texts[] = {"50444653 ff010106 10010600 ff000300",
                                        "4653 5044 0106 ff01 0600 1001 0300 ff00"};
    for (size_t i = 0; i < 2; i++) {
        struct sfdp_dump dump;
        struct sfdp sfdp;
        struct error error = {0};
        const uint8_t *text = (const uint8_t *)texts[i];
        assert_true(sfdp_dump_parse(&dump, "x", text, strlen(texts[i]), &error));
        assert_false(sfdp_dump_decode(&sfdp, &dump, "x", &error));
        assert_non_null(strstr(error.hint, "words"));
    }
}

static void a_missing_file_is_named(void **state)
{
    (void)state;
    struct sfdp_dump dump;
    struct error error = {0};
    assert_false(sfdp_dump_read(&dump, "/nonexistent/x.hex", &error));
    assert_int_equal(error.code, ERROR_FILE_READ);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hex_text_is_read),
        cmocka_unit_test(bad_text_is_refused_with_its_place),
        cmocka_unit_test(bytes_are_taken_as_they_are),
        cmocka_unit_test(words_that_are_turned_round_are_noticed),
        cmocka_unit_test(a_missing_file_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
