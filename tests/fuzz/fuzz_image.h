/* SPDX-License-Identifier: MIT */
/* What holds of an image that was taken, whatever its format. */
#ifndef EXTLOAD_TESTS_FUZZ_FUZZ_IMAGE_H
#define EXTLOAD_TESTS_FUZZ_FUZZ_IMAGE_H

#include "fuzz/fuzz.h"
#include "image/image.h"

static inline void fuzz_image(const uint8_t *data, size_t size, enum image_format format)
{
    struct image image, outside;
    struct error error = {0};
    uint64_t end = 0;
    image_init(&image);
    bool good = image_add_bytes(&image, "input", data, size, format, false, 0, &error);
    FUZZ_ASSERT(good == (error.code == ERROR_NONE) && good == (image.count > 0));
    for (unsigned i = 0; i < image.count; i++) {
        const struct image_segment *segment = &image.segments[i];
        FUZZ_ASSERT(segment->size > 0 && segment->address >= end);
        end = (uint64_t)segment->address + segment->size;
        FUZZ_ASSERT(end <= UINT64_C(1) << 32);
        volatile uint8_t sum = 0;
        for (uint32_t at = 0; at < segment->size; at++) {
            sum = (uint8_t)(sum + segment->bytes[at]);
        }
    }
    if (good) {
        uint64_t before = image_size(&image);
        image_init(&outside);
        if (image_clip(&image, 0x70000000, 0x800000, true, &outside, &error)) {
            FUZZ_ASSERT(image_size(&image) + image_size(&outside) == before);
        }
        image_release(&outside);
    }
    image_release(&image);
}

#endif
