/* SPDX-License-Identifier: MIT */
/*
 * The checker's rules: each has a loader in tests/fixtures/check that triggers it and no other; good
 * loaders, in the layouts that toolchains make, trigger none.
 */
#include "board/board.h"
#include "check/check.h"
#include "image/image.h"
#include "pack/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glob.h>

#define FOLDER EXTLOAD_FIXTURES "/check/"

struct bytes {
    uint8_t *data;
    size_t size;
};

static struct bytes read_file(const char *path)
{
    struct error error = {0};
    struct bytes file = {0};
    file.data = image_read_whole_file(path, &file.size, &error);
    if (file.data == NULL) {
        fail_msg("%s: %s", path, error.detail);
    }
    return file;
}

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)(at[0] | at[1] << 8 | at[2] << 16) | (uint32_t)at[3] << 24;
}

/* What no compiler can be made to do. */
static void cut(struct bytes *file)
{
    file->size -= 100;
}

static void change_machine(struct bytes *file)
{
    file->data[18] = 3;
}

/* The segment of a section is of a kind that nobody loads. */
static void unload_segment(struct bytes *file)
{
    uint8_t *headers = file->data + get32(file->data + 28);
    for (unsigned i = 0; i < file->data[44]; i++) {
        if (get32(headers + i * 32 + 8) == 0x34190000) {
            headers[i * 32 + 3] = 0x60; /* PT_LOOS + 1 */
        }
    }
}

/* The section with the segment's address is no longer ALLOC. */
static void hide_code_section(struct bytes *file)
{
    uint8_t *headers = file->data + get32(file->data + 32);
    const unsigned count = file->data[48];
    for (unsigned i = 0; i < count; i++) {
        if (get32(headers + i * 40 + 12) == 0x34180404) {
            headers[i * 40 + 8] &= 0xFD;
        }
    }
}

/* Replaces the last letter of a name, wherever it stands alone. */
static void rename_symbol(struct bytes *file, const char *name, char last)
{
    const size_t size = strlen(name) + 1;
    for (size_t i = 0; i + size <= file->size; i++) {
        if (memcmp(file->data + i, name, size) == 0) {
            file->data[i + size - 2] = (uint8_t)last;
        }
    }
}

static void rename_twin(struct bytes *file)
{
    rename_symbol(file, "Writf", 'e');
}

static const struct {
    enum finding_id id;
    void (*edit)(struct bytes *file);
} edits[] = {
    {FINDING_ELF_MALFORMED, cut},
    {FINDING_ELF_KIND, change_machine},
    {FINDING_SECTION_OUTSIDE, unload_segment},
    {FINDING_SEGMENT_BARE, hide_code_section},
    {FINDING_EXPORT_TWICE, rename_twin},
};

/* Those of flash algorithms have their own files and their own test. */
static bool is_of_a_stldr(enum finding_id id)
{
    return finding_maker(id) == MADE_BY_CHECK && strncmp(finding_name(id), "flm-", 4) != 0;
}

/* tests/fixtures/check/info_size.c for info-size. */
static void path_of(enum finding_id id, char *path, size_t size)
{
    snprintf(path, size, FOLDER "%s.stldr", finding_name(id));
    for (char *at = path + strlen(FOLDER); *at != '\0'; at++) {
        *at = *at == '-' ? '_' : *at;
    }
}

static void check(const char *path, const struct bytes *file, const struct tool_device *device,
                  struct findings *findings)
{
    struct error error = {0};
    *findings = (struct findings){0};
    if (!check_loader(path, file->data, file->size, device, findings, &error)) {
        fail_msg("%s: %s", path, error.detail);
    }
}

static void each_rule_has_a_loader_that_breaks_it_alone(void **state)
{
    (void)state;
    for (enum finding_id id = 0; id < FINDING_COUNT; id++) {
        char path[300];
        struct findings findings;
        if (!is_of_a_stldr(id)) {
            continue;
        }
        path_of(id, path, sizeof path);
        struct bytes file = read_file(path);
        for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
            if (edits[i].id == id) {
                edits[i].edit(&file);
            }
        }
        if (id == FINDING_FILE_EXTENSION) {
            memcpy(strrchr(path, '.'), ".elf", 5);
        }
        check(path, &file, NULL, &findings);
        if (findings.count == 0) {
            fail_msg("%s: nothing found", path);
        }
        for (unsigned i = 0; i < findings.count; i++) {
            assert_string_equal(finding_name(findings.items[i].id), finding_name(id));
            assert_true(findings.items[i].severity <= finding_severity(id));
        }
        findings_release(&findings);
        free(file.data);
    }
}

