/* SPDX-License-Identifier: MIT */
/*
 * Writes the man pages and completions while extload is built.
 *
 * make_manual DIR: into its folders man1, bash and zsh, which exist
 */
#include "manual/manual.h"

#include "cli/argument.h"

#include <stdlib.h>

static FILE *open_file(const char *folder, const char *name)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    return file;
}

static void close_file(FILE *file)
{
    if (fclose(file) != 0) {
        perror("make_manual");
        exit(1);
    }
}

/* A word that cli/argument.c does not have could be neither explained nor completed. */
static void check_words(const char *of, const char *text)
{
    for (unsigned length = 0; text != NULL && (length = argument_next(&text)) > 0; text += length) {
        if (argument_find(text, length) == NULL) {
            fprintf(stderr, "%s: src/cli/argument.c has no %.*s\n", of, (int)length, text);
            exit(1);
        }
    }
}

static void check_table(void)
{
    for (unsigned i = 0; option_at(i) != NULL; i++) {
        check_words(option_at(i)->name, option_at(i)->argument);
    }
    for (const struct command *each = commands; each->name != NULL; each++) {
        check_words(each->name, each->arguments);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: make_manual DIR\n");
        return 2;
    }
    check_table();
    FILE *file = open_file(argv[1], "man1/extload.1");
    manual_write_page(file, NULL);
    close_file(file);
    for (const struct command *each = commands; each->name != NULL; each++) {
        char name[64];
        snprintf(name, sizeof name, "man1/extload-%s.1", each->name);
        file = open_file(argv[1], name);
        manual_write_page(file, each);
        close_file(file);
    }
    file = open_file(argv[1], "bash/extload");
    manual_write_bash(file);
    close_file(file);
    file = open_file(argv[1], "zsh/_extload");
    manual_write_zsh(file);
    close_file(file);
    return 0;
}
