/* SPDX-License-Identifier: MIT */
#include "measure.h"

#include "cli/own_loader.h"
#include "host/program.h"
#include "target/sim_target.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

struct bench {
    const struct cell *cell;
    struct board board; /* a copy: its record may lie elsewhere */
    struct lifecycle lifecycle;
    const struct link_model *link;
    struct loader_file loader;
    struct contents contents;
    struct target target;
    struct session session;
    bool opened;
};

static bool is_plain(const struct cell *cell)
{
    return cell->at[BY_LOADER] == LOADER_PLAIN;
}

static bool open_loader(struct bench *bench, const char *plain_folder, struct error *error)
{
    char path[512], name[sizeof bench->board.part.name];
    if (!is_plain(bench->cell)) {
        return own_loader_build(&bench->loader, &bench->board, &bench->lifecycle, error);
    }
    for (size_t i = 0; i < sizeof name; i++) {
        const char c = bench->board.part.name[i];
        name[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    snprintf(path, sizeof path, "%s/bytewise_%s.stldr", plain_folder, name);
    return loader_file_read(&bench->loader, bench->lifecycle.view, path, error);
}

static bool open_bench(struct bench *bench, const char *plain_folder, struct error *error)
{
    const struct cell *cell = bench->cell;
    bench->lifecycle = *lifecycle_find(cell_value(cell, BY_HOST));
    bench->link = link_find(cell_value(cell, BY_LINK));
    if (cell_buffer(cell) != 0) {
        bench->lifecycle.buffer_max = cell_buffer(cell);
    }
    const struct sim_target_options options = {
        .link = bench->link,
        .seed = 1,
        .timing = cell->at[BY_TIMES] == TIMES_MAXIMUM ? NOR_TIMING_MAXIMUM : NOR_TIMING_TYPICAL,
        .cpu_hz = cell_cpu_hz(cell)};
    const struct session_events events = {0};
    if (!contents_make(&bench->contents, cell, bench->board.part.size)) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "two contents of a flash");
    }
    if (!open_loader(bench, plain_folder, error) ||
        !sim_target_open(&bench->target, &bench->board, &options, error)) {
        return false;
    }
    bench->opened = true;
    memcpy(sim_target_cells(&bench->target), bench->contents.before, bench->contents.flash_size);
    if (!session_open(&bench->session, &bench->target, &bench->board, &bench->lifecycle,
                      &bench->loader, &events, error)) {
        return false;
    }
    if (!is_plain(cell)) {
        bench->board.record_address =
            own_loader_record(&bench->loader, &bench->board, &bench->session.layout);
    }
    bench->session.leaves_record = !is_plain(cell);
    return true;
}

static void close_bench(struct bench *bench)
{
    if (bench->opened) {
        bench->target.ops->close(bench->target.context);
    }
    loader_file_release(&bench->loader);
    contents_release(&bench->contents);
}

static bool program(struct bench *bench, struct program_report *report, struct error *error)
{
    struct image image;
    struct plan plan = {0};
    const struct contents *contents = &bench->contents;
    const struct program_keeping keeping = {.neighbours = true,
                                            .skip_blank = bench->cell->at[BY_STATE] == STATE_NEW};
    image_init(&image);
    const bool good = image_add_bytes(&image, "bench", contents->after, contents->image_size,
                                      IMAGE_BIN, true, bench->board.window, error) &&
                      plan_make(&plan, &image, &bench->board, &bench->loader, &bench->lifecycle,
                                bench->link, error) &&
                      program_run(&bench->session, &image, &plan, &keeping, report, error);
    plan_release(&plan);
    image_release(&image);
    return good;
}

static bool check_cells(const struct bench *bench, struct error *error)
{
    const uint8_t *cells = sim_target_cells(&bench->target);
    const struct contents *contents = &bench->contents;
    for (uint32_t i = 0; i < contents->flash_size; i++) {
        if (cells[i] != contents->after[i]) {
            return error_set(error, ERROR_VERIFY_MISMATCH, NULL, 0, 0,
                             "offset 0x%08x holds 0x%02x, not 0x%02x", i, cells[i],
                             contents->after[i]);
        }
    }
    return true;
}

