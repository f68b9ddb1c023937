/* SPDX-License-Identifier: MIT */
/* Findings as a list, as text and as JSON; their table against docs/findings.md. */
#include "host/cause.h"
#include "report/finding.h"
#include "report/json_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

static const struct finding hang = {.id = FINDING_HANG,
                                    .severity = SEVERITY_ERROR,
                                    .key = 0x34180412,
                                    .call = "Init",
                                    .what =
                                        "hang at Init+0x1a4 polling XSPI2.SR.BUSY, which stays 1",
                                    .trace = "Init+0x1a6 <- main+0x2",
                                    .hosts = "native",
                                    .count = 1};
static const struct finding low = {.id = FINDING_STACK_LOW,
                                   .severity = SEVERITY_WARNING,
                                   .call = "Write",
                                   .what = "960 of the host's 1020 bytes of stack are used",
                                   .hosts = "native",
                                   .count = 1};

static void every_row_of_the_table_is_whole(void **state)
{
    (void)state;
    for (int i = 0; i < FINDING_COUNT; i++) {
        const enum finding_id id = (enum finding_id)i;
        const char *name = finding_name(id);
        assert_true(strlen(name) > 3);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz-"), strlen(name));
        assert_true(strlen(finding_why(id)) > 20);
        assert_true(strlen(finding_try(id)) > 10);
        assert_true(strlen(finding_evidence(id)) > 10);
        for (int k = 0; k < i; k++) {
            assert_string_not_equal(name, finding_name((enum finding_id)k));
        }
    }
}

static void one_cause_is_one_finding(void **state)
{
    (void)state;
    struct findings findings = {0};
    struct finding other = hang;
    assert_int_equal(findings_add(&findings, &hang), 0);
    snprintf(other.hosts, sizeof other.hosts, "cubeprogrammer-jlink");
    assert_int_equal(findings_add(&findings, &other), 0);
    assert_int_equal(findings_add(&findings, &other), 0);
    assert_int_equal(findings.count, 1);
    assert_int_equal(findings.items[0].count, 3);
    assert_string_equal(findings.items[0].hosts, "native, cubeprogrammer-jlink");
    other.key++;
    assert_int_equal(findings_add(&findings, &other), 1);
    findings_release(&findings);
    assert_int_equal(findings.count, 0);
}

static void the_worse_of_two_is_told(void **state)
{
    (void)state;
    struct findings findings = {0};
    struct finding mild = hang, worse = hang;
    mild.severity = SEVERITY_WARNING;
    snprintf(worse.what, sizeof worse.what, "worse");
    findings_add(&findings, &mild);
    assert_false(findings_have_error(&findings));
    findings_add(&findings, &worse);
    assert_true(findings_have_error(&findings));
    assert_string_equal(findings.items[0].what, "worse");
    findings_add(&findings, &mild);
    assert_int_equal(findings.items[0].severity, SEVERITY_ERROR);
    assert_string_equal(findings.items[0].what, "worse");
    findings_release(&findings);
}

static void an_outcome_is_told_once(void **state)
{
    (void)state;
    struct finding finding = hang;
    finding_outcome(&finding, "verify fails: 12 bytes differ");
    finding_outcome(&finding, "verify fails: 13 bytes differ");
    finding_outcome(&finding, "");
    finding_outcome(&finding, "lockup");
    finding_outcome(&finding, "lockup");
    assert_string_equal(finding.outcome, "verify fails: 12 bytes differ; lockup");
}

static unsigned see(struct findings *findings, struct causes *causes, enum finding_id id)
{
    const struct finding finding = {.id = id, .severity = SEVERITY_ERROR, .count = 1};
    const unsigned index = findings_add(findings, &finding);
    causes_note(causes, index);
    return index;
}

/* What only looks bad explains nothing; what stops a core does so in its own call, unless it lasts. */
static void an_outcome_finds_its_cause(void **state)
{
    (void)state;
    struct findings findings = {0};
    struct causes causes = {0};
    causes_begin(&causes);
    see(&findings, &causes, FINDING_WRITE_OUTSIDE);
    assert_int_equal(causes_find(&causes, &findings, FINDING_HANG), NO_CAUSE);
    assert_int_equal(causes_find(&causes, &findings, FINDING_BOOT_LOST), NO_CAUSE);
    const int clock = (int)see(&findings, &causes, FINDING_UNCLOCKED_ACCESS);
    assert_int_equal(causes_find(&causes, &findings, FINDING_HANG), clock);
    assert_true(causes_in_call(&causes, &findings, FINDING_UNCLOCKED_ACCESS));
    causes_begin(&causes);
    assert_false(causes_in_call(&causes, &findings, FINDING_UNCLOCKED_ACCESS));
    assert_int_equal(causes_find(&causes, &findings, FINDING_HANG), NO_CAUSE);
    const int left = (int)see(&findings, &causes, FINDING_LEFT_PROTOCOL);
    causes_begin(&causes);
    assert_int_equal(causes_find(&causes, &findings, FINDING_HANG), left);
    assert_int_equal(causes_find(&causes, &findings, FINDING_BOOT_LOST), left);
    const int window = (int)see(&findings, &causes, FINDING_WINDOW_UNMAPPED);
    assert_int_equal(causes_find(&causes, &findings, FINDING_CALL_FAILED), window);
    assert_int_equal(causes_find(&causes, &findings, FINDING_BOOT_LOST), left);
    findings_release(&findings);
}

