/* SPDX-License-Identifier: MIT */
/*
 * A stranger's loader as over a vendor's driver layer (tests/fixtures/hal_style): 600 MHz by PLL, caches on,
 * time-outs by SysTick's COUNTFLAG, the FIFO byte by byte, code for Armv8.1-M, data in AHBSRAM1. It
 * must do its work here as it would on a board.
 */
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define S25FL064L "hal_style_s25fl064l"
#define JLINK     "cubeprogrammer-jlink"
#define STLINK    "cubeprogrammer-stlink"
#define DATA_RAM  0x38000000u
#define AT        0x101F3u
#define SIZE      0x2344u /* odd start, odd end */
#define SECTOR    0x10000u
#define HSLV_FUSE (1u << 15) /* VDDIO3: the kernel clock is then 300 MHz instead of 75 */

static const char *const hosts[] = {JLINK, STLINK};

/* The fuse as on the boards that are sold. */
static const struct octal_board {
    const char *path, *fixture;
    uint32_t fuse;
} octal_boards[] = {
    {"data/boards/stm32n6570-dk.yaml", "hal_style_mx66uw1g45g", HSLV_FUSE},
    {"data/boards/nucleo-n657x0-q.yaml", "hal_style_mx25um51245g", 0},
};

static const char *path_of(const char *fixture)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s.stldr", EXTLOAD_FIXTURES, fixture);
    return path;
}

static void open_rig(struct scenario_rig *rig, const char *host, uint32_t fuse, bool no_jump)
{
    const struct scenario scenario = {.host = host,
                                      .loader = path_of(S25FL064L),
                                      .content = CONTENT_USED,
                                      .seed = 3,
                                      .no_jump = no_jump,
                                      .fuse_word_124 = fuse};
    scenario_open(rig, &scenario);
}

static uint32_t word_at(struct scenario_rig *rig, uint32_t address)
{
    uint32_t word = 0;
    assert_true(rig->target.ops->read_memory(rig->target.context, address, &word, sizeof word,
                                             &rig->error));
    return word;
}

/* Erases the sector, writes, and compares by the window, as the tool does; then looks at the cells. */
static void erase_write_verify(struct scenario_rig *rig)
{
    struct image image;
    uint64_t written = 0;
    scenario_make_image(&image, &rig->board, AT, SIZE, 7);
    uint8_t *expected = malloc(rig->board.part.size);
    assert_non_null(expected);
    memcpy(expected, rig->cells, rig->board.part.size);
    memset(expected + SECTOR, 0xFF, SECTOR);
    scenario_assert_good(
        rig, operation_erase(&rig->session, rig->board.window + SECTOR, SECTOR, &rig->error));
    scenario_assert_good(rig, operation_write(&rig->session, &image, &written, &rig->error));
    scenario_assert_good(rig, operation_verify(&rig->session, &image, &rig->error));
    assert_int_equal(written, SIZE);
    scenario_assert_cells(rig, &image, expected);
    free(expected);
    image_release(&image);
}

static void read_gives_the_cells(struct scenario_rig *rig, uint32_t offset, uint32_t size)
{
    uint8_t *bytes = malloc(size);
    assert_non_null(bytes);
    scenario_assert_good(rig, operation_read(&rig->session, NULL, rig->board.window + offset, bytes,
                                             size, &rig->error));
    assert_memory_equal(bytes, rig->cells + offset, size);
    free(bytes);
}

/* What an M33 does not know, by its encoding. */
static unsigned count_of(const struct loader_file *loader, uint16_t first_mask, uint16_t first,
                         uint16_t second_mask, uint16_t second)
{
    unsigned count = 0;
    for (uint32_t i = 0; i + 4 <= loader->file_size; i += 2) {
        uint16_t words[2];
        memcpy(words, loader->pieces[0].bytes + i, sizeof words);
        count += (words[0] & first_mask) == first && (words[1] & second_mask) == second;
    }
    return count;
}

static void is_code_for_armv81m(void **state)
{
    (void)state;
    struct loader_file loader;
    struct error error = {0};
    assert_true(loader_file_read(&loader, VIEW_SEGMENTS, path_of(S25FL064L), &error));
    assert_true(count_of(&loader, 0xFFF0, 0xF040, 0xFFFF, 0xE001) > 0); /* DLS */
    assert_true(count_of(&loader, 0xFFFF, 0xF00F, 0xF001, 0xC001) > 0); /* LE */
    assert_true(count_of(&loader, 0xFFF0, 0xEA50, 0xC000, 0x8000) > 0); /* CSEL and its kin */
    loader_file_release(&loader);
}

