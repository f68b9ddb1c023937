/* SPDX-License-Identifier: MIT */
/*
 * Intel HEX, case by case. Record types, base and wrap rules: Intel, Hexadecimal Object File Format
 * Specification, revision A, 1988 [memory]; srec_cat is the judge of what we write.
 */
#include "image/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define END_RECORD ":00000001FF\n"

struct expected_segment {
    uint32_t address, size;
    uint8_t bytes[8];
};

struct good_case {
    const char *label, *text;
    struct expected_segment segments[3];
};

static const struct good_case good_cases[] = {
    {"plain", ":0401000001020304F1\n" END_RECORD, {{0x100, 4, {1, 2, 3, 4}}}},
    {"CRLF", ":0401000001020304F1\r\n:00000001FF\r\n", {{0x100, 4, {1, 2, 3, 4}}}},
    {"no newline at the end", ":0401000001020304F1\n:00000001FF", {{0x100, 4, {1, 2, 3, 4}}}},
    {"lower case", ":02010000abcd85\n:00000001ff\n", {{0x100, 2, {0xab, 0xcd}}}},
    {"blank lines and blanks",
     "\n  \n:0401000001020304F1 \t\r\n\r\n" END_RECORD "\n\n",
     {{0x100, 4, {1, 2, 3, 4}}}},
    {"linear base",
     ":0200000470008A\n:020010001122BB\n" END_RECORD,
     {{0x70000010, 2, {0x11, 0x22}}}},
    {"adjoining records merge",
     ":020000000102FB\n:020002000304F5\n" END_RECORD,
     {{0, 4, {1, 2, 3, 4}}}},
    {"records in any order",
     ":020002000304F5\n:020010000506E3\n:020000000102FB\n" END_RECORD,
     {{0, 4, {1, 2, 3, 4}}, {0x10, 2, {5, 6}}}},
    {"segment base 1234: times 16",
     ":020000021234B6\n:020000000102FB\n" END_RECORD,
     {{0x12340, 2, {1, 2}}}},
    {"an offset wraps inside its segment at 64 KiB",
     ":020000021000EC\n:04FFFE0001020304F5\n" END_RECORD,
     {{0x10000, 2, {3, 4}}, {0x1FFFE, 2, {1, 2}}}},
    {"a linear address goes on past 64 KiB",
     ":020000040001F9\n:04FFFE0001020304F5\n" END_RECORD,
     {{0x1FFFE, 4, {1, 2, 3, 4}}}},
    {"without a base record the base is linear",
     ":04FFFE0001020304F5\n" END_RECORD,
     {{0xFFFE, 4, {1, 2, 3, 4}}}},
    {"a linear address wraps at 4 GiB",
     ":02000004FFFFFC\n:04FFFE0001020304F5\n" END_RECORD,
     {{0, 2, {3, 4}}, {0xFFFFFFFE, 2, {1, 2}}}},
    {"the last byte of the address space",
     ":02000004FFFFFC\n:01FFFF00AA57\n" END_RECORD,
     {{0xFFFFFFFF, 1, {0xAA}}}},
    {"start addresses carry no bytes",
     ":0400000300003800C1\n:04000005000000CD2A\n:01000000AA55\n" END_RECORD,
     {{0, 1, {0xAA}}}},
    {"a data record may be empty", ":0000000000\n:01000000AA55\n" END_RECORD, {{0, 1, {0xAA}}}},
    {"a linear base ends a segment base",
     ":020000021000EC\n:020000040001F9\n:04FFFE0001020304F5\n" END_RECORD,
     {{0x1FFFE, 4, {1, 2, 3, 4}}}},
};

static bool add(struct image *image, const char *text, struct error *error)
{
    image_init(image);
    /* Copied, so that the sanitizer sees a read past the end. */
    const size_t size = strlen(text);
    uint8_t *copy = malloc(size == 0 ? 1 : size);
    assert_non_null(copy);
    memcpy(copy, text, size);
    const bool good = image_add_bytes(image, "a.hex", copy, size, IMAGE_HEX, false, 0, error);
    free(copy);
    return good;
}

static bool same_segments(const struct image *image, const struct expected_segment *expected)
{
    unsigned count = 0;
    while (count < 3 && expected[count].size != 0) {
        count++;
    }
    if (image->count != count) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        const struct image_segment *segment = &image->segments[i];
        if (segment->address != expected[i].address || segment->size != expected[i].size ||
            memcmp(segment->bytes, expected[i].bytes, segment->size) != 0 ||
            strcmp(segment->source, "a.hex") != 0) {
            return false;
        }
    }
    return true;
}

