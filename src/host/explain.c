/* SPDX-License-Identifier: MIT */
#include "host/explain.h"

#include "report/record_words.h"

#include <stdio.h>
#include <string.h>

#define RECORD_HEADER_WORDS 3 /* magic, version, checksum */

uint32_t explain_record_checksum(const struct record *record)
{
    uint32_t words[sizeof *record / sizeof(uint32_t)];
    uint32_t sum = 0;
    memcpy(words, record, sizeof *record);
    for (size_t i = RECORD_HEADER_WORDS; i < sizeof words / sizeof words[0]; i++) {
        sum += words[i];
    }
    return ~sum;
}

bool explain_record_is_sound(const struct record *record)
{
    return record->magic == RECORD_MAGIC &&
           record->version == (RECORD_VERSION | (uint32_t)sizeof *record << 16) &&
           record->checksum == explain_record_checksum(record);
}

static void explain_bringup(const struct record *record, const struct board *board,
                            struct explanation *explanation)
{
    const struct board_op *op =
        board != NULL ? board_op_at(board, record->detail[0], record->detail[2]) : NULL;
    const struct board_wire *wire = op != NULL ? &board->wires[op->wire] : NULL;
    snprintf(explanation->what, sizeof explanation->what,
             "bring-up, %s: 0x%08x does not hold the value, it reads 0x%08x",
             wire != NULL ? wire->name : "a register", record->detail[1], record->detail[2]);
    if (wire != NULL) {
        snprintf(explanation->hint, sizeof explanation->hint, "%s", wire->hint);
    }
}

static const char *pad_of_line(const struct board *board, unsigned line)
{
    char signal[8];
    snprintf(signal, sizeof signal, "IO%u", line & 0xFu);
    for (unsigned i = 0; board != NULL && i < board->pin_count; i++) {
        if (strcmp(board->pins[i].signal, signal) == 0) {
            return board->pins[i].pad;
        }
    }
    return "?";
}

static void explain_line(const struct record *record, const struct board *board,
                         struct explanation *explanation)
{
    unsigned line = record->detail[0] & 0xFu;
    snprintf(explanation->what, sizeof explanation->what,
             "data line IO%u (pin %s) does not work: 0x%08x came back for 0x%08x", line,
             pad_of_line(board, line), record->detail[1], record->detail[2]);
}

static void explain_lines(const struct record *record, const struct board *board,
                          struct explanation *explanation)
{
    unsigned io0 = record->detail[0], io1 = record->detail[1];
    if (io0 == 0 && io1 == 1) {
        snprintf(explanation->what, sizeof explanation->what,
                 "data lines are exchanged: IO2 (pin %s) and IO3 (pin %s)", pad_of_line(board, 2),
                 pad_of_line(board, 3));
        return;
    }
    snprintf(explanation->what, sizeof explanation->what,
             "data lines are exchanged: the flash's IO0 is on pin %s (IO%u), its IO1 on pin %s "
             "(IO%u)",
             pad_of_line(board, io0), io0, pad_of_line(board, io1), io1);
}

void explain_record(const struct record *record, const struct board *board,
                    struct explanation *explanation)
{
    *explanation = (struct explanation){0};
    if (record->reason == REASON_BRINGUP) {
        explain_bringup(record, board, explanation);
        return;
    }
    const struct reason_words *words = record_words_of(record->reason, record->detail);
    if (words == NULL) {
        snprintf(explanation->what, sizeof explanation->what, "reason %u (0x%08x 0x%08x 0x%08x)",
                 record->reason, record->detail[0], record->detail[1], record->detail[2]);
        return;
    }
    if (record->reason == REASON_FLASH_WRONG_ID && record->detail[1] == 0) { /* no `id:` */
        snprintf(explanation->what, sizeof explanation->what,
                 "the flash's ID reads 0x%06x, then 0x%06x", record->detail[0], record->detail[2]);
        snprintf(explanation->hint, sizeof explanation->hint, "check NCS, CLK, IO0 and IO1");
        return;
    }
    if (record->reason == REASON_LINE_STUCK) {
        explain_line(record, board, explanation);
    } else if (record->reason == REASON_PROTOCOL) {
        snprintf(explanation->what, sizeof explanation->what,
                 "the flash does not answer in the %s protocol it was switched to (SR 0x%02x)%s",
                 record->detail[0] != 0 ? "octal" : "1-line", record->detail[1],
                 record->detail[2] != 0 ? "; it hears commands there: DQS does not work"
                                        : "; it does not hear commands there: IO2 to IO7");
    } else if (record->reason == REASON_LINES_SWAPPED) {
        explain_lines(record, board, explanation);
    } else {
        snprintf(explanation->what, sizeof explanation->what, words->format, record->detail[0],
                 record->detail[1], record->detail[2]);
    }
    snprintf(explanation->hint, sizeof explanation->hint, "%s", words->hint);
}

void explain_found(uint32_t found, char *buffer, size_t size)
{
    static const struct {
        uint32_t bits;
        const char *text;
    } states[] = {
        {FOUND_SR1_WIP, "an erase, program or register write under way"},
        {FOUND_SR2_SUSPENDED, "a suspended operation"},
        {FOUND_SR1_WEL, "WEL set"},
        {FOUND_SR2_ERRORS, "a latched error"},
    };
    size_t used = 0;
    if ((found & FOUND_SR1_SILENT) == FOUND_SR1_SILENT) {
        snprintf(buffer, size, "a chip that did not answer in SPI mode");
        return;
    }
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        if ((found & states[i].bits) != 0 && used < size) {
            int wrote =
                snprintf(buffer + used, size - used, "%s%s", used > 0 ? ", " : "", states[i].text);
            used += wrote > 0 ? (size_t)wrote : 0;
        }
    }
    if (used == 0) {
        snprintf(buffer, size, "nothing unusual (SR1 0x%02x, SR2 0x%02x, CR1 0x%02x)",
                 found & 0xFFu, found >> 8 & 0xFFu, found >> 16 & 0xFFu);
    }
}

const char *explain_reason_name(uint32_t reason)
{
    const struct reason_words *words = record_words_reason(reason);
    return words != NULL ? words->name : "?";
}

const char *explain_phase_name(uint32_t phase)
{
    const char *name = record_words_phase(phase);
    return name != NULL ? name : "?";
}

const char *explain_function_name(uint32_t function)
{
    const char *name = record_words_function(function);
    return name != NULL ? name : "?";
}
