/* SPDX-License-Identifier: MIT */
/* The flash algorithm in its files: sections, symbols, FlashDevice, and the blob in each of them. */
#include "abi/flash_device.h"
#include "board/crc32.h"
#include "elf/elf32.h"
#include "pack/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BOARD_P2 "data/boards/stm32n655-s25fl064l.yaml"

static struct board board;
static struct built_files built;

static void build(const char *list)
{
    struct error error = {.code = ERROR_NONE};
    built_files_release(&built);
    if (!format_build_list(list, &board, pack_loader_image(), &built, &error)) {
        fail_msg("%s", error.detail);
    }
}

static const struct built_file *file_of(const char *suffix)
{
    char name[BUILT_FILE_NAME];
    snprintf(name, sizeof name, "%s%s", board.name, suffix);
    const struct built_file *file = built_files_find(&built, name);
    if (file == NULL) {
        fail_msg("no %s", name);
    }
    return file;
}

static const char *text_of(const char *suffix)
{
    static char text[65536];
    const struct built_file *file = file_of(suffix);
    assert_true(file->size < sizeof text);
    memcpy(text, file->bytes, file->size);
    text[file->size] = '\0';
    assert_int_equal(strlen(text), file->size);
    return text;
}

static void has(const char *suffix, const char *format, ...)
{
    char wanted[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(wanted, sizeof wanted, format, arguments);
    va_end(arguments);
    if (strstr(text_of(suffix), wanted) == NULL) {
        fail_msg("%s: no \"%s\"", suffix, wanted);
    }
}

static void parse(struct elf_file *elf, const char *suffix)
{
    const struct built_file *file = file_of(suffix);
    struct error error = {.code = ERROR_NONE};
    if (!elf_parse(elf, file->name, file->bytes, file->size, &error)) {
        fail_msg("%s", error.detail);
    }
}

static uint32_t offset_of_entry(const char *name)
{
    const struct loader_image *image = pack_loader_image();
    for (unsigned i = 0; i < image->entry_count; i++) {
        if (strcmp(image->entries[i].name, name) == 0) {
            return image->entries[i].offset;
        }
    }
    fail_msg("no entry %s", name);
    return 0;
}

/* What the ELF must hold at `base`, and no more. */
struct expected_symbol {
    const char *name, *entry;
};

static void check_symbols(const struct elf_file *elf, uint32_t base,
                          const struct expected_symbol *expected, unsigned count)
{
    assert_int_equal(elf->symbol_count, count + 2); /* the empty one and FlashDevice */
    for (unsigned i = 0; i < count; i++) {
        const struct elf_symbol *symbol = elf_find_symbol(elf, expected[i].name);
        assert_non_null(symbol);
        assert_int_equal(symbol->value, base + offset_of_entry(expected[i].entry) + 1);
        assert_int_equal(symbol->type, ELF_STT_FUNC);
        assert_int_equal(symbol->binding, ELF_STB_GLOBAL);
        assert_int_equal(symbol->section, 1);
    }
}

/* The image with the board's block, but the record in it: no address outside. */
static void check_blob(const uint8_t *blob, uint32_t size)
{
    const struct loader_image *image = pack_loader_image();
    struct board_block block;
    const size_t start = offsetof(struct board_block, crc) + sizeof block.crc;
    assert_int_equal(size, pack_image_size(&board, image));
    assert_memory_equal(blob, image->bytes, image->board_block);
    memset(&block, 0, sizeof block);
    memcpy(&block, blob + image->board_block, board.block.size);
    assert_int_equal(block.record_address, 0);
    assert_int_equal(block.crc, crc32_of((const uint8_t *)&block + start, block.size - start));
    block.record_address = board.block.record_address;
    block.crc = board.block.crc;
    assert_memory_equal(&block, &board.block, board.block.size);
    assert_true(image->own_record > image->stack && image->own_record < size);
}

static void check_device(const struct elf_section *section, uint16_t type)
{
    struct flash_device device;
    assert_int_equal(section->size, 0x10A0);
    memcpy(&device, section->bytes, sizeof device);
    assert_int_equal(device.version, 0x0101);
    assert_true(strncmp(device.name, board.name, strlen(board.name)) == 0);
    assert_int_equal(device.type, type);
    assert_int_equal(device.base, 0x70000000);
    assert_int_equal(device.size, board.part.size);
    assert_in_range(device.page_size, 0x1000, 0x4000);
    assert_int_equal(board.sector_size % device.page_size, 0);
    assert_int_equal(device.page_size % board.block.flash.page_size, 0);
    assert_int_equal(device.reserved, 0);
    assert_int_equal(device.erased_value, 0xFF);
    /* longer than the data sheet's maximum, and no longer than a user waits */
    const uint32_t pages = device.page_size / board.block.flash.page_size;
    assert_in_range(device.program_timeout, pages * board.block.flash.page_program_us / 1000 + 1,
                    10000);
    assert_in_range(device.erase_timeout, board.part.erase[2].max_ms + 1, 20000);
    assert_int_equal(device.sectors[0].size, board.sector_size);
    assert_int_equal(device.sectors[0].address, 0);
    assert_int_equal(device.sectors[1].size, UINT32_MAX);
    assert_int_equal(device.sectors[1].address, UINT32_MAX);
}

/* Three sections in order, one behind the other, all of it bytes; nothing to relocate. */
static void check_elf(const char *suffix, uint32_t base, uint16_t type,
                      const struct expected_symbol *expected, unsigned count)
{
    static const struct {
        const char *name;
        uint32_t flags;
    } sections[] = {{"PrgCode", ELF_SHF_ALLOC | ELF_SHF_EXECINSTR},
                    {"PrgData", ELF_SHF_ALLOC | ELF_SHF_WRITE},
                    {"DevDscr", ELF_SHF_ALLOC}};
    struct elf_file elf;
    uint8_t blob[0x8000];
    uint32_t at = base;
    parse(&elf, suffix);
    assert_int_equal(elf.section_count, 7);
    for (unsigned i = 0; i < 3; i++) {
        const struct elf_section *section = &elf.sections[i + 1];
        assert_string_equal(section->name, sections[i].name);
        assert_int_equal(section->flags, sections[i].flags);
        assert_int_equal(section->type, ELF_SHT_PROGBITS);
        assert_int_equal(section->address, at);
        assert_int_equal(section->address % 4, 0);
        if (i < 2) {
            assert_true(at - base + section->size <= sizeof blob);
            memcpy(blob + (at - base), section->bytes, section->size);
        }
        at += section->size;
    }
    for (unsigned i = 4; i < elf.section_count; i++) {
        assert_int_equal(elf.sections[i].flags & ELF_SHF_ALLOC, 0);
        assert_int_not_equal(elf.sections[i].type, ELF_SHT_REL);
    }
    check_blob(blob, elf.sections[3].address - base);
    check_device(&elf.sections[3], type);
    assert_int_equal(elf_find_symbol(&elf, "FlashDevice")->value, elf.sections[3].address);
    check_symbols(&elf, base, expected, count);
    elf_release(&elf);
}

static const struct expected_symbol flm[] = {{"Init", "flm_Init"},
                                             {"UnInit", "flm_UnInit"},
                                             {"EraseChip", "flm_EraseChip"},
                                             {"EraseSector", "flm_EraseSector"},
                                             {"Verify", "flm_Verify"},
                                             {"BlankCheck", "flm_BlankCheck"},
                                             {"ProgramPage", "flm_ProgramPage"}};

static void flm_has_all_functions(void **state)
{
    (void)state;
    build("flm");
    assert_int_equal(built.count, 1);
    check_elf(".FLM", 0, FLASH_DEVICE_EXTSPI, flm, 7);
    assert_int_equal(built.warning_count, 0);
}

/* pyOCD takes erased sectors for unreadable where it finds Verify. */
static void pyocd_gets_no_verify(void **state)
{
    (void)state;
    static const struct expected_symbol expected[] = {{"Init", "flm_Init"},
                                                      {"UnInit", "flm_UnInit"},
                                                      {"EraseChip", "flm_EraseChip"},
                                                      {"EraseSector", "flm_EraseSector"},
                                                      {"ProgramPage", "flm_ProgramPage"}};
    build("pyocd");
    assert_int_equal(built.count, 2);
    check_elf(".pyocd.FLM", 0, FLASH_DEVICE_EXTSPI, expected, 5);
    has(".pyocd.py", "\"%s.pyocd.FLM\"", board.name);
    has(".pyocd.py", "start=0x%08x, length=0x%x, access=\"rwx\"", board.loader_base,
        board.loader_size);
    has(".pyocd.py", "start=0x70000000, length=0x%x, blocksize=0x%x", board.part.size,
        board.sector_size);
}

static void jlink_gets_loaders_at_its_work_ram(void **state)
{
    (void)state;
    static const struct expected_symbol ofl[] = {{"Init", "flm_Init"},
                                                 {"UnInit", "flm_UnInit"},
                                                 {"EraseChip", "flm_EraseChip"},
                                                 {"EraseSector", "flm_EraseSector"},
                                                 {"ProgramPage", "flm_ProgramPage"},
                                                 {"BlankCheck", "flm_BlankCheck"},
                                                 {"Verify", "flm_Verify"},
                                                 {"SEGGER_OPEN_Program", "flm_ProgramPage"},
                                                 {"SEGGER_OPEN_Erase", "ofl_Erase"}};
    static const struct expected_symbol sfl[] = {
        {"SEGGER_FL_Prepare", "ofl_Prepare"},     {"SEGGER_FL_Restore", "ofl_Restore"},
        {"SEGGER_FL_Program", "ofl_Program"},     {"SEGGER_FL_Erase", "ofl_Erase"},
        {"SEGGER_FL_EraseChip", "ofl_EraseChip"}, {"SEGGER_FL_CheckBlank", "ofl_CheckBlank"},
        {"SEGGER_FL_Verify", "flm_Verify"}};
    build("jlink");
    assert_int_equal(built.count, 4);
    check_elf(".ofl.elf", board.loader_base, FLASH_DEVICE_EXTSPI, ofl, 9);
    check_elf(".sfl.elf", board.loader_base, 1, sfl, 7);
    has(".jlink.xml", "Name=\"STM32N655X0\" Core=\"JLINK_CORE_CORTEX_M55\"");
    has(".jlink.xml", "WorkRAMAddr=\"0x%08X\" WorkRAMSize=\"0x%X\"", board.loader_base,
        board.loader_size);
    has(".jlink.xml", "BaseAddr=\"0x70000000\" MaxSize=\"0x%08X\"", board.part.size);
    has(".jlink.xml", "Loader=\"%s.ofl.elf\" LoaderType=\"FLASH_ALGO_TYPE_OPEN\"", board.name);
    has(".JLinkScript", "CORESIGHT_IndexAHBAPToUse = 1;");
}

static void pdsc_names_the_algorithm(void **state)
{
    (void)state;
    build("pdsc,flm");
    assert_int_equal(built.count, 2);
    has(".pdsc.xml", "name=\"Flash/%s.FLM\" start=\"0x70000000\" size=\"0x%08X\"", board.name,
        board.part.size);
    has(".pdsc.xml", "RAMstart=\"0x%08X\" RAMsize=\"0x%X\" default=\"1\"", board.loader_base,
        board.loader_size);
}

static uint32_t decode_base64(const char *text, uint8_t *bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t count = 0, bits = 0, held = 0;
    for (; *text != '\n' && *text != '='; text++) {
        const char *digit = strchr(digits, *text);
        assert_non_null(digit);
        held = held << 6 | (uint32_t)(digit - digits);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes[count++] = (uint8_t)(held >> bits);
        }
    }
    return count;
}