/* Data are in no PT_LOAD, so the tool's buffer cannot come to lie over them. */
static void is_laid_out_as_such_loaders_are(void **state)
{
    (void)state;
    struct loader_file loader;
    struct error error = {0};
    assert_true(loader_file_read(&loader, VIEW_SEGMENTS, path_of(S25FL064L), &error));
    assert_int_equal(loader.image_address, 0x34180404);
    assert_int_equal(loader.file_size, loader.memory_size);
    assert_int_equal(loader.entry[LOADER_READ], 0); /* the window is read instead */
    assert_int_equal(loader.info.sectors[0].size, SECTOR);
    loader_file_release(&loader);
}

static void erases_writes_and_verifies(void **state)
{
    (void)state;
    for (size_t host = 0; host < sizeof hosts / sizeof hosts[0]; host++) {
        for (uint32_t fuse = 0; fuse <= HSLV_FUSE; fuse += HSLV_FUSE) {
            struct scenario_rig rig;
            open_rig(&rig, hosts[host], fuse, false);
            erase_write_verify(&rig);
            read_gives_the_cells(&rig, 0, 0x1003);
            read_gives_the_cells(&rig, 0x3F0001, 0x10001);
            scenario_assert_boots(&rig);
            scenario_close(&rig);
        }
    }
}

/* The model knows every register that it touches; what it does to an unclocked XSPI is forgiven. */
static void leaves_the_board_as_such_loaders_do(void **state)
{
    (void)state;
    struct scenario_rig rig;
    open_rig(&rig, JLINK, 0, false);
    assert_true(word_at(&rig, DATA_RAM) > 1000); /* poison: nobody cleared it */
    read_gives_the_cells(&rig, 0, 16);
    struct cpu *cpu = sim_cpu(rig.sim);
    const struct soc_stats *stats = soc_stats(sim_soc(rig.sim));
    assert_int_equal(soc_cpu_hz(sim_soc(rig.sim)), 600000000);
    assert_int_equal(cpu_get(cpu, CPU_PRIMASK), 1);
    assert_int_equal(word_at(&rig, 0xE000ED14u) & 3u << 16, 3u << 16); /* CCR: DC, IC */
    assert_in_range(word_at(&rig, DATA_RAM), 10, 20);                  /* its ticks */
    assert_int_equal(stats->unmodelled_accesses, 0);
    assert_true(stats->unclocked_accesses > 0);
    assert_int_equal(stats->frames_unreached, 0);
    uint64_t unclocked = stats->unclocked_accesses;
    read_gives_the_cells(&rig, 0, 16); /* Init again: now they have a clock */
    assert_int_equal(stats->unclocked_accesses, unclocked);
    scenario_close(&rig);
}

/* Time-outs by ticks that are counted in RAM: leaving polls out must change nothing. */
static void takes_the_same_time_without_jumps(void **state)
{
    (void)state;
    uint64_t now[2], instructions[2], jumps[2];
    for (int no_jump = 0; no_jump < 2; no_jump++) {
        struct scenario_rig rig;
        struct image image;
        uint64_t written = 0;
        open_rig(&rig, STLINK, 0, no_jump != 0);
        memset(rig.cells, 0xFF, SECTOR);
        scenario_make_image(&image, &rig.board, 0x80, 0x300, 5);
        scenario_assert_good(&rig, operation_write(&rig.session, &image, &written, &rig.error));
        scenario_assert_good(&rig, operation_verify(&rig.session, &image, &rig.error));
        now[no_jump] = sim_clock(rig.sim)->now_ps;
        instructions[no_jump] = cpu_stats(sim_cpu(rig.sim))->instructions;
        jumps[no_jump] = cpu_stats(sim_cpu(rig.sim))->jumps;
        image_release(&image);
        scenario_close(&rig);
    }
    assert_int_equal(now[0], now[1]);
    assert_int_equal(instructions[0], instructions[1]);
    assert_true(jumps[0] > 0);
    assert_int_equal(jumps[1], 0);
}

static void call(struct scenario_rig *rig, enum loader_function function,
                 const uint32_t arguments[4], uint32_t results[2])
{
    scenario_assert_good(
        rig, session_call(&rig->session, function, arguments, 1000000, results, &rig->error));
}

