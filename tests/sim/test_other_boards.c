/* SPDX-License-Identifier: MIT */
/* Boards and cores that none of the shipped boards is like. */
#include "sim/scenario.h"

#include "board/crc32.h"
#include "pack/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PERIOD_PS 31250u               /* 32 MHz */
#define GPION_IDR UINT32_C(0x56023410) /* only reads [HDR] */

static const uint32_t init[4] = {1, 0, 0, 0};

static void open_text(struct scenario_rig *rig, const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/extload-test-boards.%d.yaml", (int)getpid());
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    const struct scenario scenario = {
        .board = path, .host = "cubeprogrammer", .content = CONTENT_USED, .seed = 3};
    scenario_open(rig, &scenario);
    remove(path);
}

/* The shipped board with another chip select, and `end` behind its last line. */
static void open_variant(struct scenario_rig *rig, const char *chip_select, const char *end)
{
    char text[4096];
    FILE *file = fopen(BOARD_P2, "rb");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text / 2, file);
    fclose(file);
    text[size] = '\0';
    char *found = strstr(text, "chip_select: NCS1");
    assert_non_null(found);
    snprintf(found, sizeof text / 2, "chip_select: %s\n%s", chip_select, end);
    open_text(rig, text);
}

/* A flash that is known by its SFDP only. */
static void open_without_id(struct scenario_rig *rig)
{
    char folder[1024], text[2048];
    assert_non_null(getcwd(folder, sizeof folder));
    snprintf(text, sizeof text,
             "name: no-id\nmcu: STM32N655X0\nflash:\n  sfdp: %s/tests/fixtures/sfdp/s25fl064l.hex\n"
             "  controller: XSPI2\n  port: P2\n  lanes: 4\n  clock: 50MHz\n  supply: 3.3V\n",
             folder);
    open_text(rig, text);
}

/* The boot ROM does not look there. */
static void a_flash_on_the_second_chip_select_is_programmed(void **state)
{
    (void)state;
    struct scenario_rig rig;
    struct image image;
    char why[160];
    open_variant(&rig, "NCS2", "");
    memset(rig.cells, 0xFF, rig.board.part.size);
    scenario_make_image(&image, &rig.board, 0x12345, 0x3210, 5);
    scenario_assert_good(&rig, scenario_program(&rig, &image));
    scenario_assert_cells(&rig, &image, NULL);
    assert_false(sim_boot(rig.sim, 0, why, sizeof why));
    image_release(&image);
    scenario_close(&rig);
}

/* The loader waits in pieces of 2^20 us. */
static void a_long_delay_is_kept(void **state)
{
    (void)state;
    static const uint64_t delays_ms[] = {1, 1049, 2500};
    uint64_t base_ms = 0;
    for (size_t i = 0; i < sizeof delays_ms / sizeof delays_ms[0]; i++) {
        struct scenario_rig rig;
        char script[64];
        snprintf(script, sizeof script, "init:\n  - delay %llums\n",
                 (unsigned long long)delays_ms[i]);
        open_variant(&rig, "NCS1", script);
        scenario_assert_good(&rig, session_download(&rig.session, &rig.error));
        uint64_t start = sim_clock(rig.sim)->now_ps;
        scenario_assert_good(
            &rig, session_call_checked(&rig.session, LOADER_INIT, init, 60000, &rig.error));
        uint64_t ms = (sim_clock(rig.sim)->now_ps - start) / PS_PER_MS;
        if (i == 0) {
            base_ms = ms - delays_ms[0];
        }
        /* the CPU's speed is not known yet: the fastest is assumed */
        assert_in_range(ms, base_ms + delays_ms[i], base_ms + delays_ms[i] * 14);
        scenario_close(&rig);
    }
}

/* The vectors need a multiple of 128. Where VTOR keeps fewer bits the call is refused, unless they happen to
 * lie well; VTOR as found comes back. */
static void a_vtor_that_does_not_take_the_vectors_is_an_error(void **state)
{
    (void)state;
    unsigned good = 0, bad = 0;
    for (uint32_t at = 0; at < 1024; at += 128) {
        const struct scenario scenario = {.host = "cubeprogrammer", .base = 0x34180400u + at};
        struct scenario_rig rig;
        uint32_t results[2], vtor;
        scenario_open(&rig, &scenario);
        struct cpu *cpu = sim_cpu(rig.sim);
        cpu_set_vtor_alignment(cpu, 1024);
        scenario_assert_good(&rig, session_download(&rig.session, &rig.error));
        scenario_assert_good(
            &rig, session_call(&rig.session, LOADER_INIT, init, 1000, results, &rig.error));
        assert_true(session_read_record(&rig.session));
        assert_int_equal(rig.session.record.reason,
                         results[0] == 1 ? REASON_NONE : REASON_VECTOR_TABLE);
        assert_true(cpu_debug_read(cpu, 0xE000ED08u, &vtor, sizeof vtor));
        assert_int_equal(vtor, 0x18000000u);
        good += results[0] == 1;
        bad += results[0] == 0;
        scenario_close(&rig);
    }
    assert_int_equal(good, 1);
    assert_int_equal(bad, 7);
}

