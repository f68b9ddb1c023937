/* SPDX-License-Identifier: MIT */
/*
 * SFDP tables of 25 chips (sources: tests/fixtures/sfdp/tables.csv) and the whole dump of one,
 * decoded to what they are known to say. The figures were taken down when the dumps were read by
 * hand, against the layout in U-Boot, ufprog and ST's external memory manager; not from this decoder.
 */
#include "sfdp/sfdp.h"

#include "unit/test_sfdp_space.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NOT_TOLD 8
#define MS(s)    ((s)*1000u)

struct expected {
    const char *name;
    unsigned mib, page, address_bytes;
    struct {
        uint8_t opcode, opcode4, size_log2;
        unsigned typical_ms, maximum_ms;
    } erases[4];
    unsigned page_us, page_max_us, chip_ms;
    int quad_enable;
    struct sfdp_read quad_output, quad_io; /* 1-1-4, 1-4-4 */
    unsigned wake_ns;
};

#define READ_6B                                                                                    \
    {                                                                                              \
        0x6B, 0, 8                                                                                 \
    }
#define READ_6B_MICRON                                                                             \
    {                                                                                              \
        0x6B, 1, 7                                                                                 \
    }
#define READ_EB                                                                                    \
    {                                                                                              \
        0xEB, 2, 4                                                                                 \
    }
#define READ_EB_8                                                                                  \
    {                                                                                              \
        0xEB, 2, 8                                                                                 \
    }
#define READ_EB_MICRON                                                                             \
    {                                                                                              \
        0xEB, 1, 9                                                                                 \
    }

