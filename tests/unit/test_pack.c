/* SPDX-License-Identifier: MIT */
/*
 * The .stldr file, read back by an ELF reader of the test's own: what the host tool is known to
 * look at.
 */
#include "abi/storage_info.h"
#include "pack/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IMAGE_SIZE 3004u /* no multiple of 8: the packer pads */
#define BLOCK_AT   0x400u
#define BASE       0x34180404u /* the host's base and its BKPT word */

static uint8_t image_bytes[IMAGE_SIZE];
static struct board board;

static struct loader_image make_image(void)
{
    static const char *const names[] = {"stldr_Verify",      "stldr_Init",     "stldr_Write",
                                        "stldr_SectorErase", "flm_Init",       "stldr_MassErase",
                                        "stldr_Read",        "stldr_CheckSum", "own_Stream",
                                        "own_SectorErase",   "own_MassErase",  "own_Digest"};
    for (unsigned i = 0; i < IMAGE_SIZE; i++) {
        image_bytes[i] = (uint8_t)(i * 7 + (i >> 8));
    }
    struct loader_image image = {.bytes = image_bytes,
                                 .size = IMAGE_SIZE,
                                 .board_block = BLOCK_AT,
                                 .board_block_size = 1024,
                                 .entry_count = 12};
    for (unsigned i = 0; i < 12; i++) {
        image.entries[i].name = names[i];
        image.entries[i].offset = 0x10 * (i + 1);
        image.entries[i].size = 0x10;
    }
    return image;
}

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint32_t get16(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

struct program_header {
    uint32_t type, offset, vaddr, paddr, file_size, memory_size, flags;
};

static struct program_header program_header(const uint8_t *file, unsigned index)
{
    const uint8_t *at = file + get32(file + 28) + index * get16(file + 42);
    return (struct program_header){get32(at),      get32(at + 4),  get32(at + 8), get32(at + 12),
                                   get32(at + 16), get32(at + 20), get32(at + 24)};
}

static const uint8_t *section_header(const uint8_t *file, unsigned index)
{
    return file + get32(file + 32) + index * get16(file + 46);
}

/* Symbol by name, any binding; counts how many there are. */
static const uint8_t *find_symbol(const uint8_t *file, const char *name, unsigned *count)
{
    const uint8_t *found = NULL;
    *count = 0;
    for (unsigned i = 0; i < get16(file + 48); i++) {
        const uint8_t *table = section_header(file, i);
        if (get32(table + 4) != 2) {
            continue;
        }
        const uint8_t *strings = file + get32(section_header(file, get32(table + 24)) + 16);
        for (uint32_t at = 0; at < get32(table + 20); at += 16) {
            const uint8_t *symbol = file + get32(table + 16) + at;
            if (strcmp((const char *)strings + get32(symbol), name) == 0) {
                found = symbol;
                *count += 1;
            }
        }
    }
    return found;
}

static uint8_t *pack(size_t *size)
{
    struct loader_image image = make_image();
    struct error error = {.code = ERROR_NONE};
    uint8_t *file = pack_stldr(&board, &image, size, &error);
    if (file == NULL) {
        fail_msg("%s", error.detail);
    }
    return file;
}

/* ET_EXEC, Arm, EABI 5; exactly two PT_LOAD; StorageInfo first, 200 bytes at 0; FileSiz = MemSiz.
 */
static void has_two_segments(void **state)
{
    (void)state;
    size_t size = 0;
    uint8_t *file = pack(&size);
    assert_memory_equal(file,
                        "\x7F"
                        "ELF\x01\x01\x01",
                        7);
    assert_int_equal(get16(file + 16), 2);
    assert_int_equal(get16(file + 18), 40);
    assert_int_equal(get32(file + 36), 0x05000000);
    assert_int_equal(get16(file + 44), 2);
    struct program_header info = program_header(file, 0);
    struct program_header code = program_header(file, 1);
    assert_int_equal(info.type, 1);
    assert_int_equal(info.vaddr, 0);
    assert_int_equal(info.file_size, 200);
    assert_int_equal(info.memory_size, 200);
    assert_int_equal(code.type, 1);
    assert_int_equal(code.vaddr, BASE);
    assert_int_equal(code.paddr, BASE);
    assert_int_equal(code.file_size, 3008);
    assert_int_equal(code.memory_size, 3008);
    assert_int_equal(code.flags, 7);
    assert_true(code.offset + code.file_size <= size);
    unsigned allocated = 0;
    for (unsigned i = 0; i < get16(file + 48); i++) {
        const uint8_t *section = section_header(file, i);
        assert_int_not_equal(get32(section + 4), 8); /* NOBITS */
        allocated += (get32(section + 8) & 2) != 0 ? 1 : 0;
        if (get32(section + 12) == BASE) {
            assert_int_equal(get32(section + 8) & 7, 7); /* write, alloc, exec */
            assert_int_equal(get32(section + 20), 3008);
        }
    }
    assert_int_equal(allocated, 2);
    free(file);
}

/* Name = file stem, type 3, window, size, page, erased FF, count before size. */
static void describes_the_storage(void **state)
{
    (void)state;
    size_t size = 0;
    uint8_t *file = pack(&size);
    const uint8_t *info = file + program_header(file, 0).offset;
    assert_string_equal((const char *)info, "stm32n655-s25fl064l");
    assert_int_equal(get16(info + 100), 3);
    assert_int_equal(get32(info + 104), 0x70000000);
    assert_int_equal(get32(info + 108), 0x00800000);
    assert_int_equal(get32(info + 112), 0x10000);
    assert_int_equal(info[116], 0xFF);
    assert_int_equal(get32(info + 120), 128);
    assert_int_equal(get32(info + 124), 0x10000);
    assert_int_equal(get32(info + 128), 0);
    free(file);
}

/* Found by name: GLOBAL, functions with the Thumb bit, once each, and nothing of other formats. */
static void exports_the_functions(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t value, size;
        uint8_t info; /* binding << 4 | type */
    } wanted[] = {
        {"StorageInfo", 0, 200, 0x11},
        {"Verify", BASE + 0x11, 0x10, 0x12},
        {"Init", BASE + 0x21, 0x10, 0x12},
        {"Write", BASE + 0x31, 0x10, 0x12},
        {"SectorErase", BASE + 0x41, 0x10, 0x12},
        {"MassErase", BASE + 0x61, 0x10, 0x12},
        {"Read", BASE + 0x71, 0x10, 0x12},
        {"CheckSum", BASE + 0x81, 0x10, 0x12},
    };
    size_t size = 0;
    unsigned count = 0;
    uint8_t *file = pack(&size);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const uint8_t *symbol = find_symbol(file, wanted[i].name, &count);
        assert_int_equal(count, 1);
        assert_int_equal(get32(symbol + 4), wanted[i].value);
        assert_int_equal(get32(symbol + 8), wanted[i].size);
        assert_int_equal(symbol[12], wanted[i].info);
    }
    assert_null(find_symbol(file, "flm_Init", &count));
    assert_int_equal(get32(file + 24), BASE + 0x21);
    free(file);
}

