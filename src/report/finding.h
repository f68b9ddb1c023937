/* SPDX-License-Identifier: MIT */
/*
 * What a check or a rehearsal found out about a loader: one finding per cause, with what came of it.
 */
#ifndef EXTLOAD_REPORT_FINDING_H
#define EXTLOAD_REPORT_FINDING_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum finding_severity {
    SEVERITY_NOTE,
    SEVERITY_WARNING,
    SEVERITY_ERROR
};

/* A check reads the file; a rehearsal runs it on the simulated board. */
enum finding_maker {
    MADE_BY_CHECK,
    MADE_BY_REHEARSAL
};

/* Every finding; report/findings.def says of each: name, id, severity, maker, why, what to try,
 * evidence. */
enum finding_id {
#define FINDING(name, id, severity, maker, why, try, evidence) FINDING_##name,
#include "report/findings.def"
#undef FINDING
    FINDING_COUNT
};

struct finding {
    enum finding_id id;
    enum finding_severity severity; /* as in the table, or milder if nothing came of it */
    uint32_t key;                   /* with the id: what makes two findings one */
    char call[24];                  /* the first time: "Init"; empty: not in a call */
    char what[400];                 /* one line with numbers and names */
    char outcome[400];              /* what came of it; empty if nothing was seen */
    char trace[200];                /* the functions that were active, innermost first; or empty */
    char hosts[160];                /* under which lifecycles, "a, b" */
    uint64_t count;
};

/* Owned by whoever made it; zero-initialise, then findings_release(). */
struct findings {
    struct finding *items;
    unsigned count, capacity;
};

/* The findings about one file. */
struct finding_report {
    const char *path;
    struct findings findings;
};

/* Adds *finding, or counts it with one of the same id and key. Returns its index; the last one
 * when memory is out. */
unsigned findings_add(struct findings *findings, const struct finding *finding);
/* Says what came of a finding, once for each `text`. */
void finding_outcome(struct finding *finding, const char *text);
bool findings_have_error(const struct findings *findings);
void findings_release(struct findings *findings);

const char *finding_name(enum finding_id id);
enum finding_severity finding_severity(enum finding_id id);
const char *finding_severity_name(enum finding_severity severity);
const char *finding_why(enum finding_id id);
const char *finding_try(enum finding_id id);
const char *finding_evidence(enum finding_id id);
enum finding_maker finding_maker(enum finding_id id);

/* A paragraph per finding, errors first. */
void findings_print(FILE *out, const struct findings *findings);
/* Appends an object for each: id, severity, call, what, outcome, trace, hosts, count, why, try,
 * evidence; with `path`, a member `file` too. False if memory gave out. */
bool findings_append_json(json_t *array, const struct findings *findings, const char *path);
/* "findings 3, of which 1 are errors", or "findings none". */
void findings_print_summary(FILE *out, const struct findings *findings);

#endif
