/* SPDX-License-Identifier: MIT */
#include "manual/manual.h"

#include "cli/argument.h"

#include <ctype.h>
#include <string.h>

/* Left-aligned, no word is broken: what is read is typed. */
#define HEADING " \"\" \"extload " EXTLOAD_VERSION "\" \"User Commands\"\n.nh\n.ad l\n"

/* Text for troff: nothing in it is a request, and what may be typed can be copied. */
static void write_text(FILE *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        switch (text[i]) {
        case '\\': fputs("\\e", out); break;
        case '-': fputs("\\-", out); break;
        case '\'': fputs(i == 0 ? "\\&\\(aq" : "\\(aq", out); break;
        case '`': fputs("\\(ga", out); break;
        case '^': fputs("\\(ha", out); break;
        case '~': fputs("\\(ti", out); break;
        case '.': fputs(i == 0 ? "\\&." : ".", out); break;
        default: fputc(text[i], out);
        }
    }
}

static void write_styled(FILE *out, char font, const char *text, size_t length)
{
    fprintf(out, "\\f%c", font);
    write_text(out, text, length);
    fputs("\\fR", out);
}

/* Options bold, capital words italic. */
static void write_synopsis(FILE *out, const char *text)
{
    while (*text != '\0') {
        const char *word = text;
        size_t capitals = argument_next(&word);
        size_t option = strspn(text, "-abcdefghijklmnopqrstuvwxyz");
        if (option > 0) {
            write_styled(out, 'B', text, option);
            text += option;
        } else if (word == text && capitals > 0) {
            write_styled(out, 'I', text, capitals);
            text += capitals;
        } else {
            write_text(out, text++, 1);
        }
    }
    fputc('\n', out);
}

/* Filled text; lines that begin with a space stand as they are. */
static void write_details(FILE *out, const char *text)
{
    bool as_is = false;
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        if (as_is != (text[0] == ' ')) {
            as_is = !as_is;
            fputs(as_is ? ".PP\n.nf\n" : ".fi\n.PP\n", out);
        }
        write_text(out, text, length);
        fputc('\n', out);
        text += length + (text[length] == '\n');
    }
    if (as_is) {
        fputs(".fi\n", out);
    }
}

static void write_upper(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        char letter = (char)toupper((unsigned char)*text);
        write_text(out, &letter, 1);
    }
}

static void write_option(FILE *out, const struct option_row *row)
{
    fputs(".TP\n", out);
    if (row->letter != 0) {
        fprintf(out, "\\fB\\-%c\\fR, ", row->letter);
    }
    fputs("\\fB\\-\\-", out);
    write_text(out, row->name, strlen(row->name));
    fputs("\\fR", out);
    if (row->argument != NULL) {
        fputc(' ', out);
        write_styled(out, 'I', row->argument, strlen(row->argument));
    }
    fputc('\n', out);
    write_text(out, row->help, strlen(row->help));
    fputc('\n', out);
}

static void write_options(FILE *out, const struct command *command)
{
    fputs(".SH OPTIONS\n", out);
    for (unsigned i = 0; option_at(i) != NULL; i++) {
        if (option_applies(option_at(i), command)) {
            write_option(out, option_at(i));
        }
    }
}

static bool names(const char *text, const struct argument *argument)
{
    for (unsigned length = 0; text != NULL && (length = argument_next(&text)) > 0; text += length) {
        if (argument_find(text, length) == argument) {
            return true;
        }
    }
    return false;
}

static bool uses(const struct command *command, const struct argument *argument)
{
    for (unsigned i = 0; option_at(i) != NULL; i++) {
        if (option_applies(option_at(i), command) && names(option_at(i)->argument, argument)) {
            return true;
        }
    }
    return names(command->arguments, argument);
}

static void write_arguments(FILE *out, const struct command *command)
{
    fputs(".SH ARGUMENTS\n", out);
    for (unsigned i = 0; argument_at(i) != NULL; i++) {
        const struct argument *argument = argument_at(i);
        if (argument->help[0] == '\0' || !uses(command, argument)) {
            continue;
        }
        fputs(".TP\n", out);
        write_styled(out, 'I', argument->name, strlen(argument->name));
        fputc('\n', out);
        write_text(out, argument->help, strlen(argument->help));
        if (argument->source == ARGUMENT_WORDS) {
            fputs(": ", out);
            write_text(out, argument->words, strlen(argument->words));
        }
        fputc('\n', out);
    }
}

static void write_ending(FILE *out)
{
    fputs(".SH EXIT STATUS\n"
          ".TP\n0\ndone, and no finding is an error\n"
          ".TP\n1\nthe operation failed, or a finding is an error\n"
          ".TP\n2\nthe call or a file was wrong; nothing was changed\n"
          ".TP\n130\ninterrupted; the same call again starts from what the flash holds\n"
          ".SH NOTES\n"
          "What is driven is a simulated board. Nothing here has met silicon.\n"
          ".SH SEE ALSO\n",
          out);
}

static void write_tool(FILE *out)
{
    fputs(".TH EXTLOAD 1" HEADING
          ".SH NAME\nextload \\- make, rehearse and run external flash loaders for STM32 boards\n"
          ".SH SYNOPSIS\n\\fBextload\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]\n"
          ".SH DESCRIPTION\n"
          "extload makes external flash loaders (.stldr) for STM32 boards that have a serial NOR\n"
          "flash behind an XSPI controller. A board is described by a file, or chosen among those\n"
          "that extload brings. The loader that comes out, or one of somebody else, can be\n"
          "checked, and run on a simulated board as the host tools do it.\n"
          ".SH COMMANDS\n",
          out);
    for (const struct command *each = commands; each->name != NULL; each++) {
        fprintf(out, ".TP\n\\fBextload\\-%s\\fR(1)\n", each->name);
        write_text(out, each->summary, strlen(each->summary));
        fputc('\n', out);
    }
    write_options(out, NULL);
    fputs(".SH ENVIRONMENT\n.TP\nEXTLOAD_DATA\nfolder of boards, mcus and parts, unless "
          "\\fB\\-\\-data\\fR names one\n"
          ".SH FILES\n.TP\n\\fIPREFIX\\fR/share/extload/data\nboards, mcus and parts that "
          "extload brings, for \\fIPREFIX\\fR/bin/extload\n"
          ".TP\n\\fIPREFIX\\fR/share/doc/extload\nthe documents: use.md is the first to read\n",
          out);
    write_ending(out);
    for (const struct command *each = commands; each->name != NULL; each++) {
        fprintf(out, "\\fBextload\\-%s\\fR(1)%s\n", each->name, each[1].name != NULL ? "," : "");
    }
}

void manual_write_page(FILE *out, const struct command *command)
{
    if (command == NULL) {
        write_tool(out);
        return;
    }
    fputs(".TH EXTLOAD\\-", out);
    write_upper(out, command->name);
    fputs(" 1" HEADING, out);
    fprintf(out, ".SH NAME\nextload\\-%s \\- ", command->name);
    write_text(out, command->summary, strlen(command->summary));
    fprintf(out, "\n.SH SYNOPSIS\n\\fBextload %s\\fR ", command->name);
    write_synopsis(out, command->arguments);
    fputs(".SH DESCRIPTION\n", out);
    write_details(out, command->details[0] != '\0' ? command->details : command->summary);
    write_options(out, command);
    write_arguments(out, command);
    write_ending(out);
    fputs("\\fBextload\\fR(1)\n", out);
}
