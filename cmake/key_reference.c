/* SPDX-License-Identifier: MIT */
/*
 * Writes the reference of keys into docs/board-files.md from the tables by which the files are read.
 * Each section stands between two comment lines of the page; what is outside of them is left alone.
 *
 * key_reference PAGE           writes the sections anew
 * key_reference --check PAGE   changes nothing; fails if a section differs from the tables
 */
#include "board/board_file.h"
#include "board/mcu.h"
#include "board/part_file.h"
#include "board/script.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BEGIN_FORM "<!-- %s: by `make keys` -->\n"
#define END_LINE   "<!-- end of what `make keys` writes -->\n"
#define PATH_SIZE  96

struct scale {
    uint64_t factor;
    const char *unit;
};

/* A number by the largest unit that leaves it whole, as a file would have it. */
static void print_scaled(FILE *out, uint64_t value, const struct scale *scales, size_t count)
{
    size_t i = count - 1;
    while (i > 0 && value % scales[i].factor != 0) {
        i--;
    }
    fprintf(out, "`%" PRIu64 "%s`", value / scales[i].factor, scales[i].unit);
}

static void print_bound(FILE *out, const struct schema_key *key, uint64_t value)
{
    static const struct scale sizes[] = {{1, ""}, {1024, "K"}, {1048576, "M"}};
    static const struct scale frequencies[] = {
        {1, "Hz"}, {1000, "kHz"}, {1000000, "MHz"}, {1000000000, "GHz"}};
    static const struct scale times[] = {{1, "us"}, {1000, "ms"}, {1000000, "s"}};
    static const struct scale voltages[] = {{1, "mV"}, {1000, "V"}};
    switch (key->quantity) {
    case QUANTITY_NUMBER:
        fprintf(out, key->maximum > 100 ? "`0x%" PRIX64 "`" : "`%" PRIu64 "`", value);
        break;
    case QUANTITY_SIZE:
        if (value == UINT32_MAX) {
            fprintf(out, "`0xFFFFFFFF`");
        } else {
            print_scaled(out, value, sizes, 3);
        }
        break;
    case QUANTITY_FREQUENCY: print_scaled(out, value, frequencies, 4); break;
    case QUANTITY_TIME: print_scaled(out, value, times, 3); break;
    case QUANTITY_VOLTAGE: print_scaled(out, value, voltages, 2); break;
    case QUANTITY_CYCLES: fprintf(out, "`%g`", (double)value / 100.0); break;
    }
}

static void print_choices(FILE *out, const char *choices)
{
    const char *before = "";
    for (const char *name = choices; *name != '\0'; name += strspn(name, " ")) {
        size_t length = strcspn(name, " ");
        fprintf(out, "%s`%.*s`", before, (int)length, name);
        before = ", ";
        name += length;
    }
}

static void print_value(FILE *out, const struct schema_key *key)
{
    switch (key->type) {
    case SCHEMA_TEXT: fprintf(out, "text, up to %" PRIu64 " characters", key->maximum); break;
    case SCHEMA_CHOICE: print_choices(out, key->choices); break;
    case SCHEMA_LIST: fprintf(out, "list, up to %" PRIu64 " items", key->maximum); break;
    case SCHEMA_LISTS: fprintf(out, "lists under names"); break;
    case SCHEMA_MAPPING:
        fprintf(out, key->keys != NULL ? "keys, below" : "names and values");
        break;
    case SCHEMA_QUANTITY:
        print_bound(out, key, key->minimum);
        fprintf(out, " to ");
        print_bound(out, key, key->maximum);
        break;
    }
}

static bool is_first_with(const struct schema_key *keys, const struct schema_key *key)
{
    while (keys < key && keys->keys != key->keys) {
        keys++;
    }
    return keys == key;
}

/* "an item of `reads` or `programs`": all keys of the table that share the keys of `key`. */
static void name_tables(const struct schema_key *keys, const struct schema_key *key,
                        const char *path, char *name, size_t size)
{
    const char *before = key->type == SCHEMA_LIST    ? "an item of "
                         : key->type == SCHEMA_LISTS ? "an item of a list in "
                                                     : "";
    size_t used = 0;
    for (; keys->key != NULL; keys++) {
        if (keys->keys == key->keys && used < size) {
            used += (size_t)snprintf(name + used, size - used, "%s`%s`", before, keys->key);
            before = " or ";
        }
    }
    if (path[0] != '\0' && used < size) {
        snprintf(name + used, size - used, " of %s", path);
    }
}

