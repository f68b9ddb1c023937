/* SPDX-License-Identifier: MIT */
/* SFDP spaces for the tests: the tables of tests/fixtures/sfdp/tables.csv behind headers of ours,
 * and whole dumps. */
#ifndef TEST_SFDP_SPACE_H
#define TEST_SFDP_SPACE_H

#include "sfdp/dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLES_FILE     "tests/fixtures/sfdp/tables.csv"
#define BASIC_AT        0x30u
#define ADDRESS4_AT     0x90u
#define TABLES_EXPECTED 25u

/* One row: a space with its two tables. */
struct space {
    char name[32];
    uint8_t bytes[256];
    size_t size;
};

static size_t space_hex(const char *text, uint8_t *bytes)
{
    size_t count = 0;
    for (unsigned value; sscanf(text, "%2x", &value) == 1; text += 2) {
        bytes[count++] = (uint8_t)value;
    }
    return count;
}

static void space_header(uint8_t *at, uint8_t id, size_t bytes, uint8_t minor, uint32_t address)
{
    const uint8_t header[8] = {id,
                               minor,
                               1,
                               (uint8_t)(bytes / 4),
                               (uint8_t)address,
                               (uint8_t)(address >> 8),
                               (uint8_t)(address >> 16),
                               0xFF};
    memcpy(at, header, sizeof header);
}

static bool space_take_row(struct space *space, char *line)
{
    char *basic = strchr(line, ','), *address4 = basic != NULL ? strchr(basic + 1, ',') : NULL;
    if (line[0] == '#' || address4 == NULL) {
        return false;
    }
    *basic = '\0';
    *space = (struct space){.size = 16};
    snprintf(space->name, sizeof space->name, "%s", line);
    memset(space->bytes, 0xFF, sizeof space->bytes);
    size_t words = space_hex(basic + 1, space->bytes + BASIC_AT);
    size_t more = space_hex(address4 + 1, space->bytes + ADDRESS4_AT);
    memcpy(space->bytes, "SFDP\6\1\0\xff", 8);
    space->bytes[6] = more != 0;
    space_header(space->bytes + 8, 0x00, words, 6, BASIC_AT);
    if (more != 0) {
        space_header(space->bytes + 16, 0x84, more, 0, ADDRESS4_AT);
    }
    space->size = more != 0 ? ADDRESS4_AT + more : BASIC_AT + words;
    return true;
}

/* All rows of the file; returns how many. */
static unsigned space_load(struct space *spaces, unsigned most)
{
    char line[512];
    unsigned count = 0;
    FILE *file = fopen(TABLES_FILE, "r");
    while (file != NULL && count < most && fgets(line, sizeof line, file) != NULL) {
        count += space_take_row(&spaces[count], line);
    }
    if (file != NULL) {
        fclose(file);
    }
    return count;
}

#endif
