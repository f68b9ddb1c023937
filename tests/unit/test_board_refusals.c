/* SPDX-License-Identifier: MIT */
/*
 * Every refusal of a board file names the place, the rule and a way out.
 */
#include "board/board.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Lines 1 to 9 of a board that loads. */
#define NAME  "name: test-board\n"
#define MCU   "mcu: STM32N655X0\n"
#define PART  "flash:\n  part: S25FL064L\n  controller: XSPI2\n"
#define PORT  "  port: P2\n"
#define REST  "  lanes: 4\n  clock: 50MHz\n  supply: 3.3V\n"
#define BOARD NAME MCU PART PORT REST
/* Lines 1 to 5 of a board on XSPI1 whose pins are written out from line 6 on. */
#define PINS NAME MCU "flash:\n  part: S25FL064L\n  controller: XSPI1\n  pins:\n"

struct refusal {
    const char *text;
    enum error_code code;
    int line, column;
    const char *detail; /* part of the detail */
    const char *hint;   /* part of the hint; NULL = the table's hint is used */
};

static const struct refusal keys[] = {
    {NAME MCU PART PORT "  lanes: 4\n  clok: 50MHz\n", ERROR_UNKNOWN_KEY, 8, 3, "`clok` in flash",
     "did you mean `clock`?"},
    {"nmae: x\n" MCU, ERROR_UNKNOWN_KEY, 1, 1, "`nmae`", "did you mean `name`?"},
    {BOARD "zzzzzzzz: 1\n", ERROR_UNKNOWN_KEY, 10, 1, "`zzzzzzzz` in a board file",
     "keys of a board file: name, mcu, flash"},
    {BOARD "? [a, b]\n: 1\n", ERROR_UNKNOWN_KEY, 10, 3, "`?`", "keys of a board file"},
    {NAME NAME MCU, ERROR_DUPLICATE_KEY, 2, 1, "`name`, first in line 1", NULL},
    {NAME MCU PART "  lanes: 4\n  lanes: 2\n", ERROR_DUPLICATE_KEY, 7, 3,
     "`lanes`, first in line 6", NULL},
    {MCU PART PORT REST, ERROR_MISSING_KEY, 1, 1, "`name` in a board file", "add `name:`"},
    {NAME MCU, ERROR_MISSING_KEY, 1, 1, "`flash` in a board file", "add `flash:`"},
    {NAME MCU PART PORT "  lanes: 4\n  supply: 3.3V\n", ERROR_MISSING_KEY, 4, 3, "`clock` in flash",
     "upper bound"},
    {NAME MCU PART REST, ERROR_MISSING_KEY, 4, 3, "`port` or `pins`", "add `port: P2`"},
};

