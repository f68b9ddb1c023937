/* SPDX-License-Identifier: MIT */
/* A dump of an SFDP space, as bytes or hex text. */
#include "fuzz/fuzz.h"

#include "board/sfdp_part.h"
#include "sfdp/dump.h"
#include "sfdp/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sfdp_dump dump;
    static FILE *nowhere;
    struct error error = {0};
    struct sfdp sfdp;
    struct part_file part;
    struct sfdp_refusal refusal = {NULL, NULL};
    nowhere = nowhere != NULL ? nowhere : fopen("/dev/null", "w");
    bool good = sfdp_dump_parse(&dump, "fuzz", data, size, &error) &&
                sfdp_dump_decode(&sfdp, &dump, "fuzz", &error);
    FUZZ_ASSERT(good == (error.code == ERROR_NONE));
    if (!good) {
        return 0;
    }
    sfdp_print(nowhere, &sfdp);
    if (!sfdp_part_make(&part, &sfdp, &refusal)) {
        FUZZ_ASSERT(refusal.why != NULL);
        return 0;
    }
    FUZZ_ASSERT(part.read_count > 0 && part.program_count > 0);
    FUZZ_ASSERT(part.flash.erase[0].size_log2 >= 12);
    FUZZ_ASSERT(part.flash.page_size >= 16 && part.flash.page_size <= 256);
    FUZZ_ASSERT(part.flash.address_bytes == 4 || part.flash.size <= 16u << 20);
    FUZZ_ASSERT(part.flash.chip_erase_ms <= UINT32_MAX / 2000);
    return 0;
}
