/* SPDX-License-Identifier: MIT */
/* The loader's digests against the host's, and what they do not pass over; erases that are not read back;
 * LZ4 blocks, whole and damaged. */
#include "abi/mailbox.h"
#include "host/digest.h"
#include "host/explain.h"
#include "sim/fault.h"
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BOARD_DK  "data/boards/stm32n6570-dk.yaml"
#define WINDOW    UINT32_C(0x70000000)
#define RAM_SHOWN 0x800u /* of the buffer, in the tests of LZ4 blocks */
#define SENTINEL  0xA5

static void open_used(struct scenario_rig *rig, const char *board)
{
    scenario_open(rig, &(struct scenario){.board = board, .content = CONTENT_USED, .seed = 7});
    scenario_assert_good(rig, session_begin(&rig->session, OPERATION_READ, &rig->error));
}

static void write_list(struct scenario_rig *rig, const void *list, size_t size)
{
    scenario_assert_good(rig, rig->target.ops->write_memory(rig->target.context,
                                                            rig->session.layout.buffer, list, size,
                                                            &rig->error));
}

/* R0 as returned. */
static uint32_t call(struct scenario_rig *rig, enum loader_function function, uint32_t r0,
                     uint32_t r1)
{
    const uint32_t arguments[4] = {r0, r1, 0, 0};
    uint32_t results[2] = {0, 0};
    scenario_assert_good(
        rig, session_call(&rig->session, function, arguments, 100000, results, &rig->error));
    assert_true(session_read_record(&rig->session));
    return results[0];
}

static uint32_t ask(struct scenario_rig *rig, struct digest_range *ranges, uint32_t count,
                    struct digest *answers)
{
    write_list(rig, ranges, count * sizeof *ranges);
    const uint32_t result = call(rig, LOADER_DIGEST, rig->session.layout.buffer, count);
    scenario_assert_good(rig, rig->target.ops->read_memory(rig->target.context,
                                                           rig->session.layout.buffer, answers,
                                                           count * sizeof *answers, &rig->error));
    return result;
}

/* In SPI and in octal DTR; by address and by offset; short, long, at the flash's end. */
static void loader_and_host_agree(void **state)
{
    static const char *const boards[] = {BOARD_P2, BOARD_DK};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct scenario_rig rig;
        struct digest answers[5];
        open_used(&rig, boards[i]);
        const uint32_t size = rig.board.part.size;
        struct digest_range ranges[] = {{WINDOW, 16},
                                        {0x1230, 0x10000},
                                        {WINDOW + 0x40, 48},
                                        {WINDOW + size - 0x1000, 0x1000},
                                        {0x20000, 0x1010}};
        assert_int_equal(ask(&rig, ranges, 5, answers), 0);
        for (unsigned j = 0; j < 5; j++) {
            const uint32_t offset =
                ranges[j].address >= WINDOW ? ranges[j].address - WINDOW : ranges[j].address;
            assert_true(
                digest_equal(answers[j], digest_of(offset, rig.cells + offset, ranges[j].size)));
        }
        assert_int_equal(rig.session.record.function, FUNCTION_DIGEST);
        assert_int_equal(ask(&rig, ranges, 0, answers), 0);
        scenario_assert_boots(&rig);
        scenario_close(&rig);
    }
}

static void what_is_no_range_is_refused(void **state)
{
    static const char outside[] = "outside the flash of 8388608 bytes";
    static const char odd[] = "empty, or not a multiple of 16";
    static const struct {
        struct digest_range range;
        const char *told;
    } cases[] = {{{0x70800000, 16}, outside},
                 {{0x707FFFF0, 32}, outside},
                 {{WINDOW, 0}, odd},
                 {{WINDOW, 8}, odd},
                 {{WINDOW + 4, 16}, odd},
                 {{WINDOW, 0xFFFFFFF0}, outside},
                 {{WINDOW + 8, 0x800000}, outside},
                 {{0, 24}, odd}};
    struct scenario_rig rig;
    struct digest answers[2];
    (void)state;
    open_used(&rig, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct digest_range ranges[] = {{WINDOW, 256}, cases[i].range};
        struct explanation explanation;
        assert_int_equal(ask(&rig, ranges, 2, answers), UINT32_MAX);
        assert_int_equal(rig.session.record.reason, REASON_RANGE);
        assert_int_equal(rig.session.record.detail[1], cases[i].range.size);
        explain_record(&rig.session.record, NULL, &explanation);
        assert_non_null(strstr(explanation.what, cases[i].told));
    }
    scenario_assert_boots(&rig);
    scenario_close(&rig);
}