static void test_good_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good_cases / sizeof good_cases[0]; i++) {
        struct error error = {0};
        struct image image;
        if (!add(&image, good_cases[i].text, &error)) {
            fail_msg("%s: line %d: %s %s", good_cases[i].label, error.line, error_what(error.code),
                     error.detail);
        }
        if (!same_segments(&image, good_cases[i].segments)) {
            fail_msg("%s: other segments", good_cases[i].label);
        }
        image_release(&image);
    }
}

struct bad_case {
    const char *label, *text;
    enum error_code code;
    int line, column;
    const char *says;
};

static const struct bad_case bad_cases[] = {
    {"no colon", ":01000000AA55\n01000000AA55\n", ERROR_HEX_SYNTAX, 2, 1, "'0' where ':'"},
    {"control byte", ":01000000AA55\n\x01\n", ERROR_HEX_SYNTAX, 2, 1, "byte 0x01"},
    {"no digit", "\n\n:01000000AG55\n" END_RECORD, ERROR_HEX_SYNTAX, 3, 11, "'G'"},
    {"blank inside", ":01000000 AA55\n", ERROR_HEX_SYNTAX, 1, 10, "byte 0x20"},
    {"odd digits", ":01000000AA5\n" END_RECORD, ERROR_HEX_SYNTAX, 1, 0, "11 digits"},
    {"too short", ":04010000010203F1\n" END_RECORD, ERROR_HEX_SYNTAX, 1, 0, "asks for 18"},
    {"too long", ":01000000AA5500\n" END_RECORD, ERROR_HEX_SYNTAX, 1, 0, "14 digits"},
    {"only a colon", ":\n" END_RECORD, ERROR_HEX_SYNTAX, 1, 0, "0 digits"},
    {"type 06", ":01000000AA55\n:00000006FA\n", ERROR_HEX_SYNTAX, 2, 8, "type 06"},
    {"base of one byte", ":01000004708B\n", ERROR_HEX_SYNTAX, 1, 2, "has 2 bytes, not 1"},
    {"end with a byte", ":0100000100FE\n", ERROR_HEX_SYNTAX, 1, 2, "has 0 bytes, not 1"},
    {"start of two bytes", ":020000050000F9\n", ERROR_HEX_SYNTAX, 1, 2, "has 4 bytes"},
    {"checksum", ":01000000AA55\r\n:01000100AA55\r\n", ERROR_HEX_CHECKSUM, 2, 0,
     "0x55 stands there, the bytes give 0x54"},
    {"no end record", ":01000000AA55\n\n:01000100AA54\n\n", ERROR_HEX_TRUNCATED, 4, 0, "line is 4"},
    {"cut in a record", ":01000000AA55\n:0401000001", ERROR_HEX_TRUNCATED, 2, 0, "10 of its 18"},
    {"data after the end", END_RECORD "\n:01000000AA55\n", ERROR_HEX_SYNTAX, 3, 1,
     "end record of line 1"},
    {"rubbish after the end", ":01000000AA55\n" END_RECORD "x", ERROR_HEX_SYNTAX, 3, 1, "line 2"},
    {"byte given twice", ":01000000AA55\n:01000100AA54\n:01000000AA55\n" END_RECORD,
     ERROR_IMAGE_OVERLAP, 3, 0, "0x00000000 to 0x00000000 was already given in line 1"},
    {"record over two others", ":020000000102FB\n:020002000304F5\n:020001000304F6\n" END_RECORD,
     ERROR_IMAGE_OVERLAP, 3, 0, "0x00000001 to 0x00000001 was already given in line 1"},
    {"the first overlap in the file, not in the address space",
     ":0400000001020304F2\n:01000300AA52\n:01000100AA54\n" END_RECORD, ERROR_IMAGE_OVERLAP, 2, 0,
     "0x00000003 to 0x00000003 was already given in line 1"},
    {"overlap by another base", ":01001000AA45\n:020000020001FB\n:01000000AA55\n" END_RECORD,
     ERROR_IMAGE_OVERLAP, 3, 0, "0x00000010 to 0x00000010 was already given in line 1"},
    {"no data", ":0400000300003800C1\n" END_RECORD, ERROR_IMAGE_EMPTY, 0, 0, ""},
    {"only the end", END_RECORD, ERROR_IMAGE_EMPTY, 0, 0, ""},
    {"nothing", "", ERROR_IMAGE_EMPTY, 0, 0, ""},
    {"blank lines only", "\n\r\n", ERROR_HEX_TRUNCATED, 2, 0, ""},
};

