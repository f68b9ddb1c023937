/* SPDX-License-Identifier: MIT */
/*
 * floor [--maximum] [--image START+SIZE] [--host HOST --sector SIZE --buffer SIZE] BOARD LINK BEFORE AFTER
 *
 * The least time in which the flash of BOARD goes from what the file BEFORE holds to what AFTER holds, by
 * what it is made of. Both files are as large as the flash.
 *
 * --image    the part of the flash that is written, by offset: 1M+64K. AFTER holds the image there, and
 *            elsewhere what BEFORE holds. Without it the whole flash is the image.
 * --host     the floor of this tool instead of our own host's, with the unit that it erases and the
 *            bytes that it writes at once
 * --maximum  the longest times of the part's table instead of the typical ones
 */
#include "floor.h"

#include "cli/options.h"
#include "image/image.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE                                                                                      \
    "floor [--maximum] [--image START+SIZE] [--host HOST --sector SIZE --buffer SIZE] BOARD LINK " \
    "BEFORE AFTER"

struct call {
    bool maximum;
    const char *image, *host, *sector, *buffer; /* as typed; NULL where not */
    const char *board, *link, *before, *after;
};

struct tool {
    const struct lifecycle *lifecycle; /* NULL: a host of our own */
    uint32_t sector, buffer;           /* bytes */
};

static bool read_call(struct call *call, int argc, char **argv, struct error *error)
{
    static const struct option options[] = {
        {"maximum", no_argument, NULL, 'm'},      {"image", required_argument, NULL, 'i'},
        {"host", required_argument, NULL, 'h'},   {"sector", required_argument, NULL, 's'},
        {"buffer", required_argument, NULL, 'b'}, {0}};
    bool good = true;
    opterr = 0;
    for (int option = 0; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'm': call->maximum = true; break;
        case 'i': call->image = optarg; break;
        case 'h': call->host = optarg; break;
        case 's': call->sector = optarg; break;
        case 'b': call->buffer = optarg; break;
        default: good = false;
        }
    }
    const bool tool = call->host != NULL;
    if (!good || argc - optind != 4 || (call->sector != NULL) != tool ||
        (call->buffer != NULL) != tool) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "this is no call of it");
        return error_hint(error, "%s", USAGE);
    }
    call->board = argv[optind];
    call->link = argv[optind + 1];
    call->before = argv[optind + 2];
    call->after = argv[optind + 3];
    return true;
}

static bool find_link(const struct link_model **link, const char *name, struct error *error)
{
    *link = link_find(name);
    if (*link != NULL) {
        return true;
    }
    error_set(error, ERROR_USAGE, NULL, 0, 0, "no link %s", name);
    return error_hint(error, "extload list links");
}

/* A host of which a formula is known, and what it erases and sends at once. */
static bool find_tool(struct tool *tool, const struct call *call, const struct floor_flash *flash,
                      struct error *error)
{
    uint64_t sector = 0, buffer = 0;
    const uint32_t unit = flash->erase[0].size;
    if (call->host == NULL) {
        return true;
    }
    tool->lifecycle = lifecycle_find(call->host);
    if (tool->lifecycle == NULL || (tool->lifecycle->family != FAMILY_CUBEPROGRAMMER &&
                                    tool->lifecycle->family != FAMILY_JLINK)) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "no formula for host %s", call->host);
        return error_hint(error, "cubeprogrammer-jlink, cubeprogrammer-stlink or jlink-ofl");
    }
    if (!options_parse_number(call->sector, &sector) || sector == 0 || sector > flash->size ||
        sector % unit != 0 || flash->size % sector != 0) {
        error_set(error, ERROR_USAGE, NULL, 0, 0,
                  "a sector of %s: the flash is erased by %u bytes, and has whole sectors",
                  call->sector, unit);
        return error_hint(error, "--sector 64K");
    }
    if (!options_parse_number(call->buffer, &buffer) || buffer == 0 || buffer > flash->size) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "a buffer of %s", call->buffer);
        return error_hint(error, "--buffer 16K");
    }
    tool->sector = (uint32_t)sector;
    tool->buffer = (uint32_t)buffer;
    return true;
}

static bool find_image(struct floor_job *job, const char *range, uint32_t size, struct error *error)
{
    job->image_start = 0;
    job->image_size = size;
    if (range == NULL) {
        return true;
    }
    if (!options_parse_range(range, &job->image_start, &job->image_size, error)) {
        return error_hint(error, "--image 1M+64K");
    }
    if (job->image_start < size && job->image_size <= size - job->image_start) {
        return true;
    }
    error_set(error, ERROR_USAGE, NULL, 0, 0, "image %s: the flash has %u bytes", range, size);
    return error_hint(error, "START is an offset in the flash: --image 1M+64K");
}

static uint8_t *read_content(const char *path, uint32_t wanted, struct error *error)
{
    size_t size = 0;
    uint8_t *bytes = image_read_whole_file(path, &size, error);
    if (bytes != NULL && size != wanted) {
        error_set(error, ERROR_USAGE, path, 0, 0, "it has %zu bytes, the flash has %u", size,
                  (unsigned)wanted);
        error_hint(error, "give the content of the whole flash");
        free(bytes);
        return NULL;
    }
    return bytes;
}

static bool is_same_beside(const struct floor_job *job, uint32_t size, const char *path,
                           struct error *error)
{
    for (uint32_t i = 0; i < size; i++) {
        if (job->before[i] != job->after[i] && i - job->image_start >= job->image_size) {
            error_set(error, ERROR_USAGE, path, 0, 0,
                      "the byte at 0x%08x is another than before, and is not in the image", i);
            return error_hint(error, "beside the image the flash keeps what it holds");
        }
    }
    return true;
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

static bool run(const struct call *call, struct error *error)
{
    static struct board board;
    const struct link_model *link = NULL;
    struct floor_flash flash;
    struct floor_job job = {0};
    struct floor_time time;
    struct tool tool = {0};
    if (!find_link(&link, call->link, error) || !board_load(&board, call->board, error)) {
        return false;
    }
    floor_flash_of(&flash, &board, call->maximum);
    if (!find_tool(&tool, call, &flash, error) ||
        !find_image(&job, call->image, flash.size, error)) {
        return false;
    }
    uint8_t *before = read_content(call->before, flash.size, error);
    uint8_t *after = before != NULL ? read_content(call->after, flash.size, error) : NULL;
    job.before = before;
    job.after = after;
    const bool good = after != NULL && is_same_beside(&job, flash.size, call->after, error);
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
    struct call call = {0};
    struct error error = {.code = ERROR_NONE};
    char text[ERROR_TEXT_SIZE];
    if (read_call(&call, argc, argv, &error) && run(&call, &error)) {
        return 0;
    }
    error_format(&error, text, sizeof text);
    fprintf(stderr, "%s\n", text);
    return error_exit_status(error.code);
}
