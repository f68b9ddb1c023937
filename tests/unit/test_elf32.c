/* SPDX-License-Identifier: MIT */
/*
 * The ELF reader against a file of our writer, files of GNU ld, and damage of every kind. The
 * layout of headers and tables is that of the System V gABI, ELF32 [memory]; readelf agrees with it
 * in test_elf32_writer.c.
 */
#include "elf/elf32.h"
#include "image/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    FIRST_SIZE = 200,
    SECOND_SIZE = 0x1238,
    MUTATIONS = 2000
};

struct bytes {
    uint8_t *data;
    size_t size;
};

static uint8_t first_bytes[FIRST_SIZE];
static uint8_t second_bytes[SECOND_SIZE];

/* In the shape of a loader: a small PT_LOAD at 0, then code in RAM at an address that is 4
 * modulo 8. */
static struct bytes make_file(void)
{
    for (unsigned i = 0; i < SECOND_SIZE; i++) {
        second_bytes[i] = (uint8_t)(i * 7);
        first_bytes[i % FIRST_SIZE] = (uint8_t)(i * 3);
    }
    struct elf_writer *writer = elf_writer_create(0x34180405);
    assert_non_null(writer);
    assert_int_equal(1, elf_writer_add_segment(writer, "P0", 0, first_bytes, FIRST_SIZE,
                                               ELF_SHF_ALLOC, ELF_PF_R, 4));
    assert_int_equal(2, elf_writer_add_segment(writer, "P1", 0x34180404, second_bytes, SECOND_SIZE,
                                               ELF_SHF_ALLOC | ELF_SHF_WRITE | ELF_SHF_EXECINSTR,
                                               ELF_PF_R | ELF_PF_W | ELF_PF_X, 8));
    assert_true(elf_writer_add_symbol(writer, "StorageInfo", 1, 0, FIRST_SIZE, false));
    assert_true(elf_writer_add_symbol(writer, "Init", 2, 0x34180404, 20, true));
    struct bytes file = {0};
    file.data = elf_writer_finish(writer, &file.size);
    assert_non_null(file.data);
    elf_writer_destroy(writer);
    return file;
}

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void put(uint8_t *at, unsigned width, uint32_t value)
{
    for (unsigned i = 0; i < width; i++) {
        at[i] = (uint8_t)(value >> 8 * i);
    }
}

/* Parses a copy that is exactly as large and starts at an odd address, so that a read past the end
 * or an unaligned access shows under the sanitizers. */
static bool parse(const uint8_t *data, size_t size, struct error *error)
{
    uint8_t *copy = malloc(size + 1);
    assert_non_null(copy);
    memcpy(copy + 1, data, size);
    struct elf_file elf;
    const bool good = elf_parse(&elf, "x.elf", copy + 1, size, error);
    if (good) {
        unsigned sum = 0;
        for (unsigned i = 0; i < elf.segment_count; i++) {
            for (uint32_t j = 0; elf.segments[i].bytes != NULL && j < elf.segments[i].file_size;
                 j++) {
                sum += elf.segments[i].bytes[j];
            }
        }
        for (unsigned i = 0; i < elf.section_count; i++) {
            sum += (unsigned)strlen(elf.sections[i].name);
            for (uint32_t j = 0; elf.sections[i].bytes != NULL && j < elf.sections[i].size; j++) {
                sum += elf.sections[i].bytes[j];
            }
        }
        for (unsigned i = 0; i < elf.symbol_count; i++) {
            sum += (unsigned)strlen(elf.symbols[i].name);
        }
        assert_true(sum != UINT32_MAX);
        elf_release(&elf);
    } else {
        assert_null(elf.segments);
        assert_null(elf.sections);
        assert_null(elf.symbols);
    }
    free(copy);
    return good;
}

