/* SPDX-License-Identifier: MIT */
/*
 * Boards with `sfdp:`: built, programmed and verified on the simulated board, whose chip has the dump
 * in its SFDP space; and refused at Init when the chip's SFDP is another one.
 */
#include "pack/pack.h"
#include "sim/nor/chip.h"
#include "sim/scenario.h"
#include "unit/test_sfdp_space.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#define BOARD_SFDP "tests/fixtures/sfdp/s25fl064l.yaml"
#define TOUCHED    0x40000u
#define IMAGE_AT   0x12345u
#define IMAGE_SIZE 5001u

static char folder[] = "/tmp/extload-sfdp-XXXXXX";

static void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* A board file beside a dump; its path in `path`. `more`: further lines of `flash`. */
static void write_board_with(const char *name, const uint8_t *bytes, size_t count, const char *more,
                             char *path, size_t size)
{
    char dump[96], text[512];
    snprintf(dump, sizeof dump, "%s/%s.bin", folder, name);
    snprintf(path, size, "%s/%s.yaml", folder, name);
    write_file(dump, bytes, count);
    int length = snprintf(text, sizeof text,
                          "name: %s\nmcu: STM32N655X0\nflash:\n  sfdp: %s.bin\n%s"
                          "  controller: XSPI2\n  port: P2\n  lanes: 4\n  clock: 50MHz\n"
                          "  supply: 3.3V\n",
                          name, name, more);
    write_file(path, text, (size_t)length);
}

/* The same with the tables of that part, and without `id:`. */
static void write_board(const char *name, char *path, size_t size)
{
    struct space spaces[TABLES_EXPECTED];
    unsigned i = 0, count = space_load(spaces, TABLES_EXPECTED);
    while (i < count && strcmp(spaces[i].name, name) != 0) {
        i++;
    }
    assert_true(i < count);
    write_board_with(name, spaces[i].bytes, spaces[i].size, "", path, size);
}

static void remove_board(const char *name)
{
    static const char *const endings[] = {"bin", "yaml"};
    char path[96];
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s.%s", folder, name, endings[i]);
        unlink(path);
    }
}

/* Erases and programs an odd range among used cells; what no image covers stays. */
static void program_on(const char *board, enum nor_timing timing)
{
    struct scenario_rig rig;
    struct image image;
    static uint8_t before[TOUCHED];
    uint64_t state = 7;
    scenario_open(&rig, &(struct scenario){.board = board, .seed = 3, .timing = timing});
    for (size_t i = 0; i < TOUCHED; i++) {
        rig.cells[i] = before[i] = (uint8_t)scenario_random(&state);
    }
    scenario_make_image(&image, &rig.board, IMAGE_AT, IMAGE_SIZE, 11);
    scenario_assert_good(&rig, scenario_program(&rig, &image));
    const struct image_segment *segment = &image.segments[0];
    memcpy(before + (segment->address - rig.board.window), segment->bytes, segment->size);
    assert_memory_equal(rig.cells, before, TOUCHED);
    image_release(&image);
    scenario_assert_boots(&rig);
    scenario_close(&rig);
}

static void the_modelled_part_is_programmed(void **state)
{
    (void)state;
    program_on(BOARD_SFDP, NOR_TIMING_TYPICAL);
    program_on(BOARD_SFDP, NOR_TIMING_MAXIMUM); /* of the chip, above SFDP's for 4 KiB */
}

/* One of each way to enable quad, of each address length, with and without times. */
static void chips_of_no_model_are_programmed(void **state)
{
    (void)state;
    static const char *const names[] = {"W25Q64JW-M" /* 5 */,  "W25Q512JV" /* 4 */,
                                        "GD25WQ32E" /* 6 */,   "AT25QL128A" /* 1 */,
                                        "SK25LP128" /* 2 */,   "MT25QU256" /* 0 */,
                                        "GD25LB512ME" /* 7 */, "MX25L6436E" /* no times */,
                                        "SST26VF064B",         "MX25U25645G"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[96];
        print_message("%s\n", names[i]);
        write_board(names[i], path, sizeof path);
        program_on(path, NOR_TIMING_MAXIMUM);
        remove_board(names[i]);
    }
}

static void write_model(const struct nor_part *part, const uint8_t *bytes, char *path, size_t size)
{
    char id[32];
    snprintf(id, sizeof id, "  id: \"%02x %02x %02x\"\n", part->id[0], part->id[1], part->id[2]);
    write_board_with(part->name, bytes, SFDP_DUMP_MAX, id, path, size);
}

/* Each model by what it says of itself, on its own registers. IS25LP256 is refused, for it has no
 * table of 4-byte opcodes. SST26 needs Microchip's vendor table, which the model has not. */