static const struct refusal values[] = {
    {"name: [a]\n" MCU PART PORT REST, ERROR_WRONG_TYPE, 1, 7, "`name` holds a list", "one text"},
    {"name:\n" MCU PART PORT REST, ERROR_WRONG_TYPE, 1, 6, "`name` holds nothing", "one text"},
    {NAME MCU "flash: S25FL064L\n", ERROR_WRONG_TYPE, 3, 8, "`flash` holds a single value",
     "keys and values"},
    {NAME MCU PART PORT "  lanes: 4\n  clock: 50\n  supply: 3.3V\n", ERROR_WRONG_TYPE, 8, 10,
     "`clock: 50`", "50MHz"},
    {NAME MCU PART PORT "  lanes: 4\n  clock: 50MHZ\n  supply: 3.3V\n", ERROR_WRONG_TYPE, 8, 10,
     "50MHZ", "50MHz"},
    {NAME MCU PART PORT "  lanes: 3\n  clock: 50MHz\n", ERROR_BAD_VALUE, 7, 10, "`lanes: 3`",
     "one of: 1 2 4"},
    {NAME MCU PART PORT "  lanes: 4\n  clock: 0MHz\n", ERROR_BAD_VALUE, 8, 10, "`clock: 0MHz`",
     NULL},
    {NAME MCU PART PORT "  lanes: 4\n  clock: 100kHz\n  supply: 3.3V\n", ERROR_BAD_VALUE, 8, 10,
     "slower than", "250 kHz or more"},
    {NAME MCU PART PORT "  lanes: 4\n  clock: 50MHz\n  supply: 1.8V\n", ERROR_BAD_VALUE, 9, 11,
     "2.700 V to 3.600 V", "supply"},
    {NAME MCU PART PORT "  lanes: 4\n  clock: 50MHz\n  supply: 3\n", ERROR_WRONG_TYPE, 9, 11,
     "`supply: 3`", "3.3V"},
    {BOARD "  chip_select: NCS3\n", ERROR_BAD_VALUE, 10, 16, "NCS3", "NCS1 NCS2"},
    {BOARD "page_size: 3K\n", ERROR_BAD_VALUE, 10, 12, "`page_size: 3K`", "power of two"},
    {BOARD "sector_size: 2K\n", ERROR_BAD_VALUE, 10, 14, "`sector_size: 2K`", NULL},
    {BOARD "sector_size: 16M\n", ERROR_BAD_VALUE, 10, 14, "`sector_size: 16M`", "4096 to 8388608"},
    {BOARD "sector_size: 12K\n", ERROR_BAD_VALUE, 10, 14, "12K", "power of two"},
    {BOARD "record: nowhere\n", ERROR_WRONG_TYPE, 10, 9, "nowhere", "`image`"},
    {BOARD "record: 0x34180800\n", ERROR_BAD_VALUE, 10, 9, "host tool uses", "0x341FE000"},
    {BOARD "record: 0x34180300\n", ERROR_BAD_VALUE, 10, 9, "host tool uses", "0x341FE000"},
    {BOARD "record: 0x70000000\n", ERROR_BAD_VALUE, 10, 9, "0x70000000", "in RAM"},
    {BOARD "record: 0x341FFFF0\n", ERROR_BAD_VALUE, 10, 9, "0x341FFFF0", "in RAM"},
    {BOARD "record: 0x341FE002\n", ERROR_BAD_VALUE, 10, 9, "0x341FE002", "multiple of 4"},
    {BOARD "run_from: 0x20000000\n", ERROR_BAD_VALUE, 10, 11, "0x20000000", "0x34180400"},
    {BOARD "run_from: 0x34180404\n", ERROR_BAD_VALUE, 10, 11, "0x34180404", "multiple of 8"},
    {BOARD "run_from: 0x1FFFFFFFFF\n", ERROR_BAD_VALUE, 10, 11, "run_from", NULL},
};

static const struct refusal names[] = {
    {"name: a/b\n" MCU PART PORT REST, ERROR_BAD_VALUE, 1, 7, "file name", "letters"},
    {"name: -v\n" MCU PART PORT REST, ERROR_BAD_VALUE, 1, 7, "file name", "letters"},
    {"name: \"a\\tb\"\n" MCU PART PORT REST, ERROR_BAD_VALUE, 1, 7, "not printable", NULL},
    {"name: b\xC3\xBC\n" MCU PART PORT REST, ERROR_BAD_VALUE, 1, 7, "not printable", NULL},
    {"name: \"a\\0b\"\n" MCU PART PORT REST, ERROR_WRONG_TYPE, 1, 7, "NUL", NULL},
    {NAME "mcu: STM32N655XO\n" PART PORT REST, ERROR_UNKNOWN_MCU, 2, 6, "`STM32N655XO`",
     "nearest: STM32N655X0"},
    {NAME "mcu: stm32n657z0\n" PART PORT REST, ERROR_UNKNOWN_MCU, 2, 6, "`stm32n657z0`",
     "nearest: STM32N657Z0"},
    {NAME MCU "flash:\n  part: S25FL64L\n  controller: XSPI2\n" PORT REST, ERROR_UNKNOWN_PART, 4, 9,
     "`S25FL64L`", "nearest: S25FL064L"},
    {NAME MCU "flash:\n  part: S25FL064L\n  controller: OSPI2\n" PORT REST, ERROR_UNKNOWN_NAME, 5,
     15, "`OSPI2` of STM32N655X0", "nearest: XSPI2"},
    {NAME MCU PART "  port: P3\n" REST, ERROR_UNKNOWN_NAME, 6, 9, "port `P3`", "XSPI2: P2"},
    {NAME MCU PART "  port: P1\n" REST, ERROR_BAD_VALUE, 6, 9, "does not reach port P1",
     "XSPI2: P2"},
    {NAME MCU PART PORT "  pins:\n    CLK: PN6\n" REST, ERROR_BAD_VALUE, 8, 5, "both", "keep one"},
    {NAME MCU PART PORT "  lanes: 4\n  clock: 133MHz\n  supply: 3.3V\n", ERROR_CLOCK_TOO_FAST, 8,
     10, "S25FL064L allows 108 MHz with opcode 6Bh on 4 data lines", "108 MHz or less"},
};

