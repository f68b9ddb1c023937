/* SPDX-License-Identifier: MIT */
/*
 * What programming costs, in figures that are the same on every run and machine: virtual time by stage
 * beside the least that is possible, register accesses and instructions per image byte, bytes of the
 * loader. Exit 3 if a limit is broken; 1 and 2 are errors, as those of extload.
 *
 * bench_program [--all] [--processes N] [--out FOLDER] [--only TEXT]... PLAIN_FOLDER
 *
 * --only measures the cells that have this value in a dimension ("native", "1M", "used"); --out writes
 * figures.csv and limits.csv.
 */
#include "judge.h"
#include "pack/pack.h"
#include "pool.h"
#include "table.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ONLY_MAX      16
#define LIMITS_BROKEN 3 /* exit status */

static const char *const board_files[] = {
    [BOARD_QUAD] = "data/boards/stm32n655-s25fl064l.yaml",
    [BOARD_OCTAL] = "data/boards/stm32n6570-dk.yaml",
};
#define BOARDS (sizeof board_files / sizeof board_files[0])

struct call {
    bool all;
    unsigned processes;
    const char *out, *plain_folder;
    const char *only[ONLY_MAX];
    unsigned only_count;
};

static bool read_call(struct call *call, int argc, char **argv, struct error *error)
{
    static const struct option options[] = {{"all", no_argument, NULL, 'a'},
                                            {"processes", required_argument, NULL, 'p'},
                                            {"out", required_argument, NULL, 'f'},
                                            {"only", required_argument, NULL, 'o'},
                                            {0}};
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    *call = (struct call){.processes = processors > 0 ? (unsigned)processors : 1};
    for (int option = 0; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'a': call->all = true; break;
        case 'p': call->processes = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'f': call->out = optarg; break;
        case 'o':
            if (call->only_count < ONLY_MAX) {
                call->only[call->only_count++] = optarg;
            }
            break;
        default: return error_set(error, ERROR_USAGE, NULL, 0, 0, "see bench_program.c");
        }
    }
    call->plain_folder = optind < argc ? argv[optind] : NULL;
    return (call->plain_folder != NULL && call->processes > 0) ||
           error_set(error, ERROR_USAGE, NULL, 0, 0,
                     "bench_program [--all] [--processes N] [--out FOLDER] [--only TEXT]... "
                     "PLAIN_FOLDER");
}

static bool is_chosen(const struct call *call, const struct cell *cell)
{
    for (unsigned i = 0; i < call->only_count; i++) {
        bool has = false;
        for (int j = 0; j < DIMENSIONS; j++) {
            has = has || strcmp(cell_value(cell, (enum dimension)j), call->only[i]) == 0;
        }
        if (!has) {
            return false;
        }
    }
    return true;
}

static struct cell *choose_cells(const struct call *call, unsigned *count)
{
    unsigned made = 0;
    struct cell *cells = cells_make(cell_rows, cell_row_count, call->all, &made);
    *count = 0;
    for (unsigned i = 0; i < made; i++) {
        if (is_chosen(call, &cells[i])) {
            cells[(*count)++] = cells[i];
        }
    }
    return cells;
}

static bool print_model(const struct board *board, struct error *error)
{
    const struct board_cost *cost = &board->cost;
    const struct loader_image *image = pack_loader_image();
    size_t file_size = 0;
    uint8_t *file = pack_stldr(board, image, &file_size, error);
    free(file);
    if (file == NULL) {
        return false;
    }
    printf("cost model of %s %s\n", board->mcu, cost->trust);
    printf(
        "  CPU %u Hz; cycles: instruction %.2f (I-cache off) %.2f (on), RAM access +%.2f, register "
        "access +%.2f, window read +%.2f\n",
        cost->cpu_hz, cost->fetch_uncached_x100 / 100.0, cost->fetch_cached_x100 / 100.0,
        cost->ram_access_x100 / 100.0, cost->register_access_x100 / 100.0,
        cost->window_access_x100 / 100.0);
    printf("part times: %s\n", board->part.timing_source);
    printf("loader (.stldr file %zu bytes):", file_size);
    for (unsigned i = 0; i < image->part_count; i++) {
        printf(" %s %u", image->parts[i].name, image->parts[i].bytes);
    }
    printf("\nseconds are of the board's time\n");
    return true;
}

static FILE *open_in(const char *folder, const char *name, struct error *error)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        error_set(error, ERROR_FILE_WRITE, path, 0, 0, "for the figures");
    }
    return file;
}

static bool close_written(FILE *file, const char *folder, struct error *error)
{
    return fclose(file) == 0 || error_set(error, ERROR_FILE_WRITE, folder, 0, 0, "for the figures");
}

/* figures.csv and limits.csv. */
static bool write_out(const char *folder, const struct pool_job *job, struct error *error)
{
    FILE *file = open_in(folder, "figures.csv", error);
    if (file == NULL) {
        return false;
    }
    table_write_csv(file, job->cells, job->figures, job->count, job->boards);
    if (!close_written(file, folder, error) ||
        (file = open_in(folder, "limits.csv", error)) == NULL) {
        return false;
    }
    judge_write_csv(file, job->cells, job->figures, job->count);
    return close_written(file, folder, error);
}

static bool run(const struct call *call, bool *held, struct error *error)
{
    static struct board boards[BOARDS];
    struct pool_job job = {
        .boards = boards, .plain_folder = call->plain_folder, .processes = call->processes};
    for (size_t i = 0; i < BOARDS; i++) {
        if (!board_load(&boards[i], board_files[i], error)) {
            return false;
        }
    }
    struct cell *cells = choose_cells(call, &job.count);
    job.cells = cells;
    job.figures = calloc(job.count + 1u, sizeof *job.figures);
    bool good = cells != NULL && job.figures != NULL;
    if (!good) {
        error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "%u cells", job.count);
    }
    good = good && print_model(&boards[BOARD_QUAD], error) && pool_run(&job, error) &&
           (call->out == NULL || write_out(call->out, &job, error));
    if (good) {
        table_print(stdout, job.cells, job.figures, job.count, boards);
        *held = judge_print(stdout, job.cells, job.figures, job.count);
    }
    free(cells);
    free(job.figures);
    return good;
}

int main(int argc, char **argv)
{
    struct call call;
    struct error error = {.code = ERROR_NONE};
    bool held = true;
    if (!read_call(&call, argc, argv, &error) || !run(&call, &held, &error)) {
        char text[ERROR_TEXT_SIZE];
        error_format(&error, text, sizeof text);
        fprintf(stderr, "%s\n", text);
        return error_exit_status(error.code);
    }
    return held ? 0 : LIMITS_BROKEN;
}