static void modelled_parts_are_programmed_by_their_own_sfdp(void **state)
{
    (void)state;
    static uint8_t bytes[SFDP_DUMP_MAX];
    const struct nor_part *part = NULL;
    for (unsigned i = 0; (part = nor_part_at(i)) != NULL; i++) {
        char path[96];
        for (uint32_t at = 0; at < sizeof bytes; at++) {
            bytes[at] = nor_sfdp_byte(part, at);
        }
        if (strcmp(part->name, "SST26VF064B") == 0) {
            bytes[6]++;
            space_header(bytes + 8 * (bytes[6] + 1u), 0xBF, 0, 0, 0);
            bytes[8 * (bytes[6] + 1u) + 7] = 0x01;
        }
        print_message("%s\n", part->name);
        write_model(part, bytes, path, sizeof path);
        if (strcmp(part->name, "IS25LP256") == 0) {
            static struct board board;
            struct error error = {0};
            assert_false(board_load(&board, path, &error));
            assert_int_equal(error.code, ERROR_SFDP_UNUSABLE);
        } else {
            program_on(path, NOR_TIMING_MAXIMUM);
        }
        remove_board(part->name);
    }
}

/* A lock that no SFDP tells of: no success is reported. */
static void a_chip_that_stays_locked_is_no_success(void **state)
{
    (void)state;
    static uint8_t bytes[SFDP_DUMP_MAX];
    const struct nor_part *part = nor_part_find("SST26VF064B");
    struct scenario_rig rig;
    struct image image;
    char path[96];
    for (uint32_t at = 0; at < sizeof bytes; at++) {
        bytes[at] = nor_sfdp_byte(part, at);
    }
    write_model(part, bytes, path, sizeof path);
    scenario_open(&rig, &(struct scenario){.board = path});
    memset(rig.cells, 0, TOUCHED);
    scenario_make_image(&image, &rig.board, IMAGE_AT, IMAGE_SIZE, 11);
    assert_false(scenario_program(&rig, &image));
    assert_int_equal(rig.error.code, ERROR_VERIFY_MISMATCH);
    assert_non_null(strstr(rig.error.detail, "was erased, the flash told of no error"));
    image_release(&image);
    scenario_close(&rig);
    remove_board(part->name);
}

/* Whatever an earlier owner left in the chip. Locks of single blocks are the exception: no SFDP tells
 * of them, so the erase fails, and says so. */
static void from_every_inherited_state(void **state)
{
    (void)state;
    struct scenario_rig rig;
    struct image image;
    const char *name;
    unsigned runs = 0;
    scenario_open(&rig, &(struct scenario){.board = BOARD_SFDP, .host = "cubeprogrammer-jlink"});
    scenario_make_image(&image, &rig.board, 0x0001, 0x10235, 11);
    for (unsigned i = 0; (name = nor_inheritable("S25FL064L", i)) != NULL; i++, runs++) {
        print_message("%s\n", name);
        memset(rig.cells, 0xFF, rig.board.part.size);
        assert_true(nor_inherit(sim_nor(rig.sim), sim_clock(rig.sim)->now_ps, name));
        bool good = session_begin(&rig.session, OPERATION_ERASE, &rig.error) &&
                    scenario_program(&rig, &image);
        if (strcmp(name, "wps-locked") == 0) {
            assert_false(good);
            assert_int_equal(rig.session.record.reason, REASON_ERASE_TIMEOUT);
            continue;
        }
        scenario_assert_good(&rig, good);
        scenario_assert_cells(&rig, &image, NULL);
        scenario_assert_boots(&rig);
    }
    assert_true(runs >= 16);
    image_release(&image);
    scenario_close(&rig);
}

/* A board, its own loader, and a chip that need not be the board's. */
struct forged {
    struct board board;
    struct loader_file loader;
    struct target target;
    struct session session;
    struct error error;
};

static bool init(struct forged *rig, const struct board *soldered)
{
    const struct session_events events = {0};
    const struct lifecycle *lifecycle = lifecycle_find("native");
    const struct sim_target_options options = {.link = link_find("jlink"), .seed = 1};
    size_t size = 0;
    uint8_t *bytes = pack_stldr(&rig->board, pack_loader_image(), &size, &rig->error);
    assert_non_null(bytes);
    assert_true(
        loader_file_parse(&rig->loader, lifecycle->view, "x.stldr", bytes, size, &rig->error));
    free(bytes);
    assert_true(sim_target_open(&rig->target, soldered, &options, &rig->error));
    assert_true(session_open(&rig->session, &rig->target, &rig->board, lifecycle, &rig->loader,
                             &events, &rig->error));
    bool good = session_begin(&rig->session, OPERATION_READ, &rig->error);
    session_read_record(&rig->session);
    assert_true(rig->session.has_record);
    return good;
}

