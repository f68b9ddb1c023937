/* SPDX-License-Identifier: MIT */
#include "report/finding.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *id;
    enum finding_severity severity;
    enum finding_maker maker;
    const char *why, *hint, *evidence;
} table[FINDING_COUNT] = {
#define FINDING(name, id, severity, maker, why, hint, evidence)                                    \
    [FINDING_##name] = {id, SEVERITY_##severity, MADE_BY_##maker, why, hint, evidence},
#include "report/findings.def"
#undef FINDING
};

const char *finding_name(enum finding_id id)
{
    return table[id].id;
}

enum finding_severity finding_severity(enum finding_id id)
{
    return table[id].severity;
}

const char *finding_severity_name(enum finding_severity severity)
{
    static const char *const names[] = {"note", "warning", "error"};
    return names[severity];
}

const char *finding_why(enum finding_id id)
{
    return table[id].why;
}

const char *finding_try(enum finding_id id)
{
    return table[id].hint;
}

const char *finding_evidence(enum finding_id id)
{
    return table[id].evidence;
}

enum finding_maker finding_maker(enum finding_id id)
{
    return table[id].maker;
}

/* "a, b" has the item "b". */
static bool has_item(const char *list, const char *item)
{
    const size_t length = strlen(item);
    for (const char *at = list; (at = strstr(at, item)) != NULL; at += length) {
        const bool starts = at == list || at[-1] == ' ';
        if (starts && (at[length] == ',' || at[length] == '\0')) {
            return true;
        }
    }
    return false;
}

static void merge(struct finding *old, const struct finding *more)
{
    old->count += more->count;
    if (more->severity > old->severity) { /* the worse one is the one to tell about */
        old->severity = more->severity;
        memcpy(old->call, more->call, sizeof old->call);
        memcpy(old->what, more->what, sizeof old->what);
    }
    finding_outcome(old, more->outcome);
    if (more->hosts[0] != '\0' && !has_item(old->hosts, more->hosts)) {
        const size_t used = strlen(old->hosts);
        snprintf(old->hosts + used, sizeof old->hosts - used, ", %s", more->hosts);
    }
}

unsigned findings_add(struct findings *findings, const struct finding *finding)
{
    for (unsigned i = 0; i < findings->count; i++) {
        struct finding *old = &findings->items[i];
        if (old->id == finding->id && old->key == finding->key) {
            merge(old, finding);
            return i;
        }
    }
    if (findings->count == findings->capacity) {
        const unsigned capacity = findings->capacity == 0 ? 8 : 2 * findings->capacity;
        struct finding *items = realloc(findings->items, capacity * sizeof *items);
        if (items == NULL) {
            return findings->count == 0 ? 0 : findings->count - 1;
        }
        findings->items = items;
        findings->capacity = capacity;
    }
    findings->items[findings->count] = *finding;
    return findings->count++;
}

/* Texts that differ in numbers only are one outcome. */
static bool is_told(const struct finding *finding, const char *text)
{
    char start[64];
    snprintf(start, sizeof start, "%.*s", (int)strcspn(text, "0123456789"), text);
    return strstr(finding->outcome, text) != NULL ||
           (strlen(start) > 8 && strstr(finding->outcome, start) != NULL);
}

void finding_outcome(struct finding *finding, const char *text)
{
    const size_t used = strlen(finding->outcome);
    if (text[0] != '\0' && !is_told(finding, text)) {
        snprintf(finding->outcome + used, sizeof finding->outcome - used, "%s%s",
                 used > 0 ? "; " : "", text);
    }
}

bool findings_have_error(const struct findings *findings)
{
    for (unsigned i = 0; i < findings->count; i++) {
        if (findings->items[i].severity == SEVERITY_ERROR) {
            return true;
        }
    }
    return false;
}

void findings_release(struct findings *findings)
{
    free(findings->items);
    *findings = (struct findings){0};
}