/* The image is the one given, but for the block; the block is the board's, zeros behind it. */
static void stamps_the_block(void **state)
{
    (void)state;
    size_t size = 0;
    uint8_t *file = pack(&size);
    const uint8_t *code = file + program_header(file, 1).offset;
    assert_memory_equal(code, image_bytes, BLOCK_AT);
    assert_memory_equal(code + BLOCK_AT, &board.block, board.block.size);
    for (uint32_t i = board.block.size; i < 1024; i++) {
        assert_int_equal(code[BLOCK_AT + i], 0);
    }
    assert_memory_equal(code + BLOCK_AT + 1024, image_bytes + BLOCK_AT + 1024,
                        IMAGE_SIZE - BLOCK_AT - 1024);
    assert_int_equal(get32(code + IMAGE_SIZE), 0);
    free(file);
}

static void is_deterministic(void **state)
{
    (void)state;
    size_t first_size = 0;
    size_t second_size = 0;
    uint8_t *first = pack(&first_size);
    uint8_t *second = pack(&second_size);
    assert_int_equal(first_size, second_size);
    assert_memory_equal(first, second, first_size);
    free(first);
    free(second);
}

/* Host RAM: BKPT word and image, stack to base + size + 0x400, buffer from the next multiple of 32
 * that is at least 0x20 further, and one page of it. */
static void leaves_room_for_the_host(void **state)
{
    (void)state;
    static struct board small;
    struct loader_image image = make_image();
    small = board;
    uint32_t needed = (3008 + 0x400 + 0x20 + 31) / 32 * 32 + 0x10000;
    for (uint32_t size = needed - 1; size <= needed; size++) {
        struct error error = {.code = ERROR_NONE};
        size_t file_size = 0;
        small.loader_size = size;
        uint8_t *file = pack_stldr(&small, &image, &file_size, &error);
        assert_int_equal(file != NULL, size == needed);
        assert_int_equal(error.code, size == needed ? ERROR_NONE : ERROR_LOADER_TOO_LARGE);
        free(file);
    }
}

static void refuses_a_misshapen_image(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        struct loader_image image = make_image();
        struct error error = {.code = ERROR_NONE};
        size_t size = 0;
        switch (i) {
        case 0: image.board_block = IMAGE_SIZE - 8; break;
        case 1: image.board_block_size = 64; break;
        case 2: image.board_block = 0xFFFFFFFC; break;
        case 3: image.entries[1].name = "stldr_init"; break;
        default: image.entries[2].offset = IMAGE_SIZE; break;
        }
        assert_null(pack_stldr(&board, &image, &size, &error));
        assert_int_equal(error.code, ERROR_LOADER_SHAPE);
    }
}

static int set_up(void **state)
{
    (void)state;
    struct error error = {.code = ERROR_NONE};
    board_set_data_directory("data");
    return board_load(&board, "data/boards/stm32n655-s25fl064l.yaml", &error) ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_two_segments),          cmocka_unit_test(describes_the_storage),
        cmocka_unit_test(exports_the_functions),     cmocka_unit_test(stamps_the_block),
        cmocka_unit_test(is_deterministic),          cmocka_unit_test(leaves_room_for_the_host),
        cmocka_unit_test(refuses_a_misshapen_image),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
