/* SPDX-License-Identifier: MIT */
/* A flash part's file. */
#include "fuzz/fuzz.h"

#include "board/part_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct part_file part;
    struct error error = {0};
    bool good = part_parse(&part, "fuzz", data, size, &error);
    FUZZ_ASSERT(good == (error.code == ERROR_NONE));
    if (good) {
        FUZZ_ASSERT(part.part.size != 0 && part.part.page_size != 0);
        FUZZ_ASSERT(part.read_count <= PART_COMMANDS_MAX);
    }
    return 0;
}