static const struct expected expected[] = {
    {"N25Q256A",
     32,
     0,
     34,
     {{0x20, 0, 12, 0, 0}, {0xD8, 0, 16, 0, 0}},
     0,
     0,
     0,
     NOT_TOLD,
     READ_6B_MICRON,
     READ_EB_MICRON,
     0},
    {"MT35XU01G",
     128,
     256,
     34,
     {{0x20, 0x21, 12, 48, 480}, {0xD8, 0xDC, 17, 192, 1920}, {0x52, 0x5C, 15, 112, 1120}},
     120,
     2880,
     MS(128),
     7,
     {0},
     {0},
     30000},
    {"MX25L25635F",
     32,
     0,
     34,
     {{0x20, 0, 12, 0, 0}, {0x52, 0, 15, 0, 0}, {0xD8, 0, 16, 0, 0}},
     0,
     0,
     0,
     NOT_TOLD,
     READ_6B,
     READ_EB,
     0},
    {"MX66L1G45G",
     128,
     256,
     34,
     {{0x20, 0x21, 12, 30, 420}, {0x52, 0x5C, 15, 160, 2240}, {0xD8, 0xDC, 16, 288, 4032}},
     256,
     3072,
     MS(256),
     2,
     READ_6B,
     READ_EB,
     30000},
    {"W25Q256FV",
     32,
     0,
     34,
     {{0x20, 0, 12, 0, 0}, {0x52, 0, 15, 0, 0}, {0xD8, 0, 16, 0, 0}},
     0,
     0,
     0,
     NOT_TOLD,
     READ_6B,
     READ_EB,
     0},
    {"W25Q512JV",
     64,
     256,
     34,
     {{0x20, 0x21, 12, 64, 896}, {0x52, 0, 15, 128, 1792}, {0xD8, 0xDC, 16, 160, 2240}},
     704,
     4224,
     MS(192),
     4,
     READ_6B,
     READ_EB,
     3000},
    {"W25Q01JVQ",
     128,
     256,
     34,
     {{0x20, 0x21, 12, 64, 896}, {0x52, 0, 15, 128, 1792}, {0xD8, 0xDC, 16, 160, 2240}},
     704,
     4224,
     MS(192),
     4,
     READ_6B,
     READ_EB,
     3000},
    {"IS25WP256",
     32,
     256,
     3,
     {{0x20, 0, 12, 48, 384}, {0x52, 0, 15, 160, 1280}, {0xD8, 0, 16, 304, 2432}},
     200,
     1200,
     MS(60),
     2,
     READ_6B,
     READ_EB,
     15000},
    {"GD25WQ32E",
     4,
     256,
     3,
     {{0x20, 0, 12, 112, 896}, {0x52, 0, 15, 304, 2432}, {0xD8, 0, 16, 512, 4096}},
     1024,
     8192,
     MS(28),
     6,
     READ_6B,
     READ_EB,
     30000},
    {"MX25L6436E",
     8,
     0,
     3,
     {{0x20, 0, 12, 0, 0}, {0x52, 0, 15, 0, 0}, {0xD8, 0, 16, 0, 0}},
     0,
     0,
     0,
     NOT_TOLD,
     READ_6B,
     {0},
     0},
    {"S25FL064L",
     8,
     256,
     34,
     {{0x20, 0x21, 12, 64, 256}, {0x52, 0x53, 15, 304, 1216}, {0xD8, 0xDC, 16, 512, 2048}},
     448,
     1792,
     MS(56),
     5,
     READ_6B,
     READ_EB_8,
     3000},
    {"MT25QU256",
     32,
     256,
     34,
     {{0x20, 0x21, 12, 48, 480}, {0xD8, 0xDC, 16, 160, 1600}, {0x52, 0, 15, 112, 1120}},
     120,
     2880,
     MS(84),
     0,
     READ_6B_MICRON,
     READ_EB_MICRON,
     30000},
    {"W25Q01NW",
     128,
     256,
     34,
     {{0x20, 0x21, 12, 64, 896}, {0x52, 0, 15, 176, 2464}, {0xD8, 0xDC, 16, 224, 3136}},
     704,
     4224,
     MS(192),
     5,
     READ_6B,
     READ_EB,
     30000},
    {"W25Q64JW-M",
     8,
     256,
     3,
     {{0x20, 0, 12, 64, 896}, {0x52, 0, 15, 128, 1792}, {0xD8, 0, 16, 160, 2240}},
     704,
     4224,
     MS(20),
     5,
     READ_6B,
     READ_EB,
     30000},
    {"SST26VF064B",
     8,
     256,
     3,
     {{0x20, 0, 12, 19, 38}, {0xD8, 0, 13, 19, 38}, {0xD8, 0, 15, 19, 38}, {0xD8, 0, 16, 19, 38}},
     1024,
     2048,
     32,
     5,
     READ_6B,
     READ_EB,
     0},
    {"GD25LB512ME",
     64,
     256,
     34,
     {{0x20, 0x21, 12, 30, 360}, {0x52, 0x5C, 15, 112, 1344}, {0xD8, 0xDC, 16, 208, 2496}},
     184,
     1472,
     MS(100),
     7,
     READ_6B,
     READ_EB,
     30000},
    {"MX66L2G45G",
     256,
     256,
     34,
     {{0x20, 0x21, 12, 25, 400}, {0x52, 0x5C, 15, 160, 2560}, {0xD8, 0xDC, 16, 256, 4096}},
     152,
     1520,
     MS(192),
     2,
     READ_6B,
     READ_EB,
     30000},
    {"MX25U25645G",
     32,
     256,
     34,
     {{0x20, 0x21, 12, 25, 400}, {0x52, 0x5C, 15, 160, 2560}, {0xD8, 0xDC, 16, 224, 3584}},
     152,
     912,
     MS(76),
     2,
     READ_6B,
     READ_EB,
     30000},
    {"MX77L51250F",
     64,
     256,
     34,
     {{0x20, 0x21, 12, 25, 200}, {0x52, 0x5C, 15, 144, 1152}, {0xD8, 0xDC, 16, 256, 2048}},
     512,
     3072,
     MS(112),
     2,
     READ_6B,
     READ_EB,
     10000},
    {"MX66UW1G45G",
     128,
     256,
     34,
     {{0x20, 0x21, 12, 25, 600}, {0xD8, 0xDC, 16, 256, 6144}},
     152,
     4864,
     MS(192),
     0,
     {0},
     {0},
     30000},
    {"MX25R6435F",
     8,
     256,
     3,
     {{0x20, 0, 12, 48, 384}, {0x52, 0, 15, 240, 1920}, {0xD8, 0, 16, 480, 3840}},
     896,
     5376,
     MS(52),
     2,
     READ_6B,
     READ_EB,
     40000},
    {"S25FS256T",
     32,
     128,
     34,
     {{0xD8, 0xDC, 17, 512, 3072}, {0xD8, 0xDC, 16, 512, 3072}},
     640,
     2560,
     MS(128),
     5,
     READ_6B,
     READ_EB_8,
     448000},
    {"S28HS02GT",
     256,
     256,
     34,
     {{0x21, 0, 12, 48, 384}, {0}, {0}, {0xDC, 0, 18, 768, 6144}},
     512,
     3072,
     MS(832),
     0,
     {0},
     {0},
     448000},
    {"SK25LP128",
     16,
     256,
     3,
     {{0x20, 0, 12, 48, 384}, {0x52, 0, 15, 160, 1280}, {0xD8, 0, 16, 304, 2432}},
     200,
     1200,
     MS(32),
     2,
     READ_6B,
     READ_EB,
     3000},
    {"AT25QL128A",
     16,
     256,
     3,
     {{0x20, 0, 12, 64, 512}, {0x52, 0, 15, 208, 1664}, {0xD8, 0, 16, 352, 2816}},
     640,
     6400,
     MS(60),
     1,
     READ_6B,
     READ_EB,
     3000},
};

