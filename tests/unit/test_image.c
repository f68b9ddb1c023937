/* SPDX-License-Identifier: MIT */
/* Several files become one image: formats, addresses, overlaps, files that cannot be read. */
#include "elf/elf32.h"
#include "image/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    CONTENT_SIZE = 0x11003,
    CONTENT_ADDRESS = 0x7000FFF1
};

static uint8_t content[CONTENT_SIZE];
static char folder[] = "/tmp/extload-image-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const void *bytes, size_t size)
{
    FILE *stream = fopen(in_folder(name), "wb");
    assert_non_null(stream);
    assert_int_equal(size, fwrite(bytes, 1, size, stream));
    assert_int_equal(0, fclose(stream));
}

static bool add_bin(struct image *image, const char *name, uint32_t address, size_t size,
                    struct error *error)
{
    return image_add_bytes(image, name, content, size, IMAGE_BIN, true, address, error);
}

/* Two PT_LOADs that adjoin, one of a lone byte, given out of order. */
static uint8_t *make_elf(size_t *size)
{
    struct elf_writer *writer = elf_writer_create(CONTENT_ADDRESS);
    const uint32_t half = 0x8001;
    assert_int_not_equal(0, elf_writer_add_segment(writer, "b", CONTENT_ADDRESS + half,
                                                   content + half, CONTENT_SIZE - half, 2, 4, 1));
    assert_int_not_equal(
        0, elf_writer_add_segment(writer, "a", CONTENT_ADDRESS, content, half, 2, 4, 1));
    uint8_t *file = elf_writer_finish(writer, size);
    assert_non_null(file);
    elf_writer_destroy(writer);
    return file;
}

static void assert_is_content(const struct image *image)
{
    assert_int_equal(1, image->count);
    assert_int_equal(CONTENT_ADDRESS, image->segments[0].address);
    assert_int_equal(CONTENT_SIZE, image->segments[0].size);
    assert_memory_equal(content, image->segments[0].bytes, CONTENT_SIZE);
    assert_int_equal(CONTENT_SIZE, image_size(image));
}

static void test_same_content_in_every_format(void **state)
{
    (void)state;
    static const char *const names[] = {"same.bin", "same.hex", "same.elf", "same.dat"};
    struct error error = {0};
    assert_true(
        image_write_file(in_folder(names[0]), CONTENT_ADDRESS, content, CONTENT_SIZE, &error));
    assert_true(
        image_write_file(in_folder(names[1]), CONTENT_ADDRESS, content, CONTENT_SIZE, &error));
    size_t size = 0;
    uint8_t *elf = make_elf(&size);
    write_file(names[2], elf, size);
    write_file(names[3], elf, size);
    free(elf);
    for (unsigned i = 0; i < 4; i++) {
        struct image image;
        image_init(&image);
        assert_true(image_add_file(&image, in_folder(names[i]), IMAGE_BY_NAME, i == 0,
                                   CONTENT_ADDRESS, &error));
        assert_is_content(&image);
        assert_string_equal(in_folder(names[i]), image.segments[0].source);
        image_release(&image);
        assert_int_equal(0, image.count);
    }
}

/* Where bytes are loaded is p_paddr; memory without file bytes is no content. */
static void test_elf_goes_by_physical_address(void **state)
{
    (void)state;
    size_t size = 0;
    uint8_t *elf = make_elf(&size);
    elf[52 + 12 + 3] = 0x71; /* first p_paddr: 0x7001.... -> 0x7101.... */
    elf[52 + 20 + 2] = 2;    /* its p_memsz grows past p_filesz */
    elf[52 + 32 + 16] = 0;   /* second p_filesz: 0x8001 -> 0x8000 -> 0 */
    elf[52 + 32 + 16 + 1] = 0;
    struct error error = {0};
    struct image image;
    image_init(&image);
    assert_true(image_add_bytes(&image, "x", elf, size, IMAGE_BY_NAME, false, 0, &error));
    assert_int_equal(1, image.count);
    assert_int_equal(0x71017FF2, image.segments[0].address);
    assert_int_equal(CONTENT_SIZE - 0x8001, image.segments[0].size);
    image_release(&image);

    elf[52] = 4; /* PT_NOTE: nothing to load is left */
    assert_false(image_add_bytes(&image, "x", elf, size, IMAGE_BY_NAME, false, 0, &error));
    assert_int_equal(ERROR_IMAGE_EMPTY, error.code);
    free(elf);
}