static void probe_rs_holds_the_blob(void **state)
{
    (void)state;
    static uint8_t blob[0x8000];
    build("probe-rs");
    assert_int_equal(built.count, 1);
    const char *at = strstr(text_of(".probe-rs.yaml"), "  instructions: ");
    assert_non_null(at);
    check_blob(blob, decode_base64(at + strlen("  instructions: "), blob));
    has(".probe-rs.yaml", "- name: \"STM32N655X0_%s\"", board.name);
    has(".probe-rs.yaml", "ap: !v1 1\n");
    has(".probe-rs.yaml", "load_address: 0x%08x\n", board.loader_base + 0x20);
    has(".probe-rs.yaml", "pc_init: 0x%x\n", offset_of_entry("flm_Init") + 1);
    has(".probe-rs.yaml", "pc_uninit: 0x%x\n", offset_of_entry("flm_UnInit") + 1);
    has(".probe-rs.yaml", "pc_program_page: 0x%x\n", offset_of_entry("flm_ProgramPage") + 1);
    has(".probe-rs.yaml", "pc_erase_sector: 0x%x\n", offset_of_entry("flm_EraseSector") + 1);
    has(".probe-rs.yaml", "pc_verify: 0x%x\n", offset_of_entry("flm_Verify") + 1);
    has(".probe-rs.yaml", "pc_blank_check: 0x%x\n", offset_of_entry("flm_BlankCheck") + 1);
    has(".probe-rs.yaml", "data_section_offset: 0x%x\n", pack_loader_image()->stack);
    has(".probe-rs.yaml", "end: 0x%08x\n", board.window + board.part.size);
    has(".probe-rs.yaml", "    - size: 0x%x\n", board.sector_size);
}

