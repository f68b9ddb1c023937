/* SPDX-License-Identifier: MIT */
/*
 * The checker's rules about flash algorithms: each file in tests/fixtures/check/flm has the fault
 * that it is named after and no other; those in good/ have none.
 */
#include "check/check.h"
#include "image/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glob.h>

#define FOLDER  EXTLOAD_FIXTURES "/check/flm/"
#define MUTANTS 600

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

static void put32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        at[i] = (uint8_t)(value >> 8 * i);
    }
}

/* The linker joins sections of one name, so the second is called PrgDatb until now. */
static void rename_second_section(struct bytes *file)
{
    for (size_t i = 0; i + 8 <= file->size; i++) {
        if (memcmp(file->data + i, "PrgDatb", 8) == 0) {
            file->data[i + 6] = 'a';
        }
    }
}

static const struct {
    enum finding_id id;
    void (*edit)(struct bytes *file);
} edits[] = {
    {FINDING_FLM_SECTION_TWICE, rename_second_section},
    {FINDING_FLM_ZERO_DATA, rename_second_section},
};

static void check_as(const char *path, const struct bytes *file, struct findings *findings)
{
    struct error error = {0};
    *findings = (struct findings){0};
    if (!check_loader(path, file->data, file->size, NULL, findings, &error)) {
        fail_msg("%s: %s", path, error.detail);
    }
}

/* flm-page-size of .../flm_page_size.FLM. */
static void id_of(const char *path, char *id, size_t size)
{
    snprintf(id, size, "%s", strrchr(path, '/') + 1);
    *strchr(id, '.') = '\0';
    for (char *at = id; *at != '\0'; at++) {
        *at = *at == '_' ? '-' : *at;
    }
}

static void edit(const char *id, struct bytes *file)
{
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        if (strcmp(finding_name(edits[i].id), id) == 0) {
            edits[i].edit(file);
        }
    }
}

static void breaks_its_rule_alone(const char *path)
{
    char id[60];
    struct findings findings;
    struct bytes file = read_file(path);
    id_of(path, id, sizeof id);
    edit(id, &file);
    const bool long_name = strcmp(id, finding_name(FINDING_FLM_FILE_NAME)) == 0;
    check_as(long_name ? "build/an-algorithm-of-a-longer-name.FLM" : path, &file, &findings);
    if (findings.count == 0) {
        fail_msg("%s: nothing found", path);
    }
    for (unsigned i = 0; i < findings.count; i++) {
        if (strcmp(finding_name(findings.items[i].id), id) != 0) {
            fail_msg("%s: %s: %s", path, finding_name(findings.items[i].id),
                     findings.items[i].what);
        }
        assert_true(findings.items[i].severity <= finding_severity(findings.items[i].id));
    }
    findings_release(&findings);
    free(file.data);
}

static void each_file_breaks_the_rule_of_its_name(void **state)
{
    (void)state;
    glob_t found;
    assert_int_equal(glob("tests/fixtures/check/flm/*.c", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char path[300];
        const char *name = strrchr(found.gl_pathv[i], '/') + 1;
        snprintf(path, sizeof path, FOLDER "%.*s.FLM", (int)(strlen(name) - 2), name);
        breaks_its_rule_alone(path);
    }
    globfree(&found);
}

static void each_rule_has_a_file(void **state)
{
    (void)state;
    for (enum finding_id id = 0; id < FINDING_COUNT; id++) {
        char path[300];
        if (strncmp(finding_name(id), "flm-", 4) != 0) {
            continue;
        }
        snprintf(path, sizeof path, FOLDER "%s.FLM", finding_name(id));
        for (char *at = path + strlen(FOLDER); *at != '\0'; at++) {
            *at = *at == '-' ? '_' : *at;
        }
        free(read_file(path).data);
    }
}

static void good_algorithms_have_no_finding(void **state)
{
    (void)state;
    glob_t found;
    assert_int_equal(glob(FOLDER "good/*.FLM", 0, NULL, &found), 0);
    assert_true(found.gl_pathc >= 3);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct findings findings;
        struct bytes file = read_file(found.gl_pathv[i]);
        check_as(found.gl_pathv[i], &file, &findings);
        if (findings.count != 0) {
            fail_msg("%s: %s: %s", found.gl_pathv[i], finding_name(findings.items[0].id),
                     findings.items[0].what);
        }
        free(file.data);
    }
    globfree(&found);
}

static const struct finding *find(const struct findings *findings, enum finding_id id)
{
    for (unsigned i = 0; i < findings->count; i++) {
        if (findings->items[i].id == id) {
            return &findings->items[i];
        }
    }
    return NULL;
}

static void says(const char *name, enum finding_id id, enum finding_severity severity,
                 const char *what)
{
    char path[300];
    struct findings findings;
    snprintf(path, sizeof path, FOLDER "%s.FLM", name);
    struct bytes file = read_file(path);
    check_as(path, &file, &findings);
    const struct finding *found = find(&findings, id);
    if (found == NULL) {
        fail_msg("%s: no %s", name, finding_name(id));
        return;
    }
    assert_int_equal(found->severity, severity);
    if (strstr(found->what, what) == NULL) {
        fail_msg("'%s' is not in '%s'", what, found->what);
    }
    findings_release(&findings);
    free(file.data);
}

