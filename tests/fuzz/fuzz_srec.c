/* SPDX-License-Identifier: MIT */
/* An image in Motorola S-records. */
#include "fuzz/fuzz_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_image(data, size, IMAGE_SREC);
    return 0;
}
