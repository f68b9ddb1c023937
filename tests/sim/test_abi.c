/* SPDX-License-Identifier: MIT */
/*
 * The exported functions, called as STM32CubeProgrammer calls them. Semantics: STMicroelectronics/OpenOCD
 * stldr_driver.c, stm32-mw-extmem-ldr and users' logs [seen].
 */
#include "sim/scenario.h"

#include "pack/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WINDOW UINT32_C(0x70000000)
#define SECTOR UINT32_C(0x10000)

static const char *board; /* that all below run on */

static void open_used(struct scenario_rig *rig)
{
    const struct scenario scenario = {
        .board = board, .host = "cubeprogrammer", .content = CONTENT_USED, .seed = 4};
    scenario_open(rig, &scenario);
    scenario_assert_good(rig, session_begin(&rig->session, OPERATION_WRITE, &rig->error));
}

static void call(struct scenario_rig *rig, enum loader_function function, uint32_t r0, uint32_t r1,
                 uint32_t r2, uint32_t r3, uint32_t results[2])
{
    const uint32_t arguments[4] = {r0, r1, r2, r3};
    scenario_assert_good(
        rig, session_call(&rig->session, function, arguments, 200000, results, &rig->error));
}

static uint32_t reason(struct scenario_rig *rig)
{
    assert_true(session_read_record(&rig->session));
    return rig->session.record.reason;
}

static uint32_t byte_sum(const uint8_t *bytes, uint32_t size)
{
    uint32_t sum = 0;
    while (size-- > 0) {
        sum += *bytes++;
    }
    return sum;
}

/* The end names a location in the last sector: its first byte (OpenOCD) or its last (a trace of the tool). */
static void sector_erase_end_is_inclusive(void **state)
{
    (void)state;
    static const uint32_t ends[] = {3 * SECTOR, 4 * SECTOR - 1, 3 * SECTOR + 0x123};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct scenario_rig rig;
        uint32_t results[2];
        open_used(&rig);
        uint8_t before = rig.cells[2 * SECTOR - 1], after = rig.cells[4 * SECTOR];
        rig.cells[2 * SECTOR - 1] = before & 0x7F;
        rig.cells[4 * SECTOR] = after & 0x7F;
        call(&rig, LOADER_SECTOR_ERASE, WINDOW + 2 * SECTOR, WINDOW + ends[i], 0, 0, results);
        assert_int_equal(results[0], 1);
        for (uint32_t at = 2 * SECTOR; at < 4 * SECTOR; at++) {
            assert_int_equal(rig.cells[at], 0xFF);
        }
        assert_int_equal(rig.cells[2 * SECTOR - 1], before & 0x7F);
        assert_int_equal(rig.cells[4 * SECTOR], after & 0x7F);
        scenario_assert_boots(&rig);
        scenario_close(&rig);
    }
}

/* Size in words; R0 = 0 or the failing address, R1 = byte sum. Bits 3:0 of the misalignment shorten the
 * sum's start, 19:16 its end. */
static void verify_counts_words(void **state)
{
    (void)state;
    struct scenario_rig rig;
    uint32_t results[2];
    open_used(&rig);
    const uint32_t offset = 0x12344, words = 0x500;
    uint32_t buffer = rig.session.layout.buffer;
    uint8_t copy[4 * 0x500];
    memcpy(copy, rig.cells + offset, sizeof copy);
    assert_true(cpu_debug_write(sim_cpu(rig.sim), buffer, copy, sizeof copy));
    call(&rig, LOADER_VERIFY, WINDOW + offset, buffer, words, 0, results);
    assert_int_equal(results[0], 0);
    assert_int_equal(results[1], byte_sum(copy, sizeof copy));

    call(&rig, LOADER_VERIFY, WINDOW + offset, buffer, words, 2 << 16 | 3, results);
    assert_int_equal(results[0], 0);
    assert_int_equal(results[1], byte_sum(copy + 3, sizeof copy - 3 - 2));

    copy[0x777] ^= 1;
    assert_true(cpu_debug_write(sim_cpu(rig.sim), buffer, copy, sizeof copy));
    call(&rig, LOADER_VERIFY, WINDOW + offset, buffer, words, 0, results);
    assert_int_equal(results[0], WINDOW + offset + (0x777 & ~3u)); /* the word that differs */
    scenario_assert_boots(&rig);
    scenario_close(&rig);
}