static void test_elf_segments_that_overlap(void **state)
{
    (void)state;
    size_t size = 0;
    uint8_t *elf = make_elf(&size);
    elf[52 + 12] = (uint8_t)(elf[52 + 12] - 1); /* p_paddr of the upper half one down */
    struct error error = {0};
    struct image image;
    image_init(&image);
    assert_false(image_add_bytes(&image, "x.elf", elf, size, IMAGE_ELF, false, 0, &error));
    assert_int_equal(ERROR_IMAGE_OVERLAP, error.code);
    assert_string_equal("program headers 0 and 1 both load 0x70017FF1 to 0x70017FF1", error.detail);
    free(elf);
}

static void test_files_side_by_side(void **state)
{
    (void)state;
    struct error error = {0};
    struct image image;
    image_init(&image);
    assert_true(add_bin(&image, "high", 0xFFFFFFF0, 16, &error));
    assert_true(add_bin(&image, "low", 0x100, 16, &error));
    assert_true(add_bin(&image, "middle", 0x110, 16, &error));
    assert_true(add_bin(&image, "first", 0, 16, &error));
    static const char *const order[] = {"first", "low", "middle", "high"};
    assert_int_equal(4, image.count);
    for (unsigned i = 0; i < 4; i++) {
        assert_string_equal(order[i], image.segments[i].source);
    }
    assert_int_equal(64, image_size(&image));
    image_release(&image);
}

struct overlap {
    uint32_t address;
    size_t size;
    const char *says;
};

/* Against 0x1000..0x10FF of "old". */
static const struct overlap overlaps[] = {
    {0x1000, 256, "0x00001000 to 0x000010FF also comes from old"},
    {0x0FFF, 2, "0x00001000 to 0x00001000 also comes from old"},
    {0x10FF, 2, "0x000010FF to 0x000010FF also comes from old"},
    {0x1010, 16, "0x00001010 to 0x0000101F also comes from old"},
    {0x0800, 4096, "0x00001000 to 0x000010FF also comes from old"},
    {0x0FFF, 1, NULL},
    {0x1100, 1, NULL},
    {0x2000, 1, NULL},
};

static void test_overlap_names_both_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof overlaps / sizeof overlaps[0]; i++) {
        struct error error = {0};
        struct image image;
        image_init(&image);
        assert_true(add_bin(&image, "old", 0x1000, 256, &error));
        const bool good = add_bin(&image, "new", overlaps[i].address, overlaps[i].size, &error);
        assert_true(good == (overlaps[i].says == NULL));
        if (!good) {
            assert_int_equal(ERROR_IMAGE_OVERLAP, error.code);
            assert_string_equal("new", error.file);
            assert_string_equal(overlaps[i].says, error.detail);
            assert_int_equal(256, image_size(&image));
            assert_int_equal(1, image.source_count);
        }
        image_release(&image);
    }
}

struct telling {
    const char *name, *bytes;
    enum image_format format;
    bool has_address;
    enum error_code code;
};

