/* SPDX-License-Identifier: MIT */
/* Families and parts by name: read once, the nearest name for one that is unknown. */
#include "board/catalog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char text[] = "name: x\n"
                           "mcu: STM32N655X0\n"
                           "flash: {part: S25FL064L, controller: XSPI2, port: P2, lanes: 4,\n"
                           "        clock: 50MHz, supply: 3.3V}\n";

static void test_finds_once(void **state)
{
    (void)state;
    struct error error = {0};
    char nearest[CATALOG_NAME_MAX];
    const struct mcu *mcu, *again;
    const struct part_file *part, *same;
    struct catalog *catalog = catalog_open(&error);
    assert_non_null(catalog);
    assert_true(catalog_find_mcu(catalog, "STM32N655X0", &mcu, nearest, &error));
    assert_true(catalog_find_mcu(catalog, "STM32N657X0", &again, nearest, &error));
    assert_true(mcu != NULL && mcu == again);
    assert_true(catalog_find_part(catalog, "W25Q512JV", &part, nearest, &error));
    assert_true(catalog_find_part(catalog, "W25Q512JV", &same, nearest, &error));
    assert_true(part != NULL && part == same);
    assert_string_equal(part->part.name, "W25Q512JV");
    catalog_close(catalog);
}

static void test_names_the_nearest(void **state)
{
    (void)state;
    struct error error = {0};
    char nearest[CATALOG_NAME_MAX];
    const struct mcu *mcu;
    const struct part_file *part;
    struct catalog *catalog = catalog_open(&error);
    assert_true(catalog_find_mcu(catalog, "STM32N65X0", &mcu, nearest, &error));
    assert_null(mcu);
    assert_string_equal(nearest, "STM32N655X0");
    assert_true(
        catalog_find_part(catalog, "s25fl064l", &part, nearest, &error)); /* its file's stem */
    assert_null(part);
    assert_string_equal(nearest, "S25FL064L");
    catalog_close(catalog);
}

static void test_parses_boards(void **state)
{
    (void)state;
    static struct board board;
    struct error error = {0};
    struct catalog *catalog = catalog_open(&error);
    const uint8_t *bytes = (const uint8_t *)text;
    assert_true(board_parse(&board, catalog, "x.yaml", bytes, sizeof text - 1, &error));
    assert_string_equal(board.part.name, "S25FL064L");
    assert_false(board_parse(&board, catalog, "x.yaml", bytes, 20, &error));
    assert_int_equal(error.code, ERROR_MISSING_KEY);
    assert_string_equal(error.file, "x.yaml");
    error = (struct error){0};
    assert_true(board_parse(&board, catalog, "x.yaml", bytes, sizeof text - 1, &error));
    catalog_close(catalog);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_once),
        cmocka_unit_test(test_names_the_nearest),
        cmocka_unit_test(test_parses_boards),
    };
    board_set_data_directory("data");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