static void verify_checksum_and_mass_erase(void **state)
{
    (void)state;
    struct scenario_rig rig;
    uint32_t results[2], sum = 0;
    open_rig(&rig, JLINK, 0, false);
    read_gives_the_cells(&rig, 0, 16);
    for (uint32_t i = 0; i < 0x400; i++) {
        sum += rig.cells[0x200 + i];
    }
    const uint32_t some[4] = {rig.board.window + 0x200, 0x400, 1, 0};
    call(&rig, LOADER_CHECKSUM, some, results);
    assert_int_equal(results[0], sum + 1);

    uint32_t buffer = rig.session.layout.buffer;
    assert_true(rig.target.ops->write_memory(rig.target.context, buffer, rig.cells + 0x200, 0x400,
                                             &rig.error));
    const uint32_t same[4] = {rig.board.window + 0x200, buffer, 0x100, 0};
    call(&rig, LOADER_VERIFY, same, results);
    assert_int_equal(results[0], 0);
    assert_int_equal(results[1], sum);
    rig.cells[0x345] ^= 1;
    call(&rig, LOADER_VERIFY, same, results);
    assert_int_equal(results[0], rig.board.window + 0x345);

    scenario_assert_good(&rig, operation_erase_all(&rig.session, &rig.error));
    for (uint32_t i = 0; i < rig.board.part.size; i++) {
        assert_int_equal(rig.cells[i], 0xFF);
    }
    scenario_close(&rig);
}

/* It switches the D-cache on and never invalidates: what its own CheckSum has read of the window, it
 * reads again from the lines, whatever was programmed since. */
static void with_caches_that_hold_lines_it_sums_old_bytes(void **state)
{
    (void)state;
    for (int caches = 0; caches < 2; caches++) {
        struct scenario_rig rig;
        uint32_t results[2];
        const struct scenario scenario = {
            .host = JLINK, .loader = path_of(S25FL064L), .seed = 3, .caches = caches != 0};
        scenario_open(&rig, &scenario);
        read_gives_the_cells(&rig, 0, 16);
        uint32_t buffer = rig.session.layout.buffer;
        uint8_t zeros[64] = {0};
        const uint32_t place[4] = {rig.board.window, sizeof zeros, 0, 0};
        const uint32_t written[4] = {rig.board.window, sizeof zeros, buffer, 0};
        call(&rig, LOADER_CHECKSUM, place, results);
        assert_int_equal(results[0], sizeof zeros * 0xFF);
        assert_true(rig.target.ops->write_memory(rig.target.context, buffer, zeros, sizeof zeros,
                                                 &rig.error));
        call(&rig, LOADER_WRITE, written, results);
        assert_int_equal(results[0], 1);
        assert_memory_equal(rig.cells, zeros, sizeof zeros);
        call(&rig, LOADER_CHECKSUM, place, results);
        assert_int_equal(results[0], caches != 0 ? sizeof zeros * 0xFF : 0);
        scenario_close(&rig);
    }
}

/* It resets the chip on one line only: a chip in QPI stays silent, and Init says 0 after its
 * time-outs, not never. */
static void a_chip_it_cannot_reset_is_refused(void **state)
{
    (void)state;
    struct scenario_rig rig;
    uint8_t byte;
    open_rig(&rig, STLINK, 0, false);
    assert_true(nor_inherit(sim_nor(rig.sim), sim_clock(rig.sim)->now_ps, "qpi"));
    assert_false(operation_read(&rig.session, NULL, rig.board.window, &byte, 1, &rig.error));
    assert_int_equal(rig.error.code, ERROR_INIT_FAILED);
    scenario_close(&rig);
}

/* It touches XSPI2 before the clock is on. What that does on silicon is not established: ignored here,
 * unless a board is asked for on which it is not. */
