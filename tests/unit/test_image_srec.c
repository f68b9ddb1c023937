/* SPDX-License-Identifier: MIT */
/*
 * Motorola S-records, case by case, by srec_motorola(5); srec_cat and srec_cmp are the judges of what we
 * read and write.
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

#define DATA "S107010001020304ED\n" /* four bytes at 0x100 */
#define END  "S9030000FC\n"

struct expected_segment {
    uint32_t address, size;
    uint8_t bytes[8];
};

struct good_case {
    const char *label, *text;
    struct expected_segment segments[3];
};

static const struct good_case good_cases[] = {
    {"16-bit address", DATA END, {{0x100, 4, {1, 2, 3, 4}}}},
    {"24-bit address", "S206123456AABBF8\nS804000000FB\n", {{0x123456, 2, {0xAA, 0xBB}}}},
    {"32-bit address", "S30770000010AABB13\nS70500000000FA\n", {{0x70000010, 2, {0xAA, 0xBB}}}},
    {"a header of text", "S00600004844521B\n" DATA END, {{0x100, 4, {1, 2, 3, 4}}}},
    {"a header in the middle", DATA "S0030000FC\n" END, {{0x100, 4, {1, 2, 3, 4}}}},
    {"CRLF", "S107010001020304ED\r\nS9030000FC\r\n", {{0x100, 4, {1, 2, 3, 4}}}},
    {"no newline at the end", "S107010001020304ED\nS9030000FC", {{0x100, 4, {1, 2, 3, 4}}}},
    {"lower case", "s1050000abcd82\ns9030000fc\n", {{0, 2, {0xAB, 0xCD}}}},
    {"blank lines and blanks",
     "\n \t\n"
     "S107010001020304ED \t\r\n\r\n" END "\n\n",
     {{0x100, 4, {1, 2, 3, 4}}}},
    {"a count of 16 bits", DATA "S5030001FB\n" END, {{0x100, 4, {1, 2, 3, 4}}}},
    {"a count of 24 bits", DATA "S604000001FA\n" END, {{0x100, 4, {1, 2, 3, 4}}}},
    {"a count and no end record", DATA "S5030001FB\n", {{0x100, 4, {1, 2, 3, 4}}}},
    {"headers and empty records count as they are",
     "S0030000FC\nS1030000FC\n" DATA "S5030002FA\n" END,
     {{0x100, 4, {1, 2, 3, 4}}}},
    {"records of several widths, in any order",
     "S30770000010AABB13\n" DATA END,
     {{0x100, 4, {1, 2, 3, 4}}, {0x70000010, 2, {0xAA, 0xBB}}}},
    {"adjoining records merge", "S10500020304F1\nS10500000102F7\n" END, {{0, 4, {1, 2, 3, 4}}}},
    {"an address goes on past 64 KiB", "S107FFFE01020304F1\n" END, {{0xFFFE, 4, {1, 2, 3, 4}}}},
    {"the last byte of the address space", "S306FFFFFFFFAA53\n" END, {{0xFFFFFFFF, 1, {0xAA}}}},
    {"a start address carries no bytes", DATA "S9031234B6\n", {{0x100, 4, {1, 2, 3, 4}}}},
};

static bool add(struct image *image, const char *text, struct error *error)
{
    image_init(image);
    /* Copied, so that the sanitizer sees a read past the end. */
    const size_t size = strlen(text);
    uint8_t *copy = malloc(size == 0 ? 1 : size);
    assert_non_null(copy);
    memcpy(copy, text, size);
    const bool good = image_add_bytes(image, "a.srec", copy, size, IMAGE_SREC, false, 0, error);
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
            memcmp(segment->bytes, expected[i].bytes, segment->size) != 0) {
            return false;
        }
    }
    return true;
}