static unsigned count_files(const char *pattern)
{
    glob_t found;
    const unsigned count = glob(pattern, 0, NULL, &found) == 0 ? (unsigned)found.gl_pathc : 0;
    globfree(&found);
    return count;
}

/* As many sources as rules: none is left over from a rule that is gone. */
static void there_is_one_source_for_each_rule(void **state)
{
    (void)state;
    unsigned rules = 0;
    for (enum finding_id id = 0; id < FINDING_COUNT; id++) {
        rules += is_of_a_stldr(id);
    }
    assert_int_equal(count_files("tests/fixtures/check/*.c"), rules);
}

static void nothing_is_found_in(const char *pattern, unsigned least)
{
    glob_t found;
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    assert_true(found.gl_pathc >= least);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct findings findings;
        struct bytes file = read_file(found.gl_pathv[i]);
        check(found.gl_pathv[i], &file, NULL, &findings);
        if (findings.count != 0) {
            fail_msg("%s: %s: %s", found.gl_pathv[i], finding_name(findings.items[0].id),
                     findings.items[0].what);
        }
        free(file.data);
    }
    globfree(&found);
}

static void good_layouts_have_no_finding(void **state)
{
    (void)state;
    nothing_is_found_in(FOLDER "good/*.stldr", 4);
}

