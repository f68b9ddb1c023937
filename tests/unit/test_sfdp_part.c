/* SPDX-License-Identifier: MIT */
/*
 * From SFDP to what the loader is given: commands, erase types, limits, the set-up of quad and
 * protection; and which chips are refused, and why.
 */
#include "board/sfdp_part.h"

#include "unit/test_sfdp_space.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct expected {
    const char *name;
    const char *why; /* part of the reason it is refused for; NULL = it is driven */
    uint8_t address_bytes, read, read_lanes, dummy_clocks, program, program_lanes;
    uint8_t erases[4]; /* opcodes */
    enum quad_enable quad;
    bool volatile_status;
    uint8_t exit_4byte;
};

#define NO_TABLE "no table of their opcodes"

static const struct expected expected[] = {
    {.name = "N25Q256A", .why = NO_TABLE},
    {"MT35XU01G", NULL, 4, 0x0C, 1, 8, 0x12, 1, {0x21, 0x5C, 0xDC}, 0, false, 0xE9},
    {.name = "MX25L25635F", .why = NO_TABLE},
    {"MX66L1G45G", NULL, 4, 0x6C, 4, 8, 0x12, 1, {0x21, 0x5C, 0xDC}, 2, false, 0xE9},
    {.name = "W25Q256FV", .why = NO_TABLE},
    {"W25Q512JV", NULL, 4, 0x6C, 4, 8, 0x34, 4, {0x21, 0xDC}, 4, true, 0xE9},
    {"W25Q01JVQ", NULL, 4, 0x6C, 4, 8, 0x34, 4, {0x21, 0xDC}, 4, true, 0xE9},
    {.name = "IS25WP256", .why = NO_TABLE},
    {"GD25WQ32E", NULL, 3, 0x6B, 4, 8, 0x02, 1, {0x20, 0x52, 0xD8}, 6, true, 0},
    {"MX25L6436E", NULL, 3, 0x3B, 2, 8, 0x02, 1, {0x20, 0x52, 0xD8}, 0, false, 0},
    {"S25FL064L", NULL, 3, 0x6B, 4, 8, 0x32, 4, {0x20, 0x52, 0xD8}, 5, true, 0xE9},
    {"MT25QU256", NULL, 4, 0x6C, 4, 8, 0x34, 4, {0x21, 0xDC}, 0, false, 0xE9},
    {"W25Q01NW", NULL, 4, 0x6C, 4, 8, 0x34, 4, {0x21, 0xDC}, 5, true, 0xE9},
    {"W25Q64JW-M", NULL, 3, 0x6B, 4, 8, 0x02, 1, {0x20, 0x52, 0xD8}, 5, true, 0},
    {"SST26VF064B", NULL, 3, 0x6B, 4, 8, 0x02, 1, {0x20}, 5, false, 0},
    {"GD25LB512ME", NULL, 4, 0x6C, 4, 8, 0x34, 4, {0x21, 0x5C, 0xDC}, 0, true, 0xE9},
    {"MX66L2G45G", NULL, 4, 0x6C, 4, 8, 0x12, 1, {0x21, 0x5C, 0xDC}, 2, false, 0xE9},
    {"MX25U25645G", NULL, 4, 0x6C, 4, 8, 0x12, 1, {0x21, 0x5C, 0xDC}, 2, false, 0xE9},
    {"MX77L51250F", NULL, 4, 0x6C, 4, 8, 0x12, 1, {0x21, 0x5C, 0xDC}, 2, false, 0xE9},
    {"MX66UW1G45G", NULL, 4, 0x0C, 1, 8, 0x12, 1, {0x21, 0xDC}, 0, false, 0},
    {"MX25R6435F", NULL, 3, 0x6B, 4, 8, 0x02, 1, {0x20, 0x52, 0xD8}, 2, false, 0},
    {.name = "S25FS256T", .why = "no erase command works alike"},
    {.name = "S28HS02GT", .why = NO_TABLE},
    {"SK25LP128", NULL, 3, 0x6B, 4, 8, 0x02, 1, {0x20, 0x52, 0xD8}, 2, false, 0},
    {"AT25QL128A", NULL, 3, 0x6B, 4, 8, 0x02, 1, {0x20, 0x52, 0xD8}, 1, true, 0},
};

#define ROWS (sizeof expected / sizeof expected[0])

