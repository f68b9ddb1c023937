/* SPDX-License-Identifier: MIT */
/* What packers and J-Link take of a .FLM: the blob, byte by byte; and what they refuse, in one message. */
#include "test_algorithm_rig.h"

#define DAMAGED 6000

/* The value of a symbol, in its table. */
static uint8_t *symbol_of(struct file *file, const char *name)
{
    const uint8_t *table = header_of(file, ".symtab"), *names = contents_of(file, ".strtab");
    for (uint32_t at = 0; at < get(table + 20); at += 16) {
        uint8_t *symbol = file->bytes + get(table + 16) + at;
        if (strcmp((const char *)names + get(symbol), name) == 0) {
            return symbol + 4;
        }
    }
    fail_msg("no symbol %s", name);
    return NULL;
}

/* The linker lets names share their ends, so the symbol loses its name, not the name its letters. */
static void forget_symbol(struct file *file, const char *name)
{
    put(symbol_of(file, name) - 4, 0);
}

/* PrgCode, PrgData, then zeros; FlashDevice in other terms. */
static void the_blob_is_code_data_and_zeros(void **state)
{
    (void)state;
    static const enum loader_view views[] = {VIEW_PACK, VIEW_TARGET_GEN};
    for (unsigned i = 0; i < 2; i++) {
        struct file file;
        struct loader_file loader;
        open_file(&file, "full_flm.FLM");
        uint8_t *zero = header_of(&file, "PrgZero"), *data = header_of(&file, "PrgData");
        put(zero + NAME, get(data + NAME));
        assert_true(parse(&file, views[i], &loader));
        const uint32_t code_size = get(header_of(&file, "PrgCode") + SIZE);
        const uint32_t data_size = get(data + SIZE), zeros = get(zero + SIZE);
        assert_int_equal(loader.format, FORMAT_ALGORITHM);
        assert_int_equal(loader.piece_count, 1);
        assert_int_equal(loader.file_size, code_size + data_size + zeros);
        assert_int_equal(loader.data_offset, code_size);
        assert_memory_equal(loader.blob, contents_of(&file, "PrgCode"), code_size);
        assert_memory_equal(loader.blob + code_size, contents_of(&file, "PrgData"), data_size);
        for (uint32_t at = 0; at < zeros; at++) {
            assert_int_equal(loader.blob[code_size + data_size + at], 0);
        }
        assert_string_equal(loader.info.device_name, "full_flm");
        assert_int_equal(loader.info.device_start_address, 0x70000000);
        assert_int_equal(loader.info.device_size, 0x800000);
        assert_int_equal(loader.info.page_size, 0x1000);
        assert_int_equal(loader.info.sectors[0].count, 0x80);
        assert_int_equal(loader.info.sectors[0].size, 0x10000);
        assert_int_equal(loader.info.sectors[1].count, 0);
        assert_int_equal(loader.program_timeout_ms, 1000);
        assert_int_equal(loader.erase_timeout_ms, 6000);
        assert_string_equal(loader.name[LOADER_WRITE], "ProgramPage");
        assert_int_equal(loader_file_has(&loader, LOADER_READ), views[i] == VIEW_TARGET_GEN);
        assert_false(loader.erases_many);
        loader_file_release(&loader);
        free(file.bytes);
    }
}

/* All that is not in the three sections is dropped without a word: here the data. */
static void other_sections_are_dropped(void **state)
{
    (void)state;
    struct file file;
    struct loader_file loader;
    open_file(&file, "plain_flm.FLM");
    put(header_of(&file, "PrgData") + NAME, get(header_of(&file, ".strtab") + NAME));
    assert_true(parse(&file, VIEW_TARGET_GEN, &loader));
    assert_int_equal(loader.file_size, get(header_of(&file, "PrgCode") + SIZE));
    loader_file_release(&loader);
    free(file.bytes);
}

