/* SPDX-License-Identifier: MIT */
/* Target descriptions by the GDB manual, "Target Description Format". */
#include "rsp/description.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct document {
    const char *name, *text;
};

static struct rsp_description description;

static char *fetch(void *context, const char *name, size_t *size, struct error *error)
{
    for (const struct document *each = context; each->name != NULL; each++) {
        if (strcmp(each->name, name) == 0 && each->text == NULL) {
            error_set(error, ERROR_SERVER_LOST, NULL, 0, 0, "%s", name);
            return NULL;
        }
        if (strcmp(each->name, name) == 0) {
            *size = strlen(each->text);
            return strdup(each->text);
        }
    }
    return NULL;
}

static void assert_register(const char *name, unsigned number, unsigned bytes)
{
    const struct rsp_register *reg = description_find(&description, name);
    assert_non_null(reg);
    assert_int_equal(reg->number, number);
    assert_int_equal(reg->bytes, bytes);
}

static void numbers_follow_each_other(void **state)
{
    (void)state;
    struct document documents[] = {
        {"target.xml",
         "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target>"
         "<architecture>arm</architecture><feature name=\"org.gnu.gdb.arm.m-profile\">"
         "<reg name=\"R0\" bitsize=\"32\"/><reg name=\"r1\" bitsize='32' type=\"int\"/>"
         "<reg name=\"xPSR\" bitsize=\"32\" regnum=\"25\"/><reg name=\"d0\" bitsize=\"64\"/>"
         "<reg name=\"primask\" bitsize=\"1\"/><reg name=\"r2\" regnum=\"2\" bitsize=\"32\"/>"
         "</feature></target>"},
        {NULL, NULL}};
    assert_true(description_read(&description, fetch, documents, NULL));
    assert_int_equal(description.count, 6);
    assert_register("r0", 0, 4);
    assert_register("R1", 1, 4);
    assert_register("xpsr", 25, 4);
    assert_register("D0", 26, 8);
    assert_register("primask", 27, 1);
    assert_register("r2", 2, 4);
    assert_null(description_find(&description, "msplim"));
}

/* As QEMU sends it. */
static void numbers_go_on_in_what_is_included(void **state)
{
    (void)state;
    struct document documents[] = {
        {"target.xml", "<target><xi:include href=\"a.xml\"/><xi:include href=\"none.xml\"/>"
                       "<xi:include href=\"b.xml\"/><reg name=\"last\" bitsize=\"32\"/></target>"},
        {"a.xml", "<feature><reg name=\"r0\" bitsize=\"32\"/></feature>"},
        {"b.xml", "<feature><reg name=\"r1\" bitsize=\"32\"/></feature>"},
        {NULL, NULL}};
    assert_true(description_read(&description, fetch, documents, NULL));
    assert_register("r0", 0, 4);
    assert_register("r1", 1, 4);
    assert_register("last", 2, 4);
}

static void what_is_no_description_gives_none(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "no XML",
        "<target>",
        "<target/>",
        "<reg/>",
        "<reg name='a'/>",
        "<reg bitsize='32'/>",
        "<reg name='a' bitsize='0'/>",
        "<reg name='a' bitsize='1025'/>",
        "<reg name='a' bitsize='32' regnum='65536'/>",
        "<reg name='a' bitsize='-1'/>",
        "<reg name='a name of more than 15 letters' bitsize='32'/>",
        "<!DOCTYPE t [<!ENTITY a '32'>]><reg name='a' bitsize='&a;'/>"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct document documents[] = {{"target.xml", texts[i]}, {NULL, NULL}};
        assert_true(description_read(&description, fetch, documents, NULL));
        assert_int_equal(description.count, 0);
    }
}

static void what_includes_itself_ends(void **state)
{
    (void)state;
    struct document documents[] = {
        {"target.xml", "<t><reg name='r0' bitsize='32'/><xi:include href='target.xml'/>"
                       "<xi:include href='target.xml'/></t>"},
        {NULL, NULL}};
    assert_true(description_read(&description, fetch, documents, NULL));
    assert_true(description.documents <= DESCRIPTION_DOCUMENTS);
    assert_register("r0", 0, 4);
}

static void a_lost_server_is_an_error(void **state)
{
    (void)state;
    struct document documents[] = {
        {"target.xml", "<t><reg name='r0' bitsize='32'/><xi:include href='a.xml'/></t>"},
        {"a.xml", NULL},
        {NULL, NULL}};
    struct error error = {0};
    assert_false(description_read(&description, fetch, documents, &error));
    assert_int_equal(error.code, ERROR_SERVER_LOST);
    assert_string_equal(error.detail, "a.xml");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_follow_each_other),
        cmocka_unit_test(numbers_go_on_in_what_is_included),
        cmocka_unit_test(what_is_no_description_gives_none),
        cmocka_unit_test(what_includes_itself_ends),
        cmocka_unit_test(a_lost_server_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