static void check_driven(const struct expected *row, const struct part_file *part)
{
    const struct part_command *read = part_choose(part->reads, part->read_count, 4, false);
    const struct part_command *program = part_choose(part->programs, part->program_count, 4, false);
    assert_non_null(read);
    assert_non_null(program);
    assert_int_equal(part->flash.address_bytes, row->address_bytes);
    assert_int_equal(part->flash.read_slow.opcode, row->address_bytes == 4 ? 0x13 : 0x03);
    assert_int_equal(read->command.opcode, row->read);
    assert_int_equal(read->command.data_lanes, row->read_lanes);
    assert_int_equal(read->command.address_lanes, 1);
    assert_int_equal(read->command.mode_clocks, 0);
    assert_int_equal(read->command.dummy_clocks, row->dummy_clocks);
    assert_int_equal(program->command.opcode, row->program);
    assert_int_equal(program->command.data_lanes, row->program_lanes);
    for (unsigned i = 0; i < BOARD_BLOCK_ERASE_TYPES; i++) {
        assert_int_equal(part->flash.erase[i].opcode, row->erases[i]);
    }
    assert_int_equal(part->setup.quad_enable, row->quad);
    assert_int_equal(part->setup.volatile_status, row->volatile_status);
    assert_int_equal(part->setup.exit_4byte, row->exit_4byte);
    assert_int_equal(part->flash.page_size, 256);
    assert_int_equal(part->setup.protect_mask, 0x3C);
    assert_int_equal(part->setup.protect_mask_sr2,
                     row->quad == QUAD_ENABLE_SR2B1_DUAL_CLEARING ||
                             row->quad == QUAD_ENABLE_SR2B1_READ_35_WRITE_01 ||
                             row->quad == QUAD_ENABLE_SR2B1_READ_35_WRITE_31
                         ? 0x40
                         : 0);
    /* whatever follows from it has room in the board block */
    struct flash_block block;
    assert_true(part_setup_fill(&part->setup, 4, UINT32_MAX, &block));
}

static void every_table_is_driven_or_refused(void **state)
{
    (void)state;
    struct space spaces[ROWS];
    assert_int_equal(space_load(spaces, ROWS), ROWS);
    for (unsigned i = 0; i < ROWS; i++) {
        struct sfdp sfdp;
        struct part_file part;
        struct sfdp_refusal refusal = {NULL, NULL};
        print_message("%s\n", expected[i].name);
        assert_string_equal(spaces[i].name, expected[i].name);
        assert_int_equal(sfdp_decode(&sfdp, spaces[i].bytes, spaces[i].size), SFDP_GOOD);
        bool made = sfdp_part_make(&part, &sfdp, &refusal);
        assert_int_equal(made, expected[i].why == NULL);
        if (made) {
            check_driven(&expected[i], &part);
        } else {
            assert_non_null(strstr(refusal.why, expected[i].why));
        }
    }
}

/* SFDP's maxima of S25FL064L are below the chip's (FMF model: 320, 600, 1150 ms, 150 s, 1350 us) in
 * one case, and its figures cannot be told from better ones. */
static void limits_are_not_below_what_chips_need(void **state)
{
    (void)state;
    struct sfdp sfdp;
    struct part_file part;
    struct sfdp_refusal refusal;
    struct space spaces[ROWS];
    space_load(spaces, ROWS);
    assert_int_equal(sfdp_decode(&sfdp, spaces[10].bytes, spaces[10].size), SFDP_GOOD);
    assert_true(sfdp_part_make(&part, &sfdp, &refusal));
    assert_int_equal(part.flash.erase[0].max_ms, 1000);  /* the limit; twice 256 ms is less */
    assert_int_equal(part.flash.erase[1].max_ms, 3000);  /* 1216 */
    assert_int_equal(part.flash.erase[2].max_ms, 6500);  /* 2048 */
    assert_int_equal(part.flash.chip_erase_ms, 448000);  /* twice 224 s */
    assert_int_equal(part.flash.page_program_us, 10000); /* 1792 us */
    assert_int_equal(part.part.erase[2].typ_ms, 512);
    assert_int_equal(part.part.page_program_typ_us, 448);
    assert_int_equal(part.part.chip_erase_typ_ms, 56000);
    assert_false(part.part.times_from_memory);
    assert_int_equal(sfdp_part_erase_ms(64 << 10, 6144), 12288); /* MX66UW1G45G */
    assert_int_equal(sfdp_part_erase_ms(128 << 10, 0), 7000);
    assert_int_equal(sfdp_part_erase_ms(1 << 20, 0), 250000);
    assert_int_equal(sfdp_part_chip_erase_ms(256 << 20, 0), 2048000); /* 8 s a MiB */
    assert_int_equal(sfdp_part_chip_erase_ms(128 << 20, UINT32_MAX), 2147000);
}