static void test_bad_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_cases / sizeof bad_cases[0]; i++) {
        const struct bad_case *bad = &bad_cases[i];
        struct error error = {0};
        struct image image;
        if (add(&image, bad->text, &error)) {
            fail_msg("%s: accepted", bad->label);
        }
        if (error.code != bad->code || error.line != bad->line || error.column != bad->column ||
            strstr(error.detail, bad->says) == NULL || strcmp(error.file, "a.hex") != 0) {
            fail_msg("%s: code %d line %d column %d: %s", bad->label, (int)error.code, error.line,
                     error.column, error.detail);
        }
        assert_int_equal(0, image.count);
        image_release(&image);
    }
}

static void test_longest_record(void **state)
{
    (void)state;
    char text[600] = ":FF000000";
    unsigned sum = 0xff;
    for (unsigned i = 0; i < 255; i++) {
        snprintf(text + strlen(text), 3, "%02X", i);
        sum += i;
    }
    snprintf(text + strlen(text), 20, "%02X\n" END_RECORD, (0u - sum) & 0xffu);
    struct error error = {0};
    struct image image;
    assert_true(add(&image, text, &error));
    assert_int_equal(255, image.segments[0].size);
    assert_int_equal(254, image.segments[0].bytes[254]);
    image_release(&image);
}

/* Every byte of a good file changed to every value: never a crash, never other bytes unnoticed
 * unless an address or the checksum changed with them (one byte of a record cannot). */
static void test_one_changed_digit_is_noticed(void **state)
{
    (void)state;
    static const char original[] = ":0200000470008A\n:0401000001020304F1\n" END_RECORD;
    for (size_t at = 0; at < sizeof original - 1; at++) {
        for (unsigned value = 1; value < 256; value++) {
            char text[sizeof original];
            memcpy(text, original, sizeof original);
            text[at] = (char)value;
            struct error error = {0};
            struct image image;
            if (add(&image, text, &error)) {
                assert_int_equal(1, image.count);
                assert_int_equal(0x70000100, image.segments[0].address);
                assert_memory_equal("\1\2\3\4", image.segments[0].bytes, 4);
            }
            image_release(&image);
        }
    }
}

struct range {
    uint32_t address;
    size_t size;
};

/* Unaligned, across 64 KiB bounds, at both ends of the address space. */
static const struct range ranges[] = {
    {0x0, 1}, {0xFFF5, 40}, {0x7000FFFF, 0x20003}, {0x70000001, 16}, {0xFFFFFF01, 255}};

static void test_srec_cat_reads_what_we_write(void **state)
{
    (void)state;
    char folder[] = "/tmp/extload-hex-XXXXXX";
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        const struct range *range = &ranges[i];
        uint8_t *bytes = malloc(range->size);
        assert_non_null(bytes);
        for (size_t j = 0; j < range->size; j++) {
            bytes[j] = (uint8_t)(j * 13 + (j >> 8));
        }
        char hex[64];
        char bin[64];
        char command[512];
        snprintf(hex, sizeof hex, "%s/a.hex", folder);
        snprintf(bin, sizeof bin, "%s/a.bin", folder);
        struct error error = {0};
        assert_true(image_write_file(hex, range->address, bytes, range->size, &error));
        snprintf(command, sizeof command, "srec_cat %s -Intel -offset -0x%X -o %s -Binary", hex,
                 (unsigned)range->address, bin);
        assert_int_equal(0, system(command));
        size_t size = 0;
        uint8_t *back = image_read_whole_file(bin, &size, &error);
        assert_non_null(back);
        assert_int_equal(range->size, size);
        assert_memory_equal(bytes, back, size);
        free(back);

        struct image image;
        image_init(&image);
        assert_true(image_add_file(&image, hex, IMAGE_BY_NAME, false, 0, &error));
        assert_int_equal(1, image.count);
        assert_int_equal(range->address, image.segments[0].address);
        assert_int_equal(range->size, image.segments[0].size);
        assert_memory_equal(bytes, image.segments[0].bytes, range->size);
        image_release(&image);
        free(bytes);
        unlink(hex);
        unlink(bin);
    }
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_files),
        cmocka_unit_test(test_bad_files),
        cmocka_unit_test(test_longest_record),
        cmocka_unit_test(test_one_changed_digit_is_noticed),
        cmocka_unit_test(test_srec_cat_reads_what_we_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