static void good_files_are_read(void **state)
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
    {"no S", DATA "107010001020304ED\n", ERROR_SREC_SYNTAX, 2, 1, "'1' where 'S'"},
    {"control byte", DATA "\x01\n", ERROR_SREC_SYNTAX, 2, 1, "byte 0x01"},
    {"no type", "S\n" END, ERROR_SREC_SYNTAX, 1, 3, "1 characters"},
    {"type A", "SA03\n" END, ERROR_SREC_SYNTAX, 1, 2, "'A' where a type from 0 to 9"},
    {"type 4", "S4030000FC\n" END, ERROR_SREC_SYNTAX, 1, 2, "S4 is reserved"},
    {"no digit", "\nS107010001G20304ED\n" END, ERROR_SREC_SYNTAX, 2, 11, "'G'"},
    {"blank inside", "S10701000 1020304ED\n" END, ERROR_SREC_SYNTAX, 1, 10, "byte 0x20"},
    {"odd digits", "S107010001020304E\n" END, ERROR_SREC_SYNTAX, 1, 3, "has 17 characters"},
    {"too short", "S1070100010203ED\n" END, ERROR_SREC_SYNTAX, 1, 3, "asks for 18"},
    {"too long", "S10701000102030405ED\n" END, ERROR_SREC_SYNTAX, 1, 3, "20 characters"},
    {"no room for the address", "S10200FD\n" END, ERROR_SREC_SYNTAX, 1, 3,
     "at least 3 bytes, not 2"},
    {"no room in S3", "S3040000FB\n" END, ERROR_SREC_SYNTAX, 1, 3, "10 characters"},
    {"a count of no bytes", "S500\n" END, ERROR_SREC_SYNTAX, 1, 3, "at least 3 bytes, not 0"},
    {"data in a count", DATA "S504000101F9\n" END, ERROR_SREC_SYNTAX, 2, 3,
     "S5 has 3 bytes, not 4"},
    {"data in an end", DATA "S904000000FB\n", ERROR_SREC_SYNTAX, 2, 3, "S9 has 3 bytes, not 4"},
    {"checksum", DATA "S107010401020304ED\n" END, ERROR_SREC_CHECKSUM, 2, 17,
     "0xED stands there, the bytes give 0xE9"},
    {"checksum of the end", DATA "S9030000FD\n", ERROR_SREC_CHECKSUM, 2, 9, "give 0xFC"},
    {"count too small", DATA "S5030000FC\n" END, ERROR_SREC_COUNT, 2, 5, "counts 0, there are 1"},
    {"count too large", DATA "S604000002F9\n" END, ERROR_SREC_COUNT, 2, 5, "counts 2, there are 1"},
    {"data after the count", "S5030000FC\n" DATA END, ERROR_SREC_SYNTAX, 2, 2,
     "S1 after the count of line 1"},
    {"no end", DATA "\n", ERROR_SREC_TRUNCATED, 2, 0, "last line is 2"},
    {"cut in a record", DATA "S10701000102", ERROR_SREC_TRUNCATED, 2, 0, "12 of its 18"},
    {"cut in a head", DATA "S1", ERROR_SREC_TRUNCATED, 2, 0, "2 of its 4"},
    {"data after the end", END "\n" DATA, ERROR_SREC_SYNTAX, 3, 1, "end record of line 1"},
    {"rubbish after the end", DATA END "x", ERROR_SREC_SYNTAX, 3, 1, "line 2"},
    {"past the address space", "S307FFFFFFFFAABB97\n" END, ERROR_SREC_SYNTAX, 1, 5,
     "2 bytes at 0xFFFFFFFF"},
    {"byte given twice", DATA "S10401030CEB\n" END, ERROR_IMAGE_OVERLAP, 2, 0,
     "0x00000103 to 0x00000103 was already given in line 1"},
    {"no data", "S0030000FC\n" END, ERROR_IMAGE_EMPTY, 0, 0, ""},
    {"nothing", "", ERROR_IMAGE_EMPTY, 0, 0, ""},
    {"blank lines only", "\n\r\n", ERROR_SREC_TRUNCATED, 2, 0, ""},
};

static void bad_files_are_refused_with_their_place(void **state)
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
            strstr(error.detail, bad->says) == NULL || strcmp(error.file, "a.srec") != 0) {
            fail_msg("%s: code %d line %d column %d: %s", bad->label, (int)error.code, error.line,
                     error.column, error.detail);
        }
        assert_int_equal(0, image.count);
        image_release(&image);
    }
}

static void longest_record_is_read(void **state)
{
    (void)state;
    char text[600] = "S3FF70000000";
    unsigned sum = 0xFF + 0x70;
    for (unsigned i = 0; i < 250; i++) {
        snprintf(text + strlen(text), 3, "%02X", i);
        sum += i;
    }
    snprintf(text + strlen(text), 20, "%02X\n" END, ~sum & 0xFFu);
    struct error error = {0};
    struct image image;
    assert_true(add(&image, text, &error));
    assert_int_equal(250, image.segments[0].size);
    assert_int_equal(249, image.segments[0].bytes[249]);
    image_release(&image);
}

/* Every byte of a good file changed to every value: never a crash, never other bytes. Nothing guards the
 * type of a data record: no checksum holds it, and files mix widths (srec_cat does). */
