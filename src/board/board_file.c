/* SPDX-License-Identifier: MIT */
#include "board/board_file.h"

#include "abi/storage_info.h"

const char *const board_file_signals[BOARD_FILE_SIGNALS] = {
    "CLK", "NCS", "IO0", "IO1", "IO2", "IO3", "IO4", "IO5", "IO6", "IO7", "DQS"};

const uint8_t board_file_lanes[4] = {1, 2, 4, 8};

#define PIN_KEY(index, name, words)                                                                \
    {                                                                                              \
        .key = name, .type = SCHEMA_TEXT, .minimum = 1, .maximum = 7, .doc = words,                \
        .offset = offsetof(struct board_file_flash, pins.signals[index]) -                         \
                  offsetof(struct board_file_flash, pins)                                          \
    }

static const struct schema_key pin_keys[] = {
    PIN_KEY(0, "CLK", "pad that drives the flash's clock"),
    PIN_KEY(1, "NCS", "pad that drives the flash's chip select"),
    PIN_KEY(2, "IO0", "pad of data line 0 (SI)"),
    PIN_KEY(3, "IO1", "pad of data line 1 (SO)"),
    PIN_KEY(4, "IO2", "pad of data line 2 (WP#); with 4 or 8 lanes"),
    PIN_KEY(5, "IO3", "pad of data line 3 (HOLD# or RESET#); with 4 or 8 lanes"),
    PIN_KEY(6, "IO4", "pad of data line 4; with 8 lanes"),
    PIN_KEY(7, "IO5", "pad of data line 5; with 8 lanes"),
    PIN_KEY(8, "IO6", "pad of data line 6; with 8 lanes"),
    PIN_KEY(9, "IO7", "pad of data line 7; with 8 lanes"),
    PIN_KEY(10, "DQS", "pad of the data strobe; with 8 lanes; without it no double rate"),
    END_OF_KEYS,
};

static const struct schema_key flash_keys[] = {
    TEXT_KEY(board_file_flash, part, "part", false, 31,
             "the flash chip, one of `extload list parts`. Or give `sfdp`"),
    TEXT_KEY(
        board_file_flash, sfdp, "sfdp", false, 200,
        "instead of `part`: a dump of the chip's SFDP, bytes or hex text; its path counts from "
        "the board file's folder. Init compares it with the chip (sfdp.md)"),
    TEXT_KEY(board_file_flash, id, "id", false, 8,
             "with `sfdp`: the bytes that 9Fh reads, as `01 60 17`; any ID will do if left out"),
    TEXT_KEY(board_file_flash, controller, "controller", true, 15,
             "the MCU's controller that drives it, such as XSPI2"),
    TEXT_KEY(board_file_flash, port, "port", false, 7,
             "port of the I/O manager, such as P2; its pads are known. Or give `pins`"),
    MAPPING_KEY(board_file_flash, pins, "pins", false, pin_keys,
                "pads one by one, instead of `port`; checked against signal and package"),
    CHOICE_KEY(board_file_flash, lanes, "lanes", true, "1 2 4 8", "data lines that are wired"),
    NUMBER_KEY(board_file_flash, clock, "clock", QUANTITY_FREQUENCY, true, 1, 1000000000,
               "upper bound of the flash clock; the build prints what is reached"),
    NUMBER_KEY(board_file_flash, supply, "supply", QUANTITY_VOLTAGE, true, 1000, 5000,
               "supply of the flash and its pads, such as 3.3V; checked against the part"),
    CHOICE_KEY(board_file_flash, chip_select, "chip_select", false, "NCS1 NCS2",
               "chip select output of the port; NCS1 if left out"),
    TEXT_KEY(
        board_file_flash, reset, "reset", false, 7,
        "pad that leads to the flash's RESET#; left alone unless `init` drives it. The simulated "
        "board has the wire"),
    END_OF_KEYS,
};

const struct schema_key board_file_keys[] = {
    TEXT_KEY(board_file, name, "name", true, STORAGE_INFO_NAME_SIZE - 1,
             "name of the board and of the loader: file stem and DeviceName"),
    TEXT_KEY(board_file, mcu, "mcu", true, 31, "the MCU, one of `extload list mcus`"),
    MAPPING_KEY(board_file, flash, "flash", true, flash_keys, "the flash chip and how it is wired"),
    LIST_KEY(board_file, init, "init", false, 1000,
             "script lines that run before the controller is used: power, reset, PMIC pins"),
    TEXT_KEY(
        board_file, power_switch, "power_switch", false, 7,
        "pad that switches the flash's supply; `init` must drive it. The simulated board feeds "
        "its flash through it"),
    TEXT_KEY(board_file, record, "record", false, 15,
             "where the flight record lies: `image`, or an address in RAM; else the MCU's place. "
             "With `image` the host side does not find it"),
    NUMBER_KEY(board_file, run_from, "run_from", QUANTITY_NUMBER, false, 0, 0xFFFFFFFF,
               "RAM address that the host tool uses for loaders, if not the MCU's usual one; a "
               "multiple of 8"),
    NUMBER_KEY(
        board_file, page_size, "page_size", QUANTITY_SIZE, false, 16, 0x200000,
        "PageSize in StorageInfo, a power of two: what a tool may hand to Write at once. Not the "
        "chip's page. If left out, the largest up to 64K that is no more than a sector, fits the "
        "tool's RAM twice, and is programmed within half a second at the part's maximum"),
    NUMBER_KEY(board_file, sector_size, "sector_size", QUANTITY_SIZE, false, 4096, 0x10000000,
               "sector size in StorageInfo, a power of two; 64K if left out. A host that does not "
               "keep the rest of a sector loses it"),
    END_OF_KEYS,
};
