/* SPDX-License-Identifier: MIT */
#include "host/rehearse.h"

#include "host/operation.h"

#include <stdlib.h>

#define ROUNDS 2
#define BEFORE 0x345u /* bytes before the sector's end, so that nothing is aligned */
#define AMOUNT 0x1234u

static void fill(uint8_t *bytes, uint32_t size)
{
    uint32_t seed = 0x2545F491u;
    for (uint32_t i = 0; i < size; i++) {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        bytes[i] = (uint8_t)seed;
    }
}

/* The first two sectors and what is written into them. */
static bool choose(const struct session *session, uint32_t *size, struct image *image,
                   struct error *error)
{
    uint32_t start = 0, first = 0, second = 0;
    uint8_t bytes[AMOUNT];
    const uint32_t base = session->loader->info.device_start_address;
    loader_file_sector(session->loader, 0, &start, &first);
    if (!loader_file_sector(session->loader, first, &start, &second)) {
        second = 0;
    }
    *size = first + second;
    const uint32_t at = second > 0 && first > BEFORE ? first - BEFORE : 3;
    const uint32_t room = *size - at;
    fill(bytes, sizeof bytes);
    image_init(image);
    return image_add_bytes(image, "rehearsal", bytes, room < AMOUNT ? room : AMOUNT, IMAGE_BIN,
                           true, base + at, error);
}

static bool round_trip(struct session *session, uint32_t size, const struct image *image,
                       const char **operation, struct error *error)
{
    uint64_t written = 0;
    uint8_t bytes[256];
    const uint32_t base = session->loader->info.device_start_address;
    *operation = "erase";
    if (!operation_erase(session, base, size, error)) {
        return false;
    }
    *operation = "write";
    if (!operation_write(session, image, &written, error)) {
        return false;
    }
    *operation = "verify";
    if (!operation_verify(session, image, error)) {
        return false;
    }
    *operation = "read";
    return operation_read(session, NULL, base, bytes, sizeof bytes, error);
}

bool rehearse(struct instrument *instrument, struct error *error)
{
    struct image image;
    struct error failure = {0};
    const char *operation = "";
    uint32_t size = 0;
    bool good = choose(instrument->session, &size, &image, error);
    for (int i = 0; good && failure.code == ERROR_NONE && i < ROUNDS; i++) {
        if (!round_trip(instrument->session, size, &image, &operation, &failure)) {
            instrument_failed(instrument, operation, &failure);
        }
    }
    image_release(&image);
    if (good && (failure.code == ERROR_INTERRUPTED || failure.code == ERROR_NO_MEMORY)) {
        *error = failure;
        return false;
    }
    if (good) {
        instrument_boot(instrument);
    }
    return good;
}