/* probe-rs waits 40 s, whatever the chip may take. */
static void probe_rs_erases_no_slow_chip_at_once(void **state)
{
    (void)state;
    const uint32_t found = board.block.flash.chip_erase_ms;
    for (uint32_t ms = 40000; ms <= 40001; ms++) {
        board.block.flash.chip_erase_ms = ms;
        build("probe-rs");
        const bool has_it = strstr(text_of(".probe-rs.yaml"), "pc_erase_all: ") != NULL;
        assert_int_equal(has_it, ms == 40000);
    }
    board.block.flash.chip_erase_ms = found;
}

static void small_sectors_make_small_pages(void **state)
{
    (void)state;
    struct elf_file elf;
    struct flash_device device;
    const uint32_t found = board.sector_size;
    board.sector_size = 0x1000;
    build("flm");
    parse(&elf, ".FLM");
    memcpy(&device, elf.sections[3].bytes, sizeof device);
    assert_int_equal(device.page_size, 0x1000);
    assert_int_equal(device.sectors[0].size, 0x1000);
    elf_release(&elf);
    board.sector_size = found;
}

static void a_long_name_is_warned_of(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        unsigned warnings;
    } names[] = {{"a-name-of-twenty-seven-chars", 1}, {"name-of-twenty-seven-chars1", 0}};
    char found[sizeof board.name];
    memcpy(found, board.name, sizeof found);
    for (unsigned i = 0; i < 2; i++) {
        snprintf(board.name, sizeof board.name, "%s", names[i].name);
        build("flm,pdsc");
        assert_int_equal(built.warning_count, names[i].warnings);
    }
    memcpy(board.name, found, sizeof found);
}

