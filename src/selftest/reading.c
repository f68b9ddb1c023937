/* SPDX-License-Identifier: MIT */
#include "selftest/bench.h"

#include "host/explain.h"
#include "host/operation.h"
#include "selftest/frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RDID       0x9F
#define RDSFDP     0x5A
#define SFDP_DUMMY 8                    /* clocks, at any rate [JESD216] */
#define SFDP_BYTES 256                  /* the header and every table header [JESD216] */
#define SFDP_START UINT32_C(0x50444653) /* "SFDP" */

#define STRETCH    4096u /* bytes read at each place */
#define PLACES     3u    /* start, middle, end */

static void tell_init(struct bench *bench)
{
    const struct record *record = &bench->session.record;
    char found[160];
    const uint64_t took = bench_call_us(bench);
    if (!bench->session.has_record) {
        bench_step(bench, "record", SELFTEST_BAD,
                   "Init returned 1, but no record is at 0x%08x: the debugger reads something else "
                   "there than the core writes",
                   (unsigned)bench->board.record_address);
        return;
    }
    bench->result->first = *record;
    bench->result->has_first = true;
    bench_step(bench, "init", SELFTEST_GOOD, "in %llu.%03llu ms; the CPU runs at %u.%u MHz",
               (unsigned long long)took / 1000, (unsigned long long)took % 1000,
               (unsigned)(record->cpu_hz / 1000000), (unsigned)(record->cpu_hz / 100000 % 10));
    explain_found(record->found, found, sizeof found);
    bench_step(bench, "chip found", SELFTEST_TOLD, "registers 0x%06x: %s", (unsigned)record->found,
               found[0] != '\0' ? found : "idle");
}

/* The ID once more, by frames that the debugger makes: another reader of the same lines. */
static bool read_id(struct bench *bench, struct error *error)
{
    const struct frame frame = {.opcode = RDID, .size = 3};
    const struct flash_block *flash = &bench->board.block.flash;
    uint8_t id[3];
    if (!frame_read(bench->plan->target, &bench->board, &frame, id, error)) {
        return false;
    }
    const uint32_t loader = bench->session.record.jedec_id;
    const uint32_t read = (uint32_t)(id[0] | id[1] << 8 | id[2] << 16);
    const bool same = !bench->session.has_record || loader == read;
    const bool wanted = flash->id_length == 0 || memcmp(id, flash->id, sizeof id) == 0;
    bench_step(bench, "id", same && wanted ? SELFTEST_GOOD : SELFTEST_BAD,
               "%02x %02x %02x by 9Fh%s%s", id[0], id[1], id[2],
               wanted ? "" : "; the board's part has another one",
               same ? "" : "; the loader read another one");
    return true;
}

/* Reads on to `end`, in whole frames. */
static bool read_sfdp(struct bench *bench, uint32_t end, struct error *error)
{
    struct sfdp_dump *dump = &bench->result->sfdp;
    while (dump->size < end && dump->size < sizeof dump->bytes) {
        const struct frame frame = {RDSFDP, true, dump->size, SFDP_DUMMY, FRAME_DATA_MAX};
        if (session_cancelled(&bench->session, error) ||
            !frame_read(bench->plan->target, &bench->board, &frame, dump->bytes + dump->size,
                        error)) {
            return false;
        }
        dump->size += FRAME_DATA_MAX;
    }
    return true;
}

/* Where the last table ends that the header names. */
static uint32_t sfdp_end(const struct sfdp_dump *dump)
{
    struct sfdp sfdp;
    uint32_t end = dump->size;
    sfdp_decode(&sfdp, dump->bytes, dump->size);
    for (unsigned i = 0; i < sfdp.header.count; i++) {
        const struct sfdp_table *table = &sfdp.header.tables[i];
        const uint32_t behind = table->address + UINT32_C(4) * table->length;
        end = behind > end ? behind : end;
    }
    return end;
}

static bool tell_sfdp(struct bench *bench, struct error *error)
{
    struct sfdp_dump *dump = &bench->result->sfdp;
    struct sfdp sfdp;
    uint32_t word = 0;
    dump->size = 0;
    if (!read_sfdp(bench, SFDP_BYTES, error) || !read_sfdp(bench, sfdp_end(dump), error)) {
        return false;
    }
    memcpy(&word, dump->bytes, sizeof word);
    if (word != SFDP_START) {
        bench_step(bench, "sfdp", SELFTEST_TOLD, "none: 5Ah reads %08x at 0", (unsigned)word);
        dump->size = 0;
        return true;
    }
    const enum sfdp_problem problem = sfdp_decode(&sfdp, dump->bytes, dump->size);
    if (problem != SFDP_GOOD) {
        bench_step(bench, "sfdp", SELFTEST_BAD, "%s", sfdp_problem_text(problem));
        return true;
    }
    const bool same = sfdp.basic.geometry.size == bench->board.part.size;
    bench_step(bench, "sfdp", same ? SELFTEST_GOOD : SELFTEST_BAD,
               "JESD216 %u.%u, basic table of %u words, %llu bytes of flash%s", sfdp.header.major,
               sfdp.header.minor, sfdp.basic.words, (unsigned long long)sfdp.basic.geometry.size,
               same ? "" : "; the board's part has another size");
    return true;
}