/* What is only guessed without the linker's relocations is known with them. */
static void relocations_tell_the_same_as_the_code(void **state)
{
    (void)state;
    says("other/absolute_relocations", FINDING_FLM_ABSOLUTE_ADDRESS, SEVERITY_ERROR,
         "the code loads a linked address, of 'PrgData'");
    says("other/absolute_relocations", FINDING_FLM_POINTER_TABLE, SEVERITY_ERROR,
         "is a linked address, of 'program_even'");
    says("flm_absolute_address", FINDING_FLM_ABSOLUTE_ADDRESS, SEVERITY_ERROR,
         "loads name linked addresses");
    says("other/clang_like", FINDING_FLM_ABSOLUTE_ADDRESS, SEVERITY_ERROR,
         "loads name linked addresses");
}

/* Linked for one place, as SEGGER's template does it, is an error for others alone. */
static void a_file_for_segger_may_be_linked_for_one_place(void **state)
{
    (void)state;
    says("other/segger_open", FINDING_FLM_CODE_ADDRESS, SEVERITY_WARNING, "linked at 0x24000020");
    says("other/segger_open", FINDING_FLM_SECTION_DROPPED, SEVERITY_WARNING, "section .rodata");
}

static void each_field_has_its_words(void **state)
{
    (void)state;
    static const struct {
        uint32_t at, value;
        enum finding_id id;
        enum finding_severity severity;
        const char *what;
    } fields[] = {
        {0x002, 0, FINDING_FLM_NAME, SEVERITY_WARNING, "is empty"},
        {0x084, 0xFFFF0000, FINDING_FLM_BASE, SEVERITY_WARNING, "leaves the address space"},
        {0x088, 0, FINDING_FLM_SECTORS, SEVERITY_ERROR, "TotalSize is 0"},
        {0x088, 0x808000, FINDING_FLM_SECTORS, SEVERITY_ERROR, "no whole number of sectors"},
        {0x08C, 0, FINDING_FLM_PAGE_SIZE, SEVERITY_ERROR, "none at all"},
        {0x08C, 0x20000, FINDING_FLM_PAGE_SIZE, SEVERITY_WARNING, "more than Keil takes"},
        {0x08C, 0x1000000, FINDING_FLM_PAGE_SIZE, SEVERITY_ERROR, "larger than the device"},
        {0x098, 0, FINDING_FLM_TIMEOUT, SEVERITY_WARNING, "TimeoutProg 0 ms"},
        {0x09C, 0, FINDING_FLM_TIMEOUT, SEVERITY_WARNING, "TimeoutErase 0 ms"},
        {0x0A0, 0, FINDING_FLM_SECTORS, SEVERITY_ERROR, "sectors of no size"},
        {0x0A4, 0x1000, FINDING_FLM_SECTORS, SEVERITY_ERROR, "where the one before ends"},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        struct findings findings;
        struct bytes file = read_file(FOLDER "good/gcc.FLM");
        for (size_t at = 0; at + 0xA8 <= file.size; at++) {
            if (memcmp(file.data + at, "\1\1an algorithm", 15) == 0) {
                put32(file.data + at + fields[i].at, fields[i].value);
            }
        }
        check_as("gcc.FLM", &file, &findings);
        if (findings.count != 1 || findings.items[0].id != fields[i].id ||
            findings.items[0].severity != fields[i].severity ||
            strstr(findings.items[0].what, fields[i].what) == NULL) {
            fail_msg("'%s': %u findings, %s", fields[i].what, findings.count,
                     findings.count > 0 ? findings.items[0].what : "none");
        }
        findings_release(&findings);
        free(file.data);
    }
}

static uint64_t seed_state;

static uint32_t random_below(uint32_t limit)
{
    seed_state = seed_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed_state >> 33) % limit;
}

/* Headers more often than the rest. */
static void damage(struct bytes *file)
{
    for (unsigned n = 1 + random_below(6); n > 0; n--) {
        const uint32_t sections = get32(file->data + 32);
        const uint32_t at = random_below(2) == 0 ? sections + random_below(file->data[48] * 40u)
                                                 : random_below((uint32_t)file->size);
        if (at < file->size) {
            file->data[at] = (uint8_t)random_below(256);
        }
    }
}

static void damaged_files_are_read_without_a_crash(void **state)
{
    (void)state;
    static const char *const names[] = {"good/gcc", "good/sfl", "good/relocations",
                                        "other/absolute_relocations", "flm_zero_data"};
    unsigned told = 0;
    for (unsigned i = 0; i < MUTANTS; i++) {
        char path[300];
        struct error error = {0};
        struct findings findings = {0};
        seed_state = i + 1;
        snprintf(path, sizeof path, FOLDER "%s.FLM", names[i % 5]);
        struct bytes file = read_file(path);
        damage(&file);
        /* exactly as large as the file says, so that a sanitizer sees what lies behind */
        file.data = realloc(file.data, file.size);
        told += !check_loader(path, file.data, file.size, NULL, &findings, &error) ||
                findings.count > 0;
        findings_release(&findings);
        free(file.data);
    }
    assert_true(told > MUTANTS / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_file_breaks_the_rule_of_its_name),
        cmocka_unit_test(each_rule_has_a_file),
        cmocka_unit_test(good_algorithms_have_no_finding),
        cmocka_unit_test(relocations_tell_the_same_as_the_code),
        cmocka_unit_test(a_file_for_segger_may_be_linked_for_one_place),
        cmocka_unit_test(each_field_has_its_words),
        cmocka_unit_test(damaged_files_are_read_without_a_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
