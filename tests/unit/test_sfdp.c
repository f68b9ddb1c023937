/* SPDX-License-Identifier: MIT */
/* What chips get wrong about themselves, and what a dump lacks: the rules of src/sfdp. */
#include "sfdp/sfdp.h"

#include "unit/test_sfdp_space.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool needed(const struct sfdp *sfdp, enum sfdp_rule rule)
{
    return (sfdp->rules >> rule & 1) != 0;
}

static void decode_part(struct sfdp *sfdp, const char *name)
{
    struct space spaces[TABLES_EXPECTED + 1];
    unsigned count = space_load(spaces, TABLES_EXPECTED + 1);
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(spaces[i].name, name) == 0) {
            assert_int_equal(sfdp_decode(sfdp, spaces[i].bytes, spaces[i].size), SFDP_GOOD);
            return;
        }
    }
    fail_msg("no table of %s", name);
}

static void rules_are_needed_where_chips_are_known_to_be_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum sfdp_rule rule;
    } cases[] = {
        {"S25FL064L", SFDP_RULE_ERASE4_52},       {"S25FL064L", SFDP_RULE_RESERVED_ONES},
        {"S25FL064L", SFDP_RULE_UNUSED_READ},     {"S25FS256T", SFDP_RULE_PAGE_SMALL},
        {"S25FS256T", SFDP_RULE_ERASE_SHARED},    {"SST26VF064B", SFDP_RULE_ERASE_SHARED},
        {"MX66L2G45G", SFDP_RULE_POWER_DOWN_FF},  {"MT35XU01G", SFDP_RULE_QUAD_RESERVED},
        {"GD25LB512ME", SFDP_RULE_QUAD_RESERVED}, {"IS25WP256", SFDP_RULE_ADDRESS_3_ONLY},
        {"S28HS02GT", SFDP_RULE_ERASE_4K},        {"MT35XU01G", SFDP_RULE_BUSY_70},
        {"MX25R6435F", SFDP_RULE_MODE_ONES},      {"N25Q256A", SFDP_RULE_NO_TIMES},
        {"MX25L6436E", SFDP_RULE_PAGE_UNKNOWN},   {"MX66UW1G45G", SFDP_RULE_UNUSED_READ},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sfdp sfdp;
        decode_part(&sfdp, cases[i].name);
        if (!needed(&sfdp, cases[i].rule)) {
            fail_msg("%s does not need %s", cases[i].name, sfdp_rule_name(cases[i].rule));
        }
    }
}

static void four_byte_table_counts_by_the_length_of_the_basic_one(void **state)
{
    (void)state;
    struct sfdp sfdp;
    decode_part(&sfdp, "S25FL064L"); /* FFF38EFBh, 16 words: bits from 20 on mean nothing */
    assert_int_equal(sfdp.address4.supports, 0x38EFB);
    decode_part(&sfdp, "MX66UW1G45G"); /* 20 words */
    assert_int_equal(sfdp.address4.supports, 0xF43);
    decode_part(&sfdp, "S25FS256T"); /* FE000671h, 18 words */
    assert_int_equal(sfdp.address4.supports, 0x671);
}

static void octal_words_are_read_where_they_are(void **state)
{
    (void)state;
    struct sfdp sfdp;
    decode_part(&sfdp, "MX66UW1G45G");
    assert_true(sfdp.basic.octal.known);
    assert_int_equal(sfdp.basic.octal.extension, 1); /* inverse */
    assert_true(sfdp.basic.octal.swaps_pairs);
    assert_int_equal(sfdp_speed_mhz(sfdp.basic.octal.speeds[6]), 200);
    assert_int_equal(sfdp_speed_mhz(sfdp.basic.octal.speeds[0]), 0);
    decode_part(&sfdp, "S25FL064L");
    assert_false(sfdp.basic.octal.known);
}

static void read_dump(struct sfdp *sfdp, const char *path)
{
    struct sfdp_dump dump;
    struct error error = {0};
    assert_true(sfdp_dump_read(&dump, path, &error));
    assert_true(sfdp_dump_decode(sfdp, &dump, path, &error));
}

static void whole_dump_of_sst26vf032b(void **state)
{
    (void)state;
    struct sfdp sfdp;
    read_dump(&sfdp, "tests/fixtures/sfdp/sst26vf032b.hex");
    assert_int_equal(sfdp.header.count, 3);
    assert_int_equal(sfdp.header.tables[2].id, SFDP_SST);
    assert_int_equal(sfdp.basic.geometry.size, 4u << 20);
    assert_true(sfdp.sector_map.known);
    assert_int_equal(sfdp.sector_map.maps, 1);
    assert_int_equal(sfdp.sector_map.commands, 0);
    assert_int_equal(sfdp.sector_map.types, 1); /* only 4 KiB works everywhere */
    static const struct sfdp_region regions[] = {
        {32u << 10, 3}, {32u << 10, 5}, {3968u << 10, 9}, {32u << 10, 5}, {32u << 10, 3}};
    assert_int_equal(sfdp.sector_map.first.count, 5);
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(sfdp.sector_map.first.regions[i].size, regions[i].size);
        assert_int_equal(sfdp.sector_map.first.regions[i].types, regions[i].types);
    }
    assert_true(sfdp.basic.power_down.known);
    assert_false(sfdp.basic.power_down.supported);
}

