/* SPDX-License-Identifier: MIT */
#include "host/silence.h"

#include <string.h>

static const char *pad_of(const struct board *board, const char *signal)
{
    for (unsigned i = 0; i < board->pin_count; i++) {
        if (strcmp(board->pins[i].signal, signal) == 0) {
            return board->pins[i].pad;
        }
    }
    return "?";
}

static void add_supply(const struct silence *silence, struct likely *likely)
{
    const struct board *board = silence->board;
    if (board->power_switch[0] != '\0') {
        likely_add(
            likely,
            "the flash has no supply: %s switches it; `init:` must drive that pin to the level "
            "that switches on, with a delay behind it",
            board->power_switch);
    } else if (!silence->simulated) {
        likely_add(likely,
                   "the flash has no supply; a load switch must be turned on by a line of `init:`");
    }
}

static void add_reset(const struct silence *silence, struct likely *likely)
{
    if (silence->board->reset_pad[0] != '\0') {
        likely_add(likely, "the flash is held in reset: %s leads to its RESET# and must be high",
                   silence->board->reset_pad);
    } else if (!silence->simulated) {
        likely_add(likely, "the flash is held in reset: RESET# is low");
    }
}

static void add_lines(const struct board *board, bool high, struct likely *likely)
{
    if (high) {
        likely_add(likely, "NCS (%s), CLK (%s) or IO0 (%s) is open: the flash hears no command",
                   pad_of(board, "NCS"), pad_of(board, "CLK"), pad_of(board, "IO0"));
        likely_add(likely, "IO1 (%s) is open or pulled up: the answer does not arrive",
                   pad_of(board, "IO1"));
        return;
    }
    likely_add(likely, "IO1 (%s) is shorted to ground, or pulled there by a flash without supply",
               pad_of(board, "IO1"));
    likely_add(likely, "the pads of port %s have no supply of their own (VDDIO)", board->port);
}

void silence_of_flash(const struct silence *silence, uint32_t reason, struct likely *likely)
{
    const struct board *board = silence->board;
    if (reason != REASON_FLASH_SILENT_HIGH && reason != REASON_FLASH_SILENT_LOW) {
        return;
    }
    if (!silence->simulated) {
        likely_add(
            likely,
            "other pins or another port: the file has %s on port %s, NCS %s, CLK %s, IO0 %s, "
            "IO1 %s; compare with the schematic",
            board->controller, board->port, pad_of(board, "NCS"), pad_of(board, "CLK"),
            pad_of(board, "IO0"), pad_of(board, "IO1"));
    }
    add_supply(silence, likely);
    add_reset(silence, likely);
    if (!silence->simulated) {
        add_lines(board, reason == REASON_FLASH_SILENT_HIGH, likely);
    }
}

void silence_of_loader(const struct silence *silence, struct likely *likely)
{
    const bool n6 = strncmp(silence->board->mcu, "STM32N6", 7) == 0;
    if (silence->simulated) {
        return;
    }
    if (n6) {
        likely_add(likely,
                   "no development boot: BOOT1 must be high at the reset, or an STM32N6 lets "
                   "no debugger in");
    }
    if (n6 && !silence->readable) {
        likely_add(likely,
                   "the wrong access port: the core is behind AP1, which the boot ROM opens "
                   "after a reset; AP0 reaches DBGMCU only");
    }
    likely_add(likely,
               "the tool took another loader, or none: see its log, and do not rename the file");
    likely_add(likely,
               "a reset since the loader ran: NRST is pulled, a watchdog ran out, the supply "
               "dipped");
    if (!silence->readable) {
        likely_add(likely,
                   "the wiring to the probe: SWDIO, SWCLK, GND, reference voltage; try 1 MHz");
    }
}

void silence_of_start(const struct silence *silence, struct likely *likely)
{
    if (silence->simulated) {
        return;
    }
    likely_add(likely,
               "the core locked up or took a fault at the first instruction: the image's RAM "
               "is execute-never, or belongs to the other security state");
    likely_add(likely, "a reset since the download: a watchdog ran out, NRST is pulled, the supply "
                       "dipped");
    if (silence->board->record_address != 0) {
        likely_add(likely,
                   "no RAM at the record's address, 0x%08x, or it is switched off: `record: image` "
                   "moves it into the image",
                   silence->board->record_address);
    }
    likely_add(likely, "the server did not start the core, or its cache shows old registers");
}