static const struct refusal pins[] = {
    /* Package Z0 has no port P1; X0 L0 B0 have it. */
    {NAME "mcu: STM32N657Z0\nflash:\n  part: S25FL064L\n  controller: XSPI1\n  port: P1\n" REST,
     ERROR_PIN_NOT_ON_PACKAGE, 6, 9, "PO4 of CLK of XSPI1; STM32N657Z0 has no pad of that port",
     "packages with PO4: X0 L0 B0"},
    {PINS
     "    CLK: PO4\n    NCS: PO0\n    IO0: PP0\n    IO1: PR1\n    IO2: PP2\n    IO3: PP3\n" REST,
     ERROR_PIN_NOT_ON_PACKAGE, 10, 10, "PR1", "none"},
    /* P1: CLK is PO4, NCS1 PO0, IO0 PP0. */
    {PINS
     "    CLK: PO5\n    NCS: PO0\n    IO0: PP0\n    IO1: PP1\n    IO2: PP2\n    IO3: PP3\n" REST,
     ERROR_PIN_WRONG_SIGNAL, 7, 10, "PO5 does not carry CLK", "CLK of XSPI1 is PO4"},
    {PINS
     "    CLK: PO4\n    NCS: PO1\n    IO0: PP0\n    IO1: PP1\n    IO2: PP2\n    IO3: PP3\n" REST,
     ERROR_PIN_WRONG_SIGNAL, 8, 10, "PO1 does not carry NCS1", "NCS1 of XSPI1 is PO0"},
    {PINS
     "    CLK: PO4\n    NCS: PO0\n    IO0: PP1\n    IO1: PP0\n    IO2: PP2\n    IO3: PP3\n" REST,
     ERROR_PIN_WRONG_SIGNAL, 9, 10, "PP1 does not carry IO0", "IO0 of XSPI1 is PP0"},
    {PINS
     "    CLK: PO4\n    NCS: PO0\n    IO0: PP0\n    IO1: PP0\n    IO2: PP2\n    IO3: PP3\n" REST,
     ERROR_PIN_USED_TWICE, 10, 10, "PP0 carries IO0 and IO1", NULL},
    {PINS "    CLK: PO4\n    NCS: PO0\n    IO0: PP0\n    IO1: PP1\n    IO2: PP2\n" REST,
     ERROR_MISSING_KEY, 7, 5, "`IO3` in pins", "add `IO3: PP3`"},
    {PINS "    CLK: PO4\n    NCS: PO0\n    IO0: PP0\n    IO1: PP1\n    IO2: PP2\n"
          "  lanes: 2\n  clock: 1MHz\n  supply: 3V\n",
     ERROR_BAD_VALUE, 11, 10, "`lanes: 2` does not use it", "lanes: 4"},
    {PINS
     "    CLK: clk\n    NCS: PO0\n    IO0: PP0\n    IO1: PP1\n    IO2: PP2\n    IO3: PP3\n" REST,
     ERROR_BAD_VALUE, 7, 10, "`clk` of CLK of XSPI1 is no pad", "PB3"},
    {PINS "    CLK: PO4\n    DQS1: PO3\n" REST, ERROR_UNKNOWN_KEY, 8, 5, "`DQS1` in pins", NULL},
    {PINS "    CLK: PO4\n    NCS: PO0\n    IO0: PP0\n    IO1: PP1\n    IO2: PP2\n    IO3: PP3\n"
          "    IO4: PP4\n" REST,
     ERROR_BAD_VALUE, 13, 10, "`lanes: 4` does not use it", "lanes: 8"},
    {NAME MCU PART PORT REST "  reset: PN6\n", ERROR_PIN_USED_TWICE, 10, 10, "is the flash's CLK",
     "does not use"},
    {NAME MCU PART PORT "  lanes: 8\n  clock: 50MHz\n  supply: 3.3V\n", ERROR_BAD_VALUE, 7, 10,
     "S25FL064L has no command on eight lines", "lanes: 4"},
};

