/* SPDX-License-Identifier: MIT */
/*
 * Our own loader under every host, over all pairs of what is not known of it: erase, write, verify
 * and read, judged by the cells of the flash. With --full, over all combinations.
 */
#include "host/host_option.h"
#include "host/instrument.h"
#include "sim/pairs.h"
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECTOR          0x10000u
#define FIRST_ERASED    1u
#define ERASED          2u                    /* sectors */
#define LOOKED_AT       (4 * SECTOR)          /* the erased ones and a neighbour on either side */
#define BLANK_LOOKED_AT 0x100000              /* beyond */
#define IMAGE_OFFSET    (2 * SECTOR - 0xEDDu) /* odd, and across a sector bound */
#define IMAGE_SIZE      0x1E55u
#define MOVED           UINT32_C(0x4000)
#define AREAS           8

/* The open options of one host, each a factor; its choices are the values that the table lists. */
struct space {
    const struct lifecycle *host;
    const struct host_option *options[PAIRS_FACTORS];
    struct pairs pairs;
};

static unsigned count_values(const struct host_option *option)
{
    unsigned count = 0;
    while (option->values[count].name != NULL) {
        count++;
    }
    return count;
}

static void open_space(struct space *space, const struct lifecycle *host)
{
    memset(space, 0, sizeof *space);
    space->host = host;
    for (unsigned i = 0; host_option_at(i) != NULL; i++) {
        if (host_option_is_open(host_option_at(i), host)) {
            assert_true(space->pairs.factors < PAIRS_FACTORS);
            space->options[space->pairs.factors] = host_option_at(i);
            space->pairs.levels[space->pairs.factors++] = count_values(host_option_at(i));
        }
    }
}

static struct lifecycle choose(const struct space *space, const unsigned char *row)
{
    struct lifecycle chosen = *space->host;
    for (unsigned i = 0; i < space->pairs.factors; i++) {
        host_option_put(space->options[i], &chosen, space->options[i]->values[row[i]].value);
    }
    return chosen;
}

/* The combination that is being tried, for the report of a failure. */
static char tried[640];

static void describe(const struct space *space, const unsigned char *row)
{
    size_t used = (size_t)snprintf(tried, sizeof tried, "%s", space->host->name);
    for (unsigned i = 0; i < space->pairs.factors && used < sizeof tried; i++) {
        used += (size_t)snprintf(tried + used, sizeof tried - used, " %s=%s",
                                 space->options[i]->name, space->options[i]->values[row[i]].name);
    }
}

static int tell_what_failed(void **state)
{
    (void)state;
    if (tried[0] != '\0') {
        print_message("tried: %s\n", tried);
    }
    return 0;
}

struct area {
    const char *name;
    uint64_t start, end;
};

/* What the host uses, what the image is and where the record lies have nothing in common. */
static void assert_areas_apart(const struct session *session)
{
    const struct layout *layout = &session->layout;
    const struct lifecycle *lifecycle = session->lifecycle;
    const uint32_t image_end = layout->image + session->loader->memory_size;
    struct area areas[AREAS] = {
        {"BKPT", layout->base, layout->base + (lifecycle->lends_bkpt ? 2u : 4u)},
        {"image", layout->image, image_end},
        {"stack", image_end, layout->stack},
        {"record", session->board->record_address,
         session->board->record_address + sizeof(struct record)},
    };
    unsigned count = 4;
    for (unsigned i = 0; i < layout->buffer_count; i++) {
        uint64_t start = layout->buffer + (uint64_t)i * layout->buffer_size;
        areas[count++] = (struct area){"buffer", start, start + layout->buffer_size};
    }
    if (layout->read_buffer != layout->buffer) {
        areas[count++] = (struct area){"work area", layout->read_buffer,
                                       (uint64_t)layout->read_buffer + layout->read_size};
    }
    assert_true(layout->stack >= image_end + 0x3F8); /* what the tools leave a loader */
    assert_true(layout->buffer >= layout->base + lifecycle->buffer_zeroed);
    for (unsigned i = 0; i < count; i++) {
        assert_true(areas[i].start < areas[i].end);
        for (unsigned k = 0; k < i; k++) {
            if (areas[i].start < areas[k].end && areas[k].start < areas[i].end) {
                fail_msg("%s and %s overlap", areas[i].name, areas[k].name);
            }
        }
    }
}