static void several_sizes_of_sectors(void **state)
{
    (void)state;
    struct file file;
    struct loader_file loader;
    uint32_t start = 0, size = 0;
    open_file(&file, "plain_flm.FLM");
    uint8_t *sectors = contents_of(&file, "DevDscr") + DEVICE_AT;
    put(sectors, 0x4000);
    put(sectors + 8, 0x10000);
    put(sectors + 12, 0x20000);
    put(sectors + 16, UINT32_MAX);
    put(sectors + 20, UINT32_MAX);
    assert_true(
        loader_file_parse(&loader, VIEW_WORK_RAM, "some.FLM", file.bytes, file.size, &file.error));
    assert_int_equal(loader.info.sectors[0].count, 8);
    assert_int_equal(loader.info.sectors[1].count, 0x7E);
    assert_true(loader_file_sector(&loader, 0x4123, &start, &size));
    assert_int_equal(start, 0x4000);
    assert_int_equal(loader_file_sector_index(&loader, 0x4000), 1);
    assert_int_equal(loader_file_sector_index(&loader, 0x30000), 9);
    loader_file_release(&loader);
    free(file.bytes);
}

/* Where the whole file goes, its rest that has no bytes, and where R9 points. */
static void jlink_takes_all_of_it(void **state)
{
    (void)state;
    struct file file;
    struct loader_file loader;
    open_file(&file, "linked_ofl.FLM");
    assert_true(parse(&file, VIEW_WORK_RAM, &loader));
    assert_int_equal(loader.image_address, 0x34184000);
    assert_int_equal(loader.memory_size - loader.file_size, 0x40);
    assert_int_equal(loader.data_offset, get(header_of(&file, "PrgCode") + SIZE));
    assert_string_equal(loader.name[LOADER_READ], "SEGGER_OPEN_Read");
    assert_true(loader.erases_many);
    loader_file_release(&loader);
    forget_symbol(&file, "SEGGER_OPEN_Read");
    assert_true(parse(&file, VIEW_WORK_RAM, &loader));
    assert_false(loader_file_has(&loader, LOADER_READ)); /* ReadFlash is probe-rs' */
    loader_file_release(&loader);
    free(file.bytes);
}

/* --- what is refused --- */

static void no_code(struct file *file)
{
    put(header_of(file, "PrgCode") + NAME, get(header_of(file, ".strtab") + NAME));
}

static void code_elsewhere(struct file *file)
{
    put(header_of(file, "PrgCode") + ADDRESS, 0x20000000);
}

static void no_data(struct file *file)
{
    put(header_of(file, "PrgData") + NAME, get(header_of(file, ".strtab") + NAME));
}

static void gap(struct file *file)
{
    uint8_t *data = header_of(file, "PrgData");
    put(data + ADDRESS, get(data + ADDRESS) + 4);
}

static void code_twice(struct file *file)
{
    put(header_of(file, "PrgData") + NAME, get(header_of(file, "PrgCode") + NAME));
}

static void too_many_zeros(struct file *file)
{
    uint8_t *zero = header_of(file, "PrgZero");
    put(zero + NAME, get(header_of(file, "PrgData") + NAME));
    put(zero + SIZE, 0xF0000000);
}

static void entry_outside(struct file *file)
{
    put(symbol_of(file, "ProgramPage"), 0x5001);
}

static void no_init(struct file *file)
{
    forget_symbol(file, "Init");
}

static void no_uninit(struct file *file)
{
    forget_symbol(file, "UnInit");
}

static void no_program(struct file *file)
{
    forget_symbol(file, "ProgramPage");
}

static void no_erase(struct file *file)
{
    forget_symbol(file, "EraseSector");
}

static void no_device(struct file *file)
{
    forget_symbol(file, "FlashDevice");
}

static void device_cut(struct file *file)
{
    put(header_of(file, "DevDscr") + SIZE, DEVICE_AT);
}

static void list_without_end(struct file *file)
{
    put(contents_of(file, "DevDscr") + DEVICE_AT + 8, 0x10000);
}

