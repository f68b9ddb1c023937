/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include "board/board.h"
#include "cli/document.h"
#include "cli/version.h"

#include <stdio.h>
#include <string.h>

static int report(const struct error *error, int status)
{
    char text[ERROR_TEXT_SIZE];
    if (status != 0 && error->code != ERROR_NONE) {
        fflush(stdout);
        error_format(error, text, sizeof text);
        fprintf(stderr, "%s\n", text);
    }
    return status;
}

static int print_version(void)
{
    printf("extload %s (%s)\n", EXTLOAD_VERSION, version_commit);
    return 0;
}

static int run(const struct command *command, int argc, char **argv, struct document *document,
               struct error *error)
{
    struct options options;
    const bool parsed = options_parse(&options, command, argc, argv, error);
    if (parsed && options.help) {
        options_print_help(command);
        return 0;
    }
    if (parsed && options.version) {
        return print_version();
    }
    const bool json = parsed ? options.json : options_want_json(argc, argv);
    if ((json && !document_open(document, command->name, error)) || !parsed) {
        return error_exit_status(error->code);
    }
    options.document = json ? document : NULL;
    if (options.data != NULL) {
        board_set_data_directory(options.data);
    }
    return command->run(&options, error);
}

static int run_named(const char *name, int argc, char **argv, struct document *document,
                     struct error *error)
{
    const struct command *command = command_find(name);
    if (command != NULL) {
        return run(command, argc - 1, argv + 1, document, error);
    }
    if (!options_want_json(argc, argv) || document_open(document, name, error)) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "unknown command '%s'", name);
    }
    return error_exit_status(error->code);
}

int main(int argc, char **argv)
{
    struct error error = {0}, failure = {0};
    struct document document = {0};
    const char *name = argc > 1 ? argv[1] : "--help";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        options_print_help(NULL);
        return argc > 1 ? 0 : 2;
    }
    if (strcmp(name, "--version") == 0) {
        return print_version();
    }
    const int status = report(&error, run_named(name, argc, argv, &document, &error));
    if (!document_close(&document, status, &error, &failure)) {
        return report(&failure, error_exit_status(failure.code));
    }
    return status;
}