/* ST's middleware kept the size in eight bits; ours is whole. */
static void checksum_counts_every_byte(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {0, 1, 3, 255, 256, 257, 0x10001, 0x123457};
    struct scenario_rig rig;
    uint32_t results[2];
    open_used(&rig);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        call(&rig, LOADER_CHECKSUM, WINDOW + 0x1001, sizes[i], 0x80000000, 0, results);
        assert_int_equal(results[0], 0x80000000 + byte_sum(rig.cells + 0x1001, sizes[i]));
    }
    scenario_assert_boots(&rig);
    scenario_close(&rig);
}

/* The first word that holds the differing byte is found wherever it is, also where a chip hands out bytes in pairs. */
static void verify_finds_each_byte(void **state)
{
    (void)state;
    struct scenario_rig rig;
    uint32_t results[2];
    open_used(&rig);
    const uint32_t buffer = rig.session.layout.buffer;
    uint8_t copy[12];
    for (uint32_t offset = 0x2001; offset < 0x2003; offset++) {
        for (uint32_t at = 0; at < sizeof copy; at++) {
            memcpy(copy, rig.cells + offset, sizeof copy);
            copy[at] ^= 0x10;
            assert_true(cpu_debug_write(sim_cpu(rig.sim), buffer, copy, sizeof copy));
            call(&rig, LOADER_VERIFY, WINDOW + offset, buffer, sizeof copy / 4, 0, results);
            assert_in_range(results[0], WINDOW + offset + (at < 3 ? 0 : at - 3),
                            WINDOW + offset + at);
        }
    }
    scenario_close(&rig);
}

/* Address 0 where the window's base is cut off: a difference there, or a call that makes no sense, must not look
 * like equality. */
static void verify_at_0_never_returns_0_in_error(void **state)
{
    (void)state;
    struct scenario_rig rig;
    uint32_t results[2], word;
    open_used(&rig);
    const uint32_t buffer = rig.session.layout.buffer;
    memcpy(&word, rig.cells, sizeof word);
    assert_true(cpu_debug_write(sim_cpu(rig.sim), buffer, &word, sizeof word));
    call(&rig, LOADER_VERIFY, 0, buffer, 1, 0, results);
    assert_int_equal(results[0], 0);
    call(&rig, LOADER_VERIFY, 0, buffer, 1, 2 << 16 | 3, results); /* five of four bytes left out */
    assert_int_equal(results[0], 1);
    word ^= 1;
    assert_true(cpu_debug_write(sim_cpu(rig.sim), buffer, &word, sizeof word));
    call(&rig, LOADER_VERIFY, 0, buffer, 1, 0, results);
    assert_int_equal(results[0], 1);
    scenario_close(&rig);
}

static void read_takes_any_size(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1, 2, 5, 31, 63, 64, 65, 300, 4099};
    struct scenario_rig rig;
    uint32_t results[2];
    uint8_t got[4200];
    open_used(&rig);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint32_t buffer = rig.session.layout.buffer + (uint32_t)i % 4;
        uint32_t offset = rig.board.part.size - 0x1000 + (uint32_t)i;
        uint32_t size = sizes[i];
        call(&rig, LOADER_READ, WINDOW + offset, size > 0xF00 ? 0xF00 : size, buffer, 0, results);
        size = size > 0xF00 ? 0xF00 : size;
        assert_int_equal(results[0], 1);
        assert_true(cpu_debug_read(sim_cpu(rig.sim), buffer, got, size));
        assert_memory_equal(got, rig.cells + offset, size);
        assert_int_equal(reason(&rig), REASON_NONE);
        assert_int_equal(rig.session.record.events[1].what, PHASE_READ << 24 | offset);
    }
    scenario_close(&rig);
}