static void test_reads_everything(void **state)
{
    (void)state;
    const struct bytes file = make_file();
    struct error error = {0};
    struct elf_file elf;
    assert_true(elf_parse(&elf, "good.elf", file.data, file.size, &error));
    assert_string_equal("good.elf", elf.name);
    assert_int_equal(ELF_ET_EXEC, elf.type);
    assert_int_equal(ELF_EM_ARM, elf.machine);
    assert_int_equal(0x34180405, elf.entry);
    assert_int_equal(0x05000000, elf.flags);
    assert_int_equal(2, elf.segment_count);
    assert_int_equal(ELF_PT_LOAD, elf.segments[1].type);
    assert_int_equal(0x34180404, elf.segments[1].vaddr);
    assert_int_equal(0x34180404, elf.segments[1].paddr);
    assert_int_equal(SECOND_SIZE, elf.segments[1].file_size);
    assert_int_equal(SECOND_SIZE, elf.segments[1].memory_size);
    assert_int_equal(7, elf.segments[1].flags);
    assert_int_equal(8, elf.segments[1].align);
    assert_memory_equal(second_bytes, elf.segments[1].bytes, SECOND_SIZE);
    assert_memory_equal(first_bytes, elf.segments[0].bytes, FIRST_SIZE);
    assert_int_equal(6, elf.section_count);
    assert_string_equal("", elf.sections[0].name);
    assert_string_equal("P0", elf.sections[1].name);
    assert_string_equal("P1", elf.sections[2].name);
    assert_string_equal(".symtab", elf.sections[3].name);
    assert_int_equal(3, elf.symbol_count);
    const struct elf_symbol *init = elf_find_symbol(&elf, "Init");
    assert_non_null(init);
    assert_int_equal(0x34180405, init->value);
    assert_int_equal(20, init->size);
    assert_int_equal(1, init->binding);
    assert_int_equal(2, init->type);
    assert_int_equal(2, init->section);
    assert_int_equal(1, elf_find_symbol(&elf, "StorageInfo")->type);
    assert_null(elf_find_symbol(&elf, "Ini"));
    elf_release(&elf);
    free(file.data);
}

/* An undefined symbol of the name does not count as found. */
static void test_undefined_symbol_is_not_found(void **state)
{
    (void)state;
    const struct bytes file = make_file();
    const uint32_t sections = get32(file.data + 32);
    const uint32_t symbols = get32(file.data + sections + 3 * 40 + 16);
    put(file.data + symbols + 2 * 16 + 14, 2, 0);
    struct error error = {0};
    struct elf_file elf;
    assert_true(elf_parse(&elf, "x.elf", file.data, file.size, &error));
    assert_null(elf_find_symbol(&elf, "Init"));
    elf_release(&elf);
    free(file.data);
}

enum place {
    IN_FILE,
    IN_PROGRAM_1,
    IN_SECTION_2,
    IN_SECTION_SYMTAB,
    IN_SYMBOL_2
};

struct damage {
    const char *label;
    enum place place;
    unsigned offset, width;
    uint32_t value;
    enum error_code code; /* ERROR_NONE: still a good file */
    const char *says;
};

