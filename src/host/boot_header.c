/* SPDX-License-Identifier: MIT */
#include "host/boot_header.h"

#include <stdio.h>
#include <string.h>

enum {
    AT_VERSION = 0x68,
    AT_LENGTH = 0x6C,
    AT_FLAGS = 0x84,
    FLAG_ENCRYPTED = 1 << 1,
    MAGIC_SIZE = 4
};

#define SIGN                                                                                       \
    "STM32_SigningTool_CLI -bin FILE -nk -of 0x80000000 -t fsbl -hv 2.3 -align -o OUT, and "       \
    "program OUT"
/* By what users report: its RAM stays as it was (thread 879520 of ST's community) [comm]. */
#define ROM_WILL                                                                                   \
    "with BOOT1 and BOOT0 low the boot ROM will not start it; development boot does not look"

/* The image's bytes from the start of the flash on. */
struct start {
    const struct image_segment *first;
    uint32_t in_first; /* of them, those in the first segment */
    uint64_t size;     /* in all that adjoin */
};

static bool find_start(const struct board *board, const struct image *image, struct start *start)
{
    unsigned i = 0;
    while (i < image->count &&
           (board->window < image->segments[i].address ||
            board->window - image->segments[i].address >= image->segments[i].size)) {
        i++;
    }
    if (i == image->count) {
        return false;
    }
    start->first = &image->segments[i];
    start->in_first = start->first->size - (board->window - start->first->address);
    start->size = start->in_first;
    uint64_t end = (uint64_t)start->first->address + start->first->size;
    for (i++; i < image->count && image->segments[i].address == end; i++) {
        start->size += image->segments[i].size;
        end += image->segments[i].size;
    }
    return true;
}

static const uint8_t *bytes_at(const struct board *board, const struct start *start,
                               uint32_t offset)
{
    return start->first->bytes + (board->window - start->first->address) + offset;
}

static uint32_t word_at(const struct board *board, const struct start *start, uint32_t offset)
{
    const uint8_t *at = bytes_at(board, start, offset);
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* A stack pointer and a Thumb address, both in the RAM of the MCU by either alias: 0x24000000 and
 * 0x34000000 (CMSIS header of the STM32N6) [HDR]. */
static bool are_vectors(const struct board *board, const struct start *start, uint32_t offset)
{
    const uint32_t ram_mask = 0xEF000000, ram = 0x24000000;
    if (start->in_first < offset + 8) {
        return false;
    }
    const uint32_t stack = word_at(board, start, offset);
    const uint32_t reset = word_at(board, start, offset + 4);
    return (stack & ram_mask) == ram && stack % 4 == 0 && (reset & ram_mask) == ram &&
           reset % 2 == 1;
}

static bool doubt_missing(const struct board *board, const struct start *start,
                          struct boot_doubt *doubt)
{
    const uint8_t *found = bytes_at(board, start, 0);
    doubt->id = "boot-header-missing";
    snprintf(doubt->what, sizeof doubt->what,
             "%s begins at 0x%08x without a boot header (%02x %02x %02x %02x, not \"STM2\"): %s",
             start->first->source, board->window, found[0], found[1], found[2], found[3], ROM_WILL);
    snprintf(doubt->hint, sizeof doubt->hint, "%s", SIGN);
    return true;
}

static bool doubt_version(const struct board *board, const struct start *start, uint32_t version,
                          struct boot_doubt *doubt)
{
    const uint32_t wanted = board->boot.header_version;
    doubt->id = "boot-header-version";
    snprintf(doubt->what, sizeof doubt->what,
             "the boot header of %s has version %u.%u (0x%08x); ST names %u.%u for this ROM, which "
             "may not start it",
             start->first->source, version >> 16 & 0xFFu, version >> 8 & 0xFFu, version,
             wanted >> 16 & 0xFFu, wanted >> 8 & 0xFFu);
    snprintf(doubt->hint, sizeof doubt->hint, "%s", SIGN);
    return true;
}

static bool doubt_length(const struct board *board, const struct start *start, uint32_t length,
                         struct boot_doubt *doubt)
{
    const struct board_boot_rom *rom = &board->boot;
    doubt->id = "boot-header-length";
    if ((uint64_t)rom->header_size + length > rom->image_limit) {
        snprintf(doubt->what, sizeof doubt->what,
                 "the boot header of %s tells of %u bytes; the ROM takes %u with the header",
                 start->first->source, length, rom->image_limit);
        snprintf(doubt->hint, sizeof doubt->hint,
                 "start it by a small FSBL, and put it elsewhere in the flash");
        return true;
    }
    snprintf(
        doubt->what, sizeof doubt->what,
        "the boot header of %s tells of %u bytes behind it; the image gives %llu: the ROM "
        "would copy what else is in the flash",
        start->first->source, length,
        (unsigned long long)(start->size > rom->header_size ? start->size - rom->header_size : 0));
    snprintf(doubt->hint, sizeof doubt->hint, "the file may be cut; sign it again");
    return true;
}

static bool doubt_alignment(const struct board *board, const struct start *start,
                            struct boot_doubt *doubt)
{
    doubt->id = "boot-code-unaligned";
    snprintf(doubt->what, sizeof doubt->what,
             "the code of %s lies right behind the boot header, at 0x%x; the ROM starts code that "
             "lies at 0x%x",
             start->first->source, board->boot.header_size, board->boot.code_offset);
    snprintf(doubt->hint, sizeof doubt->hint,
             "sign with -align, which the signing tool needs from version 2.21 on");
    return true;
}

bool boot_header_doubt(const struct board *board, const struct image *image,
                       struct boot_doubt *doubt)
{
    const struct board_boot_rom *rom = &board->boot;
    struct start start;
    if (rom->port[0] == '\0' || strcmp(rom->port, board->port) != 0 ||
        !find_start(board, image, &start) || start.in_first < MAGIC_SIZE) {
        return false;
    }
    if (memcmp(bytes_at(board, &start, 0), "STM2", MAGIC_SIZE) != 0) {
        return doubt_missing(board, &start, doubt);
    }
    if (start.in_first < rom->header_size) {
        return false; /* a patch of the header alone: nothing is known of the rest */
    }
    const uint32_t version = word_at(board, &start, AT_VERSION);
    const uint32_t length = word_at(board, &start, AT_LENGTH);
    if (version != rom->header_version) {
        return doubt_version(board, &start, version, doubt);
    }
    if (length == 0 || rom->header_size + (uint64_t)length > rom->image_limit ||
        rom->header_size + (uint64_t)length > start.size) {
        return doubt_length(board, &start, length, doubt);
    }
    return (word_at(board, &start, AT_FLAGS) & FLAG_ENCRYPTED) == 0 &&
           rom->header_size != rom->code_offset && are_vectors(board, &start, rom->header_size) &&
           doubt_alignment(board, &start, doubt);
}