/* Downloads, and lets the board block in RAM differ from what was built; its CRC is right. */
static void download_with(struct scenario_rig *rig, const struct scenario *scenario,
                          void (*change)(struct board_block *))
{
    const uint32_t from = (uint32_t)offsetof(struct board_block, crc) + 4;
    struct board_block block;
    scenario_open(rig, scenario);
    scenario_assert_good(rig, session_download(&rig->session, &rig->error));
    struct cpu *cpu = sim_cpu(rig->sim);
    uint32_t at = rig->session.layout.image + pack_loader_image()->board_block;
    assert_true(cpu_debug_read(cpu, at, &block, offsetof(struct board_block, script)));
    assert_true(cpu_debug_read(cpu, at, &block, block.size));
    change(&block);
    block.crc = crc32_of((const uint8_t *)&block + from, block.size - from);
    assert_true(cpu_debug_write(cpu, at, &block, block.size));
}

static void record_in_a_register(struct board_block *block)
{
    block->record_address = GPION_IDR;
}

/* What takes a store and forgets it is no place for the record; the image has its own. */
static void a_record_that_does_not_hold_is_replaced(void **state)
{
    (void)state;
    const struct scenario scenario = {.host = "cubeprogrammer"};
    struct scenario_rig rig;
    struct record record;
    download_with(&rig, &scenario, record_in_a_register);
    scenario_assert_good(&rig,
                         session_call_checked(&rig.session, LOADER_INIT, init, 1000, &rig.error));
    assert_true(cpu_debug_read(sim_cpu(rig.sim),
                               rig.session.layout.image + pack_loader_image()->own_record, &record,
                               sizeof record));
    assert_int_equal(record.magic, RECORD_MAGIC);
    assert_int_equal(record.phase, PHASE_RETURNED);
    scenario_close(&rig);
}

static void no_patience(struct board_block *block)
{
    block->flash.register_write_ms = 1;
    for (unsigned i = 0; i < BOARD_BLOCK_ERASE_TYPES; i++) {
        block->flash.erase[i].max_ms = i + 1;
    }
}

/* A register write hears no reset: a chip that takes longer than any of its kind may is named, not waited
 * for; when it has come to its end, Init succeeds. */
static void a_chip_that_stays_busy_is_refused(void **state)
{
    (void)state;
    const struct scenario scenario = {.host = "cubeprogrammer", .timing = NOR_TIMING_MAXIMUM};
    struct scenario_rig rig;
    uint32_t results[2];
    download_with(&rig, &scenario, no_patience);
    struct sim_clock *clock = sim_clock(rig.sim);
    assert_true(nor_inherit(sim_nor(rig.sim), clock->now_ps, "nv-write-in-progress"));
    scenario_assert_good(&rig,
                         session_call(&rig.session, LOADER_INIT, init, 1000, results, &rig.error));
    assert_int_equal(results[0], 0);
    assert_true(session_read_record(&rig.session));
    assert_int_equal(rig.session.record.reason, REASON_BUSY_NV_WRITE);
    clock->now_ps += 2 * PS_PER_SECOND;
    scenario_assert_good(&rig,
                         session_call_checked(&rig.session, LOADER_INIT, init, 1000, &rig.error));
    scenario_assert_boots(&rig);
    scenario_close(&rig);
}

/* What hears the reset in an octal protocol is given the time that a torn erase needs. */
static void an_erase_without_end_is_torn(void **state)
{
    (void)state;
    const struct scenario scenario = {.board = "data/boards/nucleo-n657x0-q.yaml",
                                      .host = "cubeprogrammer",
                                      .content = CONTENT_USED,
                                      .timing = NOR_TIMING_MAXIMUM};
    struct scenario_rig rig;
    struct nor_state now;
    download_with(&rig, &scenario, no_patience);
    struct sim_clock *clock = sim_clock(rig.sim);
    assert_true(nor_inherit(sim_nor(rig.sim), clock->now_ps, "octal-dtr-erase-in-progress"));
    uint64_t start = clock->now_ps;
    scenario_assert_good(&rig,
                         session_call_checked(&rig.session, LOADER_INIT, init, 1000, &rig.error));
    assert_true(clock->now_ps - start < 400 * PS_PER_MS);
    nor_get_state(sim_nor(rig.sim), clock->now_ps, &now);
    assert_false(now.busy || now.octal);
    scenario_close(&rig);
}

