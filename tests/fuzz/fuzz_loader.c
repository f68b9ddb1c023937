/* SPDX-License-Identifier: MIT */
/* A loader file: checked, and read by each view that a host has of it. */
#include "fuzz/fuzz.h"

#include "check/check.h"
#include "host/loader_file.h"

static volatile uint32_t sink;

static void read_as(enum loader_view view, const uint8_t *data, size_t size)
{
    struct loader_file loader;
    struct error error = {0};
    uint32_t start, length;
    bool good = loader_file_parse(&loader, view, "input.stldr", data, size, &error);
    FUZZ_ASSERT(good == (error.code == ERROR_NONE));
    if (!good) {
        return;
    }
    for (unsigned i = 0; i < loader.piece_count; i++) {
        const struct loader_piece *piece = &loader.pieces[i];
        for (uint32_t at = 0; at < piece->file_size + piece->tail_size; at++) {
            sink += piece->bytes[at];
        }
    }
    loader_file_is_named(&loader);
    loader_file_sector(&loader, 0x12345, &start, &length);
    loader_file_symbol(&loader, loader.entry[LOADER_INIT]);
    loader_file_bytes(&loader, loader.image_address, 16);
    loader_file_release(&loader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct findings findings = {0};
    struct error error = {0};
    bool good = check_loader("input.stldr", data, size, NULL, &findings, &error);
    FUZZ_ASSERT(good == (error.code == ERROR_NONE));
    findings_release(&findings);
    read_as(VIEW_SEGMENTS, data, size);
    read_as(VIEW_SECTIONS, data, size);
    read_as(VIEW_PACK, data, size);
    read_as(VIEW_TARGET_GEN, data, size);
    read_as(VIEW_WORK_RAM, data, size);
    return 0;
}