static const struct damage damages[] = {
    {"magic", IN_FILE, 0, 1, 0x7e, ERROR_ELF_WRONG_KIND, "magic"},
    {"64 bit", IN_FILE, 4, 1, 2, ERROR_ELF_WRONG_KIND, "class is 2"},
    {"big endian", IN_FILE, 5, 1, 2, ERROR_ELF_WRONG_KIND, "byte order is 2"},
    {"x86", IN_FILE, 18, 2, 3, ERROR_ELF_WRONG_KIND, "machine is 3"},
    {"EI_VERSION", IN_FILE, 6, 1, 0, ERROR_ELF_MALFORMED, "EI_VERSION at offset 0x6"},
    {"e_version", IN_FILE, 20, 4, 7, ERROR_ELF_MALFORMED, "e_version at offset 0x14"},
    {"e_ehsize", IN_FILE, 40, 2, 64, ERROR_ELF_MALFORMED, "e_ehsize at offset 0x28"},
    {"e_phentsize", IN_FILE, 42, 2, 31, ERROR_ELF_MALFORMED, "e_phentsize at offset 0x2a"},
    {"e_shentsize", IN_FILE, 46, 2, 64, ERROR_ELF_MALFORMED, "e_shentsize at offset 0x2e"},
    {"e_phoff in header", IN_FILE, 28, 4, 48, ERROR_ELF_MALFORMED, "overlaps the file header"},
    {"e_phoff far", IN_FILE, 28, 4, 0xfffffff0, ERROR_ELF_MALFORMED, "offset 0xfffffff0"},
    {"e_shoff far", IN_FILE, 32, 4, 0xffffffff, ERROR_ELF_MALFORMED, "offset 0xffffffff"},
    {"e_shoff in header", IN_FILE, 32, 4, 4, ERROR_ELF_MALFORMED, "overlaps the file header"},
    {"tables overlap", IN_FILE, 32, 4, 84, ERROR_ELF_MALFORMED, "overlap section headers"},
    {"e_phnum", IN_FILE, 44, 2, 0xfffe, ERROR_ELF_MALFORMED, "program header table"},
    {"e_shnum", IN_FILE, 48, 2, 0xfeff, ERROR_ELF_MALFORMED, "65279 entries"},
    {"sections gone", IN_FILE, 32, 4, 0, ERROR_ELF_MALFORMED, "e_shnum at offset 0x30"},
    {"e_shstrndx wild", IN_FILE, 50, 2, 77, ERROR_ELF_MALFORMED, "e_shstrndx at offset 0x32"},
    {"e_shstrndx not strings", IN_FILE, 50, 2, 2, ERROR_ELF_MALFORMED, "no string table"},
    {"no section names", IN_FILE, 50, 2, 0, ERROR_NONE, ""},
    {"p_offset", IN_PROGRAM_1, 4, 4, 0xffffff00, ERROR_ELF_MALFORMED, "header 1 at offset 0x54"},
    {"p_filesz", IN_PROGRAM_1, 16, 4, 0xffffffff, ERROR_ELF_MALFORMED, "past the end of the file"},
    {"p_memsz small", IN_PROGRAM_1, 20, 4, 4, ERROR_ELF_MALFORMED, "larger than p_memsz"},
    {"p_memsz large", IN_PROGRAM_1, 20, 4, 0x2000, ERROR_NONE, ""},
    {"p_vaddr wraps", IN_PROGRAM_1, 8, 4, 0xfffff000, ERROR_ELF_MALFORMED, "p_vaddr + p_memsz"},
    {"p_paddr wraps", IN_PROGRAM_1, 12, 4, 0xffffedc9, ERROR_ELF_MALFORMED, "p_paddr + p_filesz"},
    {"p_paddr to the end", IN_PROGRAM_1, 12, 4, 0xffffedc8, ERROR_NONE, ""},
    {"note segment wraps", IN_PROGRAM_1, 0, 4, 4, ERROR_NONE, ""},
    {"sh_offset", IN_SECTION_2, 16, 4, 0xfffffffe, ERROR_ELF_MALFORMED, "section header 2"},
    {"sh_size", IN_SECTION_2, 20, 4, 0x8000, ERROR_ELF_MALFORMED, "sh_offset + sh_size"},
    {"sh_addr wraps", IN_SECTION_2, 12, 4, 0xfffffffc, ERROR_ELF_MALFORMED, "sh_addr + sh_size"},
    {"NOBITS has no bytes", IN_SECTION_2, 4, 4, ELF_SHT_NOBITS, ERROR_NONE, ""},
    {"sh_name", IN_SECTION_2, 0, 4, 0x1000, ERROR_ELF_MALFORMED, "sh_name leaves"},
    {"sh_entsize", IN_SECTION_SYMTAB, 36, 4, 8, ERROR_ELF_MALFORMED, "16-byte entries"},
    {"symtab size", IN_SECTION_SYMTAB, 20, 4, 47, ERROR_ELF_MALFORMED, "16-byte entries"},
    {"symtab sh_link", IN_SECTION_SYMTAB, 24, 4, 1, ERROR_ELF_MALFORMED, "sh_link names no"},
    {"no symtab", IN_SECTION_SYMTAB, 4, 4, ELF_SHT_PROGBITS, ERROR_NONE, ""},
    {"second symtab", IN_SECTION_2, 4, 4, ELF_SHT_SYMTAB, ERROR_ELF_MALFORMED, "second symbol"},
    {"st_name", IN_SYMBOL_2, 0, 4, 0x80000000, ERROR_ELF_MALFORMED, "symbol 2 at offset 0x"},
    {"st_shndx", IN_SYMBOL_2, 14, 2, 6, ERROR_ELF_MALFORMED, "st_shndx 6"},
    {"st_shndx absolute", IN_SYMBOL_2, 14, 2, 0xfff1, ERROR_NONE, ""},
};