/* A table, and behind it those of the keys that have keys of their own. */
static void print_keys(FILE *out, const struct schema_key *keys, const char *path)
{
    if (path[0] != '\0') {
        fprintf(out, "\nKeys of %s:\n\n", path);
    }
    fprintf(out, "| key | needed | value | what it is |\n|---|---|---|---|\n");
    for (const struct schema_key *key = keys; key->key != NULL; key++) {
        fprintf(out, "| `%s` | %s | ", key->key, key->required ? "yes" : "");
        print_value(out, key);
        fprintf(out, " | %s |\n", key->doc);
    }
    for (const struct schema_key *key = keys; key->key != NULL; key++) {
        if (key->keys != NULL && is_first_with(keys, key)) {
            char inner[PATH_SIZE];
            name_tables(keys, key, path, inner, sizeof inner);
            print_keys(out, key->keys, inner);
        }
    }
}

static void print_lines(FILE *out, bool steps)
{
    fprintf(out, "| line | what it does |\n|---|---|\n");
    for (unsigned i = 0; script_command_at(i) != NULL; i++) {
        const struct script_command *command = script_command_at(i);
        if (command->steps_only == steps) {
            fprintf(out, "| `%s` | %s |\n", command->form, command->doc);
        }
    }
}

static const struct section {
    const char *name;
    const struct schema_key *keys; /* NULL: lines of a script */
    bool steps;
} sections[] = {
    {"keys of a board file", board_file_keys, false},
    {"lines of init", NULL, false},
    {"keys of a part file", part_file_keys, false},
    {"keys of an MCU file", mcu_file_keys, false},
    {"lines of bringup", NULL, true},
};

#define SECTION_COUNT (sizeof sections / sizeof sections[0])

static char *read_page(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t size = 0;
    FILE *copy = file != NULL ? open_memstream(&text, &size) : NULL;
    if (copy != NULL) {
        for (int c; (c = getc(file)) != EOF;) {
            putc(c, copy);
        }
        fclose(copy);
    }
    if (file != NULL) {
        fclose(file);
    }
    return text;
}

/* Copies the page with its sections written anew; false and a message if one has no place. */
static bool write_sections(const char *path, const char *page, FILE *out)
{
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        char begin[PATH_SIZE];
        snprintf(begin, sizeof begin, BEGIN_FORM, sections[i].name);
        const char *start = strstr(page, begin);
        const char *end = start != NULL ? strstr(start, END_LINE) : NULL;
        if (end == NULL) {
            fprintf(stderr, "%s: no place for the %s, in this order\n  try: two lines\n%s%s", path,
                    sections[i].name, begin, END_LINE);
            return false;
        }
        start += strlen(begin);
        fwrite(page, 1, (size_t)(start - page), out);
        fputc('\n', out);
        if (sections[i].keys != NULL) {
            print_keys(out, sections[i].keys, "");
        } else {
            print_lines(out, sections[i].steps);
        }
        fputc('\n', out);
        page = end;
    }
    fputs(page, out);
    return true;
}

static bool replace_page(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    bool ok = file != NULL && fputs(text, file) >= 0;
    if (file != NULL && fclose(file) != 0) {
        ok = false;
    }
    if (!ok) {
        perror(path);
    }
    return ok;
}

int main(int argc, char **argv)
{
    bool check = argc == 3 && strcmp(argv[1], "--check") == 0;
    if (argc != 2 && !check) {
        fprintf(stderr, "usage: key_reference [--check] PAGE\n");
        return 2;
    }
    const char *path = argv[argc - 1];
    char *page = read_page(path);
    char *wanted = NULL;
    size_t size = 0;
    FILE *out = page != NULL ? open_memstream(&wanted, &size) : NULL;
    if (out == NULL) {
        perror(path);
        free(page);
        return 2;
    }
    int status = write_sections(path, page, out) ? 0 : 2;
    fclose(out);
    if (status == 0 && strcmp(page, wanted) != 0) {
        if (check) {
            fprintf(stderr, "%s differs from the tables in src/board\n  try: make keys\n", path);
        }
        status = check || !replace_page(path, wanted) ? 1 : 0;
    }
    free(page);
    free(wanted);
    return status;
}
