/* SPDX-License-Identifier: MIT */
/* A board file. */
#include "fuzz/fuzz.h"

#include "board/board.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct board board;
    struct error error = {0};
    board_set_data_directory(FUZZ_DATA);
    bool good = board_load(&board, fuzz_path(data, size), &error);
    FUZZ_ASSERT(good == (error.code == ERROR_NONE));
    if (good) {
        char text[100];
        board_describe_clock(&board, text, sizeof text);
        FUZZ_ASSERT(board.block.size <= sizeof board.block);
        FUZZ_ASSERT(board.flash_hz != 0 && board.flash_hz <= board.clock_limit_hz);
    }
    return 0;
}
