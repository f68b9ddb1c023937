/* SPDX-License-Identifier: MIT */
/* Findings for people and for programs. */
#include "report/finding.h"

#include "report/json_text.h"

#include <string.h>

static void print_line(FILE *out, const char *label, const char *text)
{
    if (text[0] != '\0') {
        fprintf(out, "  %-6s %s\n", label, text);
    }
}

static void print_one(FILE *out, const struct finding *finding)
{
    fprintf(out, "%s: %s: %s%s%s", finding_severity_name(finding->severity),
            finding_name(finding->id), finding->call, finding->call[0] != '\0' ? ": " : "",
            finding->what);
    if (finding->count > 1) {
        fprintf(out, " (%llu times)", (unsigned long long)finding->count);
    }
    fputc('\n', out);
    print_line(out, "then:", finding->outcome);
    print_line(out, "stack:", finding->trace);
    print_line(out, "why:", finding_why(finding->id));
    print_line(out, "try:", finding_try(finding->id));
    print_line(out, "hosts:", finding->hosts);
}

void findings_print(FILE *out, const struct findings *findings)
{
    for (int severity = SEVERITY_ERROR; severity >= SEVERITY_NOTE; severity--) {
        for (unsigned i = 0; i < findings->count; i++) {
            if ((int)findings->items[i].severity == severity) {
                print_one(out, &findings->items[i]);
            }
        }
    }
}

static json_t *names_of(const char *list)
{
    json_t *names = json_array();
    while (names != NULL && *list != '\0') {
        const size_t length = strcspn(list, ",");
        if (json_array_append_new(names, json_stringn(list, length)) != 0) {
            json_decref(names);
            return NULL;
        }
        list += length;
        list += strspn(list, ", ");
    }
    return names;
}

static json_t *object_of(const struct finding *finding)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:I, s:s, s:s, s:s}", "id",
                     finding_name(finding->id), "severity",
                     finding_severity_name(finding->severity), "call", json_text(finding->call),
                     "what", json_text(finding->what), "outcome", json_text(finding->outcome),
                     "trace", json_text(finding->trace), "hosts", names_of(finding->hosts), "count",
                     (json_int_t)finding->count, "why", finding_why(finding->id), "try",
                     finding_try(finding->id), "evidence", finding_evidence(finding->id));
}

bool findings_append_json(json_t *array, const struct findings *findings, const char *path)
{
    for (unsigned i = 0; i < findings->count; i++) {
        json_t *object = object_of(&findings->items[i]);
        const bool named =
            path == NULL || json_object_set_new(object, "file", json_text(path)) == 0;
        if (json_array_append_new(array, object) != 0 || !named) {
            return false;
        }
    }
    return true;
}

void findings_print_summary(FILE *out, const struct findings *findings)
{
    unsigned errors = 0;
    for (unsigned i = 0; i < findings->count; i++) {
        errors += findings->items[i].severity == SEVERITY_ERROR;
    }
    if (findings->count == 0) {
        fprintf(out, "findings none\n");
    } else {
        fprintf(out, "findings %u, of which %u are errors\n", findings->count, errors);
    }
}