static const struct refusal scripts[] = {
    {BOARD "init: gpio PB3 high\n", ERROR_WRONG_TYPE, 10, 7, "`init` holds a single value", "list"},
    {BOARD "init:\n  - [a]\n", ERROR_WRONG_TYPE, 11, 5, "one text", "gpio PB3 high"},
    {BOARD "init:\n  - gpoi PB3 high\n", ERROR_UNKNOWN_NAME, 11, 5, "command `gpoi`",
     "did you mean `gpio`?"},
    {BOARD "init:\n  - enable RCC.AHB4ENR.GPIOBEN\n", ERROR_UNKNOWN_NAME, 11, 5, "command `enable`",
     "commands: gpio"},
    {BOARD "init:\n  - gpio B3 high\n", ERROR_BAD_VALUE, 11, 10, "`B3` is no pad", "PB3"},
    {BOARD "init:\n  - gpio PB16 high\n", ERROR_BAD_VALUE, 11, 10, "`PB16` is no pad", "PB3"},
    {BOARD "init:\n  - gpio PB3 on\n", ERROR_BAD_VALUE, 11, 14, "`on` is no level", "high"},
    {BOARD "init:\n  - gpio PB3\n", ERROR_BAD_VALUE, 11, 13, "is no level", "high"},
    {BOARD "init:\n  - gpio PB3 high now\n", ERROR_BAD_VALUE, 11, 19, "`now`", "one command"},
    {BOARD "init:\n  - 'gpio PB3 on'\n", ERROR_BAD_VALUE, 11, 15, "`on` is no level", "high"},
    {BOARD "init:\n  - gpio PN6 high\n", ERROR_PIN_USED_TWICE, 11, 5, "is the flash's CLK", NULL},
    /* Package Z0 has PB0, PB4-7 and PB10-12 of port B. */
    {NAME "mcu: STM32N655Z0\n" PART PORT REST "init:\n  - gpio PB3 high\n",
     ERROR_PIN_NOT_ON_PACKAGE, 11, 5, "STM32N655Z0 has PB0 PB4-7 PB10-12", "X0 L0 B0 I0 A0"},
    {BOARD "init:\n  - delay 5\n", ERROR_WRONG_TYPE, 11, 11, "`5` is no time", "5ms"},
    {BOARD "init:\n  - delay 0us\n", ERROR_BAD_VALUE, 11, 11, "0us", "1us to 32767ms"},
    {BOARD "init:\n  - delay 33s\n", ERROR_BAD_VALUE, 11, 11, "33s", "1us to 32767ms"},
    {BOARD "init:\n  - set RCC.AHB4ENR.GPIOB\n", ERROR_UNKNOWN_NAME, 11, 9, "RCC.AHB4ENR.GPIOB",
     "nearest bit of AHB4ENR: GPIOBEN"},
    {BOARD "init:\n  - set RCC.AHB4EN.GPIOBEN\n", ERROR_UNKNOWN_NAME, 11, 9, "RCC.AHB4EN",
     "nearest: RCC.AHB4EN"},
    {BOARD "init:\n  - set RC.AHB4ENR.GPIOBEN\n", ERROR_UNKNOWN_NAME, 11, 9, "RC.AHB4ENR",
     "nearest peripheral: RCC"},
    {BOARD "init:\n  - set RCC.AHB4ENR\n", ERROR_BAD_VALUE, 11, 9, "a bit", "REG.BIT"},
    {BOARD "init:\n  - write RCC.AHB4ENSR = GPIOBEN\n", ERROR_UNKNOWN_NAME, 11, 26,
     "value `GPIOBEN`", "GPIOBENS"},
    {BOARD "init:\n  - write RCC.AHB4ENR.PWREN = 1\n", ERROR_BAD_VALUE, 11, 29, "not a field",
     "modify"},
    {BOARD "init:\n  - write 0x20000000 = 1\n", ERROR_UNKNOWN_NAME, 11, 11, "0x20000000",
     "0x40000000"},
    {BOARD "init:\n  - write 0x56020402 = 1\n", ERROR_UNKNOWN_NAME, 11, 11, "0x56020402",
     "multiple of 4"},
    {BOARD "init:\n  - modify GPIOB.PUPDR & 0xC0 = 0x100\n", ERROR_BAD_VALUE, 11, 33,
     "outside mask", NULL},
    {BOARD "init:\n  - modify RCC.CCIPR7.PERSEL = 8\n", ERROR_BAD_VALUE, 11, 32,
     "does not fit the 3 bits", NULL},
    {BOARD "init:\n  - wait RCC.SR.HSIRDY == 1\n", ERROR_BAD_VALUE, 11, 28, "`within` expected",
     NULL},
    {BOARD "init:\n  - wait RCC.SR.HSIRDY = 1 within 2ms\n", ERROR_BAD_VALUE, 11, 24,
     "`==` expected", NULL},
    {BOARD "init:\n  - write GPIOB.BSRR = 0x100000000\n", ERROR_BAD_VALUE, 11, 24, "32 bits", NULL},
    {BOARD "power_switch: PB3\n", ERROR_BAD_VALUE, 10, 15, "does not drive PB3", "gpio PB3 high"},
    {BOARD "power_switch: PN1\n", ERROR_PIN_USED_TWICE, 10, 15, "flash's NCS", NULL},
    {BOARD "power_switch: PZ1\n", ERROR_PIN_NOT_ON_PACKAGE, 10, 15, "PZ1", "none"},
};