static const struct telling tellings[] = {
    {"a.bin", "abc", IMAGE_BY_NAME, true, ERROR_NONE},
    {"a.BIN", "abc", IMAGE_BY_NAME, true, ERROR_NONE},
    {"a.bin", "abc", IMAGE_BY_NAME, false, ERROR_USAGE},
    {"a.txt", "abc", IMAGE_BY_NAME, true, ERROR_NONE},
    {"a.txt", "abc", IMAGE_BY_NAME, false, ERROR_IMAGE_FORMAT},
    {".bin", "abc", IMAGE_BY_NAME, false, ERROR_IMAGE_FORMAT},
    {"a.hex", "abc", IMAGE_BY_NAME, false, ERROR_HEX_SYNTAX},
    {"a.elf", "abc", IMAGE_BY_NAME, false, ERROR_ELF_WRONG_KIND},
    {"a.axf", "\177ELF", IMAGE_BY_NAME, false, ERROR_ELF_MALFORMED},
    {"a", "\177ELF", IMAGE_BY_NAME, false, ERROR_ELF_MALFORMED},
    {"a.bin", "\177ELF", IMAGE_BY_NAME, true, ERROR_IMAGE_FORMAT},
    {"a.bin", "\177ELF", IMAGE_BIN, true, ERROR_NONE},
    {"a", ":01000000AA55\n:00000001FF\n", IMAGE_BY_NAME, false, ERROR_NONE},
    {"a.IHEX", ":01000000AA55\n:00000001FF\n", IMAGE_BY_NAME, false, ERROR_NONE},
    {"a.hex", ":01000000AA55\n:00000001FF\n", IMAGE_BY_NAME, true, ERROR_USAGE},
    {"a.bin", ":01000000AA55\n:00000001FF\n", IMAGE_BY_NAME, true, ERROR_IMAGE_FORMAT},
    {"a.bin", ":01000000AA56\n:00000001FF\n", IMAGE_BY_NAME, true, ERROR_NONE},
    {"a.elf", ":01000000AA55\n:00000001FF\n", IMAGE_BY_NAME, false, ERROR_IMAGE_FORMAT},
    {"a.srec", "S10400000AF1\nS9030000FC\n", IMAGE_BY_NAME, false, ERROR_NONE},
    {"a.MOT", "S10400000AF1\nS9030000FC\n", IMAGE_BY_NAME, false, ERROR_NONE},
    {"a", "\r\nS10400000AF1\r\nS9030000FC\r\n", IMAGE_BY_NAME, false, ERROR_NONE},
    {"a.s19", "S10400000AF1\nS9030000FC\n", IMAGE_BY_NAME, true, ERROR_USAGE},
    {"a.s28", "abc", IMAGE_BY_NAME, false, ERROR_SREC_SYNTAX},
    {"a.hex", "S10400000AF1\nS9030000FC\n", IMAGE_BY_NAME, false, ERROR_IMAGE_FORMAT},
    {"a.s37", ":01000000AA55\n:00000001FF\n", IMAGE_BY_NAME, false, ERROR_IMAGE_FORMAT},
    {"a.bin", "S10400000AF1\nS9030000FC\n", IMAGE_BY_NAME, true, ERROR_IMAGE_FORMAT},
    {"a.bin", "S10400000AF2\nS9030000FC\n", IMAGE_BY_NAME, true, ERROR_NONE},
    {"a", "S10400000AF1\nS9030000FC\n", IMAGE_SREC, false, ERROR_NONE},
    {"a.elf", "\177ELF", IMAGE_ELF, true, ERROR_USAGE},
    {"a.bin", "", IMAGE_BIN, true, ERROR_IMAGE_EMPTY},
};

static void test_telling_the_format(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof tellings / sizeof tellings[0]; i++) {
        const struct telling *telling = &tellings[i];
        struct error error = {0};
        struct image image;
        image_init(&image);
        image_add_bytes(&image, telling->name, (const uint8_t *)telling->bytes,
                        strlen(telling->bytes), telling->format, telling->has_address, 0, &error);
        if (error.code != telling->code) {
            fail_msg("case %zu, %s: code %d '%s'", i, telling->name, (int)error.code, error.detail);
        }
        image_release(&image);
    }
}

