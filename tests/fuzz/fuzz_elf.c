/* SPDX-License-Identifier: MIT */
/* An image in ELF, and all that the reader tells of it. */
#include "elf/elf32.h"
#include "fuzz/fuzz_image.h"

static volatile size_t sink;

static void touch(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; bytes != NULL && i < size; i++) {
        sink += bytes[i];
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct elf_file elf;
    struct error error = {0};
    fuzz_image(data, size, IMAGE_ELF);
    if (!elf_parse(&elf, "input", data, size, &error)) {
        FUZZ_ASSERT(error.code != ERROR_NONE);
        return 0;
    }
    for (unsigned i = 0; i < elf.segment_count; i++) {
        touch(elf.segments[i].bytes, elf.segments[i].file_size);
    }
    for (unsigned i = 0; i < elf.section_count; i++) {
        sink += strlen(elf.sections[i].name);
        touch(elf.sections[i].bytes, elf.sections[i].size);
    }
    for (unsigned i = 0; i < elf.symbol_count; i++) {
        sink += strlen(elf.symbols[i].name);
    }
    elf_find_symbol(&elf, "Init");
    elf_release(&elf);
    return 0;
}
