/* SPDX-License-Identifier: MIT */
/* A flight record, as a dump has it and with a sum that is right. */
#include "fuzz/fuzz.h"

#include "host/explain.h"
#include "host/record_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct board board;
    static FILE *out;
    struct record record = {0};
    struct error error = {0};
    if (out == NULL) {
        out = fopen("/dev/null", "w");
        board_set_data_directory(FUZZ_DATA);
        FUZZ_ASSERT(out != NULL && board_load(&board, "stm32n6570-dk", &error));
    }
    memcpy(&record, data, size < sizeof record ? size : sizeof record);
    explain_record_is_sound(&record);
    record.magic = RECORD_MAGIC;
    record.version = RECORD_VERSION | (uint32_t)sizeof record << 16;
    record.checksum = explain_record_checksum(&record);
    FUZZ_ASSERT(explain_record_is_sound(&record));
    record_text_print(out, &record, NULL, 0, RECORD_FULL, false);
    record_text_print(out, &record, &board, board.record_address, RECORD_FULL, false);
    record_text_print(out, &record, &board, board.record_address, RECORD_BRIEF, true);
    return 0;
}
