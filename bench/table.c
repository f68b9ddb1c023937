/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <string.h>

static double seconds(uint64_t ns)
{
    return (double)ns / 1e9;
}

static bool is_memory(const struct cell *cell, const struct board *boards)
{
    return boards[cell->at[BY_BOARD]].part.times_from_memory;
}

static bool same_until(const struct cell *a, const struct cell *b, enum dimension end)
{
    return memcmp(a->at, b->at, end) == 0;
}

static void print_head(FILE *to, const struct cell *cell, const struct board *boards)
{
    fprintf(to, "\n%s, %s, %s", cell_value(cell, BY_BOARD), cell_value(cell, BY_HOST),
            cell_value(cell, BY_LINK));
    if (cell_buffer(cell) != 0) {
        fprintf(to, ", buffer %s", cell_value(cell, BY_BUFFER));
    }
    fprintf(to, ", %s%s\n", cell_value(cell, BY_SIZE),
            is_memory(cell, boards) ? "; some part times are [memory]" : "");
    fprintf(to, "%-17s %-8s %-5s %-6s %9s %9s %9s %10s %10s %6s %6s %7s %7s\n", "flash", "times",
            "CPU", "loader", "erase", "program", "verify", "total", "floor", "times", "calls",
            "MMIO/B", "instr/B");
}

static void print_row(FILE *to, const struct cell *cell, const struct figures *figures)
{
    char floor[24] = "-", times[24] = "-";
    if (figures->floor.total_ns != 0) {
        snprintf(floor, sizeof floor, "%.3f", seconds(figures->floor.total_ns));
        snprintf(times, sizeof times, "%.3f",
                 (double)figures->total_ns / (double)figures->floor.total_ns);
    }
    fprintf(to, "%-17s %-8s %-5s %-6s %9.3f %9.3f %9.3f %10.3f %10s %6s %6u %7.2f %7.2f\n",
            cell_value(cell, BY_STATE), cell_value(cell, BY_TIMES), cell_value(cell, BY_CPU),
            cell_value(cell, BY_LOADER), seconds(figures->erase_ns), seconds(figures->program_ns),
            seconds(figures->verify_ns), seconds(figures->total_ns), floor, times, figures->calls,
            (double)figures->accesses / figures->image_size,
            (double)figures->instructions / figures->image_size);
}

void table_print(FILE *to, const struct cell *cells, const struct figures *figures, unsigned count,
                 const struct board *boards)
{
    for (unsigned i = 0; i < count; i++) {
        if (i == 0 || !same_until(&cells[i], &cells[i - 1], BY_STATE)) {
            print_head(to, &cells[i], boards);
        }
        print_row(to, &cells[i], &figures[i]);
    }
}

static void csv_names(FILE *to, const struct cell *cell, const char *loader)
{
    for (int i = 0; i < BY_LOADER; i++) {
        fprintf(to, "%s,", cell_value(cell, (enum dimension)i));
    }
    fprintf(to, "%s,", loader);
}

static void csv_floor(FILE *to, const struct cell *cell, const struct floor_time *floor,
                      const char *trust)
{
    csv_names(to, cell, "floor");
    fprintf(to, "%.6f,%.6f,%.6f,%.6f,,,,%s\n", seconds(floor->erase_ns), seconds(floor->program_ns),
            seconds(floor->read_ns), seconds(floor->total_ns), trust);
}

void table_write_csv(FILE *to, const struct cell *cells, const struct figures *figures,
                     unsigned count, const struct board *boards)
{
    for (int i = 0; i < DIMENSIONS; i++) {
        fprintf(to, "%s,", dimension_name((enum dimension)i));
    }
    fprintf(to, "erase,program,verify,total,calls,accesses,instructions,trust\n");
    for (unsigned i = 0; i < count; i++) {
        const struct figures *row = &figures[i];
        const char *trust = is_memory(&cells[i], boards) ? "[memory]" : "";
        csv_names(to, &cells[i], cell_value(&cells[i], BY_LOADER));
        fprintf(to, "%.6f,%.6f,%.6f,%.6f,%u,%.3f,%.3f,%s\n", seconds(row->erase_ns),
                seconds(row->program_ns), seconds(row->verify_ns), seconds(row->total_ns),
                row->calls, (double)row->accesses / row->image_size,
                (double)row->instructions / row->image_size, trust);
        const bool last = i + 1 == count || !same_until(&cells[i], &cells[i + 1], BY_LOADER);
        if (last && row->floor.total_ns != 0) {
            csv_floor(to, &cells[i], &row->floor, trust);
        }
    }
}
