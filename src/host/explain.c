/* SPDX-License-Identifier: MIT */
#include "host/explain.h"

#include <stdio.h>
#include <string.h>

#define RECORD_HEADER_WORDS 3 /* magic, version, checksum */

struct reason_text {
    const char *name;
    const char *format; /* of the three detail words */
    const char *hint;
};

static const struct reason_text reasons[] = {
    [REASON_NONE] = {"NONE", "no reason recorded", ""},
    [REASON_BOARD_BLOCK] =
        {"BOARD_BLOCK", "the board block is damaged (magic 0x%08x, size %u, CRC 0x%08x)",
         "the image was not downloaded whole; check the RAM and the tool's base"},
    [REASON_BRINGUP] = {"BRINGUP", "", ""},
    [REASON_TIME_BASE] = {"TIME_BASE", "neither DWT CYCCNT nor SysTick counts",
                          "the core's debug block may be locked; power-cycle the board"},
    [REASON_CONTROLLER_BUSY] = {"CONTROLLER_BUSY",
                                "the controller stays busy (SR 0x%08x, CR 0x%08x, DCR2 0x%08x)",
                                "its kernel clock may not run, or was switched under it"},
    [REASON_KERNEL_CLOCK] =
        {"KERNEL_CLOCK",
         "the kernel clock is dead: a transfer never ends (SR 0x%08x, CR 0x%08x, "
         "DCR2 0x%08x)",
         "check the oscillator and the kernel clock selection of the controller"},
    [REASON_TRANSFER_ERROR] =
        {"TRANSFER_ERROR",
         "the controller reports a transfer error (SR 0x%08x, CR 0x%08x, DCR2 "
         "0x%08x)",
         "an address beyond DEVSIZE"},
    [REASON_FLASH_SILENT_HIGH] =
        {"FLASH_SILENT_HIGH", "the flash does not answer: every bit reads 1 (ID 0x%06x for 0x%06x)",
         "check supply of the flash, NCS, CLK, IO0 and IO1"},
    [REASON_FLASH_SILENT_LOW] =
        {"FLASH_SILENT_LOW", "the flash does not answer: every bit reads 0 (ID 0x%06x for 0x%06x)",
         "check supply of the flash, NCS, CLK, IO0 and IO1"},
    [REASON_FLASH_WRONG_ID] = {"FLASH_WRONG_ID",
                               "another flash answers: ID 0x%06x, the board expects 0x%06x (again: "
                               "0x%06x; first byte lowest)",
                               "compare the part on the board with `part:`"},
    [REASON_LINE_STUCK] = {"LINE_STUCK", "", "check this data line and its pin"},
    [REASON_QUAD_ENABLE] =
        {"QUAD_ENABLE",
         "the quad enable bit does not take (register 0x%02x, wrong bits 0x%02x, read by %02xh)",
         "the status register may be locked; WP# must be high"},
    [REASON_WRITE_ENABLE] =
        {"WRITE_ENABLE", "the flash did not take the command at 0x%08x (SR1 0x%02x, SR2 0x%02x)",
         "check IO0 and WP#"},
    [REASON_PROTECTED] =
        {"PROTECTED",
         "block protection does not clear (register 0x%02x, wrong bits 0x%02x, read by %02xh)",
         "the status register is locked; WP# must be high"},
    [REASON_PROGRAM_ERROR] =
        {"PROGRAM_ERROR", "the flash reports a program error at 0x%08x (SR1 0x%02x, SR2 0x%02x)",
         "the block may be protected"},
    [REASON_ERASE_ERROR] = {"ERASE_ERROR",
                            "the flash reports an erase error at 0x%08x (SR1 0x%02x, SR2 0x%02x)",
                            "the block may be protected"},
    [REASON_PROGRAM_TIMEOUT] = {"PROGRAM_TIMEOUT",
                                "programming at 0x%08x never ends (SR1 0x%02x, SR2 0x%02x)",
                                "check the supply of the flash under load"},
    [REASON_ERASE_TIMEOUT] = {"ERASE_TIMEOUT",
                              "erasing at 0x%08x never ends (SR1 0x%02x, SR2 0x%02x)",
                              "check the supply of the flash under load"},
    [REASON_READ_BACK] = {"READ_BACK",
                          "the flash holds something else at 0x%08x: 0x%08x for 0x%08x",
                          "the sector may not be erased, or the clock is too fast for the wiring"},
    [REASON_READ_MODES_DIFFER] = {"READ_MODES_DIFFER",
                                  "slow and fast read disagree at 0x%08x: 0x%08x and 0x%08x",
                                  "lower `clock:`, or check the data lines"},
    [REASON_RANGE] = {"RANGE", "address 0x%08x, %u bytes: outside the flash of %u bytes", ""},
    [REASON_NOT_INITIALISED] = {"NOT_INITIALISED", "Init has not succeeded since the download",
                                "the tool must call Init first"},
    [REASON_FAULT] = {"FAULT", "exception %u inside the loader (CFSR 0x%08x, PC 0x%08x)",
                      "see the fault frame in the record"},
    [REASON_NON_SECURE] = {"NON_SECURE", "called in Non-secure state",
                           "connect in development boot; the core must be Secure"},
    [REASON_VECTOR_TABLE] = {"VECTOR_TABLE", "VTOR does not hold the address of the vector table",
                             "another image address may be needed"},
    [REASON_ERASE_NOT_BLANK] =
        {"ERASE_NOT_BLANK",
         "0x%08x, %u bytes: not blank after an erase without error (0x%x short of all FF)",
         "check the supply of the flash; the part may be worn out"},
    [REASON_BUSY_NV_WRITE] =
        {"BUSY_NV_WRITE",
         "the flash is busy longer than a register write may last (SR1 0x%02x, SR2 "
         "0x%02x, %u ms)",
         "power-cycle the flash"},
    [REASON_LINES_SWAPPED] = {"LINES_SWAPPED", "",
                              "compare the schematic with `pins:`; the tracks must be changed"},
    [REASON_PROTOCOL] =
        {"PROTOCOL", "",
         "check these lines, their pins and tracks; the flash needs its power taken away"},
    [REASON_SFDP] = {"SFDP",
                     "the flash's SFDP is not that of the board file: table at 0x%03x has CRC "
                     "0x%08x, not 0x%08x",
                     "another chip or revision: dump its SFDP and build again"},
    [REASON_RESTARTED] =
        {"RESTARTED", "the flash started anew while it was read from offset 0x%06x (SR1 0x%02x)",
         "check its supply and its RESET#"},
};