/* --- what happens on the way --- */

struct mishap {
    struct sim *sim;
    enum sim_fault fault;
    unsigned frames; /* until it happens */
};

static void moment(void *context, enum sim_moment kind, uint32_t where, bool write)
{
    struct mishap *mishap = context;
    (void)where;
    (void)write;
    if (kind == SIM_MOMENT_FRAME && mishap->frames > 0 && --mishap->frames == 0) {
        sim_fault_set_in(mishap->sim, mishap->fault, 1);
    }
}

/* Wherever the chip starts anew, it is told, though the rest reads as it should. */
static void a_chip_that_restarts_gives_no_digest(void **state)
{
    (void)state;
    for (unsigned frame = 2; frame < 6; frame++) {
        struct scenario_rig rig;
        struct digest answers[3];
        struct digest_range ranges[] = {{WINDOW, 64}, {WINDOW + 64, 64}, {WINDOW + 128, 64}};
        open_used(&rig, NULL);
        struct mishap mishap = {rig.sim, SIM_FAULT_POWER_DIP, frame};
        const struct sim_moments moments = {&mishap, moment};
        sim_watch_moments(rig.sim, &moments);
        assert_int_equal(ask(&rig, ranges, 3, answers), UINT32_MAX);
        sim_watch_moments(rig.sim, NULL);
        assert_int_equal(mishap.frames, 0);
        assert_int_equal(rig.session.record.reason, REASON_RESTARTED);
        scenario_close(&rig);
    }
}

static void a_controller_without_clock_ends_the_call(void **state)
{
    struct scenario_rig rig;
    struct digest answers[1];
    struct digest_range ranges[] = {{WINDOW, 0x10000}};
    (void)state;
    open_used(&rig, NULL);
    struct mishap mishap = {rig.sim, SIM_FAULT_CLOCK_STOPPED, 2};
    const struct sim_moments moments = {&mishap, moment};
    sim_watch_moments(rig.sim, &moments);
    assert_int_equal(ask(&rig, ranges, 1, answers), UINT32_MAX);
    sim_watch_moments(rig.sim, NULL);
    assert_int_equal(rig.session.record.reason, REASON_KERNEL_CLOCK);
    scenario_close(&rig);
}

/* --- erases --- */

static uint64_t erase(struct scenario_rig *rig, enum loader_function function)
{
    const uint64_t start = rig->target.ops->now_ns(rig->target.context);
    const bool all = function == LOADER_OWN_MASS_ERASE || function == LOADER_MASS_ERASE;
    const uint32_t result =
        call(rig, function, all ? 0 : WINDOW + 0x10000, all ? 0 : WINDOW + 0x1FFFF);
    assert_int_equal(result, function < LOADER_STREAM);
    return rig->target.ops->now_ns(rig->target.context) - start;
}

static bool is_blank(const struct scenario_rig *rig, uint32_t offset, uint32_t size)
{
    return rig->cells[offset] == 0xFF &&
           memcmp(rig->cells + offset, rig->cells + offset + 1, size - 1) == 0;
}