static void an_unclocked_controller_may_end_it(void **state)
{
    (void)state;
    static const struct {
        enum soc_unclocked unclocked;
        enum error_code code;
        const char *text;
    } rows[] = {{SOC_UNCLOCKED_FAULT, ERROR_CALL_TIMEOUT, "BFAR 0x5802a000"},
                {SOC_UNCLOCKED_STALL, ERROR_TARGET, "bus stall: the access to 0x5802A000"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scenario_rig rig;
        uint8_t byte;
        const struct scenario scenario = {
            .host = JLINK, .loader = path_of(S25FL064L), .unclocked = rows[i].unclocked};
        scenario_open(&rig, &scenario);
        assert_false(operation_read(&rig.session, NULL, rig.board.window, &byte, 1, &rig.error));
        assert_int_equal(rig.error.code, rows[i].code);
        if (strstr(rig.error.detail, rows[i].text) == NULL) {
            fail_msg("no \"%s\" in: %s", rows[i].text, rig.error.detail);
        }
        scenario_close(&rig);
    }
}

/* It takes the stack limit as found: one above the tool's stack ends it at its first push. */
static void a_limit_above_its_stack_ends_it(void **state)
{
    (void)state;
    struct scenario_rig rig;
    uint8_t byte;
    open_rig(&rig, JLINK, 0, false);
    cpu_set(sim_cpu(rig.sim), CPU_MSPLIM, 0x341FE000);
    assert_false(operation_read(&rig.session, NULL, rig.board.window, &byte, 1, &rig.error));
    assert_non_null(strstr(rig.error.detail, "STKOF"));
    scenario_close(&rig);
}

/* The loop that clears its data is closed by LE, which an M33 does not know. */
static void an_older_core_does_not_run_it(void **state)
{
    (void)state;
    struct scenario_rig rig;
    uint8_t byte;
    const struct scenario scenario = {
        .host = JLINK, .loader = path_of(S25FL064L), .core = "cortex-m33"};
    scenario_open(&rig, &scenario);
    assert_false(operation_read(&rig.session, NULL, rig.board.window, &byte, 1, &rig.error));
    assert_int_equal(rig.error.code, ERROR_CALL_TIMEOUT);
    assert_non_null(strstr(rig.error.detail, "UNDEFINSTR"));
    assert_non_null(strstr(rig.error.detail, "from Init+"));
    scenario_close(&rig);
}

static void open_octal_rig(struct scenario_rig *rig, const struct octal_board *board,
                           const char *host, const char *chip_state)
{
    const struct scenario scenario = {.board = board->path,
                                      .host = host,
                                      .loader = path_of(board->fixture),
                                      .seed = 4,
                                      .fuse_word_124 = board->fuse};
    scenario_open(rig, &scenario);
    memset(rig->cells, 0x5A, 4 * SECTOR);
    if (chip_state != NULL) {
        assert_true(nor_inherit(sim_nor(rig->sim), sim_clock(rig->sim)->now_ps, chip_state));
    }
}

/* It leaves the chip in octal DTR, which no boot ROM reads: what programmed well does not start. */
static void assert_boot_is_lost(struct scenario_rig *rig)
{
    char why[160] = "";
    assert_false(sim_boot(rig->sim, 0, why, sizeof why));
    assert_non_null(strstr(why, "the boot ROM reads by 03h"));
}

static void octal_boards_from_each_protocol(void **state)
{
    (void)state;
    static const char *const chip_states[] = {NULL, "octal-str", "octal-dtr"};
    for (size_t i = 0; i < sizeof octal_boards / sizeof octal_boards[0]; i++) {
        for (size_t j = 0; j < sizeof chip_states / sizeof chip_states[0]; j++) {
            for (size_t host = 0; host < sizeof hosts / sizeof hosts[0]; host++) {
                struct scenario_rig rig;
                open_octal_rig(&rig, &octal_boards[i], hosts[host], chip_states[j]);
                erase_write_verify(&rig);
                read_gives_the_cells(&rig, 0xFF01, 0x1003);
                assert_int_equal(soc_stats(sim_soc(rig.sim))->unmodelled_accesses, 0);
                assert_boot_is_lost(&rig);
                scenario_close(&rig);
            }
        }
    }
}

/* The smaller one: it is the same frame, and half the cells to look at. */
static void an_octal_board_is_erased_whole(void **state)
{
    (void)state;
    struct scenario_rig rig;
    open_octal_rig(&rig, &octal_boards[1], JLINK, NULL);
    scenario_assert_good(&rig, operation_erase_all(&rig.session, &rig.error));
    assert_int_equal(rig.cells[0], 0xFF);
    assert_memory_equal(rig.cells, rig.cells + 1, rig.board.part.size - 1);
    scenario_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_code_for_armv81m),
        cmocka_unit_test(is_laid_out_as_such_loaders_are),
        cmocka_unit_test(erases_writes_and_verifies),
        cmocka_unit_test(leaves_the_board_as_such_loaders_do),
        cmocka_unit_test(takes_the_same_time_without_jumps),
        cmocka_unit_test(verify_checksum_and_mass_erase),
        cmocka_unit_test(with_caches_that_hold_lines_it_sums_old_bytes),
        cmocka_unit_test(a_chip_it_cannot_reset_is_refused),
        cmocka_unit_test(an_unclocked_controller_may_end_it),
        cmocka_unit_test(a_limit_above_its_stack_ends_it),
        cmocka_unit_test(an_older_core_does_not_run_it),
        cmocka_unit_test(octal_boards_from_each_protocol),
        cmocka_unit_test(an_octal_board_is_erased_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