static const struct refusal files[] = {
    {"", ERROR_YAML_SYNTAX, 1, 1, "empty", "extload list boards"},
    {"# only a comment\n", ERROR_YAML_SYNTAX, 1, 1, "empty", NULL},
    {"name: x\n\tmcu: y\n", ERROR_YAML_SYNTAX, 2, 1, "", NULL},
    {"name: [x\nmcu: y\n", ERROR_YAML_SYNTAX, 2, 4, "", NULL},
    {"- a\n- b\n", ERROR_WRONG_TYPE, 1, 1, "a board file must be a mapping, this is a list",
     "key: value"},
    {"just text\n", ERROR_WRONG_TYPE, 1, 1, "single value", "key: value"},
    {BOARD "---\nname: b\n", ERROR_YAML_SYNTAX, 11, 1, "second document", "one document"},
    {"name: a\nmcu: \x01\n", ERROR_YAML_SYNTAX, 2, 6, "not text", "UTF-8"},
    {"\x7F"
     "ELF\x01\x01",
     ERROR_YAML_SYNTAX, 1, 1, "not text", "UTF-8"},
    {"name: \xFF\xFE\n", ERROR_YAML_SYNTAX, 1, 7, "not text", "UTF-8"},
};

static char folder[] = "/tmp/extload-board-XXXXXX";
static char path[64];

