/* SPDX-License-Identifier: MIT */
/*
 * What programming costs, in figures that are the same on every run and machine: virtual time by
 * stage, register accesses and instructions per image byte, bytes of the loader. Exit 1 if a limit
 * is broken.
 *
 * bench_program [SIZE]   bytes of the image, default the whole flash
 */
#include "floor/floor.h"
#include "host/program.h"
#include "pack/pack.h"
#include "target/sim_target.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BOARD                 "data/boards/stm32n655-s25fl064l.yaml"
#define PART_SIZE             UINT32_C(0x100000) /* of the image that goes over several links */
#define ACCESSES_PER_BYTE     3.0
#define INSTRUCTIONS_PER_BYTE 20.0

struct bench {
    struct board board;
    struct loader_file loader;
    struct error error;
    uint32_t size;
    bool within_limits;
};

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void fill_random(uint8_t *bytes, uint32_t size, uint64_t seed)
{
    for (uint32_t i = 0; i + 8 <= size; i += 8) {
        uint64_t word = next_random(&seed);
        memcpy(bytes + i, &word, sizeof word);
    }
}

static bool make_image(struct bench *bench, struct image *image)
{
    uint8_t *bytes = malloc(bench->size);
    if (bytes == NULL) {
        return error_set(&bench->error, ERROR_NO_MEMORY, NULL, 0, 0, "%u bytes", bench->size);
    }
    fill_random(bytes, bench->size, 0x20260101);
    image_init(image);
    bool good = image_add_bytes(image, "random", bytes, bench->size, IMAGE_BIN, true,
                                bench->board.window, &bench->error);
    free(bytes);
    return good;
}

/* What the table, the bus and the link take for the same contents. */
static double floor_s(const struct bench *bench, const uint8_t *before, const struct image *image,
                      const struct link_model *link)
{
    struct floor_flash flash;
    struct floor_time time = {0};
    uint8_t *after = malloc(bench->board.part.size);
    floor_flash_of(&flash, &bench->board, false);
    if (after != NULL) {
        const struct image_segment *segment = &image->segments[0];
        memcpy(after, before, flash.size);
        memcpy(after + (segment->address - bench->board.window), segment->bytes, segment->size);
        const struct floor_job job = {before, after, segment->size,
                                      segment->address - bench->board.window};
        floor_native(&time, &flash, &job, link);
    }
    free(after);
    return (double)time.total_ns / 1e9;
}

static void print_row(struct bench *bench, const char *name, struct sim *sim,
                      const struct program_report *report, double least)
{
    const struct cpu_stats *stats = cpu_stats(sim_cpu(sim));
    /* Waiting costs in proportion to its time; what is emulated is what a jump does not skip. */
    uint64_t reads = stats->register_reads - stats->jumped_reads;
    double accesses = (double)(reads + stats->register_writes) / bench->size;
    double instructions = (double)(stats->instructions - stats->jumped_instructions) / bench->size;
    const double total = (double)sim_clock(sim)->now_ps / 1e12;
    printf("%-17s %9.3f %9.3f %9.3f %10.3f %9.3f %6.3f %10.2f %12.2f\n", name,
           (double)report->erase_ns / 1e9, (double)report->program_ns / 1e9,
           (double)report->verify_ns / 1e9, total, least, total / least, accesses, instructions);
    if (accesses > ACCESSES_PER_BYTE || instructions > INSTRUCTIONS_PER_BYTE) {
        bench->within_limits = false;
    }
}

struct row {
    const char *name;
    const char *link; /* NULL: the native host's */
    bool used, skip_blank;
    bool by_calls; /* not handed over while the loader programs */
};

