/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include "cli/describe.h"
#include "cli/rig.h"
#include "host/explain.h"
#include "host/record_json.h"
#include "host/record_text.h"
#include "host/silence.h"
#include "report/json_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A stretch of the target's memory. */
struct dump {
    const char *path;
    uint8_t *bytes;
    size_t size;
    uint32_t address; /* of the first byte */
};

static bool take_record(const struct dump *dump, size_t offset, struct record *record)
{
    memcpy(record, dump->bytes + offset, sizeof *record);
    return explain_record_is_sound(record);
}

/* Memory that nobody has written, or that the debugger cannot see. */
static bool is_blank(const struct dump *dump)
{
    for (size_t i = 1; i < dump->size; i++) {
        if (dump->bytes[i] != dump->bytes[0]) {
            return false;
        }
    }
    return dump->bytes[0] == 0x00 || dump->bytes[0] == 0xFF;
}

static bool explain_absence(const struct dump *dump, const struct board *board, struct error *error)
{
    const struct silence silence = {board, false, !is_blank(dump)};
    silence_of_loader(&silence, &error->likely);
    return false;
}

/* What is wrong with the bytes where the record should be. */
static bool refuse(const struct dump *dump, const struct board *board, uint32_t address,
                   const struct record *record, struct error *error)
{
    if (record->magic != RECORD_MAGIC) {
        error_set(error, ERROR_RECORD, dump->path, 0, 0,
                  "0x%08x at 0x%08x is not the record's first word, 0x%08x", record->magic, address,
                  RECORD_MAGIC);
        error_hint(error, "has the loader run? --address says where the dump begins");
        return explain_absence(dump, board, error);
    }
    if (record->version != (RECORD_VERSION | (uint32_t)sizeof *record << 16)) {
        return error_set(error, ERROR_RECORD, dump->path, 0, 0,
                         "version word 0x%08x, this tool reads 0x%08x", record->version,
                         RECORD_VERSION | (uint32_t)sizeof *record << 16);
    }
    error_set(error, ERROR_RECORD, dump->path, 0, 0, "checksum 0x%08x, the words give 0x%08x",
              record->checksum, explain_record_checksum(record));
    return error_hint(error, "dump it again while the core is halted");
}

/* A board whose record lies in the image does not say where: every word is tried. */
static bool search(const struct dump *dump, const struct board *board, struct record *record,
                   uint32_t *address, struct error *error)
{
    for (size_t offset = 0; offset + sizeof *record <= dump->size; offset += 4) {
        if (take_record(dump, offset, record)) {
            *address = dump->address + (uint32_t)offset;
            return true;
        }
    }
    error_set(error, ERROR_RECORD, dump->path, 0, 0, "no record in %zu bytes", dump->size);
    return explain_absence(dump, board, error);
}

static bool find_record(const struct dump *dump, const struct board *board, struct record *record,
                        uint32_t *address, struct error *error)
{
    if (board->record_address == 0) {
        return search(dump, board, record, address, error);
    }
    *address = board->record_address;
    uint32_t offset = *address - dump->address;
    if (*address < dump->address || offset >= dump->size) {
        error_set(error, ERROR_RECORD, dump->path, 0, 0,
                  "0x%08x..0x%08x does not hold the record at 0x%08x", dump->address,
                  dump->address + (uint32_t)(dump->size - 1), *address);
        return error_hint(error, "--address is where the dump begins");
    }
    if (dump->size - offset < sizeof *record) {
        return error_set(error, ERROR_RECORD, dump->path, 0, 0,
                         "%zu bytes from the record on, it has %zu", dump->size - offset,
                         sizeof *record);
    }
    return take_record(dump, offset, record) || refuse(dump, board, *address, record, error);
}

static bool trace_dump(const struct options *options, const struct board *board,
                       struct error *error)
{
    struct record record;
    uint32_t address = 0;
    struct dump dump = {.path = options->arguments[0], .address = board->record_address};
    if (options->address != OPTIONS_NO_ADDRESS) {
        if (options->address > UINT32_MAX) {
            return error_set(error, ERROR_USAGE, NULL, 0, 0, "--address has more than 32 bits");
        }
        dump.address = (uint32_t)options->address;
    }
    document_set(options->document, "board", describe_board(board));
    document_set(
        options->document, "dump",
        json_pack("{s:o, s:I}", "file", json_text(dump.path), "address", (json_int_t)dump.address));
    dump.bytes = image_read_whole_file(dump.path, &dump.size, error);
    if (dump.bytes == NULL) {
        return false;
    }
    bool good = dump.size > 0 ? find_record(&dump, board, &record, &address, error)
                              : error_set(error, ERROR_RECORD, dump.path, 0, 0, "it is empty");
    free(dump.bytes);
    if (good) {
        document_set(options->document, "record", record_json(&record, board, address, false));
        record_text_print(stdout, &record, board, address, RECORD_FULL, false);
    }
    return good;
}

/* What the last call left in the RAM of a real board, whoever made it: nothing is run there. */
static bool trace_live(struct rig *rig, const struct options *options, struct error *error)
{
    struct record record;
    uint32_t address = 0;
    uint8_t bytes[sizeof record];
    if (!rig_prepare(rig, options, error) || !rig_open(rig, options, error)) {
        return false;
    }
    if (options->address <= UINT32_MAX) {
        rig->board.record_address = (uint32_t)options->address;
    }
    const struct target *target = &rig->target;
    const struct dump dump = {.path = options->target,
                              .bytes = bytes,
                              .size = sizeof bytes,
                              .address = rig->board.record_address};
    if (!target->ops->read_memory(target->context, dump.address, bytes, sizeof bytes, error) ||
        !find_record(&dump, &rig->board, &record, &address, error)) {
        return false;
    }
    record_text_print(stdout, &record, &rig->board, address, RECORD_FULL, false);
    return true;
}

/* The record is printed whether Init succeeded or not: that is what it is for. */
static bool trace_simulated(struct rig *rig, const struct options *options, struct error *error)
{
    bool opened = rig_prepare(rig, options, error) && rig_open(rig, options, error);
    bool good = opened && session_begin(&rig->session, OPERATION_READ, error);
    if (opened) {
        session_read_record(&rig->session);
    }
    if (opened && rig->session.has_record) {
        record_text_print(stdout, &rig->session.record, &rig->board, rig->board.record_address,
                          RECORD_FULL, true);
    } else if (good) {
        good = error_set(error, ERROR_RECORD, rig->loader.path, 0, 0, "this loader leaves none");
    }
    return good;
}

static bool trace_board(const struct options *options, struct error *error)
{
    struct rig rig = {0};
    struct target_choice choice;
    const bool good =
        target_choose(&choice, options->target, error) &&
        (choice.is_gdb ? trace_live(&rig, options, error) : trace_simulated(&rig, options, error));
    rig_close(&rig);
    return good;
}

int command_trace(const struct options *options, struct error *error)
{
    struct board board;
    bool good = false;
    if (options->board == NULL || options->argument_count > 1) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "trace takes --board BOARD and at most one dump");
    } else if (options->argument_count == 0) {
        good = trace_board(options, error);
    } else {
        good = board_load(&board, options->board, error) && trace_dump(options, &board, error);
    }
    return good ? 0 : error_exit_status(error->code);
}