static void open_rig(struct scenario_rig *rig, const char *board, const struct lifecycle *lifecycle,
                     uint8_t *before)
{
    struct scenario scenario = {
        .board = board, .lifecycle = lifecycle, .content = CONTENT_BLANK, .seed = 31};
    bool must_relink =
        lifecycle->load_rule == LOAD_MOVED && lifecycle->entry_rule == ENTRY_AS_LINKED;
    if (must_relink) { /* such a tool needs a loader that is linked anew */
        scenario.linked_at = UINT32_C(0x34180400) + MOVED;
    }
    scenario_open(rig, &scenario);
    uint64_t state = 4711;
    for (uint32_t i = 0; i < LOOKED_AT; i += 8) {
        uint64_t word = scenario_random(&state);
        memcpy(rig->cells + i, &word, sizeof word);
    }
    memcpy(before, rig->cells, LOOKED_AT);
}

static void assert_equal(const struct scenario_rig *rig, const uint8_t *expected, const char *when)
{
    for (uint32_t i = 0; i < LOOKED_AT; i++) {
        if (rig->cells[i] != expected[i]) {
            fail_msg("%s: cell 0x%x holds 0x%02x, not 0x%02x", when, i, rig->cells[i], expected[i]);
        }
    }
    const uint8_t *rest = rig->cells + LOOKED_AT;
    if (rest[0] != 0xFF || memcmp(rest, rest + 1, BLANK_LOOKED_AT - 1) != 0) {
        fail_msg("%s: a cell from 0x%x on is not blank", when, LOOKED_AT);
    }
}

static void read_back(struct scenario_rig *rig, const uint8_t *expected)
{
    static uint8_t bytes[IMAGE_SIZE + 0x200];
    const uint32_t offset = IMAGE_OFFSET - 0x101;
    scenario_assert_good(rig, operation_read(&rig->session, NULL, rig->board.window + offset, bytes,
                                             sizeof bytes, &rig->error));
    assert_memory_equal(bytes, expected + offset, sizeof bytes);
}

/* A verify that calls everything equal would pass all the rest. */
static void a_difference_is_found(struct scenario_rig *rig, const struct image *image)
{
    uint8_t *cell = &rig->cells[IMAGE_OFFSET + IMAGE_SIZE / 2];
    *cell ^= 0x40;
    assert_false(operation_verify(&rig->session, image, &rig->error));
    assert_int_equal(rig->error.code, ERROR_VERIFY_MISMATCH);
    *cell ^= 0x40;
}

static void assert_no_finding(const struct findings *findings)
{
    if (findings->count > 0) {
        findings_print(stdout, findings);
        fail_msg("%u findings", findings->count);
    }
}

/* Erase, write, verify, read, boot; judged by the cells, and watched by the instruments. */
static void run_script(const char *board, const struct lifecycle *lifecycle)
{
    static uint8_t expected[LOOKED_AT];
    struct scenario_rig rig;
    struct image image;
    struct findings findings = {0};
    struct instrument instrument;
    uint64_t written = 0;
    open_rig(&rig, board, lifecycle, expected);
    scenario_assert_good(&rig, instrument_open(&instrument, &rig.session, rig.sim, rig.cells,
                                               &findings, &rig.error));
    assert_areas_apart(&rig.session);
    scenario_assert_good(&rig,
                         operation_erase(&rig.session, rig.board.window + FIRST_ERASED * SECTOR,
                                         ERASED * SECTOR, &rig.error));
    memset(expected + FIRST_ERASED * SECTOR, 0xFF, ERASED * SECTOR);
    assert_equal(&rig, expected, "erase");
    scenario_make_image(&image, &rig.board, IMAGE_OFFSET, IMAGE_SIZE, 5);
    scenario_assert_good(&rig, operation_write(&rig.session, &image, &written, &rig.error));
    memcpy(expected + IMAGE_OFFSET, image.segments[0].bytes, IMAGE_SIZE);
    assert_equal(&rig, expected, "write");
    scenario_assert_good(&rig, operation_verify(&rig.session, &image, &rig.error));
    read_back(&rig, expected);
    a_difference_is_found(&rig, &image);
    instrument_boot(&instrument);
    instrument_close(&instrument);
    assert_no_finding(&findings);
    findings_release(&findings);
    scenario_assert_boots(&rig);
    assert_equal(&rig, expected, "boot");
    image_release(&image);
    scenario_close(&rig);
}

