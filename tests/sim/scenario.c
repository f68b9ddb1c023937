/* SPDX-License-Identifier: MIT */
#include "sim/scenario.h"

#include "board/crc32.h"
#include "cli/own_loader.h"
#include "pack/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PIECE      0x10000u /* of the cells, compared at a time; parts are multiples of it */

#define ALIAS_BITS UINT32_C(0xF0000000)

const char *const scenario_boards[] = {BOARD_P2, "data/boards/stm32n657-xspi1-power-switch.yaml"};
const unsigned scenario_board_count = sizeof scenario_boards / sizeof scenario_boards[0];

uint64_t scenario_random(uint64_t *state)
{
    /* splitmix64: every seed gives a full-period stream */
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

void scenario_assert_good(struct scenario_rig *rig, bool good)
{
    char text[1400];
    if (!good) {
        error_format(&rig->error, text, sizeof text);
        fail_msg("%s", text);
    }
}

static void load_loader(struct scenario_rig *rig, const struct scenario *scenario,
                        const struct lifecycle *lifecycle)
{
    const enum loader_view view = lifecycle->view;
    if (scenario->loader != NULL) {
        scenario_assert_good(rig,
                             loader_file_read(&rig->loader, view, scenario->loader, &rig->error));
        return;
    }
    if (lifecycle->format == FORMAT_ALGORITHM) {
        scenario_assert_good(rig,
                             own_loader_build(&rig->loader, &rig->board, lifecycle, &rig->error));
        return;
    }
    size_t size = 0;
    struct board board = rig->board;
    const struct loader_image *image =
        scenario->image != NULL ? scenario->image : pack_loader_image();
    board.loader_base = scenario->linked_at != 0 ? scenario->linked_at : board.loader_base;
    uint8_t *bytes = pack_stldr(&board, image, &size, &rig->error);
    scenario_assert_good(rig, bytes != NULL);
    bool good = loader_file_parse(&rig->loader, view, rig->board.name, bytes, size, &rig->error);
    free(bytes);
    scenario_assert_good(rig, good);
}

static void fill_cells(struct scenario_rig *rig, const struct scenario *scenario)
{
    if (scenario->content == CONTENT_BLANK) {
        return;
    }
    uint64_t state = scenario->seed + 77;
    for (uint32_t i = 0; i < rig->board.part.size; i += 8) {
        uint64_t word = scenario_random(&state);
        memcpy(rig->cells + i, &word, sizeof word);
    }
}

static void set_sector_size(struct board *board, uint32_t size)
{
    struct board_block *block = &board->block;
    const size_t start = offsetof(struct board_block, crc) + sizeof block->crc;
    board->sector_size = block->sector_size = size;
    block->crc = crc32_of((const uint8_t *)block + start, block->size - start);
}

void scenario_open(struct scenario_rig *rig, const struct scenario *scenario)
{
    const char *host = scenario->host != NULL ? scenario->host : "native";
    const struct session_events events = {0};
    memset(rig, 0, sizeof *rig);
    rig->debug_coherent = !scenario->debug_incoherent;
    scenario_assert_good(
        rig,
        board_load(&rig->board, scenario->board != NULL ? scenario->board : BOARD_P2, &rig->error));
    if (scenario->base != 0) {
        /* the other alias of the same RAM is as large */
        rig->board.loader_size -= (scenario->base - rig->board.loader_base) & ~ALIAS_BITS;
        rig->board.loader_base = scenario->base;
    }
    if (scenario->sector_size != 0) {
        set_sector_size(&rig->board, scenario->sector_size);
    }
    const struct lifecycle *lifecycle =
        scenario->lifecycle != NULL ? scenario->lifecycle : lifecycle_find(host);
    assert_non_null(lifecycle);
    load_loader(rig, scenario, lifecycle);
    const struct sim_target_options options = {
        .link = link_find(lifecycle->link),
        .timing = scenario->timing,
        .seed = scenario->seed,
        .core = scenario->core,
        .cpu_hz = scenario->cpu_hz,
        .no_jump = scenario->no_jump,
        .unclocked = scenario->unclocked,
        .fuse_word_124 = scenario->fuse_word_124,
        .caches = scenario->caches || lifecycle->debug_rule != DEBUG_SAME,
        .debug_incoherent = scenario->debug_incoherent || lifecycle->debug_rule == DEBUG_INCOHERENT,
    };
    scenario_assert_good(rig, sim_target_open(&rig->target, &rig->board, &options, &rig->error));
    rig->sim = sim_target_sim(&rig->target);
    rig->cells = sim_target_cells(&rig->target);
    fill_cells(rig, scenario);
    scenario_assert_good(rig, session_open(&rig->session, &rig->target, &rig->board, lifecycle,
                                           &rig->loader, &events, &rig->error));
    if (scenario->loader == NULL && lifecycle->format == FORMAT_ALGORITHM) {
        rig->board.record_address =
            own_loader_record(&rig->loader, &rig->board, &rig->session.layout);
    }
}

void scenario_close(struct scenario_rig *rig)
{
    rig->target.ops->close(rig->target.context);
    loader_file_release(&rig->loader);
}

void scenario_assert_boots(struct scenario_rig *rig)
{
    char why[160] = "";
    if (!sim_boot(rig->sim, 0, why, sizeof why)) {
        fail_msg("boot: %s", why);
    }
}

void scenario_make_image(struct image *image, const struct board *board, uint32_t offset,
                         uint32_t size, uint64_t seed)
{
    struct error error = {0};
    uint8_t *bytes = malloc(size);
    assert_non_null(bytes);
    for (uint32_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)scenario_random(&seed);
    }
    if (size > 0x3000) {
        memset(bytes + 0x1000, 0xFF, 0x800);
    }
    image_init(image);
    assert_true(image_add_bytes(image, "random", bytes, size, IMAGE_BIN, true,
                                board->window + offset, &error));
    free(bytes);
}

