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

struct tool {
    const struct lifecycle *lifecycle; /* NULL: a host of our own */
    uint32_t sector, buffer;           /* bytes */
};

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

/* A host of which a formula is known, and what it erases and sends at once. */
static bool find_tool(struct tool *tool, char **words, uint32_t flash_size, struct error *error)
{
    tool->lifecycle = lifecycle_find(words[0]);
    tool->sector = (uint32_t)strtoul(words[1], NULL, 0);
    tool->buffer = (uint32_t)strtoul(words[2], NULL, 0);
    if (tool->lifecycle == NULL || (tool->lifecycle->family != FAMILY_CUBEPROGRAMMER &&
                                    tool->lifecycle->family != FAMILY_JLINK)) {
        return error_set(error, ERROR_USAGE, NULL, 0, 0, "no formula for host %s", words[0]);
    }
    return (tool->sector != 0 && tool->buffer != 0 && flash_size % tool->sector == 0) ||
           error_set(error, ERROR_USAGE, NULL, 0, 0,
                     "SECTOR %s and BUFFER %s must be bytes, the flash whole sectors", words[1],
                     words[2]);
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

static void compute(struct floor_time *time, const struct floor_flash *flash,
                    const struct floor_job *job, const struct link_model *link,
                    const struct tool *tool)
{
    if (tool->lifecycle == NULL) {
        floor_native(time, flash, job, link);
    } else if (tool->lifecycle->family == FAMILY_JLINK) {
        floor_algorithm(time, flash, job, link, tool->sector, tool->buffer);
    } else {
        floor_lifecycle(time, flash, job, link, tool->lifecycle, tool->sector, tool->buffer);
    }
}

static bool run(int argc, char **argv, struct error *error)
{
    static struct board board;
    struct floor_flash flash;
    struct floor_job job = {0};
    struct floor_time time;
    const struct link_model *link = link_find(argv[2]);
    struct tool tool = {0};
    const bool maximum = strcmp(argv[3], "maximum") == 0;
    if (link == NULL || (!maximum && strcmp(argv[3], "typical") != 0)) {
        return error_set(error, ERROR_USAGE, NULL, 0, 0, "unknown link or timing");
    }
    if (!board_load(&board, argv[1], error)) {
        return false;
    }
    floor_flash_of(&flash, &board, maximum);
    if (argc == 9 && !find_tool(&tool, &argv[6], flash.size, error)) {
        return false;
    }
    uint8_t *before = read_content(argv[4], flash.size, error);
    uint8_t *after = before != NULL ? read_content(argv[5], flash.size, error) : NULL;
    job.before = before;
    job.after = after;
    const bool good = after != NULL && find_image(&job, flash.size, error);
    if (good) {
        compute(&time, &flash, &job, link, &tool);
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