#define ROWS (sizeof expected / sizeof expected[0])

static void same_read(const char *name, const struct sfdp_read *read, const struct sfdp_read *as)
{
    if (memcmp(read, as, sizeof *read) != 0) {
        fail_msg("%s: read %02x %u+%u, not %02x %u+%u", name, read->opcode, read->mode_clocks,
                 read->wait_clocks, as->opcode, as->mode_clocks, as->wait_clocks);
    }
}

static void check_row(const struct expected *row, const struct sfdp *sfdp)
{
    const struct sfdp_basic *basic = &sfdp->basic;
    print_message("%s\n", row->name);
    assert_int_equal(basic->geometry.size, (uint64_t)row->mib << 20);
    assert_int_equal(basic->geometry.address_bytes, row->address_bytes);
    assert_int_equal(basic->program.page, row->page);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(basic->erases[i].opcode, row->erases[i].opcode);
        assert_int_equal(basic->erases[i].opcode4, row->erases[i].opcode4);
        assert_int_equal(basic->erases[i].size_log2, row->erases[i].size_log2);
        assert_int_equal(basic->erases[i].typical_ms, row->erases[i].typical_ms);
        assert_int_equal(basic->erases[i].maximum_ms, row->erases[i].maximum_ms);
    }
    assert_int_equal(basic->program.page_typical_us, row->page_us);
    assert_int_equal(basic->program.page_maximum_us, row->page_max_us);
    assert_int_equal(basic->program.chip_erase_typical_ms, row->chip_ms);
    assert_int_equal(basic->quad.known ? basic->quad.enable : NOT_TOLD, row->quad_enable);
    same_read(row->name, &basic->reads[SFDP_READ_1_1_4], &row->quad_output);
    same_read(row->name, &basic->reads[SFDP_READ_1_4_4], &row->quad_io);
    assert_int_equal(basic->power_down.supported ? basic->power_down.leave_ns : 0, row->wake_ns);
}