static bool run(struct bench *bench, const struct row *row)
{
    struct target target;
    struct image image;
    struct plan plan = {0};
    struct session session;
    struct program_report report;
    const struct program_keeping keeping = {.neighbours = true, .skip_blank = row->skip_blank};
    const struct session_events events = {0};
    struct lifecycle lifecycle = *lifecycle_find("native");
    const struct link_model *link = link_find(row->link != NULL ? row->link : lifecycle.link);
    const struct sim_target_options options = {.link = link, .seed = 1};
    lifecycle.streams = !row->by_calls;
    if (!make_image(bench, &image) ||
        !sim_target_open(&target, &bench->board, &options, &bench->error)) {
        image_release(&image);
        return false;
    }
    if (row->used) {
        fill_random(sim_target_cells(&target), bench->board.part.size, 0x55AA);
    }
    const double least = floor_s(bench, sim_target_cells(&target), &image, link);
    clock_t start = clock();
    bool good =
        plan_make(&plan, &image, &bench->board, &bench->loader, &lifecycle, link, &bench->error) &&
        session_open(&session, &target, &bench->board, &lifecycle, &bench->loader, &events,
                     &bench->error) &&
        program_run(&session, &image, &plan, &keeping, &report, &bench->error);
    if (good) {
        struct sim *sim = sim_target_sim(&target);
        double wall = (double)(clock() - start) / CLOCKS_PER_SEC;
        print_row(bench, row->name, sim, &report, least);
        fprintf(stderr, "%-8s %.1f s of CPU, %.1f times as fast as the board\n", row->name, wall,
                (double)sim_clock(sim)->now_ps / 1e12 / (wall > 0 ? wall : 1));
    }
    plan_release(&plan);
    image_release(&image);
    target.ops->close(target.context);
    return good;
}

static void print_head(const struct bench *bench, size_t file_size)
{
    const struct board_cost *cost = &bench->board.cost;
    const struct loader_image *image = pack_loader_image();
    printf("cost model of %s %s\n", bench->board.mcu, cost->trust);
    printf(
        "  CPU %u Hz; cycles: instruction %.2f (I-cache off) %.2f (on), RAM access +%.2f, register "
        "access +%.2f, window read +%.2f\n",
        cost->cpu_hz, cost->fetch_uncached_x100 / 100.0, cost->fetch_cached_x100 / 100.0,
        cost->ram_access_x100 / 100.0, cost->register_access_x100 / 100.0,
        cost->window_access_x100 / 100.0);
    printf("part times: %s\n", bench->board.part.timing_source);
    printf("loader: %u bytes (.stldr file %zu):", bench->loader.file_size, file_size);
    for (unsigned i = 0; i < image->part_count; i++) {
        printf(" %s %u", image->parts[i].name, image->parts[i].bytes);
    }
    printf("\n");
}

static bool run_table(struct bench *bench, uint32_t size, const struct row *rows, unsigned count)
{
    bench->size = size;
    printf("\n%u bytes, native, typical times; seconds of the board's time\n", size);
    printf("%-18s    erase   program    verify      total     floor  times  MMIO/byte  "
           "instr./byte\n",
           "flash");
    for (unsigned i = 0; i < count; i++) {
        if (!run(bench, &rows[i])) {
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    struct bench bench = {.within_limits = true};
    size_t file_size = 0;
    uint8_t *file = NULL;
    bool good =
        board_load(&bench.board, BOARD, &bench.error) &&
        (file = pack_stldr(&bench.board, pack_loader_image(), &file_size, &bench.error)) != NULL &&
        loader_file_parse(&bench.loader, VIEW_SEGMENTS, bench.board.name, file, file_size,
                          &bench.error);
    free(file);
    if (good) {
        static const struct row whole[] = {
            {.name = "used", .used = true}, {.name = "blank"}, {.name = "new", .skip_blank = true}};
        static const struct row part[] = {
            {.name = "jlink", .skip_blank = true},
            {.name = "jlink, calls", .skip_blank = true, .by_calls = true},
            {.name = "stlink-v3", .link = "stlink-v3", .skip_blank = true},
            {.name = "stlink-v3, calls",
             .link = "stlink-v3",
             .skip_blank = true,
             .by_calls = true}};
        const uint32_t size =
            argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 0) : bench.board.part.size;
        print_head(&bench, file_size);
        good = run_table(&bench, size, whole, 3) &&
               run_table(&bench, size < PART_SIZE ? size : PART_SIZE, part, 4);
        loader_file_release(&bench.loader);
    }
    if (!good) {
        char text[1400];
        error_format(&bench.error, text, sizeof text);
        fprintf(stderr, "%s\n", text);
        return error_exit_status(bench.error.code);
    }
    if (!bench.within_limits) {
        fprintf(stderr, "over the limit of %.0f accesses or %.0f instructions a byte\n",
                ACCESSES_PER_BYTE, INSTRUCTIONS_PER_BYTE);
        return 1;
    }
    return 0;
}