static bool ask_chip(struct bench *bench, struct error *error)
{
    if (!frame_can(&bench->board)) {
        bench_step(bench, "id", SELFTEST_SKIPPED, "the debugger cannot drive this controller");
        return true;
    }
    return read_id(bench, error) && tell_sfdp(bench, error);
}

static uint32_t place(const struct board *board, unsigned index)
{
    const uint32_t last = board->part.size - STRETCH;
    return board->window + (uint32_t)((uint64_t)last * index / (PLACES - 1) / STRETCH * STRETCH);
}

static bool is_blank(const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        if (bytes[i] != 0xFF) {
            return false;
        }
    }
    return true;
}

/* By Read and through the mapped window: two paths of the controller, two commands of the chip. */
static bool compare_window(struct bench *bench, struct error *error)
{
    static uint8_t by_read[STRETCH], by_window[STRETCH];
    struct target *target = bench->plan->target;
    bool blank = true;
    for (unsigned i = 0; i < PLACES; i++) {
        const uint32_t address = place(&bench->board, i);
        if (!bench_read(bench, address, by_read, STRETCH, error)) {
            return bench_bad(bench, "window", error);
        }
        if (!target->ops->read_memory(target->context, address, by_window, STRETCH, error)) {
            return false;
        }
        for (uint32_t at = 0; at < STRETCH; at++) {
            if (by_read[at] != by_window[at]) {
                bench_step(bench, "window", SELFTEST_BAD,
                           "0x%08x is 0x%02x through the window and 0x%02x by Read", address + at,
                           by_window[at], by_read[at]);
                return true;
            }
        }
        blank = blank && is_blank(by_read, STRETCH);
    }
    bench_step(bench, "window", SELFTEST_GOOD,
               "%u x %u bytes, the first and the last among them, are the same by Read%s", PLACES,
               STRETCH, blank ? "; all are FF, which proves little" : "");
    return true;
}

static const char *describe_command(const struct board *board, char *buffer, size_t size)
{
    const struct flash_command *command = &board->block.flash.read_fast;
    const char *dtr = (command->flags & FLASH_COMMAND_DTR) != 0 ? "D" : "";
    snprintf(buffer, size, "%02Xh %u%s-%u%s-%u%s at %u.%02u MHz", command->opcode,
             command->command_lanes, dtr, command->address_lanes, dtr, command->data_lanes, dtr,
             (unsigned)(board->flash_hz / 1000000), (unsigned)(board->flash_hz / 10000 % 100));
    return buffer;
}

/* One way to read: Init with it, then Read. */
static bool try_mode(struct bench *bench, const struct board *board, uint32_t address,
                     const uint8_t *expected, uint32_t size, struct error *error)
{
    char name[64];
    uint8_t *bytes = malloc(size);
    if (bytes == NULL) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "%u bytes", (unsigned)size);
    }
    describe_command(board, name, sizeof name);
    bool good = bench_open(bench, board, error);
    if (good && (!bench_init(bench, error) || !bench_read(bench, address, bytes, size, error))) {
        good = bench_bad(bench, "read mode", error);
    } else if (good) {
        uint32_t at = 0;
        while (at < size && bytes[at] == expected[at]) {
            at++;
        }
        bench_step(bench, "read mode", at == size ? SELFTEST_GOOD : SELFTEST_BAD,
                   at == size ? "%s: %u bytes as expected" : "%s: differs at 0x%08x", name,
                   at == size ? (unsigned)size : (unsigned)(address + at));
    }
    free(bytes);
    return good;
}

bool reading_modes(struct bench *bench, uint32_t address, const uint8_t *expected, uint32_t size,
                   struct error *error)
{
    const char *file = bench->plan->board;
    struct board board;
    enum board_reading how = BOARD_READING_FITS;
    for (unsigned i = 0; how != BOARD_READING_PAST; i++) {
        if (session_cancelled(&bench->session, error) ||
            !board_load_reading(&board, file, i, &how, error) ||
            (how == BOARD_READING_FITS &&
             !try_mode(bench, &board, address, expected, size, error))) {
            return false;
        }
    }
    /* what follows drives the board as its file says */
    return board_load(&board, file, error) && bench_open(bench, &board, error) &&
           (bench_init(bench, error) || bench_bad(bench, "init", error));
}

/* What the flash holds, by the board's own command, against every other one. */
static bool compare_modes(struct bench *bench, struct error *error)
{
    static uint8_t expected[STRETCH];
    const uint32_t address = bench->board.window;
    if (!bench_read(bench, address, expected, STRETCH, error)) {
        return bench_bad(bench, "read mode", error);
    }
    if (is_blank(expected, STRETCH)) {
        bench_step(bench, "read mode", SELFTEST_TOLD,
                   "the flash begins with FF: --scratch compares bytes that tell more");
    }
    return reading_modes(bench, address, expected, STRETCH, error);
}

bool reading_run(struct bench *bench, struct error *error)
{
    tell_init(bench);
    return ask_chip(bench, error) && compare_window(bench, error) && compare_modes(bench, error);
}