static void our_own_loaders_have_no_finding(void **state)
{
    (void)state;
    glob_t found;
    assert_int_equal(glob("data/boards/*.yaml", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char name[120];
        static struct board board;
        struct error error = {0};
        struct bytes file = {0};
        assert_true(board_load(&board, found.gl_pathv[i], &error));
        file.data = pack_stldr(&board, pack_loader_image(), &file.size, &error);
        assert_non_null(file.data);
        snprintf(name, sizeof name, "%s.stldr", board.name);
        struct findings findings;
        check(name, &file, tool_device_named(board.mcu), &findings);
        if (findings.count != 0) {
            fail_msg("%s: %s", name, findings.items[0].what);
        }
        free(file.data);
    }
    assert_true(found.gl_pathc >= 4);
    globfree(&found);
}

static void is_found(const char *path, const char *device, enum finding_id id,
                     enum finding_severity severity, const char *what)
{
    struct findings findings;
    const struct bytes file = read_file(path);
    check(path, &file, device != NULL ? tool_device_named(device) : NULL, &findings);
    assert_int_equal(findings.count, 1);
    assert_string_equal(finding_name(findings.items[0].id), finding_name(id));
    assert_int_equal(findings.items[0].severity, severity);
    if (strstr(findings.items[0].what, what) == NULL) {
        fail_msg("'%s' is not in '%s'", what, findings.items[0].what);
    }
    findings_release(&findings);
    free(file.data);
}

/* The same file is good for one device and wrong for another. */
static void the_device_decides_about_the_address(void **state)
{
    (void)state;
    assert_null(tool_device_named("STM32F407"));
    is_found(FOLDER "good/st.stldr", "STM32H743ZI", FINDING_POSITION_DEPENDENT, SEVERITY_ERROR,
             "the tool's base is 0x24000000");
    is_found(FOLDER "good/st.stldr", "STM32H563ZI", FINDING_POSITION_DEPENDENT, SEVERITY_ERROR,
             "0x20003000 in releases 2.15 to 2.18, 0x20000000 in releases 2.19 and later");
    is_found(FOLDER "link_release.stldr", "STM32U375", FINDING_LINK_RELEASE, SEVERITY_WARNING,
             "0x20004000 in releases 2.20 and later");
    is_found(FOLDER "link_address.stldr", NULL, FINDING_LINK_ADDRESS, SEVERITY_WARNING,
             "linked at 0x34000004");
}

/* The reader refuses it, and that is a finding. */
static void a_segment_larger_in_the_file_than_in_memory_is_broken(void **state)
{
    (void)state;
    struct findings findings;
    struct bytes file = read_file(FOLDER "good/st.stldr");
    uint8_t *header = file.data + get32(file.data + 28) + 32;
    header[20]--; /* p_memsz */
    check("st.stldr", &file, NULL, &findings);
    assert_int_equal(findings.count, 1);
    assert_string_equal(finding_name(findings.items[0].id), "elf-malformed");
    assert_non_null(strstr(findings.items[0].what, "p_filesz is larger than p_memsz"));
    findings_release(&findings);
    free(file.data);
}

/* A layout that many copied. */
static void the_template_of_the_n6_is_told_about(void **state)
{
    (void)state;
    static const enum finding_id expected[] = {FINDING_SEGMENT_ORDER, FINDING_SEGMENT_OVERLAP,
                                               FINDING_NOBITS_TAIL};
    struct findings findings;
    const struct bytes file = read_file(FOLDER "other/n6_template.stldr");
    check("n6_template.stldr", &file, NULL, &findings);
    assert_int_equal(findings.count, 3);
    for (unsigned i = 0; i < findings.count; i++) {
        assert_string_equal(finding_name(findings.items[i].id), finding_name(expected[i]));
    }
    assert_int_equal(findings.items[2].severity, SEVERITY_WARNING);
    assert_non_null(strstr(findings.items[2].what, "no variable"));
    findings_release(&findings);
    free(file.data);
}

/* Variables under the stack are a risk, under the buffer they are lost. */
static void data_under_the_buffer_is_worse_than_under_the_stack(void **state)
{
    (void)state;
    struct findings findings;
    const struct bytes file = read_file(EXTLOAD_FIXTURES "/data_under_buffer.stldr");
    check("data_under_buffer.stldr", &file, NULL, &findings);
    assert_string_equal(finding_name(findings.items[0].id), "nobits-tail");
    assert_int_equal(findings.items[0].severity, SEVERITY_ERROR);
    assert_non_null(strstr(findings.items[0].what, "under stack and buffer"));
    findings_release(&findings);
    free(file.data);
    is_found(FOLDER "nobits_tail.stldr", NULL, FINDING_NOBITS_TAIL, SEVERITY_WARNING,
             "variables among them: under the stack");
}

/* Pairs of 60,000 segments would take a day. */
static void many_program_headers_take_no_time(void **state)
{
    (void)state;
    const uint16_t count = 60000;
    const size_t start = 0x10000;
    struct findings findings;
    struct bytes file = read_file(FOLDER "good/st.stldr");
    assert_true(file.size < start);
    uint8_t *bytes = calloc(1, start + count * 32u);
    assert_non_null(bytes);
    memcpy(bytes, file.data, file.size);
    bytes[28] = bytes[29] = bytes[31] = 0;
    bytes[30] = 1; /* e_phoff */
    memcpy(bytes + 44, &count, sizeof count);
    for (unsigned i = 0; i < count; i++) {
        bytes[start + i * 32] = 1;      /* PT_LOAD */
        bytes[start + i * 32 + 16] = 4; /* p_filesz */
        bytes[start + i * 32 + 20] = 4; /* p_memsz */
    }
    free(file.data);
    file = (struct bytes){bytes, start + count * 32u};
    check("st.stldr", &file, NULL, &findings);
    assert_string_equal(finding_name(findings.items[0].id), "segment-count");
    assert_true(findings.count < 40);
    findings_release(&findings);
    free(bytes);
}

static void class_and_byte_order_are_of_the_kind_too(void **state)
{
    (void)state;
    for (unsigned at = 4; at <= 5; at++) {
        struct findings findings;
        struct bytes file = read_file(FOLDER "elf_kind.stldr");
        file.data[at] = 2;
        check("elf_kind.stldr", &file, NULL, &findings);
        assert_int_equal(findings.count, 1);
        assert_int_equal(findings.items[0].id, FINDING_ELF_KIND);
        assert_non_null(strstr(findings.items[0].what, at == 4 ? "class" : "byte order"));
        findings_release(&findings);
        free(file.data);
    }
}

static void what_is_no_loader_is_refused(void **state)
{
    (void)state;
    struct findings findings = {0};
    struct error error = {0};
    assert_false(check_loader("x", (const uint8_t *)"plain text", 10, NULL, &findings, &error));
    assert_int_equal(error.code, ERROR_LOADER_NOT_ELF);
    struct bytes file = read_file(FOLDER "good/st.stldr");
    rename_symbol(&file, "StorageInfo", '_');
    rename_symbol(&file, "Init", '_');
    rename_symbol(&file, "Write", '_');
    rename_symbol(&file, "SectorErase", '_');
    error = (struct error){0};
    assert_false(check_loader("x.elf", file.data, file.size, NULL, &findings, &error));
    assert_int_equal(error.code, ERROR_LOADER_SHAPE);
    assert_int_equal(findings.count, 0);
    free(file.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_has_a_loader_that_breaks_it_alone),
        cmocka_unit_test(there_is_one_source_for_each_rule),
        cmocka_unit_test(good_layouts_have_no_finding),
        cmocka_unit_test(our_own_loaders_have_no_finding),
        cmocka_unit_test(the_device_decides_about_the_address),
        cmocka_unit_test(a_segment_larger_in_the_file_than_in_memory_is_broken),
        cmocka_unit_test(the_template_of_the_n6_is_told_about),
        cmocka_unit_test(data_under_the_buffer_is_worse_than_under_the_stack),
        cmocka_unit_test(many_program_headers_take_no_time),
        cmocka_unit_test(class_and_byte_order_are_of_the_kind_too),
        cmocka_unit_test(what_is_no_loader_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