static void every_table_says_what_it_is_known_to_say(void **state)
{
    (void)state;
    struct space spaces[ROWS + 1];
    assert_int_equal(space_load(spaces, ROWS + 1), TABLES_EXPECTED);
    assert_int_equal(ROWS, TABLES_EXPECTED);
    for (unsigned i = 0; i < ROWS; i++) {
        struct sfdp sfdp;
        assert_string_equal(spaces[i].name, expected[i].name);
        assert_int_equal(sfdp_decode(&sfdp, spaces[i].bytes, spaces[i].size), SFDP_GOOD);
        check_row(&expected[i], &sfdp);
    }
}

static void decode_dump(struct sfdp *sfdp, const char *path)
{
    struct sfdp_dump dump;
    struct error error = {0};
    assert_true(sfdp_dump_read(&dump, path, &error));
    assert_true(sfdp_dump_decode(sfdp, &dump, path, &error));
}

static void whole_dump_of_s25fl064l(void **state)
{
    (void)state;
    struct sfdp sfdp;
    decode_dump(&sfdp, "tests/fixtures/sfdp/s25fl064l.hex");
    const struct sfdp_basic *basic = &sfdp.basic;
    assert_int_equal(sfdp.header.count, 2);
    assert_int_equal(sfdp.header.minor, 6);
    assert_int_equal(sfdp.header.tables[0].address, 0x300);
    assert_int_equal(sfdp.header.tables[1].id, SFDP_ADDRESS4);
    assert_int_equal(sfdp.basic_table.words, 16);
    check_row(&expected[10], &sfdp);
    same_read("1-1-2", &basic->reads[SFDP_READ_1_1_2], &(struct sfdp_read){0x3B, 0, 8});
    same_read("1-2-2", &basic->reads[SFDP_READ_1_2_2], &(struct sfdp_read){0xBB, 4, 8});
    same_read("4-4-4", &basic->reads[SFDP_READ_4_4_4], &(struct sfdp_read){0xEB, 2, 8});
    same_read("2-2-2", &basic->reads[SFDP_READ_2_2_2], &(struct sfdp_read){0, 0, 0});
    assert_true(basic->geometry.some_dtr);
    assert_int_equal(basic->program.first_byte_us, 80);
    assert_int_equal(basic->program.next_byte_us, 10);
    assert_int_equal(basic->program.chip_erase_maximum_ms, MS(224));
    assert_true(basic->suspend.supported);
    assert_int_equal(basic->suspend.suspend, 0x75);
    assert_int_equal(basic->suspend.resume, 0x7A);
    assert_int_equal(basic->suspend.erase_latency_ns, 40000);
    assert_int_equal(basic->suspend.program_latency_ns, 40000);
    assert_int_equal(basic->suspend.erase_interval_us, 128);
    assert_int_equal(basic->power_down.enter, 0xB9);
    assert_int_equal(basic->power_down.leave, 0xAB);
    assert_true(basic->power_down.poll_05);
    assert_false(basic->power_down.poll_70);
    assert_int_equal(basic->quad.enter_444, 2); /* 38h */
    assert_int_equal(basic->quad.leave_444, 2); /* F5h */
    assert_true(basic->quad.continuous);
    assert_int_equal(basic->quad.enter_044, 0xD);
    assert_int_equal(basic->quad.leave_044, 0x3D);
    assert_int_equal(basic->modes.reset, SFDP_RESET_66_99);
    assert_int_equal(basic->modes.enter4, 1 | SFDP_ENTER4_OPCODES); /* B7h */
    assert_int_equal(basic->modes.leave4, 0x1 | 0xE0); /* E9h; both resets, power cycle */
    assert_true((basic->modes.status_write & SFDP_STATUS_VOLATILE_50) != 0);
    assert_int_equal(sfdp.address4.supports & SFDP_A4_READ_3C, 0); /* as the chip says of itself */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_says_what_it_is_known_to_say),
        cmocka_unit_test(whole_dump_of_s25fl064l),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
