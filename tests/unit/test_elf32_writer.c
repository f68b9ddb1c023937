/* SPDX-License-Identifier: MIT */
/* What the ELF writer makes, as GNU readelf sees it and as our reader does not care to check. */
#include "elf/elf32.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const uint8_t code[] = {0x01, 0x20, 0x70, 0x47, 0x00, 0xbf, 0x00, 0xbf};
static const uint8_t info[200] = {'d', 'e', 'm', 'o'};

static struct elf_writer *make_writer(void)
{
    struct elf_writer *writer = elf_writer_create(0x34180405);
    assert_non_null(writer);
    assert_int_equal(1,
                     elf_writer_add_segment(writer, "P2-dev", 0, info, sizeof info,
                                            ELF_SHF_ALLOC | ELF_SHF_WRITE, ELF_PF_R | ELF_PF_W, 4));
    assert_int_equal(2, elf_writer_add_segment(writer, "P1", 0x34180404, code, sizeof code,
                                               ELF_SHF_ALLOC | ELF_SHF_WRITE | ELF_SHF_EXECINSTR, 7,
                                               0x1000));
    assert_true(elf_writer_add_symbol(writer, "StorageInfo", 1, 0, sizeof info, false));
    assert_true(elf_writer_add_symbol(writer, "Init", 2, 0x34180404, 4, true));
    return writer;
}

static uint8_t *make_file(size_t *size)
{
    struct elf_writer *writer = make_writer();
    uint8_t *file = elf_writer_finish(writer, size);
    assert_non_null(file);
    elf_writer_destroy(writer);
    return file;
}

/* Output of readelf on the bytes, blanks squeezed to one. */
static void readelf(const uint8_t *bytes, size_t size, const char *options, char *text, size_t room)
{
    char path[] = "/tmp/extload-writer-XXXXXX";
    const int handle = mkstemp(path);
    assert_true(handle >= 0);
    assert_int_equal(size, write(handle, bytes, size));
    close(handle);
    char command[128];
    snprintf(command, sizeof command, "LC_ALL=C readelf -W %s %s 2>&1 | tr -s ' '", options, path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    const size_t length = fread(text, 1, room - 1, pipe);
    text[length] = '\0';
    assert_int_equal(0, pclose(pipe));
    unlink(path);
}

static void assert_says(const char *text, const char *wanted)
{
    if (strstr(text, wanted) == NULL) {
        fail_msg("readelf does not say '%s' in:\n%s", wanted, text);
    }
}

static void test_readelf_agrees(void **state)
{
    (void)state;
    static const char *const wanted[] = {
        "Class: ELF32",
        "Data: 2's complement, little endian",
        "Type: EXEC (Executable file)",
        "Machine: ARM",
        "Entry point address: 0x34180405",
        "Flags: 0x5000000, Version5 EABI",
        "Number of program headers: 2",
        "Number of section headers: 6",
        /* the offset of a PT_LOAD is congruent to its address modulo the alignment */
        "LOAD 0x000074 0x00000000 0x00000000 0x000c8 0x000c8 RW 0x4\n",
        "LOAD 0x000404 0x34180404 0x34180404 0x00008 0x00008 RWE 0x1000\n",
        "[ 1] P2-dev PROGBITS 00000000 000074 0000c8 00 WA 0 0 4\n",
        /* sh_addr is a multiple of sh_addralign */
        "[ 2] P1 PROGBITS 34180404 000404 000008 00 WAX 0 0 4\n",
        "[ 3] .symtab SYMTAB 00000000 00040c 000030 10 4 1 4\n",
        "[ 4] .strtab STRTAB",
        "[ 5] .shstrtab STRTAB",
        "1: 00000000 200 OBJECT GLOBAL DEFAULT 1 StorageInfo\n",
        "2: 34180405 4 FUNC GLOBAL DEFAULT 2 Init\n",
    };
    size_t size = 0;
    uint8_t *file = make_file(&size);
    static char text[16384];
    readelf(file, size, "-a", text, sizeof text);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        assert_says(text, wanted[i]);
    }
    assert_null(strstr(text, "arning"));
    assert_null(strstr(text, "rror"));
    free(file);
}

static void test_reader_agrees(void **state)
{
    (void)state;
    size_t size = 0;
    uint8_t *file = make_file(&size);
    struct error error = {0};
    struct elf_file elf;
    assert_true(elf_parse(&elf, "x.elf", file, size, &error));
    assert_memory_equal(info, elf.segments[0].bytes, sizeof info);
    assert_memory_equal(code, elf.segments[1].bytes, sizeof code);
    assert_memory_equal(code, elf.sections[2].bytes, sizeof code);
    elf_release(&elf);
    free(file);
}

static void test_same_calls_same_bytes(void **state)
{
    (void)state;
    size_t sizes[3] = {0};
    uint8_t *files[3] = {make_file(&sizes[0]), NULL, NULL};
    struct elf_writer *writer = make_writer();
    files[1] = elf_writer_finish(writer, &sizes[1]);
    files[2] = elf_writer_finish(writer, &sizes[2]);
    elf_writer_destroy(writer);
    for (unsigned i = 1; i < 3; i++) {
        assert_int_equal(sizes[0], sizes[i]);
        assert_memory_equal(files[0], files[i], sizes[0]);
        free(files[i]);
    }
    free(files[0]);
}

static void test_file_without_content(void **state)
{
    (void)state;
    struct elf_writer *writer = elf_writer_create(0);
    size_t size = 0;
    uint8_t *file = elf_writer_finish(writer, &size);
    assert_non_null(file);
    struct error error = {0};
    struct elf_file elf;
    assert_true(elf_parse(&elf, "x.elf", file, size, &error));
    assert_int_equal(0, elf.segment_count);
    assert_int_equal(4, elf.section_count);
    assert_int_equal(1, elf.symbol_count);
    elf_release(&elf);
    free(file);
    elf_writer_destroy(writer);
    elf_writer_destroy(NULL);
}

static void test_wrong_calls(void **state)
{
    (void)state;
    struct elf_writer *writer = elf_writer_create(0);
    assert_int_equal(0, elf_writer_add_segment(writer, "a", 0, code, sizeof code, 2, 4, 6));
    assert_false(elf_writer_add_symbol(writer, "x", 0, 0, 0, false));
    assert_false(elf_writer_add_symbol(writer, "x", 1, 0, 0, false));
    assert_int_equal(1, elf_writer_add_segment(writer, "a", 1, code, sizeof code, 2, 4, 0));
    assert_true(elf_writer_add_symbol(writer, "x", 1, 0, 0, false));
    elf_writer_destroy(writer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_readelf_agrees),        cmocka_unit_test(test_reader_agrees),
        cmocka_unit_test(test_same_calls_same_bytes), cmocka_unit_test(test_file_without_content),
        cmocka_unit_test(test_wrong_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