/* Header, image, stack and two pages must fit the RAM. */
static void refuses_too_little_ram(void **state)
{
    (void)state;
    static const char *const lists[] = {"flm", "pdsc", "pyocd", "probe-rs", "jlink"};
    const uint32_t found = board.loader_size;
    const uint32_t needed = 4 + pack_image_size(&board, pack_loader_image()) + 0x400 + 2 * 0x4000;
    for (unsigned i = 0; i < 10; i++) {
        struct error error = {.code = ERROR_NONE};
        board.loader_size = needed - i % 2;
        built_files_release(&built);
        assert_int_equal(
            format_build_list(lists[i / 2], &board, pack_loader_image(), &built, &error),
            i % 2 == 0);
        assert_int_equal(error.code, i % 2 == 0 ? ERROR_NONE : ERROR_LOADER_TOO_LARGE);
    }
    board.loader_size = found;
}

static void refuses_a_misshapen_image(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct loader_image image = *pack_loader_image();
        struct error error = {.code = ERROR_NONE};
        switch (i) {
        case 0: image.stack = image.board_block; break;
        case 1: image.stack += 2; break;
        case 2: image.own_record = image.stack - 4; break;
        default: image.entry_count = 8; break; /* the .stldr's and one more */
        }
        built_files_release(&built);
        assert_false(format_build_list("flm", &board, &image, &built, &error));
        assert_int_equal(error.code, ERROR_LOADER_SHAPE);
    }
}

static int set_up(void **state)
{
    (void)state;
    struct error error = {.code = ERROR_NONE};
    board_set_data_directory("data");
    return board_load(&board, BOARD_P2, &error) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    built_files_release(&built);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flm_has_all_functions),
        cmocka_unit_test(pyocd_gets_no_verify),
        cmocka_unit_test(jlink_gets_loaders_at_its_work_ram),
        cmocka_unit_test(pdsc_names_the_algorithm),
        cmocka_unit_test(probe_rs_holds_the_blob),
        cmocka_unit_test(probe_rs_erases_no_slow_chip_at_once),
        cmocka_unit_test(small_sectors_make_small_pages),
        cmocka_unit_test(a_long_name_is_warned_of),
        cmocka_unit_test(refuses_too_little_ram),
        cmocka_unit_test(refuses_a_misshapen_image),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
