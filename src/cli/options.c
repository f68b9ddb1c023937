/* SPDX-License-Identifier: MIT */
#include "cli/options.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DRIVING     "program verify erase read info serve trace rehearse sweep"
#define REAL        "program verify erase read info selftest"
#define FIELD(name) offsetof(struct options, name)

static const struct option_row rows[] = {
    {"board", 'b', KIND_TEXT, "BOARD", FIELD(board), "build check selftest " DRIVING,
     "board file (YAML), or name of a board that extload brings; extload list boards"},
    {"loader", 'l', KIND_TEXT, "FILE", FIELD(loader), DRIVING,
     "loader to drive instead of the one built from the board file"},
    {"host", 0, KIND_TEXT, "HOST", FIELD(host), "check " DRIVING,
     "how the loader is driven (default native; rehearse: each in turn); extload list hosts"},
    {"host-option", 0, KIND_TEXTS, "NAME=VALUE", FIELD(host_options), "check " DRIVING,
     "what is not known of the host; may be given again; extload list host-options"},
    {"target", 't', KIND_TEXT, "TARGET", FIELD(target), "selftest " DRIVING,
     "what is driven: sim, the simulated board (default), or gdb:PORT or gdb:HOST:PORT, a real one "
     "behind a GDB server"},
    {"timeout", 0, KIND_NUMBER, "SECONDS", FIELD(timeout_s), REAL " trace",
     "how long the GDB server may take for an answer (default 10)"},
    {"reset", 0, KIND_FLAG, NULL, FIELD(reset), REAL,
     "reset a real board in the end, and leave its core halted"},
    {"run", 0, KIND_FLAG, NULL, FIELD(run), REAL, "reset a real board in the end, and let it run"},
    {"nor", 'n', KIND_TEXT, "FILE", FIELD(nor),
     "program verify erase read info serve trace selftest",
     "content of the simulated flash, kept between calls; made if missing"},
    {"output", 'o', KIND_TEXT, "PATH", FIELD(output), "build read",
     "folder for the built files, or file to read into"},
    {"format", 'f', KIND_TEXT, "FORMATS", FIELD(format), "build",
     "formats to write (default stldr): names joined by commas, or all; extload list formats"},
    {"gdb", 'g', KIND_NUMBER, "PORT", FIELD(gdb_port), "serve",
     "port for GDB (default 3333); 0 takes a free one"},
    {"jtag", 0, KIND_NUMBER, "PORT", FIELD(jtag_port), "serve",
     "port for OpenOCD's remote_bitbang instead of GDB; 0 takes a free one"},
    {"address", 'a', KIND_NUMBER, "ADDRESS", FIELD(address), "trace",
     "where the dump begins in the target's memory (default: at the record)"},
    {"op", 0, KIND_TEXTS, "OP", FIELD(ops), "sweep",
     "this operation only: init erase write verify read; with --host native also digest own-erase "
     "stream program; may be given again"},
    {"kind", 0, KIND_TEXTS, "FAULT", FIELD(kinds), "sweep",
     "this fault only; may be given again; extload list faults"},
    {"at", 0, KIND_NUMBER, "EVENT", FIELD(at), "sweep", "at this event only"},
    {"trace", 0, KIND_TEXT, "FILE", FIELD(trace), "sweep",
     "write the frames of one injection (one --op, one --kind, --at); with -v its registers, too"},
    {"sample", 0, KIND_NUMBER, "N", FIELD(sample), "sweep",
     "about N injections of each operation, chosen by --seed"},
    {"jobs", 'j', KIND_NUMBER, "N", FIELD(jobs), "sweep", "processes at once (default 1)"},
    {"all", 0, KIND_FLAG, NULL, FIELD(all), "erase", "erase the whole flash"},
    {"dry-run", 0, KIND_FLAG, NULL, FIELD(dry_run), "program", "print the plan, touch nothing"},
    {"no-preserve", 0, KIND_FLAG, NULL, FIELD(no_preserve), "program",
     "do not keep the bytes of touched sectors that no image covers"},
    {"skip-blank", 0, KIND_FLAG, NULL, FIELD(skip_blank), "program",
     "do not erase sectors that read blank: for a flash of which no erase or write was cut off"},
    {"rewrite", 0, KIND_FLAG, NULL, FIELD(rewrite), "program",
     "erase and write sectors that hold the image already, too: after an erase or write that was "
     "cut off"},
    {"verify", 0, KIND_TEXT, "PROOF", FIELD(proof), "program",
     "how it is proven in the end: digest (default), by digests that the loader computes, or full, "
     "by "
     "all bytes, fetched and compared"},
    {"scratch", 0, KIND_TEXT, "RANGE", FIELD(scratch), "selftest",
     "sectors to erase and program; what they hold is put back"},
    {"keep-dir", 0, KIND_TEXT, "DIR", FIELD(keep_dir), "program selftest",
     "folder for the file that holds those bytes until they are written back (default: this one)"},
    {"keep-file", 0, KIND_FLAG, NULL, FIELD(keep_file), "program",
     "leave that file there after success, too"},
    {"only-window", 0, KIND_FLAG, NULL, FIELD(only_window), "program verify",
     "leave out, and list, what lies outside the flash window"},
    {"link", 0, KIND_TEXT, "LINK", FIELD(link), "selftest " DRIVING,
     "model of the probe (default: the host's); extload list links"},
    {"timing", 0, KIND_TEXT, "TIMING", FIELD(timing), "selftest " DRIVING,
     "times of the simulated flash: typical (default), maximum, random"},
    {"seed", 0, KIND_NUMBER, "N", FIELD(seed), "selftest " DRIVING,
     "seed of everything random (default 1)"},
    {"core", 0, KIND_TEXT, "CORE", FIELD(core), "selftest " DRIVING,
     "simulated core instead of the MCU's: cortex-m3 m4 m7 m33 m55"},
    {"cpu", 0, KIND_FREQUENCY, "HZ", FIELD(cpu_hz), "selftest " DRIVING,
     "CPU frequency instead of what the clock tree gives: 64M, 400M"},
    {"no-jump", 0, KIND_FLAG, NULL, FIELD(no_jump), "selftest " DRIVING,
     "execute every poll instead of jumping to the next event"},
    {"json", 0, KIND_FLAG, NULL, FIELD(json), "*",
     "the result as one JSON document on stdout (docs/json.md), all else on stderr"},
    {"sarif", 0, KIND_TEXT, "FILE", FIELD(sarif), "check",
     "write the findings as SARIF 2.1.0 into a file, too"},
    {"sfdp", 0, KIND_TEXT, "FILE", FIELD(sfdp), "info",
     "print a dump of a flash's SFDP space, in bytes or hex text; needs no board"},
    {"mcu", 'm', KIND_TEXT, "MCU", FIELD(mcu), "check",
     "device that the loader is for (default: that of --board, or told by the file)"},
    {"rehearse", 'r', KIND_FLAG, NULL, FIELD(rehearse), "check",
     "run the loader on the simulated --board as well"},
    {"data", 0, KIND_TEXT, "DIR", FIELD(data), "*", "folder of boards, mcus and parts"},
    {"verbose", 'v', KIND_FLAG, NULL, FIELD(verbose), "*", "say more"},
    {"help", 'h', KIND_FLAG, NULL, FIELD(help), "*", "this text"},
    {"version", 0, KIND_FLAG, NULL, FIELD(version), "*", "version of the tool"},
};

