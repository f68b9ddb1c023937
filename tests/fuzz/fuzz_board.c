/* SPDX-License-Identifier: MIT */
/* A board file. */
#include "fuzz/fuzz.h"

#include "board/board.h"
#include "board/catalog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct board board;
    struct error error = {0};
    static struct catalog *catalog;
    if (catalog == NULL) {
        board_set_data_directory(FUZZ_DATA);
        catalog = catalog_open(&error);
        FUZZ_ASSERT(catalog != NULL);
    }
    bool good = board_parse(&board, catalog, FUZZ_DATA "/boards/fuzz", data, size, &error);
    FUZZ_ASSERT(good == (error.code == ERROR_NONE));
    if (good) {
        char text[100];
        board_describe_clock(&board, text, sizeof text);
        FUZZ_ASSERT(board.block.size <= sizeof board.block);
        FUZZ_ASSERT(board.flash_hz != 0 && board.flash_hz <= board.clock_limit_hz);
    }
    return 0;
}