static unsigned all_pairs_on(const char *board)
{
    unsigned runs = 0;
    for (unsigned i = 0; lifecycle_for(FORMAT_STLDR, i) != NULL; i++) {
        struct space space;
        open_space(&space, lifecycle_for(FORMAT_STLDR, i));
        assert_true(pairs_make(&space.pairs));
        assert_int_equal(pairs_missing(&space.pairs), 0);
        snprintf(tried, sizeof tried, "%s", space.host->name);
        run_script(board, space.host); /* as it is by default */
        for (unsigned row = 0; row < space.pairs.rows; row++) {
            const struct lifecycle chosen = choose(&space, space.pairs.row[row]);
            describe(&space, space.pairs.row[row]);
            run_script(board, &chosen);
        }
        runs += 1 + space.pairs.rows;
        print_message("%s: %u options, %u pairs of values in %u runs\n", space.host->name,
                      space.pairs.factors, pairs_count(&space.pairs), space.pairs.rows);
    }
    return runs;
}

static void all_pairs_under_every_host_on_every_board(void **state)
{
    (void)state;
    static const char *const octal_boards[] = {"data/boards/stm32n6570-dk.yaml",
                                               "data/boards/nucleo-n657x0-q.yaml"};
    unsigned runs = 0;
    for (unsigned i = 0; i < scenario_board_count; i++) {
        runs += all_pairs_on(scenario_boards[i]);
    }
    for (unsigned i = 0; i < sizeof octal_boards / sizeof octal_boards[0]; i++) {
        runs += all_pairs_on(octal_boards[i]);
    }
    print_message("%u runs, no finding\n", runs);
    tried[0] = '\0';
}

/* The next combination; limits stay at their smallest value, which is the harshest. */
static bool next_row(const struct space *space, unsigned char *row)
{
    for (unsigned i = 0; i < space->pairs.factors; i++) {
        if (space->options[i]->is_limit) {
            continue;
        }
        if (++row[i] < space->pairs.levels[i]) {
            return true;
        }
        row[i] = 0;
    }
    return false;
}

/* Whose of several processes it is; scrambled, so that a part of the work is a fair sample. */
static bool is_mine(unsigned at, unsigned shard, unsigned of)
{
    uint64_t state = at;
    return scenario_random(&state) % of == shard;
}

static unsigned run_product(const struct lifecycle *host, unsigned shard, unsigned of)
{
    struct space space;
    unsigned char row[PAIRS_FACTORS] = {0};
    unsigned runs = 0, at = 0;
    open_space(&space, host);
    do {
        if (is_mine(at++, shard, of)) {
            const struct lifecycle chosen = choose(&space, row);
            describe(&space, row);
            run_script(BOARD_P2, &chosen);
            runs++;
        }
    } while (next_row(&space, row));
    print_message("%s: %u of %u combinations of %u options\n", host->name, runs, at,
                  space.pairs.factors);
    return runs;
}

static unsigned full_shard, full_shards = 1;

static void all_combinations_under_every_host(void **state)
{
    (void)state;
    unsigned runs = 0;
    for (unsigned i = 0; lifecycle_for(FORMAT_STLDR, i) != NULL; i++) {
        runs += run_product(lifecycle_for(FORMAT_STLDR, i), full_shard, full_shards);
    }
    print_message("%u runs\n", runs);
    tried[0] = '\0';
}

/* Linked for the listed base, downloaded behind another, called where it is linked: nothing can
 * help, but the flash stays as it is and the report says where the core went. */
static void a_moved_base_without_rebasing_fails_in_words(void **state)
{
    (void)state;
    struct lifecycle lifecycle = *lifecycle_find("cubeprogrammer-stlink");
    struct scenario_rig rig;
    static uint8_t before[LOOKED_AT];
    lifecycle.load_rule = LOAD_MOVED;
    open_rig(&rig, BOARD_P2, &lifecycle, before);
    lifecycle.entry_rule = ENTRY_AS_LINKED;
    rig.session.layout.entry_shift = 0;
    assert_false(operation_erase(&rig.session, rig.board.window, SECTOR, &rig.error));
    assert_true(rig.error.code == ERROR_CALL_LOCKUP || rig.error.code == ERROR_CALL_TIMEOUT ||
                rig.error.code == ERROR_TARGET || rig.error.code == ERROR_INIT_FAILED);
    assert_non_null(strstr(rig.error.detail, "Init"));
    assert_equal(&rig, before, "failed Init");
    scenario_close(&rig);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(all_pairs_under_every_host_on_every_board, tell_what_failed),
        cmocka_unit_test(a_moved_base_without_rebasing_fails_in_words),
    };
    const struct CMUnitTest full[] = {
        cmocka_unit_test_teardown(all_combinations_under_every_host, tell_what_failed)};
    if (argc == 4 && strcmp(argv[1], "--full") == 0) {
        full_shard = (unsigned)atoi(argv[2]);
        full_shards = (unsigned)atoi(argv[3]);
        return cmocka_run_group_tests(full, NULL, NULL);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