#define ROW_COUNT (sizeof rows / sizeof rows[0])

const struct command *command_find(const char *name)
{
    for (const struct command *command = commands; command->name != NULL; command++) {
        if (strcmp(command->name, name) == 0) {
            return command;
        }
    }
    return NULL;
}

const struct option_row *option_at(unsigned index)
{
    return index < ROW_COUNT ? &rows[index] : NULL;
}

bool option_applies(const struct option_row *row, const struct command *command)
{
    if (strcmp(row->commands, "*") == 0) {
        return true;
    }
    size_t length = command != NULL ? strlen(command->name) : 0;
    for (const char *at = row->commands;
         command != NULL && (at = strstr(at, command->name)) != NULL; at += length) {
        if ((at == row->commands || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0')) {
            return true;
        }
    }
    return false;
}

struct suffix {
    const char *text;
    uint64_t factor;
};

static bool parse_suffixed(const char *text, const struct suffix *suffixes, size_t count,
                           uint64_t *value)
{
    char *end = NULL;
    if (text[0] < '0' || text[0] > '9') {
        return false;
    }
    unsigned long long number = strtoull(text, &end, 0);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(end, suffixes[i].text) == 0) {
            return !__builtin_mul_overflow(number, suffixes[i].factor, value);
        }
    }
    return false;
}