static void test_damage(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        const struct damage *damage = &damages[i];
        const struct bytes file = make_file();
        const uint32_t sections = get32(file.data + 32);
        const size_t places[] = {
            [IN_FILE] = 0,
            [IN_PROGRAM_1] = 52 + 32,
            [IN_SECTION_2] = sections + 2 * 40,
            [IN_SECTION_SYMTAB] = sections + 3 * 40,
            [IN_SYMBOL_2] = get32(file.data + sections + 3 * 40 + 16) + 2 * 16,
        };
        put(file.data + places[damage->place] + damage->offset, damage->width, damage->value);
        struct error error = {0};
        const bool good = parse(file.data, file.size, &error);
        if (error.code != damage->code || good != (damage->code == ERROR_NONE) ||
            strstr(error.detail, damage->says) == NULL) {
            fail_msg("%s: code %d, '%s'", damage->label, (int)error.code, error.detail);
        }
        free(file.data);
    }
}

/* A string table whose last string has no end: the name would run out of it. */
static void test_unterminated_names(void **state)
{
    (void)state;
    for (unsigned table = 4; table <= 5; table++) {
        const struct bytes file = make_file();
        const uint32_t header = get32(file.data + 32) + table * 40;
        const uint32_t end = get32(file.data + header + 16) + get32(file.data + header + 20);
        file.data[end - 1] = 'x';
        struct error error = {0};
        assert_false(parse(file.data, file.size, &error));
        assert_int_equal(ERROR_ELF_MALFORMED, error.code);
        free(file.data);
    }
}

/* Counts that do not fit the file header stand in section header 0 (gABI, extended numbering). */
static void test_extended_counts(void **state)
{
    (void)state;
    const struct bytes file = make_file();
    uint8_t *zero = file.data + get32(file.data + 32);
    put(zero + 20, 4, 6);
    put(zero + 24, 4, 5);
    put(zero + 28, 4, 2);
    put(file.data + 44, 2, 0xffff);
    put(file.data + 48, 2, 0);
    put(file.data + 50, 2, 0xffff);
    struct error error = {0};
    struct elf_file elf;
    assert_true(elf_parse(&elf, "x.elf", file.data, file.size, &error));
    assert_int_equal(2, elf.segment_count);
    assert_int_equal(6, elf.section_count);
    assert_string_equal("P1", elf.sections[2].name);
    elf_release(&elf);
    put(zero + 20, 4, 0x06666667); /* times 40 it is 24 modulo 2^32 */
    assert_false(parse(file.data, file.size, &error));
    assert_int_equal(ERROR_ELF_MALFORMED, error.code);
    free(file.data);
}

