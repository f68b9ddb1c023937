/* SPDX-License-Identifier: MIT */
/*
 * Writes the asset file of the example. No input, no clock, no floating point: every machine makes
 * the same bytes.
 */
#include "asset.h"

#include <stdio.h>
#include <string.h>

enum {
    PICTURE_BYTES = PICTURE_WIDTH * PICTURE_HEIGHT * 2,
    SINE_BYTES = SINE_POINTS * 2,
    SETTINGS_BYTES = 64 * 1024,
    FILE_MAX = PICTURE_BYTES + SINE_BYTES + SETTINGS_BYTES + 4 * ASSET_ALIGN
};

static uint8_t file[FILE_MAX];
static uint32_t used;

static void put16(uint32_t at, uint32_t value)
{
    file[at] = (uint8_t)value;
    file[at + 1] = (uint8_t)(value >> 8);
}

static void put32(uint32_t at, uint32_t value)
{
    put16(at, value);
    put16(at + 2, value >> 16);
}

/* A gradient under a white frame: rows alike but not equal, and long runs of 0xFF. */
static void draw_picture(uint32_t at)
{
    const uint32_t frame = 24;
    for (uint32_t y = 0; y < PICTURE_HEIGHT; y++) {
        for (uint32_t x = 0; x < PICTURE_WIDTH; x++, at += 2) {
            const uint32_t red = x * 32 / PICTURE_WIDTH;
            const uint32_t green = y * 64 / PICTURE_HEIGHT;
            const uint32_t blue = (x + y) * 32 / (PICTURE_WIDTH + PICTURE_HEIGHT);
            const int inside =
                x >= frame && x < PICTURE_WIDTH - frame && y >= frame && y < PICTURE_HEIGHT - frame;
            put16(at, inside ? red << 11 | green << 5 | blue : 0xffffu);
        }
    }
}

/* Bhaskara's rational approximation of a half wave, sin(pi t) = 16 t(1-t) / (5 - 4 t(1-t)). */
static void write_sine(uint32_t at)
{
    const int64_t half = SINE_POINTS / 2;
    for (int64_t i = 0; i < SINE_POINTS; i++, at += 2) {
        const int64_t t = i % half;
        const int64_t arch = t * (half - t);
        const int64_t height = 32767 * 16 * arch / (5 * half * half - 4 * arch);
        put16(at, (uint32_t)(i < half ? height : -height));
    }
}

static void add_asset(uint32_t index, enum asset_kind kind, uint32_t size)
{
    const uint32_t offset = (used + ASSET_ALIGN - 1) / ASSET_ALIGN * ASSET_ALIGN;
    const uint32_t entry = 8 + index * (uint32_t)sizeof(struct asset_entry);
    if (kind == ASSET_PICTURE) {
        draw_picture(offset);
    } else if (kind == ASSET_SINE) {
        write_sine(offset);
    }
    uint32_t sum = 0;
    for (uint32_t i = 0; i < size; i++) {
        sum += file[offset + i];
    }
    put32(entry, (uint32_t)kind);
    put32(entry + 4, offset);
    put32(entry + 8, size);
    put32(entry + 12, sum);
    used = offset + size;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: make_asset OUTPUT\n");
        return 2;
    }
    memset(file, 0xff, sizeof file);
    put32(0, ASSET_MAGIC);
    put32(4, ASSET_COUNT);
    used = sizeof(struct asset_table);
    add_asset(0, ASSET_PICTURE, PICTURE_BYTES);
    add_asset(1, ASSET_SETTINGS, SETTINGS_BYTES);
    add_asset(2, ASSET_SINE, SINE_BYTES);

    FILE *stream = fopen(argv[1], "wb");
    if (stream == NULL) {
        perror(argv[1]);
        return 1;
    }
    const size_t written = fwrite(file, 1, used, stream);
    if (fclose(stream) != 0 || written != used) {
        perror(argv[1]);
        return 1;
    }
    return 0;
}
