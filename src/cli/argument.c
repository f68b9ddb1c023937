/* SPDX-License-Identifier: MIT */
#include "cli/argument.h"

#include <stddef.h>
#include <string.h>

static const struct argument arguments[] = {
    {"ADDRESS", ARGUMENT_FREE, NULL, NULL, "a number, decimal or 0x; K and M are powers of two"},
    {"BOARD", ARGUMENT_NAMES, "boards", "*.yaml",
     "a board file, or the name of one that extload brings: 'extload list boards'"},
    {"CORE", ARGUMENT_WORDS, "cortex-m3 cortex-m4 cortex-m7 cortex-m33 cortex-m55", NULL,
     "a simulated core"},
    {"DIR", ARGUMENT_FOLDER, NULL, NULL, ""},
    {"DUMP", ARGUMENT_FILE, NULL, "*", "a dump of the target's RAM"},
    {"EVENT", ARGUMENT_FREE, NULL, NULL, "an event of an operation, by number"},
    {"FAULT", ARGUMENT_NAMES, "faults", NULL, "what goes wrong: 'extload list faults'"},
    {"FILE", ARGUMENT_FILE, NULL, "*", ""},
    {"FORMATS", ARGUMENT_NAMES, "formats", NULL,
     "formats of loader files, joined by commas, or all: 'extload list formats'"},
    {"HOST", ARGUMENT_NAMES, "hosts", NULL, "a tool that drives loaders: 'extload list hosts'"},
    {"HZ", ARGUMENT_FREE, NULL, NULL, "a frequency: 64M, 400MHz"},
    {"IMAGE", ARGUMENT_FILE, NULL, "*", "an ELF, Intel HEX or S-record file, or FILE.bin@ADDRESS"},
    {"KIND", ARGUMENT_WORDS, "boards mcus parts formats hosts host-options links rules faults",
     NULL, "what to list"},
    {"LINK", ARGUMENT_NAMES, "links", NULL, "a model of a probe: 'extload list links'"},
    {"MCU", ARGUMENT_NAMES, "mcus", NULL, "a device: 'extload list mcus'"},
    {"N", ARGUMENT_FREE, NULL, NULL, ""},
    {"NAME=VALUE", ARGUMENT_NAMES, "host-options", NULL,
     "a host option: 'extload list host-options'"},
    {"OP", ARGUMENT_WORDS, "init erase write verify read digest own-erase stream program", NULL,
     "a call of the loader, or what our own host makes of several"},
    {"PATH", ARGUMENT_FILE, NULL, "*", ""},
    {"PORT", ARGUMENT_FREE, NULL, NULL, "a TCP port"},
    {"PROOF", ARGUMENT_WORDS, "digest full", NULL,
     "what shows in the end that all is in the flash"},
    {"RANGE", ARGUMENT_FREE, NULL, NULL,
     "START+SIZE, or START..END with END in it: 0x70000000+64K"},
    {"SECONDS", ARGUMENT_FREE, NULL, NULL, "a number of seconds"},
    {"TARGET", ARGUMENT_WORDS, "sim", NULL,
     "sim, or a GDB server: gdb:PORT on this machine, gdb:HOST:PORT elsewhere"},
    {"TIMING", ARGUMENT_WORDS, "typical maximum random", NULL,
     "times of the simulated flash, those of its data sheet or at random"},
};

#define ARGUMENT_COUNT (sizeof arguments / sizeof arguments[0])
#define CAPITALS       "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

const struct argument *argument_at(unsigned index)
{
    return index < ARGUMENT_COUNT ? &arguments[index] : NULL;
}

const struct argument *argument_find(const char *text, unsigned length)
{
    for (size_t i = 0; i < ARGUMENT_COUNT; i++) {
        if (strlen(arguments[i].name) == length && strncmp(arguments[i].name, text, length) == 0) {
            return &arguments[i];
        }
    }
    return NULL;
}

/* Does an option of this name, at its end in `text`, take the word that follows? */
static bool takes_next(const char *text, size_t length)
{
    for (unsigned i = 0; option_at(i) != NULL; i++) {
        const struct option_row *row = option_at(i);
        bool is_letter = length == 2 && text[0] == '-' && text[1] == row->letter;
        bool is_name = length == strlen(row->name) + 2 &&
                       strncmp(text + 2, row->name, length - 2) == 0 && text[1] == '-';
        if (is_letter || is_name) {
            return row->argument != NULL;
        }
    }
    return false;
}

const struct argument *argument_of_command(const struct command *command)
{
    static const char brackets[] = "[](). |";
    const char *at = command->arguments + strspn(command->arguments, brackets);
    for (bool taken = false; *at != '\0'; at += strspn(at, brackets)) {
        size_t length = strcspn(at, brackets);
        const struct argument *argument = argument_find(at, (unsigned)length);
        if (argument != NULL && !taken) {
            return argument;
        }
        taken = at[0] == '-' && takes_next(at, length);
        at += length;
    }
    return NULL;
}

unsigned argument_next(const char **text)
{
    *text += strcspn(*text, CAPITALS);
    return (unsigned)strspn(*text, CAPITALS "=");
}