static void test_every_truncation_is_refused(void **state)
{
    (void)state;
    const struct bytes file = make_file();
    for (size_t size = 0; size < file.size; size += size < 200 ? 1 : 37) {
        struct error error = {0};
        assert_false(parse(file.data, size, &error));
        assert_int_equal(size < 4 ? ERROR_ELF_WRONG_KIND : ERROR_ELF_MALFORMED, error.code);
    }
    struct error error = {0};
    assert_false(parse(file.data, file.size - 1, &error));
    assert_int_equal(ERROR_ELF_MALFORMED, error.code);
    free(file.data);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Half of the changes hit headers and tables, where structure is. */
static void mutate(const struct bytes *file, uint32_t *seed)
{
    static const uint32_t edges[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffff0, 40, 52};
    const uint32_t sections = get32(file->data + 32);
    const unsigned changes = 1 + next_random(seed) % 4;
    for (unsigned i = 0; i < changes; i++) {
        uint32_t at = next_random(seed) % (uint32_t)(file->size - 4);
        const uint32_t where = next_random(seed) % 4;
        if (where == 0) {
            at = next_random(seed) % 116;
        } else if (where == 1) {
            at = sections + next_random(seed) % (6 * 40 - 4);
        }
        if (next_random(seed) % 2 == 0) {
            file->data[at] = (uint8_t)next_random(seed);
        } else {
            put(file->data + at, 4, edges[next_random(seed) % (sizeof edges / sizeof edges[0])]);
        }
    }
}

static void test_mutations(void **state)
{
    (void)state;
    const struct bytes original = make_file();
    struct bytes file = {malloc(original.size), original.size};
    assert_non_null(file.data);
    uint32_t seed = 0x5eed1234;
    unsigned refused = 0;
    for (unsigned i = 0; i < MUTATIONS; i++) {
        memcpy(file.data, original.data, original.size);
        mutate(&file, &seed);
        struct error error = {0};
        const bool good = parse(file.data, file.size, &error);
        assert_true(good == (error.code == ERROR_NONE));
        refused += !good;
    }
    assert_in_range(refused, MUTATIONS / 10, MUTATIONS - MUTATIONS / 10);
    free(file.data);
    free(original.data);
}

/* A linked file of GNU ld with data copied from flash, zero-initialised data and relocations kept.
 */
static void test_reads_what_gnu_ld_writes(void **state)
{
    (void)state;
    char folder[] = "/tmp/extload-elf-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char path[64];
    snprintf(path, sizeof path, "%s/a.c", folder);
    FILE *source = fopen(path, "w");
    assert_non_null(source);
    fputs("int set = 5; int zero[9]; int main(void) { return set + zero[3]; }\n", source);
    fclose(source);
    char command[512];
    snprintf(command, sizeof command,
             "cd %s && arm-none-eabi-gcc -mcpu=cortex-m33 -mthumb -O1 -nostdlib "
             "-Wl,-Ttext=0x70000000 -Wl,-Tdata=0x34180400 -Wl,--emit-relocs,--build-id=none "
             "-Wl,-e,main a.c -o a.elf",
             folder);
    assert_int_equal(0, system(command));
    snprintf(path, sizeof path, "%s/a.elf", folder);
    struct error error = {0};
    size_t size = 0;
    uint8_t *bytes = image_read_whole_file(path, &size, &error);
    assert_non_null(bytes);
    struct elf_file elf;
    assert_true(elf_parse(&elf, path, bytes, size, &error));
    const struct elf_symbol *set = elf_find_symbol(&elf, "set");
    assert_non_null(set);
    assert_int_equal(0x34180400, set->value);
    assert_int_equal(4, set->size);
    assert_string_equal(".data", elf.sections[set->section].name);
    assert_int_equal(5, elf.sections[set->section].bytes[0]);
    const struct elf_symbol *zero = elf_find_symbol(&elf, "zero");
    assert_non_null(zero);
    assert_int_equal(ELF_SHT_NOBITS, elf.sections[zero->section].type);
    assert_null(elf.sections[zero->section].bytes);
    assert_int_equal(0x70000001, elf_find_symbol(&elf, "main")->value);
    unsigned relocations = 0;
    for (unsigned i = 0; i < elf.section_count; i++) {
        relocations += elf.sections[i].type == ELF_SHT_REL;
    }
    assert_int_not_equal(0, relocations);
    elf_release(&elf);
    free(bytes);
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(0, system(command));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_everything),
        cmocka_unit_test(test_undefined_symbol_is_not_found),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_unterminated_names),
        cmocka_unit_test(test_extended_counts),
        cmocka_unit_test(test_every_truncation_is_refused),
        cmocka_unit_test(test_mutations),
        cmocka_unit_test(test_reads_what_gnu_ld_writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
