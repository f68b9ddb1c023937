/* SPDX-License-Identifier: MIT */
/*
 * floor BOARD LINK (typical|maximum) BEFORE AFTER [HOST SECTOR BUFFER]
 *
 * BEFORE and AFTER are files of the flash's whole content; what differs and what AFTER holds beyond
 * the last byte that is not FF is the image. Prints the least time, by what it is made of.
 */
#include "floor.h"

#include "image/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int refuse(const struct error *error)
{
    char text[ERROR_TEXT_SIZE];
    error_format(error, text, sizeof text);
    fputs(text, stderr);
    return 2;
}

static uint8_t *read_content(const char *path, uint32_t wanted, struct error *error)
{
    size_t size = 0;
    uint8_t *bytes = image_read_whole_file(path, &size, error);
    if (bytes != NULL && size != wanted) {
        error_set(error, ERROR_USAGE, path, 0, 0, "it has %zu bytes, the flash has %u", size,
                  (unsigned)wanted);
        free(bytes);
        return NULL;
    }
    return bytes;
}

/* From the first to the last byte that is not FF. */
static bool find_image(struct floor_job *job, uint32_t size, struct error *error)
{
    uint32_t first = 0, end = size;
    while (first < size && job->after[first] == 0xFF) {
        first++;
    }
    while (end > first && job->after[end - 1] == 0xFF) {
        end--;
    }
    job->image_start = first;
    job->image_size = end - first;
    return end > first || error_set(error, ERROR_USAGE, NULL, 0, 0, "AFTER is blank");
}

static void print(const struct floor_time *time)
{
    printf("erase    %12.6f s\nprogram  %12.6f s\nread     %12.6f s\nlink     %12.6f s\n"
           "calls    %12.6f s\nfloor    %12.6f s\n",
           (double)time->erase_ns / 1e9, (double)time->program_ns / 1e9,
           (double)time->read_ns / 1e9, (double)time->link_ns / 1e9, (double)time->calls_ns / 1e9,
           (double)time->total_ns / 1e9);
}

static bool run(int argc, char **argv, struct error *error)
{
    static struct board board;
    struct floor_flash flash;
    struct floor_job job = {0};
    struct floor_time time;
    const struct link_model *link = link_find(argv[2]);
    const struct lifecycle *lifecycle = argc == 9 ? lifecycle_find(argv[6]) : NULL;
    const bool maximum = strcmp(argv[3], "maximum") == 0;
    if (link == NULL || (argc == 9 && lifecycle == NULL) ||
        (!maximum && strcmp(argv[3], "typical") != 0)) {
        return error_set(error, ERROR_USAGE, NULL, 0, 0, "unknown link, host or timing");
    }
    if (!board_load(&board, argv[1], error)) {
        return false;
    }
    floor_flash_of(&flash, &board, maximum);
    uint8_t *before = read_content(argv[4], flash.size, error);
    uint8_t *after = before != NULL ? read_content(argv[5], flash.size, error) : NULL;
    job.before = before;
    job.after = after;
    bool good = after != NULL && find_image(&job, flash.size, error);
    if (good && lifecycle == NULL) {
        floor_native(&time, &flash, &job, link);
        print(&time);
    } else if (good) {
        floor_lifecycle(&time, &flash, &job, link, lifecycle, (uint32_t)strtoul(argv[7], NULL, 0),
                        (uint32_t)strtoul(argv[8], NULL, 0));
        print(&time);
    }
    free(before);
    free(after);
    return good;
}

int main(int argc, char **argv)
{
    struct error error = {.code = ERROR_NONE};
    if (argc != 6 && argc != 9) {
        error_set(&error, ERROR_USAGE, NULL, 0, 0,
                  "floor BOARD LINK (typical|maximum) BEFORE AFTER [HOST SECTOR BUFFER]");
    }
    return error.code == ERROR_NONE && run(argc, argv, &error) ? 0 : refuse(&error);
}