static void close_forged(struct forged *rig)
{
    rig->target.ops->close(rig->target.context);
    loader_file_release(&rig->loader);
    memset(rig, 0, sizeof *rig);
}

static void another_table_in_the_chip_fails_init(void **state)
{
    (void)state;
    static struct forged rig;
    static struct board soldered;
    assert_true(board_load(&rig.board, BOARD_SFDP, &rig.error));
    soldered = rig.board;
    soldered.sfdp.dump.bytes[0x330] ^= 0x01; /* in the basic table */
    assert_false(init(&rig, &soldered));
    const struct record *record = &rig.session.record;
    assert_int_equal(record->reason, REASON_SFDP);
    assert_int_equal(record->phase, PHASE_RETURNED);
    assert_int_equal(record->detail[0], 0x300);
    assert_int_not_equal(record->detail[1], record->detail[2]);
    assert_int_equal(record->detail[2], rig.board.block.sfdp.crc);
    assert_non_null(strstr(rig.error.detail, "SFDP is not that of the board file"));
    scenario_assert_boots(&(struct scenario_rig){.sim = sim_target_sim(&rig.target)});
    close_forged(&rig);

    /* what lies outside the basic table may differ */
    assert_true(board_load(&rig.board, BOARD_SFDP, &rig.error));
    soldered = rig.board;
    soldered.sfdp.dump.bytes[0x340] ^= 0x01;
    assert_true(init(&rig, &soldered));
    close_forged(&rig);
}

static void another_id_fails_init_before_that(void **state)
{
    (void)state;
    static struct forged rig;
    static struct board soldered;
    assert_true(board_load(&rig.board, BOARD_SFDP, &rig.error));
    soldered = rig.board;
    soldered.part.id[1] = 0x61;
    assert_false(init(&rig, &soldered));
    assert_int_equal(rig.session.record.reason, REASON_FLASH_WRONG_ID);
    close_forged(&rig);
}

static void without_id_the_table_decides(void **state)
{
    (void)state;
    static struct forged rig;
    static struct board soldered;
    char path[96];
    write_board("W25Q64JW-M", path, sizeof path);
    assert_true(board_load(&rig.board, path, &rig.error));
    assert_int_equal(rig.board.block.flash.id_length, 0);
    soldered = rig.board;
    assert_true(init(&rig, &soldered));
    close_forged(&rig);
    assert_true(board_load(&rig.board, path, &rig.error));
    soldered.sfdp.dump.bytes[BASIC_AT + 1] = 0x21;
    assert_false(init(&rig, &soldered));
    assert_int_equal(rig.session.record.reason, REASON_SFDP);
    assert_int_equal(rig.session.record.jedec_id, 0x445370);
    close_forged(&rig);
    remove_board("W25Q64JW-M");
}

/* The chip's NCS hangs on another pad. */
static void without_id_no_chip_is_told_from_another(void **state)
{
    (void)state;
    static struct forged rig;
    static struct board soldered;
    char path[96];
    write_board("W25Q64JW-M", path, sizeof path);
    assert_true(board_load(&rig.board, path, &rig.error));
    soldered = rig.board;
    for (unsigned i = 0; i < soldered.pin_count; i++) {
        if (strcmp(soldered.pins[i].signal, "NCS") == 0) {
            snprintf(soldered.pins[i].pad, sizeof soldered.pins[i].pad, "PB3");
        }
    }
    assert_false(init(&rig, &soldered));
    assert_in_range(rig.session.record.reason, REASON_FLASH_SILENT_HIGH, REASON_FLASH_SILENT_LOW);
    close_forged(&rig);
    remove_board("W25Q64JW-M");
}

static void boards_with_a_part_compare_nothing(void **state)
{
    (void)state;
    static struct board board;
    struct error error = {0};
    assert_true(board_load(&board, BOARD_P2, &error));
    assert_int_equal(board.block.sfdp.size, 0);
    assert_true(board_load(&board, BOARD_SFDP, &error));
    assert_int_equal(board.block.sfdp.address, 0x300);
    assert_int_equal(board.block.sfdp.size, 64);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_modelled_part_is_programmed),
        cmocka_unit_test(modelled_parts_are_programmed_by_their_own_sfdp),
        cmocka_unit_test(a_chip_that_stays_locked_is_no_success),
        cmocka_unit_test(from_every_inherited_state),
        cmocka_unit_test(chips_of_no_model_are_programmed),
        cmocka_unit_test(another_table_in_the_chip_fails_init),
        cmocka_unit_test(another_id_fails_init_before_that),
        cmocka_unit_test(without_id_the_table_decides),
        cmocka_unit_test(without_id_no_chip_is_told_from_another),
        cmocka_unit_test(boards_with_a_part_compare_nothing),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
