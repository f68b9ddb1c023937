/* SPDX-License-Identifier: MIT */
/* What lies outside the flash window: refused with the likely slip, or split off. */
#include "image/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    CONTENT_SIZE = 0x2000
};

static uint8_t content[CONTENT_SIZE];

static void add(struct image *image, const char *name, uint32_t address, size_t size)
{
    struct error error = {0};
    for (unsigned i = 0; i < CONTENT_SIZE; i++) {
        content[i] = (uint8_t)(i * 5 + (i >> 8));
    }
    assert_true(image_add_bytes(image, name, content, size, IMAGE_BIN, true, address, &error));
}

struct slip {
    uint32_t address, base, window, meant; /* meant 0: no hint */
};

/* 0x09000000 for 0x90000000 is what users are seen to type (community.st.com, CubeProgrammer
 * threads "external QSPI loader data read failed" and others). */
static const struct slip slips[] = {
    {0x09000000, 0x90000000, 0x800000, 0x90000000},
    {0x07000000, 0x70000000, 0x800000, 0x70000000},
    {0x07010000, 0x70000000, 0x800000, 0x70010000},
    {0x00700000, 0x70000000, 0x800000, 0x70000000},
    {0x90000000, 0x09000000, 0x800000, 0x09000000},
    {0x77000000, 0x70000000, 0x800000, 0x70700000},
    {0x71000000, 0x70000000, 0x800000, 0x70100000},
    {0x71000000, 0x70000000, 0x100000, 0x70010000},
    {0x71000000, 0x70000000, 0x4000, 0},
    {0x34180400, 0x70000000, 0x800000, 0},
    {0x90000000, 0x70000000, 0x800000, 0},
    {0x08000000, 0x70000000, 0x10000000, 0},
    {0x00000000, 0x70000000, 0x10000000, 0},
    {0x077FFFFF, 0x70000000, 0x800000, 0}, /* meant right, it would run past the end */
    {0x0FFFFFF0, 0xF0000000, 0x10000000, 0xF0FFFFF0},
};

static void test_slips(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++) {
        struct image image;
        struct error error = {0};
        image_init(&image);
        add(&image, "a.bin", slips[i].address, 16);
        assert_false(image_clip(&image, slips[i].base, slips[i].window, false, NULL, &error));
        assert_int_equal(ERROR_IMAGE_OUTSIDE, error.code);
        assert_string_equal("a.bin", error.file);
        char meant[32];
        snprintf(meant, sizeof meant, ": 0x%08X lies", slips[i].meant);
        if ((slips[i].meant == 0) != (error.hint[0] == '\0') ||
            (slips[i].meant != 0 && strstr(error.hint, meant) == NULL)) {
            fail_msg("0x%08X: hint '%s'", slips[i].address, error.hint);
        }
        assert_int_equal(16, image_size(&image));
        image_release(&image);
    }
}

static void test_refusal_names_range_and_window(void **state)
{
    (void)state;
    struct image image;
    struct error error = {0};
    image_init(&image);
    add(&image, "in.bin", 0x70000000, 16);
    add(&image, "edge.bin", 0x707FFFFF, 2);
    add(&image, "far.bin", 0x80000000, 16);
    assert_false(image_clip(&image, 0x70000000, 0x800000, false, NULL, &error));
    assert_string_equal("edge.bin", error.file);
    assert_string_equal("0x707FFFFF to 0x70800000 (and 1 more range); the window is 0x70000000 to "
                        "0x707FFFFF",
                        error.detail);
    assert_string_equal("", error.hint);
    assert_int_equal(3, image.count);
    image_release(&image);
}

static void assert_segment(const struct image *image, unsigned index, uint32_t address,
                           uint32_t size, uint32_t content_offset, const char *source)
{
    const struct image_segment *segment = &image->segments[index];
    assert_int_equal(address, segment->address);
    assert_int_equal(size, segment->size);
    assert_memory_equal(content + content_offset, segment->bytes, size);
    assert_string_equal(source, segment->source);
}