static void no_sectors(struct file *file)
{
    memset(contents_of(file, "DevDscr") + DEVICE_AT, 0xFF, 8);
}

static void sector_of_nothing(struct file *file)
{
    put(contents_of(file, "DevDscr") + DEVICE_AT, 0);
}

static void first_sector_later(struct file *file)
{
    put(contents_of(file, "DevDscr") + DEVICE_AT + 4, 0x10000);
}

static void odd_size(struct file *file)
{
    put(contents_of(file, "DevDscr") + 0x88, 0x800100);
}

static void no_page(struct file *file)
{
    put(contents_of(file, "DevDscr") + 0x8C, 0);
}

static void endless_name(struct file *file)
{
    memset(contents_of(file, "DevDscr") + 2, 'n', 128);
}

static void control_name(struct file *file)
{
    contents_of(file, "DevDscr")[4] = 0x1B;
}

static void leaves_addresses(struct file *file)
{
    put(contents_of(file, "DevDscr") + 0x84, 0xFF900000);
}

static void no_segments(struct file *file)
{
    file->bytes[44] = 0; /* e_phnum */
}

static const struct {
    void (*spoil)(struct file *file);
    const char *pack, *target_gen, *work_ram; /* in the message; NULL: it is taken */
} spoilt[] = {
    {no_code, "no section PrgCode", "no section PrgCode", NULL},
    {code_elsewhere, "PrgCode is linked at 0x20000000", "in nothing that is downloaded", NULL},
    {no_data, "no section PrgData", NULL, NULL},
    {gap, "leave a gap or overlap", NULL, NULL},
    {code_twice, "two sections PrgCode", "in nothing that is downloaded", NULL},
    {too_many_zeros, "no tool has RAM", NULL, NULL},
    {entry_outside, "ProgramPage at 0x00005000", "ProgramPage at 0x00005000",
     "ProgramPage at 0x00005000"},
    {no_init, "no symbol Init", NULL, "no symbol Init"},
    {no_uninit, "no symbol UnInit", NULL, "no symbol UnInit"},
    {no_program, "no symbol ProgramPage", "no symbol ProgramPage", "no symbol ProgramPage"},
    {no_erase, "no symbol EraseSector", "no symbol EraseSector", "no symbol EraseSector"},
    {no_device, "no symbol FlashDevice", "no symbol FlashDevice", "no symbol FlashDevice"},
    {device_cut, "leaves its section", "leaves its section", "leaves its section"},
    {list_without_end, "do not fill", "do not fill", "do not fill"},
    {no_sectors, "names no sectors", "names no sectors", "names no sectors"},
    {sector_of_nothing, "do not fill", "do not fill", "do not fill"},
    {first_sector_later, "does not start at offset 0", "does not start at offset 0",
     "does not start at offset 0"},
    {odd_size, "do not fill", "do not fill", "do not fill"},
    {no_page, "page size is 0", "page size is 0", "page size is 0"},
    {endless_name, "name does not end", "name does not end", "name does not end"},
    {control_name, "holds byte 0x1b", "holds byte 0x1b", "holds byte 0x1b"},
    {leaves_addresses, "leave the address space", "leave the address space",
     "leave the address space"},
    {no_segments, NULL, "no section PrgCode", "no PT_LOAD"},
};

static void expect(unsigned index, enum loader_view view, const char *text)
{
    struct file file;
    struct loader_file loader;
    const bool zeros = spoilt[index].spoil == too_many_zeros;
    open_file(&file, zeros ? "full_flm.FLM" : "plain_flm.FLM");
    spoilt[index].spoil(&file);
    const bool good = parse(&file, view, &loader);
    if (good != (text == NULL) || (text != NULL && strstr(file.error.detail, text) == NULL)) {
        fail_msg("row %u, view %d: %s", index, (int)view, good ? "taken" : file.error.detail);
    }
    if (good) {
        loader_file_release(&loader);
    } else {
        assert_int_equal(error_exit_status(file.error.code), 2);
    }
    free(file.bytes);
}