/* Bytes of FF are not programmed, but the cells must hold them all the same. */
static void ff_over_used_cells_is_no_success(void **state)
{
    (void)state;
    struct scenario_rig rig;
    uint32_t results[2];
    uint8_t bytes[256], before[256];
    open_used(&rig);
    memset(bytes, 0xFF, sizeof bytes);
    memcpy(before, rig.cells + 0x3000, sizeof before);
    assert_true(cpu_debug_write(sim_cpu(rig.sim), rig.session.layout.buffer, bytes, sizeof bytes));
    call(&rig, LOADER_WRITE, WINDOW + 0x3000, sizeof bytes, rig.session.layout.buffer, 0, results);
    assert_int_equal(results[0], 0);
    assert_int_equal(reason(&rig), REASON_READ_BACK);
    assert_memory_equal(rig.cells + 0x3000, before, sizeof before);
    scenario_close(&rig);
}

/* Some hosts cut the window's base off. */
static void an_offset_is_an_address_too(void **state)
{
    (void)state;
    struct scenario_rig rig;
    uint32_t results[2];
    open_used(&rig);
    memset(rig.cells + 0x4000, 0xFF, 0x100);
    static const uint8_t bytes[5] = {1, 2, 3, 4, 5};
    assert_true(cpu_debug_write(sim_cpu(rig.sim), rig.session.layout.buffer, bytes, sizeof bytes));
    call(&rig, LOADER_WRITE, 0x4001, sizeof bytes, rig.session.layout.buffer, 0, results);
    assert_int_equal(results[0], 1);
    assert_memory_equal(rig.cells + 0x4001, bytes, sizeof bytes);
    assert_int_equal(rig.cells[0x4006], 0xFF);
    scenario_close(&rig);
}

struct refusal {
    enum loader_function function;
    uint32_t r0, r1, r2;
};

static void what_lies_outside_is_refused(void **state)
{
    (void)state;
    struct scenario_rig rig;
    uint32_t results[2];
    open_used(&rig);
    const uint32_t end = WINDOW + rig.board.part.size;
    const struct refusal refusals[] = {
        {LOADER_WRITE, end - 1, 2, 0x34190000},
        {LOADER_WRITE, end, 1, 0x34190000},
        {LOADER_WRITE, 0x60000000, 16, 0x34190000},
        {LOADER_WRITE, WINDOW, UINT32_MAX, 0x34190000},
        {LOADER_READ, end - 16, 17, 0x34190000},
        {LOADER_SECTOR_ERASE, end - SECTOR, end, 0},
        {LOADER_SECTOR_ERASE, WINDOW + 0x20000, WINDOW + 0x10000, 0},
        {LOADER_SECTOR_ERASE, WINDOW + 0x30000, WINDOW, 0},
    };
    uint8_t *before = malloc(rig.board.part.size);
    assert_non_null(before);
    memcpy(before, rig.cells, rig.board.part.size);
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        call(&rig, refusals[i].function, refusals[i].r0, refusals[i].r1, refusals[i].r2, 0,
             results);
        assert_int_equal(results[0], 0);
        assert_int_equal(reason(&rig), REASON_RANGE);
    }
    call(&rig, LOADER_VERIFY, end - 4, 0x34190000, 2, 0, results);
    assert_int_not_equal(results[0], 0); /* 0 would mean that all is equal */
    assert_true(cpu_debug_write(sim_cpu(rig.sim), 0x34190000, rig.cells, 4));
    call(&rig, LOADER_VERIFY, WINDOW, 0x34190000, 0x40000001, 0, results);
    assert_int_not_equal(results[0], 0); /* nor do four bytes stand for 4 GiB and four */
    assert_memory_equal(before, rig.cells, rig.board.part.size);
    free(before);
    scenario_assert_boots(&rig);
    scenario_close(&rig);
}