static void the_text_says_what_why_and_what_to_try(void **state)
{
    (void)state;
    char *text = NULL, expected[1200];
    size_t size = 0;
    struct findings findings = {0};
    struct finding twice = hang;
    findings_add(&findings, &low);
    twice.count = 2;
    finding_outcome(&twice, "boot: gone");
    findings_add(&findings, &twice);
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    findings_print(out, &findings);
    fclose(out);
    snprintf(
        expected, sizeof expected,
        "error: hang: Init: hang at Init+0x1a4 polling XSPI2.SR.BUSY, which stays 1 (2 times)\n"
        "  then:  boot: gone\n"
        "  stack: Init+0x1a6 <- main+0x2\n"
        "  why:   %s\n  try:   %s\n  hosts: native\n"
        "warning: stack-low: Write: 960 of the host's 1020 bytes of stack are used\n"
        "  why:   %s\n  try:   %s\n  hosts: native\n",
        finding_why(FINDING_HANG), finding_try(FINDING_HANG), finding_why(FINDING_STACK_LOW),
        finding_try(FINDING_STACK_LOW));
    assert_string_equal(text, expected);
    free(text);
    findings_release(&findings);
}

static const char *string_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void json_holds_the_same(void **state)
{
    (void)state;
    struct findings findings = {0};
    struct finding both = hang;
    snprintf(both.hosts, sizeof both.hosts, "native, cubeprogrammer-jlink");
    findings_add(&findings, &both);
    findings_add(&findings, &low);
    json_t *array = json_array();
    assert_true(findings_append_json(array, &findings, NULL));
    assert_int_equal(json_array_size(array), 2);
    const json_t *first = json_array_get(array, 0);
    assert_string_equal(string_of(first, "id"), "hang");
    assert_string_equal(string_of(first, "severity"), "error");
    assert_string_equal(string_of(first, "call"), "Init");
    assert_string_equal(string_of(first, "what"), hang.what);
    assert_string_equal(string_of(first, "trace"), hang.trace);
    assert_string_equal(string_of(first, "outcome"), "");
    assert_string_equal(string_of(first, "why"), finding_why(FINDING_HANG));
    assert_string_equal(string_of(first, "try"), finding_try(FINDING_HANG));
    assert_int_equal(json_integer_value(json_object_get(first, "count")), 1);
    const json_t *hosts = json_object_get(first, "hosts");
    assert_int_equal(json_array_size(hosts), 2);
    assert_string_equal(json_string_value(json_array_get(hosts, 1)), "cubeprogrammer-jlink");
    json_decref(array);
    findings_release(&findings);
}

static void json_names_the_file_if_there_are_several(void **state)
{
    (void)state;
    struct findings findings = {0};
    findings_add(&findings, &low);
    json_t *array = json_array();
    assert_true(findings_append_json(array, &findings, "a"));
    assert_true(findings_append_json(array, &findings, NULL));
    assert_string_equal(string_of(json_array_get(array, 0), "file"), "a");
    assert_null(json_object_get(json_array_get(array, 1), "file"));
    json_decref(array);
    findings_release(&findings);
}

/* Names out of a foreign loader are bytes, not text. */
static void json_takes_any_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *text;
    } cases[] = {
        {"", ""},
        {"plain", "plain"},
        {"\xC3\xBC \xE2\x82\xAC \xF0\x9F\x98\x80", "\xC3\xBC \xE2\x82\xAC \xF0\x9F\x98\x80"},
        {"a\xFF"
         "b",
         "a\xEF\xBF\xBD"
         "b"},
        {"cut \xE2\x82", "cut \xEF\xBF\xBD\xEF\xBF\xBD"},
        {"overlong \xC0\x80", "overlong \xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *string = json_text(cases[i].bytes);
        assert_non_null(string);
        assert_string_equal(json_string_value(string), cases[i].text);
        json_decref(string);
    }
    assert_true(json_is_null(json_text(NULL)));
    struct finding odd = low;
    struct findings findings = {0};
    snprintf(odd.what, sizeof odd.what, "\xFF");
    findings_add(&findings, &odd);
    json_t *array = json_array();
    assert_true(findings_append_json(array, &findings, "\xFE"));
    assert_int_equal(json_array_size(array), 1);
    json_decref(array);
    findings_release(&findings);
}

static char *read_page(void)
{
    FILE *file = fopen("docs/findings.md", "r");
    assert_non_null(file);
    char *text = calloc(1, 65536);
    assert_non_null(text);
    assert_true(fread(text, 1, 65535, file) > 0);
    fclose(file);
    return text;
}

/* Each finding has its row, word for word, and the page has no other. */
static void the_page_is_the_table(void **state)
{
    (void)state;
    char *page = read_page();
    unsigned rows = 0;
    for (int i = 0; i < FINDING_COUNT; i++) {
        char row[1400];
        const enum finding_id id = (enum finding_id)i;
        snprintf(row, sizeof row, "\n| `%s` | %s | %s | %s | %s |\n", finding_name(id),
                 finding_severity_name(finding_severity(id)), finding_why(id), finding_try(id),
                 finding_evidence(id));
        if (strstr(page, row) == NULL) {
            fail_msg("docs/findings.md lacks the row:%s", row);
        }
    }
    for (const char *at = page; (at = strstr(at, "\n| `")) != NULL; at++) {
        rows++;
    }
    assert_int_equal(rows, FINDING_COUNT);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_the_table_is_whole),
        cmocka_unit_test(one_cause_is_one_finding),
        cmocka_unit_test(the_worse_of_two_is_told),
        cmocka_unit_test(an_outcome_is_told_once),
        cmocka_unit_test(an_outcome_finds_its_cause),
        cmocka_unit_test(the_text_says_what_why_and_what_to_try),
        cmocka_unit_test(json_holds_the_same),
        cmocka_unit_test(json_names_the_file_if_there_are_several),
        cmocka_unit_test(json_takes_any_bytes),
        cmocka_unit_test(the_page_is_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
