/* SPDX-License-Identifier: MIT */
#include "report/record_words.h"

#include "abi/digest.h"
#include "abi/record.h"

#include <stddef.h>

static const struct reason_words reasons[] = {
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
        {"WRITE_ENABLE",
         "the flash did not take a command at or before 0x%08x (SR1 0x%02x, SR2 0x%02x)",
         "check IO0 and WP#"},
    [REASON_PROTECTED] =
        {"PROTECTED",
         "block protection does not clear (register 0x%02x, wrong bits 0x%02x, read by %02xh)",
         "the status register is locked; WP# must be high"},
    [REASON_PROGRAM_ERROR] =
        {"PROGRAM_ERROR",
         "the flash reports a program error at or before 0x%08x (SR1 0x%02x, SR2 0x%02x)",
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
    [REASON_PACKED] =
        {"PACKED", "a packed buffer does not unpack: %u buffers before it; it should give %u bytes",
         "try again: the link to the probe may have changed bytes; if it comes again, report it"},
    [REASON_STREAM_IDLE] = {"STREAM_IDLE", "the host handed over no more bytes: %u buffers so far",
                            "the link to the probe may have failed"},
    [REASON_RESTARTED] =
        {"RESTARTED",
         "the flash started anew in the middle of the call, at or before offset 0x%06x (a "
         "register is 0x%02x)",
         "check its supply and its RESET#"},
};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

const struct reason_words *record_words_reason(uint32_t reason)
{
    return reason < COUNT(reasons) && reasons[reason].name != NULL ? &reasons[reason] : NULL;
}

const struct reason_words *record_words_of(uint32_t reason, const uint32_t detail[3])
{
    static const struct reason_words digest_range = {
        "RANGE", "address 0x%08x, %u bytes to be digested: empty, or not a multiple of %u",
        "report it: the host asked for what the loader cannot digest"};
    return reason == REASON_RANGE && detail[2] == DIGEST_STEP ? &digest_range
                                                              : record_words_reason(reason);
}

const char *record_words_phase(uint32_t phase)
{
    static const char *const names[] = {
        "idle",  "entered", "bring-up", "controller", "recover", "identify", "configure",
        "prove", "erase",   "program",  "read back",  "read",    "map",      "returned"};
    return phase < COUNT(names) ? names[phase] : NULL;
}

const char *record_words_function(uint32_t function)
{
    /* by number; those of FLM and of SEGGER by the names that their tools use */
    static const char *const names[] = {"none",
                                        "Init",
                                        "Write",
                                        "SectorErase",
                                        "MassErase",
                                        "Read",
                                        "Verify",
                                        "CheckSum",
                                        "BlankCheck",
                                        "Init",
                                        "ProgramPage",
                                        "EraseSector",
                                        "EraseChip",
                                        "?",
                                        "Verify",
                                        "UnInit",
                                        "CheckBlank",
                                        "Prepare",
                                        "Program",
                                        "Erase",
                                        "EraseChip",
                                        "?",
                                        "?",
                                        "Restore",
                                        "?",
                                        "?",
                                        "extload_Stream",
                                        "extload_SectorErase",
                                        "extload_MassErase",
                                        "?",
                                        "extload_Digest"};
    return function < COUNT(names) ? names[function] : NULL;
}
