/* SPDX-License-Identifier: MIT */
/* The files of a build: kept once, told apart, written all or none. */
#include "pack/built_files.h"

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

static uint8_t *copy(const char *text)
{
    return (uint8_t *)strdup(text);
}

static bool add(struct built_files *built, const char *stem, const char *suffix, const char *text,
                struct error *error)
{
    return built_files_add(built, stem, suffix, copy(text), strlen(text), error);
}

static void same_file_is_kept_once(void **state)
{
    (void)state;
    struct built_files built = {.format = "one"};
    struct error error = {.code = ERROR_NONE};
    assert_true(add(&built, "a", ".x", "text", &error));
    built.format = "two";
    assert_true(add(&built, "a", ".x", "text", &error));
    assert_true(add(&built, "a", ".y", "other", &error));
    assert_int_equal(built.count, 2);
    assert_string_equal(built_files_find(&built, "a.x")->format, "one");
    assert_string_equal(built_files_find(&built, "a.y")->format, "two");
    assert_null(built_files_find(&built, "a"));
    assert_false(add(&built, "a", ".x", "texT", &error));
    assert_int_equal(error.code, ERROR_FORMATS_CLASH);
    error = (struct error){.code = ERROR_NONE};
    assert_false(add(&built, "a", ".x", "texts", &error));
    assert_int_equal(error.code, ERROR_FORMATS_CLASH);
    assert_int_equal(built.count, 2);
    built_files_release(&built);
}

static void refuses_what_is_no_file(void **state)
{
    (void)state;
    struct built_files built = {.format = "one"};
    struct error error = {.code = ERROR_NONE};
    char name[BUILT_FILE_NAME + 1];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_false(add(&built, name, "", "text", &error));
    assert_int_equal(error.code, ERROR_FILE_WRITE);
    error = (struct error){.code = ERROR_NONE};
    assert_true(add(&built, name + 1, "", "text", &error));
    assert_false(add(&built, "../a", ".x", "text", &error));
    assert_int_equal(error.code, ERROR_FILE_WRITE);
    error = (struct error){.code = ERROR_NONE};
    assert_false(built_files_add(&built, "b", ".x", NULL, 0, &error));
    assert_int_equal(error.code, ERROR_NO_MEMORY);
    error = (struct error){.code = ERROR_NONE};
    for (char letter[2] = "A"; built.count < BUILT_FILES_MAX; letter[0]++) {
        assert_true(add(&built, letter, ".x", "text", &error));
    }
    assert_false(add(&built, "b", ".x", "text", &error));
    built_files_release(&built);
    assert_int_equal(built.count, 0);
}

static void holds(const char *folder, const char *name, const char *wanted)
{
    char path[300], text[64] = "";
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (wanted == NULL) {
        assert_null(file);
        return;
    }
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(text, wanted);
}

/* The last of three cannot be written: the first two stay as they were, and no half file is left. */
static void writes_all_or_none(void **state)
{
    (void)state;
    char folder[] = "/tmp/extload-built-XXXXXX", blocked[64];
    struct built_files built = {.format = "one"};
    struct error error = {.code = ERROR_NONE};
    assert_non_null(mkdtemp(folder));
    assert_true(add(&built, "a", ".x", "old", &error));
    assert_true(built_files_write(&built, folder, &error));
    built_files_release(&built);
    assert_true(add(&built, "a", ".x", "new", &error));
    assert_true(add(&built, "b", ".x", "new", &error));
    assert_true(add(&built, "c", ".x", "new", &error));
    snprintf(blocked, sizeof blocked, "%s/c.x", folder);
    assert_int_equal(mkdir(blocked, 0777), 0);
    assert_false(built_files_write(&built, folder, &error));
    assert_int_equal(error.code, ERROR_FILE_WRITE);
    assert_string_equal(error.file, blocked);
    holds(folder, "a.x", "old");
    holds(folder, "b.x", NULL);
    holds(folder, "a.x.new", NULL);
    holds(folder, "b.x.new", NULL);
    rmdir(blocked);
    error = (struct error){.code = ERROR_NONE};
    assert_true(built_files_write(&built, folder, &error));
    for (unsigned i = 0; i < built.count; i++) {
        char path[300];
        holds(folder, built.files[i].name, "new");
        snprintf(path, sizeof path, "%s/%s", folder, built.files[i].name);
        remove(path);
    }
    assert_int_equal(rmdir(folder), 0); /* nothing else is in it */
    built_files_release(&built);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_file_is_kept_once),
        cmocka_unit_test(refuses_what_is_no_file),
        cmocka_unit_test(writes_all_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
