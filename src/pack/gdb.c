/* SPDX-License-Identifier: MIT */
/*
 * NAME.gdb: plain GDB commands, for a GDB of Arm's or of Debian's, without Python.
 */
#include "pack/pack.h"
#include "pack/script_values.h"
#include "pack/scripts.h"
#include "pack/text.h"
#include "report/record_words.h"

static void put_head(struct text *text, const struct board *board, const struct loader_image *image)
{
    text_print(text,
               "# GDB commands for the loader of board %s (%s, %s), written by extload.\n"
               "# Start GDB in this folder:  source %s.gdb\n"
               "# or from another:           set $extload_folder = \"FOLDER\"\n"
               "#                            source FOLDER/%s.gdb\n"
               "# It loads the symbols of %s%s at the address at which tools run it, and defines\n"
               "# extload-break, extload-record and extload-symbols; help tells more.\n\n",
               board->name, board->mcu, board->part.name, board->name, board->name, board->name,
               SCRIPT_LOADER_SUFFIX);
    text_print(text,
               "set $extload_elf = \"%s%s\"\n"
               "set $extload_record = 0x%08xU\n"
               "set $extload_record_words = %uU\n"
               "set $extload_magic = 0x%08xU\n"
               "set $extload_version = 0x%08xU\n"
               "set $extload_returned = %uU\n\n",
               board->name, SCRIPT_LOADER_SUFFIX, (unsigned)script_record_address(board, image),
               (unsigned)SCRIPT_RECORD_WORDS, (unsigned)RECORD_MAGIC,
               (unsigned)SCRIPT_RECORD_VERSION, (unsigned)PHASE_RETURNED);
}

static void put_names(struct text *text, const char *command, const char *(*name)(uint32_t))
{
    text_print(text, "define %s\n", command);
    for (uint32_t i = 0; name(i) != NULL; i++) {
        text_print(text, "  if $arg0 == %u\n    printf \"%s\"\n  end\n", (unsigned)i, name(i));
    }
    text_print(text, "end\n\n");
}

/* As many arguments as the sentence has conversions. */
static void put_details(struct text *text, const char *sentence)
{
    unsigned argument = 1;
    for (const char *at = sentence; *at != '\0'; at++) {
        if (*at == '%') {
            text_print(text, ", $arg%u", argument++);
        }
    }
}

static void put_reasons(struct text *text)
{
    text_print(text, "define extload-reason\n");
    for (uint32_t i = 1; i <= SCRIPT_REASON_LAST; i++) {
        const struct reason_words *words = record_words_reason(i);
        if (words == NULL) {
            continue;
        }
        const char *sentence = script_sentence(words);
        text_print(text, "  if $arg0 == %u\n    printf \"reason   %s: %s\\n\"", (unsigned)i,
                   words->name, sentence);
        put_details(text, sentence);
        text_print(text, "\n");
        if (words->hint[0] != '\0') {
            text_print(text, "    printf \"  try:   %s\\n\"\n", words->hint);
        }
        text_print(text, "  end\n");
    }
    text_print(text, "end\n\n");
}

char *pack_gdb(const struct board *board, const struct loader_image *image, size_t *size,
               struct error *error)
{
    struct text text = {0};
    put_head(&text, board, image);
    put_names(&text, "extload-function", record_words_function);
    put_names(&text, "extload-phase", record_words_phase);
    put_reasons(&text);
    text_append(&text, pack_script_record_gdb.text, pack_script_record_gdb.size);
    char *bytes = text_take(&text, size);
    if (bytes == NULL) {
        error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "writing GDB's script");
    }
    return bytes;
}