bool options_parse_number(const char *text, uint64_t *value)
{
    static const struct suffix suffixes[] = {
        {"", 1}, {"K", 1024}, {"KiB", 1024}, {"M", 1048576}, {"MiB", 1048576}};
    return parse_suffixed(text, suffixes, sizeof suffixes / sizeof suffixes[0], value);
}

static bool parse_frequency(const char *text, uint64_t *hz)
{
    static const struct suffix suffixes[] = {{"", 1},       {"Hz", 1},      {"k", 1000},
                                             {"kHz", 1000}, {"M", 1000000}, {"MHz", 1000000}};
    return parse_suffixed(text, suffixes, sizeof suffixes / sizeof suffixes[0], hz) &&
           *hz >= 1000000 && *hz <= 1000000000;
}

static bool append(const char **texts, const struct option_row *row, const char *text,
                   struct error *error)
{
    for (int i = 0; i < OPTIONS_REPEATS - 1; i++) {
        if (texts[i] == NULL) {
            texts[i] = text;
            return true;
        }
    }
    return error_set(error, ERROR_USAGE, NULL, 0, 0, "--%s is given more than %d times", row->name,
                     OPTIONS_REPEATS - 1);
}

static bool take(struct options *options, const struct option_row *row, const char *text,
                 struct error *error)
{
    void *field = (char *)options + row->offset;
    switch (row->kind) {
    case KIND_TEXT: *(const char **)field = text; return true;
    case KIND_TEXTS: return append(field, row, text, error);
    case KIND_FLAG: *(bool *)field = true; return true;
    case KIND_NUMBER:
        return options_parse_number(text, field) ||
               error_set(error, ERROR_USAGE, NULL, 0, 0, "--%s: '%s' is no number", row->name,
                         text);
    case KIND_FREQUENCY:
        return parse_frequency(text, field) ||
               error_set(error, ERROR_USAGE, NULL, 0, 0,
                         "--%s: '%s' is no frequency from 1M to 1000M", row->name, text);
    }
    return false;
}

#define TIMEOUT_MOST_S 3600

/* Options that have a meaning with one kind of --target alone. */
static const char *const for_simulated[] = {"nor",  "link", "timing",  "seed",
                                            "core", "cpu",  "no-jump", NULL};
static const char *const for_real[] = {"timeout", "reset", "run", NULL};

