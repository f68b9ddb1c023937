/* SPDX-License-Identifier: MIT */
/* What is said of an image's boot header, by the offsets in host/boot_header.h. */
#include "host/boot_header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WINDOW UINT32_C(0x70000000)
#define HEADER 576u

static struct board board;
static struct boot_doubt doubt;
static uint8_t signed_image[0x2000];

static void put(uint32_t offset, uint32_t word)
{
    for (unsigned i = 0; i < 4; i++) {
        signed_image[offset + i] = (uint8_t)(word >> 8 * i);
    }
}

/* As `-hv 2.3 -align` makes it: 448 bytes of alignment count as image. */
static int sign(void **state)
{
    (void)state;
    struct error error = {0};
    memset(signed_image, 0, sizeof signed_image);
    memcpy(signed_image, "STM2", 4);
    put(0x68, 0x00020300);
    put(0x6C, sizeof signed_image - HEADER);
    put(0x70, 0x34180F71);
    put(0x400, 0x341C0000);
    put(0x404, 0x34180F71);
    return board_load(&board, "data/boards/stm32n655-s25fl064l.yaml", &error) ? 0 : -1;
}

static bool doubted(uint32_t address, size_t size)
{
    struct error error = {0};
    struct image image;
    image_init(&image);
    memset(&doubt, 0, sizeof doubt);
    assert_true(
        image_add_bytes(&image, "a.bin", signed_image, size, IMAGE_BIN, true, address, &error));
    const bool found = boot_header_doubt(&board, &image, &doubt);
    image_release(&image);
    return found;
}

static void assert_doubt(const char *id, const char *says)
{
    assert_true(doubted(WINDOW, sizeof signed_image));
    assert_string_equal(doubt.id, id);
    if (strstr(doubt.what, says) == NULL) {
        fail_msg("'%s' is not in: %s", says, doubt.what);
    }
    assert_true(doubt.hint[0] != '\0');
}

static void a_signed_image_raises_no_doubt(void **state)
{
    (void)state;
    assert_false(doubted(WINDOW, sizeof signed_image));
}

static void what_lies_elsewhere_raises_no_doubt(void **state)
{
    (void)state;
    memset(signed_image, 0xA5, sizeof signed_image);
    assert_false(doubted(WINDOW + 4, sizeof signed_image));
    assert_false(doubted(WINDOW + 0x100000, sizeof signed_image));
    assert_false(doubted(WINDOW, 3));
    assert_true(doubted(WINDOW, 4));
}

static void a_flash_that_the_rom_does_not_boot_from_raises_no_doubt(void **state)
{
    (void)state;
    struct error error = {0};
    memset(signed_image, 0xA5, sizeof signed_image);
    assert_true(board_load(&board, "data/boards/stm32n657-xspi1-power-switch.yaml", &error));
    assert_false(doubted(board.window, sizeof signed_image));
    memset(board.boot.port, 0, sizeof board.boot.port);
    assert_false(doubted(board.window, sizeof signed_image));
}

static void each_fault_of_a_header_is_told(void **state)
{
    (void)state;
    put(0, 0x324D5452);
    assert_doubt("boot-header-missing", "52 54 4d 32, not \"STM2\"");
    sign(NULL);
    put(0x68, 0x00020100);
    assert_doubt("boot-header-version", "version 2.1 (0x00020100); ST names 2.3");
    sign(NULL);
    put(0x6C, 0);
    assert_doubt("boot-header-length", "tells of 0 bytes");
    put(0x6C, 512 * 1024 - HEADER + 1);
    assert_doubt("boot-header-length", "the ROM takes 524288");
    put(0x6C, 0xFFFFFFFF);
    assert_doubt("boot-header-length", "the ROM takes 524288");
    put(0x6C, sizeof signed_image - HEADER + 1);
    assert_doubt("boot-header-length", "tells of 7617 bytes behind it; the image gives 7616");
    sign(NULL);
    put(HEADER, 0x341C0000);
    put(HEADER + 4, 0x34180F71);
    assert_doubt("boot-code-unaligned", "at 0x240; the ROM starts code that lies at 0x400");
    put(0x84, 2); /* encrypted: those words mean nothing */
    assert_false(doubted(WINDOW, sizeof signed_image));
}

/* Adjoining files are one image to the ROM; a gap ends it. */
static void the_length_counts_what_adjoins(void **state)
{
    (void)state;
    struct error error = {0};
    struct image image;
    image_init(&image);
    assert_true(
        image_add_bytes(&image, "head", signed_image, 0x1000, IMAGE_BIN, true, WINDOW, &error));
    assert_true(boot_header_doubt(&board, &image, &doubt));
    assert_true(image_add_bytes(&image, "tail", signed_image + 0x1000, 0x1000, IMAGE_BIN, true,
                                WINDOW + 0x1000, &error));
    assert_false(boot_header_doubt(&board, &image, &doubt));
    image_release(&image);
}

/* Cut at every length: nothing is read behind its end. */
static void a_short_image_is_looked_at_as_far_as_it_goes(void **state)
{
    (void)state;
    for (size_t size = 1; size < 0x500; size++) {
        assert_int_equal(doubted(WINDOW, size), size >= HEADER);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_signed_image_raises_no_doubt, sign),
        cmocka_unit_test_setup(what_lies_elsewhere_raises_no_doubt, sign),
        cmocka_unit_test_setup(a_flash_that_the_rom_does_not_boot_from_raises_no_doubt, sign),
        cmocka_unit_test_setup(each_fault_of_a_header_is_told, sign),
        cmocka_unit_test_setup(the_length_counts_what_adjoins, sign),
        cmocka_unit_test_setup(a_short_image_is_looked_at_as_far_as_it_goes, sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