/* Two basic tables: an old one and a newer one elsewhere. */
static void the_newest_basic_table_counts(void **state)
{
    (void)state;
    struct space spaces[TABLES_EXPECTED];
    uint8_t bytes[512];
    struct sfdp sfdp;
    space_load(spaces, TABLES_EXPECTED);
    memset(bytes, 0xFF, sizeof bytes);
    memcpy(bytes, "SFDP\6\1\2\xff", 8);
    space_header(bytes + 8, 0x00, 36, 0, 0x40);
    space_header(bytes + 16, 0x00, 64, 6, 0x100);
    space_header(bytes + 24, 0x00, 64, 8, 0x40);
    bytes[26] = 2;                                          /* a major that nobody knows */
    memcpy(bytes + 0x40, spaces[0].bytes + BASIC_AT, 36);   /* N25Q256A */
    memcpy(bytes + 0x100, spaces[10].bytes + BASIC_AT, 64); /* S25FL064L */
    assert_int_equal(sfdp_decode(&sfdp, bytes, sizeof bytes), SFDP_GOOD);
    assert_true(needed(&sfdp, SFDP_RULE_NEWEST_BASIC));
    assert_int_equal(sfdp.basic.geometry.size, 8u << 20);
    assert_int_equal(sfdp.basic_table.address, 0x100);
}

/* What a cut dump lacks is unsupported. */
static void absent_words_are_unsupported(void **state)
{
    (void)state;
    struct space spaces[TABLES_EXPECTED];
    struct sfdp sfdp;
    space_load(spaces, TABLES_EXPECTED);
    const struct space *whole = &spaces[10];
    for (size_t words = 0; words <= 16; words++) {
        enum sfdp_problem problem = sfdp_decode(&sfdp, whole->bytes, BASIC_AT + 4 * words);
        assert_int_equal(problem, words < 9 ? SFDP_NO_BASIC : SFDP_GOOD);
        if (problem != SFDP_GOOD) {
            continue;
        }
        assert_true(needed(&sfdp, SFDP_RULE_CUT_OFF));
        assert_int_equal(sfdp.basic.erases[0].typical_ms, words >= 10 ? 64 : 0);
        assert_int_equal(sfdp.basic.program.known, words >= 11);
        assert_int_equal(sfdp.basic.suspend.supported, words >= 13);
        assert_int_equal(sfdp.basic.power_down.supported, words >= 14);
        assert_int_equal(sfdp.basic.quad.known, words >= 15);
        assert_int_equal(sfdp.basic.modes.known, words >= 16);
        assert_false(sfdp.address4.known);
    }
}

static void what_is_no_sfdp_is_named(void **state)
{
    (void)state;
    struct space spaces[TABLES_EXPECTED];
    struct sfdp sfdp;
    space_load(spaces, TABLES_EXPECTED);
    uint8_t *bytes = spaces[0].bytes;
    assert_int_equal(sfdp_decode(&sfdp, bytes, 15), SFDP_TOO_SHORT);
    bytes[5] = 2;
    assert_int_equal(sfdp_decode(&sfdp, bytes, spaces[0].size), SFDP_WRONG_MAJOR);
    bytes[0] = 'X';
    assert_int_equal(sfdp_decode(&sfdp, bytes, spaces[0].size), SFDP_NO_SIGNATURE);
}

/* SEMPER lists 20h and D8h in the 4-byte table (U-Boot, Linux put it right); S25FL512S has a region
 * of 3FFFFFF4h (ufprog). */
static void slips_of_other_tables_are_put_right(void **state)
{
    (void)state;
    struct space spaces[TABLES_EXPECTED];
    uint8_t bytes[512];
    struct sfdp sfdp;
    static const uint8_t slips[] = {0xFB, 0x8E, 0x0F, 0x00, 0x20, 0xFF, 0xD8, 0xFF};
    static const uint8_t map[] = {0xFF, 0x00, 0x00, 0xFF, 0xF4, 0xFF, 0xFF, 0x3F};
    space_load(spaces, TABLES_EXPECTED);
    memset(bytes, 0xFF, sizeof bytes);
    memcpy(bytes, spaces[10].bytes, spaces[10].size);
    memcpy(bytes + ADDRESS4_AT, slips, sizeof slips);
    bytes[6] = 2;
    space_header(bytes + 24, 0x81, sizeof map, 0, 0x100);
    memcpy(bytes + 0x100, map, sizeof map);
    assert_int_equal(sfdp_decode(&sfdp, bytes, sizeof bytes), SFDP_GOOD);
    assert_int_equal(sfdp.basic.erases[0].opcode4, 0x21);
    assert_int_equal(sfdp.basic.erases[1].opcode4, 0);
    assert_int_equal(sfdp.basic.erases[2].opcode4, 0xDC);
    assert_true(needed(&sfdp, SFDP_RULE_ERASE4_3BYTE));
    assert_int_equal(sfdp.sector_map.first.regions[0].size, 64u << 20);
    assert_true(needed(&sfdp, SFDP_RULE_REGION_SIZE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_are_needed_where_chips_are_known_to_be_wrong),
        cmocka_unit_test(four_byte_table_counts_by_the_length_of_the_basic_one),
        cmocka_unit_test(octal_words_are_read_where_they_are),
        cmocka_unit_test(whole_dump_of_sst26vf032b),
        cmocka_unit_test(the_newest_basic_table_counts),
        cmocka_unit_test(absent_words_are_unsupported),
        cmocka_unit_test(what_is_no_sfdp_is_named),
        cmocka_unit_test(slips_of_other_tables_are_put_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