/* The same cells as by the tools' functions, without the time of a read. */
static void erases_of_our_own_read_nothing_back(void **state)
{
    struct scenario_rig rig;
    (void)state;
    open_used(&rig, NULL);
    const uint64_t own = erase(&rig, LOADER_OWN_SECTOR_ERASE);
    assert_true(is_blank(&rig, 0x10000, 0x10000));
    assert_false(is_blank(&rig, 0x20000, 0x1000));
    assert_false(is_blank(&rig, 0xF000, 0x1000));
    const uint64_t tools = erase(&rig, LOADER_SECTOR_ERASE);
    assert_true(own + 3 * UINT64_C(1000000) < tools); /* 64 KiB at 16 MB/s: 4 ms */
    erase(&rig, LOADER_OWN_MASS_ERASE);
    assert_true(is_blank(&rig, 0, rig.board.part.size));
    scenario_assert_boots(&rig);
    scenario_close(&rig);
}

/* Typically 56 s for the chip, 65.5 for 128 blocks of 512 ms. */
static void all_of_the_flash_goes_the_quickest_way(void **state)
{
    struct scenario_rig rig;
    (void)state;
    open_used(&rig, NULL);
    const uint32_t arguments[4] = {WINDOW, WINDOW + rig.board.part.size - 1, 0, 0};
    const uint64_t start = rig.target.ops->now_ns(rig.target.context);
    uint32_t results[2] = {0, 0};
    assert_true((rig.board.block.flash.flags & FLASH_CHIP_ERASE_PAYS) != 0);
    scenario_assert_good(&rig, session_call(&rig.session, LOADER_SECTOR_ERASE, arguments, 100000,
                                            results, &rig.error));
    assert_int_equal(results[0], 1);
    assert_true(is_blank(&rig, 0, rig.board.part.size));
    const uint64_t took = rig.target.ops->now_ns(rig.target.context) - start;
    assert_in_range(took / 1000000, 56000, 60000);
    scenario_close(&rig);
}

/* --- LZ4 blocks --- */

#define TEXT "abcdabcdabcdabcd" /* four letters, and a match of 12 */

/* Each byte written by hand from the format's description: a token, whose nibbles are the number of
 * literals and that of the match less 4, then the literals, then the match's distance in two bytes; a nibble
 * of 15 goes on in bytes that are added. The last sequence has no match. */
