/* SPDX-License-Identifier: MIT */
/*
 * The command line: one table of commands and options, from which parsing, --help, the man pages
 * and the shells' completions come.
 */
#ifndef EXTLOAD_CLI_OPTIONS_H
#define EXTLOAD_CLI_OPTIONS_H

#include "report/error.h"

#include <stddef.h>
#include <stdint.h>

struct document;

#define OPTIONS_NO_PORT    UINT64_MAX
#define OPTIONS_NO_ADDRESS UINT64_MAX
#define OPTIONS_HOSTS_MAX  8
#define OPTIONS_REPEATS    64 /* of one option */

struct options {
    const char *board, *loader, *host, *target, *nor, *output, *link, *timing, *core, *data, *mcu,
        *sarif, *sfdp, *keep_dir, *scratch, *format, *proof, *trace;
    const char *hosts[OPTIONS_HOSTS_MAX]; /* every --host, the last of which is `host` */
    unsigned host_count;
    const char *host_options[OPTIONS_REPEATS]; /* NAME=VALUE each; NULL ends them */
    uint64_t seed;
    uint64_t cpu_hz;
    uint64_t gdb_port, jtag_port; /* OPTIONS_NO_PORT = not given */
    uint64_t address;             /* OPTIONS_NO_ADDRESS if not given */
    uint64_t at;                  /* the same */
    uint64_t sample, jobs;
    uint64_t timeout_s;
    const char *ops[OPTIONS_REPEATS], *kinds[OPTIONS_REPEATS]; /* NULL ends them */
    bool dry_run, no_preserve, skip_blank, rewrite, only_window, all, no_jump, json, rehearse,
        verbose, help, version, keep_file, reset, run;
    struct document *document; /* of --json (cli/document.h); NULL without */
    char **arguments;          /* what is left: images, ranges */
    int argument_count;
};

struct command {
    const char *name;
    const char *arguments; /* as in the synopsis */
    const char *summary;
    const char *details; /* a few lines for --help, or "" */
    int (*run)(const struct options *options, struct error *error); /* returns the exit status */
};

enum option_kind {
    KIND_TEXT,
    KIND_TEXTS, /* may be given again */
    KIND_NUMBER,
    KIND_FREQUENCY,
    KIND_FLAG
};

struct option_row {
    const char *name;
    char letter; /* 0 = none */
    enum option_kind kind;
    const char *argument; /* what follows it, of cli/argument.c; NULL for a flag */
    size_t offset;        /* of the field in struct options */
    const char *commands; /* names, space-separated; "*" = all */
    const char *help;
};

/* The commands, by index; a name of NULL ends them. */
extern const struct command commands[];

const struct command *command_find(const char *name);

/* The options, by index; NULL behind the last. */
const struct option_row *option_at(unsigned index);
/* Without a command: only what every command takes. */
bool option_applies(const struct option_row *row, const struct command *command);

/* Parses what follows the command's name. USAGE on an option that the command does not have, or that
 * means nothing to what --target names. */
bool options_parse(struct options *options, const struct command *command, int argc, char **argv,
                   struct error *error);
/* True if a command line asks for --json, whether it can be parsed or not. */
bool options_want_json(int argc, char **argv);
/* Writes --help of one command, or of the tool if NULL. */
void options_print_help(const struct command *command);

/* "START+SIZE" or "START..END" (END included), with K and M suffixes. */
bool options_parse_range(const char *text, uint32_t *start, uint32_t *size, struct error *error);
/* A number, decimal or 0x, with K and M as powers of two: "64K", "0x70000000". */
bool options_parse_number(const char *text, uint64_t *value);

#endif
