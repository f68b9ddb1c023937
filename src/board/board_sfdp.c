/* SPDX-License-Identifier: MIT */
/* A board whose flash is told by a dump of its SFDP. */
#include "board/board_load.h"
#include "board/crc32.h"
#include "board/sfdp_part.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define WORD_SIZE 4u

/* Paths count from the folder of the file that names them. */
static bool find_dump(struct loading *loading, char *path, size_t size)
{
    const struct schema_value *value = &loading->values.flash.sfdp;
    const char *board = loading->board.path;
    const char *slash = strrchr(board, '/');
    bool absolute = value->text[0] == '/';
    int folder = slash != NULL && !absolute ? (int)(slash - board) + 1 : 0;
    int length = snprintf(path, size, "%.*s%s", folder, board, value->text);
    return (length >= 0 && (size_t)length < size) ||
           schema_error(&loading->file, value, ERROR_BAD_VALUE, loading->error,
                        "a path of more than %zu characters", size - 1);
}

/* A pipe or a terminal would be waited for, and read only once. */
static bool is_file(struct loading *loading, const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0 || S_ISREG(about.st_mode)) {
        return true; /* what cannot be read says so itself */
    }
    error_set(loading->error, ERROR_FILE_READ, path, 0, 0, "no regular file");
    return error_hint(loading->error, "name the file with the dump");
}

/* The name in messages: the file's, without folder and ending. */
static void name_part(struct part *part, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *stem = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(stem, '.');
    int length = dot != NULL && dot != stem ? (int)(dot - stem) : (int)strlen(stem);
    snprintf(part->name, sizeof part->name, "%.*s", length, stem);
}

static bool refused(struct loading *loading, const struct sfdp_refusal *refusal)
{
    schema_error(&loading->file, &loading->values.flash.sfdp, ERROR_SFDP_UNUSABLE, loading->error,
                 "`sfdp: %s`: %s", loading->values.flash.sfdp.text, refusal->why);
    return error_hint(loading->error, "%s",
                      refusal->hint != NULL ? refusal->hint : "such a chip needs a part file");
}

bool board_load_sfdp(struct loading *loading)
{
    const struct schema_value *id = &loading->values.flash.id;
    struct board_sfdp *board_sfdp = &loading->board.sfdp;
    struct part_file *part = &loading->part;
    struct sfdp_refusal refusal = {NULL, NULL};
    struct sfdp sfdp;
    if (!find_dump(loading, board_sfdp->path, sizeof board_sfdp->path) ||
        !is_file(loading, board_sfdp->path) ||
        !sfdp_dump_read(&board_sfdp->dump, board_sfdp->path, loading->error) ||
        !sfdp_dump_decode(&sfdp, &board_sfdp->dump, board_sfdp->path, loading->error)) {
        return false;
    }
    if (!sfdp_part_make(part, &sfdp, &refusal)) {
        return refused(loading, &refusal);
    }
    board_sfdp->rules = sfdp.rules;
    board_sfdp->table = sfdp.basic_table.address;
    board_sfdp->words = sfdp.basic.words;
    name_part(&part->part, board_sfdp->path);
    if (id->node != NULL) {
        if (!part_read_id(&loading->file, id, &part->part, loading->error)) {
            return false;
        }
        memcpy(part->flash.id, part->part.id, sizeof part->flash.id);
        part->flash.id_length = sizeof part->flash.id;
    }
    return true;
}

struct sfdp_block board_sfdp_block(const struct board_sfdp *sfdp)
{
    uint32_t size = sfdp->words * WORD_SIZE;
    if (size == 0) {
        return (struct sfdp_block){.size = 0};
    }
    return (struct sfdp_block){.address = sfdp->table,
                               .size = size,
                               .crc = crc32_of(sfdp->dump.bytes + sfdp->table, size)};
}

_Static_assert(SFDP_BASIC_WORDS *WORD_SIZE == SFDP_BLOCK_MAX, "all words that are decoded");