static uint32_t reason_of_init(struct scenario_rig *rig)
{
    uint32_t results[2];
    scenario_assert_good(rig, session_download(&rig->session, &rig->error));
    scenario_assert_good(
        rig, session_call(&rig->session, LOADER_INIT, init, 1000, results, &rig->error));
    assert_int_equal(results[0], 0);
    assert_true(session_read_record(&rig->session));
    return rig->session.record.reason;
}

/* Of a chip that does not answer it is told at which level the line stays. */
static void a_silent_line_is_told_by_its_level(void **state)
{
    (void)state;
    static const uint8_t levels[] = {0xFF, 0x00};
    static const uint32_t reasons[] = {REASON_FLASH_SILENT_HIGH, REASON_FLASH_SILENT_LOW};
    for (unsigned i = 0; i < 4; i++) {
        struct scenario_rig rig;
        if (i < 2) {
            open_variant(&rig, "NCS1", "");
        } else {
            open_without_id(&rig);
        }
        nor_set_power(sim_nor(rig.sim), sim_clock(rig.sim)->now_ps, false);
        soc_set_undriven(sim_soc(rig.sim), levels[i % 2]);
        assert_int_equal(reason_of_init(&rig), reasons[i % 2]);
        scenario_close(&rig);
    }
}

/* No single line is at fault: the record shows what was read. */
static void two_broken_tracks_are_not_blamed_on_one(void **state)
{
    (void)state;
    const struct scenario scenario = {.host = "cubeprogrammer"};
    struct scenario_rig rig;
    scenario_open(&rig, &scenario);
    assert_true(soc_cut_wire(sim_soc(rig.sim), "IO2"));
    assert_true(soc_cut_wire(sim_soc(rig.sim), "IO3"));
    soc_set_undriven(sim_soc(rig.sim), 0xFB); /* neither is as in the ID */
    assert_int_equal(reason_of_init(&rig), REASON_READ_MODES_DIFFER);
    scenario_close(&rig);
}

/* A frame of bytes on one line, by somebody else. */
static void send(struct scenario_rig *rig, const uint8_t *bytes, unsigned count)
{
    struct nor *nor = sim_nor(rig->sim);
    struct sim_clock *clock = sim_clock(rig->sim);
    clock->now_ps += PS_PER_US;
    nor_select(nor, clock->now_ps, PERIOD_PS);
    for (unsigned bit = 0; bit < 8 * count; bit++) {
        uint8_t level = bytes[bit / 8] >> (7 - bit % 8) & 1;
        nor_clock(nor, clock->now_ps, NOR_EDGE_PERIOD, (struct nor_lines){level, 1});
        clock->now_ps += PERIOD_PS;
    }
    nor_deselect(nor, clock->now_ps);
}

/* SRP1 of the S25FL064L, written for good: no status register can be written again. */
static void a_protection_that_cannot_be_taken_off_is_told(void **state)
{
    (void)state;
    static const uint8_t enable[] = {0x06}, lock[] = {0x01, 0x1C, 0x03};
    struct scenario_rig rig;
    struct nor_state now;
    open_variant(&rig, "NCS1", "");
    send(&rig, enable, sizeof enable);
    send(&rig, lock, sizeof lock);
    sim_clock(rig.sim)->now_ps += PS_PER_SECOND;
    nor_get_state(sim_nor(rig.sim), sim_clock(rig.sim)->now_ps, &now);
    assert_int_equal(now.status1, 0x1C);
    assert_int_equal(now.config1 & 3, 3);
    assert_int_equal(reason_of_init(&rig), REASON_PROTECTED);
    scenario_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flash_on_the_second_chip_select_is_programmed),
        cmocka_unit_test(a_long_delay_is_kept),
        cmocka_unit_test(a_vtor_that_does_not_take_the_vectors_is_an_error),
        cmocka_unit_test(a_record_that_does_not_hold_is_replaced),
        cmocka_unit_test(a_chip_that_stays_busy_is_refused),
        cmocka_unit_test(an_erase_without_end_is_torn),
        cmocka_unit_test(a_silent_line_is_told_by_its_level),
        cmocka_unit_test(two_broken_tracks_are_not_blamed_on_one),
        cmocka_unit_test(a_protection_that_cannot_be_taken_off_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
