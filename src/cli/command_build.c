/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include "board/sfdp_part.h"
#include "cli/describe.h"
#include "cli/document.h"
#include "cli/progress.h"
#include "pack/format.h"
#include "report/json_text.h"
#include "sfdp/text.h"

#include <stdio.h>
#include <string.h>

static void print_board(const struct board *board)
{
    char clock[96], size[24];
    board_describe_clock(board, clock, sizeof clock);
    progress_format_size(board->part.size, size, sizeof size);
    printf("board    %s: %s, %s (%s) on %s port %s\n", board->name, board->mcu, board->part.name,
           size, board->controller, board->port);
    printf("clock    %s\n", clock);
    progress_format_size(board->page_size, size, sizeof size);
    printf("page     %s at most for one Write (PageSize), ", size);
    progress_format_size(board->sector_size, size, sizeof size);
    printf("sectors of %s\n", size);
}

/* What the dump tells, and what it does not. */
static void print_sfdp(const struct board *board)
{
    if (board->sfdp.path[0] == '\0') {
        return;
    }
    printf("sfdp     %s: reads %02Xh, programs %02Xh, erases", board->sfdp.path,
           board->block.flash.read_fast.opcode, board->block.flash.program.opcode);
    for (unsigned i = 0; i < BOARD_BLOCK_ERASE_TYPES; i++) {
        const struct flash_erase *erase = &board->block.flash.erase[i];
        if (erase->size_log2 != 0) {
            printf(" %02Xh (%u KiB)", erase->opcode, (1u << erase->size_log2) / 1024);
        }
    }
    printf("\n");
    sfdp_print_rules(stdout, board->sfdp.rules);
    for (const char *const *line = sfdp_part_assumptions; *line != NULL; line++) {
        printf("assumed  %s\n", *line);
    }
}

static void print_image(const struct board *board, const struct loader_image *image)
{
    printf("image    %u bytes at 0x%08x:", pack_image_size(board, image), board->loader_base + 4);
    for (unsigned i = 0; i < image->part_count; i++) {
        bool block = strcmp(image->parts[i].name, "board block") == 0;
        printf("%s %s %u", i > 0 ? "," : "", image->parts[i].name,
               block ? board->block.size : image->parts[i].bytes);
    }
    if (board->record_address != 0) {
        printf("\nrecord   0x%08x\n", board->record_address);
    } else {
        printf("\nrecord   in the image\n");
    }
}

static json_t *describe_loader_image(const struct board *board, const struct loader_image *image)
{
    json_t *parts = json_array();
    for (unsigned i = 0; parts != NULL && i < image->part_count; i++) {
        const bool block = strcmp(image->parts[i].name, "board block") == 0;
        json_array_append_new(
            parts, json_pack("{s:s, s:I}", "name", image->parts[i].name, "bytes",
                             (json_int_t)(block ? board->block.size : image->parts[i].bytes)));
    }
    return json_pack("{s:I, s:I, s:o}", "address", (json_int_t)board->loader_base + 4, "bytes",
                     (json_int_t)pack_image_size(board, image), "parts", parts);
}

static void describe_files(const struct options *options, const struct built_files *built,
                           const char *folder)
{
    for (unsigned i = 0; i < built->count; i++) {
        const struct built_file *file = &built->files[i];
        char path[4300];
        snprintf(path, sizeof path, "%s/%s", folder, file->name);
        if (i == 0) {
            document_set(options->document, "file", json_text(path));
            document_set(options->document, "file_bytes", json_integer((json_int_t)file->size));
        }
        document_append(options->document, "files",
                        json_pack("{s:s, s:o, s:I}", "format", file->format, "file",
                                  json_text(path), "bytes", (json_int_t)file->size));
        printf("wrote    %s (%zu bytes)\n", path, file->size);
    }
}

static bool build(const struct options *options, const struct board *board,
                  struct built_files *built, const char *folder, struct error *error)
{
    const char *formats = options->format != NULL ? options->format : FORMATS_DEFAULT;
    return format_build_list(formats, board, pack_loader_image(), built, error) &&
           built_files_write(built, folder, error);
}

int command_build(const struct options *options, struct error *error)
{
    struct board board;
    struct built_files built = {0};
    const char *folder = options->output != NULL ? options->output : ".";
    if (options->board == NULL || options->argument_count != 0) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "build takes --board BOARD and nothing else");
        return 2;
    }
    if (!board_load(&board, options->board, error)) {
        return error_exit_status(error->code);
    }
    document_set(options->document, "board", describe_board(&board));
    if (!build(options, &board, &built, folder, error)) {
        built_files_release(&built);
        return error_exit_status(error->code);
    }
    document_set(options->document, "loader_image",
                 describe_loader_image(&board, pack_loader_image()));
    document_set(options->document, "record_address",
                 board.record_address != 0 ? json_integer(board.record_address) : json_null());
    print_board(&board);
    print_sfdp(&board);
    print_image(&board, pack_loader_image());
    describe_files(options, &built, folder);
    for (unsigned i = 0; i < built.warning_count; i++) {
        const struct built_warning *warning = &built.warnings[i];
        document_warn(options->document, warning->id, warning->what, warning->hint);
        fprintf(stderr, "warning: %s\n  try: %s\n", warning->what, warning->hint);
    }
    built_files_release(&built);
    return 0;
}