static void test_split(void **state)
{
    (void)state;
    struct image image;
    struct image outside;
    struct error error = {0};
    image_init(&image);
    image_init(&outside);
    add(&image, "below", 0x34180400, 32);
    add(&image, "across the base", 0x6FFFFFF0, 0x20);
    add(&image, "in", 0x70000100, 16);
    add(&image, "across the end", 0x70000FFF, 3);
    add(&image, "above", 0x70002000, 8);
    assert_true(image_clip(&image, 0x70000000, 0x1000, true, &outside, &error));
    assert_int_equal(3, image.count);
    assert_segment(&image, 0, 0x70000000, 16, 16, "across the base");
    assert_segment(&image, 1, 0x70000100, 16, 0, "in");
    assert_segment(&image, 2, 0x70000FFF, 1, 0, "across the end");
    assert_int_equal(4, outside.count);
    image_release(&image);
    /* what moved out stands on its own */
    assert_segment(&outside, 0, 0x34180400, 32, 0, "below");
    assert_segment(&outside, 1, 0x6FFFFFF0, 16, 0, "across the base");
    assert_segment(&outside, 2, 0x70001000, 2, 1, "across the end");
    assert_segment(&outside, 3, 0x70002000, 8, 0, "above");
    image_release(&outside);
}

static void test_one_segment_over_the_whole_window(void **state)
{
    (void)state;
    for (unsigned with_outside = 0; with_outside < 2; with_outside++) {
        struct image image;
        struct image outside;
        struct error error = {0};
        image_init(&image);
        image_init(&outside);
        add(&image, "wide", 0x1000, CONTENT_SIZE);
        assert_true(image_clip(&image, 0x1801, 0x10, true, with_outside ? &outside : NULL, &error));
        assert_int_equal(1, image.count);
        assert_segment(&image, 0, 0x1801, 0x10, 0x801, "wide");
        if (with_outside) {
            assert_int_equal(2, outside.count);
            assert_segment(&outside, 0, 0x1000, 0x801, 0, "wide");
            assert_segment(&outside, 1, 0x1811, CONTENT_SIZE - 0x811, 0x811, "wide");
        }
        image_release(&image);
        image_release(&outside);
    }
}

static void test_window_at_the_top_of_the_address_space(void **state)
{
    (void)state;
    struct image image;
    struct error error = {0};
    image_init(&image);
    add(&image, "top", 0xFFFFF000, 0x1000);
    assert_true(image_clip(&image, 0xF0000000, 0x10000000, false, NULL, &error));
    assert_true(image_clip(&image, 0xFFFFFFFF, 1, true, NULL, &error));
    assert_int_equal(1, image.count);
    assert_segment(&image, 0, 0xFFFFFFFF, 1, 0xFFF, "top");
    image_release(&image);
}

/* Programming nothing must not look like success. */
static void test_nothing_inside_is_refused(void **state)
{
    (void)state;
    struct image image;
    struct image outside;
    struct error error = {0};
    image_init(&image);
    image_init(&outside);
    add(&image, "a.bin", 0x09000000, 16);
    assert_false(image_clip(&image, 0x90000000, 0x800000, true, &outside, &error));
    assert_int_equal(ERROR_IMAGE_OUTSIDE, error.code);
    assert_non_null(strstr(error.hint, "0x90000000"));
    assert_int_equal(1, image.count);
    assert_int_equal(0, outside.count);
    error = (struct error){0};
    assert_false(image_clip(&image, 0x20000000, 0x800000, true, &outside, &error));
    assert_string_equal("no byte lies inside the window; check the image's addresses", error.hint);
    image_release(&image);
    image_release(&outside);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slips),
        cmocka_unit_test(test_refusal_names_range_and_window),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_one_segment_over_the_whole_window),
        cmocka_unit_test(test_window_at_the_top_of_the_address_space),
        cmocka_unit_test(test_nothing_inside_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
