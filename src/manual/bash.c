/* SPDX-License-Identifier: MIT */
#include "manual/manual.h"

#include "cli/argument.h"

#include <string.h>

static const char helpers[] =
    "_extload_words() {\n"
    "    mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -W \"$1\" -- \"$current\")\n"
    "}\n\n"
    "# PATTERN : files that match it, and folders\n"
    "_extload_files() {\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <({\n"
    "        compgen -f -X \"!$1\" -- \"$current\"\n"
    "        compgen -d -- \"$current\"\n"
    "    } | sort -u)\n"
    "}\n\n";

/* Readline breaks words at '=': they are put together first, and what stands before the last '='
 * is not given back. */
static const char frame[] =
    "_extload() {\n"
    "    local tool=${COMP_WORDS[0]/#\\~/$HOME} command=${COMP_WORDS[1]}\n"
    "    local current= previous= last= i\n"
    "    for ((i = 1; i <= COMP_CWORD; i++)); do\n"
    "        if [[ $i -gt 1 && (${COMP_WORDS[i]} == = || $last == =) ]]; then\n"
    "            current+=${COMP_WORDS[i]}\n"
    "        else\n"
    "            previous=$current current=${COMP_WORDS[i]}\n"
    "        fi\n"
    "        last=${COMP_WORDS[i]}\n"
    "    done\n"
    "    COMPREPLY=()\n"
    "    if ((COMP_CWORD == 1)); then\n"
    "        _extload_command\n"
    "        return\n"
    "    fi\n"
    "    if [[ $current == --*=* ]]; then\n"
    "        previous=${current%%=*} current=${current#*=}\n"
    "    fi\n"
    "    _extload_value || _extload_rest\n"
    "    if [[ $current == *=* && $COMP_WORDBREAKS == *=* ]]; then\n"
    "        COMPREPLY=(\"${COMPREPLY[@]#\"${current%=*}=\"}\")\n"
    "    fi\n"
    "}\n\n"
    "complete -F _extload extload\n";

/* What an argument is completed with, as commands. */
static void write_offer(FILE *out, const struct argument *argument)
{
    if (argument->source == ARGUMENT_WORDS) {
        fprintf(out, " _extload_words '%s';", argument->words);
    } else if (argument->source == ARGUMENT_NAMES) {
        fprintf(out, " _extload_words \"$(_extload_names %s)\";", argument->words);
    } else if (argument->source == ARGUMENT_FOLDER) {
        fputs(" _extload_files '';", out);
    }
    if (argument->files != NULL) {
        fprintf(out, " _extload_files '%s';", argument->files);
    }
}

static void write_values(FILE *out)
{
    fputs("# the value of the option $previous; false if it takes none\n"
          "_extload_value() {\n    case $previous in\n",
          out);
    for (unsigned i = 0; option_at(i) != NULL; i++) {
        const struct option_row *row = option_at(i);
        if (row->argument == NULL) {
            continue;
        }
        fputs("        ", out);
        if (row->letter != 0) {
            fprintf(out, "-%c | ", row->letter);
        }
        fprintf(out, "--%s)", row->name);
        write_offer(out, argument_find(row->argument, (unsigned)strlen(row->argument)));
        fputs(" return 0 ;;\n", out);
    }
    fputs("    esac\n    return 1\n}\n\n", out);
}

static void write_command(FILE *out)
{
    fputs("_extload_command() {\n    _extload_words '", out);
    for (const struct command *each = commands; each->name != NULL; each++) {
        fprintf(out, "%s ", each->name);
    }
    fputs("--help --version'\n}\n\n", out);
}

/* Options, and what else a command takes. */
static void write_rest(FILE *out)
{
    fputs("_extload_rest() {\n    case $command:$current in\n", out);
    for (const struct command *each = commands; each->name != NULL; each++) {
        fprintf(out, "        %s:-*) _extload_words '", each->name);
        for (unsigned i = 0, written = 0; option_at(i) != NULL; i++) {
            if (option_applies(option_at(i), each)) {
                fprintf(out, "%s--%s", written++ > 0 ? " " : "", option_at(i)->name);
            }
        }
        fputs("' ;;\n", out);
        const struct argument *argument = argument_of_command(each);
        if (argument != NULL && argument->source != ARGUMENT_FREE) {
            fprintf(out, "        %s:*)", each->name);
            write_offer(out, argument);
            fputs(" ;;\n", out);
        }
    }
    fputs("    esac\n}\n\n", out);
}

void manual_write_bash(FILE *out)
{
    fputs("# bash completion of extload, made from its table of commands and options\n\n", out);
    manual_write_names(out, "_extload");
    fputs(helpers, out);
    write_command(out);
    write_values(out);
    write_rest(out);
    fputs(frame, out);
}
