/* SPDX-License-Identifier: MIT */
#include "manual/manual.h"

#include "cli/argument.h"

#include <string.h>

/* Text inside of '...', and there inside of [...] or before a colon. */
static void write_quoted(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            fputs("'\\''", out);
        } else if (strchr("[]:\\", *text) != NULL) {
            fprintf(out, "\\%c", *text);
        } else {
            fputc(*text, out);
        }
    }
}

/* ":BOARD:_extload_board", in '...'. */
static void write_action(FILE *out, const struct argument *argument)
{
    fprintf(out, ":%s:", argument->name);
    switch (argument->source) {
    case ARGUMENT_FREE: fputc(' ', out); break;
    case ARGUMENT_FILE: fputs("_files", out); break;
    case ARGUMENT_FOLDER: fputs("_files -/", out); break;
    case ARGUMENT_WORDS: fprintf(out, "(%s)", argument->words); break;
    case ARGUMENT_NAMES: fprintf(out, "_extload_%s", argument->words); break;
    }
}

/* A function for each kind of names, and of files beside them. */
static void write_names(FILE *out)
{
    for (unsigned i = 0; argument_at(i) != NULL; i++) {
        const struct argument *argument = argument_at(i);
        if (argument->source != ARGUMENT_NAMES) {
            continue;
        }
        fprintf(out,
                "_extload_%s() {\n    local -a names\n    names=(${(f)\"$(_extload_names %s)\"})\n"
                "    compadd -a names\n",
                argument->words, argument->words);
        if (argument->files != NULL) {
            fprintf(out, "    _files -g '%s'\n", argument->files);
        }
        fputs("}\n\n", out);
    }
}

static void write_spelling(FILE *out, const struct option_row *row, const char *spelling)
{
    fputs(" \\\n                '", out);
    if (row->kind == KIND_TEXTS) {
        fputc('*', out);
    } else if (row->letter != 0) {
        fprintf(out, "(-%c --%s)", row->letter, row->name);
    }
    fputs(spelling, out);
    if (row->argument != NULL && spelling[1] == '-') {
        fputc('=', out);
    }
    fputc('[', out);
    write_quoted(out, row->help);
    fputc(']', out);
    if (row->argument != NULL) {
        write_action(out, argument_find(row->argument, (unsigned)strlen(row->argument)));
    }
    fputc('\'', out);
}

static void write_option(FILE *out, const struct option_row *row)
{
    char spelling[40];
    if (row->letter != 0) {
        snprintf(spelling, sizeof spelling, "-%c", row->letter);
        write_spelling(out, row, spelling);
    }
    snprintf(spelling, sizeof spelling, "--%s", row->name);
    write_spelling(out, row, spelling);
}

static void write_command(FILE *out, const struct command *command)
{
    fprintf(out, "        %s)\n            _arguments -s", command->name);
    for (unsigned i = 0; option_at(i) != NULL; i++) {
        if (option_applies(option_at(i), command)) {
            write_option(out, option_at(i));
        }
    }
    const struct argument *argument = argument_of_command(command);
    if (argument != NULL) {
        fputs(" \\\n                '*", out);
        write_action(out, argument);
        fputc('\'', out);
    }
    fputs(" ;;\n", out);
}

void manual_write_zsh(FILE *out)
{
    fputs("#compdef extload\n"
          "# zsh completion of extload, made from its table of commands and options\n\n",
          out);
    manual_write_names(out, "_extload");
    write_names(out);
    fputs("_extload() {\n"
          "    local curcontext=$curcontext tool=${~words[1]} command=$words[2]\n"
          "    local -a commands\n"
          "    if (( CURRENT == 2 )); then\n"
          "        commands=(\n",
          out);
    for (const struct command *each = commands; each->name != NULL; each++) {
        fprintf(out, "            '%s:", each->name);
        write_quoted(out, each->summary);
        fputs("'\n", out);
    }
    fputs("        )\n"
          "        _describe -t commands command commands\n"
          "        compadd -- --help --version\n"
          "        return\n"
          "    fi\n"
          "    shift words\n"
          "    (( CURRENT-- ))\n"
          "    case $command in\n",
          out);
    for (const struct command *each = commands; each->name != NULL; each++) {
        write_command(out, each);
    }
    fputs("    esac\n}\n\n"
          "if [[ $funcstack[1] == _extload ]]; then\n    _extload \"$@\"\nfi\n",
          out);
}
