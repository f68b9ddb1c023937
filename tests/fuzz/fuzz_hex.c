/* SPDX-License-Identifier: MIT */
/* An image in Intel HEX. */
#include "fuzz/fuzz_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_image(data, size, IMAGE_HEX);
    return 0;
}
