/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include "board/board.h"
#include "cli/version.h"

#include <stdio.h>
#include <string.h>

static int report(const struct error *error, int status)
{
    char text[1400];
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

static int run(const struct command *command, int argc, char **argv, struct error *error)
{
    struct options options;
    if (!options_parse(&options, command, argc, argv, error)) {
        return error_exit_status(error->code);
    }
    if (options.help) {
        options_print_help(command);
        return 0;
    }
    if (options.version) {
        return print_version();
    }
    if (options.data != NULL) {
        board_set_data_directory(options.data);
    }
    return command->run(&options, error);
}

int main(int argc, char **argv)
{
    struct error error = {0};
    const char *name = argc > 1 ? argv[1] : "--help";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        options_print_help(NULL);
        return argc > 1 ? 0 : 2;
    }
    if (strcmp(name, "--version") == 0) {
        return print_version();
    }
    const struct command *command = command_find(name);
    if (command == NULL) {
        error_set(&error, ERROR_USAGE, NULL, 0, 0, "unknown command '%s'", name);
        return report(&error, 2);
    }
    return report(&error, run(command, argc - 1, argv + 1, &error));
}
