/* SPDX-License-Identifier: MIT */
/*
 * bench_parse make FILE      writes 1 MiB at random, the same on every run
 * bench_parse FILE [ADDRESS] reads an image as `program` does, and no more: for callgrind
 */
#include "image/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE UINT32_C(0x100000)

static int make(const char *path)
{
    uint64_t state = 0x20260101;
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        return 2;
    }
    for (uint32_t i = 0; i < SIZE; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        fputc((int)(state >> 56), file);
    }
    return fclose(file) == 0 ? 0 : 2;
}

int main(int argc, char **argv)
{
    struct image image;
    struct error error = {.code = ERROR_NONE};
    if (argc == 3 && strcmp(argv[1], "make") == 0) {
        return make(argv[2]);
    }
    const bool raw = argc == 3;
    const uint32_t address = raw ? (uint32_t)strtoul(argv[2], NULL, 0) : 0;
    image_init(&image);
    bool good = argc > 1 && image_add_file(&image, argv[1], IMAGE_BY_NAME, raw, address, &error) &&
                image_size(&image) == SIZE;
    image_release(&image);
    if (!good) {
        char text[ERROR_TEXT_SIZE];
        error_format(&error, text, sizeof text);
        fprintf(stderr, "%s\n", text);
    }
    return good ? 0 : 2;
}
