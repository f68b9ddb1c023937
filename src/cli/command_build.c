/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include "board/sfdp_part.h"
#include "cli/describe.h"
#include "cli/document.h"
#include "cli/progress.h"
#include "pack/pack.h"
#include "report/json_text.h"
#include "sfdp/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_board(const struct board *board)
{
    char clock[96], size[24];
    board_describe_clock(board, clock, sizeof clock);
    progress_format_size(board->part.size, size, sizeof size);
    printf("board    %s: %s, %s (%s) on %s port %s\n", board->name, board->mcu, board->part.name,
           size, board->controller, board->port);
    printf("clock    %s\n", clock);
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

/* The old file, if any, stays whole until the new one is complete. */
static bool write_file(const char *path, const uint8_t *bytes, size_t size, struct error *error)
{
    char temporary[4200];
    snprintf(temporary, sizeof temporary, "%s.new", path);
    FILE *file = fopen(temporary, "wb");
    if (file == NULL) {
        return error_set(error, ERROR_FILE_WRITE, path, 0, 0, "%s", strerror(errno));
    }
    bool good = fwrite(bytes, 1, size, file) == size;
    good = fclose(file) == 0 && good && rename(temporary, path) == 0;
    if (!good) {
        error_set(error, ERROR_FILE_WRITE, path, 0, 0, "%s", strerror(errno));
        remove(temporary);
    }
    return good;
}

int command_build(const struct options *options, struct error *error)
{
    struct board board;
    char path[4160];
    size_t size = 0;
    if (options->board == NULL || options->argument_count != 0) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "build takes --board BOARD and nothing else");
        return 2;
    }
    if (!board_load(&board, options->board, error)) {
        return error_exit_status(error->code);
    }
    document_set(options->document, "board", describe_board(&board));
    uint8_t *bytes = pack_stldr(&board, pack_loader_image(), &size, error);
    if (bytes == NULL) {
        return error_exit_status(error->code);
    }
    snprintf(path, sizeof path, "%s/%s.stldr", options->output != NULL ? options->output : ".",
             board.name);
    bool good = write_file(path, bytes, size, error);
    free(bytes);
    if (!good) {
        return error_exit_status(error->code);
    }
    document_set(options->document, "file", json_text(path));
    document_set(options->document, "file_bytes", json_integer((json_int_t)size));
    document_set(options->document, "loader_image",
                 describe_loader_image(&board, pack_loader_image()));
    document_set(options->document, "record_address",
                 board.record_address != 0 ? json_integer(board.record_address) : json_null());
    print_board(&board);
    print_sfdp(&board);
    print_image(&board, pack_loader_image());
    printf("wrote    %s (%zu bytes)\n", path, size);
    return 0;
}
