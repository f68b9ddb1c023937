/* SPDX-License-Identifier: MIT */
/* Return addresses among the words of a stack. */
#include "host/backtrace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define LINKED 0x34180404u
#define RUNS   0x34184404u /* the host has moved the image */
#define AT(x)  (RUNS + (x))

/* 0x00 inner: nop nop; 0x10 middle: BL at 0x14; 0x20 outer: BLX R3 at 0x26 */
static uint8_t image[0x40];
static struct loader_symbol symbols[] = {
    {"inner", LINKED, 0x10}, {"middle", LINKED + 0x10, 0x10}, {"outer", LINKED + 0x20, 0x20}};
static struct loader_file loader = {.pieces = {{.address = LINKED,
                                                .file_size = sizeof image,
                                                .memory_size = sizeof image,
                                                .bytes = image,
                                                .in_image = true}},
                                    .piece_count = 1,
                                    .image_address = LINKED,
                                    .file_size = sizeof image,
                                    .memory_size = sizeof image,
                                    .symbols = symbols,
                                    .symbol_count = 3};
static struct session session = {.loader = &loader,
                                 .layout = {.base = RUNS - 4, .image = RUNS, .size = sizeof image}};

static int set_up(void **state)
{
    (void)state;
    const uint8_t bl[4] = {0xFF, 0xF7, 0xF4, 0xFF}, blx[2] = {0x98, 0x47};
    memset(image, 0, sizeof image);
    memcpy(image + 0x14, bl, sizeof bl);
    memcpy(image + 0x26, blx, sizeof blx);
    return 0;
}

static void returns_are_told_from_other_words(void **state)
{
    (void)state;
    char text[200];
    const uint32_t words[] = {0xDEADBEEF, AT(0x31),  /* odd, but no call before it */
                              AT(0x28),              /* even */
                              AT(0x29), 0x20000001}; /* behind the BLX */
    backtrace_describe(&session, AT(0x02), AT(0x18) | 1u, words, 5, text, sizeof text);
    assert_string_equal(text, "inner+0x2 <- middle+0x8 <- outer+0x8");
}

/* A function that has called and come back holds its own address in LR. */
static void a_stale_lr_is_left_out(void **state)
{
    (void)state;
    char text[200];
    const uint32_t words[] = {AT(0x29)};
    backtrace_describe(&session, AT(0x1A), AT(0x18) | 1u, words, 1, text, sizeof text);
    assert_string_equal(text, "middle+0xa <- outer+0x8");
}

static void a_place_without_callers_is_no_trace(void **state)
{
    (void)state;
    char text[200] = "old";
    const uint32_t words[] = {0, 1, 0xFFFFFFFF, RUNS - 3, RUNS + 1, AT(sizeof image) + 1};
    backtrace_describe(&session, AT(0x02), 0xFFFFFFFF, words, 6, text, sizeof text);
    assert_string_equal(text, "");
}

static void a_deep_stack_is_cut(void **state)
{
    (void)state;
    char text[200], small[20];
    uint32_t words[40];
    for (int i = 0; i < 40; i++) {
        words[i] = i % 2 == 0 ? AT(0x29) : AT(0x19);
    }
    backtrace_describe(&session, AT(0x02), 0, words, 40, text, sizeof text);
    unsigned arrows = 0;
    for (const char *at = text; (at = strstr(at, "<-")) != NULL; at++) {
        arrows++;
    }
    assert_int_equal(arrows, 5);
    backtrace_describe(&session, AT(0x02), 0, words, 40, small, sizeof small);
    assert_int_equal(strlen(small), sizeof small - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(returns_are_told_from_other_words, set_up),
        cmocka_unit_test_setup(a_stale_lr_is_left_out, set_up),
        cmocka_unit_test_setup(a_place_without_callers_is_no_trace, set_up),
        cmocka_unit_test_setup(a_deep_stack_is_cut, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