static bool is_given(const char *name, const bool *given)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (given[i] && strcmp(rows[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* An option that cannot do anything is refused, not ignored. */
static bool check_targets(const struct options *options, const bool *given, struct error *error)
{
    const bool simulated = strcmp(options->target, "sim") == 0;
    for (const char *const *name = simulated ? for_real : for_simulated; *name != NULL; name++) {
        if (is_given(*name, given)) {
            return error_set(error, ERROR_USAGE, NULL, 0, 0, "--%s is about %s", *name,
                             simulated ? "a real board: --target gdb:PORT"
                                       : "the simulated board, and --target names another");
        }
    }
    return (options->timeout_s > 0 && options->timeout_s <= TIMEOUT_MOST_S) ||
           error_set(error, ERROR_USAGE, NULL, 0, 0, "--timeout: %llu; 1 to %d seconds",
                     (unsigned long long)options->timeout_s, TIMEOUT_MOST_S);
}

static bool take_host(struct options *options, const char *text, struct error *error)
{
    if (options->host_count == OPTIONS_HOSTS_MAX) {
        return error_set(error, ERROR_USAGE, NULL, 0, 0, "more than %d --host", OPTIONS_HOSTS_MAX);
    }
    options->hosts[options->host_count++] = text;
    return true;
}

static void make_getopt_tables(struct option *longs, char *shorts)
{
    *shorts++ = ':';
    for (size_t i = 0; i < ROW_COUNT; i++) {
        int has = rows[i].kind == KIND_FLAG ? no_argument : required_argument;
        longs[i] = (struct option){rows[i].name, has, NULL, 256 + (int)i};
        if (rows[i].letter != 0) {
            *shorts++ = rows[i].letter;
            if (has == required_argument) {
                *shorts++ = ':';
            }
        }
    }
    longs[ROW_COUNT] = (struct option){0};
    *shorts = '\0';
}

static const struct option_row *row_of(int found)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (found == 256 + (int)i || (found != 0 && found == rows[i].letter)) {
            return &rows[i];
        }
    }
    return NULL;
}

bool options_parse(struct options *options, const struct command *command, int argc, char **argv,
                   struct error *error)
{
    struct option longs[ROW_COUNT + 1];
    char shorts[2 * ROW_COUNT + 2];
    make_getopt_tables(longs, shorts);
    *options = (struct options){.host = "native",
                                .target = "sim",
                                .timing = "typical",
                                .seed = 1,
                                .keep_dir = ".",
                                .gdb_port = OPTIONS_NO_PORT,
                                .jtag_port = OPTIONS_NO_PORT,
                                .address = OPTIONS_NO_ADDRESS,
                                .at = OPTIONS_NO_ADDRESS,
                                .jobs = 1,
                                .timeout_s = 10};
    bool given[ROW_COUNT] = {false};
    opterr = 0;
    optind = 1;
    for (int found; (found = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
        const struct option_row *row = row_of(found);
        if (found == ':') {
            return error_set(error, ERROR_USAGE, NULL, 0, 0, "%s needs a value", argv[optind - 1]);
        }
        if (row == NULL) {
            return error_set(error, ERROR_USAGE, NULL, 0, 0, "unknown option %s", argv[optind - 1]);
        }
        if (!option_applies(row, command)) {
            return error_set(error, ERROR_USAGE, NULL, 0, 0, "%s has no option --%s", command->name,
                             row->name);
        }
        if (!take(options, row, optarg, error) ||
            (row->offset == FIELD(host) && !take_host(options, optarg, error))) {
            return false;
        }
        given[row - rows] = true;
    }
    options->arguments = argv + optind;
    options->argument_count = argc - optind;
    return options->help || check_targets(options, given, error);
}

/* As getopt_long() takes it: in full or by its first letters, of which "--j" are enough. */
bool options_want_json(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const size_t length = strlen(argv[i]);
        if (length >= strlen("--j") && strncmp(argv[i], "--json", length) == 0) {
            return true;
        }
    }
    return false;
}

static void print_option(const struct option_row *row)
{
    char left[48];
    char letter[8] = "    ";
    if (row->letter != 0) {
        snprintf(letter, sizeof letter, "-%c, ", row->letter);
    }
    snprintf(left, sizeof left, "%s--%s%s%s", letter, row->name, row->argument != NULL ? " " : "",
             row->argument != NULL ? row->argument : "");
    bool fits = strlen(left) <= 24;
    printf("  %-24s%s%s\n", left, fits ? " " : "\n                           ", row->help);
}

void options_print_help(const struct command *command)
{
    if (command != NULL) {
        printf("extload %s %s\n\n%s\n", command->name, command->arguments, command->summary);
        if (command->details[0] != '\0') {
            printf("\n%s\n", command->details);
        }
    } else {
        printf("extload COMMAND [OPTIONS] [ARGUMENTS]\n\n"
               "Makes, rehearses and runs external flash loaders for STM32 boards.\n\nCommands:\n");
        for (const struct command *each = commands; each->name != NULL; each++) {
            printf("  %-10s %s\n", each->name, each->summary);
        }
        printf("\n'extload COMMAND --help' tells more.\n");
    }
    printf("\nOptions:\n");
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (option_applies(&rows[i], command)) {
            print_option(&rows[i]);
        }
    }
}

bool options_parse_range(const char *text, uint32_t *start, uint32_t *size, struct error *error)
{
    char first[32];
    size_t length = strcspn(text, "+.");
    uint64_t a = 0, b = 0;
    bool inclusive = strncmp(text + length, "..", 2) == 0;
    bool good = length > 0 && length < sizeof first && text[length] != '\0';
    if (good) {
        memcpy(first, text, length);
        first[length] = '\0';
        good = options_parse_number(first, &a) &&
               options_parse_number(text + length + (inclusive ? 2 : 1), &b);
    }
    if (good && inclusive) {
        good = b >= a;
        b = b - a + 1;
    }
    if (!good || b == 0 || a > UINT32_MAX || b > UINT32_MAX || a + b > UINT64_C(0x100000000)) {
        return error_set(error, ERROR_USAGE, NULL, 0, 0,
                         "'%s' is no range; write START+SIZE or START..END, as 0x70000000+64K",
                         text);
    }
    *start = (uint32_t)a;
    *size = (uint32_t)b;
    return true;
}