static void one_changed_byte_is_noticed(void **state)
{
    (void)state;
    static const char original[] = "S30970000100010203047B\nS5030001FB\nS70500000000FA\n";
    for (size_t at = 0; at < sizeof original - 1; at++) {
        for (unsigned value = 1; value < 256; value++) {
            char text[sizeof original];
            memcpy(text, original, sizeof original);
            text[at] = (char)value;
            struct error error = {0};
            struct image image;
            if (add(&image, text, &error) && at != 1) {
                assert_int_equal(1, image.count);
                assert_int_equal(0x70000100, image.segments[0].address);
                assert_int_equal(4, image.segments[0].size);
                assert_memory_equal("\1\2\3\4", image.segments[0].bytes, 4);
            }
            image_release(&image);
        }
    }
}

/* Cut at every length: refused, but where only the end record behind the count is gone. */
static void a_cut_file_is_noticed(void **state)
{
    (void)state;
    static const char original[] = DATA "S10401040CEA\nS5030002FA\n" END;
    const size_t counted = strlen(DATA "S10401040CEA\nS5030002FA");
    for (size_t length = 0; length < sizeof original - 1; length++) {
        char text[sizeof original] = "";
        memcpy(text, original, length);
        struct error error = {0};
        struct image image;
        const bool good = add(&image, text, &error);
        const bool whole =
            length == counted || length == counted + 1 || length >= sizeof original - 2;
        if (good != whole) {
            fail_msg("%zu bytes: %s", length, good ? "accepted" : error.detail);
        }
        image_release(&image);
    }
}

struct range {
    uint32_t address;
    size_t size;
};

/* 16, 24 and 32 address bits, unaligned, at both ends, with more records than an S5 can count. */
static const struct range ranges[] = {{0x0, 1},         {0xFFF5, 11},      {0xFFF5, 12},
                                      {0xFFFFF1, 15},   {0xFFFFF1, 16},    {0x7000FFFF, 0x20003},
                                      {0x70000001, 16}, {0xFFFFFF01, 255}, {0x70000000, 0x100010}};

static uint8_t *pattern(size_t size)
{
    uint8_t *bytes = malloc(size);
    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(i * 13 + (i >> 8));
    }
    return bytes;
}

static void run(const char *format, const char *folder, unsigned address)
{
    char command[512];
    snprintf(command, sizeof command, format, folder, folder, address);
    assert_int_equal(0, system(command));
}

static void assert_holds(const char *path, const struct range *range, const uint8_t *bytes)
{
    struct error error = {0};
    struct image image;
    image_init(&image);
    assert_true(image_add_file(&image, path, IMAGE_BY_NAME, false, 0, &error));
    assert_int_equal(1, image.count);
    assert_int_equal(range->address, image.segments[0].address);
    assert_int_equal(range->size, image.segments[0].size);
    assert_memory_equal(bytes, image.segments[0].bytes, range->size);
    image_release(&image);
}

static void srecord_tools_agree(void **state)
{
    (void)state;
    char folder[] = "/tmp/extload-srec-XXXXXX", ours[64], theirs[64], raw[64];
    assert_non_null(mkdtemp(folder));
    snprintf(ours, sizeof ours, "%s/a.srec", folder);
    snprintf(theirs, sizeof theirs, "%s/b.mot", folder);
    snprintf(raw, sizeof raw, "%s/c.bin", folder);
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        struct error error = {0};
        uint8_t *bytes = pattern(ranges[i].size);
        assert_true(image_write_file(ours, ranges[i].address, bytes, ranges[i].size, &error));
        assert_true(image_write_file(raw, ranges[i].address, bytes, ranges[i].size, &error));
        run("srec_cmp %s/a.srec -Motorola %s/c.bin -Binary -offset 0x%X", folder,
            ranges[i].address);
        run("srec_cat %1$s/c.bin -Binary -offset 0x%3$X -o %2$s/b.mot -Motorola", folder,
            ranges[i].address);
        assert_holds(ours, &ranges[i], bytes);
        assert_holds(theirs, &ranges[i], bytes);
        free(bytes);
    }
    unlink(ours);
    unlink(theirs);
    unlink(raw);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_files_are_read),
        cmocka_unit_test(bad_files_are_refused_with_their_place),
        cmocka_unit_test(longest_record_is_read),
        cmocka_unit_test(one_changed_byte_is_noticed),
        cmocka_unit_test(a_cut_file_is_noticed),
        cmocka_unit_test(srecord_tools_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