static void test_ends_of_the_address_space(void **state)
{
    (void)state;
    struct error error = {0};
    struct image image;
    image_init(&image);
    assert_true(add_bin(&image, "last", 0xFFFFFF00, 256, &error));
    assert_false(add_bin(&image, "past", 0xFFFFFFFF, 2, &error));
    assert_int_equal(ERROR_IMAGE_OUTSIDE, error.code);
    error = (struct error){0};
    assert_false(add_bin(&image, "twice", 0xFFFFFFFF, 1, &error));
    assert_int_equal(ERROR_IMAGE_OVERLAP, error.code);
    assert_string_equal("0xFFFFFFFF to 0xFFFFFFFF also comes from last", error.detail);
    image_release(&image);
}

static void test_files_that_cannot_be_read(void **state)
{
    (void)state;
    struct image image;
    image_init(&image);
    struct error error = {0};
    assert_false(image_add_file(&image, in_folder("absent.bin"), IMAGE_BIN, true, 0, &error));
    assert_int_equal(ERROR_FILE_READ, error.code);
    assert_string_equal(in_folder("absent.bin"), error.file);
    assert_string_equal("No such file or directory", error.detail);
    error = (struct error){0};
    assert_false(image_add_file(&image, folder, IMAGE_BIN, true, 0, &error));
    assert_int_equal(ERROR_FILE_READ, error.code);
    assert_string_equal("Is a directory", error.detail);
    error = (struct error){0};
    write_file("empty.bin", "", 0);
    assert_false(image_add_file(&image, in_folder("empty.bin"), IMAGE_BIN, true, 0, &error));
    assert_int_equal(ERROR_IMAGE_EMPTY, error.code);
    error = (struct error){0};
    write_file("huge.bin", "x", 1);
    assert_int_equal(0, truncate(in_folder("huge.bin"), (512L << 20) + 1));
    assert_false(image_add_file(&image, in_folder("huge.bin"), IMAGE_BIN, true, 0, &error));
    assert_int_equal(ERROR_FILE_READ, error.code);
    assert_string_equal("it is larger than 512 MiB", error.detail);
}

static void test_files_that_cannot_be_written(void **state)
{
    (void)state;
    struct error error = {0};
    assert_false(image_write_file("/dev/full", 0, content, 4, &error));
    assert_int_equal(ERROR_IMAGE_FORMAT, error.code);
    error = (struct error){0};
    assert_int_equal(0, symlink("/dev/full", in_folder("full.bin")));
    assert_false(image_write_file(in_folder("full.bin"), 0, content, 4, &error));
    assert_int_equal(ERROR_FILE_WRITE, error.code);
    assert_string_equal("No space left on device; the file is incomplete", error.detail);
    error = (struct error){0};
    assert_false(image_write_file(in_folder("no/such.hex"), 0, content, 4, &error));
    assert_int_equal(ERROR_FILE_WRITE, error.code);
    error = (struct error){0};
    assert_false(image_write_file(in_folder("none.hex"), 0, content, 0, &error));
    assert_int_equal(ERROR_IMAGE_EMPTY, error.code);
    error = (struct error){0};
    assert_false(image_write_file(in_folder("past.hex"), 0xFFFFFFFE, content, 3, &error));
    assert_int_equal(ERROR_IMAGE_OUTSIDE, error.code);
}

static int make_folder(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CONTENT_SIZE; i++) {
        content[i] = (uint8_t)(i * 31 + (i >> 8));
    }
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_content_in_every_format),
        cmocka_unit_test(test_elf_goes_by_physical_address),
        cmocka_unit_test(test_elf_segments_that_overlap),
        cmocka_unit_test(test_files_side_by_side),
        cmocka_unit_test(test_overlap_names_both_files),
        cmocka_unit_test(test_telling_the_format),
        cmocka_unit_test(test_ends_of_the_address_space),
        cmocka_unit_test(test_files_that_cannot_be_read),
        cmocka_unit_test(test_files_that_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
