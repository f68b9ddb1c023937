/* SPDX-License-Identifier: MIT */
#include "cli/target_choice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GDB  "gdb:"
#define HERE "127.0.0.1"

static bool parse_port(const char *text, uint16_t *port)
{
    char *end = NULL;
    const unsigned long value = text[0] >= '0' && text[0] <= '9' ? strtoul(text, &end, 10) : 0;
    *port = (uint16_t)value;
    return end != NULL && *end == '\0' && value > 0 && value <= UINT16_MAX;
}

static bool refuse(const char *text, const char *why, struct error *error)
{
    error_set(error, ERROR_USAGE, NULL, 0, 0, "--target %s: %s", text, why);
    return error_hint(error, "sim, gdb:PORT for a GDB server on this machine, or gdb:HOST:PORT");
}

bool target_choose(struct target_choice *choice, const char *text, struct error *error)
{
    *choice = (struct target_choice){.host = HERE};
    if (strcmp(text, "sim") == 0) {
        return true;
    }
    if (strncmp(text, GDB, strlen(GDB)) != 0) {
        return refuse(text, "there are sim and gdb", error);
    }
    choice->is_gdb = true;
    const char *place = text + strlen(GDB), *colon = strrchr(place, ':');
    if (!parse_port(colon != NULL ? colon + 1 : place, &choice->port)) {
        return refuse(text, "a port, 1 to 65535, must stand at the end", error);
    }
    size_t length = colon != NULL ? (size_t)(colon - place) : 0;
    if (colon == NULL) {
        return true;
    }
    if (length >= 2 && place[0] == '[' && place[length - 1] == ']') {
        place++;
        length -= 2;
    } else if (memchr(place, ':', length) != NULL) {
        return refuse(text, "an IPv6 address stands in brackets", error);
    }
    if (length == 0 || length >= sizeof choice->host) {
        return refuse(text, "this is no host", error);
    }
    snprintf(choice->host, sizeof choice->host, "%.*s", (int)length, place);
    return true;
}
