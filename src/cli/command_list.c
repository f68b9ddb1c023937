/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include "board/board.h"
#include "cli/document.h"
#include "host/host_option.h"
#include "host/lifecycle.h"
#include "pack/format.h"
#include "report/finding.h"
#include "report/json_text.h"
#include "sim/fault.h"
#include "sim/link.h"

#include <stdio.h>
#include <string.h>

/* Where the rows of board_list() go. */
static void add_row(void *context, const char *name, const char *summary)
{
    const struct options *options = context;
    printf("%-28s %s\n", name, summary);
    document_append(
        options->document, "items",
        json_pack("{s:o, s:o}", "name", json_text(name), "summary", json_text(summary)));
}

static void list_hosts(const struct options *options)
{
    for (unsigned i = 0; lifecycle_at(i) != NULL; i++) {
        const struct lifecycle *host = lifecycle_at(i);
        printf("%-28s %s\n%-28s %s\n", host->name, host->summary, "", host->evidence);
        document_append(options->document, "items",
                        json_pack("{s:s, s:s, s:s, s:s}", "name", host->name, "summary",
                                  host->summary, "link", host->link, "evidence", host->evidence));
    }
}

/* "native 128K, cubeprogrammer-jlink 64K": the hosts for which it is open. */
static json_t *print_defaults(const struct host_option *option)
{
    json_t *defaults = json_object();
    printf("    default:  ");
    for (unsigned i = 0, printed = 0; lifecycle_at(i) != NULL; i++) {
        char value[32];
        if (host_option_is_open(option, lifecycle_at(i))) {
            host_option_format(option, host_option_get(option, lifecycle_at(i)), value,
                               sizeof value);
            printf("%s%s %s", printed++ > 0 ? ", " : "", lifecycle_at(i)->name, value);
            json_object_set_new(defaults, lifecycle_at(i)->name, json_string(value));
        }
    }
    printf("\n");
    return defaults;
}

static void list_host_options(const struct options *options)
{
    for (unsigned i = 0; host_option_at(i) != NULL; i++) {
        const struct host_option *option = host_option_at(i);
        char values[160];
        host_option_format_values(option, values, sizeof values);
        printf("%s: %s\n    values:   %s\n", option->name, option->summary, values);
        json_t *defaults = print_defaults(option);
        printf("    evidence: %s\n", option->evidence);
        document_append(options->document, "items",
                        json_pack("{s:s, s:s, s:s, s:o, s:s}", "name", option->name, "summary",
                                  option->summary, "values", values, "defaults", defaults,
                                  "evidence", option->evidence));
    }
}

static void list_links(const struct options *options)
{
    for (unsigned i = 0; link_at(i) != NULL; i++) {
        const struct link_model *link = link_at(i);
        printf("%-28s %u kB/s, %u us a transfer; %s\n", link->name, link->bytes_per_second / 1000,
               link->transfer_us, link->evidence);
        document_append(options->document, "items",
                        json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:s}", "name", link->name,
                                  "bytes_per_second", (json_int_t)link->bytes_per_second,
                                  "transfer_us", (json_int_t)link->transfer_us, "register_us",
                                  (json_int_t)link->register_us, "run_us", (json_int_t)link->run_us,
                                  "poll_us", (json_int_t)link->poll_us, "evidence",
                                  link->evidence));
    }
}

/* Id, severity and why, one line each; those of a check first. */
static void list_rules(const struct options *options)
{
    for (enum finding_maker maker = MADE_BY_CHECK; maker <= MADE_BY_REHEARSAL; maker++) {
        const char *made_by = maker == MADE_BY_CHECK ? "check" : "rehearsal";
        for (enum finding_id id = 0; id < FINDING_COUNT; id++) {
            if (finding_maker(id) != maker) {
                continue;
            }
            const char *severity = finding_severity_name(finding_severity(id));
            printf("%-24s %-8s %-9s %s\n", finding_name(id), severity, made_by, finding_why(id));
            document_append(options->document, "items",
                            json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "name", finding_name(id),
                                      "severity", severity, "made_by", made_by, "why",
                                      finding_why(id), "try", finding_try(id), "evidence",
                                      finding_evidence(id)));
        }
    }
}

static void list_formats(const struct options *options)
{
    struct options context = *options;
    for (unsigned i = 0; format_at(i) != NULL; i++) {
        add_row(&context, format_at(i)->name, format_at(i)->summary);
    }
}

static void list_faults(const struct options *options)
{
    struct options context = *options;
    for (unsigned i = 0; sim_fault_name((enum sim_fault)i) != NULL; i++) {
        add_row(&context, sim_fault_name((enum sim_fault)i), sim_fault_words((enum sim_fault)i));
    }
}

/* What board_list() knows. */
static bool is_data(const char *kind)
{
    return strcmp(kind, "boards") == 0 || strcmp(kind, "mcus") == 0 || strcmp(kind, "parts") == 0;
}

int command_list(const struct options *options, struct error *error)
{
    static const struct {
        const char *kind;
        void (*list)(const struct options *options);
    } lists[] = {
        {"formats", list_formats}, {"hosts", list_hosts}, {"host-options", list_host_options},
        {"links", list_links},     {"rules", list_rules}, {"faults", list_faults}};
    const char *kind = options->argument_count == 1 ? options->arguments[0] : "";
    struct options context = *options;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (strcmp(lists[i].kind, kind) == 0) {
            document_set(options->document, "kind", json_text(kind));
            lists[i].list(options);
            return 0;
        }
    }
    if (!is_data(kind)) {
        error_set(
            error, ERROR_USAGE, NULL, 0, 0,
            "list takes one of: boards mcus parts formats hosts host-options links rules faults");
        return 2;
    }
    document_set(options->document, "kind", json_text(kind));
    return board_list(kind, add_row, &context, error) ? 0 : error_exit_status(error->code);
}