static void nothing_works_before_init(void **state)
{
    (void)state;
    static const enum loader_function functions[] = {LOADER_WRITE, LOADER_SECTOR_ERASE,
                                                     LOADER_MASS_ERASE, LOADER_READ};
    const struct scenario scenario = {
        .board = board, .host = "cubeprogrammer", .content = CONTENT_USED};
    struct scenario_rig rig;
    uint32_t results[2];
    scenario_open(&rig, &scenario);
    scenario_assert_good(&rig, session_download(&rig.session, &rig.error));
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        call(&rig, functions[i], WINDOW, WINDOW, 0x34190000, 0, results);
        assert_int_equal(results[0], 0);
        assert_int_equal(reason(&rig), REASON_NOT_INITIALISED);
    }
    scenario_close(&rig);
}

/* One bit of the board block flipped in RAM: Init notices before it touches a register. */
static void a_damaged_board_block_is_noticed(void **state)
{
    (void)state;
    const struct scenario scenario = {.board = board, .host = "cubeprogrammer"};
    struct scenario_rig rig;
    uint32_t results[2];
    scenario_open(&rig, &scenario);
    scenario_assert_good(&rig, session_download(&rig.session, &rig.error));
    uint64_t writes = soc_stats(sim_soc(rig.sim))->register_writes;
    uint32_t last = rig.session.layout.image + rig.session.layout.size - 16;
    uint32_t word;
    assert_true(cpu_debug_read(sim_cpu(rig.sim), last, &word, sizeof word));
    word ^= 0x400;
    assert_true(cpu_debug_write(sim_cpu(rig.sim), last, &word, sizeof word));
    call(&rig, LOADER_INIT, 1, 0, 0, 0, results);
    assert_int_equal(results[0], 0);
    assert_int_equal(reason(&rig), REASON_BOARD_BLOCK);
    assert_int_equal(soc_stats(sim_soc(rig.sim))->register_writes, writes);
    scenario_close(&rig);
}

/* An image that carries no board: it says so in a record of its own, and touches nothing. */
static void an_image_without_a_board_refuses(void **state)
{
    (void)state;
    const struct scenario scenario = {.board = board, .host = "cubeprogrammer"};
    const uint32_t nothing = 0;
    struct scenario_rig rig;
    struct record record;
    uint32_t results[2];
    scenario_open(&rig, &scenario);
    scenario_assert_good(&rig, session_download(&rig.session, &rig.error));
    uint64_t writes = soc_stats(sim_soc(rig.sim))->register_writes;
    const struct loader_image *image = pack_loader_image();
    struct cpu *cpu = sim_cpu(rig.sim);
    assert_true(cpu_debug_write(cpu, rig.session.layout.image + image->board_block, &nothing,
                                sizeof nothing));
    call(&rig, LOADER_INIT, 1, 0, 0, 0, results);
    assert_int_equal(results[0], 0);
    assert_true(
        cpu_debug_read(cpu, rig.session.layout.image + image->own_record, &record, sizeof record));
    assert_int_equal(record.magic, RECORD_MAGIC);
    assert_int_equal(record.reason, REASON_BOARD_BLOCK);
    assert_false(session_read_record(&rig.session));
    assert_int_equal(soc_stats(sim_soc(rig.sim))->register_writes, writes);
    scenario_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sector_erase_end_is_inclusive),
        cmocka_unit_test(verify_counts_words),
        cmocka_unit_test(checksum_counts_every_byte),
        cmocka_unit_test(verify_finds_each_byte),
        cmocka_unit_test(verify_at_0_never_returns_0_in_error),
        cmocka_unit_test(read_takes_any_size),
        cmocka_unit_test(ff_over_used_cells_is_no_success),
        cmocka_unit_test(an_offset_is_an_address_too),
        cmocka_unit_test(what_lies_outside_is_refused),
        cmocka_unit_test(nothing_works_before_init),
        cmocka_unit_test(a_damaged_board_block_is_noticed),
        cmocka_unit_test(an_image_without_a_board_refuses),
    };
    static const char *const boards[] = {BOARD_P2, "data/boards/nucleo-n657x0-q.yaml"};
    int failed = 0;
    for (size_t i = 0; i < sizeof boards / sizeof boards[0]; i++) {
        board = boards[i];
        failed += cmocka_run_group_tests_name(board, tests, NULL, NULL);
    }
    return failed;
}