static const struct {
    const char *name;
    uint32_t size;
    uint8_t block[48];
    uint32_t block_size;
    bool good;
} blocks[] = {
    {"literals alone", 4, {0x40, 'a', 'b', 'c', 'd'}, 5, true},
    {"a match", 16, {0x43, 'a', 'b', 'c', 'd', 4, 0, 0x50, 'd', 'a', 'b', 'c', 'd'}, 13, true},
    {"overlapping itself", 16, {0x16, 'a', 1, 0, 0x50, 'a', 'a', 'a', 'a', 'a'}, 10, true},
    {"a long run", 310, {0x1F, 'a', 1, 0, 255, 30, 0x50, 'a', 'a', 'a', 'a', 'a'}, 12, true},
    {"15 literals",
     16,
     {0xF0, 1, 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a'},
     18,
     true},
    {"one byte too few", 17, {0x16, 'a', 1, 0, 0x50, 'a', 'a', 'a', 'a', 'a'}, 10, false},
    {"literals past the size", 3, {0x40, 'a', 'b', 'c', 'd'}, 5, false},
    {"literals past the block", 16, {0x80, 'a', 'b', 'c', 'd'}, 5, false},
    {"a match past the size", 9, {0x16, 'a', 1, 0, 0x50, 'a', 'a', 'a', 'a', 'a'}, 10, false},
    {"no distance", 16, {0x16, 'a', 0, 0, 0x50, 'a', 'a', 'a', 'a', 'a'}, 10, false},
    {"from before the start", 16, {0x16, 'a', 2, 0, 0x50, 'a', 'a', 'a', 'a', 'a'}, 10, false},
    {"15 literals past the size",
     1,
     {0xF0, 1, 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a'},
     18,
     false},
    {"a run far past the room",
     16,
     {0x1F, 'a', 1, 0, 255, 255, 255, 30, 0x50, 'a', 'a', 'a', 'a', 'a'},
     14,
     false},
    /* of 0x0100, with the size that it would give */
    {"cut in the distance", 314, {0x1F, 'a', 1, 0, 255, 29, 0x06, 0}, 8, false},
    {"cut in a length", 1000, {0x1F, 'a', 1, 0, 255, 255}, 6, false},
    {"nothing but ones", 64, {255, 255, 255, 255, 255, 255, 255, 255}, 8, false},
};

static uint8_t expected(unsigned index, uint32_t at)
{
    switch (index) {
    case 0: return (uint8_t)TEXT[at];
    case 1: return (uint8_t)(at < 11 ? TEXT[at] : "dabcd"[at - 11]);
    default: return 'a';
    }
}

static void slot_with_block(struct scenario_rig *rig, unsigned index, uint32_t room)
{
    const uint32_t buffer = rig->session.layout.buffer + 0x100;
    const uint32_t packed = buffer + room - blocks[index].block_size;
    struct mailbox mailbox = {
        {{WINDOW + 0x3000, blocks[index].size, buffer, packed, blocks[index].block_size, 1},
         {.full = 1}}};
    uint8_t ram[RAM_SHOWN] = {0};
    memset(ram + blocks[index].size, SENTINEL, sizeof ram - blocks[index].size);
    scenario_assert_good(rig, rig->target.ops->write_memory(rig->target.context, buffer, ram,
                                                            sizeof ram, &rig->error));
    scenario_assert_good(rig, rig->target.ops->write_memory(rig->target.context, packed,
                                                            blocks[index].block,
                                                            blocks[index].block_size, &rig->error));
    write_list(rig, &mailbox, sizeof mailbox);
}

/* Behind the bytes, up to the block and beyond it, all is as before. */
static void assert_bytes_behind_left(struct scenario_rig *rig, unsigned index, uint32_t room)
{
    const uint32_t size = blocks[index].size;
    uint8_t ram[RAM_SHOWN], before[RAM_SHOWN];
    memset(before, SENTINEL, sizeof before);
    memcpy(before + room - blocks[index].block_size, blocks[index].block, blocks[index].block_size);
    scenario_assert_good(rig, rig->target.ops->read_memory(rig->target.context,
                                                           rig->session.layout.buffer + 0x100, ram,
                                                           sizeof ram, &rig->error));
    assert_memory_equal(ram + size, before + size, sizeof ram - size);
}

/* What does not unpack is not programmed, and nothing behind the bytes is touched. */
static void blocks_unpack_or_are_refused(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        struct scenario_rig rig;
        const uint32_t room = MAILBOX_UNPACK_ROOM(blocks[i].size);
        print_message("%s\n", blocks[i].name);
        scenario_open(&rig, &(struct scenario){.host = "native"});
        scenario_assert_good(&rig, session_begin(&rig.session, OPERATION_WRITE, &rig.error));
        slot_with_block(&rig, i, room);
        const uint32_t result = call(&rig, LOADER_STREAM, rig.session.layout.buffer, 0);
        assert_int_equal(result, blocks[i].good ? 0 : UINT32_MAX);
        assert_int_equal(rig.session.record.reason, blocks[i].good ? REASON_NONE : REASON_PACKED);
        for (uint32_t at = 0; at < blocks[i].size; at++) {
            assert_int_equal(rig.cells[0x3000 + at], blocks[i].good ? expected(i, at) : 0xFF);
        }
        assert_int_equal(rig.cells[0x3000 + blocks[i].size], 0xFF);
        assert_bytes_behind_left(&rig, i, room);
        scenario_assert_boots(&rig);
        scenario_close(&rig);
    }
}

static int set_up(void **state)
{
    (void)state;
    board_set_data_directory("data");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loader_and_host_agree),
        cmocka_unit_test(what_is_no_range_is_refused),
        cmocka_unit_test(a_chip_that_restarts_gives_no_digest),
        cmocka_unit_test(a_controller_without_clock_ends_the_call),
        cmocka_unit_test(erases_of_our_own_read_nothing_back),
        cmocka_unit_test(all_of_the_flash_goes_the_quickest_way),
        cmocka_unit_test(blocks_unpack_or_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
