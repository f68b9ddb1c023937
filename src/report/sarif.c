/* SPDX-License-Identifier: MIT */
#include "report/sarif.h"

#include "report/json_text.h"

#include <string.h>

#define SCHEMA                                                                                     \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

/* A path as a URI reference (RFC 3986): absolute paths as file URIs, reserved bytes as %XX. */
static void uri_of(const char *path, char *uri, size_t size)
{
    size_t used = (size_t)snprintf(uri, size, "%s", path[0] == '/' ? "file://" : "");
    for (; *path != '\0' && used + 4 < size; path++) {
        const unsigned char byte = (unsigned char)*path;
        const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                           (byte >= '0' && byte <= '9') || strchr("-._~/", byte) != NULL;
        used += (size_t)snprintf(uri + used, size - used, plain ? "%c" : "%%%02X", byte);
    }
}

static json_t *rule_of(enum finding_id id)
{
    return json_pack("{s:s, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s, s:s}}", "id", finding_name(id),
                     "shortDescription", "text", finding_why(id), "help", "text", finding_try(id),
                     "defaultConfiguration", "level", finding_severity_name(finding_severity(id)),
                     "properties", "evidence", finding_evidence(id), "madeBy",
                     finding_maker(id) == MADE_BY_CHECK ? "check" : "rehearsal");
}

static json_t *rules(void)
{
    json_t *array = json_array();
    for (enum finding_id id = 0; array != NULL && id < FINDING_COUNT; id++) {
        if (json_array_append_new(array, rule_of(id)) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *location_of(const struct finding *finding, const char *uri)
{
    json_t *location =
        json_pack("{s:{s:{s:s}}}", "physicalLocation", "artifactLocation", "uri", uri);
    if (finding->call[0] != '\0' &&
        json_object_set_new(location, "logicalLocations",
                            json_pack("[{s:s, s:s}]", "name", finding->call, "kind", "function")) !=
            0) {
        json_decref(location);
        return NULL;
    }
    return location;
}

static json_t *result_of(const struct finding *finding, const char *uri)
{
    char text[900];
    snprintf(text, sizeof text, "%s%s%s%s%s", finding->call, finding->call[0] != '\0' ? ": " : "",
             finding->what, finding->outcome[0] != '\0' ? "; then: " : "", finding->outcome);
    return json_pack("{s:s, s:i, s:s, s:{s:o}, s:[o], s:I}", "ruleId", finding_name(finding->id),
                     "ruleIndex", (int)finding->id, "level",
                     finding_severity_name(finding->severity), "message", "text", json_text(text),
                     "locations", location_of(finding, uri), "occurrenceCount",
                     (json_int_t)finding->count);
}

static json_t *results(const struct finding_report *reports, unsigned count)
{
    json_t *array = json_array();
    for (unsigned i = 0; array != NULL && i < count; i++) {
        char uri[1100];
        uri_of(reports[i].path, uri, sizeof uri);
        for (unsigned k = 0; k < reports[i].findings.count; k++) {
            if (json_array_append_new(array, result_of(&reports[i].findings.items[k], uri)) != 0) {
                json_decref(array);
                return NULL;
            }
        }
    }
    return array;
}

bool sarif_print(FILE *out, const char *version, const struct finding_report *reports,
                 unsigned count)
{
    json_t *log =
        json_pack("{s:s, s:s, s:[{s:{s:{s:s, s:s, s:o}}, s:o}]}", "$schema", SCHEMA, "version",
                  "2.1.0", "runs", "tool", "driver", "name", "extload", "version", version, "rules",
                  rules(), "results", results(reports, count));
    const bool good =
        log != NULL && json_dumpf(log, out, JSON_INDENT(2)) == 0 && fputc('\n', out) != EOF;
    json_decref(log);
    return good;
}