#define REASON_COUNT (sizeof reasons / sizeof reasons[0])

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
    if (record->reason >= REASON_COUNT || reasons[record->reason].format == NULL) {
        snprintf(explanation->what, sizeof explanation->what, "reason %u (0x%08x 0x%08x 0x%08x)",
                 record->reason, record->detail[0], record->detail[1], record->detail[2]);
        return;
    }
    const struct reason_text *text = &reasons[record->reason];
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
        snprintf(explanation->what, sizeof explanation->what, text->format, record->detail[0],
                 record->detail[1], record->detail[2]);
    }
    snprintf(explanation->hint, sizeof explanation->hint, "%s", text->hint);
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
    return reason < REASON_COUNT && reasons[reason].name != NULL ? reasons[reason].name : "?";
}

const char *explain_phase_name(uint32_t phase)
{
    static const char *const names[] = {
        "idle",  "entered", "bring-up", "controller", "recover", "identify", "configure",
        "prove", "erase",   "program",  "read back",  "read",    "map",      "returned"};
    return phase < sizeof names / sizeof names[0] ? names[phase] : "?";
}

const char *explain_function_name(uint32_t function)
{
    static const char *const names[] = {"none",      "Init", "Write",  "SectorErase",
                                        "MassErase", "Read", "Verify", "CheckSum"};
    return function < sizeof names / sizeof names[0] ? names[function] : "?";
}