/* An Open Flashloader names its own sectors. */
static uint32_t sector_at_start(const struct bench *bench)
{
    uint32_t start = 0, size = 0;
    loader_file_sector(&bench->loader, 0, &start, &size);
    return size;
}

static void take_floors(struct figures *figures, const struct bench *bench)
{
    struct floor_flash flash;
    struct floor_rates rates;
    const struct board *board = &bench->board;
    const struct contents *contents = &bench->contents;
    const struct floor_job job = {contents->before, contents->after, contents->image_size, 0};
    floor_flash_of(&flash, board, bench->cell->at[BY_TIMES] == TIMES_MAXIMUM);
    floor_rates_of(&rates, &flash, &board->cost, cell_cpu_hz(bench->cell));
    figures->unchanged_ns = floor_unchanged_ns(&rates, contents->image_size, NULL);
    figures->page_ns = flash.page_ns;
    figures->page_size = flash.page_size;
    figures->unit_erase_ns = flash.erase[0].ns;
    figures->unit_pages_ns = flash.erase[0].size / flash.page_size * flash.page_ns;
    figures->link_bytes_per_second = bench->link->bytes_per_second;
    if (bench->lifecycle.family == FAMILY_NATIVE) {
        floor_native(&figures->floor, &flash, &job, bench->link);
    } else if (bench->lifecycle.family == FAMILY_CUBEPROGRAMMER) {
        floor_lifecycle(&figures->floor, &flash, &job, bench->link, &bench->lifecycle,
                        board->sector_size, bench->session.layout.buffer_size);
    } else {
        floor_algorithm(&figures->floor, &flash, &job, bench->link, sector_at_start(bench),
                        bench->session.layout.buffer_size);
    }
}

/* What is found to be there already need not cross the link, whatever floor_native() grants it. */
static void lower_floor(struct figures *figures, const struct cell *cell)
{
    const unsigned state = cell->at[BY_STATE];
    struct floor_time *floor = &figures->floor;
    if (cell->at[BY_HOST] == HOST_NATIVE && (state == STATE_CHANGED || state == STATE_UNCHANGED)) {
        floor->link_ns = 0;
        floor->read_ns = figures->unchanged_ns;
        floor->total_ns = floor->erase_ns + floor->program_ns + floor->read_ns;
    }
}

static bool run(struct bench *bench, struct figures *figures, struct error *error)
{
    struct program_report report = {0};
    struct sim *sim = sim_target_sim(&bench->target);
    const struct cpu_stats *stats = cpu_stats(sim_cpu(sim));
    const uint64_t start_ps = sim_clock(sim)->now_ps;
    if (!program(bench, &report, error) || !check_cells(bench, error)) {
        return false;
    }
    figures->total_ns = (sim_clock(sim)->now_ps - start_ps) / 1000;
    figures->erase_ns = report.erase_ns;
    figures->program_ns = report.program_ns;
    figures->verify_ns = report.verify_ns;
    figures->accesses = stats->register_reads - stats->jumped_reads + stats->register_writes;
    figures->instructions = stats->instructions - stats->jumped_instructions;
    figures->calls = bench->session.stats.calls;
    figures->image_size = bench->contents.image_size;
    return true;
}

bool measure(struct figures *figures, const struct cell *cell, const struct board *board,
             const char *plain_folder, struct error *error)
{
    struct bench bench = {.cell = cell, .board = *board};
    const clock_t start = clock();
    *figures = (struct figures){0};
    bool good = open_bench(&bench, plain_folder, error);
    if (good) {
        take_floors(figures, &bench);
        lower_floor(figures, cell);
        good = run(&bench, figures, error);
    }
    close_bench(&bench);
    figures->cpu_s = (double)(clock() - start) / CLOCKS_PER_SEC;
    return good;
}
