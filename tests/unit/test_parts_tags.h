/* SPDX-License-Identifier: MIT */
/*
 * Trust tags of a part file, from its text: each value has one, each tag is explained at the top,
 * and limits that stand for unknown maxima are as large as they must be.
 */
#ifndef EXTLOAD_TESTS_UNIT_TEST_PARTS_TAGS_H
#define EXTLOAD_TESTS_UNIT_TEST_PARTS_TAGS_H

#include "board/part_file.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char *const known_tags[] = {"FMF",      "SFDP",  "HDR",    "UF",   "U-Boot", "OpenOCD",
                                         "flashrom", "cover", "memory", "INF",  "limit",  "DPD",
                                         "BSP",      "1G",    "ufprog", "Linux"};

#define KNOWN_TAGS (sizeof known_tags / sizeof known_tags[0])

/* Bit n: the tag known_tags[n] stands in the text; *unknown: another word in such brackets. */
static inline unsigned tags_in(const char *text, bool *unknown)
{
    unsigned found = 0;
    for (const char *at = strchr(text, '['); at != NULL; at = strchr(at + 1, '[')) {
        size_t length = strcspn(at + 1, "]:, ");
        bool known = false;
        if (at[1 + length] != ']') {
            continue;
        }
        for (unsigned i = 0; i < KNOWN_TAGS; i++) {
            if (strlen(known_tags[i]) == length && memcmp(at + 1, known_tags[i], length) == 0) {
                found |= 1u << i;
                known = true;
            }
        }
        *unknown = *unknown || !known;
    }
    return found;
}

static inline bool has_tag(unsigned tags, const char *name)
{
    for (unsigned i = 0; i < KNOWN_TAGS; i++) {
        if (strcmp(known_tags[i], name) == 0) {
            return (tags >> i & 1) != 0;
        }
    }
    return false;
}

/* Names, and what is told about the file itself. */
static inline bool needs_no_tag(const char *line)
{
    static const char *const keys[] = {"name:", "vendor:", "source:", "from_memory:"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strncmp(line, keys[i], strlen(keys[i])) == 0) {
            return true;
        }
    }
    return line[strlen(line) - 1] == ':'; /* its values follow */
}

/* State of a walk over the lines of a file. */
struct tag_walk {
    unsigned declared, paragraph, used;
    bool heading, in_times, times_remembered, unknown;
    const char *wrong;
};

static inline void walk_line(struct tag_walk *walk, const char *line)
{
    const char *comment = strchr(line, '#');
    line += strspn(line, " -");
    if (*line == '\0') {
        walk->paragraph = 0;
        walk->heading = false;
        walk->in_times = false;
        return;
    }
    unsigned tags = comment != NULL ? tags_in(comment, &walk->unknown) : 0;
    if (walk->heading) {
        walk->declared |= tags;
        return;
    }
    walk->used |= tags;
    if (*line == '#') {
        walk->paragraph |= tags;
        return;
    }
    walk->in_times = walk->in_times || strncmp(line, "times:", 6) == 0;
    walk->times_remembered =
        walk->times_remembered ||
        (walk->in_times && (has_tag(tags, "memory") || has_tag(tags, "limit")));
    bool bare = (tags | walk->paragraph) == 0 && !needs_no_tag(line);
    if (bare && walk->wrong == NULL) {
        walk->wrong = "a value without a source";
    }
}

static inline bool limit_holds(const struct part_file *part, const char *line)
{
    uint32_t mib = part->part.size >> 20, chip_ms = mib * 8000 > 250000 ? mib * 8000 : 250000;
    line += strspn(line, " ");
    if (strstr(line, "# [limit]") == NULL && strstr(line, "/ [limit]") == NULL) {
        return true;
    }
    if (strncmp(line, "page_program:", 13) == 0) {
        return part->part.page_program_max_us >= 10000;
    }
    if (strncmp(line, "chip_erase:", 11) == 0) {
        return part->part.chip_erase_max_ms >= chip_ms;
    }
    return strncmp(line, "register_write:", 15) != 0 || part->flash.register_write_ms >= 1500;
}

static inline bool erase_limits_hold(const struct part_file *part)
{
    for (unsigned i = 0; i < BOARD_BLOCK_ERASE_TYPES; i++) {
        uint8_t size = part->part.erase[i].size_log2;
        uint32_t least = size == 0 ? 0 : size <= 12 ? 1000 : size <= 15 ? 3000 : 6500;
        if (part->part.erase[i].max_ms < least) {
            return false;
        }
    }
    return true;
}

/* `text` is cut into lines. */
static inline const char *check_tags(const struct part_file *part, char *text)
{
    struct tag_walk walk = {.heading = true};
    bool erase_limits = strstr(text, "maximum [limit]") != NULL;
    char *line = text, *end = NULL;
    for (; line != NULL && *line != '\0'; line = end) {
        end = strchr(line, '\n');
        if (end != NULL) {
            *end++ = '\0';
        }
        if (strncmp(line, "# SPDX", 6) == 0) {
            continue;
        }
        walk_line(&walk, line);
        if (!limit_holds(part, line)) {
            return "a limit below what public maxima ask for";
        }
    }
    if (walk.wrong != NULL) {
        return walk.wrong;
    }
    if (walk.unknown || (walk.used & ~walk.declared) != 0) {
        return "a tag that the top of the file does not explain";
    }
    if (erase_limits && !erase_limits_hold(part)) {
        return "a limit below what public maxima ask for";
    }
    return walk.times_remembered != part->part.times_from_memory
               ? "`from_memory` does not say what the tags say"
               : NULL;
}

#endif