static void what_is_wrong_is_refused_in_one_message(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof spoilt / sizeof spoilt[0]; i++) {
        expect(i, VIEW_PACK, spoilt[i].pack);
        expect(i, VIEW_TARGET_GEN, spoilt[i].target_gen);
        expect(i, VIEW_WORK_RAM, spoilt[i].work_ram);
    }
}

/* A .stldr under such a host, an algorithm under the others. */
static void the_other_kind_is_told_apart(void **state)
{
    (void)state;
    struct file file;
    struct loader_file loader;
    enum loader_format format;
    char path[512];
    open_file(&file, "plain.stldr");
    assert_false(parse(&file, VIEW_PACK, &loader));
    assert_non_null(strstr(file.error.hint, "--host cubeprogrammer"));
    free(file.bytes);
    open_file(&file, "plain_flm.FLM");
    assert_false(parse(&file, VIEW_SEGMENTS, &loader));
    assert_non_null(strstr(file.error.detail, "no symbol StorageInfo"));
    assert_non_null(strstr(file.error.hint, "--host flm"));
    free(file.bytes);
    snprintf(path, sizeof path, "%s/plain.stldr", EXTLOAD_FIXTURES);
    assert_true(loader_file_sniff(path, &format));
    assert_int_equal(format, FORMAT_STLDR);
    snprintf(path, sizeof path, "%s/plain_flm.FLM", EXTLOAD_FIXTURES);
    assert_true(loader_file_sniff(path, &format));
    assert_int_equal(format, FORMAT_ALGORITHM);
    assert_false(loader_file_sniff(BOARD, &format));
}

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Anything may be in the tables: it is taken or refused, and never read past its end. */
static void damaged_files_are_taken_or_refused(void **state)
{
    (void)state;
    static const char *const hosts[] = {"flm", "probe-rs", "jlink-ofl"};
    struct file file;
    struct board board;
    unsigned refused = 0;
    uint32_t seed = 7;
    open_file(&file, "full_flm.FLM");
    const size_t code_end = 0x1000 + get(header_of(&file, "PrgCode") + SIZE);
    uint8_t *whole = file.bytes;
    assert_true(board_load(&board, BOARD, &file.error));
    for (unsigned i = 0; i < DAMAGED; i++) {
        struct loader_file loader;
        struct layout layout;
        const struct lifecycle *lifecycle = lifecycle_find(hosts[i % 3]);
        const size_t length = i % 5 == 0 ? next(&seed) % (file.size + 1) : file.size;
        file.bytes = malloc(length + 1);
        assert_non_null(file.bytes);
        memcpy(file.bytes, whole, length);
        for (unsigned k = 0; k <= next(&seed) % 8 && length > code_end; k++) {
            const size_t from = i % 2 == 0 ? 0 : code_end,
                         room = i % 2 == 0 ? 84 : length - code_end;
            file.bytes[from + next(&seed) % room] = (uint8_t)next(&seed);
        }
        file.error = (struct error){0};
        if (!loader_file_parse(&loader, lifecycle->view, "damaged", file.bytes, length,
                               &file.error)) {
            refused++;
            assert_true(file.error.detail[0] != '\0');
            assert_int_equal(error_exit_status(file.error.code), 2);
        } else {
            layout_make(&layout, &board, lifecycle, &loader, &file.error);
            loader_file_release(&loader);
        }
        free(file.bytes);
    }
    free(whole);
    print_message("%u damaged files, %u refused\n", DAMAGED, refused);
    assert_in_range(refused, DAMAGED / 10, DAMAGED - DAMAGED / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_blob_is_code_data_and_zeros),
        cmocka_unit_test(other_sections_are_dropped),
        cmocka_unit_test(several_sizes_of_sectors),
        cmocka_unit_test(jlink_takes_all_of_it),
        cmocka_unit_test(what_is_wrong_is_refused_in_one_message),
        cmocka_unit_test(the_other_kind_is_told_apart),
        cmocka_unit_test(damaged_files_are_taken_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