bool scenario_program(struct scenario_rig *rig, const struct image *image)
{
    struct plan plan;
    struct program_report report;
    const struct lifecycle *lifecycle = rig->session.lifecycle;
    if (!plan_make(&plan, image, &rig->board, &rig->loader, lifecycle, link_find(lifecycle->link),
                   &rig->error)) {
        return false;
    }
    const struct program_keeping keeping = {
        .neighbours = lifecycle->neighbour_rule == NEIGHBOURS_KEPT && !rig->drop_neighbours,
        .skip_blank = rig->skip_blank};
    bool good = program_run(&rig->session, image, &plan, &keeping, &report, &rig->error);
    plan_release(&plan);
    return good;
}

/* What `size` cells from `offset` on must hold. */
static void expect_cells(const struct scenario_rig *rig, const struct image *image,
                         const uint8_t *before, uint32_t offset, uint8_t *cells, uint32_t size)
{
    memset(cells, 0xFF, size);
    if (before != NULL) {
        memcpy(cells, before + offset, size);
    }
    for (unsigned i = 0; i < image->count; i++) {
        const struct image_segment *segment = &image->segments[i];
        uint32_t start = segment->address - rig->board.window, end = start + segment->size;
        uint32_t from = start > offset ? start : offset;
        uint32_t to = end < offset + size ? end : offset + size;
        if (from < to) {
            memcpy(cells + (from - offset), segment->bytes + (from - start), to - from);
        }
    }
}

void scenario_assert_cells(const struct scenario_rig *rig, const struct image *image,
                           const uint8_t *before)
{
    static uint8_t expected[PIECE];
    for (uint32_t at = 0; at < rig->board.part.size; at += PIECE) {
        expect_cells(rig, image, before, at, expected, PIECE);
        bool equal = memcmp(rig->cells + at, expected, PIECE) == 0;
        for (uint32_t i = 0; !equal && i < PIECE; i++) {
            if (rig->cells[at + i] != expected[i]) {
                fail_msg("cell 0x%x holds 0x%02x, not 0x%02x", at + i, rig->cells[at + i],
                         expected[i]);
            }
        }
    }
}