static void write_board(const char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static void check_refusal(const struct refusal *refusal)
{
    static struct board board;
    static struct board before;
    struct error error = {.code = ERROR_NONE};
    char text[1024];
    write_board(refusal->text, strlen(refusal->text));
    memset(&board, 0xA5, sizeof board);
    memcpy(&before, &board, sizeof board);
    bool loaded = board_load(&board, path, &error);
    error_format(&error, text, sizeof text);
    if (loaded || error.code != refusal->code || error.line != refusal->line ||
        error.column != refusal->column || strstr(error.detail, refusal->detail) == NULL ||
        (refusal->hint != NULL && strstr(error.hint, refusal->hint) == NULL) ||
        strcmp(error.file, path) != 0) {
        fail_msg("wanted %d at %d:%d, \"%s\", hint \"%s\"\ngot %d: %s\nfor\n%s", refusal->code,
                 refusal->line, refusal->column, refusal->detail,
                 refusal->hint != NULL ? refusal->hint : "", error.code, text, refusal->text);
    }
    assert_memory_equal(&board, &before, sizeof board);
}

#define CHECK_ALL(table)                                                                           \
    for (size_t i = 0; i < sizeof(table) / sizeof(table)[0]; i++) {                                \
        check_refusal(&(table)[i]);                                                                \
    }

static void refuses_keys(void **state)
{
    (void)state;
    CHECK_ALL(keys);
}

static void refuses_values(void **state)
{
    (void)state;
    CHECK_ALL(values);
}

static void refuses_names(void **state)
{
    (void)state;
    CHECK_ALL(names);
}

static void refuses_pins(void **state)
{
    (void)state;
    CHECK_ALL(pins);
}

static void refuses_scripts(void **state)
{
    (void)state;
    CHECK_ALL(scripts);
}

static void refuses_files(void **state)
{
    (void)state;
    CHECK_ALL(files);
}

/* The board that the cases vary must itself load, or they prove nothing. */
static void loads_the_model(void **state)
{
    (void)state;
    static struct board board;
    struct error error = {.code = ERROR_NONE};
    write_board(BOARD, strlen(BOARD));
    assert_true(board_load(&board, path, &error));
    assert_string_equal(board.name, "test-board");
}

/* DeviceName has 100 bytes with its NUL. */
static void limits_the_name(void **state)
{
    (void)state;
    static struct board board;
    for (size_t length = 99; length <= 100; length++) {
        char text[512];
        char name[128];
        struct error error = {.code = ERROR_NONE};
        memset(name, 'n', length);
        name[length] = '\0';
        snprintf(text, sizeof text, "name: %s\n" MCU PART PORT REST, name);
        write_board(text, strlen(text));
        bool loaded = board_load(&board, path, &error);
        assert_int_equal(loaded, length == 99);
        if (!loaded) {
            assert_int_equal(error.code, ERROR_BAD_VALUE);
            assert_int_equal(error.line, 1);
            assert_int_equal(error.column, 7);
        }
    }
}

/* A script that outgrows the block is blamed on `init`, at its first line. */
static void limits_the_script(void **state)
{
    (void)state;
    static struct board board;
    char text[4096] = BOARD "init:\n";
    bool refused = false;
    unsigned lines = 0;
    while (!refused && lines < 60) {
        struct error error = {.code = ERROR_NONE};
        strcat(text, "  - write GPIOB.BSRR = 8\n");
        lines++;
        write_board(text, strlen(text));
        refused = !board_load(&board, path, &error);
        if (refused) {
            assert_int_equal(error.code, ERROR_BOARD_TOO_LARGE);
            assert_int_equal(error.line, 11);
            assert_int_equal(error.column, 3);
        } else {
            assert_true(board.op_count <= BOARD_OPS_MAX);
        }
    }
    assert_true(refused);
    assert_int_equal(lines, BOARD_OPS_MAX - 33 + 1); /* the model takes 33 ops */
}

static void refuses_what_is_no_file(void **state)
{
    (void)state;
    static struct board board;
    char other[96];
    struct error error = {.code = ERROR_NONE};
    snprintf(other, sizeof other, "%s/absent.yaml", folder);
    assert_false(board_load(&board, other, &error));
    assert_int_equal(error.code, ERROR_FILE_READ);
    assert_string_equal(error.file, other);

    snprintf(other, sizeof other, "%s/folder.yaml", folder);
    assert_int_equal(mkdir(other, 0700), 0);
    error = (struct error){.code = ERROR_NONE};
    assert_false(board_load(&board, other, &error));
    assert_int_equal(error.code, ERROR_FILE_READ);
    assert_non_null(strstr(error.detail, "directory"));
    rmdir(other);
}

static void refuses_huge_files(void **state)
{
    (void)state;
    static struct board board;
    struct error error = {.code = ERROR_NONE};
    size_t size = (1u << 20) + 1u;
    char *bytes = malloc(size);
    assert_non_null(bytes);
    memset(bytes, '#', size);
    write_board(bytes, size);
    free(bytes);
    assert_false(board_load(&board, path, &error));
    assert_int_equal(error.code, ERROR_FILE_READ);
    assert_non_null(strstr(error.detail, "1 MiB"));
}

static void refuses_a_wrong_data_folder(void **state)
{
    (void)state;
    static struct board board;
    struct error error = {.code = ERROR_NONE};
    write_board(BOARD, strlen(BOARD));
    board_set_data_directory("/nowhere");
    assert_false(board_load(&board, path, &error));
    board_set_data_directory("data");
    assert_int_equal(error.code, ERROR_FILE_READ);
    assert_string_equal(error.file, "/nowhere/mcus");
    assert_non_null(strstr(error.hint, "--data"));
}

/* A cut file is refused or loads; nothing else (run under the sanitizers). */
static void survives_every_cut(void **state)
{
    (void)state;
    static struct board board;
    static const char text[] = BOARD "init:\n  - gpio PB3 high\n  - wait RCC.SR.HSIRDY == 1 within "
                                     "2ms\npower_switch: PB3\nrecord: 0x341FE000\n";
    for (size_t length = 0; length < sizeof text; length += 3) {
        struct error error = {.code = ERROR_NONE};
        write_board(text, length);
        bool loaded = board_load(&board, path, &error);
        assert_int_equal(loaded, error.code == ERROR_NONE);
    }
}

static int set_up(void **state)
{
    (void)state;
    board_set_data_directory("data");
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/board.yaml", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_the_model),    cmocka_unit_test(refuses_keys),
        cmocka_unit_test(refuses_values),     cmocka_unit_test(refuses_names),
        cmocka_unit_test(refuses_pins),       cmocka_unit_test(refuses_scripts),
        cmocka_unit_test(refuses_files),      cmocka_unit_test(limits_the_name),
        cmocka_unit_test(limits_the_script),  cmocka_unit_test(refuses_what_is_no_file),
        cmocka_unit_test(refuses_huge_files), cmocka_unit_test(refuses_a_wrong_data_folder),
        cmocka_unit_test(survives_every_cut),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