/* A dump without times gets all limits, and says so. */
static void a_chip_that_tells_no_times_gets_the_limits(void **state)
{
    (void)state;
    struct sfdp sfdp;
    struct part_file part;
    struct sfdp_refusal refusal;
    struct space spaces[ROWS];
    space_load(spaces, ROWS);
    assert_int_equal(sfdp_decode(&sfdp, spaces[9].bytes, spaces[9].size), SFDP_GOOD);
    assert_true(sfdp_part_make(&part, &sfdp, &refusal));
    assert_int_equal(part.flash.erase[0].max_ms, 1000);
    assert_int_equal(part.flash.chip_erase_ms, 250000);
    assert_int_equal(part.flash.page_program_us, 10000);
    assert_int_equal(part.flash.page_size, 256);
    assert_true(part.part.times_from_memory);
}

/* The real SST26 has the vendor table and a sector map. */
static void sst26_is_unlocked_and_erased_by_4_kib(void **state)
{
    (void)state;
    struct sfdp_dump dump;
    struct sfdp sfdp;
    struct part_file part;
    struct sfdp_refusal refusal;
    struct error error = {0};
    const char *path = "tests/fixtures/sfdp/sst26vf032b.hex";
    assert_true(sfdp_dump_read(&dump, path, &error));
    assert_true(sfdp_dump_decode(&sfdp, &dump, path, &error));
    assert_true(sfdp_part_make(&part, &sfdp, &refusal));
    assert_int_equal(part.setup.global_unlock, GLOBAL_UNLOCK_ALWAYS);
    assert_int_equal(part.flash.erase[0].opcode, 0x20);
    assert_int_equal(part.flash.erase[1].opcode, 0);
}

/* A sector map decides over "4 KiB everywhere", and over every type. */
static void a_sector_map_limits_the_erase_types(void **state)
{
    (void)state;
    struct sfdp sfdp;
    struct part_file part;
    struct sfdp_refusal refusal;
    struct space spaces[ROWS];
    space_load(spaces, ROWS);
    assert_int_equal(sfdp_decode(&sfdp, spaces[10].bytes, spaces[10].size), SFDP_GOOD);
    sfdp.sector_map.known = true;
    sfdp.sector_map.types = 4;
    assert_true(sfdp_part_make(&part, &sfdp, &refusal));
    assert_int_equal(part.flash.erase[0].opcode, 0xD8);
    assert_int_equal(part.flash.erase[1].opcode, 0);
    sfdp.sector_map.types = 0;
    assert_false(sfdp_part_make(&part, &sfdp, &refusal));
    spaces[10].bytes[BASIC_AT] |= 3; /* 4 KiB not everywhere, and no map */
    assert_int_equal(sfdp_decode(&sfdp, spaces[10].bytes, spaces[10].size), SFDP_GOOD);
    assert_true(sfdp_part_make(&part, &sfdp, &refusal));
    assert_int_equal(part.flash.erase[0].opcode, 0x52);
}

struct refusal_case {
    uint32_t at;
    uint8_t byte;
    const char *why;
};

static void what_cannot_be_driven_is_refused_with_the_reason(void **state)
{
    (void)state;
    static const struct refusal_case cases[] = {
        {7, 0xFC, "no 1-1-1"},
        {BASIC_AT + 6, 0x00, "64 KiB to 256 MiB"}, /* 8 KiB */
        {BASIC_AT + 4, 0xFE, "no power of two"},
        {BASIC_AT + 7, 0x93, "64 KiB to 256 MiB"}, /* 2^n bits, n out of range */
        {BASIC_AT + 40, 0x11, "page"},             /* 2 bytes */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct space spaces[ROWS];
        struct sfdp sfdp;
        struct part_file part;
        struct sfdp_refusal refusal = {NULL, NULL};
        space_load(spaces, ROWS);
        struct space *space = &spaces[10];
        space->bytes[cases[i].at] = cases[i].byte;
        if (i == 1) {
            space->bytes[BASIC_AT + 7] = 0;
        }
        if (i == 3) { /* 2^30 bytes: 8 Gbit */
            memcpy(space->bytes + BASIC_AT + 4, "\x21\0\0\x80", 4);
        }
        assert_int_equal(sfdp_decode(&sfdp, space->bytes, space->size), SFDP_GOOD);
        assert_false(sfdp_part_make(&part, &sfdp, &refusal));
        if (strstr(refusal.why, cases[i].why) == NULL) {
            fail_msg("%zu: %s", i, refusal.why);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_is_driven_or_refused),
        cmocka_unit_test(limits_are_not_below_what_chips_need),
        cmocka_unit_test(a_chip_that_tells_no_times_gets_the_limits),
        cmocka_unit_test(sst26_is_unlocked_and_erased_by_4_kib),
        cmocka_unit_test(a_sector_map_limits_the_erase_types),
        cmocka_unit_test(what_cannot_be_driven_is_refused_with_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
